"""What stands in a letter and its head, and what becomes of one that cannot leave."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from email import message_from_bytes
from email.message import Message
from email.policy import default
from pathlib import Path

import pytest
import time_machine
from aiosmtpd.controller import Controller
from flask import Flask
from sqlalchemy.exc import IntegrityError

from tests import conftest
from tests.conftest import (
    CLLR,
    NEIGHBOUR,
    NOBODY,
    OFFICER,
    RESIDENT,
    a_note,
    an_issue,
    an_offer,
    as_viewer,
    person_of,
)
from tests.entries.test_answering import move
from tests.entries.test_seeing_differently import viewed
from tests.follows.test_following import a_follow
from wardbook.db import db, now, transaction
from wardbook.entries import life
from wardbook.entries.kinds import State
from wardbook.entries.models import Entry
from wardbook.jobs import Job, ask_for_what_recurs, do_what_is_due
from wardbook.mail import Letter, letters, write_letter
from wardbook.shared import Standing


class Box:
    """A mail server's handler that keeps what it is given, or says no."""

    def __init__(self) -> None:
        self.got: list[Message] = []
        self.refuse = False

    async def handle_DATA(self, server: object, session: object, envelope: object) -> str:
        if self.refuse:
            return "451 Try again later"
        self.got.append(message_from_bytes(envelope.content, policy=default))
        return "250 OK"


def free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def post() -> Iterator[tuple[Box, int]]:
    """A real mail server on loopback."""
    box, port = Box(), free_port()
    server = Controller(box, hostname="127.0.0.1", port=port)
    server.start()
    yield box, port
    server.stop()


def sending(home: Path, port: int) -> Iterator[Flask]:
    app = conftest.application(home, mail=f"smtp://127.0.0.1:{port}", mail_from="ward@council.example")
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def app(home: Path, post: tuple[Box, int]) -> Iterator[Flask]:
    yield from sending(home, post[1])


def a_letter(cause: str = "a cause", to: str = RESIDENT.email) -> None:
    with transaction():
        write_letter(to, "sign_in", cause=cause, link="LINK", code="123456")


def test_a_reply_reaches_its_author_with_the_message_id_that_was_kept(post, as_):
    issue = an_issue("Kerb – Café & £5")
    as_(OFFICER).post(
        f"/entries/{issue.ref}/answer", data={"answer-words": "It’s ours <b>&</b> we’ll fix it.", "answer-once": "a"}
    )
    do_what_is_due()
    (got,) = post[0].got
    assert got["Subject"] == f"{issue.ref}: a reply, Kerb – Café & £5"
    assert "It’s ours <b>&</b> we’ll fix it." in got.get_body(("plain",)).get_content()
    assert "It’s ours &lt;b&gt;&amp;&lt;/b&gt; we’ll fix it." in got.get_body(("html",)).get_content()
    assert got["Message-ID"] == letters()[0].message_id
    assert got["Message-ID"].endswith("@council.example>")


def test_a_server_that_is_not_there_loses_no_letter(home, caplog):
    for app in sending(home, free_port()):
        assert app
        a_letter()
        assert do_what_is_due() == 1
        assert [letter.sent_at for letter in letters()] == [None]
        (job,) = db.session.query(Job)
        assert (job.failed_for, job.given_up_at) == ("ConnectionRefusedError", None)
        assert "will be tried again" in caplog.text
        assert "LINK" not in caplog.text
        assert RESIDENT.email not in caplog.text


def test_the_same_cause_writes_to_the_same_person_once(app):
    for _ in range(3):
        a_letter()
    a_letter(to=OFFICER.email)
    a_letter(cause="another")
    assert sorted((letter.cause, letter.to) for letter in letters()) == [
        ("a cause", OFFICER.email), ("a cause", RESIDENT.email), ("another", RESIDENT.email),
    ]  # fmt: skip


def test_the_store_itself_keeps_a_cause_from_being_written_twice(app):
    a_letter()
    (kept,) = letters()
    twin = Letter(cause=kept.cause, to=kept.to, subject="", body="", message_id="<x>", made_at=now())
    with pytest.raises(IntegrityError), transaction():
        db.session.add(twin)


def test_the_letter_after_one_that_was_erased_is_sent_too(post, app, as_):
    a_letter("the newest", to=RESIDENT.email)
    do_what_is_due()
    client = as_(RESIDENT)
    with client.session_transaction() as session:
        session["since"] = now().timestamp()
    client.post("/me/erase", data={"choice": "everything"})
    a_letter("the next", to=OFFICER.email)
    do_what_is_due()
    assert [got["To"] for got in post[0].got] == [RESIDENT.email, OFFICER.email]


def narrow(as_, issue):
    as_(RESIDENT).post(f"/entries/{issue.ref}/level", data={"level": "council", "once": "n"})


def hide(as_, issue):
    with transaction():
        db.session.get(Entry, issue.id).standing = Standing.HIDDEN


def stop(as_, issue):
    as_(NEIGHBOUR).post("/follows/stop")


@pytest.mark.parametrize("rhythm", ["at once", "daily"])
@pytest.mark.parametrize("meanwhile", [narrow, hide, stop])
def test_what_waits_is_not_sent_to_who_may_not_read_it_any_more(meanwhile, rhythm, post, app, as_):
    a_follow(by=NEIGHBOUR, rhythm=rhythm)
    post[0].refuse = True
    issue = an_issue("A zebra")
    do_what_is_due()
    with time_machine.travel(now() + timedelta(days=1)) as clock:
        ask_for_what_recurs()
        do_what_is_due()
        (waits,) = [one for one in letters() if one.to == NEIGHBOUR.email]
        assert "A zebra" in waits.body
        meanwhile(as_, issue)
        post[0].refuse = False
        clock.shift(timedelta(hours=5))
        do_what_is_due()
    assert NEIGHBOUR.email not in [got["To"] for got in post[0].got]


