"""A message that is made to keep us busy, or to make us stumble, is read in time or given up; the others go on."""

from __future__ import annotations

import logging
import mailbox
import time
from contextlib import suppress

import pytest
from sqlalchemy import select

from tests.incoming.conftest import WRITER, a_message
from wardbook.db import db
from wardbook.entries.models import Entry
from wardbook.errors import Refused
from wardbook.incoming.fetching import take_new
from wardbook.incoming.mailboxes import new_in
from wardbook.incoming.markup import from_html
from wardbook.incoming.models import Became, TakenMessage
from wardbook.incoming.reading import read
from wardbook.incoming.texts import own_words
from wardbook.incoming.where import spots_in

HEAD = b"From: Wren Writer <wren@example.com>\nSubject: No dropped kerb\nMessage-ID: <%s@example.com>\n"
HERE = b"It is at ZZ1 1AA."
PATIENCE = 20
"""Seconds; read as they were before, each of these took minutes"""
MANY = 1_000_000


@pytest.mark.parametrize(
    "piece",
    [" <a ", " <!--", " <script", " </a", "<!", '<a x="', "<a x='>", "<a<a", "<title>", "</", "<a = ", " <![", "&#9"],
)
def test_html_is_read_in_time_whatever_it_repeats(piece, app):
    began = time.monotonic()
    read(HEAD + b"Content-Type: text/html\n\n<p>Bin</p>" + piece.encode() * (MANY // len(piece)))
    assert time.monotonic() - began < PATIENCE


@pytest.mark.parametrize("piece", ["thanks\n", "thanks ", "-- \n", "> ", "From: x\n", "On a wrote:\n", "_"])
def test_words_are_read_in_time_whatever_they_repeat(piece, app):
    began = time.monotonic()
    told = read(HEAD + b"\n" + piece.encode() * (MANY // len(piece)))
    assert time.monotonic() - began < PATIENCE
    assert len(told.words) <= 50_000


def test_blanks_without_end_are_read_in_time(app):
    began = time.monotonic()
    assert own_words("Bin\nthanks" + " " * 45_000 + "x", forwarded=False).startswith("Bin")
    assert spots_in("Bin", "It is at 53.38123" + " " * 15_000 + "x") == []
    assert time.monotonic() - began < PATIENCE


@pytest.mark.parametrize("name", [b"From", b"Content-Type"])
@pytest.mark.parametrize("piece", [b"(", b'"', b"a;"])
def test_a_head_is_read_in_time_whatever_it_repeats(name, piece, app):
    began = time.monotonic()
    with suppress(Refused):
        read(b"Date: x\n" + name + b": " + piece * (MANY // len(piece)) + b"\n\nBin")
    assert time.monotonic() - began < PATIENCE


@pytest.mark.parametrize(
    ("html", "words"),
    [
        ("<p>One</p><![a b]><p>Two", "One\n\nTwo"),
        ("<!doctype html><head><title>No</title><style>p{}</style><p>Yes &amp; <b title='a>b'>no</b>", "Yes & no"),
        ("a<br>b<!-- c --><script>if (a < b) {}</SCRIPT> d", "a\nb d"),
        ("2 < 3 and <b>4 > 3</b>", "2 < 3 and 4 > 3"),
        ("One<blockquote>Two<div>Three</div></blockquote>Four", "One\n\nFour"),
        ("&#" + "9" * 5000 + ";&#x41;", "\ufffdA"),
        ('<a title="never closed>One</a> two', "One two"),
        ("<!-->One", "One"),
    ],
)
def test_html_is_told_as_a_browser_shows_it(html, words):
    assert from_html(html, quotes=False) == words


@pytest.mark.parametrize(
    "charset",
    [b"undefined", b"unicode_escape", b"raw_unicode_escape", b"idna", b"punycode", b"hex", b'"a\0b"', b"utf-7"],
)
def test_a_charset_that_mail_does_not_have_is_read_as_what_most_mean(charset, app):
    told = read(HEAD + b"Content-Type: text/plain; charset=" + charset + b"\n\nCaf\xe9 \\u0041 +2AA-")
    assert told.words == "Café \\u0041 +2AA-"


@pytest.fixture
def box(app, tmp_path) -> mailbox.Maildir:
    return mailbox.Maildir(tmp_path / "m")


def taken(box) -> list[Became]:
    return sorted(taking.became for taking in take_new(new_in(f"maildir:{box._path}")))


PARTS = b'Content-Type: multipart/mixed; boundary="b"\n\n' + b"--b\n\n" * 20_000


def test_what_cannot_be_read_is_answered_once_and_never_tried_again(box, letters_to, caplog):
    box.add(HEAD % b"parts" + PARTS)
    box.add(bytes(a_message(HERE.decode(), sender="w1@example.com")))
    began = time.monotonic()
    with caplog.at_level(logging.WARNING):
        assert taken(box) == [Became.ENTRY, Became.UNREADABLE]
    assert time.monotonic() - began < PATIENCE
    (letter,) = letters_to(WRITER)
    assert letter.subject == "We could not read your email"
    assert "No dropped kerb" in letter.body
    assert len(caplog.records) == 1
    assert "kerb" not in caplog.text
    assert taken(box) == []
    box.add(HEAD % b"parts" + PARTS)
    assert taken(box) == [Became.ALREADY]
    assert len(letters_to(WRITER)) == 1


def test_an_error_nobody_thought_of_gives_up_one_message_without_its_words(box, letters_to, caplog, monkeypatch):
    def stumble(text: str, **_: object) -> str:
        if "secret" in text:
            raise AssertionError(text)
        return text

    monkeypatch.setattr("wardbook.incoming.reading.own_words", stumble)
    box.add(HEAD % b"one" + b"\nsecret words")
    box.add(bytes(a_message(HERE.decode(), sender="w1@example.com")))
    with caplog.at_level(logging.WARNING):
        assert taken(box) == [Became.ENTRY, Became.UNREADABLE]
    assert [record.getMessage() for record in caplog.records] == [
        "a message cannot be read and is not tried again: AssertionError"
    ]
    assert "secret" not in caplog.text
    assert len(letters_to(WRITER)) == 1
    assert set(db.session.scalars(select(TakenMessage.became))) == {Became.ENTRY, Became.UNREADABLE}
    assert db.session.query(Entry).count() == 1


@pytest.mark.parametrize("head", [b"Auto-Submitted: auto-replied\n", b"Precedence: bulk\n", b"Return-Path: <>\n"])
def test_a_program_whose_message_cannot_be_read_is_not_answered(head, box, letters_to):
    box.add(HEAD % b"one" + head + PARTS)
    assert taken(box) == [Became.UNREADABLE]
    assert letters_to(WRITER) == []


def test_where_the_disk_is_full_a_message_waits(box, monkeypatch):
    box.add(HEAD % b"one" + b"\n" + HERE)

    def full(_: bytes) -> None:
        raise OSError

    with monkeypatch.context() as patched:
        patched.setattr("wardbook.incoming.fetching.take_message", full)
        assert taken(box) == []
    assert taken(box) == [Became.ENTRY]
