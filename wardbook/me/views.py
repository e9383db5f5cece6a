"""The pages on which people see all that is kept about them, take a copy, and are erased."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, flash, redirect, render_template, request, send_file, session, url_for
from flask.typing import ResponseReturnValue

from wardbook import mail
from wardbook.db import db
from wardbook.downloads.actions import record_given
from wardbook.downloads.sources import Wanted
from wardbook.entries import drafting, own
from wardbook.entries import queries as entries
from wardbook.entries.paging import at_from
from wardbook.entries.paging import page as page_of
from wardbook.errors import NotFound, Refused
from wardbook.follows import queries as follows
from wardbook.forms import ask
from wardbook.me import leaving, taking
from wardbook.me.forms import HIDE, LEAVE, EraseForm, NameForm
from wardbook.me.leaving import CHOICES, MEANS, Leaving
from wardbook.me.naming import rename
from wardbook.people import proofs
from wardbook.people.forms import PressForm
from wardbook.people.models import Person
from wardbook.people.signed_in import is_fresh, person, sign_out, still_another, viewer
from wardbook.policy import Act, may, require
from wardbook.web import or_404

bp = Blueprint("me", __name__, url_prefix="/me")
FRESH = timedelta(hours=1)
"""So long after signing in nobody is asked to prove again that they are who they say"""


def _sign_in_first() -> ResponseReturnValue:
    return redirect(url_for("people.signing_in", next=url_for(".page")))


@bp.get("")
def page() -> ResponseReturnValue:
    """All of mine: what I told, what I support and follow, my name."""
    me = person()
    return _sign_in_first() if me is None else _page(me, _name_form(me))


def _name_form(me: Person) -> NameForm:
    return NameForm(data={"name": me.name, "shown": LEAVE})


def _page(me: Person, form: NameForm) -> ResponseReturnValue:
    return ask(
        "me/page.html", form, me=me, told=page_of(entries.told_by(viewer()), at_from(request.args)),
        supported=page_of(own.supported(viewer()), size=20), following_count=follows.how_many(me.id),
    )  # fmt: skip


@bp.post("/name")
def name() -> ResponseReturnValue:
    """Change my name, or whether it is shown."""
    if (me := person()) is None:
        return _sign_in_first()
    form = NameForm()
    if form.validate_on_submit():
        shown = None if form.shown.data == LEAVE else form.shown.data != HIDE
        try:
            changed = rename(viewer(), me, name=form.name.data or "", shown=shown, once=form.once.data)
            flash("Saved." if not changed else f"Saved. It changed on {changed} of what you told us.")
            return redirect(url_for(".page"))
        except Refused as refused:
            form.put(refused)
    return _page(me, form)


@bp.post("/copy")
def copy() -> ResponseReturnValue:
    """Take a copy of all that is kept about me. That it was taken is on record."""
    if (me := person()) is None:
        return _sign_in_first()
    who, told = viewer(), len(own.told_by(me))
    answer = send_file(
        taking.copy_of(me), "application/zip", as_attachment=True, download_name=taking.NAME, max_age=0
    )  # fmt: skip
    db.session.rollback()
    record_given(who, Wanted("a copy of what is kept", {}, "zip"), told)
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


# --- being erased ------------------------------------------------------------------------------------------------


@bp.route("/erase", methods=["GET", "POST"])
def erase() -> ResponseReturnValue:
    """Choose what becomes of what I told, and be erased: at once for who has just signed in, else behind a link."""
    if (me := person()) is None:
        return redirect(url_for(".erased")) if session.get("erased") else _sign_in_first()
    if request.method == "POST":
        require(viewer(), Act.BE_ERASED, me)
    form = EraseForm()
    if form.validate_on_submit():
        choice = Leaving(form.choice.data)
        if is_fresh(FRESH):
            leaving.erase(viewer(), me, choice)
            return _gone()
        try:
            leaving.ask_for_proof(me, choice)
            return redirect(url_for(".sent"))
        except Refused as refused:
            form.put(refused)
    allowed = may(viewer(), Act.BE_ERASED, me)
    hints = [{"hint": {"text": MEANS[choice]}} for choice in CHOICES]
    return ask("me/erase.html", form, hints=hints, fresh=is_fresh(FRESH), allowed=allowed, me=me)


@bp.get("/erase/sent")
def sent() -> ResponseReturnValue:
    """What to do next."""
    return render_template("me/sent.html", outbox=mail.to_outbox())


@bp.route("/erase/link/<link>", methods=["GET", "POST"])
def by_link(link: str) -> ResponseReturnValue:
    """The link in the email shows a page; the button on it erases. Mail scanners open links, they press nothing."""
    if request.method == "POST" and session.get("erased"):
        return redirect(url_for(".erased"))
    proof = or_404(proofs.proof_by_link(link))
    if proof.purpose != proofs.ERASE:
        raise NotFound
    form, choice = PressForm(), leaving.choice_of(proof)
    if form.validate_on_submit():
        other = still_another(proof.person)
        leaving.by_link(link)
        return _gone() if other is None else _gone_beside(other)
    return ask("me/erase_link.html", form, proof=proof, choice=CHOICES[choice], means=MEANS[choice])


def _gone() -> ResponseReturnValue:
    drafting.forget_drafts(session.get("drafts", []))
    sign_out()
    session.clear()
    session["erased"] = True
    return redirect(url_for(".erased"))


def _gone_beside(other: Person) -> ResponseReturnValue:
    flash(f"You are still signed in as {other.name or other.email}.")
    return redirect(url_for(".erased"))


@bp.get("/erased")
def erased() -> ResponseReturnValue:
    """That it is done."""
    return render_template("me/erased.html")
