"""What can be read of people: who they are today, and what that lets them see."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import ColumnElement, bindparam, or_, select
from sqlalchemy.orm import joinedload, selectinload

from wardbook.areas import queries as areas
from wardbook.areas.models import Area
from wardbook.clock import today
from wardbook.db import db
from wardbook.people.models import Person, Service, Term
from wardbook.policy import VISITOR, Role, Viewer


def person_by_email(email: str) -> Person | None:
    """A person by their address, in any case."""
    return db.session.scalar(select(Person).where(Person.email == email.strip().lower()))


def signed_in_as(uniquifier: str) -> Person | None:
    """Whose session this is, with their terms: one query, as every request of theirs needs both."""
    return db.session.scalars(_SIGNED_IN, {"uniquifier": uniquifier}).unique().one_or_none()


_SIGNED_IN = (
    select(Person)
    .where(Person.fs_uniquifier == bindparam("uniquifier"), Person.active)
    .options(joinedload(Person.terms))
)


def viewer_of(person: Person | None) -> Viewer:
    """Who this person is as a reader today; a councillor's wards are a query."""
    if person is None or not person.active:
        return VISITOR
    terms = running_terms(person)
    roles = {term.role for term in terms}
    if person.confirmed_at is not None:
        roles.add(Role.RESIDENT)
    codes = {term.ward_code for term in terms if term.role is Role.COUNCILLOR}
    wards = [ward.id for ward in areas.wards() if ward.code in codes] if codes else []
    banned = person.banned_until if person.banned_until and person.banned_until > today() else None
    alone = Role.MODERATOR in roles and not other_moderators(person)
    return Viewer(person.id, frozenset(roles), frozenset(wards), person.name, signature(person, terms), banned, alone)


def other_moderators(person: Person) -> bool:
    """Whether somebody else is a moderator today."""
    terms = select(Term.id).join(Term.person)
    others = terms.where(Term.role == Role.MODERATOR, Term.person_id != person.id, Person.active, *_runs_on(today()))
    return db.session.scalar(others.limit(1)) is not None


def running_terms(person: Person) -> list[Term]:
    """The terms this person holds today."""
    return [term for term in person.terms if term.runs(today())]


def services_of(viewer: Viewer) -> list[Service]:
    """The services in which somebody is an officer today."""
    person = db.session.get(Person, viewer.id) if viewer.id else None
    return [term.service for term in running_terms(person) if term.service] if person else []


def signature(person: Person, terms: Sequence[Term]) -> str:
    """How what they do with a role is signed; empty for a resident, whose name is theirs to show."""
    held = {term.role: term for term in terms}
    if officer := held.get(Role.OFFICER):
        name = person.name or "An officer"
        return f"{name}, {officer.service.name}" if officer.service else name
    if Role.COUNCILLOR in held:
        return f"Councillor {person.name}" if person.name else "A councillor"
    if Role.MODERATOR in held:
        return "A moderator"
    return ""


def officers() -> Sequence[Person]:
    """Who is an officer today, by name."""
    on = today()
    terms = select(Term.person_id).where(
        Term.role == Role.OFFICER,
        or_(Term.from_on.is_(None), Term.from_on <= on),
        or_(Term.until_on.is_(None), Term.until_on > on),
    )
    return db.session.scalars(
        select(Person).where(Person.id.in_(terms), Person.active).order_by(Person.name, Person.id)
    ).all()


def officers_of(service: Service) -> Sequence[Person]:
    """Who is an officer in a service today, by name."""
    terms = select(Term.person_id).where(
        Term.role == Role.OFFICER, Term.service_id == service.id, *_runs_on(today())
    )  # fmt: skip
    return db.session.scalars(
        select(Person).where(Person.id.in_(terms), Person.active).order_by(Person.name, Person.id)
    ).all()


def signed(person: Person) -> str:
    """How what an officer or councillor does today is signed; by their name alone when they are neither."""
    return signature(person, running_terms(person)) or person.name


def councillors(wards: Sequence[Area], on: date | None = None) -> dict[str, list[Person]]:
    """Who holds a councillor's term on a day (today), by ward code."""
    on = on or today()
    terms = db.session.scalars(
        select(Term)
        .where(
            Term.role == Role.COUNCILLOR,
            Term.ward_code.in_([ward.code for ward in wards]),
            *_runs_on(on),
        )
        .options(joinedload(Term.person))
        .order_by(Term.id)
    )
    found: dict[str, list[Person]] = {}
    for term in terms:
        found.setdefault(term.ward_code or "", []).append(term.person)
    return found


def councillors_of_no_ward() -> Sequence[Term]:
    """The councillors' terms of today in an area that is not in force today."""
    there = {area.code for area in areas.in_force()}
    terms = select(Term).where(Term.role == Role.COUNCILLOR, *_runs_on(today())).options(joinedload(Term.person))
    return [term for term in db.session.scalars(terms.order_by(Term.id)) if term.ward_code not in there]


def _runs_on(on: date) -> Sequence[ColumnElement[bool]]:
    return or_(Term.from_on.is_(None), Term.from_on <= on), or_(Term.until_on.is_(None), Term.until_on > on)


def service(name: str) -> Service | None:
    """A service by its name."""
    return db.session.scalar(select(Service).where(Service.name == name))


def everyone_with_a_role() -> Sequence[Person]:
    """People who hold, held or will hold a role, by email address; nobody who was erased."""
    return db.session.scalars(
        select(Person)
        .where(Person.terms.any(), Person.active)
        .options(selectinload(Person.terms))
        .order_by(Person.email)
    ).all()
