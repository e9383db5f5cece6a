"""Somebody reads a long list from page to page, back again, and as a file."""

from __future__ import annotations

import json
import re
from datetime import timedelta

import pytest

from tests.conftest import NOBODY, RESIDENT, a_note, an_issue, every_page, spot, square
from wardbook.clock import day_of
from wardbook.db import db, now, transaction
from wardbook.downloads import sources
from wardbook.entries import features, paging
from wardbook.entries.paging import FIRST, At, Order, Page, at_from, key_from, page
from wardbook.entries.queries import Filters, Sort, published
from wardbook.jobs import do_what_is_due
from wardbook.policy import VISITOR
from wardbook.shared import Level

SORTED = {
    Order.NEWEST: Filters(),
    Order.OLDEST: Filters(),
    Order.SUPPORTED: Filters(sort=Sort.SUPPORTED),
    Order.BEST: Filters(words="bench"),
}
every_order = pytest.mark.parametrize("order", Order)


@pytest.fixture
def told(app) -> list[str]:
    """Eleven issues, three of them told in one second, in the order of telling; the older are supported by more."""
    entries = [an_issue(f"Bench {number}", words="bench " * (number + 1)) for number in range(11)]
    with transaction():
        for number, entry in enumerate(entries):
            entry.told_at = now() - timedelta(minutes=20 - (number if number not in (4, 5) else 6))
            entry.supporters = (10 - number) // 3
    return [entry.ref for entry in sorted(entries, key=lambda entry: (entry.told_at, entry.id))]


def refs(pages: list[Page]) -> list[str]:
    return [entry.ref for one in pages for entry in one.rows]


def four(at: At, order: Order = Order.NEWEST) -> Page:
    return page(published(VISITOR, None, SORTED[order]), at, 4, order)


def onward(order: Order) -> list[Page]:
    pages = [four(FIRST, order)]
    while pages[-1].next:
        pages.append(four(at_from(pages[-1].next), order))
    return pages


@every_order
def test_every_entry_stands_on_one_page_and_in_order(order, told):
    pages = onward(order)
    assert [len(one.rows) for one in pages] == [4, 4, 3]
    whole = [entry.ref for entry in db.session.scalars(published(VISITOR, None, SORTED[order]))]
    assert refs(pages) == (told if order is Order.OLDEST else whole)
    assert sorted(whole) == sorted(told)
    assert {one.total for one in pages} == {11}


def test_the_most_supported_come_first_and_of_equals_the_newest(told):
    found = [(entry.supporters, entry.told_at, entry.id) for one in onward(Order.SUPPORTED) for entry in one.rows]
    assert found == sorted(found, reverse=True)
    assert len({supporters for supporters, *_ in found}) == 4


@every_order
def test_the_way_back_leads_over_the_same_pages(order, told):
    pages = onward(order)
    middle = four(at_from(pages[2].previous), order)
    first = four(at_from(middle.previous), order)
    assert (refs([middle]), refs([first])) == (refs(pages[1:2]), refs(pages[:1]))
    assert not first.previous
    assert (middle.next, first.next) == (pages[1].next, pages[0].next)


def test_what_comes_meanwhile_puts_nothing_on_two_pages(told):
    first = four(FIRST)
    an_issue("New")
    assert not set(refs([first])) & set(refs([four(at_from(first.next))]))


def test_beyond_the_end_and_before_the_beginning_is_the_first_page(told):
    first = refs([four(FIRST)])
    assert refs([four(At(after=key_from("1.1")))]) == first
    assert refs([four(At(before=key_from("99999999999999999.1")))]) == first
    assert refs([four(At(position=9999), Order.BEST)]) == refs([four(FIRST, Order.BEST)])


def test_a_key_of_another_order_asks_nothing(told):
    by_day, by_support = four(FIRST).next, four(FIRST, Order.SUPPORTED).next
    assert refs([four(at_from(by_support))]) == refs([four(FIRST)])
    assert refs([four(at_from(by_day), Order.SUPPORTED)]) == refs([four(FIRST, Order.SUPPORTED)])


def test_the_best_matches_end_somewhere_and_say_so(told, as_, monkeypatch):
    monkeypatch.setattr(paging, "MOST_BY_MATCH", 8)
    pages = onward(Order.BEST)
    assert [(len(one.rows), one.cut) for one in pages] == [(4, False), (4, True)]
    assert four(At(position=8), Order.BEST) == pages[0]
    monkeypatch.setattr(paging, "MOST_BY_MATCH", 25)
    assert "The best matches end here" not in as_(NOBODY).get("/search?words=bench").text
    for number in range(15):
        an_issue(f"Bench again {number}")
    assert "The best matches end here" in as_(NOBODY).get("/search?words=bench").text


@pytest.mark.parametrize("address", ["/search?words=bench", "/map?words=bench", "/map?sort=supported", "/map"])
def test_a_list_is_read_to_its_end_by_its_links(address, as_):
    made = {an_issue(f"Bench {number}").ref for number in range(60)}
    pages = "".join(page.text for page in every_page(as_(NOBODY), address))
    found = re.findall(r'href="/entries/(WB-\w+)"', pages)
    assert (len(found), set(found)) == (60, made)


@pytest.mark.parametrize(
    "words", [None, "", "x", "1", "1.x", "1.1.1", "-99999999999999999.1", "1.9999999999", "١.١", "~1.1", "-1~1.1"]
)
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


@pytest.mark.parametrize("sort", ["", "&sort=newest", "&sort=supported"])
def test_a_geojson_file_has_the_order_of_the_list(sort, told, as_):
    client = as_(NOBODY)
    rows = [row["ref"] for row in client.get(f"/map.json?words=bench{sort}").json["entries"]]
    assert [feature["id"] for feature in client.get(f"/map.geojson?words=bench{sort}").json["features"]] == rows
    first = client.get(f"/search.geojson?words=bench{sort}&limit=3").json["features"]
    assert [feature["id"] for feature in first] == rows[:3]


def test_the_first_of_many_come_at_once_all_of_them_by_a_job(told, as_, monkeypatch):
    monkeypatch.setattr(sources, "MOST_AT_ONCE", 3)
    monkeypatch.setattr(features.in_batches, "__defaults__", (2,))
    client = as_(NOBODY)
    corner, other = spot(0, 0), spot(1, 1)
    box = f"bbox={corner.x},{corner.y},{other.x},{other.y}"
    an_issue("Out", at=(1.8, 1.8))
    for most in (2, 3, 4):
        found = client.get(f"/map.geojson?{box}&limit={most}").json["features"]
        assert [feature["id"] for feature in found] == told[::-1][: min(most, 3)]
    led = client.get(f"/map.geojson?{box}")
    page = client.post(led.location).location
    do_what_is_due()
    body = json.loads(client.get(f"{page}/download").data)
    assert [feature["id"] for feature in body["features"]] == told[::-1]
    assert client.get(led.location.replace("bbox=", "bbox=x")).status_code == 404
