"""Postcodes: where one is and the areas that cover it, the middle of those that begin alike, the nearest to a point."""

from __future__ import annotations

import re
from typing import Any

import shapely
from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from wardbook import geo
from wardbook.areas import postcodes_by_place, queries
from wardbook.areas.models import spaced
from wardbook.standards.mapit.answers import Unanswered, as_json, bp, page, parted
from wardbook.standards.mapit.asked import area_with, asked
from wardbook.standards.mapit.point_views import point_at
from wardbook.standards.mapit.register import Known, Register, register
from wardbook.standards.mapit.shapes import IRISH_GRID

_NO_SIGN = re.compile("[^A-Za-z0-9]")
_OUTWARD = re.compile(r"[A-Z]{1,2}\d[A-Z\d]?")


def _where(name: str, lon: float, lat: float) -> dict[str, Any]:
    """A postcode as MapIt writes it: Northern Ireland's are on the Irish grid."""
    irish = name.startswith("BT")
    x, y = _on_the_irish_grid(lon, lat) if irish else geo.to_grid(lon, lat)
    return {
        "postcode": name,
        "wgs84_lon": lon,
        "wgs84_lat": lat,
        "coordsyst": "I" if irish else "G",
        "easting": round(x),
        "northing": round(y),
    }


def _on_the_irish_grid(lon: float, lat: float) -> tuple[float, float]:
    moved = geo.reproject(shapely.Point(lon, lat), geo.WGS84, IRISH_GRID)
    return moved.x, moved.y


@bp.get("/postcode/<path:words>")
def postcode(words: str) -> ResponseReturnValue:
    """Where the centre of a postcode is, and the areas that cover it."""
    words, form = parted(words)
    compact = queries.compact_postcode(_NO_SIGN.sub("", words))
    if compact is None:
        raise Unanswered(f"Postcode '{words[:20]}' is not valid.")
    centre = queries.centre(compact)
    if centre is None:
        raise Unanswered("No Postcode matches the given query.", 404)
    known = register()
    wanted = asked(known)
    found = list(wanted.among(known.covering(*centre, wanted.sets(known))))
    answer = _where(spaced(compact), *centre) | {"areas": known.areas(found)}
    shortcuts = _shortcuts(known, found)
    if form == "html":
        return page("postcode", found=answer, areas=list(answer["areas"].values()))
    return as_json(answer | ({"shortcuts": shortcuts} if shortcuts else {}))


def _shortcuts(known: Register, found: list[Known]) -> dict[str, Any]:
    """The ward and the council, or those of both tiers under `district` and `county` where divisions are loaded.

    The council's own ward comes before one that is only for reference.
    """
    tiers = {}
    for tier, type_ in (("district", "ward"), ("county", "division")):
        of_it = [one for one in found if one.its_set.type == type_]
        if of_it:
            tiers[tier] = min(of_it, key=lambda one: (one.its_set.reference, one.called.id))
    if not tiers:
        return {}
    wards = {tier: one.called.id for tier, one in tiers.items()}
    councils = {tier: known.parent(one) for tier, one in tiers.items()}
    if "county" in tiers:
        return {"ward": wards, "council": councils}
    return {"ward": wards["district"], "council": councils["district"]}


@bp.get("/postcode/partial/<words>")
def partial(words: str) -> ResponseReturnValue:
    """The middle of all postcodes with the same first half. A whole postcode stands for its first half."""
    words, form = parted(words)
    compact = _NO_SIGN.sub("", words).upper()
    outward = compact[:-3] if queries.compact_postcode(compact) else compact
    if not _OUTWARD.fullmatch(outward):
        raise Unanswered(f"Partial postcode '{words[:20]}' is not valid.")
    middle = postcodes_by_place.middle(outward)
    if middle is None:
        raise Unanswered("Postcode not found", 404)
    answer = _where(outward, *middle)
    return page("postcode", found=answer, areas=None) if form == "html" else as_json(answer)


@bp.get("/nearest/<int:srid>/<x>,<y>")
def nearest(srid: int, x: str, y: str) -> ResponseReturnValue:
    """The postcode nearest to a point, and how far away its centre is."""
    y, form = parted(y)
    found = postcodes_by_place.nearest(point_at(srid, x, y))
    if found is None:
        raise Unanswered(f"No postcode found near {x[:20]},{y[:20]} ({srid})", 404)
    centre, metres = found
    answer = _where(spaced(centre.compact), centre.lon, centre.lat) | {"distance": round(metres)}
    return page("postcode", found=answer, areas=None) if form == "html" else as_json({"postcode": answer})


def example_in(known: Register, area_id: int, form: str) -> ResponseReturnValue:
    """A postcode inside an area; null where we know of none."""
    area = area_with(known, area_id)
    compact = postcodes_by_place.one_inside(area.shape)
    found = spaced(compact) if compact else None
    return page("example", area=known.area(area), postcode=found) if form == "html" else as_json(found)


@bp.route("/postcode/", methods=["GET", "POST"])
def postcode_form() -> ResponseReturnValue:
    """What was typed into the form for people, on to the page of that postcode."""
    typed = _NO_SIGN.sub("", request.values.get("pc", "").upper())
    if not typed:
        return redirect(url_for("mapit.index"))
    return redirect(url_for("mapit.postcode", words=f"{typed}.html"))
