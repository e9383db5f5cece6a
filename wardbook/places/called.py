"""A place as somebody types it into one box: in its own words, or as the find box takes it."""

from __future__ import annotations

from wardbook.errors import NotFound, Refused
from wardbook.places.find import spot, wards_called
from wardbook.places.place import Place
from wardbook.places.words import place_from_words
from wardbook.policy import Viewer


def place_called(words: str, viewer: Viewer) -> Place:
    """A place in words, or what the find box takes: a ward as it is, anything else with 400 metres round it.

    Raises Refused, for the field `place`, where there is none, several, or none that this viewer may see.
    """
    try:
        return _place(words.strip(), viewer)
    except NotFound:
        raise Refused("There is no such place that you can see.", field="place") from None
    except Refused as refused:
        raise Refused(refused.sentence, field="place") from None


def _place(words: str, viewer: Viewer) -> Place:
    if ":" in words:
        return place_from_words(words, viewer)
    wards = wards_called(words)
    if len(wards) == 1:
        return place_from_words(f"ward:{wards[0].code}", viewer)
    if len(wards) > 1:
        names = ", ".join(ward.name for ward in wards[:5])
        raise Refused(f"Several wards match: {names}. Enter the whole name of one.")
    for scheme in ("postcode", "grid"):
        try:
            return place_from_words(f"{scheme}:{words}", viewer)
        except Refused:
            continue
    found = spot(words)
    if found is None:
        raise Refused(f"We cannot find '{words[:60]}'. Try a postcode, the name of a ward or a grid reference.")
    return place_from_words(f"point:{found.point.x:.6f},{found.point.y:.6f}", viewer)
