"""Existing reports from a file: taken in row by row, once each however often the file is brought."""

from __future__ import annotations

import hashlib
import json
import math
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import shapely
from sqlalchemy import insert, select

from wardbook import geo
from wardbook.areas.derive import derive_many
from wardbook.areas.locator import locator
from wardbook.clock import today
from wardbook.config import settings
from wardbook.db import alone, db, now
from wardbook.entries.kinds import STATES, Channel, Family, State
from wardbook.entries.mapping import Mapping, date_reader, mapping_for
from wardbook.entries.models import Category, Entry
from wardbook.entries.photographs import photos
from wardbook.entries.photographs.importing import Beside, RefusedPhoto
from wardbook.entries.photographs.photos import Laid
from wardbook.errors import Refused
from wardbook.events import Did, Event, Told, record
from wardbook.files import FileRow, read_rows
from wardbook.people.actions import service_called
from wardbook.policy import VISITOR
from wardbook.shared import Level, Standing, new_reference

BATCH = 2000


@dataclass(frozen=True)
class Report:
    """One row, read: what it says and where."""

    row: int
    source_id: str
    title: str
    words: str
    category: str
    state: State
    told_at: datetime
    closed_at: datetime | None
    point: shapely.Point
    photos: tuple[Laid, ...] = ()
    """On disk, and of no entry until it is taken in"""


@dataclass(frozen=True)
class RefusedReport:
    """A row that was left out, and why."""

    row: int
    why: str


