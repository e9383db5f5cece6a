"""What happens next with what somebody told, in plain sentences: the same on the page and in the letters."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from statistics import median

from sqlalchemy import func, or_, select

from wardbook.db import db, now
from wardbook.entries.kinds import KINDS, Channel
from wardbook.entries.models import ROUGHLY, Category, Draft, Entry
from wardbook.events import Did, Event
from wardbook.policy import VISITOR, visible
from wardbook.shared import Level, Standing

ANSWERS = (Did.REPLIED, Did.CHANGED_STATE)
FEWEST = 10
"""So many must have been answered within a year before we say how long it takes"""
YEAR = timedelta(days=365)
NO_SERVICE = "unassigned"


@dataclass(frozen=True)
class Wait:
    """Within how many days half of what was told of something had a first answer."""

    of: str
    days: int

    @property
    def words(self) -> str:
        within = "the same day" if self.days == 0 else "a day" if self.days == 1 else f"{self.days} days"
        within = within if self.days == 0 else f"within {within}"
        return f"Of what was told to us about ‘{self.of}’ in the last year, half had a first answer {within}."


def usual_wait(category: Category) -> Wait | None:
    """How long a first answer takes in a category, or where too few were answered there, in its service; None where
    too few were there as well. Counted over what everyone may see.
    """
    first = func.min(Event.at)
    answered = (
        select(Entry.category_id, Entry.told_at, first)
        .join(Event, (Event.thing == Entry.__tablename__) & (Event.thing_id == Entry.id))
        .join(Category, Category.id == Entry.category_id)
        .where(
            Category.service_id == category.service_id, visible(Entry, VISITOR), Entry.channel != Channel.IMPORT,
            Entry.standing == Standing.PUBLISHED, Event.did.in_(ANSWERS), Event.at >= Entry.told_at,
            or_(Entry.author_id.is_(None), Event.actor_id.is_distinct_from(Entry.author_id)),
        )
        .group_by(Entry.id, Entry.category_id, Entry.told_at)
        .having(first >= now() - YEAR)
    )  # fmt: skip
    waits = [(of, (at - told).days) for of, told, at in db.session.execute(answered)]
    here = [days for of, days in waits if of == category.id]
    if len(here) >= FEWEST:
        return Wait(category.name, int(median(here)))
    return Wait(category.service.name, int(median(days for _, days in waits))) if len(waits) >= FEWEST else None


def next_steps(entry: Entry) -> tuple[str, ...]:
    """What happens with an entry after it is told, step by step, as far as it has not happened yet."""
    proof = "You press the button behind the link in our email. Until then only moderators can see it."
    told = [] if entry.confirmed_at else [proof]
    if entry.standing is not Standing.PUBLISHED and entry.held_for:
        told.append("A moderator reads it before it is published. We write to you when they have decided.")
    return (*told, _read_by(entry), *_shown(entry), *_answered(entry))


def _shown(entry: Entry) -> list[str]:
    roughly = f"It is shown roughly, {ROUGHLY}. Only you and officers of the council see the spot."
    return [roughly] if entry.blurred else []


def _read_by(entry: Entry) -> str:
    """Who reads it: for its level, and where officers do, which service."""
    if entry.level is Level.PRIVATE:
        return "Nobody else reads it: it is only for you."
    if entry.level is Level.WARD:
        return "The councillors of the ward it is in can read it. No officer sees it, so none can act on it."
    service = entry.category.service.name if entry.category else NO_SERVICE
    if not KINDS[entry.kind].led:
        return "Officers and councillors read it before they decide anything about this place."
    return "Somebody at the council reads it." if service == NO_SERVICE else f"It is read by the service ‘{service}’."


def _answered(entry: Entry) -> list[str]:
    if entry.level in (Level.PRIVATE, Level.WARD) or not KINDS[entry.kind].led:
        return ["We write to you when somebody answers."] if entry.level is not Level.PRIVATE else []
    wait = usual_wait(entry.category) if entry.category else None
    told = "We write to you when somebody answers, when its state changes, and when it is closed, with the reason."
    asked = "If it is closed, we ask you four weeks later whether it was put right." if entry.kind == "issue" else ""
    return [told, *([wait.words] if wait else []), *([asked] if asked else [])]


def sent_from(draft: Draft) -> Entry | None:
    """What was made of a draft, for whoever typed it: they may not be signed in."""
    rows = select(Entry).where(Entry.once == draft.id, Entry.standing != Standing.ERASED)
    return db.session.scalar(rows)
