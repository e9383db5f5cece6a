"""What arrives in another form than areas on a map have is read where nothing that counts is lost, and said to be."""

from __future__ import annotations

import json
import sqlite3
import struct
import zipfile
from collections.abc import Sequence
from contextlib import closing
from math import pi
from pathlib import Path

import geopandas
import pyogrio
import pytest
import shapely

from wardbook.areas.boundary_files.flattening import Flattened
from wardbook.areas.boundary_files.reading import read_boundaries
from wardbook.errors import Refused

Corners = Sequence[Sequence[float]]
HIGH: Corners = ((-2.4, 51.3, 5), (-2.3, 51.3, 5), (-2.3, 51.4, 5), (-2.4, 51.3, 5))
MEASURED: Corners = ((-2.2, 51.3, 7), (-2.1, 51.3, 7), (-2.1, 51.4, 7), (-2.2, 51.3, 7))
CIRCLE: Corners = ((-2.0, 51.3), (-1.95, 51.35), (-1.9, 51.3), (-1.95, 51.25), (-2.0, 51.3))


def ring(corners: Corners) -> bytes:
    return struct.pack("<I", len(corners)) + b"".join(struct.pack(f"<{len(each)}d", *each) for each in corners)


def polygon(kind: int, corners: Corners) -> bytes:
    """Well-known binary: 1003 has heights, 2003 measures."""
    return struct.pack("<bII", 1, kind, 1) + ring(corners)


def curved(corners: Corners) -> bytes:
    """A CurvePolygon of one CircularString."""
    return struct.pack("<bIIbI", 1, 10, 1, 1, 8) + ring(corners)


@pytest.fixture
def odd_shapes(tmp_path: Path) -> Path:
    """A GeoPackage of a flat area, one with heights, one with measures, and a circle drawn as arcs."""
    path = tmp_path / "odd.gpkg"
    names = ["Flat", "High", "Measured", "Round"]
    boxes = [shapely.box(-2.6, 51.3, -2.5, 51.4)] * 4
    pyogrio.write_dataframe(
        geopandas.GeoDataFrame({"name": names}, geometry=boxes, crs=4326), path, geometry_type="Unknown"
    )
    shapes = {"High": polygon(1003, HIGH), "Measured": polygon(2003, MEASURED), "Round": curved(CIRCLE)}
    with closing(sqlite3.connect(path)) as database:
        for (trigger,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            database.execute(f'DROP TRIGGER "{trigger}"')
        for name, shape in shapes.items():
            blob = b"GP" + struct.pack("<bbi", 0, 1, 4326) + shape
            database.execute("UPDATE odd SET geom = ? WHERE name = ?", (blob, name))
        database.commit()
    return path


def test_heights_and_measures_are_left_out_and_curves_straightened(odd_shapes):
    reading = read_boundaries(odd_shapes)
    assert reading.flattened == Flattened(heights=1, measures=1, curves=1)
    assert [area.name for area in reading.areas] == ["Flat", "High", "Measured", "Round"]
    assert not any(area.geometry.has_z or area.geometry.has_m for area in reading.areas)
    assert reading.areas[3].geometry.area == pytest.approx(pi * 0.05**2, rel=0.01)


def test_what_was_flattened_is_told_in_words():
    assert Flattened(1, 0, 2).words == [
        "1 row has heights (Z), which were left out",
        "2 rows have shapes of a curved kind, which were straightened",
    ]
    assert Flattened().words == []


def wards(*names: str) -> str:
    shape = shapely.geometry.mapping(shapely.box(-2.4, 51.3, -2.3, 51.4))
    features = [{"type": "Feature", "properties": {"name": name}, "geometry": shape} for name in names]
    return json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False)


def zipped(folder: Path, **files: str | bytes) -> Path:
    path = folder / "sent.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            archive.writestr(name.replace("_", "."), content)
    return path


def test_a_zipped_document_is_unpacked(tmp_path):
    path = zipped(tmp_path, wards_geojson=wards("Abbey"), README_txt="Wards.")
    assert [area.name for area in read_boundaries(path).areas] == ["Abbey"]


