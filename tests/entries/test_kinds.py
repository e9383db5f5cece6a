"""Each kind of entry has a life of its own: its states, who moves it, and what a day that has passed makes of it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from tests.conftest import (
    CAST,
    CLLR,
    IN_MILL,
    MILL,
    NEIGHBOUR,
    NOBODY,
    OFFICER,
    RESIDENT,
    Member,
    a_note,
    an_asset,
    an_issue,
    an_offer,
)
from wardbook.clock import today
from wardbook.db import db, transaction
from wardbook.entries.kinds import CONTRIBUTIONS, KINDS, STATES, Family, Kind, State, state_on
from wardbook.entries.models import Entry
from wardbook.errors import Refused
from wardbook.events import Did, Event
from wardbook.mail import letters
from wardbook.shared import STANDING_MOVES, Standing, move_standing

OPEN = {State.RECEIVED, State.ACKNOWLEDGED, State.IN_PROGRESS, State.PLANNED}
CLOSED = {
    State.FIXED, State.FIXED_BY_RESIDENTS, State.NO_FURTHER_ACTION, State.NOT_OURS, State.PASSED_ON, State.DUPLICATE,
}  # fmt: skip
LASTING = {(State.CURRENT, State.OUT_OF_DATE), (State.OUT_OF_DATE, State.CURRENT)}
MOVES: dict[Kind, set[tuple[State, State]]] = {
    Kind.ISSUE: {(a, b) for a in OPEN for b in OPEN | CLOSED if a != b} | {(a, State.RECEIVED) for a in CLOSED},
    Kind.IDEA: {
        (State.RECEIVED, State.UNDER_CONSIDERATION), (State.UNDER_CONSIDERATION, State.RECEIVED),
        (State.RECEIVED, State.ADOPTED), (State.RECEIVED, State.DECLINED),
        (State.UNDER_CONSIDERATION, State.ADOPTED), (State.UNDER_CONSIDERATION, State.DECLINED),
        (State.ADOPTED, State.RECEIVED), (State.DECLINED, State.RECEIVED),
    },
    Kind.KNOWLEDGE: LASTING,
    Kind.ASSET: LASTING,
    Kind.OFFER: {(State.OPEN, State.TAKEN_UP), (State.TAKEN_UP, State.OPEN), (State.TAKEN_UP, State.DONE)},
    Kind.NOTE: set(),
}  # fmt: skip
"""What is chosen from a list of moves. An offer is renewed, a note reviewed or superseded, by deeds of their own."""
AUTHORS_MOVE = {Kind.KNOWLEDGE, Kind.ASSET, Kind.OFFER}
every_kind = pytest.mark.parametrize("kind", list(Kind), ids=str)


def told(kind: Kind, **details: object) -> Entry:
    return a_note(**details) if kind is Kind.NOTE else an_issue(kind=kind, **details)


def move(client: FlaskClient, entry: Entry, state: State, words: str = "Done.") -> int:
    return client.post(f"/entries/{entry.ref}/answer", data={"answer-state": state, "answer-words": words}).status_code


def listed(client: FlaskClient, asked: str) -> list[str]:
    return [entry["title"] for entry in client.get(f"/map.json?{asked}").json["entries"]]


# --- states ------------------------------------------------------------------------------------------------------


@every_kind
def test_an_officer_moves_an_entry_as_the_table_of_its_kind_says_and_no_other_way(kind, as_):
    client, entry = as_(OFFICER), told(kind)
    taken = set()
    for before in KINDS[kind].moves:
        for after in State:
            with transaction():
                entry.state = before
            if move(client, entry, after) == 302:
                taken.add((before, after))
    assert taken == MOVES[kind]


@every_kind
def test_every_state_of_a_kind_leads_to_states_of_the_same_kind_and_family_or_its_end(kind):
    life = KINDS[kind]
    assert life.starts in life.moves
    assert {after for afters in life.moves.values() for after in afters} <= set(life.moves)
    assert {STATES[state].family for state in life.moves} == {life.lives, life.ends}


def test_every_state_belongs_to_a_kind():
    assert {state for life in KINDS.values() for state in life.moves} == set(State)


@pytest.mark.parametrize("kind", CONTRIBUTIONS, ids=str)
def test_authors_move_what_is_theirs_to_answer_for_and_leave_the_council_s_answers_to_it(kind, as_):
    entry = told(kind, by=RESIDENT)
    after = KINDS[kind].chosen_from(entry.state)[0]
    assert move(as_(NEIGHBOUR), entry, after) == 403
    assert move(as_(RESIDENT), entry, after) == (302 if kind in AUTHORS_MOVE else 403)


def test_nobody_is_written_to_about_what_they_did_themselves(as_):
    offer = an_offer()
    move(as_(RESIDENT), offer, State.TAKEN_UP, "")
    assert letters() == []
    move(as_(OFFICER), offer, State.DONE, "The bricks are where they belong.")
    assert [letter.to for letter in letters()] == [RESIDENT.email]
    page = as_(NOBODY).get(f"/entries/{offer.ref}").text
    assert page.count("Its author and anyone who follows it were told") == 1


@pytest.mark.parametrize("state", [State.ADOPTED, State.DECLINED])
def test_an_idea_is_not_closed_without_words(state, as_):
    idea = told(Kind.IDEA)
    assert move(as_(OFFICER), idea, state, "  ") == 422
    assert db.session.get(Entry, idea.id).state is State.RECEIVED


@every_kind
def test_a_kind_is_told_by_those_it_is_for(kind, as_):
    page = as_(CLLR).get(f"/entries/{told(kind).ref}").text
    assert KINDS[kind].label in page


# --- what a day that has passed makes of it ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "kept", "days", "now"),
    [
        (Kind.OFFER, State.OPEN, 0, State.OPEN),
        (Kind.OFFER, State.OPEN, -1, State.LAPSED),
        (Kind.OFFER, State.TAKEN_UP, -1, State.TAKEN_UP),
        (Kind.OFFER, State.DONE, -1, State.DONE),
        (Kind.NOTE, State.CURRENT, 0, State.CURRENT),
        (Kind.NOTE, State.CURRENT, -1, State.OUT_OF_DATE),
        (Kind.NOTE, State.SUPERSEDED, -1, State.SUPERSEDED),
        (Kind.ASSET, State.CURRENT, -1, State.CURRENT),
    ],
)
def test_the_day_after_it_stood_an_offer_has_lapsed_and_a_note_is_out_of_date(kind, kept, days, now):
    on = date(2026, 6, 15)
    assert state_on(kind, kept, on + timedelta(days=days), on) is now


def test_a_note_without_a_review_date_stays_current():
    assert state_on(Kind.NOTE, State.CURRENT, None, date(2026, 6, 15)) is State.CURRENT


@pytest.fixture
def some_of_each(app: Flask) -> None:
    """An offer of each state, and notes that are due and that are not."""
    yesterday = today() - timedelta(days=1)
    an_offer("stands", lapses_on=today())
    an_offer("lapses", lapses_on=yesterday)
    an_offer("was taken up", lapses_on=yesterday, state=State.TAKEN_UP)
    an_offer("was done", lapses_on=yesterday, state=State.DONE)
    a_note("holds", review_on=today())
    a_note("is due", review_on=yesterday)
    a_note("has no day")


@pytest.mark.parametrize(
    ("asked", "titles"),
    [
        ("kind=offer&state=open", {"stands"}),
        ("kind=offer&state=lapsed", {"lapses"}),
        ("kind=offer&family=open", {"stands", "was taken up"}),
        ("kind=offer&family=closed", {"lapses", "was done"}),
        ("kind=note&state=current", {"holds", "has no day"}),
        ("kind=note&state=out of date", {"is due"}),
        ("kind=note&family=past", {"is due"}),
        ("kind=note&family=current", {"holds", "has no day"}),
    ],
)
def test_lists_ask_for_the_state_of_today(asked, titles, some_of_each, as_):
    assert set(listed(as_(OFFICER), asked)) == titles


@pytest.mark.parametrize("state", list(State))
def test_a_filter_by_state_and_the_state_that_is_shown_are_the_same(state, some_of_each, as_):
    client = as_(OFFICER)
    shown = {
        entry["title"] for entry in client.get("/map.json").json["entries"] if entry["state"] == STATES[state].label
    }
    assert set(listed(client, f"state={state}")) == shown


@pytest.mark.parametrize("family", list(Family))
def test_a_filter_by_family_takes_each_entry_once(family, some_of_each, as_):
    client = as_(OFFICER)
    labels = {meaning.label for meaning in STATES.values() if meaning.family is family}
    shown = [entry["title"] for entry in client.get("/map.json").json["entries"] if entry["state"] in labels]
    assert sorted(listed(client, f"family={family}")) == sorted(shown)


def test_the_figures_of_a_brief_count_by_the_state_of_today(some_of_each, as_):
    client = as_(OFFICER)
    sections = client.get(f"/places/ward:{MILL}/brief.json?for=council").json["sections"]
    figures = [*sections["glance"]["headlines"], *sections["residents"]["kinds"]]
    figures += [row[part] for row in sections["residents"]["categories"] for part in ("total", "open", "closed")]
    figures += [row["figure"] for row in sections["known"]["topics"]]
    for figure in figures:
        opened = client.get(f"/places/ward:{MILL}/entries.json", query_string={**figure["filters"], "for": "council"})
        assert len(opened.json["entries"]) == figure["count"], figure
    assert sections["known"]["overdue"] == 1
    assert {figure["label"]: figure["count"] for figure in figures}["Offers that stand"] == 1


def test_a_note_that_a_later_one_has_replaced_is_in_no_brief_but_one_that_is_due_is(as_):
    with transaction():
        a_note("Replaced").state = State.SUPERSEDED
    a_note("Due", review_on=today() - timedelta(days=1))
    known = as_(OFFICER).get(f"/places/ward:{MILL}/brief?for=council").text
    assert "Replaced" not in known
    assert "1 of these notes is past the review date" in known


def test_an_offer_lapses_while_nobody_does_anything(as_):
    with time_machine.travel("2026-06-01 12:00", tick=False):
        offer = an_offer("Bricks", lapses_on=date(2026, 6, 30))
    for moment, label in (("2026-06-30 22:59", "Open"), ("2026-06-30 23:01", "Lapsed")):  # midnight in London
        with time_machine.travel(moment, tick=False):
            assert f">{label}</strong>" in as_(NOBODY).get(f"/entries/{offer.ref}").text
            assert listed(as_(NOBODY), "state=open") == (["Bricks"] if label == "Open" else [])
    assert db.session.get(Entry, offer.id).state is State.OPEN


# --- standing ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("before", list(Standing))
@pytest.mark.parametrize("after", list(Standing))
def test_a_standing_goes_where_its_table_says_and_nowhere_else(before, after, app):
    entry = an_issue(standing=before)
    if after in STANDING_MOVES[before]:
        assert move_standing(entry, after) == {"standing": [before, after]}
        assert entry.standing is after
    else:
        with pytest.raises(Refused):
            move_standing(entry, after)
        assert entry.standing is before


def test_what_is_erased_stays_so():
    assert STANDING_MOVES[Standing.ERASED] == set()


# --- in every list of kinds --------------------------------------------------------------------------------------


def test_the_key_of_the_map_and_the_filters_name_every_kind(as_):
    page = as_(NOBODY).get("/map").text
    for kind, life in KINDS.items():
        assert f'<span class="wb-dot wb-dot--{kind}"></span>{life.label}' in page
        assert f'<option value="{kind}">{life.plural}</option>' in page


def test_a_ward_page_opens_with_what_is_good_and_shows_ideas_offers_and_what_came_of_it(as_):
    an_asset("The lunch club")
    told(Kind.IDEA, title="A bench")
    told(Kind.KNOWLEDGE, title="It floods")
    an_offer("Bricks")
    told(Kind.IDEA, title="A tree", state=State.ADOPTED)
    page = as_(NOBODY).get(f"/wards/{MILL}").text
    heads = ["What is good here", "How this place works", "What people say is wrong", "What could be better",
             "What people offer to do", "What came of it"]  # fmt: skip
    places = [page.index(f">{head}") for head in heads]
    assert places == sorted(places)
    for title, after in (("The lunch club", heads[0]), ("It floods", heads[1]), ("A tree", heads[5]),
                         ("A bench", heads[3]), ("Bricks", heads[4])):  # fmt: skip
        assert page.index(title) > page.index(f">{after}"), title


@pytest.mark.parametrize("member", [member for member in CAST[1:] if member is not OFFICER], ids=str)
def test_a_desk_shows_what_is_under_way_in_a_service_to_its_officers_alone(member: Member, as_):
    told(
        Kind.IDEA,
        title="Being thought through",
        state=State.UNDER_CONSIDERATION,
        by=NEIGHBOUR if member != NEIGHBOUR else RESIDENT,
    )
    assert "Under way in Highways" in as_(OFFICER).get("/desk").text
    assert "Under way in" not in as_(member).get("/desk", follow_redirects=True).text


def test_a_renewal_and_a_move_are_steps_of_the_timeline(as_):
    offer = an_offer(at=IN_MILL)
    move(as_(RESIDENT), offer, State.TAKEN_UP, "The allotment has asked.")
    assert [event.did for event in db.session.query(Event).filter_by(thing_id=offer.id)] == [
        Did.POSTED, Did.CHANGED_STATE,
    ]  # fmt: skip
    page = as_(NOBODY).get(f"/entries/{offer.ref}").text
    assert "Now ‘Taken up’" in page
    assert "The allotment has asked." in page
