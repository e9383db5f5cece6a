"""A store goes back and forth between its migrations with what it holds, and can be written at each of them."""

from __future__ import annotations

import pytest
from flask_migrate import downgrade, upgrade
from sqlalchemy import delete, inspect, text

from tests.conftest import CLLR, MILL, NOBODY, RESIDENT, an_issue, as_viewer
from tests.engines import ENGINE, SERVER
from tests.follows.test_following import a_follow
from wardbook import store
from wardbook.db import db, intend_to_write, transaction
from wardbook.events import Did, Event, record
from wardbook.mail import Letter, letters, write_letter


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


def in_words() -> set[str]:
    """What the store is made of: tables, indexes and triggers, but for how ids are given."""
    words = db.session.scalars(text("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL"))
    return {"".join(one.replace('"', "").replace(" AUTOINCREMENT", "").split()) for one in words}


@pytest.mark.skipif(bool(SERVER), reason="PostgreSQL gives no id twice anyway")
def test_tables_made_anew_are_and_hold_what_they_did_and_go_on_after_the_last_id_that_was_used(app, home):
    an_issue()
    a_follow(f"ward:{MILL}")
    with transaction():
        write_letter(RESIDENT.email, "sign_in", cause="proof 40", link="", code="")
    step_back_to("0023")
    with transaction():
        db.session.execute(text(
            "INSERT INTO job (does, cause, about, made_at, due_at, tries, done) "
            "SELECT 'send a letter', 'letter 7', '{}', made_at, made_at, 0, 0 FROM letter LIMIT 1"
        ))  # fmt: skip
    made, held = in_words(), ENGINE.everything_in(home)
    step_to("0024")
    with db.engine.connect() as connection:
        assert connection.scalar(text("PRAGMA foreign_keys")) == 1
    assert in_words() - made == {"CREATETABLEsqlite_sequence(name,seq)"} - made
    now_held = ENGINE.everything_in(home)
    for table in held.keys() - {"alembic_version", "sqlite_sequence"}:
        assert now_held[table] == held[table], table
    store.make_ready()
    with transaction():
        db.session.execute(delete(Letter))
        write_letter(RESIDENT.email, "sign_in", cause="another", link="", code="")
    assert [letter.id for letter in letters()] == [8]
    assert dict(db.session.execute(text("SELECT name, seq FROM sqlite_sequence")).all())["proof"] == 40
