"""Briefs that are kept: each version an immutable snapshot, sealed item by item."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import ClassVar

import shapely
from sqlalchemy import CheckConstraint, ForeignKey, Table, Text, UniqueConstraint, exists
from sqlalchemy.orm import Mapped, mapped_column, relationship

from wardbook.db import Base
from wardbook.entries.models import Entry
from wardbook.people.models import Person
from wardbook.places.models import Shape
from wardbook.policy import Condition, Rule, Viewer, seen_through, visible
from wardbook.shared import ForALevel, Shared, named_table, words_of


class Ground(StrEnum):
    """Why a brief is restricted to named people."""

    SITE_SALE = "site sale"
    ENFORCEMENT = "enforcement"
    SAFEGUARDING = "safeguarding"


class Weight(StrEnum):
    """What an item was to the person who read the brief."""

    USED = "used"
    KNOWN = "known already"
    NOT_RELEVANT = "not relevant"


class KeptBrief(Base, Shared, ForALevel):
    """A brief under its reference: which place, what it is for, and the versions in which it was frozen."""

    __tablename__ = "brief"
    __table_args__ = (CheckConstraint("ground IS NULL OR level = 'council'", name="restricted"),)
    named: ClassVar[Table] = named_table("brief")

    ref: Mapped[str] = mapped_column(unique=True)
    words: Mapped[str]
    """The place in words, as on the command line"""
    label: Mapped[str]
    geometry: Mapped[shapely.Geometry]
    purpose: Mapped[str] = mapped_column(Text)
    ground: Mapped[Ground | None] = mapped_column(words_of(Ground, "ground"))
    made_at: Mapped[datetime]
    author: Mapped[Person | None] = relationship()
    readers: Mapped[list[Person]] = relationship(secondary=named, order_by=Person.name)
    """The people named, where it is or was restricted"""
    versions: Mapped[list[Version]] = relationship(back_populates="brief", order_by="Version.number")


def _frozen_of(model: type[Shape], viewer: Viewer) -> Condition:
    """A shape of which a brief was frozen that this viewer sees; a day may follow the shape's key in its words."""
    kept = exists().where(KeptBrief.words.like("shape:" + model.key + "%"), visible(KeptBrief, viewer))
    return kept.correlate(model)


seen_through(Shape, Rule(_frozen_of))


class Version(Base):
    """A brief as it was read at a moment. No row of it can be changed or deleted: a trigger sees to that."""

    __tablename__ = "brief_version"
    __table_args__ = (UniqueConstraint("brief_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    brief_id: Mapped[int] = mapped_column(ForeignKey("brief.id"))
    number: Mapped[int]
    made_at: Mapped[datetime]
    maker_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    signed: Mapped[str]
    hash: Mapped[str]
    """Of the ordered hashes of its parts: see `seals`"""
    once: Mapped[str | None] = mapped_column(unique=True)
    brief: Mapped[KeptBrief] = relationship(back_populates="versions")


class Part(Base):
    """One sealed part of a version: number 0 is its figures and sentences, each further number an item.

    The text is canonical JSON. When its entry is erased, text and salt are dropped together and the hash stays; no
    other change is possible.
    """

    __tablename__ = "brief_part"
    __table_args__ = (
        UniqueConstraint("version_id", "number"),
        CheckConstraint("(text IS NULL) = (salt IS NULL)", name="blank"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("brief_version.id"))
    number: Mapped[int]
    entry_id: Mapped[int | None] = mapped_column(ForeignKey("entry.id"), index=True)
    hash: Mapped[str]
    salt: Mapped[str | None]
    """32 random bytes, in hexadecimal"""
    text: Mapped[str | None] = mapped_column(Text)
    entry: Mapped[Entry | None] = relationship()
    mark: Mapped[Mark | None] = relationship(back_populates="part")


class Mark(Base):
    """What an item was to the brief's maker, with a sentence where it was not relevant."""

    __tablename__ = "brief_mark"
    __table_args__ = (CheckConstraint("weight <> 'not relevant' OR because IS NOT NULL", name="because"),)

    part_id: Mapped[int] = mapped_column(ForeignKey("brief_part.id"), primary_key=True)
    weight: Mapped[Weight] = mapped_column(words_of(Weight, "weight"))
    because: Mapped[str | None] = mapped_column(Text)
    marked_at: Mapped[datetime]
    part: Mapped[Part] = relationship(back_populates="mark")
