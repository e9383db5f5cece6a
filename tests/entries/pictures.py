"""Pictures as telephones, editors and ill-wishers make them, with every private field there is: made once a session."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from functools import cache

from PIL import Image, ImageCms, ImageDraw, PngImagePlugin

MARK = "Ada Lovelace of 51.3811"
"""What stands in every private field of every picture; nothing that is kept or sent may hold a word of it"""
SECRETS = (b"Lovelace", b"51.3811", MARK.encode("utf-16-le")[:24], MARK.encode("utf-16-be")[:24])
RED, BLUE = (255, 0, 0), (0, 0, 255)


def picture(size: tuple[int, int] = (120, 80), mode: str = "RGB") -> Image.Image:
    """Red on the left, blue on the right."""
    image = Image.new("RGB", size, "blue")
    ImageDraw.Draw(image).rectangle((0, 0, size[0] // 2 - 1, size[1]), fill="red")
    return image.convert(mode)


def saved(image: Image.Image, form: str = "JPEG", **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, form, **options)
    return out.getvalue()


def opened(raw: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(raw))
    image.load()
    return image


def near(colour: tuple[int, ...], expected: tuple[int, int, int]) -> bool:
    return all(abs(one - other) < 60 for one, other in zip(colour, expected, strict=True))


# --- what cameras and editors write beside a picture -------------------------------------------------------------


def camera(orientation: int = 1) -> Image.Exif:
    """EXIF with names, days, a maker's own note and where it was taken."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    for tag in (0x010E, 0x010F, 0x0110, 0x0131, 0x013B, 0x8298):
        exif[tag] = MARK
    exif[0x0132] = "2026:05:01 10:11:12"
    for tag in (0x9C9B, 0x9C9C, 0x9C9D):  # as Windows writes titles, comments and authors
        exif[tag] = MARK.encode("utf-16-le") + b"\0\0"
    own = exif.get_ifd(0x8769)
    own.update({0x9003: "2026:05:01 10:11:12", 0xA420: MARK, 0xA430: MARK, 0xA431: MARK, 0xA435: MARK})
    note = struct.pack(">HHHIII", 1, 0x0015, 2, len(MARK) + 1, 32, 0) + MARK.encode() + b"\0"
    own.update({0x927C: b"Apple iOS\0\0\1MM" + note, 0x9286: b"ASCII\0\0\0" + MARK.encode()})
    exif.get_ifd(0x8825).update(
        {
            1: "N",
            2: (51.0, 22.0, 51.9),
            3: "W",
            4: (2.0, 21.0, 36.0),
            5: 0,
            6: 31.0,
            27: b"ASCII\0\0\0GPS",
            29: "2026:05:01",
        }
    )
    return exif


def exif_with_thumbnail() -> bytes:
    """EXIF whose second directory is a small picture of the same, with a comment in it."""
    small = saved(picture((40, 30)), comment=MARK.encode())
    first = struct.pack("<H", 1) + struct.pack("<HHI4s", 0x010F, 2, len(MARK) + 1, struct.pack("<I", 26))
    first += struct.pack("<I", 26 + len(MARK) + 1) + MARK.encode() + b"\0"
    at = 8 + len(first) + 2 + 3 * 12 + 4
    second = struct.pack("<H", 3) + struct.pack("<HHIHxx", 0x0103, 3, 1, 6)
    second += struct.pack("<HHII", 0x0201, 4, 1, at) + struct.pack("<HHII", 0x0202, 4, 1, len(small)) + bytes(4)
    return b"Exif\0\0II*\0\x08\0\0\0" + first + second + small


XMP = (
    "<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>"
    "<rdf:Description rdf:about='' xmlns:dc='http://purl.org/dc/elements/1.1/' "
    "xmlns:exif='http://ns.adobe.com/exif/1.0/' exif:GPSLatitude='51,22.87N' dc:source='" + MARK + "'>"
    "<dc:creator><rdf:Seq><rdf:li>" + MARK + "</rdf:li></rdf:Seq></dc:creator></rdf:Description></rdf:RDF></x:xmpmeta>"
).encode()
IPTC = b"".join(
    b"\x1c\x02" + bytes([field]) + struct.pack(">H", len(MARK)) + MARK.encode()
    for field in (25, 55, 80, 90, 105, 116, 120)
)


def _fixed(*numbers: float) -> bytes:
    return b"".join(struct.pack(">i", round(number * 65536)) for number in numbers)


