"""The pages on which a place is made: drawn, typed or uploaded, a circle, a street, wards."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import RequestEntityTooLarge

from wardbook.areas import queries as areas
from wardbook.areas.models import AREA_TYPES
from wardbook.config import settings
from wardbook.db import before_the_lock
from wardbook.errors import Refused
from wardbook.forms import Asking, ask, choices
from wardbook.people.signed_in import viewer
from wardbook.places import actions
from wardbook.places.called import Choice, choices_of, circle_called, metres_typed, street_called, wards_named
from wardbook.places.examples import point_hint
from wardbook.places.files import LARGEST, TOO_LARGE, Joined, joined_from_upload
from wardbook.places.forms import CircleForm, PlaceForm, StreetForm, WardsForm
from wardbook.places.place import Place, refuse_outside
from wardbook.places.typed import Form, shape_from
from wardbook.policy import Act, require

bp = Blueprint("places", __name__)
BESIDE_A_FILE = 1_000_000
"""Bytes of what is typed in the same form"""


@bp.url_value_preprocessor
def _limit(*_: object) -> None:
    """How much may be sent here: said before anything reads the form, and nothing more is then read."""
    request.max_content_length = LARGEST + BESIDE_A_FILE


@bp.errorhandler(413)
def _too_large(_: RequestEntityTooLarge) -> ResponseReturnValue:
    """What was typed beside a file that is too large was not read either."""
    form = PlaceForm(formdata=None)
    form.put(Refused(TOO_LARGE, field="file"))
    return render_template("places/new.html", form=form, most=LARGEST, too_large=TOO_LARGE), 413


@bp.route("/places/new", methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    """Draw, type or upload a place; it has an address of its own from then on."""
    with before_the_lock():
        require(viewer(), Act.DRAW_PLACE)
    read = _read()
    form = PlaceForm()
    if form.validate_on_submit():
        try:
            if isinstance(read, Refused):
                raise read
            shape = read.shape if read else shape_from(form.shape.data or "", Form(form.form.data))
            kept = actions.keep_shape(viewer(), shape, label=form.label.data, once=form.once.data)
            if read and read.said:
                flash(read.said)
            return redirect(url_for("outlook.place", words=f"shape:{kept.key}"))
        except Refused as refused:
            form.put(Refused(refused.sentence, field="file" if read else refused.field))
    return ask("places/new.html", form, most=LARGEST, too_large=TOO_LARGE)


def _read() -> Joined | Refused | None:
    """What was uploaded, read before the form's transaction begins; or why it cannot be."""
    sent = [upload for upload in request.files.getlist("file") if upload.filename]
    try:
        if sent and request.form.get("shape", "").strip():
            raise Refused("You gave points and a file. To use the file, clear the points and choose it again.")
        if len(sent) > 1:
            raise Refused("Upload one file: zip the parts of a Shapefile together.")
        return joined_from_upload(sent[0]) if sent else None
    except Refused as refused:
        return Refused(refused.sentence, field="file")


@bp.route("/places/new/circle", methods=["GET", "POST"])
def circle() -> ResponseReturnValue:
    """All that lies so far from a spot."""
    form = CircleForm(spot=request.args.get("q", ""))
    form.spot.data = request.form.get("chosen", form.spot.data)
    form.spot.description = f"Pressing the map fills this in. Without it: the name of a street, {point_hint()}."
    return _named(
        "places/circle.html", form, "spot",
        lambda: circle_called(form.spot.data, metres_typed(form.metres.data, "The radius", 400), viewer()),
    )  # fmt: skip


@bp.route("/places/new/street", methods=["GET", "POST"])
def street() -> ResponseReturnValue:
    """A street, and what lies along it."""
    form = StreetForm()
    return _named(
        "places/street.html", form, "shape",
        lambda: street_called(form.shape.data, metres_typed(form.metres.data, "The margin", 50), viewer()),
    )  # fmt: skip


@bp.route("/places/new/wards", methods=["GET", "POST"])
def wards() -> ResponseReturnValue:
    """One ward or several, or other areas of the council's own, as one place."""
    form = WardsForm()
    own = areas.in_force()
    form.wards.choices = choices((area.code, area.name) for area in own if area.set.type == settings().ward_type)
    form.others.choices = choices(
        (area.code, f"{area.name} ({AREA_TYPES[area.set.type].lower()})")
        for area in own
        if area.set.type != settings().ward_type
    )
    return _named("places/wards.html", form, "wards", lambda: _of(form))


def _of(form: WardsForm) -> Place:
    codes = [*(form.wards.data or ()), *(form.others.data or ())]
    if not codes:
        raise Refused("Choose one ward or more")
    return wards_named(codes, viewer())


def _named(template: str, form: Asking, field: str, place: Callable[[], Place]) -> ResponseReturnValue:
    """Lead to the place that a form names; it has its address already, so nothing is kept."""
    found: Sequence[Choice] = ()
    if form.validate_on_submit():
        try:
            return redirect(url_for("outlook.place", words=refuse_outside(place()).words))
        except Refused as refused:
            known = refused.field if refused.field in form else field
            form.put(Refused(refused.sentence, field=known))
            found = choices_of(refused)
    return ask(template, form, found=found)
