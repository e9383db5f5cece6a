"""Before somebody finishes telling, they are asked whether it is something that was told already."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from tests.conftest import (
    CLLR,
    IN_BRIDGE,
    IN_MILL,
    NEIGHBOUR,
    NOBODY,
    OFFICER,
    RESIDENT,
    a_note,
    an_asset,
    an_issue,
    an_offer,
    as_viewer,
    category,
    spot,
)
from wardbook.db import db, transaction
from wardbook.entries.kinds import Kind, State
from wardbook.entries.merging.likeness import alike
from wardbook.entries.merging.wording import similarity
from wardbook.entries.models import Draft, Entry
from wardbook.mail import letters
from wardbook.policy import VISITOR, Viewer
from wardbook.shared import Level, Standing

PG_TRGM = {
    ("No dropped kerb", "Dropped kerb missing"): 0.5416667,
    ("Overflowing bin", "The bin by the bench is overflowing"): 0.53333336,
    ("Pothole", "Deep potholes on Mill Street"): 0.23333333,
    ("word", "two words"): 0.36363637,
    ("Café", "cafe"): 0.42857143,
    ("a/b-c", "a b c"): 1,
    ("", ""): 0,
    ("kerb kerb kerb", "kerb"): 1,
    ("No. 7!", "number 7"): 0.27272728,
    ("Llŷn ŵyn", "llŷn wyn"): 0.5,
    ("snake_case", "snake case"): 1,
    ("No bench here", "Graffiti on the wall"): 0,
}
"""What PostgreSQL 15's pg_trgm 1.6 answers"""


@pytest.mark.parametrize("texts", PG_TRGM, ids=" | ".join)
def test_texts_are_as_similar_as_postgresql_says(texts: tuple[str, str]) -> None:
    assert similarity(*texts) == pytest.approx(PG_TRGM[texts], abs=1e-6)
    assert similarity(*texts) == similarity(*reversed(texts))


def test_where_postgresql_is_the_store_it_says_the_same(app: Any) -> None:
    if db.engine.dialect.name != "postgresql":
        assert db.engine.dialect.name == "sqlite"
        return
    db.session.execute(text("CREATE EXTENSION IF NOT EXISTS pg_trgm"))
    for one, other in PG_TRGM:
        asked = text("SELECT similarity(:one, :other)")
        assert similarity(one, other) == pytest.approx(db.session.scalar(asked, {"one": one, "other": other}), abs=1e-6)


def found(
    title: str, words: str = "", *, viewer: Viewer = VISITOR, about: str = "Dropped kerbs", kind: Kind = Kind.ISSUE
) -> list[str]:
    return [one.entry.title for one in alike(viewer, spot(*IN_MILL), kind, category(about), title, words)]


def test_what_is_near_and_says_the_same_is_found_most_similar_first(app: Any) -> None:
    an_issue("Dropped kerb missing by the library", words="")
    an_issue("Dropped kerb missing", words="")
    an_issue("Graffiti on the wall", words="Somebody has painted it.")
    assert found("Missing dropped kerb") == ["Dropped kerb missing", "Dropped kerb missing by the library"]
    assert found("Street light is out") == []


@pytest.mark.parametrize(("metres", "seen"), [(0, True), (240, True), (260, False)])
def test_within_two_hundred_and_fifty_metres(app: Any, metres: int, seen: bool) -> None:
    column, row = IN_MILL
    an_issue("No dropped kerb", at=(column + metres / 1000, row))
    assert found("No dropped kerb") == (["No dropped kerb"] if seen else [])


def test_of_the_same_category_a_little_likeness_is_enough(app: Any) -> None:
    an_issue("Deep potholes on Mill Street", words="")
    assert found("Pothole") == ["Deep potholes on Mill Street"]
    assert found("Pothole", about="About a person") == []


@pytest.mark.parametrize(
    "columns",
    [
        {"state": State.FIXED},
        {"standing": Standing.HIDDEN},
        {"standing": Standing.PENDING},
        {"standing": Standing.WITHDRAWN},
        {"level": Level.COUNCIL},
        {"level": Level.WARD},
    ],
    ids=str,
)
def test_what_is_closed_or_not_to_be_seen_is_not_offered(app: Any, columns: dict[str, Any]) -> None:
    an_issue("No dropped kerb", **columns)
    assert found("No dropped kerb") == []


def test_notes_are_not_offered_and_assets_are(app: Any) -> None:
    a_note("No dropped kerb", level=Level.PUBLIC)
    an_asset("The Tuesday lunch")
    assert found("No dropped kerb", viewer=as_viewer(CLLR)) == []
    assert found("Tuesday lunch", about="Place to meet") == ["The Tuesday lunch"]


