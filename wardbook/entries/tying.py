"""Notes tied to notes: a later one that supersedes one's own, and one that sees another's differently."""

from __future__ import annotations

from wardbook.db import db, hold, now
from wardbook.entries.actions import NoteDetails, Telling, write_note
from wardbook.entries.hearing.authors import tell_author
from wardbook.entries.kinds import Kind, State
from wardbook.entries.models import Entry, Superseded
from wardbook.errors import Refused
from wardbook.events import Did, Event, Told, done_already, record
from wardbook.people.models import Person
from wardbook.people.queries import viewer_of
from wardbook.policy import Act, Viewer, require, sees
from wardbook.shared import Level, Standing, no_wider_than


def levels_of_a_view(note: Entry) -> list[Level]:
    """Who a differing view may be for: no wider than what it is about, and not its writer alone."""
    return [level for level in reversed(no_wider_than(note.level)) if level is not Level.PRIVATE]


def differ(viewer: Viewer, note: Entry, telling: Telling, about: NoteDetails, author: Person) -> Entry:
    """Put a view beside somebody else's note, with how one knows. Neither is changed by the other.

    The view is a note of its own on the same ground. The other's writer is told where they may see it.
    """
    hold(note)
    require(viewer, Act.DIFFER, note)
    if telling.level not in levels_of_a_view(note):
        raise Refused("Choose who may see it: no more people than see the note itself.", field="level")
    view = write_note(viewer, telling, about, author)
    if view.differs_from_id is None:
        view.differs_from_id = note.id
        db.session.flush()
        _tell_the_other(note, view)
    return view


def _tell_the_other(note: Entry, view: Entry) -> None:
    if note.author is None or not sees(viewer_of(note.author), view):
        return
    posted = db.session.query(Event).filter_by(thing=Entry.__tablename__, thing_id=view.id, did=Did.POSTED).one()
    posted.told = Told.WRITER_OF_THE_OTHER
    tell_author(note, posted, "differed", view=view)


def write_later(viewer: Viewer, note: Entry, telling: Telling, about: NoteDetails, author: Person) -> Entry:
    """Write a note that takes the place of an older one of one's own."""
    hold(note)
    require(viewer, Act.SUPERSEDE, note)
    later = write_note(viewer, telling, about, author)
    return supersede(viewer, note, later, once=f"{telling.once}-supersedes")


def supersede(viewer: Viewer, note: Entry, later: Entry, *, once: str) -> Entry:
    """Say that a later note of one's own takes the place of an older one; both are kept, and lead to each other."""
    hold(note)
    require(viewer, Act.SUPERSEDE, note)
    if done_already(once):
        return later
    _check(viewer, note, later)
    before, note.state, note.changed_at = note.state, State.SUPERSEDED, now()
    db.session.add(Superseded(entry_id=note.id, by_id=later.id))
    record(viewer, Did.SUPERSEDED, note, change={"state": [before, note.state]}, once=once)
    return later


def _check(viewer: Viewer, note: Entry, later: Entry) -> None:
    """Only a current note takes a place, so that none is reached from itself."""
    if db.session.get(Superseded, note.id) is not None:
        raise Refused("Another note takes its place already.", field="ref")
    if later.kind is not Kind.NOTE or later.author_id != viewer.id:
        raise Refused("Choose a note that you wrote yourself.", field="ref")
    if later.id == note.id:
        raise Refused("A note cannot take its own place. Enter the reference of the later one.", field="ref")
    if later.state is not State.CURRENT or later.standing is not Standing.PUBLISHED:
        raise Refused(f"{later.ref} is not current itself, so it cannot take the place of this one.", field="ref")
