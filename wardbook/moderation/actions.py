"""What a moderator decides about an entry: publish, leave, hide, show again, ask its author to edit it."""

from __future__ import annotations

from sqlalchemy import select

from wardbook.db import db, now
from wardbook.entries.holding import risk_of
from wardbook.entries.models import Entry
from wardbook.errors import Refused
from wardbook.events import Did, Event, Told
from wardbook.moderation.models import Looking
from wardbook.moderation.settling import begin, decide
from wardbook.policy import Act, Viewer, require
from wardbook.shared import Standing

Seen = int | None
"""The last step of an entry that its moderator had read"""


def let_through(viewer: Viewer, entry: Entry, *, edition: str, seen: Seen = None, once: str | None = None) -> Entry:
    """Publish what waited for a moderator, in the edition that was read. What its author has not confirmed goes on
    waiting.
    """
    if not begin(viewer, Act.PASS, entry, seen=seen, once=once):
        return entry
    if str(entry.edition) != edition:
        raise Refused("Its author has edited it since you opened it. Read it again before you publish it.")
    if entry.confirmed_at is None:
        raise Refused("Its author has not confirmed their email address yet, so it cannot be published.")
    publish(viewer, entry, once=once)
    return entry


def publish(viewer: Viewer, entry: Entry, *, once: str | None = None) -> Event:
    """Put what waited into the open."""
    entry.asked_to_edit = None
    return decide(viewer, Did.PUBLISHED, entry, to=Standing.PUBLISHED, told=Told.FOLLOWERS, once=once)


def leave(viewer: Viewer, entry: Entry, *, seen: Seen, once: str | None) -> Entry:
    """Say that what is published was read and can stay as it is. What was reported of it is settled by that."""
    if begin(viewer, Act.LEAVE, entry, seen=seen, once=once):
        decide(viewer, Did.LEFT, entry, once=once)
    return entry


def hide(viewer: Viewer, entry: Entry, *, reason: str, seen: Seen = None, once: str | None = None) -> Entry:
    """Take an entry out of everyone's sight but its author's and moderators', with the reason both can read."""
    if not begin(viewer, Act.HIDE, entry, seen=seen, once=once):
        return entry
    _needs(reason, "Give the reason. The author reads it.")
    entry.hidden_for = reason
    decide(viewer, Did.HID, entry, to=Standing.HIDDEN, reason=reason, once=once)
    return entry


def restore(viewer: Viewer, entry: Entry, *, seen: Seen = None, once: str | None = None) -> Entry:
    """Bring a hidden entry back to where it was: into the open, or to waiting for its author or a moderator."""
    if begin(viewer, Act.RESTORE, entry, seen=seen, once=once):
        put_back(viewer, entry, once=once)
    return entry


def put_back(viewer: Viewer, entry: Entry, *, once: str | None = None) -> Event:
    """Show again what was hidden, as far as it was shown before."""
    steps = select(Event).where(Event.thing == Entry.__tablename__, Event.thing_id == entry.id, Event.did == Did.HID)
    hid = db.session.scalars(steps.order_by(Event.id.desc()).limit(1)).first()
    to = Standing(hid.change["standing"][0]) if hid else Standing.PENDING
    entry.hidden_for = None
    event = decide(viewer, Did.RESTORED, entry, to=to, once=once)
    entry.risk = risk_of(entry.held_for) if to is Standing.PENDING else 0
    return event


def ask_to_edit(viewer: Viewer, entry: Entry, *, reason: str, seen: Seen, once: str | None) -> Entry:
    """Ask its author to change something. Until they have it is out of sight; then a moderator reads it again."""
    if not begin(viewer, Act.ASK_TO_EDIT, entry, seen=seen, once=once):
        return entry
    if entry.confirmed_at is None or entry.author is None:
        raise Refused("Nobody could edit it: its author is not known, or has not confirmed their email address.")
    _needs(reason, "Say what to change. The author reads it.")
    decide(viewer, Did.ASKED_TO_EDIT, entry, to=Standing.PENDING, reason=reason, once=once)
    entry.asked_to_edit = reason
    return entry


def _needs(reason: str, sentence: str) -> None:
    if not reason.strip():
        raise Refused(sentence, field="reason")


def look(viewer: Viewer, entry: Entry) -> None:
    """Let other moderators know that one is looking at it; it keeps nobody from anything."""
    require(viewer, Act.MODERATE)
    db.session.merge(Looking(entry_id=entry.id, person_id=viewer.id, since=now()))
