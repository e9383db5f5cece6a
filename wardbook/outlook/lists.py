"""A list of entries in all its forms: page, JSON, GeoJSON, CSV and GeoPackage over the same rows."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from flask import Response, stream_with_context
from sqlalchemy import Select

from wardbook import exports
from wardbook.areas import queries as areas
from wardbook.db import db
from wardbook.entries import features, queries, shown
from wardbook.entries.models import Entry
from wardbook.policy import Viewer
from wardbook.web import or_404


def as_file(rows: Select[Entry], suffix: str, name: str, limit: int | None = None) -> Response:
    """These entries as a file, by the suffix of the list's address: all of them, or the newest so many."""
    if suffix == "geojson":
        pieces = features.geojson(rows, limit)
        small = limit is not None and limit <= features.BATCH
        body: Any = b"".join(pieces) if small else stream_with_context(pieces)
        response = Response(body, mimetype="application/geo+json")
    else:
        maker = or_404(_MAKERS.get(suffix))
        body, kind = maker(db.session.scalars(queries.shown(rows).limit(limit)).all())
        response = Response(body, mimetype=kind)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.{suffix}"'
    return response


def _csv(entries: Sequence[Entry]) -> tuple[bytes, str]:
    return exports.csv_bytes(shown.COLUMNS, map(shown.row, entries)), "text/csv"


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
    exports.write_geopackage(target, [exports.Layer("wards", columns, rows, shapes), entries_layer(entries)])
    return len(wards), len(entries)


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""


_MAKERS: dict[str, Callable[[Sequence[Entry]], tuple[bytes, str]]] = {
    "csv": _csv,
    "json": _json,
    "gpkg": _gpkg,
}
