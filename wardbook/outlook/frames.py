"""The frames of maps: each a small sandboxed document that holds what its reader may see."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np
import shapely
from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue

from wardbook.areas.locator import LocatedSet, locator
from wardbook.areas.succession import before
from wardbook.clock import today
from wardbook.db import db
from wardbook.entries import queries as entries
from wardbook.entries import shown
from wardbook.entries.forms import filters_from
from wardbook.errors import Refused
from wardbook.maps import MapView, Use, frame
from wardbook.outlook.as_at import day_asked
from wardbook.outlook.layers import SIMPLE
from wardbook.outlook.views import reader
from wardbook.people.signed_in import viewer
from wardbook.places.converter import place_at
from wardbook.places.find import spot
from wardbook.places.place import Place
from wardbook.policy import Act, require
from wardbook.web import or_404

bp = Blueprint("frames", __name__, url_prefix="/map/frame")
MOST_THINGS = 5000
BRITAIN = (-8.2, 49.9, 1.8, 60.9)


@bp.get("/look")
def look() -> ResponseReturnValue:
    """A map of the same entries as the list beside it: the newest 5,000."""
    place = _place()
    _, filters = filters_from(request.args)
    rows = entries.shown(entries.published(reader(), place, filters).limit(MOST_THINGS))
    things = shown.on_map(db.session.scalars(rows), lambda ref: url_for("entries.detail", ref=ref))
    view = MapView(Use.LOOK, _box(place), "Map of what is known here", things, _feature(place), on=_wards_of(place))
    return frame(view)


def _wards_of(place: Place | None) -> date | None:
    """The day whose wards are drawn: the one that is asked about, or a place's own where that is not today."""
    return day_asked() or (place.as_at if place is not None and place.as_at != today() else None)


@bp.get("/entry/<ref>")
def one(ref: str) -> ResponseReturnValue:
    """A map of one entry."""
    entry = or_404(entries.entry(ref, viewer()))
    things = shown.on_map([entry], lambda ref: url_for("entries.detail", ref=ref))
    return frame(MapView(Use.LOOK, _round(entry.geometry.bounds), "Map of where it is", things))


@bp.get("/pin")
def pin() -> ResponseReturnValue:
    """A map on which a spot is chosen."""
    try:
        found = spot(request.args.get("at", ""))
    except Refused:
        found = None
    box = _round(found.point.bounds) if found else _council()
    at = (found.point.x, found.point.y) if found else None
    return frame(MapView(Use.PIN, box, "Map on which to choose the spot", pin=at))


@bp.get("/sets/<int:set_id>")
def sets(set_id: int) -> ResponseReturnValue:
    """The outlines of a boundary set over those of the set before it."""
    require(viewer(), Act.ADMINISTER)
    after = or_404(next((known for known in locator().own() if known.id == set_id), None))
    outlines = {"before": [shape for known in before(after) for shape in _lines(known)], "after": _lines(after)}
    return frame(MapView(Use.LOOK, _bounds([after]), "Map of the areas before and after", outlines=outlines))


def _lines(known: LocatedSet) -> list[dict[str, Any]]:
    """The outlines of a set, simplified to about 5 m so that shared edges stay shared."""
    simple: Any = shapely.coverage_simplify(list(known.shapes), SIMPLE)
    return [json.loads(shapely.to_geojson(shape)) for shape in simple]


@bp.get("/draw")
def draw() -> ResponseReturnValue:
    """A map on which a point, line or area is drawn; or a line alone (`only`), for a street."""
    place = _place()
    use = Use.LINE if request.args.get("only") == Use.LINE else Use.DRAW
    return frame(MapView(use, _box(place), "Map on which to draw", place=_feature(place)))


def _place() -> Place | None:
    words = request.args.get("place")
    return place_at(words) if words else None


Box = tuple[float, float, float, float]


def _box(place: Place | None) -> Box:
    return _council() if place is None else place.geometry.bounds


def _round(bounds: Box) -> Box:
    """A little more than the thing itself: about 400 m each way."""
    west, south, east, north = bounds
    return west - 0.006, south - 0.0035, east + 0.006, north + 0.0035


def _council() -> Box:
    sets = locator().wards(today())
    return _bounds(sets) if sets else BRITAIN


def _bounds(sets: Sequence[LocatedSet]) -> Box:
    west, south, east, north = shapely.total_bounds(np.concatenate([known.shapes for known in sets])).tolist()
    return west, south, east, north


def _feature(place: Place | None) -> dict[str, Any] | None:
    if place is None:
        return None
    west, south, east, north = place.geometry.bounds
    simple = place.geometry.simplify(min(0.00003, max(east - west, north - south) / 1000))
    return {"type": "Feature", "properties": {}, "geometry": json.loads(shapely.to_geojson(simple))}
