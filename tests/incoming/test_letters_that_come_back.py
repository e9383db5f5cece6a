"""A letter that comes back for good shuts its address off until its owner proves it anew; anything less does not."""

from __future__ import annotations

import re
from email.message import EmailMessage
from socket import socket

import pytest
from aiosmtpd.controller import Controller

from tests.conftest import NEIGHBOUR, NOBODY, OFFICER, RESIDENT, an_issue, application, person_of
from wardbook import personal
from wardbook.db import db, transaction
from wardbook.incoming.models import Became
from wardbook.incoming.taking import take_message
from wardbook.jobs import do_what_is_due
from wardbook.mail import FailingAddress, Letter, is_failing, letters, write_letter
from wardbook.people.actions import set_password


@pytest.fixture
def letter(app) -> Letter:
    with transaction():
        write_letter(RESIDENT.email, "published", cause="event 1", entry=an_issue())
    return letters()[0]


def a_report(letter: Letter, status: str = "5.1.1", action: str = "failed", *, head: str = "message/rfc822") -> bytes:
    """As RFC 3464 has it: words for people, a part for programs, and the letter or its head."""
    returned = f"From: wardbook@example.org\nTo: {letter.to}\nMessage-ID: {letter.message_id}\nSubject: x\n\nbody\n"
    return (
        "Return-Path: <>\nFrom: MAILER-DAEMON@mx.example.net\nTo: wardbook@example.org\nAuto-Submitted: auto-replied\n"
        "Subject: Undelivered Mail Returned to Sender\nMIME-Version: 1.0\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\n\n'
        "--b\nContent-Type: text/plain\n\nI'm sorry.\n"
        "--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example.net\n\n"
        f"Final-Recipient: rfc822; {letter.to}\nAction: {action}\nStatus: {status}\n"
        f"Diagnostic-Code: smtp; 550 {status} no such user\n\n"
        f"--b\nContent-Type: {head}\n\n{returned}\n--b--\n"
    ).encode()


def a_plain_report(letter: Letter, words: str) -> bytes:
    message = EmailMessage()
    message["From"], message["Subject"] = "Mail Delivery System <mailer-daemon@example.net>", "Mail delivery failed"
    message.set_content(f"{words}\n\n------ This is a copy of your message\nMessage-Id: {letter.message_id}\nTo: x\n")
    return bytes(message)


@pytest.mark.parametrize("head", ["message/rfc822", "text/rfc822-headers"])
def test_a_letter_that_came_back_for_good_ends_letters_but_not_proofs(letter, head, as_):
    assert take_message(a_report(letter, head=head)).became is Became.BOUNCE
    (row,) = db.session.query(FailingAddress)
    assert (row.address, row.code, row.letter_id) == (RESIDENT.email, "5.1.1", letter.id)
    with transaction():
        write_letter(RESIDENT.email, "published", cause="event 2", entry=an_issue())
    as_(NOBODY).post("/sign-in", data={"email": RESIDENT.email})
    assert [one.cause.split()[0] for one in letters()] == ["proof", "event"]


@pytest.mark.parametrize(("status", "action"), [("4.2.2", "failed"), ("4.4.1", "delayed"), ("5.0.0", "delayed")])
def test_what_may_arrive_later_shuts_nothing_off(letter, status, action):
    assert take_message(a_report(letter, status, action)).became is Became.IGNORED
    assert not is_failing(RESIDENT.email)


@pytest.mark.parametrize(
    ("words", "gone"),
    [
        ("550 5.1.1 The email account that you tried to reach does not exist", True),
        ("SMTP error from remote mail server: 550 No such user", True),
        ("host mx.example.net [192.0.2.5] said: 554 rejected", True),
        ("451 4.7.1 Try again later", False),
        ("Connection to 5.10.20.30 timed out", False),
        ("Your message could not be delivered", False),
    ],
)
def test_reports_of_other_mail_servers_are_understood(words, gone, letter):
    take_message(a_plain_report(letter, words))
    assert is_failing(RESIDENT.email) is gone


def test_nobody_shuts_another_s_address_off_by_a_report_of_a_letter_they_never_had(letter):
    forged = a_report(letter).replace(letter.message_id.encode(), b"<made-up@example.org>")
    assert take_message(forged).became is Became.IGNORED
    assert not is_failing(RESIDENT.email)


def test_a_person_who_writes_of_a_failure_makes_no_report(letter):
    message = EmailMessage()
    message["From"], message["Subject"] = "wren@example.com", "Mail delivery failure at ZZ1 1AA"
    message.set_content(f"The postbox: 550 letters lost {letter.message_id}")
    assert take_message(bytes(message)).became is Became.ENTRY
    assert not is_failing(RESIDENT.email)


def test_proving_the_address_anew_brings_letters_back(letter, as_):
    take_message(a_report(letter))
    client = as_(NOBODY)
    client.post("/sign-in", data={"email": RESIDENT.email})
    client.post(re.search(r"/sign-in/link/\S+", letters()[0].body)[0])
    assert not is_failing(RESIDENT.email)


def test_who_signs_in_is_told_and_an_officer_sees_who_cannot_be_reached(letter, as_):
    entry = an_issue("Broken")
    take_message(a_report(letter))
    assert "come back" in as_(RESIDENT).get("/desk").text
    assert "come back" not in as_(NEIGHBOUR).get("/desk").text
    assert "Cannot be reached" in as_(OFFICER).get(f"/entries/{entry.ref}").text
    assert "Cannot be reached" not in as_(NEIGHBOUR).get(f"/entries/{entry.ref}").text
    with transaction():
        set_password(person_of(RESIDENT), "three brown herons")
    client = as_(NOBODY)
    signed_in = {"email": RESIDENT.email, "password": "three brown herons"}
    answer = client.post("/sign-in/password?next=/follows", data=signed_in)
    assert "Our letters to you come back: check your address." in client.get(answer.location).text


def test_what_is_kept_of_it_is_told_and_forgotten_with_the_person(letter):
    take_message(a_report(letter))
    assert personal.all_about(person_of(RESIDENT))["our letters come back from this address"]["code"] == "5.1.1"
    with transaction():
        personal.forget(person_of(RESIDENT))
    assert not is_failing(RESIDENT.email)


class _Refusing:
    """A mail server that takes no letter for anybody."""

    asked = 0

    async def handle_RCPT(self, *_: object) -> str:
        self.asked += 1
        return "550 5.1.1 no such user"


def test_an_address_that_the_mail_server_refuses_is_not_written_to_again(home):
    with socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    refusing = _Refusing()
    server = Controller(refusing, hostname="127.0.0.1", port=port)
    server.start()
    app = application(home, mail=f"smtp://127.0.0.1:{port}")
    try:
        with app.app_context():
            for number in range(3):
                with transaction():
                    write_letter(RESIDENT.email, "published", cause=f"event {number}", entry=an_issue())
            do_what_is_due()
            assert refusing.asked == 1
            assert db.session.get(FailingAddress, RESIDENT.email).code == "550"
            with transaction():
                write_letter(RESIDENT.email, "published", cause="event 9", entry=an_issue())
            assert len(letters()) == 3
            db.session.remove()
            db.engine.dispose()
    finally:
        server.stop()
