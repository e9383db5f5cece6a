"""A place from a file: the polygons of a site boundary, joined into one."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import shapely
from werkzeug.datastructures import FileStorage
from werkzeug.utils import secure_filename

from wardbook.clock import today
from wardbook.errors import Refused
from wardbook.places.checking import checked
from wardbook.places.place import Place

LARGEST: Final = 50_000_000
TOO_LARGE: Final = "The file must be 50 MB or smaller. Leave out what is not part of the site, or simplify it."


@dataclass(frozen=True)
class Joined:
    """The shapes of a file as one, and how many there were."""

    shape: shapely.Geometry
    shapes: int

    @property
    def said(self) -> str:
        """What was made of the file, in a sentence."""
        return f"The {self.shapes:,} shapes in the file are one place now." if self.shapes > 1 else ""


def joined_from_file(path: Path) -> Joined:
    """The shapes of a file as one. Raises Refused where it cannot be read or holds no areas."""
    from wardbook.areas.boundary_files.reading import read_shapes  # GDAL and pandas: for files alone

    shapes = read_shapes(path)
    return Joined(checked(shapely.union_all(shapes)), len(shapes))


def joined_from_upload(sent: FileStorage) -> Joined:
    """The same of a file that was sent. It comes to the disk piece by piece and is gone afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / (secure_filename(sent.filename or "") or "upload")
        sent.save(path)
        if path.stat().st_size > LARGEST:
            raise Refused(TOO_LARGE, field="file")
        return joined_from_file(path)


def place_from_file(path: Path) -> Place:
    """A place for the command line, called after its file."""
    found = joined_from_file(path)
    label = path.stem.replace("_", " ") + (f" ({found.shapes:,} shapes)" if found.shapes > 1 else "")
    return Place(f"@{path.name}", label, found.shape, today())
