"""One run over one store: the server is started, every road is driven beside the bare route, what it took is noted."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from flask import Flask
from sqlalchemy import Engine, event

from tests.bench import roads
from tests.bench.client import write_requests
from tests.bench.roads import Road
from tests.bench.server import application
from wardbook.db import db

WORKERS, CLIENTS = 2, 8


@dataclass(frozen=True)
class Run:
    """How long and how much."""

    seconds: float = 6.0
    posts: int = 3000
    only: str = ""


@dataclass(frozen=True)
class Row:
    """What one road took."""

    name: str
    reach: float
    ratio: float
    a_second: float
    p50: float
    p99: float
    queries: float
    rows: float
    size: int


@dataclass(frozen=True)
class Seen:
    """What a run over one store saw."""

    engine: str
    entries: int
    bare: float
    rows: list[Row]
    memory: list[float]
    """Private megabytes of each worker when all was done."""


def measure(engine: str, home: Path, database_url: str, run: Run) -> Seen:
    """Measure a store that is made."""
    at = np.load(home / "places.npy")
    app = application(home, database_url)
    driven = [road for road in roads.roads(app, at, run.posts) if run.only in road.name]
    asked = {road.name: _queries(app, road) for road in driven}
    try:
        with _server(home, database_url) as (port, server):
            bare = [_drive(port, roads.bare(), run.seconds / 2, warm=True)["a_second"]]
            rows = []
            for road in driven:
                took = _drive(port, road, run.seconds, warm=not road.once)
                bare.append(_drive(port, roads.bare(), run.seconds / 2)["a_second"])
                beside = (bare[-1] + bare[-2]) / 2
                row = Row(
                    road.name, road.reach, took["a_second"] / beside, took["a_second"], took["p50"], took["p99"],
                    *asked[road.name], took["bytes"],
                )  # fmt: skip
                rows.append(row)
                sys.stderr.write(f"  {row.name}: {row.ratio:.2f} ({row.a_second:.0f} a second)\n")
            return Seen(engine, len(at), sum(bare) / len(bare), rows, _memory(server))
    finally:
        roads.forget_posts(app)
        with app.app_context():
            db.engine.dispose()


# --- the server --------------------------------------------------------------------------------------------------


@contextmanager
def _server(home: Path, database_url: str) -> Iterator[tuple[int, int]]:
    """A server of its own process on a free port: its port and process id."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "tests.bench.server", str(home), database_url, f"127.0.0.1:{port}", str(WORKERS)]
    started = subprocess.Popen(command)
    try:
        _wait(port, started)
        yield port, started.pid
    finally:
        started.terminate()
        started.wait(30)


def _wait(port: int, server: subprocess.Popen[bytes]) -> None:
    for _ in range(600):
        if server.poll() is not None:
            raise RuntimeError("the server did not start")
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("the server does not answer")


def _drive(port: int, road: Road, seconds: float, *, warm: bool = False) -> dict[str, Any]:
    if warm:
        _client(port, road, min(1.5, seconds))
    seen = _client(port, road, seconds)
    if set(seen["statuses"]) != {road.status}:
        raise RuntimeError(f"{road.name} answered {seen['statuses']}")
    return seen


def _client(port: int, road: Road, seconds: float) -> dict[str, Any]:
    with tempfile.NamedTemporaryFile() as file:
        write_requests(Path(file.name), road.requests)
        often = "once" if road.once else "again"
        client = [sys.executable, "-m", "tests.bench.client", "127.0.0.1", str(port), file.name, str(seconds)]
        out = subprocess.run([*client, str(CLIENTS), often], check=True, capture_output=True).stdout
    seen: dict[str, Any] = json.loads(out)
    return seen


def _memory(server: int) -> list[float]:
    """Megabytes of each worker that are its own, as Linux counts them."""
    workers = Path(f"/proc/{server}/task/{server}/children").read_text().split()
    found = []
    for worker in workers:
        lines = Path(f"/proc/{worker}/smaps_rollup").read_text().splitlines()
        kilobytes = {line.split(":")[0]: int(line.split()[1]) for line in lines[1:]}
        found.append((kilobytes["Private_Dirty"] + kilobytes["Private_Clean"]) / 1024)
    return found


# --- queries and rows a request ----------------------------------------------------------------------------------


def _queries(app: Flask, road: Road, times: int = 20) -> tuple[float, float]:
    """Statements and rows a request, by the same requests in this process; transactions' own statements not counted."""
    client = app.test_client(use_cookies=False)
    for request in road.requests[:3]:
        _ask(client, request)
    some = road.requests[3 : 3 + times]
    with app.app_context():
        engine = db.engine
    with _counted(engine) as counts:  # outside any context, so that each request loads anew who asks
        for request in some:
            _ask(client, request)
    return counts["queries"] / len(some), counts["rows"] / len(some)


def _ask(client: Any, request: bytes) -> None:
    head, _, body = request.decode().partition("\r\n\r\n")
    first, *rest = head.split("\r\n")
    method, path, _ = first.split(" ")
    headers = [tuple(line.split(": ", 1)) for line in rest]
    client.open(path, method=method, headers=headers, data=body).close()


TRANSACTIONS = ("BEGIN", "COMMIT", "ROLLBACK", "--")


@contextmanager
def _counted(engine: Engine) -> Iterator[dict[str, int]]:
    """Statements and rows as the driver has them, whoever sent them; what triggers do (`--`) is not counted."""
    counts = {"queries": 0, "rows": 0}

    def statement(words: str) -> None:
        counts["queries"] += not words.lstrip().startswith(TRANSACTIONS)

    def row(values: tuple[Any, ...]) -> tuple[Any, ...]:
        counts["rows"] += 1
        return values

    def watch(connection: Any, *_: object) -> None:
        watch_sqlite(connection) if engine.dialect.name == "sqlite" else watch_postgresql(connection)

    def watch_sqlite(connection: Any) -> None:
        connection.set_trace_callback(statement)
        connection.row_factory = lambda cursor, values: row(values)

    def watch_postgresql(connection: Any) -> None:
        import psycopg

        class Counting(psycopg.Cursor[Any]):
            def execute(self, query: Any, *rest: Any, **more: Any) -> Any:
                statement(str(query))
                return super().execute(query, *rest, **more)

        connection.cursor_factory = Counting
        connection.row_factory = lambda cursor: lambda values: row(tuple(values))

    engine.dispose()
    event.listen(engine, "connect", watch)
    try:
        yield counts
    finally:
        event.remove(engine, "connect", watch)
        engine.dispose()


def machine() -> str:
    """What it ran on."""
    model = next(
        (line.split(":")[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines() if "model name" in line),
        "unknown",
    )
    return f"{os.cpu_count()} cores ({model}), load {os.getloadavg()[0]:.1f} at the end"
