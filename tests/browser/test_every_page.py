"""Every page in each of its states: nothing stands in anybody's way, and nothing is wider than the screen."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.browser.conftest import Door
from tests.browser.pages import STATES, State
from tests.browser.someone import DESKTOP, PHONE, SIZES, Someone, barriers, mistakes


@pytest.fixture(scope="module")
def seat(door: Door) -> Iterator[Someone]:
    """One browser for all of this module, since opening some eighty would take most of its time."""
    own = Door(door.browser, door.site, door.watch, door.signed_in)
    yield own()
    own.shut()


EACH = [pytest.param(state, id=str(state), marks=pytest.mark.xdist_group(f"page: {state}")) for state in STATES]
"""A state is reached once, by one worker, and then looked at in every way."""


@pytest.fixture(scope="module", params=EACH)
def opened(request: pytest.FixtureRequest, door: Door, seat: Someone) -> Someone:
    """Somebody who has come to a page in one of its states."""
    state: State = request.param
    door.turn_into(seat, state.who)
    seat.resizes(DESKTOP)
    state.reach(seat)
    return seat


@pytest.mark.parametrize("screen", SIZES.values(), ids=list(SIZES))
def test_nothing_on_the_page_or_in_its_map_is_a_barrier(opened: Someone, screen: tuple[int, int]) -> None:
    opened.resizes(screen)
    assert [found for frame in opened.frames() for found in barriers(frame)] == []


def test_the_page_and_the_frame_of_its_map_are_valid_html(opened: Someone, html_checker: str) -> None:
    frames = [frame.get_attribute("src") or "" for frame in opened.page.locator("iframe").all()]
    documents = [opened.html().encode(), *(opened.fetches(src)[1] for src in frames)]
    assert [problem for html in documents for problem in mistakes(html, html_checker)] == []


@pytest.mark.parametrize("width", [320, 390])
def test_the_page_is_no_wider_than_the_screen(opened: Someone, width: int) -> None:
    opened.resizes((width, 844))
    assert opened.overflow() <= 0


@pytest.mark.parametrize("screen", [PHONE, DESKTOP], ids=list(SIZES))
def test_text_can_be_twice_as_large(opened: Someone, screen: tuple[int, int]) -> None:
    opened.resizes(screen)
    opened.page.evaluate("document.documentElement.style.fontSize = '200%'")
    too_wide = opened.overflow()
    opened.page.evaluate("document.documentElement.style.fontSize = ''")
    assert too_wide <= 0
