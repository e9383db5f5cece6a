"""Erasing: what somebody told is taken away for good, in its history too; a tombstone holds the place.

What stays: the reference, the kind, the state, the ground, the days, how many people supported it, and that steps were
taken. What goes: every word, photo and name, here and wherever else they were written down. A room that keeps words of
entries of its own (a frozen brief, a digest) adds a function with `erasure.blanks`; it is called with the entry while
that is still whole, in the same transaction, and empties what the room keeps of it.
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, delete, or_, select, update

from wardbook import jobs, search
from wardbook.db import db, empty_log, hold, now
from wardbook.entries import drafting
from wardbook.entries.models import Entry, Photo, Superseded, Support
from wardbook.entries.photographs import photos
from wardbook.erasure import blank_copies, blanks
from wardbook.events import Did, Event, record
from wardbook.mail import forget_letters
from wardbook.people.models import Proof
from wardbook.policy import VISITOR, Act, Viewer, require
from wardbook.shared import Standing

FORGET = "forget erased words"
BARE = ("state", "level", "standing")
"""What a step may go on saying of an erased entry: words that are the council's, and nobody's own"""


def erase(viewer: Viewer, entry: Entry, *, once: str) -> None:
    """Erase one's own entry; the files of its photos go once this is committed."""
    hold(entry)
    require(viewer, Act.ERASE, entry)
    blank_copies(entry)
    record(VISITOR, Did.ERASED, entry, change={"standing": [entry.standing, Standing.ERASED]}, once=once)
    _empty(entry)
    jobs.ask(FORGET, cause=entry.ref)


@jobs.doer(FORGET)
def forget(_task: jobs.Task) -> None:
    """Clear the index of what was erased: the whole of it is merged, for which nobody who erases should wait. Then
    the store's log.
    """
    search.forget(Entry)
    empty_log()


def _empty(entry: Entry) -> None:
    entry.title = entry.words = ""
    entry.spot_words, entry.answers = "", []
    entry.cites = entry.review_on = entry.hidden_for = entry.withdrawn_for = None
    entry.differs_from_id = entry.shape_id = None
    entry.author, entry.name_shown, entry.contact_shared = None, False, False
    entry.standing, entry.changed_at = Standing.ERASED, now()


@blanks
def _photos(entry: Entry) -> None:
    photos.drop(db.session.scalars(select(Photo).where(Photo.entry_id == entry.id)).all())


@blanks
def _place_in_a_row(entry: Entry) -> None:
    db.session.execute(delete(Superseded).where(or_(Superseded.entry_id == entry.id, Superseded.by_id == entry.id)))


@blanks
def _supporters(entry: Entry) -> None:
    db.session.execute(delete(Support).where(Support.entry_id == entry.id))


@blanks
def _steps(entry: Entry) -> None:
    """Steps lose their words, and those of the author their name; that an officer answered stays."""
    steps = select(Event).where(Event.thing == Entry.__tablename__, Event.thing_id == entry.id)
    for step in db.session.scalars(steps).all():
        step.words = ""
        step.change = {name: value for name, value in step.change.items() if name in BARE}
        if step.actor_id == entry.author_id:
            step.actor_id, step.signed = None, ""


def forget_steps(*these: ColumnElement[bool]) -> None:
    """Take the words of somebody's steps, and who took them, from entries that stay, and from the letters that told
    them.
    """
    ids = db.session.scalars(select(Event.id).where(*these)).all()
    forget_letters([f"event {id_}" for id_ in ids])
    db.session.execute(update(Event).where(Event.id.in_(ids)).values(words="", actor_id=None, signed=""))


@blanks
def _letters_and_proofs(entry: Entry) -> None:
    """Letters of its steps, of views of it (they name it), and of links to confirm and support it."""
    named = select(Entry.id).where(or_(Entry.id == entry.id, Entry.differs_from_id == entry.id))
    steps = db.session.scalars(select(Event.id).where(Event.thing == Entry.__tablename__, Event.thing_id.in_(named)))
    proofs = db.session.scalars(select(Proof.id).where(Proof.subject == entry.ref))
    forget_letters([*(f"event {id_}" for id_ in steps), *(f"proof {id_}" for id_ in proofs), f"entered {entry.ref}"])
    db.session.execute(delete(Proof).where(Proof.subject == entry.ref))


@blanks
def _draft(entry: Entry) -> None:
    """What was typed before it was sent is kept for a day."""
    if entry.once:
        drafting.forget_drafts([entry.once])
