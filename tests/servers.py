"""PostgreSQL and pgbouncer for the tests that need them whichever engine the others run on."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import URL, make_url

from tests import cluster
from tests.engines import SERVER


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """The address of a PostgreSQL server: the one the tests run on, or one of their own."""
    if SERVER:
        yield SERVER
    elif cluster.program("postgres") is None:
        pytest.skip("no PostgreSQL here: install postgresql-15-postgis-3")
    else:
        with cluster.cluster() as url:
            yield url


@contextmanager
def database_on(server: str, name: str) -> Iterator[str]:
    """The address of an empty database, dropped afterwards."""
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        connection.execute(f"CREATE DATABASE \"{name}\" TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8'")
        try:
            yield make_url(server).set(database=name).render_as_string(hide_password=False)
        finally:
            connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@pytest.fixture
def empty_database(server: str, tmp_path: Path) -> Iterator[str]:
    """The address of an empty database of this test's own."""
    with database_on(server, "wardbook_target_" + hashlib.sha256(str(tmp_path).encode()).hexdigest()[:16]) as url:
        yield url


@contextmanager
def behind_pgbouncer(url: str) -> Iterator[str]:
    """The same database through a pgbouncer: each transaction goes to whichever of two connections is free."""
    program = shutil.which("pgbouncer") or "/usr/sbin/pgbouncer"
    if not Path(program).exists():
        pytest.skip("no pgbouncer here: install it")
    user, there = cluster.unprivileged(), make_url(url).set(host="127.0.0.1", port=cluster.free_port())
    with cluster.folder_of_its_own(user) as folder:
        settings, log = folder / "pgbouncer.ini", folder / "log"
        settings.write_text(_settings(make_url(url), there.port))
        with cluster.running([program, str(settings)], log, user) as pooler:
            address = there.render_as_string(hide_password=False)
            cluster.wait_for(address, pooler, log)
            yield address


def _settings(behind: URL, port: int | None) -> str:
    password = f" password={behind.password}" if behind.password else ""
    return (
        f"[databases]\n* = host={behind.host} port={behind.port or 5432} user={behind.username}{password}\n"
        f"[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\nauth_type = any\n"
        "pool_mode = transaction\ndefault_pool_size = 2\n"
    )
