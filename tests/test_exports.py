"""Rows become files that a spreadsheet and a GIS open without trouble."""

from __future__ import annotations

import csv
import io
import shutil
import subprocess
from datetime import date
from pathlib import Path

import pyogrio
import pytest
import shapely

from wardbook.entries.kinds import Kind
from wardbook.exports import Layer, csv_bytes, write_geopackage

THINGS = Layer(
    "things",
    ("name", "many", "share", "told_on", "kept", "kind"),
    [
        ("Bench", 3, 0.25, date(2024, 2, 29), True, Kind.ASSET),
        ("=Café 日", None, 1, None, False, None),
    ],
    [shapely.Point(-2.36, 51.38), shapely.box(-2.4, 51.3, -2.3, 51.4)],
    "What stands here",
)
NOTHING = Layer("nothing", ("name", "told_on"), [], [])


def rows_of(body: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(body.decode("utf-8-sig"), newline="")))


@pytest.mark.parametrize("begins", ["=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠"])
def test_a_spreadsheet_takes_no_text_of_a_csv_for_a_formula(begins):
    assert rows_of(csv_bytes(["words"], [[begins + "1+1"]]))[1] == [f"'{begins}1+1"]


def test_numbers_of_a_csv_stay_numbers():
    assert rows_of(csv_bytes(["a", "b", "c", "d"], [[-2.36, -1, None, date(2024, 2, 29)]]))[1] == [
        "-2.36", "-1", "", "2024-02-29",
    ]  # fmt: skip


def test_a_csv_opens_in_excel_with_its_accents_and_long_texts_whole():
    body = csv_bytes(["words"], [["Café,\n“日”"]])
    assert body.startswith(b"\xef\xbb\xbfwords\r\n")
    assert rows_of(body)[1] == ["Café,\n“日”"]


def test_a_geopackage_keeps_names_types_and_shapes(tmp_path):
    path = tmp_path / "things.gpkg"
    write_geopackage(path, [THINGS, NOTHING], title="Things of Testham", description="Made for a test")
    read = pyogrio.read_dataframe(path, layer="things")
    told = pyogrio.read_info(path, layer="things")
    assert (told["crs"], told["geometry_type"]) == ("EPSG:4326", "Unknown")
    assert read.geometry.tolist() == THINGS.geometries
    assert read[["name", "told_on", "kind"]].to_numpy(dtype=object, na_value=None).tolist() == [
        ["Bench", "2024-02-29", "asset"],
        ["=Café 日", None, None],
    ]
    assert (read["many"][0], read["share"].tolist(), read["kept"].tolist()) == (3, [0.25, 1.0], [True, False])


def test_an_empty_layer_is_still_there_with_its_columns(tmp_path):
    path = tmp_path / "nothing.gpkg"
    write_geopackage(path, [NOTHING])
    told = pyogrio.read_info(path, layer="nothing")
    assert (told["features"], list(told["fields"])) == (0, ["name", "told_on"])


def test_a_geopackage_takes_the_place_of_what_was_there(tmp_path):
    path = tmp_path / "things.gpkg"
    write_geopackage(path, [THINGS])
    write_geopackage(path, [NOTHING])
    assert pyogrio.list_layers(path)[:, 0].tolist() == ["nothing"]
    assert list(tmp_path.iterdir()) == [path]


def test_an_older_gdal_reads_a_geopackage_without_a_warning(tmp_path):
    ogrinfo = shutil.which("ogrinfo")
    if ogrinfo is None:
        pytest.skip("ogrinfo is not here: install gdal-bin")
    path = tmp_path / "things.gpkg"
    write_geopackage(path, [THINGS, NOTHING], title="Things of Testham", description="Made for a test")
    said = subprocess.run([ogrinfo, "-al", str(path)], capture_output=True, text=True, check=True)
    assert said.stderr == ""
    assert all(
        words in said.stdout
        for words in ("TITLE=Things of Testham", "DESCRIPTION=What stands here", "Feature Count: 2")
    )


def test_a_layer_whose_rows_do_not_fit_its_columns_is_not_written(tmp_path: Path):
    with pytest.raises(ValueError, match="zip"):
        write_geopackage(tmp_path / "things.gpkg", [Layer("things", ("a", "b"), [("one",)], [shapely.Point(0, 0)])])
    assert not (tmp_path / "things.gpkg").exists()