@cache
def profile(*, swapped: bool = False, space: bytes = b"RGB ") -> bytes:
    """A colour profile with private text in it; swapped, red is blue: who ignores it shows wrong colours."""
    primaries = [(0.4361, 0.2225, 0.0139), (0.3851, 0.7169, 0.0971), (0.1431, 0.0606, 0.7141)]
    if swapped:
        primaries.reverse()
    curve = b"curv" + bytes(4) + struct.pack(">IH", 1, round(2.2 * 256)) + bytes(2)
    text = b"text" + bytes(4) + MARK.encode() + b"\0"
    desc = b"desc" + bytes(4) + struct.pack(">I", len(MARK) + 1) + MARK.encode() + b"\0" + bytes(78)
    tags = {b"desc": desc, b"cprt": text, b"dmnd": desc, b"wtpt": b"XYZ " + bytes(4) + _fixed(0.9642, 1.0, 0.8249)}
    if space == b"GRAY":
        tags[b"kTRC"] = curve
    else:
        for name, values in zip((b"r", b"g", b"b"), primaries, strict=True):
            tags[name + b"XYZ"] = b"XYZ " + bytes(4) + _fixed(*values)
            tags[name + b"TRC"] = curve
    table, content, at = struct.pack(">I", len(tags)), b"", 128 + 4 + 12 * len(tags)
    for name, value in tags.items():
        padded = value + bytes(-len(value) % 4)
        table += name + struct.pack(">II", at + len(content), len(value))
        content += padded
    size = 128 + len(table) + len(content)
    head = struct.pack(">I", size) + b"lcms" + struct.pack(">I", 0x02400000) + b"mntr" + space + b"XYZ "
    head += struct.pack(">6H", 2026, 5, 1, 10, 11, 12) + b"acsp" + bytes(4 + 4 + 4 + 4 + 8 + 4)
    return (head + _fixed(0.9642, 1.0, 0.8249) + bytes(48))[:128] + table + content


SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


# --- one file of every kind --------------------------------------------------------------------------------------


def segment(number: int, content: bytes) -> bytes:
    return bytes([0xFF, number]) + struct.pack(">H", len(content) + 2) + content


def with_segments(raw: bytes, *segments: bytes) -> bytes:
    """A JPEG with more in its head."""
    return raw[:2] + b"".join(segments) + raw[2:]


def photoshop() -> bytes:
    """IPTC, a small picture and words in Photoshop's own blocks."""
    small = saved(picture((30, 20)), comment=MARK.encode())
    blocks = b""
    for id_, content in ((0x0404, IPTC), (0x040C, bytes(28) + small), (0x03F0, MARK.encode())):
        blocks += (
            b"8BIM" + struct.pack(">HH", id_, 0) + struct.pack(">I", len(content)) + content + bytes(len(content) % 2)
        )
    return segment(0xED, b"Photoshop 3.0\0" + blocks)


def extended_xmp() -> bytes:
    guid = b"0123456789ABCDEF0123456789ABCDEF"
    whole = XMP * 3
    return segment(0xE1, b"http://ns.adobe.com/xmp/extension/\0" + guid + struct.pack(">II", len(whole), 0) + whole)


def png_chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def png_with_everything() -> bytes:
    words = PngImagePlugin.PngInfo()
    words.add_text("Author", MARK)
    words.add_text("Comment", MARK * 50, zip=True)
    words.add_itxt("Description", MARK, lang="en", tkey="Beschreibung")
    words.add_itxt("XML:com.adobe.xmp", XMP.decode())
    words.add_text("Raw profile type iptc", f"\niptc\n{len(IPTC)}\n{IPTC.hex()}\n")
    raw = saved(picture(), "PNG", exif=camera(6), icc_profile=profile(), pnginfo=words)
    return (
        raw[:-12]
        + png_chunk(b"tIME", bytes([7, 234, 5, 1, 10, 11, 12]))
        + png_chunk(b"prVt", MARK.encode())
        + raw[-12:]
    )


def an_archive() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(f"{MARK}.txt", MARK)
    return out.getvalue()


def gif_jpeg() -> bytes:
    """A GIF's first six bytes can hide in the comment of a JPEG that follows them to its end."""
    return with_segments(saved(picture()), segment(0xFE, b"GIF89a" + MARK.encode()))


def mpf() -> bytes:
    """A JPEG with a second picture behind it, as telephones keep depth or what was there before a crop."""
    other = picture((100, 60))
    return saved(picture(), "MPO", save_all=True, append_images=[other], exif=camera(), comment=MARK.encode())


