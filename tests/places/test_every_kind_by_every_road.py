"""Every kind of place, by every road that takes one: the same things are in it, and the same are not."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from urllib.parse import quote

import geopandas
import pytest
import shapely
from click.testing import CliRunner
from flask import Flask

from tests.conftest import BRIDGE, CORNER, MILL, NOBODY, OFFICER, RESIDENT, an_issue, as_viewer, person_of, spot, square
from tests.engines import environment_of
from wardbook import geo
from wardbook.areas.actions import SetDescription, add_boundary_set
from wardbook.areas.boundary_files.reading import ReadArea, Reading
from wardbook.cli import main
from wardbook.db import db, transaction
from wardbook.entries.models import Entry
from wardbook.follows.queries import following
from wardbook.places.actions import keep_shape
from wardbook.places.words import place_from_words

IN_IT, NOT_IN_IT = (0.4, 0.6), (1.5, 1.5)
"""Where the postcode ZZ1 1AA is; and another end of the borough"""
PARISH = "T04000001"
RING = shapely.difference(square(0.2, 0.4, 400), square(0.25, 0.45, 50))
SHAPES: dict[str, shapely.Geometry] = {
    "a drawn polygon": square(0.3, 0.5, 200),
    "a drawn polygon with a hole": RING,
    "a drawn shape of two parts": shapely.union(square(0.3, 0.5, 200), square(0.7, 0.1, 100)),
    "a drawn line": shapely.LineString([spot(0.1, 0.2), spot(*IN_IT), spot(0.6, 0.6)]),
    "a drawn point": spot(*IN_IT),
}


def at(column: float, row: float) -> str:
    point = spot(column, row)
    return f"{point.x:.7f},{point.y:.7f}"


WORDS = {
    "a ward": f"ward:{MILL}",
    "a ward as at a day": f"ward:{MILL}@2021-01-01",
    "wards": f"wards:{MILL},{BRIDGE}",
    "a parish": f"ward:{PARISH}",
    "a parish and a ward": f"wards:{PARISH},{BRIDGE}",
    "a postcode": "postcode:ZZ1 1AA+100m",
    "a postcode with the usual radius": "postcode:ZZ1 1AA",
    "a point": f"point:{at(*IN_IT)}+100m",
    "a grid reference": f"grid:ST{(CORNER[0] + 400) % 100_000:05}{(CORNER[1] + 600) % 100_000:05}+100m",
    "a street": f"street:{at(0.1, 0.1)};{at(0.4, 0.2)};{at(0.41, 0.9)}+50m",
}
KINDS = [*WORDS, *SHAPES]


@dataclass
class Made:
    """A place of some kind, and what was told in it and elsewhere."""

    words: str
    inside: Entry
    outside: Entry

    @property
    def path(self) -> str:
        return f"/places/{quote(self.words, safe=':,@;+')}"


@pytest.fixture(params=KINDS)
def made(request: pytest.FixtureRequest, app: Flask) -> Made:
    with transaction():
        parish = ReadArea(1, PARISH, "Millbank", (), shapely.MultiPolygon([square(0.2, 0.4, 500)]))
        reading = Reading((parish,), (), (), "EPSG:4326", "file", "code", "name", None, 1)
        add_boundary_set(SetDescription("Parishes", "parish", date(2020, 5, 7)), reading)
    told = an_issue("Inside", at=IN_IT), an_issue("Elsewhere", at=NOT_IN_IT)
    words = WORDS.get(request.param)
    if words is None:
        with transaction():
            words = f"shape:{keep_shape(as_viewer(OFFICER), SHAPES[request.param], label='The mill site').key}"
    return Made(words, *told)


def test_it_has_a_label_a_size_and_wards_by_share(made, app):
    place = place_from_words(made.words, as_viewer(OFFICER))
    assert place_from_words(place.words, as_viewer(OFFICER)) == place
    assert place.label
    assert place.size
    assert place.left_out == ""
    assert sum(share.share for share in place.wards) == pytest.approx(1, abs=1e-6)
    is_drawn_thin = place.geometry.geom_type in ("Point", "LineString")
    assert (place.hectares == 0) is is_drawn_thin
    assert (place.metres is None) is (place.geometry.geom_type == "Point")


PAGES = ("", "/entries", "/entries.json", "/entries.geojson", "/entries.csv", ".atom", "/entries.atom", "/brief",
         "/brief.json", "/brief.csv")  # fmt: skip


def test_pages_files_feeds_and_briefs_take_it(made, as_):
    client = as_(OFFICER)
    for suffix in PAGES:
        answer = client.get(made.path + suffix)
        assert answer.status_code == 200, suffix
        assert (made.inside.ref in answer.text, made.outside.ref in answer.text) == (True, False), suffix
    page = client.get("/map", query_string={"place": made.words, "words": "Inside"}).location
    assert page.startswith("/places/") and page.endswith("?words=Inside")
    for suffix in (".geojson", ".csv", ".atom"):
        answer = client.get(f"/map{suffix}", query_string={"place": made.words})
        assert (made.inside.ref in answer.text, made.outside.ref in answer.text) == (True, False), suffix


def test_files_that_are_not_text_take_it(made, as_, tmp_path):
    for form in ("/entries.gpkg", "/brief.gpkg"):
        file = tmp_path / "it.gpkg"
        file.write_bytes(as_(OFFICER).get(made.path + form).data)
        rows = geopandas.read_file(file, layer="entries")
        assert list(rows["ref" if "ref" in rows else "reference"]) == [made.inside.ref]
    for form in ("pdf", "docx", "xlsx"):
        assert as_(OFFICER).get(f"{made.path}/brief.{form}").status_code == 200


def test_the_map_search_and_the_forms_take_it(made, as_):
    client, asked = as_(OFFICER), quote(made.words)
    for address in (f"/map/frame/look?place={asked}", f"/search?place={asked}&kind=issue"):
        page = client.get(address).text
        assert (made.inside.ref in page, made.outside.ref in page) == (True, False), address
    assert client.get(f"/map/frame/draw?place={asked}").status_code == 200
    assert client.get(f"/notes/new?place={asked}").status_code == 200
    brief = client.post("/briefs/new", data={"place": made.words, "level": "council"})
    assert brief.status_code == 302
    assert made.inside.ref in client.get(brief.location).text


def test_a_note_is_written_about_it(made, as_):
    note = {"shape": made.words, "form": "point", "title": "About it", "words": "Known.", "topic": "history",
            "basis": "seen it myself", "level": "council"}  # fmt: skip
    assert as_(OFFICER).post("/notes/new", data=note).status_code == 302
    kept = db.session.query(Entry).filter_by(title="About it").one()
    shape = place_from_words(made.words, as_viewer(OFFICER)).geometry
    assert shapely.hausdorff_distance(kept.geometry, shape) < 1e-6


def test_it_is_followed(made, as_):
    assert as_(OFFICER).post("/follows/new", data={"thing": made.words, "rhythm": "daily"}).status_code == 302
    hear = [[follow.person_id for follow in following(entry)] for entry in (made.inside, made.outside)]
    assert hear == [[person_of(OFFICER).id], []]


def test_a_brief_of_it_is_frozen(made, as_):
    answer = as_(OFFICER).post(f"{made.path}/brief/freeze?for=council", data={"purpose": "The crossing"})
    assert answer.status_code == 302
    page = as_(OFFICER).get(answer.location, follow_redirects=True).text
    assert (made.inside.ref in page, made.outside.ref in page) == (True, False)


def run(home: Path, *words: str) -> tuple[int, str]:
    said = CliRunner(env=environment_of(home)).invoke(main, ["brief", *words])
    return said.exit_code, said.output


def test_the_command_line_takes_it_unless_it_is_somebody_s_own(made, home, tmp_path):
    target = tmp_path / "brief.json"
    code, said = run(home, made.words, "--json", str(target))
    if made.words.startswith("shape:"):
        assert (code, target.exists()) == (2, False)
        return
    assert code == 0, said
    assert [item["ref"] for item in json.loads(target.read_text())["items"]] == [made.inside.ref]


def test_the_command_line_takes_a_shape_as_a_file(home, app, tmp_path):
    an_issue("Inside", at=IN_IT)
    an_issue("Elsewhere", at=NOT_IN_IT)
    file = tmp_path / "mill_site.geojson"
    file.write_text(shapely.to_geojson(RING))
    code, said = run(home, f"@{file}")
    assert code == 0, said
    assert "What is known about mill site" in said
    assert "15.8 hectares" in said
    assert "1 entries." in said


UPLOAD: dict[str, Callable[[geopandas.GeoDataFrame, Path], None]] = {
    "site.geojson": lambda frame, path: frame.to_file(path, driver="GeoJSON"),
    "site.gpkg": lambda frame, path: frame.to_crs(27700).to_file(path, driver="GPKG"),
    "site.kml": lambda frame, path: frame.to_file(path, driver="KML"),
    "site.zip": lambda frame, path: frame.to_crs(27700).to_file(path.with_suffix(".shz"), driver="ESRI Shapefile"),
}


@pytest.mark.parametrize("name", UPLOAD)
def test_an_uploaded_site_of_several_shapes_is_one_place_in_every_format(name, as_, tmp_path):
    inside, outside = an_issue("Inside", at=IN_IT), an_issue("Elsewhere", at=NOT_IN_IT)
    shapes = [square(0.3, 0.5, 200), square(0.5, 0.5, 200), square(0.7, 0.1, 100)]
    frame = geopandas.GeoDataFrame({"Name": ["a", "b", "c"]}, geometry=shapes, crs=geo.WGS84)
    path = tmp_path / name
    UPLOAD[name](frame, path)
    content = (path if path.exists() else path.with_suffix(".shz")).read_bytes()
    client = as_(OFFICER)
    answer = client.post(
        "/places/new", data={"label": "The mill site", "form": "area", "shape": "", "file": (io.BytesIO(content), name)}
    )
    assert answer.status_code == 302, answer.text
    page = client.get(answer.location).text
    assert "The 3 shapes in the file are one place now." in page
    assert "9.0 hectares, 1.6 km round" in page
    assert (inside.ref in page, outside.ref in page) == (True, False)
    assert as_(RESIDENT).get(answer.location).status_code == as_(NOBODY).get(answer.location).status_code == 404
