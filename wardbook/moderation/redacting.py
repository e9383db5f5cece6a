"""Removing words from what somebody told: now, in its earlier wordings, and wherever else they were written down."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import or_, select

from wardbook import jobs
from wardbook.db import db
from wardbook.entries import drafting, splitting
from wardbook.entries.erasing import FORGET
from wardbook.entries.models import Entry
from wardbook.erasure import Without, in_all, redact_copies, redacts, taking_out
from wardbook.errors import Refused
from wardbook.events import Did, Event
from wardbook.mail import Letter
from wardbook.moderation.actions import Seen
from wardbook.moderation.settling import begin, decide
from wardbook.policy import Act, Viewer

SHORTEST = 2


def redact(
    viewer: Viewer, entry: Entry, pieces: Sequence[str], *, reason: str, seen: Seen = None, once: str | None = None
) -> Entry:
    """Remove words or phrases from an entry, for everybody and for good. Its timeline says so and why, not which."""
    if not begin(viewer, Act.REDACT, entry, seen=seen, once=once):
        return entry
    if not reason.strip():
        raise Refused("Give the reason. The author and readers read it.", field="reason")
    without = taking_out(_checked(pieces))
    if not _remove(entry, without):
        raise Refused("None of these words stands in it. Copy them from above, one a line.", field="pieces")
    if without(reason) != reason:
        raise Refused("The reason must not have the words that you remove.", field="reason")
    for one in (entry, *splitting.firsts(entry)):
        redact_copies(one, without)
    entry.edited()
    event = decide(viewer, Did.REDACTED, entry, words=reason, once=once)
    db.session.flush()
    jobs.ask(FORGET, cause=f"event {event.id}")
    return entry


def _checked(pieces: Sequence[str]) -> list[str]:
    """The longest first, so that none is cut by a part of it."""
    if not pieces:
        raise Refused("Enter the words to remove, one word or phrase a line.", field="pieces")
    if short := next((piece for piece in pieces if len(piece) < SHORTEST), None):
        raise Refused(f"‘{short}’ is too short to remove. Enter the whole word.", field="pieces")
    return sorted(pieces, key=len, reverse=True)


def _remove(entry: Entry, without: Without) -> bool:
    """Take them out of what it says now; whether there were any, here, in what it said before, or in what that said of
    which it was a part.
    """
    changed = False
    for column in ("title", "words", "cites", "hidden_for", "withdrawn_for", "spot_words"):
        changed |= _put(entry, column, without)
    if answers := getattr(entry, "answers", None):
        cleaned = [{name: without(str(said)) for name, said in one.items()} for one in answers]
        changed |= cleaned != answers
        setattr(entry, "answers", cleaned)  # noqa: B010 - not every store of entries has answers
    for photo in entry.photos:
        changed |= _put(photo, "alt", without)
    ids = [entry.id, *(first.id for first in splitting.firsts(entry))]
    steps = select(Event).where(Event.thing == Entry.__tablename__, Event.thing_id.in_(ids))
    for step in db.session.scalars(steps).all():
        changed |= _put(step, "words", without)
        change = in_all(step.change, without)
        changed |= change != step.change
        step.change = change
    return changed


def _put(thing: Any, column: str, without: Without) -> bool:
    text = getattr(thing, column, None)
    if not text or (cleaned := without(text)) == text:
        return False
    setattr(thing, column, cleaned)
    return True


@redacts
def _letters(entry: Entry, without: Without) -> None:
    """Letters that tell of it, sent ones too: an outbox is no place in which words live on."""
    told = or_(Letter.body.contains(f"/entries/{entry.ref}"), Letter.body.contains(entry.ref))
    for letter in db.session.scalars(select(Letter).where(told)).all():
        letter.subject, letter.body = without(letter.subject), without(letter.body)
        letter.html = without(letter.html) if letter.html else letter.html


@redacts
def _draft(entry: Entry, without: Without) -> None:
    """What was typed before it was sent is kept for a day."""
    if entry.once:
        drafting.forget_drafts([entry.once])
