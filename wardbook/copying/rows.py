"""The rows of a table in one form, whichever engine they are read from: what is written, compared and hashed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Generator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import Enum
from typing import Any

import shapely
from sqlalchemy import JSON, Column, Select, String, Table, Text, cast, collate, select
from sqlalchemy.engine import Connection

AT_A_TIME = 2000
Key = tuple[Any, ...]


@dataclass(frozen=True)
class Row:
    """One row by its key: its values are text, numbers, bytes or nothing, as PostgreSQL's COPY takes them."""

    key: Key
    values: tuple[Any, ...]


@dataclass(frozen=True)
class Sum:
    """How many rows a table has, and the SHA-256 over all of them in the order of their keys."""

    rows: int
    sha256: str


def columns_of(table: Table) -> list[Column[Any]]:
    """The columns that hold something; those that the engine computes follow by themselves."""
    return [column for column in table.columns if column.computed is None]


def read(connection: Connection, table: Table) -> Generator[Row]:
    """Every row, in the order of its key and a few at a time."""
    columns = columns_of(table)
    keys = [columns.index(column) for column in table.primary_key]
    found = connection.execution_options(yield_per=AT_A_TIME).execute(_asked(connection, table))
    with closing(found):
        for row in found:
            values = tuple(map(plain, row))
            yield Row(tuple(values[place] for place in keys), values)


def _asked(connection: Connection, table: Table) -> Select[Any]:
    columns = [cast(column, Text) if isinstance(column.type, JSON) else column for column in columns_of(table)]
    by_letter = connection.dialect.name == "postgresql"  # SQLite's order is that of the letters' numbers already
    order = [
        collate(column, "C") if by_letter and isinstance(column.type, String) else column
        for column in table.primary_key
    ]
    return select(*columns).order_by(*order)


def plain(value: Any) -> Any:
    """A value in the form that both engines' values are brought to."""
    match value:
        case Enum():
            return value.value
        case datetime():
            return (value.astimezone(UTC).replace(tzinfo=None) if value.tzinfo else value).isoformat()
        case date():
            return value.isoformat()
        case shapely.Geometry():
            return shapely.to_wkb(shapely.set_srid(value, 4326), hex=True, include_srid=True, byte_order=1)
        case _:
            return value


def sum_of(connection: Connection, table: Table) -> Sum:
    """A table's rows counted and hashed."""
    digest, rows = hashlib.sha256(), 0
    documents = [isinstance(column.type, JSON) for column in columns_of(table)]
    for row in read(connection, table):
        digest.update(in_one_form(row, documents))
        rows += 1
    return Sum(rows, digest.hexdigest())


def in_one_form(row: Row, documents: list[bool]) -> bytes:
    """A row as a line of JSON; which of its values are documents in JSON is said, since their spelling may differ."""
    values = [
        json.loads(value) if is_document and value is not None else value
        for value, is_document in zip(row.values, documents, strict=True)
    ]
    line = json.dumps(values, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=bytes.hex)
    return line.encode("utf-8", "surrogatepass") + b"\n"
