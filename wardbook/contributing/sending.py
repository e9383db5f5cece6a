"""Who sees it and how they hear back; the check of all answers, sending them, and the link that publishes."""

from __future__ import annotations

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from wardbook import mail
from wardbook.contributing.doubting import doubts
from wardbook.contributing.drafts import back_from, bp, go_on, goes_back, keep, own, sent_already
from wardbook.contributing.forms import (
    AddressForm,
    ForWhomForm,
    SendForm,
    WhoForm,
)
from wardbook.contributing.told import (
    category_of,
    channel_of,
    kind_of,
    may_contact,
    only_ward,
    questions,
    read_spot,
    unanswered,
    until_of,
)
from wardbook.entries import actions, drafting, holding, queries, unconfirmed
from wardbook.entries.forms import level_hints
from wardbook.entries.hearing.next_steps import next_steps, sent_from
from wardbook.entries.kinds import KINDS, Channel, Kind
from wardbook.entries.models import Draft, Entry
from wardbook.entries.questions import answers_in_words, answers_to
from wardbook.errors import NotFound, Refused
from wardbook.forms import ask
from wardbook.people import actions as people
from wardbook.people import proofs
from wardbook.people.forms import PressForm
from wardbook.people.models import Person, Proof
from wardbook.people.signed_in import person, sign_in_unless_another, viewer
from wardbook.places.find import ward_at
from wardbook.places.surroundings import surroundings
from wardbook.policy import Act, Viewer, may
from wardbook.shared import Level
from wardbook.web import or_404


@bp.route("/<draft_id>/who", methods=["GET", "POST"])
def who(draft_id: str) -> ResponseReturnValue:
    """Who may see it, and how you hear back."""
    draft = own(draft_id)
    if gone := sent_already(draft):
        return gone
    me = person()
    entered = channel_of(draft) is not None
    asked = ForWhomForm if entered else WhoForm
    form = asked(data={"name": me.name if me and not entered else "", "level": str(Level.PUBLIC)} | draft.answers)
    if form.is_submitted():
        given = {name: form[name].data for name in ("level", "name", "name_shown", "email", "contact_shared")}
        draft = keep(draft_id, "who", **given)
        if goes_back():
            return back_from(draft, "who")
    if form.validate_on_submit():
        try:
            _check_for_somebody(form) if entered else _check_who(form, me)
            return go_on(draft, "who")
        except Refused as refused:
            form.put(refused)
    hints = level_hints(kind_of(draft) or Kind.ISSUE)
    return ask("contribute/who.html", form, draft=draft, me=me, hints=hints, entered=entered)


def _check_who(form: WhoForm, me: Person | None) -> None:
    if me is None:
        if not form.email.data:
            raise Refused("Enter your email address", field="email")
        people.checked_email(form.email.data)
    if form.name_shown.data and not form.name.data:
        raise Refused("Enter your name, or leave 'Show my name' unticked.", field="name")
    if me is None or form.name.data != me.name:
        holding.check_said(viewer(), form.name.data or "", field="name")


def _check_for_somebody(form: ForWhomForm) -> None:
    """A name is kept with an email address alone: without one nobody could have it taken off again."""
    if form.email.data:
        people.checked_email(form.email.data)
    elif form.contact_shared.data:
        raise Refused("Enter their email address, or leave 'Councillors may contact them' unticked.", field="email")
    elif form.name.data or form.name_shown.data:
        raise Refused(
            "Enter their email address too, or leave their name out: we keep no name without one.", field="name"
        )
    if form.name_shown.data and not form.name.data:
        raise Refused("Enter their name, or leave 'Show their name' unticked.", field="name")


@bp.route("/<draft_id>/check", methods=["GET", "POST"])
def check(draft_id: str) -> ResponseReturnValue:
    """Check your answers, then send them. Sent twice, it is still one contribution."""
    draft = own(draft_id)
    if gone := sent_already(draft):
        return gone
    if (missing := unanswered(draft)) is not None:
        return redirect(url_for(f".{missing}", draft_id=draft.id))
    form = SendForm()
    if form.validate_on_submit():
        try:
            entry = _enter(draft) if channel_of(draft) else _send(draft, doubts(draft, form))
            drafting.answer(draft, sent=entry.ref)
            return redirect(url_for(".sent", draft_id=draft.id))
        except Refused as refused:
            form.put(refused)
    pin = read_spot(draft.answers["spot"])
    said = {
        "draft": draft, "pin": pin, "ward": ward_at(pin.point), "me": person(), "category": category_of(draft),
        "level": Level(draft.answers["level"]), "who_sees": queries.who_sees(Level(draft.answers["level"])),
        "kind": KINDS[Kind(draft.answers["kind"])], "until": until_of(draft), "somewhere": only_ward(draft),
        "entered": channel_of(draft), "may_contact": may_contact(draft), "here": surroundings(pin.point),
        "answered": answers_in_words(answers_to(questions(draft), draft.answers.get("answers", {}))),
    }  # fmt: skip
    return ask("contribute/check.html", form, **said)


def _send(draft: Draft, doubted: tuple[str, ...]) -> Entry:
    told = draft.answers
    me = person()
    author = me or people.person_with(told["email"])
    telling = _telling(draft, Channel.EMAIL if told.get("by_email") else Channel.WEB, doubted)
    name = told.get("name") or ""
    if me is not None and name and not me.name and not me.terms:
        me.name = name
    return actions.tell(viewer(), telling, author, list(draft.photos), name=name)


