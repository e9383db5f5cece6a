"""The server: gunicorn with threads, told what to serve by the application itself."""

from __future__ import annotations

from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication


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


def run(app: Flask, bind: str, workers: int) -> None:
    """Serve until told to stop. Workers fork from one loaded application; each opens its own connections."""
    from wardbook.db import db

    with app.app_context():
        db.engine.dispose()
    options = {
        "bind": bind, "workers": workers, "worker_class": "gthread", "threads": 4, "preload_app": True, "timeout": 60,
        "graceful_timeout": 20, "keepalive": 5, "proc_name": "wardbook", "loglevel": "warning",
        "control_socket_disable": True,
    }  # fmt: skip
    Server(app, options).run()
