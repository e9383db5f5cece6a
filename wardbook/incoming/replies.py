"""Answers to our letters: which entry they are about, for its author alone."""

from __future__ import annotations

import re
from dataclasses import dataclass

from sqlalchemy import select

from wardbook.db import db
from wardbook.entries.models import Entry
from wardbook.incoming.reading import Read
from wardbook.mail import letter_with
from wardbook.people import queries as people
from wardbook.people.queries import viewer_of
from wardbook.policy import visible
from wardbook.shared import LETTERS

_REFERENCE = re.compile(rf"\bWB-[{LETTERS}]{{5}}\b", re.IGNORECASE)


@dataclass(frozen=True)
class Answered:
    """That a message answers a letter of ours, and the entry that it is about, where its writer told it."""

    entry: Entry | None


def answer_to(told: Read) -> Answered | None:
    """What a message answers; None where it begins something new.

    It answers where it says so of a letter that went to its sender, or where its subject has the reference of an entry
    of theirs.
    """
    letter = letter_with(told.answers) if told.answers else None
    entry = _own_entry(told, letter.subject + " " + letter.body if letter else "")
    if letter is not None and letter.to == told.sender:
        return Answered(entry)
    return Answered(entry) if entry is not None else None


def _own_entry(told: Read, letter: str) -> Entry | None:
    """The first entry that its subject, or the letter that it answers, names and that its sender told and may see."""
    sender = people.person_by_email(told.sender)
    if sender is None:
        return None
    for ref in [*_REFERENCE.findall(told.subject), *_REFERENCE.findall(letter)]:
        own = (Entry.ref == ref.upper(), Entry.author_id == sender.id, visible(Entry, viewer_of(sender)))
        if (entry := db.session.scalar(select(Entry).where(*own))) is not None:
            return entry
    return None
