"""What the page of a new place asks."""

from __future__ import annotations

from wardbook.forms import Asking, at_most, button, files, long_text, needed, one_of, text
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
        "latitude and longitude.",
    )
    file = files(
        "Or upload a file", hint="GeoJSON, GeoPackage, a zipped Shapefile or KML. Its shapes are joined into one place."
    )
    save = button("Save the place")
