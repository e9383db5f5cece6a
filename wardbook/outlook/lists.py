"""A list of entries in all its forms: page, JSON, GeoJSON, CSV and GeoPackage over the same rows."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import BinaryIO

from flask import Response, redirect, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Select
from werkzeug.datastructures import MultiDict

from wardbook import exports
from wardbook.areas import queries as areas
from wardbook.db import db
from wardbook.downloads import sources
from wardbook.downloads.actions import record_given
from wardbook.downloads.sources import About, Source, Tell, Wanted, is_long, register
from wardbook.entries import queries, shown
from wardbook.entries.batches import in_batches
from wardbook.entries.forms import filters_from
from wardbook.entries.models import Entry
from wardbook.errors import NotFound
from wardbook.places.words import place_from_words
from wardbook.policy import Viewer, reader_for

ASKED = (
    "place", "for", "words", "kind", "category", "state", "family", "topic", "since", "until", "contributions",
)  # fmt: skip
"""What an address may ask of a list"""
TOLD_EVERY = 1000


def asked_in(arguments: Mapping[str, str]) -> dict[str, str]:
    """What an address asks of a list, without what it asks of the page."""
    return {name: arguments[name] for name in ASKED if arguments.get(name)}


def as_file(rows: Select[Entry], wanted: Wanted, who: Viewer) -> ResponseReturnValue:
    """These entries as a file, recorded; a long list leads to where it is made."""
    if wanted.form not in KINDS_OF_FILE:
        raise NotFound
    found = db.session.scalars(queries.shown(rows).limit(sources.MOST_AT_ONCE + 1)).all()
    if is_long(wanted.form, len(found)):
        return redirect(url_for("files.new", source=wanted.source, form=wanted.form, **wanted.about), 303)  # type: ignore[arg-type]
    response = Response(b"".join(_content(wanted.form, found)), mimetype=KINDS_OF_FILE[wanted.form])
    response.headers["Content-Disposition"] = f'attachment; filename="{_name(wanted.about, wanted.form)}"'
    record_given(who, wanted, len(found))
    return response


KINDS_OF_FILE = {
    "csv": "text/csv", "geojson": "application/geo+json", "json": "application/json",
    "gpkg": "application/geopackage+sqlite3",
}  # fmt: skip


def _content(form: str, entries: Iterable[Entry]) -> Iterator[bytes]:
    """Entries in a form, part by part."""
    makers: dict[str, Callable[[Iterable[Entry]], Iterator[bytes]]] = {
        "csv": lambda entries: exports.csv_parts(shown.COLUMNS, map(shown.row, entries)),
        "geojson": lambda entries: exports.geojson_parts(map(shown.feature, entries)),
        "json": lambda entries: exports.json_parts('{"entries": [', map(_as_row, entries), "]}"),
        "gpkg": _gpkg,
    }
    return makers[form](entries)


def _as_row(entry: Entry) -> dict[str, object]:
    return dict(zip(shown.COLUMNS, shown.row(entry), strict=True))


def _gpkg(entries: Iterable[Entry]) -> Iterator[bytes]:
    """A layer is written whole: of each entry its row and its shape are held until then."""
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "entries.gpkg"
        exports.write_geopackage(target, [entries_layer(entries)])
        with target.open("rb") as file:
            yield from iter(lambda: file.read(1 << 20), b"")


def entries_layer(entries: Iterable[Entry]) -> exports.Layer:
    """Entries as a layer of a GeoPackage."""
    held = [(shown.row(entry), entry.geometry) for entry in entries]
    return exports.Layer("entries", shown.COLUMNS, [row for row, _ in held], [shape for _, shape in held])


# --- made by a job -----------------------------------------------------------------------------------------------


def _reader(who: Viewer, about: About) -> Viewer:
    if place := about.get("place"):
        place_from_words(place, who)
    return reader_for(who, about.get("for"))


def _write(who: Viewer, about: About, form: str, file: BinaryIO, tell: Tell) -> Sequence[str]:
    place = place_from_words(about["place"], who) if about.get("place") else None
    rows = queries.published(_reader(who, about), place, filters_from(MultiDict(about))[1])
    total, references = queries.count(rows), list[str]()

    def passing() -> Iterator[Entry]:
        for entry in in_batches(rows):
            references.append(entry.ref)
            if len(references) % TOLD_EVERY == 0:
                tell(len(references), total)
            yield entry

    for part in _content(form, passing()):
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
    layer = entries_layer(in_batches(queries.published(reader)))
    exports.write_geopackage(target, [exports.Layer("wards", columns, rows, shapes), layer])
    return len(wards), len(layer.rows)


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""
