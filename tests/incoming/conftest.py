"""Messages as people's mail programs write them, and the gazetteer of Testham."""

from __future__ import annotations

import io
from collections.abc import Callable
from email.message import EmailMessage
from email.utils import make_msgid

import pytest
from PIL import Image

from tests.conftest import spot
from wardbook.db import db, now, transaction
from wardbook.mail import Letter
from wardbook.places.folding import folded
from wardbook.places.gazetteer import GazetteerName, GazetteerSource, GazetteerWord, words_of

WRITER = "wren@example.com"
STREETS = {
    ("Library Lane", ""): (0.30, 0.30),
    ("Chapel Street", ""): (0.40, 0.30),
    ("Upper Chapel Street", ""): (0.80, 0.80),
    ("High Street", "Milton"): (0.60, 0.60),
    ("High Street", "Dockside"): (1.60, 1.60),
    ("Mere Park", ""): (1.20, 0.40),
}
LAT_LON = f"{spot(0.4, 0.6).y:.5f}, {spot(0.4, 0.6).x:.5f}"


@pytest.fixture
def streets(app) -> None:
    with transaction():
        source = GazetteerSource(name="t", file_name="t.csv", imported_at=now(), version=1, licence="")
        db.session.add(source)
        db.session.flush()
        for (name, near), at in STREETS.items():
            point = spot(*at)
            row = GazetteerName(
                source_id=source.id, name=name, folded=folded(name), other="", kind="Street", near=near, lon=point.x,
                lat=point.y,
            )  # fmt: skip
            db.session.add(row)
            db.session.flush()
            for word, of_name in words_of(name, near):
                db.session.add(GazetteerWord(word=word, name_id=row.id, of_name=of_name))


def a_message(
    words: str = "", subject: str = "No dropped kerb", *, sender: str = f"Wren Writer <{WRITER}>", html: str = "",
    photos: tuple[bytes, ...] = (), **head: str,
) -> EmailMessage:  # fmt: skip
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, "tell@testham.example", subject
    message["Message-ID"] = head.pop("message_id", make_msgid(domain="example.com"))
    for name, value in head.items():
        message[name.replace("_", "-")] = value
    message.set_content(words)
    if html:
        message.add_alternative(html, subtype="html")
    for number, raw in enumerate(photos):
        message.add_attachment(raw, maintype="image", subtype="jpeg", filename=f"IMG_{number}.jpg")
    return message


def a_photo(kind: str = "JPEG", size: tuple[int, int] = (640, 480), **save: object) -> bytes:
    """A photo that says where it was taken and with what."""
    image = Image.new("RGB", size, "#4c7a5d")
    exif = image.getexif()
    exif[0x010F] = "Telephone of Wren"
    exif.get_ifd(0x8825).update({1: "N", 2: (53.0, 23.0, 52.4), 3: "E", 4: (1.0, 0.0, 14.5)})
    kept = io.BytesIO()
    image.save(kept, kind, exif=exif, **save)
    return kept.getvalue()


@pytest.fixture
def letters_to(app) -> Callable[[str], list[Letter]]:
    def found(address: str = WRITER) -> list[Letter]:
        return db.session.query(Letter).filter_by(to=address).order_by(Letter.id).all()

    return found
