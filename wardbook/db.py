"""The store: one session, one geometry column, and all that differs between SQLite and PostGIS."""

from __future__ import annotations

import hashlib
import os
import struct
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from functools import lru_cache, partial
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from threading import Lock, get_ident
from time import monotonic
from typing import Any, Final, NamedTuple, cast

import shapely
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    ColumnElement,
    DateTime,
    Dialect,
    Float,
    Function,
    MetaData,
    Select,
    String,
    TypeDecorator,
    and_,
    bindparam,
    column,
    event,
    func,
    inspect,
    literal,
    make_url,
    select,
    table,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql.base import PGDialect
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import DeclarativeBase, registry
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.types import UserDefinedType

from wardbook.config import Settings
from wardbook.errors import Refused

# --- columns -----------------------------------------------------------------------------------------------------

_ENVELOPE_BYTES = {0: 0, 1: 32, 2: 48, 3: 48, 4: 64}
_POINT_BYTES = 8 + 32 + 21
"""A GeoPackage blob with an envelope that holds one point: its coordinates are the last two numbers."""
_EWKB_POINT_BYTES = 1 + 4 + 4 + 16
"""The same as PostGIS gives it, little-endian and with its SRID."""


def to_blob(shape: shapely.Geometry) -> bytes:
    """GeoPackage binary (OGC 12-128, clause 2.1.3): little-endian header with an envelope, then WKB; SRS 4326."""
    empty = shape.is_empty
    flags = 0b0001_0001 if empty else 0b0000_0011
    header = struct.pack("<2sBBi", b"GP", 0, flags, 4326)
    if not empty:
        west, south, east, north = shape.bounds
        header += struct.pack("<4d", west, east, south, north)
    return header + bytes(shapely.to_wkb(shape, byte_order=1))


def from_blob(blob: bytes) -> shapely.Geometry:
    """The shape in a GeoPackage blob, whichever envelope it carries."""
    return shapely.from_wkb(blob[8 + _ENVELOPE_BYTES[blob[3] >> 1 & 0b111] :])


def _envelope(blob: bytes) -> tuple[float, float, float, float] | None:
    """minx, maxx, miny, maxy as the blob's header has them; None for an empty shape."""
    if blob[3] & 0b0001_0000:
        return None
    return struct.unpack_from("<4d", blob, 8)


class GeometryColumn(UserDefinedType[shapely.Geometry]):
    """A shape in WGS 84: a GeoPackage blob on SQLite, `geometry(Geometry,4326)` on PostGIS, shapely in Python."""

    cache_ok = True

    def __init__(self, *_: str) -> None:
        """PostGIS gives the kind and the SRID of a column that is looked at; ours are all the same."""

    def get_col_spec(self, **_: Any) -> str:
        return "GEOMETRY"

    def bind_processor(self, dialect: Dialect) -> Any:
        if dialect.name == "sqlite":
            return lambda shape: None if shape is None else to_blob(shape)
        return lambda shape: None if shape is None else shapely.to_wkb(shapely.set_srid(shape, 4326), include_srid=True)

    def bind_expression(self, bindvalue: Any) -> ColumnElement[Any]:
        return _AsStored(bindvalue, type_=self)

    def column_expression(self, colexpr: Any) -> ColumnElement[Any]:
        return _AsRead(colexpr, type_=self)

    def result_processor(self, dialect: Dialect, coltype: object) -> Any:
        read = from_blob if dialect.name == "sqlite" else shapely.from_wkb
        return lambda blob: None if blob is None else read(bytes(blob))


class AsGeoJSON(GeometryColumn):
    """A stored shape read as the text of a GeoJSON geometry: a point, as most are, is never made a shape."""

    cache_ok = True

    def result_processor(self, dialect: Dialect, coltype: object) -> Any:
        point, read = (_POINT_BYTES, from_blob) if dialect.name == "sqlite" else (_EWKB_POINT_BYTES, shapely.from_wkb)

        def geojson(stored: Any) -> str:
            if len(stored) == point:
                x, y = struct.unpack_from("<2d", stored, point - 16)
                return f'{{"type": "Point", "coordinates": [{x!r}, {y!r}]}}'
            return str(shapely.to_geojson(read(bytes(stored))))

        return geojson


