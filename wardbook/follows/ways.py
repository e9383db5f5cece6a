"""How far round a spot somebody hears: the distances that are offered, and a place with another distance."""

from __future__ import annotations

import re
from typing import Final

from wardbook.errors import NotFound, Refused
from wardbook.follows.models import Follow
from wardbook.follows.things import Thing, thing_from_words
from wardbook.places.called import circle_called
from wardbook.places.place import refuse_outside
from wardbook.policy import Viewer

DISTANCES: Final = ("200", "400", "800")
_SPOT = re.compile(r"(postcode|point|grid|street):")
_ROUND_IT = re.compile(r"(?P<spot>(?:postcode|point|grid|street):[^+@]+)\+(?P<metres>[\d.]+)m")


def metres_of(words: str) -> str | None:
    """How far round a spot a followed place reaches, in metres; None where it is no such place."""
    found = _ROUND_IT.fullmatch(words)
    return found["metres"] if found else None


def at_distance(follow: Follow, metres: str, viewer: Viewer) -> Thing:
    """The same spot with another distance. Raises Refused where what is followed has none."""
    found = _ROUND_IT.fullmatch(follow.words)
    if found is None:
        raise Refused("This has no distance to choose.")
    return thing_from_words(f"{found['spot']}+{metres}m", viewer)


def near(words: str, typed: str, metres: str, viewer: Viewer) -> Thing:
    """What lies within a distance of a spot: in words of ours without a distance, or as somebody types it.

    Raises Refused, for the field `q`, where there is no such spot.
    """
    if metres not in DISTANCES:
        raise Refused("Choose a distance from the list.", field="metres")
    if words and not _SPOT.match(words):
        raise NotFound
    if words:
        return thing_from_words(f"{words.partition('+')[0]}+{metres}m", viewer)
    if not typed:
        raise Refused("Enter a postcode, a street or a grid reference.", field="q")
    try:
        return thing_from_words(refuse_outside(circle_called(typed, float(metres), viewer)).words, viewer)
    except Refused as refused:
        refused.field = "q"
        raise
