"""What the pages of a new place ask."""

from __future__ import annotations

from wardbook.forms import Asking, at_most, button, files, long_text, needed, one_of, several, text
from wardbook.places.typed import Form


class PlaceForm(Asking):
    """A place that is drawn, typed or uploaded."""

    label = text(
        "What to call it",
        needed("Enter a name for the place"),
        at_most(80, "The name"),
        hint="For example: the mill site",
    )
    form = one_of(
        "What do the points make?",
        [(Form.AREA, "An area"), (Form.LINE, "A line"), (Form.POINT, "One point")],
        "Choose what the points make",
        default=Form.AREA,
    )
    shape = long_text(
        "Points",
        at_most(500_000, "The shape"),
        hint="Drawing on the map fills this in. To type it: one point a line, as a postcode, a grid reference, or "
        "latitude and longitude. Leave a line empty before another part, or before a hole in an area.",
    )
    file = files(
        "Or upload a file",
        hint="GeoJSON, TopoJSON, GeoPackage, KML or a zipped Shapefile of areas, up to 50 MB. Its shapes become one "
        "place.",
    )
    save = button("Save the place")


class CircleForm(Asking):
    """All that lies so far from a spot."""

    spot = text(
        "Centre",
        needed("Enter the centre: a postcode, a street, a grid reference or coordinates"),
        at_most(200, "The centre"),
    )
    metres = text("Radius", needed("Enter the radius in metres"), default="400")
    show = button("Show this place")


class StreetForm(Asking):
    """A street, and what lies along it."""

    shape = long_text(
        "Points along the street",
        needed("Draw a line on the map, or type two points or more"),
        at_most(50_000, "The line"),
        hint="Drawing on the map fills this in. To type it: one point a line from one end to the other, as a postcode, "
        "a grid reference, or latitude and longitude.",
    )
    metres = text(
        "Margin",
        needed("Enter the margin in metres"),
        default="50",
        hint="How far from the line things still belong to the street, on each side",
    )
    show = button("Show this place")


class WardsForm(Asking):
    """One ward or several, and other areas."""

    wards = several("Wards")
    others = several("Other areas")
    show = button("Show this place")
