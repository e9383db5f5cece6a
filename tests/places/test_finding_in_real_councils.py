"""What people of three councils type is found: their postcodes, wards before and after a review, parishes, tiers."""

from __future__ import annotations

import csv
import gzip
import json
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from convertbng.cutil import convert_bng
from flask import Flask
from flask.testing import FlaskClient

from tests.conftest import application
from tests.engines import ENGINE
from wardbook import store
from wardbook.areas.actions import SetDescription, add_boundary_set, add_postcodes
from wardbook.areas.boundary_files.reading import read_boundaries
from wardbook.areas.postcode_files import read_postcodes
from wardbook.db import db, transaction
from wardbook.places.examples import examples

REVIEW = {"banes": date(2019, 5, 2), "leeds": date(2018, 5, 3), "hackney": date(2014, 5, 22)}
BEFORE = {"banes": "banes_wards_2011", "leeds": "leeds_wards_2013", "hackney": "hackney_wards_2013"}
AFTER = {"banes": "banes_wards_2019", "leeds": "leeds_wards_2022", "hackney": "hackney_wards_2022"}


@pytest.fixture(scope="module", params=list(REVIEW))
def council(
    request: pytest.FixtureRequest, open_data: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, Flask]]:
    name = request.param
    home = tmp_path_factory.mktemp(name)
    app = application(home)
    with app.app_context():
        store.make_ready()
        with transaction():
            sets = [("Before", BEFORE[name], None, REVIEW[name]), ("After", AFTER[name], REVIEW[name], None)]
            for called, file, first, until in sets:
                read = read_boundaries(open_data / "boundaries" / f"{file}.geojson")
                add_boundary_set(SetDescription(called, "ward", first, until), read)
            if name == "banes":
                read = read_boundaries(named_parishes(open_data, home))
                add_boundary_set(SetDescription("Parishes", "parish"), read)
                read = read_boundaries(
                    open_data / "boundaries" / "banes_polling_districts_2016.geojson.gz", name="polling_di"
                )
                add_boundary_set(SetDescription("Polling districts", "polling-district"), read)
            councils = open_data / "boundaries" / "uk_local_authorities_2021_simplified.geojson.gz"
            add_boundary_set(SetDescription("Councils 2021", "authority", reference=True), read_boundaries(councils))
        with transaction():
            rows = read_postcodes(open_data / "postcodes" / f"{name}_postcodes_2025-05.csv.gz").rows
            add_postcodes(rows, file_name="postcodes.csv.gz", dated_on=date(2025, 5, 1))
        yield name, app
        db.session.remove()
        db.engine.dispose()
    ENGINE.drop_under(home)


def named_parishes(open_data: Path, folder: Path) -> Path:
    """The parishes alone: the published file also holds the ground that is in none, without a name."""
    with gzip.open(open_data / "boundaries" / "banes_parishes.geojson.gz", "rt") as file:
        told = json.load(file)
    told["features"] = [feature for feature in told["features"] if feature["properties"]["name"]]
    path = folder / "parishes.geojson"
    path.write_text(json.dumps(told))
    return path


@pytest.fixture
def client(council: tuple[str, Flask]) -> FlaskClient:
    return council[1].test_client()


def finds(client: FlaskClient, words: str) -> str:
    answer = client.get("/find", query_string={"q": words})
    assert answer.status_code in (200, 302)
    return answer.location or answer.text


@pytest.mark.parametrize(
    ("name", "typed", "ward"),
    [
        ("banes", "Kingsmed", "Kingsmead"), ("banes", "bathwik", "Bathwick"), ("banes", "Oddown", "Odd Down"),
        ("banes", "widcomb lyncome", "Widcombe &amp; Lyncombe"), ("banes", "Westmorland", "Westmoreland"),
        ("banes", "keynsham nort", "Keynsham North"), ("banes", "bathavon south", "Bathavon South"),
        ("leeds", "Headinglee", "Headingley &amp; Hyde Park"), ("leeds", "Chapel Allertn", "Chapel Allerton"),
        ("leeds", "otley and yeadn", "Otley &amp; Yeadon"), ("leeds", "Gipton Harehills", "Gipton &amp; Harehills"),
        ("hackney", "Hoxton east shoreditch", "Hoxton East &amp; Shoreditch"), ("hackney", "Clisold", "Clissold"),
        ("hackney", "Stoke Newingtn", "Stoke Newington"), ("hackney", "Dalsten", "Dalston"),
    ],
)  # fmt: skip
def test_a_ward_is_found_in_spite_of_mistakes(council, client, name, typed, ward):
    if council[0] != name:
        return
    page = finds(client, typed)
    assert ward in (client.get(page).text if page.startswith("/") else page)


