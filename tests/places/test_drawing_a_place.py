"""Somebody draws, types or uploads a place: it has an address of its own, for its maker's eyes alone."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path

import pytest
import shapely

from tests.conftest import CAST, CLLR, NOBODY, OFFICER, RESIDENT, an_issue, spot, square
from wardbook.db import db
from wardbook.places.models import Shape
from wardbook.places.typed import Form, shape_from
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
