"""The pages on which two people say whether they want to be put in touch: a GET shows, a POST acts."""

from __future__ import annotations

from typing import NoReturn

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from wardbook.db import db
from wardbook.errors import NotFound, Refused
from wardbook.forms import Asking, ask
from wardbook.people.models import Person
from wardbook.people.queries import viewer_of
from wardbook.people.signed_in import viewer
from wardbook.policy import sees
from wardbook.together import actions, keys, queries
from wardbook.together.models import Match
from wardbook.web import or_404

bp = Blueprint("together", __name__, url_prefix="/together")


@bp.get("")
def own() -> ResponseReturnValue:
    """All that lies near what I told and could help, or be helped."""
    person_id = viewer().id
    if person_id is None:
        return redirect(url_for("people.signing_in", next=url_for(".own")))
    return render_template(
        "together/own.html", sides=queries.own(viewer()),
        stopped=queries.wants_no_letters(person_id), stop_path=url_for(".stop", key=keys.stop_key_of(person_id)),
    )  # fmt: skip


@bp.route("/<key>", methods=["GET", "POST"])
def meet(key: str) -> ResponseReturnValue:
    """What lies near, and whether to be put in touch. The address in the letter is for one person alone."""
    side = _side(key)
    if side is None:
        return render_template("together/ended.html", over=actions.OVER)
    form = Asking()
    if form.validate_on_submit():
        try:
            return _said(side)
        except Refused as refused:
            form.put(refused)
    return ask("together/meet.html", form, side=side, stands=queries.stands(side.match), over=actions.OVER)


def _side(key: str) -> queries.Side | None:
    """The match as the person sees it whose key this is; None where they were in touch, and it, or what the other
    told, is there no more for them.
    """
    match_id, person_id, met = keys.meant_by(key)
    match, person = db.session.get(Match, match_id), db.session.get(Person, person_id)
    if match is None or person is None or person_id not in (match.offer.author_id, match.need.author_id):
        return None if met else _nothing()
    side = queries.side(match, person)
    if sees(viewer_of(person), side.other):
        return side
    return None if met or match.met_at is not None else _nothing()


def _nothing() -> NoReturn:
    raise NotFound


def _said(side: queries.Side) -> ResponseReturnValue:
    answer = request.form.get("answer")
    if answer == "yes":
        match = actions.say(side.match, side.person, yes=True)
        flash("You are in touch." if match.met_at else "Thank you. We tell you when the other person says yes too.")
    elif answer in ("no", "end"):
        actions.end(side.match, side.person)
        flash("It is ended." if side.match.met_at else "Thank you. Nobody is told that you said no.")
    else:
        raise Refused("Choose one of the two.")
    return redirect(url_for(".meet", key=side.key))


@bp.route("/stop/<key>", methods=["GET", "POST"])
def stop(key: str) -> ResponseReturnValue:
    """The address in every such letter. A mail program posts to it (RFC 8058), a person presses a button, or the one
    that begins them again.
    """
    person = or_404(db.session.get(Person, keys.stopped_by(key)))
    again = request.method == "POST" and request.form.get("letters") == "on"
    if again:
        actions.want_letters(person)
    elif request.method == "POST":
        actions.want_no_letters(person)
    return render_template("together/stop.html", stopped=queries.wants_no_letters(person.id), again=again)
