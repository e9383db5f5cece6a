"""What in a text looks like somebody's personal details, or a link: where it stands, and what it is."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from wardbook.entries.holding import means

TELEPHONE: Final = means(
    "telephone number",
    "It may hold a telephone number",
    4,
    in_text=True,
    told="it may hold a telephone number",
    looks_like="a telephone number",
)
EMAIL: Final = means(
    "email address",
    "It may hold an email address",
    4,
    in_text=True,
    told="it may hold an email address",
    looks_like="an email address",
)
ADDRESS: Final = means(
    "home address",
    "It may hold the address of a home",
    4,
    in_text=True,
    told="it may hold the address of a home",
    looks_like="a home address",
)
PLATE: Final = means(
    "number plate",
    "It may hold a vehicle's number plate",
    4,
    in_text=True,
    told="it may hold a vehicle's number plate",
    looks_like="a number plate",
)
NAME: Final = means(
    "name",
    "It may name somebody",
    4,
    in_text=True,
    told="it may name somebody",
    looks_like="somebody’s name",
)
LINK: Final = means(
    "link",
    "It holds a link",
    3,
    in_text=True,
    told="it holds a link",
    looks_like="a link",
)


@dataclass(frozen=True, order=True)
class Found:
    """A piece of a text that a pattern found, from one sign up to another, and what it may be."""

    start: int
    end: int
    reason: str


_TELEPHONES = (
    r"(?<![\w.,/#£$+-])(?:(?:\+|00)44[\s.()-]{0,3}(?:0[\s.()-]{0,2})?|\(?0)[1-37-9](?:[\s.()-]{0,2}\d){8,9}(?![\w/]|[.,]\d)",
    r"(?<![\w.])(?:\+|00)(?!44)[1-9](?:[\s.()-]{0,2}\d){7,14}(?!\w)",
    r"(?<![\w.-])\(?[2-9]\d{2}\)?[\s.-]{1,2}\d{3}[.-]\d{4}(?![\w-])",  # as it is written in North America
)
_EMAIL = r"[\w.+'’-]+\s?(?:@|[\[(]\s?at\s?[\])])\s?(?:[\w-]+\s?(?:\.|[\[(]\s?dot\s?[\])])\s?)+[a-z]{2,}"
_DOMAINS = "com|co\\.uk|org\\.uk|org|net|info|biz|uk|eu|io|shop|online|xyz|ru|cn|ly"
_LINKS = (r"\b(?:https?://|www\.)[^\s<>]*[\w/]", rf"(?<![\w@.])(?:[a-z0-9-]+\.)+(?:{_DOMAINS})\b(?:/\S*)?(?![\w@])")

_STREET = (
    "Street|St|Road|Rd|Avenue|Ave|Lane|Drive|Dr|Close|Crescent|Cres|Court|Ct|Place|Pl|Gardens|Gdns|Grove|Terrace|"
    "Way|Walk|Square|Sq|Row|Hill|Park|Rise|View|Mews|Green|Parade|Buildings|Vale|Mount|Villas|Cottages"
)
_NUMBER = r"(?<![\w.:£$/-])(?:flat\s+\w{1,4},?\s+)?\d{1,3}(?:\s?[a-d])?(?:\s?[-/]\s?\d{1,3})?"
_WORD = (
    r"(?!(?i:way|lane|hour|foot|mile|metre|meter|min|am|pm|mph|block|th|st|nd|rd|cars?|bus|buses|people|times|"
    r"days?|weeks?|months?|years?|and|at|on|in|of|or|to|the|by|from)\b)"
)
_PROPER = rf"(?:{_WORD}[A-Z][\w'’.-]*\s+){{1,3}}"
_PLAIN = rf"(?:{_WORD}[a-z'’.-]+\s+){{1,3}}"
_ADDRESS = rf"(?P<house>{_NUMBER}),?\s+{_PROPER}(?:{_STREET}|{_STREET.lower()})\b"
_ADDRESS_PLAIN = (
    rf"(?i:\b(?:lives?|living|lived|live|resident|home|house|address|i'?m|am|he|she|they|we|i)\b(?:\s+(?:is|are|at|in|of|no|number))*"
    rf"[\s.:]+)(?P<home>{_NUMBER},?\s+{_PLAIN}(?i:{_STREET}))\b"
)
_FLAT = r"\b(?i:flat|apartment|apt)\.?\s+\d{1,3}[A-Za-z]?\b,?\s+(?:\d|[A-Z])[\w'’]+"
_POSTCODE = r"[A-Z]{1,2}\d[A-Z\d]?\s?\d[ABD-HJLNP-UW-Z]{2}"
_HOUSE_POSTCODE = rf"(?<![\w.])(?i:(?:no\.?|number|house|flat)\s+)?\d{{1,3}}[a-dA-D]?,?\s+(?i:{_POSTCODE})\b"
_NOT_HOME = re.compile(
    r"\b(?:outside|opposite|near|nearby|by|beside|behind|between|before|after|past|front\s+of|next\s+to|back\s+of|side\s+of|"
    r"corner\s+of|across\s+from|junction|adjacent\s+to|to|from|and|&)\s+(?:of\s+)?"
    r"(?:(?:house|houses|home|the|no\.?|nos\.?|number|numbers|property|properties|flat|shop)\s+)*$",
    re.I,
)
"""Before a number in a street: somebody says where something is, not where anybody lives"""

_SHORT = (
    "ALL|AND|ANY|ARE|ASK|BAD|BIN|BUS|BUT|CAN|CAR|DAY|DID|DOG|END|FAR|FOR|GET|GOT|HAD|HAS|HER|HIM|HIS|HOW|ITS|LET|LOT|MAN|MAY|MEN|MPH|NEW|NOR|"
    "NOT|NOW|OFF|OLD|ONE|OUR|OUT|OWN|PER|PUT|RUN|SAT|SAW|SEE|SHE|SUN|THE|TOO|TOP|TWO|USE|VAN|WAS|WAY|WHO|WHY|YES|YET|YOU|UTC|GMT|BST|BTW|ETC"
)
"""Words of three letters, which after or before a number are no plate"""
_CURRENT = r"(?:0[2-9]|[12]\d|5[1-9]|[67]\d)"
_PLATES = (
    rf"(?<![\w-])[A-HK-PR-Y][A-HJ-PR-Y]{_CURRENT}\s?(?!MPH|THE|AND|WAS|FOR)[A-HJ-PR-Z]{{3}}(?![\w-])",
    rf"(?<![\w-])[a-hk-pr-y][a-hj-pr-y]{_CURRENT}\s?(?!{_SHORT.lower()})[a-hj-pr-z]{{3}}(?![\w-])",
    rf"(?<![\w-])[A-HK-PR-Y][A-HJ-PR-Y]\s{_CURRENT}\s(?!{_SHORT})[A-HJ-PR-Z]{{3}}(?![\w-])",
    rf"(?<![\w-])[A-HJ-NPR-TV-Y]\d{{1,3}}\s?(?!{_SHORT})[A-Z]{{3}}(?![\w-])",
    rf"(?<![\w-])(?!{_SHORT})[A-Z]{{3}}\s?\d{{1,3}}[A-HJ-NPR-TV-Y](?![\w-])",
    r"(?<![\w-])[A-Z]{1,2}Z\s?\d{3,4}(?![\w-])",
)
_PLATE_AFTER = (
    r"(?i:\b(?:reg(?:istration)?|number\s?plate|plate|licen[cs]e)\b\.?(?:\s+(?:number|no|plate|is|was|of))*[\s:.,]+)"
    r"(?P<plate>(?=[A-Za-z]*\s?\d)(?=\d*\s?[A-Za-z])[A-Za-z0-9]{1,4}\s?[A-Za-z0-9]{1,4})\b"
)

_NAMES = (
    r"(?<![\w'’.-])(?:M(?:r|rs|s|x)|M(?:R|RS|S|X)|Miss|MISS|Master|Prof(?:essor)?|Rev(?:erend)?|Sir|Dame)\b\.?\s+"
    r"(?!(?:the|The|THE|[aA]\s|NW\b|NE\b|SE\b|SW\b))(?:[A-Z]\.?\s+){0,3}[A-Z][\w'’-]+",
    r"(?<![\w'’.-])(?:mr|mrs|ms)\b\.?\s+(?!(?:the|and|or|who|is|was|to|in|on|at|of|for|with|from|next)\b)[A-Za-z][\w'’-]+",
    r"(?<![\w'’.-])(?<!\w\s)Dr\b\.?\s+(?:[A-Z]\.?\s+)?(?!North|South|East|West|NW|NE|SE|SW|N\b|S\b|E\b|W\b)[A-Z][a-z'’-]+",
    r"(?<![\w'’.-])(?:a|A|by|By|is|to|with|my|My|of|from|for|ask|Ask|see|and|that|call|tell|Tell|told|contact|Contact|neighbour|Neighbour|called)\s"
    r"(?P<name>[Dd]r\.?\s+(?:[A-Z]\.?\s+)?[A-Z][a-z'’-]+)",
)  # fmt: skip
_PLACES = rf"(?:{_STREET}|School|Hospital|Pub|Arms|Inn|Centre|Center|Bridge|Statue|Memorial)"
_AFTER_NAME = re.compile(rf"\s+{_PLACES}\b")
_AFTER_TITLE = re.compile(rf"(?:\s+[A-Z]\w+)?\s+{_PLACES}\b")
"""After a name: it is the name of a place, like the Sir Robert Peel Pub"""


def _compiled(*patterns: str, ignore: bool = False) -> list[re.Pattern[str]]:
    return [re.compile(pattern, re.I if ignore else 0) for pattern in patterns]


_ALL: Final = (
    (TELEPHONE, _compiled(*_TELEPHONES)),
    (EMAIL, _compiled(_EMAIL, ignore=True)),
    (ADDRESS, _compiled(_ADDRESS, _ADDRESS_PLAIN, _FLAT, _HOUSE_POSTCODE)),
    (PLATE, _compiled(*_PLATES, _PLATE_AFTER)),
    (NAME, _compiled(*_NAMES)),
    (LINK, _compiled(*_LINKS, ignore=True)),
)
_ENDS_IN_POSTCODE = re.compile(rf"[\s,]+(?:[A-Z][\w'’]+[\s,]+){{0,3}}{_POSTCODE}\b", re.I)


def find(text: str) -> list[Found]:
    """What looks like personal details or a link, in the order in which it stands."""
    plain = _same_length(text)
    pieces = sorted({found for reason, patterns in _ALL for found in _found(plain, reason, patterns)})
    return [one for at, one in enumerate(pieces) if not any(_within(one, other) for other in pieces[:at])]


def _within(one: Found, other: Found) -> bool:
    """Whether a piece begins in an earlier one: what is found twice is said once."""
    return one.start < other.end and one != other


def _same_length(text: str) -> str:
    """The text with every blank and figure plain, sign by sign."""
    return "".join(
        str(unicodedata.decimal(sign)) if sign.isdecimal() else " " if sign.isspace() else sign for sign in text
    )


def _found(text: str, reason: str, patterns: list[re.Pattern[str]]) -> Iterator[Found]:
    for pattern in patterns:
        for match in pattern.finditer(text):
            group = next((name for name in ("plate", "name", "home") if name in match.re.groupindex), 0)
            if not _excused(text, reason, match):
                yield Found(match.start(group), match.end(group), reason)


def _excused(text: str, reason: str, match: re.Match[str]) -> bool:
    """Whether it is plain from what stands about it that it is something else."""
    if reason == ADDRESS and "house" in match.re.groupindex:
        said_where = _NOT_HOME.search(text, max(0, match.start() - 60), match.start()) is not None
        return said_where and _ENDS_IN_POSTCODE.match(text, match.end()) is None
    after = _AFTER_TITLE if match[0].startswith(("Sir", "Dame")) else _AFTER_NAME
    return reason == NAME and after.match(text, match.end()) is not None


# --- a list of words ---------------------------------------------------------------------------------------------


def folded(text: str) -> tuple[str, list[int]]:
    """The text without case and accents, and for each of its signs where that stood before."""
    signs, places = [], []
    for at, sign in enumerate(text):
        for plain in unicodedata.normalize("NFKD", sign).casefold():
            if not unicodedata.combining(plain):
                signs.append(plain)
                places.append(at)
    return "".join(signs), places


def find_words(text: str, words: tuple[str, ...], reason: str) -> list[Found]:
    """Where one of these words or phrases stands whole, in any case and with any accents."""
    plain, places = folded(text)
    wanted = [r"\s+".join(map(re.escape, folded(word)[0].split())) for word in words if word.strip()]
    if not wanted or not plain:
        return []
    either = re.compile(rf"(?<!\w)(?:{'|'.join(wanted)})(?!\w)")
    return [Found(places[match.start()], places[match.end() - 1] + 1, reason) for match in either.finditer(plain)]
