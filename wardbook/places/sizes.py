"""How large a shape is, in words: the hectares and edge of an area, the length of a line, the number of points."""

from __future__ import annotations

import shapely

A_LITTLE = 1000.0
"""Square metres below which hectares would say `0.0`, and metres below which kilometres would"""


def ground(square_metres: float) -> str:
    """`16.0 hectares`, or `640 square metres` of a little."""
    if square_metres < A_LITTLE:
        return f"{square_metres:,.0f} square metres"
    return f"{square_metres / 10_000:,.1f} hectares"


def length(metres: float) -> str:
    """`640 m`, or `1.6 km`."""
    return f"{metres:,.0f} m" if metres < A_LITTLE else f"{metres / 1000:,.1f} km"


def size(shape: shapely.Geometry) -> str:
    """A shape in metres: `16.0 hectares, 1.6 km round`, `A line 640 m long` or `A point`; an edge is no line's."""
    if shape.area:
        return f"{ground(shape.area)}, {length(shape.length)} round"
    if shape.length:
        return f"A line {length(shape.length)} long"
    many = shapely.get_num_geometries(shape)
    return "A point" if many == 1 else f"{many:,} points"


def measure(shape: shapely.Geometry) -> float:
    """How much of it there is: square metres, metres or points. A shape in metres."""
    return float(shape.area or shape.length or shapely.get_num_coordinates(shape))


def some(shape: shapely.Geometry, amount: float) -> str:
    """So much of a shape, in words."""
    if not shape.area and not shape.length:
        return f"{amount:,.0f} of its points"
    return f"{ground(amount) if shape.area else length(amount)} of it"
