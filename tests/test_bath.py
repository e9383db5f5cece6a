"""Bath & North East Somerset on its own open data: from an empty folder to a brief, and files that are refused."""

from __future__ import annotations

import csv
import gzip
import json
import re
import shutil
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy import func, select

from tests.conftest import application
from tests.engines import ENGINE, environment_of
from wardbook.areas import queries as areas
from wardbook.areas.locator import locator
from wardbook.areas.models import Area, BoundarySet, Postcode
from wardbook.areas.postcode_files import read_postcodes
from wardbook.cli import main
from wardbook.db import db, transaction
from wardbook.entries import actions
from wardbook.entries.kinds import Channel, Kind, State
from wardbook.entries.models import Category, Entry
from wardbook.events import Event
from wardbook.mail import Letter
from wardbook.people.actions import Grant, add_person, service_called
from wardbook.people.queries import viewer_of
from wardbook.policy import Role
from wardbook.shared import Level, Standing

COUNCIL = "Bath & North East Somerset"
OLD, NEW = "Wards of 2011", "Wards of 2019"
REPORTS = "reports/banes_fixmystreet_2019-05-0{}.geojson"


def wardbook(home: Path, *words: object, **settings: str) -> Result:
    """The command line over the store in a folder."""
    env = environment_of(home) | {"WARDBOOK_COUNCIL_NAME": COUNCIL, "WARDBOOK_MAIL": "outbox:", **settings}
    return CliRunner(env=env).invoke(main, [str(word) for word in words])


def told(home: Path, *words: object, **settings: str) -> dict[str, Any]:
    """What a command answers as JSON."""
    result = wardbook(home, *words, "--json", **settings)
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


def import_wards(home: Path, file: Path, name: str, *options: str, **settings: str) -> dict[str, Any]:
    return told(home, "boundaries", "import", file, "--set", name, "--type", "ward", *options, **settings)


def copy_of(home: Path, folder: Path) -> Path:
    return ENGINE.copy(home, folder / "home")


def opened(home: Path) -> Iterator[Flask]:
    app = application(home, council_name=COUNCIL)
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


NO_PHOTOS = {"photos": 0, "refused_photos": 0}


@pytest.fixture(scope="session")
def ground(open_data: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[dict[str, Any]]]:
    """The two sets of wards, and what importing them said."""
    home = tmp_path_factory.mktemp("bath") / "home"
    assert wardbook(home, "init").exit_code == 0
    old, new = (open_data / "boundaries" / f"banes_wards_{year}.geojson" for year in (2011, 2019))
    said = [
        import_wards(home, old, OLD, "--from", "2011-05-05", "--until", "2019-05-02", "--source", "ONS"),
        import_wards(home, new, NEW, "--from", "2019-05-02", "--licence", "OGL v3"),
    ]
    return home, said


@pytest.fixture(scope="session")
def story(ground: Any, open_data: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[dict[str, Any]]]:
    """The whole script, and what each later step of it said."""
    home = copy_of(ground[0], tmp_path_factory.mktemp("story"))
    said = [
        told(home, "postcodes", "import", open_data / "postcodes" / "banes_postcodes_2025-05.csv.gz"),
        told(home, "entries", "import", open_data / REPORTS.format(2)),
        told(home, "entries", "import", open_data / REPORTS.format(4)),
    ]
    return home, said


@pytest.fixture(scope="module")
def bath(story: Any) -> Iterator[Flask]:
    yield from opened(story[0])


def reports(file: Path) -> dict[str, dict[str, Any]]:
    rows = [feature["properties"] for feature in json.loads(file.read_text())["features"]]
    return {row["reportid"]: row for row in rows}


# --- bringing it in ----------------------------------------------------------------------------------------------


def test_the_wards_of_2011_and_2019_come_in_whole(ground):
    assert ground[1] == [
        {"areas": 37, "repaired": 0, "merged": 0, "refused": 0},
        {"areas": 33, "repaired": 0, "merged": 0, "refused": 0},
    ]


def test_of_9919_postcodes_63_lie_outside_the_council(story):
    assert story[1][0] == {"created": 9919, "updated": 0, "unchanged": 0, "outside": 63, "refused": 0}


