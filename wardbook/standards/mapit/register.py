"""All areas as MapIt counts them: numbered generations, areas by id, parents, and an area in MapIt's words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import shapely

from wardbook.areas.locator import Called, LocatedSet, Locator, recent_locator
from wardbook.areas.models import AREA_TYPES
from wardbook.clock import today
from wardbook.config import settings
from wardbook.memory import remembered

TYPES = {
    "ward": "WD",
    "division": "CED",
    "parish": "CPC",
    "polling-district": "PD",
    "neighbourhood": "NBH",
    "lsoa": "OLF",
    "authority": "LA",
}
"""The word for each type, unless the setting WARDBOOK_MAPIT_TYPES gives another."""
PARENTS = {
    "ward": "authority",
    "division": "authority",
    "parish": "authority",
    "neighbourhood": "authority",
    "lsoa": "authority",
    "polling-district": "ward",
}
"""The type of area that each type is parted from: by where they lie, as no file of boundaries says it."""
COUNTRIES = {"E": "England", "N": "Northern Ireland", "S": "Scotland", "W": "Wales"}
_GSS = re.compile(r"[ENSW]\d{8}")


@dataclass(frozen=True, slots=True)
class Known:
    """One area: its set, and its place there."""

    its_set: LocatedSet
    place: int

    @property
    def called(self) -> Called:
        return self.its_set.called[self.place]

    @property
    def country(self) -> str:
        """The letter its code begins with, where that is one of the Office for National Statistics."""
        called = self.called
        return called.code[0] if called.coded and _GSS.fullmatch(called.code) else ""

    @property
    def shape(self) -> shapely.Geometry:
        shape: shapely.Geometry = self.its_set.shapes[self.place]
        return shape


class Register:
    """What MapIt needs to know of a locator beside what is in it; made once for each."""

    def __init__(self, known: Locator, words: dict[str, str]) -> None:
        self.words = TYPES | words
        self.sets = [one for one in known.sets if not one.waits]
        edges = {edge for one in self.sets for edge in (one.from_on, one.until_on) if edge is not None}
        self.firsts = [date.min, *sorted(edges)]
        """The first day of each generation; the first of all reaches back without end."""
        self.spans = {one.id: self._span(one) for one in self.sets}
        """The first and the last generation in which each set holds."""
        self._of_type: dict[str, list[LocatedSet]] = {}
        for one in self.sets:
            self._of_type.setdefault(one.type, []).append(one)
        self._parents: dict[tuple[int, int], int | None] = {}
        self._inner: dict[int, shapely.Point] = {}

    def _span(self, one: LocatedSet) -> tuple[int, int]:
        last = self.number_on(one.until_on) - 1 if one.until_on else len(self.firsts)
        return self.number_on(one.from_on or date.min), last

    def number_on(self, day: date) -> int:
        """The generation of a day."""
        return sum(first <= day for first in self.firsts)

    @cached_property
    def by_id(self) -> dict[int, Known]:
        """Every area of every set."""
        return {area_id: Known(one, place) for one in self.sets for place, area_id in enumerate(one.area_ids)}

    def coded(self, code: str, number: int | None = None) -> list[Known]:
        """The areas with a code, the one to be believed first: in force in a generation (now), own, the latest."""
        found = [known for known in self.by_id.values() if known.called.code == code and known.called.coded]
        on = self.number_on(today()) if number is None else number
        return sorted(found, key=lambda known: self._rank(known.its_set, on))

    def _rank(self, one: LocatedSet, number: int) -> tuple[bool, bool, int, int]:
        low, high = self.spans[one.id]
        return not low <= number <= high, one.reference, -low, one.id

    def point_inside(self, known: Known) -> shapely.Point:
        """A point that surely lies in an area: where it is, when areas are parted among larger ones."""
        area_id = known.called.id
        if area_id not in self._inner:
            self._inner[area_id] = shapely.point_on_surface(known.shape)
        return self._inner[area_id]

    def parent(self, known: Known) -> int | None:
        """The area it is a part of: the larger one in which it lies, of the same days; today's before others."""
        larger = self._of_type.get(PARENTS.get(known.its_set.type, ""))
        if not larger:
            return None
        number = min(self.number_on(today()), self.spans[known.its_set.id][1])
        key = known.called.id, number
        if key not in self._parents:
            self._parents[key] = self._find_parent(known, larger, number)
        return self._parents[key]

    def _find_parent(self, known: Known, larger: list[LocatedSet], number: int) -> int | None:
        low, high = self.spans[known.its_set.id]
        at = self.point_inside(known)
        for one in sorted(larger, key=lambda one: self._rank(one, number)):
            begins, ends = self.spans[one.id]
            if begins <= high and low <= ends and (place := one.covering(at.x, at.y)) is not None:
                return one.area_ids[place]
        return None

    def area(self, known: Known) -> dict[str, Any]:
        """One area as MapIt writes it."""
        called, country = known.called, known.country
        low, high = self.spans[known.its_set.id]
        return {
            "id": called.id,
            "parent_area": self.parent(known),
            "name": called.name,
            "all_names": {},
            "type": self.words[known.its_set.type],
            "type_name": AREA_TYPES[known.its_set.type],
            "country": country,
            "country_name": COUNTRIES.get(country, "-"),
            "codes": {"gss": called.code} if called.coded else {},
            "generation_low": low,
            "generation_high": high,
        }

    def areas(self, found: Iterable[Known]) -> dict[str, dict[str, Any]]:
        """Areas by their ids, as MapIt orders them: by name, then type."""
        ordered = sorted(found, key=lambda known: (known.called.name, known.its_set.type, known.called.id))
        return {str(known.called.id): self.area(known) for known in ordered}

    def covering(self, lon: float, lat: float, sets: Iterable[LocatedSet]) -> Iterator[Known]:
        """The areas of these sets that cover a point."""
        for one in sets:
            if (place := one.covering(lon, lat)) is not None:
                yield Known(one, place)


def register() -> Register:
    """The register of the locator at work."""
    known = recent_locator()
    return remembered("mapit", known, lambda: Register(known, dict(settings().mapit_types)))
