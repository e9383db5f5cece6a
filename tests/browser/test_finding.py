"""Somebody on a phone looks for where they are, and lets the browser say it."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Enter

HERE = {"latitude": 53.3979, "longitude": 1.0040}


@pytest.mark.parametrize("path", ["/", "/find?q=xyzzy"])
def test_my_location_leads_to_the_page_of_the_spot(path: str, enter: Enter, size: tuple[int, int]) -> None:
    them = enter(size=size)
    them.page.context.grant_permissions(["geolocation"])
    them.page.context.set_geolocation(HERE)
    them.goes_to(path)
    them.page.get_by_role("button", name="Use where I am").click()
    expect(them.page.get_by_role("heading", name="Who represents me here")).to_be_visible()
    assert them.page.url.endswith("/find?q=53.397900%2C+1.004000")


def test_a_refusal_is_said_in_words(enter: Enter) -> None:
    them = enter()
    them.page.context.clear_permissions()
    them.goes_to("/find?q=xyzzy")
    them.page.get_by_role("button", name="Use where I am").click()
    expect(them.page.locator("#here-said")).to_contain_text("Enter a postcode or a street.")


def test_without_javascript_nothing_offers_to_find_where_somebody_is(enter: Enter) -> None:
    them = enter(javascript=False)
    them.goes_to("/")
    expect(them.page.get_by_role("button", name="Use where I am")).to_be_hidden()
