"""Notes beside notes: a view that differs stands beside the other in equal type, a later one takes an older's place."""

from __future__ import annotations

import json
import re

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.conftest import (
    ADMINISTRATOR,
    CAST,
    CLLR,
    CLLR_NEXT_DOOR,
    IN_BRIDGE,
    MILL,
    MODERATOR,
    NEIGHBOUR,
    NOBODY,
    OFFICER,
    RESIDENT,
    a_note,
    an_issue,
    every_page,
    spot,
    square,
)
from tests.paper import words_of
from wardbook.db import db, transaction
from wardbook.entries.kinds import State
from wardbook.entries.models import Entry, Superseded
from wardbook.events import Did, Event, Told
from wardbook.mail import letters
from wardbook.shared import Level, Standing

VIEW = {
    "title": "It was never promised", "words": "The minute says considered.", "basis": "seen it myself",
    "cites": "Minute 12", "level": "council", "review_on": "",
}  # fmt: skip


def differ(client: FlaskClient, note: Entry, **changes: str) -> TestResponse:
    return client.post(f"/entries/{note.ref}/differ", data=VIEW | changes)


def viewed(client: FlaskClient, note: Entry, **changes: str) -> Entry:
    answer = differ(client, note, **changes)
    assert answer.status_code == 302, answer.text
    return entry_at(answer)


def entry_at(answer: TestResponse) -> Entry:
    return db.session.query(Entry).filter_by(ref=answer.location.removeprefix("/entries/")).one()


def now_of(entry: Entry) -> Entry:
    found = db.session.get(Entry, entry.id)
    assert found is not None
    return found


def side_by_side(page: str) -> list[str]:
    """The titles of the views that stand beside each other on a page."""
    return re.findall(r'<h3 class="wb-view__title">(?:<a[^>]*>)?([^<]+)', page)


# --- seen differently --------------------------------------------------------------------------------------------


def test_a_view_stands_beside_the_note_in_equal_type_on_the_page_of_either(as_):
    note = a_note("It was promised")
    view = viewed(as_(OFFICER), note)
    assert (view.topic, view.geometry) == (note.topic, note.geometry)
    for ref in (note.ref, view.ref):
        page = as_(CLLR_NEXT_DOOR).get(f"/entries/{ref}").text
        assert side_by_side(page) == ["It was promised", "It was never promised"]
        assert "The minute says considered." in page
        assert "Evidence: Minute 12" in page
        assert "A crossing was promised." in page


def test_the_other_writer_s_note_is_as_it_was_and_they_are_told(as_):
    note = a_note("It was promised")
    view = viewed(as_(OFFICER), note)
    assert (now_of(note).edition, now_of(note).words) == (1, "A crossing was promised.")
    letter = letters()[0]
    assert (letter.to, "somebody sees it differently" in letter.subject) == (CLLR.email, True)
    assert "The minute says considered." in letter.body
    step = db.session.query(Event).filter_by(thing_id=view.id, did=Did.POSTED).one()
    assert step.told is Told.WRITER_OF_THE_OTHER


@pytest.mark.parametrize("member", [NOBODY, RESIDENT, NEIGHBOUR, MODERATOR, ADMINISTRATOR], ids=str)
def test_who_may_write_no_notes_puts_none_beside_another(member, as_):
    assert differ(as_(member), a_note(level=Level.PUBLIC)).status_code == 403


def test_nobody_differs_from_themselves_or_from_what_is_no_note_or_not_seen(as_):
    assert differ(as_(CLLR), a_note()).status_code == 403
    assert differ(as_(CLLR), an_issue()).status_code == 403
    assert differ(as_(OFFICER), a_note(level=Level.WARD)).status_code == 404
    assert differ(as_(OFFICER), a_note(standing=Standing.WITHDRAWN)).status_code == 404


@pytest.mark.parametrize("of", [Level.WARD, Level.COUNCIL, Level.PUBLIC])
def test_a_view_is_for_no_more_people_than_the_note(of, as_):
    over_two_wards = square(0.5, 0.1, 1000, 300)
    note = a_note(level=of, shape=over_two_wards)
    client = as_(CLLR_NEXT_DOOR)
    offered = re.findall(r'name="level"[^>]*value="(\w+)"', client.get(f"/entries/{note.ref}/differ").text)
    narrower = [
        level for level in ("public", "council", "ward") if list(Level).index(Level(level)) <= list(Level).index(of)
    ]
    assert sorted(offered) == sorted(narrower)
    for level in Level:
        status = 302 if level in narrower else 422
        assert differ(client, note, level=level).status_code == status, level


def test_a_view_cannot_be_widened_beyond_the_note_later(as_):
    view = viewed(as_(OFFICER), a_note())
    client = as_(OFFICER)
    assert client.post(f"/entries/{view.ref}/level", data={"level": "public"}).status_code == 422
    assert now_of(view).level is Level.COUNCIL


