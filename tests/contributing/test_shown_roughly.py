"""What happened at somebody's home is shown roughly on every road; the spot itself is for its author and officers."""

from __future__ import annotations

import zipfile
from io import BytesIO

import pytest
import shapely
from click.testing import CliRunner

from tests.conftest import (
    ADMINISTRATOR,
    CAST,
    CLLR,
    IN_MILL,
    MILL,
    MODERATOR,
    NEIGHBOUR,
    NOBODY,
    OFFICER,
    RESIDENT,
    Member,
    as_viewer,
    person_of,
    spot,
)
from tests.contributing.test_contributing import begin, what, who
from tests.engines import environment_of
from wardbook import geo, personal
from wardbook.cli import main
from wardbook.db import db, transaction
from wardbook.entries.blurring import blurred
from wardbook.entries.erasing import erase
from wardbook.entries.models import Entry, EntrySpot
from wardbook.events import Event
from wardbook.jobs import do_what_is_due
from wardbook.mail import Letter
from wardbook.places.find import ward_at

HOME = (0.437, 0.619)
"""A spot in Mill, in kilometres; the middle of its square of 200 m is elsewhere"""
ROADS = (
    "/entries/{ref}", "/entries/{ref}.atom", "/map/frame/entry/{ref}", "/map", "/map.json", "/map.geojson",
    "/map.geojson?bbox=-3,51,-2,52&limit=100", "/map.csv", "/map.gpkg", "/map.atom", "/map/frame/look",
    "/search?words=kerb",
    "/search.json?words=kerb", "/search.geojson?words=kerb", "/search.csv?words=kerb", "/search.gpkg?words=kerb", "/",
    f"/wards/{MILL}", f"/wards/{MILL}.atom", f"/places/ward:{MILL}", f"/places/ward:{MILL}/entries.geojson",
    f"/places/ward:{MILL}/entries.csv", f"/places/ward:{MILL}/entries.gpkg", f"/places/ward:{MILL}.atom",
    f"/places/ward:{MILL}/brief", f"/places/ward:{MILL}/brief.json", f"/places/ward:{MILL}/brief.csv",
    f"/places/ward:{MILL}/brief.gpkg", f"/places/ward:{MILL}/brief.xlsx", f"/places/ward:{MILL}/brief.docx",
    "/desk", "/follows", "/moderation", "/desk/unanswered",
)  # fmt: skip

FOR_SOME = ("/desk", "/follows", "/moderation", "/desk/unanswered")


def told_at_home(client, at: tuple[float, float] = HOME) -> Entry:
    draft = begin(client)
    client.post(f"{draft}/spot", data={"spot": f"{spot(*at).y:.6f}, {spot(*at).x:.6f}", "blur": "y"})
    client.post(f"{draft}/kind", data={"kind": "issue"})
    client.post(f"{draft}/what", data=what())
    client.post(f"{draft}/who", data=who())
    assert "Roughly, within about 150 metres" in client.get(f"{draft}/check").text
    assert client.post(f"{draft}/check").location == f"{draft}/sent"
    assert "It is shown roughly, within about 150 metres." in client.get(f"{draft}/sent").text
    return db.session.query(Entry).order_by(Entry.id.desc()).first()


def says_where(content: bytes, at: tuple[float, float] = HOME) -> bool:
    """Whether bytes hold the latitude or longitude of a spot to some 10 m, as figures or as a binary point."""
    point = spot(*at)
    text = content.decode("utf-8", errors="replace")
    if f"{point.y:.4f}" in text or f"{abs(point.x):.4f}" in text:
        return True
    figures = shapely.to_wkb(point)[5:]
    if any(figures[start : start + 6] in content for start in (2, 10)):
        return True
    if content[:2] != b"PK":
        return False
    parts = zipfile.ZipFile(BytesIO(content))
    return any(says_where(parts.read(name), at) for name in parts.namelist())


def test_a_spot_is_recognised_in_whatever_holds_it():
    point = spot(*HOME)
    assert says_where(f"[{point.x:.6f}, {point.y:.6f}]".encode())
    assert says_where(shapely.to_wkb(point))
    assert not says_where(shapely.to_wkb(spot(*IN_MILL)))


