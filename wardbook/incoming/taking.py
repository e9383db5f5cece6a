"""Taking a message: once, whole or not at all; what it becomes, and the letter that goes back."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

from sqlalchemy import select

from wardbook import limits
from wardbook.db import add_once, db, now, transaction
from wardbook.entries import actions, drafting, holding
from wardbook.entries.kinds import KINDS, Channel, Kind
from wardbook.entries.models import Category, Draft, Entry
from wardbook.entries.photographs import photos
from wardbook.errors import Refused
from wardbook.incoming import about
from wardbook.incoming.bounces import bounce_in, take_bounce
from wardbook.incoming.models import Became, TakenMessage
from wardbook.incoming.reading import MOST_BYTES, MOST_HEAD, Attached, Read, read
from wardbook.incoming.replies import Answered, answer_to
from wardbook.incoming.where import spots_in
from wardbook.mail import write_letter
from wardbook.people import actions as people
from wardbook.people import proofs
from wardbook.people.models import Person
from wardbook.places.find import Spot, ward_at
from wardbook.policy import VISITOR
from wardbook.shared import Level

log = logging.getLogger(__name__)
TELL_ON = "tell on"
KEPT = timedelta(days=7)
"""For so long a draft made of a message waits for its sender, and the link to it works"""
MOST_ANSWERS = 10
"""Letters that we write back to one address in a day, so that two programs never go on writing to each other"""
LEAST_SIDE = 120
"""Pixels: a smaller picture within a message is the sign of a firm, not a photo"""


@dataclass(frozen=True)
class Taking:
    """What became of a message, and the reference of the entry that it became or is about."""

    became: Became
    ref: str = ""


@dataclass(frozen=True)
class _Told:
    """A contribution as a message has it, with its photos made anew and what could not be taken, in sentences."""

    read: Read
    kind: Kind
    title: str
    words: str
    photos: tuple[photos.Prepared, ...]
    left_out: tuple[str, ...]

    @property
    def name(self) -> str:
        """What its sender calls themselves, unless that is something that a moderator would have to read first."""
        return "" if holding.looks_like(self.read.name, "name") else self.read.name


class _Wait(Exception):
    """Its sender has had so many letters lately that it is taken another time."""


def take_message(raw: bytes) -> Taking:
    """Take one message. Run again, or at the same time, on the same message it does nothing more.

    Raises Refused where it is no message at all.
    """
    if len(raw) > MOST_BYTES:
        told = replace(read(raw[:MOST_HEAD]), words="", pictures=(), left_out=())
        return once(told.digest, lambda: _too_large(told))
    told = read(raw)
    if _is_taken(told.digest):
        return Taking(Became.ALREADY)
    if (bounce := bounce_in(told)) is not None:
        return once(told.digest, lambda: Taking(Became.BOUNCE if take_bounce(bounce) else Became.IGNORED))
    if told.by_program:
        return once(told.digest, lambda: Taking(Became.IGNORED))
    ready = _prepared(told)  # photos take a while: before the write lock
    return once(told.digest, lambda: _contribution(ready))


def _is_taken(digest: str) -> bool:
    found = db.session.scalar(select(TakenMessage.id).where(TakenMessage.digest == digest))
    db.session.rollback()
    return found is not None


def once(digest: str, take: Callable[[], Taking]) -> Taking:
    """In one transaction: mark a message as taken, unless another did, and take it."""
    try:
        with transaction():
            values = {"digest": digest, "became": Became.IGNORED, "taken_at": now()}
            taken = add_once(TakenMessage, **values)
            if taken is None:
                return Taking(Became.ALREADY)
            taking = take()
            db.session.get_one(TakenMessage, taken).became = taking.became
            return taking
    except _Wait:
        return Taking(Became.WAITS)


def may_be_answered(address: str) -> bool:
    """Whether another letter may go back to this address today; asked, it counts."""
    day = 24 * 60
    return not limits.take("answer by email", limits.hashed(address), MOST_ANSWERS, minutes=day)


def _too_large(told: Read) -> Taking:
    if not told.by_program and may_be_answered(told.sender):
        write_letter(told.sender, "by_email_too_large", cause=f"email {told.digest}", subject_told=told.subject)
    return Taking(Became.IGNORED)


# --- what a message tells ------------------------------------------------------------------------------------------


def _prepared(told: Read) -> _Told:
    kept, left_out = _photos(told.pictures)
    left_out += [f"‘{name}’ was left out: by email we take photos only." for name in told.left_out]
    words, whole = about.words_of(told)
    if not whole:
        left_out.append(f"We kept the first {actions.MOST_WORDS:,} characters of what you wrote.")
    kind = about.kind_of(told)
    return _Told(told, kind, about.title_of(told), words, tuple(kept), tuple(left_out))


def _photos(pictures: tuple[Attached, ...]) -> tuple[list[photos.Prepared], list[str]]:
    """Up to six photos made anew, and of the others in words why not."""
    kept: list[photos.Prepared] = []
    left_out: list[str] = []
    for picture in pictures:
        try:
            made = photos.prepare(picture.raw)
        except Refused as refused:
            left_out.append(f"‘{picture.name}’ was left out. {refused.sentence}")
            continue
        if picture.inline and min(made.width, made.height) < LEAST_SIDE:
            continue
        if len(kept) == photos.MOST_PHOTOS:
            left_out.append(f"‘{picture.name}’ was left out: we take up to {photos.MOST_PHOTOS} photos.")
            continue
        kept.append(made)
    return kept, left_out


def _contribution(told: _Told) -> Taking:
    """An answer to a letter of ours is answered; anything else is an entry, where it is clear where, or a draft."""
    address = told.read.sender
    if not may_be_answered(address):
        log.warning("a message was ignored: its sender has had %s answers today", MOST_ANSWERS)
        return Taking(Became.IGNORED)
    answered = answer_to(told.read)
    if answered is not None:
        return _answer_back(told, answered)
    if not told.title and not told.photos:
        return Taking(Became.IGNORED)
    spots = spots_in(told.read.subject, told.read.words)
    author = people.person_with(address)
    try:
        if len(spots) == 1 and told.title:
            return _entry(told, spots[0], author)
        return _draft(told, spots, author)
    except Refused:  # so many links went to this address within the hour
        raise _Wait from None


def _answer_back(told: _Told, answered: Answered) -> Taking:
    """Nothing is added to an entry by email: its writer gets their words back, with where to write them."""
    entry = answered.entry
    cause = f"email {entry.ref if entry else 'answered'} {told.read.digest}"
    write_letter(
        told.read.sender, "by_email_reply", cause=cause, entry=entry, words_told=told.words,
        left_out=[*told.left_out, *(["The photos you sent were left out."] if told.photos else [])],
    )  # fmt: skip
    return Taking(Became.REPLY, entry.ref if entry else "")


def _entry(told: _Told, spot: Spot, author: Person) -> Taking:
    """An entry that waits for its author to press the link in our letter, which proves that they wrote it."""
    category = about.category_in(told.read, told.kind)
    telling = actions.Telling(
        kind=told.kind, title=told.title, words=told.words, shape=spot.point, level=KINDS[told.kind].level,
        once=told.read.digest[:40], category=category, channel=Channel.EMAIL,
        understood=_understood(spot, category, told),
    )  # fmt: skip
    entry = actions.tell(VISITOR, telling, author, [], name=told.name)
    for made in told.photos:
        photos.keep(made, alt="", entry_id=entry.id)
    return Taking(Became.ENTRY, entry.ref)


def _understood(spot: Spot, category: Category | None, told: _Told) -> tuple[str, ...]:
    """What we made of a message, in sentences for its sender."""
    ward = ward_at(spot.point)
    where = f"We take the place to be {spot.label}{f', in {ward.name}' if ward else ''}."
    what = f"We take it to be about: {category.name}." if category else "We could not tell what it is about."
    number = len(told.photos)
    pictures = "" if not number else "1 photo is with it." if number == 1 else f"{number} photos are with it."
    return tuple(filter(None, (where, what, pictures, *told.left_out)))


def _draft(told: _Told, spots: list[Spot], author: Person) -> Taking:
    """A draft as if it had been typed here, and a letter with a link that opens it in its sender's browser."""
    draft = drafting.start_draft()
    category = about.category_in(told.read, told.kind)
    drafting.answer(
        draft, kind=str(told.kind), title=told.title, words=told.words, category=str(category.id) if category else "",
        level=str(Level.PUBLIC), name=told.name, email=author.email, right=[], by_email=True,
    )  # fmt: skip
    draft.changed_at = now() + KEPT - timedelta(days=1)  # drafts are forgotten a day after
    db.session.flush()
    for made in told.photos:
        photos.keep(made, alt="", draft_id=draft.id)
    _send_link(told, draft, spots, author)
    return Taking(Became.DRAFT)


def _send_link(told: _Told, draft: Draft, spots: list[Spot], author: Person) -> None:
    fresh = proofs.make_proof(author, TELL_ON, draft.id, name=told.name)
    fresh.proof.ends_at = now() + KEPT
    write_letter(
        author.email, "by_email_draft", cause=f"proof {fresh.proof.id}", link=fresh.link, title=told.title,
        places=[spot.label for spot in spots], left_out=told.left_out,
    )  # fmt: skip


def entry_by_email(ref: str) -> Entry | None:
    """An entry that came by email."""
    return db.session.scalar(select(Entry).where(Entry.ref == ref, Entry.channel == Channel.EMAIL))
