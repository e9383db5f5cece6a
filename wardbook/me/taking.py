"""A copy of all that is kept about a person, for them alone: what the rooms tell, their photos, and how to read it."""

from __future__ import annotations

import json
import zipfile
from tempfile import TemporaryFile
from typing import IO

from flask import render_template

from wardbook import personal
from wardbook.entries import own
from wardbook.entries.photographs import photos
from wardbook.people.models import Person

NAME = "what-we-keep-about-you.zip"


def copy_of(person: Person) -> IO[bytes]:
    """A zip of `data.json`, the photos and `README.txt`, in a file that is gone when it is closed."""
    file = TemporaryFile()  # noqa: SIM115 - closed by who sends it
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as copy:
        about = json.dumps(personal.all_about(person), ensure_ascii=False, indent=2)
        copy.writestr("README.txt", render_template("me/copy.txt", originals=own.originals_of(person)))
        copy.writestr("data.json", about)
        for entry in own.told_by(person):
            for name, photo in own.photo_names(entry):
                if (there := photos.path(photo.key, "large")).exists():
                    copy.write(there, name, zipfile.ZIP_STORED)
    file.seek(0)
    return file
