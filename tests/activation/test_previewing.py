"""A set of new wards is loaded ahead of its day, waits, and is previewed."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from tests.activation.acting import AFTERWARDS, codes, follow
from tests.activation.conftest import NORTH, REVIEW, SOUTH, WEST, later_wards
from tests.conftest import (
    BRIDGE,
    CASTLE,
    DOCK,
    MILL,
    NEIGHBOUR,
    NOBODY,
    an_issue,
)
from wardbook.activation.preview import preview
from wardbook.areas import queries as areas
from wardbook.areas.actions import SetDescription, add_boundary_set
from wardbook.db import db, transaction
from wardbook.entries.models import Entry
from wardbook.errors import Refused
from wardbook.policy import VISITOR
from wardbook.shared import Level

# --- loading it ahead of its day ---------------------------------------------------------------------------------


def test_a_set_over_one_without_an_end_waits_and_holds_on_no_day(review, as_):
    assert review.waits
    assert codes(areas.wards(AFTERWARDS)) == {MILL, BRIDGE, CASTLE, DOCK}
    assert "waits" in as_(NOBODY).get(f"/wards/{WEST}").text


def test_what_is_told_lies_in_the_wards_to_come_already(review):
    issue = an_issue(at=(1.5, 0.8))
    lies = {
        row.area_id
        for row in db.session.execute(select(Entry.lies_in.c.area_id).where(Entry.lies_in.c.thing_id == issue.id))
    }
    assert {areas.area(code).id for code in (BRIDGE, NORTH)} == lies


@pytest.mark.parametrize("first", [None, date(2020, 5, 7), date(2019, 5, 2)], ids=str)
def test_a_set_that_begins_no_later_than_the_one_over_the_same_ground_is_refused(app, first):
    with pytest.raises(Refused, match="same ground"), transaction():
        add_boundary_set(SetDescription("Too early", "ward", first), later_wards())


def test_a_second_set_that_waits_for_the_same_place_is_refused(review):
    with pytest.raises(Refused, match="'Wards of the review' waits to take the place"), transaction():
        add_boundary_set(SetDescription("Another", "ward", REVIEW + timedelta(days=365)), later_wards())


# --- what would move ---------------------------------------------------------------------------------------------


def test_the_preview_says_where_each_ward_s_ground_goes(review):
    found = preview(review, VISITOR)
    goes = {move.old.code: {part.new.code: round(part.land, 3) for part in move.passing.parts} for move in found.moves}
    assert goes == {MILL: {WEST: 1.0}, CASTLE: {WEST: 1.0}, BRIDGE: {SOUTH: 0.6, NORTH: 0.4}, DOCK: {NORTH: 1.0}}
    assert {move.old.code: move.goes_to and move.goes_to.code for move in found.moves} == {
        MILL: WEST, CASTLE: WEST, BRIDGE: None, DOCK: NORTH,
    }  # fmt: skip
    assert [move.old.code for move in found.choices] == [BRIDGE]


def test_the_preview_counts_postcodes_entries_and_followers(review):
    an_issue(at=(1.5, 0.3))
    an_issue(at=(1.5, 0.8))
    an_issue(at=(1.5, 0.8), level=Level.COUNCIL)
    follow(NEIGHBOUR, f"ward:{BRIDGE}")
    found = {move.old.code: move for move in preview(review, VISITOR).moves}
    assert found[MILL].passing.parts[0].postcodes == 1.0
    assert found[BRIDGE].passing.parts[0].postcodes is None
    assert (found[BRIDGE].entries, sorted(found[BRIDGE].entries_by_area.values())) == (2, [1, 1])
    assert (found[BRIDGE].followers, found[MILL].followers) == (1, 0)
    assert (found[BRIDGE].councillors, found[MILL].councillors) == (["Bryn Bridge"], ["Carys Mill"])


def test_slivers_of_how_edges_were_drawn_are_nobody_s_successor(app, review):
    found = {move.old.code: move for move in preview(review, VISITOR).moves}
    assert all(part.land >= 0.01 for move in found.values() for part in move.passing.parts)
