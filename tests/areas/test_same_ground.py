"""Two own sets of a type over one council must follow each other; over different councils they need not."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import pytest
import shapely

from tests.conftest import square
from wardbook.areas.locator import Called, LocatedSet, SetRow
from wardbook.areas.same_ground import over_the_same_ground


def held(*shapes: shapely.Geometry) -> LocatedSet:
    row = SetRow(1, datetime(2026, 1, 1), None, None, "ward", reference=False)
    return LocatedSet(row, [(Called(n, str(n), True, str(n)), shape) for n, shape in enumerate(shapes)], 27700)


@pytest.mark.parametrize(
    "column,same",
    [
        (1.0, False),  # neighbours
        (0.9999, False),  # neighbours whose edges do not agree to the last centimetre
        (0.99, True),  # a strip of ten metres is in both
        (0.0, True),
    ],
)
def test_a_thousandth_of_the_smaller_set_is_too_much(column, same):
    here = held(square(0, 0), square(0, 1))
    assert over_the_same_ground(here, np.array([square(column, 0), square(column, 1)], dtype=object)) is same


def test_a_council_within_a_country_lies_over_the_same_ground():
    country = held(*(square(column, row) for column in range(40) for row in range(40)))
    assert over_the_same_ground(country, np.array([square(17.5, 17.5)], dtype=object))
