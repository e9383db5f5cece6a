"""An administrator sees what is to be done and what failed, without a word of anybody's, and has it tried again."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import update

from tests.conftest import ADMINISTRATOR, OFFICER, RESIDENT, an_issue, application
from wardbook.administration.queries import MOST_SHOWN, stuck
from wardbook.db import db, now, transaction
from wardbook.doctor import findings
from wardbook.jobs import Job, do_what_is_due
from wardbook.mail import SEND, write_letter


@pytest.fixture
def app(home):
    """The application with a mail server that is not there."""
    made = application(home, mail="smtp://127.0.0.1:9")
    with made.app_context():
        yield made
        db.session.remove()
        db.engine.dispose()


def a_letter(cause: str = "secret cause") -> None:
    with transaction():
        write_letter(RESIDENT.email, "sign_in", cause=cause, link="SECRET", code="123456")


def the_job() -> Job:
    db.session.rollback()
    return db.session.query(Job).one()


def test_nothing_to_do_is_said_in_words(app, as_):
    page = as_(ADMINISTRATOR).get("/admin/jobs").text
    for words in ("Nothing was given up", "Nothing failed", "Nothing is being done", "Nothing waits"):
        assert words in page
    assert "Things to do" in page
    assert "Things to do" not in as_(OFFICER).get("/desk").text


def test_what_waits_failed_and_was_done_is_listed_without_anybody_s_words(app, as_, caplog):
    a_letter()
    page = as_(ADMINISTRATOR).get("/admin/jobs").text
    assert "Waiting (1)" in page
    assert "Send a letter" in page
    do_what_is_due()
    page = as_(ADMINISTRATOR).get("/admin/jobs").text
    assert "Failed, to be tried again (1)" in page
    assert "ConnectionRefusedError" in page
    with transaction():
        db.session.execute(update(Job).values(finished_at=now()))
    page = as_(ADMINISTRATOR).get("/admin/jobs").text
    assert "Send a letter: 1" in page
    for word in (RESIDENT.email, "SECRET", "secret cause", "Sign in to Testham"):
        assert word not in page


def test_what_was_given_up_is_tried_again_when_an_administrator_says_so(app, as_, caplog):
    a_letter()
    with transaction():
        db.session.execute(update(Job).values(tries=14, given_up_at=now(), failed_for="SMTPSenderRefused 550"))
    page = as_(ADMINISTRATOR).get("/admin/jobs").text
    assert "Given up (1)" in page
    assert "SMTPSenderRefused 550" in page
    for _ in range(2):
        assert as_(ADMINISTRATOR).post(f"/admin/jobs/{the_job().id}/again").status_code == 302
    assert (the_job().given_up_at, the_job().tries) == (None, 0)
    assert do_what_is_due() == 1


def test_what_is_under_way_or_done_is_left_alone(app, as_):
    a_letter()
    with transaction():
        db.session.execute(update(Job).values(taken_by="a worker", tries=1, due_at=now() + timedelta(minutes=1)))
    as_(ADMINISTRATOR).post(f"/admin/jobs/{the_job().id}/again")
    assert (the_job().taken_by, the_job().tries) == ("a worker", 1)
    with transaction():
        db.session.execute(update(Job).values(taken_by=None, finished_at=now()))
    as_(ADMINISTRATOR).post(f"/admin/jobs/{the_job().id}/again")
    assert (the_job().finished_at is not None, the_job().tries) == (True, 1)


@pytest.mark.parametrize("member", [RESIDENT, OFFICER], ids=str)
def test_nobody_else_does(member, app, as_):
    a_letter()
    assert as_(member).get("/admin/jobs").status_code == 403
    assert as_(member).post(f"/admin/jobs/{the_job().id}/again").status_code == 403


def test_of_very_many_the_first_are_shown(app, as_):
    for number in range(MOST_SHOWN + 1):
        a_letter(str(number))
    page = as_(ADMINISTRATOR).get("/admin/jobs").text
    assert f"Waiting ({MOST_SHOWN + 1})" in page
    assert f"These are the first {MOST_SHOWN}." in page


def test_what_is_due_for_long_is_told_to_the_administrator_and_by_the_doctor(app, as_):
    a_letter()
    assert stuck() == 0
    assert "Nothing waits for long to be done." in [found.words for found in findings()]
    with time_machine.travel(now() + timedelta(minutes=11), tick=False):
        assert stuck() == 1
        assert "Is a worker running?" in as_(ADMINISTRATOR).get("/admin/jobs").text
        assert any("is 'wardbook worker' running?" in found.words and not found.good for found in findings())


def test_the_doctor_tells_of_what_was_given_up(app):
    a_letter()
    with transaction():
        db.session.execute(update(Job).where(Job.does == SEND).values(given_up_at=now()))
    assert any("1 things to do were given up" in found.words for found in findings())


def test_a_photo_that_waits_names_no_entry(app, as_):
    an_issue("A title")
    assert "A title" not in as_(ADMINISTRATOR).get("/admin/jobs").text
