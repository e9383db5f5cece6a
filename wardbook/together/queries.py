"""What can be read of matches: only by the two people of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from wardbook.db import db
from wardbook.entries.kinds import Family, Kind, State
from wardbook.entries.merging.merged import merge_of
from wardbook.entries.models import Entry
from wardbook.people.models import Person
from wardbook.people.queries import viewer_of
from wardbook.policy import Viewer, sees
from wardbook.shared import Standing
from wardbook.together.keys import key_of
from wardbook.together.models import Match, NoLetters


@dataclass(frozen=True)
class Side:
    """A match as one of the two sees it. Of the other person nothing, until both have said yes."""

    match: Match
    person: Person
    own: Entry
    other: Entry
    said: bool | None
    key: str

    @property
    def met(self) -> Person | None:
        """The other person, once both have said yes and while neither has ended it."""
        return self.other.author if self.match.met_at and not self.match.ended_at else None


def side(match: Match, person: Person) -> Side:
    """A match as this person, who is one of the two, sees it."""
    other, said = match.other(person.id), match.said_by(person.id)
    return Side(match, person, match.own(person.id), other, said, key_of(match.id, person.id))


def stands(match: Match) -> bool:
    """Whether there is still something to agree to or to do: neither ended it, both things stand, and each of the two
    may see what the other told.
    """
    offer, need = match.offer, match.need
    if match.ended_at is not None or offer.author is None or need.author is None:
        return False
    return all(_is_out(entry) for entry in (offer, need)) and _goes_on(match) and _see_each_other(match)


def _is_out(entry: Entry) -> bool:
    return entry.standing is Standing.PUBLISHED and merge_of(entry) is None


def _goes_on(match: Match) -> bool:
    return match.met_at is not None or (
        match.offer.state_now is State.OPEN and match.need.meaning.family is Family.OPEN
    )


def _see_each_other(match: Match) -> bool:
    offerer, asker = viewer_of(match.offer.author), viewer_of(match.need.author)
    return offerer.id is not None and asker.id is not None and sees(offerer, match.need) and sees(asker, match.offer)


def own(viewer: Viewer) -> list[Side]:
    """The matches of what this viewer told that stand, the latest first."""
    return _sides(_matches(viewer), viewer)


def own_on(entry: Entry, viewer: Viewer) -> list[Side]:
    """The same of one thing they told: for its page."""
    if viewer.id is None or entry.author_id != viewer.id or entry.kind not in (Kind.OFFER, Kind.ISSUE, Kind.IDEA):
        return []
    return _sides(_matches(viewer, entry.id), viewer)


def _matches(viewer: Viewer, entry_id: int | None = None) -> Sequence[Match]:
    mine = select(Entry.id).where(Entry.author_id == viewer.id)
    told = [entry_id] if entry_id is not None else mine
    rows = select(Match).where(or_(Match.offer_id.in_(told), Match.need_id.in_(told)), Match.ended_at.is_(None))
    asked = rows.options(joinedload(Match.offer), joinedload(Match.need)).order_by(Match.id.desc()).limit(20)
    return db.session.scalars(asked).all()


def _sides(matches: Sequence[Match], viewer: Viewer) -> list[Side]:
    person = db.session.get(Person, viewer.id)
    return [side(match, person) for match in matches if stands(match)] if person is not None else []


def wants_no_letters(person_id: int) -> bool:
    """Whether this person wants no letters about what lies near what they told."""
    return db.session.get(NoLetters, person_id) is not None


def taking_part(entry: Entry) -> set[int]:
    """The ids of those who offered help with an issue or an idea and were put in touch."""
    met = select(Entry.author_id).join(Match, Match.offer_id == Entry.id)
    rows = met.where(Match.need_id == entry.id, Match.met_at.is_not(None), Match.ended_at.is_(None))
    return {id_ for id_ in db.session.scalars(rows) if id_ is not None}
