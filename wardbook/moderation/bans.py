"""Keeping a person from contributing, until a day and for a reason; they go on reading, and may appeal."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

from sqlalchemy import select

from wardbook.clock import today
from wardbook.db import db, hold, now
from wardbook.errors import Refused
from wardbook.events import Did, done_already, record
from wardbook.moderation import letters
from wardbook.moderation.models import Ban
from wardbook.people.models import Person
from wardbook.people.queries import running_terms
from wardbook.policy import Act, Viewer, require

LONGEST: Final = timedelta(days=366)


def ban(viewer: Viewer, person: Person, *, last_day: date, reason: str, once: str | None) -> Ban:
    """Keep somebody from contributing, supporting and reporting until the end of a day. They are told why."""
    hold(person)
    require(viewer, Act.BAN, person)
    if done_already(once) and (there := in_force(person)):
        return there
    _check(person, last_day, reason)
    end(person)
    until = last_day + timedelta(days=1)
    person.banned_until = until
    made = Ban(person=person, by_id=viewer.id, made_at=now(), until_on=until, reason=reason)
    db.session.add(made)
    event = record(viewer, Did.BANNED, person, change={"until": until.isoformat()}, once=once)
    db.session.flush()
    made.event_id = event.id
    letters.of_ban(made, event)
    return made


def _check(person: Person, last_day: date, reason: str) -> None:
    if running_terms(person):
        raise Refused("They hold a role at the council. Speak to an administrator.", field="last_day")
    if not today() <= last_day <= today() + LONGEST:
        raise Refused("Choose a day from today to a year from now.", field="last_day")
    if not reason.strip():
        raise Refused("Give the reason. The person reads it.", field="reason")


def in_force(person: Person) -> Ban | None:
    """The ban that keeps somebody from contributing today."""
    rows = select(Ban).where(Ban.person_id == person.id, Ban.lifted_at.is_(None), Ban.until_on > today())
    return db.session.scalars(rows.order_by(Ban.id.desc()).limit(1)).first()


def bans_of(person: Person) -> Sequence[Ban]:
    """Every ban of a person, the newest first."""
    return db.session.scalars(select(Ban).where(Ban.person_id == person.id).order_by(Ban.id.desc())).all()


def all_in_force() -> Sequence[Ban]:
    """Who may not contribute today, by the day on which that ends."""
    rows = select(Ban).where(Ban.lifted_at.is_(None), Ban.until_on > today())
    return db.session.scalars(rows.order_by(Ban.until_on, Ban.id).limit(100)).all()


def end(person: Person) -> Ban | None:
    """Take the ban of today away, where there is one."""
    there = in_force(person)
    person.banned_until = None
    if there is not None:
        there.lifted_at = now()
    return there


def lift(viewer: Viewer, person: Person, *, reason: str = "", once: str | None = None) -> None:
    """Let somebody contribute again before the day on which they might. They are told."""
    hold(person)
    require(viewer, Act.BAN, person)
    if done_already(once) or (ended := end(person)) is None:
        return
    event = record(viewer, Did.UNBANNED, person, once=once)
    letters.of_end_of_ban(ended, event, reason)
