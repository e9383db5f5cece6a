"""Somebody searches what is known, and is asked before they tell the same again."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Enter
from tests.browser.pages import SAME, WARD_NAME, comes_to_same
from tests.browser.someone import PHONE

with_and_without_javascript = pytest.mark.parametrize("javascript", [True, False], ids=["javascript", "no javascript"])


@with_and_without_javascript
def test_anybody_searches_from_any_page_and_narrows_it(enter: Enter, javascript: bool) -> None:
    them = enter(size=PHONE, javascript=javascript)
    them.goes_to("/about/privacy")
    them.enters("Search what is known", "dropped kerbs")
    them.presses("Search")
    them.sees_heading("Search what is known")
    expect(them.page.locator("mark").first).to_have_text("dropped")
    expect(them.page.get_by_role("link", name=SAME)).to_be_visible()
    them.enters("Place (optional)", WARD_NAME)
    them.presses("Search")
    them.reads(f": {WARD_NAME}")
    expect(them.page.get_by_label("Words or reference")).to_have_value("dropped kerbs")
    them.follows(SAME)
    them.sees_heading(SAME)


@with_and_without_javascript
def test_whoever_tells_the_same_is_asked_and_loses_nothing(enter: Enter, javascript: bool) -> None:
    them = enter(size=PHONE, javascript=javascript)
    comes_to_same(them)
    them.sees_heading("Is it this one?")
    draft = them.path
    them.follows(f"See what happens with it ({SAME})")
    them.sees_heading(SAME)
    them.goes_to(draft)
    them.presses("No, mine is something else: continue")
    them.sees_heading("Do you have a photo?")
    them.follows("Back")
    expect(them.page.get_by_label("Say it in a few words")).to_have_value(SAME)
