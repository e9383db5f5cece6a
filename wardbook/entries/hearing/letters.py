"""To whom we write about what they told, and whether they want it: ended in one press from any, and begun again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import ColumnElement, ForeignKey, delete, or_, select
from sqlalchemy.orm import Mapped, mapped_column

from wardbook.config import settings
from wardbook.db import Base, alone, db, now
from wardbook.entries.kinds import ENTERED
from wardbook.entries.models import Entry
from wardbook.erasure import blanks
from wardbook.errors import NotFound
from wardbook.people.models import Person


class NoLetters(Base):
    """That somebody wants no more letters about an entry of theirs."""

    __tablename__ = "no_letters"

    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, index=True)
    at: Mapped[datetime]


def reaches(told: type[Entry]) -> ColumnElement[bool]:
    """Whether the address of who told this may be written to: proved, or given to staff who entered it for them."""
    return or_(Person.confirmed_at.is_not(None), told.channel.in_(ENTERED))


def reader_of(entry: Entry) -> Person | None:
    """Its author, where they may be written to about it."""
    reader = select(Person).join(Entry, Entry.author_id == Person.id).where(Entry.id == entry.id, reaches(Entry))
    return db.session.scalar(reader)


def wants(entry: Entry, person_id: int | None) -> bool:
    """Whether this person goes on having letters about an entry."""
    return db.session.get(NoLetters, (entry.id, person_id)) is None


def unwanted(person_id: int | None, entries: Sequence[Entry]) -> set[int]:
    """About which of these entries this person wants no letters."""
    ids = [entry.id for entry in entries]
    rows = select(NoLetters.entry_id).where(NoLetters.person_id == person_id, NoLetters.entry_id.in_(ids))
    return set(db.session.scalars(rows))


def stop(entry: Entry, person_id: int) -> None:
    """Write to them no more about it. Said again it changes nothing."""
    alone("letters", entry.id, person_id)
    if wants(entry, person_id):
        db.session.add(NoLetters(entry_id=entry.id, person_id=person_id, at=now()))


def resume(entry: Entry, person_id: int) -> None:
    """Write to them about it again."""
    db.session.execute(
        delete(NoLetters).where(NoLetters.entry_id == entry.id, NoLetters.person_id == person_id)
    )  # fmt: skip


@blanks
def _of_erased(thing: object) -> None:
    if isinstance(thing, Entry):
        db.session.execute(delete(NoLetters).where(NoLetters.entry_id == thing.id))


# --- the address in each letter ----------------------------------------------------------------------------------


def stops_letters(entry: Entry) -> str:
    """The address that ends letters to its author about an entry: it works without signing in."""
    return f"{settings().base_url}/letters/{_signer().dumps([entry.id, entry.author_id])}"


def meant_by(key: str) -> tuple[Entry, int]:
    """The entry and the person of a key. Raises NotFound where we did not sign it, or the entry is no more theirs."""
    try:
        entry_id, person_id = _signer().loads(key)
    except (BadSignature, ValueError):
        raise NotFound from None
    entry = db.session.get(Entry, entry_id)
    if entry is None or entry.author_id != person_id or person_id is None:
        raise NotFound
    return entry, person_id


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(settings().secret_key, salt="letters about an entry")
