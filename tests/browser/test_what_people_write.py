"""Whatever people write (long words, emoji, other scripts, markup) is shown as they wrote it and breaks no page."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Enter
from tests.browser.pages import OFFICER, WARD, comes_to_photos, opens_the_letter
from tests.browser.someone import Someone

WRITTEN = {
    "a long word": "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogochynllanfairpwllgwyngyllgogerych",
    "emoji": "🚲🚲🚲 kerb 👩🏽‍🦽 " + "🧱" * 30,
    "another script": "لا يوجد رصيف منخفض بجانب البنك 路缘石 לא נגיש",
    "markup": "<img src=x onerror=alert(1)><script>alert(2)</script></script>{{ 7 * 7 }}&amp;",
    "a long title": "The kerb outside the bank, the one with the blue door, is far too high for anybody on wheels, " * 2,
}


def overflows(them: Someone, path: str) -> bool:
    them.goes_to(path)
    return them.overflow() > 0


@pytest.mark.parametrize("title", WRITTEN.values(), ids=list(WRITTEN))
def test_it_is_shown_as_it_was_written_and_fits_a_small_phone(enter: Enter, title: str) -> None:
    them = enter(size=(320, 640))
    title = " ".join(title.split())[:120].strip()
    comes_to_photos(them, title, f"{title}\n\n{title * 4}")
    assert them.overflow() <= 0
    them.follows("Continue without a photo")
    them.enters("Your email address", f"{'somebody.with.a.very.long.name' * 2}@residents.of.aldermere.example")
    them.presses("Continue")
    assert them.overflow() <= 0
    them.presses("Send it to the council")
    assert them.overflow() <= 0
    opens_the_letter(them, "/contribute/confirm/")
    assert them.overflow() <= 0
    them.presses("Yes, publish it")
    expect(them.page.get_by_role("heading", level=1)).to_have_text(title)
    entry = them.path
    brief = f"/places/ward:{WARD}/brief"
    everywhere = (entry, "/", f"/wards/{WARD}", "/map", "/desk", "/outbox", brief, f"/find?q={quote(title)}")
    assert [path for path in everywhere if overflows(them, path)] == []
    officer = enter(OFFICER, size=(320, 640))
    assert [path for path in (entry, "/desk") if overflows(officer, path)] == []


@pytest.mark.parametrize("title", WRITTEN.values(), ids=list(WRITTEN))
def test_its_popup_on_the_map_says_it_and_stays_in_the_frame(enter: Enter, title: str) -> None:
    them = enter(size=(320, 640))
    title = " ".join(title.split())[:120].strip()
    comes_to_photos(them, title)
    them.follows("Continue without a photo")
    them.enters("Your email address", "popup@residents.example")
    them.presses("Continue")
    them.presses("Send it to the council")
    opens_the_letter(them, "/contribute/confirm/")
    them.presses("Yes, publish it")
    frame = them.map()
    frame.locator(".wb-pin").press("Enter")
    link = frame.locator(".wb-popup a")
    expect(link).to_have_text(title)
    assert frame.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    box = link.evaluate("(it) => { const box = it.getBoundingClientRect(); return [box.left, innerWidth - box.right] }")
    assert min(box) >= 0
