"""What is kept about a person, room by room: for the copy they take away, and for the day they are erased."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Telling = Callable[[Any], object]
Forgetting = Callable[[Any], None]
_told: dict[str, Telling] = {}
_forgotten: list[Forgetting] = []


def tells(name: str) -> Callable[[Telling], Telling]:
    """Let a function say, under a name, what its room keeps about a person: as JSON has it, in their own words."""

    def take(telling: Telling) -> Telling:
        _told[name] = telling
        return telling

    return take


def forgets(forgetting: Forgetting) -> Forgetting:
    """Let a function take away what its room keeps about a person who is being erased, in that transaction."""
    _forgotten.append(forgetting)
    return forgetting


def all_about(person: Any) -> dict[str, object]:
    """Everything that any room keeps about a person, by name."""
    return {name: telling(person) for name, telling in sorted(_told.items())}


def forget(person: Any) -> None:
    """Take away everything that any room keeps about a person. The person's own row is left to whoever erases them."""
    for forgetting in _forgotten:
        forgetting(person)
