"""An embedded installation copied to PostgreSQL: all of it is there and reads the same, whatever stopped it."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import Any

import psycopg
import pytest
import time_machine
from click.testing import CliRunner, Result
from flask import Flask
from flask.testing import FlaskClient

from tests.conftest import ROOT, application
from tests.servers import database_on
from wardbook.cli import main
from wardbook.db import Base, db, now
from wardbook.people.queries import person_by_email

STAFF = ("officer", "moderator", "administrator", "councillor", "resident")


def wardbook(home: Path, *words: str, **settings: str) -> Result:
    """The command line on the embedded store of a home folder."""
    return CliRunner(env={"WARDBOOK_HOME": str(home), **settings}).invoke(main, list(words))


def copy(home: Path, url: str, *options: str, **settings: str) -> dict[str, Any]:
    said = wardbook(home, "copy-to", url, *options, "--json", **settings)
    assert said.exit_code == 0, said.stderr
    return json.loads(said.stdout)


def refused(home: Path, url: str, *options: str) -> str:
    """The one sentence with which a copy is refused."""
    said = wardbook(home, "copy-to", url, *options)
    assert (said.exit_code, said.stdout) == (2, ""), said.output
    *progress, sentence = said.stderr.strip().splitlines()
    assert set(progress) <= {"Copying"}
    return sentence


@dataclass(frozen=True)
class Moved:
    """A copy that was made: from which home to which, into which database, and what was said of it."""

    home: Path
    home_to: Path
    url: str
    said: dict[str, Any]


@pytest.fixture(scope="module")
def demo_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("embedded") / "home"
    assert wardbook(home, "demo").exit_code == 0
    return home


@pytest.fixture(scope="module")
def moved(server: str, demo_home: Path) -> Iterator[Moved]:
    with database_on(server, f"wardbook_moved_{os.getpid()}") as url:
        home_to = demo_home.parent / "moved"
        yield Moved(demo_home, home_to, url, copy(demo_home, url, "--home-to", str(home_to)))


def sql(url: str, statement: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(url, autocommit=True) as connection:
        answer = connection.execute(statement)
        return answer.fetchall() if answer.description else []


def rows_by_table(said: dict[str, Any]) -> dict[str, int]:
    return {table["name"]: table["sum"]["rows"] for table in said["tables"]}


# --- what is there afterwards ------------------------------------------------------------------------------------


def test_every_table_comes_over_with_every_row(moved):
    with closing(sqlite3.connect(moved.home / "wardbook.sqlite")) as store:
        here = {name: store.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in Base.metadata.tables}
    there = {name: sql(moved.url, f'SELECT count(*) FROM "{name}"')[0][0] for name in Base.metadata.tables}
    assert here == there == rows_by_table(moved.said)
    assert sum(here.values()) > 1000


def test_every_file_comes_over_but_the_store_s_own(moved):
    def files(home: Path) -> dict[str, bytes]:
        return {str(path.relative_to(home)): path.read_bytes() for path in home.rglob("*") if path.is_file()}

    here = {name: body for name, body in files(moved.home).items() if "sqlite" not in name}
    assert files(moved.home_to) == here
    assert {"secret_key", "backdrop.geojson", "fictional"} <= here.keys()
    assert moved.said["files"]["files"] == len(here) > 10
    assert moved.said["photos_without_file"] == []
    assert (moved.home_to / "secret_key").stat().st_mode & 0o777 == 0o600


def test_the_next_row_takes_the_next_number(moved):
    for name, table in Base.metadata.tables.items():
        column = table.autoincrement_column
        if column is not None and rows_by_table(moved.said)[name]:
            (found,) = sql(moved.url, f"SELECT nextval(pg_get_serial_sequence('{name}', '{column.name}'))")
            (last,) = sql(moved.url, f"SELECT max({column.name}) FROM {name}")
            assert found[0] > last[0], name


@contextmanager
def opened(home: Path, url: str) -> Iterator[Flask]:
    app = application(home, database_url=url, secret_key=(home / "secret_key").read_text().strip())
    with app.app_context():
        try:
            yield app
        finally:
            db.session.remove()
            db.engine.dispose()


def signed_in(app: Flask, email: str | None) -> FlaskClient:
    client = app.test_client()
    if email:
        person = person_by_email(email)
        assert person is not None, email
        with client.session_transaction() as session:
            session["_user_id"], session["_fresh"] = person.fs_uniquifier, True
    db.session.rollback()
    return client


LINK = re.compile(r'(?:href|src)="(/follows/new\?[^"#]*|/[^"#?]*)(?:\?[^"]*)?"')
CHANCE = re.compile(
    r'nonce(?:="|-)[^"\' ]+|name="(?:csrf_token|[a-z-]*once)"[^>]*value="[^"]*"|csrf[^>]*content="[^"]*"'
)


def told_apart(body: bytes, kind: str) -> Any:
    """What a page or a file says, without what is drawn by lot for each answer."""
    if "geopackage" in kind:
        with closing(sqlite3.connect(":memory:")) as file:
            file.deserialize(body)
            tables = file.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
            names = {name for (name,) in tables} - {"gpkg_contents", "gpkg_metadata_reference"}  # the moment of writing
            return {name: file.execute(f'SELECT * FROM "{name}"').fetchall() for name in names}
    return CHANCE.sub("", body.decode()) if "html" in kind else body


def everything_read(home: Path, url: str, email: str | None, begin: tuple[str, ...], most: int) -> dict[str, Any]:
    """Every address that can be reached, with what it answers."""
    found: dict[str, Any] = {}
    with opened(home, url) as app:
        client = signed_in(app, email)
        waiting = list(begin)
        while waiting and len(found) < most:
            address = waiting.pop(0)
            if address in found or address.startswith("/static/"):
                continue
            answer = client.get(address, buffered=True)
            kind = answer.content_type
            found[address] = (answer.status_code, kind, told_apart(answer.data, kind))
            if "html" in kind:
                waiting += [unescape(link) for link in LINK.findall(answer.text)]
    return found


@pytest.mark.parametrize("who", [None, *STAFF], ids=str)
def test_every_page_brief_and_file_reads_the_same_to(who, moved):
    """Every address the demo's pages lead to as everybody, and what each other person finds from their desk."""
    email = f"{who}@aldermere.example" if who else None
    begin, most = (("/desk",), 40) if who else (("/", "/places/ward:X05000101/brief.pdf"), 2000)
    with time_machine.travel(now(), tick=False):
        here = everything_read(moved.home, f"sqlite:///{moved.home}/wardbook.sqlite", email, begin, most)
        there = everything_read(moved.home_to, moved.url, email, begin, most)
    assert here.keys() == there.keys()
    for address, answer in here.items():
        assert answer[0] in {200, 302, 403}, address
        assert answer == there[address], address
    if who is None:
        forms = {".pdf", ".gpkg", ".csv", ".json", ".geojson"}
        assert {suffix for address in here for suffix in [Path(address).suffix] if suffix in forms} == forms
        assert len(here) > 100


