"""Where a message is about: what in its words names a spot, the most exact first; never a guess between two."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import combinations, product

import shapely
from sqlalchemy import select

from wardbook import geo
from wardbook.areas import queries as areas
from wardbook.areas.models import Area
from wardbook.clock import today
from wardbook.config import settings
from wardbook.db import db
from wardbook.errors import Refused
from wardbook.places.find import Spot, is_inside, named, spot
from wardbook.places.folding import folded
from wardbook.places.gazetteer import GazetteerName
from wardbook.places.names import NamedArea, named_areas

_POSTCODE = re.compile(r"\b[A-Z]{1,2}\d[A-Z\d]?\s?\d[A-Z]{2}\b", re.IGNORECASE)
_GRID = re.compile(r"\b[A-HJ-Z]{2} ?\d{3} ?\d{3}\b|\b[A-HJ-Z]{2} ?\d{4} ?\d{4}\b|\b[A-HJ-Z]{2} ?\d{5} ?\d{5}\b")
_DEGREES = re.compile(r"(?<![\d.])-?\d{1,2}\.\d{3,}°?\s*[NS]?\s*(?:,|%2C|/|;|\s)\s*-?\d{1,3}\.\d{3,}°?(?:\s*[EW]\b)?")
_METRES = re.compile(r"(?<![\d.])\d{6}(?:\.\d+)?\s*,\s*\d{6}(?:\.\d+)?(?![\d.])")
_MARKED = re.compile(r"mlat=(-?\d{1,2}\.\d+)&(?:amp;)?mlon=(-?\d{1,3}\.\d+)")
MOST_SPOTS, MOST_SIGNS, MOST_WORDS_OF_A_NAME, MOST_PHRASES = 20, 20_000, 6, 3_000
SAME_PLACE, AT_ONE_CORNER, FAR_APART = 60.0, 250.0, 1500.0
"""Metres: within the first two spots are one; within the second two streets meet; beyond the third they contradict"""


def spots_in(subject: str, words: str) -> list[Spot]:
    """The spots in the council that a message may be about: one where it is clear, several where it is not.

    Numbers are believed before a postcode, that before a corner of two streets, that before a street or place, that
    before a ward; but where what is more exact lies far from every name, both are given.
    """
    text = _plain(f"{subject}\n{words}"[:MOST_SIGNS])
    names = _names(text)
    exact = _apart(_numbers(text)) or _apart(_postcodes(text))
    if exact:
        if len(exact) == 1 and names and all(_metres(exact[0], name) > FAR_APART for name in names):
            return [*exact, *names][:MOST_SPOTS]
        return exact[:MOST_SPOTS]
    return (names or _wards(text))[:MOST_SPOTS]


def _plain(text: str) -> str:
    """With one blank where several stand, and no empty lines: what is looked for is found at once, or not there."""
    return "\n".join(filter(None, (" ".join(line.split()) for line in text.splitlines())))


# --- numbers and postcodes -----------------------------------------------------------------------------------------


def _numbers(text: str) -> Iterator[Spot]:
    marked = [f"{lat}, {lon}" for lat, lon in _MARKED.findall(text)]
    found = [*marked, *(re.sub(r"%2C|/|;", ", ", hit) for hit in _DEGREES.findall(text)), *_METRES.findall(text)]
    yield from _read([*found, *_GRID.findall(text)])


def _postcodes(text: str) -> Iterator[Spot]:
    yield from _read(_POSTCODE.findall(text))


def _read(found: Sequence[str]) -> Iterator[Spot]:
    """Those that name a spot in the council; of what they might be instead nothing is said."""
    for words in found[:MOST_SPOTS]:
        try:
            read = spot(words)
        except Refused:
            continue
        if read is not None and is_inside(read.point):
            yield named(read)


def _apart(spots: Iterator[Spot]) -> list[Spot]:
    """Each place once, however often it is named."""
    kept: list[Spot] = []
    for found in spots:
        if all(_metres(found, other) > SAME_PLACE for other in kept):
            kept.append(found)
    return kept


def _metres(one: Spot, other: Spot) -> float:
    crs = settings().crs
    a, b = (geo.reproject(each.point, geo.WGS84, crs) for each in (one, other))
    return float(shapely.distance(a, b))


# --- names ---------------------------------------------------------------------------------------------------------


def phrases(text: str) -> dict[str, None]:
    """The runs of two to six words that stand together in a text, folded as names are: the longest first."""
    found: dict[str, None] = {}
    for piece in (part for line in re.split(r"[\n!?;:()\"“”]+|,\s", text) for part in _pieces(line)):
        words = folded(piece).split()
        for size in range(min(MOST_WORDS_OF_A_NAME, len(words)), 1, -1):
            for start in range(len(words) - size + 1):
                found.setdefault(" ".join(words[start : start + size]))
        if len(found) > MOST_PHRASES:
            break
    return dict.fromkeys(sorted(found, key=lambda phrase: -phrase.count(" ")))


def _names(text: str) -> list[Spot]:
    """Streets and places of the gazetteer by their whole names. One word alone is no name: it is a word as well."""
    said = phrases(text)
    rows = _rows(list(said))
    longest = [name for name in said if name in rows and not any(_within(name, other) for other in rows)]
    of_each = [_told_apart(rows[name], text) for name in longest]
    if len(of_each) == 2 and (corner := _corner(*of_each)) is not None:
        return [corner]
    return _apart(Spot(row.point, row.label) for same in of_each for row in same)


def _within(name: str, other: str) -> bool:
    return name != other and f" {name} " in f" {other} "


def _rows(said: Sequence[str]) -> dict[str, list[GazetteerName]]:
    found: dict[str, list[GazetteerName]] = {}
    for start in range(0, len(said), 500):
        asked = select(GazetteerName).where(GazetteerName.folded.in_(said[start : start + 500]))
        for row in db.session.scalars(asked.order_by(GazetteerName.id).limit(500)):
            if is_inside(row.point):
                found.setdefault(row.folded, []).append(row)
    return found


def _told_apart(rows: Sequence[GazetteerName], text: str) -> Sequence[GazetteerName]:
    """Of several of one name those whose town is named too, where one is."""
    said = f" {folded_all(text)} "
    near = [row for row in rows if row.near and f" {folded(row.near)} " in said]
    return near or rows


def _corner(one: Sequence[GazetteerName], other: Sequence[GazetteerName]) -> Spot | None:
    """Where two streets that are named meet: the middle between their points, where those are near each other."""
    pairs = [(a, b) for a, b in product(one, other) if _metres(Spot(a.point, ""), Spot(b.point, "")) <= AT_ONE_CORNER]
    if len(pairs) != 1:
        return None
    ((a, b),) = pairs
    middle = shapely.centroid(shapely.MultiPoint([a.point, b.point]))
    return Spot(geo.point(middle.x, middle.y), f"where {a.name} and {b.name} meet, or near it")


def folded_all(text: str) -> str:
    """A text of any length, folded line by line as names are."""
    pieces = (piece for line in text.split("\n") for piece in _pieces(line))
    return " ".join(filter(None, map(folded, pieces)))


def _pieces(line: str, size: int = 180) -> Iterator[str]:
    while len(line) > size:
        cut = line.rfind(" ", 0, size)
        cut = cut if cut > 0 else size
        yield line[:cut]
        line = line[cut:]
    yield line


def _wards(text: str) -> list[Spot]:
    """Wards by their whole names, of one word only where `ward` stands beside it: the middle of each."""
    said = f" {folded_all(text)} "
    wards = [area for area in named_areas() if area.type == settings().ward_type and area.set.in_force(today())]
    found = {area.id: area for area in wards if _is_said(folded(area.name), said)}
    for one, other in combinations(list(found.values()), 2):
        for area, longer in ((one, other), (other, one)):
            if _within(folded(area.name), folded(longer.name)):
                found.pop(area.id, None)
    rows = areas.areas_by_id(list(found))
    return [_middle(area, rows[area.id]) for area in found.values()]


def _is_said(name: str, said: str) -> bool:
    plain = name.removesuffix(" ward")
    return f" {plain} ward " in said or f" ward of {plain} " in said or (" " in plain and f" {plain} " in said)


def _middle(area: NamedArea, row: Area) -> Spot:
    point = row.geometry.representative_point()
    return Spot(geo.point(point.x, point.y), f"the middle of {area.name}")
