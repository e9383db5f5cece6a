"""A council brings in the names of its streets and places, and people find them."""

from __future__ import annotations

import json
import re
import time
import zipfile
from html import unescape
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask

from tests.conftest import IN_BRIDGE, IN_MILL, MILL, NOBODY, OFFICER, spot
from tests.serving import environment
from wardbook import geo
from wardbook.cli import main
from wardbook.db import db, transaction
from wardbook.errors import Refused
from wardbook.places.called import place_called
from wardbook.places.folding import folded
from wardbook.places.gazetteer import GazetteerName, GazetteerWord
from wardbook.places.gazetteer_files import OPEN_NAMES, RefusedName, read_names
from wardbook.places.gazetteer_import import add_names
from wardbook.places.matches import called
from wardbook.policy import VISITOR

EAST, NORTH = 375_400, 164_600


def names_csv(*rows: str, header: str = "name,kind,lat,lon,near") -> str:
    return "\n".join((header, *rows)) + "\n"


def at(place: tuple[float, float]) -> str:
    return f"{spot(*place).y:.6f},{spot(*place).x:.6f}"


HERE = names_csv(
    f"High Street,road_street,{at(IN_MILL)},Milltown",
    f"High Street,road_street,{at(IN_BRIDGE)},Bridgeton",
    f"St. Oswin's Road,Named Road,{at((0.3, 0.3))},Milltown",
    f"Wherry Lane,Named Road,{at((0.5, 0.5))},Milltown",
    f"Café Corner,place,{at((0.6, 0.4))},",
    "Far Street,Named Road,55.0,-3.0,",
)


def bring_in(text: str, folder: Path, name: str = "names.csv"):
    path = folder / name
    path.write_text(text, encoding="utf-8")
    with transaction():
        return add_names(read_names(path), source=name, file_name=name)


@pytest.fixture
def known(app: Flask, tmp_path: Path) -> Path:
    bring_in(HERE, tmp_path)
    return tmp_path


def finds(as_, words: str) -> str:
    return as_(NOBODY).get("/find", query_string={"q": words}, follow_redirects=True).text


def test_only_what_lies_in_the_council_and_a_kilometre_round_it_is_kept(app, tmp_path):
    rows = names_csv(f"Near Lane,Named Road,{at((-0.9, 0.5))},", f"Far Lane,Named Road,{at((-1.2, 0.5))},")
    tally = bring_in(rows, tmp_path)
    assert (tally.created, tally.outside) == (1, 1)


def test_a_second_import_of_the_same_file_changes_nothing_and_a_newer_one_replaces_its_source(known):
    again = bring_in(HERE, known)
    assert (again.created, again.removed, again.unchanged, again.outside) == (0, 0, 5, 1)
    newer = bring_in(HERE.replace("Wherry Lane", "Barge Lane"), known)
    assert (newer.created, newer.removed, newer.unchanged) == (1, 1, 4)
    other = bring_in(names_csv(f"Wherry Lane,Named Road,{at((0.5, 0.5))},"), known, "other.csv")
    assert (other.created, other.removed) == (1, 0)
    assert sorted(row.name for row in db.session.query(GazetteerName)) == sorted(
        ["High Street", "High Street", "St. Oswin's Road", "Café Corner", "Barge Lane", "Wherry Lane"]
    )
    assert {row.name_id for row in db.session.query(GazetteerWord)} == {r.id for r in db.session.query(GazetteerName)}


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("wherry lane", "Wherry Lane, Milltown"), ("WHERRY LN", "Wherry Lane, Milltown"),
        ("wherr", "Wherry Lane, Milltown"), ("12a Wherry Lane", "Wherry Lane, Milltown"),
        ("st oswins rd", "St. Oswin&#39;s Road, Milltown"), ("Saint Oswin’s Road", "St. Oswin&#39;s Road, Milltown"),
        ("cafe corner", "Café Corner"), ("corner", "Café Corner"), ("High St Bridgeton", "High Street, Bridgeton"),
    ],
)  # fmt: skip
def test_a_street_is_found_as_people_write_it(typed, name, known, as_):
    page = finds(as_, typed)
    assert name in page
    assert 'id="represents"' in page


@pytest.mark.parametrize(
    "typed", ["wherri lane", "whery lane", "hwerry lane", "Wherry Lnae", "st oswyns road", "cafee corner"]
)
def test_typing_mistakes_are_forgiven_and_asked_about(typed, known, as_):
    answer = as_(NOBODY).get("/find", query_string={"q": typed})
    assert answer.status_code == 200
    assert "Did you mean one of these?" in answer.text
    assert any(name in answer.text for name in ("Wherry Lane", "Oswin", "Café Corner"))


