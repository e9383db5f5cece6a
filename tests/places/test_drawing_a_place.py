"""Somebody draws, types or uploads a place: it has an address of its own, for its maker's eyes alone."""

from __future__ import annotations

import io
import json
import re
import zipfile
from datetime import date
from pathlib import Path
from urllib.parse import unquote

import numpy as np
import pytest
import shapely
from click.testing import CliRunner
from markupsafe import escape
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from tests.conftest import BRIDGE, CAST, CLLR, CORNER, MILL, NOBODY, OFFICER, RESIDENT, an_issue, spot, square
from tests.engines import environment_of
from wardbook import geo
from wardbook.areas.actions import SetDescription, add_boundary_set
from wardbook.areas.boundary_files.reading import ReadArea, Reading
from wardbook.areas.locator import Called, LocatedSet, SetRow
from wardbook.cli import main
from wardbook.db import db, now, transaction
from wardbook.errors import Refused
from wardbook.places.checking import MOST_CORNERS
from wardbook.places.clipping import clip
from wardbook.places.files import LARGEST
from wardbook.places.models import Shape
from wardbook.places.typed import Form, shape_from
from wardbook.places.words import together
from wardbook.shared import Level

SITE = square(0.2, 0.2, 400)


def geojson(shape: shapely.Geometry) -> str:
    return json.dumps(shapely.geometry.mapping(shape))


def place(**changes: object) -> dict[str, object]:
    return {"label": "The mill site", "form": "area", "shape": geojson(SITE)} | changes


def collection(*shapes: shapely.Geometry) -> bytes:
    features = [{"type": "Feature", "properties": {}, "geometry": shapely.geometry.mapping(shape)} for shape in shapes]
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()


def test_a_drawn_place_shows_what_is_known_in_it(as_):
    inside, outside = an_issue("Inside", at=(0.4, 0.4)), an_issue("Outside", at=(0.9, 0.9))
    client = as_(OFFICER)
    address = client.post("/places/new", data=place()).location
    assert re.fullmatch(r"/places/shape:[0-9a-f]{32}", address.replace("%3A", ":"))
    page = client.get(address).text
    assert "The mill site" in page
    assert inside.ref in page
    assert outside.ref not in page
    assert "16.0 hectares" in page


@pytest.mark.parametrize("member", [member for member in CAST if member is not OFFICER], ids=str)
def test_a_site_before_a_decision_is_its_makers_alone(member, as_):
    address = as_(OFFICER).post("/places/new", data=place()).location
    client = as_(member)
    for suffix in ("", "/entries", "/entries.json", "/brief", "/brief.json", "/brief.pdf"):
        assert client.get(address + suffix).status_code == 404
    key = address.rsplit(":", 1)[-1].rsplit("%3A", 1)[-1]
    frame = client.get(f"/map/frame/look?place=shape:{key}")
    assert "The mill site" not in frame.text
    refused = client.post("/briefs/new", data={"place": f"shape:{key}", "level": "public"})
    assert refused.status_code == 422
    assert (db.session.query(Shape).one().level) is Level.PRIVATE


def test_a_note_on_a_drawn_place_shows_it_to_those_who_see_the_note_and_says_so_first(as_):
    officer = as_(OFFICER)
    words = f"shape:{officer.post('/places/new', data=place()).location[-32:]}"
    form = officer.get(f"/notes/new?place={words}").text
    assert "Those who see this note also see the place it is about, ‘The mill site’, and its name." in form
    told = {"form": "point", "shape": words, "title": "For sale", "words": "The council thinks of selling it.",
            "topic": "sensitivity", "basis": "seen it myself", "level": "public"}  # fmt: skip
    note = officer.post("/notes/new", data=told).location
    page = as_(NOBODY).get(note).text
    assert f'href="/places/{words}">The mill site</a>' in page.replace("%3A", ":")
    assert as_(NOBODY).get(f"/places/{words}").status_code == 200
    assert "Atom feed" in as_(NOBODY).get(f"/follows/new?thing={words}").text


def test_a_feed_is_offered_only_of_what_a_feed_reader_can_read(as_):
    officer = as_(OFFICER)
    words = f"shape:{officer.post('/places/new', data=place()).location[-32:]}"
    assert "Atom feed" not in officer.get(f"/follows/new?thing={words}").text
    assert "Atom feed" not in officer.get(f"/places/{words}").text
    assert "Atom feed" in officer.get(f"/follows/new?thing=ward:{MILL}").text


