"""Saying that something is wrong with an entry: anybody can, and nothing is hidden by it alone."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import or_, select

from wardbook.db import add_once, alone, db, hold, now
from wardbook.entries.holding import risk_of
from wardbook.entries.models import Entry
from wardbook.moderation.models import Report, Wrong
from wardbook.people.actions import checked_email
from wardbook.people.models import Person
from wardbook.policy import Act, Viewer, require


@dataclass(frozen=True)
class Given:
    """What somebody says is wrong, and where to write what became of it."""

    reason: Wrong
    words: str = ""
    email: str = ""


def report(viewer: Viewer, entry: Entry, given: Given, *, browser: str, person: Person | None = None) -> None:
    """Put it before moderators. From one person, browser or address it is one, until that is decided."""
    require(viewer, Act.REPORT, entry)
    email = checked_email(given.email) if given.email else None
    mark = f"person {person.id}" if person is not None else f"browser {browser}"
    alone("reports of", entry.id)
    if _is_there(entry, mark, email if person is None else None):
        return
    hold(entry)
    add_once(
        Report, entry_id=entry.id, reason=given.reason, words=given.words, made_at=now(), mark=mark, email=email,
        person_id=person.id if person is not None else None, decided_at=None,
    )  # fmt: skip
    entry.risk = max(entry.risk, risk_of([f"reported: {given.reason}"]))


def _is_there(entry: Entry, mark: str, email: str | None) -> bool:
    same = or_(Report.mark == mark, Report.email == email) if email else Report.mark == mark
    there = select(Report.id).where(Report.entry_id == entry.id, Report.decided_at.is_(None), same)
    return db.session.scalar(there.limit(1)) is not None
