"""The server: gunicorn with threads, told what to serve by the application itself."""

from __future__ import annotations

import sys
from socket import SO_REUSEADDR, SOL_SOCKET, socket
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication

from wardbook.errors import Refused

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


def run(app: Flask, bind: str, workers: int) -> None:
    """Serve until told to stop. Workers fork from one loaded application; each opens its own connections."""
    from wardbook.db import db

    with app.app_context():
        db.engine.dispose()
    sys.setswitchinterval(SWITCH)
    options = {
        "bind": bind, "workers": workers, "worker_class": "gthread", "threads": 4, "preload_app": True, "timeout": 60,
        "graceful_timeout": 20, "keepalive": 5, "proc_name": "wardbook", "loglevel": "warning",
        "control_socket_disable": True,
    }  # fmt: skip
    Server(app, options).run()
