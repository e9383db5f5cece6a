"""What entries keep about a person: what they told and support, their steps, drafts and places."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

import shapely
from sqlalchemy import Select, delete, select, update

from wardbook import personal
from wardbook.chosen import chosen
from wardbook.db import db, hold, now
from wardbook.entries import drafting, queries
from wardbook.entries.hearing.closing import Asked
from wardbook.entries.hearing.letters import NoLetters, unwanted
from wardbook.entries.models import Draft, Entry, Photo, Support
from wardbook.entries.support import count_supporters
from wardbook.erasure import unnames
from wardbook.events import Did, Event
from wardbook.mail import Letter, forget_naming
from wardbook.people.models import Person
from wardbook.places.models import Shape
from wardbook.policy import Viewer
from wardbook.shared import Standing

LASTING: Final = timedelta(days=7)
"""How long something was supported before that goes on counting without its person"""


def told_by(person: Person) -> Sequence[Entry]:
    """Everything somebody told and did not erase, whatever became of it, the oldest first."""
    mine = Entry.author_id == person.id, Entry.standing != Standing.ERASED
    return db.session.scalars(select(Entry).where(*mine).order_by(Entry.id)).all()


def supported(viewer: Viewer) -> Select[Entry]:
    """What this viewer supports and may see, the newest first."""
    mine = select(Support.entry_id).where(Support.person_id == viewer.id)
    return queries.entries(viewer).where(Entry.id.in_(mine), Entry.standing == Standing.PUBLISHED)


def photo_names(entry: Entry) -> list[tuple[str, Photo]]:
    """Each photo of an entry and what its file is called in a copy."""
    return [(f"photos/{entry.ref}-{number}.jpg", photo) for number, photo in enumerate(entry.photos, start=1)]


# --- telling -----------------------------------------------------------------------------------------------------


@personal.tells("what you told")
def _told(person: Person) -> list[dict[str, object]]:
    told = told_by(person)
    quiet = unwanted(person.id, told)
    return [_entry(entry, person) | {"letters": entry.id not in quiet} for entry in told]


def _entry(entry: Entry, person: Person) -> dict[str, object]:
    asked = db.session.scalars(select(Asked).where(Asked.told_id == entry.id).order_by(Asked.id))
    return {
        "reference": entry.ref, "kind": str(entry.kind), "title": entry.title, "words": entry.words,
        "category": entry.category.name if entry.category else None, "state": entry.meaning.label,
        "standing": str(entry.standing), "who sees it": queries.who_sees_it(entry),
        "told at": entry.told_at.isoformat(),
        "came by": str(entry.channel), "name shown": entry.name_shown,
        "councillors may contact you": entry.contact_shared, "supporters": entry.supporters,
        "where": shapely.geometry.mapping(entry.geometry),
        "topic": str(entry.topic) if entry.topic else None, "source": entry.cites,
        "stands until": entry.stands_until.isoformat() if entry.stands_until else None,
        "hidden because": entry.hidden_for, "withdrawn because": entry.withdrawn_for,
        "photos": [{"file": name, "shows": photo.alt} for name, photo in photo_names(entry)],
        "what happened": [_step(step, person) for step in queries.timeline(entry)],
        "asked whether it is put right": [
            {"at": one.asked_at.isoformat(), "you answered": str(one.answer) if one.answer else None} for one in asked
        ],
    }  # fmt: skip


def _step(step: Event, person: Person) -> dict[str, object]:
    """A step without the names of others; of an edit, what it said before; the reason its author was told."""
    own = step.actor_id == person.id or _before_signing_in(step)
    before = {name: values[0] for name, values in step.change.items()} if step.did is Did.EDITED else {}
    said = {
        "at": step.at.isoformat(),
        "what": str(step.did),
        "by": "you" if own else "the council",
        "words": step.words,
    }
    reason = {"reason": step.change["reason"]} if step.change.get("reason") else {}
    return said | ({"before": before} if before else {}) | reason


def _before_signing_in(step: Event) -> bool:
    """Whether its author took a step when nobody knew yet who they are: to tell it."""
    return step.did in (Did.POSTED, Did.PUBLISHED) and step.actor_id is None and not step.signed


def originals_of(person: Person) -> list[tuple[str, datetime]]:
    """The photos somebody added of which a part was blacked out, by their names in a copy, and until when the original
    is kept at most.
    """
    kept_for = timedelta(days=chosen().keep_originals_days)
    named = [pair for entry in told_by(person) for pair in photo_names(entry)]
    return [(name, photo.original.kept_at + kept_for) for name, photo in named if photo.original is not None]


@personal.tells("what you support")
def _support(person: Person) -> list[dict[str, object]]:
    rows = select(Entry.ref, Support.at).join(Support, Support.entry_id == Entry.id)
    mine = rows.where(Support.person_id == person.id).order_by(Support.at)
    return [{"reference": ref, "since": at.isoformat()} for ref, at in db.session.execute(mine)]


@personal.tells("steps you took")
def _steps(person: Person) -> list[dict[str, object]]:
    mine = select(Event).where(Event.actor_id == person.id).order_by(Event.id)
    return [
        {"at": step.at.isoformat(), "what": str(step.did), "words": step.words} for step in db.session.scalars(mine)
    ]


@personal.tells("places you drew or uploaded")
def _places(person: Person) -> list[dict[str, object]]:
    rows = db.session.scalars(select(Shape).where(Shape.author_id == person.id).order_by(Shape.id))
    return [
        {"called": one.label, "made at": one.made_at.isoformat(), "shape": shapely.geometry.mapping(one.geometry)}
        for one in rows
    ]


@personal.tells("what you have typed and not sent")
def _typed(person: Person) -> list[dict[str, Any]]:
    return [
        {name: told for name, told in draft.answers.items() if name != "by"}
        for draft in _drafts(person)
        if not draft.answers.get("sent")
    ]


def _drafts(person: Person) -> list[Draft]:
    """Drafts of the person signed in, that name their address, or were sent as what they told. They are kept for a day:
    few.
    """
    once = {entry.once for entry in told_by(person)}
    drafts = db.session.scalars(select(Draft).order_by(Draft.changed_at))
    return [
        draft for draft in drafts
        if draft.id in once
        or draft.answers.get("by") == person.id
        or str(draft.answers.get("email") or "").strip().lower() == person.email
    ]  # fmt: skip


# --- forgetting --------------------------------------------------------------------------------------------------


@personal.forgets
def _forget(person: Person) -> None:
    """What goes with them is erased before this is called; what stays loses its author after it."""
    drafting.forget_drafts([draft.id for draft in _drafts(person)])
    _forget_support(person)
    db.session.execute(delete(NoLetters).where(NoLetters.person_id == person.id))
    _forget_places(person)


def unsign(person: Person) -> None:
    """Steps no longer say who took them: done last, since by that the rooms find their own."""
    db.session.execute(update(Event).where(Event.actor_id == person.id).values(actor_id=None, signed=""))


def _forget_support(person: Person) -> None:
    """What somebody has supported for a while goes on counting them, without saying whom; what they supported just now
    does not, or one person who is erased again and again would be many.
    """
    mine = Support.person_id == person.id
    lasting = select(Support.entry_id).where(mine, Support.at <= now() - LASTING)
    young = select(Support.entry_id).where(mine, Support.at > now() - LASTING)
    recounted = db.session.scalars(select(Entry).where(Entry.id.in_(young)).order_by(Entry.id)).all()
    counted = update(Entry).where(Entry.id.in_(lasting), Entry.author_id.is_distinct_from(person.id))
    db.session.execute(counted.values(supporters_erased=Entry.supporters_erased + 1))
    db.session.execute(delete(Support).where(mine))
    for entry in recounted:
        hold(entry)
        count_supporters(entry)


def _forget_places(person: Person) -> None:
    """A drawn place goes, unless something is told of it: then it stays without its name."""
    used = select(Entry.shape_id).where(Entry.shape_id.is_not(None))
    mine = Shape.author_id == person.id
    db.session.execute(update(Shape).where(mine, Shape.id.in_(used)).values(author_id=None, label="A place"))
    for shape in db.session.scalars(select(Shape).where(mine)):
        db.session.delete(shape)


def leave(entry: Entry) -> None:
    """Take its author from an entry that stays: 'a resident' told it."""
    entry.author, entry.name_shown, entry.contact_shared, entry.edited_at = None, False, False, now()


@unnames
def _letters(thing: object, names: Sequence[str]) -> None:
    """Letters of its steps that went are emptied: what its author was called before, they may name as well. Those that
    wait and name its author are taken back.
    """
    if not isinstance(thing, Entry):
        return
    steps = db.session.scalars(select(Event.id).where(Event.thing == Entry.__tablename__, Event.thing_id == thing.id))
    causes = [f"event {id_}" for id_ in steps]
    forget_naming(names, Letter.cause.in_(causes))
