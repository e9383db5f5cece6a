"""The kinds of entry and their lives, as tables: a new kind is a row."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from wardbook.policy import Role
from wardbook.shared import Level


class Kind(StrEnum):
    """What sort of thing somebody tells the council."""

    ISSUE = "issue"
    IDEA = "idea"
    KNOWLEDGE = "knowledge"
    ASSET = "asset"
    OFFER = "offer"
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
    UNDER_CONSIDERATION = "under consideration"
    ADOPTED = "adopted"
    DECLINED = "declined"
    CURRENT = "current"
    OUT_OF_DATE = "out of date"
    SUPERSEDED = "superseded"
    OPEN = "open"
    TAKEN_UP = "taken up"
    DONE = "done"
    LAPSED = "lapsed"


@dataclass(frozen=True)
class Meaning:
    """What a state says to the public: its family, a label, and words for somebody who has never seen it."""

    family: Family
    label: str
    words: str
    put_right: bool | None = None
    """Whether what was wrong is put right; None where that is not what it says"""

    @property
    def outcome(self) -> str:
        """What became of it, put right or not, in a sentence; empty where a state says neither."""
        return "" if self.put_right is None else _OUTCOMES[self.put_right]

    @property
    def outcome_tag(self) -> str:
        """The same beside its label, where the label does not say it."""
        return "Not put right" if self.put_right is False else ""


_OUTCOMES: Final = {True: "It is closed: it is put right.", False: "It is closed without being put right."}

STATES: Final[dict[State, Meaning]] = {
    State.RECEIVED: Meaning(Family.OPEN, "Received", "The council has it."),
    State.ACKNOWLEDGED: Meaning(Family.OPEN, "Acknowledged", "An officer has read it and is finding out more."),
    State.IN_PROGRESS: Meaning(Family.OPEN, "In progress", "Work has begun."),
    State.PLANNED: Meaning(Family.OPEN, "Planned", "Work is planned."),
    State.UNDER_CONSIDERATION: Meaning(Family.OPEN, "Under consideration", "An officer is looking at what it takes."),
    State.FIXED: Meaning(Family.CLOSED, "Fixed", "It has been put right.", True),
    State.FIXED_BY_RESIDENTS: Meaning(Family.CLOSED, "Fixed by residents", "People who live here put it right.", True),
    State.NO_FURTHER_ACTION: Meaning(
        Family.CLOSED, "No further action", "It was not put right, and this says why.", False
    ),
    State.NOT_OURS: Meaning(Family.CLOSED, "Not ours", "It is for somebody other than the council.", False),
    State.PASSED_ON: Meaning(Family.CLOSED, "Passed on", "It was given to those whose task it is.", False),
    State.DUPLICATE: Meaning(Family.CLOSED, "Duplicate", "It had been told already and goes on there."),
    State.ADOPTED: Meaning(Family.CLOSED, "Adopted", "It will be done, and this says how."),
    State.DECLINED: Meaning(Family.CLOSED, "Declined", "It will not be done, and this says why."),
    State.OPEN: Meaning(Family.OPEN, "Open", "It stands: whoever needs it can take it up."),
    State.TAKEN_UP: Meaning(Family.OPEN, "Taken up", "Somebody has taken it up."),
    State.DONE: Meaning(Family.CLOSED, "Done", "What was offered has been done."),
    State.LAPSED: Meaning(Family.CLOSED, "Lapsed", "It stood until a day that has passed. It can be renewed."),
    State.CURRENT: Meaning(Family.CURRENT, "Current", "It holds today, as far as its author knows."),
    State.OUT_OF_DATE: Meaning(Family.PAST, "Out of date", "It held once."),
    State.SUPERSEDED: Meaning(Family.PAST, "Superseded", "A later note has taken its place."),
}

_ISSUE_OPEN = {State.RECEIVED, State.ACKNOWLEDGED, State.IN_PROGRESS, State.PLANNED}
_ISSUE_CLOSED = {
    State.FIXED, State.FIXED_BY_RESIDENTS, State.NO_FURTHER_ACTION, State.NOT_OURS, State.PASSED_ON, State.DUPLICATE,
}  # fmt: skip
_IDEA_OPEN, _IDEA_CLOSED = {State.RECEIVED, State.UNDER_CONSIDERATION}, {State.ADOPTED, State.DECLINED}
_LASTING = {State.CURRENT: {State.OUT_OF_DATE}, State.OUT_OF_DATE: {State.CURRENT}}
_ENDS = {Family.OPEN: Family.CLOSED, Family.CURRENT: Family.PAST}

Moves = dict[State, set[State]]


def _answered(open_: set[State], closed: set[State]) -> Moves:
    """What the council answers goes to and fro until it is closed, and is received again when it is reopened."""
    return {state: (open_ - {state}) | closed for state in open_} | {state: {State.RECEIVED} for state in closed}


@dataclass(frozen=True)
class Lifecycle:
    """The life of a kind: who may tell it, how it begins, where it may go, and who it is for unless they say."""

    label: str
    plural: str
    by: frozenset[Role]
    starts: State
    moves: Moves = field(hash=False)
    level: Level
    levels: tuple[Level, ...]
    invitation: str
    """How it is offered to somebody who has never told the council anything"""
    explained: str
    """One line more, for somebody who hesitates between two kinds"""
    example: str
    led: bool = False
    """Whether it says who leads on it"""
    author_moves: bool = False
    """Whether its author moves it from state to state, beside officers"""
    overtaken: tuple[State, State] | None = None
    """The state that a day brings to an end, and the one that then takes its place without anybody's doing"""
    stands_days: int | None = None
    """For how many days it stands unless its author says otherwise"""
    elsewhere: frozenset[State] = frozenset()
    """States that are not chosen from a list of moves: they come with a deed of their own"""

    @property
    def lives(self) -> Family:
        """The family of what goes on: open, or current."""
        return STATES[self.starts].family

    @property
    def ends(self) -> Family:
        """The family of what is over: closed, or past."""
        return _ENDS[self.lives]

    def stands_from(self, day: date) -> date | None:
        """Until when it stands if it is told on a day, unless its author says otherwise."""
        return day + timedelta(days=self.stands_days) if self.stands_days else None

    def chosen_from(self, state: State) -> list[State]:
        """The moves from a state that are chosen from a list, in the order of the table of states.

        What a day has ended goes on by a new day alone: an offer is renewed, a note reviewed.
        """
        if self.overtaken and state is self.overtaken[1]:
            return []
        return [found for found in STATES if found in self.moves[state] - self.elsewhere]


