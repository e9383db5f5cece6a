"""Every query that is asked often is answered by an index, on either engine."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Select, select

from tests.conftest import CAST, MILL, Member, as_viewer, square
from wardbook.areas import queries as areas
from wardbook.db import db, now, touches
from wardbook.entries.features import narrow
from wardbook.entries.models import Entry
from wardbook.entries.paging import Key, Order, beyond
from wardbook.entries.queries import published
from wardbook.geo import box_from
from wardbook.places.words import place_from_words
from wardbook.policy import VISITOR


def plan(asked: Select[Any]) -> str:
    """How the engine would answer a query. PostgreSQL is told not to read a table through because it has few rows."""
    compiled: Any = asked.compile(db.engine, compile_kwargs={"render_postcompile": True})
    made = compiled._bind_processors
    given = {name: made[name](value) if name in made else value for name, value in compiled.params.items()}
    connection = db.session.connection()
    if db.engine.dialect.name == "sqlite":
        values: Any = tuple(given[name] for name in compiled.positiontup or ())
        return " ".join(str(row[-1]) for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {compiled}", values))
    for way in ("seqscan", "sort"):
        connection.exec_driver_sql(f"SET LOCAL enable_{way} = off")
    return " ".join(row[0] for row in connection.exec_driver_sql(f"EXPLAIN {compiled}", given))


def by(index: dict[str, str]) -> str:
    return index[db.engine.dialect.name]


SPATIAL = {"sqlite": "VIRTUAL TABLE INDEX", "postgresql": "ix_entry_geometry"}
every_member = pytest.mark.parametrize("member", CAST, ids=str)


@every_member
def test_entries_in_a_box_are_found_by_the_spatial_index(app: Flask, member: Member) -> None:
    rows = published(as_viewer(member)).where(touches(Entry, box_from("-2.4,51.3,-2.3,51.4")))
    words = plan(narrow(rows).limit(100))
    assert by(SPATIAL) in words
    assert "SCAN entry" not in words


@every_member
def test_entries_in_a_drawn_shape_are_found_by_the_spatial_index(app: Flask, member: Member) -> None:
    rows = published(as_viewer(member)).where(touches(Entry, square(0, 0, 500).buffer(0.001)))
    words = plan(narrow(rows).limit(100))
    assert by(SPATIAL) in words
    assert "SCAN entry" not in words


@every_member
def test_entries_in_a_ward_are_found_by_their_rows(app: Flask, member: Member) -> None:
    words = plan(narrow(published(as_viewer(member), place_from_words(f"ward:{MILL}", VISITOR))).limit(100))
    assert "ix_entry_lies_in_area_id_thing_id" in words
    assert "SCAN entry " not in words.replace("SCAN entry_", "")


@every_member
@pytest.mark.parametrize("order", Order)
def test_a_page_goes_on_from_its_key_by_the_index(app: Flask, member: Member, order: Order) -> None:
    falling = order is Order.NEWEST
    rows = published(as_viewer(member)).order_by(None)
    rows = rows.order_by(Entry.told_at.desc(), Entry.id.desc()) if falling else rows.order_by(Entry.told_at, Entry.id)
    words = plan(rows.where(beyond(Key(now(), 7), falling=falling)).limit(25))
    assert "ix_entry_told_at_id" in words
    assert "TEMP B-TREE" not in words


def test_a_postcode_is_found_by_its_key(app: Flask) -> None:
    words = plan(areas.CENTRE.params(compact="ZZ11AA"))
    assert by({"sqlite": "sqlite_autoindex_postcode_1", "postgresql": "pk_postcode"}) in words


@pytest.mark.parametrize("column", ["ref", "once"])
def test_posting_looks_up_what_is_there_by_an_index(app: Flask, column: str) -> None:
    words = plan(select(Entry.id).where(getattr(Entry, column) == "x"))
    assert by({"sqlite": "sqlite_autoindex_entry", "postgresql": f"uq_entry_{column}"}) in words
