"""A councillor draws and writes what they know; each reader sees what is for them, whatever road they come by."""

from __future__ import annotations

import json
import re
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Frame, expect

from tests.browser.conftest import Door, Enter
from tests.browser.pages import CLLR, CLLR_NEXT_DOOR, OFFICER, RESIDENT, WARD
from tests.browser.someone import Someone
from tests.paper import words_of

HERE = f"/places/ward:{WARD}"
FOR_THE_WARD, FOR_THE_COUNCIL = "The bank's yard, between ourselves", "A crossing was promised at the bank"
FILES = ("json", "csv", "geojson", "gpkg")
AREA = ((0.4, 0.4), (0.6, 0.4), (0.55, 0.5))
"""Corners of a small triangle in the middle of the map, as shares of its width and height."""


def draws_an_area(them: Someone, corners: tuple[tuple[float, float], ...] = AREA) -> None:
    """Draw an area with the mouse, closing it on its first corner."""
    frame = them.map()
    frame.get_by_title("Draw a polygon").click()
    for corner in (*corners, corners[0]):
        _press(them, frame, corner)
    expect(them.page.locator("#shape")).to_have_value(re.compile(r"^(53\.\d{6}, \d\.\d{6}\s?){3,}$"))
    expect(them.page.get_by_label("An area", exact=True)).to_be_checked()


def _press(them: Someone, frame: Frame, corner: tuple[float, float]) -> None:
    box = them.page.locator(".wb-map__frame").bounding_box()
    assert box is not None
    them.page.mouse.move(box["x"] + box["width"] * corner[0], box["y"] + box["height"] * corner[1])
    them.page.mouse.down()
    them.page.mouse.up()
    frame.wait_for_timeout(60)


def writes(them: Someone, title: str, level: str) -> str:
    """Fill in what a note asks beside where, and save it; its reference."""
    them.enters("Title", title)
    them.enters("What you know", f"{title}: these are the words of it.")
    them.picks("Topic", "Promise")
    them.chooses("I have seen it myself")
    them.chooses(level)
    them.presses("Save the note")
    them.reads("Your note is saved.")
    return them.path.rpartition("/")[2]


@pytest.fixture(scope="module")
def notes(door: Door) -> dict[str, str]:
    """The references of two notes of the ward's councillor: one drawn, for the ward; one typed, for the council."""
    cllr = Door(door.browser, door.site, door.watch, door.signed_in)
    them = cllr(CLLR)
    them.goes_to(f"/wards/{WARD}")
    them.follows("Write a note")
    draws_an_area(them)
    corners = [line.split(", ") for line in them.page.get_by_label("Where it is").input_value().split("\n")]
    middle = ", ".join(str(sum(float(at[way]) for at in corners) / 3) for way in (0, 1))
    ward = writes(them, FOR_THE_WARD, "The ward's councillors")
    them.goes_to("/notes/new")
    them.enters("Where it is", middle)
    council = writes(them, FOR_THE_COUNCIL, "All councillors and officers")
    cllr.shut()
    return {FOR_THE_WARD: ward, FOR_THE_COUNCIL: council}


READERS = {
    CLLR: {FOR_THE_WARD, FOR_THE_COUNCIL},
    CLLR_NEXT_DOOR: {FOR_THE_COUNCIL},
    OFFICER: {FOR_THE_COUNCIL},
    RESIDENT: set(),
    None: set(),
}
each_reader = pytest.mark.parametrize(
    ("who", "sees"), READERS.items(), ids=["councillor", "next door", "officer", "resident", "visitor"]
)


@each_reader
def test_the_page_of_a_note_is_there_for_those_it_is_for_alone(
    enter: Enter, notes: dict[str, str], who: str | None, sees: set[str]
) -> None:
    them = enter(who)
    found = {title for title, ref in notes.items() if them.goes_to(f"/entries/{ref}") == 200}
    assert found == sees
    for title in sees:
        them.goes_to(f"/entries/{notes[title]}")
        them.sees_heading(title)


@each_reader
def test_the_list_the_map_and_the_find_box_hold_what_their_reader_may_see(
    enter: Enter, notes: dict[str, str], who: str | None, sees: set[str]
) -> None:
    them = enter(who)
    them.goes_to(f"{HERE}?kind=note&words=bank")
    assert set(notes).intersection(them.page.locator(".wb-entry__title").all_inner_texts()) == sees
    on_the_map = them.map().locator("#told").inner_text()
    assert {title for title, ref in notes.items() if ref in on_the_map} == sees
    for title, ref in notes.items():
        them.goes_to(f"/find?q={ref}")
        assert (them.path == f"/entries/{ref}") is (title in sees)
        status, body = them.fetches(f"/map/frame/entry/{ref}")
        assert (ref.encode() in body) is (title in sees), f"the map of {title} answered {status}"


@each_reader
def test_the_files_of_a_list_hold_what_their_reader_may_see(
    enter: Enter, notes: dict[str, str], who: str | None, sees: set[str]
) -> None:
    them = enter(who)
    for suffix in FILES:
        status, body = them.fetches(f"{HERE}/entries.{suffix}")
        assert status == 200
        assert {title for title, ref in notes.items() if ref.encode() in body} == sees, suffix


