"""The fictional borough of Aldermere, brought in so that every page has something to show."""

from __future__ import annotations

import json
import shutil
from datetime import date, datetime, timedelta
from typing import Any

import shapely
from sqlalchemy import select

from wardbook.areas import queries as areas
from wardbook.areas.actions import SetDescription, add_boundary_set, add_postcodes
from wardbook.areas.addresses import add_addresses, parted
from wardbook.clock import LONDON, today
from wardbook.config import DATA, settings
from wardbook.db import db, now
from wardbook.entries import actions, drafting
from wardbook.entries.kinds import STATES, Basis, Channel, Family, Kind, Lead, State, Topic
from wardbook.entries.leading import Leading
from wardbook.entries.models import Category, Entry
from wardbook.entries.photographs import photos
from wardbook.errors import Refused
from wardbook.events import Did, Told, record
from wardbook.people.actions import Grant, add_person, person_with, service_called, set_password
from wardbook.people.models import Person
from wardbook.people.queries import viewer_of
from wardbook.places.gazetteer_files import read_names
from wardbook.places.gazetteer_import import add_names
from wardbook.policy import VISITOR, Role
from wardbook.shared import Level
from wardbook.together.models import Match

PASSWORD = "aldermere-demo"  # noqa: S105 - the demo is served on loopback alone and says its password
LICENCE = "CC0 1.0."
REVIEW = date(2027, 5, 6)
WARDS = {"Wards of Aldermere 2023": (date(2023, 5, 4), REVIEW), "Wards of Aldermere 2027": (REVIEW, None)}
"""The wards of today and those of a review to come, with the days on which they hold."""
BASES = {"seen": Basis.SEEN, "told": Basis.TOLD, "long_known": Basis.LONG_KNOWN, "hunch": Basis.HUNCH}


def is_loaded() -> bool:
    """Whether the demo was brought in before."""
    return settings().fictional


def load() -> None:
    """Bring in Aldermere: wards, postcodes, people, and what they have told each other. Only into an empty store."""
    sets = areas.boundary_sets()
    if [known.name for known in sets] == list(WARDS):
        return  # it was brought in, and stopped before it was marked
    if sets:
        raise Refused("This store holds a council already: set WARDBOOK_HOME to an empty folder for the demo.")
    told = json.loads((DATA / "boundaries" / "aldermere_demo.json").read_text("utf-8"))
    _ground()
    people = _people(told["people"])
    categories = _categories(told["services"])
    for number, entry in enumerate(told["entries"]):
        _entry(number, entry, people, categories)
    for pair in told["met"]:
        _met(pair)


def mark() -> None:
    """Say that this installation is fictional, and give it its map: done when the store holds it."""
    shutil.copyfile(DATA / "boundaries" / "aldermere_backdrop.geojson", settings().backdrop)
    (settings().home / "fictional").write_text("Aldermere is a fictional borough.\n")


def _ground() -> None:
    from wardbook.areas.boundary_files.reading import read_boundaries
    from wardbook.areas.postcode_files import read_postcodes

    for name, (first, until) in WARDS.items():
        drawn = "Drawn for Wardbook: Aldermere is fictional."
        about = SetDescription(name, "ward", first, until, source=drawn, licence=LICENCE)
        read_wards = read_boundaries(DATA / "boundaries" / f"aldermere_wards_{first.year}.geojson")
        add_boundary_set(about, read_wards)
    read = read_postcodes(DATA / "boundaries" / "aldermere_postcodes.csv")
    add_postcodes(read.rows, file_name="aldermere_postcodes.csv", dated_on=date(2023, 5, 4), licence=LICENCE)
    _names_and_addresses()


def _names_and_addresses() -> None:
    from wardbook.areas.postcode_files import read_postcodes

    centres, points = parted(read_postcodes(DATA / "boundaries" / "aldermere_addresses.csv").rows)
    add_addresses(centres, points, file_name="aldermere_addresses.csv", dated_on=date(2023, 5, 4), licence=LICENCE)
    names = DATA / "boundaries" / "aldermere_gazetteer.csv"
    add_names(read_names(names), source="Streets and places of Aldermere", file_name=names.name, licence=LICENCE)


def _people(told: list[dict[str, Any]]) -> dict[str, Person]:
    found: dict[str, Person] = {}
    hashed: str | None = None
    for one in told:
        person = person_with(one["email"], one["name"])
        person.confirmed_at = now()
        staff = [Role(role) for role in one["roles"] if role != Role.RESIDENT]
        for role in staff:
            wards = one["wards"] if role is Role.COUNCILLOR else [None]
            for ward in wards:
                service = one.get("service") if role is Role.OFFICER else None
                add_person(one["email"], Grant(role, ward, service, date.fromisoformat(one["from"])), name=one["name"])
        if staff and hashed is None:
            set_password(person, PASSWORD)
            hashed = person.password
        if staff:
            person.password = hashed  # the same for all, so hashed once
        found[person.email] = person
    return found


