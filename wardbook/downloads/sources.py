"""What files can be made of: each source says who may read it, and writes it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from wardbook.errors import NotFound, Refused
from wardbook.policy import Viewer

About = Mapping[str, str]
Tell = Callable[[int, int], None]

MOST_AT_ONCE, MOST_ON_PAPER = 5000, 1000
"""How many entries a file may hold to be given at once; a PDF has to be set."""


@dataclass(frozen=True)
class Source:
    """One kind of content that is given as files."""

    forms: Collection[str]
    asks: Collection[str]
    """What an address may say of it: `place`, `for`, filters"""
    reader: Callable[[Viewer, About], Viewer]
    """As whom its entries are read, for a person as they are now. Raises NotFound, Forbidden or Refused where this
    person may not have it (any more)."""
    write: Callable[[Viewer, About, str, BinaryIO, Tell], Sequence[str]]
    """Write it for this person in a form, telling how far it is; the references of the entries in it."""
    name: Callable[[About, str], str]
    """What its file is called"""


@dataclass(frozen=True)
class Wanted:
    """A file as it is asked for."""

    source: str
    about: About
    form: str


_sources: dict[str, Source] = {}


def register(name: str, source: Source) -> None:
    """Let files be made of this."""
    _sources[name] = source


def source_of(wanted: Wanted) -> Source:
    """What it is made of. Raises NotFound where there is none, or not in this form."""
    source = _sources.get(wanted.source)
    if source is None or wanted.form not in source.forms:
        raise NotFound
    return source


def wanted_in(arguments: Mapping[str, str]) -> Wanted:
    """The file that an address asks for. Raises NotFound where there is none such."""
    bare = Wanted(arguments.get("source", ""), {}, arguments.get("form", ""))
    told = {name: arguments[name] for name in source_of(bare).asks if arguments.get(name)}
    return Wanted(bare.source, told, bare.form)


def reader_of(wanted: Wanted, who: Viewer) -> Viewer:
    """As whom its entries are read for this person, now. Raises NotFound or Forbidden where they may not have it."""
    try:
        return source_of(wanted).reader(who, wanted.about)
    except Refused:  # a place that is none
        raise NotFound from None


def is_long(form: str, entries: int) -> bool:
    """Whether a file is made by a job rather than while its reader waits."""
    return entries > (MOST_ON_PAPER if form == "pdf" else MOST_AT_ONCE)
