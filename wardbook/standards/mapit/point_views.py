"""Which areas cover a point, one or many at a time; where a point is given in other words, on to its address."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import shapely
from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from wardbook import geo
from wardbook.areas.locator import LocatedSet
from wardbook.standards.mapit.answers import Unanswered, as_json, bp, go, page, parted
from wardbook.standards.mapit.asked import asked, number
from wardbook.standards.mapit.register import Known, Register, register
from wardbook.standards.mapit.shapes import refuse_unknown

MOST_POINTS = 1000


@bp.get("/point/<int:srid>/<x>,<y>")
@bp.get("/point/<int:srid>/<x>,<y>/<box>")
def point(srid: int, x: str, y: str, box: str = "") -> ResponseReturnValue:
    """The areas that cover a point; with `/box` those whose bounding box does."""
    if box:
        box, form = parted(box)
    else:
        y, form = parted(y)
    if box not in ("", "box"):
        raise Unanswered("There is nothing at this address.", 404)
    at, known = point_at(srid, x, y), register()
    wanted = asked(known)
    sets = wanted.sets(known)
    found = _boxes(at, sets) if box else known.covering(at.x, at.y, sets)
    areas = known.areas(wanted.among(found))
    if form == "html":
        return page("areas", title=f"Areas that cover the point {x}, {y}", areas=list(areas.values()))
    return as_json(areas)


def point_at(srid: int, x: str, y: str) -> shapely.Point:
    """The WGS 84 point of two numbers in one of the systems we know. Raises Unanswered or Refused."""
    refuse_unknown(srid)
    if srid == geo.WGS84:
        return geo.point(number(x), number(y))
    return geo.point_from_grid(number(x), number(y), srid)


def _boxes(at: shapely.Point, sets: Iterator[LocatedSet]) -> Iterator[Known]:
    for one in sets:
        for place in one.tree.query(at):
            yield Known(one, int(place))


@bp.post("/point/<int:srid>")
def points(srid: int) -> ResponseReturnValue:
    """The areas that cover each of many points: a list of answers, in the order of the points.

    MapIt's documentation has no such address; what it takes and gives is put together from its own parts.
    """
    refuse_unknown(srid)
    given = _points_given()
    if len(given) > MOST_POINTS:
        raise Unanswered(f"These are too many points for one request: ask for at most {MOST_POINTS:,}.")
    at = [_numbered_point(srid, place, pair) for place, pair in enumerate(given, start=1)]
    known = register()
    return as_json(_covering_each(known, at))


def _points_given() -> list[Sequence[str]]:
    """Pairs as they were sent: JSON, a field `points`, or a body of one pair a line."""
    if request.is_json:
        return _pairs_of(_json_sent())
    sent = request.get_data(as_text=True)  # before the form is read, which leaves nothing
    words = request.form.get("points") or sent
    pairs = [pair.split(",") for pair in re.split(r"[;\s]+", re.sub(r"\s*,\s*", ",", words.strip())) if pair]
    if not pairs:
        raise Unanswered("No content specified")
    return list(pairs)


def _json_sent() -> Any:
    try:
        return request.get_json(silent=True)
    except RecursionError:  # brackets in brackets in brackets
        return None


def _pairs_of(sent: Any) -> list[Sequence[str]]:
    pairs = sent.get("points") if isinstance(sent, dict) else sent
    if not isinstance(pairs, list) or not pairs:
        raise Unanswered('Send the points as JSON like {"points": [[-2.36, 51.38], [-2.37, 51.39]]}.')
    return [
        pair.split(",") if isinstance(pair, str) else [str(part) for part in pair] if isinstance(pair, list) else []
        for pair in pairs[: MOST_POINTS + 1]
    ]


def _numbered_point(srid: int, place: int, pair: Sequence[str]) -> shapely.Point:
    try:
        x, y = pair
        return point_at(srid, x.strip(), y.strip())
    except (ValueError, Unanswered):
        raise Unanswered(f"Point {place} must be two numbers, longitude (or easting) first.") from None


def _covering_each(known: Register, at: Sequence[shapely.Point]) -> list[dict[str, Any]]:
    wanted = asked(known)
    lon, lat = shapely.get_coordinates(at).T
    found: list[list[Known]] = [[] for _ in at]
    for one in wanted.sets(known):
        places = one.covering_each(lon, lat)
        for row in np.flatnonzero(places >= 0):
            found[row].append(Known(one, int(places[row])))
    return [known.areas(wanted.among(areas)) for areas in found]


@bp.get("/point/latlon/<lat>,<lon>")
@bp.get("/point/latlon/<lat>,<lon>/<box>")
def latlon(lat: str, lon: str, box: str = "") -> ResponseReturnValue:
    """Latitude first, on to longitude first."""
    stem, _ = parted(lon)
    return _elsewhere(geo.WGS84, stem, lat + lon.removeprefix(stem), box)


@bp.get("/point/osgb/<e>,<n>")
@bp.get("/point/osgb/<e>,<n>/<box>")
def osgb(e: str, n: str, box: str = "") -> ResponseReturnValue:
    """Easting and northing, on to their number in the register of coordinate systems."""
    return _elsewhere(geo.BRITISH_GRID, e, n, box)


def _elsewhere(srid: int, x: str, y: str, box: str) -> ResponseReturnValue:
    return go("mapit.point", srid=srid, x=x, y=y, **({"box": box} if box else {}))


@bp.route("/point/", methods=["GET", "POST"])
def point_form() -> ResponseReturnValue:
    """What was typed into the form for people, latitude first, on to the page of that point."""
    match = re.fullmatch(r"\s*([0-9.+-]+)\s*,\s*([0-9.+-]+)\s*", request.values.get("pc", ""))
    if match is None:
        return redirect(url_for("mapit.index"))
    return redirect(url_for("mapit.point", srid=geo.WGS84, x=match[2], y=f"{match[1]}.html"))
