"""What a program tells is doubted, never refused: a field that nobody sees, and the whole of it told in no time."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from tests.conftest import NOBODY, application
from tests.contributing.test_contributing import begin, what, who
from wardbook.contributing.doubting import doubts
from wardbook.contributing.forms import SendForm
from wardbook.db import db, now
from wardbook.entries.models import Draft


@pytest.fixture
def guarded(home):
    app = application(home, quickest=8.0)
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def doubts_of(app, seconds: int, **sent: str) -> tuple[str, ...]:
    """What is doubted of something told within so many seconds."""
    begin(app.test_client())
    (draft,) = db.session.query(Draft).all()
    later = now() + timedelta(seconds=seconds)
    with time_machine.travel(later, tick=False), app.test_request_context(method="POST", data=sent):
        return doubts(draft, SendForm())


def test_what_a_person_tells_is_not_doubted(guarded):
    assert doubts_of(guarded, 40) == ()


def test_what_was_told_from_beginning_to_end_in_no_time_is_doubted(guarded):
    assert doubts_of(guarded, 3) == ("It was told from beginning to end within 3 seconds.",)


def test_a_field_that_nobody_sees_makes_it_doubted(guarded):
    assert doubts_of(guarded, 40, extra="buy this") == ("A field was filled in that people do not see.",)


def test_a_draft_from_before_says_no_time_and_is_not_doubted_for_it(guarded):
    begin(guarded.test_client())
    (draft,) = db.session.query(Draft).all()
    draft.answers = {}
    with guarded.test_request_context(method="POST"):
        assert doubts(draft, SendForm()) == ()


def test_the_last_page_has_the_trap_and_those_before_it_have_not(as_):
    client = as_(NOBODY)
    draft = begin(client)
    client.post(f"{draft}/spot", data={"spot": "ZZ1 1AA"})
    client.post(f"{draft}/kind", data={"kind": "idea"})
    client.post(f"{draft}/what", data=what())
    client.post(f"{draft}/who", data=who())
    assert "wb-trap" not in client.get(f"{draft}/who").text
    assert "wb-trap" in client.get(f"{draft}/check").text
