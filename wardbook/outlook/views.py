"""Pages that look over everything: home, the find box, wards, the map, places, the desk."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Select

from wardbook.areas import queries as areas
from wardbook.areas.models import REPRESENTED, Area
from wardbook.areas.succession import lineage
from wardbook.briefs import kept
from wardbook.clock import today
from wardbook.downloads import queries as downloads
from wardbook.downloads.sources import Wanted
from wardbook.entries import queries as entries
from wardbook.entries import taking_on, ties
from wardbook.entries.forms import filters_alone, filters_from
from wardbook.entries.hearing import answers
from wardbook.entries.kinds import LED, Family, Kind, State
from wardbook.entries.models import Entry
from wardbook.entries.paging import Order, Page, at_from, beside_page, order_of, page
from wardbook.entries.queries import Filters
from wardbook.errors import NotFound
from wardbook.moderation import queries as moderation
from wardbook.outlook import edges, lists
from wardbook.outlook.as_at import as_at, day_asked
from wardbook.people import queries as people
from wardbook.people.signed_in import viewer
from wardbook.places import gazetteer
from wardbook.places.converter import place_at
from wardbook.places.names import areas_beside_in_name
from wardbook.places.place import Place
from wardbook.places.queries import is_for_everyone, own_shapes
from wardbook.places.tiers import Tier, tiers_at
from wardbook.places.words import place_from_words
from wardbook.policy import Act, Viewer, may, reader_for, require
from wardbook.web import or_404

bp = Blueprint("outlook", __name__)


@bp.get("/")
def home() -> ResponseReturnValue:
    """Find a place; what it is; what is new."""
    recent = page(entries.published(viewer(), None, Filters(contributions=True)), size=6)
    return render_template("outlook/home.html", wards=areas.wards(), recent=recent)


@bp.get("/wards")
def wards() -> ResponseReturnValue:
    """Every ward in force (on a day, with `as_at`), with who represents it and how much is known there."""
    on = as_at()
    found = areas.wards(on)
    counts = entries.counts_by_area(viewer(), [ward.id for ward in found])
    represented = people.councillors(found, on)
    return render_template(
        "outlook/wards.html", wards=found, councillors=represented, counts=counts, on=on, others=areas.other_areas(on)
    )


@bp.get("/wards/<code>")
def ward(code: str) -> ResponseReturnValue:
    """What is known in a ward: assets first, then what is open, what people offer, and what came of things."""
    area = or_404(areas.area(code))
    place = place_from_words(f"ward:{area.code}", viewer())
    who = viewer()

    def some(filters: Filters, size: int) -> Page:
        return page(entries.published(who, place, filters), size=size)

    came_of_it = entries.published(who, place, Filters(family=Family.CLOSED)).where(Entry.kind.in_(LED))
    closed = page(came_of_it, size=4)
    notes = some(Filters(kind=Kind.NOTE), 4)
    return render_template(
        "outlook/ward.html",
        ward=area,
        place=place,
        councillors=people.councillors([area]).get(area.code, []),
        represented=area.set.type in REPRESENTED,
        in_force=area.set.in_force(today()),
        lineage=lineage(area.set_id, area.code),
        assets=some(Filters(kind=Kind.ASSET, family=Family.CURRENT), 4),
        open=some(Filters(kind=Kind.ISSUE, family=Family.OPEN), 6),
        ideas=some(Filters(kind=Kind.IDEA, family=Family.OPEN), 4),
        offers=some(Filters(kind=Kind.OFFER, state=State.OPEN), 4),
        knowledge=some(Filters(kind=Kind.KNOWLEDGE, family=Family.CURRENT), 4),
        closed=closed,
        answers=entries.last_words(closed.rows),
        notes=notes,
        beside=ties.beside(notes.rows, who),
        taken_on=taking_on.going_on(who, place),
        done_by_residents=taking_on.done_lately(who, place),
        mine=area.id in who.area_ids,
        edge=edges.at_the_edge(area),
        namesakes=areas_beside_in_name(area),
    )


@bp.get("/map")
@bp.get("/map.<suffix>")
def everything(suffix: str | None = None) -> ResponseReturnValue:
    """The map of the whole council and the list beside it; of one place (`place`), that place's page or file."""
    asked = request.args.get("place")
    if not asked:
        return _list(None, reader(), suffix)
    place = place_at(asked)
    if suffix is not None:
        return _list(place, reader(), suffix)
    others = urlencode([(name, words) for name, words in request.args.items(multi=True) if name != "place"])
    return redirect(url_for(".place", words=place.words) + (f"?{others}" if others else ""))


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
    if suffix is not None:
        return _file(place, reader, suffix)
    form, filters = filters_from(request.args)
    rows = entries.published(reader, place, filters)
    shown = page(rows, at_from(request.args), order=order_of(filters))
    return render_template(
        "outlook/list.html", place=place, form=form, filters=filters, page=shown, asked=beside_page(request.args),
        found=entries.found_in(shown.rows, filters), beside=ties.beside(shown.rows, reader), on=day_asked(),
        tiers=_tiers(place), feed_too=place is None or is_for_everyone(place),
    )  # fmt: skip


