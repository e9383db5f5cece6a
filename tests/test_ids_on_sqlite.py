"""SQLite gives no id twice where letters, jobs and links know a row by it; PostgreSQL never does."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import delete, text

from tests.conftest import MILL, RESIDENT, an_issue
from tests.engines import ENGINE, SERVER
from tests.follows.test_following import a_follow
from tests.test_migrations import step_back_to, step_to
from wardbook import store
from wardbook.db import db, transaction
from wardbook.mail import Letter, letters, write_letter

pytestmark = pytest.mark.skipif(bool(SERVER), reason="PostgreSQL gives no id twice anyway")


def in_words() -> set[str]:
    """What the store is made of: tables, indexes and triggers, but for how ids are given."""
    words = db.session.scalars(text("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL"))
    return {"".join(one.replace('"', "").replace(" AUTOINCREMENT", "").split()) for one in words}


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


def test_sqlite_gives_no_id_twice_where_ids_outlive_their_rows(app: Flask) -> None:
    words = dict(db.session.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'table'")).all())
    for table in db.metadata.sorted_tables:
        assert ("AUTOINCREMENT" in words[table.name]) == bool(table.dialect_options["sqlite"]["autoincrement"]), table
