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
from wardbook.areas.locator import locator
from wardbook.areas.models import AREA_TYPES, Area, BoundarySet
from wardbook.clock import today
from wardbook.errors import Refused

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


def generations(sets: Sequence[BoundarySet]) -> list[date]:
    """The first day of each generation; the first of all reaches back without end."""
    edges = {edge for row in sets for edge in (row.from_on, row.until_on) if edge is not None}
    return [date.min, *sorted(edges)]


def _generation(day: date | None, firsts: list[date]) -> int:
    return sum(first <= (day or date.min) for first in firsts)


def area_json(area: Area, firsts: list[date]) -> dict[str, Any]:
    """One area as MapIt writes it."""
    low = _generation(area.set.from_on, firsts)
    high = _generation(area.set.until_on, firsts) - 1 if area.set.until_on else len(firsts)
    return {
        "id": area.id,
        "parent_area": None,
        "name": area.name,
        "all_names": {},
        "type": TYPES[area.set.type],
        "type_name": AREA_TYPES[area.set.type],
        "country": "",
        "country_name": "-",
        "codes": {"gss": area.code} if area.coded else {},
        "generation_low": low,
        "generation_high": high,
    }


def _covering(point: shapely.Point) -> dict[str, Any]:
    sets = areas.boundary_sets()
    firsts = generations(sets)
    found = areas.areas_by_id(locator().covering(point.x, point.y, _day(firsts)))
    return {str(area_id): area_json(area, firsts) for area_id, area in sorted(found.items())}


def _day(firsts: list[date]) -> date:
    """The day that is asked about: today, or the first day of a generation."""
    asked = request.args.get("generation", "")
    if not asked:
        return today()
    if not asked.isdecimal() or not 1 <= int(asked) <= len(firsts):
        raise Refused(f"There is no generation '{asked[:10]}': there are {len(firsts)}.")
    return firsts[int(asked) - 1]


@bp.get("/point/<int:srid>/<x>,<y>")
def point(srid: int, x: str, y: str) -> ResponseReturnValue:
    """The areas that cover a point, given in WGS 84 (4326) or on the British grid (27700)."""
    try:
        return _public(jsonify(_covering(_point(srid, float(x), float(y)))))
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
    found = areas.postcode(compact)
    if found is None:
        return _error("No Postcode matches the given query.", 404)
    try:
        covering = _covering(found.point)
    except Refused as refused:
        return _error(refused.sentence, 400)
    council_types = [area_id for area_id, area in covering.items() if area["type"] == TYPES["ward"]]
    return _public(
        jsonify(
            {
                "postcode": found.spaced,
                "wgs84_lon": found.lon,
                "wgs84_lat": found.lat,
                "coordsyst": "G",
                **_grid(found.point),
                "areas": covering,
                "shortcuts": {"ward": int(council_types[0])} if council_types else {},
            }
        )
    )


def _grid(at: shapely.Point) -> dict[str, int]:
    moved = geo.reproject(at, geo.WGS84, geo.BRITISH_GRID)
    return {"easting": round(moved.x), "northing": round(moved.y)}


def _public(response: Response) -> Response:
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cache-Control"] = "public, max-age=300"
    return response


def _error(sentence: str, status: int) -> ResponseReturnValue:
    response = _public(jsonify({"code": status, "error": sentence}))
    response.headers["Cache-Control"] = "no-store"
    return response, status
