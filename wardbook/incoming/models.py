"""Messages that were taken: of each a digest alone, so that none is taken twice."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Mapped, mapped_column

from wardbook.db import Base
from wardbook.shared import words_of


class Became(StrEnum):
    """What became of a message."""

    ENTRY = "entry"
    DRAFT = "draft"
    REPLY = "reply"
    """An answer to a letter of ours, answered in turn"""
    BOUNCE = "bounce"
    IGNORED = "ignored"
    """Written by a program, by nobody, or too large"""
    UNREADABLE = "unreadable"
    """Nothing could be made of it, and it is not tried again"""
    ALREADY = "already"
    """Taken before"""
    WAITS = "waits"
    """Its sender has had so many letters of ours lately that it is left for the next time"""


class TakenMessage(Base):
    """A message that was taken. Nothing is kept of it but what tells it from others."""

    __tablename__ = "taken_message"

    id: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(unique=True)
    became: Mapped[Became] = mapped_column(words_of(Became, "became"))
    taken_at: Mapped[datetime]
