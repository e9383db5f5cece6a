"""What was told twice becomes one: nothing is lost by it, nothing counts twice, and it can be taken back."""

from __future__ import annotations

import re
import secrets
from typing import Any

import pyogrio
import pytest
from flask.testing import FlaskClient

from tests.conftest import (
    CAST,
    CLLR,
    IN_MILL,
    MODERATOR,
    NEIGHBOUR,
    NOBODY,
    OFFICER,
    RESIDENT,
    a_note,
    an_asset,
    an_idea,
    an_issue,
    an_offer,
    as_viewer,
    person_of,
)
from wardbook.db import db, transaction
from wardbook.entries import erasing, support
from wardbook.entries.kinds import Kind, State
from wardbook.entries.merging import actions as merging
from wardbook.entries.models import Entry
from wardbook.entries.photographs import photos
from wardbook.errors import Refused
from wardbook.follows.actions import begin
from wardbook.follows.models import Rhythm
from wardbook.follows.things import thing_from_words
from wardbook.jobs import do_what_is_due
from wardbook.mail import letters
from wardbook.outlook.lists import export_all
from wardbook.shared import Level, Standing


@pytest.fixture
def kerb(app: Any) -> Entry:
    return an_issue("No dropped kerb", words="Wheels cannot cross by the bank.")


@pytest.fixture
def again(app: Any) -> Entry:
    """The same, told by somebody else."""
    return an_issue("Dropped kerb missing", by=NEIGHBOUR, words="My scooter tips over here.")


def merge(entry: Entry, into: Entry, words: str = "") -> None:
    with transaction():
        merging.merge(as_viewer(OFFICER), fresh(entry), fresh(into), words=words, once=secrets.token_hex(8))


def part(entry: Entry) -> None:
    with transaction():
        merging.part(as_viewer(OFFICER), fresh(entry), words="", once=secrets.token_hex(8))


def fresh(entry: Entry) -> Entry:
    return db.session.get_one(Entry, entry.id)


def titles(client: FlaskClient, asked: str = "") -> list[str]:
    return sorted(row["title"] for row in client.get(f"/map.json?{asked}").json["entries"])


def test_an_officer_chooses_from_those_near_that_say_the_same(as_: Any, kerb: Entry, again: Entry) -> None:
    an_issue("Graffiti on the wall", words="It was painted last week, and again since.")
    client, ref, into = as_(OFFICER), again.ref, kerb.ref
    page = client.get(f"/entries/{ref}/merge").text
    assert f'value="{into}"' in page
    assert f'value="{ref}"' not in page
    assert "Graffiti" not in page
    assert "metres away): Received" in page
    answer = client.post(f"/entries/{ref}/merge", data={"near": into, "words": "The same kerb."})
    assert answer.location == f"/entries/{into}"
    assert fresh(again).state is State.DUPLICATE
    assert "Also told as" in client.get(f"/entries/{into}").text


def test_or_by_its_reference_however_it_is_typed(as_: Any, kerb: Entry) -> None:
    far, into = an_issue("A pothole", at=(1.5, 0.5)).ref, kerb.ref
    client = as_(MODERATOR)
    assert "Nothing near says something similar" in client.get(f"/entries/{far}/merge").text
    typed = into.replace("-", " ").lower()
    assert client.post(f"/entries/{far}/merge", data={"ref": typed}).location == f"/entries/{into}"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "enter its reference"),
        ({"ref": "WB-22222"}, "We do not know this reference"),
        ({"ref": "own"}, "That is this entry"),
    ],
)
def test_what_is_no_other_entry_is_refused(as_: Any, kerb: Entry, given: dict[str, str], said: str) -> None:
    given = {name: kerb.ref if value == "own" else value for name, value in given.items()}
    answer = as_(OFFICER).post(f"/entries/{kerb.ref}/merge", data=given)
    assert answer.status_code == 422
    assert said in answer.text


@pytest.mark.parametrize("member", CAST, ids=str)
def test_officers_and_moderators_merge_and_nobody_else(as_: Any, kerb: Entry, again: Entry, member: Any) -> None:
    ref, into = again.ref, kerb.ref
    answer = as_(member).post(f"/entries/{ref}/merge", data={"ref": into})
    assert answer.status_code == (302 if member in (OFFICER, MODERATOR) else 403)
    answer = as_(member).post(f"/entries/{ref}/merge/undo", data={"once": "undo"})
    assert answer.status_code == (302 if member in (OFFICER, MODERATOR) else 403)


