"""A place is written one way, and every way of writing it leads there."""

from __future__ import annotations

from datetime import date
from urllib.parse import unquote

import pytest
import shapely
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import BRIDGE, CORNER, MILL, OFFICER, RESIDENT, as_viewer, spot, square
from wardbook import geo
from wardbook.db import transaction
from wardbook.errors import NotFound, Refused
from wardbook.places.actions import keep_shape
from wardbook.places.words import place_from_words
from wardbook.policy import VISITOR


@pytest.mark.parametrize(
    ("words", "spelled", "label", "hectares"),
    [
        (f"ward:{MILL}", f"ward:{MILL}", "Mill", 100),
        (f" WARD: {MILL} ", f"ward:{MILL}", "Mill", 100),
        (f"wards:{MILL},{BRIDGE}", f"wards:{MILL},{BRIDGE}", "Mill and Bridge", 200),
        (f"wards:{MILL},{MILL}", f"wards:{MILL}", "Mill", 100),
        ("postcode:zz11aa", "postcode:ZZ1 1AA+400m", "Within 400 m of ZZ1 1AA", 50.27),
        ("postcode:ZZ1 1AA+100m", "postcode:ZZ1 1AA+100m", "Within 100 m of ZZ1 1AA", 3.14),
        ("grid:ST 755 645+50m", "grid:ST755645+50m", "Within 50 m of ST755645", 0.785),
        (f"ward:{MILL}@2021-01-01", f"ward:{MILL}@2021-01-01", "Mill, as at 1 January 2021", 100),
    ],
)
def test_a_place_has_one_spelling_a_label_and_a_size(
    app: Flask, words: str, spelled: str, label: str, hectares: float
) -> None:
    place = place_from_words(words, VISITOR)
    assert (place.words, place.label) == (spelled, label)
    assert place.hectares == pytest.approx(hectares, rel=0.01)
    assert place_from_words(place.words, VISITOR) == place
    assert unquote(place.path) == place.words


@pytest.mark.parametrize(
    ("words", "fragment"),
    [
        ("somewhere", "is not a place"),
        ("ward:E99999999", "No area of this council has the code E99999999"),
        (f"ward:{MILL}@2019-01-01", "on 1 January 2019"),
        (f"ward:{MILL}@2019-13-01", "is not a date"),
        ("wards:", "at least one ward"),
        ("postcode:ZZ9 9ZZ", "We do not hold the postcode"),
        ("point:1", "is not a longitude and a latitude"),
        ("point:200,10", "Longitude must lie between"),
        ("point:-2.36,51.38+0m", "more than 0"),
        ("point:-2.36,51.38+60000m", "at most 50,000"),
        ("grid:II123456", "is not a grid reference"),
        ("street:-2.36,51.38", "two points or more"),
    ],
)
def test_what_is_no_place_is_refused_with_a_sentence(app: Flask, words: str, fragment: str) -> None:
    with pytest.raises(Refused, match=fragment):
        place_from_words(words, VISITOR)


def test_a_place_made_of_wards_touches_those_wards_alone(app: Flask) -> None:
    place = place_from_words(f"wards:{MILL},{BRIDGE}", VISITOR)
    assert {share.ward.name: round(share.share, 3) for share in place.wards} == {"Mill": 0.5, "Bridge": 0.5}


def test_a_circle_over_an_edge_lies_in_both_wards_by_share(app: Flask) -> None:
    at = spot(1.0, 0.5)
    place = place_from_words(f"point:{at.x},{at.y}+200m", VISITOR)
    assert {share.ward.name: round(share.share, 2) for share in place.wards} == {"Mill": 0.5, "Bridge": 0.5}


def test_a_street_is_a_band_along_its_line(app: Flask) -> None:
    start, end = spot(0.2, 0.5), spot(0.8, 0.5)
    place = place_from_words(f"street:{start.x},{start.y};{end.x},{end.y}+50m", VISITOR)
    assert place.hectares == pytest.approx((600 * 100 + 3.1416 * 50**2) / 10_000, rel=0.01)


def test_a_drawn_shape_is_found_by_its_maker_alone(app: Flask) -> None:
    with transaction():
        kept = keep_shape(as_viewer(OFFICER), square(0.2, 0.2, 500), label="The mill site")
    assert place_from_words(f"shape:{kept.key}", as_viewer(OFFICER)).label == "The mill site"
    for other in (VISITOR, as_viewer(RESIDENT)):
        with pytest.raises(NotFound):
            place_from_words(f"shape:{kept.key}", other)


def test_a_shape_outside_the_council_is_not_kept(app: Flask) -> None:
    with pytest.raises(Refused, match="outside"):
        keep_shape(as_viewer(OFFICER), square(20, 20), label="Elsewhere")


def test_today_is_the_day_of_a_ward_in_force(app: Flask) -> None:
    assert place_from_words(f"ward:{MILL}@2021-01-01", VISITOR).as_at == date(2021, 1, 1)


@given(st.floats(-7, 1), st.floats(50.5, 59), st.integers(1, 50_000))
def test_a_circle_holds_its_centre_and_has_the_area_of_its_radius(lon: float, lat: float, metres: int) -> None:
    at = geo.point(lon, lat)
    disc = geo.circle(at, metres, geo.BRITISH_GRID)
    moved = geo.reproject(disc, geo.WGS84, geo.BRITISH_GRID)
    assert moved.area == pytest.approx(3.14159265 * metres**2, rel=0.001)
    assert shapely.covers(disc, at)


def test_the_corner_of_the_borough_is_where_the_grid_says(app: Flask) -> None:
    moved = geo.reproject(spot(0, 0), geo.WGS84, geo.BRITISH_GRID)
    assert (round(moved.x), round(moved.y)) == CORNER
