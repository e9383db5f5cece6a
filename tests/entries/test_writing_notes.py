"""A councillor or an officer writes what they know of a point, a line or an area, for those they choose."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
import shapely

from tests.conftest import (
    BRIDGE,
    CLLR,
    CLLR_NEXT_DOOR,
    MILL,
    NEIGHBOUR,
    NOBODY,
    OFFICER,
    RESIDENT,
    a_note,
    spot,
    square,
)
from wardbook.areas import queries as areas
from wardbook.clock import today
from wardbook.db import db
from wardbook.entries.models import Entry
from wardbook.entries.queries import wards_of
from wardbook.shared import Level, Standing


def typed(*at: tuple[float, float]) -> str:
    return "\n".join(f"{spot(*one).y:.7f}, {spot(*one).x:.7f}" for one in at)


def note(**changes: str) -> dict[str, str]:
    told = {
        "form": "point", "shape": typed((0.4, 0.6)), "title": "Promised in 2019", "words": "A crossing was promised.",
        "topic": "promise", "basis": "told by residents", "level": "council", "cites": "", "review_on": "",
    }  # fmt: skip
    return told | changes


def written(client, **changes: str) -> Entry:
    answer = client.post("/notes/new", data=note(**changes))
    assert answer.status_code == 302, answer.text
    return db.session.query(Entry).filter_by(ref=answer.location.removeprefix("/entries/")).one()


def geojson(shape: shapely.Geometry) -> str:
    return json.dumps({"type": "Feature", "properties": {}, "geometry": shapely.geometry.mapping(shape)})


LINE, AREA = [(0.2, 0.2), (0.6, 0.2)], [(0.2, 0.2), (0.6, 0.2), (0.4, 0.6)]


@pytest.mark.parametrize(
    ("form", "shape", "kind"),
    [
        ("point", typed((0.4, 0.6)), "Point"),
        ("line", typed(*LINE), "LineString"),
        ("area", typed(*AREA), "Polygon"),
        ("point", "ZZ1 1AA", "Point"),
        ("line", "ST 752 642\r\nST 756 642\r\n", "LineString"),
        ("point", geojson(spot(0.5, 0.5)), "Point"),
        ("point", geojson(shapely.LineString([spot(*at) for at in LINE])), "LineString"),
        ("point", geojson(square(0.1, 0.1, 300)), "Polygon"),
        ("area", json.dumps(shapely.geometry.mapping(square(0.1, 0.1, 300))), "Polygon"),
    ],
)
def test_a_shape_is_drawn_or_typed(form, shape, kind, as_):
    entry = written(as_(CLLR), form=form, shape=shape)
    assert entry.geometry.geom_type == kind
    assert not entry.geometry.has_z
    assert as_(OFFICER).get(f"/entries/{entry.ref}").status_code == 200


@pytest.mark.parametrize(
    ("form", "shape", "sentence"),
    [
        ("point", "", "Draw it on the map, or type its points"),
        ("point", "by the oak", "Line 1, &#39;by the oak&#39;, is not a point."),
        ("line", typed((0.2, 0.2)), "A line needs two points or more."),
        ("line", typed((0.2, 0.2), (0.2, 0.2)), "The points of the line are all the same."),
        ("area", typed((0.2, 0.2), (0.4, 0.4)), "An area needs three points or more."),
        ("area", typed((0.2, 0.2), (0.6, 0.6), (0.6, 0.2), (0.2, 0.6)), "The edge of the area crosses itself."),
        ("point", "51.5, -0.12", "This is outside the council"),
        ("point", '{"type": "Point"', "The shape cannot be read."),
        ("point", '{"type": "Point", "coordinates": ["a", "b"]}', "The shape cannot be read."),
        ("point", '{"type": "Point", "coordinates": []}', "Draw one point, line or area."),
        ("point", '{"type": "GeometryCollection", "geometries": []}', "Draw one point, line or area."),
        ("point", '{"type": "Point", "coordinates": [1e400, 51]}', ""),
        ("point", "{" + '"geometry":{' * 5000, "The shape cannot be read."),
        ("nonsense", typed((0.4, 0.6)), ""),
    ],
)
def test_a_shape_that_is_none_is_refused_in_words_and_kept(form, shape, sentence, as_):
    refused = as_(CLLR).post("/notes/new", data=note(form=form, shape=shape))
    assert refused.status_code == 422
    assert sentence in refused.text
    assert "A crossing was promised." in refused.text
    assert db.session.query(Entry).count() == 0


@pytest.mark.parametrize("field", ["title", "words", "topic", "basis", "level"])
def test_a_note_says_what_about_how_known_and_for_whom(field, as_):
    for nothing in ("", "nonsense" if field not in ("title", "words") else "  "):
        refused = as_(CLLR).post("/notes/new", data=note(**{field: nothing}))
        assert refused.status_code == 422, nothing
    assert db.session.query(Entry).count() == 0


@pytest.mark.parametrize("day", ["31/02/2030", "soon", "2030-13-01"])
def test_a_review_date_that_is_none_is_refused(day, as_):
    assert as_(CLLR).post("/notes/new", data=note(review_on=day)).status_code == 422


@pytest.mark.parametrize("level", list(Level))
def test_a_note_is_for_any_level_and_shows_whom(level, as_):
    entry = written(as_(CLLR), level=str(level))
    assert (entry.level, entry.standing) == (level, Standing.PUBLISHED)


def test_a_note_is_for_the_council_unless_its_writer_says_otherwise(as_):
    page = as_(CLLR).get("/notes/new").text
    checked = [part for part in page.split("<input") if 'name="level"' in part and "checked" in part.split(">")[0]]
    assert len(checked) == 1
    assert 'value="council"' in checked[0]


def test_a_note_shows_its_topic_basis_source_and_writer(as_):
    entry = written(as_(CLLR), cites="Minute 12 of 2019", review_on="2031-05-01")
    page = as_(OFFICER).get(f"/entries/{entry.ref}").text
    for words in ("Promise", "Told by residents", "Minute 12 of 2019", "1 May 2031", "Carys Mill"):
        assert words in page


@pytest.mark.parametrize(("days", "due"), [(-1, True), (0, False), (1, False)])
def test_a_note_past_its_review_date_says_so(days, due, as_):
    entry = a_note(review_on=today() + timedelta(days=days))
    assert ("Due for review" in as_(OFFICER).get(f"/entries/{entry.ref}").text) is due
    assert ("Your notes that are due for review" in as_(CLLR).get("/desk").text) is due


@pytest.mark.parametrize("member", [NOBODY, RESIDENT, NEIGHBOUR], ids=str)
def test_a_resident_writes_no_notes(member, as_):
    assert as_(member).post("/notes/new", data=note()).status_code == 403
    assert db.session.query(Entry).count() == 0


def test_a_form_sent_twice_makes_one_note(as_):
    client = as_(CLLR)
    first, second = (client.post("/notes/new", data=note(once="the form")) for _ in range(2))
    assert first.location == second.location
    assert db.session.query(Entry).count() == 1


def test_a_note_over_two_wards_lies_in_both_and_both_councillors_see_it_at_ward_level(as_):
    entry = written(as_(CLLR), form="area", level="ward", shape=geojson(square(0.5, 0.1, 1000, 300)))
    codes = [areas.areas_by_id([id_])[id_].code for id_ in wards_of(entry, today())]
    assert set(codes) == {MILL, BRIDGE}
    assert as_(CLLR_NEXT_DOOR).get(f"/entries/{entry.ref}").status_code == 200
    assert as_(OFFICER).get(f"/entries/{entry.ref}").status_code == 404


def test_a_ward_note_of_mill_is_not_there_for_the_councillor_next_door(as_):
    entry = written(as_(CLLR), level="ward")
    assert as_(CLLR_NEXT_DOOR).get(f"/entries/{entry.ref}").status_code == 404
    assert written(as_(CLLR), level="council").ref in as_(CLLR_NEXT_DOOR).get("/map").text


def test_the_page_of_a_note_opens_where_its_writer_was_looking(as_):
    assert f"place=ward:{MILL}" in as_(CLLR).get(f"/notes/new?place=ward:{MILL}").text.replace("%3A", ":")
    assert as_(CLLR).get("/notes/new?place=nonsense").status_code == 200


def test_a_note_keeps_the_shape_it_was_given_to_a_centimetre(as_):
    shape = square(0.1, 0.1, 300)
    kept = written(as_(CLLR), shape=geojson(shape)).geometry
    assert shapely.hausdorff_distance(kept, shape) < 1e-7


def test_a_review_date_in_the_past_is_refused(as_):
    answer = as_(CLLR).post("/notes/new", data=note(review_on="2020-01-01"))
    assert answer.status_code == 422
    assert "still to come" in answer.text


def test_a_note_may_be_about_a_whole_ward(as_):
    assert written(as_(CLLR), shape=f"ward:{MILL}").geometry.equals_exact(square(0, 0), 1e-6)
    assert f">ward:{MILL}</textarea>" in as_(CLLR).get(f"/notes/new?place=ward:{MILL}").text
