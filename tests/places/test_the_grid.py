"""Points on the British grid are where Ordnance Survey has them; shapes of files are where PROJ has them."""

from __future__ import annotations

import re

import numpy as np
import pytest
from convertbng.cutil import convert_bng, convert_lonlat
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import NOBODY
from wardbook import doctor, geo
from wardbook.errors import Refused
from wardbook.places.words import place_from_words
from wardbook.policy import VISITOR


@pytest.mark.parametrize(
    ("east", "north", "lat", "lon"),
    [
        (91492.146, 11318.804, 49.92226393730, -6.29977752014),  # St Mary's, Scilly
        (170370.718, 11572.405, 49.96006137820, -5.20304609998),  # Lizard
        (250359.811, 62016.569, 50.43885825610, -4.10864563561),  # Plymouth
        (362269.991, 169978.690, 51.42754743020, -2.54407618349),  # Bristol
        (530624.974, 178388.464, 51.48936564950, -0.11992557180),  # London
        (422242.186, 433818.701, 53.80021519630, -1.66379168242),  # Leeds
        (319188.434, 670947.534, 55.92478265510, -3.29479219337),  # Edinburgh
        (421300.525, 1072147.239, 59.53470794490, -1.62516966058),  # Fair Isle
    ],
)
def test_ordnance_survey_s_own_test_points_come_out_to_a_decimetre(east, north, lat, lon):
    """From OS's test data for OSTN15 (OSTN15_TestInput_ETRStoOSGB and its output)."""
    found = geo.to_grid(lon, lat)
    assert np.hypot(found[0] - east, found[1] - north) < 0.1
    back = geo.to_grid(*geo.point_from_grid(east, north).coords[0])
    assert np.hypot(back[0] - east, back[1] - north) < 0.1


@given(st.floats(-5.5, 1.5), st.floats(50.5, 58.5))
def test_a_point_is_where_convertbng_has_it(lon, lat):
    theirs = np.array(convert_bng([lon], [lat])).ravel()
    if np.isnan(theirs).any():
        return
    assert np.hypot(*(np.array(geo.to_grid(lon, lat)) - theirs)) < 0.1
    ours = geo.point_from_grid(*theirs)
    again = np.array(convert_lonlat([theirs[0]], [theirs[1]])).ravel()
    assert np.hypot((ours.x - again[0]) * 70_000, (ours.y - again[1]) * 111_000) < 0.1


def test_beyond_the_cover_of_ostn15_there_is_still_an_answer():
    east, north = geo.to_grid(2.0, 10.0)
    assert np.isfinite([east, north]).all()
    lon, lat = geo.from_grid_each(np.array([375_000.0, -900_000.0]), np.array([164_700.0, -900_000.0]))
    assert np.isfinite(lon).all() and np.isfinite(lat).all()


@pytest.mark.parametrize("numbers", [(float("nan"), 1.0), (float("inf"), 1.0), (99_999_999_999.0, 1.0)])
def test_numbers_that_lie_in_no_grid_are_refused(numbers):
    with pytest.raises(Refused, match="do not lie in the grid"):
        geo.point_from_grid(*numbers)


def test_every_road_to_a_point_on_the_grid_leads_through_ostn15(app, as_):
    east, north = 375_400, 164_600
    lon, lat = (float(each[0]) for each in convert_lonlat([east], [north]))
    circle = place_from_words("grid:ST7540064600+100m", VISITOR).geometry.centroid
    assert (circle.x, circle.y) == pytest.approx((lon, lat), abs=2e-7)
    page = as_(NOBODY).get("/find", query_string={"q": f"{east} {north}"}).text
    said = re.search(r"/places/point:([-0-9.]+),([-0-9.]+)", page)
    assert said is not None
    assert (float(said[1]), float(said[2])) == pytest.approx((lon, lat), abs=6e-7)
    assert as_(NOBODY).get(f"/mapit/point/27700/{east},{north}").json


def test_the_doctor_says_how_well_the_british_grid_is_met():
    words = [finding.words for finding in doctor._grid()]
    assert words[0].startswith("Points on the British grid use OSTN15")
    if doctor.proj_has_ostn15():
        assert "PROJ's grid is installed" in words[1]
    else:
        assert "up to 4 m off" in words[1] and "projsync --file uk_os_OSTN15" in words[1]
