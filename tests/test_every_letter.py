"""Every letter there is: a subject, words and HTML that say the same, plain links to this site, and no tracking."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from html.parser import HTMLParser
from itertools import pairwise
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask
from jinja2.meta import find_undeclared_variables

from tests.conftest import MILL, NEIGHBOUR, RESIDENT, a_note, an_issue, as_viewer
from wardbook.config import DATA
from wardbook.db import db, now, transaction
from wardbook.entries.kinds import Channel, State
from wardbook.entries.models import Entry
from wardbook.events import Did, Event
from wardbook.follows.gathering import Digest, Group, Item, Step, What
from wardbook.follows.things import thing_from_words
from wardbook.mail import Letter, letters, write_letter
from wardbook.moderation.letters import SAID

NO_LETTERS = {"layout", "foot"}
MARK = "<b>kerb</b> & “co”"
STEPS = ("You press the button.", "It is read by the service ‘Highways’.")


@dataclass(frozen=True)
class Things:
    """What letters are about."""

    entry: Entry
    view: Entry
    event: Event
    place: Any


@pytest.fixture
def about(app: Flask) -> Things:
    entry, view = an_issue(f"{MARK} title", words=f"{MARK} words", channel=Channel.TELEPHONE), a_note("Otherwise")
    place = thing_from_words(f"ward:{MILL}", as_viewer(NEIGHBOUR))
    step = db.session.query(Event).filter_by(thing_id=entry.id, did=Did.POSTED).one()
    return Things(db.session.get(Entry, entry.id), db.session.get(Entry, view.id), step, place)


def a_step(did: Did, **change: list[str]) -> SimpleNamespace:
    return SimpleNamespace(did=did, at=now(), words=f"{MARK} said", signed="Owen Officer, Highways", change=change)


def a_digest(about: Things) -> Digest:
    closed = Step("Now ‘Fixed’", "Owen Officer", f"{MARK} said", "It is closed: it is put right.")
    item = Item(about.entry, (closed, Step("A reply", "The council", "")), 2, What.CLOSED)
    return Digest([Group(about.place, "http://localhost/follows/stop/x", (item,), 3, "1 closed")], 1)


def words_of(message: str, about: Things) -> dict[str, Any]:
    """The words that a letter takes."""
    entry, link = about.entry, "secret"
    ward = SimpleNamespace(code=MILL, name="Mill")
    moved = SimpleNamespace(was="Old", keeps_its_name=False, now=[ward])
    to_choose = SimpleNamespace(was="Parted", parts=[(ward, 0.5)])
    table: dict[str, dict[str, Any]] = {
        "confirm": {"entry": entry, "link": link, "to_come": STEPS, "understood": STEPS},
        "published": {"entry": entry, "to_come": STEPS},
        "update": {"entry": entry, "event": a_step(Did.CHANGED_STATE, state=["received", "fixed"])},
        "hidden": {"entry": entry, "event": about.event, "reason": f"{MARK} reason"},
        "narrowed": {"entry": entry},
        "differed": {"entry": entry, "event": a_step(Did.POSTED), "view": about.view},
        "news": {"entry": entry, "did": "Now ‘Fixed’", "by": "The council", "said": f"{MARK} said",
                 "thing": about.place, "outcome": "It is closed: it is put right."},
        "digest": {"digest": a_digest(about), "rhythm": "weekly", "day": date(2026, 11, 23)},
        "follow": {"thing": about.place, "link": link, "rhythm": "Once a week"},
        "support": {"entry": entry, "link": link},
        "sign_in": {"link": link, "code": "123456"},
        "new_wards": {"on": date(2027, 5, 6), "moved": [moved], "to_choose": [to_choose]},
        "put_right": {"entry": entry, "told": entry, "said": a_step(Did.CHANGED_STATE), "by": "A resident",
                      "answers": [("Yes", "http://localhost/put-right/x?answer=yes")]},
        "not_right": {"entry": entry, "event": a_step(Did.REOPENED), "before": State.FIXED},
        "erase_me": {"link": link, "choice": "Leave what I told, without me", "means": "It stays."},
    }  # fmt: skip
    return (table | of_moderation(about) | of_email(entry) | of_doing_together(about))[message]


def of_moderation(about: Things) -> dict[str, dict[str, Any]]:
    """What a moderator decides, and what is asked of one."""
    entry, event, reason = about.entry, about.event, f"{MARK} reason"
    decided = {"entry": entry, "event": event}
    ban = SimpleNamespace(last_day=date(2027, 1, 4), reason=reason)
    appeal = SimpleNamespace(changed=True, answer=f"{MARK} answer")
    return {
        "held": {**decided, "edited": True, "why": ["It waits because it holds a link."]},
        "moderated": {**decided, "said": SAID[Did.ASKED_TO_EDIT], "reason": reason},
        "blacked_out": {"entry": entry, "reason": reason, "until": now()},
        "uncovered": {"entry": entry},
        "appeal_answered": {
            "entry": entry,
            "made": appeal,
            "about": SimpleNamespace(event=event),
            "means": "It stays.",
        },
        "reported": {"ref": entry.ref, "public": True, "changed": True},
        "banned": {"ban": ban, "event": event},
        "unbanned": {"reason": reason},
    }


def of_email(entry: Entry) -> dict[str, dict[str, Any]]:
    """What comes by email, or was told to somebody at the council."""
    left_out = [f"‘{MARK}.pdf’ was left out: by email we take photos only."]
    return {
        "by_email_draft": {"link": "secret", "title": f"{MARK} title", "places": [f"{MARK} Street", "Mill Lane"],
                           "left_out": left_out},
        "by_email_reply": {"entry": entry, "words_told": f"{MARK} words", "left_out": left_out},
        "by_email_too_large": {"subject_told": f"{MARK} title"},
        "by_email_unreadable": {"subject_told": f"{MARK} title"},
        "entered": {"entry": entry, "by": "Owen Officer, Highways"},
    }  # fmt: skip


def of_doing_together(about: Things) -> dict[str, dict[str, Any]]:
    """What residents take on, what was told twice, and who offers help."""
    entry, step = about.entry, a_step(Did.TOOK_ON)
    met = SimpleNamespace(name=f"{MARK} Neighbour", email=NEIGHBOUR.email)
    side = SimpleNamespace(own=entry, other=entry, met=met)
    return {
        "taken_on": {"entry": entry, "event": step, "sort": "planned"},
        "merged": {
            "entry": entry,
            "event": a_step(Did.MERGED),
            "parted": False,
            "other": entry,
            "closed_with": f"{MARK} said",
        },
        "joined": {"entry": entry, "event": a_step(Did.MERGED), "parted": False, "why": f"{MARK} why"},
        "match": {"side": side, "link": "http://localhost/together/secret"},
        "match_met": {"side": side, "path": "/together/secret"},
        "match_ended": {"side": side, "gone": False},
        "match_enabler": {"need": entry, "offer": entry},
    }


MESSAGES = sorted({path.stem for path in (DATA / "templates" / "email").iterdir()} - NO_LETTERS)
every_message = pytest.mark.parametrize("message", MESSAGES)
VOID = {"meta", "br", "hr"}


class Page(HTMLParser):
    """What is open, in which order, and every link."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.links: list[str] = []
        self.seen: set[str] = set()
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.add(tag)
        if tag not in VOID:
            self.open.append(tag)
        assert not (tag == "p" and "p" in self.open[:-1]), "a paragraph in a paragraph"
        assert len(dict(attrs)) == len(attrs), "an attribute twice"
        self.links += [value or "" for name, value in attrs if name == "href"]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def written(message: str, about: Things, cause: str = "a test", otherwise: dict[str, Any] | None = None) -> Letter:
    with transaction():
        write_letter(
            RESIDENT.email, message, cause=cause, unsubscribe="http://localhost/letters/x",
            **words_of(message, about) | (otherwise or {}),
        )  # fmt: skip
    return letters()[0]


