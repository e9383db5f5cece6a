"""What can be read of briefs that are kept: lists, versions, what happened to them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import defer, joinedload

from wardbook.briefs.models import KeptBrief, Part, Version
from wardbook.clock import today
from wardbook.db import db
from wardbook.entries.models import Entry
from wardbook.events import Event
from wardbook.places.place import Place
from wardbook.places.words import place_from_words
from wardbook.policy import Viewer, visible
from wardbook.shared import Standing, reference_typed

REFERENCE = re.compile("BR-[0-9A-Z]{5}")
MOST_NUMBER = 2**31 - 1
"""No greater number is asked of the store: neither engine takes every number that can be typed"""


def brief(ref: str, viewer: Viewer) -> KeptBrief | None:
    """The brief with a reference, however it is typed, if this viewer may see it."""
    if not REFERENCE.fullmatch(typed := reference_typed(ref, "BR")):
        return None
    return db.session.scalar(select(KeptBrief).where(KeptBrief.ref == typed, visible(KeptBrief, viewer)))


def briefs(
    viewer: Viewer, *, own: bool | None = None, before: int | None = None, most: int = 25
) -> Sequence[KeptBrief]:
    """What this viewer may see, newest first: their own, others' or all. A restricted brief is in no list."""
    asked = select(KeptBrief).where(visible(KeptBrief, viewer), KeptBrief.ground.is_(None))
    if own is not None:
        asked = asked.where(
            KeptBrief.author_id == viewer.id if own else KeptBrief.author_id.is_distinct_from(viewer.id)
        )
    if before is not None:
        asked = asked.where(KeptBrief.id < before)
    asked = asked.options(defer(KeptBrief.geometry), joinedload(KeptBrief.author))
    return db.session.scalars(asked.order_by(KeptBrief.id.desc()).limit(most)).all()


def latest(kept: KeptBrief) -> Version | None:
    """Its newest version."""
    versions = select(Version).where(Version.brief_id == kept.id)
    return db.session.scalar(versions.order_by(Version.number.desc()).limit(1))


def version(kept: KeptBrief, number: int) -> Version | None:
    """One of its versions."""
    if number > MOST_NUMBER:
        return None
    return db.session.scalar(select(Version).where(Version.brief_id == kept.id, Version.number == number))


def any_version(ref: str, number: int | None) -> Version | None:
    """A version by its reference, the newest unless a number is given: to check seals, which shows no text."""
    asked = select(Version).join(Version.brief).where(KeptBrief.ref == reference_typed(ref, "BR"))
    if number is not None:
        asked = asked.where(Version.number == min(number, MOST_NUMBER))
    return db.session.scalar(asked.order_by(Version.number.desc()).limit(1))


def steps(kept: KeptBrief) -> Sequence[Event]:
    """What happened to it, oldest first, without each mark."""
    asked = select(Event).where(Event.thing == KeptBrief.__tablename__, Event.thing_id == kept.id)
    return db.session.scalars(asked.where(Event.did != "marked").order_by(Event.id)).all()


def parts(of: Version) -> Sequence[Part]:
    """Every part of a version in order, as it is kept."""
    return db.session.scalars(select(Part).where(Part.version_id == of.id).order_by(Part.number)).all()


def part(of: Version, number: int, viewer: Viewer) -> Part | None:
    """One item of a version, if this viewer may still read it."""
    if number > MOST_NUMBER:
        return None
    asked = select(Part).join(Part.entry).where(Part.version_id == of.id, Part.number == number, Part.text.is_not(None))
    return db.session.scalar(asked.where(visible(Entry, viewer), Entry.standing == Standing.PUBLISHED))


def place_of(kept: KeptBrief, viewer: Viewer) -> Place:
    """The place of a brief. A drawn one is seen by those who may see the brief that uses it."""
    if kept.words.startswith("shape:"):
        return Place(kept.words, kept.label, kept.geometry, today())
    return place_from_words(kept.words, viewer)
