"""What people ask of moderators: to look at an entry, or to look again at a decision; and how an appeal is answered."""

from __future__ import annotations

import secrets

from flask import Blueprint, flash, redirect, session, url_for
from flask.typing import ResponseReturnValue

from wardbook.db import db
from wardbook.entries import queries as entries
from wardbook.errors import Refused
from wardbook.forms import ask
from wardbook.moderation import appeals, bans
from wardbook.moderation.forms import AnswerAppealForm, AppealForm, ReportForm
from wardbook.moderation.models import Appeal, Ban, Wrong
from wardbook.moderation.reporting import Given, report
from wardbook.people.signed_in import person, viewer
from wardbook.policy import Act, may, require
from wardbook.web import or_404

bp = Blueprint("asking", __name__)


@bp.app_template_global()
def ban_of_mine() -> Ban | None:
    """What keeps whoever is reading from contributing today."""
    me = person() if viewer().banned_until else None
    return bans.in_force(me) if me is not None else None


@bp.route("/entries/<ref>/report", methods=["GET", "POST"])
def report_it(ref: str) -> ResponseReturnValue:
    """Say what is wrong with it. The same is answered whether somebody said so before or not."""
    entry = or_404(entries.entry(ref, viewer()))
    require(viewer(), Act.REPORT, entry)
    form, me, sent = ReportForm(), person(), False
    if form.validate_on_submit():
        email = (me.email if form.hear.data else "") if me is not None else form.email.data or ""
        try:
            given = Given(Wrong(form.reason.data), form.words.data or "", email)
            report(viewer(), entry, given, browser=_browser(), person=me)
            sent = True
        except Refused as refused:
            form.put(refused)
    return ask("moderation/report.html", form, entry=entry, me=me, sent=sent)


def _browser() -> str:
    """A random word by which a browser is known again to have reported: it says nothing about whose it is."""
    if "reporter" not in session:
        session["reporter"] = secrets.token_urlsafe(12)
        session.permanent = True
    return str(session["reporter"])


@bp.route("/appeals/<int:event_id>", methods=["GET", "POST"])
def appeal(event_id: int) -> ResponseReturnValue:
    """Ask for another look at a decision about oneself or what one told, or read how that was answered."""
    about = appeals.own_decision(viewer(), event_id)
    form, made = AppealForm(), appeals.appeal_of(event_id)
    if made is None and form.validate_on_submit():
        try:
            made = appeals.appeal(viewer(), about, words=form.words.data)
            flash("Thank you. A moderator looks at it again, and we write to you.")
            return redirect(url_for(".appeal", event_id=event_id))
        except Refused as refused:
            form.put(refused)
    means = appeals.outcome(made, about) if made and made.answered_at else ""
    return ask("moderation/appeal.html", form, about=about, made=made, means=means)


@bp.route("/moderation/appeals/<int:appeal_id>", methods=["GET", "POST"])
def answer(appeal_id: int) -> ResponseReturnValue:
    """Read an appeal, and say whether the decision stands."""
    require(viewer(), Act.MODERATE)
    made = or_404(db.session.get(Appeal, appeal_id))
    about = or_404(appeals.decision(made.event_id))
    form, allowed = AnswerAppealForm(), may(viewer(), Act.ANSWER_APPEAL, about)
    if form.is_submitted():
        require(viewer(), Act.ANSWER_APPEAL, about)
    if form.validate_on_submit():
        try:
            appeals.answer(viewer(), made, changed=form.outcome.data == "changed", words=form.words.data)
            flash("The appeal is answered. They are told.")
            return redirect(url_for("moderation.queue"))
        except Refused as refused:
            form.put(refused)
    return ask("moderation/answer.html", form, made=made, about=about, allowed=allowed)
