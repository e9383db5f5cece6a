"""What every decision of a moderator shares: nobody's is overtaken unseen, reports are settled, and people are told."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, func, select

from wardbook.clock import moment_in_words
from wardbook.db import db, hold, now
from wardbook.entries.models import Entry
from wardbook.errors import Refused
from wardbook.events import Did, Event, Told, done_already, record
from wardbook.moderation import letters
from wardbook.moderation.models import Looking, Report
from wardbook.people.models import Person
from wardbook.policy import Act, Viewer, require
from wardbook.shared import Standing, move_standing

DEEDS: Final[dict[Did, str]] = {
    Did.PUBLISHED: "published it",
    Did.HID: "hid it",
    Did.RESTORED: "showed it again",
    Did.LEFT: "left it as it is",
    Did.ASKED_TO_EDIT: "asked its author to edit it",
    Did.REDACTED: "removed words from it",
    Did.MOVED: "moved it",
    Did.SPLIT: "made two of it",
    Did.EDITED: "edited it",
    Did.CHANGED_LEVEL: "changed who sees it",
    Did.WITHDREW: "withdrew it",
    Did.BROUGHT_BACK: "brought it back",
    Did.ANSWERED_APPEAL: "answered the appeal about it",
}
"""Steps after which what a moderator read is no longer what there is"""


class Overtaken(Refused):
    """Somebody else did something to it since its page was opened."""


def last_step(entry: Entry) -> int:
    """The newest step of an entry: a form carries it, so that we know what its sender had read."""
    steps = select(func.max(Event.id)).where(Event.thing == Entry.__tablename__, Event.thing_id == entry.id)
    return db.session.scalar(steps) or 0


def begin(viewer: Viewer, act: Act, entry: Entry, *, seen: int | None, once: str | None) -> bool:
    """Hold an entry for a decision about it; whether it is still to be taken, or was by the same form a moment ago.

    `seen` is the last step that was read. Raises Overtaken where another was taken meanwhile.
    """
    hold(entry)
    if done_already(once):
        return False
    if seen is not None and (step := _meanwhile(entry, seen)):
        raise Overtaken(
            f"{_who(step, entry)} {DEEDS[step.did]} on {moment_in_words(step.at)}, after you opened this page. "
            "Look at how it stands now, then decide. What you typed is still here."
        )
    require(viewer, act, entry)
    return True


def _meanwhile(entry: Entry, seen: int) -> Event | None:
    steps = select(Event).where(Event.thing == Entry.__tablename__, Event.thing_id == entry.id, Event.id > seen)
    return db.session.scalars(steps.where(Event.did.in_(DEEDS)).order_by(Event.id.desc()).limit(1)).first()


def _who(step: Event, entry: Entry) -> str:
    if step.actor_id is None or step.actor_id == entry.author_id:
        return "Its author"
    actor = db.session.get(Person, step.actor_id)
    return actor.name if actor is not None and actor.name else "Another moderator"


def decide(
    viewer: Viewer,
    did: Did,
    entry: Entry,
    *,
    to: Standing | None = None,
    reason: str = "",
    told: Told = Told.AUTHOR,
    words: str = "",
    once: str | None = None,
) -> Event:
    """Move its standing, write the decision on its timeline, tell its author what and why, settle what was reported.

    `words` are for everybody who sees the entry, `reason` is for its author. With it is kept since when it had waited.
    """
    since = waits_since(entry)
    waited = {"waited": round((now() - since).total_seconds())} if since else {}
    moved = {"standing": [entry.standing, to]} if to is not None else {}
    kept = {**moved, **waited, **({"reason": reason} if reason else {})}
    if to is not None and to is not entry.standing:
        move_standing(entry, to)
    event = record(viewer, did, entry, words=words, told=told, change=kept, once=once)
    entry.risk = 0
    db.session.execute(delete(Looking).where(Looking.entry_id == entry.id))
    letters.to_author(entry, event, reason or words)
    settle(entry, did)
    return event


def waits_since(entry: Entry) -> datetime | None:
    """Since when it has waited for a moderator: since it was held, or first reported."""
    reported = select(func.min(Report.made_at)).where(Report.entry_id == entry.id, Report.decided_at.is_(None))
    held = select(func.max(Event.at)).where(
        Event.thing == Entry.__tablename__, Event.thing_id == entry.id, Event.did == Did.HELD
    )
    waiting = entry.standing is Standing.PENDING and entry.asked_to_edit is None
    moments = [db.session.scalar(reported), db.session.scalar(held) if waiting else None]
    return min((moment for moment in moments if moment is not None), default=None)


def settle(entry: Entry, did: Did) -> None:
    """Take the reports of an entry off the queue, and write to those who wanted to hear, with no word of theirs."""
    for report in db.session.scalars(select(Report).where(Report.entry_id == entry.id, Report.decided_at.is_(None))):
        report.decided_at = now()
        if report.email is not None and _may_be_written_to(report):
            letters.to_reporter(report, entry, did)


def _may_be_written_to(report: Report) -> bool:
    """Nobody can have a stranger mailed at will: an address that was not proved gets one such letter in a day."""
    if report.person_id is not None:
        return True
    lately = select(Report.id).where(
        Report.email == report.email, Report.decided_at > now() - timedelta(days=1), Report.id != report.id
    )
    return db.session.scalar(lately.limit(1)) is None
