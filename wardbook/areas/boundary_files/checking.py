"""Checking boundaries: where areas overlap, where ground between them belongs to none, how large they are and where."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely

from wardbook.areas.boundary_files.country import Country, country_of
from wardbook.areas.boundary_files.gaps import Gap, gaps_in
from wardbook.areas.boundary_files.ground import LEAST_AREA, ground_of, loose_in
from wardbook.areas.boundary_files.names import names_alike
from wardbook.areas.boundary_files.near import Away, away_from_wards
from wardbook.areas.boundary_files.overlaps import Overlap, overlaps_in
from wardbook.areas.boundary_files.reading import Reading


@dataclass(frozen=True)
class Report:
    """What a GIS officer wants to know of a set: the largest faults come first, enclosed gaps before open ones.

    `epsg` is the system in which metres are reckoned. `hectares` and `in_country` say of each area, in the order of the
    reading, how large it is and whether it lies in the council's country; `extent` is west, south, east and north in
    degrees; `alike` holds the labels of areas that are called the same, or nearly, and `tiny` of those smaller than a
    square metre; `away` is how far the set lies from the wards that are loaded, where it does.
    """

    areas: int
    total_hectares: float
    overlaps: tuple[Overlap, ...]
    gaps: tuple[Gap, ...]
    epsg: int
    hectares: tuple[float, ...]
    country: Country
    in_country: tuple[bool, ...]
    extent: tuple[float, float, float, float]
    alike: tuple[tuple[str, ...], ...]
    tiny: tuple[str, ...]
    away: Away | None


def check(reading: Reading, *, epsg: int = 27700) -> Report:
    """The faults of a reading, measured in the projected system `epsg` (metres). Raises Refused if it cannot be.

    GEOS finds in linear time which areas do not meet their neighbours edge to edge; only those are overlaid.
    """
    ground = ground_of(reading, epsg)
    loose = loose_in(ground)
    degrees = np.array([area.geometry for area in reading.areas], dtype=object)
    hectares = shapely.area(ground.shapes) / 10_000
    country = country_of(epsg)
    return Report(
        areas=len(ground.shapes),
        total_hectares=float(hectares.sum()),
        overlaps=overlaps_in(ground, loose),
        gaps=gaps_in(ground, loose),
        epsg=epsg,
        hectares=tuple(hectares.tolist()),
        country=country,
        in_country=tuple(country.holds(degrees).tolist()),
        extent=tuple(shapely.total_bounds(degrees).tolist()),
        alike=names_alike([(area.name, area.label) for area in reading.areas]),
        tiny=tuple(ground.labels[place] for place in np.flatnonzero(shapely.area(ground.shapes) < LEAST_AREA)),
        away=away_from_wards(reading),
    )
