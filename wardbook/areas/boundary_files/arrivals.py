"""Files as they arrive: copied to a folder of our own and known by what they hold, before any reader opens them."""

from __future__ import annotations

import re
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from enum import StrEnum
from mmap import ACCESS_READ, mmap
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from wardbook.areas.boundary_files.archives import FORMATS, gunzipped, unpacked_document, unpacked_shapefile
from wardbook.errors import Refused

LARGEST_FILE: Final = 1_000_000_000
SIGNS: Final = (b",", b";", b"\t", b"|")
GML: Final = re.compile(rb"opengis\.net/(gml|wfs)|<gml:")


class Kind(StrEnum):
    GEOJSON = "GeoJSON"
    TOPOJSON = "TopoJSON"
    GEOPACKAGE = "GeoPackage"
    SHAPEFILE = "Shapefile"
    KML = "KML"


@dataclass(frozen=True)
class LocalFile:
    """A regular file in a folder of our own. `title` is the name people know; `layer` the shapefile taken of a zip, and
    `document` the file of another kind that was.
    """

    path: Path
    kind: Kind
    title: str
    layer: str | None = None
    document: str | None = None


@contextmanager
def local_file(path: Path, *, layer: str | None = None) -> Iterator[LocalFile]:
    """The file copied or unpacked into a folder that is gone afterwards, its kind told by content and never by name.

    GDAL picks a driver by what a file holds, and some of its drivers open other files or addresses that a file names
    (a VRT saved as .kml does), so nothing reaches it under a name or with an opening we have not chosen.
    """
    title = path.name
    _require_ordinary(path)
    with TemporaryDirectory(prefix="wardbook-") as made:
        folder = Path(made)
        copy = folder / "sent"
        shutil.copyfile(path, copy)
        opening = _opening(copy)
        if opening.startswith(b"\x1f\x8b"):
            copy = gunzipped(copy, folder / "unpacked", title)
            opening = _opening(copy)
        document = None
        if opening.startswith((b"PK\x03\x04", b"PK\x05\x06")):
            unzipped = unpacked_document(copy, folder, title, layer)
            if unzipped is None:
                shapes, stem = unpacked_shapefile(copy, folder, title, layer)
                yield LocalFile(shapes, Kind.SHAPEFILE, title, stem)
                return
            copy, document = unzipped
            opening = _opening(copy)
        kind = _kind(opening, copy, title)
        yield LocalFile(copy.rename(folder / f"areas.{kind.lower()}"), kind, title, document=document)


def _require_ordinary(path: Path) -> None:
    try:
        if path.is_dir():
            raise Refused(f"{path.name} is a folder: give the boundary file in it.", field="file")
        if not path.exists():
            raise Refused(f"There is no file called {path.name}: check its name and where it is.", field="file")
        if not path.is_file():
            raise Refused(f"{path.name} is not an ordinary file: save it as one and try again.", field="file")
        size = path.stat().st_size
        with path.open("rb"):
            pass
    except (OSError, ValueError) as problem:
        raise Refused(f"{path.name} cannot be opened: check that you may read it.", field="file") from problem
    if size == 0:
        raise Refused(f"{path.name} is empty: download or export it again.", field="file")
    if size > LARGEST_FILE:
        raise Refused(f"{path.name} is larger than 1 GB: export fewer areas or simpler shapes.", field="file")


def _opening(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(4096)


def _kind(opening: bytes, path: Path, title: str) -> Kind:
    """What the first bytes and, for JSON, its top-level words say the file is. A mark of byte order is allowed."""
    text = opening.removeprefix(b"\xef\xbb\xbf").lstrip()
    if opening.startswith(b"SQLite format 3\x00"):
        return _geopackage(path, title)
    if text.startswith(b"{"):
        return Kind.TOPOJSON if _is_topology(path) else Kind.GEOJSON
    if text.startswith(b"["):
        raise Refused(f"{title} is JSON but not GeoJSON, which begins with {{: export it as GeoJSON.", field="file")
    if text.startswith(b"<"):
        if re.search(rb"<(\w+:)?kml[\s>]", text):
            return Kind.KML
        if GML.search(text) and b"Exception" not in text:
            raise Refused(f"{title} is GML, which is not read here: export the areas as {FORMATS}.", field="file")
        raise Refused(
            f"{title} holds a web page or XML that is not KML, perhaps an error message saved as a file: "
            "download it again.",
            field="file",
        )
    if opening.startswith(b"\x00\x00\x27\x0a"):
        raise Refused(
            f"{title} is only a part of a Shapefile: zip its .shp, .shx, .dbf and .prj together.", field="file"
        )
    if opening.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise Refused(f"{title} is written in UTF-16: save it as UTF-8.", field="file")
    if opening.startswith(b"\xd0\xcf\x11\xe0"):
        raise Refused(
            f"{title} is an old spreadsheet or document (Excel or Word), which holds no areas: export the areas as "
            f"{FORMATS}.",
            field="file",
        )
    if _is_table(opening):
        raise Refused(
            f"{title} is not a boundary file but a table of words (CSV), which holds points at most and no areas: "
            f"export the areas as {FORMATS}.",
            field="file",
        )
    raise Refused(f"{title} is not a boundary file that can be read here: export it as {FORMATS}.", field="file")


def _is_table(opening: bytes) -> bool:
    """Whether it is text in whose first two lines the same sign parts more than one cell."""
    lines = opening.splitlines()[:2]
    return len(lines) == 2 and b"\x00" not in opening and any(sign in lines[0] and sign in lines[1] for sign in SIGNS)


def _is_topology(path: Path) -> bool:
    with mapped(path) as text:
        return re.search(rb'"type"\s*:\s*"Topology"', text) is not None


@contextmanager
def mapped(path: Path) -> Iterator[mmap]:
    """The bytes of a file that is not empty, to search in without holding them in memory."""
    with path.open("rb") as file, mmap(file.fileno(), 0, access=ACCESS_READ) as text:
        yield text


def _geopackage(path: Path, title: str) -> Kind:
    """A database is taken only if it is whole and has no views: a view can run functions that reach the network."""
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)) as database:
            names = {name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
            views = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'view'")]
            whole = database.execute("PRAGMA quick_check(1)").fetchone() == ("ok",)
    except (sqlite3.Error, UnicodeDecodeError):
        whole, names, views = False, set(), []
    if not whole:
        raise Refused(f"{title} is damaged or cut short: download or export it again.", field="file")
    if "gpkg_contents" not in names:
        raise Refused(f"{title} is a database but not a GeoPackage: export it as {FORMATS}.", field="file")
    if views:
        raise Refused(
            f"{title} holds a view ({views[0]}): export its areas to a GeoPackage as a plain table.", field="file"
        )
    return Kind.GEOPACKAGE
