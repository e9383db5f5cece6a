"""Nested objects: what stands in objects within a column becomes columns of its own, however deep it lies."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any, Final

DEEPEST: Final = 10
MOST_KEYS: Final = 500
"""Of a column: objects whose keys are other words in every row are no table."""


def unnested(name: str, cells: Sequence[object]) -> Iterator[tuple[str, list[object]]]:
    """The column, or those that its objects hold: `ward` holding {"codes": {"gss": ...}} gives `ward.codes.gss`.

    What is written as JSON is never a word: such a cell is blank in the column itself, which is gone if that is all.
    """
    read = [_read(cell) for cell in cells]
    objects = [value if isinstance(value, dict) else {} for value in read]
    plain = [None if isinstance(value, dict | list) else value for value in read]
    if not any(isinstance(value, dict) for value in read) or any(value is not None for value in plain):
        yield name, plain
    if name.count(".") >= DEEPEST:
        return
    for key in list(dict.fromkeys(key for each in objects for key in each))[:MOST_KEYS]:
        yield from unnested(f"{name}.{key}", [each.get(key) for each in objects])


def _read(cell: object) -> Any:
    """A cell as it stands, or the object or list that it is or spells."""
    if hasattr(cell, "tolist") or isinstance(cell, list | dict):
        return cell if isinstance(cell, dict) else list(cell)  # type: ignore[call-overload]
    if not isinstance(cell, str) or cell[:1] not in {"{", "["} or cell[-1:] not in {"}", "]"}:
        return cell
    try:
        value = json.loads(cell)
    except (ValueError, RecursionError):
        return cell
    return value if isinstance(value, dict | list) else cell
