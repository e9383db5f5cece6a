"""What can be done with entries: tell, confirm, reply, change their state."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import shapely
from sqlalchemy import select, update

from wardbook.areas.derive import derive
from wardbook.clock import day_of
from wardbook.config import settings
from wardbook.db import alone, db, hold, now
from wardbook.entries import blurring, holding
from wardbook.entries.hearing import letters
from wardbook.entries.hearing.next_steps import next_steps
from wardbook.entries.kinds import ENTERED, KINDS, STATES, Basis, Channel, Family, Kind, State, Topic, needs_words
from wardbook.entries.merging.merged import ids_of, lasting_for, merge_of
from wardbook.entries.models import Category, Draft, Entry, Photo
from wardbook.entries.questions import Answers
from wardbook.errors import Refused
from wardbook.events import Did, Event, Told, record
from wardbook.mail import write_letter
from wardbook.people import actions as people
from wardbook.people.models import Person, Proof
from wardbook.people.queries import viewer_of
from wardbook.places.find import refuse_outside
from wardbook.policy import VISITOR, Act, Role, Viewer, require, sees
from wardbook.shared import Level, Standing, move_standing, new_reference

PUBLISH = "publish"
LONGEST = timedelta(days=731)
MOST_TITLE, MOST_WORDS, MOST_SPOT_WORDS = 120, 5000, 200


@dataclass(frozen=True)
class Telling:
    """What somebody says about a spot."""

    kind: Kind
    title: str
    words: str
    shape: shapely.Geometry
    level: Level
    once: str
    category: Category | None = None
    name_shown: bool = False
    lapses_on: date | None = None
    """The last day on which an offer stands"""
    willing: bool = False
    """Whether its author would take it on"""
    shape_id: int | None = None
    """The drawn or uploaded place it is told of: who sees the one then sees the other"""
    doubts: tuple[str, ...] = ()
    """Why the form itself is held for review, beside what is said in it"""
    told_at: datetime = field(default_factory=now)
    channel: Channel = Channel.WEB
    spot_words: str = ""
    """Where it is, in words"""
    only_ward: bool = False
    """Nothing nearer than its ward is known"""
    blur: bool = False
    """Show it roughly: it happened at somebody's home"""
    answers: Answers = field(default_factory=list)
    understood: tuple[str, ...] = ()
    """What we made of words that came by email, in sentences for whoever wrote them"""


@dataclass(frozen=True)
class NoteDetails:
    """What a note says beside its words."""

    topic: Topic
    basis: Basis
    review_on: date | None
    cites: str = ""


# --- drafts ------------------------------------------------------------------------------------------------------


def start_draft() -> Draft:
    """A new draft, known only to whoever holds its long random id."""
    draft = Draft(id=secrets.token_urlsafe(18), answers={}, changed_at=now())
    db.session.add(draft)
    db.session.flush()
    return draft


def answer(draft: Draft, **answers: object) -> None:
    """Keep what was typed."""
    draft.answers = draft.answers | answers
    draft.changed_at = now()


# --- telling -----------------------------------------------------------------------------------------------------


def tell(viewer: Viewer, telling: Telling, author: Person, photos: list[Photo], *, name: str = "") -> Entry:
    """Make a contribution of what somebody says. From the same form it makes one entry, however often it is sent.

    It is published at once for its author signed in, unless there is a reason for a moderator to read it first
    (`holding`); otherwise it waits, and a link is mailed to the author.
    """
    require(viewer, Act.CONTRIBUTE, KINDS[telling.kind].by)
    if (already := _told_already(telling.once)) is not None:
        return already
    entry = _new(telling, author)
    own = viewer.id == author.id
    entry.confirmed_at = now() if own else None
    asked = holding.Asked(entry, author, holding.texts_of(entry, photos), holding.When.TOLD)
    holding.hold_for(entry, holding.reasons(asked, telling.doubts))
    entry.standing = Standing.PUBLISHED if own and not entry.held_for else Standing.PENDING
    _add(viewer if own else VISITOR, entry, photos)
    _keep_spot(entry, telling)
    if not own:
        _ask_for_proof(entry, author, name, telling.understood)
    elif entry.held_for:
        record_hold(entry)
    return entry


