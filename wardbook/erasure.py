"""Who keeps copies of what was told: told of an erasure or of words removed, so that nothing of it is left anywhere."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

Blanking = Callable[[Any], None]
Redacting = Callable[[Any, Callable[[str], str]], None]
erasing: list[Blanking] = []
"""What is called with a thing that is being erased, in the transaction that erases it"""
redacting: list[Redacting] = []
"""What is called with a thing from which words are removed, and with what removes them from a text"""


def blanks(blanking: Blanking) -> Blanking:
    """Let a function that blanks its copies of a thing be called whenever a thing is erased."""
    erasing.append(blanking)
    return blanking


def blank_copies(thing: Any) -> None:
    """Blank every copy of a thing: erasing it calls this."""
    for blanking in erasing:
        blanking(thing)


def redacts(removing: Redacting) -> Redacting:
    """Let a function that removes words from its copies of a thing be called whenever a moderator removes some."""
    redacting.append(removing)
    return removing


def redact_copies(thing: Any, without: Callable[[str], str]) -> None:
    """Remove words from every copy of a thing."""
    for removing in redacting:
        removing(thing, without)


Unnaming = Callable[[Any, Sequence[str]], None]
unnaming: list[Unnaming] = []
"""What is called with a thing that loses its author, who is erased and leaves it, with their name and address"""


def unnames(unname: Unnaming) -> Unnaming:
    """Let a function that takes the author's name out of its copies of a thing be called when the author is erased."""
    unnaming.append(unname)
    return unname


def unname_copies(thing: Any, names: Sequence[str]) -> None:
    """Take the author's name out of every copy of a thing: erasing its author, who leaves it, calls this."""
    for unname in unnaming:
        unname(thing, names)