PGDialect.ischema_names["geometry"] = GeometryColumn


class _AsStored(Function[Any]):
    """A bound shape as the engine wants it."""

    inherit_cache = True

    def __init__(self, *clauses: Any, type_: Any) -> None:
        super().__init__("ST_GeomFromEWKB", *clauses, type_=type_)


class _AsRead(Function[Any]):
    """A stored shape as bytes."""

    inherit_cache = True

    def __init__(self, *clauses: Any, type_: Any) -> None:
        super().__init__("ST_AsEWKB", *clauses, type_=type_)


@compiles(GeometryColumn, "sqlite")
def _blob_type(element: GeometryColumn, compiler: Any, **_: Any) -> str:
    return "BLOB"


@compiles(GeometryColumn, "postgresql")
def _geometry_type(element: GeometryColumn, compiler: Any, **_: Any) -> str:
    return "geometry(Geometry,4326)"


@compiles(_AsStored, "sqlite")
@compiles(_AsRead, "sqlite")
def _as_it_is(element: Function[Any], compiler: SQLCompiler, **kw: Any) -> str:
    return compiler.process(element.clause_expr.element, **kw)


class Moment(TypeDecorator[datetime]):
    """A moment in UTC: aware in Python, without its offset in the store."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return value if value is None else value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return value if value is None else value.replace(tzinfo=UTC)


NAMING = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Every table's base; a column without a given type takes it from this map."""

    registry = registry(
        metadata=MetaData(naming_convention=NAMING),
        type_annotation_map={datetime: Moment, shapely.Geometry: GeometryColumn, str: String},
    )


ID_USED_ONCE: Final = {"sqlite_autoincrement": True}
"""For a table whose rows go while jobs, letters or links still name them by id: SQLite gives no id twice either"""

db = SQLAlchemy(model_class=Base)


def now() -> datetime:
    """This moment, to the second: what people are shown is what is kept."""
    return datetime.now(UTC).replace(microsecond=0)


def add_once(model: Any, **values: object) -> int | None:
    """Add a row unless one with its unique words is there already, however many try at once: its id, or None."""
    insert = sqlite.insert if db.engine.dialect.name == "sqlite" else postgresql.insert
    db.session.flush()
    added: int | None = db.session.scalar(insert(model).values(values).on_conflict_do_nothing().returning(model.id))
    return added


# --- where things are --------------------------------------------------------------------------------------------


def touches(model: Any, shape: shapely.Geometry) -> ColumnElement[bool]:
    """Whether a row's shape and a WGS 84 shape share a point: the index finds candidates, the geometry answers.

    The two steps are needed: SQLite's R*Tree keeps single-precision corners and so finds a little too much.
    """
    return and_(_near(model, shape.bounds), func.ST_Intersects(model.geometry, literal(shape, GeometryColumn())))


def touches_given(model: Any, name: str) -> ColumnElement[bool]:
    """The same of a shape that is only given when the query is asked: `glance(asked, **given(name, shape))`."""
    sides = [bindparam(side, None, type_=Float) for side in _sides(name)]
    return and_(_near(model, sides), func.ST_Intersects(model.geometry, bindparam(name, None, type_=GeometryColumn())))


def given(name: str, shape: shapely.Geometry) -> dict[str, object]:
    """A shape as the values of `touches_given`."""
    return {name: shape, **dict(zip(_sides(name), shape.bounds, strict=True))}


def _sides(name: str) -> list[str]:
    return [f"{name}_{side}" for side in ("west", "south", "east", "north")]


