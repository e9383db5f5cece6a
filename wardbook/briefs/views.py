"""The pages and files of a brief."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from wardbook.briefs import exporting, queries
from wardbook.briefs.document import LATER, NO_LONGER
from wardbook.briefs.drawing import bars
from wardbook.briefs.forms import BriefForm
from wardbook.briefs.forms_of_a_brief import FORMS
from wardbook.briefs.picture import Brief, Figure, Item
from wardbook.downloads.actions import record_given
from wardbook.downloads.sources import Wanted, is_long
from wardbook.errors import NotFound, Refused
from wardbook.forms import ask, choices
from wardbook.people.signed_in import viewer
from wardbook.places.called import Choice, choices_of, place_called
from wardbook.places.converter import place_at
from wardbook.policy import Act, may
from wardbook.shared import Level

bp = Blueprint("briefs", __name__)


@bp.route("/briefs/new", methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    """Which place, and for whom?"""
    form = BriefForm(place=request.args.get("place", ""))
    form.place.data = request.form.get("chosen", form.place.data)
    found: Sequence[Choice] = ()
    if not may(viewer(), Act.BRIEF_COUNCIL):
        form.level.choices = choices([(Level.PUBLIC, "Everyone")])
        if not form.is_submitted():
            form.level.data = Level.PUBLIC
    if form.validate_on_submit():
        try:
            place = place_called(form.place.data, viewer())
            return redirect(url_for(".brief", words=place.words, **{"for": form.level.data}))
        except Refused as refused:
            form.put(refused)
            found = choices_of(refused)
    return ask("briefs/new.html", form, found=found)


def level_asked() -> Level:
    """The level in the address (`for`); unless said, the council's for those who may read it."""
    usual = Level.COUNCIL if may(viewer(), Act.BRIEF_COUNCIL) else Level.PUBLIC
    try:
        level = Level(request.args.get("for", usual))
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
    wanted = Wanted(exporting.SOURCE, {"place": place.words, "for": str(level)}, suffix)
    if is_long(suffix, made.total):
        return redirect(url_for("files.new", source=wanted.source, form=suffix, **wanted.about), 303)  # type: ignore[arg-type]
    return as_file(made, list(queries.items(place, level)), wanted)


def as_file(made: Brief, items: Sequence[Item], wanted: Wanted) -> Response:
    """A brief in one of its forms, to be kept; that it was taken away is recorded."""
    body, kind = FORMS[wanted.form](made, items)
    response = Response(body, mimetype=kind)
    response.headers["Content-Disposition"] = f'attachment; filename="{exporting.file_name(made, wanted.form)}"'
    record_given(viewer(), wanted, len(items))
    return response
