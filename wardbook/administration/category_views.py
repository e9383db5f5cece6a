"""The administrators' pages of categories: what can be told about, what is asked, and whom to ring."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from wardbook.administration.category_forms import CategoryForm, as_typed
from wardbook.administration.views import bp
from wardbook.entries import categories
from wardbook.entries.kinds import KINDS, Kind
from wardbook.entries.models import Category
from wardbook.entries.questions import MOST_QUESTIONS
from wardbook.errors import Refused
from wardbook.forms import ask
from wardbook.people.signed_in import viewer
from wardbook.policy import Act, require
from wardbook.web import or_404


@bp.get("/categories", endpoint="categories")
def every_category() -> ResponseReturnValue:
    """All categories, retired ones too."""
    found = categories.every(viewer())
    labels = {category.id: ", ".join(KINDS[Kind(kind)].label for kind in category.kinds) for category in found}
    return render_template("administration/categories.html", categories=found, labels=labels)


@bp.route("/categories/new", methods=["GET", "POST"])
def new_category() -> ResponseReturnValue:
    """A category more."""
    require(viewer(), Act.ADMINISTER)
    return _said(None, CategoryForm(data={"radius_m": "250"}))


@bp.route("/categories/<int:category_id>", methods=["GET", "POST"])
def category(category_id: int) -> ResponseReturnValue:
    """What a category is, said otherwise."""
    require(viewer(), Act.ADMINISTER)
    found = or_404(categories.by_id(category_id))
    return _said(found, CategoryForm(data=as_typed(found)))


def _said(found: Category | None, form: CategoryForm) -> ResponseReturnValue:
    form.offer_services(categories.services())
    if form.validate_on_submit():
        try:
            said = form.said()
            saved = categories.change(viewer(), found, said) if found else categories.add(viewer(), said)
            flash(f"‘{saved.name}’ is saved.")
            return redirect(url_for(".categories"))
        except Refused as refused:
            form.put(refused)
    return ask("administration/category.html", form, category=found, most=MOST_QUESTIONS)


@bp.post("/categories/<int:category_id>/retire")
def retire_category(category_id: int) -> ResponseReturnValue:
    """Nothing more is told under it."""
    require(viewer(), Act.ADMINISTER)
    found = or_404(categories.by_id(category_id))
    categories.retire(viewer(), found)
    flash(f"‘{found.name}’ is retired. What was told under it stays.")
    return redirect(url_for(".categories"))


@bp.post("/categories/<int:category_id>/bring-back")
def bring_category_back(category_id: int) -> ResponseReturnValue:
    """It can be chosen again."""
    require(viewer(), Act.ADMINISTER)
    found = or_404(categories.by_id(category_id))
    categories.bring_back(viewer(), found)
    flash(f"‘{found.name}’ can be chosen again.")
    return redirect(url_for(".categories"))
