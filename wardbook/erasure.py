"""Who keeps copies of what was told: told of an erasure or of words removed, so that nothing of it is left anywhere."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any, Final

from markupsafe import escape

Without = Callable[[str], str]
"""What takes words out of a text"""
Blanking = Callable[[Any], None]
Redacting = Callable[[Any, Without], None]
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


def redact_copies(thing: Any, without: Without) -> None:
    """Remove words from every copy of a thing."""
    for removing in redacting:
        removing(thing, without)


REMOVED: Final = "[removed]"


def taking_out(pieces: Sequence[str]) -> Without:
    """What takes these words out of a text, whole, in any case and with any blanks between them; out of a page too,
    where they are escaped.
    """
    forms = dict.fromkeys(form for piece in pieces for form in (piece, str(escape(piece))))
    each = (r"\s+".join(map(re.escape, form.split())) for form in forms)
    either = re.compile(rf"(?<!\w)(?:{'|'.join(each)})(?!\w)", re.I)
    return lambda text: either.sub(REMOVED, text)


def in_all(value: Any, without: Without) -> Any:
    """The same value with the words taken out of every text in it."""
    if isinstance(value, dict):
        return {name: in_all(one, without) for name, one in value.items()}
    if isinstance(value, list):
        return [in_all(one, without) for one in value]
    return without(value) if isinstance(value, str) else value


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
