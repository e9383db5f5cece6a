"""Where it is, without a map: in words within a ward, by steps from a spot, after a photo."""

from __future__ import annotations

import re
from html import unescape

import pytest

from tests.conftest import BRIDGE, IN_MILL, MILL, NOBODY, RESIDENT, person_of, spot
from tests.contributing.test_contributing import a_photo, begin, what, who
from wardbook import geo
from wardbook.db import db, now, transaction
from wardbook.entries.erasing import erase
from wardbook.entries.models import Draft, Entry
from wardbook.people.queries import viewer_of
from wardbook.places.gazetteer import GazetteerName, GazetteerSource


def tell_on(client, draft: str, **changes: str) -> Entry:
    """Everything after the spot; what it makes."""
    client.post(f"{draft}/kind", data={"kind": "issue"})
    client.post(f"{draft}/what", data=what(**changes))
    client.post(f"{draft}/who", data=who())
    assert client.post(f"{draft}/check").location == f"{draft}/sent"
    return db.session.query(Entry).order_by(Entry.id.desc()).first()


def begin_in_words(client, words: str = "the alley behind the library") -> str:
    answer = client.post("/contribute/words", data={"spot_words": words, "ward": MILL})
    return answer.location.removesuffix("/kind")


def test_what_the_find_box_does_not_know_can_be_kept_as_it_was_said(as_):
    client = as_(NOBODY)
    refused = client.post("/contribute", data={"q": "the alley behind the library"})
    assert refused.status_code == 422
    link = "/contribute/words?q=the+alley+behind+the+library"
    assert f'href="{link}"' in unescape(refused.text)
    assert 'value="the alley behind the library"' in client.get(link).text


def test_a_place_in_words_stands_in_its_ward_and_says_so_everywhere(as_):
    entry = tell_on(client := as_(RESIDENT), begin_in_words(client))
    assert (entry.spot_words, entry.only_ward, entry.blurred) == ("the alley behind the library", True, False)
    anybody = as_(NOBODY)
    page = unescape(anybody.get(f"/entries/{entry.ref}").text)
    assert "‘the alley behind the library’" in page
    assert "Somewhere in Mill ward" in page
    for road in ("/map.json", "/map.csv", "/map.geojson", "/map.atom", f"/places/ward:{MILL}/brief.csv"):
        told = anybody.get(road).text
        assert "the alley behind the library" in told, road
        assert "somewhere in its ward" in told, road
    assert entry.ref not in anybody.get(f"/places/ward:{BRIDGE}/entries.json").text


def test_who_can_show_the_spot_after_all_keeps_the_words_beside_it(as_):
    draft = begin_in_words(client := as_(RESIDENT))
    assert "somewhere in Mill" in client.get(f"{draft}/spot").text
    client.post(f"{draft}/spot", data={"spot": f"{spot(*IN_MILL).y}, {spot(*IN_MILL).x}"})
    entry = tell_on(client, draft)
    assert (entry.spot_words, entry.only_ward) == ("the alley behind the library", False)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"spot_words": "", "ward": MILL}, "Say where it is"),
        ({"spot_words": "the alley", "ward": ""}, "Choose the ward it is in"),
        ({"spot_words": "x" * 201, "ward": MILL}, "What you say must be 200 characters or fewer"),
    ],
)
def test_words_need_a_ward_and_a_ward_words(typed, sentence, as_):
    refused = as_(NOBODY).post("/contribute/words", data=typed)
    assert refused.status_code == 422
    assert sentence in refused.text
    assert typed["spot_words"] in refused.text


def test_words_of_a_place_are_erased_with_the_rest(as_):
    entry = tell_on(client := as_(RESIDENT), begin_in_words(client))
    with transaction():
        erase(viewer_of(person_of(RESIDENT)), entry, once="x")
    assert entry.spot_words == ""


