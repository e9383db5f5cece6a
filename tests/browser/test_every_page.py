"""Every page in each of its states: nothing stands in anybody's way, and nothing is wider than the screen."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.browser.conftest import Door
from tests.browser.pages import STATES, State
from tests.browser.someone import DESKTOP, PHONE, SIZES, Someone, barriers


@pytest.fixture(scope="module")
def hall(door: Door) -> Iterator[Door]:
    """A way in of this module's own: who comes in stays for all the tests of one page."""
    own = Door(door.browser, door.site, door.watch, door.signed_in)
    yield own
    own.shut()


@pytest.fixture(scope="module", params=STATES, ids=str)
def opened(request: pytest.FixtureRequest, hall: Door) -> Iterator[Someone]:
    """Somebody who has come to a page in one of its states."""
    state: State = request.param
    them = hall(state.who)
    state.reach(them)
    yield them
    hall.shut()


@pytest.mark.parametrize("screen", SIZES.values(), ids=list(SIZES))
def test_nothing_on_the_page_or_in_its_map_is_a_barrier(opened: Someone, screen: tuple[int, int]) -> None:
    opened.resizes(screen)
    assert [found for frame in opened.frames() for found in barriers(frame)] == []


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
