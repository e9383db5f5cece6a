"""Telling the author of an entry, and those who told what was merged into it, of a step that somebody else took."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from wardbook.db import db
from wardbook.entries.hearing import letters
from wardbook.entries.merging.merged import ids_of
from wardbook.entries.models import Entry
from wardbook.events import Event
from wardbook.mail import AS_IT_IS, Letter, Words, write_letter, written_anew
from wardbook.people.queries import person_by_email, viewer_of
from wardbook.policy import sees
from wardbook.shared import Standing

CAN_BE_ENDED = frozenset({"update", "published", "taken_on", "merged", "joined"})
"""Letters that an author can have no more of. Of moderation, and of who sees what they told, they are always told."""


def tell_author(entry: Entry, event: Event, letter: str = "update", **words: Any) -> None:
    """Write to its author of a step that somebody else took."""
    author = letters.reader_of(entry)
    if author is None or author.id == event.actor_id:
        return
    ends = letter in CAN_BE_ENDED
    if ends and not letters.wants(entry, author.id):
        return
    db.session.flush()
    write_letter(
        author.email, letter, cause=f"event {event.id}", unsubscribe=letters.stops_letters(entry) if ends else "",
        entry=entry, event=event, **words,
    )  # fmt: skip


def tell_those_merged(entry: Entry, event: Event) -> None:
    """Write the same to those who told what was merged into it, where they may see it and want letters about theirs."""
    own = select(Entry).where(Entry.id.in_(ids_of(entry)[1:]), Entry.standing == Standing.PUBLISHED).order_by(Entry.id)
    for merged in db.session.scalars(own).all():
        person = letters.reader_of(merged)
        if person is None or person.id in (entry.author_id, event.actor_id):
            continue
        if letters.wants(merged, person.id) and sees(viewer_of(person), entry):
            db.session.flush()
            write_letter(
                person.email, "update", cause=f"event {event.id}", unsubscribe=letters.stops_letters(merged),
                entry=entry, event=event,
            )  # fmt: skip


@written_anew("update")
@written_anew("taken_on")
@written_anew("differed")
@written_anew("not_right")
def _asked_again(letter: Letter) -> Words | None:
    """Of what somebody else told, it leaves only while its reader may see it."""
    event = db.session.get(Event, int(letter.cause.removeprefix("event ")))
    entry = db.session.get(Entry, event.thing_id) if event else None
    reader = person_by_email(letter.to)
    told_it = entry is not None and reader is not None and reader.id == entry.author_id
    return AS_IT_IS if entry and (told_it or sees(viewer_of(reader), entry)) else None
