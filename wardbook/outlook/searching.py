"""The search page: what is known, by words, place and filters, on a page and in every form of a list."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from wardbook.downloads.sources import Wanted
from wardbook.entries import queries as entries
from wardbook.entries import ties
from wardbook.entries.forms import filters_from
from wardbook.entries.paging import at_from, beside_page, order_of, page
from wardbook.errors import NotFound, Refused
from wardbook.outlook import lists
from wardbook.people.signed_in import viewer
from wardbook.places.called import Choice, choices_of, place_called
from wardbook.places.place import Place

bp = Blueprint("searching", __name__)


@bp.get("/search")
@bp.get("/search.<suffix>")
def results(suffix: str | None = None) -> ResponseReturnValue:
    """What is known that has these words, best match first; a place and the filters of every list narrow it."""
    form, filters = filters_from(request.args)
    typed = request.args.get("place", "").strip()
    place, sentence, choices = _place(typed)
    rows = entries.published(viewer(), place, filters)
    if suffix is not None:
        if sentence:
            raise NotFound
        about = lists.asked_in(request.args) | ({"place": place.words} if place else {})
        found = lists.Listed(viewer(), filters, place, lists.box_in(request.args))
        return lists.as_file(found, Wanted("entries", about, suffix), viewer(), lists.limit_in(request.args))
    asked = beside_page(request.args)
    shown = page(rows, at_from(request.args), order=order_of(filters)) if asked and not sentence else None
    return render_template(
        "outlook/search.html", form=form, filters=filters, typed=typed, place=place, sentence=sentence, choices=choices,
        page=shown, asked=asked, found=entries.found_in(shown.rows, filters) if shown else {},
        beside=ties.beside(shown.rows, viewer()) if shown else {},
    )  # fmt: skip


def _place(typed: str) -> tuple[Place | None, str, Sequence[Choice]]:
    """The place that was typed; or, in a sentence, why it is none, and what it may be."""
    if not typed:
        return None, "", ()
    try:
        return place_called(typed, viewer()), "", ()
    except Refused as refused:
        return None, refused.sentence, choices_of(refused)
