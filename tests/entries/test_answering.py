"""An officer answers: they move an issue from state to state with words, and reply; its author is told once."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.conftest import (
    CAST,
    CLLR,
    IN_BRIDGE,
    NEIGHBOUR,
    NOBODY,
    OFFICER,
    RESIDENT,
    a_note,
    an_asset,
    an_issue,
    person_of,
)
from wardbook.clock import today
from wardbook.db import db, transaction
from wardbook.entries.kinds import Channel, State
from wardbook.entries.models import Entry
from wardbook.events import Did, Event, record
from wardbook.mail import letters
from wardbook.policy import Viewer
from wardbook.shared import Level

OPEN = {State.RECEIVED, State.ACKNOWLEDGED, State.IN_PROGRESS, State.PLANNED}
CLOSED = {
    State.FIXED, State.FIXED_BY_RESIDENTS, State.NO_FURTHER_ACTION, State.NOT_OURS, State.PASSED_ON, State.DUPLICATE,
}  # fmt: skip


def move(client: FlaskClient, entry: Entry, state: State | str, words: str = "Done.", once: str = "") -> TestResponse:
    sent = {"answer-state": str(state), "answer-words": words} | ({"answer-once": once} if once else {})
    return client.post(f"/entries/{entry.ref}/answer", data=sent)


def reply(client: FlaskClient, entry: Entry, words: str = "We will look.", once: str = "") -> TestResponse:
    return client.post(f"/entries/{entry.ref}/answer", data={"answer-words": words, "answer-once": once or words})


def steps(entry: Entry, did: Did) -> list[Event]:
    return db.session.query(Event).filter_by(thing_id=entry.id, did=did).order_by(Event.id).all()


# --- states ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", sorted(CLOSED))
@pytest.mark.parametrize("words", ["", "   \n "])
def test_closing_takes_words(state, words, as_):
    issue = an_issue()
    refused = move(as_(OFFICER), issue, state, words)
    assert refused.status_code == 422
    assert "Say in words what was done, or why it was closed." in refused.text
    assert db.session.get(Entry, issue.id).state is State.RECEIVED
    assert letters() == []


@pytest.mark.parametrize("state", sorted(OPEN - {State.RECEIVED}))
def test_an_open_state_needs_no_words(state, as_):
    issue = an_issue()
    assert move(as_(OFFICER), issue, state, "").status_code == 302
    assert db.session.get(Entry, issue.id).closed_at is None


def test_closing_and_reopening_keep_the_day_of_closing_right(as_):
    issue = an_issue()
    client = as_(OFFICER)
    move(client, issue, State.FIXED)
    assert db.session.get(Entry, issue.id).closed_at is not None
    move(client, issue, State.RECEIVED)
    assert db.session.get(Entry, issue.id).closed_at is None


def test_a_change_is_on_the_page_signed_with_its_words(as_):
    issue = an_issue()
    move(as_(OFFICER), issue, State.FIXED, "The kerb was lowered <b>today</b>.")
    page = as_(NOBODY).get(f"/entries/{issue.ref}").text
    assert "Now ‘Fixed’" in page
    assert "Owen Officer, Highways" in page
    assert "The kerb was lowered &lt;b&gt;today&lt;/b&gt;." in page


def test_a_refused_change_keeps_the_words_that_were_typed(as_):
    issue = an_issue()
    refused = move(as_(OFFICER), issue, "no such state", "A long answer that took some time.")
    assert refused.status_code == 422
    assert "Not a valid choice" in refused.text
    assert "A long answer that took some time." in refused.text


@pytest.mark.parametrize("member", [member for member in CAST if member is not OFFICER], ids=str)
def test_nobody_but_an_officer_changes_a_state_and_none_but_the_wards_councillor_replies_too(member, as_):
    issue = an_issue(by=NEIGHBOUR)
    assert move(as_(member), issue, State.FIXED).status_code == 403
    assert member is CLLR or reply(as_(member), issue).status_code == 403
    assert db.session.get(Entry, issue.id).state is State.RECEIVED
    assert letters() == []


def test_an_officer_answers_only_what_they_see(as_):
    issue = an_issue(level=Level.WARD)
    assert move(as_(OFFICER), issue, State.FIXED).status_code == 404
    assert reply(as_(OFFICER), issue).status_code == 404


def test_words_beside_a_new_state_go_with_it(as_):
    issue = an_issue()
    move(as_(OFFICER), issue, State.PLANNED, "The kerb is on the list for May.")
    assert "The kerb is on the list for May." in as_(NOBODY).get(f"/entries/{issue.ref}").text
    assert (len(steps(issue, Did.CHANGED_STATE)), steps(issue, Did.REPLIED)) == (1, [])


# --- replies -----------------------------------------------------------------------------------------------------


def test_a_reply_is_on_the_page_and_the_state_stays(as_):
    issue = an_issue()
    reply(as_(OFFICER), issue, "We will look on Monday.")
    page = as_(NOBODY).get(f"/entries/{issue.ref}").text
    assert "We will look on Monday." in page
    assert db.session.get(Entry, issue.id).state is State.RECEIVED


@pytest.mark.parametrize("words", ["", " \n\t"])
def test_an_empty_reply_is_refused(words, as_):
    issue = an_issue()
    assert reply(as_(OFFICER), issue, words, once="a").status_code == 422
    assert steps(issue, Did.REPLIED) == []


def test_a_reply_of_five_thousand_signs_is_taken_and_no_longer_one(as_):
    issue = an_issue()
    assert reply(as_(OFFICER), issue, "x" * 5001, once="a").status_code == 422
    assert reply(as_(OFFICER), issue, "x" * 5000, once="b").status_code == 302


# --- once --------------------------------------------------------------------------------------------------------


def test_a_button_pressed_twice_makes_one_step_and_one_letter(as_):
    issue = an_issue()
    client = as_(OFFICER)
    for _ in range(3):
        assert reply(client, issue, once="the same form").status_code == 302
        assert move(client, issue, State.ACKNOWLEDGED, once="the other form").status_code in (302, 422)
    assert len(steps(issue, Did.REPLIED)) == 1
    assert len(steps(issue, Did.CHANGED_STATE)) == 1
    assert len(letters()) == 2


def test_a_state_pressed_twice_is_no_error(as_):
    issue = an_issue()
    client = as_(OFFICER)
    assert [move(client, issue, State.FIXED, once="form").status_code for _ in range(2)] == [302, 302]


def test_two_replies_with_the_same_words_from_two_forms_are_two(as_):
    issue = an_issue()
    client = as_(OFFICER)
    reply(client, issue, "Thank you.", once="one")
    reply(client, issue, "Thank you.", once="two")
    assert len(steps(issue, Did.REPLIED)) == 2


# --- letters -----------------------------------------------------------------------------------------------------


def test_the_author_is_told_of_each_step_once(as_):
    issue = an_issue()
    client = as_(OFFICER)
    reply(client, issue, "We will look.")
    move(client, issue, State.FIXED, "Lowered.")
    second, first = letters()
    assert [letter.to for letter in (first, second)] == [RESIDENT.email] * 2
    assert first.subject == f"{issue.ref}: a reply, No dropped kerb"
    assert second.subject == f"{issue.ref}: Fixed, No dropped kerb"
    assert "Owen Officer, Highways wrote:\n\nLowered." in second.body
    assert f"http://localhost/entries/{issue.ref}" in second.body


def test_words_arrive_in_a_letter_as_they_were_written(as_):
    issue = an_issue('Kerb & "drain" <here>')
    reply(as_(OFFICER), issue, "It's ours & we'll fix <it>.")
    (letter,) = letters()
    assert 'Kerb & "drain" <here>' in letter.subject
    assert "It's ours & we'll fix <it>." in letter.body


def test_a_title_of_several_lines_does_not_break_a_letters_head(as_):
    issue = an_issue("Kerb\nBcc: everyone")
    reply(as_(OFFICER), issue)
    (letter,) = letters()
    assert "\n" not in letter.subject
    assert "\r" not in letter.subject


def test_nobody_is_told_of_their_own_deed(as_):
    note = a_note(by=OFFICER)
    reply(as_(OFFICER), note)
    assert letters() == []


def test_an_entry_without_an_author_is_answered_and_nobody_is_mailed(as_):
    issue = an_issue(by=None, channel=Channel.IMPORT)
    assert reply(as_(OFFICER), issue).status_code == 302
    assert letters() == []


def test_an_author_who_never_confirmed_their_address_is_not_mailed(as_):
    issue = an_issue()
    with transaction():
        person_of(RESIDENT).confirmed_at = None
    reply(as_(OFFICER), issue)
    assert letters() == []


def test_a_councillor_whose_note_is_answered_is_told(as_):
    reply(as_(OFFICER), a_note(by=CLLR))
    assert [letter.to for letter in letters()] == [CLLR.email]


def test_the_timeline_only_grows(as_):
    issue = an_issue()
    client = as_(OFFICER)
    reply(client, issue, "One.")
    before = [(event.id, event.words) for event in db.session.query(Event).order_by(Event.id)]
    move(client, issue, State.FIXED, "Two.")
    move(client, issue, State.RECEIVED, "Three.")
    after = [(event.id, event.words) for event in db.session.query(Event).order_by(Event.id)]
    assert after[: len(before)] == before
    assert [words for _, words in after] == ["", "One.", "Two.", "Three."]


# --- a councillor answers ----------------------------------------------------------------------------------------


def test_a_councillor_of_the_ward_answers_in_words_signed_as_councillor(as_):
    issue = an_issue()
    page = as_(CLLR).get(f"/entries/{issue.ref}").text
    assert "Your answer" in page
    assert "Closing it takes words" not in page.partition("Your answer")[2], "states are the officers' to change"
    assert reply(as_(CLLR), issue).status_code == 302
    assert "Councillor Carys Mill" in as_(NOBODY).get(f"/entries/{issue.ref}").text
    (letter,) = letters()
    assert letter.to == RESIDENT.email
    assert "Councillor Carys Mill wrote:" in letter.body


def test_a_councillor_answers_nothing_next_door_of_their_own_or_in_a_note(as_):
    assert reply(as_(CLLR), an_issue(at=IN_BRIDGE)).status_code == 403
    assert "Choose the new state" in reply(as_(CLLR), an_asset(by=CLLR)).text
    assert reply(as_(CLLR), a_note(by=OFFICER)).status_code == 403
    assert letters() == []


def test_a_councillor_whose_term_has_ended_answers_no_more(as_):
    issue = an_issue()
    with transaction():
        person_of(CLLR).terms[0].until_on = today()
    assert reply(as_(CLLR), issue).status_code == 403


# --- what nobody has answered ------------------------------------------------------------------------------------

UNANSWERED = "Nobody has answered yet."


def test_a_desk_lists_as_unanswered_what_has_had_no_word_from_the_council(as_):
    replied, silent = an_issue("No dropped kerb"), an_issue("Broken bench")
    client = as_(OFFICER)
    assert UNANSWERED in client.get(f"/entries/{replied.ref}").text
    reply(client, replied)
    page = client.get(f"/entries/{replied.ref}").text
    assert "The council has it." in page
    assert UNANSWERED not in page
    queue = client.get("/desk/unanswered").text
    assert (silent.title in queue, replied.title in queue) == (True, False)
    under_way = client.get("/desk/under-way").text
    assert (silent.title in under_way, replied.title in under_way) == (False, True)


def test_what_its_author_did_is_no_answer_and_what_was_reopened_is_answered(as_):
    issue = an_issue()
    client = as_(OFFICER)
    with transaction():
        record(Viewer(issue.author_id), Did.CHANGED_STATE, issue, change={"state": ["fixed", "received"]})
    assert UNANSWERED in client.get(f"/entries/{issue.ref}").text
    assert issue.title in client.get("/desk/unanswered").text
    move(client, issue, State.FIXED)
    move(client, issue, State.RECEIVED)
    assert UNANSWERED not in client.get(f"/entries/{issue.ref}").text
    assert issue.title not in client.get("/desk/unanswered").text


def test_a_councillor_s_desk_lists_what_nobody_has_answered_in_their_wards_and_leads_to_entering(as_):
    here, there, answered = an_issue("Here"), an_issue("There", at=IN_BRIDGE), an_issue("Answered")
    reply(as_(OFFICER), answered)
    for road in ("/desk", "/desk/my-wards"):
        page = as_(CLLR).get(road).text
        assert f"/entries/{here.ref}" in page
        assert f"/entries/{there.ref}" not in page and f"/entries/{answered.ref}" not in page
    for member in (CLLR, OFFICER):
        assert 'href="/contribute/for">Enter what somebody told you' in as_(member).get("/desk").text
    assert "Enter what somebody told you" not in as_(RESIDENT).get("/desk").text