def _tiers(place: Place | None) -> list[Tier]:
    """Who represents the middle of a circle; of any other place its wards are told by share."""
    spotted = place is not None and place.words.startswith(("point:", "postcode:", "grid:"))
    return tiers_at(place.geometry.centroid, place.as_at) if place is not None and spotted else []


def _file(place: Place | None, reader: Viewer, suffix: str) -> ResponseReturnValue:
    """The list as a file; programs may ask for what lies in a box (`bbox`) and for the first so many (`limit`)."""
    filters = filters_alone(request.args)
    about = lists.asked_in(request.args) | ({"place": place.words} if place else {})
    found = lists.Listed(reader, filters, place, lists.box_in(request.args))
    return lists.as_file(found, Wanted("entries", about, suffix), viewer(), lists.limit_in(request.args))


@bp.get("/desk")
def desk() -> ResponseReturnValue:
    """Each person's own start page."""
    who = viewer()
    if who.id is None:
        return redirect(url_for("people.signing_in", next=url_for(".desk")))
    mine: list[Area] = [ward for ward in areas.wards() if ward.id in who.area_ids]
    services = people.services_of(who)
    return render_template(
        "outlook/desk.html",
        own=page(entries.told_by(who), at_from(request.args)),
        wards=mine,
        counts=entries.counts_by_area(who, [ward.id for ward in mine]),
        in_my_wards=page(_in_wards_of(who), size=8),
        due=entries.notes_due(who),
        places=own_shapes(who),
        files=downloads.own(who),
        briefs=kept.briefs(who, most=5) if may(who, Act.FREEZE) else [],
        unanswered=page(entries.unanswered(who), size=8, order=Order.OLDEST),
        not_right=page(answers.not_put_right(who), size=8, order=Order.OLDEST),
        asked=answers.answered(),
        services=services,
        under_way=page(entries.under_way(who, services), size=8, order=Order.OLDEST),
        waiting=moderation.everything(who) if may(who, Act.MODERATE) else 0,
        to_decide=moderation.for_moderators(who) if may(who, Act.MODERATE) else 0,
    )


@bp.get("/desk/<name>")
def queue(name: str) -> ResponseReturnValue:
    """The whole of what a desk begins to list, page by page: of a councillor's wards, and of what officers answer."""
    who = viewer()
    order = Order.OLDEST
    if name == "my-wards":
        require(who, Act.WRITE_NOTE)
        if not who.area_ids:
            raise NotFound
        heading, rows = "Nobody has answered these in your wards yet", _in_wards_of(who)
        order = Order.NEWEST
    else:
        heading, rows = _to_answer(name, who)
    shown = page(rows, at_from(request.args), order=order)
    return render_template("outlook/queue.html", name=name, heading=heading, page=shown)


def _in_wards_of(who: Viewer) -> Select[Entry]:
    return entries.in_areas(entries.unanswered(who), sorted(who.area_ids))


def _to_answer(name: str, who: Viewer) -> tuple[str, Select[Entry]]:
    require(who, Act.ANSWER)
    if name == "unanswered":
        return "Nobody has answered these yet", entries.unanswered(who)
    if name == "not-put-right":
        return "Their authors say these are not put right", answers.not_put_right(who)
    if name == "under-way":
        services = people.services_of(who)
        heading = f"Under way in {' and '.join(row.name for row in services) or 'no service of yours'}"
        return heading, entries.under_way(who, services)
    raise NotFound


@bp.get("/about/<page>")
def about(page: str) -> ResponseReturnValue:
    """Privacy, accessibility, data and licences, who sees what."""
    if page not in {"privacy", "accessibility", "data", "who-sees-what"}:
        raise NotFound
    return render_template(
        f"about/{page}.html",
        sets=areas.boundary_sets(),
        counts=areas.area_counts(),
        postcodes=areas.postcode_sources(),
        names=gazetteer.sources(),
    )


@bp.get("/-/health")
def health() -> ResponseReturnValue:
    """Whether this process answers and its store can be read."""
    areas.boundary_sets()
    return {"status": "ok"}
