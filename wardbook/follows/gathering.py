"""What a digest tells: by place, the newest first, so many and no more, and only what its reader may see today."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from sqlalchemy import ColumnElement, select

from wardbook.db import db
from wardbook.entries.kinds import STATES, Family, State
from wardbook.entries.models import Entry
from wardbook.entries.steps import NEW, step_by, step_in_words, step_outcome, step_said
from wardbook.events import Event
from wardbook.follows.keys import stops
from wardbook.follows.models import Follow, News
from wardbook.follows.things import Thing, thing_of
from wardbook.mail import Letter
from wardbook.people.models import Person
from wardbook.people.queries import viewer_of
from wardbook.policy import Viewer, visible
from wardbook.shared import Standing

Condition = ColumnElement[bool]
MOST_IN_GROUP, MOST_GROUPS, MOST_STEPS, MOST_WAITING = 10, 15, 3, 5000


class What(StrEnum):
    """What an entry stands in a digest for, as they follow each other there."""

    NEW = "new"
    CLOSED = "closed"
    ANSWERED = "answered"
    CHANGED = "changed"


@dataclass(frozen=True)
class Waiting:
    """Something that waits to be told: the step, and the follow for which it waits."""

    news_id: int
    follow_id: int
    event_id: int
    entry_id: int


@dataclass(frozen=True)
class Step:
    """A step as a digest tells it."""

    did: str
    by: str
    words: str
    outcome: str = ""
    """Of a closing: whether it is put right"""


@dataclass(frozen=True)
class Item:
    """An entry, and its latest steps, newest first."""

    entry: Entry
    steps: tuple[Step, ...]
    more: int
    """How many earlier steps are not told"""
    what: What
    """What it is told for"""


@dataclass(frozen=True)
class Group:
    """What happened in a followed place, or to a followed entry."""

    thing: Thing
    stop: str
    items: tuple[Item, ...] = ()
    more: int = 0
    """How many further entries are not told"""
    counts: str = ""
    """`2 new, 1 closed`: of all of them"""


@dataclass(frozen=True)
class Digest:
    """A digest's groups: places first."""

    groups: list[Group]
    more: int
    """How many further groups are not told"""

    @property
    def only_one(self) -> bool:
        """Whether it tells of one place or entry."""
        return len(self.groups) == 1 and not self.more

    @property
    def title(self) -> str:
        """`Mill and 2 other places or entries`"""
        others = len(self.groups) + self.more - 1
        first = self.groups[0].thing.name_outside
        first = first[0].upper() + first[1:]
        return first if not others else f"{first} and {others} more"


def what_waits(conditions: Sequence[Condition]) -> list[Waiting]:
    """What waits under these conditions, newest first; what is too much for one digest goes on waiting."""
    rows = (
        select(News.id, News.follow_id, News.event_id, Event.thing_id)
        .join(Follow, Follow.id == News.follow_id)
        .join(Event, Event.id == News.event_id)
        .where(Event.thing == Entry.__tablename__, *conditions)
    )
    newest = rows.order_by(Event.at.desc(), Event.id.desc()).limit(MOST_WAITING)
    return [Waiting(*row) for row in db.session.execute(newest)]


def gather(person: Person, waiting: Sequence[Waiting]) -> Digest:
    """Of what waits, what this person may see today and has no letter about; each entry once, under its first group."""
    viewer = viewer_of(person)
    groups = _groups(viewer, {one.follow_id for one in waiting})
    seen = _seen(viewer, {one.entry_id for one in waiting}) if person.active else set()
    known = _written_of(person, {one.event_id for one in waiting})
    steps: dict[int, dict[int, list[int]]] = {follow_id: {} for follow_id in groups}
    order = list(groups)
    first_under: dict[int, int] = {}
    for one in sorted((one for one in waiting if one.follow_id in groups), key=lambda one: order.index(one.follow_id)):
        if one.entry_id in seen and one.event_id not in known:
            known.add(one.event_id)
            under = first_under.setdefault(one.entry_id, one.follow_id)
            steps[under].setdefault(one.entry_id, []).append(one.event_id)
    told = [_filled(groups[follow_id], entries) for follow_id, entries in steps.items() if entries]
    return Digest(told[:MOST_GROUPS], len(told[MOST_GROUPS:]))


def _groups(viewer: Viewer, follow_ids: set[int]) -> dict[int, Group]:
    """An empty group for each follow of what is there and may be seen: places before entries, oldest follow first."""
    rows = select(Follow).where(Follow.id.in_(follow_ids)).order_by(Follow.place.is_(None), Follow.id)
    things = ((follow, thing_of(follow, viewer)) for follow in db.session.scalars(rows).all())
    return {follow.id: Group(thing, stops(follow)) for follow, thing in things if thing is not None}


def _seen(viewer: Viewer, entry_ids: set[int]) -> set[int]:
    """Held until the letter is kept: what is erased meanwhile waits, and then takes the letter back."""
    held = select(Entry.id).where(Entry.id.in_(entry_ids)).order_by(Entry.id).with_for_update(read=True)
    db.session.execute(held)
    rows = select(Entry.id).where(Entry.id.in_(entry_ids), visible(Entry, viewer))
    return set(db.session.scalars(rows.where(Entry.standing == Standing.PUBLISHED)))


def _written_of(person: Person, event_ids: set[int]) -> set[int]:
    """The steps of which this person has had a letter: as the author, or at once."""
    causes = {f"event {event_id}": event_id for event_id in event_ids}
    rows = select(Letter.cause).where(Letter.to == person.email, Letter.cause.in_(causes))
    return {causes[cause] for cause in db.session.scalars(rows)}


def _filled(group: Group, entries: dict[int, list[int]]) -> Group:
    """What is new stands first, then what was closed, what was answered, and the rest; the newest of each first."""
    what = _what(entries)
    order = sorted(entries, key=lambda entry_id: list(What).index(what[entry_id]))
    items = [_item(entry_id, sorted(entries[entry_id], reverse=True), what[entry_id]) for entry_id in order]
    return replace(group, items=tuple(items[:MOST_IN_GROUP]), more=len(items[MOST_IN_GROUP:]), counts=_counts(what))


def _what(entries: dict[int, list[int]]) -> dict[int, What]:
    """For what each entry is told: the first of `What` that any of its steps is."""
    ids = [event_id for events in entries.values() for event_id in events]
    steps = {step.id: _is(step) for step in db.session.scalars(select(Event).where(Event.id.in_(ids)))}
    order = list(What)
    return {
        entry_id: min((steps[event_id] for event_id in events), key=order.index) for entry_id, events in entries.items()
    }


def _is(step: Event) -> What:
    if step.did in NEW:
        return What.NEW
    if "state" in step.change and STATES[State(step.change["state"][1])].family is Family.CLOSED:
        return What.CLOSED
    return What.ANSWERED if step.words else What.CHANGED


def _counts(what: dict[int, What]) -> str:
    found = Counter(what.values())
    return ", ".join(f"{found[one]} {one}" for one in What if found[one])


def _item(entry_id: int, event_ids: list[int], what: What) -> Item:
    entry = db.session.get_one(Entry, entry_id)
    told = [db.session.get_one(Event, event_id) for event_id in event_ids[:MOST_STEPS]]
    steps = tuple(
        Step(step_in_words(step, entry), step_by(step, entry), step_said(step, entry), step_outcome(step))
        for step in told
    )
    return Item(entry, steps, len(event_ids) - len(steps), what)
