"""An officer takes a brief over into a report in Word, and counts further in Excel."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date

import pytest
from docx import Document
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml.ns import qn
from openpyxl import load_workbook

from tests.briefs.test_files_of_a_brief import ASSET, ISSUE, NOTE, a_brief
from wardbook.briefs.excel import excel_file
from wardbook.briefs.frozen import Frozen
from wardbook.briefs.word import word_file
from wardbook.shared import Level

pytestmark = pytest.mark.usefixtures("app")

ITEMS = [ISSUE, ASSET, NOTE]
FROZEN = Frozen("BR-7K3QD", 2, "Cabinet in March", "Owen Officer, Highways", "ab" * 32, ((4, "erased"),), ())


def word(brief=None, items=ITEMS):
    return Document(io.BytesIO(word_file(brief or a_brief(), items)))


def book(brief=None, items=ITEMS):
    return load_workbook(io.BytesIO(excel_file(brief or a_brief(), items)))


def words_of(file) -> str:
    return "\n".join(
        [paragraph.text for paragraph in file.paragraphs]
        + [cell.text for table in file.tables for row in table.rows for cell in row.cells]
    )


# --- Word --------------------------------------------------------------------------------------------------------


def test_a_brief_for_word_has_real_headings_a_title_and_british_english():
    file = word()
    headings = [p.text for p in file.paragraphs if p.style.name == "Heading 1"]
    assert headings == [
        "1. Where", "2. At a glance", "3. What residents say", "4. What councillors and officers know",
        "8. What we do not know", "Sources and licences",
    ]  # fmt: skip
    assert [p.text for p in file.paragraphs if p.style.name == "Title"] == ["What is known about Mill"]
    assert file.core_properties.title == "What is known about Mill"
    assert file.core_properties.language == "en-GB"
    assert file.styles["Normal"].element.rPr.find(qn("w:lang")).get(qn("w:val")) == "en-GB"


def test_every_table_for_word_says_its_header_again_on_each_page():
    file = word()
    assert len(file.tables) == 6
    for table in file.tables:
        assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
        assert all(cell.paragraphs[0].runs[0].bold for cell in table.rows[0].cells)
    assert [cell.text for cell in file.tables[0].rows[1].cells] == ["Mill", "100%", "Carys Mill"]


def test_the_pictures_for_word_are_png_and_say_what_they_show():
    file = word()
    found = [shape._inline for shape in file.inline_shapes]
    assert found[0].docPr.get("descr").startswith("Map of Mill. The place is outlined. 1 issue, 1 asset, 1 note")
    assert "June 2026 6." in found[1].docPr.get("descr")
    images = [part for part in file.part.package.iter_parts() if part.content_type == "image/png"]
    assert len(images) == 2
    assert all(part.blob.startswith(b"\x89PNG") for part in images)


def test_the_references_for_word_lead_to_their_entries():
    links = {r.target_ref for r in word().part.rels.values() if r.reltype == RELATIONSHIP_TYPE.HYPERLINK}
    assert {f"http://localhost/entries/{item.ref}" for item in ITEMS} <= links
    assert any("entries?kind=issue&for=council" in link for link in links)


def test_a_brief_for_word_says_all_that_the_others_say():
    said = words_of(word())
    for words in (NOTE.words, "Minutes of 2019", "Was due for review on 31 January 2026.", "not public"):
        assert words in said
    assert "Not for publication: holds notes at council level" in word().sections[0].header.paragraphs[0].text
    assert "It rests on 1 person." in said
    assert "Quiet: 1 entry" in said or "quiet: 1 entry" in said


def test_odd_letters_do_not_stop_word_or_excel():
    odd = replace(NOTE, title="日本 👍🏽 \x00\x0b\ufffe", words="e\u0301 Ŵŷ\x1f\ud800 " + "a" * 600)
    assert "日本 👍🏽" in words_of(word(a_brief([odd], label="日 <b>&"), [odd]))
    assert "日本" in str(book(a_brief([odd]), [odd])["Entries"]["C2"].value)


def test_a_frozen_brief_for_word_says_its_reference_and_what_is_no_longer_shown():
    kept = replace(ISSUE, number=1, since="Its wording was edited since.", mark="Used")
    said = words_of(word(a_brief([kept], frozen=FROZEN), [kept]))
    for words in (
        "Frozen: BR-7K3QD, version 2",
        "For: Cabinet in March",
        f"BR-7K3QD, version 2 ({'ab' * 6}), 1 July 2026.",
        "1 item is no longer shown: item 4 (erased). Figures stay as they were read.",
        "Its wording was edited since.",
        "Used",
        "item 1",
    ):
        assert words in said, words
    assert "Nobody has named an asset" not in said


def test_a_brief_of_nothing_is_a_file_for_both():
    assert "Nobody has told the council" in words_of(word(a_brief([], level=Level.PUBLIC), []))
    assert book(a_brief([]), [])["Entries"].max_row == 1


# --- Excel -------------------------------------------------------------------------------------------------------


def test_a_brief_for_excel_has_four_sheets_whose_headers_stay_in_sight():
    file = book()
    assert file.sheetnames == ["About", "Figures", "Entries", "Wards"]
    assert {sheet.freeze_panes for sheet in file} == {"A2"}
    assert all(sheet["A1"].font.bold for sheet in file)
    assert all(5 < sheet.column_dimensions["A"].width <= 70 for sheet in file)
    assert file.properties.title == "What is known about Mill"


def test_days_are_days_numbers_are_numbers_and_no_text_is_a_formula():
    formula = replace(ISSUE, ref="WB-44444", title="=HYPERLINK(1)", words="+44 is the code")
    file = book(items=[ISSUE, formula])
    sheet = file["Entries"]
    header = {cell.value: cell.column for cell in sheet[1]}
    told_on = sheet.cell(2, header["told_on"])
    assert (told_on.value.date(), told_on.is_date) == (ISSUE.told_on, True)
    assert sheet.cell(2, header["longitude"]).value == pytest.approx(ISSUE.geometry.x)
    title = sheet.cell(3, header["title"])
    assert (title.value, title.data_type, title.quotePrefix) == ("=HYPERLINK(1)", "s", True)
    assert sheet.cell(3, header["words"]).data_type == "s"
    raw = io.BytesIO(excel_file(a_brief(), [formula]))
    assert not any(cell.data_type == "f" for sheet in load_workbook(raw) for row in sheet.iter_rows() for cell in row)


def test_the_figures_for_excel_are_those_of_the_brief():
    rows = [tuple(cell.value for cell in row) for row in book()["Figures"].iter_rows(min_row=2)]
    assert ("At a glance", "Assets", 1) in rows
    assert ("Contributions by month", "June 2026", 6) in rows


def test_a_frozen_brief_for_excel_says_its_reference_and_what_became_of_each_item():
    kept = replace(ISSUE, number=1, since="Its wording was edited since.", mark="Used")
    file = book(a_brief([kept], frozen=FROZEN), [kept])
    about = {row[0].value: row[1].value for row in file["About"].iter_rows(min_row=2)}
    assert (about["Frozen as"], about["Hash"], about["For"]) == ("BR-7K3QD, version 2", "ab" * 32, "Cabinet in March")
    assert about["Made on"].date() == date(2026, 7, 1)
    assert [cell.value for cell in file["Entries"][2]][-3:] == [1, "Its wording was edited since.", "Used"]
