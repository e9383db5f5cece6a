"""Entries, their categories and photos, and the draft of one that is not yet told."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    Index,
    Table,
    Text,
    UniqueConstraint,
    exists,
    false,
    func,
    or_,
    text,
)
from sqlalchemy.orm import Mapped, aliased, mapped_column, relationship

from wardbook.clock import today
from wardbook.db import ID_USED_ONCE, Base, now
from wardbook.entries.kinds import (
    KINDS,
    STATES,
    Basis,
    Channel,
    Kind,
    Lead,
    Meaning,
    State,
    Topic,
    lead_in_words,
    state_on,
)
from wardbook.entries.questions import answers_in_words
from wardbook.people.models import Person, Service
from wardbook.places.models import Shape
from wardbook.policy import Condition, Rule, Viewer, relies_on, seen_through, visible
from wardbook.shared import Located, Shared, Standing, lies_in_table, words_of

APART = "standing <> 'published'"
"""What few see. In these words its index is found; one of every standing would be taken in place of that of days."""
ROUGHLY, ONLY_WARD = "within about 150 metres", "somewhere in its ward"
"""How near a shape is to what it stands for, where it is not just there"""


def how_near(blurred: bool, only_ward: bool) -> str:
    """How exactly a shape says where a thing is, in words; nothing where it is exact."""
    return ROUGHLY if blurred else ONLY_WARD if only_ward else ""


class Category(Base):
    """What an entry is about, in everyday words. It belongs to a service and can be retired, never deleted."""

    __tablename__ = "category"
    __table_args__ = (UniqueConstraint("service_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    service_id: Mapped[int] = mapped_column(ForeignKey("service.id"))
    name: Mapped[str]
    kinds: Mapped[list[str]] = mapped_column(JSON)
    retired_on: Mapped[date | None]
    moderated: Mapped[bool] = mapped_column(default=False)
    """A moderator reads an entry of this category before it is published."""
    radius_m: Mapped[int] = mapped_column(default=250, server_default="250")
    """Within so many metres an offer is near, and what looks the same may be the same"""
    questions: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list, server_default="[]")
    """What it asks beside the words, as `categories.Question` reads it"""
    emergency: Mapped[str] = mapped_column(Text, default="", server_default="")
    """Whom to ring: where it says so, nothing is told under this category"""
    service: Mapped[Service] = relationship()


class Entry(Base, Shared, Located):
    """One thing somebody has told the council about a spot: a contribution, or a councillor's or officer's note."""

    __tablename__ = "entry"
    __table_args__ = (
        CheckConstraint("kind <> 'note' OR (topic IS NOT NULL AND basis IS NOT NULL)", name="note"),
        CheckConstraint("kind <> 'offer' OR lapses_on IS NOT NULL", name="offer"),
        CheckConstraint("lead <> 'partner' OR partner IS NOT NULL", name="partner"),
        UniqueConstraint("source", "source_id"),
        Index("ix_entry_told_at_id", "told_at", "id"),
        Index("ix_entry_supporters_told_at", "supporters", "told_at", "id"),
        Index("ix_entry_changed_at_id", "changed_at", "id"),
        Index("ix_entry_apart", "standing", "told_at", "id", sqlite_where=text(APART), postgresql_where=text(APART)),
        Index("ix_entry_closed_at", "closed_at"),
    )
    lies_in: ClassVar[Table] = lies_in_table("entry")

    ref: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[Kind] = mapped_column(words_of(Kind, "kind"))
    state: Mapped[State] = mapped_column(words_of(State, "state"))
    title: Mapped[str]
    words: Mapped[str] = mapped_column(Text)
    category_id: Mapped[int | None] = mapped_column(ForeignKey("category.id"), index=True)
    channel: Mapped[Channel] = mapped_column(words_of(Channel, "channel"))
    told_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    name_shown: Mapped[bool] = mapped_column(default=False)
    contact_shared: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Its author lets the councillors of its wards know how to reach them, as officers do"""
    confirmed_at: Mapped[datetime | None]
    """When its author proved to be its author; until then it waits, and so does a moderator."""
    hidden_for: Mapped[str | None]
    withdrawn_for: Mapped[str | None]
    edition: Mapped[int] = mapped_column(default=1, server_default="1")
    """Counts its edits, so that who edits from an older one is told"""
    edited_at: Mapped[datetime | None]
    """When its words, photos, spot or the name on it were last made others: a file of before that is not given"""
    supporters: Mapped[int] = mapped_column(default=0, server_default="0")
    """How many people support it: those who do, and those who told or support what was merged into it, each once; an
    erased one keeps the count"""
    supporters_erased: Mapped[int] = mapped_column(default=0, server_default="0")
    """How many of them were erased since: they go on counting, without a row"""
    once: Mapped[str | None] = mapped_column(unique=True)
    """The form it came from: pressed twice, it still makes one entry."""
    source: Mapped[str | None]
    source_id: Mapped[str | None]
    source_state: Mapped[str | None]
    """The state its source last gave: only when that changes does an import change the entry's own."""

    topic: Mapped[Topic | None] = mapped_column(words_of(Topic, "topic"))
    basis: Mapped[Basis | None] = mapped_column(words_of(Basis, "basis"))
    cites: Mapped[str | None]
    review_on: Mapped[date | None]

    lapses_on: Mapped[date | None]
    """The last day on which an offer stands"""
    lead: Mapped[Lead] = mapped_column(words_of(Lead, "lead"), default=Lead.COUNCIL, server_default=Lead.COUNCIL)
    partner: Mapped[str | None]
    """The name of a body outside the council that leads, or leads with others"""
    enabler_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    willing: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Its author would like to take it on"""

    differs_from_id: Mapped[int | None] = mapped_column(ForeignKey("entry.id"), index=True)
    """The note of somebody else that this one, written after it, sees differently"""
    shape_id: Mapped[int | None] = mapped_column(ForeignKey("shape.id"), index=True)
    """The drawn or uploaded place it was told of, which those who may see it may see too"""
    spot_words: Mapped[str] = mapped_column(default="", server_default="")
    """Where it is, as whoever told it says it: 'the alley behind the library'"""
    only_ward: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Nothing nearer than its ward is known: its shape is a point that stands for the ward"""
    blurred: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Its shape is a point near the spot: the spot itself is in `EntrySpot`, for few"""
    answers: Mapped[list[dict[str, str]]] = mapped_column(JSON, default=list, server_default="[]")
    """What was answered to its category's questions, as they stood then: [{"ask": ..., "answer": ...}]"""
    held_for: Mapped[list[str]] = mapped_column(JSON, default=list, server_default="[]")
    """Why a moderator was to read it first, as `holding` knows it: for moderators alone, in no file and no letter"""
    risk: Mapped[int] = mapped_column(default=0, server_default="0")
    """How pressing it is for a moderator to read it, from 0 to 5"""
    asked_to_edit: Mapped[str | None]
    """What a moderator has asked its author to change, until they have: for the two of them alone"""
    split_from_id: Mapped[int | None] = mapped_column(ForeignKey("entry.id"), index=True)
    """The contribution of which this one was a part, until a moderator made two of it"""

    author: Mapped[Person | None] = relationship(foreign_keys="Entry.author_id")
    enabler: Mapped[Person | None] = relationship(foreign_keys=[enabler_id])
    """The officer who helps whoever leads"""
    category: Mapped[Category | None] = relationship()
    photos: Mapped[list[Photo]] = relationship(back_populates="entry", order_by="Photo.id")

    def edited(self) -> None:
        """Count an edit: what it says, or the name on it, is another from now on."""
        self.edition += 1
        self.changed_at = self.edited_at = now()

    @property
    def stands_until(self) -> date | None:
        """The last day on which it stands unless somebody looks at it again."""
        return self.lapses_on if self.kind is Kind.OFFER else self.review_on

    @property
    def state_now(self) -> State:
        """Its state today, where a day that has passed may have changed what is kept."""
        return state_on(self.kind, self.state, self.stands_until, today())

    @property
    def meaning(self) -> Meaning:
        """What its state says to the public."""
        return STATES[self.state_now]

    @property
    def is_led(self) -> bool:
        """Whether it says who leads on it."""
        return KINDS[self.kind].led

    @property
    def is_taken_on(self) -> bool:
        """Whether residents lead on it, or lead with others."""
        return self.is_led and self.lead in (Lead.RESIDENTS, Lead.TOGETHER)

    @property
    def taker_ids(self) -> set[int]:
        """The ids of the people who take part in it, beside its author."""
        return {id_ for asked in takers for id_ in asked(self)}

    @property
    def leads(self) -> str:
        """Who leads on it, in words; nothing where its kind has nobody to lead."""
        return lead_in_words(self.lead, self.partner) if self.is_led else ""

    @property
    def author_moves(self) -> bool:
        """Whether its author moves it from state to state, beside officers."""
        return KINDS[self.kind].author_moves

    @property
    def how_near(self) -> str:
        """How exactly its shape says where it is, in words; nothing where it is exact."""
        return how_near(self.blurred, self.only_ward)

    @property
    def answered(self) -> str:
        """What was answered to its category's questions, on one line."""
        return answers_in_words(self.answers)

    @property
    def lapses(self) -> bool:
        """Whether it stands until a day and can be renewed."""
        return self.lapses_on is not None


