"""A PostgreSQL of the tests' own: `python -m tests.cluster COMMAND` runs a command beside one and stops it again,
or beside the server that WARDBOOK_TEST_DATABASE names.

It needs Debian's postgresql and postgis packages (or the same programs on the PATH) and no root; as root it becomes an
unprivileged user, since PostgreSQL refuses to run otherwise.
"""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

QUICK = ("fsync=off", "full_page_writes=off", "max_connections=200", "shared_buffers=256MB", "max_wal_size=2GB")
"""What a cluster may do that is thrown away: nothing of it outlives a fault of the power."""


def program(name: str) -> str | None:
    """Where a program of PostgreSQL's server is: the newest of Debian's, or the one on the PATH."""
    debian = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda path: int(path.parts[-3]))
    return str(debian[-1]) if debian else shutil.which(name)


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def unprivileged() -> str | None:
    """Who to run a server as: ourselves, or as root somebody who is not."""
    if os.geteuid() != 0:
        return None
    known = {user.pw_name for user in pwd.getpwall()}
    return "postgres" if "postgres" in known else "nobody"


@contextmanager
def folder_of_its_own(user: str | None) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="wardbook-cluster-") as name:
        if user is not None:
            shutil.chown(name, user)
        yield Path(name)


@contextmanager
def running(command: list[str], log: Path, user: str | None) -> Iterator[subprocess.Popen[bytes]]:
    """A server as long as it is wanted; SIGINT is PostgreSQL's and pgbouncer's word for a quick end."""
    with log.open("wb") as out:
        server = subprocess.Popen(
            command, stdout=out, stderr=subprocess.STDOUT, user=user, cwd="/", start_new_session=True
        )
    try:
        yield server
    finally:
        server.send_signal(2)
        server.wait(timeout=60)


def wait_for(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(300):
        assert server.poll() is None, log.read_text()
        try:
            psycopg.connect(url, connect_timeout=2).close()
        except psycopg.OperationalError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError(log.read_text())


@contextmanager
def cluster() -> Iterator[str]:
    """The address of a fresh cluster on a free port."""
    initdb, postgres = program("initdb"), program("postgres")
    assert initdb and postgres, "no PostgreSQL here: install postgresql-15-postgis-3"
    user, port = unprivileged(), free_port()
    with folder_of_its_own(user) as folder:
        made = [initdb, "--pgdata", f"{folder}/data", "--username", "wardbook", "--auth", "trust", "--encoding", "UTF8",
                "--locale", "C.UTF-8", "--no-sync"]  # fmt: skip
        subprocess.run(made, check=True, capture_output=True, user=user, cwd="/")
        options = [word for setting in QUICK for word in ("-c", setting)]
        command = [postgres, "-D", f"{folder}/data", "-p", str(port), "-k", str(folder), "-h", "127.0.0.1", *options]
        url, log = f"postgresql://wardbook@127.0.0.1:{port}/postgres", folder / "log"
        with running(command, log, user) as server:
            wait_for(url, server, log)
            yield url


def main() -> int:
    if os.environ.get("WARDBOOK_TEST_DATABASE"):
        return subprocess.run(sys.argv[1:], check=False).returncode
    with cluster() as url:
        return subprocess.run(sys.argv[1:], check=False, env=os.environ | {"WARDBOOK_TEST_DATABASE": url}).returncode


if __name__ == "__main__":
    sys.exit(main())
