"""Pages for signing in and out, and the outbox of a development server."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from wardbook import limits, mail
from wardbook.db import intend_to_write, transaction
from wardbook.errors import NotFound, Refused
from wardbook.forms import ask
from wardbook.people import actions, proofs
from wardbook.people.forms import CodeForm, EmailForm, PasswordForm, PressForm
from wardbook.people.models import Person
from wardbook.people.signed_in import person, sign_in, sign_out
from wardbook.web import own_address

bp = Blueprint("people", __name__)
OTHERWISE = "Or choose 'Sign in' above: a link that we email you lets you in at once."


@bp.route("/sign-in", methods=["GET", "POST"])
def signing_in() -> ResponseReturnValue:
    """Ask for an address and mail it a link and a code; the answer is the same whether we know the address or not."""
    form = EmailForm()
    _remember_where()
    if form.validate_on_submit():
        try:
            session["proof"] = _mail_proof(form.email.data)
            return redirect(url_for("people.code"))
        except Refused as refused:
            form.put(refused)
    return ask("people/sign_in.html", form)


def _mail_proof(email: str) -> int:
    who = actions.person_with(email)
    fresh = proofs.make_proof(who, proofs.SIGN_IN, own_address(session.get("next")))
    cause = f"proof {fresh.proof.id}"
    mail.write_letter(who.email, "sign_in", cause=cause, link=fresh.link, code=fresh.code)
    return fresh.proof.id


@bp.route("/sign-in/code", methods=["GET", "POST"])
def code() -> ResponseReturnValue:
    """The code from the email, for those whose email is on another device."""
    if "proof" not in session:
        return redirect(url_for("people.signing_in"))
    form = CodeForm()
    if form.validate_on_submit():
        try:
            with transaction():
                proofs.count_try(session["proof"])
            return _enter(proofs.use_code(session["proof"], form.code.data).person)
        except Refused as refused:
            form.put(refused)
    return ask("people/code.html", form, outbox=mail.to_outbox())


@bp.route("/sign-in/link/<link>", methods=["GET", "POST"])
def link(link: str) -> ResponseReturnValue:
    """The link from the email: it shows a page, and only the button on it signs in, since mail scanners open links."""
    form = PressForm()
    proof = proofs.proof_by_link(link)
    if proof is None or proof.purpose != proofs.SIGN_IN:
        raise NotFound
    if form.validate_on_submit():
        proof = proofs.use_link(link)
        return _enter(proof.person, proof.subject)
    return ask("people/link.html", form, proof=proof)


@bp.route("/sign-in/password", methods=["GET", "POST"])
def with_password() -> ResponseReturnValue:
    """For people who work for the council."""
    intend_to_write(False)  # a password takes a while to check, and nobody else should wait for it
    form = PasswordForm()
    _remember_where()
    if form.validate_on_submit():
        try:
            with limits.wrong_ones(limits.PASSWORD, form.email.data, OTHERWISE):
                who = actions.check_password(form.email.data, form.password.data)
            if "next" in session and mail.is_failing(who.email):  # the desk says so by itself
                flash("Our letters to you come back: check your address.", "important")
            return _enter(who)
        except Refused as refused:
            form.put(refused)
    return ask("people/password.html", form)


def _enter(who: Person, asked_on: str | None = None) -> ResponseReturnValue:
    """Go on to where somebody wanted to go, also where they asked for the link in another browser."""
    wanted = session.pop("next", None) or asked_on
    target = own_address(wanted) or url_for("outlook.desk")
    session.pop("proof", None)
    sign_in(who)
    return redirect(target)


def _remember_where() -> None:
    if target := own_address(request.args.get("next")):
        session["next"] = target


@bp.post("/sign-out")
def signing_out() -> ResponseReturnValue:
    """End the session, and every other of this person: a copied cookie is worth nothing afterwards."""
    if (who := person()) is not None:
        actions.end_sessions(who)
    sign_out()
    flash("You are signed out.")
    return redirect(url_for("outlook.home"))


@bp.get("/outbox")
def outbox() -> ResponseReturnValue:
    """What a development server would have mailed. It shows sign-in links, so it is there on loopback alone."""
    proxied = "X-Forwarded-For" in request.headers or "Forwarded" in request.headers
    here = urlsplit(f"//{request.host}").hostname in {"127.0.0.1", "::1", "localhost"}
    if not mail.to_outbox() or proxied or not here or request.remote_addr not in {"127.0.0.1", "::1"}:
        raise NotFound
    return render_template("people/outbox.html", letters=mail.letters())
