"""A place from a file: the polygons of a site boundary, joined into one."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import shapely
from werkzeug.datastructures import FileStorage
from werkzeug.utils import secure_filename

from wardbook.clock import today
from wardbook.errors import Refused
from wardbook.places.checking import MOST_CORNERS, checked
from wardbook.places.place import Place

if TYPE_CHECKING:
    from wardbook.areas.boundary_files.repairs import Repair

LARGEST: Final = 50_000_000
TOO_LARGE: Final = "The file must be 50 MB or smaller. Leave out what is not part of the site, or simplify it."


@dataclass(frozen=True)
class Joined:
    """The shapes of a file as one, and what was made of them, in sentences."""

    shape: shapely.Geometry
    shapes: int
    said: str


def joined_from_file(path: Path) -> Joined:
    """The shapes of a file as one. Raises Refused where it cannot be read or holds no areas."""
    from wardbook.areas.boundary_files.reading import read_shapes  # GDAL and pandas: for files alone

    shapes, repairs = read_shapes(path)
    together = shapely.union_all(shapes)
    shape = checked(together)
    told = (_of_several(len(shapes)), _of_mended(repairs), _of_simpler(together, shape))
    return Joined(shape, len(shapes), " ".join(filter(None, told)))


def _of_several(shapes: int) -> str:
    return f"The {shapes:,} shapes in the file are one place now." if shapes > 1 else ""


def _of_mended(repairs: Sequence[Repair]) -> str:
    """How many shapes were mended, and what was wrong with the first and where."""
    if not repairs:
        return ""
    first = f"row {repairs[0].row} {repairs[0].what.partition(':')[0]}"
    many = f"{len(repairs):,} shapes in the file were mended, the first of them because"
    one = "A shape in the file was mended, because"
    return f"{many if len(repairs) > 1 else one} {first}. Check the place on the map."


def _of_simpler(shape: shapely.Geometry, simpler: shapely.Geometry) -> str:
    before, after = shapely.get_num_coordinates(shape), shapely.get_num_coordinates(simpler)
    if before <= MOST_CORNERS:
        return ""
    return f"Its edge had {before:,} points. It has {after:,} now, and moved by a metre at most."


def joined_from_upload(sent: FileStorage) -> Joined:
    """The same of a file that was sent. It comes to the disk piece by piece and is gone afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / (secure_filename(sent.filename or "") or "upload")
        sent.save(path)
        if path.stat().st_size > LARGEST:
            raise Refused(TOO_LARGE, field="file")
        return joined_from_file(path)


def place_from_file(path: Path) -> tuple[Place, str]:
    """A place for the command line, called after its file, and what was made of the file."""
    found = joined_from_file(path)
    label = path.stem.replace("_", " ") + (f" ({found.shapes:,} shapes)" if found.shapes > 1 else "")
    return Place(f"@{path.name}", label, found.shape, today()), found.said
