"""PostgreSQL behind pgbouncer in transaction mode: each transaction on another connection, the same answers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select, text

from tests.conftest import MILL, OFFICER, _people_the_borough, an_issue, application, as_viewer, spot
from tests.servers import behind_pgbouncer
from tests.test_at_the_same_time import at_once, tells
from wardbook import store
from wardbook.db import db, touches, transaction
from wardbook.entries import queries
from wardbook.entries.models import Entry


@pytest.fixture
def pooled(empty_database: str, tmp_path: Path) -> Iterator[Flask]:
    """The borough, made and opened through pgbouncer, which has two connections for everybody."""
    with behind_pgbouncer(empty_database) as address:
        app = application(tmp_path, database_url=address)
        with app.app_context():
            store.make_ready()
            with transaction():
                _people_the_borough()
            yield app
            db.session.remove()
            db.engine.dispose()


def test_pages_are_read_and_forms_are_sent(pooled):
    with transaction():
        entry = an_issue("Through the pool")
    browser = pooled.test_client()
    for _ in range(6):
        assert "Through the pool" in browser.get(f"/wards/{MILL}").text
        assert browser.get(f"/entries/{entry.ref}").status_code == 200
        assert browser.post("/sign-in", data={"email": "new@example.org"}).status_code in {302, 422}


def test_more_people_than_connections_are_all_served_and_never_twice(pooled):
    refs = at_once(pooled, [tells(f"form {number % 5}", f"new-{number % 3}@example.org") for number in range(15)])
    assert not any(isinstance(ref, Exception) for ref in refs), refs
    assert len(set(refs)) == db.session.scalar(select(func.count()).select_from(Entry)) == 5


def test_the_same_query_is_asked_again_and_again(pooled):
    an_issue()
    for _ in range(12):
        assert db.session.scalar(select(Entry.id).where(touches(Entry, spot(0.4, 0.6).buffer(0.001))))
        assert db.session.scalars(queries.published(as_viewer(OFFICER)).limit(3)).all()
        db.session.rollback()


def test_a_reader_sees_one_moment_throughout_and_a_writer_the_latest(pooled):
    assert db.session.scalar(text("SHOW transaction_isolation")) == "repeatable read"
    with transaction():
        assert db.session.scalar(text("SHOW transaction_isolation")) == "read committed"
