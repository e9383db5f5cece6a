"""What matches keep of a person and of an entry: told in a copy, forgotten and blanked with them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, or_, select

from wardbook import personal
from wardbook.db import db
from wardbook.entries.models import Entry, takers
from wardbook.erasure import blanks
from wardbook.mail import forget_letters
from wardbook.people.models import Person
from wardbook.together.actions import end_as_gone
from wardbook.together.models import Match, NoLetters
from wardbook.together.queries import taking_part

takers.append(taking_part)
LETTERS = ("", " match_met", " match_ended", " enabler")


@blanks
def _matches_of_an_entry(thing: object) -> None:
    """What is erased is matched to nothing any more, and letters name neither of the two. Who was in touch about it is
    told that this has ended.
    """
    if isinstance(thing, Entry):
        _forget([thing.id])


def _forget(entry_ids: list[int]) -> None:
    of = or_(Match.offer_id.in_(entry_ids), Match.need_id.in_(entry_ids))
    matches = db.session.scalars(select(Match).where(of).order_by(Match.id)).all()
    for match in matches:
        end_as_gone(match, entry_ids)
    db.session.flush()
    forget_letters([f"match {match.id}{letter}" for match in matches for letter in LETTERS])
    db.session.execute(delete(Match).where(of))


@personal.tells("offers of help")
def _told(person: Person) -> list[dict[str, Any]]:
    own = select(Entry.id).where(Entry.author_id == person.id)
    rows = select(Match).where(or_(Match.offer_id.in_(own), Match.need_id.in_(own))).order_by(Match.id)
    return [
        {
            "what you told": match.own(person.id).ref,
            "what lay near": match.other(person.id).ref,
            "found at": match.made_at.isoformat(),
            "you said": {True: "yes", False: "no", None: "nothing"}[match.said_by(person.id)],
            "put in touch at": match.met_at.isoformat() if match.met_at else None,
            "ended at": match.ended_at.isoformat() if match.ended_at else None,
        }
        for match in db.session.scalars(rows)
    ]


@personal.forgets
def _forgotten(person: Person) -> None:
    _forget(list(db.session.scalars(select(Entry.id).where(Entry.author_id == person.id))))
    db.session.execute(delete(NoLetters).where(NoLetters.person_id == person.id))
