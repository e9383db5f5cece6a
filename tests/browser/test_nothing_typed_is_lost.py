"""What is half typed is still there after 'Back', with JavaScript and without; with it, after a refresh too."""

from __future__ import annotations

import pytest

from tests.browser.conftest import Enter
from tests.browser.pages import comes_to_what
from tests.browser.someone import PHONE, Someone

TITLE, MORE = "Say it in a few words", "Tell us more (optional)"


def types_half(them: Someone, words: str) -> None:
    them.enters(TITLE, "Half a ti")
    them.enters(MORE, words)


def still_has(them: Someone, words: str) -> None:
    assert them.page.get_by_label(TITLE, exact=True).input_value() == "Half a ti"
    assert them.page.get_by_label(MORE, exact=True).input_value() == words


@pytest.mark.parametrize("javascript", [True, False], ids=["javascript", "no javascript"])
def test_half_a_sentence_is_there_after_back(enter: Enter, javascript: bool) -> None:
    them = enter(size=PHONE, javascript=javascript)
    comes_to_what(them)
    types_half(them, "Half a sen")
    them.follows("Back")
    them.sees_heading("What do you want to tell us?")
    them.presses("Continue")
    still_has(them, "Half a sen")


def test_half_a_sentence_is_there_after_a_refresh_and_the_browser_s_own_back(enter: Enter) -> None:
    them = enter(size=PHONE)
    comes_to_what(them)
    types_half(them, "Half a sen")
    them.page.reload()
    still_has(them, "Half a sen")
    them.enters(MORE, "Half a sentence more")
    them.goes_to("/wards")
    them.page.go_back()
    still_has(them, "Half a sentence more")


def test_enter_in_a_field_goes_on_and_not_back(enter: Enter) -> None:
    them = enter(size=PHONE)
    comes_to_what(them)
    them.enters(TITLE, "Half a ti")
    with them.page.expect_navigation():
        them.page.get_by_label(TITLE, exact=True).press("Enter")
    them.reads("Choose what it is about")
