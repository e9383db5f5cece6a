"""Pages on which people follow, see what they follow, and stop: a GET shows, a POST acts."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from wardbook import mail
from wardbook.entries import queries as entries
from wardbook.entries.hearing import letters
from wardbook.entries.kinds import Kind
from wardbook.entries.models import Entry
from wardbook.entries.paging import at_from, page
from wardbook.errors import NotFound, Refused
from wardbook.follows import actions, queries, ways
from wardbook.follows.forms import DistanceForm, FollowForm, NearForm, RhythmForm
from wardbook.follows.models import RHYTHMS, Follow, Rhythm
from wardbook.follows.things import Thing, thing_from_words, thing_of
from wardbook.forms import ask
from wardbook.people import proofs
from wardbook.people.forms import PressForm
from wardbook.people.models import Proof
from wardbook.people.signed_in import person, sign_in_unless_another, viewer
from wardbook.places.called import choices_of
from wardbook.web import or_404

bp = Blueprint("follows", __name__, url_prefix="/follows")


@bp.get("")
def own() -> ResponseReturnValue:
    """All of mine: how often, and a way to stop each or all."""
    if viewer().id is None:
        return redirect(url_for("people.signing_in", next=url_for(".own")))
    rows = [
        (follow, thing_of(follow, viewer()), _rhythm_form(follow), queries.instead_of(follow), _distance_form(follow))
        for follow in queries.own(viewer())
    ]
    told = page(entries.told_by(viewer()).where(Entry.kind != Kind.NOTE), at_from(request.args))
    return render_template(
        "follows/own.html", rows=rows, rhythms=RHYTHMS, told=told, quiet=letters.unwanted(viewer().id, told.rows)
    )


def _distance_form(follow: Follow) -> DistanceForm | None:
    """For what is followed round a spot or along a street."""
    metres = ways.metres_of(follow.words)
    if metres is None:
        return None
    form = DistanceForm(formdata=None, prefix=f"d{follow.id}", metres=metres)
    form.offer(metres)
    return form


def _rhythm_form(follow: Follow) -> RhythmForm:
    return RhythmForm(formdata=None, prefix=f"f{follow.id}", rhythm=str(follow.rhythm))


@bp.route("/new", methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    """Follow something: in one press for somebody signed in, otherwise by a link to an email address."""
    thing = thing_from_words(request.values.get("thing", ""), viewer())
    form = FollowForm(rhythm=str(thing.rhythm))
    if form.validate_on_submit():
        try:
            return _begin(thing, form)
        except Refused as refused:
            form.put(refused)
    return ask("follows/new.html", form, thing=thing, me=person(), already=queries.followed(viewer(), thing.words))


def _begin(thing: Thing, form: FollowForm) -> ResponseReturnValue:
    rhythm = Rhythm(form.rhythm.data)
    if person() is not None:
        return _begun(actions.begin(viewer(), thing, rhythm), thing, thing.path)
    if not form.email.data:
        raise Refused("Enter your email address", field="email")
    actions.ask_by_email(form.email.data, thing, rhythm)
    return redirect(url_for(".sent"))


def _begun(follow: Follow, thing: Thing, address: str) -> ResponseReturnValue:
    often = RHYTHMS[follow.rhythm]
    flash(f"You follow ‘{thing.label}’. We write to you: {often[0].lower()}{often[1:]}.")
    return redirect(address)


@bp.route("/near", methods=["GET", "POST"])
def near() -> ResponseReturnValue:
    """Hear what happens within so many metres of a spot: one press for somebody signed in, else an address is asked."""
    asked = request.values
    words, typed = asked.get("at", ""), (asked.get("chosen") or asked.get("q", "")).strip()
    form = NearForm(data={"q": typed, "metres": asked.get("metres", "400")})
    if request.method != "POST" and not (words or "q" in asked):
        return ask("follows/near.html", form, found=())
    try:
        thing = ways.near(words, typed, asked.get("metres", ""), viewer())
        if request.method == "POST" and person() is not None:
            return _begun(actions.begin(viewer(), thing, thing.rhythm), thing, thing.path)
    except Refused as refused:
        form.put(refused)
        return ask("follows/near.html", form, found=choices_of(refused))
    return redirect(url_for(".new", thing=thing.words))


@bp.post("/<int:follow_id>/distance")
def distance(follow_id: int) -> ResponseReturnValue:
    """Hear of what happens nearer to a spot, or further from it."""
    follow = or_404(queries.own_follow(follow_id, viewer()))
    form = DistanceForm(prefix=f"d{follow.id}")
    if not form.validate_on_submit():
        raise Refused("Choose a distance from the list.")
    thing = ways.at_distance(follow, form.metres.data, viewer())
    begun = actions.begin(viewer(), thing, follow.rhythm) if follow.words != thing.words else follow
    if begun is not follow:
        actions.end(follow)
    return _begun(begun, thing, url_for(".own"))


@bp.get("/sent")
def sent() -> ResponseReturnValue:
    """What to do next."""
    return render_template("follows/sent.html", outbox=mail.to_outbox())


@bp.route("/confirm/<link>", methods=["GET", "POST"])
def confirm(link: str) -> ResponseReturnValue:
    """The link in the email shows a page; the button on it acts. Mail scanners open links, they press nothing."""
    proof = or_404(proofs.proof_by_link(link))
    if proof.purpose != proofs.FOLLOW:
        raise NotFound
    thing = _wished(proof)
    form = PressForm()
    if thing is not None and form.validate_on_submit():
        try:
            follow = actions.confirm(link)
            if not sign_in_unless_another(proof.person):
                return redirect(url_for(".confirm", link=link))
            return _begun(follow, thing, url_for(".own"))
        except Refused as refused:
            form.put(refused)
    return ask("follows/confirm.html", form, thing=thing, proof=proof)


def _wished(proof: Proof) -> Thing | None:
    """What somebody asked to follow; None where it has gone, or out of their sight, since."""
    try:
        return actions.wish_of(proof)[0]
    except NotFound:
        return None


@bp.route("/stop/<key>", methods=["GET", "POST"])
def stop(key: str) -> ResponseReturnValue:
    """The address in every letter. A mail program posts to it (RFC 8058) without a session, a person presses a button.

    Whoever holds the address reads no more of what was followed than whoever looks may see.
    """
    follows = queries.ended_by(key)
    if request.method == "POST":
        actions.end(*follows)
    active = [follow for follow in follows if follow.ended_at is None]
    shown = [thing_of(follow, viewer()) for follow in active or follows]
    return render_template(
        "follows/stop.html", things=[thing for thing in shown if thing], active=len(active), unseen=shown.count(None)
    )


@bp.post("/stop")
def stop_all() -> ResponseReturnValue:
    """End all of mine."""
    actions.end(*queries.own(viewer()))
    flash("You follow nothing now. We write to you no more about places or entries.")
    return redirect(url_for(".own"))


@bp.post("/<int:follow_id>/stop")
def stop_one(follow_id: int) -> ResponseReturnValue:
    """End one of mine."""
    follow = or_404(queries.own_follow(follow_id, viewer()))
    actions.end(follow)
    thing = thing_of(follow, viewer())
    flash(f"You no longer follow ‘{thing.label}’." if thing else "You no longer follow it.")
    return redirect(url_for(".own"))


@bp.post("/<int:follow_id>/instead")
def instead(follow_id: int) -> ResponseReturnValue:
    """Follow one of the wards that a ward was parted into, in place of it."""
    follow = or_404(queries.own_follow(follow_id, viewer()))
    codes = [share.area.code for share in queries.instead_of(follow)]
    code = request.form.get("code", "")
    if code not in codes:
        raise Refused("Choose one of the wards that its ground is in now.")
    thing = thing_from_words(f"ward:{code}", viewer())
    begun = actions.begin(viewer(), thing, follow.rhythm)
    actions.end(follow)
    return _begun(begun, thing, url_for(".own"))


@bp.post("/<int:follow_id>/rhythm")
def rhythm(follow_id: int) -> ResponseReturnValue:
    """Hear of one of mine more or less often."""
    follow = or_404(queries.own_follow(follow_id, viewer()))
    form = RhythmForm(prefix=f"f{follow.id}")
    if not form.validate_on_submit():
        raise Refused("Choose how often you want to hear.")
    actions.change_rhythm(follow, Rhythm(form.rhythm.data))
    flash(f"Changed: {RHYTHMS[follow.rhythm].lower()}.")
    return redirect(url_for(".own"))
