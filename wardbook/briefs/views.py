"""The pages and files of a brief."""

from __future__ import annotations

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from wardbook.briefs import exporting, queries
from wardbook.briefs.drawing import bars
from wardbook.briefs.forms import BriefForm
from wardbook.briefs.forms_of_a_brief import FORMS
from wardbook.downloads.actions import record_given
from wardbook.downloads.sources import Wanted, is_long
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


def _level() -> Level:
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
    made = queries.brief(place_at(words), _level(), viewer())
    return render_template("briefs/brief.html", brief=made, bars=bars)


@bp.get("/places/<words>/brief.<suffix>")
def brief_file(words: str, suffix: str) -> ResponseReturnValue:
    """A brief as PDF, GeoPackage, CSV or JSON: the same content."""
    if suffix not in FORMS:
        raise NotFound
    place, level = place_at(words), _level()
    made = queries.brief(place, level, viewer())
    wanted = Wanted(exporting.SOURCE, {"place": place.words, "for": str(level)}, suffix)
    if is_long(suffix, made.total):
        return redirect(url_for("files.new", source=wanted.source, form=suffix, **wanted.about), 303)  # type: ignore[arg-type]
    items = list(queries.items(place, level))
    body, kind = FORMS[suffix](made, items)
    response = Response(body, mimetype=kind)
    response.headers["Content-Disposition"] = f'attachment; filename="{exporting.file_name(made, suffix)}"'
    record_given(viewer(), wanted, len(items))
    return response