@cache
def private() -> dict[str, bytes]:
    """Pictures that can be read, each with something private in it."""
    plain = saved(picture())
    jpeg = saved(picture(), exif=camera(6), icc_profile=profile(), xmp=XMP, comment=MARK.encode())
    page = f"<html><script>alert('{MARK}')</script></html>".encode()
    heic = saved(picture(), "HEIF", exif=camera(6), xmp=XMP, quality=80)
    many = {
        "jpeg with everything": with_segments(
            jpeg, photoshop(), extended_xmp(), segment(0xEC, b"Ducky" + MARK.encode())
        )
        + MARK.encode(),
        "jpeg with a thumbnail": with_segments(plain, segment(0xE1, exif_with_thumbnail())),
        "jpeg with a second picture": mpf(),
        "jpeg for print": saved(picture(mode="CMYK"), exif=camera(), comment=MARK.encode()),
        "jpeg with broken exif": with_segments(plain, segment(0xE1, b"Exif\0\0II*\0\xff\xff\xff\x7f" + MARK.encode())),
        "png with everything": png_with_everything(),
        "webp with everything": saved(picture(), "WEBP", exif=camera(), icc_profile=profile(), xmp=XMP),
        "webp that moves": saved(
            picture(), "WEBP", save_all=True, append_images=[Image.new("RGB", (120, 80))], exif=camera(), xmp=XMP
        ),
        "heic with everything": heic,
        "heic with a thumbnail": saved(
            picture((640, 400)), "HEIF", exif=camera(), xmp=XMP, thumbnails=[160], quality=50
        ),
        "gif in a jpeg": gif_jpeg(),
    }
    for name, tail in {"an archive": an_archive(), "a page": page, "a pdf": b"%PDF-1.7\n" + MARK.encode()}.items():
        many[f"jpeg and {name}"] = plain + tail
        many[f"png and {name}"] = saved(picture(), "PNG") + tail
    return many


KINDS = {b"\xff\xd8": "jpg", b"\x89P": "png", b"RI": "webp", b"GI": "gif"}


def file_name(name: str, raw: bytes) -> str:
    """A picture's name as a telephone gives it: its ending says what it is."""
    return f"{name.replace(' ', '_')}.{KINDS.get(raw[:2], 'heic')}"


# --- what cannot be read -----------------------------------------------------------------------------------------


def png_that_claims(width: int, height: int) -> bytes:
    """A PNG whose header promises more than anybody's memory holds."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = zlib.compress(b"\x00" * 100_000)
    chunks = png_chunk(b"IHDR", header), png_chunk(b"IDAT", body), png_chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def webp_that_claims(width: int, height: int) -> bytes:
    """A WebP whose canvas is vast and whose one picture is small."""
    small = saved(Image.new("RGB", (8, 8)), "WEBP", lossless=True)[12:]
    size = struct.pack("<I", width - 1)[:3] + struct.pack("<I", height - 1)[:3]
    extended = b"VP8X" + struct.pack("<I", 10) + bytes([2, 0, 0, 0]) + size
    animation = b"ANIM" + struct.pack("<IIH", 6, 0, 0)
    frame = bytes(6) + bytes([7, 0, 0, 7, 0, 0, 100, 0, 0, 0]) + small
    body = b"WEBP" + extended + animation + b"ANMF" + struct.pack("<I", len(frame)) + frame
    return b"RIFF" + struct.pack("<I", len(body)) + body


@cache
def heic_that_claims(width: int, height: int) -> bytes:
    """A HEIC whose description says that it is vast."""
    raw = saved(picture((64, 64)), "HEIF")
    return raw.replace(
        b"ispe" + bytes(4) + struct.pack(">II", 64, 64), b"ispe" + bytes(4) + struct.pack(">II", width, height)
    )


@cache
def hopeless() -> dict[str, bytes]:
    """What is sent as a photo and cannot be kept."""
    jpeg, png = saved(picture((800, 600)), exif=camera()), saved(picture((800, 600)), "PNG")
    return {
        "a jpeg cut short": jpeg[: len(jpeg) // 2],
        "a png cut short": png[: len(png) // 2],
        "a webp cut short": saved(picture((800, 600)), "WEBP", exif=camera())[:400],
        "a heic cut short": saved(picture((640, 480)), "HEIF", exif=camera())[:400],
        "a bomb as png": png_that_claims(60_000, 60_000),
        "a bomb as webp": webp_that_claims(16_000, 16_000),
        "a bomb as heic": heic_that_claims(30_000, 30_000),
        "a page": b"<!doctype html><script>alert(1)</script>",
        "nothing much": b"\xff\xd8\xff",
    }
