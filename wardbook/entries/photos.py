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
from werkzeug.wrappers import Response

from wardbook.config import settings
from wardbook.db import db
from wardbook.entries.models import Photo
from wardbook.errors import NotFound, Refused

MOST_PHOTOS = 6
MOST_BYTES = 15_000_000
MOST_PIXELS = 50_000_000
MOST_SIDE = 15_000
_one_at_a_time = Lock()  # a photo at its full size takes hundreds of megabytes
LONGEST_SIDE = {"large": 1600, "small": 480}
FORMATS = ("JPEG", "PNG", "WEBP", "HEIF")

register_heif_opener()


@dataclass(frozen=True)
class Prepared:
    """A photo ready to be kept: JPEG bytes by size, and the width and height of the large one."""

    sizes: dict[str, bytes]
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
    sizes: dict[str, bytes] = {}
    width = height = 0
    for name, side in LONGEST_SIDE.items():
        sized = flat.copy()
        sized.thumbnail((side, side), Image.Resampling.LANCZOS)
        width, height = (sized.size) if name == "large" else (width, height)
        out = io.BytesIO()
        sized.save(out, "JPEG", quality=82, optimize=True, progressive=True)
        sizes[name] = out.getvalue()
    return Prepared(sizes, width, height)


def prepare_each(uploads: Iterable[bytes]) -> list[Prepared]:
    """Prepare what was sent, leaving out empty fields. Raises Refused where there are more than six."""
    sent = [raw for raw in uploads if raw]
    if len(sent) > MOST_PHOTOS:
        raise Refused("Add up to 6 photos.", field="photo")
    return [prepare(raw) for raw in sent]


def keep(prepared: Prepared, *, alt: str, draft_id: str | None = None, entry_id: int | None = None) -> Photo:
    """Write a prepared photo to disk, for good, and then its row: there is never a row without its file."""
    key = secrets.token_hex(16)
    for size, content in prepared.sizes.items():
        _write(path(key, size), content)
    photo = Photo(key=key, alt=alt, draft_id=draft_id, entry_id=entry_id, width=prepared.width, height=prepared.height)
    db.session.add(photo)
    db.session.flush()
    return photo


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
    response = send_file(path(key, size), mimetype="image/jpeg")
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
