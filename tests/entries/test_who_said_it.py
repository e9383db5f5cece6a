"""Who said something: on its page, in its feed and in letters it is the same, and no more than they chose to show."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from tests.conftest import CLLR_NEXT_DOOR, MILL, MODERATOR, NEIGHBOUR, NOBODY, RESIDENT, an_asset, an_issue, an_offer
from tests.follows.test_following import a_follow
from wardbook.db import db, transaction
from wardbook.entries.models import Entry
from wardbook.jobs import do_what_is_due
from wardbook.mail import letters
from wardbook.people.actions import Grant, add_person
from wardbook.policy import Role
from wardbook.shared import Standing


def everywhere(as_, entry: Entry) -> str:
    """All that is said of an entry to everybody: its page, its feeds, the ward's page, and letters."""
    do_what_is_due()
    asked = (
        f"/entries/{entry.ref}",
        f"/entries/{entry.ref}.atom",
        f"/places/ward:{MILL}/entries.atom",
        f"/wards/{MILL}",
    )
    pages = [as_(NOBODY).get(path).text for path in asked]
    return "\n".join([*pages, *(letter.body for letter in letters())])


def test_a_councillor_who_does_not_show_their_name_is_a_resident_like_any(as_):
    a_follow(by=NEIGHBOUR)
    issue = an_issue("My own doorstep", by=CLLR_NEXT_DOOR)
    said = everywhere(as_, issue)
    assert "My own doorstep" in said
    assert CLLR_NEXT_DOOR.name not in said


@pytest.mark.parametrize("told", [an_asset, an_offer])
def test_what_an_author_says_of_their_own_is_not_said_by_the_council(told, as_):
    a_follow(by=NEIGHBOUR)
    entry = told()
    state = {"asset": "out of date", "offer": "taken up"}[entry.kind]
    data = {"answer-state": state, "answer-words": "Nobody here ever answers", "answer-once": "s"}
    answer = as_(RESIDENT).post(f"/entries/{entry.ref}/answer", data=data)
    assert answer.status_code == 302, answer.text
    said = everywhere(as_, entry)
    assert "Nobody here ever answers" in said
    assert "The council: Nobody" not in said
    assert "The council wrote:\n\nNobody" not in said


def test_what_a_moderator_lets_through_is_not_said_by_them(as_):
    with transaction():
        add_person(MODERATOR.email, Grant(Role.OFFICER, None, "Highways"), name=MODERATOR.name)
    a_follow(by=NEIGHBOUR)
    issue = an_issue("Too high", words="Said by a resident.", standing=Standing.PENDING)
    data = {"edition": issue.edition}
    assert as_(MODERATOR).post(f"/entries/{issue.ref}/pass", data=data).status_code == 302
    do_what_is_due()
    letter = next(one for one in letters() if one.to == NEIGHBOUR.email)
    assert "A resident wrote:" in letter.body
    assert MODERATOR.name not in letter.body


def test_a_moderator_publishes_only_what_they_have_read(as_):
    issue = an_issue("Too high", standing=Standing.PENDING)
    read = issue.edition
    data = {"title": "Otherwise", "words": "Not read yet", "edition": str(read), "once": "e"}
    assert as_(RESIDENT).post(f"/entries/{issue.ref}/edit", data=data).status_code == 302
    answer = as_(MODERATOR).post(f"/entries/{issue.ref}/pass", data={"edition": str(read)})
    assert answer.status_code == 422
    assert "Read it again" in answer.text
    assert db.session.scalar(select(Entry.standing)) is Standing.PENDING
