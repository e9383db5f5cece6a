"""Asking for another look at a decision of moderators, once, and answering: by somebody else where there is one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select

from wardbook.clock import day_in_words
from wardbook.db import alone, db, hold, now
from wardbook.entries.hearing.authors import tell_author
from wardbook.entries.models import Entry
from wardbook.errors import NotFound, Refused
from wardbook.events import Did, Event, Told, record
from wardbook.mail import write_letter
from wardbook.moderation import actions, bans
from wardbook.moderation.models import Appeal, Ban
from wardbook.people.models import Person
from wardbook.policy import Act, Viewer, require
from wardbook.shared import Standing

DECIDED: Final[dict[Did, str]] = {
    Did.HID: "A moderator hid it",
    Did.HELD: "It waits for a moderator to read it",
    Did.ASKED_TO_EDIT: "A moderator asked for a change",
    Did.REDACTED: "A moderator removed words from it",
    Did.BANNED: "A moderator stopped you from contributing",
}


@dataclass(frozen=True)
class Decision:
    """What may be appealed: the step, what it was about, whom it concerns and who took it."""

    event: Event
    entry: Entry | None
    about_id: int | None
    by_id: int | None

    @property
    def words(self) -> str:
        """What was decided."""
        return DECIDED[self.event.did]

    @property
    def reason(self) -> str:
        """Why, as the person reads it."""
        if self.entry is None:
            ban = db.session.scalar(select(Ban.reason).where(Ban.event_id == self.event.id))
            return ban or ""
        return self.event.words or str(self.event.change.get("reason", ""))


def decision(event_id: int) -> Decision | None:
    """A decision that may be appealed, by its step."""
    event = db.session.get(Event, event_id)
    if event is None or event.did not in DECIDED:
        return None
    if event.thing == Entry.__tablename__:
        entry = db.session.get(Entry, event.thing_id)
        return Decision(event, entry, entry.author_id if entry else None, event.actor_id)
    return Decision(event, None, event.thing_id, event.actor_id)


def own_decision(viewer: Viewer, event_id: int) -> Decision:
    """The decision, for whom it is about; for everybody else there is none. Raises NotFound."""
    found = decision(event_id)
    if found is None or viewer.id is None or found.about_id != viewer.id:
        raise NotFound
    return found


def appeal_of(event_id: int) -> Appeal | None:
    """The appeal against a decision, where there is one."""
    return db.session.scalar(select(Appeal).where(Appeal.event_id == event_id))


def open_decision(entry: Entry) -> Event | None:
    """The newest decision about an entry that its author may appeal now, or has."""
    if entry.standing is Standing.HIDDEN:
        wanted = [Did.HID]
    elif entry.standing is Standing.PENDING:
        wanted = [Did.ASKED_TO_EDIT] if entry.asked_to_edit else [Did.HELD]
    else:
        wanted = [Did.REDACTED]
    steps = select(Event).where(Event.thing == Entry.__tablename__, Event.thing_id == entry.id, Event.did.in_(wanted))
    return db.session.scalars(steps.order_by(Event.id.desc()).limit(1)).first()


def appeal(viewer: Viewer, about: Decision, *, words: str) -> Appeal:
    """Ask for another look, in words, once for a decision."""
    require(viewer, Act.APPEAL, about)
    alone("appeal", about.event.id)
    if (there := appeal_of(about.event.id)) is not None:
        return there
    if not words.strip():
        raise Refused("Say why it should be looked at again.", field="words")
    made = Appeal(
        event_id=about.event.id, entry_id=about.entry.id if about.entry else None, person_id=viewer.id, words=words,
        made_at=now(), answer="",
    )  # fmt: skip
    db.session.add(made)
    if about.entry is not None:
        record(viewer, Did.APPEALED, about.entry)
    db.session.flush()
    return made


def answer(viewer: Viewer, made: Appeal, *, changed: bool, words: str) -> Appeal:
    """Answer an appeal: the decision stands, or it is changed as far as it can be. Its author is told why."""
    hold(made)
    about = decision(made.event_id)
    if about is None:
        raise NotFound
    require(viewer, Act.ANSWER_APPEAL, about)
    if made.answered_at is not None:
        raise Refused("Somebody has answered it meanwhile. What they wrote is on this page.")
    if not words.strip():
        raise Refused("Say why. The person reads it.", field="words")
    made.answered_at, made.answered_by_id, made.changed, made.answer = now(), viewer.id, changed, words
    if changed:
        _change(viewer, about)
    _tell(viewer, made, about)
    return made


def _change(viewer: Viewer, about: Decision) -> None:
    """Undo what was decided, as far as that is so still. Words that were removed are gone."""
    entry = about.entry
    if entry is None:
        person = db.session.get(Person, about.about_id) if about.about_id else None
        if person is not None:
            bans.end(person)
    elif about.event.did is Did.HID and entry.standing is Standing.HIDDEN:
        actions.put_back(viewer, entry)
    elif _waits_still(about, entry):
        actions.publish(viewer, entry)


def _waits_still(about: Decision, entry: Entry) -> bool:
    held = about.event.did in (Did.HELD, Did.ASKED_TO_EDIT) and entry.standing is Standing.PENDING
    return held and entry.confirmed_at is not None


def outcome(made: Appeal, about: Decision) -> str:
    """What an answer means for whoever asked, in a sentence; empty where the thing was decided about anew since."""
    did, entry = about.event.did, about.entry
    if entry is None:
        return _outcome_of_ban(made, about)
    if did is Did.REDACTED:
        return "You may write again what was removed: it is not kept." if made.changed else "The words stay removed."
    if made.changed:
        again = "It is published again." if did is Did.HID else "It is published."
        return again if entry.standing is Standing.PUBLISHED else ""
    if did is Did.HID:
        return "It stays hidden." if entry.standing is Standing.HIDDEN else ""
    if entry.standing is not Standing.PENDING:
        return ""
    return "It waits until you have changed it." if did is Did.ASKED_TO_EDIT else "A moderator still reads it first."


def _outcome_of_ban(made: Appeal, about: Decision) -> str:
    if made.changed:
        return "The ban is lifted: you can contribute again."
    ban = db.session.scalar(select(Ban).where(Ban.event_id == about.event.id))
    return f"You may not contribute until the end of {day_in_words(ban.last_day)}." if ban else ""


def _tell(viewer: Viewer, made: Appeal, about: Decision) -> None:
    db.session.flush()
    means = outcome(made, about)
    if about.entry is not None:
        step = record(viewer, Did.ANSWERED_APPEAL, about.entry, told=Told.AUTHOR)
        tell_author(about.entry, step, "appeal_answered", made=made, about=about, means=means)
    elif made.person is not None:
        record(viewer, Did.ANSWERED_APPEAL, made.person)
        write_letter(
            made.person.email, "appeal_answered", cause=f"appeal {made.id}", entry=None, made=made, about=about,
            means=means,
        )  # fmt: skip


def waiting() -> Sequence[Appeal]:
    """Appeals against bans that wait for an answer, the oldest first: those about entries stand with these."""
    rows = select(Appeal).where(Appeal.answered_at.is_(None), Appeal.entry_id.is_(None))
    return db.session.scalars(rows.order_by(Appeal.id).limit(100)).all()


def appeals_about(entry: Entry) -> Sequence[Appeal]:
    """All appeals about an entry, oldest first."""
    return db.session.scalars(select(Appeal).where(Appeal.entry_id == entry.id).order_by(Appeal.id)).all()
