"""What people reported, who is kept from contributing, appeals, and who is looking at what."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from sqlalchemy import ForeignKey, Index, Text, or_, select, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from wardbook.db import ID_USED_ONCE, Base
from wardbook.entries.holding import means
from wardbook.entries.models import Entry
from wardbook.events import Event
from wardbook.people.models import Person
from wardbook.policy import Condition, Rule, is_moderator, is_not_private, seen_through
from wardbook.shared import words_of

_OPEN = "decided_at IS NULL"


class Wrong(StrEnum):
    """What somebody says is wrong with an entry."""

    PERSONAL = "personal details"
    ABUSE = "abuse"
    ADVERT = "advert"
    UNTRUE = "not true"
    OTHER = "other"


WRONG: Final[dict[Wrong, str]] = {
    Wrong.PERSONAL: "It gives somebody’s personal details away",
    Wrong.ABUSE: "It is abusive or threatening",
    Wrong.ADVERT: "It is an advert",
    Wrong.UNTRUE: "It is not true",
    Wrong.OTHER: "Something else",
}
"""The same as people choose from it"""

for _wrong, _risk in zip(Wrong, (5, 5, 2, 3, 2), strict=True):
    means(f"reported: {_wrong}", f"Somebody says: {WRONG[_wrong].lower()}", _risk)


class Report(Base):
    """That somebody says something is wrong with an entry: from one person or browser one at a time."""

    __tablename__ = "report"
    __table_args__ = (
        Index(
            "uq_report_open", "entry_id", "mark", unique=True, sqlite_where=text(_OPEN), postgresql_where=text(_OPEN)
        ),
        ID_USED_ONCE,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id"), index=True)
    reason: Mapped[Wrong] = mapped_column(words_of(Wrong, "reason"))
    words: Mapped[str] = mapped_column(Text)
    made_at: Mapped[datetime]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    email: Mapped[str | None] = mapped_column(index=True)
    """Where to write what became of it; nobody has proved that it is theirs, but for that of `person_id`"""
    mark: Mapped[str]
    """Whose it is: a person's number, or a random word kept in the browser's session"""
    decided_at: Mapped[datetime | None]
    person: Mapped[Person | None] = relationship()


class Ban(Base):
    """That a person may not contribute, support or report until a day (the first on which they may again)."""

    __tablename__ = "ban"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    event_id: Mapped[int | None] = mapped_column(ForeignKey("event.id"))
    """The decision, which may be appealed"""
    made_at: Mapped[datetime]
    until_on: Mapped[date]
    reason: Mapped[str] = mapped_column(Text)
    lifted_at: Mapped[datetime | None]
    person: Mapped[Person] = relationship(foreign_keys=[person_id])

    @property
    def last_day(self) -> date:
        """The day until the end of which it holds: so it is told everywhere."""
        return self.until_on - timedelta(days=1)


class Appeal(Base):
    """That whoever a decision is about asks for another look at it, once."""

    __tablename__ = "appeal"

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), unique=True)
    """The decision"""
    entry_id: Mapped[int | None] = mapped_column(ForeignKey("entry.id"), index=True)
    """What it was about; nothing where it was a ban"""
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    words: Mapped[str] = mapped_column(Text)
    made_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    changed: Mapped[bool | None]
    """Whether the decision was changed; it was upheld otherwise"""
    answer: Mapped[str] = mapped_column(Text, default="")
    event: Mapped[Event] = relationship()
    entry: Mapped[Entry | None] = relationship()
    person: Mapped[Person | None] = relationship(foreign_keys=[person_id])


class Looking(Base):
    """That a moderator is looking at an entry: others are shown it for a while, and kept from nothing."""

    __tablename__ = "looking"

    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    since: Mapped[datetime]
    person: Mapped[Person] = relationship()


def is_reported(model: type[Entry] = Entry) -> Condition:
    """Whether a report of an entry waits to be decided."""
    return model.id.in_(select(Report.entry_id).where(Report.decided_at.is_(None)))


def is_appealed(model: type[Entry] = Entry) -> Condition:
    """Whether its author's appeal waits to be answered."""
    waits = select(Appeal.entry_id).where(Appeal.answered_at.is_(None), Appeal.entry_id.is_not(None))
    return model.id.in_(waits)


_is_asked_about = Rule(lambda model, viewer: or_(is_reported(model), is_appealed(model)))
# what was reported or appealed is seen by moderators at any level but private
seen_through(Entry, is_moderator & is_not_private & _is_asked_about)
