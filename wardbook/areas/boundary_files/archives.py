"""Archives taken apart safely: nothing is written outside the folder, and nothing swells beyond reason."""

from __future__ import annotations

import gzip
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Final, Protocol

from wardbook.areas.boundary_files.options import LeftOpen
from wardbook.errors import Refused

LARGEST_UNPACKED: Final = 500_000_000
BOMB_SIZE: Final = 10_000_000
BOMB_RATIO: Final = 200
MOST_MEMBERS: Final = 10_000
NEEDED: Final = (".shp", ".dbf")
WELCOME: Final = (*NEEDED, ".shx", ".prj", ".cpg")
FORMATS: Final = "GeoJSON, GeoPackage, KML or a Shapefile in a .zip"
OTHERS: Final = {
    r"^xl/": "is a spreadsheet (Excel), which holds no areas",
    r"^word/": "is a document (Word), which holds no areas",
    r"^content\.xml$": "is a spreadsheet or document (OpenDocument), which holds no areas",
    r"\.gdbtable$": "holds an Esri file geodatabase, which is not read here",
    r"\.gml$": "holds GML, which is not read here",
    r"\.(tab|mif)$": "holds a MapInfo table, which is not read here",
}
"""Of zips that hold no areas that are read: by whose names they are known, and what they are."""
DOCUMENTS: Final = (".geojson", ".json", ".topojson", ".gpkg", ".kml")


class Readable(Protocol):
    def read(self, size: int, /) -> bytes: ...


def gunzipped(packed: Path, target: Path, title: str) -> Path:
    """The file inside, written to `target`."""
    limit = min(LARGEST_UNPACKED, max(BOMB_SIZE, packed.stat().st_size * BOMB_RATIO))
    try:
        with gzip.open(packed) as source:
            _copy_at_most(source, target, limit, title)
    except (OSError, EOFError, zlib.error) as problem:
        raise Refused(f"{title} is damaged or cut short: download or compress it again.", field="file") from problem
    return target


def _copy_at_most(source: Readable, target: Path, limit: int, title: str) -> None:
    """Sizes are counted as they come, since what an archive says of itself may be a lie."""
    written = 0
    with target.open("wb") as out:
        while part := source.read(1_000_000):
            written += len(part)
            if written > limit:
                raise _too_large(title)
            out.write(part)


def _several(title: str, names: list[str], alone: str) -> LeftOpen:
    problem = f"{title} holds {in_words(names)}"
    return LeftOpen(problem, "say which one with --layer", again=f"give {alone}", field="layer")


def _too_large(title: str) -> Refused:
    return Refused(
        f"{title} unpacks to far more than a boundary file should, so it was not opened: send it unpacked or simpler.",
        field="file",
    )


def unpacked_document(packed: Path, folder: Path, title: str, layer: str | None) -> tuple[Path, str] | None:
    """The one GeoJSON, TopoJSON, GeoPackage or KML of a zip without Shapefiles, or the one asked for, and its name."""
    with _opened(packed, title) as archive:
        members = _safe_members(archive, title)
        names = sorted(name for name in members if name.endswith(DOCUMENTS))
        if not names or any(name.endswith(".shp") for name in members):
            return None
        if len(names) > 1 and layer not in names:
            raise _several(title, names, "one of them alone")
        name = layer if layer in names else names[0]
        with archive.open(members[name]) as source:
            _copy_at_most(source, folder / "unzipped", LARGEST_UNPACKED, title)
    return folder / "unzipped", name


@contextmanager
def _opened(packed: Path, title: str) -> Iterator[zipfile.ZipFile]:
    """A zip, or Refused for whatever is wrong with it until it is closed."""
    try:
        with zipfile.ZipFile(packed) as archive:
            yield archive
    except (zipfile.BadZipFile, zlib.error, RuntimeError, ValueError, OSError, EOFError) as problem:
        raise Refused(f"{title} is damaged, or locked with a password: make the zip again.", field="file") from problem


def unpacked_shapefile(packed: Path, folder: Path, title: str, layer: str | None) -> tuple[Path, str]:
    """The one shapefile of a zip, or the one asked for: as areas.shp and companions, and what it was called."""
    with _opened(packed, title) as archive:
        members = _safe_members(archive, title)
        stem = _chosen_stem(members, title, layer)
        for suffix in WELCOME:
            if member := members.get(stem + suffix):
                with archive.open(member) as source:
                    _copy_at_most(source, folder / f"areas{suffix}", LARGEST_UNPACKED, title)
    _require_whole(folder / "areas.shp", folder / "areas.dbf", title)
    _drop_if_garbled(folder / "areas.prj")
    return folder / "areas.shp", stem


