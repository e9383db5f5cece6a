"""A small borough of four square wards, a cast known everywhere, and plain factories for what they tell."""

from __future__ import annotations

import gc
import os
import re
import secrets
from collections.abc import Callable, Iterator
from contextvars import Context
from dataclasses import dataclass, replace
from datetime import date
from html import unescape
from pathlib import Path
from typing import Any, ClassVar

import pytest
import shapely
from flask import Flask
from flask.testing import FlaskClient
from jinja2.bccache import Bucket, BytecodeCache
from sqlalchemy import Dialect, Engine
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from tests.engines import ENGINE
from tests.servers import empty_database, server
from tests.told import pytest_terminal_summary
from wardbook import geo, store
from wardbook.app import create_app
from wardbook.areas.actions import PostcodeRow, SetDescription, add_boundary_set, add_postcodes
from wardbook.areas.boundary_files.reading import ReadArea, Reading
from wardbook.config import Settings
from wardbook.db import db, now, transaction
from wardbook.entries import actions
from wardbook.entries.kinds import CONTRIBUTIONS, Basis, Channel, Kind, Topic
from wardbook.entries.models import Category, Entry
from wardbook.people.actions import Grant, add_person, person_with, service_called
from wardbook.people.models import Person
from wardbook.people.queries import person_by_email, viewer_of
from wardbook.policy import Role, Viewer
from wardbook.shared import Level, Standing

__all__ = ["empty_database", "pytest_terminal_summary", "server"]
ROOT = Path(__file__).resolve().parent.parent
CORNER = (375_000, 164_000)
"""South-west corner of the borough on the British grid: each ward is a square of a kilometre."""
MILL, BRIDGE, CASTLE, DOCK = "T05000001", "T05000002", "T05000003", "T05000004"
WARDS = {MILL: ("Mill", 0, 0), BRIDGE: ("Bridge", 1, 0), CASTLE: ("Castle", 0, 1), DOCK: ("Dock", 1, 1)}


@dataclass(frozen=True)
class Member:
    """One of the cast."""

    email: str
    name: str
    roles: tuple[Role, ...] = ()
    ward: str | None = None

    def __str__(self) -> str:
        return self.name


NOBODY = Member("", "Nobody")
RESIDENT = Member("resident@example.org", "Rhian Resident", (Role.RESIDENT,))
NEIGHBOUR = Member("neighbour@example.org", "Nia Neighbour", (Role.RESIDENT,))
CLLR = Member("cllr@example.org", "Carys Mill", (Role.COUNCILLOR,), MILL)
CLLR_NEXT_DOOR = Member("next-door@example.org", "Bryn Bridge", (Role.COUNCILLOR,), BRIDGE)
OFFICER = Member("officer@example.org", "Owen Officer", (Role.OFFICER,))
MODERATOR = Member("moderator@example.org", "Mair Moderator", (Role.MODERATOR,))
ADMINISTRATOR = Member("administrator@example.org", "Alun Administrator", (Role.ADMINISTRATOR,))
CAST = (NOBODY, RESIDENT, NEIGHBOUR, CLLR, CLLR_NEXT_DOOR, OFFICER, MODERATOR, ADMINISTRATOR)


def shared_data() -> Path:
    """The folder of open data; CI has it and may not skip."""
    return Path(os.environ.get("WARDBOOK_TEST_DATA", ROOT.parent / "shared" / "data"))


@pytest.fixture(scope="session")
def open_data() -> Path:
    folder = shared_data()
    if not folder.is_dir():
        pytest.skip(f"the open data is not there: set WARDBOOK_TEST_DATA (looked in {folder.name})")
    return folder


def square(column: float, row: float, side: float = 1000, height: float | None = None) -> shapely.Polygon:
    """A rectangle in kilometres from the borough's corner, in WGS 84."""
    x, y = CORNER[0] + column * 1000, CORNER[1] + row * 1000
    on_grid = shapely.box(x, y, x + side, y + (height or side))
    return geo.reproject(on_grid, geo.BRITISH_GRID, geo.WGS84)


def spot(column: float, row: float) -> shapely.Point:
    """A point in kilometres from the borough's corner, in WGS 84: converted as the wards are."""
    on_grid = shapely.Point(CORNER[0] + column * 1000, CORNER[1] + row * 1000)
    moved = geo.reproject(on_grid, geo.BRITISH_GRID, geo.WGS84)
    return geo.point(moved.x, moved.y)


IN_MILL, IN_BRIDGE = (0.4, 0.6), (1.5, 0.5)


