"""The sheet a map is drawn on: which ground it shows, and where metres on the ground go on paper."""

from __future__ import annotations

import numpy as np
import shapely

from wardbook.briefs.svg import WIDTH
from wardbook.geo import WGS84, reproject

HEIGHT, MARGIN = 440, 34
LEAST_METRES = 300
"""A map shows at least this much ground from side to side, however small the place"""
TOLERANCE = 0.5


class Sheet:
    """The ground a map shows, and where metres on it go on paper."""

    def __init__(self, place: shapely.Geometry, epsg: int) -> None:
        west, south, east, north = reproject(place, WGS84, epsg).bounds
        across, down = (east - west) / (WIDTH - 2 * MARGIN), (north - south) / (HEIGHT - 2 * MARGIN)
        self.epsg = epsg
        self.scale = max(across, down, LEAST_METRES / WIDTH)
        """Metres to one unit of the drawing"""
        self.corner = np.array([(west + east - WIDTH * self.scale) / 2, (north + south + HEIGHT * self.scale) / 2])
        self.frame = shapely.box(0, 0, WIDTH, HEIGHT)

    def put(self, shape: shapely.Geometry) -> shapely.Geometry:
        """A WGS 84 shape on paper, y downwards, no finer than is seen; empty where it lies outside the frame."""
        moved = reproject(shape, WGS84, self.epsg)
        there = shapely.transform(moved, lambda xy: (xy - self.corner) / self.scale * (1, -1))
        if shapely.get_dimensions(there) == 0:
            return shapely.intersection(there, self.frame)
        return shapely.simplify(shapely.clip_by_rect(there, -9, -9, WIDTH + 9, HEIGHT + 9), TOLERANCE)
