"""Somebody offers help near something: both are told, and put in touch when both say so."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from tests.conftest import (
    CAST,
    CLLR,
    IN_BRIDGE,
    MODERATOR,
    NEIGHBOUR,
    NOBODY,
    OFFICER,
    RESIDENT,
    Member,
    an_asset,
    an_idea,
    an_issue,
    an_offer,
    as_viewer,
    person_of,
)
from wardbook import personal
from wardbook.db import db, now, transaction
from wardbook.entries import erasing
from wardbook.entries.kinds import Channel, State
from wardbook.entries.models import Entry
from wardbook.events import Did, Event
from wardbook.jobs import ask_for_what_recurs, do_what_is_due
from wardbook.mail import Letter
from wardbook.shared import Level, Standing
from wardbook.together.models import Match


def letters_to(member: Member, about: str = "nearby") -> list[Letter]:
    rows = db.session.query(Letter).filter_by(to=member.email).order_by(Letter.id)
    return [letter for letter in rows if about in letter.subject]


def link_in(letter: Letter) -> str:
    return re.search(r"http://localhost(/together/\S+)", letter.body)[1]


def told(made: Any, *args: Any, **kwargs: Any) -> Entry:
    """Something told, and what its publishing asks for done."""
    entry = made(*args, **kwargs)
    do_what_is_due()
    return entry


@pytest.fixture
def hedge(app: Any) -> Entry:
    return told(an_issue, "The hedge hides the crossing")


@pytest.fixture
def shears(hedge: Entry) -> Entry:
    return told(an_offer, "Shears, and a free Saturday", by=NEIGHBOUR)


def say(client: Any, letter: Letter, answer: str) -> Any:
    return client.post(link_in(letter), data={"answer": answer})


def fresh(entry: Entry) -> Entry:
    db.session.rollback()
    return db.session.get_one(Entry, entry.id)


def test_both_are_told_and_neither_learns_who_the_other_is(as_: Any, hedge: Entry, shears: Entry) -> None:
    (asker,), (offerer,) = letters_to(RESIDENT), letters_to(NEIGHBOUR)
    assert asker.subject == "Somebody nearby offers help: Shears, and a free Saturday"
    assert offerer.subject == "Your offer could help nearby: The hedge hides the crossing"
    for letter, entry in ((asker, shears), (offerer, hedge)):
        assert entry.words[:200] in letter.body and f"http://localhost/entries/{entry.ref}" in letter.body
    for letter, other in ((asker, NEIGHBOUR), (offerer, RESIDENT)):
        page = as_(NOBODY).get(link_in(letter)).text
        for told_them in (letter.body, letter.html, page):
            assert other.email not in told_them
            assert other.name not in told_them
    assert "we give them your name" in as_(NOBODY).get(link_in(asker)).text


def test_when_both_say_yes_each_has_the_other_s_name_and_address(as_: Any, hedge: Entry, shears: Entry) -> None:
    (asker,), (offerer,) = letters_to(RESIDENT), letters_to(NEIGHBOUR)
    client = as_(NOBODY)
    say(client, offerer, "yes")
    assert RESIDENT.email not in client.get(link_in(offerer)).text
    assert fresh(shears).state is State.OPEN
    say(client, asker, "yes")
    assert NEIGHBOUR.email in client.get(link_in(asker)).text
    assert RESIDENT.email in client.get(link_in(offerer)).text
    for member, other in ((RESIDENT, NEIGHBOUR), (NEIGHBOUR, RESIDENT)):
        (letter,) = letters_to(member, "You are in touch")
        assert other.email in letter.body
        assert other.name in letter.body
    assert fresh(shears).state is State.TAKEN_UP
    page = client.get(f"/entries/{hedge.ref}").text
    assert "Somebody who offered help is in touch" in page
    assert NEIGHBOUR.name not in page
    assert RESIDENT.name not in page


def test_whoever_gave_no_name_has_none_in_the_letter(as_: Any, hedge: Entry, shears: Entry) -> None:
    with transaction():
        person_of(NEIGHBOUR).name = ""
    for letter in (*letters_to(RESIDENT), *letters_to(NEIGHBOUR)):
        say(as_(NOBODY), letter, "yes")
    (letter,) = letters_to(RESIDENT, "You are in touch")
    assert f"write to:\n\n{NEIGHBOUR.email}" in letter.body
    assert "No name given" not in letter.body + (letter.html or "")


def test_pressed_twice_it_is_one_meeting(as_: Any, hedge: Entry, shears: Entry) -> None:
    (asker,), (offerer,) = letters_to(RESIDENT), letters_to(NEIGHBOUR)
    for letter in (asker, asker, offerer, offerer):
        assert say(as_(NOBODY), letter, "yes").status_code == 302
    assert len(letters_to(RESIDENT, "You are in touch")) == 1
    assert db.session.query(Event).filter_by(did=Did.MET).count() == 1


def test_to_look_at_a_link_says_nothing(as_: Any, hedge: Entry, shears: Entry) -> None:
    as_(NOBODY).get(link_in(letters_to(RESIDENT)[0]))
    assert db.session.query(Match).one().asker_said is None


def test_no_ends_it_and_the_other_hears_nothing(as_: Any, hedge: Entry, shears: Entry) -> None:
    (asker,), (offerer,) = letters_to(RESIDENT), letters_to(NEIGHBOUR)
    before = db.session.query(Letter).count()
    say(as_(NOBODY), asker, "no")
    assert db.session.query(Letter).count() == before
    assert "It has ended" in as_(NOBODY).get(link_in(offerer)).text
    answer = say(as_(NOBODY), offerer, "yes")
    assert answer.status_code == 422
    assert "It has ended" in answer.text


def test_either_may_end_it_later_and_the_offer_stands_again(as_: Any, hedge: Entry, shears: Entry) -> None:
    (asker,), (offerer,) = letters_to(RESIDENT), letters_to(NEIGHBOUR)
    for letter, answer in ((asker, "yes"), (offerer, "yes"), (offerer, "end"), (offerer, "end")):
        say(as_(NOBODY), letter, answer)
    assert fresh(shears).state is State.OPEN
    assert len(letters_to(RESIDENT, "It is ended")) == 1
    assert NEIGHBOUR.email not in as_(NOBODY).get(link_in(asker)).text


def test_one_match_for_a_pair_and_one_letter_a_day(app: Any, hedge: Entry, shears: Entry) -> None:
    second = told(an_offer, "A ladder", by=CLLR)
    assert db.session.query(Match).count() == 2
    assert len(letters_to(RESIDENT)) == 1
    assert len(letters_to(CLLR)) == 1
    with time_machine.travel(now() + timedelta(hours=25), tick=True):
        ask_for_what_recurs()
        do_what_is_due()
    assert [letter.subject for letter in letters_to(RESIDENT)][1:] == [f"Somebody nearby offers help: {second.title}"]
    assert len(letters_to(CLLR)) == 1


def test_who_wants_no_such_letters_gets_none(as_: Any, hedge: Entry, shears: Entry) -> None:
    (letter,) = letters_to(RESIDENT)
    path = letter.unsubscribe.removeprefix("http://localhost")
    assert "Stop these emails?" in as_(NOBODY).get(path).text
    assert as_(NOBODY).post(path, data={"List-Unsubscribe": "One-Click"}).status_code == 200
    assert as_(NOBODY).post(path).status_code == 200
    with time_machine.travel(now() + timedelta(days=2), tick=True):
        told(an_offer, "A ladder", by=CLLR)
    assert len(letters_to(RESIDENT)) == 1
    assert len(letters_to(CLLR)) == 1


def test_these_letters_begin_again_in_one_press(as_: Any, hedge: Entry, shears: Entry) -> None:
    page = as_(RESIDENT).get("/together").text
    assert "No more emails about these" in page
    path = re.search(r'action="(/together/stop/[^"]+)"', page)[1]
    assert "Write to me about these again" in as_(NOBODY).post(path, data={"letters": "off"}).text
    stopped = as_(RESIDENT).get("/together").text
    assert "You asked us not to write to you about these." in stopped
    assert "We write to you when" not in stopped
    assert "We write to you again" in as_(NOBODY).post(path, data={"letters": "on"}).text
    with time_machine.travel(now() + timedelta(days=2), tick=True):
        told(an_offer, "A ladder", by=CLLR)
    assert len(letters_to(RESIDENT)) == 2
    assert 'href="/together"' in as_(RESIDENT).get("/follows").text


def test_who_wants_no_letters_about_what_they_told_has_none_of_these_about_it(as_: Any, hedge: Entry) -> None:
    as_(RESIDENT).post(f"/entries/{hedge.ref}/letters", data={"letters": "off"})
    told(an_offer, "A ladder", by=CLLR)
    assert letters_to(RESIDENT) == []
    assert len(letters_to(CLLR, "Your offer could help")) == 1
    as_(RESIDENT).post(f"/entries/{hedge.ref}/letters", data={"letters": "on"})
    with time_machine.travel(now() + timedelta(hours=2), tick=True):
        ask_for_what_recurs()
        do_what_is_due()
    assert len(letters_to(RESIDENT)) == 1


FAR = {"at": IN_BRIDGE}


@pytest.mark.parametrize(
    "offered",
    [
        FAR, {"by": RESIDENT}, {"level": Level.WARD}, {"level": Level.COUNCIL}, {"by": None},
        {"standing": Standing.PENDING}, {"standing": Standing.HIDDEN}, {"state": State.TAKEN_UP},
        {"channel": Channel.IMPORT},
    ],
    ids=str,
)  # fmt: skip
def test_nobody_is_told_of_what_is_far_their_own_or_not_for_them(app: Any, hedge: Entry, offered: Any) -> None:
    told(an_offer, "Shears", **{"by": NEIGHBOUR, **offered})
    assert db.session.query(Match).count() == 0
    assert not letters_to(RESIDENT)


def test_what_is_for_few_is_matched_to_what_these_few_see(app: Any) -> None:
    told(an_issue, "For the council", level=Level.COUNCIL, by=OFFICER)
    told(an_offer, "Shears", by=CLLR)
    told(an_offer, "A ladder", by=NEIGHBOUR)
    assert [letters_to(member) != [] for member in (OFFICER, CLLR, NEIGHBOUR)] == [True, True, False]


def test_an_idea_is_matched_and_what_nobody_leads_on_is_not(app: Any) -> None:
    told(an_asset)
    told(an_idea)
    told(an_offer, by=NEIGHBOUR)
    assert db.session.query(Match).one().need.title == "A bench half way up"


@pytest.mark.parametrize("standing", [Standing.WITHDRAWN, Standing.HIDDEN])
def test_what_is_gone_ends_it_silently(as_: Any, hedge: Entry, shears: Entry, standing: Standing) -> None:
    (asker,), (offerer,) = letters_to(RESIDENT), letters_to(NEIGHBOUR)
    before = db.session.query(Letter).count()
    with transaction():
        db.session.get_one(Entry, hedge.id).standing = standing
    assert as_(NOBODY).get(link_in(offerer)).status_code == 404
    assert "The hedge" not in as_(NEIGHBOUR).get("/together").text
    assert say(as_(NOBODY), asker, "yes").status_code == 422
    assert db.session.query(Letter).count() == before


def test_erased_it_leaves_no_match_and_no_word_in_any_letter(as_: Any, hedge: Entry, shears: Entry) -> None:
    (offerer,) = letters_to(NEIGHBOUR)
    link = link_in(offerer)
    with transaction():
        erasing.erase(as_viewer(RESIDENT), fresh(hedge), once="gone")
    assert db.session.query(Match).count() == 0
    assert as_(NOBODY).get(link).status_code == 404
    assert not [letter for letter in db.session.query(Letter) if "hedge" in letter.body]


def test_the_enabling_officer_hears_of_it(as_: Any, hedge: Entry, shears: Entry) -> None:
    with transaction():
        db.session.get_one(Entry, hedge.id).enabler = person_of(OFFICER)
    for letter in (*letters_to(RESIDENT), *letters_to(NEIGHBOUR)):
        say(as_(NOBODY), letter, "yes")
    (letter,) = letters_to(OFFICER, "Help is on its way")
    assert NEIGHBOUR.email not in letter.body
    assert RESIDENT.email not in letter.body


@pytest.mark.parametrize("member", CAST, ids=str)
def test_only_the_two_find_it_on_the_pages(as_: Any, hedge: Entry, shears: Entry, member: Member) -> None:
    client = as_(member)
    assert ("Somebody nearby offers help" in client.get(f"/entries/{hedge.ref}").text) is (member == RESIDENT)
    assert ("What your offer could help with" in client.get(f"/entries/{shears.ref}").text) is (member == NEIGHBOUR)
    page = client.get("/together").text
    assert ("Shears, and a free Saturday" in page) is (member in (RESIDENT, NEIGHBOUR))


def test_a_guessed_link_is_nobody_s(as_: Any, hedge: Entry, shears: Entry) -> None:
    link = link_in(letters_to(RESIDENT)[0])
    assert as_(NOBODY).get(link[:-2] + "xx").status_code == 404


def test_a_person_s_copy_has_it_and_forgetting_them_takes_it_away(app: Any, hedge: Entry, shears: Entry) -> None:
    copied = personal.all_about(person_of(RESIDENT))["offers of help"]
    assert [one["what lay near"] for one in copied] == [shears.ref]
    assert NEIGHBOUR.email not in str(copied)
    with transaction():
        personal.forget(person_of(RESIDENT))
    assert db.session.query(Match).count() == 0


def put_in_touch(as_: Any) -> None:
    for letter in (*letters_to(RESIDENT), *letters_to(NEIGHBOUR)):
        say(as_(NOBODY), letter, "yes")


def withdraw(client: Any, entry: Entry) -> None:
    assert client.post(f"/entries/{entry.ref}/withdraw", data={"reason": "The hedge is cut."}).status_code == 302


def hide(client: Any, entry: Entry) -> None:
    assert client.post(f"/entries/{entry.ref}/hide", data={"hide-reason": "It names somebody."}).status_code == 302


def erase(client: Any, entry: Entry) -> None:
    assert client.post(f"/entries/{entry.ref}/erase").status_code == 302


def leave_without_me(client: Any, entry: Entry) -> None:
    with client.session_transaction() as session:
        session["since"] = now().timestamp()
    assert client.post("/me/erase", data={"choice": "leave"}).status_code == 302


@pytest.mark.parametrize(
    ("who", "goes"), [(RESIDENT, withdraw), (MODERATOR, hide), (RESIDENT, erase), (RESIDENT, leave_without_me)]
)
def test_who_was_in_touch_is_told_once_that_it_has_ended_and_the_offer_stands_again(
    as_: Any, hedge: Entry, shears: Entry, who: Member, goes: Any
) -> None:
    put_in_touch(as_)
    (met,) = letters_to(NEIGHBOUR, "You are in touch")
    link = link_in(met)
    goes(as_(who), hedge)
    do_what_is_due()
    (letter,) = letters_to(NEIGHBOUR, "It is ended")
    assert "was taken away" in letter.body
    for gone in (RESIDENT.name, RESIDENT.email, "The hedge"):
        assert gone not in letter.subject + letter.body + letter.html
    assert fresh(shears).state is State.OPEN
    assert db.session.query(Event).filter_by(thing_id=shears.id, did=Did.CHANGED_STATE).count() == 2
    page = as_(NOBODY).get(link)
    assert page.status_code == 200
    assert "It has ended" in page.text
    assert RESIDENT.email not in page.text


def test_who_leaves_what_they_told_is_in_no_match_and_no_letter_to_the_other(
    as_: Any, hedge: Entry, shears: Entry
) -> None:
    put_in_touch(as_)
    leave_without_me(as_(RESIDENT), hedge)
    assert fresh(hedge).standing is Standing.PUBLISHED
    assert db.session.query(Match).count() == 0
    for letter in db.session.query(Letter):
        for gone in (RESIDENT.name, RESIDENT.email):
            assert gone not in f"{letter.subject} {letter.body} {letter.html}"
