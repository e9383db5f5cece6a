"""Telling: something new comes in, waits for a moderator where there is a reason, and is confirmed by its author."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

import shapely
from sqlalchemy import select

from wardbook.areas.derive import derive
from wardbook.clock import day_of
from wardbook.db import alone, db, hold, now
from wardbook.entries import blurring, holding
from wardbook.entries.hearing import letters
from wardbook.entries.hearing.authors import tell_author
from wardbook.entries.hearing.next_steps import next_steps
from wardbook.entries.kinds import KINDS, Basis, Channel, Kind, Topic
from wardbook.entries.models import Category, Entry, Photo
from wardbook.entries.questions import Answers
from wardbook.errors import Refused
from wardbook.events import Did, Told, record
from wardbook.mail import write_letter
from wardbook.people import proofs
from wardbook.people.models import Person, Proof
from wardbook.people.queries import viewer_of
from wardbook.places.find import refuse_outside
from wardbook.policy import VISITOR, Act, Role, Viewer, require
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
    contact_shared: bool = False
    """Whether the councillors of its wards may know how to reach its author"""
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
        ask_for_proof(entry, author, name, telling.understood)
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
        contact_shared=telling.contact_shared,
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


def ask_for_proof(entry: Entry, author: Person, name: str, understood: Sequence[str] = ()) -> None:
    """Mail its author a link that publishes what they sent."""
    fresh = proofs.make_proof(author, PUBLISH, entry.ref, name=name)
    write_letter(
        author.email, "confirm", cause=f"proof {fresh.proof.id}", entry=entry, link=fresh.link,
        to_come=next_steps(entry), understood=understood,
    )  # fmt: skip


def entry_of(proof: Proof) -> Entry | None:
    """The entry that a proof publishes."""
    if proof.purpose != PUBLISH:
        return None
    return db.session.scalar(select(Entry).where(Entry.ref == proof.subject, Entry.author_id == proof.person_id))


def waits_for_proof(entry: Entry | None) -> bool:
    """Whether its author has still to confirm their address."""
    return entry is not None and entry.standing is Standing.PENDING and entry.confirmed_at is None


def confirm(proof: Proof) -> Entry:
    """Publish what waited for its author's proof, or hand it to a moderator where its category asks for one."""
    entry = entry_of(proof)
    hold(entry)
    if entry is None or not waits_for_proof(entry):
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
