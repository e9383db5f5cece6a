"""An officer brings in reports that another system holds: once each, with what its words mean, and again next month."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.conftest import OFFICER, an_issue, as_viewer, category, spot
from wardbook import geo
from wardbook.db import db, transaction
from wardbook.entries import answering
from wardbook.entries.importing import Tally, read_reports, take_in
from wardbook.entries.kinds import Kind, State
from wardbook.entries.models import Entry
from wardbook.errors import Refused
from wardbook.events import Did, Event
from wardbook.mail import letters

PLACE = f"{spot(0.4, 0.6).y:.6f},{spot(0.4, 0.6).x:.6f}"
HEAD = "id,status,created,category,description,latitude,longitude"


def csv_file(folder: Path, *rows: str, head: str = HEAD, name: str = "reports.csv") -> Path:
    """A CSV file; `@` in a row stands for a place in Mill."""
    file = folder / name
    file.write_text("\n".join([head, *(row.replace("@", PLACE) for row in rows)]) + "\n")
    return file


def mapping(folder: Path, text: str) -> Path:
    file = folder / "mapping.yaml"
    file.write_text(text)
    return file


def brought(*args: Path) -> Tally:
    reports = read_reports(*args)
    with transaction():
        return take_in(reports)


def counts(tally: Tally) -> tuple[int, int, int, int]:
    return tally.created, tally.updated, tally.unchanged, len(tally.refused)


def only() -> Entry:
    return db.session.query(Entry).one()


# --- what a row becomes ------------------------------------------------------------------------------------------


def test_columns_are_known_by_their_usual_names(app, tmp_path):
    file = csv_file(tmp_path, "17,open,2026-03-01T09:30:00Z,Potholes,Deep one,@")
    assert counts(brought(file)) == (1, 0, 0, 0)
    entry = only()
    assert (entry.title, entry.words, entry.category.name, entry.state) == (
        "Potholes",
        "Deep one",
        "Potholes",
        State.RECEIVED,
    )
    assert (entry.kind, entry.source_id) == (Kind.ISSUE, "17")
    assert entry.told_at == datetime(2026, 3, 1, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("head", "row"),
    [
        ("Reference,Date,Type,Lat,Long", "a,2026-03-01,Potholes,@"),
        ("case_enquiry_id,open_dt,type,latitude,longitude", "a,2026-03-01,Potholes,@"),
        ("service_request_id;requested_datetime;service_name;lat;long", "a;2026-03-01;Potholes;@"),
        ("globalid\tdate_recorded\trequesttype\teasting\tnorthing", "a\t2026-03-01\tPotholes\t375400\t164600"),
        ("ref|opened_at|category|x|y", "a|2026-03-01|Potholes|375400|164600"),
    ],
)
def test_many_systems_are_understood_without_a_mapping(head, row, app, tmp_path):
    delimiter = next(sign for sign in ";\t|," if sign in head)
    file = csv_file(tmp_path, row.replace("@", PLACE.replace(",", delimiter)), head=head)
    assert counts(brought(file)) == (1, 0, 0, 0)
    assert geo.metres_between(only().geometry, spot(0.4, 0.6), 27700) < 1


def test_a_geojson_file_gives_its_points_and_the_middle_of_its_areas(app, tmp_path):
    shapes = [spot(0.2, 0.2), spot(0.4, 0.6).buffer(0.0005)]
    features = [
        {"type": "Feature", "geometry": shape.__geo_interface__, "properties": {"id": number, "created": "2026-03-01"}}
        for number, shape in enumerate(shapes)
    ]
    file = tmp_path / "reports.geojson.gz"
    file.write_bytes(gzip.compress(json.dumps({"type": "FeatureCollection", "features": features}).encode()))
    assert counts(brought(file)) == (2, 0, 0, 0)
    middle = db.session.query(Entry).filter_by(source_id="1").one().geometry
    assert geo.metres_between(middle, spot(0.4, 0.6), 27700) < 0.1


def test_words_in_the_letters_of_windows_are_read_as_written(app, tmp_path):
    file = tmp_path / "reports.csv"
    head = "id\tstatus\tcreated\tcategory\tdescription\tlatitude\tlongitude"
    row = "1\topen\t2026-03-01\tPotholes\t“Caf锑s front – £5\t" + PLACE.replace(",", "\t")
    file.write_bytes(f"{head}\r\n{row}\r\n".replace("锑", "é’").encode("cp1252"))
    brought(file)
    assert only().words == "“Café’s front – £5"


def test_words_of_several_lines_and_with_delimiters_stay_whole(app, tmp_path):
    file = csv_file(tmp_path, '1,open,2026-03-01,Potholes,"One, two;\nthree ""four""\tfive",@')
    brought(file)
    assert only().words == 'One, two;\nthree "four"\tfive'


def test_a_mapping_says_which_column_is_what_and_what_its_words_mean(app, tmp_path):
    meaning = mapping(
        tmp_path,
        """
