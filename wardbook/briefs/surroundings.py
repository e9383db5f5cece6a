"""What is drawn round and under a place: the wards of its day, and the council's own light map."""

from __future__ import annotations

from dataclasses import dataclass

import shapely

from wardbook.areas import queries as areas
from wardbook.areas.locator import locator
from wardbook.briefs.picture import Where
from wardbook.config import settings
from wardbook.files import read_rows


@dataclass(frozen=True)
class Feature:
    """Something of the backdrop: its class (`river`, `road_main`, ...), its name and its WGS 84 shape."""

    what: str
    name: str
    shape: shapely.Geometry


@dataclass(frozen=True)
class Ward:
    """A ward in force on the brief's day, with its WGS 84 shape."""

    code: str
    name: str
    shape: shapely.Geometry


@dataclass(frozen=True)
class Surroundings:
    """What is drawn round and under a place."""

    wards: tuple[Ward, ...] = ()
    backdrop: tuple[Feature, ...] = ()


def surroundings(where: Where) -> Surroundings:
    """The wards in force on the place's day, and the council's own light map where it has one."""
    names = {area.id: area.name for area in areas.wards(where.as_at)}
    wards = [
        Ward(code, names[area_id], shape)
        for known in locator().wards(where.as_at)
        for area_id, code, shape in zip(known.area_ids, known.codes, known.shapes, strict=True)
    ]
    path = settings().backdrop
    rows = read_rows(path) if path.exists() else []
    backdrop = [Feature(row.text("class"), row.text("name"), row.shape) for row in rows if row.shape is not None]
    return Surroundings(tuple(wards), tuple(backdrop))
