"""A brief on paper: a tagged PDF (PDF/UA-1) that an officer can put before a committee."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import date
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

import typst

from wardbook.briefs.drawing import bars, bars_in_words, in_words, place_map
from wardbook.briefs.picture import Brief, CategoryRow, Figure, Item, SetRow, WardRow
from wardbook.briefs.surroundings import Surroundings, surroundings
from wardbook.clock import day_in_words, moment_in_words
from wardbook.config import DATA, PACKAGE, settings
from wardbook.entries.kinds import KINDS, Kind
from wardbook.shared import Level

TEMPLATE = DATA / "templates" / "briefs" / "brief.typ"
FONTS = PACKAGE / "fonts"
PLAIN_COLOUR = "#00573d"
LONGEST_WORD = 32
SHOWN_OF_AN_ASSET = 170


def pdf(brief: Brief, items: Sequence[Item]) -> bytes:
    """The whole brief; its figures and references lead to the entries they speak of. The same brief, the same bytes."""
    told = printable(_document(brief, items, surroundings(brief.where)))
    return typst.compile(
        TEMPLATE,
        root=TEMPLATE.parent,
        font_paths=_fonts(),
        sys_inputs={"brief": json.dumps(told)},
        pdf_standards=["ua-1"],
        timestamp=int(brief.made_at.timestamp()),
    )


@lru_cache(maxsize=1)
def _fonts() -> typst.Fonts:
    """Ours and no others: a document looks alike wherever it is made."""
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[FONTS])


# --- what our fonts can print ------------------------------------------------------------------------------------


@lru_cache(maxsize=1)
def _covered() -> frozenset[int]:
    from fontTools.ttLib import TTFont

    return frozenset().union(*(TTFont(path).getBestCmap() for path in FONTS.glob("*-Regular.ttf")))


def printable(value: Any) -> Any:
    """The same content with a question mark for each character that our fonts lack: PDF/UA refuses such a text."""
    if isinstance(value, str):
        return "".join(_letter(letter) for letter in unicodedata.normalize("NFC", value))
    if isinstance(value, dict):
        return {name: printable(part) for name, part in value.items()}
    return [printable(part) for part in value] if isinstance(value, list) else value


def _letter(letter: str) -> str:
    if letter == "\n" or (ord(letter) in _covered() and unicodedata.category(letter) != "Cf"):
        return letter
    if letter.isspace():
        return " "
    return "" if unicodedata.category(letter) in ("Cc", "Cf", "Mn", "Me", "Sk") else "?"


def _wrapping(words: str) -> str:
    """Words in which the very long ones (addresses, mostly) may be broken."""
    return re.sub(rf"(\S{{{LONGEST_WORD}}})(?=\S)", "\\1\n", words)


# --- the document ------------------------------------------------------------------------------------------------


def _document(brief: Brief, items: Sequence[Item], around: Surroundings) -> dict[str, Any]:
    """All that the template shows, in words: it reckons nothing."""
    colour = settings().brand_colour
    return {
        "title": brief.title,
        "council": brief.council,
        "readers": brief.readers,
        "accent": colour if re.fullmatch(r"#[0-9a-fA-F]{6}", colour) else PLAIN_COLOUR,
        "mark": _mark(brief, items),
        "made_on": day_in_words(brief.made_at.date()),
        "made": f"Made on {moment_in_words(brief.made_at)} from {_counted(brief.total, 'entry', 'entries')}",
        "fictional": f"The {brief.council} is fictional: its places and people are invented." if brief.fictional else "",
        "where": _where(brief, items, around),
        "glance": _glance(brief),
        "residents": _residents(brief),
        "known": _known(brief),
        "sources": _sources(brief),
    }


def _mark(brief: Brief, items: Iterable[Item]) -> str:
    """What stands at the head of each page that is not for everyone."""
    if brief.level is Level.PUBLIC:
        return ""
    notes = any(item.kind is Kind.NOTE and item.level is not Level.PUBLIC for item in items)
    holds = "holds notes at council level" if notes else "made for councillors and officers"
    return f"Not for publication: {holds}"
