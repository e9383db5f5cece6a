"""A step of an entry in a few words: the same in a letter as in a feed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from wardbook.entries.kinds import KINDS, STATES, State
from wardbook.entries.models import Entry
from wardbook.entries.queries import said_by
from wardbook.events import Did, Event


def _new(step: Event, entry: Entry) -> str:
    return f"New {KINDS[entry.kind].label.lower()}"


def _brought_in(step: Event, entry: Entry) -> str:
    return _moved(step, entry) if step.change else "Brought in from elsewhere"


def _moved(step: Event, entry: Entry) -> str:
    return f"Now ‘{STATES[State(step.change['state'][1])].label}’"


NEW: Final = frozenset({Did.POSTED, Did.PUBLISHED})

_WORDS: Final[dict[Did, Callable[[Event, Entry], str]]] = {
    Did.POSTED: _new,
    Did.PUBLISHED: _new,
    Did.CHANGED_STATE: _moved,
    Did.IMPORTED: _brought_in,
    Did.REPLIED: lambda step, entry: "A reply",
    Did.HID: lambda step, entry: "Hidden by moderation",
    Did.RESTORED: lambda step, entry: "Shown again",
}


def step_in_words(step: Event, entry: Entry) -> str:
    """What happened: `Now ‘Fixed’`. A step without words of its own here is called what it is called."""
    words = _WORDS.get(step.did)
    return words(step, entry) if words else str(step.did).capitalize()


def step_said(step: Event, entry: Entry) -> str:
    """What was said with it: of something new, what it says today."""
    return entry.words if step.did in NEW else step.words


def step_by(step: Event, entry: Entry) -> str:
    """Who took it, as everyone may read it: by their office, or as the entry names its author."""
    return step.signed or (said_by(entry) if step.did in NEW else "")