@pytest.mark.parametrize(
    ("move", "east", "north"),
    [("10 north", 0, 10), ("10 west", -10, 0), ("100 south", 0, -100), ("100 east", 100, 0)],
)
def test_a_spot_moves_by_steps_as_exactly_as_on_the_map(move, east, north, as_):
    client = as_(NOBODY)
    draft = begin(client)
    before = client.get(f"{draft}/spot").text
    assert "Move the spot by steps" in before
    at = spot(*IN_MILL)
    answer = client.post(f"{draft}/spot", data={"spot": f"{at.y:.6f}, {at.x:.6f}", "move": move})
    assert answer.location == f"{draft}/spot?moved=yes#here"
    lat, lon = map(float, db.session.get(Draft, draft.split("/")[-1]).answers["spot"].split(","))
    one, other = geo.reproject(at, geo.WGS84, 27700), geo.reproject(geo.point(lon, lat), geo.WGS84, 27700)
    assert (other.x - one.x, other.y - one.y) == pytest.approx((east, north), abs=0.2)
    assert client.post(f"{draft}/spot", data={"spot": f"{lat}, {lon}"}).location == f"{draft}/kind"


def test_a_spot_does_not_step_out_of_the_council(as_):
    client = as_(NOBODY)
    draft = begin(client)
    edge = spot(0.02, 0.5)
    refused = client.post(f"{draft}/spot", data={"spot": f"{edge.y:.6f}, {edge.x:.6f}", "move": "100 west"})
    assert refused.status_code == 422
    assert "outside the council" in unescape(refused.text)


def test_what_is_at_the_spot_is_read_out(as_):
    client, street = as_(NOBODY), spot(0.4, 0.57)
    with transaction():
        source = GazetteerSource(name="n", file_name="n", imported_at=now(), version=1, licence="")
        db.session.add(source)
        db.session.flush()
        db.session.add(
            GazetteerName(
                source_id=source.id,
                name="High Street",
                folded="high street",
                other="",
                kind="Street",
                near="",
                lon=street.x,
                lat=street.y,
            )
        )
    draft = begin(client)
    at = spot(0.4, 0.6)
    client.post(f"{draft}/spot", data={"spot": f"{at.y:.6f}, {at.x:.6f}", "back": "yes"})
    assert "The spot is in Mill, 30 metres north of High Street." in client.get(f"{draft}/spot").text
    client.post(f"{draft}/spot", data={"spot": f"{at.y:.6f}, {at.x:.6f}"})
    client.post(f"{draft}/kind", data={"kind": "issue"})
    client.post(f"{draft}/what", data=what())
    client.post(f"{draft}/who", data=who())
    assert ", in Mill, 30 metres north of High Street" in client.get(f"{draft}/check").text


def test_somebody_begins_with_a_photo_and_says_then_where(as_):
    client = as_(RESIDENT)
    answer = client.post("/contribute/photo")
    draft = answer.location.removesuffix("/photos")
    assert client.post(f"{draft}/photos", data={"photo": [a_photo()]}).location == f"{draft}/photos"
    field = re.search(r'name="(alt_\d+)"', client.get(f"{draft}/photos").text)
    assert field is not None
    assert client.post(f"{draft}/photos", data={field[1]: "A kerb"}).location == f"{draft}/place"
    assert client.post(f"{draft}/place", data={"q": "ZZ1 1AA"}).location == f"{draft}/spot"
    assert client.post(f"{draft}/spot", data={"spot": "ST 754 646"}).location == f"{draft}/kind"
    assert client.post(f"{draft}/kind", data={"kind": "issue"}).location == f"{draft}/what"
    assert client.post(f"{draft}/what", data=what()).location == f"{draft}/who"
    assert client.post(f"{draft}/who", data=who()).location == f"{draft}/check"
    client.post(f"{draft}/check")
    assert [photo.alt for photo in db.session.query(Entry).one().photos] == ["A kerb"]


def test_somebody_who_comes_back_to_the_find_box_goes_on_with_the_same(as_):
    client = as_(NOBODY)
    draft = begin(client)
    client.post(f"{draft}/kind", data={"kind": "issue"})
    client.post(f"{draft}/what", data=what())
    assert 'value="ZZ1 1AA"' in client.get(f"{draft}/place").text
    listed = client.post(f"{draft}/place", data={"q": "i"})
    assert f'name="draft" value="{draft.split("/")[-1]}"' in listed.text
    assert client.post(f"/contribute/ward/{BRIDGE}", data={"draft": draft.split("/")[-1]}).location == f"{draft}/spot"
    assert db.session.query(Draft).count() == 1
    assert client.get(f"{draft}/check").location == f"{draft}/who"
