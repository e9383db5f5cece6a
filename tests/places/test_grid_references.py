"""Grid references as the Ordnance Survey writes them."""

from __future__ import annotations

import pytest

from wardbook.geo import british_grid_reference


@pytest.mark.parametrize(
    ("words", "corner"),
    [
        ("TG 51409 13177", (651409, 313177)),
        ("st 750 647", (375000, 164700)),
        ("ST75006470", (375000, 164700)),
        ("SV 00 00", (0, 0)),
        ("HP 6 1", (460000, 1210000)),
        ("NN166712", (216600, 771200)),
        ("SU 3875 1475", (438750, 114750)),
    ],
)
def test_a_grid_reference_names_the_south_west_corner_of_its_square(words: str, corner: tuple[int, int]) -> None:
    assert british_grid_reference(words) == corner


@pytest.mark.parametrize("words", ["ST", "I 12 12", "ST 75 647", "AA 12 12", "ZZ1 4HS", "", "ST 750647 1"])
def test_other_words_are_no_grid_reference(words: str) -> None:
    assert british_grid_reference(words) is None
