"""Questions about a coordinate system: what the numbers of a file could mean, asked of the person and never guessed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray
from pyproj.aoi import AreaOfInterest
from pyproj.database import query_crs_info
from pyproj.enums import PJType
from pyproj.exceptions import ProjError

from wardbook.areas.boundary_files.country import Country, country_of
from wardbook.areas.boundary_files.systems import FOOT, System, turned, turned_round
from wardbook.geo import WGS84

WEB_MERCATOR: Final = 3857
IRISH: Final = (2157, 29902, 29903)
LEAST_AREA: Final = 1.0
"""Square metres. What is smaller is no site."""
LEAST_USUAL_AREA: Final = 100.0
"""Square metres. Areas of which half are smaller are no set of areas."""
MOST_FEET: Final = 2
"""How many published systems in feet are named: those of several years hardly differ."""


@dataclass(frozen=True)
class Meaning:
    """A way to read the numbers under which the areas lie in the council's country, near this point."""

    system: System
    swapped: bool
    lon: float
    lat: float

    @property
    def option(self) -> str:
        """What to say on the command line."""
        return f"--crs {self.system.name}" + (" --swap-axes" if self.swapped else "")

    @property
    def words(self) -> str:
        """`EPSG:27700 (British National Grid), near latitude 51.54, longitude -0.14`"""
        return f"{self.system.name} ({self._title}), near latitude {self.lat:.2f}, longitude {self.lon:.2f}"

    @property
    def _title(self) -> str:
        if not self.swapped:
            return self.system.title
        return "latitude before longitude" if self.system.epsg == WGS84 else f"{self.system.title}, northing first"


def meanings(shapes: NDArray[np.object_], council: int, besides: System | None) -> list[Meaning]:
    """What the numbers could mean, the likeliest first, other than what was said: empty where nothing fits.

    Degrees are tried as they stand and turned round. Other numbers are tried as the council's own system and as systems
    in feet that EPSG publishes for its country; then as Web Mercator; then as the council's own in feet, and as its
    neighbours. The first of those steps at which anything fits is all that is asked about.
    """
    country = country_of(council)
    for step in _steps(shapes, country, council):
        asked = (each for each in step if each[1] or besides is None or each[0].name != besides.name)
        found = (_meaning(shapes, country, system, swapped) for system, swapped in asked)
        if fits := [meaning for meaning in found if meaning]:
            return fits
    return []


Step = list[tuple[System, bool]]


def _steps(shapes: NDArray[np.object_], country: Country, council: int) -> Iterator[Step]:
    if are_degrees(shapes):
        yield [(System(WGS84, "given"), False)]
        yield [(System(WGS84, "given"), True)]
        return
    yield [(System(council, "given"), False), *((System(epsg, "given"), False) for epsg in _in_feet(shapes, country))]
    yield [(System(WEB_MERCATOR, "given"), False)]
    if System(council, "given").in_metres:
        yield [(System(council, "given", feet=True), False)]
    yield [(System(epsg, "given"), False) for epsg in (*IRISH, *_utm(country)) if epsg != council]
    yield [(System(council, "given"), True)]


def are_degrees(shapes: NDArray[np.object_]) -> bool:
    """Whether the numbers could be longitude and latitude, in either order."""
    bounds = np.abs(shapely.total_bounds(shapes))
    across, up = bounds[[0, 2]].max(), bounds[[1, 3]].max()
    return bool(max(across, up) <= 180 and min(across, up) <= 90)


def _meaning(shapes: NDArray[np.object_], country: Country, system: System, swapped: bool) -> Meaning | None:
    try:
        found = turned(turned_round(shapes) if swapped else shapes, system)
    except ProjError:
        return None
    if not country.can_be_of(found) or not country_of(system.epsg).can_be_of(found, margin=0):
        return None
    if _too_small(shapes, system):
        return None
    west, south, east, north = shapely.total_bounds(found)
    return Meaning(system, swapped, (west + east) / 2, (south + north) / 2)


def _too_small(shapes: NDArray[np.object_], system: System) -> bool:
    """Whether areas would be so small that the numbers are others: degrees or kilometres that were taken for metres."""
    if not system.crs.is_projected:
        return False
    unit = system.crs.axis_info[0].unit_conversion_factor * (FOOT if system.feet else 1)
    least = LEAST_AREA if len(shapes) == 1 else LEAST_USUAL_AREA
    return bool(np.median(shapely.area(shapes)) * unit**2 < least)


def _in_feet(shapes: NDArray[np.object_], country: Country) -> list[int]:
    """The published systems in feet, in the council's country, in whose own part of it the numbers lie."""
    if country.west > country.east or country.east - country.west > 90:
        return []
    about = AreaOfInterest(country.west, country.south, country.east, country.north)
    known = query_crs_info(auth_name="EPSG", pj_types=PJType.PROJECTED_CRS, area_of_interest=about)
    codes = sorted(int(each.code) for each in known if "(ft" in each.name)
    fits = (epsg for epsg in codes if _meaning(shapes, country, System(epsg, "given"), swapped=False))
    return [epsg for epsg, _ in zip(fits, range(MOST_FEET), strict=False)]


def _utm(country: Country) -> list[int]:
    """The zones of Universal Transverse Mercator that cross the country, where there are few."""
    if country.west > country.east or country.east - country.west > 36:
        return []
    hemisphere = 32600 if country.north > 0 else 32700
    zones = range(int((country.west + 180) // 6) + 1, int((country.east + 180) // 6) + 2)
    return [hemisphere + zone for zone in zones if 1 <= zone <= 60 and pyproj.CRS.from_epsg(hemisphere + zone)]