@pytest.mark.parametrize("address", ["/places/new", "/notes/new", "/desk/unanswered?before=1"])
def test_who_is_not_signed_in_is_led_to_signing_in_and_back_again(address, as_):
    page = as_(NOBODY).get(address)
    assert page.status_code == 403
    assert f'href="/sign-in?next={address}"' in unquote(page.text)
    assert "sign in</a>" not in as_(RESIDENT).get("/moderation").text


@pytest.mark.parametrize(
    ("words", "said"),
    [("ward:X1", "No area of this council has the code X1"), ("nonsense", "is not a place: write it like"),
     (f"ward:{MILL}@2001-01-01", f"No area of this council has the code {MILL} on 1 January 2001"),
     ("point:2,x", "is not a longitude and a latitude")],
)  # fmt: skip
def test_an_address_that_is_no_place_says_how_one_is_written(words, said, as_):
    page = as_(NOBODY).get(f"/places/{words}")
    assert page.status_code == 404
    assert said in page.text


def test_a_radius_and_hectares_are_written_alike(as_):
    at = spot(0.5, 0.5)
    assert "Within 2,500 m of" in as_(NOBODY).get(f"/places/point:{at.x:.6f},{at.y:.6f}+2500m").text


def test_a_place_may_be_typed_point_by_point(as_):
    lines = "\n".join(f"{spot(*at).y:.6f}, {spot(*at).x:.6f}" for at in ((0.2, 0.2), (0.6, 0.2), (0.6, 0.6)))
    assert as_(RESIDENT).post("/places/new", data=place(shape=lines)).status_code == 302
    assert db.session.query(Shape).one().geometry.geom_type == "Polygon"


def test_the_shapes_of_a_file_are_joined_into_one_place(as_):
    file = (io.BytesIO(collection(square(0.2, 0.2, 200), square(0.4, 0.2, 200))), "site.geojson")
    assert as_(OFFICER).post("/places/new", data=place(shape="", file=file)).status_code == 302
    kept = db.session.query(Shape).one().geometry
    assert kept.geom_type == "Polygon"


@pytest.mark.parametrize(
    ("name", "content"),
    [("site.geojson", b"<html>error</html>"), ("site.zip", b"PK\x03\x04"), ("site.txt", b"words"), ("../../site", b"x"),
     ("site.geojson", collection(shapely.Point(-2.36, 51.38))), ("site.geojson", collection(square(500, 500)))],
)  # fmt: skip
def test_a_file_that_is_no_place_here_is_refused_in_words_and_the_name_is_kept(name, content, as_):
    refused = as_(OFFICER).post("/places/new", data=place(shape="", file=(io.BytesIO(content), name)))
    assert refused.status_code == 422
    assert "The mill site" in refused.text
    assert "There is a problem" in refused.text
    assert db.session.query(Shape).count() == 0


@pytest.mark.parametrize(
    "changes",
    [{"label": ""}, {"label": "   "}, {"label": "x" * 81}, {"shape": ""}, {"form": "circle"}, {"shape": "here"},
     {"shape": geojson(square(500, 500))}],
)  # fmt: skip
def test_a_place_without_a_name_or_a_shape_inside_the_council_is_refused(changes, as_):
    assert as_(OFFICER).post("/places/new", data=place(**changes)).status_code == 422
    assert db.session.query(Shape).count() == 0


def test_a_visitor_keeps_no_places(as_):
    assert as_(NOBODY).post("/places/new", data=place()).status_code == 403


def test_a_brief_of_a_drawn_place_is_made_in_one_step(as_):
    client = as_(CLLR)
    an_issue(at=(0.4, 0.4))
    address = client.post("/places/new", data=place()).location
    assert client.get(f"{address}/brief.json?for=council").json["total"] == 1


def uploaded(client, content: bytes, name: str = "site.geojson", **told: object):
    return client.post("/places/new", data=place(shape="", file=(io.BytesIO(content), name)) | told)


def test_what_a_file_leaves_open_is_asked_without_options_that_no_form_has(as_, home, tmp_path, monkeypatch):
    turned = shapely.transform(SITE, lambda corners: corners[:, ::-1])
    refused = uploaded(as_(OFFICER), collection(turned))
    assert refused.status_code == 422
    assert "save it again in longitude and latitude (EPSG:4326), longitude first." in refused.text
    assert "--" not in refused.text.partition("error-summary")[2].partition("</div>")[0]
    file = tmp_path / "site.geojson"
    file.write_bytes(collection(turned))
    for name, value in environment_of(home).items():
        monkeypatch.setenv(name, value)
    said = CliRunner().invoke(main, ["brief", f"@{file}"])
    assert (said.exit_code, "longitude first." in said.stderr, "--" in said.stderr) == (2, True, False)


