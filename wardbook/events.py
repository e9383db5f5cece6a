"""What people did, written once beside the deed: the timeline reads it. Rows are added; only erasing empties them."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, Text, select
from sqlalchemy.orm import Mapped, mapped_column

from wardbook.db import Base, db, now
from wardbook.jobs import ask
from wardbook.policy import Viewer
from wardbook.shared import words_of


class Did(StrEnum):
    """The steps a thing can take."""

    POSTED = "posted"
    PUBLISHED = "published"
    CHANGED_STATE = "changed state"
    REPLIED = "replied"
    REOPENED = "reopened"
    HID = "hid"
    RESTORED = "restored"
    IMPORTED = "imported"
    SET_LEAD = "set lead"
    RENEWED = "renewed"
    EDITED = "edited"
    CHANGED_LEVEL = "changed level"
    WITHDREW = "withdrew"
    BROUGHT_BACK = "brought back"
    REVIEWED = "reviewed"
    SUPERSEDED = "superseded"
    ERASED = "erased"
    FROZE = "froze"
    LIFTED = "lifted"
    MARKED = "marked"
    ACTIVATED = "activated"
    UNDID = "undid"
    CHANGED_PHOTOS = "changed photos"
    BLACKED_OUT = "blacked out"
    UNCOVERED = "uncovered"
    HELD = "held"
    LEFT = "left as it is"
    ASKED_TO_EDIT = "asked to edit"
    REDACTED = "redacted"
    MOVED = "moved"
    SPLIT = "split"
    BANNED = "banned"
    UNBANNED = "unbanned"
    APPEALED = "appealed"
    ANSWERED_APPEAL = "answered appeal"
    MERGED = "merged"
    PARTED = "parted"
    MET = "met"
    TOOK_ON = "took on"


class Told(StrEnum):
    """Who is told of a step."""

    NOBODY = "nobody"
    AUTHOR = "author"
    WRITER_OF_THE_OTHER = "writer of the other note"
    FOLLOWERS = "followers"
    """Its author, and those who follow it or a place in which it lies"""


TELL_FOLLOWERS = "tell followers"
_asked: dict[Did, list[str]] = {}
_asked_always: dict[Did, list[str]] = {}


def asks(does: str, *after: Did) -> None:
    """Have a job asked for after each of these steps, where followers are told of it: `about` has the event's id."""
    for did in after:
        _asked.setdefault(did, []).append(does)


def asks_always(does: str, *after: Did) -> None:
    """Have a job asked for after each of these steps, whoever is told of it: `about` has the event's id."""
    for did in after:
        _asked_always.setdefault(did, []).append(does)


class Event(Base):
    """One step. It is seen by those who see its thing, never by more."""

    __tablename__ = "event"
    __table_args__ = (Index("ix_event_thing_id", "thing", "thing_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    signed: Mapped[str]
    did: Mapped[Did] = mapped_column(words_of(Did, "did"))
    thing: Mapped[str]
    thing_id: Mapped[int]
    words: Mapped[str] = mapped_column(Text)
    told: Mapped[Told] = mapped_column(words_of(Told, "told"))
    change: Mapped[dict[str, Any]] = mapped_column(JSON)
    """What changed, in the words of its columns: {"state": ["received", "fixed"]}"""
    once: Mapped[str | None] = mapped_column(unique=True)
    """The form it came from: pressed twice, it is still one step."""


OF_THE_AUTHOR = frozenset(
    {
        Did.REOPENED,
        Did.EDITED,
        Did.CHANGED_LEVEL,
        Did.WITHDREW,
        Did.BROUGHT_BACK,
        Did.REVIEWED,
        Did.SUPERSEDED,
        Did.CHANGED_PHOTOS,
        Did.APPEALED,
    }
)
OF_THE_AUTHOR_OR_THE_COUNCIL = frozenset({Did.CHANGED_STATE, Did.RENEWED, Did.TOOK_ON})


def _signature(viewer: Viewer, did: Did, thing: Any) -> str:
    """The author's own steps bear no name: it is shown once on the page, where they chose so, and can be taken off."""
    own = viewer.id is not None and viewer.id == getattr(thing, "author_id", None)
    return "" if did in OF_THE_AUTHOR or (own and did in OF_THE_AUTHOR_OR_THE_COUNCIL) else viewer.signature


def record(
    viewer: Viewer,
    did: Did,
    thing: Any,
    *,
    words: str = "",
    told: Told = Told.NOBODY,
    change: dict[str, Any] | None = None,
    at: datetime | None = None,
    once: str | None = None,
) -> Event:
    """Write a step of a thing that is in the session, and ask for its followers to be told where it is for them.

    `at` is for what happened elsewhere before it was brought in.
    """
    event = Event(
        at=at or now(),
        actor_id=viewer.id,
        signed=_signature(viewer, did, thing),
        did=did,
        thing=type(thing).__tablename__,
        thing_id=thing.id,
        words=words,
        told=told,
        change=change or {},
        once=once,
    )
    db.session.add(event)
    wanted = [*_asked_always.get(did, ())]
    if told is Told.FOLLOWERS:
        wanted += [TELL_FOLLOWERS, *_asked.get(did, ())]
    if wanted:
        db.session.flush()
    for does in wanted:
        ask(does, cause=f"event {event.id}", event=event.id)
    return event


def done_already(once: str | None) -> bool:
    """Whether the step a form asks for was taken before: its button was pressed twice. No form, no second press."""
    return once is not None and db.session.scalar(select(Event.id).where(Event.once == once)) is not None
