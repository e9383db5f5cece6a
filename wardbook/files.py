"""Rows of a CSV or GeoJSON file as people send them: gzip or not, any usual delimiter and encoding."""

from __future__ import annotations

import csv
import gzip
import io
import json
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, cast

import shapely

from wardbook.errors import Refused

MOST_BYTES = 500_000_000


@dataclass(frozen=True)
class FileRow:
    """One row: its number as a person would count it, its cells by column, its shape where the file has one."""

    number: int
    cells: dict[str, Any]
    shape: shapely.Geometry | None = None

    def text(self, column: str | None) -> str:
        """A cell as text without blanks about it; empty where there is no such column or nothing in it."""
        value = self.cells.get(column) if column else None
        return "" if value is None else str(value).replace("\0", "").encode("utf-8", "replace").decode().strip()


def read_rows(path: Path) -> list[FileRow]:
    """Every row of a file. Raises Refused with one sentence where it cannot be read; nothing is half read."""
    name = path.name.lower().removesuffix(".gz")
    raw = _bytes(path)
    if name.endswith((".geojson", ".json")):
        return list(_geojson_rows(raw, path.name))
    if name.endswith((".csv", ".tsv", ".txt")):
        return list(_csv_rows(raw, path.name))
    raise Refused(f"{path.name} is neither CSV nor GeoJSON by its name: give a .csv, .geojson or .json file (or .gz).")


def _bytes(path: Path) -> bytes:
    if not path.is_file():
        raise Refused(f"There is no file {path.name} there: check the path.")
    try:
        with gzip.open(path) if path.name.lower().endswith(".gz") else path.open("rb") as file:
            raw = file.read(MOST_BYTES + 1)
    except (OSError, EOFError, zlib.error):
        raise Refused(f"{path.name} cannot be read: it is damaged or cut short. Fetch it again.") from None
    if len(raw) > MOST_BYTES:
        raise Refused(f"{path.name} holds more than {MOST_BYTES // 1_000_000} MB: split it into smaller files.")
    return raw


def _decoded(raw: bytes) -> str:
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return raw.decode("latin-1")


def _csv_rows(raw: bytes, name: str) -> Iterator[FileRow]:
    text = _decoded(raw)
    first = text.partition("\n")[0]
    delimiter = max(",\t;|", key=first.count)
    try:
        reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter, strict=False)
        if not reader.fieldnames or "\x00" in first:
            raise Refused(f"{name} has no header row: its first line must name the columns.")
        for number, cells in enumerate(reader, start=2):
            cells.pop(None, None)
            yield FileRow(number, cells)
    except csv.Error:
        raise Refused(f"{name} cannot be read as CSV: open it in a spreadsheet and save it as CSV again.") from None


def _geojson_rows(raw: bytes, name: str) -> Iterator[FileRow]:
    try:
        features = json.loads(raw)["features"]
    except RecursionError:
        raise Refused(f"{name} is nested too deeply to be GeoJSON: export it again.") from None
    except (ValueError, KeyError, TypeError):
        raise Refused(
            f"{name} is not a GeoJSON FeatureCollection: open it in a text editor, it may hold an error message or be "
            "cut short. Fetch or export it again."
        ) from None
    if not isinstance(features, list):
        raise Refused(f"{name} has no list of features: export it again as a GeoJSON FeatureCollection.")
    for number, feature in enumerate(features, start=1):
        if not isinstance(feature, dict):
            raise Refused(f"Feature {number} of {name} is not a GeoJSON feature: export the file again.")
        yield FileRow(number, feature.get("properties") or {}, _shape(feature.get("geometry"), number, name))


def _shape(geometry: Any, number: int, name: str) -> shapely.Geometry | None:
    if geometry is None:
        return None
    try:
        shape = shapely.from_geojson(json.dumps(geometry))
    except (shapely.GEOSException, ValueError, RecursionError):
        raise Refused(
            f"The geometry of feature {number} of {name} cannot be read: correct it or remove the row."
        ) from None
    return None if shape.is_empty else shape


Table = tuple[str, list[str], Iterator[list[str]]]


def tables(path: Path) -> Iterator[Table]:
    """Each CSV of a file, one row at a time, for files of a whole country: its name, its first row, and the rest.

    A .csv (or .tsv, .txt), the same with .gz, or every .csv of a .zip, by name. Raises Refused where it is none of
    these, or is found to be damaged on the way.
    """
    if not path.is_file():
        raise Refused(f"There is no file {path.name} there: check the path.")
    try:
        for name, file in _csv_files(path):
            with file:
                yield name, *_first_and_rest(file, name)
    except (zipfile.BadZipFile, zlib.error, EOFError, gzip.BadGzipFile, RuntimeError, NotImplementedError):
        raise Refused(f"{path.name} cannot be read: it is damaged, cut short or locked. Fetch it again.") from None


def _csv_files(path: Path) -> Iterator[tuple[str, IO[bytes]]]:
    name = path.name.lower()
    if name.endswith(".zip"):
        with zipfile.ZipFile(path) as archive:
            members = sorted(info.filename for info in archive.infolist() if info.filename.lower().endswith(".csv"))
            if not members:
                raise Refused(f"{path.name} holds no .csv file: give the download as it came.")
            for member in members:
                yield Path(member).name, archive.open(member)
    elif name.removesuffix(".gz").endswith((".csv", ".tsv", ".txt")):
        opened = gzip.open(path) if name.endswith(".gz") else path.open("rb")  # noqa: SIM115 - closed by who reads it
        yield path.name, cast("IO[bytes]", opened)
    else:
        raise Refused(f"{path.name} is no table by its name: give a .csv file (or .csv.gz, or a .zip of them).")


def _first_and_rest(file: IO[bytes], name: str) -> tuple[list[str], Iterator[list[str]]]:
    start = file.read(LOOKED_AT)
    whole_lines = start[: start.rfind(b"\n") + 1] or start
    rest = io.BufferedReader(_Again(start, file))
    lines = io.TextIOWrapper(rest, encoding=_encoding(whole_lines), errors="replace", newline="")
    first = lines.readline(100_000)
    delimiter = max(",\t;|", key=first.count)
    try:
        header = next(csv.reader([first], delimiter=delimiter), [])
    except csv.Error:
        header = []
    return header, _rows(csv.reader(lines, delimiter=delimiter), name)


def _rows(reader: Iterator[list[str]], name: str) -> Iterator[list[str]]:
    try:
        yield from reader
    except csv.Error:
        raise Refused(f"{name} cannot be read as CSV: open it in a spreadsheet and save it as CSV again.") from None


LOOKED_AT = 200_000
"""So many bytes are looked at to tell in which encoding a file is written."""


def _encoding(start: bytes) -> str:
    try:
        start.decode("utf-8-sig")
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8-sig"


class _Again(io.RawIOBase):
    """A file whose beginning was read already, from its beginning: what comes out of an archive cannot go back."""

    def __init__(self, start: bytes, file: IO[bytes]) -> None:
        self.start, self.file, self.taken = io.BytesIO(start), file, 0

    def readable(self) -> bool:
        return True

    def readinto(self, into: Any) -> int:
        some = self.start.read(len(into)) or self.file.read(len(into))
        self.taken += len(some)
        if self.taken > MOST_STREAMED:
            raise Refused(f"The file unpacks to more than {MOST_STREAMED // 10**9} GB: it is no such list.")
        into[: len(some)] = some
        return len(some)


MOST_STREAMED = 8_000_000_000
"""More than every address of Great Britain takes."""
