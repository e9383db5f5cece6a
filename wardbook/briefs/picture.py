"""The content of a brief: what every form of it shows, and nothing that any of them works out for itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

import shapely

from wardbook.briefs.frozen import Frozen
from wardbook.clock import day_in_words
from wardbook.entries.kinds import KINDS, Basis, Kind, State, Topic
from wardbook.entries.queries import Filters
from wardbook.shared import Level


@dataclass(frozen=True)
class Figure:
    """A count, and the filters that list exactly the entries it counts."""

    label: str
    count: int
    filters: Filters


@dataclass(frozen=True)
class Item:
    """One entry as a brief shows it: dates are London days, the geometry WGS 84."""

    ref: str
    kind: Kind
    title: str
    words: str
    category: str
    state: str
    family: str
    told_on: date
    closed_on: date | None
    by: str
    """Who said it, where that may be shown; otherwise 'a resident'"""
    level: Level
    geometry: shapely.Geometry
    topic: Topic | None = None
    basis: Basis | None = None
    review_on: date | None = None
    overdue: bool = False
    cites: str = ""
    days_open: int | None = None
    lapses_on: date | None = None
    """The last day on which an offer stands"""
    lead: str = ""
    """Who leads on an issue or an idea, in words"""
    enabler: str = ""
    supporters: int = 0
    differs_from: str = ""
    """The reference of the note that this one sees differently, where the brief's readers see that one"""
    upheld: bool = True
    """Its writer has neither replaced it nor called it out of date"""
    channel: str = ""
    spot_words: str = ""
    """Where it is, as whoever told it says it"""
    how_near: str = ""
    """How exactly its geometry says where it is; nothing where it is exact"""
    answers: str = ""
    """What was answered to its category's questions, on one line"""
    at: State | None = None
    """The state itself, where `state` is its label"""
    category_id: int | None = None
    number: int | None = None
    """Its number in a frozen brief"""
    since: str = ""
    """What has become of it since it was frozen, in a sentence"""
    mark: str = ""
    """What it was to the maker of a frozen brief"""


@dataclass(frozen=True)
class WardRow:
    """A ward that the place touches, its share of the place, and who represents it today."""

    code: str
    name: str
    share: float
    councillors: tuple[str, ...]


@dataclass(frozen=True)
class SetRow:
    """The boundary set in which the wards were looked up."""

    name: str
    dates: str
    source: str
    licence: str


@dataclass(frozen=True)
class Where:
    """Section 1: where it is."""

    hectares: float
    wards: tuple[WardRow, ...]
    sets: tuple[SetRow, ...]
    as_at: date
    geometry: shapely.Geometry
    size: str = ""
    """How large it is, in words, and its edge"""
    metres: float | None = None
    """The length of its edge, or of a line"""
    left_out: str = ""
    """How much of it lies outside the council, in a sentence"""

    @property
    def how_large(self) -> str:
        """Its size, and what of it is left out."""
        said = f"{self.left_out} The shares of wards are of the whole place." if self.left_out else ""
        return f"{self.size or f'{self.hectares:,.1f} hectares'}. {said}".strip()


@dataclass(frozen=True)
class Theme:
    """A category or topic, by how many different people speak of it."""

    label: str
    voices: int
    unknown: int
    """How many of these voices are entries whose author is not known, so that two may be one person's"""
    figure: Figure

    @property
    def heard(self) -> str:
        """The voices in words, without claiming to know who spoke."""
        if self.unknown == self.voices:
            return "authors not known"
        voices = f"{self.voices:,} {'voice' if self.voices == 1 else 'voices'}"
        return f"{voices}, {self.unknown:,} of them not known by name" if self.unknown else voices


@dataclass(frozen=True)
class Month:
    """How many contributions were made in a month."""

    first: date
    figure: Figure

    @property
    def label(self) -> str:
        return f"{self.first:%b %Y}"


@dataclass(frozen=True)
class Glance:
    """Section 2, one page: assets first, then headlines, themes, and what to mind."""

    assets: tuple[Item, ...]
    assets_in_all: Figure
    headlines: tuple[Figure, ...]
    trend: tuple[Month, ...]
    trend_in_words: str
    themes: tuple[Theme, ...]
    to_mind: tuple[Item, ...]


@dataclass(frozen=True)
class CategoryRow:
    """What residents say of one kind under one category: all, still open (or current), closed (or past)."""

    label: str
    service: str
    total: Figure
    open: Figure
    closed: Figure


