"""A list of entries in all its forms: page, JSON, GeoJSON, CSV and GeoPackage over the same rows."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from flask import Response
from sqlalchemy import Select

from wardbook import exports
from wardbook.db import db
from wardbook.entries import queries, shown
from wardbook.entries.models import Entry
from wardbook.errors import NotFound


def as_file(rows: Select[tuple[Entry]], suffix: str, name: str) -> Response:
    """These entries as a file, by the suffix of the list's address."""
    maker = _MAKERS.get(suffix)
    if maker is None:
        raise NotFound
    entries = db.session.scalars(queries.shown(rows)).all()
    body, kind = maker(entries)
    response = Response(body, mimetype=kind)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.{suffix}"'
    return response


def _csv(entries: Sequence[Entry]) -> tuple[bytes, str]:
    return exports.csv_bytes(shown.COLUMNS, map(shown.row, entries)), "text/csv"


def _geojson(entries: Sequence[Entry]) -> tuple[bytes, str]:
    return exports.geojson_bytes([shown.feature(entry) for entry in entries]), "application/geo+json"


def _json(entries: Sequence[Entry]) -> tuple[bytes, str]:
    rows = [dict(zip(shown.COLUMNS, shown.row(entry), strict=True)) for entry in entries]
    return json.dumps({"entries": rows}, ensure_ascii=False).encode(), "application/json"


def _gpkg(entries: Sequence[Entry]) -> tuple[bytes, str]:
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "entries.gpkg"
        exports.write_geopackage(target, [entries_layer(entries)])
        return target.read_bytes(), "application/geopackage+sqlite3"


def entries_layer(entries: Sequence[Entry]) -> exports.Layer:
    """Entries as a layer of a GeoPackage."""
    rows = [shown.row(entry) for entry in entries]
    return exports.Layer("entries", shown.COLUMNS, rows, [entry.geometry for entry in entries])


_MAKERS: dict[str, Callable[[Sequence[Entry]], tuple[bytes, str]]] = {
    "csv": _csv,
    "geojson": _geojson,
    "json": _json,
    "gpkg": _gpkg,
}
