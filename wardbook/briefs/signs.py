"""Entries on a map: a sign of its own form and colour for each kind, and lines and areas as they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import shapely
from markupsafe import Markup

from wardbook.briefs.picture import Item
from wardbook.briefs.sheet import Sheet
from wardbook.briefs.svg import ROUND, Look, group, number, path
from wardbook.entries.kinds import Kind

MOST_SIGNS = 1000
CELLS = (8, 12, 16, 24, 32)
"""Where there are more signs, those of a kind within such a square become one"""
MOST_CORNERS = 4000
"""Lines and areas are drawn as such up to this many corners, the newest first; all have their sign"""
SIGNS = {
    Kind.ISSUE: ("#b23b1e", Markup('<circle id="wb-sign-issue" r="4.6"')),
    Kind.IDEA: ("#7a5600", Markup('<path id="wb-sign-idea" d="M0-5.6 5.6 4.4H-5.6Z"')),
    Kind.KNOWLEDGE: ("#0b5f78", Markup('<path id="wb-sign-knowledge" d="M-2.7-4.7H2.7L5.4 0 2.7 4.7H-2.7L-5.4 0Z"')),
    Kind.ASSET: ("#1c7348", Markup('<path id="wb-sign-asset" d="M0-6.2 6.2 0 0 6.2-6.2 0Z"')),
    Kind.OFFER: (
        "#9c1f63",
        Markup('<path id="wb-sign-offer" d="M-1.9-5.5H1.9V-1.9H5.5V1.9H1.9V5.5H-1.9V1.9H-5.5V-1.9H-1.9Z"'),
    ),
    Kind.NOTE: ("#37489f", Markup('<path id="wb-sign-note" d="M-4.4-4.4H4.4V4.4H-4.4Z"')),
}
"""Colour and form of each kind's sign: nobody need tell them by colour"""


@dataclass(frozen=True)
class Sign:
    """Where an entry stands on paper."""

    kind: Kind
    at: shapely.Point


def each_sign(items: Sequence[Item], sheet: Sheet) -> list[Sign]:
    """Where entries stand within the frame, the newest last so that it lies on top."""
    points = ((item.kind, sheet.put(shapely.point_on_surface(item.geometry))) for item in reversed(items))
    return [Sign(kind, point) for kind, point in points if not point.is_empty]


def together(each: list[Sign]) -> list[Sign]:
    """One sign for those of a kind that stand close together, where all of them are too many for a map."""
    signs = each
    for cell in CELLS:
        if len(signs) <= MOST_SIGNS:
            break
        signs = list({(sign.kind, sign.at.x // cell, sign.at.y // cell): sign for sign in each}.values())
    return signs


def lines_and_areas(items: Sequence[Item], sheet: Sheet) -> tuple[list[Markup], int]:
    """Lines and areas as they are, and how many were too many to draw."""
    drawn: dict[tuple[Kind, int], list[Markup]] = {(kind, size): [] for size in (2, 1) for kind in SIGNS}
    corners = left_out = 0
    for item in items:
        size = int(shapely.get_dimensions(item.geometry))
        there = sheet.put(item.geometry) if size else item.geometry
        corners += shapely.get_num_coordinates(there) if size else 0
        if size and corners <= MOST_CORNERS:
            drawn[item.kind, size].append(path(there))
        elif size:
            left_out += 1
    return [group(found, _look(kind, size)) for (kind, size), found in drawn.items() if found], left_out


def _look(kind: Kind, size: int) -> Look:
    colour = SIGNS[kind][0]
    line = {"stroke": colour, "stroke-width": 2, "stroke-opacity": 0.8, **ROUND}
    return line | ({"fill": colour, "fill-opacity": 0.13} if size == 2 else {"fill": "none"})


def definitions() -> Markup:
    """The signs, to be drawn once and used by every entry."""
    look = Markup(' fill="{}" stroke="#ffffff" stroke-width="1.1"/>')
    forms = (form + look.format(colour) for colour, form in SIGNS.values())
    return Markup("<defs>{}</defs>").format(Markup("").join(forms))


def use(kind: Kind, x: float, y: float) -> Markup:
    """The sign of a kind at a spot of the drawing."""
    return Markup('<use href="#wb-sign-{}" x="{}" y="{}"/>').format(kind, number(x), number(y))