def tell_for(viewer: Viewer, telling: Telling, author: Person | None, photos: list[Photo], *, name: str = "") -> Entry:
    """Enter what somebody told staff. It needs no proof: whoever enters it answers for it, and stands on its timeline.

    Who has an email address is its author, and is written to at once: who entered it, and how to have it erased.
    """
    require(viewer, Act.ENTER_FOR)
    if (already := _told_already(telling.once)) is not None:
        return already
    entry = _new(telling, author)
    entry.confirmed_at = now()
    asked = holding.Asked(entry, author, holding.texts_of(entry, photos), holding.When.TOLD)
    holding.hold_for(entry, holding.reasons(asked))
    entry.standing = Standing.PENDING if entry.held_for else Standing.PUBLISHED
    if author is not None and name and not author.name and author.confirmed_at is None:
        author.name = name
    _add(viewer, entry, photos)
    _keep_spot(entry, telling)
    if author is not None:
        write_letter(author.email, "entered", cause=f"entered {entry.ref}", entry=entry, by=viewer.signature)
    return entry


def record_hold(entry: Entry, *, edited: bool = False) -> None:
    """Say on the timeline that a moderator reads it first, and to its author why too: that is not for readers."""
    event = record(VISITOR, Did.HELD, entry, told=Told.AUTHOR)
    tell_author(entry, event, "held", edited=edited, why=holding.told_to_author(entry.held_for))


def hold_again(entry: Entry, earlier: dict[str, str]) -> None:
    """Let a moderator read new words where there is a reason, and what they asked its author to edit."""
    why = holding.after_edit(entry, entry.author, earlier)
    returns = entry.asked_to_edit is not None
    entry.asked_to_edit = None
    if why:
        holding.hold_for(entry, why)
    if why and (earlier or returns):
        entry.standing = Standing.PENDING
        record_hold(entry, edited=True)


def write_note(viewer: Viewer, telling: Telling, about: NoteDetails, author: Person) -> Entry:
    """Keep what a councillor or an officer knows of a spot."""
    require(viewer, Act.WRITE_NOTE)
    if about.review_on and about.review_on < day_of(telling.told_at):
        raise Refused("Choose a day to look at it again that is still to come.", field="review_on")
    if (already := _told_already(telling.once)) is not None:
        return already
    note = _new(telling, author)
    note.confirmed_at, note.standing, note.name_shown = now(), Standing.PUBLISHED, True
    note.topic, note.basis, note.review_on, note.cites = about.topic, about.basis, about.review_on, about.cites or None
    _add(viewer, note, [])
    return note


def _told_already(once: str) -> Entry | None:
    """What was made of the same form before: its button was pressed twice."""
    alone("entry", once)
    return db.session.scalar(select(Entry).where(Entry.once == once))


def _keep_spot(entry: Entry, telling: Telling) -> None:
    if telling.blur:
        blurring.keep_exact(entry, telling.shape)


def _new(telling: Telling, author: Person | None) -> Entry:
    refuse_outside(telling.shape, field="shape")
    if telling.category is not None and telling.category.emergency:
        raise Refused("This is an emergency: ring the number that is shown. It cannot be sent here.", field="category")
    if telling.level not in KINDS[telling.kind].levels:
        raise Refused("Choose who will see it.", field="level")
    return Entry(
        ref=free_reference(), kind=telling.kind, state=KINDS[telling.kind].starts, title=telling.title,
        words=telling.words, category=telling.category, level=telling.level,
        geometry=blurring.blurred(telling.shape) if telling.blur else telling.shape, blurred=telling.blur,
        spot_words=telling.spot_words, only_ward=telling.only_ward, answers=telling.answers,
        channel=telling.channel, told_at=telling.told_at, changed_at=telling.told_at, name_shown=telling.name_shown,
        once=telling.once, author=author, lapses_on=_until(telling), shape_id=telling.shape_id,
        willing=telling.willing and KINDS[telling.kind].led,
    )  # fmt: skip


