"""A brief as files for other programs: a table, the whole of it as JSON, and layers of a map."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import is_dataclass
from datetime import date
from pathlib import Path

import shapely

from wardbook.briefs.frozen import Frozen
from wardbook.briefs.picture import Brief, Figure, Item
from wardbook.briefs.surroundings import surroundings
from wardbook.config import settings
from wardbook.exports import Layer, csv_bytes, write_geopackage

ENTRY = (
    "ref", "kind", "title", "words", "category", "state", "told_on", "closed_on", "by", "level", "topic", "basis",
    "review_on", "lapses_on", "lead", "enabler", "supporters", "differs_from",
    "channel", "spot_words", "how_near", "answers",
)  # fmt: skip
VERSION = ("frozen_as", "hash", "item", "since", "mark")
MADE = ("place", "brief_level", "made_at", "council", "licences")


def csv_file(brief: Brief, items: Sequence[Item]) -> bytes:
    """A row for each entry. Every row says which brief it is from, since rows are copied from file to file."""
    made = (*_made(brief), *_version(brief))
    columns = (*ENTRY, "longitude", "latitude", *MADE, *(VERSION if brief.frozen else ()))
    rows = ((*entry_row(item), *lon_lat(item.geometry), *made, *later(brief, item)) for item in items)
    return csv_bytes(columns, rows)


def later(brief: Brief, item: Item) -> tuple[object, ...]:
    """What an item of a frozen brief has beside its columns: its number, what became of it, its mark."""
    return (item.number, item.since, item.mark) if brief.frozen else ()


def json_file(brief: Brief, items: Sequence[Item]) -> bytes:
    """The whole content. A section names its entries by reference, a figure the filters of what it counts."""
    sections = {
        "where": brief.where, "glance": brief.glance, "residents": brief.residents, "known": brief.known,
        "gaps": brief.gaps,
    }  # fmt: skip
    told = {
        "title": brief.title,
        "place": {"words": brief.words, "label": brief.label, "address": f"{settings().base_url}/places/{brief.path}"},
        "level": str(brief.level),
        "readers": brief.readers,
        "made_at": _moment(brief),
        "council": brief.council,
        "fictional": brief.fictional,
        "licences": licences(brief),
        "frozen": None if brief.frozen is None else _frozen(brief.frozen),
        "total": brief.total,
        "sections": {name: _content(section) for name, section in sections.items()},
        "items": [_fields(item) for item in items],
    }
    return json.dumps(told, ensure_ascii=False, indent=1).encode("utf-8", errors="replace")


def _frozen(frozen: Frozen) -> dict[str, object]:
    """Which version it is, and the seals by which anybody can check it (see `seals`)."""
    told = {name: value for name, value in _fields(frozen).items() if name not in ("withheld", "seals")}
    withheld = [{"item": number, "why": why} for number, why in frozen.withheld]
    return {**told, "withheld": withheld, "seals": [_fields(seal) for seal in frozen.seals]}


def geopackage(brief: Brief, items: Sequence[Item], path: Path) -> None:
    """The place, the wards it touches and its entries, as layers of one file."""
    place, level, made_at, council, lines = _made(brief)
    said = f"{brief.title}. {brief.readers}. {council}, {made_at}. {lines} {' '.join(_version(brief))}".strip()
    shapes = {ward.code: ward.shape for ward in surroundings(brief.where).wards}
    wards = [ward for ward in brief.where.wards if ward.code in shapes]
    layers = [
        Layer(
            "place",
            ("words", "label", "hectares", "entries", "fictional", *MADE[1:]),
            [
                (
                    place,
                    brief.label,
                    brief.where.hectares,
                    brief.total,
                    brief.fictional,
                    level,
                    made_at,
                    council,
                    lines,
                )
            ],
            [brief.where.geometry],
            f"The place. {said}",
        ),
        Layer(
            "wards",
            ("code", "name", "share", "councillors"),
            [(ward.code, ward.name, ward.share, ", ".join(ward.councillors)) for ward in wards],
            [shapes[ward.code] for ward in wards],
            f"The wards it touches, whole, and the share of the place in each. {said}",
        ),
        Layer(
            "entries",
            ENTRY,
            [entry_row(item) for item in items],
            [item.geometry for item in items],
            f"What is known in the place. {said}",
        ),
    ]
    write_geopackage(path, layers, title=brief.title, description=said)


def _made(brief: Brief) -> tuple[str, str, str, str, str]:
    council = f"{brief.council} (fictional)" if brief.fictional else brief.council
    return brief.words, str(brief.level), _moment(brief), council, " ".join(licences(brief))


def _version(brief: Brief) -> tuple[str, ...]:
    frozen = brief.frozen
    return (f"{frozen.ref}, version {frozen.number}", frozen.hash) if frozen else ()


def _moment(brief: Brief) -> str:
    return brief.made_at.isoformat(timespec="seconds")


def licences(brief: Brief) -> list[str]:
    """The lines that must go wherever the boundaries go."""
    lines = [
        f"{row.name}: " + " ".join(f"{said.strip().rstrip('.')}." for said in (row.source, row.licence) if said.strip())
        for row in brief.where.sets
    ]
    return [*lines, settings().os_licence] if settings().os_licence else lines


def entry_row(item: Item) -> tuple[object, ...]:
    """An entry under the columns of ENTRY."""
    return (
        item.ref,
        item.kind,
        item.title,
        item.words,
        item.category,
        item.state,
        item.told_on,
        item.closed_on,
        item.by,
        item.level,
        item.topic,
        item.basis,
        item.review_on,
        item.lapses_on,
        item.lead,
        item.enabler,
        item.supporters,
        item.differs_from,
        item.channel,
        item.spot_words,
        item.how_near,
        item.answers,
    )


def lon_lat(shape: shapely.Geometry) -> tuple[float, float]:
    """A point on a thing, whatever its shape."""
    at = shapely.point_on_surface(shape)
    return round(at.x, 7), round(at.y, 7)


def _content(value: object) -> object:
    """Any part of a brief as plain JSON."""
    found: object = value
    if isinstance(value, Item):
        found = value.ref
    elif isinstance(value, Figure):
        found = {"label": value.label, "count": value.count, "filters": value.filters.in_address()}
    elif isinstance(value, shapely.Geometry):
        found = shapely.geometry.mapping(value)
    elif isinstance(value, date):
        found = value.isoformat()
    elif isinstance(value, tuple):
        found = [_content(part) for part in value]
    elif is_dataclass(value) and not isinstance(value, type):
        found = _fields(value)
    return found


def _fields(value: object) -> dict[str, object]:
    return {name: _content(part) for name, part in vars(value).items()}
