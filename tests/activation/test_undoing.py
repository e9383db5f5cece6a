"""An activation is put back whole, while nothing later rests on it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from tests.activation.acting import a_set, activate, follow, followed, undo
from tests.activation.conftest import NORTH, REVIEW, WEST, later_wards
from tests.conftest import (
    BRIDGE,
    CASTLE,
    CLLR,
    MILL,
    NEIGHBOUR,
    OFFICER,
    RESIDENT,
    an_issue,
    as_viewer,
    person_of,
    square,
)
from wardbook.areas import queries as areas
from wardbook.areas.actions import SetDescription, add_boundary_set
from wardbook.db import db, transaction
from wardbook.errors import Refused
from wardbook.follows.actions import begin, end
from wardbook.follows.models import Follow, Rhythm
from wardbook.follows.things import thing_from_words
from wardbook.people.actions import Grant, add_person
from wardbook.people.models import Term
from wardbook.policy import Role


def test_undoing_brings_back_every_row_and_writes_a_step(review, rows_of_the_store):
    an_issue(at=(1.5, 0.8))
    for member, code in ((RESIDENT, MILL), (NEIGHBOUR, BRIDGE), (OFFICER, CASTLE)):
        follow(member, f"ward:{code}")
    before = rows_of_the_store()
    activate(review)
    assert rows_of_the_store() != before
    undo(review)
    after = rows_of_the_store()
    grown = {"event", "activation", "job"}
    assert {name: rows for name, rows in after.items() if name not in grown} == {
        name: rows for name, rows in before.items() if name not in grown
    }
    assert len(after["event"]) == len(before["event"]) + 2
    assert set(before["event"]) < set(after["event"])


@pytest.mark.parametrize("rests", ["follow", "term", "brief"])
def test_it_is_not_undone_once_something_rests_on_it(review, as_, rests):
    activate(review)
    if rests == "follow":
        follow(RESIDENT, f"ward:{NORTH}")
    elif rests == "term":
        with transaction():
            add_person("new@example.org", Grant(Role.COUNCILLOR, NORTH, from_on=REVIEW))
    else:
        as_(OFFICER).post(f"/places/ward:{NORTH}/brief/freeze?for=council", data={"purpose": "The plan", "once": "a"})
    with pytest.raises(Refused, match="because of what rests on it since"):
        undo(review)


def test_a_term_that_was_given_beforehand_is_no_reason_not_to_undo(review):
    with transaction():
        add_person("new@example.org", Grant(Role.COUNCILLOR, NORTH, from_on=REVIEW))
    activate(review)
    undo(review)
    assert areas.boundary_set(review.id).waits


def test_it_is_not_undone_while_a_later_one_changed_the_same_set(app):
    between = a_set("Between", {"B1": square(0, 0, 2000, 2000)}, REVIEW, date(2034, 5, 4))
    later = a_set("Later", {"L1": square(0, 0, 2000, 2000)}, date(2034, 5, 4))
    activate(later)
    activate(between)
    with pytest.raises(Refused, match="the activation of 'Between'"):
        undo(later)
    undo(between)
    undo(later)
    assert areas.boundary_set_named("Wards of Testham").until_on is None


def test_whoever_followed_the_old_ward_anew_keeps_that_follow(review):
    follow(RESIDENT, f"ward:{MILL}")
    activate(review)
    follow(RESIDENT, f"ward:{MILL}")
    undo(review)
    assert followed() == {(RESIDENT.email, f"ward:{MILL}")}


def test_whoever_stopped_hears_of_neither_when_it_is_undone(review):
    for code in (MILL, WEST):
        follow(RESIDENT, f"ward:{code}")
    activate(review)
    assert followed() == {(RESIDENT.email, f"ward:{WEST}")}
    with transaction():
        end(*db.session.scalars(select(Follow)))
    undo(review)
    assert followed() == set()


def test_a_follow_that_was_ended_and_is_taken_up_again_comes_as_often_as_the_one_that_moves(review):
    with transaction():
        begin(as_viewer(RESIDENT), thing_from_words(f"ward:{WEST}", as_viewer(RESIDENT)), Rhythm.AT_ONCE)
        end(*db.session.scalars(select(Follow)))
    follow(RESIDENT, f"ward:{MILL}")
    activate(review)
    assert [row.rhythm for row in db.session.scalars(select(Follow).where(Follow.ended_at.is_(None)))] == [
        Rhythm.WEEKLY
    ]
    undo(review)
    row = db.session.scalar(select(Follow).where(Follow.place == f"ward:{WEST}"))
    assert (row.rhythm, row.ended_at is None) == (Rhythm.AT_ONCE, False)


def test_a_term_that_was_ended_since_stays_ended(review):
    activate(review)
    with transaction():
        moved = db.session.scalar(select(Term).where(Term.ward_code == WEST))
        moved.until_on = REVIEW + timedelta(days=30)
    undo(review)
    term = db.session.scalar(select(Term).where(Term.person_id == person_of(CLLR).id, Term.ward_code == MILL))
    assert term.until_on == REVIEW + timedelta(days=30)


def test_a_set_is_not_undone_under_another_that_took_its_place(review, app):
    activate(review)
    with transaction():
        later = add_boundary_set(SetDescription("Later still", "ward", date(2034, 5, 4)), later_wards())
    activate(later)
    with pytest.raises(Refused, match="the activation of 'Later still'"):
        undo(review)
    undo(later)
    undo(review)
