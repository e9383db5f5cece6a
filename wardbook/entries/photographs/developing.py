"""Photographs read from whatever a phone makes: turned upright, coloured right, bounded, and written anew as JPEG.

Nothing of the file that was sent is kept: what is stored is made from the pixels alone.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor
from threading import Lock
from typing import Final

from PIL import Image, ImageChops, ImageCms, ImageDraw, UnidentifiedImageError
from pillow_heif import register_heif_opener

from wardbook.errors import Refused

MOST_BYTES = 15_000_000
MOST_PIXELS = 51_000_000
"""A telephone of 50 megapixels makes 8160 by 6144"""
MOST_SIDE = 15_000
LARGE, SMALL = 1600, 480
"""The longest side of each size, in pixels"""
FORMATS = ("JPEG", "PNG", "WEBP", "HEIF")
MOVING: Final = "moves: only its first picture is kept"
_one_at_a_time = Lock()  # a photo at its full size takes hundreds of megabytes
_ORIENTATION = 0x0112
_UPRIGHT: Final = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""How a picture is turned upright, by what EXIF says of how the camera was held"""
_SPACES: Final = {"RGB": "RGB ", "CMYK": "CMYK", "L": "GRAY"}
"""The colour space a profile must be of, by the mode of the picture it is in"""

register_heif_opener()


@dataclass(frozen=True)
class Prepared:
    """A photo ready to be kept, as JPEG at its large size; the small one is made of it by a job."""

    large: bytes
    width: int
    height: int
    noted: str = ""
    """What whoever sent it should know of what was made of it: `moves: only its first picture is kept`"""


@dataclass(frozen=True)
class Box:
    """A rectangle of a picture, in percent of its width and height from its upper left corner."""

    left: float
    top: float
    width: float
    height: float


def prepare(raw: bytes) -> Prepared:
    """Read what was sent and write it anew. Costly: done before the write lock is taken.

    Raises Refused where it is too large, not a photograph we can read, or damaged. How many pixels it says it has is
    asked before anything of them is read.
    """
    if len(raw) > MOST_BYTES:
        raise Refused("The photo must be smaller than 15 MB.", field="photo")
    try:
        _refuse_vast(_canvas_of_webp(raw))
        image = Image.open(io.BytesIO(raw), formats=FORMATS)
        _refuse_vast(image.size)
        with _one_at_a_time:
            return _anew(image)
    except Refused:
        raise
    except UnidentifiedImageError:
        raise _damaged() if _begins_like_a_photo(raw) else _of_no_kind() from None
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise _vast() from None
    except Exception:  # whatever a decoder makes of a broken file
        raise _damaged() from None


def _refuse_vast(size: tuple[int, int]) -> None:
    if size[0] * size[1] > MOST_PIXELS:
        raise _vast()
    if max(size) > MOST_SIDE:
        raise Refused("No side of the photo may be longer than 15,000 pixels.", field="photo")


def _vast() -> Refused:
    return Refused("The photo must have 51 million pixels or fewer.", field="photo")


def _damaged() -> Refused:
    return Refused("The photo cannot be read: it may be damaged. Try another.", field="photo")


def _of_no_kind() -> Refused:
    return Refused("The photo must be a JPEG, PNG, WebP or HEIC file.", field="photo")


def _begins_like_a_photo(raw: bytes) -> bool:
    webp = raw[:4] == b"RIFF" and raw[8:12] == b"WEBP"
    heif = raw[4:8] == b"ftyp" and raw[8:12] in {b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1"}
    return raw.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")) or webp or heif


def _canvas_of_webp(raw: bytes) -> tuple[int, int]:
    """The size an extended WebP says it has: its decoder takes the memory for it as soon as it is opened."""
    if raw[:4] != b"RIFF" or raw[8:16] != b"WEBPVP8X" or len(raw) < 30:
        return 0, 0
    width, height = (struct.unpack("<I", raw[at : at + 3] + b"\0")[0] + 1 for at in (24, 27))
    return width, height


def _anew(image: Image.Image) -> Prepared:
    noted = MOVING if image.format in {"PNG", "WEBP"} and getattr(image, "is_animated", False) else ""
    turn, profile = _UPRIGHT.get(_orientation(image)), image.info.get("icc_profile")
    image.draft("RGB", (LARGE, LARGE))
    image.load()
    bounded = _plain(image)
    bounded.thumbnail((LARGE, LARGE), Image.Resampling.LANCZOS)
    flat = _on_white(bounded, profile)
    upright = flat.transpose(turn) if turn is not None else flat
    return Prepared(as_jpeg(upright), *upright.size, noted=noted)


def _orientation(image: Image.Image) -> int:
    """How the camera was held; upright where what is said of it cannot be read. HEIC is upright when it is opened."""
    try:
        return int(image.getexif().get(_ORIENTATION, 1))
    except Exception:
        return 1


def _plain(image: Image.Image) -> Image.Image:
    """The picture in a mode that can be made smaller without a change of its colours."""
    if image.mode.startswith("I"):  # 16 bits of grey: a conversion would clip what is above 255
        return image.point(lambda value: value / 256).convert("L")
    if image.mode in {"P", "PA", "1"}:
        return image.convert("RGBA")
    if image.mode == "CMYK" and "adobe" not in image.info:  # Pillow turns every one round, as Adobe writes them
        return ImageChops.invert(image)
    return image


def _on_white(image: Image.Image, profile: object) -> Image.Image:
    """The picture in sRGB, what is see-through on white. Made new, so that nothing that came beside it is left."""
    flat = Image.new("RGB", image.size, "white")
    if image.mode in {"RGBA", "LA"}:
        flat.paste(_in_srgb(image.convert(image.mode[:-1]), profile), mask=image.getchannel("A"))
    else:
        flat.paste(_in_srgb(image, profile))
    return flat


def _in_srgb(image: Image.Image, profile: object) -> Image.Image:
    """By its own colour profile, where it has one that is whole and of its kind; otherwise as it is."""
    if isinstance(profile, bytes) and profile and image.mode in _SPACES:
        try:
            own = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            if own.profile.xcolor_space == _SPACES[image.mode]:
                there = ImageCms.createProfile("sRGB")
                changed = ImageCms.profileToProfile(image, own, there, outputMode="RGB")
                return changed if changed is not None else image.convert("RGB")
        except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
            return image.convert("RGB")
    return image.convert("RGB")


def as_jpeg(image: Image.Image) -> bytes:
    """A picture as we keep it."""
    out = io.BytesIO()
    image.save(out, "JPEG", quality=82, optimize=True, progressive=True)
    return out.getvalue()


def made_small(large: bytes) -> bytes:
    """The small size of a photo that was made anew before."""
    image = Image.open(io.BytesIO(large), formats=("JPEG",))
    image.thumbnail((SMALL, SMALL), Image.Resampling.LANCZOS)
    return as_jpeg(image)


def covered(large: bytes, boxes: Sequence[Box]) -> bytes:
    """A photo with rectangles of it black: what was there is gone. Every pixel that a rectangle touches is covered."""
    image = Image.open(io.BytesIO(large), formats=("JPEG",)).convert("RGB")
    draw = ImageDraw.Draw(image)
    for box in boxes:
        across, down = image.width / 100, image.height / 100
        left, top = floor(box.left * across), floor(box.top * down)
        right, bottom = ceil((box.left + box.width) * across), ceil((box.top + box.height) * down)
        draw.rectangle((left, top, max(left, right - 1), max(top, bottom - 1)), fill="black")
    return as_jpeg(image)
