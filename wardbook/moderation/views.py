"""The moderators' page."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from wardbook.entries import queries
from wardbook.people.signed_in import viewer
from wardbook.policy import Act, require

bp = Blueprint("moderation", __name__)


@bp.get("/moderation")
def queue() -> ResponseReturnValue:
    """What waits and what is hidden, oldest first."""
    require(viewer(), Act.MODERATE)
    page = queries.page(queries.waiting(viewer()), request.args.get("page", 1, type=int))
    lately = queries.page(queries.lately(viewer()), 1, size=20)
    return render_template("moderation/queue.html", page=page, lately=lately)
