"""Telephone numbers in a text that somebody wrote, made into links that ring them."""

from __future__ import annotations

import re
from typing import Final

from markupsafe import Markup, escape

_NUMBER: Final = re.compile(
    r"(?<![\w£.,/:+-])(?:\+\d(?:[ ()-]{0,2}\d){6,14}|"
    r"\(?0\d(?:[ ()-]{0,2}\d){7,9}|116 ?\d{3}|18000|999|112|111|105|101|119)"
    r"(?![\w£]|[.,:/-]\d)"
)
"""A number from abroad, one of this country with its code, or a short one that everybody can ring"""


def ringing(text: str) -> Markup:
    """The text with every number in it as a link; all else is escaped."""
    pieces, at = [], 0
    for found in _NUMBER.finditer(text):
        pieces += [escape(text[at : found.start()]), _link(found[0])]
        at = found.end()
    return Markup("").join([*pieces, escape(text[at:])])


def _link(number: str) -> Markup:
    signs = re.sub(r"[^\d+]", "", number.replace("(0)", ""))
    return Markup('<a class="govuk-link" href="tel:{}">{}</a>').format(signs, number)
