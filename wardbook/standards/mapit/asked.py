"""What may be asked beside an address: `type`, `country`, `generation`, `min_generation`, `max_generation`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from flask import request
from werkzeug.datastructures import MultiDict

from wardbook.areas.locator import LocatedSet
from wardbook.clock import today
from wardbook.standards.mapit.answers import NoArea, Unanswered
from wardbook.standards.mapit.register import Known, Register
from wardbook.web import READS, number_in

EVERY = -1
"""The `min_generation` that asks for areas of all generations."""
MOST_AREAS = 1000
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)


@dataclass(frozen=True)
class Asked:
    """Which areas are asked for. One is meant that begins by `begins_by`, holds in `holds_from` or later, and holds in
    none after `ends_by`.
    """

    begins_by: int | None
    holds_from: int
    ends_by: int | None
    types: frozenset[str]
    countries: frozenset[str]

    def sets(self, known: Register) -> Iterator[LocatedSet]:
        """The boundary sets whose areas are meant."""
        for one in known.sets:
            low, high = known.spans[one.id]
            if (
                (self.begins_by is None or low <= self.begins_by)
                and high >= self.holds_from
                and (self.ends_by is None or high <= self.ends_by)
                and (not self.types or known.words[one.type] in self.types)
            ):
                yield one

    def among(self, found: Iterable[Known]) -> Iterator[Known]:
        """Those areas that lie in the countries asked for."""
        for known in found:
            if not self.countries or known.country in self.countries:
                yield known


def asked(known: Register, types: str | None = None) -> Asked:
    """What the query of this request asks; `types` where the address itself names them.

    Raises Unanswered for a generation that there is not.
    """
    given = _given()
    current = known.number_on(today())
    if not given and types is None:
        return Asked(current, current, None, frozenset(), frozenset())
    generation, ends_by = _number("generation"), _number("max_generation")
    if generation is not None and not 1 <= generation <= len(known.firsts):
        raise Unanswered(f"There is no generation '{generation}': there are {len(known.firsts)}.")
    holds_from = _number("min_generation")
    every = holds_from == EVERY
    if holds_from is None:
        holds_from = (generation or 0) if ends_by is not None else generation or current
    return Asked(
        begins_by=None if every else generation or current,
        holds_from=holds_from,
        ends_by=ends_by,
        types=_words(given.get("type", "") if types is None else types),
        countries=_words(given.get("country", "")),
    )


def _given() -> MultiDict[str, str]:
    return request.args if request.method in READS else request.values


def _number(name: str) -> int | None:
    """The generation that a parameter names; None where it names none, as MapIt takes 0."""
    words = _given().get(name, "")
    if name == "min_generation" and words == str(EVERY):
        return EVERY
    number = number_in(words) if words.isascii() else None
    if words and number is None:
        raise Unanswered(f"There is no generation '{words[:10]}': give {name} as a whole number.")
    return number or None


def _words(listed: str) -> frozenset[str]:
    return frozenset(word for word in listed.split(",") if word)


def area_with(known: Register, area_id: int) -> Known:
    """The area with an id, of whichever generation. Raises NoArea."""
    found = known.by_id.get(area_id)
    if found is None:
        raise NoArea
    return found


def areas_with(known: Register, ids: str) -> list[Known]:
    """The areas with these ids, written with commas between; those that there are not are left out.

    Raises Unanswered where one is no id, or where there are too many.
    """
    numbers = dict.fromkeys(number_in(word) if word.isascii() else None for word in ids.split(","))
    if None in numbers:
        raise Unanswered("Bad area ID specified")
    if len(numbers) > MOST_AREAS:
        raise Unanswered(f"These are too many areas for one request: ask for at most {MOST_AREAS:,}.")
    return [known.by_id[number] for number in numbers if number in known.by_id]


def number(words: str) -> float:
    """A coordinate. Raises Unanswered where it is none."""
    if not _NUMBER.fullmatch(words):
        raise Unanswered("The coordinates must be two numbers, longitude (or easting) first.")
    return float(words)