def test_a_merged_one_is_answered_where_it_goes_on(as_: Any, kerb: Entry, again: Entry) -> None:
    merge(again, kerb)
    client, address, into = as_(OFFICER), f"/entries/{again.ref}", kerb.ref
    page = client.get(f"{address}?merged=no").text
    assert f"It goes on at {into}:" in page
    assert 'name="answer-words"' not in page and 'name="answer-state"' not in page and "Say who leads" not in page
    answer = client.post(f"{address}/answer", data={"answer-words": "We come on Monday."})
    assert answer.status_code == 422
    assert f"/entries/{into}: answer there." in answer.text
    assert "We come on Monday." not in client.get(f"{address}?merged=no").text
    assert 'name="answer-words"' in client.get(f"/entries/{into}").text
    part(again)
    assert client.post(f"{address}/answer", data={"answer-words": "We come on Monday."}).status_code == 302


def test_its_address_leads_on_and_says_where_from(as_: Any, kerb: Entry, again: Entry) -> None:
    merge(again, kerb)
    client, ref, into = as_(NOBODY), again.ref, kerb.ref
    answer = client.get(f"/entries/{ref}")
    assert (answer.status_code, answer.location) == (302, f"/entries/{into}?told_as={ref}")
    page = client.get(answer.location).text
    assert f"You asked for {ref}." in page
    assert "My scooter tips over here." in page
    assert client.get(f"/entries/{ref}.atom").location == f"/entries/{into}.atom"
    old = client.get(f"/entries/{ref}?merged=no")
    assert old.status_code == 200
    assert "which now stands for both" in old.text
    assert "Take the merge back" not in old.text
    assert "Take the merge back" in as_(OFFICER).get(f"/entries/{ref}?merged=no").text


def test_photos_of_both_are_shown(as_: Any, kerb: Entry, again: Entry) -> None:
    with transaction():
        key = photos.keep(photos.Prepared(b"large", 1, 1), alt="A high kerb", entry_id=again.id).key
    merge(again, kerb)
    assert f"/photos/{key}/small.jpg" in as_(NOBODY).get(f"/entries/{kerb.ref}").text


def test_everybody_counts_once(app: Any, kerb: Entry, again: Entry) -> None:
    with transaction():
        for entry, members in ((kerb, (CLLR, OFFICER)), (again, (OFFICER, MODERATOR, RESIDENT))):
            for member in members:
                support.support(as_viewer(member), fresh(entry))
    merge(again, kerb)
    assert fresh(kerb).supporters == 4, "the councillor, the officer, the moderator, and who told the other"
    with transaction():
        support.take_back(as_viewer(MODERATOR), fresh(again))
    assert fresh(kerb).supporters == 3
    part(again)
    assert (fresh(kerb).supporters, fresh(again).supporters) == (2, 2)


def test_nothing_is_counted_or_listed_twice(as_: Any, kerb: Entry, again: Entry) -> None:
    merge(again, kerb)
    client = as_(NOBODY)
    assert titles(client) == ["No dropped kerb"]
    assert titles(client, "words=scooter") == []
    assert [found["properties"]["title"] for found in client.get("/map.geojson").json["features"]] == [
        "No dropped kerb"
    ]
    assert "Dropped kerb missing" not in client.get("/wards/T05000001").text
    assert client.get("/places/ward:T05000001/brief").text.count("Dropped kerb missing") == 0


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind is not Kind.NOTE], ids=str)
def test_taken_back_everything_is_as_before(as_: Any, app: Any, kind: Kind) -> None:
    one, other = an_issue("One", kind=kind), an_issue("Other", kind=kind, by=NEIGHBOUR)
    before = {(row.id, row.state, row.closed_at, row.supporters) for row in db.session.query(Entry)}
    merge(other, one)
    assert titles(as_(NOBODY)) == ["One"]
    part(other)
    assert titles(as_(NOBODY)) == ["One", "Other"]
    assert {(row.id, row.state, row.closed_at, row.supporters) for row in db.session.query(Entry)} == before
    assert as_(NOBODY).get(f"/entries/{other.ref}").status_code == 200


def test_what_was_closed_before_it_was_merged_is_closed_again(app: Any, kerb: Entry) -> None:
    told = an_issue("Told before", state=State.FIXED)
    closed = told.closed_at
    merge(told, kerb)
    part(told)
    assert (fresh(told).state, fresh(told).closed_at) == (State.FIXED, closed)


def test_a_chain_leads_to_its_end_and_is_taken_apart_link_by_link(as_: Any, kerb: Entry, again: Entry) -> None:
    third = an_issue("Kerb too high", by=CLLR)
    merge(again, kerb)
    merge(kerb, third)
    client = as_(NOBODY)
    first, last = again.ref, third.ref
    answer = client.get(client.get(client.get(f"/entries/{first}").location).location)
    assert f"Issue {last}" in answer.text
    assert f"You asked for {again.ref}." in answer.text
    assert "My scooter tips over here." in answer.text
    assert "Wheels cannot cross by the bank." in answer.text
    assert fresh(third).supporters == 2
    part(kerb)
    assert (fresh(third).supporters, fresh(kerb).supporters) == (0, 1)
    assert client.get(f"/entries/{again.ref}").location.startswith(f"/entries/{kerb.ref}")


