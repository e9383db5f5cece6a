"""Offers matched to what they could help with, and who wants no letters about such."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from wardbook.db import ID_USED_ONCE, Base
from wardbook.entries.models import Entry
from wardbook.people.models import Person


class Match(Base):
    """That an offer lies near an issue or an idea of its category: one for each pair, for good.

    Neither of the two people learns who the other is before both have said yes.
    """

    __tablename__ = "help_match"
    __table_args__ = (UniqueConstraint("offer_id", "need_id"), ID_USED_ONCE)

    id: Mapped[int] = mapped_column(primary_key=True)
    offer_id: Mapped[int] = mapped_column(ForeignKey("entry.id"))
    need_id: Mapped[int] = mapped_column(ForeignKey("entry.id"), index=True)
    made_at: Mapped[datetime]
    offerer_said: Mapped[bool | None]
    asker_said: Mapped[bool | None]
    offerer_told_at: Mapped[datetime | None]
    asker_told_at: Mapped[datetime | None]
    met_at: Mapped[datetime | None]
    """When both had said yes, and each was given the other's name and address"""
    ended_at: Mapped[datetime | None]
    offer: Mapped[Entry] = relationship(foreign_keys=[offer_id])
    need: Mapped[Entry] = relationship(foreign_keys=[need_id])

    def said_by(self, person_id: int) -> bool | None:
        """What one of the two said; None before they said anything."""
        return self.offerer_said if self.offer.author_id == person_id else self.asker_said

    def own(self, person_id: int) -> Entry:
        """What one of the two told themselves."""
        return self.offer if self.offer.author_id == person_id else self.need

    def other(self, person_id: int) -> Entry:
        """What the other of the two told."""
        return self.need if self.offer.author_id == person_id else self.offer


class NoLetters(Base):
    """That a person wants no letters about what lies near what they told."""

    __tablename__ = "help_match_refused"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    at: Mapped[datetime]
    person: Mapped[Person] = relationship()
