"""The administrators' pages of boundary sets: what activating one would change, doing it and undoing it."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from wardbook.activation import actions
from wardbook.activation.done import what_was_done
from wardbook.activation.forms import ActivateForm
from wardbook.activation.preview import history, preview
from wardbook.areas import queries as areas
from wardbook.areas.models import BoundarySet
from wardbook.errors import Refused
from wardbook.forms import ask
from wardbook.people.signed_in import viewer
from wardbook.policy import Act, require
from wardbook.web import or_404

bp = Blueprint("activation", __name__, url_prefix="/admin/boundaries")


@bp.get("")
def sets() -> ResponseReturnValue:
    """Every boundary set with its days, and what was activated and undone."""
    require(viewer(), Act.ADMINISTER)
    return render_template(
        "activation/sets.html", sets=areas.boundary_sets(), counts=areas.area_counts(), history=history()
    )


def _row(set_id: int) -> BoundarySet:
    require(viewer(), Act.ADMINISTER)
    return or_404(areas.boundary_set(set_id))


@bp.route("/<int:set_id>", methods=["GET", "POST"])
def one(set_id: int) -> ResponseReturnValue:
    """What activating a set would change; pressing the button does it, with the choices that were made."""
    row = _row(set_id)
    try:
        found = preview(row, viewer())
    except Refused as refused:
        return render_template("activation/never.html", row=row, why=refused.sentence)
    form = ActivateForm()
    choices = {move.old.code: code for move in found.choices if (code := request.form.get(f"goes-{move.old.id}"))}
    if form.validate_on_submit():
        try:
            actions.activate(viewer(), row, choices)
            flash(f"‘{row.name}’ is activated. Those who follow an area that ends are told once.")
            return redirect(url_for(".one", set_id=row.id))
        except Refused as refused:
            form.put(refused)
    done = what_was_done(found.standing) if found.standing else None
    return ask("activation/set.html", form, found=found, row=row, choices=choices, done=done)


@bp.post("/<int:set_id>/undo")
def undo(set_id: int) -> ResponseReturnValue:
    """Put back what activating a set changed."""
    row = _row(set_id)
    done = actions.undo(viewer(), row)
    flash(f"The activation of ‘{row.name}’ is undone." if done else f"‘{row.name}’ is not activated.")
    return redirect(url_for(".one", set_id=row.id))
