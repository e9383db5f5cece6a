"""Seals: hashes by which anybody can check that a frozen brief is what was read, even after a part was erased.

Each part's hash is SHA-256 over its salt (32 random bytes) followed by its text (canonical JSON, RFC 8785, in UTF-8).
Part 0 holds the brief's own figures and sentences; parts 1, 2, ... are its items in their order. The brief's hash is
SHA-256 over the parts' hashes in that order, each as 64 lower-case hexadecimal digits followed by a line feed.

When an entry is erased, its part loses text and salt and keeps its hash: the rest still verifies, and without the salt
nobody can try out what the text may have been.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import rfc8785

from wardbook.briefs.models import Part, Version


@dataclass(frozen=True)
class Seal:
    """A part as it is kept."""

    text: str
    salt: str
    hash: str


def sealed(value: dict[str, Any]) -> Seal:
    """A part sealed with a salt of its own."""
    text, salt = rfc8785.dumps(value).decode(), secrets.token_bytes(32)
    return Seal(text, salt.hex(), seal_of(text, salt.hex()))


def seal_of(text: str, salt: str) -> str:
    """The hash of a part's text under its salt (hexadecimal)."""
    return hashlib.sha256(bytes.fromhex(salt) + text.encode()).hexdigest()


def hash_of(hashes: Iterable[str]) -> str:
    """A brief's hash from the hashes of its parts."""
    return hashlib.sha256("".join(f"{one}\n" for one in hashes).encode()).hexdigest()


class Holds(StrEnum):
    """What checking a part shows."""

    OK = "holds"
    BLANK = "erased"
    CHANGED = "changed"


@dataclass(frozen=True)
class Verdict:
    """What checking a version shows."""

    whole: bool
    """The version's hash is that of its parts' hashes, and no part is missing"""
    parts: tuple[tuple[int, Holds], ...]

    def numbers(self, holds: Holds) -> list[int]:
        """The parts of which this is so."""
        return [number for number, found in self.parts if found is holds]

    @property
    def good(self) -> bool:
        """Whether all that is left is what was read."""
        return self.whole and not self.numbers(Holds.CHANGED)

    @property
    def words(self) -> str:
        """The same in a sentence or two."""
        blank, changed = self.numbers(Holds.BLANK), self.numbers(Holds.CHANGED)
        if not self.whole:
            return "It does not hold: its parts are not those of which its hash was taken."
        if changed:
            return f"It does not hold: {_counted(changed)} changed since it was frozen ({_listed(changed)})."
        rest = f" {_counted(blank)} erased since ({_listed(blank)}): what is left holds." if blank else ""
        kept = len(self.parts) - len(blank)
        return f"It holds: {kept:,} {'part is' if kept == 1 else 'parts are'} exactly as frozen.{rest}"


def verdict(version: Version, parts: Sequence[Part]) -> Verdict:
    """Every seal of a version taken anew."""
    found = tuple((part.number, check(part)) for part in parts)
    complete = [part.number for part in parts] == list(range(len(parts))) and bool(parts)
    return Verdict(complete and hash_of(part.hash for part in parts) == version.hash, found)


def check(part: Part) -> Holds:
    """Whether a part is what was sealed."""
    if part.text is None or part.salt is None:
        return Holds.BLANK
    try:
        return Holds.OK if seal_of(part.text, part.salt) == part.hash else Holds.CHANGED
    except ValueError:  # the salt is no longer hexadecimal
        return Holds.CHANGED


def _counted(numbers: list[int]) -> str:
    return f"{len(numbers):,} {'part was' if len(numbers) == 1 else 'parts were'}"


def _listed(numbers: list[int]) -> str:
    return ", ".join("its figures" if number == 0 else f"item {number}" for number in numbers)
