"""Photos as they are kept: their files, their rows, how they are sent to a reader, and how nothing of one is left."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from flask import send_file
from sqlalchemy import select
from werkzeug.wrappers import Response

from wardbook import jobs
from wardbook.config import settings
from wardbook.db import db
from wardbook.entries.models import Photo
from wardbook.entries.photographs.developing import MOST_BYTES, Prepared, made_small, prepare
from wardbook.errors import NotFound

__all__ = ["MOST_BYTES", "MOST_PHOTOS", "Prepared", "keep", "made_small", "prepare"]
MOST_PHOTOS = 6
MOST_ALT = 200
MAKE_SMALL = "make the small size of a photo"
FORGET = "take the files of photos away"
SIZES = ("large", "small")


@dataclass(frozen=True)
class Laid:
    """A photo whose file is on disk, for good, and of which there is no row yet."""

    key: str
    width: int
    height: int


# --- keeping -----------------------------------------------------------------------------------------------------


def keep(
    prepared: Prepared, *, alt: str, draft_id: str | None = None, entry_id: int | None = None, once: str | None = None
) -> Photo:
    """Write a prepared photo to disk, for good, and then its row: there is never a row without its file."""
    return keep_laid(lay_down(prepared), alt=alt, draft_id=draft_id, entry_id=entry_id, once=once)


def lay_down(prepared: Prepared) -> Laid:
    """Write a prepared photo to disk, for good, outside any transaction. Whoever does not keep it forgets it."""
    key = new_key()
    write(path(key, "large"), prepared.large)
    return Laid(key, prepared.width, prepared.height)


def keep_laid(
    laid: Laid, *, alt: str, draft_id: str | None = None, entry_id: int | None = None, once: str | None = None
) -> Photo:
    """The row of a photo whose file is on disk."""
    photo = Photo(
        key=laid.key, alt=alt, draft_id=draft_id, entry_id=entry_id, width=laid.width, height=laid.height, once=once
    )
    db.session.add(photo)
    db.session.flush()
    jobs.ask(MAKE_SMALL, cause=f"photo {photo.id}", photo=photo.id)
    return photo


def new_key() -> str:
    """What a photo is known by: nobody guesses it."""
    return secrets.token_hex(16)


@jobs.doer(MAKE_SMALL)
def keep_small(task: jobs.Task) -> None:
    """Make the small size of a photo that is still wanted. Until it is there, pages are sent the large one."""
    if (key := _key_of(task.about["photo"])) is None:
        return
    try:
        small = made_small(path(key, "large").read_bytes())
    except FileNotFoundError:
        if _key_of(task.about["photo"]) != key:  # taken away, or blacked out, meanwhile
            return
        raise
    write(path(key, "small"), small)
    if _key_of(task.about["photo"]) != key:
        path(key, "small").unlink(missing_ok=True)


def _key_of(photo_id: int) -> str | None:
    key = db.session.scalar(select(Photo.key).where(Photo.id == photo_id))
    db.session.rollback()
    return key


# --- files -------------------------------------------------------------------------------------------------------


def path(key: str, size: str) -> Path:
    """Where a photo's file lies."""
    return settings().photos / key[:2] / f"{key}-{size}.jpg"


def path_of_original(key: str) -> Path:
    """Where what a photo was before it was blacked out lies: one address, for moderators, sends it."""
    return settings().originals / f"{key}.jpg"


def write(target: Path, content: bytes) -> None:
    """Write a file for good: whole, or not at all."""
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    half = target.with_suffix(".part")
    with half.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    half.rename(target)
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def answer(key: str, size: str) -> Response:
    """A photo's file as an answer; whether it may be seen has been asked before."""
    if size not in SIZES:
        raise NotFound
    there = path(key, size)
    response = _sent(there if there.exists() else path(key, "large"))
    response.headers["Cache-Control"] = "private, no-cache"
    return response


def answer_original(key: str) -> Response:
    """What a photo was, for the one page that shows it; no cache keeps it."""
    response = _sent(path_of_original(key))
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _sent(file: Path) -> Response:
    try:
        return send_file(file, mimetype="image/jpeg")
    except FileNotFoundError:
        raise NotFound from None


def keys_of(photos: Iterable[Photo]) -> list[str]:
    """Every key under which something of these photos lies on disk."""
    return [key for photo in photos for key in (photo.key, photo.original.key if photo.original else None) if key]


def stop_serving(key: str) -> None:
    """Take the files away that are sent under a key; what is kept of it as an original stays."""
    _unlink(_served([key]))


def forget(keys: Iterable[str]) -> None:
    """Take the files of photos away, in every size, and what they were before they were blacked out."""
    _unlink(_every_file(keys))


def drop(gone: Iterable[Photo]) -> None:
    """Take photos away in this transaction. What it asks for takes their files, whoever is ended meanwhile."""
    for photo in gone:
        forget_later(photo)
        db.session.delete(photo)


def forget_later(photo: Photo) -> None:
    """Have every file that a photo has now taken away, once this is committed."""
    jobs.ask(FORGET, cause=f"photo {photo.key}", keys=keys_of([photo]))


@jobs.doer(FORGET)
def forget_files(task: jobs.Task) -> None:
    """Take files away that nothing names any more."""
    forget(task.about["keys"])


def stop_serving_after(response: Response, keys: Iterable[str]) -> Response:
    """Send nothing more under these keys, once the answer, and the commit before it, has gone out."""
    files = _served(keys)
    response.call_on_close(lambda: _unlink(files))
    return response


def _served(keys: Iterable[str]) -> list[Path]:
    return [path(key, size) for key in keys for size in SIZES]


def _every_file(keys: Iterable[str]) -> list[Path]:
    gone = list(keys)
    return [*_served(gone), *(path_of_original(key) for key in gone)]


def _unlink(files: Iterable[Path]) -> None:
    for file in files:
        file.unlink(missing_ok=True)
