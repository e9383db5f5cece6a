"""Draws the wards of Aldermere's review of 2027 from those of 2023, and writes their file anew.

Nothing is copied from anywhere: new lines run between corners that the old edges have, through hand-chosen points, with
natural bends from a seeded generator. All lines are then cut at their corners and put together again, so that wards
share their edges exactly, as before, and cover the same ground.
"""

import json
import random
from itertools import pairwise
from pathlib import Path

import shapely

HERE = Path(__file__).resolve().parent
BEFORE, AFTER = HERE / "aldermere_wards_2023.geojson", HERE / "aldermere_wards_2027.geojson"

# Each new line begins and ends at the corner of old edges that is nearest to its first and last point.
NEW_LINES = {
    "the market's new north": [(0.9793, 53.4020), (0.9905, 53.4040), (1.0018, 53.4016), (1.0112, 53.3998)],
    "the fields west of Fullersholme": [
        (0.9730, 53.3914),
        (0.9694, 53.3890),
        (0.9669, 53.3841),
        (0.9718, 53.3797),
        (0.9778, 53.3784),
    ],
    "across Thrapwell": [
        (0.8137, 53.3780),
        (0.8600, 53.3745),
        (0.9050, 53.3790),
        (0.9500, 53.3700),
        (0.9960, 53.3690),
    ],
}

# Code, name and seats in 2027, and whose ground of 2023 it takes; then a spot in each piece that changes hands.
WARDS = [
    ("X05000201", "Aldermere Market", 3, ["X05000101"]),
    ("X05000202", "Fullersholme", 2, ["X05000102"]),
    ("X05000203", "Pennyfold and Marlbeck", 3, ["X05000103", "X05000107"]),
    ("X05000204", "Thornlease", 2, ["X05000104"]),
    ("X05000205", "Ashlode", 2, ["X05000105"]),
    ("X05000206", "St Oswin's", 2, ["X05000106"]),
    ("X05000207", "Osmering", 2, ["X05000108"]),
    ("X05000208", "Wendlestow and Scarrow", 2, ["X05000109"]),
    ("X05000209", "Upper Thrapwell", 1, ["X05000110"]),
    ("X05000210", "Nether Thrapwell", 1, []),
    ("X05000211", "Sallowby Vale", 1, ["X05000111"]),
    ("X05000212", "Harkaby Ings", 2, ["X05000112"]),
]
CHANGES_HANDS = {(0.9950, 53.4020): "X05000201", (0.9710, 53.3850): "X05000202", (0.9000, 53.3500): "X05000210"}
BEND = 0.12
"""How far a bend may lie from a straight line, in parts of the line's length."""


def bent(ends, dice, shortest=0.0016):
    """A line with bends between two points, the second left out: the middle is moved aside, and so on in each half."""
    (x1, y1), (x2, y2) = ends
    length = ((x2 - x1) ** 2 + (y2 - y1) ** 2) ** 0.5
    if length < shortest:
        return [ends[0]]
    aside = dice.uniform(-BEND, BEND)
    middle = ((x1 + x2) / 2 - aside * (y2 - y1), (y1 + y2) / 2 + aside * (x2 - x1))
    return bent((ends[0], middle), dice) + bent((middle, ends[1]), dice)


def new_line(points, corners, dice):
    """A line through these points, its ends on corners that are there already, to six decimals."""
    ends = [min(corners, key=shapely.Point(point).distance) for point in (points[0], points[-1])]
    through = [(ends[0].x, ends[0].y), *points[1:-1], (ends[1].x, ends[1].y)]
    drawn = [corner for pair in pairwise(through) for corner in bent(pair, dice)]
    return [tuple(round(side, 6) for side in corner) for corner in [*drawn, through[-1]]]


def redrawn(before):
    """Code, name, seats and shape of each ward of 2027, from code and shape of those of 2023."""
    dice = random.Random(2027)  # noqa: S311 - bends, not secrets
    corners = [shapely.Point(corner) for shape in before.values() for corner in shape.exterior.coords]
    edges = {frozenset(pair) for shape in before.values() for pair in pairwise(shape.exterior.coords)}
    for points in NEW_LINES.values():
        edges |= {frozenset(pair) for pair in pairwise(new_line(points, corners, dice))}
    pieces = list(shapely.polygonize([shapely.LineString(sorted(edge)) for edge in edges]).geoms)
    for code, name, seats, old in WARDS:
        own = [piece for piece in pieces if _goes_to(piece, before) in {code, *old}]
        yield code, name, seats, shapely.coverage_union_all(own)


def _goes_to(piece, before):
    """The code of the ward of 2027 that a piece is given to, or of the one of 2023 it stays with."""
    given = (code for at, code in CHANGES_HANDS.items() if piece.covers(shapely.Point(at)))
    stays = (code for code, shape in before.items() if shape.covers(piece.representative_point()))
    return next(given, None) or next(stays)


def feature(code, name, seats, shape):
    """A ward as the earlier file has them: a closed ring of six decimals."""
    about = {"WD27CD": code, "WD27NM": name, "councillors": seats}
    ring = [[round(x, 6), round(y, 6)] for x, y in shapely.orient_polygons(shape).exterior.coords]
    return {"type": "Feature", "properties": about, "geometry": {"type": "Polygon", "coordinates": [ring]}}


def file_of(wards):
    """The text of the file: one ward a line."""
    rows = ",\n".join(json.dumps(feature(*ward)) for ward in wards)
    return f'{{"type": "FeatureCollection", "name": "{AFTER.stem}", "features": [\n{rows}\n]}}\n'


def wards_of(path, code="WD23CD"):
    """The shape of each ward of a file, by its code."""
    told = json.loads(path.read_text("utf-8"))["features"]
    return {one["properties"][code]: shapely.from_geojson(json.dumps(one["geometry"])) for one in told}


if __name__ == "__main__":
    AFTER.write_text(file_of(redrawn(wards_of(BEFORE))), "utf-8")