@dataclass
class Tally:
    """What became of the rows of a file."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    refused: list[RefusedReport] = field(default_factory=list)
    photos: int = 0
    refused_photos: list[RefusedPhoto] = field(default_factory=list)


@dataclass(frozen=True)
class Reports:
    """What a file holds, read and placed: nothing of it is kept yet."""

    mapping: Mapping
    read: tuple[Report, ...]
    refused: tuple[RefusedReport, ...]
    refused_photos: tuple[RefusedPhoto, ...] = ()

    def forget_photos(self) -> None:
        """Take the photos away that were read, where nothing is taken in."""
        photos.forget(laid.key for report in self.read for laid in report.photos)


def read_reports(path: Path, mapping_file: Path | None = None) -> Reports:
    """Read reports from a GeoJSON or CSV file. Costly: done before the write lock is taken.

    Raises Refused where the file or the mapping cannot be used at all.
    """
    rows = read_rows(path)
    if not rows:
        raise Refused(f"{path.name} has no rows.")
    mapping = mapping_for(rows[0].cells, mapping_file)
    _check(mapping, rows, path.name)
    refused: list[RefusedReport] = []
    read = tuple(_reports(rows, mapping, refused))
    return _with_photos(Reports(mapping, read, tuple(refused)), rows, path.parent)


def _with_photos(reports: Reports, rows: Sequence[FileRow], folder: Path) -> Reports:
    """The same with the photos of what is new: those of a report that is here came with it, or were left out then."""
    column = reports.mapping.columns.get("photo")
    if column is None:
        return reports
    held = set(db.session.scalars(select(Entry.source_id).where(Entry.source == reports.mapping.source)))
    db.session.rollback()
    cells = {row.number: row.cells.get(column) for row in rows}
    beside, refused = Beside(folder), list[RefusedPhoto]()
    read = tuple(
        report if report.source_id in held
        else replace(report, photos=beside.photos(cells[report.row], report.row, refused))
        for report in reports.read
    )  # fmt: skip
    return replace(reports, read=read, refused_photos=tuple(refused))


def take_in(reports: Reports) -> Tally:
    """Add what is new and follow what has changed its state at its source since the last file.

    What the file lacks is left alone. Nobody is mailed.
    """
    alone("import of entries")
    mapping = reports.mapping
    tally = Tally(refused=list(reports.refused), refused_photos=list(reports.refused_photos))
    held = _held(mapping.source)
    fresh = [report for report in reports.read if report.source_id not in held]
    for report in reports.read:
        if report.source_id in held:
            photos.forget(laid.key for laid in report.photos)  # another run took it in while this one read
            changed = _update(held[report.source_id], report)
            tally.updated += changed
            tally.unchanged += not changed
    taken = set(db.session.scalars(select(Entry.ref)))
    for start in range(0, len(fresh), BATCH):
        _create(fresh[start : start + BATCH], mapping, taken)
    tally.created, tally.photos = len(fresh), sum(len(report.photos) for report in fresh)
    return tally


def _check(mapping: Mapping, rows: Sequence[FileRow], name: str) -> None:
    columns = mapping.columns
    if "told" not in columns:
        raise Refused(f"{name} has no column that says when each report was made: name it in a mapping, under 'told'.")
    placed = {"lat", "lon"} <= columns.keys() or {"easting", "northing"} <= columns.keys()
    if not placed and not any(row.shape for row in rows):
        raise Refused(f"{name} does not say where its reports are: name 'lat' and 'lon' or 'easting' and 'northing'.")


def _held(source: str) -> dict[str, Entry]:
    rows = db.session.scalars(select(Entry).where(Entry.source == source))
    return {row.source_id or "": row for row in rows}


# --- reading a row -----------------------------------------------------------------------------------------------


def _reports(rows: Sequence[FileRow], mapping: Mapping, refused: list[RefusedReport]) -> Iterator[Report]:
    columns = mapping.columns
    told = date_reader((row.text(columns["told"]) for row in rows), mapping.dates)
    ends = (row.text(columns.get(what)) for row in rows for what in ("closed", "fixed"))
    closed = date_reader(ends, mapping.dates)
    seen: set[str] = set()
    twins: Counter[str] = Counter()
    for row in rows:
        try:
            report = _report(row, mapping, told, closed, twins)
        except Refused as why:
            refused.append(RefusedReport(row.number, why.sentence))
            continue
        if report.source_id in seen:
            refused.append(RefusedReport(row.number, f"its id {report.source_id} occurs before in this file"))
            continue
        seen.add(report.source_id)
        yield report


Dated = Callable[[str], datetime | None]


def _report(row: FileRow, mapping: Mapping, told: Dated, closed: Dated, twins: Counter[str]) -> Report:
    columns = mapping.columns
    told_at = told(row.text(columns["told"]))
    if told_at is None:
        raise Refused(f"'{row.text(columns['told'])[:30]}' is not a date we can read")
    category = row.text(columns.get("category")) or mapping.default_category
    ends = (closed(row.text(columns.get(what))) for what in ("closed", "fixed"))
    return Report(
        row=row.number,
        source_id=_source_id(row, columns.get("id"), twins),
        title=(row.text(columns.get("title")) or category)[:200],
        words=row.text(columns.get("words")),
        category=category[:120],
        state=_state(row.text(columns.get("state")), mapping),
        told_at=told_at,
        closed_at=max(filter(None, ends), default=None),
        point=_point(row, mapping),
    )


def _source_id(row: FileRow, column: str | None, twins: Counter[str]) -> str:
    """The id its source gives it; without one, a digest of the row, so that the same row is known again."""
    if found := row.text(column):
        return found[:200]
    digest = hashlib.sha256(json.dumps(row.cells, sort_keys=True, default=str).encode()).hexdigest()[:16]
    twins[digest] += 1
    return f"row-{digest}" + (f"-{twins[digest]}" if twins[digest] > 1 else "")


def _state(words: str, mapping: Mapping) -> State:
    if not words:
        return mapping.default_state
    state = mapping.states.get(words.lower())
    if state is None:
        raise Refused(f"the status '{words[:40]}' is not known: say in a mapping, under 'states', what it means")
    return state


def _point(row: FileRow, mapping: Mapping) -> shapely.Point:
    point = _read_point(row, mapping)
    if not (math.isfinite(point.x) and math.isfinite(point.y)):
        raise Refused("its place is not on the map")
    if not locator().inside_council(point, today()):
        raise Refused(f"its place ({point.x:.5f}, {point.y:.5f}) is outside the council")
    return point


def _read_point(row: FileRow, mapping: Mapping) -> shapely.Point:
    columns = mapping.columns
    if row.shape is not None:
        centre = shapely.centroid(row.shape)
        return _degrees(centre.x, centre.y, mapping.crs or geo.WGS84)
    lat, lon = _number(row.text(columns.get("lat"))), _number(row.text(columns.get("lon")))
    if lat is not None and lon is not None:
        return _degrees(lon, lat, geo.WGS84)
    easting, northing = _number(row.text(columns.get("easting"))), _number(row.text(columns.get("northing")))
    if easting is not None and northing is not None:
        return _degrees(easting, northing, mapping.crs or settings().crs)
    raise Refused("it does not say where it is")


def _number(words: str) -> float | None:
    try:
        return float(words)
    except ValueError:
        return None


def _degrees(x: float, y: float, crs: int) -> shapely.Point:
    if crs == geo.BRITISH_GRID:
        return geo.point_from_grid(x, y)
    moved = geo.reproject(shapely.Point(x, y), crs, geo.WGS84)
    if not (math.isfinite(moved.x) and math.isfinite(moved.y)):
        raise Refused("its place is not on the map")
    return geo.point(moved.x, moved.y)


# --- writing -----------------------------------------------------------------------------------------------------


def _update(entry: Entry, report: Report) -> bool:
    """Follow the source where its state has changed since it was last read; a change made here stays."""
    if entry.source_state == report.state:
        return False
    before, entry.state, entry.source_state = entry.state, report.state, report.state
    entry.changed_at = now()
    entry.closed_at = _closed_at(report)
    change = {"state": [before, entry.state]}
    record(VISITOR, Did.IMPORTED, entry, words="Changed at its source.", told=Told.NOBODY, change=change)
    return True


def _closed_at(report: Report) -> datetime | None:
    if STATES[report.state].family is not Family.CLOSED:
        return None
    return report.closed_at or report.told_at


def _create(reports: Sequence[Report], mapping: Mapping, taken: set[str]) -> None:
    categories = _categories({report.category for report in reports}, mapping)
    rows = [_row(report, mapping, categories[report.category], _reference(taken)) for report in reports]
    db.session.execute(insert(Entry), rows)
    made = select(Entry.source_id, Entry.id).where(Entry.source == mapping.source)
    ids = dict(db.session.execute(made).all())
    derive_many(Entry, [(ids[report.source_id], report.point) for report in reports])
    events: list[dict[str, Any]] = [
        {
            "at": report.told_at, "actor_id": None, "signed": "", "did": Did.IMPORTED, "thing": Entry.__tablename__,
            "thing_id": ids[report.source_id], "words": "", "told": Told.NOBODY, "change": {}, "once": None,
        }
        for report in reports
    ]  # fmt: skip
    db.session.execute(insert(Event), events)
    for report in reports:
        for laid in report.photos:
            photos.keep_laid(laid, alt="", entry_id=ids[report.source_id])


def _reference(taken: set[str]) -> str:
    ref = new_reference("WB")
    while ref in taken:
        ref = new_reference("WB")
    taken.add(ref)
    return ref


def _row(report: Report, mapping: Mapping, category_id: int, ref: str) -> dict[str, Any]:
    return {
        "ref": ref, "kind": mapping.kind, "state": report.state, "title": report.title, "words": report.words,
        "category_id": category_id, "channel": Channel.IMPORT, "told_at": report.told_at,
        "changed_at": report.closed_at or report.told_at, "closed_at": _closed_at(report), "name_shown": False,
        "confirmed_at": report.told_at, "source": mapping.source, "source_id": report.source_id,
        "source_state": report.state, "geometry": report.point, "author_id": None, "level": Level.PUBLIC,
        "standing": Standing.PUBLISHED,
    }  # fmt: skip


def _categories(names: set[str], mapping: Mapping) -> dict[str, int]:
    """The id of each category, made under the mapping's service where there is none of that name anywhere."""
    known = {category.name: category for category in db.session.scalars(select(Category).order_by(Category.id.desc()))}
    for name in sorted(names - known.keys()):
        known[name] = Category(service=service_called(mapping.service), name=name, kinds=[str(mapping.kind)])
        db.session.add(known[name])
    db.session.flush()
    return {name: known[name].id for name in names}
