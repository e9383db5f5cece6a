"""A list of entries in all its forms: page, JSON, GeoJSON, CSV and GeoPackage over the same rows."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path

from flask import Response
from sqlalchemy import Select

from wardbook import exports
from wardbook.areas import queries as areas
from wardbook.db import db
from wardbook.entries import queries, shown, ties
from wardbook.entries.models import Entry
from wardbook.errors import NotFound
from wardbook.policy import Viewer

Differing = Mapping[int, str]
"""By the id of a note, the reference of the one that it sees differently, where the reader sees that"""


def as_file(rows: Select[Entry], suffix: str, name: str, reader: Viewer) -> Response:
    """These entries as a file, by the suffix of the list's address."""
    maker = _MAKERS.get(suffix)
    if maker is None:
        raise NotFound
    entries = db.session.scalars(queries.shown(rows)).all()
    body, kind = maker(entries, ties.seen_differently(reader))
    response = Response(body, mimetype=kind)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.{suffix}"'
    return response


def _csv(entries: Sequence[Entry], differing: Differing) -> tuple[bytes, str]:
    return exports.csv_bytes(shown.COLUMNS, (shown.row(entry, differing) for entry in entries)), "text/csv"


def _geojson(entries: Sequence[Entry], differing: Differing) -> tuple[bytes, str]:
    features = [shown.feature(entry, differing) for entry in entries]
    return exports.geojson_bytes(features), "application/geo+json"


def _json(entries: Sequence[Entry], differing: Differing) -> tuple[bytes, str]:
    rows = [dict(zip(shown.COLUMNS, shown.row(entry, differing), strict=True)) for entry in entries]
    return json.dumps({"entries": rows}, ensure_ascii=False).encode(), "application/json"


def _gpkg(entries: Sequence[Entry], differing: Differing) -> tuple[bytes, str]:
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "entries.gpkg"
        exports.write_geopackage(target, [entries_layer(entries, differing)])
        return target.read_bytes(), "application/geopackage+sqlite3"


def entries_layer(entries: Sequence[Entry], differing: Differing) -> exports.Layer:
    """Entries as a layer of a GeoPackage."""
    rows = [shown.row(entry, differing) for entry in entries]
    return exports.Layer("entries", shown.COLUMNS, rows, [entry.geometry for entry in entries])


def export_all(target: Path, reader: Viewer) -> tuple[int, int]:
    """Write the wards in force and every entry a reader sees to a fresh GeoPackage; how many of each."""
    wards = areas.wards()
    entries = db.session.scalars(queries.shown(queries.published(reader))).all()
    columns = ("code", "name", "set", "from_on", "until_on", "source", "licence")
    rows = [
        (ward.code, ward.name, ward.set.name, _iso(ward.set.from_on), _iso(ward.set.until_on),
         ward.set.source, ward.set.licence)
        for ward in wards
    ]  # fmt: skip
    shapes = [ward.geometry for ward in wards]
    exports.write_geopackage(
        target, [exports.Layer("wards", columns, rows, shapes), entries_layer(entries, ties.seen_differently(reader))]
    )
    return len(wards), len(entries)


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""


_MAKERS: dict[str, Callable[[Sequence[Entry], Differing], tuple[bytes, str]]] = {
    "csv": _csv,
    "geojson": _geojson,
    "json": _json,
    "gpkg": _gpkg,
}
