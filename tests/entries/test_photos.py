"""A photo is made anew from its pixels: upright, bounded, and without a trace of where or when it was taken."""

from __future__ import annotations

import random
import resource
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageDraw
from sqlalchemy import update

from tests.entries.pictures import (
    BLUE,
    RED,
    camera,
    heic_that_claims,
    near,
    opened,
    picture,
    png_that_claims,
    private,
    profile,
    saved,
    webp_that_claims,
)
from wardbook.db import db, now, transaction
from wardbook.entries.drafting import start_draft
from wardbook.entries.models import Photo
from wardbook.entries.photographs import photos
from wardbook.entries.photographs.adding import read_uploads
from wardbook.entries.photographs.developing import MOVING
from wardbook.errors import Refused
from wardbook.jobs import Job, do_what_is_due


def sizes(raw: bytes) -> dict[str, bytes]:
    """A photo in both its sizes."""
    large = photos.prepare(raw).large
    return {"large": large, "small": photos.made_small(large)}


WHITE = (255, 255, 255)

# --- as it was seen ----------------------------------------------------------------------------------------------

SIDES = {1: "left", 2: "right", 3: "right", 4: "left", 5: "top", 6: "top", 7: "bottom", 8: "bottom"}
"""Where the stored left side belongs, by EXIF orientation."""


@pytest.mark.parametrize(("orientation", "side"), SIDES.items())
def test_a_photo_is_turned_upright(orientation, side):
    image = opened(sizes(saved(picture(), exif=camera(orientation)))["large"])
    width, height = image.size
    assert (width > height) is (orientation < 5)
    assert_lies(image, side)


