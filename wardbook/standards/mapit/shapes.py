"""Boundaries as MapIt gives them: GeoJSON, KML and WKT in any of its systems, simplified if asked, and in figures."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from html import escape
from typing import Any

import numpy as np
import shapely
from flask import Response, request

from wardbook import geo
from wardbook.config import settings
from wardbook.standards.mapit.answers import Unanswered
from wardbook.standards.mapit.asked import number
from wardbook.standards.mapit.register import Known

IRISH_GRID = 29902
MOST_CORNERS = 500_000
"""Of all shapes in one answer, before any is simplified: some 20 MB."""
KML_TYPE = "application/vnd.google-earth.kml+xml"


def systems() -> tuple[int, ...]:
    """The coordinate systems in which a point may be given and a shape asked for."""
    return tuple(dict.fromkeys((geo.WGS84, geo.BRITISH_GRID, IRISH_GRID, settings().crs)))


def refuse_unknown(srid: int) -> None:
    """Raise Unanswered for a coordinate system that we do not answer in."""
    if srid not in systems():
        *most, last = map(str, systems())
        raise Unanswered(f"The coordinate system must be {', '.join(most)} or {last}.")


def written(areas: Sequence[Known], form: str, srid: int, *, alone: bool) -> Response:
    """The boundaries of areas. One `alone` is a bare geometry in GeoJSON, several are features, as in MapIt.

    Raises Unanswered where there is too much of it, or nothing is left when it is simplified.
    """
    if sum(shapely.get_num_coordinates([known.shape for known in areas])) > MOST_CORNERS:
        raise Unanswered("These boundaries are too large for one request: ask for fewer areas.")
    tolerance = _tolerance()
    shapes = [(known.called.name, _shaped(known, srid, tolerance)) for known in areas]
    if form == "kml":
        return Response(_kml(shapes), content_type=f"{KML_TYPE}; charset=utf-8")
    if form == "wkt":
        return Response(shapely.to_wkt(shapes[0][1], rounding_precision=-1), mimetype="text/plain")
    text = shapely.to_geojson(shapes[0][1]) if alone else _collection(shapes)
    return Response(text, mimetype="application/json")


def _tolerance() -> float:
    words = request.args.get("simplify_tolerance", "0")
    try:
        tolerance = number(words)
    except Unanswered:
        tolerance = -1.0
    if not 0 <= tolerance < 1e9:
        raise Unanswered("Badly specified tolerance")
    return tolerance


def _shaped(known: Known, srid: int, tolerance: float) -> shapely.Geometry:
    """A shape in a system, simplified by so much of that system's unit. A single part is no collection of one."""
    shape = geo.reproject(known.shape, geo.WGS84, srid)
    if not np.isfinite(shape.bounds).all():
        raise Unanswered(f"{known.called.name} cannot be written in the coordinate system {srid}.")
    if tolerance:
        shape = shapely.simplify(shape, tolerance, preserve_topology=False)
        if shape.is_empty:
            raise Unanswered(f"Simplifying {known.called.name} with tolerance {tolerance:g} left no boundary at all")
    parts = shapely.get_parts(shape)
    single: shapely.Geometry = parts[0] if len(parts) == 1 else shape
    return single


def _collection(shapes: Iterable[tuple[str, shapely.Geometry]]) -> str:
    features = (
        f'{{"type": "Feature", "properties": {{"name": {json.dumps(name)}}}, "geometry": {shapely.to_geojson(shape)}}}'
        for name, shape in shapes
    )
    return f'{{"type": "FeatureCollection", "features": [{", ".join(features)}]}}'


def _kml(shapes: Iterable[tuple[str, shapely.Geometry]]) -> str:
    marks = "".join(
        f"<Placemark><styleUrl>#area</styleUrl><name>{escape(name)}</name>{_kml_shape(shape)}</Placemark>\n"
        for name, shape in shapes
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<kml xmlns="http://www.opengis.net/kml/2.2"><Document>\n'
        '<Style id="area"><LineStyle><color>ff573d00</color><width>2</width></LineStyle>'
        f"<PolyStyle><color>33573d00</color></PolyStyle></Style>\n{marks}</Document></kml>\n"
    )


def _kml_shape(shape: shapely.Geometry) -> str:
    parts = "".join(map(_kml_polygon, shapely.get_parts(shape)))
    return f"<MultiGeometry>{parts}</MultiGeometry>" if shapely.get_num_geometries(shape) > 1 else parts


def _kml_polygon(polygon: shapely.Polygon) -> str:
    rings = [("outer", polygon.exterior), *(("inner", ring) for ring in polygon.interiors)]
    bounds = (f"<{side}BoundaryIs>{_kml_ring(ring)}</{side}BoundaryIs>" for side, ring in rings)
    return f"<Polygon>{''.join(bounds)}</Polygon>"


def _kml_ring(ring: shapely.Geometry) -> str:
    corners = " ".join(f"{x!r},{y!r}" for x, y in shapely.get_coordinates(ring).tolist())
    return f"<LinearRing><coordinates>{corners}</coordinates></LinearRing>"


def figures(known: Known) -> dict[str, Any]:
    """An area in figures: parts, square metres, extent and centre in the council's metres and in degrees."""
    metres = known.its_set.in_metres(known.place)
    return {
        "parts": int(shapely.get_num_geometries(known.shape)),
        "srid_en": settings().crs,
        "area": metres.area,
        **_extent(metres, ("e", "n")),
        **_extent(known.shape, ("lon", "lat")),
    }


def _extent(shape: shapely.Geometry, axes: tuple[str, str]) -> dict[str, float]:
    centre = shape.centroid
    values = [*shape.bounds, centre.x, centre.y]
    names = [f"{word}_{axis}" for word in ("min", "max", "centre") for axis in axes]
    return {name: float(value) for name, value in zip(names, values, strict=True)}