def test_of_two_files_in_a_zip_one_is_asked_for(as_):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("old.geojson", collection(SITE))
        archive.writestr("new.geojson", collection(SITE))
    refused = uploaded(as_(OFFICER), packed.getvalue(), "site.zip")
    assert "site.zip holds new.geojson and old.geojson: give one of them alone." in refused.text


def test_what_was_mended_or_left_out_of_a_file_is_said(as_, home, tmp_path, monkeypatch):
    bow_tie = shape_of(lines((0.2, 0.2), (0.6, 0.6), (0.6, 0.2), (0.2, 0.6)))
    at = spot(0.4, 0.4)
    client = as_(OFFICER)
    page = client.get(uploaded(client, collection(SITE, bow_tie)).location).text
    said = re.search(r"A shape in the file was mended, because row 2 crosses itself near (\S+), (\S+)\. Check", page)
    assert said is not None
    assert (float(said[1]), float(said[2])) == pytest.approx((at.y, at.x), abs=2e-5)
    assert "The 2 shapes in the file are one place now." in page
    file = tmp_path / "site.geojson"
    file.write_bytes(collection(bow_tie))
    for name, value in environment_of(home).items():
        monkeypatch.setenv(name, value)
    said_there = CliRunner().invoke(main, ["brief", f"@{file}"])
    assert (said_there.exit_code, "row 1 crosses itself" in said_there.stderr) == (0, True)


def test_points_and_a_file_together_are_refused(as_):
    refused = uploaded(as_(OFFICER), collection(SITE), shape=SQUARE)
    assert refused.status_code == 422
    assert "You gave points and a file." in refused.text
    assert db.session.query(Shape).count() == 0


def test_several_points_are_not_one(as_):
    refused = as_(OFFICER).post("/places/new", data=place(form="point", shape=SQUARE))
    assert refused.status_code == 422
    assert "These are 4 points. Choose what they make, or type one alone." in refused.text


def test_after_an_empty_line_begins_another_part_of_a_line(app):
    two = shape_from(f"{lines((0.2, 0.2), (0.3, 0.2))}\n\n{lines((0.6, 0.2), (0.7, 0.2))}\n", Form.LINE)
    assert geo.reproject(two, geo.WGS84, geo.BRITISH_GRID).length == pytest.approx(200, abs=0.1)
    for part in (lines((0.6, 0.2)), lines((0.6, 0.2), (0.6, 0.2))):
        with pytest.raises(Refused):
            shape_from(f"{lines((0.2, 0.2), (0.3, 0.2))}\n\n{part}", Form.LINE)


def test_a_street_has_no_gap_that_nobody_typed(as_):
    apart = f"{lines((0.2, 0.2), (0.3, 0.2))}\n\n{lines((0.6, 0.2), (0.7, 0.2))}"
    refused = as_(NOBODY).post("/places/new/street", data={"shape": apart, "metres": "20"})
    assert refused.status_code == 422
    assert "without a blank line between them" in refused.text


def test_uploads_leave_nothing_behind(as_, tmp_path, monkeypatch):
    import tempfile

    folder = tmp_path / "uploads"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    as_(OFFICER).post("/places/new", data=place(shape="", file=(io.BytesIO(collection(SITE)), "site.geojson")))
    assert list(Path(folder).iterdir()) == []


def typed(shape: shapely.Geometry) -> str:
    """A shape as a person would give it: its corners as lines, latitude first, or GeoJSON where lines cannot say it."""
    if shapely.get_num_geometries(shape) > 1 or (shape.geom_type == "Polygon" and shape.interiors):
        return shapely.to_geojson(shape)
    corners = shapely.get_coordinates(shape)[: -1 if shape.geom_type == "Polygon" else None]
    return "\n".join(f"{lat:.6f}, {lon:.6f}" for lon, lat in corners)


@pytest.mark.parametrize("shape", [spot(0.4, 0.6), shapely.LineString([spot(0.1, 0.1), spot(0.5, 0.2)]), SITE,
                                   shapely.difference(SITE, square(0.3, 0.3, 100)),
                                   shapely.union(SITE, square(0.7, 0.7, 100))])  # fmt: skip
