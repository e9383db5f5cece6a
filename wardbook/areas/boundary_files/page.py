"""A page of what a check found: a map with the lists beside it, in one file that fetches nothing."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import shapely
from flask import current_app
from markupsafe import Markup
from numpy.typing import NDArray

from wardbook.areas.boundary_files.checking import Report
from wardbook.areas.boundary_files.gaps import Gap
from wardbook.areas.boundary_files.overlaps import Overlap
from wardbook.areas.boundary_files.reading import Reading, Repair
from wardbook.areas.boundary_files.telling import about_file, about_ground, as_object, counts, square_metres
from wardbook.config import PACKAGE
from wardbook.maps import attribution, inert_json

STEPS: Final = 4000
"""Outlines are drawn as finely as so many steps across the whole map; overlaps and gaps as they are."""
DECIMALS: Final = 7


def check_page(title: str, reading: Reading, report: Report) -> str:
    """The page, for a file of its own: it reads without JavaScript, and its policy lets it ask for nothing."""
    found = as_object(title, reading, report)
    page = current_app.jinja_env.get_template("areas/check.html")
    return page.render(
        title=title,
        facts=[*about_file(title, reading), *about_ground(reading, report)],
        counts=counts(report),
        repairs=reading.repaired,
        overlaps=report.overlaps,
        gaps=report.gaps,
        areas=found["each_area"],
        country=report.country.name,
        metres=square_metres,
        place=_place,
        attribution=attribution(),
        told=_told(reading, report),
        nonce=secrets.token_urlsafe(16),
        style=_asset("leaflet/leaflet.css") + _asset("check.css"),
        leaflet=_asset("leaflet/leaflet.js"),
        script=_asset("js/check.js"),
    )


def _place(fault: Overlap | Gap) -> tuple[str, str]:
    """Latitude and longitude, of which no number is parted at the end of a line."""
    return f"{fault.lat:.5f},", f"{fault.lon:.5f}"


def _asset(name: str) -> Markup:
    """A file of ours as it stands, less what Leaflet has for pictures, of which there are none, and its source map."""
    text = (PACKAGE / "static" / name).read_text(encoding="utf-8")
    if name.endswith(".css"):
        text = re.sub(r"url\((?!#)[^)]*\)", "none", re.sub(r"mix-blend-mode:[^;]*;", "", text))
    return Markup(re.sub(r"//# sourceMappingURL=\S*", "", text))  # noqa: S704


def _told(reading: Reading, report: Report) -> Markup:
    west, south, east, north = report.extent
    fine = max(east - west, north - south) / STEPS
    drawn = np.array([area.geometry for area in reading.areas], dtype=object)
    middles = np.round(shapely.get_coordinates(shapely.point_on_surface(drawn)), DECIMALS)[:, ::-1].tolist()
    features = [
        {"type": "Feature", "properties": {"label": area.label, "name": area.name, "at": at}, "geometry": shape}
        for area, at, shape in zip(reading.areas, middles, _shapes(shapely.simplify(drawn, fine)), strict=True)
    ]
    return inert_json(
        {
            "box": report.extent,
            "areas": {"type": "FeatureCollection", "features": features},
            "overlaps": _faults(report.overlaps),
            "gaps": _faults(report.gaps),
            "repairs": _faults(reading.repaired),
        }
    )


def _faults(faults: Sequence[Overlap | Gap | Repair]) -> list[dict[str, Any]]:
    shapes = _shapes(np.array([fault.shape for fault in faults], dtype=object))
    return [{"lat": fault.lat, "lon": fault.lon, "shape": shape} for fault, shape in zip(faults, shapes, strict=True)]


def _shapes(shapes: NDArray[np.object_]) -> list[Any]:
    """As GeoJSON, to about a centimetre."""
    if len(shapes) == 0:
        return []
    rounded = shapely.transform(shapes, lambda corners: np.round(corners, DECIMALS))
    return [json.loads(text) for text in shapely.to_geojson(np.asarray(rounded))]
