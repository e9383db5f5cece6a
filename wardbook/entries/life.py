"""What its author can do with an entry later: edit it, choose anew who sees it, withdraw it, review it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import delete, select

from wardbook.clock import today
from wardbook.db import alone, db, hold, now
from wardbook.entries import holding
from wardbook.entries.actions import hold_again
from wardbook.entries.hearing.authors import tell_author
from wardbook.entries.kinds import KINDS, Basis, Kind, State, Topic
from wardbook.entries.models import Entry, Superseded
from wardbook.entries.questions import Answers, answers_in_words
from wardbook.errors import Refused
from wardbook.events import Did, Event, Told, done_already, record
from wardbook.policy import Act, Viewer, may, require
from wardbook.shared import Level, Standing, no_wider_than

WORDING = ("title", "words", "topic", "basis", "cites", "review_on", "spot_words", "answers")
LASTING = {"topic", "basis", "name_shown", "spot_words", "answers"}
"""None leaves these as they are, and empties the others"""


@dataclass(frozen=True)
class Wording:
    """What an entry says, as its author may change it. What is None is left as it is."""

    title: str
    words: str
    name_shown: bool | None = None
    name: str = ""
    """The author's own, where they had given none yet"""
    topic: Topic | None = None
    basis: Basis | None = None
    cites: str | None = None
    review_on: date | None = None
    spot_words: str | None = None
    answers: Answers | None = None


class Outdated(Refused):
    """It was edited since the form was opened: what was typed is kept beside what it says now."""


# --- editing -----------------------------------------------------------------------------------------------------


def edit(viewer: Viewer, entry: Entry, wording: Wording, *, edition: int, once: str) -> Entry:
    """Change what one's own entry says. What was published before stays readable on the timeline; that only its
    author's name was shown or hidden is no step.

    `edition` is the one that was being edited. New words wait for a moderator where there is a reason (`holding`).
    """
    hold(entry)
    require(viewer, Act.EDIT, entry)
    if done_already(once):
        return entry
    change = _changes(entry, wording)
    if change and entry.edition != edition:
        raise Outdated("This was changed since you opened the page, perhaps in another tab. Nothing you typed is lost.")
    _take_name(viewer, entry, wording)
    _check(entry, wording)
    if not change:
        return entry
    was_out = entry.standing is Standing.PUBLISHED
    earlier = holding.texts_of(entry, entry.photos) if was_out else {}
    for column, (_, after) in change.items():
        setattr(entry, column, after)
    entry.edited()
    if change.keys() != {"name_shown"}:
        record(viewer, Did.EDITED, entry, change=_kept(change) if was_out else {}, once=once)
    if {"title", "words", "spot_words", "answers"} & change.keys():
        hold_again(entry, earlier)
    return entry


def _take_name(viewer: Viewer, entry: Entry, wording: Wording) -> None:
    author = entry.author
    if author is not None and wording.name and not author.name and not author.terms:
        holding.check_said(viewer, wording.name, field="name")
        author.name = wording.name


def _check(entry: Entry, wording: Wording) -> None:
    if wording.name_shown and not entry.name_shown and not (entry.author and entry.author.name):
        raise Refused("Enter your name, or leave 'Show my name' unticked.", field="name")
    if wording.review_on and wording.review_on != entry.review_on and wording.review_on < today():
        raise Refused("Choose a day to look at it again that is still to come.", field="review_on")


def _changes(entry: Entry, wording: Wording) -> dict[str, tuple[Any, Any]]:
    """The columns that change, before and after. A contribution has no topic, a note always shows its writer."""
    columns = WORDING if entry.kind is Kind.NOTE else ("title", "words", "name_shown", "spot_words", "answers")
    given = {column: getattr(wording, column) for column in columns}
    if not given.get("cites", True):
        given["cites"] = None
    return {
        name: (getattr(entry, name), after)
        for name, after in given.items()
        if after != getattr(entry, name) and not (after is None and name in LASTING)
    }


def _kept(change: dict[str, tuple[Any, Any]]) -> dict[str, list[Any]]:
    """As the timeline keeps it. That a name was shown once is not kept: who hides theirs wants it gone."""
    plain = {name: [_plain(value) for value in values] for name, values in change.items()}
    return {name: values for name, values in plain.items() if name in WORDING}


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return answers_in_words(value)
    return value.isoformat() if isinstance(value, date) else value


# --- who sees it -------------------------------------------------------------------------------------------------


def levels_for(entry: Entry) -> list[Level]:
    """The levels its author may choose: those of its kind, for a differing view none wider than what it is about."""
    other = db.session.get(Entry, entry.differs_from_id) if entry.differs_from_id else None
    allowed = no_wider_than(other.level if other else Level.PUBLIC)
    return [level for level in KINDS[entry.kind].levels if level in allowed or level is entry.level]


