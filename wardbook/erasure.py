"""Who keeps copies of what was told: told of an erasure, so that nothing of it is left anywhere."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Blanking = Callable[[Any], None]
erasing: list[Blanking] = []
"""What is called with a thing that is being erased, in the transaction that erases it"""


def blanks(blanking: Blanking) -> Blanking:
    """Let a function that blanks its copies of a thing be called whenever a thing is erased."""
    erasing.append(blanking)
    return blanking


def blank_copies(thing: Any) -> None:
    """Blank every copy of a thing: erasing it calls this."""
    for blanking in erasing:
        blanking(thing)
