"""A store goes back and forth between its migrations with what it holds, and can be written at each of them."""

from __future__ import annotations

from flask_migrate import downgrade
from sqlalchemy import inspect, text

from tests.conftest import NOBODY, an_issue
from wardbook import store
from wardbook.db import db, intend_to_write, transaction
from wardbook.entries.models import Entry


def step_back_to(revision: str) -> None:
    db.session.remove()
    intend_to_write(True)
    try:
        downgrade(revision=revision)
    finally:
        intend_to_write(False)


def tell_as_it_was_then(title: str) -> str:
    """Copy the first entry under a new reference with the columns that the store has at this revision."""
    columns = [column["name"] for column in inspect(db.engine).get_columns("entry")]
    kept = [name for name in columns if name not in ("id", "ref", "title", "once", "source_id")]
    with transaction():
        given = f"INSERT INTO entry (ref, title, {', '.join(kept)}) SELECT 'WB-THEN2', :title, {', '.join(kept)}"
        db.session.execute(text(f"{given} FROM entry ORDER BY id LIMIT 1"), {"title": title})
    return "WB-THEN2"


def test_without_its_spatial_index_a_store_is_written_as_before(app):
    an_issue("Before")
    step_back_to("0001")
    tell_as_it_was_then("Between")
    store.make_ready()
    assert db.session.query(Entry).count() == 2


def test_a_store_that_is_behind_says_so_and_is_brought_up_with_what_it_holds(app, as_):
    ref = an_issue().ref
    step_back_to("0001")
    assert not store.is_ready()
    store.make_ready()
    assert store.is_ready()
    assert as_(NOBODY).get(f"/entries/{ref}").status_code == 200


def test_what_was_told_while_there_was_no_index_is_found_by_it_later(app, as_):
    an_issue("Before")
    step_back_to("0001")
    ref = tell_as_it_was_then("While there was none")
    store.make_ready()
    assert ref in as_(NOBODY).get("/places/postcode:ZZ1%201AA+300m").text
