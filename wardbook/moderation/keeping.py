"""What moderation keeps about people and of entries: told to them, and taken away when they are erased."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, or_, select, update

from wardbook import personal
from wardbook.db import db
from wardbook.entries.models import Entry
from wardbook.erasure import blanks
from wardbook.moderation.appeals import DECIDED
from wardbook.moderation.models import Appeal, Ban, Looking, Report
from wardbook.people.models import Person


@blanks
def _of_entry(thing: Any) -> None:
    """What was reported and asked of an erased entry may say what it said."""
    if not isinstance(thing, Entry):
        return
    db.session.execute(delete(Report).where(Report.entry_id == thing.id))
    db.session.execute(update(Appeal).where(Appeal.entry_id == thing.id).values(words="", answer="", person_id=None))
    db.session.execute(delete(Looking).where(Looking.entry_id == thing.id))
    thing.held_for, thing.risk, thing.asked_to_edit = [], 0, None


@personal.tells("reports")
def _reports(person: Person) -> list[dict[str, object]]:
    rows = select(Report, Entry.ref).join(Entry, Entry.id == Report.entry_id)
    mine = rows.where(or_(Report.person_id == person.id, Report.email == person.email)).order_by(Report.id)
    return [
        {"entry": ref, "reason": str(report.reason), "words": report.words, "at": report.made_at.isoformat()}
        for report, ref in db.session.execute(mine)
    ]


@personal.tells("bans")
def _bans(person: Person) -> list[dict[str, object]]:
    rows = db.session.scalars(select(Ban).where(Ban.person_id == person.id).order_by(Ban.id))
    return [
        {
            "reason": ban.reason, "at": ban.made_at.isoformat(), "until": ban.until_on.isoformat(),
            "lifted_at": ban.lifted_at.isoformat() if ban.lifted_at else None,
        }
        for ban in rows
    ]  # fmt: skip


@personal.tells("appeals")
def _appeals(person: Person) -> list[dict[str, object]]:
    rows = db.session.scalars(select(Appeal).where(Appeal.person_id == person.id).order_by(Appeal.id))
    return [
        {
            "about": DECIDED.get(made.event.did, str(made.event.did)), "entry": made.entry.ref if made.entry else None,
            "words": made.words, "at": made.made_at.isoformat(), "answer": made.answer,
            "changed": made.changed,
        }
        for made in rows
    ]  # fmt: skip


@personal.forgets
def _forget(person: Person) -> None:
    """Theirs goes with them. A ban too: nobody is kept by whom it could be kept from them."""
    db.session.execute(delete(Report).where(or_(Report.person_id == person.id, Report.email == person.email)))
    gone = Appeal.person_id == person.id
    db.session.execute(update(Appeal).where(gone).values(words="", answer="", person_id=None))
    db.session.execute(update(Appeal).where(Appeal.answered_by_id == person.id).values(answered_by_id=None))
    db.session.execute(delete(Ban).where(Ban.person_id == person.id))
    db.session.execute(update(Ban).where(Ban.by_id == person.id).values(by_id=None))
    db.session.execute(delete(Looking).where(Looking.person_id == person.id))
    person.banned_until = None
