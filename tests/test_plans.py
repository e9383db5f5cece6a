"""Every query that is asked often is answered by an index, on either engine."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from tests.conftest import CAST, MILL, Member, as_viewer, square
from tests.engines import ENGINE
from wardbook.areas import queries as areas
from wardbook.db import now, touches
from wardbook.entries.features import narrow
from wardbook.entries.models import Entry
from wardbook.entries.paging import Key, Order, in_order
from wardbook.entries.queries import published
from wardbook.geo import box_from
from wardbook.places.words import place_from_words
from wardbook.policy import VISITOR

every_member = pytest.mark.parametrize("member", CAST, ids=str)


@every_member
def test_entries_in_a_box_are_found_by_the_spatial_index(app: Flask, member: Member) -> None:
    rows = published(as_viewer(member)).where(touches(Entry, box_from("-2.4,51.3,-2.3,51.4")))
    words = ENGINE.plan(narrow(rows).limit(100))
    assert ENGINE.finds_by_place(words), words


@every_member
def test_entries_in_a_drawn_shape_are_found_by_the_spatial_index(app: Flask, member: Member) -> None:
    rows = published(as_viewer(member)).where(touches(Entry, square(0, 0, 500).buffer(0.001)))
    words = ENGINE.plan(narrow(rows).limit(100))
    assert ENGINE.finds_by_place(words), words


@every_member
def test_entries_in_a_ward_are_found_by_their_rows(app: Flask, member: Member) -> None:
    words = ENGINE.plan(narrow(published(as_viewer(member), place_from_words(f"ward:{MILL}", VISITOR))).limit(100))
    assert "ix_entry_lies_in_area_id_thing_id" in words
    assert not ENGINE.reads_through(words, "entry"), words


KEYED = {
    Order.NEWEST: ("ix_entry_told_at_id", Key(now(), 7)),
    Order.OLDEST: ("ix_entry_told_at_id", Key(now(), 7)),
    Order.SUPPORTED: ("ix_entry_supporters_told_at", Key(now(), 7, 3)),
}


@every_member
@pytest.mark.parametrize("order", KEYED)
def test_a_page_goes_on_from_its_key_by_the_index(app: Flask, member: Member, order: Order) -> None:
    index, key = KEYED[order]
    falling = order is not Order.OLDEST
    words = ENGINE.plan(in_order(published(as_viewer(member)), order, key, falling=falling).limit(25))
    assert ENGINE.finds_in_order(words, index), words


def test_a_postcode_is_found_by_its_key(app: Flask) -> None:
    words = ENGINE.plan(areas.CENTRE.params(compact="ZZ11AA"))
    assert ENGINE.key_of("postcode") in words


@pytest.mark.parametrize("column", ["ref", "once"])
def test_posting_looks_up_what_is_there_by_an_index(app: Flask, column: str) -> None:
    words = ENGINE.plan(select(Entry.id).where(getattr(Entry, column) == "x"))
    assert ENGINE.key_of("entry", column) in words
