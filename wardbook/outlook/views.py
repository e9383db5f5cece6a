"""Pages that look over everything: home, the find box, wards, the map, places, the desk."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from wardbook.areas import queries as areas
from wardbook.areas.models import Area
from wardbook.clock import today
from wardbook.downloads import queries as downloads
from wardbook.downloads.sources import Wanted
from wardbook.entries import queries as entries
from wardbook.entries.forms import filters_from
from wardbook.entries.kinds import Family, Kind
from wardbook.entries.queries import Filters
from wardbook.errors import NotFound, Refused
from wardbook.outlook import lists
from wardbook.people import queries as people
from wardbook.people.signed_in import viewer
from wardbook.places import find
from wardbook.places.converter import place_at
from wardbook.places.place import Place
from wardbook.places.queries import own_shapes
from wardbook.places.words import place_from_words
from wardbook.policy import Viewer, reader_for
from wardbook.web import or_404

bp = Blueprint("outlook", __name__)


@bp.get("/")
def home() -> ResponseReturnValue:
    """Find a place; what it is; what is new."""
    recent = entries.page(entries.published(viewer(), None, Filters(contributions=True)), 1, size=6)
    return render_template("outlook/home.html", wards=areas.wards(), recent=recent)


@bp.get("/find")
def find_place() -> ResponseReturnValue:
    """Where the find box leads: straight there where one thing matches, else to a choice."""
    words = request.args.get("q", "").strip()
    try:
        if words and (entry := entries.entry(words, viewer())):
            return redirect(url_for("entries.detail", ref=entry.ref))
        found = find.spot(words) if words else None
        wards = [] if found else find.wards_called(words)
        if len(wards) == 1:
            return redirect(url_for(".ward", code=wards[0].code))
        inside = found is not None and find.ward_at(found.point)
        place = _round(words, found) if found and inside else None
        return render_template(
            "outlook/found.html", q=words, found=found, ward=inside, wards=wards, place=place, help=find.HELP
        )
    except Refused as refused:
        return render_template(
            "outlook/found.html", q=words, found=None, wards=[], sentence=refused.sentence, help=find.HELP
        )


def _round(words: str, found: find.Spot) -> Place:
    postcode = areas.postcode(words)
    if postcode is not None:
        return place_from_words(f"postcode:{postcode.spaced}+400m", viewer())
    return place_from_words(f"point:{found.point.x:.6f},{found.point.y:.6f}+400m", viewer())


@bp.get("/wards")
def wards() -> ResponseReturnValue:
    """Every ward in force, with who represents it and how much is known there."""
    found = areas.wards()
    counts = entries.counts_by_area(viewer(), [ward.id for ward in found])
    return render_template("outlook/wards.html", wards=found, councillors=people.councillors(found), counts=counts)


@bp.get("/wards/<code>")
def ward(code: str) -> ResponseReturnValue:
    """What is known in a ward: assets first, then what is open and what came of things."""
    area = or_404(areas.area(code))
    place = place_from_words(f"ward:{area.code}", viewer())
    who = viewer()

    def some(filters: Filters, size: int) -> entries.Page:
        return entries.page(entries.published(who, place, filters), 1, size=size)

    closed = some(Filters(kind=Kind.ISSUE, family=Family.CLOSED), 4)
    return render_template(
        "outlook/ward.html",
        ward=area,
        place=place,
        councillors=people.councillors([area]).get(area.code, []),
        in_force=area.set.in_force(today()),
        assets=some(Filters(kind=Kind.ASSET, family=Family.CURRENT), 4),
        open=some(Filters(kind=Kind.ISSUE, family=Family.OPEN), 6),
        closed=closed,
        answers=entries.last_words(closed.rows),
        notes=some(Filters(kind=Kind.NOTE), 4),
        mine=area.id in who.area_ids,
    )


@bp.get("/map")
@bp.get("/map.<suffix>")
def everything(suffix: str | None = None) -> ResponseReturnValue:
    """The map of the whole council and the list beside it."""
    return _list(None, reader(), suffix)


@bp.get("/places/<words>")
def place(words: str) -> ResponseReturnValue:
    """A place: how large, which wards, and what is known there."""
    return _list(place_at(words), reader(), None)


@bp.get("/places/<words>/entries")
@bp.get("/places/<words>/entries.<suffix>")
def place_entries(words: str, suffix: str | None = None) -> ResponseReturnValue:
    """The entries in a place, for whoever is looking or as everyone at a level sees them (`for`)."""
    return _list(place_at(words), reader(), suffix)


def reader() -> Viewer:
    """Who the list is for: a brief's figures open the entries that its level sees."""
    return reader_for(viewer(), request.args.get("for"))


def _list(place: Place | None, reader: Viewer, suffix: str | None) -> ResponseReturnValue:
    form, filters = filters_from(request.args)
    rows = entries.published(reader, place, filters)
    if suffix is not None:
        asked = lists.asked_in(request.args) | ({"place": place.words} if place else {})
        return lists.as_file(rows, Wanted("entries", asked, suffix), viewer())
    page = entries.page(rows, request.args.get("page", 1, type=int))
    asked = {name: value for name, value in request.args.items(multi=False) if name != "page" and value}
    return render_template("outlook/list.html", place=place, form=form, filters=filters, page=page, asked=asked)


@bp.get("/desk")
def desk() -> ResponseReturnValue:
    """Each person's own start page."""
    who = viewer()
    if who.id is None:
        return redirect(url_for("people.signing_in", next=url_for(".desk")))
    mine: list[Area] = [ward for ward in areas.wards() if ward.id in who.area_ids]
    return render_template(
        "outlook/desk.html",
        own=entries.page(entries.told_by(who), request.args.get("page", 1, type=int)),
        wards=mine,
        counts=entries.counts_by_area(who, [ward.id for ward in mine]),
        due=entries.notes_due(who),
        places=own_shapes(who),
        files=downloads.own(who),
        unanswered=entries.page(entries.unanswered(who), 1, size=8),
        waiting=entries.count(entries.waiting(who)),
    )


@bp.get("/about/<page>")
def about(page: str) -> ResponseReturnValue:
    """Privacy, accessibility, data and licences, who sees what."""
    if page not in {"privacy", "accessibility", "data", "who-sees-what"}:
        raise NotFound
    return render_template(f"about/{page}.html", sets=areas.boundary_sets(), counts=areas.area_counts())


@bp.get("/-/health")
def health() -> ResponseReturnValue:
    """Whether this process answers and its store can be read."""
    areas.boundary_sets()
    return {"status": "ok"}
