"""A place as somebody types it into one box: in its own words, or as the find box takes it."""

from __future__ import annotations

import re
from collections.abc import Sequence

import shapely

from wardbook.errors import NotFound, Refused
from wardbook.places.find import Spot, called, not_found, postcode_typed, spot
from wardbook.places.names import NamedArea
from wardbook.places.place import Place, refuse_outside
from wardbook.places.typed import Form, shape_from
from wardbook.places.words import DEFAULT_METRES, MOST_METRES, place_from_words
from wardbook.policy import Viewer

_METRES = re.compile(r"(\d{1,9}(?:\.\d{1,9})?)\s*(m|km|metres)?", re.IGNORECASE)


def place_called(words: str, viewer: Viewer) -> Place:
    """A place in words, or what the find box takes: an area as it is, anything else with 400 metres round it.

    Raises Refused, for the field `place`, where there is none, several, or none that this viewer may see.
    """
    try:
        return refuse_outside(_place(words.strip(), viewer))
    except NotFound:
        raise Refused("There is no such place that you can see.", field="place") from None
    except Refused as refused:
        raise Refused(refused.sentence, field="place") from None


def _place(words: str, viewer: Viewer) -> Place:
    if ":" in words:
        return place_from_words(words, viewer)
    found = _found(words)
    if isinstance(found, NamedArea):
        return place_from_words(f"ward:{found.code}", viewer)
    return circle_called(words, DEFAULT_METRES, viewer)


def circle_called(words: str, metres: float, viewer: Viewer) -> Place:
    """So many metres round what the find box takes, in the words in which it was given. Raises Refused."""
    radius = f"+{_plain(metres)}m"
    for body in (f"postcode:{postcode_typed(words) or words}", f"grid:{words}"):
        try:
            return place_from_words(body + radius, viewer)
        except Refused:
            continue
    found = _found(words)
    if isinstance(found, NamedArea):
        raise Refused(f"{found.name} is no one spot: enter a postcode, a street or a grid reference.")
    return place_from_words(f"point:{found.point.x:.6f},{found.point.y:.6f}{radius}", viewer)


def _found(words: str) -> NamedArea | Spot:
    """The one spot, area, street or place that this is; several, or one that is only spelled like it, are said."""
    if (read := spot(words)) is not None:
        return read
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


def street_called(words: str, metres: float, viewer: Viewer) -> Place:
    """So many metres to each side of a line that was drawn, or typed point by point. Raises Refused."""
    line = shape_from(words, Form.LINE)
    if line.geom_type != "LineString":
        raise Refused(
            "Draw one line along the street, or type two points or more without a blank line between them.",
            field="shape",
        )
    corners = ";".join(f"{x:.6f},{y:.6f}" for x, y in shapely.get_coordinates(line))
    return place_from_words(f"street:{corners}+{_plain(metres)}m", viewer)


def wards_named(codes: Sequence[str], viewer: Viewer) -> Place:
    """One area, or several as one place, by their codes."""
    return place_from_words(f"{'ward' if len(codes) == 1 else 'wards'}:{','.join(codes)}", viewer)


def metres_typed(words: str, what: str) -> float:
    """A distance as people write it: `400`, `400 m`, `1.5 km`, `1,000`. Raises Refused, for the field `metres`."""
    found = _METRES.fullmatch(words.replace(",", "").strip())
    metres = float(found[1]) * (1000 if (found[2] or "").lower() == "km" else 1) if found else 0.0
    if not 1 <= metres <= MOST_METRES:
        raise Refused(f"{what} must be a number of metres from 1 to {MOST_METRES:,.0f}, like 400", field="metres")
    return metres


def _plain(metres: float) -> str:
    return f"{metres:.2f}".rstrip("0").rstrip(".")