@dataclass(frozen=True)
class Residents:
    """Section 3: what residents say."""

    kinds: tuple[Figure, ...]
    categories: tuple[CategoryRow, ...]
    months: tuple[Month, ...]
    recent: tuple[Item, ...]
    longest: tuple[Item, ...]
    supported: tuple[Item, ...] = ()
    """Those with the most supporters, where any has some"""


@dataclass(frozen=True)
class TopicRow:
    """What councillors and officers know under one topic."""

    topic: Topic
    figure: Figure
    notes: tuple[Item, ...]
    """Newest first, but each right before those that see it differently"""

    @property
    def sets(self) -> list[list[Item]]:
        """Notes that stand beside each other: each with those that see it differently."""
        found: list[list[Item]] = []
        for note in self.notes:
            if found and note.differs_from in {other.ref for other in found[-1]}:
                found[-1].append(note)
            else:
                found.append([note])
        return found


@dataclass(frozen=True)
class Known:
    """Section 4: what councillors and officers know."""

    topics: tuple[TopicRow, ...]
    overdue: int


@dataclass(frozen=True)
class QuietWard:
    """A ward from which little is heard against the council's other wards."""

    code: str
    name: str
    entries: int
    measure: float
    """Postcodes, or square kilometres"""

    @property
    def words(self) -> str:
        """How little is heard, in words."""
        if not self.entries:
            return "silent: no entries"
        return f"quiet: {self.entries:,} {'entry' if self.entries == 1 else 'entries'}"


@dataclass(frozen=True)
class Gaps:
    """Section 8: what we do not know."""

    basis: str
    """How wards were compared, in a sentence; empty where they could not be"""
    wards: tuple[QuietWard, ...]
    missing: tuple[Kind, ...]
    overdue: tuple[Item, ...]
    newest: date | None
    median: date | None
    voices: int
    """People who are known to be different people"""
    unknown: int
    """Entries whose author is not known"""
    total: int

    @property
    def missing_in_words(self) -> str:
        """The kinds of which nothing is held."""
        names = [KINDS[kind].plural.lower() for kind in self.missing]
        together = names[0] if len(names) == 1 else ", ".join(names[:-1]) + f" and {names[-1]}" if names else ""
        return f"Nothing is held of these kinds: {together}." if names else "Something is held of every kind."

    @property
    def age_in_words(self) -> str:
        """How old the evidence is."""
        if self.newest is None or self.median is None:
            return "There is no evidence whose age could be told."
        half = f"Half of all entries were told by {day_in_words(self.median)}"
        return f"The newest entry is of {day_in_words(self.newest)}. {half}."

    @property
    def voices_in_words(self) -> str:
        """On how few voices it rests."""
        if not self.total:
            return "It rests on nobody's voice."
        known = f"{self.voices:,} {'person' if self.voices == 1 else 'different people'}"
        rest = f"{self.unknown:,} of {self.total:,} {'entry' if self.total == 1 else 'entries'}"
        unknown = f" The author of {rest} is not known, so how many more people spoke cannot be told."
        return f"It rests on {known}.{unknown if self.unknown else ''}"


@dataclass(frozen=True)
class Brief:
    """What is known about a place, for a level, at a moment."""

    words: str
    """The place in words: `ward:E05012461`"""
    path: str
    """The same, percent-encoded for an address"""
    label: str
    level: Level
    made_at: datetime
    council: str
    fictional: bool
    where: Where
    glance: Glance
    residents: Residents
    known: Known
    gaps: Gaps
    total: int
    """How many entries it rests on"""
    frozen: Frozen | None = None

    def figures(self) -> Iterator[tuple[str, Figure]]:
        """Every figure but those by month, with the section it stands in."""
        yield "At a glance", self.glance.assets_in_all
        yield from (("At a glance", figure) for figure in self.glance.headlines)
        yield from (("The strongest themes", theme.figure) for theme in self.glance.themes)
        yield from (("What residents say", figure) for figure in self.residents.kinds)
        for row in self.residents.categories:
            kind = KINDS[row.total.filters.kind].plural if row.total.filters.kind else ""
            yield from ((f"What residents say: {kind.lower()}", figure) for figure in (row.total, row.open, row.closed))
        yield from (("What councillors and officers know", row.figure) for row in self.known.topics)

    @property
    def title(self) -> str:
        about = self.label.replace("Within", "the area within", 1) if self.label.startswith("Within") else self.label
        return f"What is known about {about}"

    @property
    def readers(self) -> str:
        """Who it is for, in words."""
        return "For councillors and officers" if self.level is Level.COUNCIL else "For everyone"