def test_the_reports_come_in_and_a_later_export_leaves_alone_what_it_lacks(story, bath):
    assert story[1][1] == {"created": 1164, "updated": 0, "unchanged": 0, "refused": 0} | NO_PHOTOS
    assert story[1][2] == {"created": 0, "updated": 0, "unchanged": 1084, "refused": 0} | NO_PHOTOS
    assert db.session.scalar(select(func.count()).select_from(Entry)) == 1164


def test_postcodes_imported_again_change_nothing(story, open_data, tmp_path):
    home = copy_of(story[0], tmp_path)
    again = told(home, "postcodes", "import", open_data / "postcodes" / "banes_postcodes_2025-05.csv.gz")
    assert again == {"created": 0, "updated": 0, "unchanged": 9919, "outside": 63, "refused": 0}


def test_a_third_export_changes_twenty_states_and_adds_five_reports(story, open_data, tmp_path):
    home = copy_of(story[0], tmp_path)
    collection = json.loads((open_data / REPORTS.format(2)).read_text())
    confirmed = [f for f in collection["features"] if f["properties"]["status"] == "confirmed"]
    for feature in confirmed[:20]:
        feature["properties"] |= {"status": "fixed - council", "fixed": "2019/05/06 12:00:00+00"}
    for number, feature in enumerate(confirmed[20:25]):
        more = {"reportid": f"new-{number}", "created": "2019/05/05 09:00:00+00"}
        collection["features"].append({**feature, "properties": feature["properties"] | more})
    third = tmp_path / "banes_fixmystreet_2019-05-06.geojson"
    third.write_text(json.dumps(collection))
    assert (
        told(home, "entries", "import", third)
        == {"created": 5, "updated": 20, "unchanged": 1144, "refused": 0} | NO_PHOTOS
    )
    assert (
        told(home, "entries", "import", third)
        == {"created": 0, "updated": 0, "unchanged": 1169, "refused": 0} | NO_PHOTOS
    )
    for app in opened(home):
        assert app
        fixed = [f["properties"]["reportid"] for f in confirmed[:20]]
        rows = db.session.scalars(select(Entry).where(Entry.source_id.in_(fixed))).all()
        assert {(row.state, row.closed_at) for row in rows} == {(State.FIXED, datetime(2019, 5, 6, 12, tzinfo=UTC))}


def test_every_report_keeps_its_category_its_state_and_its_moment(bath, open_data):
    meant = {
        "confirmed": "received", "investigating": "acknowledged", "action scheduled": "planned",
        "in progress": "in progress", "fixed - council": "fixed", "fixed - user": "fixed by residents",
        "unable to fix": "no further action", "not responsible": "not ours", "internal referral": "passed on",
        "duplicate": "duplicate",
    }  # fmt: skip
    rows = reports(open_data / REPORTS.format(2))
    for entry in db.session.scalars(select(Entry)):
        row = rows.pop(entry.source_id)
        assert (entry.title, entry.category.name, str(entry.state)) == (
            row["category"],
            row["category"],
            meant[row["status"]],
        )
        assert entry.told_at == datetime.strptime(row["created"] + "00", "%Y/%m/%d %H:%M:%S%z")
        assert (entry.geometry.x, entry.geometry.y) == (row["longitude"], row["latitude"])
    assert rows == {}


def test_reports_from_elsewhere_are_public_and_nobodys_and_nobody_is_mailed(bath):
    entries = db.session.scalars(select(Entry)).all()
    kinds = {(e.kind, e.level, e.standing, e.channel, e.words, e.author_id, e.source) for e in entries}
    assert kinds == {(Kind.ISSUE, Level.PUBLIC, Standing.PUBLISHED, Channel.IMPORT, "", None, "fixmystreet")}
    assert {category.service.name for category in db.session.scalars(select(Category))} == {"unassigned"}
    assert db.session.scalar(select(func.count()).select_from(Category)) == 34
    assert db.session.scalar(select(func.count()).select_from(Letter)) == 0
    assert db.session.scalar(select(func.count()).select_from(Event)) == 1164


