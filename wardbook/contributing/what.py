"""What it is: its kind, its words, what its category asks, and whether it is one of those near that sound the same."""

from __future__ import annotations

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from wardbook.clock import today
from wardbook.contributing.drafts import after, back_from, bp, go_on, goes_back, keep, own, sent_already
from wardbook.contributing.forms import (
    KindForm,
    MoreForm,
    NoneOfTheseForm,
    WhatForm,
    kind_hints,
)
from wardbook.contributing.mine import ask_which
from wardbook.contributing.told import alike, category_of, kind_of, questions, readable_spot, unanswered, until_of
from wardbook.entries import actions, drafting, queries
from wardbook.entries.categories import told_most
from wardbook.entries.kinds import KINDS, Kind
from wardbook.entries.models import Draft
from wardbook.entries.question_forms import asking, filled, given
from wardbook.errors import Refused
from wardbook.forms import ask
from wardbook.people.signed_in import viewer

ASKED = ("category", "title", "words", "willing")
MOST_DECLINED = 50


@bp.route("/<draft_id>/kind", methods=["GET", "POST"])
def kind(draft_id: str) -> ResponseReturnValue:
    """What do you want to tell us? What it can be about depends on it, so it is asked first."""
    draft = own(draft_id)
    if gone := sent_already(draft):
        return gone
    form = KindForm(data=draft.answers)
    if form.is_submitted():
        draft = keep(draft_id, "kind", kind=form.kind.data)
        if goes_back():
            return back_from(draft, "kind")
    if form.validate_on_submit():
        return go_on(draft, "kind")
    return ask("contribute/kind.html", form, draft=draft, hints=kind_hints())


@bp.route("/<draft_id>/what", methods=["GET", "POST"])
def what(draft_id: str) -> ResponseReturnValue:
    """What it is, in the words of its kind."""
    draft = own(draft_id)
    if gone := sent_already(draft):
        return gone
    told = kind_of(draft)
    if told is None:
        return redirect(url_for(".kind", draft_id=draft.id))
    form = _what_form(draft, told)
    if form.is_submitted():
        until = form.lapses_on.data if "lapses_on" in form else None
        typed = {name: field.data for name, field in form._fields.items() if name in ASKED}
        draft = keep(draft_id, "what", **typed, lapses_on=until.isoformat() if until else "")
        if goes_back():
            return back_from(draft, "what")
    if form.validate_on_submit():
        try:
            if "lapses_on" in form:
                actions.check_until(form.lapses_on.data, today())
            return _rings(draft) or go_on(draft, "what")
        except Refused as refused:
            form.put(refused)
    return ask("contribute/what.html", form, draft=draft, life=KINDS[told])


def _what_form(draft: Draft, told: Kind) -> WhatForm:
    pin = readable_spot(draft)
    found, ward = told_most(queries.categories(told), pin.point if pin else None, viewer())
    form = WhatForm(data=draft.answers | {"lapses_on": until_of(draft)})
    form.ask_about(told, found, ward)
    return form


def _rings(draft: Draft) -> ResponseReturnValue | None:
    """Whom to ring, where the chosen category is an emergency: nothing is sent under it."""
    category = category_of(draft)
    rings = category is not None and category.emergency
    return redirect(url_for(".emergency", draft_id=draft.id)) if rings else None


@bp.get("/<draft_id>/emergency")
def emergency(draft_id: str) -> ResponseReturnValue:
    """Whom to ring about what cannot wait."""
    draft = own(draft_id)
    category = category_of(draft)
    if category is None or not category.emergency:
        return redirect(url_for(".what", draft_id=draft.id))
    return render_template("contribute/emergency.html", draft=draft, category=category)


@bp.route("/<draft_id>/more", methods=["GET", "POST"])
def more(draft_id: str) -> ResponseReturnValue:
    """What the category asks beside the words."""
    draft = own(draft_id)
    if gone := sent_already(draft):
        return gone
    asked = questions(draft)
    if not asked:
        return redirect(url_for(".what", draft_id=draft.id))
    form = asking(MoreForm, asked)(data=filled(asked, draft.answers.get("answers", {})))
    if form.is_submitted():
        told = draft.answers.get("answers", {}) | given(form, asked)
        draft = keep(draft_id, "more", answers=told, more_of=None)
        if goes_back():
            return back_from(draft, "more")
    if form.validate_on_submit():
        drafting.answer(draft, more_of=draft.answers.get("category"))
        return go_on(draft, "more")
    return ask("contribute/more.html", form, draft=draft, asked=asked, category=category_of(draft))


@bp.route("/<draft_id>/same", methods=["GET", "POST"])
def same(draft_id: str) -> ResponseReturnValue:
    """Is it one of these? Asked only where something near says something similar that was not asked about before."""
    draft = own(draft_id)
    if gone := sent_already(draft):
        return gone
    if (missing := unanswered(draft)) in {"where", "kind", "what"}:
        return redirect(url_for(f".{missing}", draft_id=draft.id))
    found = alike(draft)
    form = NoneOfTheseForm(shown=" ".join(one.entry.ref for one in found))
    if form.validate_on_submit():
        declined = {*draft.answers.get("not_same", []), *form.shown.data.split()}
        drafting.answer(draft, not_same=sorted(declined)[:MOST_DECLINED])
        return after(draft, "what")
    return ask_which(draft, found, form if form.errors else None) if found else after(draft, "what")
