"""A postcode that lies in two wards says so, and by what share, where the points of its addresses are known."""

from __future__ import annotations

import gzip
import json
import time
from datetime import date
from pathlib import Path

import pytest
import shapely
from click.testing import CliRunner

from tests.conftest import BRIDGE, CLLR, CLLR_NEXT_DOOR, IN_MILL, MILL, NOBODY, spot, square
from tests.serving import environment
from wardbook import geo
from wardbook.areas import queries
from wardbook.areas.actions import PostcodeRow, SetDescription, add_boundary_set
from wardbook.areas.address_files import read_addresses
from wardbook.areas.addresses import add_addresses, parted, points_of, shares
from wardbook.areas.boundary_files.reading import ReadArea, Reading
from wardbook.areas.models import BoundarySet, Postcode
from wardbook.cli import main
from wardbook.clock import today
from wardbook.db import db, transaction
from wardbook.errors import Refused
from wardbook.places.gazetteer_files import read_names
from wardbook.places.gazetteer_import import add_names

IN_BRIDGE = (1.02, 0.5)
NEAR_EDGE = (0.98, 0.5)


def row(compact: str, at: tuple[float, float]) -> PostcodeRow:
    return PostcodeRow(compact, spot(*at).x, spot(*at).y)


SPLIT = [row("ZZ12AB", (0.98 - n * 0.001, 0.5)) for n in range(8)] + [row("ZZ12AB", IN_BRIDGE)] * 4
WHOLE = [row("ZZ12AC", (0.5, 0.5 + n * 0.001)) for n in range(5)]


def bring_in(rows: list[PostcodeRow], dated_on: date = date(2025, 1, 1)):
    centres, addresses = parted(rows)
    with transaction():
        return add_addresses(centres, addresses, file_name="addresses.csv", dated_on=dated_on)


def finds(as_, words: str) -> str:
    return as_(NOBODY).get("/find", query_string={"q": words}).text


def test_a_split_postcode_shows_its_wards_by_share_and_who_represents_each(app, as_):
    bring_in(SPLIT + WHOLE)
    page = finds(as_, "zz1 2ab")
    assert "ZZ1 2AB lies in two wards" in page
    assert "Of the 12 addresses" in page
    assert page.index(f'href="/wards/{MILL}"') < page.index(f'href="/wards/{BRIDGE}"')
    assert ">67%<" in page and ">33%<" in page
    assert CLLR.name in page and CLLR_NEXT_DOOR.name in page
    assert "All 5 addresses that we know with this postcode lie in Mill." in finds(as_, "ZZ1 2AC")


def test_with_a_centre_alone_the_page_says_that_it_is_one(as_):
    page = finds(as_, "ZZ1 1AA")
    assert "the centre of postcode ZZ1 1AA" in page
    assert "only the centre of this postcode" in page


def test_somebody_with_a_split_postcode_chooses_a_street_or_a_spot(app, tmp_path, as_):
    bring_in(SPLIT)
    near = spot(0.985, 0.5)
    names = tmp_path / "names.csv"
    far = spot(0.1, 0.1)
    names.write_text(
        f"name,kind,lat,lon\nEdge Road,road_street,{near.y},{near.x}\nFar Road,road_street,{far.y},{far.x}\n"
    )
    with transaction():
        add_names(read_names(names), source="names", file_name="names.csv")
    page = finds(as_, "ZZ1 2AB")
    assert "Which spot do you mean?" in page
    assert "Edge Road" in page and "Far Road" not in page
    assert 'href="/contribute?q=ZZ1+2AB"' in page or 'href="/contribute?q=ZZ1%202AB"' in page
    street = as_(NOBODY).get("/find", query_string={"q": f"{near.y:.6f}, {near.x:.6f}"}).text
    assert f'href="/wards/{MILL}"' in street


def test_a_postcode_half_outside_the_council_says_so(app, as_):
    bring_in([row("ZZ12AD", (0.01, 0.5))] * 3 + [row("ZZ12AD", (-0.5, 0.5))])
    page = finds(as_, "ZZ1 2AD")
    assert "ZZ1 2AD lies in this council and outside it" in page
    assert "Outside the council" in page and ">25%<" in page


def test_a_new_postcode_takes_the_address_in_the_middle_and_a_held_one_keeps_its_centre(app):
    held = queries.postcode("ZZ1 1AA").point
    bring_in([row("ZZ11AA", (0.41, 0.6)), row("ZZ11AA", (0.45, 0.6)), *SPLIT])
    assert queries.postcode("ZZ1 1AA").point == held
    middle = queries.postcode("ZZ1 2AB").point
    assert any(middle.distance(shapely.Point(r.lon, r.lat)) < 1e-7 for r in SPLIT)
    assert len(points_of("ZZ11AA")) == 2


