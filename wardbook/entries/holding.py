"""Whether what somebody tells waits until a moderator has read it: rooms add rules that give reasons to wait."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from wardbook.entries.kinds import ENTERED, Channel, Kind
from wardbook.entries.models import Entry, Photo
from wardbook.errors import Refused
from wardbook.people.models import Person
from wardbook.policy import Act, Viewer, may, require
from wardbook.shared import Level

CATEGORY: Final = "category"
EDITED_AS_ASKED: Final = "edited as asked"
UNHELD: Final = frozenset({Channel.IMPORT, Channel.DEMO})


class When(StrEnum):
    """What its author has just done."""

    TOLD = "told"
    CONFIRMED = "confirmed"
    EDITED = "edited"


@dataclass(frozen=True)
class Asked:
    """A contribution about which the rules are asked."""

    entry: Entry
    author: Person | None
    texts: Mapping[str, str]
    """What people would read of it, by the name of its part: `title`, `words`, `answer 1`, `photo 12`"""
    when: When
    earlier: str = ""
    """What it said until now where everybody could read that: it is no news"""


Rule = Callable[[Asked], Iterable[str]]
_rules: list[Rule] = []
Finder = Callable[[str, str], Iterable[str]]
_finders: list[Finder] = []


@dataclass(frozen=True)
class Reason:
    """Why something waits: in words for moderators, and how pressing it is, from 1 to 5."""

    words: str
    risk: int
    in_text: bool = False
    """Whether it is found in what is said, and so is gone when that no longer says it"""
    told: str = ""
    """The same for its author, after 'It waits because'; nothing where they are not told"""
    looks_like: str = ""
    """Of what is found in a text, what it is: 'a telephone number'"""


_reasons: dict[str, Reason] = {
    CATEGORY: Reason("A moderator reads what is said of its category", 2, told="of what it is about"),
    EDITED_AS_ASKED: Reason(
        "Its author has edited it, as they were asked to", 2, told="you have edited it, as a moderator asked"
    ),
}
_OF_A_SENDER: Final = "we want to be sure that a person sent it"
_UNKNOWN: Final = 3


def holds(rule: Rule) -> Rule:
    """Let a function give reasons for which a contribution waits."""
    _rules.append(rule)
    return rule


def finds(finder: Finder) -> Finder:
    """Let a function give reasons that stand in a part of what is said: it is called with the part and its text."""
    _finders.append(finder)
    return finder


def means(reason: str, words: str, risk: int, *, in_text: bool = False, told: str = "", looks_like: str = "") -> str:
    """Say what a reason is in words, and how pressing; returns the reason."""
    _reasons[reason] = Reason(words, risk, in_text, told, looks_like)
    return reason


def meaning(reason: str) -> Reason:
    """What a reason says; one that nobody has explained is its own words, of how it was sent."""
    return _reasons.get(reason, Reason(reason.capitalize(), _UNKNOWN, told=_OF_A_SENDER))


def in_words(reasons: Sequence[str]) -> list[str]:
    """Reasons in words, the most pressing first."""
    return [one.words for one in sorted(map(meaning, reasons), key=lambda one: -one.risk)]


def told_to_author(reasons: Sequence[str]) -> list[str]:
    """Why it waits, in sentences for its author: what kind of thing was found, never which word."""
    known = [meaning(reason) for reason in reasons]
    why = dict.fromkeys(one.told for one in known if one.told)
    waits = f"It waits because {', and because '.join(why)}." if why else ""
    edits = "You can edit it to take that out. Somebody reads it all the same." if any(k.in_text for k in known) else ""
    return [sentence for sentence in (waits, edits) if sentence]


def why_it_waits(entry: Entry) -> list[str]:
    """The same of an entry as it stands, without what its author has taken out of it since."""
    found = reasons(Asked(entry, entry.author, texts_of(entry, entry.photos), When.EDITED))
    return told_to_author([one for one in entry.held_for if one in found or not meaning(one).in_text])


def risk_of(reasons: Iterable[str]) -> int:
    """How pressing it is to read something, from 0 to 5."""
    return max((meaning(reason).risk for reason in reasons), default=0)


def texts_of(entry: Entry, photos: Iterable[Photo] = ()) -> dict[str, str]:
    """All that its author wrote and others would read, by the name of its part."""
    found = {"title": entry.title, "words": entry.words}
    for number, said in enumerate(entry.answers or (), start=1):
        found[f"answer {number}"] = said["answer"]
    found["spot"] = entry.spot_words or ""
    found |= {f"photo {photo.id}": photo.alt for photo in photos}
    return {part: text for part, text in found.items() if text}


def by_category(entry: Entry) -> bool:
    """Whether a moderator reads what is said of its category before anybody else does."""
    return entry.category is not None and entry.category.moderated


def reasons(asked: Asked, doubts: Iterable[str] = ()) -> list[str]:
    """Why this waits for a moderator, each reason once; nothing where it need not.

    Notes of councillors and officers do not, nor what staff wrote down or brought in, nor what its author alone sees.
    """
    entry = asked.entry
    if entry.kind is Kind.NOTE or entry.level is Level.PRIVATE or entry.channel in UNHELD:
        return []
    moderated = [CATEGORY] if by_category(entry) else []
    if entry.channel in ENTERED:  # staff wrote down what they were told, so somebody has read it
        return moderated
    found = [*doubts, *moderated, *(reason for rule in _rules for reason in rule(asked))]
    return list(dict.fromkeys(found))


def after_edit(entry: Entry, author: Person | None, earlier: Mapping[str, str]) -> list[str]:
    """Why it waits now that it says something else. `earlier`: what everybody could read of it until now.

    What has not been passed yet goes on waiting, for what it says now.
    """
    told = "\n".join(earlier.values())
    why = reasons(Asked(entry, author, texts_of(entry, entry.photos), When.EDITED, told))
    if earlier:
        return why
    lasting = [reason for reason in entry.held_for if not meaning(reason).in_text]
    again = [EDITED_AS_ASKED] if entry.asked_to_edit else []
    return list(dict.fromkeys([*again, *why, *lasting])) or list(entry.held_for)


def check_said(viewer: Viewer, text: str, *, field: str) -> None:
    """Refuse words that are shown at once, where a moderator would have to read them first. `field`: where they stand.

    Whoever works for the council is not asked. Raises Banned where somebody may say nothing for now.
    """
    if not text.strip():
        return
    require(viewer, Act.SAY)
    if may(viewer, Act.SAY_UNREAD):
        return
    if found := looks_like(text, field):
        raise Refused(
            f"Take out what looks like {' or '.join(found)}. This is shown at once: nobody reads it first.", field=field
        )


def looks_like(text: str, part: str) -> list[str]:
    """What a moderator should look at in a part of what is said: 'a telephone number', each once."""
    return list(dict.fromkeys(meaning(reason).looks_like for find in _finders for reason in find(part, text)))


def hold_for(entry: Entry, why: Sequence[str]) -> None:
    """Keep on a contribution why it waits."""
    entry.held_for, entry.risk = list(why), risk_of(why)
