"""Telling what a check found: as lines that a GIS officer reads, and as one object that a program does."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any, Final

import numpy as np

from wardbook.areas.boundary_files.archives import in_words
from wardbook.areas.boundary_files.checking import Report
from wardbook.areas.boundary_files.country import Country
from wardbook.areas.boundary_files.gaps import Gap
from wardbook.areas.boundary_files.near import Away
from wardbook.areas.boundary_files.overlaps import Overlap
from wardbook.areas.boundary_files.reading import Reading, Repair
from wardbook.areas.boundary_files.systems import system_given

MOST_LINES: Final = 30
"""How many of a kind are told line by line; the object holds them all."""


def lines(title: str, reading: Reading, report: Report) -> Iterator[str]:
    """The report in words, one fact a line: what was read first, what is wrong with it last."""
    yield from about_file(title, reading)
    yield from about_ground(reading, report)
    yield from about_overlaps(report.overlaps)
    yield from capped([_gap(gap) for gap in report.gaps], "gaps")
    yield counts(report)


def counts(report: Report) -> str:
    """`1 overlap and 0 gaps.`"""
    return f"{_count(len(report.overlaps), 'overlap')} and {_count(len(report.gaps), 'gap')}."


def about_file(title: str, reading: Reading) -> Iterator[str]:
    """What the file holds and how it was understood."""
    codes = f"codes from {reading.code_column}" if reading.code_column else "no codes: names will stand for them"
    columns = f"{codes}, names from {reading.name_column}"
    yield f"{_count(len(reading.areas), 'area')} in {reading.crs} ({columns})."
    yield f"{title} has {_count(reading.rows, 'row')}{f' in {reading.layer}' if reading.layer else ''}."
    yield f"Coordinates: {_system(reading)}, {_known_by(reading)}."
    if reading.encoding:
        yield f"Words: read as {reading.encoding}, as the file does not rightly say how they are written."
    yield from about_changes(reading)


def about_changes(reading: Reading) -> Iterator[str]:
    """What was done to the rows: left out, mended, joined."""
    yield from (f"Left out as asked: {each.words}." for each in reading.left_out)
    yield from (f"Flattened: {words}." for words in reading.flattened.words)
    yield from (f"Repaired: row {each.row}, {each.label}: {each.what}." for each in reading.repaired)
    yield from (f"Merged: {code}." for code in reading.merged)


def about_ground(reading: Reading, report: Report) -> Iterator[str]:
    """How large it all is and where, and which names are alike."""
    west, south, east, north = report.extent
    sizes = report.hectares
    small, large = sizes.index(min(sizes)), sizes.index(max(sizes))
    yield f"{report.total_hectares:,.0f} hectares in all, measured in EPSG:{report.epsg}."
    yield f"Smallest: {reading.areas[small].label}, {_hectares(sizes[small])}."
    yield f"Largest: {reading.areas[large].label}, {_hectares(sizes[large])}."
    yield f"Extent: {south:.5f} to {north:.5f} north, {west:.5f} to {east:.5f} east (WGS 84)."
    if all(report.in_country):
        yield f"Every area lies in {report.country.name}."
    yield from about_country(reading, report.country)
    yield from about_wards(report.away)
    if report.tiny:
        are = "is" if len(report.tiny) == 1 else "are"
        few = f"{len(report.tiny):,} of {_count(report.areas, 'area')}"
        yield f"{few} {are} smaller than 1 m²: is the file whole, and read in the right coordinate system?"
        yield from capped([f"Smaller than 1 m²: {label}." for label in report.tiny], "areas smaller than 1 m²")
    yield from capped([f"Alike in name: {in_words(list(labels))}." for labels in report.alike], "names alike")


def about_country(reading: Reading, country: Country) -> Iterator[str]:
    """Which areas do not lie in the council's country: nothing where all do."""
    inside = country.holds(np.array([area.geometry for area in reading.areas], dtype=object)).tolist()
    outside = [area.label for area, is_in in zip(reading.areas, inside, strict=True) if not is_in]
    if outside:
        yield (
            f"{len(outside):,} of {_count(len(inside), 'area')} lie outside {country.name}, where the council's system "
            "does not measure: is this the right file, and WARDBOOK_CRS the right system?"
        )
    if len(outside) < len(inside):
        yield from capped([f"Outside {country.name}: {label}." for label in outside], f"areas outside {country.name}")