# --- stopped, and run again --------------------------------------------------------------------------------------


def test_run_again_it_changes_nothing(moved):
    before = sql(moved.url, "SELECT relname, n_tup_ins, n_tup_upd, n_tup_del FROM pg_stat_user_tables ORDER BY 1")
    again = copy(moved.home, moved.url, "--home-to", str(moved.home_to))
    assert {table["added"] for table in again["tables"]} == {0}
    assert again["files"]["copied"] == 0
    assert [table["sum"] for table in again["tables"]] == [table["sum"] for table in moved.said["tables"]]
    assert (
        sql(moved.url, "SELECT relname, n_tup_ins, n_tup_upd, n_tup_del FROM pg_stat_user_tables ORDER BY 1") == before
    )


def test_killed_in_the_middle_it_goes_on_where_it_was(demo_home, empty_database, tmp_path):
    assert wardbook(tmp_path, "init", WARDBOOK_DATABASE_URL=empty_database).exit_code == 0
    command = [sys.executable, "-m", "wardbook.cli", "copy-to", empty_database]
    env = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "WARDBOOK_HOME": str(demo_home)}
    with psycopg.connect(empty_database) as holding:
        holding.execute("LOCK TABLE entry IN SHARE MODE")  # it can be read, and the copy waits before it writes there
        running = subprocess.Popen(command, env=env, cwd=ROOT, stderr=subprocess.DEVNULL)
        waits = "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE 'COPY%entry%'"
        for _ in range(600):
            if sql(empty_database, waits):
                break
            assert running.poll() is None
            time.sleep(0.1)
        running.send_signal(signal.SIGKILL)
        running.wait(timeout=30)
    for _ in range(100):
        if not sql(empty_database, "SELECT 1 FROM pg_stat_activity WHERE query LIKE 'COPY%' AND state = 'active'"):
            break
        time.sleep(0.1)
    assert sql(empty_database, "SELECT count(*) > 0 FROM area") == [(True,)]
    assert sql(empty_database, "SELECT count(*) FROM entry") == [(0,)]
    said = copy(demo_home, empty_database)
    added = {table["name"]: table["added"] for table in said["tables"]}
    assert added["area"] == 0
    assert added["entry"] == rows_by_table(said)["entry"] > 0


