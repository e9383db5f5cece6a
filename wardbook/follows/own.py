"""What follows keep about a person: what they follow, and what waits to be told to them."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import delete, select

from wardbook import personal
from wardbook.db import db
from wardbook.entries.models import Entry
from wardbook.erasure import unnames
from wardbook.follows.digests import CAUSE
from wardbook.follows.models import RHYTHMS, Follow, FollowedWard, News
from wardbook.mail import Letter, forget_naming
from wardbook.people.models import Person


@personal.tells("what you follow")
def _told(person: Person) -> list[dict[str, object]]:
    rows = select(Follow).where(Follow.person_id == person.id).order_by(Follow.id)
    return [
        {"what": one.words, "how often": RHYTHMS[one.rhythm], "since": one.begun_at.isoformat(),
         "ended at": one.ended_at.isoformat() if one.ended_at else None}
        for one in db.session.scalars(rows)
    ]  # fmt: skip


@personal.forgets
def _forgotten(person: Person) -> None:
    mine = select(Follow.id).where(Follow.person_id == person.id)
    for table in (News, FollowedWard):
        db.session.execute(delete(table).where(table.follow_id.in_(mine)))
    db.session.execute(delete(Follow).where(Follow.person_id == person.id))


@unnames
def _digests(thing: object, names: Sequence[str]) -> None:
    """A digest that names an author who is erased and leaves what they told is emptied, or if it waits, taken back."""
    if not isinstance(thing, Entry):
        return
    forget_naming(names, Letter.cause.startswith(CAUSE), Letter.body.contains(f"/entries/{thing.ref}"))
