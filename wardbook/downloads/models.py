"""A file that somebody took, or asked to have made: who, what, when."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from wardbook.config import settings
from wardbook.db import Base
from wardbook.people.models import Person


class Download(Base):
    """One file. A long one is made by a job and kept for a day; its row stays, as does that of one given at once."""

    __tablename__ = "download"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    """Long and random: a visitor's file is known by it alone"""
    once: Mapped[str | None] = mapped_column(unique=True)
    """The form it came from: pressed twice, it is still one file."""
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    asked_at: Mapped[datetime]
    source: Mapped[str] = mapped_column(index=True)
    """What it is of: `entries`, `brief`, or the reference of a brief that is kept"""
    about: Mapped[dict[str, Any]] = mapped_column(JSON)
    """Which of them: the place and the filters, as in the address of its page"""
    form: Mapped[str]
    made_at: Mapped[datetime | None]
    entries: Mapped[int | None]
    size: Mapped[int | None] = mapped_column(BigInteger)
    keep_until: Mapped[datetime | None]
    """Until when its file is kept; none for one that was given at once"""
    refused_for: Mapped[str | None]
    """Why it could not be made, in words for who asked"""
    taken_at: Mapped[datetime | None]
    """When it was last taken"""
    asked_by: Mapped[Person | None] = relationship()

    @property
    def file(self) -> Path:
        return folder() / f"{self.key}.{self.form}"

    @property
    def references(self) -> Path:
        """The references of the entries in it, one a line: they are looked up again before it is given."""
        return folder() / f"{self.key}.refs"


def folder() -> Path:
    """Where files that were made lie."""
    return settings().home / "files"