def test_shares_are_those_of_the_wards_of_the_day_and_follow_a_new_set(app):
    bring_in(SPLIT)
    assert [(share.ward.code, share.addresses) for share in shares("ZZ12AB", today())] == [(MILL, 8), (BRIDGE, 4)]
    with transaction():
        db.session.query(BoundarySet).one().until_on = date(2022, 5, 5)
    one = ReadArea(1, "T05020001", "All of it", (), shapely.MultiPolygon([square(0, 0, 2000)]))
    reading = Reading((one,), (), (), "EPSG:4326", "file", "code", "name", None, 1)
    with transaction():
        add_boundary_set(SetDescription("Later", "ward", date(2022, 5, 5)), reading)
    assert [(share.ward.code, share.share) for share in shares("ZZ12AB", today())] == [("T05020001", 1.0)]
    assert [share.ward.code for share in shares("ZZ12AB", date(2021, 1, 1))] == [MILL, BRIDGE]
    assert shares("ZZ11AA", today()) == []


def test_importing_again_changes_nothing_and_an_older_source_replaces_nothing(app):
    first = bring_in(SPLIT + WHOLE)[1]
    assert (first.addresses, first.postcodes, first.changed) == (17, 2, 2)
    assert bring_in(list(reversed(SPLIT + WHOLE)))[1].changed == 0
    older = bring_in([row("ZZ12AB", IN_MILL), row("ZZ12AB", (0.3, 0.3))], date(2020, 1, 1))[1]
    assert (older.changed, older.older) == (0, 1)
    assert len(points_of("ZZ12AB")) == 12
    newer = bring_in([row("ZZ12AB", IN_MILL), row("ZZ12AB", (0.3, 0.3))], date(2026, 1, 1))[1]
    assert newer.changed == 1


def test_a_file_of_centres_gives_no_addresses(app):
    rows = [row(f"ZZ13{a}{b}", (0.1, 0.1)) for a in "ABDEF" for b in "ABDEF"]
    centres, addresses = parted([*rows, rows[0]])
    assert addresses == {} and len(centres) == 26
    centres, addresses = parted([*rows, row("ZZ13AA", (0.9, 0.9))])
    assert set(addresses) == {"ZZ13AA"}, "one of many that stands twice is given by its addresses"
    assert len(centres) == 24


# --- files with UPRNs --------------------------------------------------------------------------------------------


def open_uprn(points: dict[str, tuple[float, float]]) -> str:
    lines = ["UPRN,X_COORDINATE,Y_COORDINATE,LATITUDE,LONGITUDE"]
    for uprn, at in points.items():
        east, north = geo.to_grid(spot(*at).x, spot(*at).y)
        lines.append(f"{uprn},{east:.2f},{north:.2f},{spot(*at).y:.7f},{spot(*at).x:.7f}")
    return "\n".join(lines) + "\n"


UPRNS = {str(100 + n): (0.98, 0.4 + n * 0.001) for n in range(6)} | {
    "200": IN_BRIDGE,
    "201": IN_BRIDGE,
    "900": (60, 60),
    "901": IN_MILL,
}
DIRECTORY = "UPRN,PCDS\n" + "".join(f"{uprn.zfill(12)},{'ZZ1 2AB' if uprn != '901' else ''}\n" for uprn in UPRNS)


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    (tmp_path / "osopenuprn.csv").write_text("\ufeff" + open_uprn(UPRNS), encoding="utf-8")
    with gzip.open(tmp_path / "nsul.csv.gz", "wt") as file:
        file.write(DIRECTORY)
    return tmp_path / "osopenuprn.csv", tmp_path / "nsul.csv.gz"


def test_os_open_uprn_comes_in_with_its_directory(files, home, as_):
    env = environment(home)
    said = CliRunner(env=env).invoke(
        main, ["postcodes", "import", str(files[0]), "--directory", str(files[1]), "--json"]
    )
    assert said.exit_code == 0, said.output
    told = json.loads(said.stdout)
    assert (told["addresses"], told["postcodes_with_addresses"], told["outside"]) == (8, 1, 1)
    assert (told["without_postcode"], told["refused"], told["created"]) == (1, 0, 1)
    page = finds(as_, "ZZ1 2AB")
    assert ">75%<" in page and ">25%<" in page
    again = CliRunner(env=env).invoke(main, ["postcodes", "import", str(files[0]), "--directory", str(files[1])])
    assert "8 address points of 1 postcode: 0 changed" in again.stdout


