"""A person holds a role from one day until another, for a ward or in a service; leaving it ends what it gave."""

from __future__ import annotations

import json
from datetime import date

import pytest
import time_machine
from click.testing import CliRunner

from tests.conftest import (
    ADMINISTRATOR,
    BRIDGE,
    CLLR,
    MILL,
    NEIGHBOUR,
    NOBODY,
    OFFICER,
    RESIDENT,
    _borough,
    a_note,
    an_issue,
    as_viewer,
    person_of,
)
from tests.engines import environment_of
from wardbook.areas import queries as areas
from wardbook.areas.actions import SetDescription, add_boundary_set
from wardbook.areas.models import BoundarySet
from wardbook.cli import main
from wardbook.db import db, transaction
from wardbook.doctor import findings
from wardbook.errors import Refused
from wardbook.people.actions import Grant, add_person
from wardbook.people.queries import person_by_email, viewer_of
from wardbook.policy import Role, sees
from wardbook.shared import Level

FIRST, LAST = date(2026, 5, 7), date(2026, 7, 1)


@pytest.mark.parametrize(
    ("moment", "holds"),
    [("2026-05-06 22:59", False), ("2026-05-06 23:00", True), ("2026-06-30 22:59", True), ("2026-06-30 23:01", False)],
)
def test_a_term_runs_from_its_first_day_until_the_day_before_its_last_in_london(moment, holds, app):
    with transaction():
        person = add_person("new@example.org", Grant(Role.COUNCILLOR, MILL, None, FIRST, LAST))
    with time_machine.travel(f"{moment}Z", tick=False):
        assert (Role.COUNCILLOR in viewer_of(person).roles) is holds
        assert bool(viewer_of(person).area_ids) is holds


def test_a_former_councillor_keeps_their_own_notes_and_a_residents_sign_in(as_):
    note = a_note(by=CLLR, level=Level.PRIVATE)
    with transaction():
        person_of(CLLR).terms[0].until_on = date(2021, 1, 1)
    assert as_(CLLR).get(f"/entries/{note.ref}").status_code == 200
    assert as_viewer(CLLR).roles == {Role.RESIDENT}


def test_a_person_may_hold_several_roles_and_several_wards(app):
    with transaction():
        person = add_person("new@example.org", Grant(Role.COUNCILLOR, MILL))
        add_person("new@example.org", Grant(Role.COUNCILLOR, BRIDGE))
        add_person("new@example.org", Grant(Role.OFFICER, None, "Parks"))
    viewer = viewer_of(person)
    assert viewer.roles == {Role.COUNCILLOR, Role.OFFICER}
    assert len(viewer.area_ids) == 2


@pytest.mark.parametrize(
    ("member", "roles", "signed"),
    [
        (NOBODY, set(), ""),
        (RESIDENT, {Role.RESIDENT}, ""),
        (NEIGHBOUR, {Role.RESIDENT}, ""),
        (CLLR, {Role.RESIDENT, Role.COUNCILLOR}, "Councillor Carys Mill"),
        (OFFICER, {Role.RESIDENT, Role.OFFICER}, "Owen Officer, Highways"),
        (ADMINISTRATOR, {Role.RESIDENT, Role.ADMINISTRATOR}, ""),
    ],
)
def test_each_of_the_cast_is_who_they_are(member, roles, signed, app):
    viewer = as_viewer(member)
    assert (viewer.roles, viewer.signature) == (roles, signed)


def test_a_term_for_a_ward_that_is_redrawn_ends_with_its_code(app):
    with transaction():
        old = db.session.query(BoundarySet).one()
        old.until_on = areas.today()
    assert as_viewer(CLLR).area_ids == frozenset()


def test_a_new_set_with_the_same_code_keeps_the_councillors_ward(app):
    note = an_issue(level=Level.WARD)
    with transaction():
        db.session.query(BoundarySet).one().until_on = areas.today()
    with transaction():
        add_boundary_set(SetDescription("New wards", "ward", areas.today()), _borough())
    viewer = as_viewer(CLLR)
    assert len(viewer.area_ids) == 1
    assert sees(viewer, note)


# --- given on the command line -----------------------------------------------------------------------------------


def run(home, *words: str):
    return CliRunner(
        env=environment_of(home) | {"WARDBOOK_BASE_URL": "http://localhost", "WARDBOOK_SECRET_KEY": "for tests alone"}
    ).invoke(main, list(words))


@pytest.mark.parametrize(
    "words",
    [
        ("new@example.org", "--role", "councillor"),
        ("new@example.org", "--role", "mayor"),
        ("nonsense", "--role", "officer"),
        ("new@example.org", "--role", "officer", "--from", "soon"),
        ("new@example.org", "--role", "officer", "--from", "2026-05-07", "--until", "2026-05-07"),
        ("new@example.org", "--role", "councillor", "--ward", "T05999999"),
        ("new@example.org", "--role", "councillor", "--ward", MILL, "--from", "2001-05-03", "--until", "2005-05-05"),
    ],
)
def test_what_cannot_be_given_is_refused_in_one_sentence(words, home, app):
    said = run(home, "people", "add", *words)
    assert (said.exit_code, said.stdout, len(said.stderr.strip().splitlines())) == (2, "", 1)
    assert person_by_email("new@example.org") is None


def test_who_holds_a_role_is_listed(home):
    people = json.loads(run(home, "people", "list", "--json").stdout)["people"]
    assert {(one["email"], one["role"]) for one in people} >= {(CLLR.email, "councillor"), (OFFICER.email, "officer")}
    assert RESIDENT.email not in {one["email"] for one in people}
    assert f"{CLLR.email}: councillor for {MILL}" in run(home, "people", "list").stdout


def test_a_councillor_is_for_an_area_for_which_somebody_is_elected(app):
    with transaction():
        db.session.query(BoundarySet).one().type = "polling-district"
    with pytest.raises(Refused, match="is a polling district"):
        add_person("new@example.org", Grant(Role.COUNCILLOR, MILL))


def test_a_ward_that_ended_has_no_new_councillor_but_may_have_had_one(app):
    with transaction():
        db.session.query(BoundarySet).one().until_on = areas.today()
    with pytest.raises(Refused, match="is not there on any of these days"):
        add_person("new@example.org", Grant(Role.COUNCILLOR, MILL))
    with transaction():
        add_person("new@example.org", Grant(Role.COUNCILLOR, MILL, from_on=date(2021, 5, 6), until_on=date(2023, 5, 4)))


def test_a_term_is_ended_by_giving_it_again_with_its_last_day(home):
    words = ("new@example.org", "--role", "councillor", "--ward", MILL, "--from", "2026-05-07")
    run(home, "people", "add", *words)
    assert run(home, "people", "add", *words, "--until", "2026-07-01").exit_code == 0
    terms = [
        row for row in json.loads(run(home, "people", "list", "--json").stdout)["people"] if row["email"] == words[0]
    ]
    assert [(term["from"], term["until"]) for term in terms] == [("2026-05-07", "2026-07-01")]


def test_doctor_names_councillors_of_a_ward_that_ended(app):
    assert not any("represent nobody" in finding.words for finding in findings())
    with transaction():
        db.session.query(BoundarySet).one().until_on = areas.today()
    (told,) = (finding.words for finding in findings() if "represent nobody" in finding.words)
    assert f"({MILL})" in told
