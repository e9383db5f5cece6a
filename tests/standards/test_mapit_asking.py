"""Asking MapIt: many points at once, postcodes by where they lie, pages for people, what every answer carries."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import event

from tests.conftest import BRIDGE, MILL, NOBODY, RESIDENT, application, spot
from wardbook.areas.actions import PostcodeRow, add_postcodes
from wardbook.areas.models import Area
from wardbook.db import db, transaction
from wardbook.errors import Refused

AT = f"{spot(0.4, 0.6).x:.6f},{spot(0.4, 0.6).y:.6f}"
NEXT = f"{spot(1.4, 0.6).x:.6f},{spot(1.4, 0.6).y:.6f}"
OUTSIDE = "-0.12,51.5"


@pytest.fixture
def client(as_):
    return as_(NOBODY)


def names(answer) -> list[list[str]]:
    assert answer.status_code == 200, answer.text
    return [[area["name"] for area in one.values()] for one in answer.json]


def bring_in(*rows: tuple[str, float, float]) -> None:
    made = [PostcodeRow(compact, spot(column, row).x, spot(column, row).y) for compact, column, row in rows]
    with transaction():
        add_postcodes(made, file_name="more.csv", dated_on=date(2024, 2, 1))


# --- points ------------------------------------------------------------------------------------------------------


def test_many_points_are_answered_in_their_order(client):
    pairs = [[float(part) for part in words.split(",")] for words in (AT, OUTSIDE, NEXT, AT)]
    expected = [["Mill"], [], ["Bridge"], ["Mill"]]
    words = [",".join(map(str, pair)) for pair in pairs]
    for body in ({"points": pairs}, pairs, {"points": words}, words):
        assert names(client.post("/mapit/point/4326", json=body)) == expected
    for data in ({"points": "; ".join(words)}, {"points": " ".join(words)}, "\r\n".join(words), ";".join(words)):
        assert names(client.post("/mapit/point/4326", data=data)) == expected
    kind = "application/x-www-form-urlencoded"  # what curl says of any data
    assert names(client.post("/mapit/point/4326", data="\n".join(words), content_type=kind)) == expected
    on_grid = client.post("/mapit/point/27700", data="375400, 164600\n376400, 164600\n")
    assert names(on_grid) == [["Mill"], ["Bridge"]]
    assert names(client.post("/mapit/point/27700?type=CPC", data="375400,164600")) == [[]]


def test_one_of_many_points_is_answered_like_one_alone(client):
    (one,) = client.post("/mapit/point/4326", data=AT).json
    assert one == client.get(f"/mapit/point/4326/{AT}").json


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ({"json": {}}, 'Send the points as JSON like {"points": '),
        ({"json": {"points": []}}, 'Send the points as JSON like {"points": '),
        ({"json": {"points": 5}}, 'Send the points as JSON like {"points": '),
        ({"data": "{", "content_type": "application/json"}, 'Send the points as JSON like {"points": '),
        ({"data": "[" * 100_000, "content_type": "application/json"}, 'Send the points as JSON like {"points": '),
        ({"json": [[1, 2], [3]]}, "Point 2 must be two numbers"),
        ({"json": [[1, 2], None]}, "Point 2 must be two numbers"),
        ({"json": [[1, True]]}, "Point 1 must be two numbers"),
        ({"json": [[1, 2], ["nan", 2]]}, "Point 2 must be two numbers"),
        ({"json": [[1, 95]]}, "Longitude must lie between"),
        ({"data": "1,2 3"}, "Point 2 must be two numbers"),
        ({"data": ""}, "No content specified"),
        ({"json": [[0, 0]] * 1001}, "These are too many points"),
        ({"data": "0,0\n" * 1001}, "These are too many points"),
    ],
)
def test_points_that_cannot_be_read_are_refused(body, sentence, client):
    answer = client.post("/mapit/point/4326", **body)
    assert answer.status_code == answer.json["code"] == 400
    assert answer.json["error"].startswith(sentence)


def test_a_point_s_box_is_its_areas_box(client):
    assert client.get(f"/mapit/point/4326/{AT}/box").json == client.get(f"/mapit/point/4326/{AT}").json
    assert client.get(f"/mapit/point/4326/{AT}/ring").status_code == 404


@pytest.mark.parametrize("end", ["", ".json", ".html", "/box", "/box.json", "/box.html"])
def test_a_point_in_other_words_leads_to_its_own_address(end, client):
    lon, lat = AT.split(",")
    latlon = client.get(f"/mapit/point/latlon/{lat},{lon}{end}?type=WD")
    assert (latlon.status_code, latlon.location) == (302, f"/mapit/point/4326/{lon},{lat}{end}?type=WD")
    osgb = client.get(f"/mapit/point/osgb/375400,164600{end}")
    assert (osgb.status_code, osgb.location) == (302, f"/mapit/point/27700/375400,164600{end}")
    assert client.get(osgb.location).status_code == 200


# --- postcodes ---------------------------------------------------------------------------------------------------


def test_part_of_a_postcode_is_the_middle_of_those_that_begin_so(client):
    bring_in(("ZZ11AB", 1.4, 0.6), ("ZZ19ZZ", 0.9, 1.2), ("ZZ101AA", 9, 9), ("ZZ21AA", 8, 8), ("Z11AA", 7, 7))
    for words in ("ZZ1", "zz1", "ZZ1 1AA", "zz11ab.json", "ZZ 1"):
        said = client.get(f"/mapit/postcode/partial/{words}").json
        assert said["postcode"] == "ZZ1"
        assert (said["easting"], said["northing"]) == (375_900, 164_800)
    assert client.get("/mapit/postcode/partial/ZZ10").json["easting"] == 384_000


@pytest.mark.parametrize(
    ("words", "status", "sentence"),
    [
        ("ZZ", 400, "Partial postcode 'ZZ' is not valid."),
        ("1AA", 400, "Partial postcode '1AA' is not valid."),
        ("ZZ1 1A", 400, "Partial postcode 'ZZ1 1A' is not valid."),
        ("ZZ5", 404, "Postcode not found"),
    ],
)
def test_part_of_a_postcode_that_there_is_not(words, status, sentence, client):
    assert client.get(f"/mapit/postcode/partial/{words}").json == {"code": status, "error": sentence}


def test_the_nearest_postcode_is_found_near_and_far(client):
    bring_in(("ZZ11AB", 1.4, 0.6), ("ZZ11AC", 12, 0.6))
    for column, row, name, metres in (
        (0.4, 0.6, "ZZ1 1AA", 0), (1.0, 0.6, "ZZ1 1AB", 400), (6, 0.6, "ZZ1 1AB", 4600), (20, 6.6, "ZZ1 1AC", 10_000),
    ):  # fmt: skip
        said = client.get(f"/mapit/nearest/4326/{spot(column, row).x},{spot(column, row).y}").json["postcode"]
        assert (said["postcode"], said["distance"]) == (name, metres)
    assert said["coordsyst"] == "G"
    far = client.get("/mapit/nearest/4326/1.5,55.5")
    assert far.json == {"code": 404, "error": "No postcode found near 1.5,55.5 (4326)"}
    assert client.get("/mapit/nearest/84/0,0").status_code == 400


def test_a_postcode_of_northern_ireland_is_on_the_irish_grid(client):
    with transaction():
        add_postcodes([PostcodeRow("BT15GS", -5.93012, 54.59639)], file_name="ni.csv", dated_on=date(2024, 1, 1))
    said = client.get("/mapit/postcode/BT1 5GS").json
    assert said["coordsyst"] == "I"
    assert (said["easting"], said["northing"]) == pytest.approx((333_800, 374_000), abs=300)
    assert "shortcuts" not in said


def test_an_example_is_a_postcode_in_the_area_or_nothing(client):
    (mill,), (bridge,) = (db.session.query(Area.id).filter_by(code=code).one() for code in (MILL, BRIDGE))
    assert client.get(f"/mapit/area/{mill}/example_postcode").json == "ZZ1 1AA"
    assert client.get(f"/mapit/area/{bridge}/example_postcode").json is None
    assert "We hold no postcode" in client.get(f"/mapit/area/{bridge}/example_postcode.html").text


# --- pages for people --------------------------------------------------------------------------------------------


def test_the_forms_lead_to_pages(client):
    assert client.get("/mapit/postcode/?pc=zz1 1aa").location == "/mapit/postcode/ZZ11AA.html"
    assert client.post("/mapit/postcode/", data={"pc": "zz1 1aa"}).location == "/mapit/postcode/ZZ11AA.html"
    lon, lat = AT.split(",")
    for answer in (
        client.get(f"/mapit/point/?pc={lat}, {lon}"),
        client.post("/mapit/point/", data={"pc": f"{lat},{lon}"}),
    ):
        assert answer.location == f"/mapit/point/4326/{lon},{lat}.html"
        assert ">Mill</a>" in client.get(answer.location).text
    for address in ("/mapit/postcode/", "/mapit/point/?pc=here", "/mapit/point/"):
        assert client.get(address).location == "/mapit/"


def test_the_front_page_names_what_can_be_asked(client):
    page = client.get("/mapit/").text
    for words in (
        "/mapit/point/SRID/X,Y",
        "/mapit/areas/TYPE,TYPE",
        "simplify_tolerance",
        "coverlaps",
        "For example ZZ1 1AA",
    ):
        assert words in page
    assert "<code>WD</code> (ward)" in page
    assert '"/mapit/"' in client.get("/about/data").text


def test_a_page_leads_to_the_same_as_json(client):
    (mill,) = db.session.query(Area.id).filter_by(code=MILL).one()
    for address in (f"/mapit/area/{mill}", f"/mapit/area/{mill}/touches", "/mapit/areas/WD", "/mapit/generations",
                    "/mapit/postcode/ZZ1%201AA", f"/mapit/point/4326/{AT}", f"/mapit/point/4326/{AT}/box"):  # fmt: skip
        for end in (".html", ".map.html"):
            if end == ".map.html" and "generations" in address:
                continue
            page = client.get(f"{address}{end}?generation=2")
            assert page.status_code == 200
            assert f'href="{address}?generation=2">The same as JSON' in page.text
        assert client.get(f"{address}.json").json == client.get(address).json


@pytest.mark.parametrize("path", ["postcode/no.html", "area/999.html", "point/4326/x,y.html", "area/999/touches.html"])
def test_a_page_that_cannot_be_shown_says_why_in_words(path, client):
    answer = client.get(f"/mapit/{path}")
    assert answer.status_code in (400, 404)
    assert answer.mimetype == "text/html"
    assert "<h1" in answer.text
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


def test_a_long_list_is_cut_on_its_page_and_whole_as_json(client, app):
    with app.test_request_context():
        shown = app.jinja_env.get_template("mapit/_areas.html").module.table(
            [
                {"id": n, "name": f"Ward {n}", "type": "WD", "type_name": "Ward", "codes": {}, "generation_low": 1,
                 "generation_high": 2} for n in range(501)
            ]
        )  # fmt: skip
    assert "The first 500 of 501 areas" in shown
    assert "Ward 499<" in shown
    assert "Ward 500<" not in shown


# --- what every answer carries -----------------------------------------------------------------------------------

KEPT = [
    "nearest/27700/375400,164600",
    "point/27700/375400,164600",
    "postcode/ZZ11AA",
    "areas/WD",
    "generations",
    "types",
    "areas/WD.kml",
    f"area/{MILL}",
]


@pytest.mark.parametrize("path", KEPT)
def test_what_is_the_same_for_everybody_may_be_kept_for_five_minutes_and_read_by_any_site(path, as_):
    for member in (NOBODY, RESIDENT):
        for ask in (as_(member).get, as_(member).head):
            answer = ask(f"/mapit/{path}")
            assert answer.headers["Cache-Control"] == "public, max-age=300"
            assert answer.headers["Access-Control-Allow-Origin"] == "*"
            assert "Set-Cookie" not in answer.headers


def test_a_page_which_carries_who_is_signed_in_is_kept_by_nobody(as_):
    answer = as_(RESIDENT).get("/mapit/areas/WD.html")
    assert "Rhian Resident" in answer.text
    assert answer.headers["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize(
    ("path", "taken"),
    [("point/27700/1,2", "GET, HEAD, OPTIONS"), ("areas", "OPTIONS, POST"), ("postcode/", "GET, HEAD, OPTIONS, POST")],
)
def test_a_page_elsewhere_is_told_what_it_may_ask(path, taken, client):
    answer = client.options(f"/mapit/{path}")
    assert (answer.status_code, answer.data) == (204, b"")
    assert answer.headers["Access-Control-Allow-Methods"] == answer.headers["Allow"] == taken
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


def test_an_address_that_takes_no_post_says_so(client):
    answer = client.post("/mapit/areas/WD")
    assert answer.status_code == answer.json["code"] == 405
    assert answer.headers["Allow"] == "GET, HEAD, OPTIONS"


def test_what_is_too_large_to_be_read_is_refused_in_the_same_shape(client):
    for kind in ("application/json", "text/plain", "application/x-www-form-urlencoded"):
        answer = client.post("/mapit/point/4326", data=b"points=" + b"0,0;" * 80_000, content_type=kind)
        assert (answer.status_code, answer.json["code"]) == (413, 413)
        assert answer.headers["Access-Control-Allow-Origin"] == "*"


def test_what_goes_wrong_on_our_side_is_said_in_the_same_shape(app, client, caplog):
    def broken() -> str:
        raise RuntimeError("the secret of the house")

    app.view_functions["mapit.types"] = broken
    answer = client.get("/mapit/types")
    assert (answer.status_code, answer.json["code"]) == (500, 500)
    assert "secret of the house" not in answer.text
    assert "the secret of the house" in caplog.text


def test_a_post_needs_no_token_and_takes_no_lock(app, client):
    app.config["WTF_CSRF_ENABLED"] = True
    with transaction():  # somebody else is writing
        assert client.post("/mapit/areas", data={"URL": "WD"}).status_code == 200


def test_many_points_are_answered_from_memory_and_leave_nothing_to_be_read_anew(app, client, monkeypatch):
    monkeypatch.setattr("wardbook.areas.locator.ASK_AGAIN", 60.0)  # a slow machine may take longer than a second
    asked = []
    event.listen(db.engine, "before_cursor_execute", lambda *words: asked.append(words[2]))
    client.get(f"/mapit/point/4326/{AT}")
    asked.clear()
    for _ in range(2):
        assert names(client.post("/mapit/point/4326", data=AT)) == [["Mill"]]
        client.get(f"/mapit/point/4326/{AT}")
    assert asked == []


# --- type words --------------------------------------------------------------------------------------------------


def test_the_words_for_types_come_from_the_settings(home):
    app = application(home, mapit_types=(("ward", "UTW"),))
    with app.app_context():
        client = app.test_client()
        assert {area["type"] for area in client.get(f"/mapit/point/4326/{AT}").json.values()} == {"UTW"}
        assert len(client.get("/mapit/areas/UTW").json) == 4
        assert client.get("/mapit/areas/WD").json == {}
        assert client.get("/mapit/types").json["UTW"] == {"code": "UTW", "description": "Ward"}
        db.session.remove()
        db.engine.dispose()


def test_a_word_for_no_type_of_area_is_told_when_the_application_begins(home):
    with pytest.raises(Refused, match="WARDBOOK_MAPIT_TYPES: 'wards' is no type of area"):
        application(home, mapit_types=(("wards", "UTW"),))