def test_several_of_one_name_are_offered_with_where_they_are_and_why(known, as_):
    page = finds(as_, "high street")
    assert "2 streets match" in page
    for label in ("High Street, Milltown", "High Street, Bridgeton"):
        assert label in page
    assert "Street, in the ward Mill: the same name" in page and "Street, in the ward Bridge: the same name" in page


def test_rows_of_one_name_near_each_other_are_one_and_others_are_told_apart(app, tmp_path, as_):
    places = [(0.4, 0.6), (0.43, 0.62), (0.1, 0.1), (0.9, 0.9), (1.5, 0.5)]
    bring_in(names_csv(*(f"High Street,Named Road,{at(place)}," for place in places)), tmp_path)
    page = finds(as_, "high street")
    assert "4 streets match" in page
    said = re.findall(r'choices__why">(.*?): the same name', page)
    assert len(set(said)) == 4 and sum("in the ward Mill" in one for one in said) == 3


def test_a_street_that_was_chosen_keeps_its_name(app, tmp_path, as_):
    bring_in(names_csv(f"High Street,Named Road,{at(IN_MILL)},", f"High Street,Named Road,{at(IN_BRIDGE)},"), tmp_path)
    client = as_(NOBODY)
    link = unescape(re.search(r'href="(/find\?q=[^"]*)"', finds(as_, "high street"))[1])
    page = client.get(link).text
    assert '<h1 class="govuk-heading-l">High Street, Mill</h1>' in page
    place = unescape(re.search(r'href="(/places/point:[^"]*)"', page)[1])
    assert "Within 400 m of High Street, Mill" in client.get(place).text
    told = client.post("/contribute", data={"q": link.split("q=")[1].replace("+", " ")}).location
    assert "We start at High Street, Mill, in Mill" in client.get(told).text


@pytest.mark.parametrize(
    ("address", "field", "rest"),
    [("/briefs/new", "place", {"level": "public"}), ("/places/new/circle", "spot", {"metres": "123"})],
)
def test_a_form_comes_back_with_the_choice_and_nothing_is_lost(address, field, rest, known, as_):
    asked = as_(NOBODY).post(address, data={field: "high street", **rest})
    assert asked.status_code == 422
    assert "may mean several places. Choose one below, or enter more of its name." in unescape(asked.text)
    assert 'value="high street"' in asked.text and (rest.get("metres") or "checked") in asked.text
    chosen = re.findall(r'name="chosen" value="([^"]+)"[^>]*>([^<]+)<', asked.text)
    assert [name for _, name in chosen] == ["High Street, Bridgeton", "High Street, Milltown"]
    for words, name in chosen:
        made = as_(NOBODY).post(address, data={field: "high street", "chosen": words, **rest})
        assert made.status_code == 302
        assert f"m of {name}" in as_(NOBODY).get(made.location).text


def test_searching_in_one_of_several_places_links_to_each(known, as_):
    page = as_(NOBODY).get("/search?words=kerb&place=high+street").text
    links = [unescape(link) for link in re.findall(r'href="(/search\?[^"]*)"', page) if "place=5" in link]
    assert len(links) == 2 and all("words=kerb" in link for link in links)
    assert "Within 400 m of High Street, Bridgeton" in as_(NOBODY).get(links[0]).text


def test_a_ward_is_taken_before_a_street_of_its_name_and_a_circle_takes_the_street(app, tmp_path, as_):
    bring_in(names_csv(f"Mill,Suburban Area,{at(IN_BRIDGE)},Bridgeton"), tmp_path)
    made = as_(NOBODY).post("/briefs/new", data={"place": "mill", "level": "public"})
    assert made.location == f"/places/ward:{MILL}/brief?for=public"
    made = as_(NOBODY).post("/places/new/circle", data={"spot": "mill", "metres": "100"})
    assert "Within 100 m of Mill, Bridgeton" in as_(NOBODY).get(made.location).text
    made = as_(NOBODY).post("/briefs/new", data={"place": "Mill, Bridgeton", "level": "public"})
    assert "point:" in made.location


def test_more_than_twenty_are_shown_by_twenty_and_the_number_left(app, tmp_path, as_):
    rows = [f"Mill Lane {n},Named Road,{at((0.01 * n, 0.5))}," for n in range(300)]
    rows = [row for row in rows if row]
    bring_in(names_csv(*rows), tmp_path)
    kept = db.session.query(GazetteerName).count()
    page = finds(as_, "mill lane")
    assert page.count("Mill Lane ") >= 20
    assert f"and {kept - 20:,} more" in page