def test_a_table_that_was_cut_short_is_made_whole(demo_home, empty_database):
    whole = copy(demo_home, empty_database)
    sql(empty_database, "DELETE FROM postcode_addresses")
    sql(
        empty_database,
        "DELETE FROM postcode WHERE compact > (SELECT compact FROM postcode ORDER BY 1 OFFSET 5 LIMIT 1)",
    )
    sql(empty_database, "DELETE FROM event WHERE id % 3 = 0")
    said = copy(demo_home, empty_database)
    assert [table["sum"] for table in said["tables"]] == [table["sum"] for table in whole["tables"]]
    assert sum(table["added"] for table in said["tables"]) > 100


# --- what is refused ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("tampering", "named"),
    [
        ("UPDATE entry SET title = title || '!' WHERE id = 7", "entry 7"),
        ("UPDATE area SET geometry = ST_Translate(geometry, 0.0000001, 0) WHERE id = 2", "area 2"),
        ("UPDATE event SET change = '{\"state\": []}' WHERE id = 9", "event 9"),
        ("INSERT INTO postcode SELECT 'ZZ999ZZ', lon, lat, source_id FROM postcode LIMIT 1", "postcode ZZ999ZZ"),
    ],
    ids=["words", "shape", "document", "row"],
)  # fmt: skip
def test_what_was_tampered_with_is_found_and_left(tampering, named, demo_home, empty_database):
    copy(demo_home, empty_database)
    sql(empty_database, tampering)
    before = sql(empty_database, "SELECT sum(n_tup_ins + n_tup_upd + n_tup_del) FROM pg_stat_user_tables")
    assert named in refused(demo_home, empty_database)
    assert sql(empty_database, "SELECT sum(n_tup_ins + n_tup_upd + n_tup_del) FROM pg_stat_user_tables") == before


def test_another_installation_s_database_is_left_alone(demo_home, empty_database, tmp_path):
    env = {"WARDBOOK_DATABASE_URL": empty_database}
    assert wardbook(tmp_path / "other", "init", **env).exit_code == 0
    assert wardbook(tmp_path / "other", "people", "add", "o@example.org", "--role", "officer", **env).exit_code == 0
    assert "other data" in refused(demo_home, empty_database) or "differs" in refused(demo_home, empty_database)
    assert sql(empty_database, "SELECT count(*) FROM person, boundary_set") == [(0,)]


def test_a_database_of_something_else_or_of_another_version_is_left_alone(demo_home, empty_database):
    sql(empty_database, "CREATE TABLE payroll (id int)")
    assert "not Wardbook's" in refused(demo_home, empty_database)
    sql(empty_database, "CREATE TABLE alembic_version (version_num text); INSERT INTO alembic_version VALUES ('0001')")
    assert "another version" in refused(demo_home, empty_database)


