"""That somebody took a brief away: a log of reads, written in a short transaction of its own after the answer."""

from __future__ import annotations

from functools import partial

from flask import Flask, Response, current_app, request
from sqlalchemy.exc import DBAPIError

from wardbook.briefs.models import Export
from wardbook.db import db, now, transaction
from wardbook.policy import Viewer


def log_export(response: Response, viewer: Viewer, words: str, form: str, version_id: int | None) -> None:
    """Write down who took which brief away in which form, once the answer is sent."""
    if request.method != "GET":
        return
    told = {"actor_id": viewer.id, "signed": viewer.signature, "version_id": version_id, "words": words, "form": form}
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    response.call_on_close(partial(_write, app, told))


def log_on_command_line(words: str, form: str) -> None:
    """The same for a file that was written on the command line, by nobody who is known."""
    with transaction():
        db.session.add(Export(at=now(), actor_id=None, signed="the command line", words=words, form=form))


def _write(app: Flask, told: dict[str, int | str | None]) -> None:
    with app.app_context():
        try:
            with transaction():
                db.session.add(Export(at=now(), **told))
        except DBAPIError:  # the answer is out: a log that cannot be written now is said in the log of the server
            app.logger.exception("an export of a brief was not written down")