def assert_lies(image: Image.Image, side: str) -> None:
    """Red on this side, and blue across from it."""
    width, height = image.size
    ends = {
        "left": (5, height // 2),
        "right": (width - 6, height // 2),
        "top": (width // 2, 5),
        "bottom": (width // 2, height - 6),
    }
    opposite = {"left": "right", "right": "left", "top": "bottom", "bottom": "top"}[side]
    assert near(image.getpixel(ends[side]), RED)
    assert near(image.getpixel(ends[opposite]), BLUE)


def test_a_transparent_picture_stands_on_white():
    image = Image.new("RGBA", (60, 40), (255, 0, 0, 0))
    ImageDraw.Draw(image).rectangle((0, 0, 29, 40), fill=(255, 0, 0, 255))
    kept = opened(sizes(saved(image, "PNG"))["large"])
    assert near(kept.getpixel((5, 20)), RED)
    assert near(kept.getpixel((55, 20)), WHITE)


@pytest.mark.parametrize("mode", ["L", "LA", "P", "1", "I;16"])
def test_pictures_of_few_or_many_shades_are_read(mode):
    image = Image.new(mode, (60, 40))
    assert opened(sizes(saved(image, "PNG"))["small"]).mode == "RGB"


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_what_telephones_and_browsers_make_is_read(form):
    image = opened(sizes(saved(picture(), form))["large"])
    assert near(image.getpixel((5, 40)), RED)
    assert near(image.getpixel((114, 40)), BLUE)


HEIC = saved(picture((128, 64)), "HEIF", quality=90)
IN_WORDS = b"pixi" + bytes(4) + b"\x03\x08\x08\x08"
"""A property of the picture in a HEIC that nobody needs, as long as what says how it is turned"""


@pytest.mark.parametrize(
    ("turned", "upright"),
    [(b"irot\0", "left"), (b"irot\1", "bottom"), (b"irot\2", "right"), (b"irot\3", "top"), (b"imir\1", "right")],
)
def test_a_heic_is_turned_as_it_says_and_its_exif_is_not_asked(turned, upright):
    raw = HEIC.replace(IN_WORDS, turned.ljust(12, b"\0"))
    assert raw != HEIC
    assert_lies(opened(sizes(raw)["large"]), upright)


def test_the_orientation_that_a_heic_has_twice_is_taken_once():
    raw = saved(picture(), "HEIF", exif=camera(6))
    assert_lies(opened(sizes(raw)["large"]), "left")


COLOURED = {
    "jpeg": ("RGB", "JPEG"), "png": ("RGB", "PNG"), "see-through png": ("RGBA", "PNG"), "png of few": ("P", "PNG"),
    "webp": ("RGB", "WEBP"), "heic": ("RGB", "HEIF"),
}  # fmt: skip


@pytest.mark.parametrize(("mode", "form"), COLOURED.values(), ids=COLOURED)
def test_colours_are_those_of_the_profile_a_picture_came_with(mode, form):
    for swapped, colour in ((False, RED), (True, BLUE)):
        raw = saved(picture(mode=mode), form, icc_profile=profile(swapped=swapped))
        assert near(opened(sizes(raw)["large"]).getpixel((5, 40)), colour)


@pytest.mark.parametrize("icc", [b"no profile at all" * 20, profile(space=b"GRAY"), profile()[:200]])
def test_a_profile_that_cannot_be_used_is_left_aside(icc):
    assert near(opened(sizes(saved(picture(), icc_profile=icc))["large"]).getpixel((5, 40)), RED)


def test_a_grey_picture_with_its_own_profile_is_read():
    for mode in ("L", "LA"):
        raw = saved(Image.new(mode, (40, 30), 0), "PNG", icc_profile=profile(space=b"GRAY"))
        assert opened(sizes(raw)["large"]).mode == "RGB"


def test_sixteen_bits_of_grey_are_neither_black_nor_white():
    kept = opened(sizes(saved(Image.new("I;16", (40, 30), 0x8000), "PNG"))["large"])
    assert near(kept.getpixel((5, 5)), (128, 128, 128))


def without_adobe(raw: bytes) -> bytes:
    """A JPEG for print without the mark that says that its inks are turned round."""
    at = raw.index(b"\xff\xee")
    return raw[:at] + raw[at + 2 + int.from_bytes(raw[at + 2 : at + 4], "big") :]


def test_a_picture_for_print_has_its_colours_with_and_without_adobe_s_mark():
    inks = picture(mode="CMYK")
    for raw in (saved(inks), without_adobe(saved(ImageChops.invert(inks)))):
        kept = opened(sizes(raw)["large"])
        assert near(kept.getpixel((5, 40)), RED)
        assert near(kept.getpixel((114, 40)), BLUE)


@pytest.mark.filterwarnings("ignore")  # of the many ways in which a file can be broken
def test_whatever_is_broken_is_a_photo_or_refused_in_words():
    dice = random.Random(7)
    for raw in private().values():
        for _ in range(12):
            broken = bytearray(raw)
            for _ in range(dice.randint(1, 12)):
                broken[dice.randrange(len(broken))] = dice.randrange(256)
            some = bytes(broken[: dice.randrange(20, len(broken))] if dice.random() < 0.5 else broken)
            try:
                assert photos.prepare(some).large.startswith(b"\xff\xd8")
            except Refused as refused:
                assert refused.field == "photo"


@pytest.mark.parametrize("form", ["WEBP", "PNG"])
def test_of_a_moving_picture_the_first_is_kept_and_that_is_noted(form):
    frames = [picture(), Image.new("RGB", (120, 80), "green")]
    raw = saved(frames[0], form, save_all=True, append_images=frames[1:], duration=100)
    assert photos.prepare(raw).noted == MOVING
    image = opened(sizes(raw)["large"])
    assert getattr(image, "n_frames", 1) == 1
    assert near(image.getpixel((5, 40)), RED)


# --- bounded -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("size", "large", "small"),
    [
        ((4000, 3000), (1600, 1200), (480, 360)),
        ((3000, 4000), (1200, 1600), (360, 480)),
        ((100, 80), (100, 80), (100, 80)),
        ((5000, 10), (1600, 3), (480, 1)),
    ],
)
def test_a_large_photo_is_made_smaller_and_a_small_one_is_not_made_larger(size, large, small):
    made = photos.prepare(saved(Image.new("RGB", size, "red")))
    assert opened(made.large).size == large
    assert opened(photos.made_small(made.large)).size == small
    assert (made.width, made.height) == large


def test_a_photo_of_a_telephone_of_today_is_taken():
    """50 megapixels."""
    assert photos.prepare(saved(Image.new("L", (8160, 6144)), quality=10)).width == 1600


def test_a_bomb_is_refused_before_memory_is_taken_for_it():
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for raw in (png_that_claims(60_000, 60_000), webp_that_claims(16_000, 16_000), heic_that_claims(30_000, 30_000)):
        with pytest.raises(Refused):
            photos.prepare(raw)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000, "kilobytes"


KINDS = "The photo must be a JPEG, PNG, WebP or HEIC file."
REFUSED = {
    "text named .jpg": (b"these are words", KINDS),
    "nothing": (b" ", KINDS),
    "svg": (b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", KINDS),
    "pdf": (b"%PDF-1.7\n" + saved(picture()), KINDS),
    "gif": (saved(picture(), "GIF"), KINDS),
    "tiff": (saved(picture(), "TIFF"), KINDS),
    "eps": (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", KINDS),
    "cut short": (saved(picture((800, 600)))[:2000], "The photo cannot be read: it may be damaged."),
    "a png cut short": (saved(picture((800, 600)), "PNG")[:200], "The photo cannot be read: it may be damaged."),
    "a head alone": (saved(picture())[:20], "The photo "),
    "51 megapixels and more": (png_that_claims(8000, 6376), "The photo must have 51 million pixels or fewer."),
    "a bomb": (png_that_claims(60_000, 60_000), "The photo must have 51 million pixels or fewer."),
    "a larger bomb": (png_that_claims(2**31 - 1, 2**31 - 1), "The photo must have 51 million pixels or fewer."),
    "a bomb as webp": (webp_that_claims(16_000, 16_000), "The photo must have 51 million pixels or fewer."),
    "a bomb as heic": (heic_that_claims(30_000, 30_000), "The photo must have 51 million pixels or fewer."),
    "a heic cut short": (saved(picture(), "HEIF")[:300], "The photo cannot be read: it may be damaged."),
    "a webp cut short": (saved(picture((800, 600)), "WEBP")[:300], "The photo cannot be read: it may be damaged."),
    "too many bytes": (saved(picture()) + b"\x00" * 15_000_000, "The photo must be smaller than 15 MB."),
}  # fmt: skip


@pytest.mark.parametrize(("raw", "sentence"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_good_photo_is_refused_in_words(raw, sentence):
    with pytest.raises(Refused) as refused:
        photos.prepare(raw)
    assert refused.value.sentence.startswith(sentence)
    assert refused.value.field == "photo"


def test_empty_fields_are_no_photos():
    assert read_uploads([("", b""), ("", b"")]) == []


def test_of_what_was_sent_each_is_read_by_itself_until_six_are_good():
    bad, good = ("letter.txt", b"these are words"), ("kerb.jpg", saved(picture()))
    read = read_uploads([good, bad, *[good] * 5, ("one too many.jpg", good[1])])
    assert [upload.prepared is not None for upload in read] == [True, False, *[True] * 5, False]
    assert read[1].in_words(read[1].why) == f"‘letter.txt’ was not added. {KINDS}"
    assert "up to 6 photos" in read[-1].why


def a_draft_s_photo(size: tuple[int, int] = (1200, 900)) -> Photo:
    with transaction():
        return photos.keep(photos.prepare(saved(picture(size))), alt="A kerb", draft_id=start_draft().id)


def test_a_photo_is_kept_where_only_the_owner_reads_it(app):
    kept = a_draft_s_photo()
    do_what_is_due()
    files = sorted(Path(photos.path(kept.key, "large")).parent.iterdir())
    assert [file.name.removeprefix(kept.key) for file in files] == ["-large.jpg", "-small.jpg"]
    assert files[0].parent.stat().st_mode & 0o077 == 0


def test_until_its_small_size_is_made_a_photo_is_shown_large(app):
    kept = a_draft_s_photo()
    large = photos.path(kept.key, "large").read_bytes()

    def sent() -> bytes:
        with app.test_request_context(), photos.answer(kept.key, "small") as answer:
            answer.direct_passthrough = False
            return bytes(answer.get_data())

    assert sent() == large
    assert do_what_is_due() == 1
    assert max(opened(sent()).size) == 480


def test_a_photo_that_was_taken_away_is_not_made_small(app):
    kept = a_draft_s_photo()
    with transaction():
        db.session.delete(kept)
    photos.path(kept.key, "large").unlink()
    assert do_what_is_due() == 1
    assert not photos.path(kept.key, "small").exists()
    assert db.session.query(Job).one().finished_at is not None


def test_a_photo_s_small_size_is_made_twice_to_the_same_end(app):
    kept = a_draft_s_photo()
    do_what_is_due()
    before = photos.path(kept.key, "small").read_bytes()
    with transaction():
        db.session.execute(update(Job).values(finished_at=None, due_at=now()))
    assert do_what_is_due() == 1
    assert photos.path(kept.key, "small").read_bytes() == before
