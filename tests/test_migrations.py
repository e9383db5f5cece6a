"""A store goes back and forth between its migrations with what it holds, and can be written at each of them."""

from __future__ import annotations

from flask_migrate import downgrade, upgrade
from sqlalchemy import inspect, text

from tests.conftest import CLLR, NOBODY, an_issue, as_viewer
from wardbook import store
from wardbook.db import db, intend_to_write, transaction
from wardbook.events import Did, Event, record


def step_back_to(revision: str) -> None:
    db.session.remove()
    intend_to_write(True)
    try:
        downgrade(revision=revision)
    finally:
        intend_to_write(False)


def step_to(revision: str) -> None:
    intend_to_write(True)
    try:
        upgrade(revision=revision)
    finally:
        intend_to_write(False)


def tell_again(ref: str, told: str) -> None:
    """Another entry like one that is there, in the columns that the store has at its migration."""
    with transaction():
        names = [column["name"] for column in inspect(db.engine).get_columns("entry")]
        names = [name for name in names if name not in {"id", "ref", "once"}]
        columns = ", ".join(names)
        again = f"INSERT INTO entry (ref, {columns}) SELECT :ref, {columns} FROM entry WHERE ref = :told"
        db.session.execute(text(again), {"ref": ref, "told": told})


def test_without_its_spatial_index_a_store_is_written_as_before(app):
    told = an_issue("Before").ref
    step_back_to("0001")
    tell_again("WB-22222", told)
    assert db.session.scalar(text("SELECT count(*) FROM entry")) == 2
    db.session.remove()
    store.make_ready()


def test_a_store_that_is_behind_says_so_and_is_brought_up_with_what_it_holds(app, as_):
    ref = an_issue().ref
    step_back_to("0001")
    assert not store.is_ready()
    store.make_ready()
    assert store.is_ready()
    assert as_(NOBODY).get(f"/entries/{ref}").status_code == 200


def test_what_was_told_while_there_was_no_index_is_found_by_it_later(app, as_):
    told = an_issue().ref
    step_back_to("0001")
    tell_again("WB-22222", told)
    store.make_ready()
    assert "WB-22222" in as_(NOBODY).get("/places/postcode:ZZ1%201AA+300m").text


def test_an_appeal_that_bore_a_name_bears_none_any_more(app):
    issue = an_issue(by=CLLR)
    with transaction():
        step = record(as_viewer(CLLR), Did.APPEALED, issue)
        step.signed = "C. Councillor"
    step_back_to("0023")
    store.make_ready()
    assert db.session.query(Event).filter_by(did=Did.APPEALED).one().signed == ""