def _until(telling: Telling) -> date | None:
    """Until when an offer stands; every other kind has no such day."""
    day = day_of(telling.told_at)
    usual = KINDS[telling.kind].stands_from(day)
    if usual is None or telling.lapses_on is None:
        return usual
    check_until(telling.lapses_on, day)
    return telling.lapses_on


def check_until(until: date, on: date) -> None:
    """An offer stands until a day that is still to come, and no longer than two years without another word."""
    if not on <= until <= on + LONGEST:
        raise Refused("Choose a day from today to two years from now.", field="lapses_on")


def _add(viewer: Viewer, entry: Entry, photos: list[Photo]) -> None:
    db.session.add(entry)
    derive(entry)
    for photo in photos:
        photo.entry_id, photo.draft_id = entry.id, None
    record(viewer, Did.POSTED, entry, at=entry.told_at, told=_told_of_new(entry))


def _told_of_new(entry: Entry) -> Told:
    """Followers hear of what is published by being told; of the demo, and of what only its author sees, nobody does."""
    quiet = entry.channel is Channel.DEMO or entry.level is Level.PRIVATE or entry.standing is not Standing.PUBLISHED
    return Told.NOBODY if quiet else Told.FOLLOWERS


def free_reference() -> str:
    """A reference that no entry has."""
    while True:
        ref = new_reference("WB")
        alone("reference", ref)
        if db.session.scalar(select(Entry.id).where(Entry.ref == ref)) is None:
            return ref


def _ask_for_proof(entry: Entry, author: Person, name: str, understood: Sequence[str]) -> None:
    fresh = people.make_proof(author, PUBLISH, entry.ref, name=name)
    write_letter(
        author.email, "confirm", cause=f"proof {fresh.proof.id}", entry=entry, link=fresh.link,
        to_come=next_steps(entry), understood=understood,
    )  # fmt: skip


def entry_of(proof: Proof) -> Entry | None:
    """The entry that a proof publishes."""
    if proof.purpose != PUBLISH:
        return None
    return db.session.scalar(select(Entry).where(Entry.ref == proof.subject, Entry.author_id == proof.person_id))


def confirm(proof: Proof) -> Entry:
    """Publish what waited for its author's proof, or hand it to a moderator where its category asks for one."""
    entry = entry_of(proof)
    hold(entry)
    if entry is None or entry.standing is not Standing.PENDING:
        raise Refused("What this link belongs to is no longer waiting.")
    author = _as_resident(proof.person)
    require(author, Act.CONTRIBUTE, KINDS[entry.kind].by)
    entry.confirmed_at = now()
    asked = holding.Asked(entry, proof.person, holding.texts_of(entry, entry.photos), holding.When.CONFIRMED)
    holding.hold_for(entry, holding.reasons(asked, entry.held_for))
    if entry.held_for:
        record_hold(entry)
    else:
        move_standing(entry, Standing.PUBLISHED)
        event = record(author, Did.PUBLISHED, entry, told=Told.FOLLOWERS)
        db.session.flush()
        write_letter(
            proof.person.email, "published", cause=f"event {event.id}", unsubscribe=letters.stops_letters(entry),
            entry=entry, to_come=next_steps(entry),
        )  # fmt: skip
    return entry


def _as_resident(person: Person) -> Viewer:
    banned = viewer_of(person).banned_until
    return Viewer(person.id, frozenset({Role.RESIDENT}), name=person.name, banned_until=banned)


# --- answering ---------------------------------------------------------------------------------------------------


