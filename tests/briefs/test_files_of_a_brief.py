"""An officer takes a brief away: as a PDF for a committee, as layers for a GIS, as a table and as JSON."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from xml.etree import ElementTree

import pikepdf
import pyogrio
import pytest
import shapely

from tests.conftest import BRIDGE, MILL, application, spot, square
from wardbook.briefs import document, drawing, files, paper, signs
from wardbook.briefs.picture import (
    Brief,
    CategoryRow,
    Figure,
    Gaps,
    Glance,
    Item,
    Known,
    Month,
    QuietWard,
    Residents,
    SetRow,
    Theme,
    TopicRow,
    WardRow,
    Where,
)
from wardbook.briefs.sheet import MARGIN, Sheet
from wardbook.briefs.surroundings import Feature, surroundings
from wardbook.briefs.svg import LETTER, WIDTH
from wardbook.entries.kinds import KINDS, Basis, Family, Kind, Topic
from wardbook.entries.queries import Filters
from wardbook.geo import BRITISH_GRID
from wardbook.shared import Level

pytestmark = pytest.mark.usefixtures("app")

MADE_AT = datetime(2026, 6, 30, 23, 30, tzinfo=UTC)
ISSUE = Item(
    ref="WB-7K3QD", kind=Kind.ISSUE, title="No dropped kerb", words="Wheels cannot cross.", category="Dropped kerbs",
    state="Received", family=Family.OPEN, told_on=date(2026, 5, 1), closed_on=None, by="A resident", level=Level.PUBLIC,
    geometry=spot(0.4, 0.6), days_open=60,
)  # fmt: skip
ASSET = replace(
    ISSUE, ref="WB-22222", kind=Kind.ASSET, title="The Tuesday lunch", words="One pot, no forms.", state="Current",
    category="Place to meet", family=Family.CURRENT, geometry=square(0.2, 0.2, 300), days_open=None,
)  # fmt: skip
NOTE = replace(
    ISSUE, ref="WB-33333", kind=Kind.NOTE, title="A crossing was promised", words=" ".join(["promise"] * 200),
    category="", state="Current", family=Family.CURRENT, by="Carys Mill", level=Level.COUNCIL, topic=Topic.PROMISE,
    basis=Basis.SEEN, review_on=date(2026, 1, 31), overdue=True, cites="Minutes of 2019", days_open=None,
    geometry=shapely.LineString([spot(0.1, 0.1), spot(0.9, 0.4)]),
)  # fmt: skip


SHOWN = (Kind.ISSUE, Kind.ASSET, Kind.NOTE)


def a_brief(items: Sequence[Item] = (ISSUE, ASSET, NOTE), **changes: Any) -> Brief:
    """A brief of the ward of Mill that rests on these entries."""
    issues, assets, notes = ([item for item in items if item.kind is kind] for kind in SHOWN)
    contributions = (*issues, *assets)
    counted = Figure("Issues", len(issues), Filters(kind=Kind.ISSUE))
    about = CategoryRow("Dropped kerbs", "Highways", counted, counted, Figure("Closed", 0, Filters(kind=Kind.ISSUE)))
    months = tuple(
        Month(
            date(2026, number, 1),
            Figure(f"{date(2026, number, 1):%B %Y}", number, Filters(since=date(2026, number, 1))),
        )
        for number in (range(1, 7) if contributions else ())
    )
    made = Brief(
        words=f"ward:{MILL}", path=f"ward:{MILL}", label="Mill", level=Level.COUNCIL, made_at=MADE_AT,
        council="Testham", fictional=False, total=len(items),
        where=Where(
            hectares=100.0, as_at=date(2026, 7, 1), geometry=square(0, 0),
            wards=(WardRow(MILL, "Mill", 1.0, ("Carys Mill",)),),
            sets=(SetRow("Wards of Testham", "from 7 May 2020", "Testham council.", "Open Government Licence v3.0"),),
        ),
        glance=Glance(
            assets=tuple(assets), assets_in_all=Figure("Assets", len(assets), Filters(kind=Kind.ASSET)),
            headlines=(counted, counted, counted, Figure("Notes", len(notes), Filters(kind=Kind.NOTE))),
            trend=months, trend_in_words="21 contributions." if months else "Nobody has contributed here yet.",
            themes=(Theme("Dropped kerbs", 2, 1, counted),) if issues else (), to_mind=tuple(notes),
        ),
        residents=Residents((counted,), (about,) if issues else (), months, contributions, tuple(issues)),
        known=Known((TopicRow(Topic.PROMISE, counted, tuple(notes)),) if notes else (), sum(n.overdue for n in notes)),
        gaps=Gaps(
            basis="Whole wards are compared by entries for each postcode.", wards=(QuietWard(MILL, "Mill", 1, 40.0),),
            missing=tuple(kind for kind in Kind if not any(item.kind is kind for item in items)),
            overdue=tuple(notes), newest=max((item.told_on for item in items), default=None),
            median=min((item.told_on for item in items), default=None), voices=1, unknown=len(items[1:]),
            total=len(items),
        ),
    )  # fmt: skip
    return replace(made, **changes)


def elements(node: Any) -> Iterator[pikepdf.Dictionary]:
    """The structure of a tagged PDF, in reading order."""
    if isinstance(node, pikepdf.Array):
        for part in node:
            yield from elements(part)
    elif isinstance(node, pikepdf.Dictionary):
        if "/S" in node:
            yield node
        if "/K" in node:
            yield from elements(node.K)


def opened(body: bytes) -> pikepdf.Pdf:
    return pikepdf.open(io.BytesIO(body))


# --- PDF ---------------------------------------------------------------------------------------------------------


def test_a_pdf_is_tagged_titled_and_in_british_english():
    pdf = opened(paper.pdf(a_brief(), [ISSUE, ASSET, NOTE]))
    told = pdf.open_metadata()
    assert (str(pdf.Root.Lang), bool(pdf.Root.MarkInfo.Marked), told["pdfuaid:part"]) == ("en-GB", True, "1")
    assert told["dc:title"] == "What is known about Mill"
    assert bool(pdf.Root.ViewerPreferences.DisplayDocTitle)


def test_a_pdf_has_headings_table_headers_and_words_for_its_pictures():
    pdf = opened(paper.pdf(a_brief(), [ISSUE, ASSET, NOTE]))
    found = list(elements(pdf.Root.StructTreeRoot.K))
    headings = [str(node.get("/T", "")) for node in found if node.S == "/H1"]
    assert headings == [
        "Where", "At a glance", "What residents say", "What councillors and officers know", "What we do not know",
        "Sources and licences",
    ]  # fmt: skip
    assert sum(node.S == "/TH" for node in found) == 3 + 5 + 5 + 2
    worded = [str(node.Alt) for node in found if node.S == "/Figure"]
    assert len(worded) == 2
    assert worded[0] == "Map of Mill. The place is outlined. 1 issue, 1 asset, 1 note are marked. Wards drawn: Mill."
    assert "June 2026 6." in worded[1]


def test_the_references_of_a_pdf_lead_to_their_entries_and_its_figures_to_lists_of_its_level():
    pdf = opened(paper.pdf(a_brief(), [ISSUE, ASSET, NOTE]))
    links = {str(note.A.URI) for page in pdf.pages for note in page.get("/Annots", []) if "/A" in note}
    assert {f"http://localhost/entries/{item.ref}" for item in (ISSUE, ASSET, NOTE)} <= links
    assert f"http://localhost/places/ward:{MILL}/entries?kind=issue&for=council" in links


def test_a_brief_that_rests_on_nothing_is_a_pdf_that_says_so():
    empty = a_brief([], level=Level.PUBLIC)
    told = json.dumps(document.document(empty, [], surroundings(empty.where)))
    assert told.count("Nobody has ") == 5
    assert "No councillor or officer has written a note about this place yet that everyone may read." in told
    assert len(opened(paper.pdf(empty, [])).pages) == 2


def test_letters_that_no_font_of_ours_has_do_not_stop_a_pdf():
    odd = replace(NOTE, title="日本 👍🏽 👨‍👩‍👧 \x00\x0b\ue000 नमस्ते", words="e\u0301 Ŵŷ " + "a" * 600)
    assert paper.pdf(a_brief([odd], label="日 <b>&"), [odd]).startswith(b"%PDF")
    assert paper.printable(["日本 👍🏽 e\u0301\x00 \u200dŴŷ"]) == ["?? ? é Ŵŷ"]


def test_the_same_brief_gives_the_same_pdf():
    assert paper.pdf(a_brief(), [ISSUE]) == paper.pdf(a_brief(), [ISSUE])


@pytest.mark.parametrize(
    ("level", "items", "mark"),
    [
        (Level.PUBLIC, [ISSUE], ""),
        (Level.COUNCIL, [ISSUE, NOTE], "Not for publication: holds notes at council level"),
        (Level.COUNCIL, [ISSUE], "Not for publication: made for councillors and officers"),
    ],
)
def test_a_brief_that_is_not_for_everyone_says_so_at_the_head_of_its_pages(level, items, mark):
    made = a_brief(items, level=level)
    assert document.document(made, items, surroundings(made.where))["mark"] == mark


def test_the_demo_says_on_paper_that_its_borough_is_fictional():
    made = a_brief(fictional=True)
    told = document.document(made, [], surroundings(made.where))
    assert told["fictional"] == "Testham is fictional: its places and people are invented."


def test_a_note_that_is_past_its_review_is_marked_and_keeps_all_its_words():
    known = document.document(a_brief(), [NOTE], surroundings(a_brief().where))["known"]
    ((note,),) = known["topics"][0]["sets"]
    assert known["overdue"] == "1 note is past the review date: ask before you rely on it."
    assert note["overdue"] == "Was due for review on 31 January 2026."
    assert note["paragraphs"] == [NOTE.words]
    assert note["facts"] == ["Carys Mill", "1 May 2026", "Seen it myself", "not public"]


def test_the_licence_of_the_maps_stands_on_every_form(app, home, tmp_path):
    line = "© Crown copyright and database rights 2026 OS AC0000000000"
    licensed = application(home, os_licence=line, brand_colour="red")
    with licensed.app_context():
        made = a_brief()
        told = document.document(made, [ISSUE], surroundings(made.where))
        files.geopackage(made, [ISSUE], tmp_path / "brief.gpkg")
        assert (told["where"]["licence"], told["accent"]) == (line, "#00573d")
        assert line in files.csv_file(made, [ISSUE]).decode()
        assert line in json.loads(files.json_file(made, [ISSUE]))["licences"]
        assert line in pyogrio.read_info(tmp_path / "brief.gpkg", layer="place")["layer_metadata"]["DESCRIPTION"]


# --- drawings ----------------------------------------------------------------------------------------------------


def the_map(items: Sequence[Item], backdrop: Sequence[Feature] = (), title: str = "Mill") -> str:
    where = a_brief().where
    wards = [(ward.name, ward.shape) for ward in surroundings(where).wards]
    return drawing.place_map(where, items, wards=wards, backdrop=backdrop, epsg=BRITISH_GRID, title=title)


def test_a_map_draws_each_kind_by_a_sign_of_its_own_and_names_the_wards():
    drawn = the_map([ISSUE, ASSET, NOTE])
    assert all(drawn.count(f'href="#wb-sign-{kind}"') == 2 for kind in SHOWN)
    assert all(f">{words}</" in drawn for words in ("Mill", "Bridge", "Castle", "200 metres", "Issue (1)", "N"))


def test_a_map_has_one_scale_across_and_down():
    sheet = Sheet(square(0, 0, 1000, 200), BRITISH_GRID)
    west, north, east, south = sheet.put(square(0.4, 0.05, 100)).bounds
    assert east - west == pytest.approx(south - north)
    assert east - west == pytest.approx((WIDTH - 2 * MARGIN) / 10)


def test_the_legend_of_a_map_names_every_kind_within_its_edge():
    every = [replace(ISSUE, kind=kind, ref=f"WB-2222{place}") for place, kind in enumerate(Kind)]
    drawn = the_map(every)
    said = re.findall(r'translate\(([\d.]+) ([\d.]+)\)">.*?<text x="([\d.]+)"[^>]*>([^<]+)</text>', drawn)
    assert [words for *_, words in said][2:] == [f"{KINDS[kind].label} (1)" for kind in signs.SIGNS]
    assert all(float(x) + float(gap) + len(words) * 13 * LETTER <= WIDTH for x, _, gap, words in said)
    assert {float(down) for _, down, *_ in said} == {0.0, 22.0}


def test_a_map_has_no_style_no_script_and_no_number_of_more_than_a_decimal():
    backdrop = [
        Feature("road_main", "", NOTE.geometry),
        Feature("wood", "", ASSET.geometry),
        Feature("place", "<script>alert(1)</script>\x00", spot(0.5, 0.9)),
        Feature("something else", "", ASSET.geometry),
    ]
    drawn = the_map([ISSUE, ASSET, NOTE], backdrop, title='"><script>')
    ElementTree.fromstring(drawn)
    assert " style=" not in drawn
    assert "<script" not in drawn
    assert not re.search(r'="[^"]*\d\.\d\d\d', drawn)


def test_a_thousand_entries_make_a_small_map_and_more_are_put_together_and_said():
    grid = [replace(ISSUE, geometry=spot(0.02 + n % 60 / 62, 0.02 + n // 60 / 62)) for n in range(3600)]
    assert len(the_map(grid[:1000])) < 150_000
    many = the_map(grid)
    assert len(many) < 150_000
    assert "Entries close together share a sign: 3,600 are drawn as" in many


def test_lines_and_areas_beyond_what_a_map_holds_are_drawn_as_signs_and_said():
    many = [replace(NOTE, geometry=spot(n % 30 / 30, n // 30 / 30).buffer(0.002)) for n in range(600)]
    drawn = the_map(many)
    assert len(drawn) < 150_000
    assert re.search(r"\d+ lines or areas are drawn as a sign only\.", drawn)


def test_bars_show_every_month_with_its_number_in_words_too():
    drawn = drawing.bars(a_brief().residents.months, "#123456")
    tree = ElementTree.fromstring(drawn)
    assert len(tree.findall(".//*[@class='wb-bar']")) == 6
    assert tree.findtext("{http://www.w3.org/2000/svg}desc", "").startswith("January 2026 1, February 2026 2,")
    assert "style=" not in drawn
    assert drawing.bars(()) == ""


# --- tables and layers -------------------------------------------------------------------------------------------


def test_a_csv_has_a_row_for_each_entry_and_each_says_which_brief_it_is_from():
    formula = replace(ISSUE, ref="WB-44444", title="=HYPERLINK(1)", words="+44 is the code")
    body = files.csv_file(a_brief(), [ISSUE, NOTE, formula]).decode("utf-8-sig")
    issue, note, guarded = csv.DictReader(io.StringIO(body, newline=""))
    assert (issue["ref"], issue["told_on"], issue["closed_on"], issue["level"]) == (
        "WB-7K3QD",
        "2026-05-01",
        "",
        "public",
    )
    assert (float(issue["longitude"]), float(issue["latitude"])) == (ISSUE.geometry.x, ISSUE.geometry.y)
    assert (note["topic"], note["basis"], note["review_on"]) == ("promise", "seen it myself", "2026-01-31")
    assert (guarded["title"], guarded["words"]) == ("'=HYPERLINK(1)", "'+44 is the code")
    assert (note["brief_level"], note["made_at"], note["council"]) == (
        "council",
        "2026-06-30T23:30:00+00:00",
        "Testham",
    )


def test_json_holds_the_whole_brief_and_the_filters_behind_each_figure():
    told = json.loads(files.json_file(a_brief(), [ISSUE, ASSET, NOTE]))
    assert (told["level"], told["council"], told["made_at"]) == ("council", "Testham", "2026-06-30T23:30:00+00:00")
    assert told["sections"]["glance"]["headlines"][3] == {"label": "Notes", "count": 1, "filters": {"kind": "note"}}
    assert told["sections"]["known"]["topics"][0]["notes"] == ["WB-33333"]
    assert [item["ref"] for item in told["items"]] == ["WB-7K3QD", "WB-22222", "WB-33333"]
    assert told["items"][2]["geometry"]["type"] == "LineString"
    assert told["items"][2]["review_on"] == "2026-01-31"


def test_a_geopackage_holds_the_place_its_wards_and_its_entries(tmp_path):
    path = tmp_path / "brief.gpkg"
    made = a_brief()
    shares = (WardRow(MILL, "Mill", 0.75, ("Carys Mill",)), WardRow(BRIDGE, "Bridge", 0.25, ()))
    files.geopackage(replace(made, where=replace(made.where, wards=shares)), [ISSUE, ASSET, NOTE], path)
    place, wards, entries = (pyogrio.read_dataframe(path, layer=layer) for layer in ("place", "wards", "entries"))
    assert place[["brief_level", "council", "entries"]].to_numpy().tolist() == [["council", "Testham", 3]]
    assert wards[["code", "share"]].to_numpy().tolist() == [[MILL, 0.75], [BRIDGE, 0.25]]
    assert wards.geometry[0].equals(square(0, 0))
    assert entries.geometry.tolist() == [ISSUE.geometry, ASSET.geometry, NOTE.geometry]
    assert entries["ref"].tolist() == ["WB-7K3QD", "WB-22222", "WB-33333"]


def test_a_brief_that_rests_on_nothing_still_has_all_its_files(tmp_path):
    path = tmp_path / "brief.gpkg"
    empty = a_brief([])
    files.geopackage(empty, [], path)
    assert pyogrio.read_info(path, layer="entries")["features"] == 0
    assert list(pyogrio.read_info(path, layer="entries")["fields"]) == list(files.ENTRY)
    assert files.csv_file(empty, []).decode("utf-8-sig").count("\r\n") == 1
    assert json.loads(files.json_file(empty, []))["items"] == []
