"""What can be done about people: add them, give them a role, check a password."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date

from email_validator import EmailNotValidError, validate_email
from flask_security.utils import hash_password, verify_and_update_password
from sqlalchemy import select

from wardbook.areas import queries as areas
from wardbook.areas.models import AREA_TYPES, REPRESENTED, BoundarySet
from wardbook.clock import today
from wardbook.db import alone, db, now
from wardbook.errors import Refused
from wardbook.people import queries
from wardbook.people.models import Person, Service, Term
from wardbook.policy import Role


@dataclass(frozen=True)
class Grant:
    """A role for a person: a councillor's ward, an officer's service, and the days it runs."""

    role: Role
    ward: str | None = None
    service: str | None = None
    from_on: date | None = None
    until_on: date | None = None


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


def check_password(email: str, password: str) -> Person:
    """The person whose password this is. Raises Refused with the same words whichever of the two is wrong."""
    person = queries.person_by_email(email)
    if person is None or not person.active or not person.password:
        hash_password(password)  # as long a wait as for a person there is
        raise Refused("The email address or password is not right.", field="password")
    if not verify_and_update_password(password, person):
        raise Refused("The email address or password is not right.", field="password")
    return person
