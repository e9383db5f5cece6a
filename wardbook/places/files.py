"""A place from a file: the polygons of a site boundary, joined into one."""

from __future__ import annotations

from pathlib import Path

import shapely

from wardbook.clock import today
from wardbook.places.place import Place
from wardbook.places.typed import checked


def shape_from_file(path: Path) -> shapely.Geometry:
    """The shapes of a file as one. Raises Refused where it cannot be read or holds no areas."""
    from wardbook.areas.boundary_files.reading import read_shapes  # GDAL and pandas: for files alone

    return checked(shapely.union_all(read_shapes(path)))


def place_from_file(path: Path) -> Place:
    """A place for the command line, called after its file."""
    return Place(f"@{path.name}", path.stem.replace("_", " "), shape_from_file(path), today())
