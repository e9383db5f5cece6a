"""What a name may mean: areas, streets and places, by what they are, each told apart from others of its name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import shapely

from wardbook.areas.models import AREA_TYPES, spaced
from wardbook.areas.postcodes_by_place import nearest
from wardbook.clock import today
from wardbook.places.find import Spot
from wardbook.places.folding import How
from wardbook.places.gazetteer import STREETS, GazetteerMatch, GazetteerName, Names, names_called, names_spelled_like
from wardbook.places.names import NamedArea, NamedMatch, areas_called, areas_spelled_like
from wardbook.places.tiers import lies_in

MOST_OF_A_KIND = 20
PLURALS = {
    "ward": "Wards",
    "division": "Electoral divisions",
    "parish": "Parishes",
    "polling-district": "Polling districts",
    "neighbourhood": "Neighbourhoods",
    "lsoa": "Lower layer super output areas",
    "authority": "Councils",
}


@dataclass(frozen=True)
class Match:
    """One area, street or place that what was typed may mean."""

    heading: str
    """What it is, in the plural"""
    name: str
    kind: str
    why: str
    how: How
    area: NamedArea | None = None
    place: GazetteerName | None = None
    note: str = ""
    """Of a name that is no longer, or not yet: since or until when"""
    exact: bool = False
    """What was typed is the whole of its name"""
    where: str = ""
    """Of a street or place, in what it lies, so that it is told from others of its name"""

    @property
    def spot(self) -> Spot | None:
        """Of a street or place, its point."""
        return Spot(self.place.point, self.place.label) if self.place else None


@dataclass(frozen=True)
class Group:
    """What matches of one kind: at most twenty, and how many are left."""

    heading: str
    matches: Sequence[Match]
    left: int


@dataclass(frozen=True)
class Called:
    """What a name may mean, best first."""

    matches: Sequence[Match]
    total_places: int
    """How many streets and places there are; the list holds the best of them."""

    @property
    def meant(self) -> Match | None:
        """The one that can be taken without asking: alone in having just this name, alone in having it but for what is
        left out, or alone in matching at all. Never a guess at a mistyped name, and never one that is no longer or not
        yet."""
        same = [match for match in self.matches if match.how is How.SAME and not match.note]
        exact = [match for match in same if match.exact]
        sole = exact if len(exact) == 1 else same or self.matches
        one = sole[0] if len(sole) == 1 else None
        return one if one and not one.note and one.how is not How.ALIKE else None

    @property
    def area(self) -> Match | None:
        """Of what has just this name the one area, before streets and places that are called after it."""
        exact = [match for match in self.matches if match.exact and match.area and not match.note]
        return exact[0] if len(exact) == 1 else None

    @property
    def place(self) -> Match | None:
        """The one street or place that has just this name, whatever areas do."""
        same = [match for match in self.matches if match.place and match.how is How.SAME]
        return same[0] if len(same) == 1 else None

    @property
    def guessed(self) -> bool:
        """Whether nothing is called like this, and these are only spelled nearly so."""
        return bool(self.matches) and self.matches[0].how is How.ALIKE

    @property
    def counted(self) -> str:
        """How many match, and what they are where all are of one kind: `2 wards`, `31 places`"""
        number = len(self.matches) + self.total_places - sum(1 for match in self.matches if match.place)
        kinds = {match.kind for match in self.matches}
        what = kinds.pop().lower() if len(kinds) == 1 else "place"
        return f"{number:,} {what}" if number == 1 else f"{number:,} {what}{'es' if what.endswith(('s', 'h')) else 's'}"

    @property
    def groups(self) -> list[Group]:
        """By what they are, the kind of the best match first."""
        of_a_kind: dict[str, list[Match]] = {}
        for match in self.matches:
            of_a_kind.setdefault(match.heading, []).append(match)
        read = sum(1 for match in self.matches if match.place)
        last = next((match.heading for match in reversed(self.matches) if match.place), None)
        return [
            Group(
                heading,
                found[:MOST_OF_A_KIND],
                max(0, len(found) - MOST_OF_A_KIND) + (self.total_places - read if heading == last else 0),
            )
            for heading, found in of_a_kind.items()
        ]


def called(words: str, on: date | None = None) -> Called:
    """What of the council's own areas, past and to come, and of the streets and places we know is called like this on a
    day (today).

    Where nothing is, what is spelled nearly so.
    """
    asked, day = _without_house_number(words.strip()[:200]), on or today()
    found, names = areas_called(asked, day), names_called(asked)
    if not found and not names.matches:
        found, names = areas_spelled_like(asked, day), names_spelled_like(asked)
        if found and names.matches and names.matches[0].score < found[0].score - 12:
            names = Names([], 0)
    return Called(_in_order(found, names, day), names.total)


def _without_house_number(words: str) -> str:
    number, _, rest = words.partition(" ")
    digits = number.rstrip(",").rstrip("abcdefABCDEF")
    return rest.strip() if digits.isdigit() and any(sign.isalpha() for sign in rest) else words


def _in_order(found: Sequence[NamedMatch], names: Names, on: date) -> list[Match]:
    places = [_of_name(hit) for hit in names.matches]
    places[:MOST_OF_A_KIND] = _told_apart(places[:MOST_OF_A_KIND], on)
    return sorted([*(_of_area(hit, on) for hit in found), *places], key=lambda match: (match.how, bool(match.note)))


def _told_apart(places: Sequence[Match], on: date) -> list[Match]:
    """Streets and places with the ward in which each lies; where that does not tell them apart, with what is near."""
    told = [replace(match, where=lies_in(match.place.point, on)) for match in places if match.place]
    for near in (_near_postcode, _coordinates):
        seen = Counter((match.name, match.kind, match.where) for match in told)
        told = [
            replace(match, where=match.where + near(match.place.point))
            if match.place and seen[match.name, match.kind, match.where] > 1
            else match
            for match in told
        ]
    return told


def _near_postcode(point: shapely.Point) -> str:
    found = nearest(point)
    return f", near {spaced(found[0].compact)}" if found and found[1] <= 1000 else ""


def _coordinates(point: shapely.Point) -> str:
    return f", at {point.y:.4f}, {point.x:.4f}"


def _of_area(hit: NamedMatch, on: date) -> Match:
    area, note = hit.area, hit.area.when(on)
    heading = PLURALS[area.type] if not note else "Former names" if note.startswith("former") else "Names to come"
    return Match(heading, area.name, AREA_TYPES[area.type], hit.why, hit.how, area=area, note=note, exact=hit.exact)


def _of_name(hit: GazetteerMatch) -> Match:
    heading = "Streets" if hit.name.kind in STREETS else "Places"
    also = f", also called {hit.name.other}" if hit.name.other else ""
    exact = hit.how is How.SAME
    return Match(heading, hit.name.label, hit.name.kind, hit.why + also, hit.how, place=hit.name, exact=exact)
