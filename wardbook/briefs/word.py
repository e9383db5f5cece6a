"""A brief for Word: real headings and styles, so that an officer can take it over into a report."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from typing import Any

import typst
from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

from wardbook.briefs.document import document
from wardbook.briefs.paper import fonts, printable
from wardbook.briefs.picture import Brief, Item
from wardbook.briefs.surroundings import surroundings
from wardbook.exports import for_xml

LANGUAGE = "en-GB"
WIDTH = Cm(16.5)
SHEET = b"""#set page(width: 170mm, height: auto, margin: 0mm)
#set text(font: ("Atkinson Hyperlegible Next", "Noto Sans"))
#image(bytes(sys.inputs.drawing), format: "svg", width: 100%)"""
Told = dict[str, Any]


def word_file(brief: Brief, items: Sequence[Item]) -> bytes:
    """The same content as the PDF, section for section."""
    told = document(brief, items, surroundings(brief.where))
    file = Document()
    _about(file, brief, told)
    _head(file, told)
    _where(file, told["where"])
    _glance(file, told["glance"])
    _residents(file, told["residents"])
    _known(file, told["known"])
    _gaps(file, told)
    file.add_heading("Sources and licences", 1)
    for source in told["sources"]:
        _linked(file.add_paragraph(f"{source['name']}: {source['said']} "), source["url"], source["url"])
    out = io.BytesIO()
    file.save(out)
    return out.getvalue()


# --- the file ----------------------------------------------------------------------------------------------------


def _about(file: Any, brief: Brief, told: Told) -> None:
    """Title, author and language, in the places where Word and a screen reader look for them; the page is A4."""
    core = file.core_properties
    core.title, core.author = for_xml(told["title"])[:255], told["council"]
    core.language, core.comments = LANGUAGE, told["made"]
    core.created = core.modified = brief.made_at.replace(tzinfo=None)
    base = file.styles["Normal"]
    base.font.name, base.font.size = "Arial", Pt(11)
    language = base.element.get_or_add_rPr().makeelement(qn("w:lang"), {qn("w:val"): LANGUAGE})
    base.element.get_or_add_rPr().append(language)
    for name in ("Title", "Heading 1", "Heading 2", "Heading 3"):
        style = file.styles[name]
        style.font.name, style.font.color.rgb = "Arial", RGBColor.from_string(told["accent"].removeprefix("#"))
        style.element.rPr.rFonts.attrib.clear()
        style.element.rPr.rFonts.set(qn("w:ascii"), "Arial")
        style.element.rPr.rFonts.set(qn("w:hAnsi"), "Arial")
    section = file.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.2)
    section.header.paragraphs[0].text = told["mark"]
    kept = told["frozen"]["name"] if told["frozen"] else ""
    section.footer.paragraphs[0].text = " · ".join(
        words for words in (told["council"], told["readers"], kept, told["made_on"], told["fictional"]) if words
    )


def _head(file: Any, told: Told) -> None:
    file.add_paragraph(told["council"]).runs[0].bold = True
    file.add_heading(for_xml(told["title"]), 0)
    frozen = told["frozen"]
    if frozen:
        file.add_paragraph(f"Frozen: {frozen['name']}").runs[0].bold = True
    _bold(file, f"{told['readers']}. {told['mark']}{'. ' if told['mark'] else ''}{told['made']}")
    for words in frozen["facts"] if frozen else []:
        file.add_paragraph(for_xml(words))
    if frozen and frozen["withheld"]:
        _bold(file, frozen["withheld"])


# --- sections ----------------------------------------------------------------------------------------------------


def _where(file: Any, where: Told) -> None:
    file.add_heading("1. Where", 1)
    _picture(file, where["map"], "Map", where["alt"])
    for words in (where["licence"], where["size"]):
        if words:
            file.add_paragraph(words)
    if where["wards"]:
        file.add_heading(where["touched"], 2)
        _table(file, ["Ward", "Share of the place", "Councillors today"], where["wards"], right={1})
    else:
        file.add_paragraph(where["no_wards"])
    for words in where["sets"]:
        file.add_paragraph(words)


def _glance(file: Any, glance: Told) -> None:
    file.add_heading("2. At a glance", 1)
    file.add_heading("What is strong here", 2)
    _items(file, glance["assets"], glance["no_assets"])
    if glance["more_assets"]:
        file.add_paragraph(f"In all {glance['more_assets']['count']} assets.")
    file.add_heading("In figures", 2)
    _table(file, ["Figure", "Count"], [[for_xml(row["label"]), row] for row in glance["figures"]], right={1})
    file.add_paragraph(glance["trend"])
    if glance["bars"]:
        _picture(file, glance["bars"], "Contributions by month", glance["bars_alt"])
    file.add_heading("The strongest themes", 2)
    for theme in glance["themes"]:
        said = f"{theme['theme']}: {theme['count']} {theme['label']} ({theme['voices']})"
        file.add_paragraph(for_xml(said), style="List Number")
    if not glance["themes"]:
        file.add_paragraph(glance["no_themes"])
    file.add_heading("To mind: sensitivities and promises", 2)
    _items(file, glance["to_mind"], glance["no_to_mind"])


