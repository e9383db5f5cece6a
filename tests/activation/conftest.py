"""A review of the borough: its four wards become three, one is parted, and one councillor's ward goes whole."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
import shapely
from flask import Flask

from tests.conftest import square
from wardbook.areas.actions import SetDescription, add_boundary_set
from wardbook.areas.boundary_files.reading import ReadArea, Reading
from wardbook.areas.models import BoundarySet
from wardbook.db import db, transaction

WEST, SOUTH, NORTH = "T06000001", "T06000002", "T06000003"
REVIEW = date(2030, 5, 2)
LATER = {WEST: ("Mill and Castle", square(0, 0, 1000, 2000)), SOUTH: ("Lower Bridge", square(1, 0, 1000, 600)),
         NORTH: ("Dock and Upper Bridge", square(1, 0.6, 1000, 1400))}  # fmt: skip


def later_wards() -> Reading:
    """Mill and Castle become one, Bridge is parted 60 to 40, and Dock takes its smaller part."""
    areas = tuple(
        ReadArea(row, code, name, (), shapely.MultiPolygon([shape]))
        for row, (code, (name, shape)) in enumerate(LATER.items(), start=1)
    )
    return Reading(areas, (), (), "EPSG:4326", "file", "code", "name", None, len(areas))


@pytest.fixture
def review(app: Flask) -> BoundarySet:
    with transaction():
        return add_boundary_set(SetDescription("Wards of the review", "ward", REVIEW), later_wards())


@pytest.fixture
def rows_of_the_store(app: Flask) -> Callable[[], dict[str, list[tuple[object, ...]]]]:
    """Every row of every table, in order: what a dry run may not change, and undoing brings back."""

    def rows() -> dict[str, list[tuple[object, ...]]]:
        db.session.rollback()
        return {
            table.name: sorted((tuple(map(str, row)) for row in db.session.execute(table.select())), key=str)
            for table in db.metadata.sorted_tables
        }

    return rows
