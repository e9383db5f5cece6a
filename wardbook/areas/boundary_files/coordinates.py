"""Coordinate systems of boundary files: what the file says, what it was told, and whether the numbers agree."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray
from pyproj.exceptions import CRSError, ProjError

from wardbook.areas.boundary_files.arrivals import Kind
from wardbook.areas.boundary_files.formats import ASSUMED_DEGREES, Table
from wardbook.errors import Refused
from wardbook.geo import WGS84, reproject

Source = Literal["file", "given", "assumed for GeoJSON/KML", "assumed for TopoJSON"]
EPSG_NAME: Final = re.compile(
    r"(?:EPSG:|urn:(?:x-)?ogc:def:crs:EPSG:[\d.]*:|https?://www\.opengis\.net/def/crs/EPSG/[\d.]+/)(\d{4,6})",
    re.IGNORECASE,
)
CRS84_NAME: Final = re.compile(
    r"(?:urn:ogc:def:crs:OGC:[\d.]*:|https?://www\.opengis\.net/def/crs/OGC/[\d.]+/|OGC:)?CRS84h?", re.IGNORECASE
)
UK: Final = shapely.box(-9, 49.5, 2.5, 61.5)
CURE: Final = "say --crs EPSG:27700 if {} British National Grid"


@dataclass(frozen=True)
class System:
    """A coordinate system by its EPSG number, and who says so."""

    epsg: int
    source: Source

    @property
    def name(self) -> str:
        return f"EPSG:{self.epsg}"

    @property
    def crs(self) -> pyproj.CRS:
        return pyproj.CRS.from_epsg(self.epsg)

    @property
    def said(self) -> str:
        """For a sentence: who says which system."""
        if self.source == "file":
            return f"the file says {self.name}"
        return f"--crs says {self.name}" if self.source == "given" else "nothing says which system"


def system_of(table: Table, given: str | None) -> System:
    """The system given, else the one the file states, else degrees for formats whose standard has no other."""
    if given is not None:
        epsg = _epsg(given)
        if epsg is None:
            raise Refused(f"--crs {given} is not a known coordinate system: give one such as EPSG:27700.", field="crs")
        return System(epsg, "given")
    if table.stated_crs is not None:
        epsg = _epsg(table.stated_crs)
        if epsg is None:
            said = table.stated_crs if len(table.stated_crs) <= 60 else "one of its own"
            raise Refused(
                f"{table.title} says its coordinate system is {said}, which is not known here: "
                f"{CURE.format('its coordinates are')}, or give the right one.",
                field="crs",
            )
        return System(epsg, "file")
    if table.kind in ASSUMED_DEGREES:
        return System(WGS84, "assumed for TopoJSON" if table.kind is Kind.TOPOJSON else "assumed for GeoJSON/KML")
    lacks = " (it has no .prj that can be read)" if table.kind is Kind.SHAPEFILE else ""
    raise Refused(
        f"{table.title} does not say its coordinate system{lacks}: {CURE.format('its coordinates are')}.", field="crs"
    )


def _epsg(text: str) -> int | None:
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


def to_wgs84(shapes: NDArray[np.object_], system: System) -> NDArray[np.object_]:
    """The shapes in longitude and latitude, or Refused with the cure where the numbers belie the system.

    Land anywhere in the world is welcome. Only what lies in the mirror image of the United Kingdom (latitude first) is
    refused: it is open sea but for the Seychelles.
    """
    _require_finite(shapes)
    _require_numbers_of(shapes, system)
    try:
        turned = np.array([reproject(shape, system.epsg, WGS84) for shape in shapes], dtype=object)
    except ProjError as problem:
        raise _elsewhere(shapes, system) from problem
    bounds = shapely.total_bounds(turned)
    if (
        not np.isfinite(shapely.get_coordinates(turned)).all()
        or not _in_degrees(bounds)
        or _outside_use(bounds, system)
    ):
        raise _elsewhere(shapes, system)
    if system.crs.is_geographic and shapely.covers(UK, shapely.box(bounds[1], bounds[0], bounds[3], bounds[2])):
        raise Refused(
            f"The coordinates are turned round, latitude before longitude (first: {_first(shapes)}), and lie in the "
            "Indian Ocean: export the file with longitude first.",
            field="file",
        )
    return turned


def _require_finite(shapes: NDArray[np.object_]) -> None:
    corners, rows = shapely.get_coordinates(shapes, return_index=True)
    bad = ~np.isfinite(corners).all(axis=1)
    if bad.any():
        raise Refused(f"Row {rows[bad][0] + 1} has a coordinate that is not a number: correct the file.", field="file")


def _require_numbers_of(shapes: NDArray[np.object_], system: System) -> None:
    bounds = shapely.total_bounds(shapes)
    if system.crs.is_geographic and not _in_degrees(bounds):
        but = system.said if system.source != "file" else f"{system.said}, which is in degrees"
        looks = "look like metres" if np.abs(bounds).max() > 1000 else "cannot be longitude and latitude"
        raise Refused(
            f"The coordinates {looks} (first: {_first(shapes)}) but {but}: {CURE.format('they are')}.", field="crs"
        )
    if not system.crs.is_geographic and _in_degrees(bounds):
        raise Refused(
            f"The coordinates look like degrees (first: {_first(shapes)}) but {system.said}, which is not in degrees: "
            "say --crs EPSG:4326 if they are longitude and latitude.",
            field="crs",
        )


def _in_degrees(bounds: NDArray[np.float64]) -> bool:
    return bool(np.abs(bounds[[0, 2]]).max() <= 180 and np.abs(bounds[[1, 3]]).max() <= 90)


def _outside_use(bounds: NDArray[np.float64], system: System) -> bool:
    """Whether all of it lies outside the part of the world that the system is made for."""
    use = system.crs.area_of_use
    if use is None or use.west > use.east:
        return False
    return bool(bounds[0] > use.east or bounds[2] < use.west or bounds[1] > use.north or bounds[3] < use.south)


def _elsewhere(shapes: NDArray[np.object_], system: System) -> Refused:
    return Refused(
        f"The coordinates (first: {_first(shapes)}) lie outside the part of the world where {system.name} is used: "
        "give the right system with --crs.",
        field="crs",
    )


def _first(shapes: NDArray[np.object_]) -> str:
    x, y = shapely.get_coordinates(shapes)[0]
    return f"{x:,.0f} {y:,.0f}" if max(abs(x), abs(y)) > 1000 else f"{x:.4f}, {y:.4f}"