def _residents(file: Any, said: Told) -> None:
    file.add_heading("3. What residents say", 1)
    if not said["recent"]:
        file.add_paragraph(said["nobody"])
        return
    _table(file, ["Kind", "Count"], [[row["label"], row] for row in said["kinds"]], right={1})
    for table in said["tables"]:
        file.add_heading(table["title"], 2)
        rows = [[row["label"], row["service"], *row["counts"]] for row in table["rows"]]
        _table(file, ["Category", "Service", "All", *table["ways"]], rows, right={2, 3, 4})
    file.add_heading("Most recent", 2)
    _items(file, said["recent"], "")
    file.add_heading("Unresolved longest", 2)
    if said["longest"]:
        rows = [[what, {"count": ref, "url": url}, *rest] for what, ref, url, *rest in said["longest"]]
        _table(file, ["What", "Reference", "Category", "Told on", "Days open"], rows, right={4})
    else:
        file.add_paragraph(said["no_longest"])


def _known(file: Any, known: Told) -> None:
    file.add_heading("4. What councillors and officers know", 1)
    if known["overdue"]:
        _bold(file, known["overdue"])
    for topic in known["topics"]:
        file.add_heading(f"{topic['label']} ({topic['count']})", 2)
        for beside in topic["sets"]:
            if len(beside) > 1:
                _bold(file, "Seen differently: neither view stands above the other.")
            _items(file, beside, "")
    if not known["topics"]:
        file.add_paragraph(known["nobody"])


def _gaps(file: Any, told: Told) -> None:
    gaps = told["gaps"]
    file.add_paragraph(told["later"])
    file.add_heading("8. What we do not know", 1)
    if gaps["wards"]:
        file.add_heading("Wards from which little is heard", 2)
        _table(file, ["Ward", "What is heard"], gaps["wards"])
    for words in (*([] if gaps["wards"] else [gaps["no_wards"]]), gaps["basis"], *gaps["facts"]):
        if words:
            file.add_paragraph(for_xml(words))
    file.add_heading("Notes past their review date", 2)
    _items(file, gaps["overdue"], gaps["no_overdue"])


# --- one thing ---------------------------------------------------------------------------------------------------


def _bold(file: Any, words: str) -> None:
    file.add_paragraph().add_run(for_xml(words)).bold = True


def _items(file: Any, items: Iterable[Told], nothing: str) -> None:
    listed = list(items)
    for item in listed:
        file.add_heading(for_xml(item["title"]), 3)
        for words in (*item["paragraphs"], item["cites"]):
            if words:
                file.add_paragraph(for_xml(words))
        for words in (item["overdue"], *item["since"]):
            if words:
                _bold(file, words)
        facts = file.add_paragraph(for_xml(" · ".join([*item["facts"], ""])))
        _linked(facts, item["ref"], item["url"])
    if not listed and nothing:
        file.add_paragraph(nothing)


def _linked(paragraph: Any, words: str, address: str) -> None:
    """A link at the end of a paragraph; nothing without an address."""
    if not address:
        return
    link, run, text = OxmlElement("w:hyperlink"), OxmlElement("w:r"), OxmlElement("w:t")
    link.set(qn("r:id"), paragraph.part.relate_to(address, RELATIONSHIP_TYPE.HYPERLINK, is_external=True))
    look, line = OxmlElement("w:rPr"), OxmlElement("w:u")
    line.set(qn("w:val"), "single")
    look.append(line)
    text.text = for_xml(words)
    run.append(look)
    run.append(text)
    link.append(run)
    paragraph._p.append(link)


def _picture(file: Any, drawing: str, name: str, alt: str) -> None:
    """A drawing as a picture with what it shows in words."""
    png = typst.compile(
        SHEET, format="png", ppi=220, font_paths=fonts(), sys_inputs={"drawing": printable(str(drawing))}
    )
    shown = file.add_picture(io.BytesIO(png), width=WIDTH)
    shown._inline.docPr.set("name", name)
    shown._inline.docPr.set("descr", for_xml(alt))


def _table(file: Any, header: Sequence[str], rows: Sequence[Sequence[Any]], right: Iterable[int] = ()) -> None:
    """A table whose first row is its header, said again on each page. A cell with an address is a link."""
    table = file.add_table(rows=1, cols=len(header), style="Table Grid")
    repeated = OxmlElement("w:tblHeader")
    repeated.set(qn("w:val"), "true")
    table.rows[0]._tr.get_or_add_trPr().append(repeated)
    for cell, words in zip(table.rows[0].cells, header, strict=True):
        cell.paragraphs[0].add_run(words).bold = True
    for row in rows:
        for cell, value in zip(table.add_row().cells, row, strict=True):
            if isinstance(value, dict):
                _linked(cell.paragraphs[0], value["count"], value["url"])
            else:
                cell.paragraphs[0].add_run(for_xml(str(value)))
    for column in right:
        for row in table.rows:
            row.cells[column].paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.RIGHT
    file.add_paragraph()
