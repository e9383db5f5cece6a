"""What people follow, and what waits to be told in their next digest."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Final

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, exists
from sqlalchemy.orm import Mapped, mapped_column, relationship

from wardbook.db import ID_USED_ONCE, Base
from wardbook.entries.models import Entry
from wardbook.people.models import Person
from wardbook.policy import Condition, Rule, Viewer, relies_on
from wardbook.shared import words_of


class Rhythm(StrEnum):
    """How often somebody hears of what they follow."""

    AT_ONCE = "at once"
    DAILY = "daily"
    WEEKLY = "weekly"


RHYTHMS: Final[dict[Rhythm, str]] = {
    Rhythm.AT_ONCE: "As soon as something happens",
    Rhythm.DAILY: "Once a day, at about 7 in the morning",
    Rhythm.WEEKLY: "Once a week, on Monday morning",
}
"""How often, in words."""


class Follow(Base):
    """That a person with a proved email address hears of an entry, or of what happens in a place.

    There is no row before the address is proved: until then the wish stands in the proof.
    """

    __tablename__ = "follow"
    __table_args__ = (
        CheckConstraint("(entry_id IS NULL) <> (place IS NULL)", name="thing"),
        UniqueConstraint("person_id", "entry_id"),
        UniqueConstraint("person_id", "place"),
        Index("ix_follow_west_east", "west", "east"),
        ID_USED_ONCE,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    entry_id: Mapped[int | None] = mapped_column(ForeignKey("entry.id"), index=True)
    place: Mapped[str | None]
    """The words of the place: `ward:E05012461`, `postcode:BA1 5AW+300m`"""
    rhythm: Mapped[Rhythm] = mapped_column(words_of(Rhythm, "rhythm"))
    begun_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    west: Mapped[float | None]
    south: Mapped[float | None]
    east: Mapped[float | None]
    north: Mapped[float | None]
    """The box round a place that is not made of wards: who might hear of a thing is found by it."""
    person: Mapped[Person] = relationship()
    entry: Mapped[Entry | None] = relationship()

    @property
    def words(self) -> str:
        """What is followed, in words: the place's, or `entry:WB-7K3QD`."""
        return self.place or (f"entry:{self.entry.ref}" if self.entry else "")


def _follows_it(model: type[Entry], viewer: Viewer) -> Condition | bool:
    """Who follows an entry itself, and has a right to know why it went."""
    if viewer.id is None:
        return False
    mine = exists().where(Follow.entry_id == model.id, Follow.person_id == viewer.id, Follow.ended_at.is_(None))
    return mine.correlate(model)


relies_on(Entry, Rule(_follows_it))


class FollowedWard(Base):
    """A ward of which a followed place is made, by its code: so those are found who follow a ward that ends."""

    __tablename__ = "followed_ward"

    follow_id: Mapped[int] = mapped_column(ForeignKey("follow.id", ondelete="CASCADE"), primary_key=True)
    code: Mapped[str] = mapped_column(primary_key=True, index=True)


class News(Base):
    """A step of which a follower is told in their next digest, if they may see it then."""

    __tablename__ = "news"
    __table_args__ = (UniqueConstraint("follow_id", "event_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    follow_id: Mapped[int] = mapped_column(ForeignKey("follow.id", ondelete="CASCADE"))
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), index=True)
    made_at: Mapped[datetime]
    told_at: Mapped[datetime | None] = mapped_column(index=True)
    """When a digest took it in or passed it over; kept for a while, so that no job told twice tells it twice."""
