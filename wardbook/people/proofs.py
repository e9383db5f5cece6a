"""Proving an email address: a link and a code that are mailed, work for a day, and are good for one thing, once."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, select, update

from wardbook.config import settings
from wardbook.db import db, now
from wardbook.errors import Refused
from wardbook.mail import works_again
from wardbook.people.models import Person, Proof

LINK_HOURS = 24
MOST_WRONG_TRIES = 5
MOST_AN_HOUR = 5
"""Links for one purpose to one address"""
MOST_TOGETHER, MOST_A_DAY = 8, 20
"""Links to one address for all but signing in, in an hour; and in a day, where signing in has as many for itself"""
SIGN_IN, FOLLOW, ERASE = "sign in", "follow", "erase"
LIMITED = (SIGN_IN, FOLLOW, "support", "publish", "tell on", ERASE)
A_MOMENT = timedelta(minutes=2)


@dataclass(frozen=True)
class FreshProof:
    """A proof just made: the only moment at which its link and code are known."""

    proof: Proof
    link: str
    code: str


def _hash(secret: str) -> str:
    return hmac.new(settings().secret_key.encode(), secret.encode(), hashlib.sha256).hexdigest()


def make_proof(person: Person, purpose: str, subject: str | None = None, *, name: str = "") -> FreshProof:
    """A link and a six-figure code that each prove the address once, within a day.

    Raises Refused where one address has asked five times within an hour for what is limited: letters pile up and codes
    could be guessed.
    """
    if purpose in LIMITED:
        _refuse_many(person, purpose)
    link, code = secrets.token_urlsafe(24), f"{secrets.randbelow(1_000_000):06}"
    proof = Proof(
        person=person, link_hash=_hash(link), code_hash="", purpose=purpose, subject=subject, name=name,
        made_at=now(), ends_at=now() + timedelta(hours=LINK_HOURS), used_at=None, wrong_tries=0,
    )  # fmt: skip
    db.session.add(proof)
    db.session.flush()
    proof.code_hash = _hash(f"{proof.id}:{code}")
    return FreshProof(proof, link, code)


def _refuse_many(person: Person, purpose: str) -> None:
    """Nobody's address is flooded: by one purpose, by several in turn, in an hour or a day, wherever it is asked from.
    What others ask for does not take the links to sign in away, which are counted by themselves.
    """
    alike = [purpose] if purpose == SIGN_IN else [other for other in LIMITED if other != SIGN_IN]
    shares = (([purpose], 1, MOST_AN_HOUR), (alike, 1, MOST_TOGETHER), (alike, 24, MOST_A_DAY))
    if any(_asked(person, purposes, hours) >= most for purposes, hours, most in shares):
        raise Refused(
            "We have sent several links to this address already. Use those, or try again in an hour.",
            field="email",
        )


def _asked(person: Person, purposes: Sequence[str], hours: int) -> int:
    """How many links for these went to a person within some hours."""
    since = now() - timedelta(hours=hours)
    these = (Proof.person_id == person.id, Proof.purpose.in_(purposes), Proof.made_at > since)
    return db.session.scalar(select(func.count()).select_from(Proof).where(*these)) or 0


def was_asked_just_now(person: Person, purpose: str, subject: str) -> bool:
    """Whether a link for the same went to this person a moment ago and is still good: the button was pressed twice.

    Who asks for a person by their address (`person_with`) is alone with it, and so finds what was asked at once.
    """
    lately = select(Proof.id).where(
        Proof.person_id == person.id,
        Proof.purpose == purpose,
        Proof.subject == subject,
        Proof.used_at.is_(None),
        Proof.made_at > now() - A_MOMENT,
    )
    return db.session.scalar(lately.limit(1)) is not None


def proof_by_link(link: str) -> Proof | None:
    """The proof a link stands for, used and ended ones too: looking at it uses nothing up."""
    return db.session.scalar(select(Proof).where(Proof.link_hash == _hash(link)))


def use_link(link: str) -> Proof:
    """Take a link as proof of its address. Raises Refused where it is unknown, used or past its day."""
    proof = proof_by_link(link)
    if proof is None or proof.ends_at <= now():
        raise Refused("This link has ended. Ask for a new one.")
    return _use(proof)


def use_own(person: Person, purpose: str, subject: str) -> Proof:
    """Take the last link of theirs for something as used, whatever its day, by who is signed in and so has proved the
    address. Raises Refused where there is none.
    """
    mine = (Proof.person_id == person.id, Proof.purpose == purpose, Proof.subject == subject, Proof.used_at.is_(None))
    proof = db.session.scalar(select(Proof).where(*mine).order_by(Proof.id.desc()).limit(1))
    if proof is None:
        raise Refused("It is confirmed already.")
    return _use(proof)


def count_try(proof_id: int) -> None:
    """Count a try with a code before the code is looked at, in a transaction of its own: tries at once are no more than
    five either, and a wrong one stays counted. Raises Refused where the code is worth nothing, whoever tries.
    """
    good = (Proof.id == proof_id, Proof.ends_at > now(), Proof.wrong_tries < MOST_WRONG_TRIES)
    counted = db.session.execute(update(Proof).where(*good).values(wrong_tries=Proof.wrong_tries + 1))
    if counted.rowcount != 1:  # type: ignore[attr-defined]
        raise Refused("This code has ended. Ask for a new one.", field="code")


def use_code(proof_id: int, code: str) -> Proof:
    """Take a code as proof, after `count_try`. Raises Refused where it is wrong."""
    proof = db.session.get_one(Proof, proof_id)
    if not hmac.compare_digest(proof.code_hash, _hash(f"{proof.id}:{''.join(code.split())}")):
        raise Refused("The code is not the one we sent. Check the email and enter the 6 figures again.", field="code")
    return _use(proof)


def _use(proof: Proof) -> Proof:
    used = db.session.execute(update(Proof).where(Proof.id == proof.id, Proof.used_at.is_(None)).values(used_at=now()))
    if used.rowcount != 1:  # type: ignore[attr-defined]
        raise Refused("This link has been used already. Ask for a new one if you need it.")
    works_again(proof.person.email)
    if proof.person.confirmed_at is None:
        proof.person.confirmed_at = now()
    if proof.name and not proof.person.name and not proof.person.terms:
        proof.person.name = proof.name
    db.session.refresh(proof)
    return proof
