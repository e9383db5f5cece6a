"""What everyone may see close to a ward's edge stands on the pages of both wards; nothing else ever does."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
import shapely
from flask import Flask

from tests.conftest import (
    BRIDGE,
    CAST,
    CLLR,
    CLLR_NEXT_DOOR,
    CORNER,
    MILL,
    NOBODY,
    RESIDENT,
    a_note,
    an_asset,
    an_issue,
    spot,
    square,
)
from wardbook import geo
from wardbook.areas import queries as areas
from wardbook.config import keep_settings, settings
from wardbook.entries import queries
from wardbook.outlook.edges import MOST, at_the_edge
from wardbook.places.words import place_from_words
from wardbook.policy import VISITOR
from wardbook.shared import Level, Standing

TWELVE_OVER = (1.012, 0.5)
"""In Bridge, twelve metres from Mill"""


def the_border(page: str) -> str:
    """What a ward's page says under 'On the border'."""
    found = re.search(r'<h2[^>]*id="edge".*?</ul>', page, re.DOTALL)
    return found[0] if found else ""


def test_what_is_twelve_metres_over_the_border_is_on_both_pages_and_says_so(as_):
    kerb = an_issue("No dropped kerb", at=TWELVE_OVER)
    mill, bridge = (as_(NOBODY).get(f"/wards/{ward}").text for ward in (MILL, BRIDGE))
    assert kerb.ref in the_border(mill)
    assert "12 m over the border, in Bridge" in the_border(mill)
    assert kerb.ref in the_border(bridge)
    assert "12 m from the border with Mill" in the_border(bridge)


@pytest.mark.parametrize(("metres", "is_near"), [(24.8, True), (25.2, False), (400, False)])
def test_it_is_twenty_five_metres(metres, is_near, app: Flask):
    an_issue(at=(1 + metres / 1000, 0.5))
    mill = areas.area(MILL)
    assert bool(at_the_edge(mill)) is is_near


def test_how_many_metres_is_a_setting(app: Flask):
    an_issue(at=(1.040, 0.5))
    mill = areas.area(MILL)
    for metres, count in ((25, 0), (50, 1), (0, 0)):
        keep_settings(app, replace(settings(), edge_metres=float(metres)))
        assert len(at_the_edge(mill)) == count


@pytest.mark.parametrize("member", CAST, ids=str)
@pytest.mark.parametrize("level", [level for level in Level if level is not Level.PUBLIC])
def test_nothing_that_is_not_public_crosses_a_border_whoever_looks(member, level, as_):
    unseen = a_note("Between us", by=CLLR_NEXT_DOOR, shape=spot(*TWELVE_OVER), level=level)
    told = an_issue("For the ward", at=TWELVE_OVER, level=Level.WARD)
    border = the_border(as_(member).get(f"/wards/{MILL}").text)
    assert unseen.ref not in border
    assert told.ref not in border


@pytest.mark.parametrize("standing", [standing for standing in Standing if standing is not Standing.PUBLISHED])
def test_nothing_that_does_not_stand_is_shown_there(standing, as_):
    gone = an_issue("Gone", at=TWELVE_OVER, standing=standing)
    for member in (NOBODY, RESIDENT, CLLR):
        assert gone.ref not in the_border(as_(member).get(f"/wards/{MILL}").text)


def test_counts_lists_feeds_and_briefs_of_a_ward_are_by_its_own_rows(as_):
    over = an_issue("No dropped kerb", at=TWELVE_OVER)
    client = as_(NOBODY)
    for address in (f"/places/ward:{MILL}", f"/places/ward:{MILL}/entries.json", f"/wards/{MILL}.atom",
                    f"/places/ward:{MILL}/brief.json"):  # fmt: skip
        assert over.ref not in client.get(address).text
    assert queries.count(queries.published(VISITOR, place_from_words(f"ward:{MILL}", VISITOR))) == 0


def test_the_nearest_ten_are_shown_nearest_first(app: Flask):
    for metres in range(1, 15):
        an_asset(f"{metres}", at=(1 + metres / 1000, 0.5))
    found = at_the_edge(areas.area(MILL))
    assert [near.entry.title for near in found] == [str(metres) for metres in range(1, MOST + 1)]


def test_spots_stand_before_what_fills_a_ward(app: Flask):
    a_note("All of Bridge", shape=square(1, 0), level=Level.PUBLIC)
    kerb = an_issue("No dropped kerb", at=TWELVE_OVER)
    assert [near.entry.title for near in at_the_edge(areas.area(MILL))] == [kerb.title, "All of Bridge"]


def test_a_line_across_the_border_is_in_both_wards_and_over_neither_border(app: Flask):
    across = a_note("Along the lane", shape=shapely.LineString([spot(0.9, 0.5), spot(1.1, 0.5)]), level=Level.PUBLIC)
    for ward in (MILL, BRIDGE):
        found = at_the_edge(areas.area(ward))
        assert [(near.entry.ref, near.is_inside) for near in found] == [(across.ref, True)]


def test_an_edge_that_is_nobody_else_s_is_no_border(app: Flask):
    """The western edge of Mill is the council's own: nothing lies beyond it."""
    an_issue(at=(0.005, 0.5))
    assert at_the_edge(areas.area(MILL)) == []


def test_the_corner_is_where_the_test_takes_it_to_be():
    moved = geo.reproject(spot(*TWELVE_OVER), geo.WGS84, geo.BRITISH_GRID)
    assert moved.x - CORNER[0] == pytest.approx(1012, abs=0.1)