def test_the_council_s_brief_form_and_search_take_a_street(known):
    place = place_called("wherry lane", VISITOR)
    assert place.words.startswith("point:") and place.words.endswith("+400m")
    with pytest.raises(Refused, match="'high street' may mean several places"):
        place_called("high street", VISITOR)
    with pytest.raises(Refused, match=r"Nothing is called 'wherri lane'\. Choose one below"):
        place_called("wherri lane", VISITOR)


def test_telling_begins_in_a_street_and_asks_which_where_there_are_several(known, as_):
    client = as_(OFFICER)
    assert "/spot" in client.post("/contribute", data={"q": "wherry lane"}).location
    asked = client.post("/contribute", data={"q": "high street"})
    assert "2 places match" in asked.text
    one = db.session.query(GazetteerName).filter_by(near="Bridgeton").one()
    assert f"/contribute/name/{one.id}" in asked.text
    begun = client.post(f"/contribute/name/{one.id}")
    assert "High Street, Bridgeton" in client.get(begun.location).text


def open_names(name1: str, easting: float, northing: float, *, name2: str = "", local: str = "Named Road") -> str:
    cells = dict.fromkeys(OPEN_NAMES, "")
    cells |= {
        "id": "osgb4000000000000001", "name1": name1, "name2": name2, "type": "transportNetwork", "local_type": local,
        "geometry_x": str(easting), "geometry_y": str(northing), "populated_place": "Milltown",
        "district_borough": "Testham", "name1_lang": "cym" if name2 else "", "name2_lang": "eng" if name2 else "",
    }  # fmt: skip
    return ",".join(cells.values())


ROWS = "\n".join(
    [
        open_names("Heol Fawr", EAST, NORTH, name2="Main Road"),
        open_names("Milltown", EAST + 50, NORTH, local="Suburban Area"),
        open_names("ZZ1 1AA", EAST, NORTH, local="Postcode"),
        open_names("Elsewhere", 500_000, 200_000, local="Village"),
        open_names("", EAST, NORTH),
        open_names("Broken Lane", EAST, NORTH).replace(str(NORTH), "north"),
    ]
)


@pytest.mark.parametrize("shape", ["without header", "with header", "zip", "latin-1 header"])
def test_os_open_names_comes_in_as_published(shape, app, tmp_path, as_):
    header = ",".join(OPEN_NAMES).upper()
    path = tmp_path / "opname.csv"
    if shape == "without header":
        path.write_text(ROWS + "\n", encoding="utf-8")
    elif shape == "zip":
        path = tmp_path / "opname_csv_gb.zip"
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("Doc/OS_Open_Names_Header.csv", header + "\n")
            lines = ROWS.split("\n")
            archive.writestr("Data/ST66.csv", "\ufeff" + "\n".join(lines[:3]) + "\n")
            archive.writestr("Data/ST76.csv", "\n".join(lines[3:]) + "\n")
            archive.writestr("readme.txt", "words")
    else:
        path.write_bytes((header + "\n" + ROWS + "\n").encode("cp1252"))
    with transaction():
        tally = add_names(read_names(path), source="OS Open Names", file_name=path.name)
    assert (tally.created, tally.outside, len(tally.refused)) == (3, 1, 2)
    assert {row.why for row in tally.refused} == {
        "it has no name", f"Broken Lane has no place: '{EAST}', 'north'",
    }  # fmt: skip
    road = db.session.query(GazetteerName).filter_by(name="Heol Fawr").one()
    assert (road.kind, road.other, road.near) == ("Street", "Main Road", "Milltown")
    east, north = geo.to_grid(road.lon, road.lat)
    assert abs(east - EAST) < 0.1 and abs(north - NORTH) < 0.1
    for typed in ("Heol Fawr", "main road"):
        assert "Who represents me here" in finds(as_, typed)
    assert db.session.query(GazetteerName).filter_by(name="Milltown").one().near == "Testham"


def test_geojson_of_lines_and_areas_has_a_point_each(app, tmp_path):
    line = {"type": "LineString", "coordinates": [list(spot(0.2, 0.5).coords[0]), list(spot(0.6, 0.5).coords[0])]}
    text = json.dumps(
        {"type": "FeatureCollection", "features": [
            {"type": "Feature", "properties": {"Name": "Long Road", "class": "road_street"}, "geometry": line},
            {"type": "Feature", "properties": {"Name": "Nowhere"}, "geometry": None},
        ]}
    )  # fmt: skip
    tally = bring_in(text, tmp_path, "streets.geojson")
    assert [(row.row, row.why) for row in tally.refused] == [("2", "Nowhere has no place")]
    kept = db.session.query(GazetteerName).one()
    assert kept.point.distance(spot(0.4, 0.5)) < 0.0001


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("names.csv", b"a,b\n1,2\n", "has no column of names"),
        ("names.csv", b"name,kind\nHigh Street,x\n", "does not say where its names are"),
        ("names.csv", b"", "has no column of names"),
        ("names.csv", b"\x00\xff\xfe", "has no column of names"),
        ("names.txt.gz", b"not gzip", "damaged"),
        ("names.zip", b"PK\x03\x04 cut short", "damaged"),
        ("names.exe", b"MZ", "by its name"),
        ("names.geojson", b"<html>", "is not a GeoJSON"),
    ],
)
def test_a_file_that_is_no_list_of_names_is_refused_in_a_sentence(name, content, sentence, app, tmp_path):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(Refused, match=sentence), transaction():
        add_names(read_names(path), source=name, file_name=name)
    assert db.session.query(GazetteerName).count() == 0


