"""What those who were asked whether it is put right answer: 'no' opens it again; and what came of asking."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Select, func, select

from wardbook.db import db, hold, now
from wardbook.entries import holding, queries
from wardbook.entries.erasing import forget_steps
from wardbook.entries.hearing.authors import tell_author, tell_those_merged
from wardbook.entries.hearing.closing import (
    WHETHER,
    Asked,
    Whether,
    author_of,
    is_open_again,
    step_that_closed,
)
from wardbook.entries.kinds import State
from wardbook.entries.models import Entry
from wardbook.erasure import blanks
from wardbook.errors import Refused
from wardbook.events import Did, Event, Told, record
from wardbook.mail import write_letter
from wardbook.people.models import Person
from wardbook.people.queries import officers_of, running_terms, viewer_of
from wardbook.personal import forgets
from wardbook.policy import Act, Role, Viewer, require, sees

YEAR = timedelta(days=365)


def answer(asked: Asked, said: Whether, *, words: str = "") -> Asked:
    """Keep what the author answers, the first time; 'no' reopens the issue, and its followers, its service and all who
    told of it are told.
    """
    entry, author = asked.entry, author_of(asked)
    hold(entry)
    hold(asked)
    require(author, Act.SAY_WHETHER, asked)
    if asked.answer is not None:
        return asked
    if is_open_again(asked):
        raise Refused("It was reopened, or closed again, since we asked.")
    if said is Whether.NO:
        holding.check_said(author, words, field="words")
    asked.answer, asked.answered_at = said, now()
    if said is Whether.NO:
        _reopen(author, asked, words)
    return asked


def _reopen(author: Viewer, asked: Asked, words: str) -> None:
    entry = asked.entry
    before, entry.state = entry.state, State.RECEIVED
    entry.closed_at, entry.changed_at = None, now()
    change = {"state": [before, entry.state]}
    event = record(author, Did.REOPENED, entry, words=words, told=Told.FOLLOWERS, change=change)
    tell_author(entry, event)
    tell_those_merged(entry, event)
    db.session.flush()
    for officer in _answerable(asked):
        write_letter(officer.email, "not_right", cause=f"event {event.id}", entry=entry, event=event, before=before)


def _answerable(asked: Asked) -> list[Person]:
    """Whom of the council to tell: who closed it, while they are an officer; else the officers of its service."""
    closer = db.session.get(Person, step_that_closed(asked).actor_id or 0)
    if closer is not None and any(term.role is Role.OFFICER for term in running_terms(closer)):
        found = [closer]
    else:
        category = asked.entry.category
        found = list(officers_of(category.service)) if category else []
    return [officer for officer in found if officer.active and sees(viewer_of(officer), asked.entry)]


# --- what is kept about a person -----------------------------------------------------------------------------------


@forgets
def _forget_said(person: Person) -> None:
    """What they said of another's issue, into which theirs was merged, goes: of their own it stays as that does."""
    own = select(Entry.id).where(Entry.author_id == person.id)
    forget_steps(Event.did == Did.REOPENED, Event.actor_id == person.id, Event.thing_id.not_in(own))


@blanks
def _said_as(thing: object) -> None:
    """What its author said of the issue into which it was merged is gone with it."""
    if isinstance(thing, Entry) and thing.author_id is not None:
        others = select(Asked.entry_id).join(Entry, Entry.id == Asked.entry_id).where(Asked.told_id == thing.id)
        others = others.where(Entry.author_id.is_distinct_from(thing.author_id))
        of_others = Event.thing == Entry.__tablename__, Event.thing_id.in_(others)
        forget_steps(Event.did == Did.REOPENED, Event.actor_id == thing.author_id, *of_others)


# --- what came of asking -----------------------------------------------------------------------------------------


def not_put_right(viewer: Viewer) -> Select[Entry]:
    """Issues whose author says that they are not put right, and that wait for an answer since: the oldest first."""
    said = select(Asked.id).where(Asked.entry_id == Entry.id, Asked.answer == Whether.NO)
    rows = queries.published(viewer, None, queries.Filters(state=State.RECEIVED)).where(said.exists())
    return rows.order_by(None).order_by(Entry.told_at, Entry.id)


@dataclass(frozen=True)
class Answers:
    """Of those asked within a year, how many answered what."""

    asked: int
    by_answer: dict[str, int]

    @property
    def silent(self) -> int:
        """How many have not answered."""
        return self.asked - sum(self.by_answer.values())


def answered() -> Answers:
    """What authors answered within a year: one query."""
    rows = select(Asked.answer, func.count()).where(Asked.asked_at >= now() - YEAR).group_by(Asked.answer)
    found = list(db.session.execute(rows))
    told = {WHETHER[given]: number for given, number in found if given is not None}
    return Answers(sum(number for _, number in found), {label: told.get(label, 0) for label in WHETHER.values()})
