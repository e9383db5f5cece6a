"""The pages on which people look after what they told: edit, choose who sees it, review, withdraw, erase."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from wardbook.clock import today
from wardbook.entries import erasing, holding, life, queries
from wardbook.entries.keeping_forms import (
    ConfirmForm,
    LevelForm,
    ReviewForm,
    WithdrawForm,
    edit_form,
    offer_levels,
)
from wardbook.entries.kinds import Kind
from wardbook.entries.models import Entry
from wardbook.errors import Refused
from wardbook.events import done_already
from wardbook.forms import Asking, ask
from wardbook.people.signed_in import viewer
from wardbook.policy import Act, require
from wardbook.shared import Level
from wardbook.web import number_in, or_404

bp = Blueprint("keeping", __name__, url_prefix="/entries/<ref>")


def asked_for(ref: str, act: Act, form: Asking) -> Entry:
    """The entry, where this may be done to it, or was done by this very form a moment ago."""
    entry = or_404(queries.entry(ref, viewer()))
    if not was_sent(form):
        require(viewer(), act, entry)
    return entry


def was_sent(form: Asking) -> bool:
    """Whether this form was taken before: its button was pressed twice."""
    return bool(form.is_submitted() and done_already(form.once.data))


def to_page(entry: Entry, said: str) -> ResponseReturnValue:
    """Go on to the page of an entry, and say there what was done."""
    flash(said)
    return redirect(url_for("entries.detail", ref=entry.ref))


def attempt(form: Asking, deed: Callable[[], Entry]) -> Entry | None:
    """What was done where the form is right and nothing forbids it; else None, with the reason in the form."""
    if not form.validate_on_submit():
        return None
    try:
        return deed()
    except Refused as refused:
        form.put(refused)
        return None


@bp.route("/edit", methods=["GET", "POST"])
def edit(ref: str) -> ResponseReturnValue:
    """Change what it says. What was typed in another tab meanwhile is shown beside it, and neither is lost."""
    entry = or_404(queries.entry(ref, viewer()))
    form = edit_form(entry)
    entry, overtaken = asked_for(ref, Act.EDIT, form), False
    if form.validate_on_submit():
        try:
            edition = number_in(str(form.edition.data)) or 0
            life.edit(viewer(), entry, form.wording(), edition=edition, once=form.once.data)
            waits = entry.held_for and entry.standing != "published"
            return to_page(entry, "It is saved. A moderator reads it first." if waits else "It is saved.")
        except life.Outdated as refused:
            form.put(refused)
            form.edition.data, overtaken = str(entry.edition), True
        except Refused as refused:
            form.put(refused)
    return ask("entries/edit.html", form, entry=entry, overtaken=overtaken, moderated=holding.by_category(entry))


@bp.route("/level", methods=["GET", "POST"])
def level(ref: str) -> ResponseReturnValue:
    """Widen or narrow who sees it."""
    form = LevelForm()
    entry = asked_for(ref, Act.CHANGE_LEVEL, form)
    hints = offer_levels(form, life.levels_for(entry))
    if entry.kind is Kind.NOTE:
        del form.contact_shared
    if not form.is_submitted():
        form.process(data={"level": str(entry.level), "contact_shared": entry.contact_shared})
    if done := attempt(form, lambda: _seen_by(form, entry)):
        return to_page(done, f"Who sees it now: {queries.who_sees(done.level)}")
    return ask("entries/level.html", form, entry=entry, hints=hints, who_sees=queries.who_sees(entry.level))


def _seen_by(form: LevelForm, entry: Entry) -> Entry:
    if form.contact_shared:
        life.share_contact(viewer(), entry, shared=form.contact_shared.data)
    return life.change_level(viewer(), entry, Level(form.level.data), once=form.once.data)


@bp.route("/review", methods=["GET", "POST"])
def review(ref: str) -> ResponseReturnValue:
    """Say that a note still holds, or that it is out of date."""
    form = ReviewForm(data={"review_on": today() + timedelta(days=365)})
    note = asked_for(ref, Act.REVIEW, form)
    if done := attempt(form, lambda: _reviewed(form, note)):
        return to_page(done, "It is on the page that you looked at it again.")
    return ask("entries/review.html", form, entry=note)


def _reviewed(form: ReviewForm, note: Entry) -> Entry:
    if form.holds.data == "yes":
        return life.still_holds(viewer(), note, review_on=form.review_on.data, once=form.once.data)
    return life.no_longer_holds(viewer(), note, words=form.words.data or "", once=form.once.data)


@bp.route("/withdraw", methods=["GET", "POST"])
def withdraw(ref: str) -> ResponseReturnValue:
    """Take it out of sight, with a reason."""
    form = WithdrawForm()
    entry = asked_for(ref, Act.WITHDRAW, form)
    if done := attempt(
        form, lambda: life.withdraw(viewer(), entry, reason=form.reason.data or "", once=form.once.data)
    ):
        return to_page(done, "It is withdrawn. You can bring it back.")
    return ask("entries/withdraw.html", form, entry=entry)


@bp.post("/bring-back")
def bring_back(ref: str) -> ResponseReturnValue:
    """Put it back where it was."""
    form = ConfirmForm()
    entry = asked_for(ref, Act.BRING_BACK, form)
    return to_page(life.bring_back(viewer(), entry, once=form.once.data), "It is back where it was.")


@bp.route("/erase", methods=["GET", "POST"])
def erase(ref: str) -> ResponseReturnValue:
    """Say what erasing means, and do it for good."""
    form = ConfirmForm()
    if was_sent(form):
        return redirect(url_for("outlook.desk"))
    entry = asked_for(ref, Act.ERASE, form)
    if form.validate_on_submit():
        erasing.erase(viewer(), entry, once=form.once.data)
        flash("It is erased.")
        return redirect(url_for("outlook.desk"))
    return ask("entries/erase.html", form, entry=entry)
