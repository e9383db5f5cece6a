"""Every page in each of its states: nothing stands in anybody's way, and nothing is wider than the screen."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from tests.browser.conftest import Door, Enter
from tests.browser.pages import OFFICER, STATES, State
from tests.browser.someone import DESKTOP, PHONE, Someone, barriers, mistakes
from tests.browser.test_scenes_of_a_resident import (
    Scene,
    is_closed_and_five_weeks_pass,
    opens_the_letter_to,
    told_by_a_neighbour,
)
from tests.browser.ways import WAYS

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
    assert _problems(seat, html_checker) == []


def test_so_are_the_pages_that_come_after_weeks(enter: Enter, store: Flask, html_checker: str) -> None:
    """Is it put right: asked, answered, and overtaken; for these an officer closes an issue and five weeks pass."""
    scene, problems = Scene(WAYS[2], "weekslater", "ZZ3 1LT"), []
    for who, answer in (("one", "I cannot say"), ("other", None)):
        path = told_by_a_neighbour(enter, scene, f"A kerb to lower ({who})", who=who)
        is_closed_and_five_weeks_pass(enter, store, path)
        them = enter()
        opens_the_letter_to(them, scene.address_of(who), "/put-right/", "?answer=no")
        problems += _problems(them, html_checker)
        if answer:
            them.presses(answer)
            them.sees_heading("Thank you for telling us")
        else:
            is_reopened(enter, path)
            them.goes_to(them.path)
            them.sees_heading("It was reopened, or closed again")
        problems += _problems(them, html_checker)
    assert problems == []


def is_reopened(enter: Enter, path: str) -> None:
    officer = enter(OFFICER)
    officer.goes_to(path)
    officer.picks("State", "Received")
    officer.presses("Send")


def _problems(them: Someone, html_checker: str) -> list[str]:
    return [*_invalid(them, html_checker), *_at_every_size(them)]


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
