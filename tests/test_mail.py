"""A letter leaves once, after what caused it is kept, through a real mail server."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from socket import socket
from threading import Thread

import pytest
import time_machine
from aiosmtpd.controller import Controller
from flask import Flask

from tests.conftest import RESIDENT, application
from wardbook import mail
from wardbook.db import db, now, transaction
from wardbook.jobs import do_what_is_due


class Postbox:
    """What a mail server has taken; while it is shut it takes nothing."""

    def __init__(self) -> None:
        self.letters: list[EmailMessage] = []
        self.open = True

    async def handle_DATA(self, server: object, session: object, envelope: object) -> str:
        if not self.open:
            return "451 try again later"
        raw = envelope.content  # type: ignore[attr-defined]
        self.letters.append(message_from_bytes(raw, policy=policy.default))  # type: ignore[arg-type]
        return "250 taken"


@pytest.fixture
def postbox() -> Postbox:
    return Postbox()


@pytest.fixture
def posting(home: Path, postbox: Postbox) -> Iterator[Flask]:
    """The application with a real mail server on a free port."""
    with socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = Controller(postbox, hostname="127.0.0.1", port=port)
    server.start()
    app = application(home, mail=f"smtp://127.0.0.1:{port}")
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()
    server.stop()


def part(letter: EmailMessage, kind: str) -> str:
    """The text or the HTML of a letter."""
    found = letter.get_body((kind,))
    assert found is not None
    return str(found.get_content())


def write(cause: str = "proof 1") -> None:
    with transaction():
        mail.write_letter(RESIDENT.email, "sign_in", cause=cause, link="abc", code="123456")


def test_a_letter_leaves_once(posting: Flask, postbox: Postbox) -> None:
    write()
    assert (do_what_is_due(), do_what_is_due()) == (1, 0)
    (letter,) = postbox.letters
    assert letter["To"] == RESIDENT.email
    assert letter["Subject"] == "Sign in to Testham"
    assert "http://localhost/sign-in/link/abc" in part(letter, "plain")


def test_the_same_cause_is_written_once_to_a_person(posting: Flask, postbox: Postbox) -> None:
    write()
    write()
    assert do_what_is_due() == 1


def test_a_letter_that_fails_is_kept_and_sent_later_as_the_same_letter(posting: Flask, postbox: Postbox) -> None:
    postbox.open = False
    write()
    assert do_what_is_due() == 1
    assert postbox.letters == []
    (kept,) = mail.letters()
    promised = kept.message_id
    postbox.open = True
    assert do_what_is_due() == 0, "it was tried a moment ago"
    with time_machine.travel(now() + timedelta(minutes=2), tick=False):
        assert do_what_is_due() == 1
    assert postbox.letters[0]["Message-ID"] == promised


def test_two_that_deliver_at_once_send_each_letter_once(posting: Flask, postbox: Postbox) -> None:
    for number in range(12):
        write(f"proof {number}")

    def deliver() -> None:
        with posting.app_context():
            do_what_is_due()
            db.session.remove()

    both = [Thread(target=deliver) for _ in range(2)]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join()
    assert len(postbox.letters) == 12
    assert len({letter["Message-ID"] for letter in postbox.letters}) == 12


def test_a_page_s_letter_leaves_by_a_job_of_its_own(posting: Flask, postbox: Postbox) -> None:
    browser = posting.test_client()
    answer = browser.post("/sign-in", data={"email": "new@example.org"})
    assert answer.status_code == 302
    answer.close()
    assert do_what_is_due() == 1
    assert [letter["To"] for letter in postbox.letters] == ["new@example.org"]


def test_what_is_refused_writes_no_letter(posting: Flask, postbox: Postbox) -> None:
    answer = posting.test_client().post("/sign-in", data={"email": "not an address"})
    assert answer.status_code == 422
    answer.close()
    assert postbox.letters == []
    assert mail.letters() == []


def test_an_outbox_keeps_what_it_would_have_sent(app: Flask) -> None:
    write()
    assert do_what_is_due() == 0
    assert [letter.to for letter in mail.letters()] == [RESIDENT.email]
