"""MapIt's web API: which areas cover a point or a postcode, in the JSON its clients read.

As described in mySociety's MapIt documentation: an object of areas keyed by id. A generation is the stretch of days
between two changes of any boundary set; areas carry the first and the last in which they hold.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import shapely
from flask import Blueprint, Response, jsonify, request
from flask.typing import ResponseReturnValue

from wardbook import geo
from wardbook.areas import queries as areas
from wardbook.areas.locator import Called, LocatedSet, recent_locator
from wardbook.areas.models import AREA_TYPES, spaced
from wardbook.clock import today
from wardbook.errors import Refused
from wardbook.web import number_in

bp = Blueprint("mapit", __name__, url_prefix="/mapit")
TYPES = {
    "ward": "WD",
    "division": "CED",
    "parish": "CPC",
    "polling-district": "PD",
    "neighbourhood": "NBH",
    "lsoa": "OLF",
    "authority": "LA",
}


def generations(sets: Sequence[LocatedSet]) -> list[date]:
    """The first day of each generation; the first of all reaches back without end."""
    edges = {edge for known in sets if not known.waits for edge in (known.from_on, known.until_on) if edge is not None}
    return [date.min, *sorted(edges)]


def _generation(day: date | None, firsts: list[date]) -> int:
    return sum(first <= (day or date.min) for first in firsts)


def area_json(known: LocatedSet, area: Called, firsts: list[date]) -> dict[str, Any]:
    """One area as MapIt writes it."""
    low = _generation(known.from_on, firsts)
    high = _generation(known.until_on, firsts) - 1 if known.until_on else len(firsts)
    return {
        "id": area.id,
        "parent_area": None,
        "name": area.name,
        "all_names": {},
        "type": TYPES[known.type],
        "type_name": AREA_TYPES[known.type],
        "country": "",
        "country_name": "-",
        "codes": {"gss": area.code} if area.coded else {},
        "generation_low": low,
        "generation_high": high,
    }


def _covering(lon: float, lat: float) -> dict[str, Any]:
    """From memory alone: a point needs no query."""
    known = recent_locator()
    firsts = generations(known.sets)
    found = known.covering(lon, lat, _day(firsts))
    return {str(area.id): area_json(its_set, area, firsts) for its_set, area in sorted(found, key=_by_id)}


def _by_id(found: tuple[LocatedSet, Called]) -> int:
    return found[1].id


def _day(firsts: list[date]) -> date:
    """The day that is asked about: today, or the first day of a generation."""
    asked = request.args.get("generation", "")
    if not asked:
        return today()
    number = number_in(asked) or 0
    if not 1 <= number <= len(firsts):
        raise Refused(f"There is no generation '{asked[:10]}': there are {len(firsts)}.")
    return firsts[number - 1]


@bp.get("/point/<int:srid>/<x>,<y>")
def point(srid: int, x: str, y: str) -> ResponseReturnValue:
    """The areas that cover a point, given in WGS 84 (4326) or on the British grid (27700)."""
    try:
        at = _point(srid, float(x), float(y))
        return _public(jsonify(_covering(at.x, at.y)))
    except ValueError:
        return _error("The coordinates must be two numbers, longitude (or easting) first.", 400)
    except Refused as refused:
        return _error(refused.sentence, 400)


def _point(srid: int, x: float, y: float) -> shapely.Point:
    if srid == geo.WGS84:
        return geo.point(x, y)
    if srid == geo.BRITISH_GRID:
        return geo.point_from_grid(x, y)
    raise Refused("The coordinate system must be 4326 or 27700.")


@bp.get("/postcode/<path:words>")
def postcode(words: str) -> ResponseReturnValue:
    """Where the centre of a postcode is, and the areas that cover it."""
    compact = areas.compact_postcode(words)
    if compact is None:
        return _error(f"Postcode '{words[:20]}' is not valid.", 400)
    centre = areas.centre(compact)
    if centre is None:
        return _error("No Postcode matches the given query.", 404)
    try:
        covering = _covering(*centre)
    except Refused as refused:
        return _error(refused.sentence, 400)
    easting, northing = geo.to_grid(*centre)
    wards = [area["id"] for area in covering.values() if area["type"] == TYPES["ward"]]
    return _public(
        jsonify(
            {
                "postcode": spaced(compact),
                "wgs84_lon": centre[0],
                "wgs84_lat": centre[1],
                "coordsyst": "G",
                "easting": round(easting),
                "northing": round(northing),
                "areas": covering,
                "shortcuts": {"ward": wards[0]} if wards else {},
            }
        )
    )


def _public(response: Response) -> Response:
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cache-Control"] = "public, max-age=300"
    return response


def _error(sentence: str, status: int) -> ResponseReturnValue:
    response = _public(jsonify({"code": status, "error": sentence}))
    response.headers["Cache-Control"] = "no-store"
    return response, status
