"""A feed reader follows any place, ward or entry: Atom 1.0 (RFC 4287) with GeoRSS, latest first, read again cheaply."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree

import pytest
import shapely
import time_machine
from werkzeug.http import http_date

from tests.conftest import (
    BRIDGE,
    CLLR,
    IN_BRIDGE,
    MILL,
    MODERATOR,
    NOBODY,
    OFFICER,
    RESIDENT,
    a_note,
    an_issue,
    spot,
    square,
)
from wardbook.db import now, transaction
from wardbook.shared import Level, Standing

ATOM, GEORSS = "{http://www.w3.org/2005/Atom}", "{http://www.georss.org/georss}"


def read(answer) -> ElementTree.Element:
    """A feed with everything that RFC 4287 asks of one."""
    assert (answer.status_code, answer.mimetype) == (200, "application/atom+xml")
    feed = ElementTree.fromstring(answer.data)
    assert feed.tag == f"{ATOM}feed"
    for thing in (feed, *feed.iter(f"{ATOM}entry")):
        for needed in ("id", "title", "updated"):
            assert len(thing.findall(ATOM + needed)) == 1, needed
        assert thing.findtext(f"{ATOM}id").startswith("http://localhost/")
        assert datetime.fromisoformat(thing.findtext(f"{ATOM}updated")).tzinfo
        assert thing.findtext(f"{ATOM}author/{ATOM}name")
        assert {link.get("rel", "alternate"): link.get("href") for link in thing.findall(f"{ATOM}link")}["alternate"]
    ids = [entry.findtext(f"{ATOM}id") for entry in feed.iter(f"{ATOM}entry")]
    assert len(ids) == len(set(ids))
    return feed


def titles(feed: ElementTree.Element) -> list[str]:
    return [entry.findtext(f"{ATOM}title") for entry in feed.iter(f"{ATOM}entry")]


def own_address(feed: ElementTree.Element) -> str:
    return next(link.get("href") for link in feed.findall(f"{ATOM}link") if link.get("rel") == "self")


ADDRESSES = [
    "/map.atom",
    f"/wards/{MILL}.atom",
    f"/places/ward:{MILL}.atom",
    f"/places/ward:{MILL}/entries.atom",
    "/places/postcode:ZZ1%201AA+300m.atom",
]


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_place_has_a_feed_that_names_itself_and_its_page(address, as_):
    issue = an_issue("Kerb & <b>drain</b>")
    feed = read(as_(NOBODY).get(address))
    assert titles(feed) == ["Kerb & <b>drain</b>"]
    assert own_address(feed) == feed.findtext(f"{ATOM}id") == f"http://localhost{address}"
    (entry,) = feed.iter(f"{ATOM}entry")
    assert entry.findtext(f"{ATOM}id") == f"http://localhost/entries/{issue.ref}"
    assert "Wheels cannot cross." in entry.findtext(f"{ATOM}content")


@pytest.mark.parametrize("address", [*ADDRESSES, "/entries/{ref}.atom"])
def test_the_page_of_a_feed_leads_to_it(address, as_):
    address = address.format(ref=an_issue().ref)
    client = as_(NOBODY)
    page = client.get(address).text.partition('rel="alternate" type="text/html"')[0].rpartition('href="')[2]
    head = client.get(page.removeprefix("http://localhost").rstrip('" ')).text.partition("</head>")[0]
    assert 'type="application/atom+xml"' in head


def test_a_filter_of_the_list_is_a_filter_of_its_feed(as_):
    an_issue("Here")
    an_issue("There", at=IN_BRIDGE)
    client = as_(NOBODY)
    assert titles(read(client.get("/map.atom?words=there"))) == ["There"]
    assert titles(read(client.get(f"/wards/{BRIDGE}.atom"))) == ["There"]


def test_what_changed_last_comes_first_and_is_the_feeds_own_time(as_):
    with time_machine.travel(datetime(2026, 3, 1, 12, tzinfo=UTC), tick=False):
        first = an_issue("First")
        an_issue("Second")
    with time_machine.travel(datetime(2026, 3, 2, 12, tzinfo=UTC), tick=False):
        as_(OFFICER).post(f"/entries/{first.ref}/answer", data={"answer-words": "We will look.", "answer-once": "a"})
    feed = read(as_(NOBODY).get("/map.atom"))
    assert titles(feed) == ["First", "Second"]
    assert feed.findtext(f"{ATOM}updated") == "2026-03-02T12:00:00+00:00"
    assert "Owen Officer, Highways: We will look." in feed.find(f"{ATOM}entry").findtext(f"{ATOM}content")


def test_a_feed_holds_fifty(as_):
    for number in range(53):
        an_issue(f"Issue {number}")
    found = titles(read(as_(NOBODY).get("/map.atom")))
    assert found == [f"Issue {number}" for number in range(52, 2, -1)]


def test_an_entry_s_feed_is_its_timeline(as_):
    issue = an_issue("Kerb")
    client = as_(OFFICER)
    client.post(f"/entries/{issue.ref}/answer", data={"answer-words": "We will look.", "answer-once": "a"})
    moved = {"answer-state": "fixed", "answer-words": "Lowered.", "answer-once": "b"}
    client.post(f"/entries/{issue.ref}/answer", data=moved)
    feed = read(as_(NOBODY).get(f"/entries/{issue.ref}.atom"))
    assert titles(feed) == ["Now ‘Fixed’: Kerb", "A reply: Kerb", "New issue: Kerb"]
    said = [entry.findtext(f"{ATOM}content") for entry in feed.iter(f"{ATOM}entry")]
    assert said == ["Lowered.", "We will look.", "Wheels cannot cross."]
    page = as_(NOBODY).get(f"/entries/{issue.ref}").text
    for entry in feed.iter(f"{ATOM}entry"):
        assert f'id="{entry.findtext(f"{ATOM}id").partition("#")[2]}"' in page


@pytest.mark.parametrize(
    ("shape", "tag", "pairs"),
    [
        (spot(0.4, 0.6), "point", 1),
        (shapely.LineString([spot(0.1, 0.1), spot(0.3, 0.1), spot(0.3, 0.4)]), "line", 3),
        (square(0.2, 0.2, 100), "polygon", 5),
        (shapely.MultiPolygon([square(0.2, 0.2, 100), square(0.5, 0.5, 100)]), "point", 1),
    ],
)
def test_a_shape_is_georss_latitude_first(shape, tag, pairs, as_):
    a_note(shape=shape, level=Level.PUBLIC)
    (entry,) = read(as_(NOBODY).get("/map.atom")).iter(f"{ATOM}entry")
    numbers = [float(number) for number in entry.findtext(GEORSS + tag).split()]
    assert len(numbers) == 2 * pairs
    assert all(51 < lat < 52 for lat in numbers[::2])
    assert all(-3 < lon < -2 for lon in numbers[1::2])


def test_a_feed_that_was_read_is_not_sent_again_until_it_changes(as_):
    issue = an_issue()
    client = as_(NOBODY)
    first = client.get("/map.atom")
    again = client.get("/map.atom", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert first.headers["Cache-Control"] == "private, no-cache"
    with transaction():
        issue.title, issue.changed_at = "Changed", now() + timedelta(seconds=5)
    assert client.get("/map.atom", headers={"If-None-Match": first.headers["ETag"]}).status_code == 200


def test_a_reader_who_held_what_is_hidden_since_is_sent_the_feed_without_it(as_):
    with time_machine.travel(now() - timedelta(days=2), tick=False):
        an_issue("Older")
    newest = an_issue("Names somebody")
    client = as_(NOBODY)
    first = client.get("/map.atom")
    assert "Last-Modified" not in first.headers
    assert as_(MODERATOR).post(f"/entries/{newest.ref}/hide", data={"hide-reason": "It does."}).status_code == 302
    for held in ({"If-None-Match": first.headers["ETag"]}, {"If-Modified-Since": http_date(now())}):
        assert titles(read(client.get("/map.atom", headers=held))) == ["Older"]


def test_a_feed_of_a_place_of_which_nothing_is_known_is_a_feed(as_):
    feed = read(as_(NOBODY).get(f"/wards/{MILL}.atom"))
    assert titles(feed) == []
    assert feed.findtext(f"{ATOM}updated") == "2000-01-01T00:00:00+00:00"


@pytest.mark.parametrize("sign", ["\x0b", "\x1f", "\ufffe"])
def test_a_sign_that_no_xml_may_hold_breaks_no_feed(sign, as_):
    an_issue(f"Kerb{sign} 日🙂")
    assert titles(read(as_(NOBODY).get("/map.atom"))) == ["Kerb 日🙂"]


def test_a_reader_who_is_signed_in_gets_the_rows_of_their_list_and_may_ask_for_everyones(as_):
    an_issue("For all")
    a_note("For the council")
    assert titles(read(as_(CLLR).get("/map.atom"))) == ["For the council", "For all"]
    assert titles(read(as_(CLLR).get("/map.atom?for=public"))) == ["For all"]
    assert as_(RESIDENT).get("/map.atom?for=council").status_code == 403
    assert as_(CLLR).get("/map.atom?for=ward").status_code == 404


def test_what_is_hidden_leaves_the_feed(as_):
    an_issue(standing=Standing.HIDDEN)
    assert titles(read(as_(NOBODY).get("/map.atom"))) == []


def test_a_resident_is_named_in_a_feed_only_where_they_chose_to_be(as_):
    an_issue("Unnamed")
    an_issue("Named", name_shown=True)
    names = [a.text for a in read(as_(NOBODY).get("/map.atom")).iterfind(f"{ATOM}entry/{ATOM}author/{ATOM}name")]
    assert names == [RESIDENT.name, "A resident"]
    assert RESIDENT.email not in as_(NOBODY).get("/map.atom").text
