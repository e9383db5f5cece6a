"""Somebody tells the council each kind of thing there is, in its own words."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import time_machine
from flask.testing import FlaskClient

from tests.conftest import MILL, NOBODY, RESIDENT, category
from wardbook.clock import today
from wardbook.db import db, transaction
from wardbook.entries.kinds import CONTRIBUTIONS, KINDS, Kind
from wardbook.entries.models import Category, Entry

every_kind = pytest.mark.parametrize("kind", CONTRIBUTIONS, ids=str)


def category_of(kind: Kind) -> str:
    return str(category("Place to meet" if kind is Kind.ASSET else "Dropped kerbs").id)


def begun(client: FlaskClient, kind: Kind) -> str:
    """A draft of this kind; its address."""
    draft = client.post("/contribute", data={"q": "ZZ1 1AA"}).location.removesuffix("/spot")
    client.post(f"{draft}/spot", data={"spot": "ST 754 646"})
    assert client.post(f"{draft}/kind", data={"kind": kind}).location == f"{draft}/what"
    return draft


def tell(client: FlaskClient, kind: Kind, **said: str) -> Entry:
    draft = begun(client, kind)
    what = {"category": category_of(kind), "title": "In a few words", "words": "More."} | said
    if kind is Kind.OFFER:
        what = {"lapses_on": (today() + timedelta(days=30)).isoformat()} | what
    assert client.post(f"{draft}/what", data=what).location == f"{draft}/photos"
    assert client.post(f"{draft}/who", data={"level": "public", "name": ""}).location == f"{draft}/check"
    assert client.post(f"{draft}/check").location == f"{draft}/sent"
    return db.session.query(Entry).order_by(Entry.id.desc()).first()


def test_the_kinds_are_offered_in_everyday_words(as_):
    client = as_(NOBODY)
    draft = client.post("/contribute", data={"q": "ZZ1 1AA"}).location.removesuffix("/spot")
    page = client.get(f"{draft}/kind").text
    for kind in CONTRIBUTIONS:
        assert KINDS[kind].invitation in page
        assert KINDS[kind].explained.replace("'", "&#39;") in page
    assert KINDS[Kind.NOTE].invitation not in page


@every_kind
def test_each_kind_is_told_and_stands_where_its_life_begins(kind, as_):
    entry = tell(as_(RESIDENT), kind)
    assert (entry.kind, entry.state, entry.state_now) == (kind, KINDS[kind].starts, KINDS[kind].starts)
    page = as_(NOBODY).get(f"/entries/{entry.ref}")
    assert page.status_code == 200
    assert f"{KINDS[kind].label} {entry.ref}" in page.text
    assert f'"called":"{KINDS[kind].label}"' in as_(NOBODY).get(f"/map/frame/entry/{entry.ref}").text


@every_kind
def test_each_kind_asks_what_it_is_about_from_its_own_list_with_an_example_of_its_own(kind, as_):
    client = as_(NOBODY)
    page = client.get(f"{begun(client, kind)}/what").text
    names = {found.name for found in db.session.query(Category) if kind in found.kinds}
    shown = {found.name for found in db.session.query(Category) if f">{found.name}</option>" in page}
    assert shown == names
    assert KINDS[kind].example in page
    assert ("Until when does your offer stand?" in page) is (kind is Kind.OFFER)
    assert ("would like to take this on" in page) is (kind in (Kind.ISSUE, Kind.IDEA))


def test_a_kind_for_which_no_category_was_made_borrows_all_of_them(as_):
    with transaction():
        for found in db.session.query(Category):
            found.kinds = [str(Kind.ISSUE)]
    client = as_(RESIDENT)
    page = client.get(f"{begun(client, Kind.IDEA)}/what").text
    assert "Dropped kerbs</option>" in page
    assert tell(client, Kind.IDEA).category.name == "Dropped kerbs"


# --- offers ------------------------------------------------------------------------------------------------------


def test_an_offer_stands_for_three_months_unless_its_author_says_otherwise(as_):
    with time_machine.travel("2026-06-01 12:00", tick=False):
        client = as_(NOBODY)
        assert 'value="2026-08-30"' in client.get(f"{begun(client, Kind.OFFER)}/what").text
    offer = tell(as_(RESIDENT), Kind.OFFER)
    assert offer.lapses_on == today() + timedelta(days=30)


@pytest.mark.parametrize(
    ("day", "sentence"),
    [
        ("", "Enter the day until which your offer stands"),
        ("soon", "Enter a real day"),
        ("2020-01-01", "Choose a day from today to two years from now."),
        ("2099-01-01", "Choose a day from today to two years from now."),
    ],
)
def test_until_when_an_offer_stands_must_be_said(day, sentence, as_):
    client = as_(NOBODY)
    draft = begun(client, Kind.OFFER)
    said = {"category": category_of(Kind.OFFER), "title": "I can dig", "words": "Most days.", "lapses_on": day}
    refused = client.post(f"{draft}/what", data=said)
    assert refused.status_code == 422
    assert sentence in refused.text
    assert "I can dig" in refused.text
    assert client.get(f"{draft}/check").location == f"{draft}/what"


def test_an_offer_left_lying_until_its_day_has_passed_is_asked_again(as_):
    client = as_(NOBODY)
    with time_machine.travel("2026-06-01 21:00", tick=False):
        draft = begun(client, Kind.OFFER)
        said = {"category": category_of(Kind.OFFER), "title": "I can dig", "lapses_on": "2026-06-01"}
        client.post(f"{draft}/what", data=said)
        client.post(f"{draft}/who", data={"level": "public", "email": "new@example.org"})
        assert client.get(f"{draft}/check").status_code == 200
    with time_machine.travel("2026-06-02 08:00", tick=False):
        assert client.post(f"{draft}/check").location == f"{draft}/what"
    assert db.session.query(Entry).count() == 0


def test_until_when_it_stands_is_on_its_page_in_lists_and_in_files(as_):
    offer = tell(as_(RESIDENT), Kind.OFFER)
    day = offer.lapses_on
    words = f"{day.day} {day:%B %Y}"
    assert f"<dt>Stands until</dt><dd>{words}</dd>" in as_(NOBODY).get(f"/entries/{offer.ref}").text
    assert f"Stands until {words}" in as_(NOBODY).get(f"/places/ward:{MILL}").text
    (row,) = as_(NOBODY).get("/map.json").json["entries"]
    assert date.fromisoformat(row["lapses_on"]) == day


# --- taking it on ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [Kind.ISSUE, Kind.IDEA], ids=str)
def test_whoever_tells_of_an_issue_or_an_idea_may_say_that_they_would_take_it_on(kind, as_):
    assert tell(as_(RESIDENT), kind, willing="y").willing
    assert not tell(as_(RESIDENT), kind, title="Another thing", words="").willing


def test_a_tick_left_from_another_kind_is_not_kept(as_):
    client = as_(RESIDENT)
    draft = begun(client, Kind.IDEA)
    client.post(f"{draft}/what", data={"category": category_of(Kind.IDEA), "title": "A bench", "willing": "y"})
    client.post(f"{draft}/kind", data={"kind": "knowledge"})
    assert client.get(f"{draft}/check").location == f"{draft}/who"
    client.post(f"{draft}/who", data={"level": "public"})
    assert "would like to" not in client.get(f"{draft}/check").text
    client.post(f"{draft}/check")
    entry = db.session.query(Entry).one()
    assert (entry.kind, entry.willing) == (Kind.KNOWLEDGE, False)


def test_changing_the_kind_after_the_check_leads_on_to_what_it_is(as_):
    client = as_(RESIDENT)
    draft = begun(client, Kind.ISSUE)
    client.post(f"{draft}/what", data={"category": category_of(Kind.ISSUE), "title": "A bench"})
    client.post(f"{draft}/who", data={"level": "public"})
    assert client.post(f"{draft}/kind", data={"kind": "asset"}).location == f"{draft}/what"
    assert client.get(f"{draft}/check").location == f"{draft}/what"
    assert 'value="A bench"' in client.get(f"{draft}/what").text
