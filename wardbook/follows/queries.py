"""What can be read of follows: a person's own, and those that hear of an entry."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import joinedload

from wardbook.areas import queries as areas
from wardbook.areas.models import Area
from wardbook.areas.succession import Share, lineage
from wardbook.clock import today
from wardbook.db import db
from wardbook.entries.merging.merged import ids_of
from wardbook.entries.models import Entry
from wardbook.follows.keys import meant_by
from wardbook.follows.models import Follow, FollowedWard
from wardbook.follows.things import Thing, thing_of
from wardbook.people.queries import viewer_of
from wardbook.places.place import Place, inside
from wardbook.policy import Viewer


def is_active() -> ColumnElement[bool]:
    """Of follows: not ended."""
    return Follow.ended_at.is_(None)


def own(viewer: Viewer) -> Sequence[Follow]:
    """What this viewer follows, the latest first."""
    rows = select(Follow).where(Follow.person_id == viewer.id, is_active()).options(joinedload(Follow.entry))
    return db.session.scalars(rows.order_by(Follow.begun_at.desc(), Follow.id.desc())).all()


def own_follow(follow_id: int, viewer: Viewer) -> Follow | None:
    """One of this viewer's own follows, ended ones too."""
    return db.session.scalar(select(Follow).where(Follow.id == follow_id, Follow.person_id == viewer.id))


def instead_of(follow: Follow) -> Sequence[Share]:
    """The wards that the ground of a followed ward is in since it ended, the largest share first."""
    scheme, _, code = (follow.place or "").partition(":")
    ward = areas.area(code) if scheme == "ward" and follow.ended_at is None else None
    if ward is None or ward.set.until_on is None or ward.set.until_on > today():
        return []
    return lineage(ward.set_id, ward.code).after


def follow_of(person_id: int, thing: Thing) -> Follow | None:
    """The follow of a thing by a person, an ended one too."""
    this = Follow.entry_id == thing.entry.id if thing.entry else Follow.place == thing.words
    return db.session.scalar(select(Follow).where(Follow.person_id == person_id, this))


def followed(viewer: Viewer, words: str) -> Follow | None:
    """Whether this viewer follows what these words name: for a page that offers it."""
    named = Entry.ref == words.removeprefix("entry:") if words.startswith("entry:") else Follow.place == words
    rows = select(Follow).outerjoin(Follow.entry).where(Follow.person_id == viewer.id, is_active(), named)
    return db.session.scalar(rows) if viewer.id is not None else None


def how_many(person_id: int) -> int:
    """How many things a person follows."""
    rows = select(func.count()).select_from(Follow).where(Follow.person_id == person_id, is_active())
    return db.session.scalar(rows) or 0


def ended_by(key: str) -> Sequence[Follow]:
    """The follows that a signed address ends, those that have ended already too."""
    follow_ids, person_id, rhythm = meant_by(key)
    rows = select(Follow).where(Follow.id.in_(follow_ids))
    if person_id is not None:
        rows = select(Follow).where(Follow.person_id == person_id, Follow.rhythm == rhythm)
    return db.session.scalars(rows).all()


def following(entry: Entry) -> list[Follow]:
    """Who hears of an entry: those who follow it, or what was merged into it, before those who follow a place in which
    it lies.
    """
    rows = select(Follow).where(is_active()).options(joinedload(Follow.person))
    direct = db.session.scalars(rows.where(Follow.entry_id.in_(ids_of(entry))).order_by(Follow.id)).all()
    near = {row.id: row for some in (_by_ward(entry), _by_box(entry)) for row in db.session.scalars(rows.where(some))}
    places: dict[str, bool] = {}
    return [*direct, *(follow for _, follow in sorted(near.items()) if _holds(follow, entry, places))]


def _by_ward(entry: Entry) -> ColumnElement[bool]:
    lies = Entry.lies_in.c
    codes = select(Area.code).join(Entry.lies_in, lies.area_id == Area.id).where(lies.thing_id == entry.id)
    return Follow.id.in_(select(FollowedWard.follow_id).where(FollowedWard.code.in_(codes)))


def _by_box(entry: Entry) -> ColumnElement[bool]:
    west, south, east, north = entry.geometry.bounds
    return and_(Follow.west <= east, Follow.east >= west, Follow.south <= north, Follow.north >= south)


def _holds(follow: Follow, entry: Entry, places: dict[str, bool]) -> bool:
    """Whether the followed place holds an entry, asked once for each place.

    A drawn one is asked for each follower, since not all may see it.
    """
    key = f"{follow.words} {follow.person_id}" if follow.words.startswith("shape:") else follow.words
    if key not in places:
        thing = thing_of(follow, viewer_of(follow.person))
        places[key] = thing is not None and thing.place is not None and _inside(entry, thing.place)
    return places[key]


def _inside(entry: Entry, place: Place) -> bool:
    return db.session.scalar(select(Entry.id).where(Entry.id == entry.id, inside(Entry, place))) is not None
