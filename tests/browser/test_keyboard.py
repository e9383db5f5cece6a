"""Somebody without a mouse does what everybody does: Tab, Enter, Space, arrows and typing are enough."""

from __future__ import annotations

from urllib.parse import quote

from playwright.sync_api import expect

from tests.browser.conftest import Enter
from tests.browser.pages import CLLR, WARD, begins, listed
from tests.browser.someone import DESKTOP, FOCUS, Someone


def types(them: Someone, words: str) -> None:
    them.page.keyboard.press("Control+A")
    them.page.keyboard.type(words)


def test_a_contribution_can_be_sent_with_the_keyboard_alone(enter: Enter, size: tuple[int, int]) -> None:
    them = enter(size=size)
    them.goes_to("/")
    them.tabs_to("Find a place")
    types(them, "ZZ1 1AX")
    them.enters_by_key()
    them.tabs_to("Tell us something about it")
    them.enters_by_key()
    them.tabs_to("Find it")
    them.enters_by_key()
    them.tabs_to("Skip the map")
    them.keys("Enter")
    them.tabs_to("Continue")
    them.enters_by_key()
    them.tabs_to("Something is wrong here")
    them.keys("Space")
    them.tabs_to("Continue")
    them.enters_by_key()
    them.tabs_to("What is it about?")
    them.page.keyboard.type("Cros")
    them.tabs_to("Say it in a few words")
    types(them, f"Loose slab number {size[0]}, told by keys alone")
    them.tabs_to("Tell us more")
    types(them, f"It rocks {size[1]} times an hour.")
    them.tabs_to("Continue")
    them.enters_by_key("Space")
    them.tabs_to("Continue without a photo")
    them.enters_by_key()
    them.tabs_to("Everyone")
    them.keys("ArrowDown", "ArrowUp")
    them.tabs_to("Your email address")
    types(them, "keys@residents.example")
    them.tabs_to("Continue")
    them.enters_by_key()
    them.tabs_to("Send it to the council")
    them.enters_by_key()
    them.sees_heading("Check your email")


def test_the_first_tab_skips_to_the_main_content(enter: Enter, size: tuple[int, int]) -> None:
    them = enter(size=size)
    them.goes_to(f"/wards/{WARD}")
    them.tabs_to("Skip to main content", most=1)
    them.keys("Enter")
    them.tabs_to("Aldermere Market", most=1)  # one of the wards in which its ground is to be
    them.tabs_to("Tell us about", most=2)


def test_an_error_summary_takes_focus_and_leads_to_its_field(enter: Enter) -> None:
    them = enter()
    begins(them)
    them.presses("Continue")
    them.chooses("Something is wrong here")
    them.presses("Continue")
    them.presses("Continue")
    expect(them.page.locator(".govuk-error-summary")).to_be_focused()
    them.tabs_to("Say in a few words what it is")
    them.keys("Enter")
    assert them.page.evaluate("document.activeElement.id") == "title"


def test_the_map_can_be_skipped(enter: Enter, size: tuple[int, int]) -> None:
    for who, path, after in (
        (None, "/map", ".wb-entry__title a"),
        (None, f"/wards/{WARD}", ".wb-card__title a"),
        (CLLR, "/notes/new", "#shape"),
        (CLLR, "/places/new", "#label"),
    ):
        them = enter(who, size=size)
        them.goes_to(path)
        them.tabs_to("Skip the map")
        them.keys("Enter", "Tab")
        assert them.page.evaluate("(after) => document.activeElement.matches(after)", after), them.page.evaluate(FOCUS)


def test_a_marker_opens_by_enter_and_escape_leads_back_to_it(enter: Enter) -> None:
    them = enter(size=DESKTOP)
    them.goes_to(f"/map?kind=asset&words={quote(listed(them, 'kind=asset')[0]['ref'])}")
    frame = them.map()
    frame.locator(".wb-pin").first.wait_for()
    them.tabs_to("Skip the map")
    for _ in range(20):
        them.keys("Tab")
        if frame.evaluate("document.activeElement.classList.contains('wb-pin')"):
            break
    assert frame.evaluate(FOCUS)["seen"]
    name = frame.evaluate("document.activeElement.title")
    them.keys("Enter")
    link = frame.locator(".wb-popup a")
    expect(link).to_be_focused()
    assert name.endswith(link.inner_text())
    them.keys("Escape")
    expect(link).to_have_count(0)
    assert frame.evaluate("document.activeElement.title") == name
    them.keys("Enter")
    expect(link).to_be_focused()
    them.enters_by_key()
    assert them.path.startswith("/entries/WB-")


def test_a_cluster_says_what_it_holds_and_opens_by_enter(enter: Enter) -> None:
    them = enter(size=DESKTOP)
    them.goes_to("/map")
    frame = them.map()
    cluster = frame.get_by_role("button", name="entries close together: zoom in").first
    cluster.wait_for()
    before = frame.locator(".leaflet-marker-icon:not(.wb-b-name)").count()
    cluster.focus()
    them.keys("Enter")
    expect(frame.locator(".leaflet-marker-icon:not(.wb-b-name)")).not_to_have_count(before)


def test_arrow_keys_move_the_spot(enter: Enter) -> None:
    them = enter(size=DESKTOP)
    begins(them)
    box = them.page.get_by_label("Postcode, grid reference, or latitude and longitude")
    before = box.input_value()
    frame = them.map()
    frame.locator(".wb-spot").focus()
    assert frame.evaluate(FOCUS)["seen"]
    them.keys("ArrowUp")
    expect(box).not_to_have_value(before)
    assert float(box.input_value().split(",")[0]) > float(before.split(",")[0])


def test_the_menu_of_a_phone_opens_and_closes_by_key(enter: Enter) -> None:
    them = enter(size=(390, 844))
    them.goes_to("/")
    them.tabs_to("Menu")
    them.keys("Enter")
    expect(them.page.get_by_role("link", name="Map and list")).to_be_visible()
    them.keys("Space")
    expect(them.page.get_by_role("link", name="Map and list")).to_be_hidden()