def test_every_report_lies_in_the_ward_it_names_of_2011_and_in_one_of_2019(bath, open_data):
    lies = Entry.lies_in.c
    rows = db.session.execute(
        select(Entry.source_id, BoundarySet.name, Area.name, lies.share, lies.nearest)
        .join(Entry, Entry.id == lies.thing_id).join(Area, Area.id == lies.area_id).join(Area.set)
    )  # fmt: skip
    wards: dict[str, dict[str, list[str]]] = {OLD: {}, NEW: {}}
    for source_id, set_name, ward, share, nearest in rows:
        assert (share, nearest) == (1.0, False)
        wards[set_name].setdefault(source_id, []).append(ward)
    assert wards[OLD] == {id_: [row["ward"]] for id_, row in reports(open_data / REPORTS.format(2)).items()}
    assert {len(names) for names in wards[NEW].values()} == {1}
    assert len(wards[NEW]) == 1164


def test_each_postcode_of_code_point_open_lies_in_the_ward_of_2011_whose_code_it_gives(ground, open_data, tmp_path):
    home = copy_of(ground[0], tmp_path)
    file = open_data / "postcodes" / "banes_code_point_open_with_ward_codes.geojson.gz"
    assert told(home, "postcodes", "import", file)["created"] == 5783
    features = json.loads(gzip.decompress(file.read_bytes()))["features"]
    for app in opened(home):
        assert app
        (known,) = locator().wards(date(2014, 1, 1))
        for feature in features:
            at = areas.postcode(feature["properties"]["pc"])
            place = known.covering(at.lon, at.lat)
            assert place is not None
            assert known.codes[place] == feature["properties"]["wc"]


def test_an_older_file_of_postcodes_adds_what_is_missing_and_changes_nothing_else(story, open_data, tmp_path):
    home = copy_of(story[0], tmp_path)
    file = open_data / "postcodes" / "banes_code_point_open_with_ward_codes.geojson.gz"
    for app in opened(home):
        assert app
        before = {row.compact: (row.lon, row.lat) for row in db.session.scalars(select(Postcode))}
    said = told(home, "postcodes", "import", file, "--date", "2014-02-01")
    assert said["updated"] == 0
    assert said["created"] + said["unchanged"] == len(read_postcodes(file).rows) == 5783
    for app in opened(home):
        assert app
        after = {row.compact: (row.lon, row.lat) for row in db.session.scalars(select(Postcode))}
        assert {compact: after[compact] for compact in before} == before


# --- asking about places -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("place", "reports", "wards"), [("ward:E05012461", 40, 1), ("postcode:BA1 5AW+800m", 124, 6)])
def test_a_brief_on_the_command_line_counts_the_reports_and_wards_of_a_place(place, reports, wards, story, tmp_path):
    files = {form: tmp_path / f"brief.{form}" for form in ("pdf", "gpkg", "csv", "json")}
    options = [word for form, file in files.items() for word in (f"--{form}", file)]
    result = wardbook(story[0], "brief", place, *options)
    assert (result.exit_code, result.stderr) == (0, "")
    brief = json.loads(files["json"].read_text())
    assert (brief["total"], len(brief["items"])) == (reports, reports)
    assert len(brief["sections"]["where"]["wards"]) == wards
    assert len(list(csv.reader(files["csv"].read_text("utf-8-sig").splitlines()))) == reports + 1
    assert files["pdf"].read_bytes().startswith(b"%PDF-")
    if ogrinfo := shutil.which("ogrinfo"):
        read = subprocess.run([ogrinfo, "-so", files["gpkg"], "entries"], capture_output=True, text=True, check=True)
        assert f"Feature Count: {reports}" in read.stdout
        assert "Warning" not in read.stderr


def test_a_ward_of_2011_is_still_a_place_and_holds_what_was_told_there(bath, open_data):
    told = Counter(row["ward"] for row in reports(open_data / REPORTS.format(2)).values())
    client = bath.test_client()
    for ward in areas.wards(date(2014, 1, 1)):
        entries = client.get(f"/places/ward:{ward.code}/entries.json").json["entries"]
        assert len(entries) == told[ward.name], ward.name
        assert client.get(f"/wards/{ward.code}").status_code == 200


def test_a_ward_of_2019_was_no_place_in_2013(bath):
    assert bath.test_client().get("/places/ward:E05012461@2013-01-01").status_code == 404


