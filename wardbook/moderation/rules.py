"""For what a contribution waits until a moderator has read it: what it says, who tells it, and how often."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Final
from urllib.parse import urlsplit

from sqlalchemy import func, select

from wardbook.chosen import chosen
from wardbook.config import settings
from wardbook.db import db, now
from wardbook.entries.holding import Asked, When, finds, holds, means
from wardbook.entries.models import Entry
from wardbook.moderation.patterns import ADDRESS, LINK, NAME, Found, find, find_words
from wardbook.people.queries import running_terms
from wardbook.shared import Standing

HELD_WORD: Final = means(
    "word on the list",
    "It has a word on the council’s list",
    5,
    in_text=True,
    told="of a word in it",
    looks_like="a word on the council’s list",
)
MANY: Final = means(
    "many at once",
    "Many came from this address in a short time",
    3,
    told="many things came from your address in a short time",
)
FIRST: Final = means("first", "The first that this person tells", 1, told="it is the first thing that you tell us")
MOST_AN_HOUR, MOST_A_DAY = 10, 30
SAYS_WHERE: Final = frozenset({"spot"})
"""The part that says where it is: an address there is one of a spot"""
IS_A_NAME: Final = frozenset({"name"})
"""What somebody calls themselves: a name after a title there is their own"""


def found_in(part: str, text: str) -> list[Found]:
    """What a moderator should look at in a part of what was told, in the order in which it stands."""
    pieces = [*find(text), *find_words(text, chosen().held_words, HELD_WORD)]
    return sorted(one for one in pieces if not _is_nothing(part, one, text))


def _is_nothing(part: str, found: Found, text: str) -> bool:
    if found.reason == ADDRESS:
        return part in SAYS_WHERE
    if found.reason == NAME:
        return part in IS_A_NAME
    return found.reason == LINK and _is_ours(text[found.start : found.end])


def _is_ours(link: str) -> bool:
    """Whether it leads to this very site."""
    ours = urlsplit(settings().base_url).netloc
    return bool(ours) and re.sub(r"^(https?://)", "", link.lower()).split("/")[0] == ours.lower()


@finds
def _stands_in(part: str, text: str) -> Iterator[str]:
    return (found.reason for found in found_in(part, text))


@holds
def _says(asked: Asked) -> Iterator[str]:
    """What it says, but for what it said before where everybody could read it."""
    for part, text in asked.texts.items():
        for found in found_in(part, text):
            if text[found.start : found.end] not in asked.earlier:
                yield found.reason


@holds
def _comes_often(asked: Asked) -> Iterator[str]:
    """More than ten in an hour or thirty in a day; those who work for the council do not count."""
    if asked.when is When.EDITED or asked.author is None or asked.author.id is None or running_terms(asked.author):
        return
    told = select(func.count()).where(Entry.author_id == asked.author.id)
    spans = (timedelta(hours=1), MOST_AN_HOUR), (timedelta(days=1), MOST_A_DAY)
    if any((db.session.scalar(told.where(Entry.told_at > now() - span)) or 0) >= most for span, most in spans):
        yield MANY


@holds
def _is_first(asked: Asked) -> Iterator[str]:
    """Nothing of theirs was published yet, where the council wants to read the first of everybody."""
    if asked.when is When.EDITED or not chosen().hold_first or asked.author is None or running_terms(asked.author):
        return
    out = Entry.standing.in_([Standing.PUBLISHED, Standing.WITHDRAWN]), Entry.confirmed_at.is_not(None)
    others = select(Entry.id).where(Entry.author_id == asked.author.id, *out).limit(1)
    if db.session.scalar(others) is None:
        yield FIRST
