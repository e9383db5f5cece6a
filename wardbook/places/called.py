"""A place as somebody types it into one box: in its own words, or as the find box takes it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import cast

import shapely

from wardbook.areas.succession import lineage
from wardbook.clock import today
from wardbook.errors import NotFound, Refused
from wardbook.geo import percent
from wardbook.places.examples import help_words, point_help
from wardbook.places.find import not_found, postcode_typed, spot
from wardbook.places.gazetteer import GazetteerName
from wardbook.places.matches import MOST_OF_A_KIND, Called, Match, called
from wardbook.places.names import NamedArea
from wardbook.places.place import Place, refuse_outside
from wardbook.places.typed import Form, shape_from
from wardbook.places.words import DEFAULT_METRES, MOST_METRES, are_words_of_a_place, place_from_words
from wardbook.policy import Viewer

_METRES = re.compile(r"(\d{1,9}(?:\.\d{1,9})?)\s*(m|km|metres)?", re.IGNORECASE)


@dataclass(frozen=True)
class Choice:
    """One thing that words may have meant, and words that mean it alone."""

    words: str
    name: str
    what: str


class Several(Refused):
    """What was typed may mean several things: the form comes back with the choice."""

    def __init__(self, sentence: str, choices: Sequence[Choice]) -> None:
        super().__init__(sentence)
        self.choices = choices


def choices_of(refused: Refused) -> Sequence[Choice]:
    """What can be chosen in place of what was refused."""
    return refused.choices if isinstance(refused, Several) else ()


def place_called(words: str, viewer: Viewer) -> Place:
    """A place in words, or what the find box takes: an area as it is, anything else with 400 metres round it.

    Raises Refused, for the field `place`, where there is none or none that this viewer may see; Several where it is one
    of several.
    """
    try:
        return refuse_outside(_place(words.strip(), viewer))
    except NotFound:
        raise Refused("There is no such place that you can see.", field="place") from None
    except Refused as refused:
        refused.field = "place"
        raise


def _place(words: str, viewer: Viewer) -> Place:
    if are_words_of_a_place(words):
        return place_from_words(words, viewer)
    if (place := _round_what_is_no_name(words, DEFAULT_METRES, viewer)) is not None:
        return place
    names = called(words)
    meant = names.meant or names.area
    if meant is not None and meant.area:
        return place_from_words(_words_of(meant.area), viewer)
    if meant is not None and meant.place:
        return _round(meant.place, DEFAULT_METRES, viewer)
    raise _several(words, names, names.matches, help_words())


def circle_called(words: str, metres: float, viewer: Viewer) -> Place:
    """So many metres round what the find box takes, in the words in which it was given. Raises Refused, or Several."""
    if (place := _round_what_is_no_name(words, metres, viewer)) is not None:
        return place
    names = called(words)
    places = [match for match in names.matches if match.place]
    meant = names.place or (names.meant if places else None)
    if meant is not None and meant.place:
        return _round(meant.place, metres, viewer)
    if names.matches and not places and not names.guessed:
        raise Refused(_no_one_spot(names.matches[0]))
    raise _several(words, names, places, point_help())


def _no_one_spot(match: Match) -> str:
    return (
        f"{match.name} ({match.kind.lower()}) is an area, not one spot. Enter a postcode, a street or a grid reference."
    )


def _round_what_is_no_name(words: str, metres: float, viewer: Viewer) -> Place | None:
    """A circle round a postcode, grid reference or coordinates, in words as they were given; None round a name."""
    found = spot(words)
    if found is None:
        return None
    radius = f"+{_plain(metres)}m"
    for body in (f"postcode:{postcode_typed(words)}", f"grid:{words}"):
        try:
            return place_from_words(body + radius, viewer)
        except Refused:
            continue
    return place_from_words(f"point:{found.point.x:.6f},{found.point.y:.6f}{radius}", viewer)


def _round(name: GazetteerName, metres: float, viewer: Viewer) -> Place:
    point = name.point
    return place_from_words(f"point:{point.x:.6f},{point.y:.6f}+{_plain(metres)}m", viewer)


# --- which of several --------------------------------------------------------------------------------------------


def _several(words: str, names: Called, matches: Sequence[Match], what_is: str) -> Refused:
    """Why no one thing was meant, with what can be chosen instead; `what_is`: what could be typed."""
    if not matches:
        return Refused(not_found(words, what_is))
    choices = [_choice(match) for match in matches[:MOST_OF_A_KIND]]
    if names.guessed:
        return Several(f"Nothing is called '{words[:60]}'. Choose one below, or enter it another way.", choices)
    if len(matches) == 1 and matches[0].area:
        return _former(matches[0], matches[0].area, choices)
    return Several(f"'{words[:60]}' may mean several places. Choose one below, or enter more of its name.", choices)


def _former(match: Match, area: NamedArea, choices: Sequence[Choice]) -> Several:
    """Of a name that is no longer, or not yet, what its ground is in now."""
    if not area.ended(today()):
        return Several(f"{match.name} is a {match.note}. Choose it as it will be, below.", choices)
    heirs = [
        Choice(f"ward:{heir.area.code}", heir.area.name, f"{match.kind}: has {percent(heir.land)} of its ground")
        for heir in lineage(area.set.id, area.code).after
    ]
    sentence = f"{match.name} is a {match.note}. Choose it as it was, or what its ground is in now, below."
    return Several(sentence, [*choices, *heirs])


def _choice(match: Match) -> Choice:
    if match.area is not None:
        what = f"{match.kind}, {match.note}; " if match.note else f"{match.kind}: "
        return Choice(_words_of(match.area), match.name, what + match.why)
    point = cast(GazetteerName, match.place).point
    return Choice(f"{point.y:.6f}, {point.x:.6f}", match.name, f"{match.kind}, {match.where}: {match.why}")


def _words_of(area: NamedArea) -> str:
    """Its words, as at its last day where it has ended: another may have its code by now."""
    last = area.set.until_on - timedelta(days=1) if area.set.until_on and area.ended(today()) else None
    return f"ward:{area.code}" + (f"@{last.isoformat()}" if last else "")


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


def metres_typed(words: str, what: str, usual: float) -> float:
    """A distance as people write it: `400`, `400 m`, `1.5 km`, `1,000`. Raises Refused, for the field `metres`."""
    found = _METRES.fullmatch(words.replace(",", "").strip())
    metres = float(found[1]) * (1000 if (found[2] or "").lower() == "km" else 1) if found else 0.0
    if not 1 <= metres <= MOST_METRES:
        raise Refused(f"{what} must be a number of metres from 1 to {MOST_METRES:,.0f}, like {usual:g}", field="metres")
    return metres


def _plain(metres: float) -> str:
    return f"{metres:.2f}".rstrip("0").rstrip(".")
