"""What the council has chosen for itself: changed by an administrator on a page, not by whoever runs the server."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import JSON, ForeignKey, select
from sqlalchemy.orm import Mapped, mapped_column

from wardbook.clock import today
from wardbook.db import Base, alone, db, now
from wardbook.policy import Act, Viewer, require


@dataclass(frozen=True)
class Chosen:
    """Every choice, with what holds until the council has made it."""

    message: str = ""
    """What stands at the head of every page: out of hours, a flood, works"""
    message_until: date | None = None
    """The last day on which it stands there"""
    keep_originals_days: int = 14
    """For so many days what a photo was is kept after a part of it was blacked out"""
    held_words: tuple[str, ...] = ()
    """Words and phrases that a moderator reads first, whole, in any case and with any accents"""
    hold_first: bool = False
    """Whether a moderator reads the first thing that anybody tells"""

    @property
    def message_is_over(self) -> bool:
        """Whether there is a message whose last day has passed."""
        return bool(self.message) and self.message_until is not None and self.message_until < today()


_READ: Final[dict[str, Callable[[Any], Any]]] = {"message_until": lambda day: date.fromisoformat(day) if day else None}
"""How a choice is read that JSON has no word for"""


class Choice(Base):
    """One choice that was made, under its name."""

    __tablename__ = "choice"

    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[Any] = mapped_column(JSON)
    changed_at: Mapped[datetime]
    changed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


def chosen() -> Chosen:
    """What holds today: one small query."""
    known = {field.name for field in fields(Chosen)}
    made = db.session.execute(select(Choice.name, Choice.value))
    return Chosen(**{name: _READ.get(name, _as_it_is)(value) for name, value in made if name in known})


def _as_it_is(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def choose(viewer: Viewer, choices: Chosen) -> None:
    """Keep these choices; what is as it was keeps its day and its maker."""
    require(viewer, Act.ADMINISTER)
    alone("choices")
    before = chosen()
    for field in fields(Chosen):
        value = getattr(choices, field.name)
        if value != getattr(before, field.name):
            plain = value.isoformat() if isinstance(value, date) else list(value) if isinstance(value, tuple) else value
            db.session.merge(Choice(name=field.name, value=plain, changed_at=now(), changed_by_id=viewer.id))


def message_today() -> str:
    """What stands at the head of every page today; empty where nothing does."""
    made = chosen()
    return "" if made.message_is_over else made.message
