"""What residents take on: what they plan and have done, the help they look for, and thanks; each a step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

from sqlalchemy import Select, select

from wardbook.clock import day_in_words
from wardbook.db import db, now
from wardbook.entries import holding, queries
from wardbook.entries.erasing import forget_steps
from wardbook.entries.hearing.authors import tell_author
from wardbook.entries.kinds import LED, Family, Kind, Lead, State
from wardbook.entries.models import Entry
from wardbook.entries.queries import Filters
from wardbook.errors import Refused
from wardbook.events import Did, Event, Told, done_already, record
from wardbook.mail import write_letter
from wardbook.people.models import Person
from wardbook.people.queries import officers_of, viewer_of
from wardbook.personal import forgets, tells
from wardbook.places.place import Place
from wardbook.policy import Act, Viewer, require, sees

LATELY = timedelta(days=180)
MOST_GOING_ON, MOST_DONE, MOST_PEOPLE = 4, 3, 500


class Sort(StrEnum):
    """What a step of those who take something on says."""

    PLANNED = "planned"
    DONE = "done"
    HELP_WANTED = "help wanted"
    FINISHED = "finished"
    THANKS = "thanks"


@dataclass(frozen=True)
class Step:
    """A step as it is written: its words, on which day it is or was, how many people are looked for."""

    sort: Sort
    words: str
    on: date | None = None
    people: int | None = None


@dataclass(frozen=True)
class Taken:
    """How it goes with what residents take on: what is planned still, what was done, the help looked for last."""

    planned: list[Event] = field(default_factory=list)
    done: list[Event] = field(default_factory=list)
    help_wanted: Event | None = None
    thanks: list[Event] = field(default_factory=list)


def write_step(viewer: Viewer, entry: Entry, step: Step, *, once: str | None) -> Entry:
    """Put a step on the timeline of an entry that residents lead on; who follows it is told.

    To finish an issue fixes it; of an idea it asks the officer who helps, or else those of its service, to adopt it.
    """
    require(viewer, Act.THANK if step.sort is Sort.THANKS else Act.TAKE_ON, entry)
    if done_already(once):
        return entry
    _check(entry, step)
    holding.check_said(viewer, step.words, field="words")
    entry.changed_at = now()
    change: dict[str, object] = {
        "sort": str(step.sort),
        "on": step.on.isoformat() if step.on else "",
        "people": step.people,
    }
    if step.sort is Sort.FINISHED and entry.kind is Kind.ISSUE:
        change["state"] = [entry.state, State.FIXED_BY_RESIDENTS]
        entry.state, entry.closed_at = State.FIXED_BY_RESIDENTS, entry.changed_at
    event = record(
        viewer, Did.TOOK_ON, entry, words=_words(step), told=Told.FOLLOWERS, change=change, once=once
    )  # fmt: skip
    tell_author(entry, event, "taken_on", sort=step.sort)
    if step.sort is Sort.FINISHED:
        _tell_officers(entry, event)
    return entry


def _check(entry: Entry, step: Step) -> None:
    if step.sort is not Sort.THANKS and entry.meaning.family is not Family.OPEN:
        raise Refused("It is closed, so nothing more is planned or done here.")
    if not step.words.strip():
        raise Refused("Say it in a few words.", field="words")
    if step.sort is Sort.PLANNED and step.on is None:
        raise Refused("Enter the day for which you plan it.", field="on_day")
    if step.sort is Sort.HELP_WANTED and step.people is None:
        raise Refused("Enter how many people you look for, or 0 where you need nobody more.", field="people")


def _words(step: Step) -> str:
    """The words with their day and number, as a timeline and a letter have them."""
    on = f"{day_in_words(step.on)}: " if step.on else ""
    people = "" if not step.people else f" ({step.people} {'person' if step.people == 1 else 'people'} wanted)"
    return f"{on}{step.words}{people}"


def _tell_officers(entry: Entry, event: Event) -> None:
    for officer in _who_helps(entry):
        if officer.id != event.actor_id and sees(viewer_of(officer), entry):
            cause = f"event {event.id}"
            write_letter(officer.email, "taken_on", cause=cause, entry=entry, event=event, sort="enabler")


def _who_helps(entry: Entry) -> Sequence[Person]:
    """The officer who helps; of an idea without one, which somebody has to adopt, those of its service."""
    if entry.enabler is not None:
        return [entry.enabler]
    return officers_of(entry.category.service) if entry.kind is Kind.IDEA and entry.category else []


# --- reading -----------------------------------------------------------------------------------------------------


def taken(entry: Entry) -> Taken:
    """How it goes with one entry: by its timeline, for those who see it."""
    found = Taken()
    if not entry.is_led:
        return found
    help_wanted = None
    for step in _steps([entry]):
        sort = step.change.get("sort")
        if sort == Sort.PLANNED:
            found.planned.append(step)
        elif sort in (Sort.DONE, Sort.FINISHED):
            found.done.append(step)
        elif sort == Sort.THANKS:
            found.thanks.append(step)
        elif sort == Sort.HELP_WANTED:
            help_wanted = step if step.change.get("people") else None
    return Taken(found.planned, found.done, help_wanted if entry.meaning.family is Family.OPEN else None, found.thanks)


def _steps(entries: Sequence[Entry]) -> Sequence[Event]:
    ids = [entry.id for entry in entries]
    rows = select(Event).where(Event.thing == Entry.__tablename__, Event.thing_id.in_(ids), Event.did == Did.TOOK_ON)
    return db.session.scalars(rows.order_by(Event.at, Event.id)).all()


@dataclass(frozen=True)
class GoingOn:
    """What residents take on somewhere, and how it goes."""

    entry: Entry
    taken: Taken


def going_on(viewer: Viewer, place: Place) -> list[GoingOn]:
    """What residents are taking on in a place, as far as this viewer sees it: what moved last first."""
    rows = queries.published(viewer, place, Filters(family=Family.OPEN)).where(
        Entry.kind.in_(LED), Entry.lead.in_((Lead.RESIDENTS, Lead.TOGETHER))
    )
    return _told(queries.latest_changed(rows).limit(MOST_GOING_ON))


def done_lately(viewer: Viewer, place: Place) -> list[GoingOn]:
    """What residents have put right, or led on until it was adopted, in the last half year: the last first."""
    done = queries.published(viewer, place, Filters(family=Family.CLOSED)).where(
        (Entry.state == State.FIXED_BY_RESIDENTS)
        | ((Entry.state == State.ADOPTED) & Entry.lead.in_((Lead.RESIDENTS, Lead.TOGETHER))),
        Entry.closed_at > now() - LATELY,
    )
    return _told(done.order_by(None).order_by(Entry.closed_at.desc(), Entry.id.desc()).limit(MOST_DONE))


def _told(rows: Select[Entry]) -> list[GoingOn]:
    found = db.session.scalars(queries.shown(rows)).all()
    return [GoingOn(entry, taken(entry)) for entry in found]


# --- what is kept about a person -----------------------------------------------------------------------------------


@tells("steps of what you take on")
def _own_steps(person: Person) -> list[dict[str, str]]:
    rows = select(Event).where(Event.did == Did.TOOK_ON, Event.actor_id == person.id).order_by(Event.id)
    return [{"at": step.at.isoformat(), "words": step.words} for step in db.session.scalars(rows)]


@forgets
def _forget_steps(person: Person) -> None:
    """Their words go from the timelines of others' entries too."""
    forget_steps(Event.did == Did.TOOK_ON, Event.actor_id == person.id)
