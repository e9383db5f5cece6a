"""The council's country: the part of the world for which the council's own coordinate system is made."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
import shapely
from flask import has_app_context
from numpy.typing import NDArray
from pyproj import CRS

from wardbook.config import settings
from wardbook.geo import BRITISH_GRID

MARGIN: Final = 0.1
"""Degrees by which an area may stick out: systems end at a border, wards at the low-water mark beyond it."""


@dataclass(frozen=True)
class Country:
    """What EPSG calls the area of use of a coordinate system, as a box in degrees."""

    name: str
    west: float
    south: float
    east: float
    north: float

    def holds(self, shapes: NDArray[np.object_], margin: float = MARGIN) -> NDArray[np.bool_]:
        """For each shape in longitude and latitude whether all of it lies in the country. (A box may span 180°.)"""
        left, low, right, high = shapely.bounds(shapes).T
        west, east = self.west - margin, self.east + margin
        along = (left >= west) & (right <= east) if west <= east else (left >= west) | (right <= east)
        return np.asarray(along & (low >= self.south - margin) & (high <= self.north + margin), dtype=bool)

    def has(self, corners: NDArray[np.float64], margin: float) -> NDArray[np.bool_]:
        """For each point in longitude and latitude whether it lies in the country, or so many degrees from it."""
        lon, lat = corners.T
        west, east = self.west - margin, self.east + margin
        along = (lon >= west) & (lon <= east) if west <= east else (lon >= west) | (lon <= east)
        return np.asarray(along & (lat >= self.south - margin) & (lat <= self.north + margin), dtype=bool)

    def can_be_of(self, shapes: NDArray[np.object_], margin: float = MARGIN) -> bool:
        """Whether most of the shapes lie in it: one astray does not make a file another country's."""
        return bool(np.isfinite(shapely.get_coordinates(shapes)).all() and self.holds(shapes, margin).mean() > 0.5)


def council_system() -> int:
    """The number of the council's own system; the British grid where no application is at work."""
    return settings().crs if has_app_context() else BRITISH_GRID


@lru_cache(maxsize=16)
def country_of(epsg: int) -> Country:
    """The country of a council whose projected system has this number; the whole world where EPSG does not say."""
    use = CRS.from_epsg(epsg).area_of_use
    if use is None:
        return Country("the world", -180, -90, 180, 90)
    return Country(_name(use.name), use.west, use.south, use.east, use.north)


def _name(described: str) -> str:
    """`United States (USA) - Maryland - counties of ...` is Maryland, `Ireland - onshore` is Ireland."""
    country, *regions = re.split(r" - ", described.rstrip("."))
    region = re.split(r" onshore| offshore|[.;:]", regions[0])[0] if regions else ""
    plain = region if re.fullmatch(r"[A-Z][^,\d]{1,40}", region) else re.split(r" \(|[.;:]", country)[0]
    return f"the {plain}" if re.match(r"United|Netherlands|Isle|Czech", plain) else plain
