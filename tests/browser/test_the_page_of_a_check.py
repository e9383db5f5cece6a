"""A GIS officer opens the page of a check from a folder: a map that asks nobody for anything, and lists beside it."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.areas.test_telling_of_a_check import faulty, store, wardbook
from tests.browser.someone import SIZES, barriers, mistakes

__all__ = ["faulty", "store"]


@pytest.fixture
def written(store: Path, faulty: Path, tmp_path: Path) -> Path:
    page = tmp_path / "check.html"
    assert wardbook(store, "boundaries", "check", faulty, "--map", page).exit_code == 0
    return page


def opened(browser: Browser, file: Path, size: tuple[int, int], *, javascript: bool = True) -> tuple[Page, list[str]]:
    """The page, and what went wrong on it or was asked for beside it."""
    page = browser.new_page(viewport={"width": size[0], "height": size[1]}, java_script_enabled=javascript)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: asked.append(message.text))
    page.on("pageerror", lambda error: asked.append(str(error)))
    page.goto(file.as_uri())
    assert asked.pop(0) == file.as_uri()
    return page, asked


@pytest.mark.parametrize("size", SIZES.values(), ids=list(SIZES))
def test_it_asks_for_nothing_fits_and_has_no_barriers(browser, written, size):
    page, wrong = opened(browser, written, size)
    expect(page.locator(".leaflet-container")).to_be_visible()
    expect(page.locator(".number-overlap")).to_have_count(1)
    assert barriers(page.main_frame) == []
    assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
    assert wrong == []
    page.close()


def test_areas_are_called_by_their_names_on_the_map_and_the_map_comes_first(browser, written):
    page, wrong = opened(browser, written, SIZES["desktop"])
    assert [name[:9] for name in page.locator(".wb-name").all_inner_texts()] == ["<img src=", "Dock"]
    assert page.locator("h2").all_inner_texts() == ["Overlaps", "Gaps", "What was read", "Areas"]
    assert wrong == []
    page.close()


@pytest.mark.parametrize("size", SIZES.values(), ids=list(SIZES))
def test_no_number_of_a_place_is_parted(browser, written, size):
    page, _ = opened(browser, written, size)
    heights = [number.bounding_box()["height"] for number in page.locator(".place span").all()]
    assert len(heights) == 4
    assert max(heights) < 30
    page.close()


def test_a_fault_in_the_list_is_shown_on_the_map_by_key(browser, written):
    page, wrong = opened(browser, written, SIZES["desktop"])
    before = page.locator(".number-gap.leaflet-marker-icon").bounding_box()
    button = page.get_by_role("button", name="G1: show on the map")
    button.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#gap-1")).to_have_class("shown")
    page.wait_for_timeout(500)
    assert page.locator(".number-gap.leaflet-marker-icon").bounding_box() != before
    assert wrong == []
    page.close()


def test_without_javascript_the_lists_say_it_all(browser, written):
    page, wrong = opened(browser, written, SIZES["phone"], javascript=False)
    expect(page.locator("#map")).to_be_hidden()
    expect(page.locator("#overlap-1")).to_contain_text("Mill")
    expect(page.locator("#gap-1")).to_contain_text("40,0")
    assert wrong == []
    page.close()


def test_it_is_html(written, html_checker):
    assert mistakes(written.read_bytes(), html_checker) == []
