"""What is kept of a person themselves: their address and name, and the links with which they proved the address."""

from __future__ import annotations

import secrets

from sqlalchemy import delete, select, update

from wardbook import personal
from wardbook.db import db
from wardbook.jobs import Job
from wardbook.people.models import Person, Proof, Term


@personal.tells("you")
def _you(person: Person) -> dict[str, object]:
    return {
        "email address": person.email, "name": person.name, "known since": person.created_at.isoformat(),
        "address proved at": person.confirmed_at.isoformat() if person.confirmed_at else None,
        "has a password": person.password is not None,
        "roles": [_term(term) for term in person.terms],
    }  # fmt: skip


def _term(term: Term) -> dict[str, object]:
    service = term.service.name if term.service else None
    return {
        "role": str(term.role), "ward": term.ward_code, "service": service,
        "from": _day(term.from_on), "until": _day(term.until_on),
    }  # fmt: skip


def _day(day: object) -> str | None:
    return str(day) if day else None


@personal.tells("links we sent you")
def _links(person: Person) -> list[dict[str, object]]:
    rows = select(Proof).where(Proof.person_id == person.id).order_by(Proof.id)
    return [
        {"for": proof.purpose, "about": proof.subject, "sent at": proof.made_at.isoformat(),
         "used at": proof.used_at.isoformat() if proof.used_at else None}
        for proof in db.session.scalars(rows)
    ]  # fmt: skip


@personal.forgets
def _forget_links(person: Person) -> None:
    db.session.execute(delete(Proof).where(Proof.person_id == person.id))
    db.session.execute(update(Job).where(Job.asked_by_id == person.id).values(asked_by_id=None))


def blank(person: Person) -> None:
    """Empty a person's own row, once every room has forgotten them. It stays, without anything of theirs, so that
    whatever still points to it points to nobody; every session of theirs ends with it.
    """
    person.email, person.name, person.password = f"erased {secrets.token_hex(16)}", "", None
    person.fs_uniquifier, person.active, person.confirmed_at = secrets.token_hex(16), False, None
