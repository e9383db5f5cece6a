"""The kinds of entry and their lives, as tables: a new kind is a row."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from wardbook.policy import Role
from wardbook.shared import Level


class Kind(StrEnum):
    """What sort of thing somebody tells the council."""

    ISSUE = "issue"
    ASSET = "asset"
    NOTE = "note"


class Family(StrEnum):
    """What a state comes to, whatever the kind."""

    OPEN = "open"
    CLOSED = "closed"
    CURRENT = "current"
    PAST = "past"


class State(StrEnum):
    """Where an entry is in the life of its kind."""

    RECEIVED = "received"
    ACKNOWLEDGED = "acknowledged"
    IN_PROGRESS = "in progress"
    PLANNED = "planned"
    FIXED = "fixed"
    FIXED_BY_RESIDENTS = "fixed by residents"
    NO_FURTHER_ACTION = "no further action"
    NOT_OURS = "not ours"
    PASSED_ON = "passed on"
    DUPLICATE = "duplicate"
    CURRENT = "current"
    OUT_OF_DATE = "out of date"
    SUPERSEDED = "superseded"


@dataclass(frozen=True)
class Meaning:
    """What a state says to the public: its family, a label, and words for somebody who has never seen it."""

    family: Family
    label: str
    words: str


STATES: Final[dict[State, Meaning]] = {
    State.RECEIVED: Meaning(Family.OPEN, "Received", "The council has it. Nobody has looked at it yet."),
    State.ACKNOWLEDGED: Meaning(Family.OPEN, "Acknowledged", "An officer has read it and is finding out more."),
    State.IN_PROGRESS: Meaning(Family.OPEN, "In progress", "Work has begun."),
    State.PLANNED: Meaning(Family.OPEN, "Planned", "Work is planned."),
    State.FIXED: Meaning(Family.CLOSED, "Fixed", "The council has put it right."),
    State.FIXED_BY_RESIDENTS: Meaning(Family.CLOSED, "Fixed by residents", "People who live here put it right."),
    State.NO_FURTHER_ACTION: Meaning(Family.CLOSED, "No further action", "It was not put right, and this says why."),
    State.NOT_OURS: Meaning(Family.CLOSED, "Not ours", "It is for somebody other than the council."),
    State.PASSED_ON: Meaning(Family.CLOSED, "Passed on", "It was given to those whose task it is."),
    State.DUPLICATE: Meaning(Family.CLOSED, "Duplicate", "It had been told already and goes on there."),
    State.CURRENT: Meaning(Family.CURRENT, "Current", "It holds today, as far as its author knows."),
    State.OUT_OF_DATE: Meaning(Family.PAST, "Out of date", "It held once."),
    State.SUPERSEDED: Meaning(Family.PAST, "Superseded by another", "A later note takes its place."),
}

_OPEN = {State.RECEIVED, State.ACKNOWLEDGED, State.IN_PROGRESS, State.PLANNED}
_CLOSED = {state for state, meaning in STATES.items() if meaning.family is Family.CLOSED}
_LASTING = {State.CURRENT: {State.OUT_OF_DATE}, State.OUT_OF_DATE: {State.CURRENT}}


@dataclass(frozen=True)
class Lifecycle:
    """The life of a kind: who may tell it, how it begins, where it may go, and who it is for unless they say."""

    label: str
    plural: str
    by: frozenset[Role]
    starts: State
    moves: dict[State, set[State]] = field(hash=False)
    level: Level
    levels: tuple[Level, ...]
    invitation: str
    """How it is offered to somebody who has never told the council anything."""


KINDS: Final[dict[Kind, Lifecycle]] = {
    Kind.ISSUE: Lifecycle(
        label="Issue",
        plural="Issues",
        by=frozenset({Role.RESIDENT}),
        starts=State.RECEIVED,
        moves={state: (_OPEN - {state}) | _CLOSED for state in _OPEN} | {state: {State.RECEIVED} for state in _CLOSED},
        level=Level.PUBLIC,
        levels=(Level.PUBLIC, Level.COUNCIL, Level.WARD),
        invitation="Something is wrong here",
    ),
    Kind.ASSET: Lifecycle(
        label="Asset",
        plural="Assets",
        by=frozenset({Role.RESIDENT, Role.COUNCILLOR}),
        starts=State.CURRENT,
        moves=_LASTING,
        level=Level.PUBLIC,
        levels=(Level.PUBLIC, Level.COUNCIL, Level.WARD),
        invitation="Something good here, worth keeping",
    ),
    Kind.NOTE: Lifecycle(
        label="Note",
        plural="Notes",
        by=frozenset({Role.COUNCILLOR, Role.OFFICER}),
        starts=State.CURRENT,
        moves=_LASTING | {State.SUPERSEDED: set()},
        level=Level.COUNCIL,
        levels=(Level.COUNCIL, Level.WARD, Level.PRIVATE, Level.PUBLIC),
        invitation="What I know of this place",
    ),
}


def states_in(family: Family) -> list[State]:
    """The states of a family, in the order of their table."""
    return [state for state, meaning in STATES.items() if meaning.family is family]


def needs_words(state: State) -> bool:
    """Closing an issue takes words: 'closed' is not 'fixed'."""
    return STATES[state].family is Family.CLOSED


class Topic(StrEnum):
    """What a note is about."""

    HISTORY = "history"
    PEOPLE = "people"
    SENSITIVITY = "sensitivity"
    PRIORITY = "priority"
    OPPORTUNITY = "opportunity"
    TENSION = "tension"
    PROMISE = "promise"


class Basis(StrEnum):
    """How the writer of a note knows."""

    SEEN = "seen it myself"
    TOLD = "told by residents"
    LONG_KNOWN = "long known here"
    HUNCH = "a hunch"


class Channel(StrEnum):
    """How an entry came to the council."""

    WEB = "web"
    IMPORT = "import"
    DEMO = "demo"