def figures(part: Any) -> Iterator[dict[str, Any]]:
    """Every figure of a brief as JSON."""
    if isinstance(part, dict):
        if {"count", "filters"} <= part.keys():
            yield part
        else:
            for inner in part.values():
                yield from figures(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from figures(inner)


PLACES = ["ward:E05012461", "postcode:BA1 5AW+800m", "ward:E05001935", "point:-2.36,51.38+1500m", "grid:ST750647+500m"]


@pytest.mark.parametrize("place", PLACES)
def test_every_figure_of_a_brief_is_the_length_of_the_list_it_opens(place, bath):
    client = bath.test_client()
    brief = client.get(f"/places/{place}/brief.json").json
    found = list(figures(brief["sections"]))
    assert len(found) > 20
    for figure in found:
        opened = client.get(f"/places/{place}/entries.json", query_string={**figure["filters"], "for": "public"})
        assert len(opened.json["entries"]) == figure["count"], figure


@pytest.mark.parametrize("place", PLACES)
def test_every_figure_on_the_page_of_a_brief_opens_a_list_of_that_length(place, bath):
    client = bath.test_client()
    page = client.get(f"/places/{place}/brief").text
    links = re.findall(r'<a[^>]*href="(/places/[^"]*entries[^"]*)"[^>]*>(.*?)</a>', page, flags=re.DOTALL)
    counted = {
        (unescape(href), int(n[1].replace(",", ""))) for href, text in links if (n := re.search(r"([\d,]+)", text))
    }
    assert len(counted) > 5
    for href, count in counted:
        listed = re.search(r'id="list"[^>]*>([\d,]+) entr', client.get(href).text)
        assert int(listed[1].replace(",", "")) == count, href


def test_the_wards_of_today_together_hold_every_report_once(bath):
    counts = Counter()
    for ward in areas.wards():
        listed = bath.test_client().get(f"/places/ward:{ward.code}/entries.json").json["entries"]
        counts.update(entry["ref"] for entry in listed)
    assert len(counts) == 1164
    assert set(counts.values()) == {1}


def test_a_geopackage_of_the_council_is_read_by_gdal(story, tmp_path):
    target = tmp_path / "bath.gpkg"
    said = wardbook(story[0], "export", target)
    assert said.stdout.startswith("Wrote 33 wards and 1,164 entries")
    ogrinfo = shutil.which("ogrinfo")
    if ogrinfo is None:
        pytest.skip("ogrinfo is not installed (gdal-bin)")
    read = subprocess.run([ogrinfo, "-so", "-al", target], capture_output=True, text=True, check=True)
    assert "Feature Count: 33" in read.stdout
    assert "Feature Count: 1164" in read.stdout


def test_mapit_answers_with_the_wards_of_the_day(bath):
    client = bath.test_client()
    now = client.get("/mapit/postcode/BA15AW").json
    assert {area["codes"]["gss"][:6] for area in now["areas"].values()} == {"E05012"}
    then = client.get("/mapit/postcode/BA15AW?generation=2").json
    assert {area["codes"]["gss"][:6] for area in then["areas"].values()} == {"E05001"}


def test_what_a_resident_and_a_councillor_say_joins_what_was_imported(story, tmp_path):
    home = copy_of(story[0], tmp_path)
    for app in opened(home):
        with transaction():
            cllr = add_person("cllr@example.org", Grant(Role.COUNCILLOR, "E05012461"), name="A Councillor")
            db.session.add(Category(service=service_called("Streets"), name="Kerbs", kinds=["issue"]))
            telling = actions.Telling(
                kind=Kind.NOTE, title="Promised", words="In 2018.", level=Level.COUNCIL, once="a",
                shape=areas.area("E05012461").geometry.representative_point(),
            )  # fmt: skip
            about = actions.NoteDetails(actions.Topic.PROMISE, actions.Basis.SEEN, None)
            actions.write_note(viewer_of(cllr), telling, about, cllr)
        public = app.test_client().get("/places/ward:E05012461/entries.json").json["entries"]
        assert len(public) == 40
    both = [told_by_brief(home, level, tmp_path) for level in ("public", "council")]
    assert both == [40, 41]


def told_by_brief(home: Path, level: str, folder: Path) -> int:
    target = folder / "brief.json"
    assert wardbook(home, "brief", "ward:E05012461", "--for", level, "--json", target).exit_code == 0
    return json.loads(target.read_text())["total"]


# --- files that are refused --------------------------------------------------------------------------------------

AWKWARD = [
    "awkward/deeply_nested_open_arrays.json",
    "awkward/made/server_error_saved_as.geojson",
    "awkward/banes_polling_districts_2019_shapefile_without_shp.zip",
    "awkward/made/path_traversal.zip",
]
COMMANDS: dict[str, Callable[[Path], list[object]]] = {
    "boundaries import": lambda file: ["boundaries", "import", file, "--set", "No", "--type", "parish"],
    "boundaries check": lambda file: ["boundaries", "check", file],
    "postcodes import": lambda file: ["postcodes", "import", file],
    "entries import": lambda file: ["entries", "import", file],
    "brief of a file": lambda file: ["brief", f"@{file}"],
}


def everything_counted(home: Path) -> list[int]:
    counts: list[int] = []
    for app in opened(home):
        assert app
        counts = [
            db.session.scalar(select(func.count()).select_from(t)) or 0
            for t in (BoundarySet, Area, Postcode, Entry, Event)
        ]
    return counts


@pytest.mark.parametrize("file", AWKWARD, ids=lambda file: Path(file).name)
@pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS)
def test_an_awkward_file_is_refused_with_one_sentence_and_nothing_comes_of_it(command, file, ground, open_data):
    before = everything_counted(ground[0])
    result = wardbook(ground[0], *command(open_data / file))
    assert result.exit_code == 2
    assert result.stdout == ""
    assert len(result.stderr.strip().splitlines()) == 1, result.stderr
    assert result.stderr.strip().endswith(".")
    assert "Traceback" not in result.stderr
    assert everything_counted(ground[0]) == before


