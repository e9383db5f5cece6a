"""The find box: a postcode, name, grid reference or coordinates, as people write them, and what they may mean."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import shapely

from wardbook.areas import queries as areas
from wardbook.areas.locator import locator
from wardbook.areas.models import AREA_TYPES, Area, spaced
from wardbook.areas.partial_postcodes import looks_partial
from wardbook.clock import today
from wardbook.errors import Refused
from wardbook.places.coordinates import read_coordinates, read_grid_reference
from wardbook.places.examples import help_words
from wardbook.places.folding import How
from wardbook.places.gazetteer import STREETS, GazetteerMatch, GazetteerName, Names, names_called, names_spelled_like
from wardbook.places.names import NamedArea, NamedMatch, areas_called, areas_spelled_like

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
class Spot:
    """A point, and in words how we know it."""

    point: shapely.Point
    label: str


def spot(words: str) -> Spot | None:
    """The point that a postcode, grid reference or pair of numbers names; None where the words are none of these.

    Raises Refused for a postcode that we do not hold, and for numbers that lie nowhere.
    """
    words = words.strip()
    if postcode := postcode_typed(words):
        return _postcode_spot(postcode)
    read = read_grid_reference(words) or read_coordinates(words, is_inside)
    return Spot(read.point, read.label) if read else None


def is_inside(point: shapely.Point) -> bool:
    """Whether a point lies in the council, gaps between its wards too."""
    return locator().inside_council(point, today())


_FIGURES, _LETTERS = str.maketrans("OILS", "0115"), str.maketrans("015", "OIS")


def postcode_typed(words: str) -> str:
    """A whole postcode however it is written (`ba1-5aw`), with its blank; empty where the words are none.

    Letters and figures that look alike are told apart by where they stand, where that makes it one that we hold.
    """
    plain = re.sub(r"[\W_]", "", words).upper()
    if compact := areas.compact_postcode(plain):
        return spaced(compact)
    if not 5 <= len(plain) <= 7:
        return ""
    inward = plain[-3].translate(_FIGURES) + plain[-2:].translate(_LETTERS)
    head = 2 if plain[1].isalpha() else 1
    outward = plain[:head] + plain[head:-3].translate(_FIGURES)
    meant = areas.postcode(outward + inward)
    return meant.spaced if meant else ""


def _postcode_spot(words: str) -> Spot:
    found = areas.postcode(words)
    if found is None:
        raise Refused(f"We do not hold the postcode {words.upper()[:10]}: check it, or try one next to it.", field="q")
    return Spot(found.point, f"the centre of postcode {found.spaced}")


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
        """The one that can be taken without asking: alone in having the same name, or alone in matching at all. Never a
        guess at a mistyped name, and never a name that is no longer or not yet."""
        same = [match for match in self.matches if match.how is How.SAME and not match.note]
        sole = same if same else self.matches
        one = sole[0] if len(sole) == 1 else None
        return one if one and not one.note and one.how is not How.ALIKE else None

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


def called(words: str) -> Called:
    """What of the council's own areas, past and to come, and of the streets and places we know is called like this.

    Where nothing is, what is spelled nearly so.
    """
    asked = _without_house_number(words.strip()[:200])
    found, names = areas_called(asked), names_called(asked)
    if not found and not names.matches:
        found, names = areas_spelled_like(asked), names_spelled_like(asked)
        if found and names.matches and names.matches[0].score < found[0].score - 12:
            names = Names([], 0)
    return Called(_in_order(found, names), names.total)


def _without_house_number(words: str) -> str:
    number, _, rest = words.partition(" ")
    digits = number.rstrip(",").rstrip("abcdefABCDEF")
    return rest.strip() if digits.isdigit() and any(sign.isalpha() for sign in rest) else words


def _in_order(found: Sequence[NamedMatch], names: Names) -> list[Match]:
    matches = [*map(_of_area, found), *map(_of_name, names.matches)]
    return sorted(matches, key=lambda match: (match.how, bool(match.note)))


def _of_area(hit: NamedMatch) -> Match:
    area, note = hit.area, hit.area.when
    heading = PLURALS[area.type] if not note else "Former names" if note.startswith("former") else "Names to come"
    return Match(heading, area.name, AREA_TYPES[area.type], hit.why, hit.how, area=area, note=note)


def _of_name(hit: GazetteerMatch) -> Match:
    heading = "Streets" if hit.name.kind in STREETS else "Places"
    also = f", also called {hit.name.other}" if hit.name.other else ""
    return Match(heading, hit.name.label, hit.name.kind, hit.why + also, hit.how, place=hit.name)


def refuse_outside(point: shapely.Geometry, *, field: str | None = None) -> None:
    """Raise Refused where a shape lies outside the council."""
    if not locator().inside_council(point, today()):
        raise Refused("This is outside the council's area. Choose a place inside it.", field=field)


def not_found(words: str) -> str:
    """That nothing is called like this, and what would be found here."""
    if looks_partial(words):
        return f"'{words[:10]}' is only how a postcode begins. Enter all of it, or the name of a street."
    return f"We cannot find '{words[:60]}'. {help_words()}"


def ward_at(point: shapely.Point, on: date | None = None) -> Area | None:
    """The ward in force on a day (today) that covers a point; never the nearest."""
    ids = [
        known.area_ids[place]
        for known in locator().wards(on or today())
        if (place := known.covering(point.x, point.y)) is not None
    ]
    return areas.areas_by_id(ids)[ids[0]] if ids else None
