"""The picture of a place: computed from what everyone at a level may see, whoever asks for it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

from sqlalchemy import select

from wardbook.areas.models import BoundarySet
from wardbook.briefs.gaps import gaps
from wardbook.briefs.picture import (
    Brief,
    CategoryRow,
    Figure,
    Glance,
    Item,
    Known,
    Month,
    Residents,
    SetRow,
    Theme,
    TopicRow,
    WardRow,
    Where,
)
from wardbook.clock import day_in_words, day_of, today
from wardbook.config import settings
from wardbook.db import db, now
from wardbook.entries import queries as entries
from wardbook.entries import ties
from wardbook.entries.kinds import CONTRIBUTIONS, KINDS, NO_LONGER_UPHELD, STATES, Family, Kind, State, Topic, state_on
from wardbook.entries.models import Category, Entry, Support
from wardbook.entries.queries import Filters
from wardbook.people import queries as people
from wardbook.places.place import Place
from wardbook.policy import Act, Viewer, everyone_at, require
from wardbook.shared import Level

MOST_LISTED = 8
MONTHS = 12


def brief(place: Place, level: Level, viewer: Viewer) -> Brief:
    """What is known about a place, as everyone at a level may see it.

    One narrow row for each entry in the place, whole rows only for those that are shown; Forbidden for a level that the
    asker does not read.
    """
    if level is Level.COUNCIL:
        require(viewer, Act.BRIEF_COUNCIL)
    facts = Facts(place, everyone_at(level))
    return Brief(
        words=place.words,
        path=place.path,
        label=place.label,
        level=level,
        made_at=now(),
        council=settings().council_name,
        fictional=settings().fictional,
        where=_where(place),
        glance=_glance(facts),
        residents=_residents(facts),
        known=_known(facts),
        gaps=gaps(facts),
        total=len(facts.rows),
    )


def items(place: Place, level: Level) -> Iterator[Item]:
    """Every entry a brief rests on, newest first."""
    rows = entries.shown(entries.published(everyone_at(level), place))
    differing = ties.seen_differently(everyone_at(level))
    return (_item(entry, differing) for entry in db.session.scalars(rows))


@dataclass(frozen=True)
class Row:
    """The little that counting needs of an entry."""

    id: int
    kind: Kind
    state: State
    category_id: int | None
    topic: Topic | None
    author_id: int | None
    told_at: datetime
    supporters: int
    upheld: bool
    """Neither replaced nor called out of date by its writer, whatever its day has made of it"""

    @property
    def month(self) -> date:
        return day_of(self.told_at).replace(day=1)


def _row(found: Any, on: date) -> Row:
    """A row of the store, in the state that its day has brought it to."""
    state = state_on(found.kind, found.state, found.lapses_on or found.review_on, on)
    return Row(
        found.id, found.kind, state, found.category_id, found.topic, found.author_id, found.told_at, found.supporters,
        found.state not in NO_LONGER_UPHELD,
    )  # fmt: skip


class Facts:
    """All entries of a place that a reader sees, narrow, and the categories they name."""

    def __init__(self, place: Place, reader: Viewer) -> None:
        self.place, self.reader = place, reader
        columns = (
            Entry.id, Entry.kind, Entry.state, Entry.category_id, Entry.topic, Entry.author_id, Entry.told_at,
            Entry.supporters, Entry.lapses_on, Entry.review_on,
        )  # fmt: skip
        asked = entries.published(reader, place).with_only_columns(*columns)
        self.rows = [_row(row, today()) for row in db.session.execute(asked)]
        self.contributions = [row for row in self.rows if row.kind in CONTRIBUTIONS]
        self.categories = {row.id: row for row in entries.every_category()}

    @cached_property
    def supporters(self) -> dict[int, set[int]]:
        """By the id of an entry of the place, the people who support it."""
        ids = entries.published(self.reader, self.place).with_only_columns(Entry.id).order_by(None)
        asked = select(Support.entry_id, Support.person_id).where(Support.entry_id.in_(ids.where(Entry.supporters > 0)))
        found: dict[int, set[int]] = defaultdict(set)
        for entry_id, person_id in db.session.execute(asked):
            found[entry_id].add(person_id)
        return found

    @cached_property
    def seen_differently(self) -> dict[int, str]:
        return ties.seen_differently(self.reader)

    def figure(self, label: str, filters: Filters) -> Figure:
        """A count over what was read, by the same meaning as the list its filters open."""
        return Figure(label, sum(_meets(row, filters) for row in self.rows), filters)

    def whole(self, rows: Iterable[Row]) -> list[Item]:
        """These entries with all that is shown of them, in the order given."""
        ids = [row.id for row in rows]
        found = db.session.scalars(entries.shown(select(Entry).where(Entry.id.in_(ids))))
        by_id = {entry.id: _item(entry, self.seen_differently) for entry in found}
        return [by_id[id_] for id_ in ids]


def _meets(row: Row, filters: Filters) -> bool:
    day = day_of(row.told_at)
    return (
        (filters.kind is None or row.kind is filters.kind)
        and (filters.category is None or row.category_id == filters.category)
        and (filters.topic is None or row.topic is filters.topic)
        and (filters.state is None or row.state is filters.state)
        and (filters.family is None or STATES[row.state].family is filters.family)
        and (filters.since is None or day >= filters.since)
        and (filters.until is None or day <= filters.until)
        and not (filters.contributions and row.kind is Kind.NOTE)
        and not (filters.upheld and not row.upheld)
    )


def counts(item: Item, filters: Filters) -> bool:
    """Whether a figure with these filters counts an item of a frozen brief."""
    told_at = entries.start_of(item.told_on)
    state = item.at or KINDS[item.kind].starts
    return _meets(
        Row(0, item.kind, state, item.category_id, item.topic, None, told_at, item.supporters, item.upheld), filters
    )


def _item(entry: Entry, seen_differently: Mapping[int, str]) -> Item:
    is_open = entry.is_led and entry.meaning.family is Family.OPEN
    return Item(
        ref=entry.ref,
        kind=entry.kind,
        title=entry.title,
        words=entry.words,
        category=entry.category.name if entry.category else "",
        state=entry.meaning.label,
        family=entry.meaning.family,
        told_on=day_of(entry.told_at),
        closed_on=day_of(entry.closed_at) if entry.closed_at else None,
        by=entries.said_by(entry),
        level=entry.level,
        geometry=entry.geometry,
        topic=entry.topic,
        basis=entry.basis,
        review_on=entry.review_on,
        overdue=entry.kind is Kind.NOTE and entry.state is State.CURRENT and entry.state_now is State.OUT_OF_DATE,
        upheld=entry.state not in NO_LONGER_UPHELD,
        lapses_on=entry.lapses_on,
        lead=entry.leads,
        enabler=entry.enabler.name if entry.enabler else "",
        cites=entry.cites or "",
        days_open=(today() - day_of(entry.told_at)).days if is_open else None,
        supporters=entry.supporters,
        differs_from=seen_differently.get(entry.id, ""),
        channel=str(entry.channel),
        spot_words=entry.spot_words,
        how_near=entry.how_near,
        answers=entry.answered,
        at=entry.state_now,
        category_id=entry.category_id,
    )


# --- 1. where ----------------------------------------------------------------------------------------------------


def _where(place: Place) -> Where:
    represented = people.councillors([share.ward for share in place.wards])
    wards = tuple(
        WardRow(
            share.ward.code, share.ward.name, share.share,
            tuple(person.name for person in represented.get(share.ward.code, [])),
        )
        for share in place.wards
    )  # fmt: skip
    sets = tuple(SetRow(row.name, _dates(row), row.source, row.licence) for row in place.sets)
    return Where(place.hectares, wards, sets, place.as_at, place.geometry, place.size, place.metres, place.left_out)


def _dates(row: BoundarySet) -> str:
    if row.from_on is None and row.until_on is None:
        return "no dates given"
    begins = f"from {day_in_words(row.from_on)}" if row.from_on else ""
    ends = f"until {day_in_words(row.until_on - timedelta(days=1))}" if row.until_on else ""
    return " ".join(words for words in (begins, ends) if words)


# --- 2. at a glance ----------------------------------------------------------------------------------------------


def _glance(facts: Facts) -> Glance:
    assets = [row for row in facts.rows if row.kind is Kind.ASSET and STATES[row.state].family is Family.CURRENT]
    to_mind = [row for row in _notes(facts) if row.topic in (Topic.SENSITIVITY, Topic.PROMISE)]
    issues = Filters(kind=Kind.ISSUE)
    months = _months(facts)
    return Glance(
        assets=tuple(facts.whole(assets[:MOST_LISTED])),
        assets_in_all=facts.figure("Assets", Filters(kind=Kind.ASSET, family=Family.CURRENT)),
        headlines=(
            facts.figure("Issues", issues),
            facts.figure("Issues still open", issues.with_(family=Family.OPEN)),
            facts.figure("Issues closed", issues.with_(family=Family.CLOSED)),
            facts.figure("Of those, fixed by the council", issues.with_(state=State.FIXED)),
            facts.figure("Ideas", Filters(kind=Kind.IDEA)),
            facts.figure("Offers that stand", Filters(kind=Kind.OFFER, state=State.OPEN)),
            facts.figure("Notes by councillors and officers", Filters(kind=Kind.NOTE)),
        ),
        trend=months,
        trend_in_words=_trend_in_words(months),
        themes=_themes(facts),
        to_mind=tuple(facts.whole(to_mind)),
    )


def _themes(facts: Facts) -> tuple[Theme, ...]:
    """The three strongest by distinct voices: authors and supporters.

    Where an entry has no known author it counts as a voice of its own.
    """
    voices: dict[tuple[int | None, Topic | None], set[tuple[str, int]]] = defaultdict(set)
    for row in facts.rows:
        voice = ("entry", row.id) if row.author_id is None else ("person", row.author_id)
        if row.topic is not None or row.category_id is not None:
            heard = voices[(row.category_id if row.topic is None else None, row.topic)]
            heard.add(voice)
            heard.update(("person", person_id) for person_id in facts.supporters.get(row.id, ()))
    strongest = sorted(voices.items(), key=lambda found: (-len(found[1]), str(found[0])))[:3]
    return tuple(_theme(facts, category, topic, heard) for (category, topic), heard in strongest)


def _theme(facts: Facts, category: int | None, topic: Topic | None, heard: set[tuple[str, int]]) -> Theme:
    voices, unknown = len(heard), sum(kind == "entry" for kind, _ in heard)
    if topic is not None:
        label = f"{topic.capitalize()} (notes)"
        return Theme(label, voices, unknown, facts.figure(label, Filters(kind=Kind.NOTE, topic=topic)))
    label = facts.categories[category].name if category is not None else ""
    return Theme(label, voices, unknown, facts.figure(label, Filters(category=category)))


def _months(facts: Facts) -> tuple[Month, ...]:
    """The twelve months that end with the newest contribution's, or with this one where that is recent."""
    if not facts.contributions:
        return ()
    counts = Counter(row.month for row in facts.contributions)
    this = today().replace(day=1)
    last = this if max(counts) >= _months_before(this, 3) else max(counts)
    return tuple(_month(_months_before(last, back), counts) for back in range(MONTHS - 1, -1, -1))