def test_a_refused_file_leaves_no_traceback_in_a_real_process(ground, open_data, tmp_path):
    import sys

    home = copy_of(ground[0], tmp_path)
    words = ["boundaries", "import", str(open_data / AWKWARD[0]), "--set", "No", "--type", "ward"]
    env = environment_of(home) | {"PATH": "/usr/bin:/bin"}
    root = Path(__file__).parent.parent
    run = subprocess.run(
        [sys.executable, "-m", "wardbook.cli", *words], env=env, cwd=root, capture_output=True, text=True, check=False
    )
    assert run.returncode == 2
    assert len(run.stderr.strip().splitlines()) == 1, run.stderr


# --- other councils' data ----------------------------------------------------------------------------------------


@pytest.fixture
def empty(tmp_path: Path) -> Path:
    home = tmp_path / "home"
    assert wardbook(home, "init").exit_code == 0
    return home


def mapping(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "mapping.yaml"
    file.write_text(text)
    return file


@pytest.mark.parametrize("city", ["leeds", "hackney"])
def test_another_citys_postcodes_lie_in_its_wards(city, empty, open_data):
    for name, option in ((f"{city}_wards_2013", "--until"), (f"{city}_wards_2022", "--from")):
        import_wards(empty, open_data / "boundaries" / f"{name}.geojson", name, option, "2018-05-03")
    said = told(empty, "postcodes", "import", open_data / "postcodes" / f"{city}_postcodes_2025-05.csv.gz")
    assert said["created"] == {"leeds": 30_864, "hackney": 7_409}[city]
    assert said["refused"] == said["updated"] == 0
    assert 0 < said["outside"] < said["created"] * 0.1, (
        "those within 50 m of the city, and where the shapes are simplified"
    )


def test_camdens_two_sets_of_wards_may_not_hold_on_the_same_days(empty, open_data):
    import_wards(empty, open_data / "boundaries" / "camden_wards_2013.geojson", "Old")
    words = [
        "boundaries",
        "import",
        open_data / "boundaries" / "camden_wards_2022.geojson",
        "--set",
        "New",
        "--type",
        "ward",
    ]
    refused = wardbook(empty, *words)
    assert refused.exit_code == 2
    assert "'Old'" in refused.stderr
    assert wardbook(empty, *words, "--reference").exit_code == 0


def test_potholes_of_northern_ireland_come_in_on_the_irish_grid(empty, open_data, tmp_path):
    wards = json.loads(gzip.decompress((open_data / "boundaries" / "uk_wards_2022_simplified.geojson.gz").read_bytes()))
    wards["features"] = [f for f in wards["features"] if f["properties"]["WD22CD"].startswith("N08")]
    file = tmp_path / "ni.geojson"
    file.write_text(json.dumps(wards))
    irish = {"WARDBOOK_CRS": "29902"}
    assert import_wards(empty, file, "Wards of 2014", **irish)["areas"] == 462
    meaning = mapping(
        tmp_path,
        """
source: ni-potholes
service: Roads
crs: EPSG:29902
dates: ["%d/%m/%Y %H:%M:%S"]
default_category: Pothole
columns: {told: DATE_RECORDED, category: ENQUIRY_TYPE, state: APPROVAL_STATUS_NAME,
          easting: EASTING, northing: NORTHING}
states: {Completed Enquiries: fixed, Open Enquiries: received}
""",
    )
    statuses = gzip.decompress((open_data / "reports" / "ni_pothole_enquiries_2015-16.csv.gz").read_bytes()).decode()
    rows = list(csv.DictReader(statuses.splitlines()))
    known = [row for row in rows if row["APPROVAL_STATUS_NAME"] in ("Completed Enquiries", "Open Enquiries", "")]
    placed = [row for row in known if 1000 < float(row["EASTING"] or 0) < 1_000_000]
    said = told(empty, "entries", "import", open_data / "reports" / "ni_pothole_enquiries_2015-16.csv.gz",
                "--mapping", meaning, **irish)  # fmt: skip
    assert said["created"] + said["refused"] == 6403
    assert len(placed) * 0.99 < said["created"] <= len(placed)
    again = told(empty, "entries", "import", open_data / "reports" / "ni_pothole_enquiries_2015-16.csv.gz",
                 "--mapping", meaning, **irish)  # fmt: skip
    assert again == {"created": 0, "updated": 0, "unchanged": said["created"], "refused": said["refused"]} | NO_PHOTOS


def test_comments_of_washington_come_in_though_their_file_is_not_what_its_name_says(empty, open_data, tmp_path):
    far = {"WARDBOOK_CRS": "32618"}
    import_wards(empty, open_data / "reports" / "dc_wards.geojson", "Wards of 2022", **far)
    meaning = mapping(tmp_path, "source: vision-zero\ncolumns: {told: REQUESTDATE, words: COMMENTS, id: GLOBALID}\n")
    file = open_data / "reports" / "dc_street_safety_comments_part1.csv"
    said = told(empty, "entries", "import", file, "--mapping", meaning, **far)
    assert (said["created"], said["refused"]) == (2796 - 18, 18), "all that lie outside are without a date too"
    for app in opened(empty):
        assert app
        words = db.session.scalars(select(Entry.words).where(Entry.words.contains("\n"))).all()
        assert len(words) >= 20
        assert not any("\ufffd" in text or "\x92" in text for text in db.session.scalars(select(Entry.words)))


def test_requests_to_boston_come_in_by_the_thousand(empty, open_data, tmp_path):
    far = {"WARDBOOK_CRS": "32619"}
    shutil.unpack_archive(open_data / "reports" / "boston_311_2011.zip", tmp_path)
    lines = (tmp_path / "311_service_requests_2011.csv").read_text().splitlines(keepends=True)
    file = tmp_path / "requests.csv"
    with file.open("w", newline="") as out:
        rows = list(csv.DictReader(lines))[:6000]
        writer = csv.DictWriter(out, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)
    import_wards(empty, open_data / "reports" / "boston_wards.geojson", "Wards", "--name", "WARD", **far)
    meaning = mapping(tmp_path, "source: boston-311\nstates: {Closed: fixed, Open: received}\n")
    said = told(empty, "entries", "import", file, "--mapping", meaning, **far)
    assert said["created"] > 5500
    assert said["created"] + said["refused"] == 6000


def test_notes_of_the_isle_of_man_are_refused_one_by_one_where_there_are_no_such_wards(ground, open_data, tmp_path):
    home = copy_of(ground[0], tmp_path)
    said = wardbook(home, "entries", "import", open_data / "reports" / "osm_notes_isle_of_man.csv", "--json")
    assert said.exit_code == 2
    assert json.loads(said.stdout) == {"created": 0, "updated": 0, "unchanged": 0, "refused": 774} | NO_PHOTOS
    assert "None of the 774 rows" in said.stderr
