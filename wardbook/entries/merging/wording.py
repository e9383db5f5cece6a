"""How alike two texts are: retyped, shortened, in another order, or by title alone; the same on both engines.

The thresholds were set on 2,476 comments that people pinned on a map of a city: lightly retyped, all of a sample of 600
are found again; of 1,300 comments from elsewhere put at the same spots, one at most looks like something there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

PIECE = 5
SHARED, HELD, IN_ANY_ORDER = 0.31, 0.75, 0.52
"""What two texts have in common, from 0 to 1, where they are alike: the share of all their five-letter pieces, the
share of the shorter one's, and the share of their words' three-letter pieces in any order."""
WORTH_COMPARING = 40
"""Fewer pieces than these are held by a longer text by chance: they count for less"""
WORTH_A_LOOK = 0.15
TITLE, TITLE_IN_CATEGORY, TITLE_OF_MORE, TITLE_OF_OTHER_WORDS = 0.3, 0.18, 0.45, 0.6
"""How similar two titles must be; less where both are about the same category, more where one goes on in words, and
most where both do and these are not alike"""
MOST_SIGNS = 2000
_WORD = re.compile(r"[^\W_]+")
_APOSTROPHES = str.maketrans("", "", "'’")
_SAID_ANYWHERE = frozenset(
    _WORD.findall(
        "a about after all also an and any are as at be because been but by can do does for from get go has have here "
        "how i if in into is it its just my near need needs next no not of off on once one or our out over please s so "
        "some than that the their them there these they this those to too under up us very was we were what when where "
        "which while who why will with you your"
    )
)


@dataclass(frozen=True)
class Said:
    """A title and words as they are compared."""

    title: str
    """Empty where it is nobody's own, as the name of a category is not"""
    words: str

    @classmethod
    def of(cls, title: str, words: str, plain: Iterable[str] = ()) -> Said:
        """`plain` are titles that say nothing, such as the name of the category."""
        own = _folded(title)
        return cls("" if own.rstrip("s") in {_folded(one).rstrip("s") for one in plain} else own, _folded(words))

    @cached_property
    def texts(self) -> tuple[_Text, ...]:
        """The words, and title and words together where the one is not how the other begins."""
        if not self.title or self.words.startswith(self.title[: len(self.words)]):
            return (_Text(self.words or self.title),)
        whole = _Text(f"{self.title} {self.words}".strip())
        return (_Text(self.words), whole) if self.words else (whole,)

    @property
    def called(self) -> str:
        """What stands for it in a few words: its title, or else its words where these are few."""
        return _told(self.title or (self.words if self.is_brief else ""))

    @property
    def is_brief(self) -> bool:
        """Whether its words are too few to say whether they are other words."""
        return len(self.words) < WORTH_COMPARING


class _Text:
    def __init__(self, text: str) -> None:
        self.text = text[:MOST_SIGNS]
        padded = f" {self.text} "
        self.pieces = frozenset(padded[at : at + PIECE] for at in range(len(padded) - PIECE + 1))


def likeness(one: Said, other: Said, *, same_category: bool) -> float:
    """How alike they are: 1 and more where somebody should be asked whether it is the same."""
    in_words = max(_of_texts(this, that) for this in one.texts for that in other.texts)
    return max(in_words, _of_titles(one, other, same_category))


def _of_texts(one: _Text, other: _Text) -> float:
    shared = len(one.pieces & other.pieces)
    least = min(len(one.pieces), len(other.pieces))
    if not least or shared / least < WORTH_A_LOOK:
        return 0.0
    worth = min(1.0, least / WORTH_COMPARING)
    of_all = shared / (len(one.pieces) + len(other.pieces) - shared)
    found = max(of_all / SHARED, shared / least / HELD, similarity(one.text, other.text) / IN_ANY_ORDER)
    return found * worth


def _of_titles(one: Said, other: Said, same_category: bool) -> float:
    alike = similarity(one.called, other.called)
    if one.is_brief and other.is_brief:
        return alike / (TITLE_IN_CATEGORY if same_category else TITLE)
    return alike / (TITLE_OF_MORE if one.is_brief or other.is_brief else TITLE_OF_OTHER_WORDS)


def _folded(text: str) -> str:
    return " ".join(_WORD.findall(text.lower().translate(_APOSTROPHES)))


def _told(title: str) -> str:
    """A title without the words that any has: `no bench here` is `bench`."""
    return " ".join(word for word in title.split() if word not in _SAID_ANYWHERE) or title


def similarity(one: str, other: str) -> float:
    """The share of three-letter pieces that two texts have in common, as PostgreSQL's pg_trgm defines it.

    Each word, with two blanks before it and one after, gives its pieces; the share is of all that either text has.
    """
    these, those = _pieces(one), _pieces(other)
    return len(these & those) / len(these | those) if these and those else 0.0


def _pieces(text: str) -> frozenset[str]:
    padded = (f"  {word} " for word in _WORD.findall(text.lower()))
    return frozenset(word[at : at + 3] for word in padded for at in range(len(word) - 2))
