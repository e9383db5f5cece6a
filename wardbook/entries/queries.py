"""What can be read of entries: every query starts from what its viewer may see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, and_, func, not_, or_, select
from sqlalchemy.orm import joinedload, selectinload

from wardbook import search
from wardbook.areas.locator import locator
from wardbook.clock import LONDON, today
from wardbook.db import db
from wardbook.entries.kinds import KINDS, LED, NO_LONGER_UPHELD, Family, Kind, State, Topic, states_in
from wardbook.entries.merging.merged import stands_for_itself
from wardbook.entries.models import Category, Draft, Entry, Photo
from wardbook.events import Did, Event, Told
from wardbook.mail import Letter
from wardbook.people.models import Service
from wardbook.places.place import Place, inside
from wardbook.policy import Viewer, visible
from wardbook.shared import Level, Standing, reference_typed

MOST_COUNTED = 10_000
"""Beyond this a list says 'more than 10,000': to count a million costs a second and tells nobody anything."""


class Sort(StrEnum):
    """In what order a list stands, other than by how well it matches."""

    NEWEST = "newest"
    SUPPORTED = "supported"


@dataclass(frozen=True)
class Filters:
    """Which entries somebody asks for, beside the place. Empty: all. Days are London days, both ends included."""

    kind: Kind | None = None
    category: int | None = None
    family: Family | None = None
    state: State | None = None
    topic: Topic | None = None
    since: date | None = None
    until: date | None = None
    words: str = ""
    """What to look for, as people type it: `search.wanted` says how it is read"""
    sort: Sort | None = None
    """The best match first where there are words and nothing else is asked; otherwise the newest"""
    contributions: bool = False
    """Only what residents and others contribute, no notes"""
    upheld: bool = False
    """Only what its writer has neither replaced nor called out of date"""

    def with_(self, **changes: Any) -> Filters:
        """These filters with some changed."""
        return replace(self, **changes)

    def in_address(self) -> dict[str, str]:
        """As the parameters of an address, without those that ask nothing."""
        told = {name: value for name, value in vars(self).items() if value not in (None, "", False)}
        return {name: "yes" if value is True else str(value) for name, value in told.items()}

    def conditions(self) -> list[ColumnElement[bool]]:
        """As conditions on entries."""
        found: list[ColumnElement[bool]] = []
        for column, value in ((Entry.kind, self.kind), (Entry.category_id, self.category), (Entry.topic, self.topic)):
            if value is not None:
                found.append(column == value)
        if self.state is not None:
            found.append(is_now([self.state], self.kind))
        if self.family is not None:
            found.append(is_now(states_in(self.family), self.kind))
        if self.contributions:
            found.append(Entry.kind != Kind.NOTE)
        if self.upheld:
            found.append(Entry.state.not_in(NO_LONGER_UPHELD))
        if self.since is not None:
            found.append(Entry.told_at >= start_of(self.since))
        if self.until is not None and self.until < date.max:
            found.append(Entry.told_at < start_of(self.until + timedelta(days=1)))
        if self.words:
            found.append(search.matches(Entry, self.words))
        return found


def is_now(states: Sequence[State], only: Kind | None = None) -> ColumnElement[bool]:
    """Whether an entry is in one of these states today: `Entry.state_now` as a condition.

    What is kept is asked for, with what a day has brought there and without what a day has taken away. Where only one
    kind is asked for, the days of others are not.
    """
    asked: ColumnElement[bool] = Entry.state.in_(states)
    for kind, life in KINDS.items():
        if life.overtaken is None or only not in (None, kind):
            continue
        before, after = (state in states for state in life.overtaken)
        if after and not before:
            asked = or_(asked, _overtaken(kind, life.overtaken[0]))
        elif before and not after:
            asked = and_(asked, not_(_overtaken(kind, life.overtaken[0])))
    return asked


def _overtaken(kind: Kind, kept: State) -> ColumnElement[bool]:
    """Whether the day until which an entry of this kind stands has passed; never unknown, so that it can be denied."""
    day = Entry.lapses_on if kind is Kind.OFFER else Entry.review_on
    return and_(Entry.kind == kind, Entry.state == kept, day.is_not(None), day < today())


def start_of(day: date) -> datetime:
    """The moment a London day begins."""
    return datetime.combine(day, time(), LONDON)


def entries(viewer: Viewer, place: Place | None = None, filters: Filters | None = None) -> Select[Entry]:
    """What this viewer may see of what is known, in a place or in all of the council.

    The newest first, or where words are looked for, the best match.
    """
    wanted = filters or Filters()
    asked = select(Entry).where(visible(Entry, viewer), *wanted.conditions())
    if place is not None:
        asked = asked.where(inside(Entry, place))
    if wanted.sort is Sort.SUPPORTED:
        asked = asked.order_by(Entry.supporters.desc())
    elif wanted.words and wanted.sort is not Sort.NEWEST:
        asked = search.best_first(asked, Entry, wanted.words)
    return asked.order_by(Entry.told_at.desc(), Entry.id.desc())


def published(viewer: Viewer, place: Place | None = None, filters: Filters | None = None) -> Select[Entry]:
    """The same without what waits, is hidden or was withdrawn, and without that for which another stands: what lists,
    maps, files and briefs show.
    """
    standing = Entry.standing == Standing.PUBLISHED
    return entries(viewer, place, filters).where(standing, stands_for_itself(viewer))


def with_merged(viewer: Viewer) -> Select[Entry]:
    """What is published, that for which another stands too: what is taken away whole has it."""
    return entries(viewer).where(Entry.standing == Standing.PUBLISHED)


def latest_changed(rows: Select[Entry]) -> Select[Entry]:
    """The same rows, those first to which something happened last."""
    return rows.order_by(None).order_by(Entry.changed_at.desc(), Entry.id.desc())


def shown(rows: Select[Entry]) -> Select[Entry]:
    """With what a list of entries shows of each, in two queries whatever their number."""
    return rows.options(
        joinedload(Entry.category).joinedload(Category.service),
        joinedload(Entry.author),
        joinedload(Entry.enabler),
        selectinload(Entry.photos),
    )


def count(rows: Select[Entry], most: int | None = MOST_COUNTED) -> int:
    """How many rows a selection has; beyond `most` it is not counted further, and one more is said."""
    some = rows.with_only_columns(Entry.id).order_by(None).limit(None if most is None else most + 1)
    return db.session.scalar(select(func.count()).select_from(some.subquery())) or 0


def found_in(rows: Sequence[Entry], filters: Filters) -> dict[int, search.Found]:
    """Where each of these entries has the words that were looked for, by its id."""
    return search.found_in(Entry, filters.words, [row.id for row in rows]) if filters.words else {}


def entry(ref: str, viewer: Viewer) -> Entry | None:
    """The entry with a reference, however it is typed, if this viewer may see it."""
    one = select(Entry).where(Entry.ref == reference_typed(ref, "WB"), visible(Entry, viewer))
    return db.session.scalar(shown(one))


def timeline(thing: Entry) -> Sequence[Event]:
    """The steps of an entry that its reader may see, oldest first."""
    return db.session.scalars(
        select(Event).where(Event.thing == Entry.__tablename__, Event.thing_id == thing.id).order_by(Event.at, Event.id)
    ).all()


def written_to_author(thing: Entry, steps: Sequence[Event]) -> set[int]:
    """Of which of these steps a letter was written to the entry's author."""
    if thing.author is None:
        return set()
    causes = {f"event {step.id}": step.id for step in steps if step.told is not Told.NOBODY}
    rows = select(Letter.cause).where(Letter.to == thing.author.email, Letter.cause.in_(causes))
    return {causes[cause] for cause in db.session.scalars(rows)}


