"""A list of entries in all its forms: page, JSON, GeoJSON, CSV and GeoPackage over the same rows."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import BinaryIO, TypeVar

from flask import Response, redirect, url_for
from flask.typing import ResponseReturnValue
from shapely import Polygon
from sqlalchemy import Select
from werkzeug.datastructures import MultiDict

from wardbook import exports
from wardbook.areas import queries as areas
from wardbook.db import db, touches
from wardbook.downloads import sources
from wardbook.downloads.actions import record_given
from wardbook.downloads.sources import About, Source, Tell, Wanted, register
from wardbook.entries import features, queries, shown, ties
from wardbook.entries.batches import in_batches
from wardbook.entries.forms import filters_from
from wardbook.entries.merging import merged
from wardbook.entries.models import Entry
from wardbook.entries.paging import Order, order_of
from wardbook.entries.queries import Filters
from wardbook.errors import NotFound
from wardbook.geo import box_from
from wardbook.places.place import Place
from wardbook.places.words import place_from_words
from wardbook.policy import Viewer, reader_for

ASKED = (
    "place", "for", "words", "kind", "category", "state", "family", "topic", "since", "until", "contributions",
    "upheld", "bbox",
)  # fmt: skip
"""What an address may ask of a list"""
TOLD_EVERY = 1000

Told = TypeVar("Told", Entry, features.Feature)
Differing = Mapping[int, str]
"""By the id of a note, the reference of the one that it sees differently, where the reader sees that"""


def asked_in(arguments: Mapping[str, str]) -> dict[str, str]:
    """What an address asks of a list, without what it asks of the page."""
    return {name: arguments[name] for name in ASKED if arguments.get(name)}


@dataclass(frozen=True)
class Listed:
    """A list as a file is made of it: what is asked for, and as whom it is read."""

    reader: Viewer
    filters: Filters
    place: Place | None = None
    box: Polygon | None = None

    @property
    def rows(self) -> Select[Entry]:
        rows = queries.published(self.reader, self.place, self.filters)
        return rows if self.box is None else rows.where(touches(Entry, self.box))


def box_in(about: Mapping[str, str]) -> Polygon | None:
    """The box (`bbox`) that a program asks for, if it does. Raises Refused where it is none."""
    return box_from(about["bbox"]) if about.get("bbox") else None


def limit_in(arguments: MultiDict[str, str]) -> int | None:
    """The first so many that a program asks for (`limit`), as far as they are given at once; nonsense asks nothing."""
    limit = arguments.get("limit", type=int)
    return min(limit, sources.MOST_AT_ONCE) if limit is not None and limit > 0 else None


def as_file(found: Listed, wanted: Wanted, who: Viewer, limit: int | None = None) -> ResponseReturnValue:
    """These entries as a file, recorded; a long list leads to where it is made, unless only its first are asked for."""
    if wanted.form not in KINDS_OF_FILE:
        raise NotFound
    if limit is None and _is_long(found.rows):
        return redirect(url_for("files.new", source=wanted.source, form=wanted.form, **wanted.about), 303)  # type: ignore[arg-type]
    body, entries = _at_once(wanted.form, found, limit or sources.MOST_AT_ONCE)
    response = Response(body, mimetype=KINDS_OF_FILE[wanted.form])
    response.headers["Content-Disposition"] = f'attachment; filename="{_name(wanted.about, wanted.form)}"'
    record_given(who, wanted, entries)
    return response


KINDS_OF_FILE = {
    "csv": "text/csv", "geojson": "application/geo+json", "json": "application/json",
    "gpkg": "application/geopackage+sqlite3",
}  # fmt: skip


def _is_long(rows: Select[Entry]) -> bool:
    one_more = rows.with_only_columns(Entry.id).order_by(None).offset(sources.MOST_AT_ONCE).limit(1)
    return db.session.scalar(one_more) is not None


def _at_once(form: str, found: Listed, most: int) -> tuple[bytes, int]:
    if form == "geojson":
        made = _features(found, most)
        return b"".join(features.collection(made)), len(made)
    entries = db.session.scalars(queries.shown(found.rows).limit(most)).all()
    return b"".join(_content(form, entries, ties.seen_differently(found.reader))), len(entries)


def _features(found: Listed, most: int) -> list[features.Feature]:
    if order_of(found.filters) is Order.NEWEST:
        return features.newest(found.reader, found.filters, found.place, found.box, most)
    return features.in_the_order_of(found.rows, found.reader, most)


def _content(form: str, entries: Iterable[Entry], differing: Differing) -> Iterator[bytes]:
    """Entries in a form, part by part."""
    makers: dict[str, Callable[[], Iterator[bytes]]] = {
        "csv": lambda: exports.csv_parts(shown.COLUMNS, (shown.row(entry, differing) for entry in entries)),
        "json": lambda: exports.json_parts('{"entries": [', (_as_row(entry, differing) for entry in entries), "]}"),
        "gpkg": lambda: _gpkg(entries, differing),
    }
    return makers[form]()


def _as_row(entry: Entry, differing: Differing) -> dict[str, object]:
    return dict(zip(shown.COLUMNS, shown.row(entry, differing), strict=True))


def _gpkg(entries: Iterable[Entry], differing: Differing) -> Iterator[bytes]:
    """A layer is written whole: of each entry its row and its shape are held until then."""
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "entries.gpkg"
        exports.write_geopackage(target, [entries_layer(entries, differing)])
        with target.open("rb") as file:
            yield from iter(lambda: file.read(1 << 20), b"")


def entries_layer(entries: Iterable[Entry], differing: Differing) -> exports.Layer:
    """Entries as a layer of a GeoPackage."""
    held = [(shown.row(entry, differing), entry.geometry) for entry in entries]
    return exports.Layer("entries", shown.COLUMNS, [row for row, _ in held], [shape for _, shape in held])


# --- made by a job -----------------------------------------------------------------------------------------------


def _reader(who: Viewer, about: About) -> Viewer:
    if place := about.get("place"):
        place_from_words(place, who)
    box_in(about)
    return reader_for(who, about.get("for"))


def _write(who: Viewer, about: About, form: str, file: BinaryIO, tell: Tell) -> Sequence[str]:
    place = place_from_words(about["place"], who) if about.get("place") else None
    reader = _reader(who, about)
    rows = Listed(reader, filters_from(MultiDict(about))[1], place, box_in(about)).rows
    total, references = queries.count(rows, most=None), list[str]()

    def passing(found: Iterable[Told]) -> Iterator[Told]:
        for entry in found:
            references.append(entry.ref)
            if len(references) % TOLD_EVERY == 0:
                tell(len(references), total)
            yield entry

    if form == "geojson":
        parts = features.collection(passing(features.in_batches(rows, reader)))
    else:
        parts = _content(form, passing(in_batches(rows)), ties.seen_differently(reader))
    for part in parts:
        file.write(part)
    return references


def _name(about: About, form: str) -> str:
    return f"entries.{form}"


register("entries", Source(KINDS_OF_FILE, ASKED, _reader, _write, _name))


# --- all of it ---------------------------------------------------------------------------------------------------


def export_all(target: Path, reader: Viewer) -> tuple[int, int]:
    """Write the wards in force and every entry a reader sees to a fresh GeoPackage; how many of each."""
    wards = areas.wards()
    columns = ("code", "name", "set", "from_on", "until_on", "source", "licence")
    rows = [
        (ward.code, ward.name, ward.set.name, _iso(ward.set.from_on), _iso(ward.set.until_on),
         ward.set.source, ward.set.licence)
        for ward in wards
    ]  # fmt: skip
    shapes = [ward.geometry for ward in wards]
    layer = _whole_layer(reader)
    exports.write_geopackage(target, [exports.Layer("wards", columns, rows, shapes), layer])
    return len(wards), len(layer.rows)


def _whole_layer(reader: Viewer) -> exports.Layer:
    """Every entry, those too for which another stands, with the reference of that other where the reader sees it."""
    differing, others = ties.seen_differently(reader), merged.others(reader)
    held = [
        ((*shown.row(entry, differing), others.get(entry.id, "")), entry.geometry)
        for entry in in_batches(queries.with_merged(reader))
    ]
    columns = (*shown.COLUMNS, "merged_into")
    return exports.Layer("entries", columns, [row for row, _ in held], [shape for _, shape in held])


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""
