"""Names alike: areas that are called the same, or so nearly that somebody may have mistyped one."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Final

LONG_ENOUGH: Final = 6
"""Letters from which on a name that differs by one may be a mistake: `East` and `West` are none."""
ONE_PLACE: Final = 1000
"""Areas above which a set is of many places, where names a letter apart are the rule."""


def names_alike(named: Sequence[tuple[str, str]]) -> tuple[tuple[str, ...], ...]:
    """Of (name, label) the labels of those alike: the same but for case, spaces and signs, or a letter apart.

    Each name is looked up by the forms it has with one letter taken out, so the work grows with the names alone.
    """
    groups: dict[str, list[str]] = {}
    for name, label in named:
        groups.setdefault(_bare(name), []).append(label)
    same = [tuple(labels) for labels in groups.values() if len(labels) > 1]
    if len(named) > ONE_PLACE:
        return tuple(same)
    return (*same, *((groups[one][0], groups[other][0]) for one, other in _a_letter_apart(list(groups))))


def _bare(name: str) -> str:
    """Letters and digits alone, without accents; `&` is `and`, `Saint` is `St`."""
    plain = unicodedata.normalize("NFKD", name.casefold().replace("&", " and "))
    words = re.findall(r"\w+", "".join(letter for letter in plain if not unicodedata.combining(letter)))
    return "".join("st" if word == "saint" else word for word in words)


def _a_letter_apart(bare: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Pairs of which one has a letter more than the other, or another letter. Numbers tell wards apart and stay out."""
    seen: dict[str, list[str]] = {}
    told = set()
    for name in bare:
        if len(name) < LONG_ENOUGH or re.search(r"\d", name):
            continue
        forms = {name, *(name[:place] + name[place + 1 :] for place in range(len(name)))}
        for other in dict.fromkeys(other for form in forms for other in seen.get(form, ())):
            if _one_edit(name, other) and (other, name) not in told:
                told.add((other, name))
                yield other, name
        for form in forms:
            seen.setdefault(form, []).append(name)


def _one_edit(one: str, other: str) -> bool:
    """Whether a letter put in, taken out or changed, or two neighbours changed round, makes one of the other."""
    short, long = sorted((one, other), key=len)
    start = next((place for place, (a, b) in enumerate(zip(short, long, strict=False)) if a != b), len(short))
    if len(long) > len(short):
        return short[start:] == long[start + 1 :]
    rest, other_rest = short[start:], long[start:]
    return rest[1:] == other_rest[1:] or (rest[:2] == other_rest[1::-1] and rest[2:] == other_rest[2:])
