"""A long file in a browser: asked for, made by the worker beside the server, taken; without JavaScript too."""

from __future__ import annotations

import pytest

from tests.browser.conftest import Enter
from tests.browser.pages import LONG_FILE, OFFICER


@pytest.mark.parametrize("javascript", [True, False], ids=["with JavaScript", "without"])
def test_a_file_is_asked_for_and_taken(enter: Enter, javascript: bool) -> None:
    them = enter(OFFICER, javascript=javascript)
    them.goes_to(LONG_FILE)
    them.presses("Make the CSV file")
    ready = them.page.get_by_role("heading", name="Your file is ready")
    for _ in range(0 if javascript else 90):
        if ready.is_visible():
            break
        them.page.wait_for_timeout(1000)
        them.follows("See how far it is now")
    ready.wait_for(timeout=90_000)
    with them.page.expect_download() as took:
        them.page.get_by_role("button", name="Download the file").click()
    assert took.value.suggested_filename == "entries.csv"
    assert took.value.path().read_text("utf-8-sig").startswith("ref,kind,title")
