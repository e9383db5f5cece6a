"""Tables brought from one store into another: what is missing is added, what differs is refused."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from itertools import chain, islice
from typing import Any

from sqlalchemy import JSON, Integer, Table, func, select, text
from sqlalchemy.engine import Connection, Engine

from wardbook.copying.rows import Row, columns_of, in_one_form, read
from wardbook.errors import Refused

BATCH = 10_000
Progress = Callable[[int], None]


def missing(source: Connection, target: Connection, table: Table) -> Generator[Row]:
    """The rows that the target lacks. Raises Refused at a row that it alone has, or has otherwise."""
    documents = [isinstance(column.type, JSON) for column in columns_of(table)]
    with closing(read(target, table)) as theirs, closing(read(source, table)) as ours:
        held = next(theirs, None)
        for row in ours:
            if held is not None and held.key < row.key:
                break
            if held is None or held.key > row.key:
                yield row
            elif in_one_form(held, documents) != in_one_form(row, documents):
                raise Refused(f"{_named(table, held)} differs in the target: give an empty database.")
            else:
                held = next(theirs, None)
    if held is not None:
        raise Refused(f"The target holds other data ({_named(table, held)}): give an empty database.")


def _named(table: Table, row: Row) -> str:
    return f"{table.name} {' '.join(map(str, row.key))}"


def fill(source: Connection, target: Engine, table: Table, progress: Progress) -> int:
    """Add what is missing, each batch in a transaction of its own; how many rows that was.

    A table whose rows name each other goes in one piece, since PostgreSQL asks at the end of it whether all are there.
    """
    size = None if any(key.column.table is table for key in table.foreign_keys) else BATCH
    added = 0
    with target.connect() as reading, closing(missing(source, reading, table)) as rows:
        while (first := next(rows, None)) is not None:
            added += _copy(target, table, islice(chain([first], rows), size), progress)
    return added


def _copy(target: Engine, table: Table, rows: Iterator[Row], progress: Progress) -> int:
    from psycopg import DataError, sql

    columns = sql.SQL(", ").join(sql.Identifier(column.name) for column in columns_of(table))
    command = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table.name), columns)
    written = 0
    with target.begin() as connection:
        driver: Any = connection.connection.driver_connection
        try:
            with driver.cursor() as cursor, cursor.copy(command) as copy:
                for row in rows:
                    copy.write_row(row.values)
                    written += 1
        except DataError as error:
            said = str(error).splitlines()[0]
            raise Refused(f"PostgreSQL cannot keep a row of {table.name} after {written:,} others: {said}.") from None
    progress(written)
    return written


def last_id(source: Connection, table: Table) -> int | None:
    """The last id that a table gave to a row, also to one that is gone; None where it gives none, or gave none yet."""
    column = table.autoincrement_column
    if column is None or not isinstance(column.type, Integer):
        return None
    last: int | None = source.scalar(select(func.max(column)))
    if table.dialect_options["sqlite"]["autoincrement"]:
        given = source.scalar(text("SELECT seq FROM sqlite_sequence WHERE name = :table"), {"table": table.name})
        last = max(last or 0, given or 0) or None
    return last


def set_sequence(connection: Connection, table: Table, last: int | None) -> None:
    """Let the next row of a table take the number after its last."""
    column = table.autoincrement_column
    if column is not None and last is not None:
        quoted = connection.dialect.identifier_preparer.quote(table.name)
        sequence = text("SELECT setval(pg_get_serial_sequence(:table, :column), :last)")
        connection.execute(sequence, {"table": quoted, "column": column.name, "last": last})
