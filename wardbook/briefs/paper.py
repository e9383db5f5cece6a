"""A brief on paper: a tagged PDF (PDF/UA-1) that an officer can put before a committee."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import typst

from wardbook.briefs.document import document
from wardbook.briefs.picture import Brief, Item
from wardbook.briefs.surroundings import surroundings
from wardbook.config import DATA, PACKAGE

TEMPLATE = DATA / "templates" / "briefs" / "brief.typ"
FONTS = PACKAGE / "fonts"


def pdf(brief: Brief, items: Sequence[Item]) -> bytes:
    """The whole brief; its figures and references lead to the entries they speak of. The same brief, the same bytes."""
    told = printable(document(brief, items, surroundings(brief.where)))
    return typst.compile(
        TEMPLATE,
        root=TEMPLATE.parent,
        font_paths=fonts(),
        sys_inputs={"brief": json.dumps(told)},
        pdf_standards=["ua-1"],
        timestamp=int(brief.made_at.timestamp()),
    )


@lru_cache(maxsize=1)
def fonts() -> typst.Fonts:
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