@pytest.mark.parametrize("url", ["nonsense", "sqlite:///other.sqlite", "postgresql://wardbook@127.0.0.1:1/none"])
def test_what_is_no_postgresql_database_is_refused(url, demo_home):
    sentence = refused(demo_home, url)
    assert "PostgreSQL database" in sentence or "cannot be reached" in sentence


def test_a_store_that_is_on_postgresql_already_is_not_copied(moved, empty_database):
    said = wardbook(moved.home_to, "copy-to", empty_database, WARDBOOK_DATABASE_URL=moved.url)
    assert (said.exit_code, said.stdout) == (2, "")
    assert "already" in said.stderr


def test_a_home_that_holds_another_secret_is_left_alone(demo_home, empty_database, tmp_path):
    (tmp_path / "secret_key").write_text("another")
    assert "another secret_key" in refused(demo_home, empty_database, "--home-to", str(tmp_path))
    assert (tmp_path / "secret_key").read_text() == "another"
    assert sql(empty_database, "SELECT count(*) FROM person") == [(0,)]


def test_a_photo_whose_file_was_lost_is_named(demo_home, empty_database, tmp_path):
    home = Path(shutil.copytree(demo_home, tmp_path / "home"))
    lost = next(home.glob("photos/*/*-large.jpg"))
    lost.unlink()
    said = copy(home, empty_database)
    assert said["photos_without_file"] == [lost.name.removesuffix("-large.jpg")]


def test_a_database_without_postgis_is_told_to_whoever_runs_the_server(server, empty_database, demo_home):
    role = f"plain_{os.getpid()}"
    name = empty_database.rpartition("/")[2]
    sql(server, f'DROP ROLE IF EXISTS "{role}"')
    sql(server, f"CREATE ROLE \"{role}\" LOGIN PASSWORD 'plain'")
    try:
        sql(server, f'ALTER DATABASE "{name}" OWNER TO "{role}"')
        plain = re.sub(r"//[^@]*@", f"//{role}:plain@", empty_database)
        assert "CREATE EXTENSION postgis" in refused(demo_home, plain)
        sql(empty_database, "CREATE EXTENSION postgis")
        assert copy(demo_home, plain)["tables"]
    finally:
        sql(server, f'ALTER DATABASE "{name}" OWNER TO CURRENT_USER')
        sql(empty_database, f'DROP OWNED BY "{role}" CASCADE')
        sql(server, f'DROP ROLE "{role}"')


# --- Bath --------------------------------------------------------------------------------------------------------


def test_bath_comes_over_whole_and_its_ward_reads_the_same(open_data, empty_database, tmp_path):
    home, ward = tmp_path / "home", "E05012461"
    boundaries, reports = open_data / "boundaries", open_data / "reports"
    for year, *days in (("2011", "--until", "2019-05-02"), ("2019", "--from", "2019-05-02")):
        wards = ["--set", year, "--type", "ward", *days]
        assert wardbook(home, "init").exit_code == 0
        assert wardbook(home, "boundaries", "import", f"{boundaries}/banes_wards_{year}.geojson", *wards).exit_code == 0
    assert wardbook(home, "postcodes", "import", f"{open_data}/postcodes/banes_postcodes_2025-05.csv.gz").exit_code == 0
    assert wardbook(home, "entries", "import", f"{reports}/banes_fixmystreet_2019-05-02.geojson").exit_code == 0
    rows = rows_by_table(copy(home, empty_database))
    assert (rows["area"], rows["postcode"]) == (70, 9919)
    assert rows["entry"] > 1000
    begin = (f"/wards/{ward}", *(f"/places/ward:{ward}/brief{form}" for form in ("", ".pdf", ".csv", ".json", ".gpkg")))
    with time_machine.travel(now(), tick=False):
        here = everything_read(home, f"sqlite:///{home}/wardbook.sqlite", None, begin, 30)
        assert here == everything_read(home, empty_database, None, begin, 30)
    assert all(answer[0] == 200 for answer in here.values())
