"""The pages on which people speak to what is there: support it, see it differently, write a later note."""

from __future__ import annotations

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from wardbook import mail
from wardbook.entries import queries, support, ties, tying
from wardbook.entries.keeping import asked_for, attempt, to_page
from wardbook.entries.keeping_forms import ConfirmForm, EmailSupportForm, LaterForm, ViewForm, offer_levels
from wardbook.entries.kinds import KINDS, Kind
from wardbook.entries.models import Entry
from wardbook.errors import Refused
from wardbook.forms import ask
from wardbook.people import proofs
from wardbook.people.signed_in import person, sign_in_unless_another, viewer
from wardbook.policy import Act, require
from wardbook.web import or_404

bp = Blueprint("speaking_up", __name__)


# --- this matters to me too --------------------------------------------------------------------------------------


@bp.route("/entries/<ref>/support", methods=["GET", "POST"])
def support_it(ref: str) -> ResponseReturnValue:
    """A press supports it for somebody who is signed in; anybody else gives an address to which a link is sent."""
    entry = or_404(queries.entry(ref, viewer()))
    require(viewer(), Act.SUPPORT, entry)
    if viewer().id is not None:
        return _press(entry)
    form, sent = EmailSupportForm(), False
    if form.validate_on_submit():
        try:
            support.ask_for_proof(viewer(), entry, form.email.data)
            sent = True
        except Refused as refused:
            form.put(refused)
    return ask("entries/support.html", form, entry=entry, sent=sent, outbox=mail.to_outbox())


def _press(entry: Entry) -> ResponseReturnValue:
    if request.method == "POST":
        support.support(viewer(), entry)
    return redirect(url_for("entries.detail", ref=entry.ref, _anchor="support"))


@bp.post("/entries/<ref>/support/undo")
def take_back(ref: str) -> ResponseReturnValue:
    """Support it no longer."""
    entry = or_404(queries.entry(ref, viewer()))
    support.take_back(viewer(), entry)
    return redirect(url_for("entries.detail", ref=entry.ref, _anchor="support"))


@bp.route("/support/<link>", methods=["GET", "POST"])
def by_link(link: str) -> ResponseReturnValue:
    """The link in the email shows a page; the button on it supports. Mail scanners open links, they press nothing."""
    proof = or_404(proofs.proof_by_link(link))
    entry = or_404(support.entry_of(proof))
    form = ConfirmForm()
    if form.validate_on_submit() and proof.used_at is None:
        try:
            entry, who = support.confirm(link)
            if not sign_in_unless_another(who) and queries.entry(entry.ref, viewer()) is None:
                return redirect(url_for(".by_link", link=link))
            return redirect(url_for("entries.detail", ref=entry.ref, _anchor="support"))
        except Refused as refused:
            form.put(refused)
    return ask("entries/support_link.html", form, entry=entry, proof=proof)


# --- notes beside notes, and after them --------------------------------------------------------------------------


@bp.route("/entries/<ref>/differ", methods=["GET", "POST"])
def differ(ref: str) -> ResponseReturnValue:
    """Put another view beside somebody else's note."""
    form = ViewForm()
    note = asked_for(ref, Act.DIFFER, form)
    levels = tying.levels_of_a_view(note)
    hints = offer_levels(form, levels)
    if not form.is_submitted():
        form.level.data = str(min(levels, key=lambda level: level != KINDS[Kind.NOTE].level))
    me = or_404(person())
    if view := attempt(form, lambda: tying.differ(viewer(), note, form.telling(note), form.details(note), me)):
        return to_page(view, "Your view is saved. Those who see both notes see them beside each other.")
    return ask("entries/differ.html", form, entry=note, hints=hints, said_by=queries.said_by(note))


@bp.route("/entries/<ref>/later", methods=["GET", "POST"])
def later(ref: str) -> ResponseReturnValue:
    """Write a note that takes the place of an older one."""
    form = ViewForm()
    note = asked_for(ref, Act.SUPERSEDE, form)
    hints = offer_levels(form, list(KINDS[Kind.NOTE].levels))
    if not form.is_submitted():
        form.process(
            data={"title": note.title, "basis": str(note.basis), "level": str(note.level), "cites": note.cites}
        )
    me = or_404(person())
    if new := attempt(form, lambda: tying.write_later(viewer(), note, form.telling(note), form.details(note), me)):
        return to_page(new, "Your note is saved. It takes the place of the older one.")
    return _later_page(note, form, LaterForm(prefix="written"), hints)


@bp.post("/entries/<ref>/superseded")
def superseded(ref: str) -> ResponseReturnValue:
    """Name the later note that takes its place."""
    written = LaterForm(prefix="written")
    note = asked_for(ref, Act.SUPERSEDE, written)
    written.offer(list(ties.own_later_notes(note, viewer())))
    if new := attempt(written, lambda: _by_reference(note, written)):
        return to_page(new, "It takes the place of the older note.")
    form = ViewForm(formdata=None, data={"title": note.title, "basis": str(note.basis), "level": str(note.level)})
    return _later_page(note, form, written, offer_levels(form, list(KINDS[Kind.NOTE].levels)))


def _by_reference(note: Entry, written: LaterForm) -> Entry:
    new = queries.entry(written.ref.data, viewer())
    if new is None:
        raise Refused("Choose the later note.", field="ref")
    return tying.supersede(viewer(), note, new, once=written.once.data)


def _later_page(note: Entry, form: ViewForm, written: LaterForm, hints: list[dict[str, object]]) -> ResponseReturnValue:
    notes = list(ties.own_later_notes(note, viewer()))
    written.offer(notes)
    wrong = written if written.errors else form
    return ask("entries/later.html", wrong, entry=note, new=form, written=written, notes=notes, hints=hints)
