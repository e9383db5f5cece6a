"""The pages and files of a brief."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from wardbook.briefs import queries
from wardbook.briefs.document import LATER, NO_LONGER
from wardbook.briefs.drawing import bars
from wardbook.briefs.exporting import log_export
from wardbook.briefs.forms import BriefForm
from wardbook.briefs.forms_of_a_brief import FORMS
from wardbook.briefs.picture import Brief, Figure, Item
from wardbook.errors import NotFound, Refused
from wardbook.forms import ask, choices
from wardbook.people.signed_in import viewer
from wardbook.places.converter import place_at
from wardbook.places.find import wards_called
from wardbook.places.place import Place
from wardbook.places.words import place_from_words
from wardbook.policy import Act, may
from wardbook.shared import Level

bp = Blueprint("briefs", __name__)


@bp.route("/briefs/new", methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    """Which place, and for whom?"""
    form = BriefForm(place=request.args.get("place", ""))
    if not may(viewer(), Act.BRIEF_COUNCIL):
        form.level.choices = choices([(Level.PUBLIC, "Everyone")])
        form.level.data = form.level.data or Level.PUBLIC
    if form.validate_on_submit():
        try:
            place = _place(form.place.data)
            return redirect(url_for(".brief", words=place.words, **{"for": form.level.data}))
        except (Refused, NotFound) as error:
            sentence = error.sentence if isinstance(error, Refused) else "There is no such place that you can see."
            form.put(Refused(sentence, field="place"))
    return ask("briefs/new.html", form)


def _place(words: str) -> Place:
    """A place in words, or what the find box takes: a ward as it is, anything else with 400 metres round it."""
    if ":" in words:
        return place_from_words(words, viewer())
    wards = wards_called(words)
    if len(wards) == 1:
        return place_from_words(f"ward:{wards[0].code}", viewer())
    if len(wards) > 1:
        names = ", ".join(ward.name for ward in wards[:5])
        raise Refused(f"Several wards match: {names}. Enter the whole name of one.", field="place")
    for scheme in ("postcode", "grid", "point"):
        try:
            return place_from_words(f"{scheme}:{words}", viewer())
        except Refused:
            continue
    raise Refused(
        f"We cannot find '{words[:60]}'. Try a postcode, the name of a ward or a grid reference.", field="place"
    )


def level_asked() -> Level:
    """The level in the address: `for`, public unless said."""
    try:
        level = Level(request.args.get("for", Level.PUBLIC))
    except ValueError:
        raise NotFound from None
    if level not in (Level.COUNCIL, Level.PUBLIC):
        raise NotFound
    return level


@bp.get("/places/<words>/brief")
def brief(words: str) -> ResponseReturnValue:
    """The page of a brief."""
    made = queries.brief(place_at(words), level_asked(), viewer())
    return render_template(
        "briefs/brief.html", brief=made, bars=bars, later=LATER, no_longer=NO_LONGER, behind=list_behind(made)
    )


def list_behind(made: Brief) -> Callable[[Figure], str]:
    """The address of the list of what a figure counts: as it was frozen, or as it is at the brief's level."""

    def address(figure: Figure) -> str:
        asked: dict[str, Any] = dict(figure.filters.in_address())
        if made.frozen is not None:
            return url_for("kept_briefs.behind", ref=made.frozen.ref, number=made.frozen.number, **asked)
        return url_for("outlook.place_entries", words=made.words, **asked | {"for": made.level})

    return address


@bp.get("/places/<words>/brief.<suffix>")
def brief_file(words: str, suffix: str) -> ResponseReturnValue:
    """A brief in one of its other forms: the same content."""
    if suffix not in FORMS:
        raise NotFound
    place, level = place_at(words), level_asked()
    made = queries.brief(place, level, viewer())
    return as_file(made, list(queries.items(place, level)), suffix)


def as_file(made: Brief, items: Sequence[Item], suffix: str, version_id: int | None = None) -> Response:
    """A brief in one of its forms, to be kept. That it was taken away is written down after the answer."""
    body, kind = FORMS[suffix](made, items)
    response = Response(body, mimetype=kind)
    name = re.sub("[^a-z0-9]+", "-", made.label.lower()).strip("-")[:60] or "place"
    named = f"{made.frozen.ref}-{made.frozen.number}" if made.frozen else f"brief-{name}-{made.level}"
    response.headers["Content-Disposition"] = f'attachment; filename="{named}-{made.made_at:%Y-%m-%d}.{suffix}"'
    log_export(response, viewer(), made.words, suffix, version_id)
    return response
