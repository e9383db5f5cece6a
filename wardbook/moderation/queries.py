"""What can be read of moderation: what waits, how many, since when, and how long it takes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from statistics import median

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select, text

from wardbook.db import db, now
from wardbook.entries.kinds import Kind
from wardbook.entries.models import APART, Entry
from wardbook.entries.queries import count
from wardbook.events import Did, Event
from wardbook.moderation.models import Appeal, Looking, Report, is_appealed, is_reported
from wardbook.people.models import Person
from wardbook.policy import Viewer, visible
from wardbook.shared import Level, Standing

LATELY = timedelta(days=30)
LOOKED_AT_FOR = timedelta(minutes=15)


class Waits(StrEnum):
    """For what something waits."""

    HELD = "held"
    REPORTED = "reported"
    EDIT = "edit"
    APPEALS = "appeals"
    HIDDEN = "hidden"
    UNCONFIRMED = "unconfirmed"


CALLED: dict[Waits, str] = {
    Waits.HELD: "To be read before it is published",
    Waits.REPORTED: "Reported by people",
    Waits.EDIT: "Asked to be edited",
    Waits.APPEALS: "Appealed",
    Waits.HIDDEN: "Hidden",
    Waits.UNCONFIRMED: "Waiting for its author’s email",
}
_PENDING, _HIDDEN = (and_(text(f"entry.{APART}"), Entry.standing == one) for one in (Standing.PENDING, Standing.HIDDEN))
CONDITIONS: dict[Waits, ColumnElement[bool]] = {
    Waits.HELD: and_(_PENDING, Entry.confirmed_at.is_not(None), Entry.asked_to_edit.is_(None)),
    Waits.REPORTED: and_(Entry.standing == Standing.PUBLISHED, is_reported()),
    Waits.EDIT: and_(_PENDING, Entry.asked_to_edit.is_not(None)),
    Waits.APPEALS: is_appealed(),
    Waits.HIDDEN: _HIDDEN,
    Waits.UNCONFIRMED: and_(_PENDING, Entry.confirmed_at.is_(None)),
}
FOR_MODERATORS = (Waits.HELD, Waits.REPORTED, Waits.APPEALS)
"""What waits for a moderator, and not for its author"""
URGENCY = case(
    (is_appealed(), 1),
    (or_(Entry.standing == Standing.HIDDEN, CONDITIONS[Waits.EDIT], CONDITIONS[Waits.UNCONFIRMED]), 6),
    else_=5 - Entry.risk,
)
"""From 0, the most pressing, to 6, where nothing is to be done"""


def waiting(viewer: Viewer, waits: Waits | None = None, kind: Kind | None = None) -> Select[Entry]:
    """What waits for one thing, or for any; at any level but private."""
    wanted = CONDITIONS[waits] if waits else or_(*CONDITIONS.values())
    rows = select(Entry).where(visible(Entry, viewer), Entry.level != Level.PRIVATE, wanted)
    return rows.where(Entry.kind == kind) if kind else rows


def counts(viewer: Viewer) -> dict[Waits, int]:
    """How many wait for what; appeals against bans are counted with the others."""
    found = {waits: count(waiting(viewer, waits)) for waits in Waits}
    bans = select(func.count()).where(Appeal.answered_at.is_(None), Appeal.entry_id.is_(None))
    return found | {Waits.APPEALS: found[Waits.APPEALS] + (db.session.scalar(bans) or 0)}


def everything(viewer: Viewer) -> int:
    """How many wait for anything, or are hidden."""
    return count(waiting(viewer))


def for_moderators(viewer: Viewer) -> int:
    """How many wait for a moderator."""
    return count(waiting(viewer).where(or_(*(CONDITIONS[waits] for waits in FOR_MODERATORS))))


def usual_wait() -> timedelta | None:
    """How long what was decided in the last thirty days had waited: half of it no longer. None where nothing had."""
    steps = select(Event.change).where(Event.at > now() - LATELY, Event.thing == Entry.__tablename__)
    decided = steps.where(Event.did.in_([Did.PUBLISHED, Did.LEFT, Did.HID, Did.ASKED_TO_EDIT, Did.REDACTED]))
    waited = [change["waited"] for change in db.session.scalars(decided) if "waited" in change]
    return timedelta(seconds=median(waited)) if waited else None


@dataclass(frozen=True)
class Beside:
    """What a list says of its entries, beside what they are: by the id of each."""

    reports: dict[int, list[Report]]
    looking: dict[int, Looking]
    held_at: dict[int, datetime]


def beside(rows: Sequence[Entry], viewer: Viewer) -> Beside:
    """The open reports of these, who else is looking at them, and since when each was held: three queries."""
    ids = [row.id for row in rows]
    reports: dict[int, list[Report]] = defaultdict(list)
    asked = select(Report).where(Report.entry_id.in_(ids), Report.decided_at.is_(None)).order_by(Report.id)
    for report in db.session.scalars(asked):
        reports[report.entry_id].append(report)
    held = select(Event.thing_id, func.max(Event.at)).where(
        Event.thing == Entry.__tablename__, Event.thing_id.in_(ids), Event.did == Did.HELD
    )
    return Beside(
        dict(reports),
        {look.entry_id: look for look in _looks(ids, viewer)},
        {row[0]: row[1] for row in db.session.execute(held.group_by(Event.thing_id))},
    )


def _looks(ids: Sequence[int], viewer: Viewer) -> Sequence[Looking]:
    rows = select(Looking).where(Looking.entry_id.in_(ids), Looking.since > now() - LOOKED_AT_FOR)
    return db.session.scalars(rows.where(Looking.person_id != viewer.id)).all()


def reports_of(entry: Entry) -> Sequence[Report]:
    """All reports of an entry, those that are not decided first, then the newest."""
    rows = select(Report).where(Report.entry_id == entry.id)
    return db.session.scalars(rows.order_by(Report.decided_at.is_not(None), Report.id.desc())).all()


def looks_at(entry: Entry, viewer: Viewer) -> Looking | None:
    """Who else is looking at it."""
    return next(iter(_looks([entry.id], viewer)), None)


def looks_too(entry: Entry, viewer: Viewer) -> bool:
    """Whether one has said oneself, a moment ago, that one is looking at it."""
    mine = select(Looking.since).where(Looking.entry_id == entry.id, Looking.person_id == viewer.id)
    return db.session.scalar(mine.where(Looking.since > now() - LOOKED_AT_FOR)) is not None


@dataclass(frozen=True)
class Record:
    """What somebody has told before, and what became of it."""

    told: int
    hidden: int
    removed: int


def earlier_of(person: Person, entry: Entry) -> Record:
    """How many other things they have told, how many were hidden once, and from how many words were removed."""
    others = select(Entry.id).where(Entry.author_id == person.id, Entry.id != entry.id)
    steps = select(func.count(Event.thing_id.distinct())).where(
        Event.thing == Entry.__tablename__, Event.thing_id.in_(others)
    )
    told = db.session.scalar(select(func.count()).select_from(others.subquery())) or 0
    return Record(
        told,
        db.session.scalar(steps.where(Event.did == Did.HID)) or 0,
        db.session.scalar(steps.where(Event.did == Did.REDACTED)) or 0,
    )