def _drop_if_garbled(definition: Path) -> None:
    """A .prj that is not text says nothing of the coordinate system, which must then be given."""
    try:
        definition.read_text(encoding="utf-8")
    except (UnicodeDecodeError, FileNotFoundError):
        definition.unlink(missing_ok=True)


def _safe_members(archive: zipfile.ZipFile, title: str) -> dict[str, zipfile.ZipInfo]:
    """The members by name, endings in small letters. None may leave the archive, be a link or swell beyond reason."""
    infos = [info for info in archive.infolist() if info.filename and not info.is_dir()]
    for info in infos:
        name = PurePosixPath(info.filename.replace("\\", "/"))
        if name.is_absolute() or ".." in name.parts or re.match(r"[A-Za-z]:", info.filename):
            raise Refused(f"{title} holds a file that would be written outside it: make the zip again.", field="file")
        if info.file_size > BOMB_SIZE and info.file_size > BOMB_RATIO * max(info.compress_size, 1):
            raise _too_large(title)
    if len(infos) > MOST_MEMBERS or sum(info.file_size for info in infos) > LARGEST_UNPACKED:
        raise _too_large(title)
    return {_with_small_ending(info.filename): info for info in infos if not _is_litter(info.filename)}


def _is_litter(name: str) -> bool:
    """What Macs leave in zips."""
    return name.startswith("__MACOSX/") or PurePosixPath(name).name.startswith("._")


def _with_small_ending(name: str) -> str:
    suffix = PurePosixPath(name).suffix
    return name.removesuffix(suffix) + suffix.lower()


def _chosen_stem(members: dict[str, zipfile.ZipInfo], title: str, layer: str | None) -> str:
    stems = sorted(name.removesuffix(".shp") for name in members if name.endswith(".shp"))
    if layer is not None and layer not in stems:
        raise Refused(f"{title} has no shapefile called {layer}: it holds {in_words(stems) or 'none'}.", field="layer")
    if layer is None and len(stems) > 1:
        raise _several(title, stems, "the parts of one of them, zipped")
    if not stems:
        raise Refused(_nothing_to_read(sorted(members), title), field="file")
    stem = layer or stems[0]
    if missing := [suffix for suffix in NEEDED if stem + suffix not in members]:
        raise Refused(f"{stem}{missing[0]} is missing from {title}: zip all the parts of the Shapefile.", field="file")
    return stem


def _nothing_to_read(names: list[str], title: str) -> str:
    other = next((what for sign, what in OTHERS.items() if any(re.search(sign, name) for name in names)), None)
    if other:
        return f"{title} {other}: export the areas as {FORMATS}."
    parts = [name for name in names if name.endswith(WELCOME)]
    if parts:
        missing = PurePosixPath(parts[0]).stem + ".shp"
        return f"{missing} is missing from {title}: zip the .shp, .shx, .dbf and .prj together."
    return (
        f"{title} holds no .shp file, only {in_words(names[:5]) or 'nothing'}: "
        "zip the .shp, .shx, .dbf and .prj of a Shapefile together."
    )


def _require_whole(shapes: Path, table: Path, title: str) -> None:
    """A cut .shp or a table with other rows than shapes would be read in part. (Lengths are in the headers.)"""
    damaged = Refused(f"{title} is damaged or cut short: make the zip again from the whole Shapefile.", field="file")
    head, rows = shapes.read_bytes()[:100], table.read_bytes()[:32]
    if len(head) < 100 or len(rows) < 32 or head[:4] != b"\x00\x00\x27\x0a":
        raise damaged
    if int.from_bytes(head[24:28], "big") * 2 > shapes.stat().st_size:
        raise damaged
    count, start, width = (int.from_bytes(rows[a:b], "little") for a, b in ((4, 8), (8, 10), (10, 12)))
    if start + count * width > table.stat().st_size:
        raise damaged
    index = shapes.with_suffix(".shx")
    if index.exists() and (index.stat().st_size - 100) // 8 != count:
        raise damaged


def in_words(names: list[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return " and ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))


def one_of(ways: Iterable[str]) -> str:
    """`a`, `a or b`, `a, b or c`, without those that are blank."""
    known = [way for way in ways if way]
    return " or ".join(filter(None, [", ".join(known[:-1]), *known[-1:]]))
