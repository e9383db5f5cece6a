"""The pages behind the links in our answers to emails."""

from __future__ import annotations

from flask import Blueprint, redirect, session, url_for
from flask.typing import ResponseReturnValue

from wardbook.errors import NotFound, Refused
from wardbook.forms import ask
from wardbook.incoming import actions
from wardbook.incoming.forms import PutRightForm
from wardbook.incoming.taking import TELL_ON
from wardbook.people import proofs
from wardbook.people.forms import PressForm
from wardbook.people.signed_in import sign_in, still_another
from wardbook.places.examples import point_help, point_hint
from wardbook.places.find import Spot, spot, ward_at
from wardbook.web import or_404

ANOTHER = (
    "You are still signed in as {}, and this was sent to somebody else. Sign out, then press the button again. "
    "Nothing is lost."
)
bp = Blueprint("incoming", __name__, url_prefix="/by-email")


@bp.route("/<link>", methods=["GET", "POST"])
def tell_on(link: str) -> ResponseReturnValue:
    """What somebody sent, and a button that goes on with it. Mail scanners open links, they press nothing."""
    proof = or_404(proofs.proof_by_link(link))
    if proof.purpose != TELL_ON:
        raise NotFound
    form = PressForm()
    if form.validate_on_submit():
        try:
            if (other := still_another(proof.person)) is not None:
                raise Refused(ANOTHER.format(other.name or other.email))
            draft, who = actions.go_on(link)
            sign_in(who)
            session["drafts"] = [*session.get("drafts", [])[-4:], draft.id]
            session.permanent = True
            return redirect(url_for("contribute.where", draft_id=draft.id))
        except Refused as refused:
            form.put(refused)
    draft_there = actions.draft_of(proof)
    return ask("incoming/tell_on.html", form, proof=proof, draft=draft_there if proof.is_good else None)


@bp.route("/<link>/place", methods=["GET", "POST"])
def place(link: str) -> ResponseReturnValue:
    """Is it there, and is it about this? Before it is published, whoever has the link puts it right."""
    proof = or_404(proofs.proof_by_link(link))
    entry = or_404(actions.entry_to_put_right(proof))
    at = f"{entry.geometry.y:.6f}, {entry.geometry.x:.6f}"
    form = PutRightForm(data={"spot": at, "category": str(entry.category_id or "")})
    form.ask_about(entry.kind)
    if form.validate_on_submit():
        try:
            actions.put_right(proof, _read(form.spot.data), form.category.data)
            return redirect(url_for("contribute.confirm", link=link))
        except Refused as refused:
            form.put(Refused(refused.sentence, field="category" if refused.field == "category" else "spot"))
    return ask("incoming/place.html", form, entry=entry, link=link, ward=ward_at(entry.geometry), hint=point_hint())


def _read(words: str) -> Spot:
    found = spot(words)
    if found is None:
        raise Refused(f"We cannot read '{words[:60]}' as one spot. {point_help()}", field="spot")
    return found
