"""Coordinates of boundary files: what the file says, what it was told, and whether the numbers agree with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj.exceptions import ProjError

from wardbook.areas.boundary_files.arrivals import Kind
from wardbook.areas.boundary_files.astray import require_none_astray, require_none_far_off
from wardbook.areas.boundary_files.country import country_of
from wardbook.areas.boundary_files.formats import ASSUMED_DEGREES, Table
from wardbook.areas.boundary_files.options import IN_DEGREES, LeftOpen
from wardbook.areas.boundary_files.questions import Meaning, are_degrees, meanings
from wardbook.areas.boundary_files.systems import System, epsg_of, system_given, turned
from wardbook.errors import Refused
from wardbook.geo import WGS84

LONGEST_NAME: Final = 60


@dataclass(frozen=True)
class Claim:
    """What is said of a file's coordinates, in words that open a sentence; None: nothing that can be believed."""

    words: str
    system: System | None


def claim_of(table: Table, given: str | None) -> Claim:
    """The system given, else the one the file states, else degrees for formats whose standard has no other."""
    if given is not None:
        system = system_given(given)
        if system is None:
            raise Refused(f"--crs {given} is not a known coordinate system: give one such as EPSG:27700.", field="crs")
        return Claim(f"{table.title} is to be read as {system.name}", system)
    if table.stated_crs is not None:
        epsg = epsg_of(table.stated_crs)
        if epsg is not None:
            return Claim(f"{table.title} says {System(epsg, 'file').name}", System(epsg, "file"))
        said = table.stated_crs if len(table.stated_crs) <= LONGEST_NAME else "one of its own"
        return Claim(f"{table.title} says its coordinate system is {said}, which is not known here", None)
    if table.kind in ASSUMED_DEGREES:
        source: Final = "assumed for TopoJSON" if table.kind is Kind.TOPOJSON else "assumed for GeoJSON/KML"
        words = f"{table.title} does not say its coordinate system, and {table.kind} is then in degrees"
        return Claim(words, System(WGS84, source))
    lacks = " (it has no .prj that can be read)" if table.kind is Kind.SHAPEFILE else ""
    return Claim(f"{table.title} does not say its coordinate system{lacks}", None)


def placed(
    shapes: NDArray[np.object_], labels: Sequence[str], claim: Claim, council: int
) -> tuple[NDArray[np.object_], System]:
    """The shapes in longitude and latitude and the system that is believed.

    Raises Refused with a question where the numbers belie what is said of them: where they are degrees and the system
    is not (or the other way round), or where the areas would lie outside the country of the council's own system but
    another reading would put them in it. Another country's file is welcome where nothing speaks for a mistake, or where
    a person gave the system. `labels` name the rows, for those of which a corner is astray.
    """
    system = claim.system
    require_none_astray(shapes, labels, system)
    if system is None:
        raise _question(claim, f"its numbers (first: {_first(shapes)}) do not tell which it is", shapes, council)
    if problem := _numbers_belie(shapes, system):
        raise _question(claim, problem, shapes, council)
    found = _turned(shapes, system)
    if found is not None:
        require_none_far_off(shapes, found, labels, country_of(council))
    if found is None or not _finite(found) or _outside_use(found, system):
        where = f"its numbers (first: {_first(shapes)}) lie outside the part of the world where {system.name} is used"
        raise _question(claim, where, shapes, council)
    if not country_of(council).can_be_of(found):
        _refuse_likely_mistake(claim, system, shapes, found, council)
    return found, system


def _refuse_likely_mistake(
    claim: Claim, system: System, shapes: NDArray[np.object_], found: NDArray[np.object_], council: int
) -> None:
    others = meanings(shapes, council, system)
    if others and (system.source != "given" or system.crs.is_geographic):
        raise _question(
            claim, f"its areas would then lie near {_near(found)} (first: {_first(shapes)})", shapes, council
        )


def _numbers_belie(shapes: NDArray[np.object_], system: System) -> str:
    """What is wrong with the numbers for a system, if anything."""
    bounds = np.abs(shapely.total_bounds(shapes))
    first = f"(first: {_first(shapes)})"
    if not system.crs.is_geographic:
        return f"its numbers look like degrees {first}" if are_degrees(shapes) else ""
    if bounds[[0, 2]].max() <= 180 and bounds[[1, 3]].max() <= 90:
        return ""
    if bounds.max() > 1000:
        return f"its numbers look like metres or feet {first}"
    return f"its numbers cannot be longitude and latitude {first}"


def _turned(shapes: NDArray[np.object_], system: System) -> NDArray[np.object_] | None:
    """The shapes in degrees, with corners that are infinite where they have no place; None where that cannot be."""
    try:
        return turned(shapes, system)
    except ProjError:
        return None


def _finite(found: NDArray[np.object_]) -> bool:
    return bool(np.isfinite(shapely.get_coordinates(found)).all())


def _outside_use(found: NDArray[np.object_], system: System) -> bool:
    """Whether all of it lies outside the part of the world that the system is made for."""
    use = system.crs.area_of_use
    if use is None or use.west > use.east:
        return False
    west, south, east, north = shapely.total_bounds(found)
    return bool(west > use.east or east < use.west or south > use.north or north < use.south)


def _question(claim: Claim, problem: str, shapes: NDArray[np.object_], council: int) -> LeftOpen:
    """What is said, what is wrong with it, what the numbers could be, and what to say if that is right."""
    likely = meanings(shapes, council, claim.system)
    country = country_of(council).name
    if likely:
        readings = " or as ".join(meaning.words for meaning in likely)
        options = " or ".join(_option(meaning, claim.system) for meaning in likely)
        right = " if that is right" if len(likely) == 1 else ", whichever is right"
        tail = f"as {readings}, they would lie in {country}"
        option = f"say {options}{right}{_or_as_said(claim, shapes)}"
    elif are_degrees(shapes):
        tail = f"as longitude and latitude they would not lie in {country} either"
        option = "say --crs EPSG:4326 if they are that all the same, or give the right system with --crs"
    else:
        tail = f"no system that is used in {country} fits them"
        option = "give the right one with --crs"
    return LeftOpen(f"{claim.words}, but {problem}; {tail}", option, again=IN_DEGREES, field="crs")


def _option(meaning: Meaning, said: System | None) -> str:
    """What to say: only that the numbers are turned round, where the system is the one that was said."""
    same = said is not None and said.name == meaning.system.name and said.source != "given"
    return "--swap-axes" if same and meaning.swapped else meaning.option


def _or_as_said(claim: Claim, shapes: NDArray[np.object_]) -> str:
    """How to have a file of another country read as it says, where that can be."""
    system = claim.system
    if system is None or system.source != "file" or system.crs.is_geographic or _numbers_belie(shapes, system):
        return ""
    found = _turned(shapes, system)
    as_said = found is not None and _finite(found) and not _outside_use(found, system)
    return f", or --crs {system.name} to have it read as it says" if as_said else ""


def _near(found: NDArray[np.object_]) -> str:
    """The middle of it all, in words."""
    west, south, east, north = shapely.total_bounds(found)
    return f"latitude {(south + north) / 2:.2f}, longitude {(west + east) / 2:.2f}"


def _first(shapes: NDArray[np.object_]) -> str:
    x, y = shapely.get_coordinates(shapes)[0]
    return f"{x:,.0f} {y:,.0f}" if max(abs(x), abs(y)) > 1000 else f"{x:.4f}, {y:.4f}"
