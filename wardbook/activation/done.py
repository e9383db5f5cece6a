"""What an activation did, read back from what it kept so that it can be undone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from wardbook.areas.models import Activation
from wardbook.db import db
from wardbook.people.models import Term


@dataclass(frozen=True)
class MovedTerm:
    """A councillor, and the codes of the wards they went from and to."""

    name: str
    was: str
    now: str


@dataclass(frozen=True)
class Done:
    """Who was moved, how many follows went along, and how many people were left to choose."""

    terms: Sequence[MovedTerm]
    moved: int
    asked: int


def what_was_done(done: Activation) -> Done:
    """What an activation did, as far as the terms are still there."""
    return Done(_terms(done), len(done.changes["follows"]), len(done.changes["asked"]))


def _terms(done: Activation) -> list[MovedTerm]:
    changes = done.changes["terms"]
    ids = {change[which] for change in changes for which in ("id", "begun") if change.get(which)}
    asked = select(Term).where(Term.id.in_(ids)).options(joinedload(Term.person))
    terms = {term.id: term for term in db.session.scalars(asked)}
    found = []
    for change in changes:
        first, last = terms.get(change["id"]), terms.get(change.get("begun") or change["id"])
        if first and last:
            name = first.person.name or first.person.email
            found.append(MovedTerm(name, change.get("code") or first.ward_code or "", last.ward_code or ""))
    return found
