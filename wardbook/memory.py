"""What an application keeps in memory until that of which it was made has changed."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, cast

from flask import current_app

Made = TypeVar("Made")


def remembered(name: str, version: object, make: Callable[[], Made]) -> Made:
    """What was made of this version, or is made of it now. Two threads may make it at once: they make the same."""
    kept: tuple[object, object] | None = current_app.extensions.get(f"wardbook.{name}")
    if kept is None or kept[0] != version:
        kept = current_app.extensions[f"wardbook.{name}"] = version, make()
    return cast(Made, kept[1])
