"""Four weeks after an issue is closed everyone who told it is asked, once a closing, whether it is put right."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Select,
    UniqueConstraint,
    or_,
    select,
    tuple_,
    union_all,
)
from sqlalchemy.orm import Mapped, aliased, mapped_column, relationship

from wardbook import jobs
from wardbook.config import settings
from wardbook.db import Base, add_once, db, hold, now, transaction
from wardbook.entries.hearing import letters
from wardbook.entries.kinds import Channel, Family, Kind, State, states_in
from wardbook.entries.merging.merged import all_merged, ids_of
from wardbook.entries.models import Entry
from wardbook.entries.steps import step_by
from wardbook.erasure import blanks
from wardbook.errors import NotFound
from wardbook.events import Did, Event
from wardbook.mail import AS_IT_IS, Letter, Words, forget_letters, write_letter, written_anew
from wardbook.people.models import Person
from wardbook.people.queries import viewer_of
from wardbook.policy import Viewer, sees
from wardbook.shared import Standing, words_of

AFTER = timedelta(weeks=4)
NO_LATER = timedelta(weeks=8)
"""What was closed longer ago is not asked about any more: a server that was off asks late, a new one nothing old"""
AT_A_TIME = 100


class Whether(StrEnum):
    """What an author answers."""

    YES = "yes"
    NO = "no"
    CANNOT_SAY = "cannot say"


WHETHER: Final[dict[Whether, str]] = {
    Whether.YES: "Yes, it is put right",
    Whether.NO: "No, it is not",
    Whether.CANNOT_SAY: "I cannot say",
}


class Asked(Base):
    """That somebody who told of an issue was asked about one closing of it, and what they answered."""

    __tablename__ = "asked_whether"
    __table_args__ = (
        CheckConstraint("(answer IS NULL) = (answered_at IS NULL)", name="answered"),
        UniqueConstraint("event_id", "told_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id"), index=True)
    told_id: Mapped[int] = mapped_column(ForeignKey("entry.id"), index=True)
    """What its author is asked as: the issue itself, or one that was merged into it"""
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    """The step that closed it"""
    asked_at: Mapped[datetime] = mapped_column(index=True)
    answer: Mapped[Whether | None] = mapped_column(words_of(Whether, "answer"))
    answered_at: Mapped[datetime | None]
    entry: Mapped[Entry] = relationship(foreign_keys=[entry_id])
    told: Mapped[Entry] = relationship(foreign_keys=[told_id])

    @property
    def author_id(self) -> int | None:
        """Who is asked; nobody any more where they erased what they told, or themselves."""
        return self.told.author_id

    @property
    def standing(self) -> Standing:
        """Where the issue stands: of one that is hidden or withdrawn nobody says anything."""
        return self.entry.standing


# --- asking ------------------------------------------------------------------------------------------------------


@jobs.every("ask whether it is put right", minutes=60)
def ask_authors(_: jobs.Task) -> None:
    """Ask each author whose issue was closed four weeks ago, a hundred in one transaction."""
    last = (0, 0)
    while due := _due(last):
        db.session.rollback()
        last = due[-1]
        with transaction():
            for pair in due:
                _ask(*pair)


def _due(last: tuple[int, int]) -> list[tuple[int, int]]:
    """Issues that have stood closed for four weeks, and what somebody told of each who can be written to and was not
    asked yet: by their ids, from a pair on.
    """
    mine, merged, others = aliased(Entry), aliased(Entry), all_merged()
    own = select(Entry.id.label("entry_id"), mine.id.label("told_id")).join(mine, mine.id == Entry.id)
    beside = select(Entry.id, merged.id).join(others, others.c.into_id == Entry.id)
    beside = beside.join(merged, merged.id == others.c.entry_id)
    found = union_all(_still_due(own, mine, last), _still_due(beside, merged, last))
    rows = db.session.execute(found.order_by("entry_id", "told_id").limit(AT_A_TIME))
    return [(entry_id, told_id) for entry_id, told_id in rows]


def _still_due(rows: Select[int, int], told: type[Entry], last: tuple[int, int]) -> Select[int, int]:
    closed = [state for state in states_in(Family.CLOSED) if state is not State.DUPLICATE]
    asked_as = aliased(Entry)
    asked = select(Asked.id).join(asked_as, asked_as.id == Asked.told_id).where(
        Asked.entry_id == Entry.id, Asked.asked_at > Entry.closed_at, asked_as.author_id == told.author_id
    )  # fmt: skip
    quiet = select(letters.NoLetters.at).where(
        letters.NoLetters.entry_id == told.id, letters.NoLetters.person_id == told.author_id
    )
    return (
        rows.join(Person, Person.id == told.author_id)
        .where(
            Entry.kind == Kind.ISSUE, Entry.state.in_(closed), Entry.standing == Standing.PUBLISHED,
            Entry.closed_at <= now() - AFTER, Entry.closed_at > now() - NO_LATER,
            told.standing == Standing.PUBLISHED, told.channel.not_in([Channel.IMPORT, Channel.DEMO]),
            letters.reaches(told), Person.active, ~asked.exists(), ~quiet.exists(), _closings().exists(),
            tuple_(Entry.id, told.id) > last,
        )
    )  # fmt: skip


def _closings() -> Select[int]:
    """Steps that may have closed an entry, by the council or by residents who put it right: the first one did."""
    return select(Event.id).where(
        Event.thing == Entry.__tablename__, Event.thing_id == Entry.id, Event.at >= Entry.closed_at,
        Event.did.in_([Did.CHANGED_STATE, Did.TOOK_ON]),
    )  # fmt: skip


def _ask(entry_id: int, told_id: int) -> None:
    entry, told = db.session.get_one(Entry, entry_id), db.session.get_one(Entry, told_id)
    hold(entry)
    still = _due((entry_id, told_id - 1))
    closing = db.session.scalar(_closings().where(Entry.id == entry.id).order_by(Event.id).limit(1))
    if (entry_id, told_id) not in still or closing is None or told.author is None:
        return
    if not sees(viewer_of(told.author), entry):
        return
    asked_id = add_once(Asked, entry_id=entry.id, told_id=told.id, event_id=closing, asked_at=now())
    if asked_id is not None:
        said = db.session.get_one(Event, closing)
        write_letter(
            told.author.email, "put_right", cause=f"asked {asked_id}", unsubscribe=letters.stops_letters(told),
            entry=entry, told=told, said=said, by=step_by(said, entry), answers=_addresses(asked_id),
        )  # fmt: skip


@written_anew("put_right")
def _asks_still(letter: Letter) -> Words | None:
    """It leaves only while its reader may see what was closed, and that is closed still."""
    asked = db.session.get(Asked, int(letter.cause.removeprefix("asked ")))
    entry = asked.entry if asked and asked.told.author_id is not None else None
    closed = entry is not None and entry.standing is Standing.PUBLISHED and entry.meaning.family is Family.CLOSED
    return AS_IT_IS if closed and asked and entry and sees(viewer_of(asked.told.author), entry) else None


@blanks
def _letters_that_ask(thing: object) -> None:
    """What was asked and answered is counted still; the letters, which name it, go."""
    if isinstance(thing, Entry):
        asked = db.session.scalars(select(Asked.id).where(or_(Asked.entry_id == thing.id, Asked.told_id == thing.id)))
        forget_letters([f"asked {id_}" for id_ in asked])


# --- the addresses in the letter ---------------------------------------------------------------------------------


def _addresses(asked_id: int) -> list[tuple[str, str]]:
    """Each answer and its address, for the letter."""
    page = f"{settings().base_url}/put-right/{_signer().dumps(asked_id)}"
    return [(label, f"{page}?answer={answer.replace(' ', '-')}") for answer, label in WHETHER.items()]


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(settings().secret_key, salt="is it put right")


def asked_by(key: str) -> Asked:
    """What a key asks, for its author, who holds it. Raises NotFound where we did not sign it, where its author may see
    it no more, and where what they told is no longer out, or no longer part of it.
    """
    try:
        asked = db.session.get(Asked, _signer().loads(key))
    except BadSignature:
        raise NotFound from None
    if asked is None or asked.told.author is None or not sees(author_of(asked), asked.entry):
        raise NotFound
    if asked.told.standing is not Standing.PUBLISHED or asked.told_id not in ids_of(asked.entry):
        raise NotFound
    return asked


def author_of(asked: Asked) -> Viewer:
    """Who is asked."""
    return viewer_of(asked.told.author)


def step_that_closed(asked: Asked) -> Event:
    """The closing that is asked about."""
    return db.session.get_one(Event, asked.event_id)


def is_open_again(asked: Asked) -> bool:
    """Whether it was reopened, or closed anew, since it was asked: nothing is left to answer."""
    latest = _closings().where(Entry.id == asked.entry_id).order_by(Event.id.desc()).limit(1)
    over = asked.entry.meaning.family is not Family.CLOSED or asked.entry.standing is not Standing.PUBLISHED
    return over or db.session.scalar(latest) != asked.event_id
