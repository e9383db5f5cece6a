"""What it is: its kind, its words, and whether it is one of those near that sound the same."""

from __future__ import annotations

from flask import redirect, url_for
from flask.typing import ResponseReturnValue

from wardbook.clock import today
from wardbook.contributing.drafts import (
    after,
    alike,
    bp,
    go_on,
    keep,
    kind_of,
    own,
    unanswered,
    until_of,
)
from wardbook.contributing.forms import (
    KindForm,
    NoneOfTheseForm,
    WhatForm,
    kind_hints,
)
from wardbook.contributing.mine import ask_which
from wardbook.entries import actions
from wardbook.entries.kinds import KINDS
from wardbook.errors import Refused
from wardbook.forms import ask

ASKED = ("category", "title", "words", "willing")
MOST_DECLINED = 50


@bp.route("/<draft_id>/kind", methods=["GET", "POST"])
def kind(draft_id: str) -> ResponseReturnValue:
    """What do you want to tell us? What it can be about depends on it, so it is asked first."""
    draft = own(draft_id)
    form = KindForm(data=draft.answers)
    if form.is_submitted():
        draft = keep(draft_id, "kind", kind=form.kind.data)
    if form.validate_on_submit():
        return go_on(draft, "kind")
    return ask("contribute/kind.html", form, draft=draft, hints=kind_hints())


@bp.route("/<draft_id>/what", methods=["GET", "POST"])
def what(draft_id: str) -> ResponseReturnValue:
    """What it is, in the words of its kind."""
    draft = own(draft_id)
    told = kind_of(draft)
    if told is None:
        return redirect(url_for(".kind", draft_id=draft.id))
    form = WhatForm(data=draft.answers | {"lapses_on": until_of(draft)})
    form.ask_about(told)
    if form.is_submitted():
        given = {name: field.data for name, field in form._fields.items() if name in ASKED}
        until = form.lapses_on.data if "lapses_on" in form else None
        draft = keep(draft_id, "what", **given, lapses_on=until.isoformat() if until else "")
    if form.validate_on_submit():
        try:
            if "lapses_on" in form:
                actions.check_until(form.lapses_on.data, today())
            return go_on(draft, "what")
        except Refused as refused:
            form.put(refused)
    return ask("contribute/what.html", form, draft=draft, life=KINDS[told])


@bp.route("/<draft_id>/same", methods=["GET", "POST"])
def same(draft_id: str) -> ResponseReturnValue:
    """Is it one of these? Asked only where something near says something similar that was not asked about before."""
    draft = own(draft_id)
    if (missing := unanswered(draft)) in {"where", "kind", "what"}:
        return redirect(url_for(f".{missing}", draft_id=draft.id))
    found = alike(draft)
    form = NoneOfTheseForm(shown=" ".join(one.entry.ref for one in found))
    if form.validate_on_submit():
        declined = {*draft.answers.get("not_same", []), *form.shown.data.split()}
        actions.answer(draft, not_same=sorted(declined)[:MOST_DECLINED])
        return after(draft, "what")
    return ask_which(draft, found, form if form.errors else None) if found else after(draft, "what")