def in_words(letter: Letter) -> list[str]:
    """The addresses in its words, without the signs that end a sentence."""
    return [found.rstrip(".)") for found in re.findall(r"https?://\S+", letter.body)]


def plain(text: str) -> str:
    return re.sub(r"\s+", " ", text.replace('"', "").replace("“", "").replace("”", ""))


@every_message
def test_a_letter_is_both_words_and_valid_html_and_says_how_to_end_it(message, about):
    letter = written(message, about)
    assert 5 < len(letter.subject) < 200
    assert not re.search(r"&(lt|gt|amp|#\d+);", letter.body), "the words are plain"
    assert not re.search(r"\{\{|\{%|None|Undefined", letter.body + letter.html)
    page = Page()
    page.feed(letter.html)
    assert page.open == []
    assert letter.html.startswith("<!DOCTYPE html>\n<html lang=")
    assert {"title", "p", "a"} <= page.seen
    assert "http://localhost/letters/x" in letter.body
    assert "http://localhost/letters/x" in page.links
    assert "<b>kerb" not in letter.html, "what people write is inert"
    if MARK in letter.body:
        assert plain(MARK) in plain(page.text)


@every_message
def test_the_table_has_the_words_that_a_letter_reads_and_no_others(message, about, app):
    files = [DATA / "templates" / "email" / f"{message}.{form}" for form in ("txt", "html")]
    named = set().union(*(find_undeclared_variables(app.jinja_env.parse(file.read_text())) for file in files))
    everywhere: dict[str, Any] = dict(app.jinja_env.globals)
    app.update_template_context(everywhere)
    assert named - set(everywhere) - {"base_url", "unsubscribe", "subject"} == set(words_of(message, about))