class EntrySpot(Base):
    """Just where a blurred entry is: `blurring.exact_spot` alone reads it."""

    __tablename__ = "entry_spot"

    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id"), primary_key=True)
    lon: Mapped[float]
    lat: Mapped[float]


takers: list[Callable[[Entry], set[int]]] = []
"""Who says which people take part in an issue or an idea that residents lead on: a higher room adds what it knows"""


class Support(Base):
    """That an entry matters to somebody too: once for each person, and nobody else learns who."""

    __tablename__ = "entry_support"

    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, index=True)
    at: Mapped[datetime]


class Superseded(Base):
    """That a later note takes the place of an older one by the same writer."""

    __tablename__ = "entry_superseded"
    __table_args__ = (CheckConstraint("entry_id <> by_id", name="other"),)

    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id"), primary_key=True)
    by_id: Mapped[int] = mapped_column(ForeignKey("entry.id"), index=True)


def _relies(model: type[Entry], viewer: Viewer) -> Condition | bool:
    """Who supports an entry, or wrote one that names it as a source or sees it differently."""
    if viewer.id is None:
        return False
    other = aliased(model)
    rests = or_(other.differs_from_id == model.id, func.upper(other.cites).contains(model.ref))
    supports = exists().where(Support.entry_id == model.id, Support.person_id == viewer.id)
    wrote = exists().where(other.author_id == viewer.id, other.standing != Standing.ERASED, rests)
    return or_(supports.correlate(model), wrote.correlate(model))


