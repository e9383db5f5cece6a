"""Write the gazetteer of Aldermere and the address points of some postcodes, from its backdrop, wards and postcodes.

    python boundaries/names_of_aldermere.py

Run again, it writes the same files. All of it is invented, as the rest of Aldermere is.
"""

from __future__ import annotations

import csv
import json
import random
from pathlib import Path

import shapely

HERE = Path(__file__).parent
KINDS = {
    "road_street": "Street", "road_main": "Street", "highstreet": "Street", "station": "Railway station",
    "park": "Park", "wood": "Wood", "water": "Lake", "river": "River",
}  # fmt: skip
RANKS = {"town": "Town", "estate": "Neighbourhood", "village": "Village"}
SPLIT_POSTCODES = 8
ONE_DEGREE = 111_200
"""Metres to a degree of latitude; at Aldermere a degree of longitude has some six tenths of it."""
NARROW = 0.597


def read(name: str) -> list[dict]:
    return json.loads((HERE / name).read_text("utf-8"))["features"]


def middle(shape: shapely.Geometry) -> shapely.Point:
    if shape.geom_type == "LineString":
        return shapely.line_interpolate_point(shape, 0.5, normalized=True)
    return shapely.point_on_surface(shape)


def metres(one: shapely.Point, other: shapely.Point) -> float:
    return float(((one.x - other.x) * NARROW) ** 2 + (one.y - other.y) ** 2) ** 0.5 * ONE_DEGREE


def names() -> list[list[str]]:
    """One row a street or place; pieces of one street within a kilometre are one."""
    features = [
        (each["properties"], shapely.geometry.shape(each["geometry"])) for each in read("aldermere_backdrop.geojson")
    ]
    towns = [(told["name"], shape) for told, shape in features if told["class"] == "place"]
    rows, seen = [], []
    for told, shape in features:
        name, kind = told.get("name"), RANKS.get(told.get("rank", ""), KINDS.get(told["class"]))
        if not name or not kind:
            continue
        at = middle(shape)
        if any((name, kind) == known and metres(at, other) < 1000 for known, other in seen):
            continue
        seen.append(((name, kind), at))
        near = min(((metres(at, place), town) for town, place in towns if town != name), default=(0, ""))[1]
        if kind not in RANKS.values():
            near = min((metres(at, place), town) for town, place in towns)[1]
        rows.append([name, kind, f"{at.y:.6f}", f"{at.x:.6f}", near])
    return sorted(rows)


def addresses() -> list[list[str]]:
    """The addresses of the postcodes that lie nearest to the edge between two wards, so that these are split."""
    wards = [shapely.geometry.shape(each["geometry"]) for each in read("aldermere_wards_2023.geojson")]
    council = shapely.union_all(wards).buffer(-0.002)
    edges = shapely.union_all([shapely.intersection(ward.boundary, council) for ward in wards])
    with (HERE / "aldermere_postcodes.csv").open(encoding="utf-8") as file:
        places = {row["Postcode"]: shapely.Point(float(row["long"]), float(row["lat"])) for row in csv.DictReader(file)}
    nearest = sorted(places, key=lambda postcode: (edges.distance(places[postcode]), postcode))[:SPLIT_POSTCODES]
    rows = []
    for postcode in sorted(nearest):
        chance = random.Random(postcode)  # noqa: S311 - what is invented is no secret
        for _ in range(chance.randint(9, 18)):
            lon = places[postcode].x + chance.gauss(0, 35) / ONE_DEGREE / NARROW
            lat = places[postcode].y + chance.gauss(0, 35) / ONE_DEGREE
            rows.append([postcode, f"{lon:.6f}", f"{lat:.6f}"])
    return rows


def write(name: str, header: list[str], rows: list[list[str]]) -> None:
    with (HERE / name).open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([header, *rows])


if __name__ == "__main__":
    write("aldermere_gazetteer.csv", ["name", "kind", "lat", "lon", "near"], names())
    write("aldermere_addresses.csv", ["Postcode", "long", "lat"], addresses())
