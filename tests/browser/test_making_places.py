"""A place is made with a finger, with the keys alone, and without JavaScript."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Frame, Page, expect

from tests.browser.conftest import Enter
from tests.browser.pages import ACROSS, POSTCODE, WARD_NAME, types_a_place
from tests.browser.someone import PHONE, STANDS_STILL, Someone, Watch


@pytest.fixture
def finger(browser: Browser, site: str, watch: Watch) -> Iterator[Someone]:
    """Somebody with a telephone, who is not signed in."""
    context = browser.new_context(
        viewport={"width": PHONE[0], "height": PHONE[1]}, has_touch=True, is_mobile=True, locale="en-GB"
    )
    context.set_default_timeout(10_000)
    watch.over(context)
    yield Someone(context.new_page(), site)
    context.close()


def taps(page: Page, frame: Frame, *corners: tuple[float, float]) -> None:
    """Tap a map at shares of its width and height. Real fingers rest on it for longer than a moment."""
    box = page.locator(".wb-map__frame").bounding_box()
    assert box is not None
    touch = page.context.new_cdp_session(page)
    for across, down in corners:
        at = {"x": box["x"] + box["width"] * across, "y": box["y"] + box["height"] * down}
        touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [at]})
        page.wait_for_timeout(120)
        touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
        page.wait_for_timeout(200)
    assert frame.evaluate("matchMedia('(pointer: coarse)').matches")


def scrolls(page: Page) -> float:
    """Move one finger up over the map; by how much the page moved."""
    before = page.evaluate("scrollY")
    touch = page.context.new_cdp_session(page)
    touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": 195, "y": 600}]})
    for step in range(1, 12):
        up = {"x": 195, "y": 600 - step * 20}
        touch.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [up]})
        page.wait_for_timeout(16)
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    page.wait_for_timeout(400)
    return float(page.evaluate("scrollY") - before)


def test_a_street_is_drawn_by_tapping_and_one_finger_still_scrolls(finger: Someone) -> None:
    finger.goes_to("/places/new/street")
    frame = finger.map()
    frame.locator(".leaflet-draw-draw-polyline").tap()
    assert scrolls(finger.page) > 100
    finger.page.evaluate("scrollTo(0, 0)")
    finger.map()
    taps(finger.page, frame, (0.3, 0.5), (0.5, 0.4), (0.6, 0.6))
    frame.get_by_role("link", name="Finish").or_(
        frame.locator(".leaflet-draw-actions a", has_text="Finish")
    ).first.tap()
    points = finger.page.get_by_label("Points along the street")
    expect(points).not_to_have_value("")
    drawn = points.input_value().split("\n")
    assert len(drawn) == 3
    assert all(re.fullmatch(r"53\.\d{6}, \d\.\d{6}", point) for point in drawn), drawn
    finger.presses("Show this place")
    finger.reads("Within 50 m of a street")


def test_places_are_made_without_javascript(enter: Enter) -> None:
    them = enter("officer", size=PHONE, javascript=False)
    types_a_place(them, ACROSS)
    them.reads("of it lie outside the council and are left out")
    them.goes_to("/places/new/circle")
    them.enters("Centre", POSTCODE)
    them.enters("Radius", "300")
    them.presses("Show this place")
    them.sees_heading(f"Within 300 m of {POSTCODE}")
    them.goes_to("/places/new/wards")
    them.chooses(WARD_NAME)
    them.chooses("Fullersholme")
    them.presses("Show this place")
    them.sees_heading(f"{WARD_NAME} and Fullersholme")


def test_a_street_is_made_with_the_keys_alone(enter: Enter) -> None:
    them = enter()
    them.goes_to("/places/new/street")
    them.tabs_to("Points along the street")
    them.page.keyboard.type(POSTCODE)
    them.keys("Enter")
    them.page.keyboard.type("53.40, 0.99")
    them.tabs_to("Margin")
    them.keys("Control+A")
    them.page.keyboard.type("20")
    them.tabs_to("Show this place")
    them.enters_by_key()
    them.reads("Within 20 m of a street")


@pytest.mark.parametrize("javascript", [True, False])
def test_a_file_that_is_too_large_is_refused_in_words(enter: Enter, javascript: bool, tmp_path: Path) -> None:
    large = tmp_path / "site.geojson"
    with large.open("wb") as file:
        file.truncate(60_000_000)
    them = enter("officer", javascript=javascript)
    them.goes_to("/places/new")
    them.enters("What to call it", "The mill site")
    them.page.get_by_label("Or upload a file").set_input_files(large)
    if javascript:
        button = them.page.get_by_role("button", name="Save the place")
        button.scroll_into_view_if_needed()
        them.page.evaluate(STANDS_STILL)
        button.click()
        assert them.page.get_by_label("What to call it").input_value() == "The mill site"
    else:
        them.presses("Save the place")
    them.reads("The file must be 50 MB or smaller")