def last_words(rows: Sequence[Entry]) -> dict[int, Event]:
    """For each of these entries the latest step with words in it: what came of it. One query."""
    said = select(Event).where(
        Event.thing == Entry.__tablename__, Event.thing_id.in_([row.id for row in rows]), Event.words != ""
    )
    return {event.thing_id: event for event in db.session.scalars(said.order_by(Event.at, Event.id))}


def photo(key: str, viewer: Viewer) -> Photo | None:
    """A photo of an entry that this viewer may see."""
    return db.session.scalar(select(Photo).join(Photo.entry).where(Photo.key == key, visible(Entry, viewer)))


def lately(viewer: Viewer) -> Select[Entry]:
    """What was published in the last seven days, newest first."""
    return published(viewer, None, Filters(since=today() - timedelta(days=7)))


def told_by(viewer: Viewer) -> Select[Entry]:
    """What this viewer has told, whatever became of it: for their own page."""
    return entries(viewer).where(Entry.author_id == viewer.id)


def categories(kind: Kind | None = None) -> Sequence[Category]:
    """Categories in use, by name: those for a kind, or all of them where none was made for it."""
    rows = select(Category).join(Category.service).options(joinedload(Category.service))
    found = db.session.scalars(rows.where(Category.retired_on.is_(None)).order_by(Category.name, Category.id)).all()
    return [category for category in found if kind in category.kinds] or found


def category(id_: int, kind: Kind) -> Category | None:
    """A category in use that a kind may have: one made for it, or any where none was."""
    found = db.session.get(Category, id_)
    if found is None or found.retired_on is not None:
        return None
    return found if kind in found.kinds or found in categories(kind) else None


def every_category() -> Sequence[Category]:
    """All categories, retired ones too, with their service."""
    return db.session.scalars(select(Category).options(joinedload(Category.service))).all()


def said_by(thing: Entry) -> str:
    """Who said it, as everyone may read it: a resident is named only where they chose to be."""
    return said_by_name(thing.author.name if thing.author is not None and thing.name_shown else None, thing.kind)


def said_by_name(shown: str | None, kind: str) -> str:
    """The same of the name that is shown, where one is."""
    return shown or ("A resident" if kind != Kind.NOTE else "Somebody at the council")


def draft(draft_id: str) -> Draft | None:
    """What somebody has typed so far."""
    return db.session.get(Draft, draft_id)