def test_of_two_zipped_documents_one_must_be_named(tmp_path):
    path = zipped(tmp_path, new_geojson=wards("Abbey"), old_geojson=wards("Mill"))
    with pytest.raises(Refused) as refused:
        read_boundaries(path)
    assert refused.value.sentence == "sent.zip holds new.geojson and old.geojson: say which one with --layer."
    assert [area.name for area in read_boundaries(path, layer="old.geojson").areas] == ["Mill"]


def test_a_bomb_among_zipped_documents_is_not_opened(tmp_path):
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("wards.geojson", b" " * 20_000_000)
    with pytest.raises(Refused, match="unpacks to far more"):
        read_boundaries(path)


def test_of_two_layers_one_must_be_named(tmp_path):
    path = tmp_path / "two.gpkg"
    for layer, box in (("wards", shapely.box(-2.4, 51.3, -2.3, 51.4)), ("parishes", shapely.box(-2.2, 51, -2.1, 51.1))):
        geopandas.GeoDataFrame({"name": [layer]}, geometry=[box], crs=4326).to_file(path, layer=layer)
    with pytest.raises(Refused) as refused:
        read_boundaries(path)
    assert refused.value.sentence == "two.gpkg has 2 layers, wards and parishes: say which with --layer."
    assert read_boundaries(path, layer="parishes").areas[0].name == "parishes"


@pytest.mark.parametrize(
    "content,sentence",
    [
        (wards("Abbey").replace('"name"', '\n"name"').replace("Abbey", "Bélsize").encode("latin-1"),
         "Line 2 of wards.geojson is not written in UTF-8: save the file as UTF-8."),
        (wards("Abbey").encode("utf-16"), "wards.geojson is written in UTF-16: save it as UTF-8."),
    ],
)  # fmt: skip
def test_another_encoding_than_utf8_is_named(tmp_path, content, sentence):
    path = tmp_path / "wards.geojson"
    path.write_bytes(content)
    with pytest.raises(Refused) as refused:
        read_boundaries(path)
    assert refused.value.sentence == sentence


CAFE = "Café Môr – “Ty”"


def shapefile(folder: Path, name: bytes, *, byte: int = 0, cpg: str | None = None) -> Path:
    """A Shapefile of one area, zipped, its name in these bytes and its encoding told by these signs, or by none."""
    stem = folder / "wards"
    frame = geopandas.GeoDataFrame({"name": ["x" * 40]}, geometry=[shapely.box(-2.4, 51.3, -2.3, 51.4)], crs=4326)
    frame.to_file(stem.with_suffix(".shp"), engine="pyogrio")
    stem.with_suffix(".cpg").unlink()
    table = bytearray(stem.with_suffix(".dbf").read_bytes().replace(b"x" * 40, name.ljust(40)))
    table[29] = byte
    parts = {ending: stem.with_suffix(f".{ending}").read_bytes() for ending in ("shp", "shx", "prj")}
    return zipped(
        folder, **{f"wards_{ending}": content for ending, content in parts.items()}, wards_dbf=bytes(table),
        **({"wards_cpg": cpg} if cpg else {}),
    )  # fmt: skip


@pytest.mark.parametrize(
    "encoding,byte,cpg,assumed",
    [
        ("cp1252", 0, None, "Windows-1252"),
        ("cp1252", 0x57, None, "Windows-1252"),
        ("cp1252", 0, "ISO-8859-1", "Windows-1252"),
        ("cp1252", 0x03, None, None),
        ("cp1252", 0, "1252", None),
        ("utf-8", 0, None, "UTF-8"),
        ("utf-8", 0, "UTF-8", None),
        ("utf-8", 0x57, None, "UTF-8"),
    ],
)
def test_words_of_a_shapefile_are_read_as_they_must_be_written(tmp_path, encoding, byte, cpg, assumed):
    reading = read_boundaries(shapefile(tmp_path, CAFE.encode(encoding), byte=byte, cpg=cpg))
    assert (reading.areas[0].name, reading.encoding) == (CAFE, assumed)


def test_words_without_accents_need_no_encoding(tmp_path):
    assert read_boundaries(shapefile(tmp_path, b"Abbey")).encoding is None


def test_what_is_no_sign_in_any_encoding_is_refused(tmp_path):
    with pytest.raises(Refused, match=r"Row 1 \(Abbey .*\) has the control character U\+0081 in its name"):
        read_boundaries(shapefile(tmp_path, b"Abbey \x81"))