def _enter(draft: Draft) -> Entry:
    """Enter what somebody told staff."""
    if not may(viewer(), Act.ENTER_FOR):
        raise Refused("Sign in again in another tab, then send it here. What you entered is kept.")
    told = draft.answers
    author = people.person_with(told["email"]) if told.get("email") else None
    telling = _telling(draft, channel_of(draft) or Channel.WEB)
    return actions.tell_for(viewer(), telling, author, list(draft.photos), name=told.get("name") or "")


def _telling(draft: Draft, channel: Channel, doubted: tuple[str, ...] = ()) -> actions.Telling:
    told, somewhere = draft.answers, only_ward(draft)
    return actions.Telling(
        kind=Kind(told["kind"]), title=told["title"], words=told.get("words") or "",
        shape=read_spot(told["spot"]).point, level=Level(told["level"]), once=draft.id, category=category_of(draft),
        name_shown=bool(told.get("name_shown")), contact_shared=bool(told.get("contact_shared")),
        lapses_on=until_of(draft), willing=bool(told.get("willing")), doubts=doubted, channel=channel,
        spot_words=told.get("spot_words") or "", only_ward=somewhere, blur=bool(told.get("blur")) and not somewhere,
        answers=answers_to(questions(draft), told.get("answers", {})),
    )  # fmt: skip


@bp.get("/<draft_id>/sent")
def sent(draft_id: str) -> ResponseReturnValue:
    """What happens next."""
    draft = own(draft_id)
    if not draft.answers.get("sent"):
        return redirect(url_for(".check", draft_id=draft.id))
    entry = queries.entry(draft.answers["sent"], viewer())
    told = sent_from(draft)
    following = next_steps(told) if told else ()
    near = f"point:{told.geometry.centroid.x:.6f},{told.geometry.centroid.y:.6f}" if told else ""
    return render_template(
        "contribute/sent.html", draft=draft, entry=entry, outbox=mail.to_outbox(), following_steps=following, near=near,
        ward=ward_at(told.geometry.centroid) if told else None, held=bool(told and told.held_for),
    )  # fmt: skip


@bp.route("/<draft_id>/address", methods=["GET", "POST"])
def address(draft_id: str) -> ResponseReturnValue:
    """Have the link sent to another address: the first was mistyped."""
    draft = own(draft_id)
    told = sent_from(draft)
    if told is None or not actions.waits_for_proof(told):
        return redirect(url_for(".sent", draft_id=draft.id))
    form = AddressForm(data={"email": draft.answers.get("email", "")})
    if form.validate_on_submit():
        try:
            author = unconfirmed.send_elsewhere(told, form.email.data)
            drafting.answer(draft, email=author.email)
            return redirect(url_for(".sent", draft_id=draft.id))
        except Refused as refused:
            form.put(refused)
    return ask("contribute/address.html", form, draft=draft)


@bp.route("/confirm/<link>", methods=["GET", "POST"])
def confirm(link: str) -> ResponseReturnValue:
    """The link in the email shows a page; the button on it publishes. Mail scanners open links, they press nothing."""
    proof, entry = _sent_by(link)
    form = PressForm()
    if form.validate_on_submit() and proof.used_at is None:
        try:
            entry = actions.confirm(proofs.use_link(link))
            if not sign_in_unless_another(proof.person) and queries.entry(entry.ref, viewer()) is None:
                return redirect(url_for(".confirm", link=link))
            return redirect(url_for("entries.detail", ref=entry.ref, told="yes"))
        except Refused as refused:
            form.put(refused)
    return _ask_to_confirm(form, link, proof, entry)


@bp.post("/confirm/<link>/again")
def send_again(link: str) -> ResponseReturnValue:
    """Email the link again, to whom it was sent before."""
    proof, entry = _sent_by(link)
    form = PressForm()
    if form.validate_on_submit():
        try:
            unconfirmed.send_again(link)
            return render_template("contribute/sent_again.html", outbox=mail.to_outbox())
        except Refused as refused:
            form.put(Refused(refused.sentence))
    return _ask_to_confirm(form, link, proof, entry)


@bp.post("/confirm/own/<ref>")
def confirm_own(ref: str) -> ResponseReturnValue:
    """Publish what its author, who is signed in, sent before they were."""
    entry = or_404(queries.entry(ref, viewer()))
    me = or_404(person())
    if not may(viewer(), Act.CONFIRM, entry):
        raise NotFound
    if actions.waits_for_proof(entry):
        unconfirmed.confirm_own(me, entry)
    return redirect(url_for("entries.detail", ref=ref, told="yes"))


def _sent_by(link: str) -> tuple[Proof, Entry]:
    """What a link publishes, as its author sees it."""
    proof = or_404(proofs.proof_by_link(link))
    return proof, or_404(actions.entry_of(proof) and queries.entry(proof.subject or "", Viewer(id=proof.person_id)))


def _ask_to_confirm(form: PressForm, link: str, proof: Proof, entry: Entry) -> ResponseReturnValue:
    shown = {"entry": entry, "proof": proof, "link": link, "who_sees": queries.who_sees(entry.level)}
    return ask("contribute/confirm.html", form, waits=actions.waits_for_proof(entry), **shown)