def settings_in(home: Path, **changes: Any) -> Settings:
    """Settings for a test: everything under one folder, mail in the outbox."""
    database = changes.pop("database_url", None) or ENGINE.url(home)
    chosen = Settings(
        home=home, database_url=database, secret_key="for tests alone",
        council_name="Testham", council_code="", crs=27700, base_url="http://localhost", mail="outbox:",
        mail_from="wardbook@example.org", brand_colour="#00573d", tiles_url="", tiles_attribution="", os_licence="",
        ward_type="ward",
    )  # fmt: skip
    return replace(chosen, **changes)


class Compiled(BytecodeCache):
    """Templates, compiled once a process: every test has an application of its own."""

    kept: ClassVar[dict[str, bytes]] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self.kept:
            bucket.bytecode_from_string(self.kept[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self.kept[bucket.key] = bucket.bytecode_to_string()


class Known(Rule):
    """An address whose builder is compiled once a process: of what it is made the rule's own words are all."""

    built: ClassVar[dict[object, Callable[..., tuple[str, str]]]] = {}

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        words = tuple(self._trace), repr(self.defaults), append_unknown
        if words not in self.built:
            self.built[words] = super()._compile_builder(append_unknown)
        return self.built[words]


Flask.url_rule_class = Known
_made: list[Flask] = []
_dialects: dict[str, Dialect] = {}
_statements: dict[str, dict[Any, Any]] = {"sqlite": {}, "postgresql": {}}


def _compile_sql_once(engine: Engine) -> None:
    """Statements, compiled once a process and not for each test: SQLAlchemy keeps them beside their dialect. It is
    the first one's that was ever connected, since only then it knows its server.
    """
    name = engine.dialect.name
    known = _dialects.setdefault(name, engine.dialect)
    if known.server_version_info is None:
        _dialects[name] = known = engine.dialect
    engine.dialect = known
    engine.update_execution_options(compiled_cache=_statements[name])


def pytest_collection_finish() -> None:
    """What was loaded until now stays: to look through all of it again and again took a quarter of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


@pytest.fixture(autouse=True)
def nothing_is_left_open(request: pytest.FixtureRequest) -> Iterator[None]:
    """Close the connections of the applications a test made, and drop the databases of homes in its own folder."""
    yield
    folder = request.node.funcargs.get("tmp_path")
    if folder is not None:
        for app in _made:
            home = app.extensions["wardbook.settings"].home
            if folder in (home, *home.parents):
                with app.app_context():
                    db.engine.dispose()
        ENGINE.drop_under(folder)
    _made.clear()


def application(home: Path, **changes: Any) -> Flask:
    app = create_app(settings_in(home, **changes))
    _made.append(app)
    app.jinja_env.bytecode_cache = Compiled()
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    app.test_client_class = Browser
    with app.app_context():
        _compile_sql_once(db.engine)
    return app


def _borough() -> Reading:
    areas = [
        ReadArea(row, code, name, (), shapely.MultiPolygon([square(column, line)]))
        for row, (code, (name, column, line)) in enumerate(WARDS.items(), start=1)
    ]
    return Reading(tuple(areas), (), (), "EPSG:4326", "file", "code", "name", None, len(areas))


def _people_the_borough() -> None:
    add_boundary_set(SetDescription("Wards of Testham", "ward", date(2020, 5, 7)), _borough())
    add_postcodes(
        [PostcodeRow("ZZ11AA", spot(*IN_MILL).x, spot(*IN_MILL).y)], file_name="t.csv", dated_on=date(2024, 1, 1)
    )
    for member in CAST[1:]:
        person = person_with(member.email, member.name)
        person.confirmed_at = now()
        for role in member.roles:
            service = "Highways" if role is Role.OFFICER else None
            add_person(member.email, Grant(role, member.ward, service), name=member.name)
    highways = service_called("Highways")
    told = [str(kind) for kind in CONTRIBUTIONS if kind is not Kind.ASSET]
    for name, kinds in (("Dropped kerbs", told), ("Place to meet", [str(Kind.ASSET)])):
        db.session.add(Category(service=highways, name=name, kinds=kinds))
    db.session.add(Category(service=highways, name="About a person", kinds=[str(Kind.ISSUE)], moderated=True))


@pytest.fixture(scope="session")
def borough(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with the borough and the cast, made once and copied for each test."""
    home = tmp_path_factory.mktemp("borough")
    app = application(home)
    with app.app_context():
        store.make_ready()
        with transaction():
            _people_the_borough()
        db.engine.dispose()
    return home


@pytest.fixture
def home(borough: Path, tmp_path: Path) -> Path:
    return ENGINE.copy(borough, tmp_path / "home")


@pytest.fixture
def app(home: Path) -> Iterator[Flask]:
    made = application(home)
    with made.app_context():
        yield made
        db.session.remove()
        db.engine.dispose()


class Browser(FlaskClient):
    """A client whose requests share nothing with the test around them; the test then reads what they wrote.

    Answers are read to their end at once, so that files are closed and what is left for after an answer is done.
    """

    def open(self, *args: Any, **kwargs: Any) -> Any:
        kwargs.setdefault("buffered", True)
        answer = Context().run(super().open, *args, **kwargs)
        db.session.rollback()
        return answer


@pytest.fixture
def as_(app: Flask) -> Callable[[Member], FlaskClient]:
    """A browser in which a member of the cast is signed in."""

    def client_of(member: Member) -> FlaskClient:
        client = app.test_client()
        if member.email:
            with client.session_transaction() as session:
                session["_user_id"] = person_of(member).fs_uniquifier
                session["_fresh"] = True
        return client

    return client_of


def person_of(member: Member) -> Person:
    person = person_by_email(member.email)
    assert person is not None
    return person


def as_viewer(member: Member) -> Viewer:
    """A member of the cast as the policy sees them."""
    return viewer_of(person_of(member) if member.email else None)


def category(name: str = "Dropped kerbs") -> Category:
    return db.session.query(Category).filter_by(name=name).one()


def every_page(client: FlaskClient, address: str) -> list[TestResponse]:
    """A list from its first page to its last, by the links between them."""
    answers = [client.get(address)]
    while following := re.search(r'<a class="[^"]*" href="([^"]*)" rel="next">', answers[-1].text):
        answers.append(client.get(unescape(following[1])))
        assert len(answers) < 50
    return answers


def an_issue(
    title: str = "No dropped kerb", *, by: Member | None = RESIDENT, at: tuple[float, float] = IN_MILL,
    level: Level = Level.PUBLIC, standing: Standing = Standing.PUBLISHED, words: str = "Wheels cannot cross.",
    kind: Kind = Kind.ISSUE, **columns: Any,
) -> Entry:  # fmt: skip
    """An issue (or another contribution) as it stands after being told."""
    about = category("Place to meet" if kind is Kind.ASSET else "Dropped kerbs")
    telling = actions.Telling(
        kind=kind, title=title, words=words, shape=spot(*at), level=level if level is not Level.PRIVATE else Level.WARD,
        once=secrets.token_hex(8), category=about, channel=Channel.WEB,
    )  # fmt: skip
    with transaction():
        author = person_of(by or RESIDENT)
        entry = actions.tell(viewer_of(author), telling, author, [])
        entry.level, entry.standing = level, standing
        entry.author = author if by else None
        for column, value in columns.items():
            setattr(entry, column, value)
    return entry


def an_asset(title: str = "The Tuesday lunch", **told: Any) -> Entry:
    return an_issue(title, kind=Kind.ASSET, **told)


def an_idea(title: str = "A bench half way up", **told: Any) -> Entry:
    return an_issue(title, kind=Kind.IDEA, **told)


def an_offer(title: str = "I can carry the bricks", **told: Any) -> Entry:
    return an_issue(title, kind=Kind.OFFER, **told)


def a_note(
    title: str = "Promised in 2019", *, by: Member = CLLR, shape: shapely.Geometry | None = None,
    level: Level = Level.COUNCIL, standing: Standing = Standing.PUBLISHED, words: str = "A crossing was promised.",
    topic: Topic = Topic.PROMISE, review_on: date | None = None,
) -> Entry:  # fmt: skip
    """A note as it stands after being written."""
    telling = actions.Telling(
        kind=Kind.NOTE, title=title, words=words, shape=shape or spot(*IN_MILL), level=level, once=secrets.token_hex(8)
    )
    with transaction():
        author = person_of(by)
        note = actions.write_note(viewer_of(author), telling, actions.NoteDetails(topic, Basis.SEEN, None), author)
        note.standing, note.review_on = standing, review_on
    return note


def pytest_sessionfinish(session: pytest.Session) -> None:
    """In CI a test that was skipped has failed: everything it needs is there."""
    ENGINE.drop_under()
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("CI") and reporter is not None and reporter.stats.get("skipped"):
        session.exitstatus = 1