def change_level(viewer: Viewer, entry: Entry, level: Level, *, once: str) -> Entry:
    """Widen or narrow who sees one's own entry. Differing views of it are narrowed with it, and their writers told."""
    alone("views of", _first_note_of(entry).id)
    hold(entry)
    require(viewer, Act.CHANGE_LEVEL, entry)
    if done_already(once) or level is entry.level:
        return entry
    if level not in levels_for(entry):
        raise Refused("Choose who may see it from the list.", field="level")
    before, entry.level, entry.changed_at = entry.level, level, now()
    record(viewer, Did.CHANGED_LEVEL, entry, change={"level": [before, level]}, once=once)
    if level in no_wider_than(before):
        _narrow_views_of(viewer, entry)
    return entry


def share_contact(viewer: Viewer, entry: Entry, *, shared: bool) -> None:
    """Let the councillors of its wards know how to reach its author, or no longer. It is between them: no step."""
    hold(entry)
    require(viewer, Act.CHANGE_LEVEL, entry)
    entry.contact_shared = shared


def _first_note_of(entry: Entry) -> Entry:
    """The note that this one sees differently, or the one which that sees differently, and so on; else itself."""
    while entry.differs_from_id is not None:
        entry = db.session.get_one(Entry, entry.differs_from_id)
    return entry


def _narrow_views_of(viewer: Viewer, entry: Entry) -> None:
    """A view of a note is never seen wider than the note."""
    views = select(Entry).where(Entry.differs_from_id == entry.id, Entry.level.not_in(no_wider_than(entry.level)))
    for view in db.session.scalars(views).all():
        before, view.level = view.level, entry.level
        change = {"level": [before, view.level]}
        event = record(viewer, Did.CHANGED_LEVEL, view, told=Told.AUTHOR, change=change)
        if view.standing is not Standing.ERASED:
            tell_author(view, event, "narrowed")
        _narrow_views_of(viewer, view)


# --- withdrawing -------------------------------------------------------------------------------------------------


def withdraw(viewer: Viewer, entry: Entry, *, reason: str, once: str) -> Entry:
    """Take one's own entry out of sight. It is kept: those who relied on it have a right to know why it went, but from
    whom a moderator keeps from saying anything.
    """
    hold(entry)
    if done_already(once):
        return entry
    require(viewer, Act.WITHDRAW, entry)
    if not reason.strip() and may(viewer, Act.SAY):
        raise Refused("Say why. Those who relied on it read this.", field="reason")
    holding.check_said(viewer, reason, field="reason")
    before, entry.standing, entry.withdrawn_for = entry.standing, Standing.WITHDRAWN, reason
    entry.changed_at = now()
    change = {"standing": [before, entry.standing], "reason": reason}
    record(viewer, Did.WITHDREW, entry, change=change, once=once)
    return entry


def bring_back(viewer: Viewer, entry: Entry, *, once: str) -> Entry:
    """Put one's own withdrawn entry back to where it was: into the open, or to waiting for a moderator."""
    hold(entry)
    if done_already(once):
        return entry
    require(viewer, Act.BRING_BACK, entry)
    steps = select(Event).where(
        Event.thing == Entry.__tablename__, Event.thing_id == entry.id, Event.did == Did.WITHDREW
    )
    withdrew = db.session.scalars(steps.order_by(Event.id.desc()).limit(1)).first()
    entry.standing = Standing(withdrew.change["standing"][0]) if withdrew else Standing.PENDING
    entry.withdrawn_for, entry.changed_at = None, now()
    change = {"standing": [Standing.WITHDRAWN, entry.standing]}
    record(viewer, Did.BROUGHT_BACK, entry, change=change, once=once)
    return entry


# --- reviewing ---------------------------------------------------------------------------------------------------


def still_holds(viewer: Viewer, note: Entry, *, review_on: date | None, once: str) -> Entry:
    """Say that a note holds today, and when to look again. One that was superseded or out of date is current again."""
    hold(note)
    require(viewer, Act.REVIEW, note)
    if done_already(once):
        return note
    if review_on is None or review_on <= today():
        raise Refused("Choose a day to look at it again that is still to come.", field="review_on")
    change = {"review_on": [_plain(note.review_on), _plain(review_on)], "state": [note.state, State.CURRENT]}
    note.review_on, note.state, note.changed_at = review_on, State.CURRENT, now()
    db.session.execute(delete(Superseded).where(Superseded.entry_id == note.id))
    record(viewer, Did.REVIEWED, note, change=change, once=once)
    return note


def no_longer_holds(viewer: Viewer, note: Entry, *, words: str, once: str) -> Entry:
    """Say that a note held once."""
    hold(note)
    require(viewer, Act.REVIEW, note)
    if done_already(once):
        return note
    if State.OUT_OF_DATE not in KINDS[note.kind].moves[note.state]:
        raise Refused(f"It is '{note.meaning.label}' already.", field="holds")
    before, note.state, note.changed_at = note.state, State.OUT_OF_DATE, now()
    change = {"state": [before, note.state]}
    record(viewer, Did.CHANGED_STATE, note, words=words, change=change, once=once)
    return note
