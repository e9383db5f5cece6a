"""The ground of every map: ward outlines and the council's backdrop, as scripts that a sandboxed frame may load."""

from __future__ import annotations

import json
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import shapely
from flask import Blueprint, Response, request

from wardbook.areas.locator import locator
from wardbook.clock import today
from wardbook.config import settings

bp = Blueprint("layers", __name__, url_prefix="/map/layers")
MOST_KEPT = 4
SIMPLE = 0.00006
"""About 5 metres: shared edges stay shared."""


def layer_version(on: date | None = None) -> str:
    """Changes when the outlines or the backdrop do, so that browsers may keep them."""
    backdrop = settings().backdrop
    kept = backdrop.stat().st_mtime_ns if backdrop.exists() else 0
    sets = "-".join(str(known.id) for known in locator().wards(on or today()))
    return f"{sets or 'none'}.{kept:x}"


@bp.get("/<version>/wards.js")
def wards(version: str) -> Response:
    """The outlines of the wards in force, or of those that held on a day (`on`)."""
    sets = locator().wards(_day())
    shapes = [shape for known in sets for shape in known.shapes]
    return _script("wardbookWards", _outlines(tuple(known.id for known in sets), shapes))


def _day() -> date:
    try:
        return date.fromisoformat(request.args.get("on", ""))
    except ValueError:
        return today()


_kept: dict[tuple[int, ...], str] = {}


def _outlines(ids: tuple[int, ...], shapes: list[shapely.Geometry]) -> str:
    if ids not in _kept:
        if len(_kept) >= MOST_KEPT:
            _kept.clear()
        simple: Any = shapely.coverage_simplify(shapes, SIMPLE) if shapes else []
        features = [
            {"type": "Feature", "properties": {}, "geometry": json.loads(shapely.to_geojson(_short(shape)))}
            for shape in simple
        ]
        _kept[ids] = json.dumps({"type": "FeatureCollection", "features": features}, separators=(",", ":"))
    return _kept[ids]


def _short(shape: shapely.Geometry) -> shapely.Geometry:
    return shapely.set_precision(shape, 0.00001, mode="pointwise")


@bp.get("/<version>/backdrop.js")
def backdrop(version: str) -> Response:
    """The council's own light map, where it has given one."""
    path = settings().backdrop
    return _script("wardbookBackdrop", _read(str(path), path.stat().st_mtime_ns) if path.exists() else "null")


@lru_cache(maxsize=2)
def _read(path: str, _: int) -> str:

    value: Any = json.loads(Path(path).read_text("utf-8"))
    return json.dumps(value, separators=(",", ":"))


def _script(name: str, value: str) -> Response:
    response = Response(f"window.{name} = {value};\n", mimetype="text/javascript")
    response.headers["Cache-Control"] = "public, max-age=86400"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response