def test_without_latitudes_the_grid_says_where(files, app):
    text = files[0].read_text("utf-8-sig")
    files[0].write_text("\n".join(",".join(line.split(",")[:3]) for line in text.splitlines()) + "\n")
    read = read_addresses(*files)
    assert len(read.points["ZZ12AB"]) == 8
    at = read.points["ZZ12AB"][-1] / 10_000_000
    assert geo.metres_between(shapely.Point(at), spot(*IN_BRIDGE), 27700) < 0.1


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["{uprn}"], "does not say which postcode each address has"),
        (["{uprn}", "--directory", "{uprn}"], "is no directory of postcodes"),
        (["{uprn}", "--directory", "missing.csv"], "There is no file missing.csv"),
        (["{directory}"], "does not say where"),
        (["{plain}", "--directory", "{directory}"], "names no UPRNs"),
    ],
)
def test_what_is_missing_is_said_in_a_sentence(arguments, sentence, files, home, tmp_path):
    plain = tmp_path / "plain.csv"
    plain.write_text("postcode,lat,lon\nZZ1 1AB,51.38,-2.36\n")
    words = [part.format(uprn=files[0], directory=files[1], plain=plain) for part in arguments]
    said = CliRunner(env=environment(home)).invoke(main, ["postcodes", "import", *words])
    assert said.exit_code == 2
    assert sentence in said.stderr
    assert len(said.stderr.strip().splitlines()) == 1


def test_a_directory_with_coordinates_of_its_own_is_enough(app, tmp_path):
    """As the National Statistics UPRN Lookup has them."""
    path = tmp_path / "nsul.csv"
    path.write_text("UPRN,GRIDGB1E,GRIDGB1N,PCDS\n1,375980,164500,ZZ1 2AB\n2,376020,164500,ZZ1 2AB\n")
    read = read_addresses(path, None)
    assert list(read.points) == ["ZZ12AB"] and len(read.points["ZZ12AB"]) == 2


def test_bad_rows_are_refused_by_their_number(files, app):
    with files[0].open("a", encoding="utf-8") as file:
        file.write("x,1,2,3,4\n555,,,,\n556\n\n")
    read = read_addresses(*files)
    assert [refused.row for refused in read.refused] == [12, 13, 14]


def test_repeated_postcodes_come_in_from_a_plain_file(home, tmp_path, as_):
    path = tmp_path / "addresses.csv"
    path.write_text("postcode,lon,lat\n" + "".join(f"{r.compact},{r.lon},{r.lat}\n" for r in SPLIT + WHOLE))
    said = CliRunner(env=environment(home)).invoke(main, ["postcodes", "import", str(path)])
    assert said.exit_code == 0, said.output
    assert "17 address points of 2 postcodes" in said.stdout
    assert "lies in two wards" in finds(as_, "ZZ1 2AB")


@pytest.mark.parametrize("kind", ["rows", "uprns"])
def test_a_hundred_thousand_addresses_come_in_within_seconds(kind, app, tmp_path):
    letters = "ABDEFGHJLN"
    points = [(0.1 + n % 997 * 0.0018, 0.1 + n % 499 * 0.0036) for n in range(100_000)]
    names = [f"ZZ{n % 9 + 1}{n // 9 % 10}{letters[n // 90 % 10]}{letters[n // 900 % 10]}" for n in range(9_000)]
    west, south = spot(0, 0).x, spot(0, 0).y
    path, directory = tmp_path / "many.csv", tmp_path / "directory.csv"
    places = [(west + x * 0.0144, south + y * 0.009) for x, y in points]
    began = time.perf_counter()
    if kind == "rows":
        rows = [PostcodeRow(names[n * 9_000 // 100_000], x, y) for n, (x, y) in enumerate(places)]
        bring_in(rows)
    else:
        lines = "".join(f"{n + 1},0,0,{y:.7f},{x:.7f}\n" for n, (x, y) in enumerate(places))
        path.write_text("UPRN,X_COORDINATE,Y_COORDINATE,LATITUDE,LONGITUDE\n" + lines)
        directory.write_text(
            "UPRN,PCDS\n" + "".join(f"{n + 1},{names[n * 9_000 // 100_000]}\n" for n in range(100_000))
        )
        read = read_addresses(path, directory)
        with transaction():
            add_addresses([], read.points, file_name="many.csv", dated_on=date(2025, 1, 1))
    assert time.perf_counter() - began < 30  # some three seconds where nothing else runs
    assert db.session.query(Postcode).count() > 8_000


def test_the_reader_needs_one_of_the_columns_of_places(tmp_path, app):
    path = tmp_path / "uprn.csv"
    path.write_text("UPRN,NAME\n1,x\n")
    with pytest.raises(Refused, match="does not say where its addresses are"):
        read_addresses(path, None)
