"""SVG of our own: paths from shapes, words made safe, numbers of one decimal, and never a style attribute."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import pairwise

import numpy as np
import shapely
from markupsafe import Markup, escape
from numpy.typing import NDArray

WIDTH = 680
LETTER = 0.55
"""The width of a letter, as a part of its height: about the mean of our typeface"""

INK, PALE = "#1f2a2e", "#59666b"
FONT = "Atkinson Hyperlegible Next, Noto Sans, Arial, sans-serif"
Look = Mapping[str, object]
"""Presentation attributes, which a strict policy lets stand where it forbids style"""
ROUND: Look = {"stroke-linejoin": "round", "stroke-linecap": "round"}


def svg(height: float, title: str, words: str, drawn: Markup) -> Markup:
    """A whole drawing with its name and what it shows in words."""
    return Markup(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {0} {1}" width="{0}" height="{1}" role="img" '
        'font-family="{2}"><title>{3}</title><desc>{4}</desc>{5}</svg>'
    ).format(WIDTH, height, FONT, text(title), text(words), drawn)


def text(words: str) -> Markup:
    """Words made safe for XML, less what XML does not allow at all."""
    return escape("".join(letter if letter.isprintable() else " " for letter in words))


def attributes(look: Look) -> Markup:
    """A look as it stands in an element."""
    return Markup(" ").join(Markup('{}="{}"').format(name, value) for name, value in look.items())


def group(paths: Iterable[Markup], look: Look) -> Markup:
    """Paths of one look."""
    return Markup("<g {}>{}</g>").format(attributes(look), Markup("").join(paths))


def path(shape: shapely.Geometry, look: Look | None = None) -> Markup:
    """A shape on paper."""
    drawn = outline(shape)
    return Markup('<path d="{}" {}/>').format(drawn, attributes(look or {})) if drawn else Markup("")


def outline(shape: shapely.Geometry) -> str:
    """The lines and rings of a shape on paper as path commands; points have none."""
    drawn: list[shapely.Geometry] = []
    for part in shapely.get_parts(shape):
        drawn.extend(shapely.get_parts(shapely.boundary(part)) if shapely.get_dimensions(part) == 2 else [part])
    return "".join(_run(shapely.get_coordinates(line), line.is_closed) for line in drawn if line.length > 0)


def _run(xy: NDArray[np.float64], closed: bool) -> str:
    corners = [f"{number(x)} {number(y)}" for x, y in (xy[:-1] if closed else xy)]
    kept = corners[:1] + [after for before, after in pairwise(corners) if after != before]
    return f"M{' '.join(kept)}{'Z' if closed else ''}" if len(kept) > 1 else ""


def number(value: float) -> str:
    """A number of at most one decimal."""
    return f"{round(float(value), 1) + 0:.10g}"
