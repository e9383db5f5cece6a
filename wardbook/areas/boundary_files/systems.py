"""Coordinate systems: one by its EPSG number and who says so, and shapes turned from it into WGS 84."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final, Literal, cast

import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray
from pyproj.exceptions import CRSError

from wardbook.geo import WGS84, reproject

Source = Literal["file", "given", "assumed for GeoJSON/KML", "assumed for TopoJSON"]
FOOT: Final = 0.3048
FEET: Final = "+feet"
EPSG_NAME: Final = re.compile(
    r"(?:EPSG:|urn:(?:x-)?ogc:def:crs:EPSG:[\d.]*:|https?://www\.opengis\.net/def/crs/EPSG/[\d.]+/)(\d{4,6})",
    re.IGNORECASE,
)
CRS84_NAME: Final = re.compile(
    r"(?:urn:ogc:def:crs:OGC:[\d.]*:|https?://www\.opengis\.net/def/crs/OGC/[\d.]+/|OGC:)?CRS84h?", re.IGNORECASE
)


@dataclass(frozen=True)
class System:
    """A coordinate system by its EPSG number, and who says so; `feet`: its metres are written as feet."""

    epsg: int
    source: Source
    feet: bool = False

    @property
    def name(self) -> str:
        return f"EPSG:{self.epsg}{FEET if self.feet else ''}"

    @property
    def crs(self) -> pyproj.CRS:
        return pyproj.CRS.from_epsg(self.epsg)

    @property
    def title(self) -> str:
        """`British National Grid`, `longitude and latitude`"""
        if self.epsg == WGS84:
            return "longitude and latitude"
        return str(self.crs.name).rpartition(" / ")[2] + (" in feet" if self.feet else "")

    @property
    def in_metres(self) -> bool:
        return bool(self.crs.is_projected and self.crs.axis_info[0].unit_conversion_factor == 1)


def system_given(text: str) -> System | None:
    """What a person asked for: a number or a name, with `+feet` where its metres are written as feet."""
    feet = text.strip().casefold().endswith(FEET)
    epsg = epsg_of(text.strip()[: -len(FEET)] if feet else text)
    system = None if epsg is None else System(epsg, "given", feet)
    return None if system and feet and not system.in_metres else system


def epsg_of(text: str) -> int | None:
    """The EPSG number of a name or of a definition in words (WKT), and of nothing else: no file is followed."""
    text = text.strip()
    if CRS84_NAME.fullmatch(text):
        return WGS84
    name = EPSG_NAME.fullmatch(text) or re.fullmatch(r"(\d{4,6})", text)
    try:
        crs = pyproj.CRS.from_epsg(int(name.group(1))) if name else pyproj.CRS.from_wkt(text)
        flat = crs.is_geographic or crs.is_projected
        return crs.to_epsg(min_confidence=70) if flat else None
    except (CRSError, ValueError):
        return None


def moved(shapes: NDArray[np.object_], source: int, target: int) -> NDArray[np.object_]:
    """Many shapes in another system at once. Raises pyproj's ProjError where one cannot be."""
    return np.asarray(reproject(cast(Any, shapes), source, target))


def turned(shapes: NDArray[np.object_], system: System) -> NDArray[np.object_]:
    """The shapes in longitude and latitude."""
    in_metres = shapely.transform(shapes, lambda corners: corners * FOOT) if system.feet else shapes
    return moved(np.asarray(in_metres), system.epsg, WGS84)


def turned_round(shapes: NDArray[np.object_]) -> NDArray[np.object_]:
    """The shapes with the two numbers of every corner in the other order."""
    return np.asarray(shapely.transform(shapes, lambda corners: corners[:, ::-1]))