def _near(model: Any, box: Sequence[Any]) -> ColumnElement[bool]:
    """What the spatial index finds near a box: the R*Tree's table on SQLite, the GiST operator on PostGIS."""
    west, south, east, north = box
    found: ColumnElement[bool]
    if db.engine.dialect.name != "sqlite":
        found = model.geometry.bool_op("&&")(func.ST_MakeEnvelope(west, south, east, north, 4326))
        return found
    index = _rtree(model.__tablename__)
    overlap = and_(index.maxx >= west, index.minx <= east, index.maxy >= south, index.miny <= north)
    found = model.id.in_(select(index.id).where(overlap))
    return found


@lru_cache(maxsize=8)
def _rtree(of: str) -> Any:
    return table(f"rtree_{of}_geometry", *map(column, ("id", "minx", "maxx", "miny", "maxy"))).c


@lru_cache(maxsize=64)
def _prepared(blob: bytes, _: int) -> tuple[shapely.Geometry, tuple[float, float, float, float] | None]:
    """A shape that is asked about, ready to be asked often; and its bounds, where they are all of it.

    Each thread has its own: GEOS crashes where two use one prepared shape.
    """
    shape = from_blob(blob)
    shapely.prepare(shape)
    box = shape.bounds if not shape.is_empty and shape.equals(shape.envelope) and shape.area else None
    return shape, box


def _intersects(stored: bytes | None, asked: bytes | None) -> bool | None:
    if stored is None or asked is None:
        return None
    shape, box = _prepared(asked, get_ident())
    if len(stored) != _POINT_BYTES:
        return bool(shapely.intersects(shape, from_blob(stored)))
    x, y = struct.unpack_from("<2d", stored, _POINT_BYTES - 16)
    if box is not None:
        return bool(box[0] <= x <= box[2] and box[1] <= y <= box[3])
    return bool(shapely.intersects_xy(shape, x, y))


# --- who writes first --------------------------------------------------------------------------------------------


def number_of(what: Sequence[object]) -> int:
    """The signed 64-bit number by which PostgreSQL knows a lock."""
    digest = hashlib.blake2b("\x1f".join(map(str, what)).encode(), digest_size=8).digest()
    return int.from_bytes(digest, signed=True)


def alone(*what: object) -> None:
    """Before looking whether something is there and making it: whoever comes to the same words waits until this
    transaction ends, and then finds what it made. On SQLite a writing transaction is alone from its beginning.
    """
    if db.session.connection().dialect.name != "sqlite":
        db.session.execute(select(func.pg_advisory_xact_lock(number_of(what))))


def beside_others(*what: object) -> None:
    """Many may be beside each other; whoever is `alone` with the same words waits for them, and they for it.
    What is kept in memory may be older than what was waited for.
    """
    if db.engine.dialect.name != "sqlite":
        db.session.execute(select(func.pg_advisory_xact_lock_shared(number_of(what))))
        changed()


def hold(thing: object) -> None:
    """Before checking a row and changing it: nobody else changes it until this transaction ends, and what is checked is
    what the last of them left. While only reading, or on SQLite (see `alone`), there is nothing to do.
    """
    state = inspect(thing, raiseerr=False)
    if state is None or not state.persistent or not _writing.get() or db.engine.dialect.name == "sqlite":
        return
    db.session.flush()
    key = and_(*(column == value for column, value in zip(state.mapper.primary_key, state.identity, strict=True)))
    row = select(state.mapper).where(key).with_for_update(of=state.mapper.local_table)
    db.session.scalars(row.execution_options(populate_existing=True)).all()


# --- the session -------------------------------------------------------------------------------------------------

PATIENCE = 30
"""For so many seconds a writer waits for another"""
QUIET = 1.0
"""Seconds after which a connection to PostgreSQL is asked whether it is still there before it is used again"""

_writing: ContextVar[bool] = ContextVar("writing", default=False)


def intend_to_write(yes: bool) -> None:
    """Say before the first query whether this request will write: if so, its transaction begins with the lock."""
    _writing.set(yes)


