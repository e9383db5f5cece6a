"""What would move if a boundary set took the place of the one before it: ground, entries, followers, councillors."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from sqlalchemy import func, or_, select
from sqlalchemy.orm import aliased, joinedload

from wardbook.areas import succession
from wardbook.areas.locator import SMALL_SHARE, Called, LocatedSet
from wardbook.areas.models import Activation, BoundarySet
from wardbook.areas.succession import Passing
from wardbook.config import settings
from wardbook.db import db
from wardbook.entries.models import Entry
from wardbook.errors import Refused
from wardbook.follows.models import Follow, FollowedWard
from wardbook.geo import percent
from wardbook.people.models import Term
from wardbook.policy import Role, Viewer, visible
from wardbook.shared import Standing

LEAST_COVERED = 0.5
"""A set takes the place of another where it covers this share of its ground: of a coast the sea may be left out"""
WORTH_SAYING = 0.05


@dataclass(frozen=True)
class Move:
    """An area of the set before, what becomes of it, and who and what it concerns."""

    passing: Passing
    goes_to: Called | None
    """Where its councillors go: to the one that takes it over, or that was chosen; None where nobody has chosen yet"""
    entries: int
    entries_by_area: Mapping[int, int]
    """How many of its entries lie in each new area, by its id"""
    follows: tuple[Follow, ...]
    terms: tuple[Term, ...]

    @property
    def old(self) -> Called:
        return self.passing.old

    @property
    def ends(self) -> bool:
        return not self.passing.stays

    @property
    def heir(self) -> Called | None:
        """Where its followers go: to the one that takes it over, if one does."""
        return self.passing.heir

    @property
    def is_parted(self) -> bool:
        return self.ends and self.heir is None

    @property
    def goes_nowhere(self) -> float:
        """The share of its land that passes to no area of the new set; 0 where it is only how edges were drawn."""
        left = 1 - sum(part.land for part in self.passing.parts)
        return left if left >= WORTH_SAYING else 0.0

    @property
    def followers(self) -> int:
        return len({follow.person_id for follow in self.follows})

    @property
    def councillors(self) -> list[str]:
        return [term.person.name or term.person.email for term in self.terms]

    @property
    def needs_a_choice(self) -> bool:
        """Whether its councillors wait for somebody to say where they go. Followers choose for themselves."""
        return self.ends and self.goes_to is None and bool(self.terms)


@dataclass(frozen=True)
class Preview:
    """All that activating a set would change, as the store stands now."""

    row: BoundarySet
    new: LocatedSet
    before: tuple[BoundarySet, ...]
    moves: tuple[Move, ...]
    standing: Activation | None
    """Its activation, where it has been activated and that was not undone"""

    @property
    def on(self) -> date | None:
        return self.row.from_on

    @cached_property
    def fresh(self) -> list[Called]:
        """New areas into which no old one passes whole, and that keep nobody's code: names to introduce."""
        taken = {move.heir.id for move in self.moves if move.heir}
        return [called for called in self.new.called if called.id not in taken]

    @property
    def choices(self) -> list[Move]:
        return [move for move in self.moves if move.needs_a_choice]

    @property
    def followers_asked(self) -> list[Move]:
        return [move for move in self.moves if move.is_parted and move.follows]


def standing(row: BoundarySet) -> Activation | None:
    """The activation of a set that was not undone."""
    return db.session.scalar(select(Activation).where(Activation.set_id == row.id, Activation.undone_at.is_(None)))


def preview(row: BoundarySet, reader: Viewer, choices: Mapping[str, str] | None = None) -> Preview:
    """What activating a set would change; entries are counted as this reader may see them.

    `choices` says for an old code which of its successors takes it over. Raises Refused where it is a reference set,
    has no first day, a choice is not one of those there are, or it covers less than half of what was there before.
    """
    if row.reference:
        raise Refused(f"'{row.name}' is a reference set: it answers look-ups and is never activated.")
    if row.from_on is None:
        raise Refused(f"'{row.name}' has no first day: import it with --from, so that it is known when it begins.")
    new = succession.set_called(row.id)
    passings = [(old, succession.succession(old, new)) for old in succession.before(new)]
    shared = [(old, found, succession.covered(old, found)) for old, found in passings]
    before = [(old, found, share) for old, found, share in shared if share >= SMALL_SHARE]
    for old, _, share in before:
        if share < LEAST_COVERED:
            raise Refused(
                f"'{row.name}' covers only {percent(share)} of the ground of '{_name(old)}', whose other areas would "
                "end with nothing in their place. Import a set of all areas, those that stay as they are too."
            )
    chosen = dict(choices or {})
    moves = [move for old, found, _ in before for move in _moves(old, found, new, row.from_on, reader, chosen)]
    if chosen:
        raise Refused(f"No area that ends has the code {next(iter(chosen))}: a choice is written OLD=NEW.")
    rows = tuple(db.session.get_one(BoundarySet, old.id) for old, _, _ in before)
    return Preview(row, new, rows, tuple(moves), standing(row))


