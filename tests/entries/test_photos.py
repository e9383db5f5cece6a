"""A photo is made anew from its pixels: upright, bounded, and without a trace of where or when it was taken."""

from __future__ import annotations

import io
import json
import shutil
import struct
import subprocess
import zlib
from pathlib import Path

import pytest
from PIL import Image, ImageCms, ImageDraw, PngImagePlugin
from sqlalchemy import update

from wardbook.db import db, now, transaction
from wardbook.entries import photos
from wardbook.entries.actions import start_draft
from wardbook.entries.adding_photos import read_uploads
from wardbook.entries.models import Photo
from wardbook.errors import Refused
from wardbook.jobs import Job, do_what_is_due

SECRETS = ("51.38", "Canon", "Ada Lovelace", "GPS", "secret")


def picture(size: tuple[int, int] = (120, 80), mode: str = "RGB") -> Image.Image:
    """Red on the left, blue on the right."""
    image = Image.new("RGB", size, "blue")
    ImageDraw.Draw(image).rectangle((0, 0, size[0] // 2 - 1, size[1]), fill="red")
    return image.convert(mode)


def saved(image: Image.Image, form: str = "JPEG", **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, form, **options)
    return out.getvalue()


def camera(orientation: int = 1) -> Image.Exif:
    """What a telephone writes beside a picture."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = "Canon secret"
    exif[0x013B] = "Ada Lovelace"
    exif.get_ifd(0x8825).update({1: "N", 2: (51.0, 22.0, 48.0), 3: "W", 4: (2.0, 21.0, 36.0)})
    exif.get_ifd(0x8769)[0x9003] = "2026:05:01 10:11:12"
    return exif


XMP = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'>51.38 secret</x:xmpmeta>"
ICC = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def opened(raw: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(raw))
    image.load()
    return image


def sizes(raw: bytes) -> dict[str, bytes]:
    """A photo in both its sizes."""
    large = photos.prepare(raw).large
    return {"large": large, "small": photos.made_small(large)}


def near(colour: tuple[int, ...], expected: tuple[int, int, int]) -> bool:
    return all(abs(one - other) < 60 for one, other in zip(colour, expected, strict=True))


RED, BLUE, WHITE = (255, 0, 0), (0, 0, 255), (255, 255, 255)

# --- no trace ----------------------------------------------------------------------------------------------------


def with_everything() -> bytes:
    image = picture()
    raw = saved(image, exif=camera(), icc_profile=ICC, xmp=XMP, comment=b"secret")
    iptc = b"Photoshop 3.0\x008BIM\x04\x04\x00\x00\x00\x00\x00\x0e\x1c\x02P\x00\x06secret\x00"
    segment = b"\xff\xed" + struct.pack(">H", len(iptc) + 2) + iptc
    return raw[:2] + segment + raw[2:] + b"secret after the end"


PNG_TEXT = PngImagePlugin.PngInfo()
PNG_TEXT.add_text("Comment", "secret 51.38")
PNG_TEXT.add_itxt("XML:com.adobe.xmp", XMP.decode())
TRACED = {
    "jpeg": with_everything(),
    "png": saved(picture(), "PNG", exif=camera(), icc_profile=ICC, pnginfo=PNG_TEXT),
    "webp": saved(picture(), "WEBP", exif=camera(), icc_profile=ICC, xmp=XMP),
}


@pytest.mark.parametrize("raw", TRACED.values(), ids=TRACED)
def test_nothing_of_what_a_camera_wrote_is_kept(raw):
    assert b"secret" in raw, "there was something to lose"
    for kept in sizes(raw).values():
        image = opened(kept)
        assert image.format == "JPEG"
        assert dict(image.getexif()) == {}
        assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density", "progressive", "progression"}
        assert not any(word.encode() in kept for word in SECRETS)
        assert kept.endswith(b"\xff\xd9")


@pytest.mark.parametrize("raw", TRACED.values(), ids=TRACED)
def test_exiftool_finds_no_trace(raw, tmp_path):
    exiftool = shutil.which("exiftool")
    if exiftool is None:
        pytest.skip("exiftool is not installed (libimage-exiftool-perl)")
    for size, kept in sizes(raw).items():
        file = tmp_path / f"{size}.jpg"
        file.write_bytes(kept)
        said = subprocess.run([exiftool, "-j", "-G", str(file)], capture_output=True, text=True, check=True).stdout
        groups = {tag.split(":")[0] for tag in json.loads(said)[0]}
        assert groups <= {"SourceFile", "ExifTool", "File", "JFIF", "Composite"}


def test_a_trailer_is_not_kept():
    raw = saved(picture()) + b"PK\x03\x04" + b"<script>alert(1)</script>" * 10
    for kept in sizes(raw).values():
        assert b"<script>" not in kept
        assert b"PK\x03\x04" not in kept


# --- as it was seen ----------------------------------------------------------------------------------------------

SIDES = {1: "left", 2: "right", 3: "right", 4: "left", 5: "top", 6: "top", 7: "bottom", 8: "bottom"}
"""Where the stored left side belongs, by EXIF orientation."""


@pytest.mark.parametrize(("orientation", "side"), SIDES.items())
def test_a_photo_is_turned_upright(orientation, side):
    image = opened(sizes(saved(picture(), exif=camera(orientation)))["large"])
    width, height = image.size
    assert (width > height) is (orientation < 5)
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


def test_a_picture_for_print_is_read():
    assert opened(sizes(saved(picture(mode="CMYK")))["large"]).mode == "RGB"


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_what_telephones_and_browsers_make_is_read(form):
    image = opened(sizes(saved(picture(), form))["large"])
    assert near(image.getpixel((5, 40)), RED)
    assert near(image.getpixel((114, 40)), BLUE)


def test_a_photo_of_an_iphone_is_read():
    try:
        raw = saved(picture(), "HEIF", exif=camera())
    except (ValueError, RuntimeError, KeyError, OSError):
        pytest.skip("this build of libheif cannot write HEIC")
    kept = sizes(raw)["large"]
    assert near(opened(kept).getpixel((5, 40)), RED)
    assert not any(word.encode() in kept for word in SECRETS)


def test_of_a_moving_picture_the_first_is_kept():
    frames = [picture(), Image.new("RGB", (120, 80), "green")]
    raw = saved(frames[0], "WEBP", save_all=True, append_images=frames[1:], duration=100)
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
    assert photos.prepare(saved(Image.new("L", (8000, 6000)), quality=10)).width == 1600


def _png_that_claims(width: int, height: int) -> bytes:
    """A PNG whose header promises more than anybody's memory holds."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = zlib.compress(b"\x00" * 100_000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


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
    "51 megapixels and more": (_png_that_claims(8000, 6376), "The photo must have 51 million pixels or fewer."),
    "a bomb": (_png_that_claims(60_000, 60_000), "The photo "),
    "a larger bomb": (_png_that_claims(2**31 - 1, 2**31 - 1), "The photo "),
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
