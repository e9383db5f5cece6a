"""What can be done about people: add them, prove an email address, check a password."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from email_validator import EmailNotValidError, validate_email
from flask_security.utils import hash_password, verify_and_update_password
from sqlalchemy import func, select, update

from wardbook.areas import queries as areas
from wardbook.areas.models import AREA_TYPES, REPRESENTED, BoundarySet
from wardbook.clock import today
from wardbook.config import settings
from wardbook.db import alone, db, now
from wardbook.errors import Refused
from wardbook.mail import works_again
from wardbook.people import queries
from wardbook.people.models import Person, Proof, Service, Term
from wardbook.policy import Role

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
class Grant:
    """A role for a person: a councillor's ward, an officer's service, and the days it runs."""

    role: Role
    ward: str | None = None
    service: str | None = None
    from_on: date | None = None
    until_on: date | None = None


@dataclass(frozen=True)
class FreshProof:
    """A proof just made: the only moment at which its link and code are known."""

    proof: Proof
    link: str
    code: str


def checked_email(email: str) -> str:
    """The address in one spelling. Raises Refused where it is none; addresses for examples and tests are allowed."""
    try:
        found = validate_email(email.strip(), check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        raise Refused("Enter an email address in the correct format, like name@example.com", field="email") from None
    return found.normalized.lower()


def person_with(email: str, name: str = "") -> Person:
    """The person with this address, made if there is none yet. They have proved nothing by it."""
    address = checked_email(email)
    alone("person", address)
    person = queries.person_by_email(address)
    if person is None:
        person = Person(
            email=address, name=name, password=None, fs_uniquifier=secrets.token_hex(16), confirmed_at=None,
            created_at=now(), active=True,
        )  # fmt: skip
        db.session.add(person)
        db.session.flush()
    return person


def add_person(email: str, grant: Grant, *, name: str = "") -> Person:
    """Give a person a role from a day until a day, making the person if need be. Giving it twice changes nothing, but
    for the day on which it ends, where that is given.
    """
    _check(grant)
    person = person_with(email, name)
    person.name = name or person.name
    if grant.role is Role.RESIDENT:
        return person
    service = service_called(grant.service) if grant.service else None
    same = select(Term).where(
        Term.person_id == person.id,
        Term.role == grant.role,
        Term.ward_code.is_not_distinct_from(grant.ward),
        Term.from_on.is_not_distinct_from(grant.from_on),
    )
    held = db.session.scalar(same)
    if held is not None:
        held.until_on = grant.until_on or held.until_on
    else:
        db.session.add(
            Term(
                person=person, role=grant.role, ward_code=grant.ward, service=service,
                from_on=grant.from_on, until_on=grant.until_on,
            )
        )  # fmt: skip
    db.session.flush()
    return person


def _check(grant: Grant) -> None:
    if grant.from_on and grant.until_on and grant.from_on >= grant.until_on:
        raise Refused("The role would end before it begins: --until is the first day on which it is no longer held.")
    if (grant.role is Role.COUNCILLOR) != (grant.ward is not None):
        raise Refused("A councillor is for a ward: give --ward CODE. Other roles are for none: leave --ward out.")
    if grant.ward:
        _check_ward(grant, grant.ward)
    if grant.service and grant.role is not Role.OFFICER:
        raise Refused("Only an officer works in a service: leave --service out or give --role officer.")


def _check_ward(grant: Grant, code: str) -> None:
    areas_called_so = areas.areas_with_code(code)
    if not areas_called_so:
        raise Refused(f"No area of the council has the code {code[:30]}: 'wardbook boundaries list' shows the codes.")
    represented = [area for area in areas_called_so if area.set.type in (*REPRESENTED, "parish")]
    if not represented:
        kind = AREA_TYPES[areas_called_so[0].set.type].lower()
        raise Refused(f"{code} is a {kind}, for which nobody is elected: a councillor is for a ward or a division.")
    begins = grant.from_on or (date.min if grant.until_on else today())
    if not any(_share_days(area.set, begins, grant.until_on) for area in represented):
        raise Refused(
            f"{represented[0].name} ({code}) is not there on any of these days: 'wardbook boundaries list' shows from "
            "when until when it is; give --from and --until within them."
        )


def _share_days(row: BoundarySet, begins: date, ends: date | None) -> bool:
    return (row.until_on is None or begins < row.until_on) and (
        ends is None or row.from_on is None or row.from_on < ends
    )


def service_called(name: str) -> Service:
    """The service with this name, made if there is none yet."""
    alone("service", name)
    found = queries.service(name)
    if found is None:
        found = Service(name=name)
        db.session.add(found)
        db.session.flush()
    return found


def end_sessions(person: Person) -> None:
    """Every session of a person ends: their cookies name somebody who is no more."""
    person.fs_uniquifier = secrets.token_hex(16)


def set_password(person: Person, password: str) -> None:
    """Keep a password, hashed with argon2."""
    person.password = hash_password(password)


# --- proving an email address ------------------------------------------------------------------------------------


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


def check_password(email: str, password: str) -> Person:
    """The person whose password this is. Raises Refused with the same words whichever of the two is wrong."""
    person = queries.person_by_email(email)
    if person is None or not person.active or not person.password:
        hash_password(password)  # as long a wait as for a person there is
        raise Refused("The email address or password is not right.", field="password")
    if not verify_and_update_password(password, person):
        raise Refused("The email address or password is not right.", field="password")
    return person
