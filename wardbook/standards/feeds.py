"""Feeds: the address of a list, a place, a ward or an entry and `.atom`, over the rows its reader may see."""

from __future__ import annotations

from flask import Blueprint, Response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.urls import iri_to_uri

from wardbook.areas import queries as areas
from wardbook.config import settings
from wardbook.db import db
from wardbook.entries import queries
from wardbook.entries.forms import filters_from
from wardbook.entries.merging.merged import lasting_for
from wardbook.people.signed_in import viewer
from wardbook.places.converter import place_at
from wardbook.places.place import Place
from wardbook.policy import reader_for
from wardbook.standards import atom
from wardbook.web import or_404

bp = Blueprint("feeds", __name__)
MOST = 50


@bp.get("/map.atom")
def everything() -> ResponseReturnValue:
    """What changed latest in all of the council, under the map's filters; or in one place (`place`)."""
    if words := request.args.get("place"):
        return place(words)
    return _of_list(None, "What is known", url_for("outlook.everything"))


@bp.get("/places/<words>.atom")
@bp.get("/places/<words>/entries.atom")
def place(words: str) -> ResponseReturnValue:
    """What changed latest in a place."""
    found = place_at(words)
    return _of_list(found, found.label, url_for("outlook.place", words=found.words))


@bp.get("/wards/<code>.atom")
def ward(code: str) -> ResponseReturnValue:
    """What changed latest in a ward."""
    found = place_at(f"ward:{or_404(areas.area(code)).code}")
    return _of_list(found, found.label, url_for("outlook.ward", code=code))


def _of_list(found: Place | None, title: str, page: str) -> Response:
    reader = reader_for(viewer(), request.args.get("for"))
    rows = queries.published(reader, found, filters_from(request.args)[1])
    entries = db.session.scalars(queries.shown(queries.latest_changed(rows)).limit(MOST)).all()
    items = atom.of_entries(entries, queries.last_words(entries))
    return _answer(title, page, items)


@bp.get("/entries/<ref>.atom")
def entry(ref: str) -> ResponseReturnValue:
    """What happened to an entry, newest first."""
    found = or_404(queries.entry(ref, viewer()))
    if (other := lasting_for(found, viewer())) is not None:
        return redirect(url_for(".entry", ref=other.ref))
    steps = list(reversed(queries.timeline(found)))[:MOST]
    return _answer(found.title, url_for("entries.detail", ref=found.ref), atom.of_steps(found, steps))


def _answer(title: str, page: str, items: tuple[atom.Item, ...]) -> Response:
    """The feed, or 304 to a reader who holds it already; each reader's own, so it is kept by no cache between.

    Only its words tell whether it changed: what is hidden leaves it without a later moment than it had before.
    """
    base, own = settings().base_url, iri_to_uri(request.full_path).rstrip("?")
    asked = own.partition("?")[2]
    page = f"{base}{page}?{asked}" if asked else base + page
    feed = atom.Feed(f"{title} – {settings().council_name}", base + own, page, items)
    answer = Response(atom.written(feed), mimetype=atom.MEDIA_TYPE)
    answer.headers["Cache-Control"] = "private, no-cache"
    answer.add_etag()
    answer.make_conditional(request)
    return answer