@pytest.mark.parametrize("member", CAST, ids=str)
def test_no_road_says_where_it_happened(member: Member, as_):
    entry = told_at_home(as_(RESIDENT))
    may_read = member in (RESIDENT, OFFICER)
    client = as_(member)
    for road in ROADS:
        answer = client.get(road.format(ref=entry.ref))
        assert answer.status_code == 200 or road in FOR_SOME, road
        expected = may_read and road == "/entries/{ref}"
        assert says_where(answer.data) is expected, (road, member)


def test_neither_letters_steps_the_export_nor_the_command_line_say_it(as_, app, home, tmp_path):
    entry = told_at_home(as_(NOBODY))
    letter = db.session.query(Letter).one()
    assert all("It is shown roughly, within about 150 metres." in said for said in (letter.body, letter.html))
    do_what_is_due()
    for row in (*db.session.query(Letter), *db.session.query(Event)):
        assert not says_where(str(vars(row)).encode())
    with transaction():
        entry.standing = "published"
    db.session.commit()
    for arguments in (
        ["export", str(tmp_path / "out.gpkg")],
        ["brief", f"ward:{MILL}", "--json", str(tmp_path / "out.json")],
    ):
        said = CliRunner().invoke(main, arguments, env=environment_of(home), catch_exceptions=False)
        assert said.exit_code == 0, said.output
        assert not says_where(said.output.encode())
    for file in ("out.gpkg", "out.json"):
        assert not says_where((tmp_path / file).read_bytes()), file


def test_its_page_its_map_and_its_files_say_that_it_is_shown_roughly(as_):
    entry = told_at_home(as_(RESIDENT))
    client = as_(NOBODY)
    assert "Shown roughly, within about 150 metres" in client.get(f"/entries/{entry.ref}").text
    assert "The exact spot" not in client.get(f"/entries/{entry.ref}").text
    assert '"within":150' in client.get(f"/map/frame/entry/{entry.ref}").text
    for road in ("/map.json", "/map.csv", "/map.geojson", "/map.atom", f"/places/ward:{MILL}/brief.csv"):
        assert "within about 150 metres" in client.get(road).text, road


@pytest.mark.parametrize("member", [CLLR, MODERATOR, ADMINISTRATOR, NEIGHBOUR], ids=str)
def test_only_its_author_and_officers_read_the_spot(member, as_):
    entry = told_at_home(as_(RESIDENT))
    assert "The exact spot" not in as_(member).get(f"/entries/{entry.ref}").text
    for reader in (RESIDENT, OFFICER):
        assert f"{spot(*HOME).y:.6f}, {spot(*HOME).x:.6f}" in as_(reader).get(f"/entries/{entry.ref}").text


@pytest.mark.parametrize(
    "at", [HOME, (0.01, 0.01), (0.99, 0.99), (0.999, 0.5), (1.001, 0.5), (0.5, 1.001), (0.0001, 0.5)]
)
def test_what_is_shown_lies_near_in_the_same_ward_and_says_nothing_more(at):
    point = spot(*at)
    shown = blurred(point)
    assert ward_at(shown).id == ward_at(point).id
    assert geo.metres_between(point, shown, 27700) <= 150
    assert blurred(spot(at[0] + 0.00005, at[1] + 0.00005)) == shown


@pytest.fixture(autouse=True)
def _in_an_application(app):
    """Everything here asks the wards of the borough."""


def test_nearby_homes_in_one_square_are_one_point():
    assert blurred(spot(0.41, 0.61)) == blurred(spot(0.59, 0.79))
    assert blurred(spot(0.41, 0.61)) != blurred(spot(0.61, 0.61))


def test_the_spot_is_erased_with_the_rest(as_):
    entry = told_at_home(as_(RESIDENT))
    assert db.session.query(EntrySpot).count() == 1
    with transaction():
        erase(as_viewer(RESIDENT), entry, once="x")
    assert db.session.query(EntrySpot).count() == 0


def test_a_person_takes_a_copy_of_their_spots_and_has_them_forgotten(as_):
    entry = told_at_home(as_(RESIDENT))
    (kept,) = personal.all_about(person_of(RESIDENT))["exact spots of what I told"]
    assert kept == {"entry": entry.ref, "latitude": round(spot(*HOME).y, 6), "longitude": round(spot(*HOME).x, 6)}
    with transaction():
        personal.forget(person_of(RESIDENT))
    assert db.session.query(EntrySpot).count() == 0
