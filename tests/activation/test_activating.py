"""An administrator puts new wards in the place of the old: ahead of their day, all at once; and can undo it."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from threading import Event as Flag
from threading import Thread
from urllib.parse import urlsplit

import pytest
import shapely
import time_machine
from click.testing import CliRunner, Result
from sqlalchemy import select

from tests.activation.conftest import NORTH, REVIEW, SOUTH, WEST, later_wards
from tests.conftest import (
    ADMINISTRATOR,
    BRIDGE,
    CASTLE,
    CLLR,
    CLLR_NEXT_DOOR,
    DOCK,
    MILL,
    NEIGHBOUR,
    NOBODY,
    OFFICER,
    RESIDENT,
    a_note,
    an_issue,
    application,
    as_viewer,
    person_of,
    spot,
    square,
)
from tests.engines import environment_of
from wardbook.activation import actions
from wardbook.activation.preview import preview
from wardbook.activation.words import in_words
from wardbook.areas import queries as areas
from wardbook.areas.actions import SetDescription, add_boundary_set, remove_boundary_set
from wardbook.areas.boundary_files.reading import ReadArea, Reading
from wardbook.areas.models import Activation, BoundarySet, Succession
from wardbook.cli import main
from wardbook.db import db, transaction
from wardbook.entries.models import Entry
from wardbook.errors import Refused
from wardbook.follows.actions import begin, end
from wardbook.follows.models import Follow, Rhythm
from wardbook.follows.things import thing_from_words
from wardbook.jobs import do_what_is_due
from wardbook.mail import letters
from wardbook.people.actions import Grant, add_person
from wardbook.people.models import Term
from wardbook.policy import VISITOR, Role, sees
from wardbook.shared import Level

AFTERWARDS = REVIEW + timedelta(days=5)


def activate(row: BoundarySet, choices: dict[str, str] | None = None) -> None:
    with transaction():
        actions.activate(as_viewer(ADMINISTRATOR), row, choices)


def undo(row: BoundarySet) -> None:
    with transaction():
        assert actions.undo(as_viewer(ADMINISTRATOR), row)


def follow(member, words: str) -> None:
    with transaction():
        begin(as_viewer(member), thing_from_words(words, as_viewer(member)), Rhythm.WEEKLY)


def followed() -> set[tuple[str, str]]:
    rows = db.session.scalars(select(Follow).where(Follow.ended_at.is_(None)))
    return {(row.person.email, row.words) for row in rows}


def news_of_wards() -> list[tuple[str, str]]:
    return [(letter.to, letter.body) for letter in letters() if "wards you follow" in letter.subject]


def codes(wards: Sequence[object]) -> set[str]:
    return {ward.code for ward in wards}


# --- loading it ahead of its day ---------------------------------------------------------------------------------


def test_a_set_over_one_without_an_end_waits_and_holds_on_no_day(review, as_):
    assert review.waits
    assert codes(areas.wards(AFTERWARDS)) == {MILL, BRIDGE, CASTLE, DOCK}
    assert "waits" in as_(NOBODY).get(f"/wards/{WEST}").text


def test_what_is_told_lies_in_the_wards_to_come_already(review):
    issue = an_issue(at=(1.5, 0.8))
    lies = {
        row.area_id
        for row in db.session.execute(select(Entry.lies_in.c.area_id).where(Entry.lies_in.c.thing_id == issue.id))
    }
    assert {areas.area(code).id for code in (BRIDGE, NORTH)} == lies


@pytest.mark.parametrize("first", [None, date(2020, 5, 7), date(2019, 5, 2)], ids=str)
def test_a_set_that_begins_no_later_than_the_one_over_the_same_ground_is_refused(app, first):
    with pytest.raises(Refused, match="same ground"), transaction():
        add_boundary_set(SetDescription("Too early", "ward", first), later_wards())


def test_a_second_set_that_waits_for_the_same_place_is_refused(review):
    with pytest.raises(Refused, match="'Wards of the review' waits to take the place"), transaction():
        add_boundary_set(SetDescription("Another", "ward", REVIEW + timedelta(days=365)), later_wards())


# --- what would move ---------------------------------------------------------------------------------------------


def test_the_preview_says_where_each_ward_s_ground_goes(review):
    found = preview(review, VISITOR)
    goes = {move.old.code: {part.new.code: round(part.land, 3) for part in move.passing.parts} for move in found.moves}
    assert goes == {MILL: {WEST: 1.0}, CASTLE: {WEST: 1.0}, BRIDGE: {SOUTH: 0.6, NORTH: 0.4}, DOCK: {NORTH: 1.0}}
    assert {move.old.code: move.goes_to and move.goes_to.code for move in found.moves} == {
        MILL: WEST, CASTLE: WEST, BRIDGE: None, DOCK: NORTH,
    }  # fmt: skip
    assert [move.old.code for move in found.choices] == [BRIDGE]


def test_the_preview_counts_postcodes_entries_and_followers(review):
    an_issue(at=(1.5, 0.3))
    an_issue(at=(1.5, 0.8))
    an_issue(at=(1.5, 0.8), level=Level.COUNCIL)
    follow(NEIGHBOUR, f"ward:{BRIDGE}")
    found = {move.old.code: move for move in preview(review, VISITOR).moves}
    assert found[MILL].passing.parts[0].postcodes == 1.0
    assert found[BRIDGE].passing.parts[0].postcodes is None
    assert (found[BRIDGE].entries, sorted(found[BRIDGE].entries_by_area.values())) == (2, [1, 1])
    assert (found[BRIDGE].followers, found[MILL].followers) == (1, 0)
    assert (found[BRIDGE].councillors, found[MILL].councillors) == (["Bryn Bridge"], ["Carys Mill"])


def test_slivers_of_how_edges_were_drawn_are_nobody_s_successor(app, review):
    found = {move.old.code: move for move in preview(review, VISITOR).moves}
    assert all(part.land >= 0.01 for move in found.values() for part in move.passing.parts)


# --- activating --------------------------------------------------------------------------------------------------


def a_set(name: str, wards: dict[str, shapely.Geometry], first: date, until: date | None = None) -> BoundarySet:
    areas_read = tuple(
        ReadArea(row, code, code.title(), (), shapely.MultiPolygon([shape]))
        for row, (code, shape) in enumerate(wards.items(), start=1)
    )
    reading = Reading(areas_read, (), (), "EPSG:4326", "file", "code", "name", None, len(areas_read))
    with transaction():
        return add_boundary_set(SetDescription(name, "ward", first, until), reading)


def test_a_set_that_covers_part_of_the_ground_does_not_end_the_rest_of_it(app):
    part = a_set("A part", {"P1": square(0, 0, 1000, 1000)}, REVIEW)
    with pytest.raises(Refused, match="'A part' covers only 25% of the ground of 'Wards of Testham'"):
        activate(part)


def test_a_set_on_other_ground_stays_as_it_is(app, review):
    island = a_set("An island", {"I1": square(20, 20, 1000, 1000)}, date(2020, 1, 1))
    activate(review)
    assert areas.boundary_set(island.id).until_on is None
    assert [row.name for row in preview(review, VISITOR).before] == ["Wards of Testham"]


def test_what_passes_to_no_new_area_is_said(app):
    wards = {"N1": square(0, 0, 1000, 2000), "N2": square(1, 0, 1000, 800)}
    row = a_set("Less of it", wards, REVIEW)
    found = preview(row, VISITOR)
    assert {move.old.code: round(move.goes_nowhere, 2) for move in found.moves if move.goes_nowhere} == {
        BRIDGE: 0.2, DOCK: 1.0,
    }  # fmt: skip
    assert "  Nowhere: 20% of its land" in list(in_words(found))


def test_a_set_in_force_that_takes_nobody_s_place_is_not_activated(app):
    with pytest.raises(Refused, match="takes the place of no set"):
        activate(areas.boundary_set_named("wards of testham"))


def test_a_set_brought_in_by_mistake_is_removed_and_brought_in_again(review, rows_of_the_store):
    an_issue(at=(1.5, 0.8))
    with pytest.raises(Refused, match="boundaries remove"), transaction():
        add_boundary_set(SetDescription("Mended", "ward", REVIEW), later_wards())
    with transaction():
        assert remove_boundary_set("wards of the Review") == (3, 1)
    before = rows_of_the_store()
    with transaction():
        mended = add_boundary_set(SetDescription("Mended", "ward", REVIEW), later_wards())
    activate(mended)
    with pytest.raises(Refused, match="cannot be removed while 'Mended' is activated"):
        remove_boundary_set("Wards of Testham")
    undo(mended)
    with transaction():
        remove_boundary_set("Mended")
    after_ = rows_of_the_store()
    grown = {"event", "job"}
    assert {name: rows for name, rows in after_.items() if name not in grown} == {
        name: rows for name, rows in before.items() if name not in grown
    }


def test_on_its_day_the_new_wards_are_in_force_and_not_before(review):
    activate(review)
    assert codes(areas.wards(REVIEW - timedelta(days=1))) == {MILL, BRIDGE, CASTLE, DOCK}
    assert codes(areas.wards(REVIEW)) == {WEST, SOUTH, NORTH}


def test_a_councillor_whose_ward_goes_whole_represents_the_new_one_from_its_day(review):
    activate(review)
    in_castle = a_note("Heard in Castle", shape=spot(0.4, 1.5), level=Level.WARD, by=OFFICER)
    with time_machine.travel(f"{REVIEW - timedelta(days=1)}T12:00"):
        assert [ward.code for ward in _represented(CLLR)] == [MILL]
        assert not sees(as_viewer(CLLR), in_castle)
    with time_machine.travel(f"{AFTERWARDS}T12:00"):
        assert [ward.code for ward in _represented(CLLR)] == [WEST]
        assert sees(as_viewer(CLLR), in_castle)
        assert _represented(CLLR_NEXT_DOOR) == []


def _represented(member) -> list[object]:
    return list(areas.areas_by_id(sorted(as_viewer(member).area_ids)).values())


def test_somebody_chooses_where_the_councillor_of_a_parted_ward_goes(review):
    activate(review, {BRIDGE: NORTH})
    with time_machine.travel(f"{AFTERWARDS}T12:00"):
        assert [ward.code for ward in _represented(CLLR_NEXT_DOOR)] == [NORTH]


@pytest.mark.parametrize("choices", [{BRIDGE: WEST}, {BRIDGE: "T1"}, {"T1": WEST}], ids=str)
def test_a_choice_that_is_none_is_refused(review, choices):
    with pytest.raises(Refused):
        activate(review, choices)
    assert db.session.scalars(select(Activation)).all() == []


def test_a_term_that_was_given_beforehand_is_not_given_twice(review):
    with transaction():
        add_person(CLLR.email, Grant(Role.COUNCILLOR, WEST, from_on=REVIEW))
    activate(review)
    terms = db.session.scalars(select(Term).where(Term.person_id == person_of(CLLR).id)).all()
    assert sorted((term.ward_code, term.from_on, term.until_on) for term in terms if term.ward_code) == [
        (MILL, None, REVIEW), (WEST, REVIEW, None),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("edge", "seen"),
    [(0.0, False), (0.02, True), (0.005, False)],
    ids=["on its own side", "20 m over", "5 m over"],
)
def test_a_ward_level_note_leaks_next_door_only_by_the_thresholds(review, as_, edge, seen):
    """A line of a kilometre that reaches over the edge: 10 m of it is enough, less is not."""
    activate(review)
    line = "\n".join(f"{spot(column, 0.3).y:.7f}, {spot(column, 0.3).x:.7f}" for column in (0.05, 1.0 + edge))
    sent = {"form": "line", "shape": line, "title": "Along the lane", "words": "Known.", "level": "ward",
            "topic": "history", "basis": "seen it myself", "review_on": ""}  # fmt: skip
    answer = as_(CLLR).post("/notes/new", data=sent)
    assert answer.status_code == 302, answer.text
    assert (as_(CLLR_NEXT_DOOR).get(answer.location).status_code == 200) is seen


def test_it_is_done_once_however_often_it_is_asked(review, rows_of_the_store):
    activate(review)
    before = rows_of_the_store()
    activate(review)
    assert rows_of_the_store() == before


def test_succession_is_kept(review):
    activate(review)
    kept = {(row.old_id, row.new_id): round(row.land, 2) for row in db.session.scalars(select(Succession))}
    ids = {code: areas.area(code).id for code in (MILL, CASTLE, BRIDGE, DOCK, WEST, SOUTH, NORTH)}
    assert kept == {
        (ids[MILL], ids[WEST]): 1.0, (ids[CASTLE], ids[WEST]): 1.0, (ids[DOCK], ids[NORTH]): 1.0,
        (ids[BRIDGE], ids[SOUTH]): 0.6, (ids[BRIDGE], ids[NORTH]): 0.4,
    }  # fmt: skip


# --- those who follow --------------------------------------------------------------------------------------------


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
    assert "You follow Bridge, which is parted." in told[NEIGHBOUR.email]
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
    assert sum("which is parted" in line for line in lines) == 1  # Dock goes whole, so nothing is said of it


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


# --- undoing -----------------------------------------------------------------------------------------------------


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


# --- pages -------------------------------------------------------------------------------------------------------


def test_the_page_of_a_ward_that_ended_says_what_became_of_it(review, as_):
    activate(review)
    with time_machine.travel(f"{AFTERWARDS}T12:00"):
        page = as_(NOBODY).get(f"/wards/{BRIDGE}")
        assert page.status_code == 200
        assert "Its ground is in these since 2 May 2030" in page.text
        assert f'href="/wards/{SOUTH}">Lower Bridge</a> (60%)' in page.text
        assert "Tell us about Bridge" not in page.text
        place = as_(NOBODY).get(f"/places/ward:{BRIDGE}").text
        assert "This is the place as it was, or is to be, on 1 May 2030." in place
        assert f'href="/wards/{BRIDGE}">See what became of Bridge</a>' in place
        assert f'href="/wards/{BRIDGE}">Bridge</a>' in as_(NOBODY).get(f"/wards/{SOUTH}").text


def test_an_administrator_looks_activates_and_undoes_on_the_page(review, as_):
    admin = as_(ADMINISTRATOR)
    assert "Waits to be activated" in admin.get("/admin/boundaries").text
    page = admin.get(f"/admin/boundaries/{review.id}").text
    assert "Who takes over Bryn Bridge?" in page
    bridge = areas.area(BRIDGE).id
    assert admin.post(f"/admin/boundaries/{review.id}", data={f"goes-{bridge}": NORTH}).status_code == 302
    page = admin.get(f"/admin/boundaries/{review.id}").text
    assert "It was activated on" in page
    assert re.search(rf"Bryn Bridge went from <a[^>]*>{BRIDGE}</a> to <a[^>]*>{NORTH}</a>", page)
    assert codes(areas.wards(REVIEW)) == {WEST, SOUTH, NORTH}
    admin.post(f"/admin/boundaries/{review.id}/undo")
    db.session.expire_all()
    assert codes(areas.wards(REVIEW)) == {MILL, BRIDGE, CASTLE, DOCK}


# --- under load --------------------------------------------------------------------------------------------------


def test_whoever_reads_meanwhile_sees_all_of_it_or_nothing(app, home):
    """New wards in force since yesterday take the place of those before, while two read the page of wards."""
    yesterday = areas.wards()[0].set.from_on + timedelta(days=1)
    with transaction():
        row = add_boundary_set(SetDescription("New at once", "ward", yesterday), later_wards())
    seen, stop = set(), Flag()

    def read() -> None:
        reading = application(home)
        client = reading.test_client()
        with reading.app_context():
            while not stop.is_set():
                page = client.get("/wards").text
                seen.add(("Mill and Castle" in page, ">Mill<" in page, "Carys Mill" in page))
            db.engine.dispose()

    readers = [Thread(target=read) for _ in range(2)]
    for reader in readers:
        reader.start()
    for _ in range(5):
        activate(row)
        undo(row)
    stop.set()
    for reader in readers:
        reader.join()
    assert seen <= {(True, False, True), (False, True, True)}
    assert len(seen) == 2, "both were seen"


# --- on the command line -----------------------------------------------------------------------------------------


def wardbook(home: Path, *words: str) -> Result:
    return CliRunner(env=environment_of(home)).invoke(main, list(words))


def test_sets_are_listed_with_their_codes_and_taken_away_only_when_asked_to(review, home):
    said = wardbook(home, "boundaries", "list").stdout
    assert "Wards of the review: 3 x ward, waits to be activated, 2030-05-02 to ..." in said
    assert f"  {WEST} Mill and Castle\n" in said
    rows = {row["name"]: row for row in json.loads(wardbook(home, "boundaries", "list", "--json").stdout)["sets"]}
    assert {"code": WEST, "name": "Mill and Castle"} in rows["Wards of the review"]["codes"]
    tried = wardbook(home, "boundaries", "remove", "Wards of the review")
    assert tried.stdout == "3 areas, in which 0 entries lie, would be removed: --commit does it.\n"
    assert wardbook(home, "boundaries", "remove", "Wards of the review", "--commit").exit_code == 0
    assert "review" not in wardbook(home, "boundaries", "list").stdout
    assert wardbook(home, "boundaries", "remove", "Wards of the review").exit_code == 2


def test_one_area_is_not_given_to_two(review, home):
    said = wardbook(
        home, "boundaries", "preview", review.name, "--choose", f"{BRIDGE}={NORTH}", "--choose", f"{BRIDGE}={SOUTH}"
    )
    assert (said.exit_code, said.stderr) == (2, "One area is given to two: choose once for each.\n")


def test_activating_again_says_what_was_done(review, home):
    follow(NEIGHBOUR, f"ward:{BRIDGE}")
    wardbook(home, "boundaries", "activate", review.name, "--commit", "--choose", f"{BRIDGE}={NORTH}")
    said = wardbook(home, "boundaries", "activate", review.name, "--commit", "--choose", f"{BRIDGE}={SOUTH}").stdout
    assert said.splitlines() == [
        "'Wards of the review' is active already: nothing was changed.",
        f"  Carys Mill went from {MILL} to {WEST}.",
        f"  Bryn Bridge went from {BRIDGE} to {NORTH}.",
        "  0 follows went along; 1 of a ward that was parted was asked about.",
    ]
