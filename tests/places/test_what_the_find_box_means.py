"""What somebody types into the find box, and what they come to: on a small borough, with several sets of areas."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
import shapely
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from tests.conftest import BRIDGE, CASTLE, CLLR, IN_MILL, MILL, NOBODY, OFFICER, spot, square
from wardbook.areas.actions import PostcodeRow, SetDescription, add_boundary_set, add_postcodes
from wardbook.areas.boundary_files.reading import ReadArea, Reading
from wardbook.areas.models import BoundarySet
from wardbook.clock import today
from wardbook.db import db, transaction
from wardbook.places.coordinates import read_coordinates
from wardbook.places.examples import examples

AT = spot(*IN_MILL)


def a_set(name: str, type_: str, from_on: date | None, until_on: date | None, *areas: tuple, reference=False) -> None:
    rows = [
        ReadArea(row, code, called, tuple(others), shapely.MultiPolygon([shape]))
        for row, (code, called, shape, *others) in enumerate(areas, start=1)
    ]
    read = Reading(tuple(rows), (), (), "EPSG:4326", "file", "code", "name", None, len(rows))
    with transaction():
        add_boundary_set(SetDescription(name, type_, from_on, until_on, reference=reference), read)


@pytest.fixture
def tiers(app):
    """Parishes with a Welsh name, polling districts, neighbourhoods; wards that were and wards to come."""
    west, east = square(0, 0, 1000, 2000), square(1, 0, 1000, 2000)
    a_set("Parishes", "parish", None, None, ("E04000001", "Llanfelin", west, "Millchurch"), ("E04000002", "Pont", east))
    a_set("Polling districts", "polling-district", None, None, ("PA", "Mill North", square(0, 0, 1000, 1000)))
    a_set("Neighbourhoods", "neighbourhood", None, None, ("mill-end", "Mill End", square(0, 0, 600, 1000)))
    a_set(
        "Old wards",
        "ward",
        date(2010, 5, 6),
        date(2020, 5, 7),
        ("T05009001", "Tannery", west),
        ("T05009002", "Bridge", east),
    )
    a_set("LSOAs", "lsoa", None, None, ("E01000001", "Testham 001A", square(0, 0, 2000, 2000)), reference=True)


def finds(as_, words: str):
    return as_(NOBODY).get("/find", query_string={"q": words})


def dms(value: float) -> tuple[int, int, float]:
    size = abs(value)
    return int(size), int(size * 60 % 60), size * 3600 % 60


LAT, LON = dms(AT.y), dms(AT.x)
PAIRS = [
    f"{AT.y}, {AT.x}", f"{AT.x}, {AT.y}", f"{AT.y:.6f} {AT.x:.6f}", f"{AT.y:.6f}N {-AT.x:.6f}W",
    f"N{AT.y:.6f} W{-AT.x:.6f}",
    f"{-AT.x:.6f}W, {AT.y:.6f}N", f"{AT.y:.6f}° N, {-AT.x:.6f}° W", f"{AT.y:.6f}°, {AT.x:.6f}°",
    f"({AT.y:.6f}; −{-AT.x:.6f})",
    f"{LAT[0]}°{LAT[1]}'{LAT[2]:.2f}\"N {LON[0]}°{LON[1]}'{LON[2]:.2f}\"W",
    f"{LAT[0]}° {LAT[1]}′ {LAT[2]:.2f}″ N, {LON[0]}° {LON[1]}′ {LON[2]:.2f}″ W",
    f"{LAT[0]} {LAT[1]} {LAT[2]:.2f} N {LON[0]} {LON[1]} {LON[2]:.2f} W",
    f"N {LAT[0]} {LAT[1] + LAT[2] / 60:.4f} W {LON[0]} {LON[1] + LON[2] / 60:.4f}",
    f"{LAT[0]} {LAT[1]} {LAT[2]:.2f}, -{LON[0]} {LON[1]} {LON[2]:.2f}",
    f"lat {AT.y:.6f} lon {AT.x:.6f}", f"geo:{AT.y:.6f},{AT.x:.6f}", f"{AT.y:.6f}n,{-AT.x:.6f}w",
    "375400 164600", "375,400 164,600", "375400,164600", "E375400 N164600", "164600N 375400E",
    "easting 375400 northing 164600",
    f"{AT.y:.6f}; {AT.x:.6f}".replace(".", ","), f"{AT.y:.6f} {AT.x:.6f}".replace(".", ","),
    "375400.0, 164600.0", "ST 754 646", "st754646", "ST 7540 6460", "ST7540064600", " st 75400 64600 ",
]  # fmt: skip


@pytest.mark.parametrize("words", PAIRS)
def test_a_spot_is_found_however_it_is_written(words, as_):
    page = finds(as_, words).text
    assert f'href="/wards/{MILL}"' in page
    assert "Who represents me here" in page


@pytest.mark.parametrize(
    "words",
    [
        "51.38N 2.36N",
        "2.36E 2.4W",
        "51 70 00 N 2 00 00 W",
        "1 2 3",
        "51.38",
        "N W",
        "12 High Street",
        "51.38 -2.36 51.39 -2.35",
        "51.38, -2.36 51.39, -2.35",
    ],
)
def test_other_words_are_no_coordinates(words, app):
    assert read_coordinates(words, lambda _: True) is None


@pytest.mark.parametrize(
    "words", ["ST 8 6", "SV 0 0", "HP 9 9", "375400 999999999", "91 181", "0 0", "90 180", "-90, -180"]
)
def test_spots_far_away_are_said_to_be_outside_or_nowhere(words, as_):
    answer = finds(as_, words)
    assert answer.status_code == 200
    assert "outside the council" in answer.text or "We could not find" in answer.text


@pytest.mark.parametrize(("words", "side"), [("ST 7 6", 10), ("st76", 10), ("ST 75 64", 1)])
def test_a_large_square_of_the_grid_is_its_middle_and_says_how_large_it_is(words, side, as_):
    page = finds(as_, words).text
    assert f"The middle of the {side} km square {words.upper()}" in page
    assert "point:" in page and 'id="represents"' in page
    answer = as_(NOBODY).get(f"/places/grid:{words.replace(' ', '')}+5m")
    assert f"Within 5 m of the middle of the {side} km square" in answer.text


FAR = [0, -0.0, 45, -74, 80, 86.5, 89.9999999, 90, -90, 91, -91, 95, 179.9, 180, -180, 360, 361, 164_700, 1e9]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    one=st.sampled_from(FAR) | st.floats(-400, 400),
    other=st.sampled_from(FAR) | st.floats(-400, 400),
    metres=st.sampled_from([1, 50_000]),
)
@example(one=91, other=0, metres=400)
@example(one=0, other=95, metres=400)
@example(one=-91, other=0, metres=400)
@example(one=90, other=0, metres=400)
@example(one=0, other=88, metres=50_000)
def test_numbers_from_all_over_the_world_are_answered_in_a_sentence(one, other, metres, as_):
    words = f"{one:f}, {other:f}"
    client = as_(NOBODY)
    assert finds(as_, words).status_code == 200
    assert client.get(f"/places/point:{one:f},{other:f}+{metres}m").status_code in (200, 404)
    assert client.get(f"/places/street:{one:f},{other:f};{other:f},{one:f}+{metres}m").status_code in (200, 404)
    assert client.post("/contribute", data={"q": words}).status_code == 422
    assert client.post("/places/new/circle", data={"spot": words, "metres": metres}).status_code == 422
    assert client.post("/briefs/new", data={"place": words, "level": "public"}).status_code == 422


@pytest.mark.parametrize("words", ["Llanfelin", "llanfelin", "Millchurch", "MILLCHURCH PARISH", "E04000001", "Llanfel"])
def test_a_parish_is_found_by_its_names_in_any_language(words, tiers, as_):
    assert finds(as_, words).location == "/wards/E04000001"


def test_why_another_name_matched_is_said(tiers, as_):
    a_set("Hoods", "division", None, None, ("D1", "Millchurch and Dock", square(0, 1)))
    page = finds(as_, "millch").text
    assert "Parish: also called Millchurch" in page
    assert "Electoral division: begins like this" in page


@pytest.mark.parametrize("words", ["Tannery", "tanery", "Tann", "T05009001"])
def test_a_former_name_leads_to_the_page_of_the_ward_that_ended(words, tiers, as_):
    page = finds(as_, words).text
    assert "Former names" in page
    assert "former name: it ended on 7 May 2020" in page
    assert 'href="/wards/T05009001"' in page


def test_a_name_that_is_still_in_force_leads_there_and_not_to_the_former(tiers, as_):
    assert finds(as_, "Bridge").location == f"/wards/{BRIDGE}"


def test_a_name_to_come_says_when_it_begins(app, as_):
    first = today() + timedelta(days=40)
    with transaction():
        db.session.query(BoundarySet).one().until_on = first
    a_set(
        "Wards to come", "ward", first, None, ("T05010001", "Weir", square(0, 0)), ("T05010002", "Mill", square(1, 0))
    )
    page = finds(as_, "weir").text
    assert "name to come: it begins on" in page
    assert 'href="/wards/T05010001"' in page
    assert finds(as_, "Mill").location == f"/wards/{MILL}"


@pytest.mark.parametrize(
    ("words", "code"), [("Brige", BRIDGE), ("Catsle", CASTLE), ("casle", CASTLE), ("Bridge ward", BRIDGE)]
)
def test_a_ward_is_found_in_spite_of_typing_mistakes(words, code, as_):
    answer = finds(as_, words)
    assert f"/wards/{code}" in (answer.location or answer.text)


def test_a_mistyped_name_is_asked_about_and_never_taken(as_):
    answer = finds(as_, "brigde")
    assert answer.status_code == 200
    assert "Nothing is called ‘brigde’" in answer.text
    assert "Did you mean one of these?" in answer.text


def test_several_matches_are_grouped_by_what_they_are_with_why(tiers, as_):
    page = finds(as_, "mill").location
    assert page == f"/wards/{MILL}"
    several = finds(as_, "mil").text
    for heading in ("Wards", "Polling districts", "Neighbourhoods", "Parishes"):
        assert f">{heading}</h2>" in several
    assert several.index(">Wards</h2>") < several.index(">Neighbourhoods</h2>")
    assert "begins like this" in several and "also called Millchurch" in several


def test_every_tier_that_covers_a_spot_is_listed_with_its_councillors(tiers, as_):
    for address in (
        f"/find?q={AT.y},{AT.x}",
        f"/places/point:{AT.x:.6f},{AT.y:.6f}+200m",
        "/places/postcode:ZZ1%201AA",
    ):
        page = as_(NOBODY).get(address).text
        for kind, name in (
            ("Ward", "Mill"), ("Parish", "Llanfelin"), ("Polling district", "Mill North"),
            ("Neighbourhood", "Mill End"), ("Lower layer super output area", "Testham 001A"),
        ):  # fmt: skip
            assert f">{kind}</dt>" in page
            assert name in page
        assert CLLR.name in page
        assert 'href="/wards/E04000001"' in page
        assert "ward:E01000001" not in page, "a reference set's area has no page"


def test_telling_shows_who_represents_the_spot(tiers, as_):
    client = as_(OFFICER)
    page = client.get(client.post("/contribute", data={"q": "ZZ1 1AA"}).location).text
    assert "Who represents this spot" in page and "Llanfelin" in page


def many_postcodes() -> None:
    rows = [
        PostcodeRow(f"ZZ1{n // 400}{chr(65 + n // 20 % 20)}{chr(65 + n % 20)}", *spot(0.05 + n * 0.002, 0.5).coords[0])
        for n in range(900)
    ]
    rows += [PostcodeRow("ZZ151AA", *spot(0.5, 1.5).coords[0]), PostcodeRow("ZZ21AA", *spot(30, 30).coords[0])]
    with transaction():
        add_postcodes(rows, file_name="many.csv", dated_on=date(2025, 1, 1))


@pytest.mark.parametrize("words", ["ZZ1", "zz1", " Zz1 "])
def test_a_partial_postcode_says_how_many_we_hold_and_in_which_wards(words, as_):
    many_postcodes()
    page = finds(as_, words).text
    assert "We hold 900 postcodes that begin with ZZ1" in page  # ZZ15 1AA is in another district
    assert f'href="/wards/{MILL}"' in page and f'href="/wards/{BRIDGE}"' in page


def test_a_sector_and_a_district_written_alike_are_both_shown(as_):
    many_postcodes()
    page = finds(as_, "zz15").text
    assert "We hold 1 postcode that begins with ZZ15" in page
    assert ">ZZ1 5</h2>" not in page  # none is held
    page = finds(as_, "zz1 1").text
    assert "begin with ZZ1 1" in page and "ZZ11" not in page


def test_a_partial_postcode_outside_the_council_says_so(as_):
    many_postcodes()
    assert "none of them in this council" in finds(as_, "ZZ2").text
    assert "We hold no postcode that begins with ZZ7" in finds(as_, "zz7").text


@pytest.mark.parametrize("words", ["ZZ1-1AA", "zz1.1aa", "ZZ11AA.", "Z Z 1 1 A A", "ZZI 1AA", "zzl iaa", "(ZZ1 1AA)"])
def test_a_postcode_is_found_in_any_writing(words, as_):
    assert "the centre of postcode ZZ1 1AA" in finds(as_, words).text
    assert "/places/postcode:ZZ1%201AA+400m" in finds(as_, words).text
    assert "/spot" in as_(NOBODY).post("/contribute", data={"q": words}).location


def test_telling_asks_for_the_whole_of_a_postcode(as_):
    assert "is only how a postcode begins" in as_(NOBODY).post("/contribute", data={"q": "ZZ1"}).text


def test_a_postcode_that_we_do_not_hold_leads_to_its_neighbours(as_):
    page = finds(as_, "ZZ1 1ZZ").text
    assert "We do not hold the postcode ZZ1 1ZZ" in page
    assert "We hold 1 postcode that begins with ZZ1 1" in page


def test_where_nothing_matches_the_help_is_this_council_s_own(as_):
    page = finds(as_, "xyzzy plugh").text
    known = examples()
    assert known.postcode == "ZZ1 1AA" and known.ward == "Mill"
    for words in (known.postcode, known.ward, known.grid, known.coordinates):
        assert words in page
        answer = finds(as_, words)
        assert f"/wards/{MILL}" in (answer.location or answer.text), words
    assert "BA1" not in page and "51.38, -2.36" not in page


@pytest.mark.parametrize("address", ["/places/new/circle", "/mapit/", "/contribute"])
def test_every_box_gives_examples_of_this_council(address, as_):
    page = as_(NOBODY).get(address).text
    assert "ZZ1 1AA" in page and examples().coordinates in page
    assert "ST 750 647" not in page and "51.38" not in page.replace(examples().coordinates, "") and "BA1" not in page


def test_without_wards_help_names_no_place(app, as_):
    with transaction():
        db.session.query(BoundarySet).one().until_on = date(2020, 6, 1)
    page = finds(as_, "xyzzy").text
    assert "Try a postcode, the name of a ward or street" in page


def test_outside_the_council_the_reference_set_says_whose_it_is(app, as_):
    far = spot(30, 30)
    where = f"{far.y}, {far.x}"
    page = finds(as_, where).text
    assert "We do not know which council looks after it." in page and "check them and their order" in page
    a_set("All wards", "ward", None, None, ("X05", "Far Ward", square(25, 25, 10_000)), reference=True)
    assert "It lies in the ward <strong>Far Ward</strong>" in finds(as_, where).text
    a_set("All councils", "authority", None, None, ("X06", "Farshire", square(20, 20, 20_000)), reference=True)
    page = finds(as_, where).text
    assert "It lies in <strong>Farshire</strong>" in page
    assert "All councils" in page
    at_sea = spot(-300, -300)
    page = finds(as_, f"{at_sea.y}, {at_sea.x}").text
    assert "it may be at sea or in another country" in page and "looks after it" not in page


def test_names_are_those_of_the_day_that_is_asked_about(tiers, as_):
    def on(day: str, words: str) -> TestResponse:
        return as_(NOBODY).get("/find", query_string={"q": words, "as_at": day})

    assert on("2013-01-01", "Tannery").location == "/places/ward:T05009001@2013-01-01"
    assert on("2013-01-01", "Bridge").location == "/places/ward:T05009002@2013-01-01"
    assert on("2021-01-01", "Bridge").location == f"/places/ward:{BRIDGE}@2021-01-01"
    assert on("", "Bridge").location == f"/wards/{BRIDGE}"
    page = on("2013-01-01", "Dock").text
    assert "name to come: it begins on 7 May 2020" in page and 'name="as_at" value="2013-01-01"' in page
    page = on("2013-01-01", "ZZ1 1AA").text
    assert "/places/ward:T05009001@2013-01-01" in page and 'href="/wards/' not in page
    assert on("2013-01-01", f"ward:{BRIDGE}").location is None
    assert on("2021-01-01", f"ward:{BRIDGE}").location == f"/places/ward:{BRIDGE}@2021-01-01"


@pytest.mark.parametrize("address", ["/find?q=Mill&", "/find?", "/wards?", "/map?"])
@pytest.mark.parametrize("day", ["foo", "2013-13-01", "01/01/2013"])
def test_what_is_no_date_is_not_answered_as_today(address, day, as_):
    answer = as_(NOBODY).get(f"{address}as_at={day}")
    assert answer.status_code == 422
    assert "is not a date. Write the year, month and day, like 2019-05-02." in answer.text


@pytest.mark.parametrize("words", ["WB-7K3QD", "wb 7k3qd", "WB7K3QD", "BR-7K3QD"])
def test_a_reference_of_nothing_that_is_seen_is_not_taken_for_a_postcode(words, as_):
    page = finds(as_, words).text
    assert "There is nothing with the reference" in page and "7K3QD that you can see." in page
    assert "WB7K 3QD" not in page
    for address, data in (
        ("/contribute", {"q": words}), ("/briefs/new", {"place": words, "level": "public"}),
        ("/places/new/circle", {"spot": words, "metres": "400"}),
    ):  # fmt: skip
        answer = as_(NOBODY).post(address, data=data)
        assert answer.status_code == 422
        assert "7K3QD is a reference, not a place. Type a postcode like ZZ1 1AA" in answer.text


@pytest.fixture
def alike(app):
    """A parish that is called as a ward is, but for the word after it, and wards called after another parish."""
    a_set("Parishes", "parish", None, None, ("E04000003", "Mill CP", square(0, 0)), ("E04000004", "Bri", square(1, 0)))


@pytest.mark.parametrize(
    ("words", "code"),
    [("Mill CP", "E04000003"), ("mill cp", "E04000003"), ("Mill", MILL), ("Mill ward", MILL), ("Bri", "E04000004")],
)
def test_the_whole_name_of_one_area_is_that_area_by_every_road(words, code, alike, as_):
    assert finds(as_, words).location == f"/wards/{code}"
    made = as_(NOBODY).post("/briefs/new", data={"place": words, "level": "public"})
    assert made.location == f"/places/ward:{code}/brief?for=public"
    assert "/spot" in as_(NOBODY).post("/contribute", data={"q": words}).location


def test_the_page_of_an_area_leads_to_those_that_are_called_like_it(alike, as_):
    page = as_(NOBODY).get("/wards/E04000004").text
    assert "Also called like this: " in page and f'href="/wards/{BRIDGE}">Bridge</a> (ward)' in page


def test_a_former_name_leads_to_what_its_ground_is_in_now(app, as_):
    a_set("Old wards", "ward", date(2010, 5, 6), date(2020, 5, 7), ("T05009001", "Tannery", square(0, 0, 1000, 1900)))
    asked = as_(NOBODY).post("/briefs/new", data={"place": "tannery", "level": "public"})
    assert asked.status_code == 422
    assert "Tannery is a former name: it ended on 7 May 2020. Choose it as it was, or what its ground is" in asked.text
    chosen = re.findall(r'name="chosen" value="([^"]+)"', asked.text)
    assert chosen == ["ward:T05009001@2020-05-06", f"ward:{MILL}", f"ward:{CASTLE}"]
    for words in chosen:
        made = as_(NOBODY).post("/briefs/new", data={"place": "tannery", "level": "public", "chosen": words})
        assert made.location == f"/places/{words}/brief?for=public"
    told = as_(NOBODY).post("/contribute", data={"q": "Tannery"}).text
    assert "Ward, former name: it ended on 7 May 2020" in told and "/contribute/ward/T05009001" in told
    circle = as_(NOBODY).post("/places/new/circle", data={"spot": "Tannery", "metres": "400"})
    assert circle.status_code == 422 and "Tannery (ward) is an area, not one spot." in circle.text


def test_a_spot_between_two_wards_is_not_said_to_be_outside(app, as_):
    with transaction():
        db.session.query(BoundarySet).one().until_on = date(2022, 5, 5)
    west, east = square(0, 0, 980, 1000), square(1.02, 0, 980, 1000)
    a_set("With a gap", "ward", date(2022, 5, 5), None, ("T1", "West", west), ("T2", "East", east))
    between = spot(1.0, 0.5)
    page = finds(as_, f"{between.y}, {between.x}").text
    assert "is in none of the wards" in page and "outside the council" not in page


def test_a_place_in_words_leads_to_its_page(as_):
    assert finds(as_, f"ward:{MILL}").location == f"/places/ward:{MILL}"
    assert finds(as_, "nonsense:x").status_code == 200


def test_my_location_is_offered_where_there_is_javascript_alone(as_):
    for address in ("/", "/find", "/find?q=xyzzy"):
        page = as_(NOBODY).get(address).text
        assert 'data-here="q"' in page and 'id="here-said"' in page
        assert page.count("wb-needs-js") >= 1


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.one_of(
        st.text(max_size=60),
        st.from_regex(r"[NSEW°'\"0-9.,; -]{1,30}", fullmatch=True),
        st.from_regex(r"[A-Za-z]{1,2}[0-9 ]{1,12}[A-Za-z]{0,2}", fullmatch=True),
        st.from_regex(r"(wards?|point|grid|postcode|street|shape):[0-9A-Za-z,.;+@ -]{0,20}", fullmatch=True),
    )
)
def test_nothing_typed_is_an_error(as_, words):
    assert finds(as_, words).status_code in (200, 302)
    assert as_(NOBODY).post("/contribute", data={"q": words}).status_code in (200, 302, 422)


def test_a_day_on_which_no_wards_are_known_says_so(as_):
    at = spot(0.4, 0.4)
    asked = {"q": f"{at.y:.6f}, {at.x:.6f}", "as_at": "1990-01-01"}
    page = as_(NOBODY).get("/find", query_string=asked).text
    assert "We know of no wards on that day" in page
    assert "very edge" not in page
