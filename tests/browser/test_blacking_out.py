"""A moderator draws what is to be black on a photo, with the mouse or with keys alone: the typed lines follow."""

from __future__ import annotations

from tests.browser.conftest import Enter
from tests.browser.pages import MODERATOR, comes_to_a_photo_to_black_out
from tests.browser.someone import Someone


def lines(them: Someone) -> list[list[float]]:
    """The rectangles as they stand in the field."""
    typed = them.page.get_by_label("Rectangles").input_value().splitlines()
    return [[float(figure) for figure in line.split(",")] for line in typed]


def test_a_rectangle_is_drawn_moved_and_taken_away(enter: Enter) -> None:
    them = enter(MODERATOR)
    comes_to_a_photo_to_black_out(them)
    edge = them.page.locator(".wb-boxes").bounding_box()
    assert edge is not None
    mouse = them.page.mouse
    mouse.move(edge["x"] + edge["width"] * 0.1, edge["y"] + edge["height"] * 0.2)
    mouse.down()
    mouse.move(edge["x"] + edge["width"] * 0.3, edge["y"] + edge["height"] * 0.6, steps=4)
    mouse.up()
    (drawn,) = lines(them)
    assert all(abs(found - meant) < 1 for found, meant in zip(drawn, (10, 20, 20, 40), strict=True))

    them.keys("ArrowRight", "Shift+ArrowUp")
    (moved,) = lines(them)
    assert [round(after - before) for before, after in zip(drawn, moved, strict=True)] == [1, 0, 0, -1]
    them.tabs_to("Add a rectangle")
    them.keys("Enter")
    assert lines(them)[1] == [40, 40, 20, 20]
    them.keys("Delete")
    assert lines(them) == [moved]