def change_state(viewer: Viewer, entry: Entry, state: State, *, words: str, once: str) -> Entry:
    """Move an entry to another state of its kind, with words for its author and readers; closing takes words."""
    require(viewer, Act.CHANGE_STATE, entry)
    if done_already(once):
        return entry
    if merge_of(entry) is not None:
        raise Refused("It was merged into another. Take that back before you change its state.", field="state")
    if state not in KINDS[entry.kind].chosen_from(entry.state_now):
        raise Refused(f"It cannot go from '{entry.meaning.label}' to '{STATES[state].label}'.", field="state")
    if needs_words(state) and not words.strip():
        raise Refused(
            "Say in words what was done, or why it was closed. The person who told you reads this.", field="words"
        )
    before, entry.state = entry.state, state
    entry.changed_at = now()
    entry.closed_at = entry.changed_at if STATES[state].family is Family.CLOSED else None
    event = record(
        viewer, Did.CHANGED_STATE, entry, words=words, told=Told.FOLLOWERS, change={"state": [before, state]}, once=once
    )
    tell_author(entry, event)
    tell_those_merged(entry, event)
    return entry


def reply(viewer: Viewer, entry: Entry, *, words: str, once: str) -> Entry:
    """Answer in words without a change of state."""
    require(viewer, Act.REPLY, entry)
    if done_already(once):
        return entry
    if (other := lasting_for(entry, viewer)) is not None:
        raise Refused(f"It was merged, and goes on at {settings().base_url}/entries/{other.ref}: answer there.")
    if not words.strip():
        raise Refused("Enter your answer, or choose a new state.", field="words")
    entry.changed_at = now()
    event = record(viewer, Did.REPLIED, entry, words=words, told=Told.FOLLOWERS, once=once)
    tell_author(entry, event)
    tell_those_merged(entry, event)
    return entry


def done_already(once: str | None) -> bool:
    """Whether the step a form asks for was taken before: its button was pressed twice. No form, no second press."""
    return once is not None and db.session.scalar(select(Event.id).where(Event.once == once)) is not None


CAN_BE_ENDED = frozenset({"update", "published", "taken_on", "merged", "joined"})
"""Letters that an author can have no more of. Of moderation, and of who sees what they told, they are always told."""


def tell_author(entry: Entry, event: Event, letter: str = "update", **words: Any) -> None:
    """Write to its author of a step that somebody else took."""
    author = entry.author
    proved = author is not None and (author.confirmed_at is not None or entry.channel in ENTERED)
    if author is None or not proved or author.id == event.actor_id:
        return
    ends = letter in CAN_BE_ENDED
    if ends and not letters.wants(entry, author.id):
        return
    db.session.flush()
    write_letter(
        author.email, letter, cause=f"event {event.id}", unsubscribe=letters.stops_letters(entry) if ends else "",
        entry=entry, event=event, **words,
    )  # fmt: skip


def tell_those_merged(entry: Entry, event: Event) -> None:
    """Write the same to those who told what was merged into it, where they may see it and want letters about theirs."""
    own = select(Entry).where(Entry.id.in_(ids_of(entry)[1:]), Entry.standing == Standing.PUBLISHED).order_by(Entry.id)
    for merged in db.session.scalars(own).all():
        person = merged.author
        if person is None or person.confirmed_at is None or person.id in (entry.author_id, event.actor_id):
            continue
        if letters.wants(merged, person.id) and sees(viewer_of(person), entry):
            db.session.flush()
            write_letter(
                person.email, "update", cause=f"event {event.id}", unsubscribe=letters.stops_letters(merged),
                entry=entry, event=event,
            )  # fmt: skip


def sweep_drafts() -> list[str]:
    """Forget drafts a day old; the keys of their photos, whose files can go once this is committed."""
    old = select(Draft.id).where(Draft.changed_at < now() - timedelta(days=1))
    ids = list(db.session.scalars(old.with_for_update(skip_locked=True)))  # what another sweeps now is theirs
    photos = db.session.scalars(select(Photo).where(Photo.draft_id.in_(ids), Photo.entry_id.is_(None))).all()
    keys = [photo.key for photo in photos]
    for photo in photos:
        db.session.delete(photo)
    db.session.execute(update(Photo).where(Photo.draft_id.in_(ids)).values(draft_id=None))
    for draft in db.session.scalars(select(Draft).where(Draft.id.in_(ids))):
        db.session.delete(draft)
    return keys
