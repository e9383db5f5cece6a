"""A step of an entry in a few words: the same on its page, in a letter and in a feed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from wardbook.entries.kinds import KINDS, LEVEL_LABELS, STATES, Kind, State
from wardbook.entries.models import Entry
from wardbook.entries.queries import said_by
from wardbook.events import Did, Event, Told
from wardbook.shared import Level, Standing, no_wider_than


def _new(step: Event, entry: Entry) -> str:
    return f"New {KINDS[entry.kind].label.lower()}"


def _brought_in(step: Event, entry: Entry) -> str:
    if step.change:
        return f"Changed at its source to ‘{STATES[State(step.change['state'][1])].label}’"
    return f"Brought in from {(entry.source or 'elsewhere').capitalize()}"


def _moved(step: Event, entry: Entry) -> str:
    return f"Now ‘{STATES[State(step.change['state'][1])].label}’"


def _led(step: Event, entry: Entry) -> str:
    (lead, enabler) = (step.change.get(name, ["", ""])[1] for name in ("lead", "enabler"))
    return f"{lead} to lead, helped by {enabler}" if enabler else f"{lead} to lead"


def _levelled(step: Event, entry: Entry) -> str:
    before, after = (Level(level) for level in step.change["level"])
    return f"{'Narrowed' if after in no_wider_than(before) else 'Widened'} to: {LEVEL_LABELS[after]}"


def _shown_again(step: Event, entry: Entry) -> str:
    waits = step.change.get("standing", ["", ""])[1] == Standing.PENDING
    return "No longer hidden: it waits again to be read" if waits else "Shown again"


def _moved_by_a_moderator(step: Event, entry: Entry) -> str:
    categories = step.change.get("category")
    return f"Put under ‘{categories[1]}’ by a moderator" if categories else "Put in its right place by a moderator"


TAKEN: Final = {
    "planned": "What residents plan",
    "done": "What residents have done",
    "help wanted": "Residents look for help",
    "finished": "Residents say that it is done",
    "thanks": "Thanks",
}
"""The steps of what residents take on, by their sort"""
WHO_HEARS: Final[dict[Did, frozenset[Told]]] = {
    Did.POSTED: frozenset({Told.NOBODY, Told.FOLLOWERS, Told.WRITER_OF_THE_OTHER}),
    Did.PUBLISHED: frozenset({Told.FOLLOWERS}),
    Did.CHANGED_STATE: frozenset({Told.NOBODY, Told.FOLLOWERS}),  # of a note, nobody
    Did.REPLIED: frozenset({Told.FOLLOWERS}),
    Did.REOPENED: frozenset({Told.FOLLOWERS}),
    Did.HID: frozenset({Told.AUTHOR}),
    Did.RESTORED: frozenset({Told.AUTHOR}),
    Did.IMPORTED: frozenset({Told.NOBODY}),
    Did.SET_LEAD: frozenset({Told.AUTHOR}),
    Did.RENEWED: frozenset({Told.NOBODY, Told.AUTHOR}),
    Did.EDITED: frozenset({Told.NOBODY}),
    Did.CHANGED_LEVEL: frozenset({Told.NOBODY, Told.AUTHOR}),  # of a view that is narrowed with its note, its writer
    Did.WITHDREW: frozenset({Told.NOBODY}),
    Did.BROUGHT_BACK: frozenset({Told.NOBODY}),
    Did.REVIEWED: frozenset({Told.NOBODY}),
    Did.SUPERSEDED: frozenset({Told.NOBODY}),
    Did.ERASED: frozenset({Told.NOBODY}),
    Did.CHANGED_PHOTOS: frozenset({Told.NOBODY}),
    Did.BLACKED_OUT: frozenset({Told.AUTHOR}),
    Did.UNCOVERED: frozenset({Told.AUTHOR}),
    Did.HELD: frozenset({Told.AUTHOR}),
    Did.LEFT: frozenset({Told.AUTHOR}),
    Did.ASKED_TO_EDIT: frozenset({Told.AUTHOR}),
    Did.REDACTED: frozenset({Told.AUTHOR}),
    Did.MOVED: frozenset({Told.AUTHOR}),
    Did.SPLIT: frozenset({Told.AUTHOR}),
    Did.APPEALED: frozenset({Told.NOBODY}),
    Did.ANSWERED_APPEAL: frozenset({Told.AUTHOR}),
    Did.MERGED: frozenset({Told.FOLLOWERS, Told.AUTHOR, Told.NOBODY}),
    # of the one that stands for both its author alone, or nobody where they told the other too
    Did.PARTED: frozenset({Told.FOLLOWERS, Told.AUTHOR, Told.NOBODY}),
    Did.TOOK_ON: frozenset({Told.FOLLOWERS}),
    Did.MET: frozenset({Told.FOLLOWERS}),
}
"""Of each step of an entry, who may be told of it. Followers: its author too, where somebody else took the step"""


def told_in_words(step: Event, entry: Entry, wrote_to_author: bool, reader_id: int | None) -> str:
    """Who was told of a step, as its page says it. Of its author it is said only where a letter was written to them."""
    if step.told is Told.NOBODY or (step.told is Told.FOLLOWERS and step.did is Did.POSTED):
        return ""
    if step.told is Told.WRITER_OF_THE_OTHER:
        return "The writer of the other note was told." if entry.differs_from_id else ""
    own = entry.author_id is not None and entry.author_id == reader_id
    if step.told is Told.FOLLOWERS:
        if not wrote_to_author:
            return "Anyone who follows it was told."
        return f"{'You' if own else 'Its author'} and anyone who follows it were told."
    return "" if not wrote_to_author else "You were told." if own else "The author was told."


NEW: Final = frozenset({Did.POSTED, Did.PUBLISHED})

_WORDS: Final[dict[Did, Callable[[Event, Entry], str]]] = {
    Did.POSTED: _new,
    Did.PUBLISHED: _new,
    Did.CHANGED_STATE: _moved,
    Did.IMPORTED: _brought_in,
    Did.REPLIED: lambda step, entry: "A reply",
    Did.REOPENED: lambda step, entry: (
        f"{'Its author' if _is_authors(step, entry) else 'Somebody else who told it'} says it is not put right: "
        "received again"
    ),
    Did.HID: lambda step, entry: "Hidden by moderation",
    Did.RESTORED: _shown_again,
    Did.SET_LEAD: _led,
    Did.EDITED: lambda step, entry: "Edited by its author",
    Did.CHANGED_LEVEL: _levelled,
    Did.WITHDREW: lambda step, entry: "Withdrawn by its author",
    Did.BROUGHT_BACK: lambda step, entry: "Brought back by its author",
    Did.REVIEWED: lambda step, entry: "Its author looked at it again: it still holds",
    Did.CHANGED_PHOTOS: lambda step, entry: "Photos changed by its author",
    Did.BLACKED_OUT: lambda step, entry: "A photo was partly blacked out",
    Did.UNCOVERED: lambda step, entry: "A photo is shown whole again",
    Did.TOOK_ON: lambda step, entry: TAKEN.get(step.change.get("sort", ""), "Residents are taking this on"),
    Did.MET: lambda step, entry: (
        "It was taken up for something near" if entry.kind is Kind.OFFER else "Somebody who offered help is in touch"
    ),
    Did.MERGED: lambda step, entry: (
        "Merged into another entry that says the same" if "into" in step.change else "Another entry was merged into it"
    ),
    Did.PARTED: lambda step, entry: (
        "Taken out again: it stands for itself" if "into" in step.change else "A merge into it was taken back"
    ),
    Did.SUPERSEDED: lambda step, entry: "A later note takes its place",
    Did.HELD: lambda step, entry: "Waiting for a moderator to read it",
    Did.LEFT: lambda step, entry: "Read by a moderator, who left it as it is",
    Did.ASKED_TO_EDIT: lambda step, entry: "Its author was asked to edit it",
    Did.REDACTED: lambda step, entry: "Words removed by a moderator",
    Did.MOVED: _moved_by_a_moderator,
    Did.SPLIT: lambda step, entry: "A part of it now stands by itself" if step.change else "Made of a part of another",
    Did.APPEALED: lambda step, entry: "Its author asked for another look",
    Did.ANSWERED_APPEAL: lambda step, entry: "Looked at again by moderation",
}


def step_in_words(step: Event, entry: Entry) -> str:
    """What happened: `Now ‘Fixed’`. A step without words of its own here is called what it is called."""
    words = _WORDS.get(step.did)
    return words(step, entry) if words else str(step.did).capitalize()


def step_said(step: Event, entry: Entry) -> str:
    """What was said with it: of something new, what it says today."""
    return entry.words if step.did in NEW else step.words


def step_outcome(step: Event) -> str:
    """Of a step that closed something: whether it is put right, in a sentence."""
    states = step.change.get("state")
    return STATES[State(states[1])].outcome if states else ""


def step_by(step: Event, entry: Entry) -> str:
    """Who said it, as everyone may read it: by their office, or as the entry names its author; else the council."""
    own = _is_authors(step, entry)
    if step.did in NEW:
        return step.signed if own and entry.name_shown and step.signed else said_by(entry)
    if step.did in (Did.TOOK_ON, Did.REOPENED) and not step.signed and not own:
        return "A resident"
    return step.signed or (said_by(entry) if own else "The council")


def _is_authors(step: Event, entry: Entry) -> bool:
    return step.actor_id is not None and step.actor_id == entry.author_id