def test_a_shape_typed_out_and_read_again_is_the_same(shape, app):
    form = {"Point": Form.POINT, "LineString": Form.LINE}.get(shape.geom_type, Form.AREA)
    assert shapely.hausdorff_distance(shape_from(typed(shape), form), shape) < 2e-6


# --- what is typed -----------------------------------------------------------------------------------------------


def lines(*at: tuple[float, float]) -> str:
    return "\n".join(f"{spot(*one).y:.7f}, {spot(*one).x:.7f}" for one in at)


SQUARE = lines((0.2, 0.2), (0.6, 0.2), (0.6, 0.6), (0.2, 0.6))
HOLE = lines((0.3, 0.3), (0.4, 0.3), (0.4, 0.4), (0.3, 0.4))
BESIDE = lines((0.7, 0.7), (0.8, 0.7), (0.8, 0.8))


@pytest.mark.parametrize("between", ["\n\n", "\r\n\r\n", "\n \n\n"])
def test_after_an_empty_line_begins_a_hole(between, as_):
    inside, within_the_hole = an_issue("Inside", at=(0.5, 0.5)), an_issue("In the hole", at=(0.35, 0.35))
    client = as_(RESIDENT)
    page = client.get(client.post("/places/new", data=place(shape=SQUARE + between + HOLE)).location).text
    assert (inside.ref in page, within_the_hole.ref in page) == (True, False)
    assert "15.0 hectares, 2.0 km round" in page


def test_or_another_part_where_it_lies_outside(app):
    assert len(shape_from(f"{SQUARE}\n\n{HOLE}\n\n{BESIDE}", Form.AREA).geoms) == 2


def test_a_hole_in_the_way_of_the_edge_is_refused(app):
    across = lines((0.5, 0.3), (0.7, 0.3), (0.7, 0.4))
    with pytest.raises(Refused, match=r"Ring 2 .* crosses the edge"):
        shape_from(f"{SQUARE}\n\n{across}", Form.AREA)


def test_the_line_that_cannot_be_read_is_named_and_what_was_typed_is_kept(as_):
    typed = SQUARE.replace("\n", "\nby the old <mill>\n", 1)
    refused = as_(RESIDENT).post("/places/new", data=place(shape=typed))
    assert refused.status_code == 422
    assert "Line 2, &#39;by the old &lt;mill&gt;&#39;, is not a point" in refused.text
    assert "by the old &lt;mill&gt;" in refused.text.partition("<textarea")[2]


@pytest.mark.parametrize("write", [str, lambda words: geojson(shape_of(words))], ids=["typed", "drawn"])
def test_an_area_that_crosses_itself_is_refused_with_where(write, app):
    bow_tie = lines((0.2, 0.2), (0.6, 0.6), (0.6, 0.2), (0.2, 0.6))
    at = spot(0.4, 0.4)
    with pytest.raises(Refused) as refused:
        shape_from(write(bow_tie), Form.AREA)
    found = re.search(r"crosses itself. It does so near (\S+), (\S+), where the side from point 1 to point 2 "
                      r"meets the side from point 3 to point 4", refused.value.sentence)  # fmt: skip
    assert found is not None
    assert (float(found[1]), float(found[2])) == pytest.approx((at.y, at.x), abs=2e-5)


def shape_of(words: str) -> shapely.Geometry:
    return shapely.Polygon([tuple(reversed([float(part) for part in line.split(",")])) for line in words.split("\n")])


def test_an_area_that_only_touches_itself_is_mended(app):
    eight = lines((0.2, 0.2), (0.4, 0.4), (0.6, 0.4), (0.6, 0.6), (0.4, 0.4), (0.2, 0.4))
    mended = shape_from(eight, Form.AREA)
    assert mended.is_valid
    assert geo.hectares(mended, 27700) == pytest.approx(2 + 2, rel=0.01)


def test_an_area_that_encloses_nothing_is_refused(app):
    with pytest.raises(Refused, match="less than a square metre"):
        shape_from(lines((0.2, 0.2), (0.4, 0.4), (0.2, 0.2), (0.4, 0.4)), Form.AREA)


# --- how large ---------------------------------------------------------------------------------------------------