_OF_RESIDENTS = frozenset({Role.RESIDENT})
_FOR_ALL = (Level.PUBLIC, Level.COUNCIL, Level.WARD)

KINDS: Final[dict[Kind, Lifecycle]] = {
    Kind.ISSUE: Lifecycle(
        label="Issue",
        plural="Issues",
        by=_OF_RESIDENTS,
        starts=State.RECEIVED,
        moves=_answered(_ISSUE_OPEN, _ISSUE_CLOSED),
        level=Level.PUBLIC,
        levels=_FOR_ALL,
        invitation="Something is wrong here",
        explained="It is broken, unsafe or a nuisance.",
        example="no dropped kerb outside the library",
        led=True,
    ),
    Kind.IDEA: Lifecycle(
        label="Idea",
        plural="Ideas",
        by=_OF_RESIDENTS,
        starts=State.RECEIVED,
        moves=_answered(_IDEA_OPEN, _IDEA_CLOSED),
        level=Level.PUBLIC,
        levels=_FOR_ALL,
        invitation="This could be better",
        explained="Nothing is broken, and you know what would help.",
        example="a bench half way up the hill",
        led=True,
    ),
    Kind.KNOWLEDGE: Lifecycle(
        label="Knowledge",
        plural="Knowledge",
        by=_OF_RESIDENTS,
        starts=State.CURRENT,
        moves=_LASTING,
        level=Level.PUBLIC,
        levels=_FOR_ALL,
        invitation="How this place works, or what was here",
        explained="What somebody should know who is about to change it: who uses it, its past, what was tried.",
        example="the lane floods when the wind is in the east",
        author_moves=True,
    ),
    Kind.ASSET: Lifecycle(
        label="Asset",
        plural="Assets",
        by=frozenset({Role.RESIDENT, Role.COUNCILLOR}),
        starts=State.CURRENT,
        moves=_LASTING,
        level=Level.PUBLIC,
        levels=_FOR_ALL,
        invitation="Something good here, worth keeping",
        explained="A place, a group, or somebody's work.",
        example="the Tuesday lunch in the church hall",
        author_moves=True,
    ),
    Kind.OFFER: Lifecycle(
        label="Offer",
        plural="Offers",
        by=_OF_RESIDENTS,
        starts=State.OPEN,
        moves={
            State.OPEN: {State.TAKEN_UP},
            State.TAKEN_UP: {State.OPEN, State.DONE},
            State.DONE: set(),
            State.LAPSED: {State.OPEN},
        },
        level=Level.PUBLIC,
        levels=_FOR_ALL,
        invitation="What I, or we, can do",
        explained="Time, a skill, tools or a room that you would give.",
        example="I can water the planters in the square",
        author_moves=True,
        overtaken=(State.OPEN, State.LAPSED),
        stands_days=90,
    ),
    Kind.NOTE: Lifecycle(
        label="Note",
        plural="Notes",
        by=frozenset({Role.COUNCILLOR, Role.OFFICER}),
        starts=State.CURRENT,
        moves={
            State.CURRENT: {State.OUT_OF_DATE, State.SUPERSEDED},
            State.OUT_OF_DATE: {State.CURRENT, State.SUPERSEDED},
            State.SUPERSEDED: {State.CURRENT},
        },
        level=Level.COUNCIL,
        levels=(Level.COUNCIL, Level.WARD, Level.PRIVATE, Level.PUBLIC),
        invitation="What I know of this place",
        explained="For those who come to decide about it.",
        example="the crossing was promised in 2019",
        overtaken=(State.CURRENT, State.OUT_OF_DATE),
        elsewhere=frozenset({State.CURRENT, State.OUT_OF_DATE, State.SUPERSEDED}),
    ),
}
CONTRIBUTIONS: Final = tuple(kind for kind in Kind if kind is not Kind.NOTE)
"""What residents and others tell; a note is what councillors and officers write."""
LED: Final = tuple(kind for kind in Kind if KINDS[kind].led)


