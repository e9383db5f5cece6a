"""The bell that wakes a worker: huey's queue, rung after a commit that asked for something."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from functools import partial
from threading import Lock
from typing import Any, cast
from weakref import ReferenceType, ref

from flask import Flask, current_app
from huey import PostgresHuey, SqliteHuey, crontab
from sqlalchemy import event, make_url
from sqlalchemy.orm import Session

from wardbook.config import Settings, settings
from wardbook.db import db

log = logging.getLogger(__name__)
_KEPT = "wardbook.bell"
_making = Lock()


class Bell:
    """One installation's bell. A worker says what it does when it hears it, and what once a minute without it.

    A lost ring costs that minute at most, so rings are not synced to disk and a failure to ring is only logged.
    """

    def __init__(self, chosen: Settings) -> None:
        self.huey: Any = _embedded(chosen) if chosen.embedded else _on_postgresql(chosen)
        self.on_ring: Callable[[], object] = lambda: None
        self.on_minute: Callable[[], object] = lambda: None
        self._ring = self.huey.task(name="ring")(self._rung)
        self.huey.periodic_task(crontab(), name="minute")(self._minute)

    def ring(self) -> None:
        """Wake a worker, unless a ring that nobody has heard yet will do so: who hears it looks after this."""
        if not self.huey.pending_count():
            self._ring()

    def _rung(self) -> None:
        self.on_ring()

    def _minute(self) -> None:
        self.on_minute()


def _embedded(chosen: Settings) -> SqliteHuey:
    path = chosen.home / "bell.sqlite"
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    return SqliteHuey("wardbook", filename=str(path), fsync=False, results=False)


def _on_postgresql(chosen: Settings) -> PostgresHuey:
    """Asked now and then rather than listened to, and nothing prepared, so that it works behind pgbouncer."""
    dsn = make_url(chosen.database_url).set(drivername="postgresql").render_as_string(hide_password=False)
    return PostgresHuey("wardbook", dsn=dsn, blocking=False, prepare_threshold=None, results=False)


def configure(app: Flask) -> None:
    """Ring after every commit that asked for something, and let go of the bell's store with ours."""
    with app.app_context():
        event.listen(db.engine, "engine_disposed", partial(_hang_up, ref(app)))
    if not event.contains(db.session, "after_commit", _after_commit):  # one session for all applications
        event.listen(db.session, "after_commit", _after_commit)
        event.listen(db.session, "after_rollback", _after_rollback)


def bell(app: Flask) -> Bell:
    """The bell of an application, made when it is first needed: after the fork of a server."""
    with _making:
        if _KEPT not in app.extensions:
            with app.app_context():
                app.extensions[_KEPT] = Bell(settings())
    return cast(Bell, app.extensions[_KEPT])


def _hang_up(of: ReferenceType[Flask], _: object) -> None:
    """A weak reference, since Flask-SQLAlchemy keeps the engine that calls this as long as there is the application."""
    app = of()
    if app is not None and (kept := app.extensions.pop(_KEPT, None)) is not None:
        kept.huey.storage.close()


def _after_commit(session: Session) -> None:
    if session.in_nested_transaction() or not session.info.pop("asked", False):
        return
    try:
        bell(current_app._get_current_object()).ring()  # type: ignore[attr-defined]
    except Exception:
        log.warning("the bell could not be rung: the worker looks within a minute", exc_info=True)


def _after_rollback(session: Session) -> None:
    session.info.pop("asked", None)