def test_former_wards_lead_to_their_pages_with_the_day_they_ended(council, client):
    name = council[0]
    former = {"banes": "Abbey", "leeds": "City and Hunslet", "hackney": "Chatham"}[name]
    page = finds(client, former)
    assert "Former name" in page and str(REVIEW[name].year) in page
    code = page.split('href="/wards/')[1].split('"')[0]
    assert client.get(f"/wards/{code}").status_code == 200


def test_a_sample_of_real_postcodes_is_found_in_every_writing(council, client, open_data):
    path = open_data / "postcodes" / f"{council[0]}_postcodes_2025-05.csv.gz"
    with gzip.open(path, "rt") as file:
        rows = list(csv.DictReader(file))
    for row in rows[:: len(rows) // 12]:
        compact = row["Postcode"].replace(" ", "")
        for typed in (row["Postcode"], compact.lower(), f" {compact[:-3]}  {compact[-3:]} "):
            page = finds(client, typed)
            spaced = f"{compact[:-3]} {compact[-3:]}"
            assert f"the centre of postcode {spaced}" in page
    outward = {"banes": "ba1", "leeds": "LS6", "hackney": "e8"}[council[0]]
    held = sum(row["Postcode"].replace(" ", "")[:-3] == outward.upper() for row in rows)
    assert f"We hold {held:,} postcodes that begin with {outward.upper()}" in finds(client, outward)


def test_postcodes_just_outside_say_which_council_it_is(council, client, open_data):
    assert "outside the council" in finds(client, "51.4545, -2.5879")
    assert "Bristol, City of" in finds(client, "51.4545, -2.5879")
    assert "Cornwall" in finds(client, "SW 825 448")
    assert "Leeds" in finds(client, "SE 298 339") or council[0] == "leeds"


def test_the_help_is_found_by_the_box_that_gives_it(council, client):
    with council[1].app_context():
        known = examples()
    for words in (known.postcode, known.grid, known.coordinates):
        assert f'href="/wards/{known.code}"' in finds(client, words)
    assert finds(client, known.ward) in {f"/wards/{known.code}"} or known.ward in finds(client, known.ward)
    page = finds(client, "zzzz qqqq")
    assert known.postcode in page and known.grid in page


def test_points_asked_on_the_grid_are_within_a_decimetre_of_convertbng(council, client, open_data):
    with gzip.open(open_data / "postcodes" / f"{council[0]}_postcodes_2025-05.csv.gz", "rt") as file:
        rows = list(csv.DictReader(file))[::500]
    for row in rows:
        said = client.get(f"/mapit/postcode/{row['Postcode']}").json
        theirs = np.array(convert_bng([float(row["long"])], [float(row["lat"])])).ravel()
        assert np.hypot(said["easting"] - theirs[0], said["northing"] - theirs[1]) < 0.71  # whole metres
        typed = finds(client, f"{theirs[0]:.2f}, {theirs[1]:.2f}")
        if spot := re.search(r"/places/point:([-0-9.]+),([-0-9.]+)", typed):
            assert abs(float(spot[1]) - float(row["long"])) < 2e-6
            assert abs(float(spot[2]) - float(row["lat"])) < 2e-6


def test_every_tier_of_a_spot_is_listed(council, client):
    if council[0] != "banes":
        return
    page = finds(client, "51.4135, -2.4973")  # Keynsham
    for kind in ("Ward", "Parish", "Polling district", "Council"):
        assert f">{kind}</dt>" in page
    assert "Keynsham" in page and "Bath and North East Somerset" in page
    assert "/wards/E04" in page