def wards_of(entry_: Entry, on: date) -> list[int]:
    """The ids of the wards in force on a day in which an entry lies, largest share first."""
    ids = [area_id for known in locator().wards(on) for area_id in known.area_ids]
    lies = Entry.lies_in.c
    rows = select(lies.area_id).where(lies.thing_id == entry_.id, lies.area_id.in_(ids)).order_by(lies.share.desc())
    return list(db.session.scalars(rows))


def who_sees(level: Level) -> str:
    """In words who will see a thing of a level: said before it is saved."""
    return {
        Level.PRIVATE: "Only you.",
        Level.WARD: "You and the councillors of the ward it is in. No officer, so none can act on it; not the public.",
        Level.COUNCIL: "You, every councillor and every officer of the council. Not the public.",
        Level.PUBLIC: "Everyone: it is shown on this website.",
    }[level]


def who_sees_it(thing: Entry) -> str:
    """The same of an entry as it stands: one that is not out is for few, whatever its level. `policy.STANDS` has it."""
    if thing.standing is Standing.PUBLISHED:
        return who_sees(thing.level)
    others = "" if thing.level is Level.PRIVATE else " and moderators"
    return f"Its author{others}, while it is {'waiting' if thing.standing is Standing.PENDING else thing.standing}."


def counts_by_area(viewer: Viewer, area_ids: Sequence[int]) -> dict[int, dict[Kind, int]]:
    """How many entries of each kind this viewer sees in each area: one query."""
    lies = Entry.lies_in.c
    rows = db.session.execute(
        select(lies.area_id, Entry.kind, func.count())
        .join(Entry, Entry.id == lies.thing_id)
        .where(lies.area_id.in_(area_ids), visible(Entry, viewer), Entry.standing == Standing.PUBLISHED)
        .where(stands_for_itself(viewer))
        .group_by(lies.area_id, Entry.kind)
    )
    counts: dict[int, dict[Kind, int]] = {}
    for area_id, kind, number in rows:
        counts.setdefault(area_id, {})[kind] = number
    return counts


def notes_due(viewer: Viewer) -> Sequence[Entry]:
    """A person's own notes that are past their review date and still said to hold."""
    rows = published(viewer, None, Filters(kind=Kind.NOTE)).order_by(None)
    due = rows.where(Entry.author_id == viewer.id, Entry.state == State.CURRENT, Entry.review_on < today())
    return db.session.scalars(shown(due.order_by(Entry.review_on).limit(20))).all()


def under_way(viewer: Viewer, services: Sequence[Service]) -> Select[Entry]:
    """Issues and ideas of some services that have had an answer and are still open, the oldest first."""
    rows = published(viewer, None, Filters(family=Family.OPEN)).join(Entry.category)
    ids = [service.id for service in services]
    begun = or_(Entry.state != State.RECEIVED, and_(_is_answered(), not_(_is_reopened())))
    rows = rows.where(Entry.kind.in_(LED), begun, Category.service_id.in_(ids))
    return rows.order_by(None).order_by(Entry.told_at, Entry.id)


def unanswered(viewer: Viewer) -> Select[Entry]:
    """Issues and ideas to which nobody has said anything yet, oldest first; what was reopened had its answer."""
    rows = published(viewer, None, Filters(state=State.RECEIVED)).where(not_(_is_answered()), not_(_is_reopened()))
    return rows.order_by(None).order_by(Entry.told_at, Entry.id)


def in_areas(rows: Select[Entry], area_ids: Sequence[int]) -> Select[Entry]:
    """Of these rows those in one of some areas, the newest first."""
    lies = Entry.lies_in.c
    here = select(lies.thing_id).where(lies.area_id.in_(area_ids))
    return rows.where(Entry.id.in_(here)).order_by(None).order_by(Entry.told_at.desc(), Entry.id.desc())


ANSWERS: Final = (Did.REPLIED, Did.CHANGED_STATE, Did.SET_LEAD)
"""Steps by which somebody other than its author answers an entry"""


def nobody_answered(thing: Entry, steps: Sequence[Event]) -> bool:
    """Whether an entry is just as it was received: the same as `unanswered` asks, of its steps."""
    answered = any(step.did in ANSWERS and _is_of_another(step, thing) for step in steps)
    return thing.state_now is State.RECEIVED and not answered and all(step.did is not Did.REOPENED for step in steps)


def _is_of_another(step: Event, thing: Entry) -> bool:
    return thing.author_id is None or step.actor_id != thing.author_id


def _is_answered() -> ColumnElement[bool]:
    another = or_(Entry.author_id.is_(None), Event.actor_id.is_distinct_from(Entry.author_id))
    return _steps().where(Event.did.in_(ANSWERS), another).exists()


def _is_reopened() -> ColumnElement[bool]:
    return _steps().where(Event.did == Did.REOPENED).exists()


def _steps() -> Select[int]:
    """The steps of an entry, looked up by their index entry by entry: `OFFSET 0` keeps PostgreSQL from reading all."""
    return select(Event.id).where(Event.thing == Entry.__tablename__, Event.thing_id == Entry.id).offset(0)