def _categories(told: list[dict[str, Any]]) -> dict[str, Category]:
    found: dict[str, Category] = {}
    for service in told:
        for one in service["categories"]:
            near = {"radius_m": one["radius"]} if one["radius"] else {}
            row = Category(
                service=service_called(service["name"]), name=one["name"], kinds=one["kinds"],
                questions=one.get("questions", []), emergency=one.get("emergency", ""), **near,
            )  # fmt: skip
            db.session.add(row)
            found[one["name"]] = row
    db.session.flush()
    return found


def _moment(days_ago: int, number: int) -> datetime:
    """A time of day on that day, different from entry to entry, never in the future."""
    day = today() - timedelta(days=days_ago)
    then = datetime(day.year, day.month, day.day, 8 + number * 7 % 12, number * 13 % 60, tzinfo=LONDON)
    return min(then, now())


def _entry(number: int, told: dict[str, Any], people: dict[str, Person], categories: dict[str, Category]) -> None:
    author = people[told["by"]]
    telling = actions.Telling(
        kind=Kind(told["kind"]), title=told["title"], words=told["words"],
        shape=shapely.from_geojson(json.dumps(told["geometry"])), level=Level(told["level"]), once=f"demo-{number}",
        category=categories.get(told.get("category") or ""), name_shown=bool(told.get("name_shown")),
        told_at=_moment(told["days_ago"], number), channel=Channel.DEMO, willing=bool(told.get("willing")),
        lapses_on=_day(told.get("lapses_in_days")),
    )  # fmt: skip
    viewer = viewer_of(author)
    if telling.kind is Kind.NOTE:
        review = _day(told.get("review_in_days"))
        about = actions.NoteDetails(Topic(told["topic"]), BASES[told["basis"]], review, told.get("cites") or "")
        entry = actions.write_note(viewer, telling, about, author)
    else:
        kept = []
        if told.get("photo"):
            raw = (DATA / "boundaries" / "aldermere_photos" / told["photo"]).read_bytes()
            kept = [photos.keep(photos.prepare(raw), alt=told.get("photo_alt") or "", draft_id=_a_draft())]
        entry = actions.tell(viewer, telling, author, kept)
    for step in told.get("steps", []):
        _step(entry, step, people, number)


def _day(in_days: int | None) -> date | None:
    return None if in_days is None else today() + timedelta(days=in_days)


def _a_draft() -> str:
    return drafting.start_draft().id


def _step(entry: Entry, step: dict[str, Any], people: dict[str, Person], number: int) -> None:
    """A step as it was taken on its day; nobody is mailed."""
    viewer = viewer_of(people[step["by"]])
    at = max(_moment(step["days_ago"], number + 5), entry.changed_at + timedelta(minutes=5))
    entry.changed_at = min(at, now())
    if step.get("lead"):
        change = Leading(Lead(step["lead"]), step["partner"] or "", people[step["enabler"]]).take_over(entry)
        record(viewer, Did.SET_LEAD, entry, words=step["words"], told=Told.AUTHOR, change=change, at=entry.changed_at)
    elif step.get("take"):
        taken = {"sort": step["take"], "on": "", "people": step.get("people")}
        record(viewer, Did.TOOK_ON, entry, words=step["words"], told=Told.AUTHOR, change=taken, at=entry.changed_at)
    elif step.get("state"):
        before, entry.state = entry.state, State(step["state"].replace("_", " "))
        entry.closed_at = entry.changed_at if STATES[entry.state].family is Family.CLOSED else None
        change = {"state": [before, entry.state]}
        record(
            viewer, Did.CHANGED_STATE, entry, words=step["words"], told=Told.AUTHOR, change=change, at=entry.changed_at
        )
    else:
        record(viewer, Did.REPLIED, entry, words=step["words"], told=Told.AUTHOR, at=entry.changed_at)


def _met(pair: dict[str, Any]) -> None:
    """Two people who were put in touch: somebody who offered, and somebody whom the offer helps. Nobody is mailed."""
    offer, need = (
        db.session.scalars(select(Entry).where(Entry.title == pair[which])).one() for which in ("offer", "need")
    )
    at = _moment(pair["days_ago"], offer.id)
    said = {"offerer_said": True, "asker_said": True, "offerer_told_at": at, "asker_told_at": at}
    db.session.add(Match(offer_id=offer.id, need_id=need.id, made_at=at, met_at=at, **said))
    offer.state = State.TAKEN_UP
    record(VISITOR, Did.CHANGED_STATE, offer, change={"state": [State.OPEN, State.TAKEN_UP]}, at=at)
    record(VISITOR, Did.MET, need, at=at)


def signing_in() -> str:
    """How to sign in to the demo, as lines to print."""
    staff = db.session.scalars(
        select(Person.email).where(Person.email.like("%@aldermere.example")).order_by(Person.email)
    )
    roles = [email for email in staff if not email.startswith("resident@")]
    lines = [f"  {email:<36} password {PASSWORD}" for email in roles]
    return "\n".join(
        ["  resident@aldermere.example           by a link: ask for it, then open the outbox page", *lines]
    )
