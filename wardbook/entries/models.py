"""Entries, their categories and photos, and the draft of one that is not yet told."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, Table, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from wardbook.db import Base
from wardbook.entries.kinds import STATES, Basis, Channel, Kind, Meaning, State, Topic
from wardbook.people.models import Person, Service
from wardbook.shared import Located, Shared, lies_in_table, words_of


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
    service: Mapped[Service] = relationship()


class Entry(Base, Shared, Located):
    """One thing somebody has told the council about a spot: a contribution, or a councillor's or officer's note."""

    __tablename__ = "entry"
    __table_args__ = (
        CheckConstraint("kind <> 'note' OR (topic IS NOT NULL AND basis IS NOT NULL)", name="note"),
        UniqueConstraint("source", "source_id"),
        Index("ix_entry_told_at_id", "told_at", "id"),
        Index("ix_entry_changed_at_id", "changed_at", "id"),
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
    confirmed_at: Mapped[datetime | None]
    """When its author proved to be its author; until then it waits, and so does a moderator."""
    hidden_for: Mapped[str | None]
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

    author: Mapped[Person | None] = relationship()
    category: Mapped[Category | None] = relationship()
    photos: Mapped[list[Photo]] = relationship(back_populates="entry", order_by="Photo.id")

    @property
    def meaning(self) -> Meaning:
        """What its state says to the public."""
        return STATES[self.state]


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
    __table_args__ = (CheckConstraint("entry_id IS NOT NULL OR draft_id IS NOT NULL", name="belongs"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    entry_id: Mapped[int | None] = mapped_column(ForeignKey("entry.id"), index=True)
    draft_id: Mapped[str | None] = mapped_column(ForeignKey("draft.id", ondelete="SET NULL"), index=True)
    alt: Mapped[str]
    width: Mapped[int]
    height: Mapped[int]
    entry: Mapped[Entry | None] = relationship(back_populates="photos")