def test_a_circle_is_refused_and_so_is_merging_twice(app: Any, kerb: Entry, again: Entry) -> None:
    merge(again, kerb)
    with pytest.raises(Refused, match="merged into this one"):
        merge(kerb, again)
    with pytest.raises(Refused, match="merged already"):
        merge(again, kerb)
    part(again)
    with pytest.raises(Refused, match="not merged"):
        part(again)


def test_what_is_merged_into_a_merged_one_goes_where_that_went(app: Any, kerb: Entry, again: Entry) -> None:
    third = an_issue("Kerb too high", by=CLLR)
    merge(again, kerb)
    merge(third, again)
    assert fresh(kerb).supporters == 2


def test_pressed_twice_it_is_merged_once(as_: Any, kerb: Entry, again: Entry) -> None:
    client, ref, into = as_(OFFICER), again.ref, kerb.ref
    for _ in range(2):
        assert client.post(f"/entries/{ref}/merge", data={"ref": into, "once": "m"}).location == f"/entries/{into}"
    for _ in range(2):
        assert client.post(f"/entries/{ref}/merge/undo", data={"once": "u"}).location == f"/entries/{ref}"
    assert len([one for one in letters() if one.to == NEIGHBOUR.email and "told before" in one.subject]) == 1


def test_both_authors_are_told_and_told_again_when_it_is_taken_back(app: Any, kerb: Entry, again: Entry) -> None:
    merge(again, kerb, "The same kerb.")
    by = {one.to: one for one in letters()}
    assert "The two are now one" in by[NEIGHBOUR.email].body
    assert f"/entries/{kerb.ref}" in by[NEIGHBOUR.email].body
    assert "Somebody else told us the same as you" in by[RESIDENT.email].body
    assert "The same kerb." in by[RESIDENT.email].body
    assert "How it stands: Received." in by[NEIGHBOUR.email].body
    part(again)
    by = {one.to: one for one in reversed(letters())}
    assert "stands for itself again" in by[NEIGHBOUR.email].body
    assert "stands for itself again" in by[RESIDENT.email].body


def test_into_a_closed_one_it_is_merged_when_that_is_wanted_and_its_author_reads_why(
    as_: Any, kerb: Entry, again: Entry
) -> None:
    client, address, into = as_(OFFICER), f"/entries/{again.ref}/merge", kerb.ref
    client.post(f"/entries/{into}/answer", data={"answer-state": "fixed", "answer-words": "Lowered on Monday."})
    answer = client.post(address, data={"ref": into})
    assert answer.status_code == 422
    assert f"{into} is closed: ‘Fixed’." in answer.text
    assert client.post(address, data={"ref": into, "closed_too": "y"}).status_code == 302
    (letter,) = [one for one in letters() if "told before" in one.subject]
    for said in ("How it stands: Fixed. It is closed: it is put right.", "Lowered on Monday."):
        assert said in letter.body
        assert said in letter.html


def test_who_follows_the_merged_one_or_told_it_hears_of_the_lasting_one(as_: Any, kerb: Entry, again: Entry) -> None:
    with transaction():
        begin(as_viewer(CLLR), thing_from_words(f"entry:{again.ref}", as_viewer(CLLR)), Rhythm.AT_ONCE)
    merge(again, kerb)
    as_(OFFICER).post(f"/entries/{kerb.ref}/answer", data={"answer-words": "We come on Monday.", "answer-once": "a"})
    do_what_is_due()
    told = {one.to for one in letters() if "We come on Monday." in one.body}
    assert told == {RESIDENT.email, NEIGHBOUR.email, CLLR.email}


def test_a_merged_one_is_not_moved_to_another_state(app: Any, as_: Any, kerb: Entry, again: Entry) -> None:
    merge(again, kerb)
    answer = as_(OFFICER).post(f"/entries/{again.ref}/answer", data={"answer-state": "received", "answer-words": "No."})
    assert answer.status_code == 422
    assert "Take that back before you change its state" in answer.text


@pytest.mark.parametrize(
    ("one", "other", "said"),
    [
        ({"level": Level.PUBLIC}, {"level": Level.COUNCIL}, "Fewer people see"),
        ({"kind": Kind.OFFER}, {}, "another offer"),
        ({}, {"kind": Kind.OFFER}, "another offer"),
    ],
    ids=str,
)
def test_what_would_lose_its_words_is_refused(app: Any, one: Any, other: Any, said: str) -> None:
    with pytest.raises(Refused, match=said):
        merge(an_issue(**one), an_issue(**other))


