"""The moderators' page."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from wardbook.entries import queries
from wardbook.entries.paging import Order, at_from, page
from wardbook.people.signed_in import viewer
from wardbook.policy import Act, require

bp = Blueprint("moderation", __name__)


@bp.get("/moderation")
def queue() -> ResponseReturnValue:
    """What waits and what is hidden, oldest first."""
    require(viewer(), Act.MODERATE)
    waiting = page(queries.waiting(viewer()), at_from(request.args), order=Order.OLDEST)
    lately = page(queries.lately(viewer()), size=20)
    return render_template("moderation/queue.html", page=waiting, lately=lately)
