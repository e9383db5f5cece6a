"""A brief's content as plain JSON values and back again, by the types of its dataclasses.

What is frozen is read again for years: a field that is added later needs a default, and is given it.
"""

from __future__ import annotations

import types
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from typing import Any, Union, get_args, get_origin, get_type_hints

import shapely

from wardbook.briefs.picture import Item

Numbers = Mapping[str, int | None]
"""Item numbers by the references of their entries"""


def plain(value: Any, numbers: Numbers | None = None) -> Any:
    """As JSON has it. An item inside a section is its number: its words stand in its own part alone."""
    if isinstance(value, Item):
        return (numbers or {}).get(value.ref, value.number)
    if is_dataclass(value) and not isinstance(value, type):
        return told(value, numbers=numbers)
    if isinstance(value, shapely.Geometry):
        return shapely.geometry.mapping(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple | list):
        return [plain(part, numbers) for part in value]
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else value


def told(value: Any, *, without: frozenset[str] = frozenset(), numbers: Numbers | None = None) -> dict[str, Any]:
    """The fields of a dataclass, an item's too."""
    return {one.name: plain(getattr(value, one.name), numbers) for one in fields(value) if one.name not in without}


@cache
def _types(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def built(kind: Any, value: Any, items: Mapping[int, Item]) -> Any:
    """A value of a type from its plain form; items by their numbers, those that are not among `items` left out."""
    origin = get_origin(kind)
    if origin in (Union, types.UnionType):
        return None if value is None else built(next(k for k in get_args(kind) if k is not type(None)), value, items)
    if origin is tuple:
        return _built_tuple(get_args(kind), value, items)
    if kind is Item:
        return items[value]
    return _built_one(kind, value, items)


def _built_tuple(inner: tuple[Any, ...], value: list[Any], items: Mapping[int, Item]) -> tuple[Any, ...]:
    if len(inner) == 2 and inner[1] is Ellipsis:
        shown = value if inner[0] is not Item else [number for number in value if number in items]
        return tuple(built(inner[0], part, items) for part in shown)
    return tuple(built(kind, part, items) for kind, part in zip(inner, value, strict=True))


def _built_one(kind: Any, value: Any, items: Mapping[int, Item]) -> Any:
    if is_dataclass(kind):
        return dataclass_of(kind, value, items)
    if kind is shapely.Geometry:
        return shapely.geometry.shape(value)
    if kind in (date, datetime):
        return kind.fromisoformat(value)
    return kind(value) if kind is float or issubclass(kind, StrEnum) else value


def dataclass_of(kind: Any, value: Mapping[str, Any], items: Mapping[int, Item]) -> Any:
    """A dataclass from its plain fields, an item too; fields that it no longer has fall away."""
    known = _types(kind)
    return kind(**{name: built(known[name], part, items) for name, part in value.items() if name in known})