def sent(content: bytes) -> dict[str, object]:
    """A form with a file that is too large for the test client's memory, as bytes all the same."""
    file = FileStorage(io.BytesIO(content), "site.geojson")
    boundary, body = encode_multipart(place(shape="", file=file))
    return {"data": body, "content_type": f"multipart/form-data; boundary={boundary}"}


def wavy(corners: int, metres: float) -> shapely.Geometry:
    """A site whose edge has so many corners and goes in and out by so many metres."""
    turns = np.linspace(0, 2 * np.pi, corners, endpoint=False)
    radius = 400 + metres * (np.arange(corners) % 2)
    x, y = CORNER[0] + 500 + radius * np.cos(turns), CORNER[1] + 500 + radius * np.sin(turns)
    return geo.reproject(shapely.Polygon(np.column_stack([x, y])), geo.BRITISH_GRID, geo.WGS84)


def test_of_too_many_corners_those_go_that_nobody_would_miss(as_):
    fine, client = wavy(60_000, 0.1), as_(OFFICER)
    assert client.post("/places/new", **sent(collection(fine))).status_code == 302
    kept = db.session.query(Shape).one().geometry
    assert shapely.get_num_coordinates(kept) <= MOST_CORNERS
    assert f"Its edge had 60,001 points. It has {shapely.get_num_coordinates(kept):,} now" in client.get("/desk").text
    on_grid = [geo.reproject(shape, geo.WGS84, geo.BRITISH_GRID) for shape in (fine, kept)]
    assert shapely.hausdorff_distance(*on_grid) <= 1


def test_what_stays_too_fine_is_refused_in_words(as_):
    refused = as_(OFFICER).post("/places/new", **sent(collection(wavy(30_000, 50))))
    assert refused.status_code == 422
    assert "more than 20,000 points, even where it is simplified by a metre" in refused.text


def test_a_file_beyond_the_limit_is_refused_before_it_is_read_whole(as_):
    """What was sent says how large it is; of a body that is longer than that, nothing is read."""
    read = []

    class Endless(io.RawIOBase):
        def readable(self):
            return True

        def readinto(self, buffer):
            read.append(len(buffer))
            return len(buffer)

    request = {"wsgi.input": Endless(), "CONTENT_TYPE": "multipart/form-data; boundary=x",
            "CONTENT_LENGTH": str(LARGEST + 2_000_000)}  # fmt: skip
    refused = as_(OFFICER).post("/places/new", environ_overrides=request)
    assert refused.status_code == 413
    assert "The file must be 50 MB or smaller" in refused.text
    assert sum(read) < 1_000_000


def test_a_file_a_little_too_large_is_refused_beside_its_field_and_the_name_is_kept(as_):
    refused = as_(OFFICER).post("/places/new", **sent(b" " * (LARGEST + 1)))
    assert refused.status_code == 422
    assert "The file must be 50 MB or smaller" in refused.text
    assert "The mill site" in refused.text


def test_two_files_are_refused(as_):
    two = [(io.BytesIO(collection(SITE)), f"site.{suffix}") for suffix in ("shp", "dbf")]
    refused = as_(OFFICER).post("/places/new", data=place(shape="", file=two))
    assert refused.status_code == 422
    assert "Upload one file" in refused.text


def test_pressing_twice_keeps_one_place_and_changing_it_in_between_another(as_):
    client = as_(OFFICER)
    first, again, changed = (
        client.post("/places/new", data=place(once="the form", label=label)).location
        for label in ("The mill site", "The mill site", "The mill site, larger")
    )
    assert first == again != changed
    assert db.session.query(Shape).count() == 2


# --- across the council's edge -----------------------------------------------------------------------------------


def test_what_lies_outside_is_left_out_and_the_page_brief_and_files_say_so(as_):
    client, half = as_(OFFICER), square(-0.2, 0.2, 400)
    address = client.post("/places/new", data=place(shape=geojson(half))).location
    said = "8.0 hectares of it lie outside the council and are left out."
    page = client.get(address).text
    assert "8.0 hectares, 1.2 km round" in page
    assert said in page
    assert re.search(r"Of the whole place, 50% is in <a [^>]*>Mill</a>\.", page)
    brief = client.get(f"{address}/brief").text
    assert f"{said} The shares of wards are of the whole place." in brief
    where = client.get(f"{address}/brief.json").json["sections"]["where"]
    assert (round(where["hectares"], 2), where["left_out"], round(where["wards"][0]["share"], 3)) == (8, said, 0.5)
    kept = db.session.query(Shape).one().geometry
    assert shapely.hausdorff_distance(kept, half) < 1e-6