def test_an_offer_is_like_offers_alone(app: Any) -> None:
    an_issue("We can cut the hedge")
    an_offer("We can cut the hedges")
    assert found("We can cut the hedge", kind=Kind.OFFER) == ["We can cut the hedges"]
    assert found("We can cut the hedge", kind=Kind.IDEA) == ["We can cut the hedge"]


def test_a_councillor_is_offered_what_a_councillor_sees(app: Any) -> None:
    an_issue("No dropped kerb", level=Level.WARD)
    assert found("No dropped kerb", viewer=as_viewer(CLLR)) == ["No dropped kerb"]


def test_five_at_most_are_offered(app: Any) -> None:
    for number in range(7):
        an_issue(f"No dropped kerb {number}")
    assert len(found("No dropped kerb")) == 5


# --- on the way --------------------------------------------------------------------------------------------------


def says(client: FlaskClient, draft: str, **changes: str) -> str:
    told = {"category": str(category().id), "title": "No dropped kerb", "words": "By the library."}
    client.post(f"{draft}/kind", data={"kind": "issue"})
    return client.post(f"{draft}/what", data=told | changes).location


def begins(client: FlaskClient) -> str:
    return client.post("/contribute", data={"q": "ZZ1 1AA"}).location.removesuffix("/spot")


@pytest.fixture
def kerb(app: Any) -> Entry:
    return an_issue("Dropped kerb missing", words="At the library.", at=IN_MILL)


def test_nobody_is_asked_where_nothing_is_alike(as_: Any, app: Any) -> None:
    client = as_(NOBODY)
    draft = begins(client)
    assert says(client, draft) == f"{draft}/photos"
    assert client.get(f"{draft}/same").location == f"{draft}/photos"


def test_somebody_is_asked_and_sees_what_it_is_and_how_far(as_: Any, kerb: Entry) -> None:
    client, ref = as_(NOBODY), kerb.ref
    draft = begins(client)
    assert says(client, draft) == f"{draft}/same"
    page = client.get(f"{draft}/same").text
    assert "Is it this one?" in page
    assert "Dropped kerb missing" in page
    assert "at the same spot" in page
    assert f'href="/entries/{ref}"' in page


def test_it_is_something_else_and_they_go_on_with_all_they_typed(as_: Any, kerb: Entry) -> None:
    client, ref = as_(NOBODY), kerb.ref
    draft = begins(client)
    says(client, draft)
    shown = re.search(r'name="shown"[^>]*value="([^"]*)"', client.get(f"{draft}/same").text)[1]
    assert shown == ref
    assert client.post(f"{draft}/same", data={"shown": shown}).location == f"{draft}/photos"
    assert 'value="No dropped kerb"' in client.get(f"{draft}/what").text
    assert says(client, draft, words="By the library door.") == f"{draft}/photos", "asked once"


def test_what_is_told_meanwhile_is_asked_about_when_they_come_by_again(as_: Any, kerb: Entry) -> None:
    client, ref = as_(NOBODY), kerb.ref
    draft = begins(client)
    says(client, draft)
    newer = an_issue("No dropped kerb here").ref
    client.post(f"{draft}/same", data={"shown": ref})
    assert says(client, draft) == f"{draft}/same"
    page = client.get(f"{draft}/same").text
    assert newer in page
    assert ref not in page


def test_whoever_changes_the_spot_at_the_end_is_asked_about_what_is_there(as_: Any, app: Any) -> None:
    an_issue("Dropped kerb missing", at=IN_BRIDGE)
    client = as_(NOBODY)
    draft = begins(client)
    assert says(client, draft) == f"{draft}/photos"
    client.post(f"{draft}/who", data={"level": "public", "email": "new@example.org", "name": ""})
    there = spot(*IN_BRIDGE)
    assert client.post(f"{draft}/spot", data={"spot": f"{there.y}, {there.x}"}).location == f"{draft}/same"
    refs = re.search(r'name="shown"[^>]*value="([^"]*)"', client.get(f"{draft}/same").text)[1]
    assert client.post(f"{draft}/same", data={"shown": refs}).location == f"{draft}/check"


def test_before_there_is_an_answer_the_page_leads_back_to_the_question(as_: Any, kerb: Entry) -> None:
    client = as_(NOBODY)
    draft = begins(client)
    for missing in ("kind", "what"):
        assert client.get(f"{draft}/same").location == f"{draft}/{missing}"
        assert client.post(f"{draft}/same").location == f"{draft}/{missing}"
        client.post(f"{draft}/kind", data={"kind": "issue"})


def test_a_page_that_was_only_looked_at_keeps_nothing(as_: Any, kerb: Entry) -> None:
    client = as_(NOBODY)
    draft = begins(client)
    says(client, draft)
    before = dict(db.session.get(Draft, draft.split("/")[-1]).answers)
    client.get(f"{draft}/same")
    assert db.session.get(Draft, draft.split("/")[-1]).answers == before