source: old-system
service: Cleansing
crs: EPSG:29902
kind: issue
default_category: Something
columns: {told: When, easting: E, northing: N, state: Where It Stands, words: Text}
states: {Under Way: in progress, dealt with: fixed}
""",
    )
    irish = geo.reproject(spot(0.4, 0.6), 4326, 29902)
    head = "When,E,N,Where it stands,Text"
    file = csv_file(tmp_path, f"01/03/2026 10:00,{irish.x},{irish.y},UNDER WAY,A", head=head)
    assert counts(brought(file, meaning)) == (1, 0, 0, 0)
    entry = only()
    assert (entry.state, entry.source, entry.category.name, entry.category.service.name) == (
        State.IN_PROGRESS, "old-system", "Something", "Cleansing",
    )  # fmt: skip
    assert geo.metres_between(entry.geometry, spot(0.4, 0.6), 27700) < 5


def test_assets_may_be_brought_in_too(app, tmp_path):
    meaning = mapping(tmp_path, "kind: asset\nsource: groups\ncolumns: {title: name}\n")
    file = csv_file(tmp_path, "1,2026-03-01,Brass band,@", head="id,date,name,lat,lon")
    brought(file, meaning)
    assert (only().kind, only().state, only().title) == (Kind.ASSET, State.CURRENT, "Brass band")


def test_a_status_that_its_kind_cannot_have_is_not_understood(app, tmp_path):
    file = csv_file(
        tmp_path, "1,open,2026-03-01,Halls,,@", "2,current,2026-03-01,Halls,,@", "3,out of date,2026-03-01,Halls,,@"
    )
    tally = brought(file, mapping(tmp_path, "kind: asset"))
    assert counts(tally) == (2, 0, 0, 1)
    assert {entry.state for entry in db.session.query(Entry)} == {State.CURRENT, State.OUT_OF_DATE}


def test_a_category_there_is_already_is_used(app, tmp_path):
    brought(csv_file(tmp_path, "1,open,2026-03-01,Dropped kerbs,,@"))
    assert only().category_id == category("Dropped kerbs").id


# --- dates -------------------------------------------------------------------------------------------------------


def moments(tmp_path: Path, *cells: str) -> list[str]:
    file = csv_file(tmp_path, *(f"{number},open,{cell},Potholes,,@" for number, cell in enumerate(cells)))
    brought(file)
    return [f"{entry.told_at:%Y-%m-%d %H:%M}" for entry in db.session.query(Entry).order_by(Entry.source_id)]


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (("01/02/2026",), ["2026-02-01 00:00"]),
        (("01/02/2026", "28/02/2026"), ["2026-02-01 00:00", "2026-02-28 00:00"]),
        (("01/02/2026 10:11:12",), ["2026-02-01 10:11"]),
        (("2026-07-01",), ["2026-06-30 23:00"]),
        (("2026-07-01 12:00",), ["2026-07-01 11:00"]),
        (("2026-07-01T12:00:00Z",), ["2026-07-01 12:00"]),
        (("2026-07-01T12:00:00+02:00",), ["2026-07-01 10:00"]),
        (("2026/07/01 12:00:00+00",), ["2026-07-01 12:00"]),
        (("20260701",), ["2026-06-30 23:00"]),
        (("2026-07-01T12:00:00.123Z",), ["2026-07-01 12:00"]),
    ],
)
def test_dates_are_read_as_they_are_written_and_without_a_zone_are_londons(cells, expected, app, tmp_path):
    assert moments(tmp_path, *cells) == expected


def test_american_dates_are_read_where_the_mapping_says_so(app, tmp_path):
    meaning = mapping(tmp_path, 'dates: "%m/%d/%Y"\nsource: far\n')
    brought(csv_file(tmp_path, "1,open,02/01/2026,Potholes,,@", "2,open,02/28/2026,Potholes,,@"), meaning)
    assert {f"{entry.told_at:%m-%d}" for entry in db.session.query(Entry)} == {"02-01", "02-28"}


def test_a_column_of_dates_is_read_in_one_way_throughout(app, tmp_path):
    tally = brought(csv_file(tmp_path, "1,open,01/02/2026,P,,@", "2,open,13/02/2026,P,,@", "3,open,02/28/2026,P,,@"))
    assert counts(tally) == (2, 0, 0, 1)
    assert {f"{entry.told_at:%m-%d}" for entry in db.session.query(Entry)} == {"02-01", "02-13"}
    assert "02/28/2026" in tally.refused[0].why


# --- rows that are left out --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("1,open,yesterday,P,,@", "'yesterday' is not a date we can read"),
        ("1,open,,P,,@", "'' is not a date we can read"),
        ("1,astonished,2026-03-01,P,,@", "the status 'astonished' is not known"),
        ("1,open,2026-03-01,P,,51.5,-0.12", "is outside the council"),
        ("1,open,2026-03-01,P,,0,0", "is outside the council"),
        ("1,open,2026-03-01,P,,,", "it does not say where it is"),
        ("1,open,2026-03-01,P,,north,west", "it does not say where it is"),
        ("1,open,2026-03-01,P,,nan,nan", ""),
        ("1,open,2026-03-01,P,,inf,5", ""),
        ("1,open,2026-03-01,P,,95,-2", ""),
        ("2,open,2026-03-01,P,,@", "its id 2 occurs before in this file"),
        ("1,open", ""),
    ],
)
def test_a_row_that_cannot_be_taken_is_left_out_with_the_reason_and_its_number(row, why, app, tmp_path):
    tally = brought(csv_file(tmp_path, "2,open,2026-03-01,P,,@", row, "3,open,2026-03-01,P,,@"))
    assert counts(tally) == (2, 0, 0, 1)
    assert tally.refused[0].row == 3, "as a spreadsheet counts, with the head as the first"
    assert why in tally.refused[0].why


def test_a_row_without_a_status_is_received(app, tmp_path):
    brought(csv_file(tmp_path, "1,,2026-03-01,P,,@"))
    assert only().state is State.RECEIVED


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("columns: {told: When}", "The file has no column 'When'"),
        ("columns: {whenever: created}", "The mapping names a column for 'whenever'"),
        ("colours: red", "The mapping has colours"),
        ("states: {open: astonished}", "'astonished' is no state"),
        ("states: {open: current}", "gives the kind issue the state 'current'"),
        ("kind: complaint", "'complaint' is no kind"),
        ("crs: the Irish one", "is not a system"),
        ("columns: [told]", "'columns' must be pairs"),
        ("- a\n- b", "The mapping has"),
        ("a: b: c", "is not YAML"),
        ("{" * 5_000, "is not YAML"),
        ("!!python/object/apply:os.system ['true']", "is not YAML"),
        ("kind: note", "Notes are written by councillors and officers"),
        ("dates: 5", "'dates' must be one form of a date"),
        ("dates: [1, 2]", "'dates' must be one form of a date"),
        ("dates: []", ""),
        ("crs: EPSG:999999", ""),
        ("columns: {told: [a, b]}", ""),
        ("states: {1: received}\nkind: [issue]", ""),
    ],
)
def test_a_mapping_that_cannot_be_used_is_refused_in_one_sentence_or_understood(text, sentence, app, tmp_path):
    file = csv_file(tmp_path, "1,open,2026-03-01,P,,@")
    if sentence:
        with pytest.raises(Refused) as refused:
            brought(file, mapping(tmp_path, text))
        assert sentence in refused.value.sentence
        assert db.session.query(Entry).count() == 0
    else:
        try:
            brought(file, mapping(tmp_path, text))
        except Refused as refused:
            assert "\n" not in refused.sentence


@pytest.mark.parametrize(("head", "row"), [("id,lat,lon", "1,@"), ("id,created", "1,2026-03-01"), ("a", "b")])
def test_a_file_that_says_neither_when_nor_where_is_refused_whole(head, row, app, tmp_path):
    with pytest.raises(Refused):
        brought(csv_file(tmp_path, row, head=head))
    assert db.session.query(Entry).count() == 0


# --- again -------------------------------------------------------------------------------------------------------

ROWS = ("1,open,2026-03-01,P,One,@", "2,open,2026-03-02,P,Two,@", "3,closed - see letter,2026-03-02,P,Three,@")


def test_the_same_file_again_changes_nothing(app, tmp_path):
    file = csv_file(tmp_path, *ROWS)
    assert counts(brought(file)) == (2, 0, 0, 1)
    refs = {entry.ref for entry in db.session.query(Entry)}
    for _ in range(2):
        assert counts(brought(file)) == (0, 0, 2, 1)
    assert {entry.ref for entry in db.session.query(Entry)} == refs
    assert db.session.query(Event).count() == 2


def test_a_file_without_ids_knows_its_rows_again_by_what_they_say(app, tmp_path):
    head = "created,category,latitude,longitude"
    file = csv_file(tmp_path, "2026-03-01,P,@", "2026-03-01,P,@", "2026-03-02,P,@", head=head)
    assert counts(brought(file)) == (3, 0, 0, 0)
    assert counts(brought(file)) == (0, 0, 3, 0)


def test_a_later_file_updates_states_adds_what_is_new_and_leaves_alone_what_it_lacks(app, tmp_path):
    brought(csv_file(tmp_path, *ROWS[:2]))
    later = csv_file(tmp_path, ROWS[0].replace("open", "resolved"), "9,open,2026-04-01,P,Nine,@")
    assert counts(brought(later)) == (1, 1, 0, 0)
    states = {entry.source_id: entry.state for entry in db.session.query(Entry)}
    assert states == {"1": State.FIXED, "2": State.RECEIVED, "9": State.RECEIVED}
    changed = db.session.query(Event).filter_by(did=Did.IMPORTED).filter(Event.words != "").all()
    assert [event.change for event in changed] == [{"state": ["received", "fixed"]}]


def test_an_officers_own_change_stays_until_the_source_changes_its_mind(app, tmp_path):
    brought(csv_file(tmp_path, ROWS[0]))
    with transaction():
        answering.change_state(as_viewer(OFFICER), only(), State.NOT_OURS, words="The county's.", once="a")
    assert counts(brought(csv_file(tmp_path, ROWS[0]))) == (0, 0, 1, 0)
    assert only().state is State.NOT_OURS
    assert counts(brought(csv_file(tmp_path, ROWS[0].replace("open", "resolved")))) == (0, 1, 0, 0)
    assert only().state is State.FIXED


def test_two_systems_may_use_the_same_number(app, tmp_path):
    file = csv_file(tmp_path, ROWS[0])
    brought(file, mapping(tmp_path, "source: one"))
    assert counts(brought(file, mapping(tmp_path, "source: other"))) == (1, 0, 0, 0)


def test_what_residents_told_is_not_touched(app, tmp_path):
    own = an_issue()
    before = (own.title, own.state, own.changed_at)
    brought(csv_file(tmp_path, *ROWS))
    own = db.session.get(Entry, own.id)
    assert (own.title, own.state, own.changed_at) == before


def test_nobody_is_mailed(app, tmp_path):
    brought(csv_file(tmp_path, *ROWS))
    brought(csv_file(tmp_path, *(row.replace("open", "resolved") for row in ROWS)))
    assert letters() == []


def test_what_was_imported_shows_where_it_came_from(as_, tmp_path):
    brought(csv_file(tmp_path, ROWS[0]), mapping(tmp_path, "source: fixmystreet"))
    page = as_(OFFICER).get(f"/entries/{only().ref}").text
    assert "Brought in from Fixmystreet" in page
    assert "Its number at its source" in page
