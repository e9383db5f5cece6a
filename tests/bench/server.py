"""The server that is measured: Wardbook as `wardbook serve` runs it, with one bare Flask route beside it."""

from __future__ import annotations

import sys
from pathlib import Path

from flask import Flask
from werkzeug.middleware.dispatcher import DispatcherMiddleware

from tests.bench.store import settings_for
from wardbook import serving
from wardbook.app import create_app

BARE = "/-/bare"


def bare() -> Flask:
    """The least that Flask can answer."""
    app = Flask("bare")

    @app.get("/")
    def nothing() -> str:
        return "ok"

    return app


def application(home: Path, database_url: str) -> Flask:
    """Wardbook over a store, and the bare route under an address that Wardbook does not have."""
    app = create_app(settings_for(home, database_url))
    app.wsgi_app = DispatcherMiddleware(app.wsgi_app, {BARE: bare()})  # type: ignore[method-assign]
    return app


if __name__ == "__main__":
    home, database_url, bind, workers = sys.argv[1:]
    serving.run(application(Path(home), database_url), bind, int(workers))