relies_on(Entry, Rule(_relies))


def _told_of(model: type[Shape], viewer: Viewer) -> Condition:
    """A shape of which something was told that stands and that this viewer sees."""
    told = exists().where(Entry.shape_id == model.id, Entry.standing == Standing.PUBLISHED, visible(Entry, viewer))
    return told.correlate(model)


seen_through(Shape, Rule(_told_of))


class Draft(Base):
    """What somebody has typed so far, kept for a day so that nothing is lost; known only by its long random id."""

    __tablename__ = "draft"

    id: Mapped[str] = mapped_column(primary_key=True)
    answers: Mapped[dict[str, Any]] = mapped_column(JSON)
    changed_at: Mapped[datetime]
    photos: Mapped[list[Photo]] = relationship(order_by="Photo.id")


class Photo(Base):
    """A photograph, kept re-encoded under a random key in two sizes; it belongs to an entry, or to a draft of one."""

    __tablename__ = "photo"
    __table_args__ = (
        CheckConstraint("entry_id IS NOT NULL OR draft_id IS NOT NULL", name="belongs"),
        Index("uq_photo_once", "once", unique=True),
        ID_USED_ONCE,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    entry_id: Mapped[int | None] = mapped_column(ForeignKey("entry.id"), index=True)
    draft_id: Mapped[str | None] = mapped_column(ForeignKey("draft.id", ondelete="SET NULL"), index=True)
    alt: Mapped[str]
    width: Mapped[int]
    height: Mapped[int]
    once: Mapped[str | None]
    """The form it came from and its place in it: sent twice, it is one photo"""
    entry: Mapped[Entry | None] = relationship(back_populates="photos")
    original: Mapped[Original | None] = relationship(back_populates="photo", cascade="all, delete-orphan")


class Original(Base):
    """What a photo was before a part of it was blacked out: kept for a while, for moderators alone, then destroyed."""

    __tablename__ = "photo_original"

    id: Mapped[int] = mapped_column(primary_key=True)
    photo_id: Mapped[int] = mapped_column(ForeignKey("photo.id", ondelete="CASCADE"), unique=True)
    key: Mapped[str] = mapped_column(unique=True)
    """The key under which it was served until then"""
    kept_at: Mapped[datetime]
    photo: Mapped[Photo] = relationship(back_populates="original")
