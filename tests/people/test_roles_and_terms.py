"""A role is held from a day until a day, and what it gave ends the same day."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient

from tests.conftest import BRIDGE, CLLR, MILL, Member, a_note, as_viewer, person_of
from tests.engines import environment_of
from wardbook.cli import main
from wardbook.clock import today
from wardbook.db import db, transaction
from wardbook.errors import Refused
from wardbook.people.actions import Grant, add_person
from wardbook.people.queries import person_by_email, viewer_of
from wardbook.policy import Role
from wardbook.shared import Level

As = Callable[[Member], FlaskClient]


def test_a_term_that_ends_today_gives_nothing_today(as_: As) -> None:
    ref = a_note(level=Level.WARD, by=CLLR).ref
    someone = a_note(level=Level.COUNCIL).ref
    assert as_(CLLR).get(f"/entries/{someone}").status_code == 200
    with transaction():
        for term in person_of(CLLR).terms:
            term.until_on = today()
    assert Role.COUNCILLOR not in as_viewer(CLLR).roles
    assert as_viewer(CLLR).area_ids == frozenset()
    assert as_(CLLR).get(f"/entries/{ref}").status_code == 200, "their own"


def test_a_term_that_begins_tomorrow_gives_nothing_today(app: Flask) -> None:
    with transaction():
        soon = Grant(Role.COUNCILLOR, MILL, from_on=today() + timedelta(days=1))
        person = add_person("soon@example.org", soon)
    assert viewer_of(person).roles == frozenset()


def test_a_person_may_hold_several_roles(app: Flask) -> None:
    with transaction():
        add_person(CLLR.email, Grant(Role.COUNCILLOR, BRIDGE))
        add_person(CLLR.email, Grant(Role.MODERATOR))
    viewer = as_viewer(CLLR)
    assert viewer.roles == {Role.RESIDENT, Role.COUNCILLOR, Role.MODERATOR}
    assert len(viewer.area_ids) == 2


def test_giving_a_role_twice_gives_it_once(app: Flask) -> None:
    with transaction():
        for _ in range(2):
            add_person(CLLR.email, Grant(Role.COUNCILLOR, MILL), name=CLLR.name)
    assert len(person_of(CLLR).terms) == 1


@pytest.mark.parametrize(
    ("grant", "fragment"),
    [
        (Grant(Role.COUNCILLOR), "is for a ward"),
        (Grant(Role.OFFICER, MILL), "is for a ward"),
        (Grant(Role.COUNCILLOR, "E99999999"), "No area of the council has the code"),
        (Grant(Role.MODERATOR, service="Highways"), "Only an officer works in a service"),
        (Grant(Role.OFFICER, from_on=date(2026, 1, 2), until_on=date(2026, 1, 1)), "end before it begins"),
    ],
)
def test_a_role_that_cannot_be_is_refused(app: Flask, grant: Grant, fragment: str) -> None:
    with pytest.raises(Refused, match=fragment), transaction():
        add_person("new@example.org", grant)
    assert person_by_email("new@example.org") is None


def test_adding_somebody_on_the_command_line_prints_a_link_that_signs_in_once(
    app: Flask, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in environment_of(home).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("WARDBOOK_SECRET_KEY", "for tests alone")
    asked = ["people", "add", "new@example.org", "--role", "councillor", "--ward", MILL, "--name", "New Member"]
    ran = CliRunner().invoke(main, asked)
    assert ran.exit_code == 0, ran.output
    link = re.search(r"/sign-in/link/\S+", ran.output)
    assert link
    db.session.rollback()
    browser = app.test_client()
    assert browser.post(link[0]).location == "/desk"
    assert "New Member, your desk" in browser.get("/desk").text
    assert browser.post(link[0]).status_code == 422
