"""What areas are, were and will be called, in any language: kept in memory, and found in spite of typing mistakes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from wardbook.areas.locator import LocatedSet, locator
from wardbook.areas.models import AREA_TYPES, Area
from wardbook.clock import day_in_words, today
from wardbook.config import settings
from wardbook.db import db
from wardbook.memory import remembered
from wardbook.places.folding import How, alike, folded, match, why

MOST_BESIDE = 8
_SAY_LITTLE = {"ward", "division", "parish", "cp", "council", "area", "district"}
"""What may stand after a name and is no part of it: `Mill ward`, `Publow CP`."""


@dataclass(frozen=True, slots=True)
class NamedArea:
    """An area of one of the council's own sets, past, present or to come, by all that it is called."""

    id: int
    code: str
    name: str
    set: LocatedSet
    called: tuple[tuple[str, tuple[str, ...]], ...]
    """Each thing it is called as written (its name first, its code last), and folded, with and without `ward`."""

    @property
    def type(self) -> str:
        return self.set.type

    def ended(self, on: date) -> bool:
        """Whether it is no longer on a day."""
        return self.set.until_on is not None and self.set.until_on <= on

    def when(self, on: date) -> str:
        """In words, that on a day it is no longer, or not yet."""
        if self.set.in_force(on):
            return ""
        if self.set.until_on and self.ended(on):
            return f"former name: it ended on {day_in_words(self.set.until_on)}"
        if self.set.from_on and self.set.from_on > on:
            return f"name to come: it begins on {day_in_words(self.set.from_on)}"
        return "name to come: its set is not in force yet"


@dataclass(frozen=True)
class NamedMatch:
    """An area that what was typed may mean: how, in words why, and how much it looks like it."""

    area: NamedArea
    how: How
    why: str
    exact: bool = False
    """The words are the whole of its name, with what stands after it: of a ward `Mill` or `Mill ward`"""
    score: float = 100.0


def ways(words: str) -> tuple[str, ...]:
    """A text folded, and without the word for its kind at its end."""
    whole = folded(words)
    shorter, _, last = whole.rpartition(" ")
    return (whole, shorter) if shorter and last in _SAY_LITTLE else (whole,)


def named_areas() -> list[NamedArea]:
    """The areas of all own sets; read again when a set comes, goes or changes its days."""
    return remembered("names", locator(), _read)


def _read() -> list[NamedArea]:
    own = {known.id: known for known in locator().own()}
    asked = select(Area.id, Area.set_id, Area.code, Area.name, Area.other_names).where(Area.set_id.in_(own))
    return [
        NamedArea(id_, code, name, own[set_id], tuple((each, ways(each)) for each in (name, *others, code)))
        for id_, set_id, code, name, others in db.session.execute(asked.order_by(Area.name, Area.id))
    ]


def areas_called(words: str, on: date) -> list[NamedMatch]:
    """The areas that a name, another name, a former name or a code means on a day, best first."""
    asked = [way for way in ways(words) if way]
    if not asked:
        return []
    found = [hit for area in named_areas() if (hit := _match(area, asked)) is not None]
    return _in_order(found, on)


def areas_beside_in_name(area: Area) -> list[NamedArea]:
    """The areas in force whose names begin with that of another: Keynsham North, beside the parish of Keynsham."""
    found = areas_called(area.name, today())
    return [
        hit.area
        for hit in found
        if hit.how in (How.SAME, How.BEGINS) and hit.area.id != area.id and hit.area.set.in_force(today())
    ][:MOST_BESIDE]


def areas_spelled_like(words: str, on: date) -> list[NamedMatch]:
    """The areas whose names look like this with typing mistakes, best first; those much less like it are left out."""
    asked = [way for way in ways(words) if way]
    found = [hit for area in named_areas() if (hit := _looks(area, asked)) is not None]
    best = max((hit.score for hit in found), default=0.0)
    return _in_order([hit for hit in found if hit.score >= best - 12], on)


def _match(area: NamedArea, asked: Sequence[str]) -> NamedMatch | None:
    best: NamedMatch | None = None
    for written, shapes in area.called:
        for shape in shapes:
            for way in asked:
                how = match(way, shape)
                if written == area.code and how not in (How.SAME, How.BEGINS):
                    continue
                if how is None:
                    continue
                hit = NamedMatch(area, how, _why(area, written, how), _is_whole(area, written, asked[0]))
                if best is None or (hit.how, not hit.exact) < (best.how, not best.exact):
                    best = hit
    return best


def _is_whole(area: NamedArea, written: str, asked: str) -> bool:
    whole = folded(written)
    return asked in (whole, f"{whole} {folded(AREA_TYPES[area.type])}", f"{whole} {folded(area.type)}")


def _why(area: NamedArea, written: str, how: How) -> str:
    if written == area.name:
        return why(how)
    if written == area.code:
        return f"its code is {written}" if how is How.SAME else f"its code {written} {why(how)}"
    return f"also called {written}"


def _looks(area: NamedArea, asked: Sequence[str]) -> NamedMatch | None:
    scores = [(alike(way, shape), written) for written, shapes in area.called[:-1] for shape in shapes for way in asked]
    score, written = max(scores, default=(0.0, ""))
    if not score:
        return None
    said = why(How.ALIKE) if written == area.name else f"also called {written}, which {why(How.ALIKE)}"
    return NamedMatch(area, How.ALIKE, said, score=score)


def _in_order(found: Sequence[NamedMatch], on: date) -> list[NamedMatch]:
    """Best first; of areas of one type and name those in force on a day, or else the one that was last, or else comes
    first."""
    alike_in_name: dict[tuple[str, str], list[NamedMatch]] = {}
    for hit in found:
        alike_in_name.setdefault((hit.area.type, folded(hit.area.name)), []).append(hit)
    kept: list[NamedMatch] = []
    for hits in alike_in_name.values():
        kept += [hit for hit in hits if hit.area.set.in_force(on)] or [max(hits, key=lambda hit: _nearness(hit, on))]
    return sorted(kept, key=lambda hit: _order(hit, on))


def _nearness(hit: NamedMatch, on: date) -> tuple[bool, int]:
    first = (hit.area.set.from_on or date.min).toordinal()
    return hit.area.ended(on), first if hit.area.ended(on) else -first


def _order(hit: NamedMatch, on: date) -> tuple[object, ...]:
    area = hit.area
    return (
        hit.how, not area.set.in_force(on), -hit.score, area.type != settings().ward_type, area.type, area.name,
        area.code,
    )  # fmt: skip
