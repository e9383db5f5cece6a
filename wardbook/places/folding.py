"""Names as they are compared: without case, accents and signs, abbreviations written out, mistakes weighed."""

from __future__ import annotations

import re
import unicodedata
from enum import IntEnum

from rapidfuzz import fuzz

_LETTERS = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th", "&": " and "}
    | dict.fromkeys("'’‘ʼ`´", "")
)
_WORD = re.compile(r"[^\W_]+")
_WRITTEN_OUT = {
    "saint": "st", "rd": "road", "ave": "avenue", "av": "avenue", "ln": "lane", "cl": "close", "cres": "crescent",
    "dr": "drive", "gdns": "gardens", "sq": "square", "pl": "place", "tce": "terrace", "terr": "terrace",
}  # fmt: skip
MOST_SIGNS = 200


def folded(words: str) -> str:
    """`St. Oswin’s Rd` as `st oswins road`, `Łódź` as `lodz`: both what is kept and what is asked are made so.

    `St` is a saint where it begins, and a street elsewhere, as in `High St`.
    """
    plain = unicodedata.normalize("NFKD", words[:MOST_SIGNS].casefold().translate(_LETTERS))
    letters = "".join(sign for sign in plain if not unicodedata.combining(sign))
    found = [_WRITTEN_OUT.get(word, word) for word in _WORD.findall(letters)]
    return " ".join("street" if word == "st" and place else word for place, word in enumerate(found))


class How(IntEnum):
    """How a name matches what was typed, best first."""

    SAME = 0
    BEGINS = 1
    WORDS = 2
    HOLDS = 3
    ALIKE = 4


_WHY = {
    How.SAME: "the same name",
    How.BEGINS: "begins like this",
    How.WORDS: "has words that begin like these",
    How.HOLDS: "has this in it",
    How.ALIKE: "is spelled nearly like this",
}


def why(how: How) -> str:
    """How a name matches, in words for people."""
    return _WHY[how]


def match(asked: str, name: str, beside: str = "") -> How | None:
    """How a folded name answers a folded question; `beside`: further words that may be typed with it, its town.

    The first word is of the name itself, so a name without it is no match at all.
    """
    first, *others = asked.split()
    if first not in name:
        return None
    if asked in (name, f"{name} {beside}"):
        return How.SAME
    if name.startswith(asked):
        return How.BEGINS
    own, further = name.split(), beside.split()
    begins = any(word.startswith(first) for word in own)
    if begins and all(any(word.startswith(other) for word in own + further) for other in others):
        return How.WORDS
    return How.HOLDS if asked in name else None


SURE, SHORT_SURE, PREFIX_SURE = 76.0, 80.0, 85.0
"""From which score on, of 100, two names count as one mistyped: in general, for five letters or fewer, and for a name
that was typed to its middle."""


def alike(asked: str, name: str) -> float:
    """How much two folded names look like one with typing mistakes, of 100; 0 where too little to be worth a guess."""
    if len(asked) < 4:
        return 0.0
    sure = SHORT_SURE if len(asked) <= 5 else SURE
    score = max(
        fuzz.ratio(asked, name, score_cutoff=sure),
        fuzz.ratio(asked.replace(" ", ""), name.replace(" ", ""), score_cutoff=sure),
        fuzz.token_sort_ratio(asked, name, score_cutoff=sure),
    )
    if not score and 5 <= len(asked) < len(name):
        score = fuzz.ratio(asked, name[: len(asked)], score_cutoff=PREFIX_SURE) * 0.9
    return float(score)