def state_on(kind: Kind, kept: State, stands_until: date | None, on: date) -> State:
    """The state of an entry on a day: the one that is kept, or what its date has made of it the day after."""
    overtaken = KINDS[kind].overtaken
    over = overtaken is not None and kept is overtaken[0] and stands_until is not None and stands_until < on
    return overtaken[1] if overtaken and over else kept


def states_in(family: Family) -> list[State]:
    """The states of a family, in the order of their table."""
    return [state for state, meaning in STATES.items() if meaning.family is family]


NO_LONGER_UPHELD: Final = frozenset({State.SUPERSEDED, State.OUT_OF_DATE})
"""What is kept of a note that its writer has replaced or called out of date. One only due for review is upheld."""


def needs_words(state: State) -> bool:
    """Closing an issue or an idea takes words: 'closed' is not 'fixed'."""
    return state in _ISSUE_CLOSED | _IDEA_CLOSED


LEVEL_LABELS: Final = {
    Level.PRIVATE: "Only me",
    Level.WARD: "The ward's councillors",
    Level.COUNCIL: "All councillors and officers",
    Level.PUBLIC: "Everyone",
}
"""Who a thing is for, as it is offered and told"""


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


class Lead(StrEnum):
    """Who leads on an issue or an idea."""

    COUNCIL = "council"
    RESIDENTS = "residents"
    PARTNER = "partner"
    TOGETHER = "together"


LEAD_LABELS: Final[dict[Lead, str]] = {
    Lead.COUNCIL: "The council",
    Lead.RESIDENTS: "Residents",
    Lead.PARTNER: "A partner",
    Lead.TOGETHER: "The council and others together",
}


def lead_in_words(lead: Lead, partner: str | None) -> str:
    """Who leads, a partner by its name: `Residents`, `Mere Trust`, `The council and others together (Mere Trust)`."""
    if not partner:
        return LEAD_LABELS[lead]
    return partner if lead is Lead.PARTNER else f"{LEAD_LABELS[lead]} ({partner})"


class Channel(StrEnum):
    """How an entry came to the council."""

    WEB = "web"
    IMPORT = "import"
    DEMO = "demo"
    TELEPHONE = "telephone"
    PAPER = "paper"
    DROP_IN = "drop-in"
    EMAIL = "email"


ENTERED: Final[dict[Channel, str]] = {
    Channel.TELEPHONE: "by telephone",
    Channel.PAPER: "on paper",
    Channel.DROP_IN: "at a drop-in",
}
"""The channels by which somebody tells staff, who enter it for them; in words"""