def test_a_note_is_no_duplicate_of_anything(as_: Any, app: Any, kerb: Entry) -> None:
    note = a_note(level=Level.PUBLIC)
    assert as_(OFFICER).post(f"/entries/{note.ref}/merge", data={"ref": kerb.ref}).status_code == 403
    assert as_(OFFICER).post(f"/entries/{kerb.ref}/merge", data={"ref": note.ref}).status_code == 422


def test_words_for_few_are_shown_to_these_few_under_the_wider_one(as_: Any, kerb: Entry) -> None:
    council = an_issue("For the council", by=NEIGHBOUR, level=Level.COUNCIL, words="He parks across it.")
    merge(council, kerb)
    for member, shown in ((NOBODY, False), (RESIDENT, False), (CLLR, True), (OFFICER, True), (NEIGHBOUR, True)):
        page = as_(member).get(f"/entries/{kerb.ref}").text
        assert ("He parks across it." in page) is shown, member
        assert (council.ref in page) is shown, member
        assert as_(member).get(f"/entries/{council.ref}").status_code == (302 if shown else 404)
        assert council.ref not in as_(member).get(f"/entries/{kerb.ref}?told_as={council.ref}").text or shown


def test_where_the_lasting_one_is_not_seen_the_merged_one_is_as_before(as_: Any, kerb: Entry, again: Entry) -> None:
    merge(again, kerb)
    with transaction():
        fresh(kerb).level = Level.COUNCIL
    assert titles(as_(NOBODY)) == ["Dropped kerb missing"]
    page = as_(NOBODY).get(f"/entries/{again.ref}")
    assert page.status_code == 200
    assert kerb.ref not in page.text
    assert as_(OFFICER).get(f"/entries/{again.ref}").status_code == 302
    with transaction():
        fresh(kerb).level, fresh(kerb).standing = Level.PUBLIC, Standing.HIDDEN
    assert titles(as_(NOBODY)) == ["Dropped kerb missing"]


def test_erased_the_merged_one_leaves_nothing_on_the_other(as_: Any, kerb: Entry, again: Entry) -> None:
    merge(again, kerb)
    with transaction():
        erasing.erase(as_viewer(NEIGHBOUR), fresh(again), once="gone")
    page = as_(OFFICER).get(f"/entries/{kerb.ref}").text
    assert "scooter" not in page
    assert again.ref not in page
    assert fresh(kerb).supporters == 0


def test_erased_the_lasting_one_lets_go_of_what_was_merged_into_it(as_: Any, kerb: Entry, again: Entry) -> None:
    merge(again, kerb)
    with transaction():
        erasing.erase(as_viewer(RESIDENT), fresh(kerb), once="gone")
    assert fresh(again).state is State.RECEIVED
    assert titles(as_(NOBODY)) == ["Dropped kerb missing"]
    assert as_(NOBODY).get(f"/entries/{again.ref}").status_code == 200


@pytest.mark.parametrize("made", [an_asset, an_idea, an_offer], ids=lambda made: made.__name__)
def test_what_is_merged_is_suggested_to_nobody_as_the_same(as_: Any, app: Any, made: Any) -> None:
    one, other = made("Something quite alike", at=IN_MILL), made("Something quite alike", at=IN_MILL, by=NEIGHBOUR)
    merge(other, one)
    found = re.findall(r'value="(WB-\w+)"', as_(OFFICER).get(f"/entries/{one.ref}/merge").text)
    assert other.ref not in found


def test_nobody_s_name_is_given_by_a_merge(as_: Any, kerb: Entry, again: Entry) -> None:
    merge(again, kerb)
    page = as_(NOBODY).get(f"/entries/{kerb.ref}").text
    assert person_of(NEIGHBOUR).name not in page


def test_the_whole_export_has_both_and_says_so(app: Any, kerb: Entry, again: Entry, tmp_path: Any) -> None:
    merge(again, kerb)
    export_all(tmp_path / "all.gpkg", as_viewer(NOBODY))
    rows = pyogrio.read_dataframe(tmp_path / "all.gpkg", layer="entries", read_geometry=False)
    assert {row.ref: row.merged_into for row in rows.itertuples()} == {kerb.ref: "", again.ref: kerb.ref}
    with transaction():
        fresh(kerb).level = Level.COUNCIL
    export_all(tmp_path / "fewer.gpkg", as_viewer(NOBODY))
    assert kerb.ref.encode() not in (tmp_path / "fewer.gpkg").read_bytes()