def about_wards(away: Away | None) -> Iterator[str]:
    """That the set lies far from the wards that are loaded, and what may have gone wrong: nothing where it does not."""
    if away is None:
        return
    far = f"These areas lie {away.kilometres:,.0f} km from the wards that are loaded"
    if away.turned_round:
        yield f"{far}; with each pair of numbers turned round they would lie there: say --swap-axes if that is right."
    else:
        yield f"{far}: is this the right file, and read in the right coordinate system?"


def about_overlaps(overlaps: Sequence[Overlap]) -> Iterator[str]:
    """Which areas share ground, how much and where."""
    told = [
        f"Overlap: {each.first} and {each.second} share {square_metres(each.square_metres)} near {each.lat:.5f}, "
        f"{each.lon:.5f}."
        for each in overlaps
    ]
    yield from capped(told, "overlaps")


def _gap(gap: Gap) -> str:
    kind = "surrounded by" if gap.enclosed else "a strip between"
    around = in_words(list(gap.between))
    return f"Gap: {square_metres(gap.square_metres)} near {gap.lat:.5f}, {gap.lon:.5f}, {kind} {around}."


def capped(told: Sequence[str], what: str) -> Iterator[str]:
    """The first of many lines, and how many more there are."""
    yield from told[:MOST_LINES]
    if len(told) > MOST_LINES:
        yield f"... and {len(told) - MOST_LINES:,} {what} more: --json lists them all."


def as_object(title: str, reading: Reading, report: Report) -> dict[str, Any]:
    """The whole report. Its keys stay what they are."""
    sizes = report.hectares
    rows = [
        {"row": area.row, "code": area.code, "name": area.name, "hectares": round(size, 4), "in_country": is_in}
        for area, size, is_in in zip(reading.areas, sizes, report.in_country, strict=True)
    ]
    by_size = sorted(range(len(rows)), key=lambda place: sizes[place])
    return {
        "file": title,
        "layer": reading.layer,
        "rows": reading.rows,
        "areas": len(rows),
        "crs": reading.crs,
        "crs_source": reading.crs_source,
        "swapped_axes": reading.swapped,
        "code_column": reading.code_column,
        "name_column": reading.name_column,
        "encoding": reading.encoding,
        "left_out": [asdict(each) for each in reading.left_out],
        "flattened": asdict(reading.flattened),
        "repaired": [_without_shape(repair) for repair in reading.repaired],
        "merged": list(reading.merged),
        "hectares": round(report.total_hectares, 1),
        "measured_in": f"EPSG:{report.epsg}",
        "smallest": rows[by_size[0]],
        "largest": rows[by_size[-1]],
        "extent": dict(zip(("west", "south", "east", "north"), report.extent, strict=True)),
        "country": report.country.name,
        "outside_country": [row["code"] or row["name"] for row in rows if not row["in_country"]],
        "km_from_wards": round(report.away.kilometres, 1) if report.away else None,
        "smaller_than_1_m2": list(report.tiny),
        "names_alike": [list(labels) for labels in report.alike],
        "overlaps": [_without_shape(overlap) for overlap in report.overlaps],
        "gaps": [_without_shape(gap) for gap in report.gaps],
        "each_area": rows,
    }


def _without_shape(fault: Overlap | Gap | Repair) -> dict[str, Any]:
    return {name: value for name, value in vars(fault).items() if name != "shape"}


def _system(reading: Reading) -> str:
    known = system_given(reading.crs)
    turned = ", each pair of numbers turned round" if reading.swapped else ""
    return f"{reading.crs}{f' ({known.title})' if known else ''}{turned}"


def _known_by(reading: Reading) -> str:
    by = {"file": "as the file says", "given": "as --crs says"}
    return by.get(reading.crs_source, f"{reading.crs_source}, as the file says nothing")


def _hectares(size: float) -> str:
    return f"{size:,.1f} ha" if size >= 1 else f"{size:.4f} ha"


def square_metres(size: float) -> str:
    """`242 m²`; of little, tenths."""
    return f"{size:,.0f} m²" if size >= 10 else f"{size:.1f} m²"


def _count(number: int, one: str) -> str:
    return f"{number:,} {one}{'' if number == 1 else 's'}"