def _name(known: LocatedSet) -> str:
    return db.session.get_one(BoundarySet, known.id).name


def _moves(
    old: LocatedSet, passings: Sequence[Passing], new: LocatedSet, on: date, reader: Viewer, choices: dict[str, str]
) -> list[Move]:
    entries, by_pair = _entries(old, new, reader)
    follows, terms = _follows(old), _terms(old, on)
    return [
        Move(
            passing=passing,
            goes_to=_chosen(passing, choices) or passing.heir,
            entries=entries.get(passing.old.id, 0),
            entries_by_area=by_pair.get(passing.old.id, {}),
            follows=tuple(follows.get(passing.old.code, ())),
            terms=tuple(terms.get(passing.old.code, ())),
        )
        for passing in passings
    ]


def _chosen(passing: Passing, choices: dict[str, str]) -> Called | None:
    code = choices.pop(passing.old.code, None)
    if code is None:
        return None
    found = next((part.new for part in passing.parts if part.new.code == code), None)
    if found is None:
        could = ", ".join(part.new.code for part in passing.parts) or "none"
        raise Refused(f"{code[:30]} takes nothing of {passing.old.name}. Choose one of: {could}.")
    return found


def _entries(old: LocatedSet, new: LocatedSet, reader: Viewer) -> tuple[dict[int, int], dict[int, dict[int, int]]]:
    """Entries in each old area, and of these in each new one, by the rows that were derived for both sets."""
    lies = Entry.lies_in
    there = aliased(lies)
    seen = visible(Entry, reader) & (Entry.standing == Standing.PUBLISHED)
    at_first = select(lies.c.area_id, func.count()).join(Entry, Entry.id == lies.c.thing_id).where(seen)
    counts = db.session.execute(at_first.where(lies.c.area_id.in_(old.area_ids)).group_by(lies.c.area_id))
    pairs = (
        select(lies.c.area_id, there.c.area_id, func.count())
        .join(Entry, Entry.id == lies.c.thing_id)
        .join(there, there.c.thing_id == lies.c.thing_id)
        .where(seen, lies.c.area_id.in_(old.area_ids), there.c.area_id.in_(new.area_ids))
        .group_by(lies.c.area_id, there.c.area_id)
    )
    by_pair: dict[int, dict[int, int]] = defaultdict(dict)
    for first, second, count in db.session.execute(pairs):
        by_pair[first][second] = count
    return dict(counts.all()), by_pair


def _follows(old: LocatedSet) -> dict[str, list[Follow]]:
    """By the code of an area its active follows: not those of a place as it was on a day, which goes on as it was."""
    asked = (
        select(FollowedWard.code, Follow)
        .join(Follow, Follow.id == FollowedWard.follow_id)
        .where(FollowedWard.code.in_(old.codes), Follow.ended_at.is_(None), Follow.place.not_like("%@%"))
        .order_by(Follow.id)
    )
    found: dict[str, list[Follow]] = defaultdict(list)
    for code, follow in db.session.execute(asked):
        found[code].append(follow)
    return found


def _terms(old: LocatedSet, on: date) -> dict[str, list[Term]]:
    """By the code of an area the councillors' terms that run on the first day, or begin later."""
    if old.type != settings().ward_type:
        return {}
    asked = (
        select(Term)
        .where(Term.role == Role.COUNCILLOR, Term.ward_code.in_(old.codes))
        .where(or_(Term.until_on.is_(None), Term.until_on > on))
        .options(joinedload(Term.person))
        .order_by(Term.id)
    )
    found: dict[str, list[Term]] = defaultdict(list)
    for term in db.session.scalars(asked):
        found[term.ward_code or ""].append(term)
    return found


def codes_only_in(new: LocatedSet, old_ids: Iterable[int]) -> set[str]:
    """The codes that come with a set: none of those before it has them."""
    return set(new.codes).difference(*(succession.set_called(set_id).codes for set_id in old_ids))


def codes_of(words: str) -> list[str]:
    """The codes of a place that is made of areas: `wards:E05001935,E05001936`"""
    return words.partition(":")[2].split(",")


def history() -> Sequence[Activation]:
    """What was activated, undone ones too, the latest first."""
    return db.session.scalars(
        select(Activation).options(joinedload(Activation.set)).order_by(Activation.id.desc()).limit(50)
    ).all()
