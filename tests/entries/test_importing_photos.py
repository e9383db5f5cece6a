"""Photos beside a file of reports come in with them, made anew, once; no other file is read, and none is fetched."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.conftest import NOBODY
from tests.entries.pictures import picture, saved
from tests.entries.test_importing_reports import PLACE, csv_file, mapping
from tests.serving import environment
from wardbook.cli import main
from wardbook.db import db, transaction
from wardbook.entries.importing import Tally, read_reports, take_in
from wardbook.entries.models import Entry, Photo

HEAD = "id,status,created,category,description,latitude,longitude,photo"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of data with photos beside and below it, and one of somebody else's beside that."""
    data = tmp_path / "data"
    (data / "photos" / "may").mkdir(parents=True)
    for name in ("kerb.jpg", "a kerb.jpg", "photos/one.png", "photos/may/two.webp", "../secret.jpg"):
        (data / name).write_bytes(saved(picture(), {"png": "PNG", "webp": "WEBP"}.get(name[-4:].lstrip("."), "JPEG")))
    (data / "letter.jpg").write_bytes(b"these are words")
    (data / "out.jpg").symlink_to(tmp_path / "secret.jpg")
    (data / "away").symlink_to(tmp_path)
    (data / "round.jpg").symlink_to(data / "round.jpg")
    (data / "in.jpg").symlink_to(data / "kerb.jpg")
    return data


def brought(folder: Path, *cells: str, more: str = "") -> Tally:
    """What became of a file with a row for each cell of photos."""
    rows = [f'{more}{number},open,2026-03-01,P,,@,"{cell}"' for number, cell in enumerate(cells)]
    reports = read_reports(csv_file(folder, *rows, head=HEAD))
    with transaction():
        return take_in(reports)


def kept() -> list[int]:
    """How many photos each entry has, in the order of the rows."""
    return [len(entry.photos) for entry in db.session.query(Entry).order_by(Entry.id)]


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ("kerb.jpg", 1),
        ("kerb.jpg photos/one.png", 2),
        ("kerb.jpg;photos/one.png; photos/may/two.webp ", 3),
        ("kerb.jpg\nphotos/one.png", 2),
        ("a kerb.jpg", 1),
        ("a kerb.jpg; kerb.jpg", 2),
        ("in.jpg", 1),
        ("", 0),
    ],
)
def test_photos_named_in_a_column_come_with_their_row(cell, number, folder, app):
    tally = brought(folder, cell)
    assert (tally.created, tally.photos, tally.refused_photos) == (1, number, [])
    assert kept() == [number]


@pytest.mark.parametrize(
    ("cell", "why"),
    [
        ("../secret.jpg", "it must lie in the folder"),
        ("photos/../../secret.jpg", "it must lie in the folder"),
        ("photos\\..\\..\\secret.jpg", "it must lie in the folder"),
        ("/etc/passwd", "it must lie in the folder"),
        ("out.jpg", "it must lie in the folder"),
        ("away/secret.jpg", "it must lie in the folder"),
        ("https://example.org/kerb.jpg", "addresses are not fetched"),
        ("file:///etc/passwd", "addresses are not fetched"),
        ("C:/kerb.jpg", "addresses are not fetched"),
        ("nowhere.jpg", "there is no such file"),
        ("photos", "there is no such file"),
        ("round.jpg", "there is no such file"),
        ("x" * 300, "there is no such file"),
        ("letter.jpg", "the photo must be a JPEG, PNG, WebP or HEIC file"),
        (";".join(["kerb.jpg"] * 7), "an entry has at most 6 photos"),
    ],
)
def test_a_photo_that_cannot_be_taken_is_listed_and_its_row_is_kept(cell, why, folder, app):
    tally = brought(folder, f"kerb.jpg;{cell}", "kerb.jpg")
    assert tally.created == 2
    assert {(row.row, why in row.why) for row in tally.refused_photos} == {(2, True)}
    assert not any("/etc" in row.why and "root" in row.why for row in tally.refused_photos)
    assert kept()[1] == 1
    assert kept()[0] == (6 if "kerb.jpg;kerb.jpg" in cell else 1)


def test_brought_again_a_file_adds_no_photo_twice(folder, app, home):
    assert brought(folder, "kerb.jpg").photos == 1
    before = sorted((home / "photos").rglob("*.jpg"))
    again = brought(folder, "kerb.jpg", "photos/one.png")
    assert (again.created, again.unchanged, again.photos) == (1, 1, 1)
    assert kept() == [1, 1]
    assert len(sorted((home / "photos").rglob("*.jpg"))) == len(before) + 1


def test_what_another_run_took_in_meanwhile_leaves_no_photo_behind(folder, app, home):
    rows = csv_file(folder, '0,open,2026-03-01,P,,@,"kerb.jpg"', head=HEAD)
    first, second = read_reports(rows), read_reports(rows)
    for reports in (first, second):
        with transaction():
            take_in(reports)
    assert kept() == [1]
    assert len(list((home / "photos").rglob("*-large.jpg"))) == 1


def test_a_run_that_is_called_off_leaves_no_photo_behind(folder, app, home):
    reports = read_reports(csv_file(folder, '0,open,2026-03-01,P,,@,"kerb.jpg"', head=HEAD))
    reports.forget_photos()
    assert list((home / "photos").rglob("*.jpg")) == []


def test_a_mapping_says_which_column_names_the_photos(folder, app):
    head = HEAD.replace("photo", "bild")
    file = csv_file(folder, '0,open,2026-03-01,P,,@,"kerb.jpg"', head=head)
    assert read_reports(file).read[0].photos == ()
    assert len(read_reports(file, mapping(folder, "columns: {photo: bild}")).read[0].photos) == 1


def test_a_list_of_names_in_geojson_is_taken(folder, app, as_):
    lat, lon = map(float, PLACE.split(","))
    feature = {
        "type": "Feature", "geometry": {"type": "Point", "coordinates": [lon, lat]},
        "properties": {"id": 1, "status": "open", "created": "2026-03-01", "photos": ["a kerb.jpg", "kerb.jpg"]},
    }  # fmt: skip
    file = folder / "reports.geojson"
    file.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    reports = read_reports(file)
    with transaction():
        take_in(reports)
    assert kept() == [2]
    for photo in db.session.query(Photo):
        assert as_(NOBODY).get(f"/photos/{photo.key}/small.jpg").mimetype == "image/jpeg"


def test_the_command_says_how_many_photos_came_and_which_did_not(folder, app, home):
    file = csv_file(folder, '0,open,2026-03-01,P,,@,"kerb.jpg https://example.org/a.jpg"', head=HEAD)
    said = CliRunner(env=environment(home)).invoke(main, ["entries", "import", str(file)])
    assert said.exit_code == 0, said.output
    assert "1 photo added, 1 left out." in said.output
    assert "row 2: its photo 'https://example.org/a.jpg' was left out: addresses are not fetched" in said.output