def is_writing() -> bool:
    """Whether this is a request, or a piece of work, that writes."""
    return _writing.get()


_numbers = count(1)
_change = 0


def changes() -> int:
    """A number that differs after every commit of this process and every `changed`: what was read before may be old."""
    return _change


def changed(*_: object) -> None:
    """Say that something has changed that is kept in memory."""
    global _change  # noqa: PLW0603 - one number a process
    _change = next(_numbers)


event.listen(db.session, "after_commit", changed)


def glance(asked: Select[Any], **values: object) -> list[Sequence[Any]]:
    """The rows of one query with these values, as they are kept: past the session, in a moment of its own.

    For what is asked often and needs nothing but plain columns: a session costs more than the query. `asked` is one
    object that is kept, so that it is made into SQL once.
    """
    ready = _made_ready(asked, db.engine.dialect)
    values = ready.fixed | values
    sent = {name: made(values[name]) for name, made in ready.to_store.items() if name in values}
    values |= sent
    connection = db.engine.raw_connection()
    try:
        cursor = connection.cursor()
        cursor.execute(ready.words, values if ready.order is None else [values[name] for name in ready.order])
        codes = tuple(column[1] for column in cursor.description or ())
        rows = [list(row) for row in cursor.fetchall()]
    finally:
        connection.close()
    from_store = _readers(asked, db.engine.dialect, codes)
    for row in rows:
        for place, read in from_store:
            row[place] = read(row[place])
    return cast("list[Sequence[Any]]", rows)


class _Ready(NamedTuple):
    """A query as the driver takes it, and how values are made what the store keeps."""

    words: str
    order: tuple[str, ...] | None
    fixed: dict[str, Any]
    to_store: dict[str, Callable[[Any], Any]]


@lru_cache(maxsize=512)
def _made_ready(asked: Select[Any], dialect: Dialect) -> _Ready:
    compiled: Any = asked.compile(dialect=dialect, compile_kwargs={"render_postcompile": True})
    return _Ready(
        words=str(compiled),
        order=tuple(compiled.positiontup) if compiled.positiontup else None,
        fixed={name: value for name, value in compiled.params.items() if value is not None},
        to_store=dict(compiled._bind_processors),
    )


@lru_cache(maxsize=512)
def _readers(asked: Select[Any], dialect: Dialect, codes: tuple[Any, ...]) -> list[tuple[int, Callable[[Any], Any]]]:
    """How what comes back of a query is read, by its place in a row; `codes` are the driver's for its columns."""
    kinds = [column.type.dialect_impl(dialect) for column in asked.selected_columns]
    read = [kind.result_processor(dialect, code) for kind, code in zip(kinds, codes, strict=True)]
    return [(place, made) for place, made in enumerate(read) if made is not None]


@contextmanager
def before_the_lock() -> Iterator[None]:
    """In a writing request: look something up first, so that slow work that follows keeps nobody else waiting."""
    intended = _writing.get()
    intend_to_write(False)
    try:
        yield
    finally:
        db.session.rollback()
        intend_to_write(intended)


@contextmanager
def transaction() -> Iterator[None]:
    """One writing transaction of its own: all of it, or nothing. What was only being read before is let go of first."""
    before = _writing.get()
    db.session.rollback()
    intend_to_write(True)
    try:
        yield
        db.session.commit()
    except BaseException:
        db.session.rollback()
        raise
    finally:
        intend_to_write(before)


class _NotForGood(Exception):
    """What ends a trial."""


@contextmanager
def trial(*, commit: bool) -> Iterator[None]:
    """A writing transaction that is undone again unless it is to be kept: a dry run does all that the real one does."""
    try:
        with transaction():
            yield
            if not commit:
                raise _NotForGood
    except _NotForGood:
        pass


