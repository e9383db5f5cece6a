"""What the council chooses for itself on a page: a message across the site, until a day."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import time_machine

from tests.conftest import ADMINISTRATOR, CAST, NOBODY, as_viewer
from wardbook.chosen import Choice, Chosen, choose, chosen
from wardbook.clock import today
from wardbook.db import db, now, transaction
from wardbook.errors import Forbidden

FLOOD = "The river is high: ring 0300 000 0000 before you drive through Mill Lane."


def told_everybody(until: date | None = None) -> None:
    with transaction():
        choose(as_viewer(ADMINISTRATOR), Chosen(message=FLOOD, message_until=until))


@pytest.mark.parametrize("path", ["/", "/wards", "/contribute", "/nothing-here"])
def test_an_administrator_s_message_stands_at_the_head_of_every_page(path, as_):
    assert FLOOD not in as_(NOBODY).get(path).text
    as_(ADMINISTRATOR).post("/admin/settings", data={"message": FLOOD})
    assert FLOOD in as_(NOBODY).get(path).text


@pytest.mark.parametrize(("days", "stands"), [(0, True), (1, True), (-1, False)])
def test_a_message_stands_to_the_end_of_its_last_day(days, stands, as_):
    told_everybody(today() + timedelta(days=days))
    assert (FLOOD in as_(NOBODY).get("/wards").text) is stands


def test_what_was_chosen_is_in_the_form_and_can_be_taken_back(as_):
    told_everybody(date(2031, 5, 1))
    page = as_(ADMINISTRATOR).get("/admin/settings").text
    assert FLOOD in page
    assert "2031-05-01" in page
    as_(ADMINISTRATOR).post("/admin/settings", data={"message": "", "message_until": ""})
    assert chosen() == Chosen()


def test_a_message_too_long_is_refused_and_still_there(as_):
    answer = as_(ADMINISTRATOR).post("/admin/settings", data={"message": "flood " * 60})
    assert answer.status_code == 422
    assert "The message must be 300 characters or fewer" in answer.text
    assert "flood flood" in answer.text
    assert chosen().message == ""


def test_a_message_whose_day_is_over_holds_up_nothing_else(as_):
    client, message = as_(ADMINISTRATOR), {"message": FLOOD, "message_until": str(today())}
    client.post("/admin/settings", data=message)
    with time_machine.travel(now() + timedelta(days=2), tick=False):
        assert FLOOD in (page := client.get("/admin/settings").text)
        assert "it stands there no more" in page
        assert client.post("/admin/settings", data=message | {"keep_originals_days": "7"}).status_code == 302
        assert chosen().keep_originals_days == 7
        assert client.post("/admin/settings", data=message | {"message": "Another"}).status_code == 422
    assert client.get("/admin/settings").text.count("it stands there no more") == 0


def test_a_message_whose_last_day_has_passed_is_refused_beside_the_day(as_):
    yesterday = str(today() - timedelta(days=1))
    answer = as_(ADMINISTRATOR).post("/admin/settings", data={"message": FLOOD, "message_until": yesterday})
    assert answer.status_code == 422
    assert "This day has passed." in answer.text
    assert yesterday in answer.text
    assert chosen().message == ""


def test_a_choice_that_stays_keeps_who_made_it_and_when(app):
    told_everybody()
    made = db.session.get_one(Choice, "message").changed_at
    told_everybody(date(2031, 5, 1))
    db.session.expire_all()
    assert db.session.get_one(Choice, "message").changed_at == made


@pytest.mark.parametrize("member", [member for member in CAST if member is not ADMINISTRATOR], ids=str)
def test_nobody_else_chooses(member, app):
    with pytest.raises(Forbidden), transaction():
        choose(as_viewer(member), Chosen(message=FLOOD))
