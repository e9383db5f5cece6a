"""Areas of every type stand side by side: each is listed, has its page, its entries and its files."""

from __future__ import annotations

from datetime import date

import pytest
import shapely

from tests.conftest import NOBODY, OFFICER, an_issue, square
from wardbook.areas.actions import SetDescription, add_boundary_set
from wardbook.areas.boundary_files.reading import ReadArea, Reading
from wardbook.areas.models import AREA_TYPES
from wardbook.db import transaction

OTHERS = [type_ for type_ in AREA_TYPES if type_ != "ward"]


@pytest.fixture(params=OTHERS)
def tier(request, app) -> str:
    """An area of another type over half of Mill and half of Bridge."""
    there = shapely.MultiPolygon([square(0.2, 0, 1000)])
    areas = (ReadArea(1, None, "Across the Brook", ("Dros y Nant",), there),)
    read = Reading(areas, (), (), "EPSG:4326", "file", None, "name", None, 1)
    with transaction():
        add_boundary_set(SetDescription(f"A {request.param}", request.param, date(2020, 5, 7)), read)
    return request.param


def test_it_is_listed_beside_the_wards_and_has_a_page_of_its_own(tier, as_):
    inside, beside = an_issue("Inside", at=(0.4, 0.6)), an_issue("Beside", at=(0.1, 0.6))
    page = as_(NOBODY).get("/wards").text
    assert f"Other areas here: {AREA_TYPES[tier].lower()} (1)" in page
    own = as_(NOBODY).get("/wards/across-the-brook").text
    assert f'<span class="govuk-caption-l">{AREA_TYPES[tier]}</span>' in own
    assert "Dros y Nant" in own
    assert inside.ref in own
    assert beside.ref not in own


def test_it_is_a_place_like_any_other(tier, as_):
    an_issue("Inside", at=(0.4, 0.6))
    an_issue("Beside", at=(0.1, 0.6))
    place = "/places/ward:across-the-brook"
    assert [entry["title"] for entry in as_(NOBODY).get(f"{place}/entries.json").json["entries"]] == ["Inside"]
    assert as_(OFFICER).get(f"{place}/brief.json?for=council").json["total"] == 1
    wards = as_(NOBODY).get(f"{place}/brief.json").json["sections"]["where"]["wards"]
    assert {(ward["name"], round(ward["share"], 2)) for ward in wards} == {("Mill", 0.8), ("Bridge", 0.2)}


def test_it_takes_no_councillors_and_gives_nobody_a_ward(tier, as_):
    assert "Who represents" not in as_(NOBODY).get("/wards/across-the-brook").text or tier == "division"
