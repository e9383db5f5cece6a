"""What a message tells: its kind, its title, the category that its words name."""

from __future__ import annotations

import re

from wardbook.entries import queries
from wardbook.entries.actions import MOST_TITLE, MOST_WORDS
from wardbook.entries.kinds import Kind
from wardbook.entries.models import Category
from wardbook.incoming.reading import Read
from wardbook.incoming.where import folded_all

_KINDS = ((Kind.IDEA, r"ideas?|suggestions?"), (Kind.OFFER, r"offers?|offering|volunteer(?:ing)?"))
SHORT = 80


def kind_of(told: Read) -> Kind:
    """An issue, unless its subject says otherwise."""
    return next((kind for kind, words in _KINDS if re.search(rf"\b(?:{words})\b", told.subject, re.I)), Kind.ISSUE)


def title_of(told: Read) -> str:
    """Its subject, or else how it begins."""
    first = next((line.strip() for line in told.words.split("\n") if line.strip()), "")
    title = told.subject or re.split(r"(?<=[.!?])\s", first)[0]
    return _short(title, MOST_TITLE if told.subject else SHORT)


def _short(words: str, most: int) -> str:
    if len(words) <= most:
        return words
    return words[: most - 1].rsplit(" ", 1)[0].rstrip(",.;:") + "…"


def words_of(told: Read) -> tuple[str, bool]:
    """What it says, as much as an entry holds, and whether that is all of it."""
    return told.words[:MOST_WORDS].strip(), len(told.words) <= MOST_WORDS


def category_in(told: Read, kind: Kind) -> Category | None:
    """The one category whose name stands in its words, in the singular or plural; None where none does, or several."""
    said = f" {_singular(folded_all(f'{told.subject} {told.words}'))} "
    found = [category for category in queries.categories(kind) if f" {_singular(folded_all(category.name))} " in said]
    return found[0] if len(found) == 1 else None


def _singular(words: str) -> str:
    return " ".join(word[:-1] if len(word) > 3 and word.endswith("s") else word for word in words.split())
