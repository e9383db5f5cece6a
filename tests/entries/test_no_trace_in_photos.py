"""By whatever road a photo comes, nothing private that was in its file is in anything stored or sent to anybody."""

from __future__ import annotations

import csv
import importlib.util
import io
import json
import shutil
import subprocess
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from itertools import islice
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.conftest import MODERATOR, RESIDENT, Member, an_issue, spot
from tests.entries.pictures import MARK, SECRETS, file_name, hopeless, private
from wardbook.db import db, transaction
from wardbook.entries.importing import read_reports, take_in
from wardbook.entries.models import Entry, Original, Photo
from wardbook.entries.photographs import photos
from wardbook.jobs import do_what_is_due
from wardbook.shared import Standing

pytestmark = pytest.mark.filterwarnings("ignore:Corrupt EXIF data")
AS = Callable[[Member], FlaskClient]
ALLOWED = {
    "SourceFile", "ExifTool:ExifToolVersion", "Composite:ImageSize", "Composite:Megapixels",
    "JFIF:JFIFVersion", "JFIF:ResolutionUnit", "JFIF:XResolution", "JFIF:YResolution",
    *(f"File:{name}" for name in (
        "FileName", "Directory", "FileSize", "FileModifyDate", "FileAccessDate", "FileInodeChangeDate",
        "FilePermissions", "FileType", "FileTypeExtension", "MIMEType", "ImageWidth", "ImageHeight",
        "EncodingProcess", "BitsPerSample", "ColorComponents", "YCbCrSubSampling",
    )),
}  # fmt: skip
"""What may be said of a file: what it is called and how large it is, that it is a JPEG, and of what size"""


def by_six(pictures: dict[str, bytes]) -> Iterator[list[tuple[str, bytes]]]:
    named = ((file_name(name, raw), raw) for name, raw in pictures.items())
    while batch := list(islice(named, photos.MOST_PHOTOS)):
        yield batch


def by_form(app: Flask, as_: AS, folder: Path, pictures: dict[str, bytes]) -> None:
    """Six at a time, on the page of an entry's photos."""
    client = as_(RESIDENT)
    for batch in by_six(pictures):
        entry = an_issue()
        sent = [(io.BytesIO(raw), name) for name, raw in batch]
        assert client.post(f"/entries/{entry.ref}/photos", data={"photo": sent}).status_code in (302, 422)


def by_import(app: Flask, as_: AS, folder: Path, pictures: dict[str, bytes]) -> None:
    """Beside a file of reports that names them, six a row."""
    (folder / "photos").mkdir(parents=True)
    at = spot(0.4, 0.6)
    with (folder / "reports.csv").open("w", newline="") as file:
        table = csv.writer(file)
        table.writerow(["id", "status", "created", "category", "description", "latitude", "longitude", "photos"])
        for number, batch in enumerate(by_six(pictures)):
            for name, raw in batch:
                (folder / "photos" / name).write_bytes(raw)
            names = ";".join(f"photos/{name}" for name, _ in batch)
            table.writerow([number, "open", "2026-03-01", "Pavement", "As it was.", at.y, at.x, names])
    reports = read_reports(folder / "reports.csv")
    with transaction():
        take_in(reports)


def by_email(app: Flask, as_: AS, folder: Path, pictures: dict[str, bytes]) -> None:
    """As attachments of letters to the council's address, six a letter."""
    if importlib.util.find_spec("wardbook.incoming") is None:
        pytest.skip("letters to the council's address are not taken yet")
    taking = importlib.import_module("wardbook.incoming.taking")
    for number, batch in enumerate(by_six(pictures)):
        letter = EmailMessage()
        letter["From"], letter["To"] = RESIDENT.email, "wardbook@example.org"
        letter["Subject"], letter["Message-ID"] = f"No dropped kerb at ZZ1 1AA, {number}", f"<{number}@example.org>"
        letter.set_content("There is no dropped kerb at ZZ1 1AA.")
        for name, raw in batch:
            kind = {"jpg": "jpeg"}.get(name.rsplit(".", 1)[-1], name.rsplit(".", 1)[-1])
            letter.add_attachment(raw, maintype="image", subtype=kind, filename=name)
        taking.take_message(bytes(letter))


ROADS = {"form": by_form, "import": by_import, "email": by_email}


