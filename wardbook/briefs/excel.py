"""A brief for Excel: what it is, its figures, its entries and its wards, each on a sheet of its own."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from wardbook.briefs.document import LATER
from wardbook.briefs.files import ENTRY, entry_row, later, licences, lon_lat
from wardbook.briefs.picture import Brief, Item
from wardbook.clock import day_of
from wardbook.config import settings
from wardbook.exports import FORMULA_BEGINS, for_xml

WIDEST = 70
MOST_LETTERS = 32_000
"""Excel takes 32,767 letters in a cell"""


def excel_file(brief: Brief, items: Sequence[Item]) -> bytes:
    """The same content, to be counted further. A text that looks like a formula stays a text; days are days."""
    book = Workbook()
    book.properties.title, book.properties.creator = for_xml(brief.title), brief.council
    book.properties.language = "en-GB"
    book.properties.created = book.properties.modified = brief.made_at.replace(tzinfo=None)
    book.remove(book.active)
    _sheet(book, "About", ("What", "Value"), _about(brief))
    _sheet(book, "Figures", ("Section", "Figure", "Count"), _figures(brief))
    _sheet(book, "Entries", _entry_header(brief), _entries(brief, items))
    shares = ((ward.code, ward.name, round(ward.share, 4), ", ".join(ward.councillors)) for ward in brief.where.wards)
    _sheet(book, "Wards", ("Code", "Ward", "Share of the place", "Councillors"), shares)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _about(brief: Brief) -> Iterable[tuple[object, ...]]:
    fictional = " (fictional)" if brief.fictional else ""
    yield "Title", brief.title
    yield "Council", f"{brief.council}{fictional}"
    yield "Readers", brief.readers
    yield "Place", brief.words
    yield "Made on", day_of(brief.made_at)
    yield "Hectares", round(brief.where.hectares, 2)
    if brief.where.metres:
        yield "Metres of its edge", round(brief.where.metres)
    if brief.where.left_out:
        yield "Left out", brief.where.left_out
    yield "Entries", brief.total
    if brief.frozen is not None:
        yield "Frozen as", f"{brief.frozen.ref}, version {brief.frozen.number}"
        if brief.frozen.ground:
            yield "Restricted", brief.frozen.restricted_in_words
        yield "For", brief.frozen.purpose
        yield "Frozen by", brief.frozen.signed
        yield "Hash", brief.frozen.hash
        if brief.frozen.withheld:
            yield "Not shown", brief.frozen.withheld_in_words
    yield "Trend", brief.glance.trend_in_words
    yield "Sections", LATER
    yield from _gaps(brief)
    yield from (("Licence", line) for line in licences(brief))
    yield "Address", f"{settings().base_url}/places/{brief.path}"


def _gaps(brief: Brief) -> Iterable[tuple[object, ...]]:
    """Section 8, in the sentences of all other forms."""
    name, gaps = "What we do not know", brief.gaps
    for ward in gaps.wards:
        yield name, f"{ward.name} is {ward.words}."
    for words in (gaps.basis, gaps.missing_in_words, gaps.age_in_words, gaps.voices_in_words):
        if words:
            yield name, words


def _figures(brief: Brief) -> Iterable[tuple[object, ...]]:
    for section, figure in brief.figures():
        yield section, figure.label, figure.count
    for month in brief.residents.months:
        yield "Contributions by month", month.figure.label, month.figure.count


def _entry_header(brief: Brief) -> tuple[str, ...]:
    frozen = ("item", "since", "mark") if brief.frozen else ()
    return (*ENTRY, "longitude", "latitude", *frozen)


def _entries(brief: Brief, items: Sequence[Item]) -> Iterable[tuple[object, ...]]:
    for item in items:
        yield (*entry_row(item), *lon_lat(item.geometry), *later(brief, item))


def _sheet(book: Workbook, name: str, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """A sheet whose first row stays in sight, with columns as wide as what they hold."""
    sheet = book.create_sheet(name)
    sheet.freeze_panes = "A2"
    widths = [len(words) + 2 for words in header]
    for number, row in enumerate((header, *rows), start=1):
        for column, value in enumerate(row, start=1):
            _put(sheet.cell(number, column), value)
            widths[column - 1] = max(widths[column - 1], min(WIDEST, len(str(value or "")) + 2))
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for column, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(column)].width = width
    sheet.auto_filter.ref = sheet.dimensions


def _put(cell: Any, value: object) -> None:
    """A number, a day or a text in a cell: a text is never a formula."""
    if value is None or isinstance(value, bool | int | float | date):
        cell.value = value
        if isinstance(value, date):
            cell.number_format = "yyyy-mm-dd"
        return
    text = for_xml(str(value))[:MOST_LETTERS]
    cell.value, cell.data_type = text, "s"
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    if text.startswith(FORMULA_BEGINS):
        cell.quotePrefix = True
