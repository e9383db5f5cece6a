"""Whatever people write (long words, emoji, other scripts, markup) is shown as they wrote it and breaks no page."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Door, Enter
from tests.browser.pages import OFFICER, WARD, comes_to_check, opens_the_letter
from tests.browser.someone import Someone

WRITTEN = {
    "a long word": "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogochynllanfairpwllgwyngyllgogerych",
    "emoji": "🚲🚲🚲 kerb 👩🏽‍🦽 " + "🧱" * 30,
    "another script": "لا يوجد رصيف منخفض بجانب البنك 路缘石 לא נגיש",
    "markup": "<img src=x onerror=alert(1)><script>alert(2)</script></script>{{ 7 * 7 }}&amp;",
    "a long title": "The kerb by the blue door of the bank is far too high for anybody on wheels, as is the other",
}
SMALL = (320, 640)
each_title = pytest.mark.parametrize("title", WRITTEN.values(), ids=list(WRITTEN))


def fits(them: Someone) -> None:
    assert them.overflow() <= 0, f"{them.path} is wider than a small phone"


@pytest.fixture(scope="module")
def told(door: Door) -> dict[str, str]:
    """What was written, published, and its page; every step on the way fits a small phone."""
    way_in = Door(door.browser, door.site, door.watch, door.signed_in)
    pages = {title: _tell(way_in(size=SMALL, javascript=False), title) for title in WRITTEN.values()}
    way_in.shut()
    return pages


def _tell(them: Someone, title: str) -> str:
    email = f"{'somebody.with.a.very.long.name' * 2}@residents.of.aldermere.example"
    comes_to_check(them, email=email, title=title, words=f"{title}\n\n{title * 4}")
    fits(them)
    them.presses("Send it to the council")
    fits(them)
    opens_the_letter(them, "/contribute/confirm/")
    fits(them)
    them.presses("Yes, publish it")
    return them.path


@each_title
def test_its_page_shows_it_as_it_was_written(enter: Enter, told: dict[str, str], title: str) -> None:
    for who in (None, OFFICER):
        them = enter(who, size=SMALL)
        them.goes_to(told[title])
        expect(them.page.get_by_role("heading", level=1)).to_have_text(title)
        fits(them)


@each_title
def test_its_popup_on_the_map_says_it_and_stays_in_the_frame(enter: Enter, told: dict[str, str], title: str) -> None:
    them = enter(size=SMALL)
    them.goes_to(told[title])
    frame = them.map()
    frame.locator(".wb-pin").press("Enter")
    link = frame.locator(".wb-popup a")
    expect(link).to_have_text(title)
    box = link.evaluate("(it) => { const box = it.getBoundingClientRect(); return [box.left, innerWidth - box.right] }")
    assert min(box) >= 0


def test_lists_of_it_fit_a_small_phone(enter: Enter, told: dict[str, str]) -> None:
    them = enter(OFFICER, size=SMALL)
    for path in ("/", f"/wards/{WARD}", "/map", "/outbox", f"/places/ward:{WARD}/brief?for=council"):
        them.goes_to(path)
        assert any(title[:20] in them.page.content() for title in told if title.isascii() and "<" not in title), path
        fits(them)
    for path in ("/desk", f"/find?q={WRITTEN['a long word']}"):
        them.goes_to(path)
        fits(them)