def test_where_a_note_is_narrowed_its_views_and_theirs_are_narrowed_and_their_writers_told(as_):
    note = a_note(level=Level.PUBLIC)
    view = viewed(as_(OFFICER), note, level="public")
    of_view = viewed(as_(CLLR_NEXT_DOOR), view, level="public")
    assert as_(CLLR).post(f"/entries/{note.ref}/level", data={"level": "council"}).status_code == 302
    assert {now_of(one).level for one in (note, view, of_view)} == {Level.COUNCIL}
    told = {letter.to for letter in letters() if "fewer people see it" in letter.subject}
    assert told == {OFFICER.email, CLLR_NEXT_DOOR.email}
    assert as_(CLLR).post(f"/entries/{note.ref}/level", data={"level": "public"}).status_code == 302
    assert now_of(view).level is Level.COUNCIL, "widening is for each writer to do"


def test_pressed_twice_it_is_one_view(as_):
    note = a_note()
    first, second = (viewed(as_(OFFICER), note, once="one") for _ in range(2))
    assert first.ref == second.ref
    assert len(letters()) == 1


@pytest.mark.parametrize("field", ["title", "words", "basis", "level"])
def test_a_view_says_what_and_how_one_knows(field, as_):
    refused = differ(as_(OFFICER), a_note(), **{field: ""})
    assert refused.status_code == 422
    assert db.session.query(Entry).count() == 1


PAIRS = [(of, view, Standing.PUBLISHED, Standing.PUBLISHED) for of in Level for view in Level]
PAIRS += [
    (Level.PUBLIC, Level.PUBLIC, *stand)
    for a in Standing
    for stand in ((a, Standing.PUBLISHED), (Standing.PUBLISHED, a))
]


@pytest.mark.parametrize("member", CAST, ids=str)
def test_one_view_never_tells_of_another_that_its_reader_may_not_see(member, as_):
    """Every level of a note by every one of a view of it, and every standing of either, by every road out."""
    made = [
        (a_note(f"zqa{n:03}", by=CLLR, level=of, words=f"zqa{n:03}words", standing=stands),
         a_note(f"zqb{n:03}", by=OFFICER, level=view, words=f"zqb{n:03}words", standing=beside))
        for n, (of, view, stands, beside) in enumerate(PAIRS)
    ]  # fmt: skip
    with transaction():
        for note, differs in made:
            differs.differs_from_id = note.id
    pairs = [(number, note.ref, view.ref) for number, (note, view) in enumerate(made)]
    client = as_(member)
    listed = {row["ref"]: row for row in client.get("/map.json").json["entries"]}
    for number, note_ref, view_ref in pairs:
        note_page, view_page = client.get(f"/entries/{note_ref}"), client.get(f"/entries/{view_ref}")
        if member is OFFICER and PAIRS[number][2] is Standing.WITHDRAWN:
            assert f"zqa{number:03}" not in note_page.text, "a stub, for who wrote the view of it"
            continue
        assert (f"zqb{number:03}" in note_page.text) == (note_page.status_code == 200 and view_ref in listed)
        assert (f"zqa{number:03}" in view_page.text) == (view_page.status_code == 200 and note_ref in listed)
        assert (note_ref in view_page.text) == (view_page.status_code == 200 and note_ref in listed)
        if view_ref in listed:
            assert listed[view_ref]["differs_from"] == (note_ref if note_ref in listed else "")
    assert len(listed) > len(PAIRS) / 3
    listing = "".join(page.text for page in every_page(client, "/map"))
    brief = client.get(f"/places/ward:{MILL}/brief.json?for=public").text
    unseen = [f"zqa{number:03}" for number, ref, _ in pairs if ref not in listed]
    unseen += [f"zqb{number:03}" for number, _, ref in pairs if ref not in listed]
    assert [mark for mark in unseen if mark in listing or mark in brief] == []


def test_a_withdrawn_note_leaves_its_reason_beside_the_view_for_the_view_s_writer_alone(as_):
    note = a_note("It was promised", level=Level.PUBLIC)
    view = viewed(as_(OFFICER), note, level="public")
    as_(CLLR).post(f"/entries/{note.ref}/withdraw", data={"reason": "Minutes found."})
    page = as_(OFFICER).get(f"/entries/{view.ref}").text
    assert "was withdrawn: Minutes found." in page
    assert "It was promised" not in page
    assert as_(OFFICER).get(f"/entries/{note.ref}").status_code == 200
    for member in (NOBODY, CLLR_NEXT_DOOR, NEIGHBOUR):
        page = as_(member).get(f"/entries/{view.ref}").text
        assert "Minutes found." not in page
        assert note.ref not in page


def test_both_stand_beside_each_other_in_lists(as_):
    note = a_note("It was promised")
    viewed(as_(OFFICER), note)
    for address in ("/map?kind=note", f"/wards/{MILL}"):
        page = as_(CLLR_NEXT_DOOR).get(address).text
        assert "Somebody sees this differently:" in page
        assert "This note sees another differently:" in page
        assert page.count("The minute says considered.") == page.count("A crossing was promised.") == 2