def configure(app: Flask, settings: Settings) -> None:
    """Open the store for an application. The embedded file is made with mode 0600 and is never handed over."""
    url = make_url(settings.database_url)
    options: dict[str, Any] = {"connect_args": {"prepare_threshold": None}}  # for pgbouncer
    if settings.embedded:
        if url.database:
            os.close(os.open(Path(url.database), os.O_CREAT | os.O_RDWR, 0o600))
        options = {"connect_args": {"timeout": PATIENCE, "check_same_thread": False}}
    elif find_spec("psycopg") is None:
        raise Refused("PostgreSQL needs a library that is not installed: pip install 'wardbook[postgresql]'.")
    app.config["SQLALCHEMY_DATABASE_URI"] = settings.database_url
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = options
    db.init_app(app)
    with app.app_context():
        if settings.embedded:
            event.listen(db.engine, "connect", _prepare_sqlite)
            writer = Lock()
            event.listen(db.engine, "begin", partial(_begin_sqlite, writer))
            event.listen(db.engine, "checkin", partial(_let_another_write, writer))
        else:
            event.listen(db.engine, "begin", _begin_postgresql)
            event.listen(db.engine, "checkin", _used_just_now)
            event.listen(db.engine, "checkout", partial(_ask_if_there, db.engine.dialect))


class StillRead(Exception):
    """Somebody reads, for longer than writers wait, what the log of the store still holds."""


def empty_log() -> None:
    """Leave nothing in SQLite's log of what was written over or taken away: it is put into the store and emptied.
    Outside any transaction. Raises StillRead. PostgreSQL's own log is its operator's.
    """
    if db.engine.dialect.name != "sqlite":
        return
    db.session.rollback()
    connection = db.engine.raw_connection()
    try:
        busy, _, _ = connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    finally:
        connection.close()
    if busy:
        raise StillRead


def _prepare_sqlite(connection: Any, _: object) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves
    for pragma in ("journal_mode=WAL", "foreign_keys=ON", "synchronous=FULL", "secure_delete=ON"):
        connection.execute(f"PRAGMA {pragma}")
    for place, name in enumerate(("ST_MinX", "ST_MaxX", "ST_MinY", "ST_MaxY")):
        connection.create_function(name, 1, partial(_side, place), deterministic=True)
    connection.create_function("ST_Intersects", 2, _intersects, deterministic=True)


def _side(place: int, blob: bytes | None) -> float | None:
    box = None if blob is None else _envelope(blob)
    return None if box is None else box[place]


def _begin_sqlite(writer: Lock, connection: Connection) -> None:
    """Of the threads of a process one at a time asks for the write lock.

    SQLite lets who waits for it sleep and try again: among many somebody could go on missing it.
    """
    if not _writing.get():
        connection.exec_driver_sql("BEGIN")
        return
    if not connection.info.get("writes"):
        connection.info["writes"] = writer.acquire(timeout=PATIENCE)
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _let_another_write(writer: Lock, _: object, record: Any) -> None:
    """A connection goes back when its transaction has ended, well or not."""
    if record.info.pop("writes", False):
        writer.release()


def _begin_postgresql(connection: Connection) -> None:
    """What only reads sees one moment throughout, as it does on SQLite; psycopg says so with its BEGIN."""
    from psycopg import IsolationLevel

    driver: Any = connection.connection.driver_connection
    driver.isolation_level = None if _writing.get() else IsolationLevel.REPEATABLE_READ


def _used_just_now(_: object, record: Any) -> None:
    record.info["used_at"] = monotonic()


def _ask_if_there(dialect: Dialect, connection: Any, record: Any, _: object) -> None:
    """A connection that lay quiet may have been ended by the server; the pool then opens another. To ask before every
    use would cost each request a round trip.
    """
    if monotonic() - record.info.get("used_at", monotonic()) < QUIET:
        return
    try:
        dialect.do_ping(connection)
    except dialect.loaded_dbapi.Error as gone:
        raise DisconnectionError from gone
