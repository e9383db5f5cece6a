"""HTML as text, read once from its beginning to its end, however broken it is and whoever made it so."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

MOST_HTML = 500_000
"""Characters: what stands behind these is not read"""
_BREAKS = {"br", "p", "div", "li", "tr", "h1", "h2", "h3", "h4", "table", "ul", "ol", "blockquote", "hr"}
_OPENS = re.compile(r"<(?:(?P<comment>!--)|(?P<end>/?)(?P<tag>[a-zA-Z][^\s/>]*+)|[!?/])")
_REST = re.compile(r"""(?:[^>"'=]++|=\s*+"[^"]*+"|=\s*+'[^']*+'|["'=])*+>""")
_ENDS = {tag: re.compile(rf"</{tag}\b", re.IGNORECASE) for tag in ("script", "style", "title")}
_LONG_NUMBER = re.compile(r"&#(?:\d{8,}|[xX][0-9a-fA-F]{7,})+;?")


def from_html(html: str, *, quotes: bool) -> str:
    """What is shown of a page of HTML, with breaks where a browser breaks; what is quoted only where it is asked."""
    told: list[str] = []
    quoted = 0
    for tag, ends, words in _pieces(html[:MOST_HTML]):
        if tag == "blockquote":
            quoted = max(0, quoted + (-1 if ends else 1))
        if tag in _BREAKS and not (ends and tag == "br"):
            told.append("\n")
        if words and (quotes or not quoted):
            told.append(re.sub(r"\s+", " ", unescape(_LONG_NUMBER.sub("\ufffd", words))))
    lines = [line.strip() for line in "".join(told).replace("\xa0", " ").split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _pieces(html: str) -> Iterator[tuple[str, bool, str]]:
    """Each tag, whether it ends what it names, and each run of words: no sign is looked at more than a few times.

    What is opened and never closed lasts to the end, as in a browser.
    """
    at = 0
    while (found := _OPENS.search(html, at)) is not None:
        yield "", False, html[at : found.start()]
        tag = (found["tag"] or "").lower()
        at = _end_of(html, found)
        if tag in _ENDS and not found["end"]:
            end = _ENDS[tag].search(html, at)
            at = end.start() if end else len(html)
        yield tag, bool(found["end"]), ""
    yield "", False, html[at:]


def _end_of(html: str, found: re.Match[str]) -> int:
    """Where a tag, a comment or an instruction ends."""
    if found["comment"]:
        end = html.find("-->", found.start() + 2)
        return end + 3 if end >= 0 else len(html)
    if found["tag"]:
        rest = _REST.match(html, found.end())
        return rest.end() if rest else len(html)
    end = html.find(">", found.end())
    return end + 1 if end >= 0 else len(html)
