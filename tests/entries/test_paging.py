"""Somebody reads a long list from page to page, back again, and as a file."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from tests.conftest import NOBODY, RESIDENT, a_note, an_issue, spot, square
from wardbook.clock import day_of
from wardbook.db import db, now, transaction
from wardbook.entries.models import Entry
from wardbook.entries.paging import FIRST, At, Order, Page, key_from, page
from wardbook.entries.queries import published
from wardbook.policy import VISITOR
from wardbook.shared import Level


@pytest.fixture
def told(app) -> list[str]:
    """Eleven issues, three of them told in one second, in the order of telling."""
    entries = [an_issue(f"Issue {number}") for number in range(11)]
    with transaction():
        for number, entry in enumerate(entries):
            entry.told_at = now() - timedelta(minutes=20 - (number if number not in (4, 5) else 6))
    return [entry.ref for entry in sorted(entries, key=lambda entry: (entry.told_at, entry.id))]


def refs(pages: list[Page]) -> list[str]:
    return [entry.ref for one in pages for entry in one.rows]


def onward(order: Order) -> list[Page]:
    pages = [page(published(VISITOR), FIRST, 4, order)]
    while pages[-1].after:
        pages.append(page(published(VISITOR), At(after=pages[-1].after), 4, order))
    return pages


@pytest.mark.parametrize("order", Order)
def test_every_entry_stands_on_one_page_and_in_order(order, told):
    pages = onward(order)
    assert [len(one.rows) for one in pages] == [4, 4, 3]
    assert refs(pages) == (told if order is Order.OLDEST else told[::-1])
    assert {one.total for one in pages} == {11}


@pytest.mark.parametrize("order", Order)
def test_the_way_back_leads_over_the_same_pages(order, told):
    pages = onward(order)
    middle = page(published(VISITOR), At(before=pages[2].before), 4, order)
    first = page(published(VISITOR), At(before=middle.before), 4, order)
    assert (refs([middle]), refs([first])) == (refs(pages[1:2]), refs(pages[:1]))
    assert first.before is None
    assert (middle.after, first.after) == (pages[1].after, pages[0].after)


def test_what_comes_meanwhile_puts_nothing_on_two_pages(told):
    first = page(published(VISITOR), FIRST, 4)
    an_issue("New")
    assert not set(refs([first])) & set(refs([page(published(VISITOR), At(after=first.after), 4)]))


def test_beyond_the_end_and_before_the_beginning_is_the_first_page(told):
    first = refs([page(published(VISITOR), FIRST, 4)])
    assert refs([page(published(VISITOR), At(after=key_from("1.1")), 4)]) == first
    assert refs([page(published(VISITOR), At(before=key_from("99999999999999999.1")), 4)]) == first


@pytest.mark.parametrize("words", [None, "", "x", "1", "1.x", "1.1.1", "-99999999999999999.1", "1.9999999999", "١.١"])
def test_what_is_no_key_asks_nothing(words):
    assert key_from(words) is None


def test_a_geojson_file_says_what_the_same_list_says_as_json(as_):
    an_issue('Kerb "A" \\ b', words="Line one\nline two \u2028 é 日", by=RESIDENT, name_shown=True)
    an_issue("Unnamed", at=(1.5, 1.5))
    a_note("A field", shape=square(0.2, 0.2, 300), level=Level.PUBLIC)
    client = as_(NOBODY)
    rows = client.get("/map.json").json["entries"]
    answer = client.get("/map.geojson")
    features = json.loads(answer.data)["features"]
    assert answer.mimetype == "application/geo+json"
    assert len(features) == len(rows) == 3
    for feature, row in zip(features, rows, strict=True):
        at = {row.pop("longitude"), row.pop("latitude")}
        assert (feature["type"], feature["id"], feature["properties"]) == ("Feature", row["ref"], row)
        if feature["geometry"]["type"] == "Point":
            assert {round(side, 7) for side in feature["geometry"]["coordinates"]} == at
    assert {feature["geometry"]["type"] for feature in features} == {"Point", "Polygon"}
    assert {feature["properties"]["by"] for feature in features} == {
        RESIDENT.name, "A resident", "Carys Mill",
    }  # fmt: skip
    assert features[0]["properties"]["told_on"] == day_of(now()).isoformat()


def test_a_program_asks_for_the_newest_in_a_box(as_):
    inside = [an_issue(f"In {number}", at=(0.2, 0.2)).ref for number in range(3)]
    an_issue("Out", at=(1.8, 1.8))
    corner, other = spot(0, 0), spot(0.5, 0.5)
    box = f"bbox={corner.x},{corner.y},{other.x},{other.y}"
    client = as_(NOBODY)
    found = [feature["id"] for feature in client.get(f"/map.geojson?{box}").json["features"]]
    assert found == inside[::-1]
    newest = client.get(f"/map.geojson?{box}&limit=2").json["features"]
    assert [feature["id"] for feature in newest] == inside[:0:-1]
    assert len(client.get("/map.json?limit=2").json["entries"]) == 2


@pytest.mark.parametrize("box", ["1", "1,2,3", "a,b,c,d", "2,1,1,2", "nan,nan,nan,nan", "-3,51,-2,91", "inf,0,1,1"])
def test_a_box_that_is_none_is_refused_in_words(box, as_):
    answer = as_(NOBODY).get(f"/map.geojson?bbox={box}", headers={"Accept": "application/json"})
    assert answer.status_code == 422
    assert "box" in answer.json["detail"]


def test_a_file_of_many_goes_out_in_pieces_and_whole(app, as_, monkeypatch):
    from wardbook.entries import features

    monkeypatch.setattr(features, "BATCH", 2)
    told = [an_issue(f"Issue {number}").ref for number in range(5)]
    body = json.loads(as_(NOBODY).get("/map.geojson").data)
    assert [feature["id"] for feature in body["features"]] == told[::-1]
    assert db.session.query(Entry).count() == 5
