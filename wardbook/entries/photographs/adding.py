"""Photos as they are sent: each read by itself, the good ones kept as they come, and of another said why not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select

from wardbook.db import db, hold
from wardbook.entries import holding
from wardbook.entries.actions import hold_again
from wardbook.entries.models import Draft, Entry, Photo
from wardbook.entries.photographs import photos
from wardbook.entries.photographs.photos import MOST_PHOTOS, Prepared
from wardbook.errors import Refused
from wardbook.events import Did, done_already, record
from wardbook.policy import Act, Viewer, require
from wardbook.shared import Standing

LONGEST_NAME = 60
FULL = f"You can add up to {MOST_PHOTOS} photos: remove one first."


@dataclass(frozen=True)
class Upload:
    """One file that was sent: made ready, or why it could not be."""

    name: str
    prepared: Prepared | None
    why: str = ""

    def in_words(self, why: str) -> str:
        """Which file it is, and what is the matter with it."""
        return f"‘{self.name}’ was not added. {why}"


@dataclass(frozen=True)
class Changes:
    """What somebody does with the photos of what they tell."""

    uploads: Sequence[Upload] = ()
    alts: Mapping[int, str] = field(default_factory=dict)
    """What each photo shows, by its id"""
    remove: int | None = None
    once: str = ""


@dataclass
class Outcome:
    """What became of it."""

    photos: int = 0
    """How many there are now"""
    added: int = 0
    altered: bool = False
    gone: bool = False
    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def changed(self) -> bool:
        """Whether anything is other than it was."""
        return bool(self.added or self.altered or self.gone)


def read_uploads(sent: Iterable[tuple[str, bytes]]) -> list[Upload]:
    """Make ready what was sent, each by itself. Costly: done before the write lock is taken.

    Once six are good, no more are read: they could not be kept.
    """
    read: list[Upload] = []
    for name, raw in sent:
        if raw or name:
            full = sum(one.prepared is not None for one in read) >= MOST_PHOTOS
            read.append(Upload(_short(name), None, FULL) if full else _read(_short(name), raw))
    return read


def _short(name: str) -> str:
    plain = "".join(sign for sign in name.replace("\\", "/").rsplit("/", 1)[-1] if sign.isprintable()).strip()
    return plain[:LONGEST_NAME] + ("…" if len(plain) > LONGEST_NAME else "") or "The photo"


def _read(name: str, raw: bytes) -> Upload:
    try:
        return Upload(name, photos.prepare(raw))
    except Refused as refused:
        return Upload(name, None, refused.sentence)


def change_draft_photos(draft: Draft, changes: Changes) -> Outcome:
    """Add to the photos of a draft that its browser holds, take one out, say what they show."""
    return _change([photo for photo in draft.photos if photo.entry_id is None], changes, draft_id=draft.id)


def change_photos(viewer: Viewer, entry: Entry, changes: Changes) -> Outcome:
    """Do the same with one's own entry. It waits for a moderator again where there is a reason (`holding`)."""
    hold(entry)
    require(viewer, Act.EDIT, entry)
    if done_already(changes.once):
        return Outcome(photos=len(entry.photos))
    earlier = holding.texts_of(entry, entry.photos) if entry.standing is Standing.PUBLISHED else {}
    outcome = _change(entry.photos, changes, entry_id=entry.id)
    if outcome.changed:
        entry.edited()
        record(viewer, Did.CHANGED_PHOTOS, entry, once=changes.once)
        db.session.flush()
        db.session.expire(entry, ["photos"])
        hold_again(entry, earlier)
    return outcome


def _change(
    there: Sequence[Photo], changes: Changes, *, draft_id: str | None = None, entry_id: int | None = None
) -> Outcome:
    outcome = Outcome(problems=[one.in_words(one.why) for one in changes.uploads if one.prepared is None])
    for photo in there:
        told = changes.alts.get(photo.id)
        if photo.id == changes.remove:
            photos.drop([photo])
            outcome.gone = True
        elif told is not None and told != photo.alt:
            photo.alt, outcome.altered = told, True
    room = MOST_PHOTOS - len(there) + outcome.gone
    good = [] if _kept_before(changes.once) else [one for one in changes.uploads if one.prepared is not None]
    for number, one in enumerate(good):
        if number >= room:
            outcome.problems.append(one.in_words(FULL))
        elif one.prepared is not None:
            once = f"{changes.once}:{number}"
            photos.keep(one.prepared, alt="", draft_id=draft_id, entry_id=entry_id, once=once)
            outcome.added += 1
            outcome.notes += [f"‘{one.name}’ {one.prepared.noted}."] if one.prepared.noted else []
    outcome.photos = MOST_PHOTOS - room + outcome.added
    return outcome


def _kept_before(once: str) -> bool:
    """Whether photos of this very form were kept: its button was pressed twice."""
    return db.session.scalar(select(Photo.id).where(Photo.once == f"{once}:0")) is not None