def without(word: Any) -> Any:
    """What a letter may be given in its place: the other answer, or nothing."""
    return not word if isinstance(word, bool) else type(word)() if type(word) in (str, list, tuple) else word


@every_message
def test_a_letter_is_in_paragraphs_whatever_it_is_given(message, about):
    """One empty line between them, and the subject by itself."""
    words = words_of(message, about)
    for name in ("", *words):
        other = {name: without(words[name])} if name else {}
        letter = written(message, about, f"without {name}", other)
        assert "Hello" not in letter.subject
        assert letter.body.startswith("Hello,\n\n")
        assert "\n\n\n" not in letter.body
        for before, after in pairwise(letter.body.splitlines()):
            ends = re.search(r"[.?!]$", before) and not before.startswith(("http", "  ", "* ", "- "))
            assert not (ends and after and not after.startswith("http")), f"no empty line between: {before} / {after}"


@every_message
def test_a_letter_tracks_nobody(message, about, app):
    """No picture, no style or script from anywhere, and every link goes straight to a page of ours, in both forms.

    But for the address of somebody with whom its reader agreed to be in touch.
    """
    letter = written(message, about)
    page = Page()
    page.feed(letter.html)
    assert [link for link in page.links if link.startswith("mailto:")] == (
        [f"mailto:{NEIGHBOUR.email}"] if message == "match_met" else []
    )
    page.links = [link for link in page.links if not link.startswith("mailto:")]
    assert not page.seen & {"img", "script", "link", "iframe", "object", "video", "style", "form"}
    assert "src=" not in letter.html
    assert "url(" not in letter.html
    addresses = app.url_map.bind("localhost")
    for link in {*page.links, *in_words(letter)}:
        assert link.startswith("http://localhost/"), link
        endpoint, _ = addresses.match(link.removeprefix("http://localhost").partition("?")[0], method="GET")
        assert endpoint not in {"static"}
    assert {link.partition("?")[0] for link in page.links} == {link.partition("?")[0] for link in in_words(letter)}, (
        "both forms lead to the same pages"
    )
