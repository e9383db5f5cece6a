"""Rows of a CSV or GeoJSON file are read whole, in whatever encoding and delimiter, or refused with one sentence."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from wardbook import files
from wardbook.areas.postcode_files import read_postcodes
from wardbook.errors import Refused
from wardbook.files import read_rows


def written(folder: Path, name: str, content: str | bytes) -> Path:
    file = folder / name
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return file


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "latin-1"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_table_is_read_as_people_send_it(encoding, delimiter, end, tmp_path):
    lines = [delimiter.join(cells) for cells in (("Name", "Words"), ("Café", "£5 ½"), ("Ward", "plain"))]
    file = written(tmp_path, "t.csv", end.join(lines).encode(encoding))
    rows = read_rows(file)
    assert [dict(row.cells) for row in rows] == [{"Name": "Café", "Words": "£5 ½"}, {"Name": "Ward", "Words": "plain"}]
    assert [row.number for row in rows] == [2, 3]


def test_a_gzipped_file_is_read_like_the_file_in_it(tmp_path):
    assert read_rows(written(tmp_path, "t.csv.gz", gzip.compress(b"a\n1\n")))[0].text("a") == "1"


@pytest.mark.parametrize("cells", ["1,2,3,4", "1"])
def test_a_row_with_more_or_fewer_cells_than_the_head_is_read(cells, tmp_path):
    (row,) = read_rows(written(tmp_path, "t.csv", f"a,b\n{cells}\n"))
    assert row.text("a") == "1"
    assert row.text("nothing of the kind") == ""
    assert row.text(None) == ""


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("t.xlsx", b"PK\x03\x04"),
        ("t", b"a\n1\n"),
        ("t.csv", b""),
        ("t.csv", b"\x00\x00\x00"),
        ("t.csv.gz", b"not gzip at all"),
        ("t.csv.gz", gzip.compress(b"a,b\n" * 10_000, mtime=0)[:50]),
        ("t.geojson", b""),
        ("t.geojson", b"null"),
        ("t.geojson", b"[]"),
        ("t.geojson", b"{}"),
        ("t.geojson", b'{"features": 5}'),
        ("t.geojson", b'{"features": [5]}'),
        ("t.geojson", b'{"features": [null]}'),
        ("t.geojson", b'{"features": [{"geometry": {"type": "Point", "coordinates": "here"}}]}'),
        ("t.geojson", b'{"features": [{"geometry": {"type": "Blob"}}]}'),
        ("t.geojson", b'{"features": [{"geometry": 5}]}'),
        ("t.geojson", b"[" * 100_000),
        ("t.geojson", b'{"features": [' + b'{"properties":' * 100_000),
        ("t.geojson", b"<html>502 Bad Gateway</html>"),
        ("t.geojson", b'{"features": [{"properties": {"a": 1}}'),
        ("t.geojson", b"\xff\xfe{\x00"),
    ],
)
def test_what_is_no_table_is_refused_in_one_sentence_that_names_it(name, content, tmp_path):
    with pytest.raises(Refused) as refused:
        read_rows(written(tmp_path, name, content))
    assert name in refused.value.sentence
    assert "\n" not in refused.value.sentence
    assert str(tmp_path) not in refused.value.sentence


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(Refused, match=r"There is no file none\.csv there"):
        read_rows(tmp_path / "none.csv")
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(Refused):
        read_rows(tmp_path / "folder.csv")


def test_a_file_that_swells_beyond_reason_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(files, "MOST_BYTES", 1_000_000)
    with pytest.raises(Refused, match="split it into smaller files"):
        read_rows(written(tmp_path, "t.csv.gz", gzip.compress(b"a" * 1_000_001)))


def test_properties_that_are_none_are_empty_cells(tmp_path):
    content = b'{"features": [{"type": "Feature", "properties": null, "geometry": null}]}'
    (row,) = read_rows(written(tmp_path, "t.geojson", content))
    assert (row.cells, row.shape, row.number) == ({}, None, 1)


# --- postcodes ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("head", ["Postcode,lat,long", "pcds,LATITUDE,Longitude", " pc ,y,x", "post_code,lat,lng"])
def test_a_postcode_file_is_known_by_the_names_of_its_columns(head, tmp_path):
    found = read_postcodes(written(tmp_path, "p.csv", f"{head}\nba1 5aw,51.38,-2.36\n"))
    assert [(row.compact, row.lat, row.lon) for row in found.rows] == [("BA15AW", 51.38, -2.36)]


def test_postcodes_of_a_geojson_file_are_at_its_points(tmp_path):
    point = b'{"type": "Point", "coordinates": [-2.36, 51.38]}'
    content = b'{"features": [{"properties": {"pc": "BA1 5AW"}, "geometry": ' + point + b"}]}"
    assert [row.lon for row in read_postcodes(written(tmp_path, "p.geojson", content)).rows] == [-2.36]


@pytest.mark.parametrize(
    "row",
    ["BA1,51.38,-2.36", ",51.38,-2.36", "BA1 5AWX,51.38,-2.36", "BA1 5AW,,", "BA1 5AW,north,west",
     "BA1 5AW,99.999999,0", "BA1 5AW,0,0", "BA1 5AW,nan,nan", "BA1 5AW,inf,0", "BA1 5AW,151.38,-2.36"],
)  # fmt: skip
def test_a_row_that_is_no_postcode_or_nowhere_is_left_out_with_its_number(row, tmp_path):
    found = read_postcodes(written(tmp_path, "p.csv", f"postcode,lat,long\n{row}\nBA1 5AW,51.38,-2.36\n"))
    assert len(found.rows) == 1
    assert [refused.row for refused in found.refused] == [2]


@pytest.mark.parametrize("content", ["a,b\n1,2\n", "postcode\nBA1 5AW\n", "postcode,lat,long\n"])
def test_a_file_without_postcodes_or_places_is_refused_whole(content, tmp_path):
    with pytest.raises(Refused):
        read_postcodes(written(tmp_path, "p.csv", content))