@each_reader
def test_a_brief_holds_what_everybody_at_its_level_may_see_whoever_asks(
    enter: Enter, notes: dict[str, str], who: str | None, sees: set[str]
) -> None:
    them = enter(who)
    for road in ("brief", "brief.json", "brief.csv", "brief.gpkg", "brief.pdf"):
        status, body = them.fetches(f"{HERE}/{road}?for=public")
        assert status == 200
        assert not any(ref.encode() in body for ref in notes.values()), road
    for road in ("brief", "brief.json", "brief.csv", "brief.gpkg"):
        status, body = them.fetches(f"{HERE}/{road}?for=council")
        if FOR_THE_COUNCIL in sees:
            assert status == 200
            assert {title for title, ref in notes.items() if ref.encode() in body} == {FOR_THE_COUNCIL}, road
        else:
            assert status in {403, 404}
            assert not any(ref.encode() in body for ref in notes.values())


# --- the officer -------------------------------------------------------------------------------------------------


LOOKS_AT = """(box) => {
  const map = Object.keys(window).find((name) => name.startsWith("map_"));
  window[map].fitBounds(box, { animate: false });
}"""


@pytest.fixture
def drawn(enter: Enter, notes: dict[str, str]) -> Someone:
    """An officer at the page of a place they have drawn over both notes."""
    them = enter(OFFICER)
    them.goes_to("/places/new")
    corners = _around(them, notes)
    frame = them.map()
    frame.evaluate(LOOKS_AT, corners)
    draws_an_area(them, ((0.1, 0.2), (0.85, 0.2), (0.85, 0.85), (0.15, 0.85)))
    them.enters("What to call it", "The bank corner")
    them.presses("Save the place")
    them.sees_heading("The bank corner")
    return them


def _around(them: Someone, notes: dict[str, str]) -> list[list[float]]:
    """The box a little around the council note, as Leaflet writes boxes."""
    _, body = them.fetches(f"{HERE}/entries.geojson?kind=note&words=bank")
    found = next(one for one in json.loads(body)["features"] if notes[FOR_THE_COUNCIL] in str(one["properties"]))
    lon, lat = found["geometry"]["coordinates"]
    return [[lat - 0.004, lon - 0.008], [lat + 0.004, lon + 0.008]]


def makes_the_brief(them: Someone, level: str) -> str:
    them.follows("Make a brief of this place")
    them.chooses(level)
    them.presses("Make the brief")
    return them.page.inner_text("main")


def test_an_officer_draws_a_place_and_reads_its_brief_for_the_council_and_for_everyone(
    drawn: Someone, notes: dict[str, str]
) -> None:
    place = drawn.path
    council = makes_the_brief(drawn, "Councillors and officers")
    assert FOR_THE_COUNCIL in council
    assert FOR_THE_WARD not in council
    drawn.goes_to(place)
    everyone = makes_the_brief(drawn, "Everyone")
    assert not [title for title in notes if title in everyone]


def test_only_the_pdf_for_the_council_has_the_council_note(
    drawn: Someone, notes: dict[str, str], tmp_path: Path
) -> None:
    place, texts = drawn.path, {}
    for level in ("council", "public"):
        drawn.goes_to(f"{place}/brief?for={level}")
        with drawn.page.expect_download() as coming:
            drawn.page.locator("a[href*='brief.pdf']").click()
        saved = tmp_path / f"{level}.pdf"
        coming.value.save_as(saved)
        texts[level] = " ".join(words_of(saved.read_bytes()).split())
    assert notes[FOR_THE_COUNCIL] in texts["council"]
    assert FOR_THE_COUNCIL in texts["council"]
    assert notes[FOR_THE_COUNCIL] not in texts["public"]
    assert not [level for level, text in texts.items() if notes[FOR_THE_WARD] in text]


def test_every_figure_of_a_brief_opens_as_many_entries_as_it_says(enter: Enter, notes: dict[str, str]) -> None:
    them = enter(OFFICER)
    them.goes_to(f"{HERE}/brief?for=council")
    figures = {
        str(link.get_attribute("href")): int(re.findall(r"\d+", link.inner_text())[0])
        for link in them.page.locator("main a[href*='/entries?']").all()
        if link.inner_text().strip()
    }
    assert len(figures) > 10
    for address, said in figures.items():
        listed = re.search(r'id="list"[^>]*>([\d,]+) entr', them.fetches(address)[1].decode())
        assert listed is not None
        assert int(listed[1]) == said, address


def test_a_list_opened_by_a_figure_finds_no_fault_with_its_filters(enter: Enter) -> None:
    them = enter()
    them.goes_to(f"{HERE}?kind=issue&family=open")
    assert them.page.locator(".govuk-error-message").count() == 0


def test_a_drawn_place_is_its_maker_s_until_something_shown_uses_it(drawn: Someone, enter: Enter) -> None:
    for who in (None, RESIDENT, CLLR):
        assert enter(who).goes_to(quote(drawn.path)) == 404
    place = drawn.path
    drawn.follows("Write a note here")
    drawn.reads("Those who see this note also see the place it is about, ‘The bank corner’, and its name.")
    writes(drawn, "The corner is for sale", "Everyone")
    drawn.follows("The bank corner")
    assert enter().goes_to(quote(place)) == 200


def test_what_was_drawn_is_kept_in_the_box_and_on_the_map_after_a_mistake(enter: Enter) -> None:
    them = enter(CLLR)
    them.goes_to(f"/notes/new?place=ward:{WARD}")
    draws_an_area(them)
    shape = them.page.get_by_label("Where it is").input_value()
    them.presses("Save the note")
    them.sees_heading("There is a problem")
    assert them.page.get_by_label("Where it is").input_value() == shape
    expect(them.map().locator(".leaflet-overlay-pane path.leaflet-interactive")).to_have_count(1)


def test_a_map_in_its_frame_is_lettered_like_the_page(enter: Enter) -> None:
    them = enter()
    them.goes_to("/map")
    loaded = "document.fonts.ready.then(() => [...document.fonts].some((font) => font.status === 'loaded'))"
    assert them.map().evaluate(loaded)