def test_what_is_only_a_gap_between_wards_is_not_outside(app):
    """Ward files have slits between wards; what is told there is inside the council and stays in the list."""
    west, east = square(0, 0, 1000), square(1.05, 0, 1000)
    rows = [(Called(1, "A", True, "A"), west), (Called(2, "B", True, "B"), east)]
    known = LocatedSet(SetRow(1, now(), None, None, "ward", False), rows, geo.BRITISH_GRID)
    across = square(0.9, 0.2, 300)
    found = clip(across, [known], geo.BRITISH_GRID)
    assert found.outside == 0
    assert found.inside == across
    assert sum(part.share for part in found.parts) == pytest.approx(250 / 300, abs=1e-6)


def test_a_bay_or_a_corner_of_the_outer_edge_is_no_gap(app):
    """Two wards with a bay of 100 metres in the one, or a step between the two: a neighbouring council lies there."""
    west, east = square(0, 0, 1000), square(1, 0, 1000, 500)
    bay = west.difference(square(0.45, 0.5, 100, 500))
    for rows in ([bay], [west, east]):
        called = [(Called(row, str(row), True, str(row)), shape) for row, shape in enumerate(rows, start=1)]
        known = LocatedSet(SetRow(1, now(), None, None, "ward", False), called, geo.BRITISH_GRID)
        for across in (square(0.4, 0.6, 200), square(0.9, 0.4, 200)):
            found = clip(across, [known], geo.BRITISH_GRID)
            land = shapely.union_all([known.in_metres(place) for place in range(len(rows))])
            moved = geo.reproject(across, geo.WGS84, geo.BRITISH_GRID)
            assert found.in_metres.area == pytest.approx(moved.intersection(land).area, abs=1)


@pytest.mark.parametrize("road", ["brief", "search", "circle", "new"])
def test_what_lies_wholly_outside_is_refused_in_words(road, as_):
    at = spot(20, 20)
    words = f"point:{at.x:.6f},{at.y:.6f}+50m"
    client = as_(OFFICER)
    answer = {
        "brief": lambda: client.post("/briefs/new", data={"place": words, "level": "council"}),
        "search": lambda: client.get("/search", query_string={"words": "kerb", "place": words}),
        "circle": lambda: client.post("/places/new/circle", data={"spot": f"{at.y}, {at.x}", "metres": "50"}),
        "new": lambda: client.post("/places/new", data=place(shape=geojson(square(20, 20)))),
    }[road]()
    assert answer.status_code == (200 if road == "search" else 422)
    assert "outside the council" in answer.text


def test_its_page_says_so_too(as_):
    at = spot(20, 20)
    page = as_(NOBODY).get(f"/places/point:{at.x:.6f},{at.y:.6f}+50m").text
    assert "All of it lies outside the council" in page


# --- places that are named and not kept --------------------------------------------------------------------------


@pytest.mark.parametrize("member", CAST, ids=str)
def test_anybody_makes_a_circle_a_street_or_a_union_of_wards(member, as_):
    client = as_(member)
    corners = lines((0.1, 0.5), (0.5, 0.5), (0.5, 0.9))
    for way, told, words in (
        ("circle", {"spot": "zz1 1aa", "metres": "300"}, "postcode:ZZ1 1AA+300m"),
        ("circle", {"spot": "ST 755 645", "metres": "1.5 km"}, "grid:ST755645+1500m"),
        ("circle", {"spot": "51.38, -2.35", "metres": "1,000 m"}, "point:-2.35,51.38+1000m"),
        ("wards", {"wards": [MILL]}, f"ward:{MILL}"),
        ("wards", {"wards": [MILL, BRIDGE]}, f"wards:{MILL},{BRIDGE}"),
    ):
        answer = client.post(f"/places/new/{way}", data=told)
        assert answer.status_code == 302, answer.text
        assert unquote(answer.location) == f"/places/{words}"
        assert client.get(answer.location).status_code == 200
    answer = client.post("/places/new/street", data={"shape": corners, "metres": "20"})
    assert re.fullmatch(r"/places/street:[-\d.,]+;[-\d.,]+;[-\d.,]+\+20m", unquote(answer.location))
    assert "Within 20 m of a street 800 m long" in client.get(answer.location).text


