"""The server: gunicorn with threads, told what to serve by the application itself, and a worker minded beside it."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from socket import SO_REUSEADDR, SOL_SOCKET, socket
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter

from wardbook.errors import Refused
from wardbook.worker import PATIENCE

SWITCH = 0.0005
"""Seconds for which a thread keeps the others of its worker waiting. SQLite lets go of Python at every row: with
Python's own 5 ms the slowest answers took twice as long."""


class Server(BaseApplication):  # type: ignore[misc]  # gunicorn is not typed
    """One application on one address."""

    def __init__(self, app: Flask, options: dict[str, Any]) -> None:
        self.flask_app, self.options = app, options
        super().__init__()

    def load_config(self) -> None:
        for name, value in self.options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        return self.flask_app


class Minding(Arbiter):  # type: ignore[misc]
    """The process over the server's own that also keeps a worker (`wardbook worker`) running as long as it runs."""

    began_at = -100.0
    worker: subprocess.Popen[bytes] | None = None

    def manage_workers(self) -> None:
        """Called about once a second: begin the worker again where it has died, at most every five seconds."""
        super().manage_workers()
        if (self.worker is None or self.worker.poll() is not None) and time.monotonic() > self.began_at + 5:
            self.began_at = time.monotonic()
            command = [sys.executable, "-m", "wardbook.cli", "worker", "--under", str(os.getpid())]
            self.worker = subprocess.Popen(command, start_new_session=True)  # noqa: S603 - our own

    def halt(self, *args: Any, **kwargs: Any) -> None:
        """End the worker with the server: it is given time for the job in hand."""
        if self.worker is not None:
            self.worker.terminate()
        try:
            super().halt(*args, **kwargs)
        finally:
            self._wait_for_worker()

    def _wait_for_worker(self) -> None:
        if self.worker is not None:
            try:
                self.worker.wait(timeout=PATIENCE + 5)
            except subprocess.TimeoutExpired:  # the job in hand is done again by the next
                self.worker.kill()


def refuse_taken(bind: str) -> None:
    """Raise Refused where an address is no address, or something else listens on it."""
    host, _, port = bind.rpartition(":")
    if not port.isdecimal():
        raise Refused(f"'{bind}' is not an address to serve on: write it like 127.0.0.1:5000.")
    with socket() as trial:
        trial.setsockopt(SOL_SOCKET, SO_REUSEADDR, 1)
        try:
            trial.bind((host or "0.0.0.0", int(port)))  # noqa: S104 - as asked for
        except (OSError, OverflowError):
            raise Refused(f"Something else listens on {bind}, or it is not ours: give another with --bind.") from None


def run(app: Flask, bind: str, workers: int, *, worker: bool) -> None:
    """Serve until told to stop, with a worker for jobs unless one runs apart.

    The server's processes fork from one loaded application; each opens its own connections.
    """
    from wardbook.db import db

    with app.app_context():
        db.engine.dispose()
    sys.setswitchinterval(SWITCH)
    options = {
        "bind": bind, "workers": workers, "worker_class": "gthread", "threads": 4, "preload_app": True, "timeout": 60,
        "graceful_timeout": 20, "keepalive": 5, "proc_name": "wardbook", "loglevel": "warning",
        "control_socket_disable": True,
    }  # fmt: skip
    server = Server(app, options)
    (Minding if worker else Arbiter)(server).run()
