"""The pages behind the addresses in an author's letters: is it put right, and no more letters about it."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from wardbook.entries import queries
from wardbook.entries.actions import MOST_WORDS
from wardbook.entries.hearing import answers, closing, letters
from wardbook.entries.hearing.closing import WHETHER, Whether
from wardbook.errors import Forbidden, Refused
from wardbook.forms import Asking, ask, at_most, long_text
from wardbook.people.signed_in import viewer
from wardbook.policy import Act, may
from wardbook.web import or_404

bp = Blueprint("hearing", __name__)


class WhetherForm(Asking):
    """Words beside the answer, which is the button that is pressed."""

    words = long_text(
        "If it is not: what is still wrong? (optional)", at_most(MOST_WORDS, "What you say"),
        hint="Readers of the page see these words.",
    )  # fmt: skip


@bp.route("/put-right/<key>", methods=["GET", "POST"])
def put_right(key: str) -> ResponseReturnValue:
    """The links in the letter show a page; a button on it answers. Mail scanners open links, they press nothing."""
    asked, form = closing.asked_by(key), WhetherForm()
    given = request.form.get("answer") or request.args.get("answer", "").replace("-", " ")
    said = Whether(given) if given in set(Whether) else None
    if form.validate_on_submit():
        try:
            if said is None:
                raise Refused("Press one of the three answers.")
            answers.answer(asked, said, words=form.words.data or "")
            return redirect(url_for(".put_right", key=key))
        except Refused as refused:
            form.put(refused)
    order = sorted(WHETHER, key=lambda one: one is not said)
    return ask(
        "entries/put_right.html", form, asked=asked, entry=asked.entry, first=said,
        answers=[(str(one), WHETHER[one]) for one in order], given=WHETHER[asked.answer] if asked.answer else "",
        over=closing.is_open_again(asked), closed=closing.step_that_closed(asked),
        says=may(closing.author_of(asked), Act.SAY),
    )  # fmt: skip


@bp.route("/letters/<key>", methods=["GET", "POST"])
def stop_letters(key: str) -> ResponseReturnValue:
    """The address in each letter to an author. A mail program posts to it (RFC 8058), a person presses a button."""
    entry, person_id = letters.meant_by(key)
    if request.method == "POST" and request.form.get("letters") == "on":
        letters.resume(entry, person_id)
    elif request.method == "POST":
        letters.stop(entry, person_id)
    return render_template("entries/letters.html", entry=entry, on=letters.wants(entry, person_id))


@bp.post("/entries/<ref>/letters")
def letters_of(ref: str) -> ResponseReturnValue:
    """The same for its author, signed in."""
    entry = or_404(queries.entry(ref, viewer()))
    me = viewer().id
    if me is None or entry.author_id != me:
        raise Forbidden
    if request.form.get("letters") == "on":
        letters.resume(entry, me)
        flash(f"We write to you about {entry.ref} again.")
    else:
        letters.stop(entry, me)
        flash(f"We write to you no more about {entry.ref}.")
    return redirect(_back() or url_for("entries.detail", ref=entry.ref))


def _back() -> str | None:
    """Where the button stood: on the page of the entry, or among all that somebody follows."""
    return url_for("follows.own") if request.form.get("from") == "follows" else None