def test_a_street_may_be_drawn(as_):
    line = geojson(shapely.LineString([spot(0.1, 0.5), spot(0.5, 0.5)]))
    assert as_(NOBODY).post("/places/new/street", data={"shape": line, "metres": "50"}).status_code == 302


TOO_MANY = "\n".join(f"51.38{number:03}, -2.35" for number in range(101))


@pytest.mark.parametrize(
    ("way", "told", "sentence"),
    [
        ("circle", {"spot": "", "metres": "300"}, "Enter the centre"),
        ("circle", {"spot": "Atlantis", "metres": "300"}, "We cannot find &#39;Atlantis&#39;"),
        ("circle", {"spot": "ZZ9 9ZZ", "metres": "300"}, "We do not hold the postcode"),
        ("circle", {"spot": "ZZ1 1AA", "metres": "far"}, "The radius must be a number of metres from 1 to 50,000"),
        ("circle", {"spot": "ZZ1 1AA", "metres": "0"}, "The radius must be a number of metres"),
        ("circle", {"spot": "ZZ1 1AA", "metres": "60 km"}, "The radius must be a number of metres"),
        ("circle", {"spot": "ZZ1 1AA", "metres": "²"}, "The radius must be a number of metres"),
        ("street", {"shape": "", "metres": "50"}, "Draw a line on the map, or type two points or more"),
        ("street", {"shape": "ZZ1 1AA", "metres": "50"}, "A line needs two points or more"),
        ("street", {"shape": "ZZ1 1AA\nhere", "metres": "50"}, "Line 2, &#39;here&#39;, is not a point"),
        ("street", {"shape": geojson(SITE), "metres": "50"}, "Draw one line along the street"),
        ("street", {"shape": "ZZ1 1AA\n51.38, -2.35", "metres": ""}, "Enter the margin"),
        ("street", {"shape": TOO_MANY, "metres": "5"}, "at most 100 points"),
        ("wards", {}, "Choose one ward or more"),
        ("wards", {"wards": ["E99999999"]}, "is not a valid choice"),
    ],
)  # fmt: skip
def test_a_mistake_is_said_beside_its_field_and_what_was_typed_is_kept(way, told, sentence, as_):
    refused = as_(NOBODY).post(f"/places/new/{way}", data=told)
    assert refused.status_code == 422
    assert sentence in refused.text.replace("&amp;", "&")
    assert "There is a problem" in refused.text
    for typed in (value for value in told.values() if isinstance(value, str) and len(value) < 100):
        assert str(escape(typed)) in refused.text.replace("\r\n", "\n")


def test_areas_of_other_types_may_be_taken_together_with_wards(as_, app):
    with transaction():
        parish = ReadArea(1, "T04000001", "Millbank", (), shapely.MultiPolygon([square(0.2, 0.2, 500)]))
        reading = Reading((parish,), (), (), "EPSG:4326", "file", "code", "name", None, 1)
        add_boundary_set(SetDescription("Parishes", "parish", date(2020, 5, 7)), reading)
    client = as_(NOBODY)
    assert "Millbank (parish)" in client.get("/places/new/wards").text
    answer = client.post("/places/new/wards", data={"wards": [BRIDGE], "others": ["T04000001"]})
    page = client.get(answer.location).text
    assert "Bridge and Millbank" in page
    assert "125.0 hectares" in page


def test_a_label_of_many_names_says_how_many_more():
    names = [f"Ward {number}" for number in range(1, 31)]
    assert together(names) == "Ward 1, Ward 2, Ward 3, Ward 4, Ward 5, Ward 6 and 24 more areas"


def tangle(corners: int) -> shapely.Polygon:
    return shapely.Polygon(0.1 + 0.8 * np.random.default_rng(5).random((corners, 2)))


@pytest.mark.parametrize("form", [Form.AREA, Form.LINE], ids=str)
def test_a_tangle_is_refused_before_anybody_waits_for_it(form, app):
    words = "\n".join(f"{at.y:.6f}, {at.x:.6f}" for at in (spot(*corner) for corner in tangle(400).exterior.coords))
    with pytest.raises(Refused, match="crosses itself thousands of times"):
        shape_from(words, form)


def test_a_file_of_a_tangle_is_refused(as_):
    corners = [spot(*corner) for corner in tangle(3000).exterior.coords]
    answer = uploaded(as_(OFFICER), collection(shapely.Polygon(corners)))
    assert answer.status_code == 422
    assert "crosses itself thousands of times: draw it again." in answer.text
