"""An administrator puts new wards in the place of the old: ahead of their day, all at once; and can undo it."""

from __future__ import annotations

import json
import re
from datetime import date, timedelta
from pathlib import Path
from threading import Event as Flag
from threading import Thread

import pytest
import time_machine
from click.testing import CliRunner, Result
from sqlalchemy import select

from tests.activation.acting import AFTERWARDS, a_set, activate, codes, follow, undo
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
    a_note,
    an_issue,
    application,
    as_viewer,
    person_of,
    spot,
    square,
)
from tests.engines import environment_of
from wardbook.activation.preview import preview
from wardbook.activation.words import in_words
from wardbook.areas import queries as areas
from wardbook.areas.actions import SetDescription, add_boundary_set, remove_boundary_set
from wardbook.areas.models import Activation, Succession
from wardbook.cli import main
from wardbook.db import db, transaction
from wardbook.errors import Refused
from wardbook.people.actions import Grant, add_person
from wardbook.people.models import Term
from wardbook.policy import VISITOR, Role, sees
from wardbook.shared import Level


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