def test_a_bad_row_is_refused_and_the_others_come_in(app, tmp_path):
    text = names_csv("No Place,x,,,", "Nan Lane,x,nan,nan,", "Far Off,x,999,9999999999,", f"Good Lane,x,{at(IN_MILL)},")
    tally = bring_in(text, tmp_path)
    assert [row.row for row in tally.refused] == ["2", "3", "4"]
    assert tally.created == 1


def test_the_command_says_what_became_of_the_rows(home, tmp_path):
    path = tmp_path / "names.csv"
    path.write_text(HERE, encoding="utf-8")
    said = CliRunner(env=environment(home)).invoke(main, ["gazetteer", "import", str(path), "--json"])
    assert said.exit_code == 0, said.output
    told = json.loads(said.stdout)
    assert (told["created"], told["outside"], told["refused"]) == (5, 1, 0)
    again = CliRunner(env=environment(home)).invoke(main, ["gazetteer", "import", str(path)])
    assert "0 created, 0 removed, 5 unchanged; 1 lie outside the council" in again.stdout
    missing = CliRunner(env=environment(home)).invoke(main, ["gazetteer", "import", str(tmp_path / "no.csv")])
    assert missing.exit_code == 2 and "There is no file no.csv" in missing.stderr


def test_without_wards_no_names_come_in(tmp_path):
    path = tmp_path / "names.csv"
    path.write_text(HERE, encoding="utf-8")
    env = environment(tmp_path / "empty")
    CliRunner(env=env).invoke(main, ["init"])
    said = CliRunner(env=env).invoke(main, ["gazetteer", "import", str(path)])
    assert said.exit_code == 2 and "import its wards first" in said.stderr


def test_a_large_list_is_searched_quickly(app, tmp_path):
    words = ["Acre", "Birch", "Canal", "Dene", "Elder", "Fern", "Grange", "Heath", "Iron", "Jubilee"]
    ends = ["Street", "Road", "Lane", "Close", "Avenue", "Way", "Drive", "Court", "Place", "Walk"]
    rows = [
        f"{one} {other} {end} {n},Named Road,{at((0.1 + 0.0001 * n, 0.5))},"
        for n, (one, other, end) in enumerate((a, b, c) for a in words for b in words for c in ends * 5)
    ]
    bring_in(names_csv(*rows), tmp_path)
    called("warm")
    began = time.perf_counter()
    for typed in ("jubilee", "jubille heath", "road", "street", "zzzzzz", "a", "iron birch way 12"):
        called(typed)
    assert time.perf_counter() - began < 7  # on a busy machine; alone it takes well under a second


@pytest.mark.parametrize(
    ("written", "compared"),
    [
        ("St. Oswin’s Rd", "st oswins road"), ("High St", "high street"), ("Łódź & Więzień", "lodz and wiezien"),
        ("Pen-y-bont ar Ogwr", "pen y bont ar ogwr"), ("  ", ""), ("日本", "日本"), ("Caffè", "caffe"),
    ],
)  # fmt: skip
def test_names_are_compared_without_case_accents_and_signs(written, compared):
    assert folded(written) == compared


def test_refused_rows_are_told_apart_by_their_file(tmp_path):
    path = tmp_path / "several.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.csv", "name,lat,lon\n,1,1\n")
        archive.writestr("b.csv", "name,lat,lon\n,1,1\n")
    assert [row.row for row in read_names(path) if isinstance(row, RefusedName)] == ["2 of a.csv", "2 of b.csv"]


def test_a_ward_of_the_same_name_and_a_street_are_both_offered(app, tmp_path, as_):
    bring_in(names_csv(f"Mill,Named Road,{at(IN_BRIDGE)},"), tmp_path)
    page = finds(as_, "Mill")
    assert f'href="/wards/{MILL}"' in page and "Streets" in page and "Wards" in page