def _months_before(day: date, back: int) -> date:
    months = day.year * 12 + day.month - 1 - back
    return date(months // 12, months % 12 + 1, 1)


def _month(first: date, counts: Counter[date]) -> Month:
    last = _months_before(first, -1) - timedelta(days=1)
    return Month(first, Figure(f"{first:%B %Y}", counts[first], Filters(since=first, until=last, contributions=True)))


def _trend_in_words(months: Sequence[Month]) -> str:
    if not months:
        return "Nobody has contributed here yet."
    before, after = (sum(month.figure.count for month in half) for half in (months[:6], months[6:]))
    span = f"{months[6].first:%B %Y} to {months[-1].first:%B %Y}"
    contributions = "contribution" if after == 1 else "contributions"
    newer = "" if months[-1].first == today().replace(day=1) else " Nothing newer is held."
    return f"{after} {contributions} from {span}, {before} in the six months before.{newer}"


# --- 3. what residents say ---------------------------------------------------------------------------------------


def _residents(facts: Facts) -> Residents:
    unresolved = [row for row in facts.contributions if KINDS[row.kind].led and STATES[row.state].family is Family.OPEN]
    longest = sorted(unresolved, key=lambda row: (row.told_at, row.id))
    supported = sorted((row for row in facts.contributions if row.supporters), key=lambda row: -row.supporters)
    return Residents(
        kinds=tuple(facts.figure(KINDS[kind].plural, Filters(kind=kind)) for kind in CONTRIBUTIONS),
        categories=_categories(facts),
        months=_months(facts),
        supported=tuple(facts.whole(supported[:MOST_LISTED])),
        recent=tuple(facts.whole(facts.contributions[:MOST_LISTED])),
        longest=tuple(facts.whole(longest[:MOST_LISTED])),
    )


def _categories(facts: Facts) -> tuple[CategoryRow, ...]:
    counts = Counter((row.kind, row.category_id) for row in facts.contributions if row.category_id is not None)
    ordered = sorted(counts.items(), key=lambda found: (-found[1], facts.categories[found[0][1] or 0].name))
    return tuple(_category(facts, kind, facts.categories[category or 0]) for (kind, category), _ in ordered)


def _category(facts: Facts, kind: Kind, category: Category) -> CategoryRow:
    asked = Filters(kind=kind, category=category.id)
    lives, ends = KINDS[kind].lives, KINDS[kind].ends
    return CategoryRow(
        label=category.name,
        service=category.service.name,
        total=facts.figure(category.name, asked),
        open=facts.figure(f"{category.name}, {lives}", asked.with_(family=lives)),
        closed=facts.figure(f"{category.name}, {ends}", asked.with_(family=ends)),
    )


# --- 4. what councillors and officers know -----------------------------------------------------------------------


def _notes(facts: Facts) -> list[Row]:
    """Every note that no later one has replaced: one past its review date too, and said to be so."""
    return [row for row in facts.rows if row.kind is Kind.NOTE and row.upheld]


def _known(facts: Facts) -> Known:
    whole = facts.whole(_notes(facts))
    by_topic = {topic: tuple(item for item in whole if item.topic is topic) for topic in Topic}
    return Known(
        topics=tuple(
            TopicRow(
                topic,
                facts.figure(str(topic), Filters(kind=Kind.NOTE, topic=topic, upheld=True)),
                tuple(_beside(found)),
            )
            for topic, found in by_topic.items()
            if found
        ),
        overdue=sum(item.overdue for item in whole),
    )


def _beside(notes: Sequence[Item]) -> Iterator[Item]:
    """The notes in their order, each right before those that see it differently, and these before those of them."""
    refs = {note.ref for note in notes}
    views: dict[str, list[Item]] = defaultdict(list)
    for note in notes:
        views[note.differs_from].append(note)
    waiting = [note for note in reversed(notes) if note.differs_from not in refs]
    while waiting:
        note = waiting.pop()
        yield note
        waiting.extend(reversed(views[note.ref]))
