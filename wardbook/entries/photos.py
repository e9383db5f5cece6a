"""Photographs: read from whatever a phone makes, turned upright, bounded and written anew, so that no trace is left.

Nothing of the file that was sent is kept: what is stored is made from the pixels alone.
"""

from __future__ import annotations

import io
import os
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from flask import send_file
from PIL import Image, ImageOps, UnidentifiedImageError
from pillow_heif import register_heif_opener
from sqlalchemy import select
from werkzeug.wrappers import Response

from wardbook import jobs
from wardbook.config import settings
from wardbook.db import db
from wardbook.entries.models import Photo
from wardbook.errors import NotFound, Refused

MOST_PHOTOS = 6
MOST_BYTES = 15_000_000
MOST_PIXELS = 50_000_000
MOST_SIDE = 15_000
_one_at_a_time = Lock()  # a photo at its full size takes hundreds of megabytes
MAKE_SMALL = "make the small size of a photo"
LONGEST_SIDE = {"large": 1600, "small": 480}
FORMATS = ("JPEG", "PNG", "WEBP", "HEIF")

register_heif_opener()


@dataclass(frozen=True)
class Prepared:
    """A photo ready to be kept, as JPEG at its large size; the small one is made of it by a job."""

    large: bytes
    width: int
    height: int


def prepare(raw: bytes) -> Prepared:
    """Read what was sent and write it anew. Costly: done before the write lock is taken.

    Raises Refused where it is too large, not a photograph we can read, or damaged.
    """
    if len(raw) > MOST_BYTES:
        raise Refused("The photo must be smaller than 15 MB.", field="photo")
    try:
        image = Image.open(io.BytesIO(raw), formats=FORMATS)
        if image.width * image.height > MOST_PIXELS:
            raise Refused("The photo must have fewer than 50 million pixels.", field="photo")
        if max(image.size) > MOST_SIDE:
            raise Refused("No side of the photo may be longer than 15,000 pixels.", field="photo")
        with _one_at_a_time:
            return _anew(image)
    except UnidentifiedImageError:
        raise Refused("The photo must be a JPEG, PNG, WebP or HEIC file.", field="photo") from None
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError, Image.DecompressionBombWarning, EOFError):
        raise Refused("The photo cannot be read: it may be damaged. Try another.", field="photo") from None


def _anew(image: Image.Image) -> Prepared:
    image.draft("RGB", (LONGEST_SIDE["large"], LONGEST_SIDE["large"]))
    image.load()
    bounded = image.convert("RGBA") if image.mode in {"P", "PA", "1"} else image
    bounded.thumbnail((LONGEST_SIDE["large"], LONGEST_SIDE["large"]), Image.Resampling.LANCZOS)
    bounded.getexif().update(image.getexif())
    upright = ImageOps.exif_transpose(bounded)
    flat = Image.new("RGB", upright.size, "white")
    rgba = upright.convert("RGBA")
    flat.paste(rgba, mask=rgba.getchannel("A"))
    return Prepared(_as_jpeg(flat), *flat.size)


def _as_jpeg(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=82, optimize=True, progressive=True)
    return out.getvalue()


def made_small(large: bytes) -> bytes:
    """The small size of a photo that was made anew before."""
    image = Image.open(io.BytesIO(large), formats=("JPEG",))
    image.thumbnail((LONGEST_SIDE["small"], LONGEST_SIDE["small"]), Image.Resampling.LANCZOS)
    return _as_jpeg(image)


def prepare_each(uploads: Iterable[bytes]) -> list[Prepared]:
    """Prepare what was sent, leaving out empty fields. Raises Refused where there are more than six."""
    sent = [raw for raw in uploads if raw]
    if len(sent) > MOST_PHOTOS:
        raise Refused("Add up to 6 photos.", field="photo")
    return [prepare(raw) for raw in sent]


def keep(prepared: Prepared, *, alt: str, draft_id: str | None = None, entry_id: int | None = None) -> Photo:
    """Write a prepared photo to disk, for good, and then its row: there is never a row without its file."""
    key = secrets.token_hex(16)
    _write(path(key, "large"), prepared.large)
    photo = Photo(key=key, alt=alt, draft_id=draft_id, entry_id=entry_id, width=prepared.width, height=prepared.height)
    db.session.add(photo)
    db.session.flush()
    jobs.ask(MAKE_SMALL, cause=f"photo {photo.id}", photo=photo.id)
    return photo


@jobs.doer(MAKE_SMALL)
def keep_small(task: jobs.Task) -> None:
    """Make the small size of a photo that is still wanted. Until it is there, pages are sent the large one."""
    if (key := _key_of(task.about["photo"])) is None:
        return
    try:
        small = made_small(path(key, "large").read_bytes())
    except FileNotFoundError:
        if _key_of(task.about["photo"]) is None:  # taken out of its draft meanwhile
            return
        raise
    _write(path(key, "small"), small)
    if _key_of(task.about["photo"]) is None:
        path(key, "small").unlink(missing_ok=True)


def _key_of(photo_id: int) -> str | None:
    key = db.session.scalar(select(Photo.key).where(Photo.id == photo_id))
    db.session.rollback()
    return key


def path(key: str, size: str) -> Path:
    """Where a photo's file lies."""
    return settings().photos / key[:2] / f"{key}-{size}.jpg"


def _write(target: Path, content: bytes) -> None:
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
    if size not in LONGEST_SIDE:
        raise NotFound
    there = path(key, size)
    response = send_file(there if there.exists() else path(key, "large"), mimetype="image/jpeg")
    response.headers["Cache-Control"] = "private, no-cache"
    return response


def forget_after(response: Response, keys: Sequence[str]) -> Response:
    """Take the files of photos away once the answer, and the commit before it, has gone out."""
    paths = [path(key, size) for key in keys for size in LONGEST_SIDE]

    @response.call_on_close
    def _forget() -> None:
        for gone in paths:
            gone.unlink(missing_ok=True)

    return response