@pytest.mark.parametrize("rhythm", ["at once", "daily"])
def test_what_waits_is_sent_as_it_reads_today(rhythm, post, app, as_):
    a_follow(by=NEIGHBOUR, rhythm=rhythm)
    post[0].refuse = True
    issue = an_issue("A zebra", words="Ask Zoe.")
    do_what_is_due()
    with time_machine.travel(now() + timedelta(days=1)) as clock:
        ask_for_what_recurs()
        do_what_is_due()
        with transaction():
            entry = db.session.get(Entry, issue.id)
            life.edit(as_viewer(RESIDENT), entry, life.Wording("A kerb", "Ask anybody."), edition=1, once="edit")
        post[0].refuse = False
        clock.shift(timedelta(hours=5))
        do_what_is_due()
    got = [one.get_body(("plain",)).get_content() for one in post[0].got if one["To"] == NEIGHBOUR.email]
    assert any("Ask anybody." in text for text in got)
    assert not any("Ask Zoe." in text for text in got)


def a_view_of_a_note(as_, box: Box) -> tuple[Entry, str]:
    box.refuse = True
    return viewed(as_(OFFICER), a_note()), CLLR.email


def an_offer_near_it(as_, box: Box) -> tuple[Entry, str]:
    an_issue("The hedge")
    do_what_is_due()
    box.refuse = True
    return an_offer("Shears", by=NEIGHBOUR), RESIDENT.email


def whether_it_is_put_right(as_, box: Box) -> tuple[Entry, str]:
    with time_machine.travel(now() - timedelta(days=29)):
        issue = an_issue()
        move(as_(OFFICER), issue, State.FIXED, "The kerb is lowered.")
        do_what_is_due()
    box.refuse = True
    ask_for_what_recurs()
    return issue, RESIDENT.email


def that_it_is_not(as_, box: Box) -> tuple[Entry, str]:
    issue, _ = whether_it_is_put_right(as_, box)
    do_what_is_due()
    (asks,) = [one for one in letters() if one.message == "put_right"]
    link = re.search(r"http://localhost(/put-right/[\w.-]+\?answer=no)", asks.body)[1]
    assert as_(NOBODY).post(link, data={"words": "It is as high as ever."}).status_code == 302
    return issue, OFFICER.email


@pytest.mark.parametrize("meanwhile", ["nothing happens", "it is hidden"])
@pytest.mark.parametrize("told", [a_view_of_a_note, an_offer_near_it, whether_it_is_put_right, that_it_is_not])
def test_what_waits_of_another_leaves_only_while_that_may_be_seen(told, meanwhile, post, app, as_):
    entry, to = told(as_, post[0])
    do_what_is_due()
    waits = next(one for one in letters() if one.to == to)
    assert waits.sent_at is None
    subject = waits.subject
    if meanwhile == "it is hidden":
        hide(as_, entry)
    post[0].refuse = False
    with time_machine.travel(now() + timedelta(hours=5)):
        do_what_is_due()
    left = subject in [got["Subject"] for got in post[0].got if got["To"] == to]
    assert left is (meanwhile == "nothing happens")


def test_a_letter_names_the_council_and_no_other_person(post, as_):
    as_(NOBODY).post("/sign-in", data={"email": RESIDENT.email})
    do_what_is_due()
    (got,) = post[0].got
    for kind in ("plain", "html"):
        assert "Testham" in got.get_body((kind,)).get_content()
    assert got["Bcc"] is None
    assert got["Cc"] is None
    assert person_of(OFFICER).email not in got.as_string()


@pytest.mark.parametrize("subject", ["A\nBcc: x", "A\r\nBcc: x", "A" * 300, "\u202eA"])
def test_a_title_cannot_write_a_letters_head(subject, post, as_):
    issue = an_issue(subject)
    as_(OFFICER).post(f"/entries/{issue.ref}/answer", data={"answer-words": "Yes.", "answer-once": "a"})
    do_what_is_due()
    (got,) = post[0].got
    assert got["Bcc"] is None
    assert got["To"] == RESIDENT.email


def test_a_letter_that_can_never_leave_holds_up_no_other(post, app, caplog):
    a_letter("first")
    with transaction():
        db.session.query(Letter).one().subject = "Broken\r\nBcc: everyone@example.org"
    a_letter("second")
    assert do_what_is_due() == 2
    assert len(post[0].got) == 1
    assert "is given up" in caplog.text


def test_a_letter_that_can_be_ended_says_so_in_its_head_and_at_its_foot(post, app):
    with transaction():
        address = "https://ward.example/follows/abc/end"
        write_letter(RESIDENT.email, "sign_in", cause="x", unsubscribe=address, link="LINK", code="123456")
    do_what_is_due()
    (got,) = post[0].got
    assert got["List-Unsubscribe"] == f"<{address}>"
    assert got["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    for kind in ("plain", "html"):
        assert address in got.get_body((kind,)).get_content()


def test_a_letter_loads_nothing_from_anywhere(post, as_):
    as_(NOBODY).post("/sign-in", data={"email": RESIDENT.email})
    do_what_is_due()
    html = post[0].got[0].get_body(("html",)).get_content()
    assert "<img" not in html
    assert "src=" not in html
    assert "url(" not in html
    assert {address.split("/sign-in")[0] for address in re.findall(r'href="([^"]+)"', html)} == {"http://localhost"}