@pytest.fixture(params=ROADS)
def arrived(request: pytest.FixtureRequest, app: Flask, as_: AS, tmp_path: Path) -> list[Photo]:
    """Every picture of the set, and everything that cannot be one, brought in by one road; each kept in both sizes."""
    ROADS[request.param](app, as_, tmp_path / "sent", private() | hopeless())
    do_what_is_due()
    with transaction():
        db.session.query(Entry).update({"standing": Standing.PUBLISHED})
    return db.session.query(Photo).order_by(Photo.id).all()


def blacked_out(client: FlaskClient, kept: list[Photo]) -> None:
    """A part of each, so that there is an original of each, too."""
    for photo in kept:
        address = f"/entries/{photo.entry.ref}/photos/{photo.key}/black-out"
        assert client.post(address, data={"boxes": "10 10 20 20", "reason": "A face."}).status_code == 302


def everything(home: Path, client: FlaskClient, folder: Path) -> Iterator[Path]:
    """What is stored, and what every address of a photo sends: small, large, and what it was."""
    yield from (path for name in ("photos", "originals") for path in (home / name).rglob("*") if path.is_file())
    folder.mkdir()
    for photo in db.session.query(Photo):
        addresses = [f"/photos/{photo.key}/{size}.jpg" for size in ("small", "large")]
        if photo.original:
            about = f"/entries/{photo.entry.ref}/photos/{photo.key}"
            addresses += [f"{about}/original.jpg", f"{about}/preview.jpg?boxes=1,1,5,5"]
        for number, address in enumerate(addresses):
            answer = client.get(address)
            assert (answer.status_code, answer.mimetype) == (200, "image/jpeg"), address
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            sent = folder / f"{photo.key}-{number}.jpg"
            sent.write_bytes(answer.data)
            yield sent


def fields_in(files: list[Path]) -> dict[str, set[str]]:
    """What exiftool finds, by file."""
    exiftool = shutil.which("exiftool")
    if exiftool is None:
        pytest.skip("exiftool is not installed (libimage-exiftool-perl)")
    asked = [exiftool, "-j", "-G", "-a", "-U", *map(str, files)]
    said = subprocess.run(asked, capture_output=True, text=True, check=True).stdout
    return {found["SourceFile"]: set(found) for found in json.loads(said)}


def test_nothing_private_is_in_anything_stored_or_sent(arrived, as_, home, tmp_path):
    assert len(arrived) == len(private()), "every picture that can be read came in, and nothing else"
    moderator = as_(MODERATOR)
    before = list(everything(home, moderator, tmp_path / "before"))
    blacked_out(moderator, arrived)
    after = list(everything(home, moderator, tmp_path / "after"))
    assert db.session.query(Original).count() == len(arrived)
    assert len(after) == len(arrived) * (2 + 1 + 4), "both sizes and the original; and what four addresses sent"
    for file in [*(file for file in before if file.exists()), *after]:
        content = file.read_bytes()
        assert not any(secret in content for secret in SECRETS), file
        assert content.endswith(b"\xff\xd9"), file
    found = fields_in([file for file in [*before, *after] if file.exists()])
    assert {name for names in found.values() for name in names - ALLOWED} == set()


def test_the_set_has_every_kind_of_private_field(tmp_path):
    """So that to find nothing means something."""
    for name, raw in private().items():
        (tmp_path / file_name(name, raw)).write_bytes(raw)
        assert any(secret in raw for secret in SECRETS), name
    found = fields_in(sorted(tmp_path.iterdir()))
    groups = {name.split(":")[0] for names in found.values() for name in names - ALLOWED}
    assert groups >= {
        "EXIF",
        "XMP",
        "IPTC",
        "Photoshop",
        "ICC_Profile",
        "MPF",
        "PNG",
        "RIFF",
        "QuickTime",
        "MakerNotes",
    }
    every = {name for names in found.values() for name in names}
    assert every >= {"EXIF:ThumbnailImage", "EXIF:GPSLatitude", "Photoshop:PhotoshopThumbnail", "File:Comment"}
    assert every >= {"IPTC:By-line", "XMP:Creator", "MPF:MPImage2", "PNG:ModifyDate", "EXIF:XPAuthor"}
    assert MARK.encode() in private()["jpeg with everything"][-40:], "behind its end, too"
