"""Telling followers of a step: at once by a letter, or by putting it down for their next digest."""

from __future__ import annotations

from itertools import count, takewhile

from sqlalchemy import select

from wardbook import jobs
from wardbook.db import add_once, db, hold, now, transaction
from wardbook.entries.models import Entry
from wardbook.entries.steps import step_by, step_in_words, step_outcome, step_said
from wardbook.events import TELL_FOLLOWERS, Event
from wardbook.follows import queries
from wardbook.follows.keys import key_in, stops
from wardbook.follows.models import Follow, News, Rhythm
from wardbook.follows.things import thing_of
from wardbook.mail import Letter, Words, write_letter, written_anew
from wardbook.people.models import Person
from wardbook.people.queries import viewer_of
from wardbook.policy import sees
from wardbook.shared import Standing

CAUSE = "event "
"""How the cause of every letter about a step begins"""
AT_A_TIME = 50
"""Followers told in one transaction, so that nobody waits long to write."""


@jobs.doer(TELL_FOLLOWERS)
def tell(task: jobs.Task) -> None:
    """Tell everybody who follows the entry of a step, or a place in which it lies."""
    event_id = int(task.about["event"])
    entry = _entry_of(event_id)
    ids = [follow.id for follow in queries.following(entry)] if entry else []
    db.session.rollback()
    for some in takewhile(bool, (ids[at : at + AT_A_TIME] for at in count(0, AT_A_TIME))):
        with transaction():
            _tell_some(event_id, some)


def _entry_of(event_id: int) -> Entry | None:
    step = select(Event.thing_id).where(Event.id == event_id, Event.thing == Entry.__tablename__)
    return db.session.scalar(select(Entry).where(Entry.id.in_(step)))


def _tell_some(event_id: int, follow_ids: list[int]) -> None:
    event, entry = db.session.get_one(Event, event_id), _entry_of(event_id)
    hold(entry)  # what is erased meanwhile waits, and then takes the letters back
    for follow_id in follow_ids:
        follow = db.session.get_one(Follow, follow_id)
        if entry is None or follow.ended_at is not None or follow.person_id == event.actor_id:
            continue
        if follow.rhythm is Rhythm.AT_ONCE:
            _write(follow, event, entry)
        else:
            add_once(News, follow_id=follow.id, event_id=event.id, made_at=now())


def _write(follow: Follow, event: Event, entry: Entry) -> None:
    """Write to a follower who may see the entry now; the same cause as its author's letter, so nobody gets two."""
    if (words := _words(follow, event, entry)) is not None:
        write_letter(follow.person.email, "news", cause=f"{CAUSE}{event.id}", unsubscribe=stops(follow), **words)


def _words(follow: Follow, event: Event, entry: Entry) -> Words | None:
    """What a follower reads of a step; None where they may not see the entry, or what they follow, now."""
    thing = thing_of(follow, viewer_of(follow.person))
    if thing is None or not hears(follow.person, entry):
        return None
    return {
        "entry": entry, "did": step_in_words(event, entry), "by": step_by(event, entry),
        "said": step_said(event, entry), "thing": thing, "outcome": step_outcome(event),
    }  # fmt: skip


@written_anew("news")
def _anew(letter: Letter) -> Words | None:
    """What it says today, to somebody who still follows and may still see it."""
    event_id = int(letter.cause.removeprefix(CAUSE))
    event, entry = db.session.get(Event, event_id), _entry_of(event_id)
    follows = [one for one in queries.ended_by(key_in(letter.unsubscribe or "")) if one.ended_at is None]
    return _words(follows[0], event, entry) if event and entry and follows else None


def hears(person: Person, entry: Entry) -> bool:
    """Whether a person may be told of an entry today: what they may see, and only while it is in the open."""
    return person.active and entry.standing is Standing.PUBLISHED and sees(viewer_of(person), entry)
