"""Every page in each of its states: nothing stands in anybody's way, and nothing is wider than the screen."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.browser.conftest import Door
from tests.browser.pages import STATES, State
from tests.browser.someone import DESKTOP, PHONE, Someone, barriers, mistakes

NARROW = (320, 844)


@pytest.fixture(scope="module")
def seat(door: Door) -> Iterator[Someone]:
    """One browser for all of this module, since opening some hundred would take most of its time."""
    own = Door(door.browser, door.site, door.watch, door.signed_in)
    yield own()
    own.shut()


@pytest.mark.parametrize("state", STATES, ids=str)
def test_a_page_is_valid_keeps_nobody_out_and_fits_its_screen(
    state: State, door: Door, seat: Someone, html_checker: str
) -> None:
    """One test a page, since to come there takes longer than to look; it tells all that it found."""
    door.turn_into(seat, state.who)
    seat.resizes(DESKTOP)
    state.reach(seat)
    assert [*_invalid(seat, html_checker), *_at_every_size(seat)] == []


def _invalid(them: Someone, html_checker: str) -> list[str]:
    """What is no HTML, in the page as it was sent and in the frame of its map."""
    frames = [frame.get_attribute("src") or "" for frame in them.page.locator("iframe").all()]
    documents = [them.html().encode(), *(them.fetches(src)[1] for src in frames)]
    return [problem for html in documents for problem in mistakes(html, html_checker)]


def _at_every_size(them: Someone) -> Iterator[str]:
    """What axe-core finds on the page and in its map, and where somebody would have to scroll sideways, with letters as
    they are and twice as large.
    """
    for size in (DESKTOP, PHONE, NARROW):
        them.resizes(size)
        if size is not NARROW:
            looked_at = them.frames() if size is DESKTOP else them.frames()[:1]  # a map's frame is the same in both
            yield from (f"{size}: {found}" for frame in looked_at for found in barriers(frame))
        for letters in ("", "200%")[: 1 if size is NARROW else 2]:
            them.page.evaluate("size => { document.documentElement.style.fontSize = size }", letters)
            if (over := them.overflow()) > 0:
                yield f"{size}, letters {letters}: {over} pixels too wide"
        them.page.evaluate("document.documentElement.style.fontSize = ''")
