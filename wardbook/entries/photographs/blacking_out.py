"""Blacking out a part of a photo: what is shown from then on lacks it, and what was is destroyed after a while."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from wardbook import jobs
from wardbook.chosen import chosen
from wardbook.config import settings
from wardbook.db import db, hold, now, transaction
from wardbook.entries.hearing.authors import tell_author
from wardbook.entries.models import Entry, Original, Photo
from wardbook.entries.photographs import photos
from wardbook.entries.photographs.developing import Box, covered, made_small
from wardbook.errors import Refused
from wardbook.events import Did, Told, done_already, record
from wardbook.policy import Act, Viewer, require

DESTROY = "destroy the originals of photos"
STRAY_AFTER = timedelta(days=1)
"""After this a file in the folder of originals that belongs to no photo was left by something that did not end"""
OVERTAKEN = "Another moderator has changed this photo since you opened it. This is how it is now."


def black_out(viewer: Viewer, entry: Entry, photo: Photo, boxes: Sequence[Box], *, reason: str, once: str) -> list[str]:
    """Cover parts of a photo in both its sizes under a new key; the keys that are served no more.

    Its author is told why. The first time, what it was is kept beside, for moderators alone.
    """
    key = photo.key
    hold(entry)
    hold(photo)
    require(viewer, Act.REDACT_PHOTO, entry)
    if done_already(once):
        return []
    if photo.key != key:
        raise Refused(OVERTAKEN)
    if not reason.strip():
        raise Refused("Give the reason. The author reads it.", field="reason")
    before, after = _covered(photo, boxes)
    if photo.original is None:
        photos.write(photos.path_of_original(key), before)
        photo.original = Original(key=key, kept_at=now())
    _show(photo, after)
    event = record(viewer, Did.BLACKED_OUT, entry, told=Told.AUTHOR, change={"reason": reason.strip()}, once=once)
    tell_author(entry, event, "blacked_out", reason=reason.strip(), until=kept_until(photo))
    return [key]


def kept_until(photo: Photo) -> datetime:
    """When what a photo was is destroyed: of one that is whole, when it would be were a part blacked out now."""
    begun = photo.original.kept_at if photo.original else now()
    return begun + timedelta(days=chosen().keep_originals_days)


def _covered(photo: Photo, boxes: Sequence[Box]) -> tuple[bytes, bytes]:
    try:
        before = photos.path(photo.key, "large").read_bytes()
        return before, covered(before, boxes)
    except OSError:
        raise Refused(
            "The file of this photo cannot be read, so no part of it can be covered: hide the entry."
        ) from None


def uncover(viewer: Viewer, entry: Entry, photo: Photo, *, once: str) -> None:
    """Show a photo as it was sent again, where that is still kept. Its author is told."""
    hold(entry)
    hold(photo)
    require(viewer, Act.REDACT_PHOTO, entry)
    if done_already(once):
        return
    there = photos.path_of_original(photo.original.key) if photo.original else None
    if there is None or not there.exists():
        raise Refused("The original is no longer kept, so this photo stays as it is.")
    photos.forget_later(photo)
    _show(photo, there.read_bytes())
    photo.original = None
    tell_author(entry, record(viewer, Did.UNCOVERED, entry, told=Told.AUTHOR, once=once), "uncovered")


def _show(photo: Photo, large: bytes) -> None:
    """Have a photo shown so from now on, under a key that no cache knows."""
    photo.key = photos.new_key()
    photos.write(photos.path(photo.key, "large"), large)
    photos.write(photos.path(photo.key, "small"), made_small(large))


@jobs.every(DESTROY, minutes=60)
def destroy_originals(_task: jobs.Task) -> None:
    """Destroy what has been kept for as long as the council chose, and whatever an interrupted change has left."""
    with transaction():
        due = now() - timedelta(days=chosen().keep_originals_days)
        over = db.session.scalars(select(Original).where(Original.kept_at <= due)).all()
        gone = [original.key for original in over]
        for original in over:
            db.session.delete(original)
    photos.forget(gone)
    kept = set(db.session.scalars(select(Original.key)))
    db.session.rollback()
    for key in kept:
        photos.stop_serving(key)
    for file in settings().originals.glob("*"):
        written = datetime.fromtimestamp(file.stat().st_mtime, UTC)
        if file.stem not in kept and written < datetime.now(UTC) - STRAY_AFTER:
            file.unlink(missing_ok=True)