def test_what_was_declined_must_be_what_was_shown(as_: Any, kerb: Entry) -> None:
    client = as_(RESIDENT)
    draft = begins(client)
    says(client, draft)
    assert client.post(f"{draft}/same", data={"shown": "x" * 101}).status_code == 422


def test_the_radius_is_the_category_s(app: Any) -> None:
    column, row = IN_MILL
    an_issue("No dropped kerb", at=(column + 0.26, row))
    with transaction():
        category().radius_m = 300
    assert found("No dropped kerb") == ["No dropped kerb"]


# --- this is mine too --------------------------------------------------------------------------------------------


def asked_about(client: FlaskClient) -> str:
    draft = begins(client)
    assert says(client, draft) == f"{draft}/same"
    return draft


def test_somebody_signed_in_says_in_one_press_that_it_is_theirs_too(as_: Any, kerb: Entry) -> None:
    client, ref = as_(NEIGHBOUR), kerb.ref
    draft = asked_about(client)
    answer = client.post(f"{draft}/mine/{ref}")
    assert answer.location == f"/entries/{ref}#support"
    page = client.get(f"/entries/{ref}").text
    assert "You support this now. What you had typed was not sent." in page
    assert "you among them" in page
    assert db.session.get(Entry, kerb.id).supporters == 1
    assert db.session.query(Draft).count() == 0
    assert client.get(f"{draft}/check").status_code == 404
    assert db.session.query(Entry).count() == 1


def test_staff_who_enter_for_somebody_are_not_counted_in_their_place(as_: Any, kerb: Entry) -> None:
    client, ref = as_(OFFICER), kerb.ref
    draft = client.post("/contribute/for", data={"channel": "telephone"}).location.removesuffix("/place")
    client.post(f"{draft}/place", data={"q": "ZZ1 1AA"})
    assert says(client, draft) == f"{draft}/same"
    page = client.get(f"{draft}/same").text
    assert "This is mine too" not in page
    assert f"tell them its reference, {ref}. To have theirs counted too, go on." in page
    assert "Go on and enter it" in page
    assert client.post(f"{draft}/mine/{ref}").status_code == 403
    assert db.session.get(Entry, kerb.id).supporters == 0
    assert db.session.query(Draft).count() == 1


def test_pressed_twice_it_counts_once_and_the_second_press_finds_nothing_to_do(as_: Any, kerb: Entry) -> None:
    client, ref = as_(NEIGHBOUR), kerb.ref
    draft = asked_about(client)
    assert client.post(f"{draft}/mine/{ref}").status_code == 302
    assert client.post(f"{draft}/mine/{ref}").status_code == 404
    assert db.session.get(Entry, kerb.id).supporters == 1


def test_a_visitor_gives_an_address_beside_it_and_presses_the_link(as_: Any, kerb: Entry) -> None:
    client, ref = as_(NOBODY), kerb.ref
    draft = asked_about(client)
    assert f'name="{ref}-email"' in client.get(f"{draft}/same").text
    answer = client.post(f"{draft}/mine/{ref}", data={f"{ref}-email": "new@example.org"})
    assert "We have sent a link to <strong>new@example.org</strong>" in answer.text
    assert "What you had typed was not sent. It is kept for a day." in answer.text
    assert db.session.query(Draft).count() == 1
    link = re.search(r"http://localhost(/support/\S+)", letters()[0].body)[1]
    assert client.post(link).location == f"/entries/{ref}#support"
    assert db.session.get(Entry, kerb.id).supporters == 1


@pytest.mark.parametrize("email", ["", "not an address", "a" * 300 + "@example.org"])
def test_a_visitor_without_an_address_is_told_beside_the_one_they_meant(as_: Any, kerb: Entry, email: str) -> None:
    client, ref = as_(NOBODY), kerb.ref
    draft = asked_about(client)
    answer = client.post(f"{draft}/mine/{ref}", data={f"{ref}-email": email})
    assert answer.status_code == 422
    assert f'href="#{ref}-email"' in answer.text
    assert "Is it this one?" in answer.text


def test_whoever_told_it_themselves_is_led_there(as_: Any, kerb: Entry) -> None:
    client, ref = as_(RESIDENT), kerb.ref
    draft = asked_about(client)
    assert client.post(f"{draft}/mine/{ref}").location == f"/entries/{ref}#support"
    assert db.session.get(Entry, kerb.id).supporters == 0


def test_what_may_not_be_seen_cannot_be_said_to_be_mine(as_: Any, kerb: Entry) -> None:
    hidden = an_issue("Dropped kerb missing", level=Level.WARD).ref
    client = as_(NEIGHBOUR)
    draft = asked_about(client)
    assert client.post(f"{draft}/mine/{hidden}").status_code == 404
