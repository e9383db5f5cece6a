"""The find box takes what people write."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from tests.conftest import IN_MILL, MILL, NOBODY, RESIDENT, Member, an_issue, spot
from wardbook import geo
from wardbook.shared import Level

As = Callable[[Member], FlaskClient]


def easting_northing(column: float, row: float) -> str:
    moved = geo.reproject(spot(column, row), geo.WGS84, geo.BRITISH_GRID)
    return f"{moved.x:.0f} {moved.y:.0f}"


@pytest.mark.parametrize("words", ["ZZ1 1AA", "zz11aa", " ZZ1  1AA "])
def test_a_postcode_is_found_however_it_is_written(as_: As, words: str) -> None:
    page = as_(NOBODY).get("/find", query_string={"q": words}).text
    assert "the centre of postcode ZZ1 1AA" in page
    assert "/places/postcode:ZZ1%201AA+400m" in page


def test_coordinates_are_found_in_either_order(as_: As) -> None:
    at = spot(*IN_MILL)
    for words in (f"{at.y}, {at.x}", f"{at.x} {at.y}", f"{at.y}N, {-at.x}W", easting_northing(*IN_MILL)):
        page = as_(NOBODY).get("/find", query_string={"q": words}).text
        assert f'href="/wards/{MILL}"' in page, words


@pytest.mark.parametrize("words", ["Mill", "mill", MILL, MILL.lower(), "Mil"])
def test_a_ward_s_name_or_code_leads_to_its_page(as_: As, words: str) -> None:
    assert as_(NOBODY).get("/find", query_string={"q": words}).location == f"/wards/{MILL}"


def test_several_wards_are_offered(as_: As) -> None:
    page = as_(NOBODY).get("/find", query_string={"q": "i"}).text
    assert "2 wards match" in page


def test_an_entry_is_found_by_its_reference_by_those_who_see_it(as_: As) -> None:
    seen, unseen = an_issue().ref, an_issue(level=Level.COUNCIL, by=RESIDENT).ref
    assert as_(NOBODY).get("/find", query_string={"q": seen.lower()}).location == f"/entries/{seen}"
    assert unseen not in (as_(NOBODY).get("/find", query_string={"q": unseen}).location or "")


@pytest.mark.parametrize("typed", ["wb-{}", "WB {}", "wb{}", "{}", " {} "])
def test_a_reference_is_found_however_it_was_heard(as_: As, typed: str) -> None:
    ref = an_issue().ref
    heard = typed.format(ref.removeprefix("WB-"))
    assert as_(NOBODY).get("/find", query_string={"q": heard}).location == f"/entries/{ref}"


def test_outside_the_council_is_said_so(as_: As) -> None:
    assert "outside the council" in as_(NOBODY).get("/find", query_string={"q": "51.5, -0.1"}).text


@pytest.mark.parametrize("words", ["", "xyzzy", "ZZ9 9ZZ", "<script>alert(1)</script>", "99999999999 1"])
def test_what_is_not_found_gets_a_page_that_helps(as_: As, words: str) -> None:
    answer = as_(NOBODY).get("/find", query_string={"q": words})
    assert answer.status_code == 200
    assert "<script>alert" not in answer.text
