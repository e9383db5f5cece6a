"""A resident tells of a dropped kerb on a phone, with JavaScript and without, and hears what came of it."""

from __future__ import annotations

import io

import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.browser.conftest import Enter
from tests.browser.pages import (
    GPS,
    OFFICER,
    POSTCODE,
    WARD,
    WARD_NAME,
    adds_a_photo,
    begins,
    comes_back_to_photos,
    opens_the_letter,
    photo,
    says_it_is_something_else,
)
from tests.browser.someone import PHONE, Someone

SPOT = "Postcode, grid reference, or latitude and longitude"
with_and_without_javascript = pytest.mark.parametrize("javascript", [True, False], ids=["javascript", "no javascript"])


def finds_the_place_and_goes_on_to_tell(them: Someone) -> None:
    them.goes_to("/")
    them.page.get_by_role("searchbox").fill(POSTCODE)
    them.presses("Find")
    them.sees_heading(POSTCODE)
    them.follows("Tell us something about it")
    them.presses("Find it")
    them.sees_heading("Is this the spot?")
    them.reads(f"the centre of postcode {POSTCODE}, in {WARD_NAME}")


def tells_of_a_kerb(them: Someone, title: str, email: str) -> str:
    """From the spot to the page that says 'check your email'; the reference it gives."""
    them.presses("Continue")
    them.chooses("Something is wrong here")
    them.presses("Continue")
    them.picks("What is it about?", "Crossing or dropped kerb")
    them.enters("Say it in a few words", title)
    them.enters("Tell us more (optional)", "My chair cannot get up.\nIt is 12 cm high.")
    them.presses("Continue")
    says_it_is_something_else(them)
    adds_a_photo(them)
    assert "Everyone: it is shown on this website." in them.page.inner_text("main")
    them.enters("Your email address", email)
    them.presses("Continue")
    them.sees_heading("Check what you are telling us")
    assert "1 photo" in them.page.inner_text("main")
    them.presses("Send it to the council")
    them.sees_heading("Check your email")
    return them.page.locator(".wb-ref").inner_text()


def titles_on_the_ward_page(them: Someone) -> list[str]:
    them.goes_to(f"/wards/{WARD}")
    return them.page.locator(".wb-entry__title").all_inner_texts()


@with_and_without_javascript
def test_a_resident_tells_of_a_dropped_kerb_and_hears_what_came_of_it(enter: Enter, javascript: bool) -> None:
    title = f"No dropped kerb by the bank, {'quick' if javascript else 'plain'}"
    tobias = enter(size=PHONE, javascript=javascript)
    finds_the_place_and_goes_on_to_tell(tobias)
    ref = tells_of_a_kerb(tobias, title, "tobias.kerb@residents.example")

    opens_the_letter(tobias, "/contribute/confirm/")
    tobias.sees_heading("Publish what you told us?")
    anybody = enter()
    assert anybody.goes_to(f"/entries/{ref}") == 404, "looking at the link published it"
    assert title not in titles_on_the_ward_page(anybody)

    tobias.presses("Yes, publish it")
    tobias.sees_heading(title)
    assert title in titles_on_the_ward_page(tobias)
    assert anybody.goes_to(f"/entries/{ref}") == 200
    shown = anybody.page.get_by_alt_text("A high kerb by the bank")
    assert shown.evaluate("photo => photo.complete && photo.naturalWidth") > 0

    officer = enter(OFFICER)
    officer.goes_to(f"/entries/{ref}")
    officer.enters("Your answer", "Thank you, Tobias. I will look on Thursday.")
    officer.presses("Send")
    officer.picks("State", "Fixed")
    officer.enters("Your answer", "The kerb was lowered on Friday.")
    officer.presses("Send")
    officer.reads("The state is now 'Fixed'.")

    tobias.goes_to(f"/entries/{ref}")
    tobias.reads("Thank you, Tobias. I will look on Thursday.")
    tobias.reads("Now ‘Fixed’")
    tobias.reads("The kerb was lowered on Friday.")
    tobias.goes_to("/outbox")
    letters = [letter for letter in tobias.page.locator(".wb-letter").all_inner_texts() if ref in letter]
    assert any("The kerb was lowered on Friday." in letter and "is now: Fixed" in letter for letter in letters)
    assert any("I will look on Thursday." in letter for letter in letters)


def test_a_photo_is_kept_without_where_and_when_it_was_taken(enter: Enter) -> None:
    assert Image.open(io.BytesIO(photo())).getexif().get_ifd(GPS)
    them = enter(size=PHONE, javascript=False)
    comes_back_to_photos(them)
    small = them.page.locator(".wb-told-photo img").get_attribute("src") or ""
    for path in (small, small.replace("small", "large")):
        status, sent = them.fetches(path)
        assert (status, dict(Image.open(io.BytesIO(sent)).getexif())) == (200, {})
        assert b"Tobias" not in sent


def test_pressing_the_map_moves_the_spot(enter: Enter, size: tuple[int, int]) -> None:
    them = enter(size=size)
    begins(them)
    box = them.page.get_by_label(SPOT)
    before = box.input_value()
    frame = them.map()
    frame.locator(".wb-spot").wait_for()
    them.page.locator(".wb-map__frame").click(position={"x": 90, "y": 200})
    expect(box).not_to_have_value(before)
    moved = box.input_value()
    them.presses("Continue")
    them.goes_to(them.path.replace("/kind", "/spot"))
    expect(box).to_have_value(moved)


@pytest.mark.parametrize("allowed", [True, False], ids=["allowed", "refused"])
def test_a_telephone_can_say_where_it_is(enter: Enter, allowed: bool) -> None:
    them = enter(size=PHONE)
    if allowed:
        them.page.context.grant_permissions(["geolocation"], origin=them.base)
        them.page.context.set_geolocation({"latitude": 53.397888, "longitude": 1.004016})
    them.goes_to("/contribute")
    them.page.get_by_role("button", name="Use where I am").click()
    if allowed:
        them.reads("Found.")
        them.presses("Find it")
        them.reads(f"in {WARD_NAME}")
    else:
        them.reads("Your browser did not allow it.")


@with_and_without_javascript
def test_nothing_typed_is_lost_when_an_answer_is_missing(enter: Enter, javascript: bool) -> None:
    them = enter(size=PHONE, javascript=javascript)
    begins(them)
    them.presses("Continue")
    them.chooses("Something is wrong here")
    them.presses("Continue")
    them.enters("Tell us more (optional)", "It is 12 cm high.")
    them.presses("Continue")
    them.sees_heading("There is a problem")
    expect(them.page.get_by_label("Tell us more (optional)")).to_have_value("It is 12 cm high.")
