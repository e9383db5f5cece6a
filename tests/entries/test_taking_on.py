"""Residents take something on: what they plan, the help they look for, what is done, and thanks."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conftest import (
    CAST,
    CLLR,
    MILL,
    NEIGHBOUR,
    NOBODY,
    OFFICER,
    RESIDENT,
    Member,
    an_idea,
    an_issue,
    an_offer,
    as_viewer,
    person_of,
)
from wardbook import personal
from wardbook.db import db, now, transaction
from wardbook.entries.erasing import erase
from wardbook.entries.kinds import Lead, State
from wardbook.entries.models import Entry
from wardbook.events import Event
from wardbook.follows.actions import begin
from wardbook.follows.models import Rhythm
from wardbook.follows.things import thing_from_words
from wardbook.jobs import do_what_is_due
from wardbook.mail import letters
from wardbook.shared import Level
from wardbook.together.models import Match


@pytest.fixture
def bank(app: Any) -> Entry:
    return an_issue("Litter on the bank", lead=Lead.RESIDENTS)


def writes(client: Any, entry: Entry, sort: str, words: str = "We rake the bank", **more: str) -> Any:
    return client.post(f"/entries/{entry.ref}/steps", data={"sort": sort, "words": words, **more})


def fresh(entry: Entry) -> Entry:
    db.session.rollback()
    return db.session.get_one(Entry, entry.id)


def a_helper(entry: Entry, who: Member = NEIGHBOUR) -> None:
    """Somebody who offered help and was put in touch."""
    offer = an_offer("A rake", by=who, state=State.TAKEN_UP)
    with transaction():
        db.session.add(Match(offer_id=offer.id, need_id=entry.id, made_at=now(), met_at=now()))


def test_who_leads_says_how_it_goes_and_everybody_reads_it(as_: Any, bank: Entry) -> None:
    with transaction():
        db.session.get_one(Entry, bank.id).enabler = person_of(OFFICER)
    client = as_(RESIDENT)
    assert writes(client, bank, "planned", on_day="2027-05-03").status_code == 302
    assert writes(client, bank, "help wanted", "Somebody with a cart", people="2").status_code == 302
    assert writes(client, bank, "done", "Forty bags are gone").status_code == 302
    for address in (f"/entries/{bank.ref}", f"/wards/{MILL}"):
        page = as_(NOBODY).get(address).text
        assert "Residents are taking this on" in page
        assert "3 May 2027: We rake the bank" in page
        assert "Somebody with a cart (2 people wanted)" in page
        assert "Forty bags are gone" in page
        assert OFFICER.name in page
        assert RESIDENT.name not in page


def test_help_is_looked_for_until_they_need_nobody_more(as_: Any, bank: Entry) -> None:
    writes(as_(RESIDENT), bank, "help wanted", "Somebody with a cart", people="2")
    writes(as_(RESIDENT), bank, "help wanted", "Thank you, we are enough", people="0")
    assert "Help wanted" not in as_(NOBODY).get(f"/wards/{MILL}").text


def test_when_all_is_done_an_issue_is_fixed_by_residents_and_thanks_stand_there(as_: Any, bank: Entry) -> None:
    with transaction():
        db.session.get_one(Entry, bank.id).enabler = person_of(OFFICER)
    writes(as_(RESIDENT), bank, "finished", "The bank is clean")
    assert fresh(bank).state is State.FIXED_BY_RESIDENTS
    assert fresh(bank).closed_at is not None
    assert [one.to for one in letters() if "with which you help them, is done" in one.body] == [OFFICER.email]
    assert as_(CLLR).post(f"/entries/{bank.ref}/thanks", data={"words": "The ducks thank you."}).status_code == 302
    page = as_(NOBODY).get(f"/entries/{bank.ref}").text
    assert "The ducks thank you." in page
    assert f"Councillor {CLLR.name}" in page
    ward = as_(NOBODY).get(f"/wards/{MILL}").text
    assert "Done by residents lately" in ward
    assert "The ducks thank you." in ward


def test_of_an_idea_the_officer_who_helps_is_asked_to_adopt_it(as_: Any, app: Any) -> None:
    idea = an_idea(lead=Lead.TOGETHER)
    with transaction():
        db.session.get_one(Entry, idea.id).enabler = person_of(OFFICER)
    writes(as_(RESIDENT), idea, "finished", "The bench stands")
    assert fresh(idea).state is State.RECEIVED
    assert "say whether it is adopted" in next(one.body for one in letters() if one.to == OFFICER.email)


def test_of_an_idea_with_nobody_to_help_its_service_is_asked(as_: Any, app: Any) -> None:
    idea = an_idea(lead=Lead.RESIDENTS)
    writes(as_(RESIDENT), idea, "finished", "The bench stands")
    asked = next(one.body for one in letters() if one.to == OFFICER.email)
    assert "say whether it is adopted" in asked
    assert "with which you help them" not in asked


def test_the_author_and_followers_read_that_it_is_closed_and_how(as_: Any, bank: Entry) -> None:
    a_helper(bank)
    with transaction():
        begin(as_viewer(CLLR), thing_from_words(f"entry:{bank.ref}", as_viewer(CLLR)), Rhythm.AT_ONCE)
    writes(as_(NEIGHBOUR), bank, "done", "Forty bags are gone")
    writes(as_(NEIGHBOUR), bank, "finished", "All of it is gone")
    do_what_is_due()
    done, finished = (
        {one.to: one.body for one in letters() if words in one.body} for words in ("Forty bags", "All of it")
    )
    assert "It is closed as 'Fixed by residents'." in finished[RESIDENT.email]
    assert "It is closed: it is put right." in finished[CLLR.email]
    assert "closed" not in done[RESIDENT.email] + done[CLLR.email]


@pytest.mark.parametrize("member", CAST, ids=str)
def test_those_who_take_it_on_and_officers_write_and_nobody_else(as_: Any, bank: Entry, member: Member) -> None:
    allowed = member in (RESIDENT, OFFICER)
    assert as_(member).get(f"/entries/{bank.ref}/steps").status_code == (200 if allowed else 403)
    assert writes(as_(member), bank, "done").status_code == (302 if allowed else 403)
    thanks = as_(member).post(f"/entries/{bank.ref}/thanks", data={"words": "Thank you."}).status_code
    assert thanks == (302 if "Councillor" in as_viewer(member).signature or member == OFFICER else 403)


def test_who_offered_help_and_was_put_in_touch_writes_too(as_: Any, bank: Entry) -> None:
    assert writes(as_(NEIGHBOUR), bank, "done").status_code == 403
    a_helper(bank)
    assert writes(as_(NEIGHBOUR), bank, "done", "I took the bags").status_code == 302
    page = as_(NOBODY).get(f"/entries/{bank.ref}").text
    assert "I took the bags" in page
    assert NEIGHBOUR.name not in page


def test_what_the_council_leads_on_has_no_such_steps(as_: Any, app: Any) -> None:
    issue = an_issue()
    assert writes(as_(RESIDENT), issue, "done").status_code == 403
    assert "taking this on" not in as_(NOBODY).get(f"/entries/{issue.ref}").text


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"sort": "planned"}, "Enter the day for which you plan it"),
        ({"sort": "help wanted"}, "Enter how many people you look for"),
        ({"sort": "help wanted", "people": "many"}, "Enter a number from 0 to 500"),
        ({"sort": "done", "words": " "}, "Say it in a few words"),
        ({}, "Choose what you want to say"),
    ],
    ids=str,
)
def test_what_is_missing_is_said(as_: Any, bank: Entry, given: dict[str, str], said: str) -> None:
    answer = as_(RESIDENT).post(f"/entries/{bank.ref}/steps", data={"words": "We rake", **given})
    assert answer.status_code == 422
    assert said in answer.text


def test_pressed_twice_it_is_one_step_and_what_is_closed_has_no_more(as_: Any, bank: Entry) -> None:
    for _ in range(2):
        assert writes(as_(RESIDENT), bank, "finished", once="f").status_code == 302
    assert db.session.query(Event).filter_by(once="f").count() == 1
    answer = writes(as_(RESIDENT), bank, "done")
    assert answer.status_code == 422
    assert "It is closed" in answer.text


def test_followers_and_the_author_are_told(as_: Any, bank: Entry) -> None:
    a_helper(bank)
    with transaction():
        begin(as_viewer(CLLR), thing_from_words(f"entry:{bank.ref}", as_viewer(CLLR)), Rhythm.AT_ONCE)
    writes(as_(NEIGHBOUR), bank, "done", "Forty bags are gone")
    do_what_is_due()
    assert {one.to for one in letters() if "Forty bags are gone" in one.body} == {RESIDENT.email, CLLR.email}
    assert not [one for one in letters() if NEIGHBOUR.name in one.body and one.to == CLLR.email]


def test_it_is_seen_by_those_who_see_the_entry_and_erased_with_it(as_: Any, bank: Entry) -> None:
    writes(as_(RESIDENT), bank, "done", "Forty bags are gone")
    with transaction():
        db.session.get_one(Entry, bank.id).level = Level.COUNCIL
    for member, seen in ((NOBODY, False), (NEIGHBOUR, False), (CLLR, True), (OFFICER, True), (RESIDENT, True)):
        assert ("Forty bags" in as_(member).get(f"/wards/{MILL}").text) is seen, member
    with transaction():
        erase(as_viewer(RESIDENT), fresh(bank), once="gone")
    assert "Forty bags" not in as_(OFFICER).get(f"/wards/{MILL}").text
    assert not [step for step in db.session.query(Event) if "Forty" in step.words]


def test_the_words_of_somebody_forgotten_go_from_what_others_told(as_: Any, bank: Entry) -> None:
    a_helper(bank)
    writes(as_(NEIGHBOUR), bank, "done", "I took the bags")
    assert "I took the bags" in str(personal.all_about(person_of(NEIGHBOUR)))
    with transaction():
        personal.forget(person_of(NEIGHBOUR))
    assert "I took the bags" not in as_(NOBODY).get(f"/entries/{bank.ref}").text
