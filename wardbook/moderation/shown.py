"""What a moderator reads of one thing: its words with what was found in them marked, and all that is known beside."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from wardbook.entries import queries as entries
from wardbook.entries.holding import in_words, meaning, texts_of
from wardbook.entries.models import Entry
from wardbook.moderation import appeals, bans, queries
from wardbook.moderation.rules import found_in
from wardbook.policy import Viewer


@dataclass(frozen=True)
class Piece:
    """A piece of a text, with what it may be where something was found."""

    text: str
    may_be: str = ""


@dataclass(frozen=True)
class Part:
    """A part of what was told, by its name."""

    name: str
    pieces: list[Piece]


def parts_of(entry: Entry) -> list[Part]:
    """All that its author wrote, with what was found in it."""
    texts = texts_of(entry, entry.photos)
    numbers = {f"photo {photo.id}": f"What photo {at} shows" for at, photo in enumerate(entry.photos, start=1)}
    names = {"title": "Title", "words": "Words", "spot": "Where it is"} | numbers
    return [Part(names.get(part, part.capitalize()), list(_pieces(part, text))) for part, text in texts.items()]


def _pieces(part: str, text: str) -> Iterator[Piece]:
    at = 0
    for found in found_in(part, text):
        if found.start < at:
            continue
        if found.start > at:
            yield Piece(text[at : found.start])
        yield Piece(text[found.start : found.end], found.reason)
        at = found.end
    if at < len(text):
        yield Piece(text[at:])


def suggested(entry: Entry) -> list[str]:
    """The words that were found in it, for taking out."""
    pieces = [piece.text for part in parts_of(entry) for piece in part.pieces if piece.may_be]
    return list(dict.fromkeys(" ".join(piece.split()) for piece in pieces))


def context_of(entry: Entry, viewer: Viewer) -> dict[str, object]:
    """Everything a moderator needs to decide about one thing."""
    return {
        "parts": parts_of(entry),
        "why": in_words(entry.held_for) if entry.standing == "pending" else [],
        "why_once": in_words(entry.held_for),
        "reports": queries.reports_of(entry),
        "timeline": entries.timeline(entry),
        "author": queries.earlier_of(entry.author, entry) if entry.author else None,
        "bans": bans.bans_of(entry.author) if entry.author else [],
        "ban": bans.in_force(entry.author) if entry.author else None,
        "appeals": appeals.appeals_about(entry),
        "looking": queries.looks_at(entry, viewer),
        "looking_too": queries.looks_too(entry, viewer),
        "meaning": meaning,
    }
