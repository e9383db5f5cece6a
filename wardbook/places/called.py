"""A place as somebody types it into one box: in its own words, or as the find box takes it."""

from __future__ import annotations

from wardbook.errors import NotFound, Refused
from wardbook.places.find import Spot, called, not_found, postcode_typed, spot
from wardbook.places.names import NamedArea
from wardbook.places.place import Place
from wardbook.places.words import place_from_words
from wardbook.policy import Viewer


def place_called(words: str, viewer: Viewer) -> Place:
    """A place in words, or what the find box takes: an area as it is, anything else with 400 metres round it.

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
    for body in (f"postcode:{postcode_typed(words) or words}", f"grid:{words}"):
        try:
            return place_from_words(body, viewer)
        except Refused:
            continue
    found = spot(words) or _named(words)
    if isinstance(found, Spot):
        return place_from_words(f"point:{found.point.x:.6f},{found.point.y:.6f}", viewer)
    return place_from_words(f"ward:{found.code}", viewer)


def _named(words: str) -> NamedArea | Spot:
    """The one area, street or place that is called so; several, or one that is only spelled like it, are said."""
    names = called(words)
    meant = names.meant
    if meant is not None and (one := meant.area or meant.spot) is not None:
        return one
    if not names.matches:
        raise Refused(not_found(words))
    said = ", ".join(f"{match.name} ({match.kind.lower()})" for match in names.matches[:5])
    if names.guessed:
        raise Refused(f"Nothing is called '{words[:60]}'. Did you mean {said}?")
    raise Refused(f"Several places match: {said}. Enter the whole name of one, or its postcode.")
