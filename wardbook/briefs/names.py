"""Names on a map: each only where it fits, covers no other name and as few signs as may be."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import shapely
from markupsafe import Markup

from wardbook.briefs.svg import LETTER, PALE, Look, attributes, number, text

SPOTS = 15
"""An area is tried for its name at so many spots across and down"""
EDGE: Look = {
    "text-anchor": "middle", "fill": PALE, "paint-order": "stroke",
    "stroke": "#ffffff", "stroke-width": 3, "stroke-opacity": 0.85, "stroke-linejoin": "round",
}  # fmt: skip


class Names:
    """The names of one map, all in units of the drawing."""

    def __init__(
        self, frame: shapely.Polygon, avoided: Sequence[shapely.Geometry], taken: Iterable[shapely.Polygon]
    ) -> None:
        self.frame = frame
        self.avoided = shapely.STRtree(avoided)
        self.taken = list(taken)

    def of_areas(self, areas: Sequence[tuple[str, shapely.Geometry]], size: float = 13) -> Iterator[Markup]:
        """The names of areas, the largest first: on one line, or on two, or not at all."""
        room = self.frame.buffer(-3)
        for name, shape in sorted(areas, key=lambda area: -area[1].area):
            inside = shapely.intersection(shapely.make_valid(shape), room)
            for lines in _lines(name):
                spot = None if inside.is_empty else self._spot(lines, size, inside)
                if spot is not None:
                    yield _words(lines, spot, size, {"font-weight": 700})
                    break

    def of_points(self, points: Sequence[tuple[str, shapely.Geometry]], size: float = 11) -> Iterator[Markup]:
        """The names of points where nothing else stands, the first ones first."""
        for name, shape in points:
            at = shapely.centroid(shape)
            box = _box((name,), size, at)
            if self.frame.covers(box) and self._free(box) and not self._covered(box):
                self.taken.append(box)
                yield _words((name,), at, size, {"font-style": "italic"})

    def _spot(self, lines: Sequence[str], size: float, inside: shapely.Geometry) -> shapely.Point | None:
        """The spot in an area with the least under these lines, and of equals the nearest to its middle."""
        middle = shapely.point_on_surface(inside)
        west, north, east, south = inside.bounds
        grid = shapely.points(*np.meshgrid(np.linspace(west, east, SPOTS), np.linspace(north, south, SPOTS))).ravel()
        shapely.prepare(inside)
        boxes = (_box(lines, size, spot) for spot in (middle, *grid))
        free = [box for box in boxes if inside.covers(box) and self._free(box)]
        best = min(free, key=lambda box: (self._covered(box), box.centroid.distance(middle)), default=None)
        if best is None:
            return None
        self.taken.append(best)
        return best.centroid

    def _covered(self, box: shapely.Polygon) -> int:
        return len(self.avoided.query(box, predicate="intersects"))

    def _free(self, box: shapely.Polygon) -> bool:
        return not any(box.intersects(other) for other in self.taken)


def _lines(name: str) -> Iterator[tuple[str, ...]]:
    """A name on one line, then on two that are about equally long."""
    yield (name,)
    words = name.split()
    halves = [(" ".join(words[:cut]), " ".join(words[cut:])) for cut in range(1, len(words))]
    if halves:
        yield min(halves, key=lambda lines: max(map(len, lines)))


def _box(lines: Sequence[str], size: float, middle: shapely.Point) -> shapely.Polygon:
    across, down = max(map(len, lines)) * size * LETTER / 2 + 3, len(lines) * size * 0.6 + 2
    return shapely.box(middle.x - across, middle.y - down, middle.x + across, middle.y + down)


def _words(lines: Sequence[str], middle: shapely.Point, size: float, look: Look) -> Markup:
    """Centred lines of text with a light edge that keeps them legible on anything."""
    first = middle.y - (len(lines) - 1) * size * 0.6 + size * 0.35
    spans = (
        Markup('<tspan x="{}" y="{}">{}</tspan>').format(number(middle.x), number(first + row * size * 1.2), text(line))
        for row, line in enumerate(lines)
    )
    whole = attributes({**EDGE, **look, "font-size": size})
    return Markup("<text {}>{}</text>").format(whole, Markup("").join(spans))
