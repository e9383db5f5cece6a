"""Who follows a ward that ends is moved or asked, and told once."""

from __future__ import annotations

from urllib.parse import urlsplit

import time_machine
from sqlalchemy import select

from tests.activation.acting import AFTERWARDS, activate, follow, followed, news_of_wards, undo
from tests.activation.conftest import NORTH, SOUTH, WEST
from tests.conftest import (
    BRIDGE,
    CASTLE,
    DOCK,
    MILL,
    NEIGHBOUR,
    NOBODY,
    OFFICER,
    RESIDENT,
    an_issue,
)
from wardbook.db import db, transaction
from wardbook.follows.models import Follow, Rhythm
from wardbook.jobs import do_what_is_due
from wardbook.mail import letters


def test_a_follower_is_moved_or_asked_and_told_once(review):
    follow(RESIDENT, f"ward:{MILL}")
    follow(NEIGHBOUR, f"ward:{BRIDGE}")
    follow(OFFICER, f"wards:{MILL},{CASTLE}")
    activate(review)
    do_what_is_due()
    assert followed() == {
        (RESIDENT.email, f"ward:{WEST}"), (NEIGHBOUR.email, f"ward:{BRIDGE}"), (OFFICER.email, f"ward:{WEST}"),
    }  # fmt: skip
    told = dict(news_of_wards())
    assert set(told) == {RESIDENT.email, NEIGHBOUR.email, OFFICER.email}
    assert "You followed Mill. You follow Mill and Castle now:" in told[RESIDENT.email]
    assert "Bridge, which you follow, is split on" in told[NEIGHBOUR.email]
    assert "Lower Bridge, with 60% of its land" in told[NEIGHBOUR.email]


def test_who_takes_over_the_councillors_is_no_choice_for_followers(review):
    follow(NEIGHBOUR, f"ward:{BRIDGE}")
    activate(review, {BRIDGE: NORTH})
    do_what_is_due()
    assert followed() == {(NEIGHBOUR.email, f"ward:{BRIDGE}")}
    assert "You go on hearing of its ground as it was" in dict(news_of_wards())[NEIGHBOUR.email]


def test_each_address_in_the_letter_stands_on_a_line_of_its_own(review):
    follow(OFFICER, f"wards:{MILL},{DOCK}")
    follow(OFFICER, f"wards:{BRIDGE},{DOCK}")
    activate(review)
    do_what_is_due()
    lines = dict(news_of_wards())[OFFICER.email].splitlines()
    wards = [line.strip() for line in lines if "/wards/" in line]
    assert [line.rpartition("/")[2] for line in wards] == [WEST, NORTH, SOUTH, NORTH]
    assert all(line.startswith("http") for line in wards)
    assert sum("which you follow, is split" in line for line in lines) == 1  # Dock goes whole, so nothing is said of it


def test_the_one_letter_ends_all_of_the_follows_it_speaks_of(review, as_):
    for code in (MILL, BRIDGE):
        follow(RESIDENT, f"ward:{code}")
    activate(review)
    do_what_is_due()
    letter = next(letter for letter in letters() if "wards you follow" in letter.subject)
    assert letter.unsubscribe in letter.body
    as_(NOBODY).post(urlsplit(letter.unsubscribe).path)
    assert followed() == set()


def test_a_person_who_follows_two_wards_gets_one_letter(review):
    for code in (MILL, CASTLE, BRIDGE):
        follow(RESIDENT, f"ward:{code}")
    activate(review)
    do_what_is_due()
    assert followed() == {(RESIDENT.email, f"ward:{WEST}"), (RESIDENT.email, f"ward:{BRIDGE}")}
    assert len(news_of_wards()) == 1


def test_activated_undone_and_activated_again_tells_once(review):
    follow(RESIDENT, f"ward:{MILL}")
    activate(review)
    do_what_is_due()
    undo(review)
    activate(review)
    do_what_is_due()
    assert len(news_of_wards()) == 1


def test_undone_before_the_letters_went_nobody_is_told(review):
    follow(RESIDENT, f"ward:{MILL}")
    activate(review)
    undo(review)
    do_what_is_due()
    assert news_of_wards() == []


def test_a_place_as_it_was_on_a_day_and_a_circle_are_followed_as_before(review):
    for words in (f"ward:{MILL}@2024-01-01", "postcode:ZZ1 1AA+300m"):
        follow(RESIDENT, words)
    before = followed()
    activate(review)
    do_what_is_due()
    assert (followed(), news_of_wards()) == (before, [])


def test_who_follows_a_parted_ward_goes_on_hearing_of_its_ground(review, as_):
    follow(NEIGHBOUR, f"ward:{BRIDGE}")
    activate(review)
    with transaction():
        db.session.query(Follow).update({"rhythm": Rhythm.AT_ONCE})
    with time_machine.travel(f"{AFTERWARDS}T12:00"):
        issue = an_issue(at=(1.5, 0.3))
        as_(OFFICER).post(f"/entries/{issue.ref}/answer", data={"answer-words": "We will look.", "answer-once": "a"})
        do_what_is_due()
    assert NEIGHBOUR.email in {letter.to for letter in letters() if issue.ref in letter.body}


def test_who_follows_a_parted_ward_may_follow_a_part_of_it_instead(review, as_):
    follow(NEIGHBOUR, f"ward:{BRIDGE}")
    activate(review)
    with time_machine.travel(f"{AFTERWARDS}T12:00"):
        client, own = as_(NEIGHBOUR), db.session.scalars(select(Follow)).one().id
        assert "This ward has ended" in client.get("/follows").text
        assert client.post(f"/follows/{own}/instead", data={"code": WEST}).status_code == 422
        assert client.post(f"/follows/{own}/instead", data={"code": NORTH}).status_code == 302
        db.session.rollback()
    assert followed() == {(NEIGHBOUR.email, f"ward:{NORTH}")}