def test_both_stand_beside_each_other_in_every_form_of_a_brief(as_):
    note = a_note("It was promised", words="Promised words.")
    a_note("Between them", words="Other words.", by=OFFICER)
    view = viewed(as_(OFFICER), note)
    client = as_(OFFICER)
    place = f"/places/ward:{MILL}/brief"
    page = client.get(f"{place}?for=council").text
    known = page[page.index('id="known"') :]
    assert re.search(r'<ul class="wb-views">.*Promised words\..*The minute says considered\..*</ul>', known, re.DOTALL)
    told = client.get(f"{place}.json?for=council").json
    refs = told["sections"]["known"]["topics"][0]["notes"]
    assert refs.index(view.ref) == refs.index(note.ref) + 1
    item = next(item for item in told["items"] if item["ref"] == view.ref)
    assert item["differs_from"] == note.ref
    assert f",{note.ref}," in client.get(f"{place}.csv?for=council").text
    words = words_of(client.get(f"{place}.pdf?for=council").data)
    assert "Seen differently" in words
    assert words.index("Promised words.") < words.index("The minute says considered.")


# --- later notes -------------------------------------------------------------------------------------------------


def later(client: FlaskClient, note: Entry, **changes: str) -> TestResponse:
    return client.post(f"/entries/{note.ref}/later", data=VIEW | changes)


def name_later(client: FlaskClient, note: Entry, other: Entry, **more: str) -> TestResponse:
    return client.post(f"/entries/{note.ref}/superseded", data={"written-ref": other.ref} | more)


def test_a_later_note_takes_an_older_one_s_place_and_both_lead_to_each_other(as_):
    note = a_note("As it was")
    assert "As it was" in as_(CLLR).get(f"/entries/{note.ref}/later").text
    new = entry_at(later(as_(CLLR), note, title="As it is"))
    assert now_of(note).state is State.SUPERSEDED
    old_page, new_page = (as_(OFFICER).get(f"/entries/{ref}").text for ref in (note.ref, new.ref))
    assert "Superseded" in old_page
    assert f'href="/entries/{new.ref}"' in old_page
    assert "takes the place of an older note" in new_page
    assert f'href="/entries/{note.ref}"' in new_page
    assert note.ref not in json.dumps(as_(OFFICER).get("/map.json?family=current").json)


def test_a_note_that_is_written_already_is_named(as_):
    note, new = a_note("As it was"), a_note("As it is")
    assert f'value="{new.ref}"' in as_(CLLR).get(f"/entries/{note.ref}/later").text
    assert name_later(as_(CLLR), note, new).status_code == 302
    assert db.session.get(Superseded, note.id).by_id == new.id


def test_pressed_twice_it_is_one_later_note(as_):
    note = a_note()
    first, second = (entry_at(later(as_(CLLR), note, once="one")) for _ in range(2))
    assert first.id == second.id
    assert db.session.query(Event).filter_by(did=Did.SUPERSEDED).count() == 1


def test_who_may_not_see_the_later_note_is_not_told_which_it_is(as_):
    note = a_note(level=Level.PUBLIC)
    new = entry_at(later(as_(CLLR), note, level="ward"))
    page = as_(NOBODY).get(f"/entries/{note.ref}").text
    assert "Superseded" in page
    assert new.ref not in page


def test_no_note_takes_its_own_place_or_is_reached_from_itself(as_):
    client = as_(CLLR)
    first, second = a_note("First"), a_note("Second")
    assert name_later(client, first, first).status_code == 422
    assert name_later(client, first, second).status_code == 302
    assert name_later(client, second, first).status_code == 422
    assert name_later(client, first, a_note("Third")).status_code == 422
    assert db.session.query(Superseded).count() == 1


@pytest.mark.parametrize("member", [OFFICER, CLLR_NEXT_DOOR], ids=str)
def test_nobody_takes_the_place_of_another_s_note_or_lets_another_s_take_theirs(member, as_):
    note, own = a_note(), a_note(by=member)
    assert later(as_(member), note).status_code == 403
    assert name_later(as_(member), note, own).status_code == 403
    assert name_later(as_(CLLR), note, own).status_code == 422
    assert now_of(note).state is State.CURRENT


def test_a_superseded_note_that_still_holds_is_current_again(as_):
    note = a_note()
    new = entry_at(later(as_(CLLR), note))
    holds = {"holds": "yes", "review_on": "2090-01-01"}
    assert as_(CLLR).post(f"/entries/{note.ref}/review", data=holds).status_code == 302
    assert now_of(note).state is State.CURRENT
    assert new.ref not in as_(CLLR).get(f"/entries/{note.ref}").text


def test_a_view_is_on_the_ground_of_its_note(as_):
    note = a_note(by=CLLR_NEXT_DOOR, shape=spot(*IN_BRIDGE))
    assert viewed(as_(OFFICER), note).geometry.equals(spot(*IN_BRIDGE))
