"""What things have in common: the columns of a thing people share, and of a thing with a shape."""

from __future__ import annotations

import re
import secrets
from enum import StrEnum
from typing import ClassVar, Final

import shapely
from sqlalchemy import Boolean as SqlBoolean
from sqlalchemy import CheckConstraint, Column, Enum, Float, ForeignKey, Index, Integer, Table
from sqlalchemy.orm import Mapped, mapped_column

from wardbook.db import Base
from wardbook.errors import Refused


class Level(StrEnum):
    """Who a thing is for: one ordered scale, from its author alone to everyone."""

    PRIVATE = "private"
    WARD = "ward"
    COUNCIL = "council"
    PUBLIC = "public"


def no_wider_than(level: Level) -> list[Level]:
    """This level and the narrower ones, narrowest first."""
    return list(Level)[: list(Level).index(level) + 1]


class Standing(StrEnum):
    """Whether a thing stands at all, beside the state of its kind."""

    PENDING = "pending"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"
    HIDDEN = "hidden"
    ERASED = "erased"


STANDING_MOVES: Final[dict[Standing, set[Standing]]] = {
    Standing.PENDING: {Standing.PUBLISHED, Standing.WITHDRAWN, Standing.HIDDEN, Standing.ERASED},
    Standing.PUBLISHED: {Standing.PENDING, Standing.WITHDRAWN, Standing.HIDDEN, Standing.ERASED},
    Standing.WITHDRAWN: {Standing.ERASED},
    Standing.HIDDEN: {Standing.PENDING, Standing.PUBLISHED, Standing.ERASED},
    Standing.ERASED: set(),
}
"""From where to where a thing's standing may go; who may move it is the policy's."""


def words_of(enum: type[StrEnum], name: str) -> Enum:
    """A column type that keeps the words of an enum and a CHECK that holds them."""
    return Enum(
        enum,
        values_callable=lambda members: [str(member.value) for member in members],
        native_enum=False,
        create_constraint=True,
        name=name,
        length=32,
    )


class Shared:
    """A thing somebody shares: its author, who it is for and whether it stands. `policy.visible` reads these."""

    id: Mapped[int] = mapped_column(primary_key=True)
    author_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    level: Mapped[Level] = mapped_column(words_of(Level, "level"))
    standing: Mapped[Standing] = mapped_column(words_of(Standing, "standing"))


def move_standing(thing: Shared, to: Standing) -> dict[str, list[Standing]]:
    """Give a thing another standing, as the table has it; the change, to be recorded with the deed."""
    before = thing.standing
    if to not in STANDING_MOVES[before]:
        raise Refused(f"What is {before} cannot become {to}.")
    thing.standing = to
    return {"standing": [before, to]}


class Located:
    """A thing with a shape of its own, kept for good in WGS 84; the areas it lies in are rows derived from it."""

    geometry: Mapped[shapely.Geometry]
    lies_in: ClassVar[Table]
    """thing_id, area_id, share (1 for a point), nearest (lay in no area: the nearest was taken)"""


def lies_in_table(of: str) -> Table:
    """The table of the areas in which the things of a table lie."""
    return Table(
        f"{of}_lies_in",
        Base.metadata,
        Column("thing_id", Integer, ForeignKey(f"{of}.id", ondelete="CASCADE"), primary_key=True),
        Column("area_id", Integer, ForeignKey("area.id", ondelete="CASCADE"), primary_key=True),
        Column("share", Float, nullable=False),
        Column("nearest", SqlBoolean, nullable=False, default=False),
        CheckConstraint("share > 0 AND share <= 1", name="share"),
        Index(f"ix_{of}_lies_in_area_id_thing_id", "area_id", "thing_id"),
    )


class ForALevel:
    """A thing made for the readers of a level from what others told: its author reads it as one of them, no longer.

    It may be restricted, on a ground, to its author and the people named; nobody else then knows of it.
    """

    ground: Mapped[str | None]
    named: ClassVar[Table]
    """thing_id, person_id: to whom it is restricted"""


def named_table(of: str) -> Table:
    """The table of the people to whom the things of a table are restricted."""
    return Table(
        f"{of}_named",
        Base.metadata,
        Column("thing_id", Integer, ForeignKey(f"{of}.id", ondelete="CASCADE"), primary_key=True),
        Column("person_id", Integer, ForeignKey("person.id", ondelete="CASCADE"), primary_key=True),
        Index(f"ix_{of}_named_person_id", "person_id"),
    )


LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""No letter or figure that is mistaken for another when read out."""


OF_A_REFERENCE = 5
"""So many letters and figures it has after its prefix"""


def new_reference(prefix: str) -> str:
    """`WB-7K3QD`: short enough to read out on the telephone, random so that it tells nothing. 24 million a prefix."""
    return f"{prefix}-" + "".join(secrets.choice(LETTERS) for _ in range(OF_A_REFERENCE))


def reference_typed(words: str, prefix: str) -> str:
    """A reference however it is typed or read out: `wb 7k3qd`, `WB7K3QD` and `7K3QD` are WB-7K3QD."""
    compact = re.sub(r"[\s-]", "", words).upper()
    whole = len(compact) == len(prefix) + OF_A_REFERENCE
    return f"{prefix}-{compact.removeprefix(prefix) if whole else compact}"
