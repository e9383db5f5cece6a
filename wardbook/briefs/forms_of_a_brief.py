"""The files a brief can be had as, by the suffix of its address; one content, many forms."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from wardbook import geo
from wardbook.briefs import files, paper
from wardbook.briefs.picture import Brief, Item


def in_words(brief: Brief) -> str:
    """The least that can be said of it, for a terminal."""
    wards = ", ".join(f"{ward.name} ({geo.percent(ward.share)})" for ward in brief.where.wards) or "no ward"
    lines = [
        brief.title,
        f"{brief.readers}. In {wards}: {brief.where.how_large}",
        f"{brief.total} entries.",
    ]
    lines += [f"{figure.label}: {figure.count}" for figure in brief.glance.headlines]
    return "\n".join([*lines, brief.glance.trend_in_words])


def _geopackage(made: Brief, items: Sequence[Item]) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "brief.gpkg"
        files.geopackage(made, items, target)
        return target.read_bytes()


def _word(made: Brief, items: Sequence[Item]) -> bytes:
    from wardbook.briefs.word import word_file

    return word_file(made, items)


def _excel(made: Brief, items: Sequence[Item]) -> bytes:
    from wardbook.briefs.excel import excel_file

    return excel_file(made, items)


OFFICE = "application/vnd.openxmlformats-officedocument"
FORMS: dict[str, Callable[[Brief, Sequence[Item]], tuple[bytes, str]]] = {
    "pdf": lambda made, items: (paper.pdf(made, items), "application/pdf"),
    "docx": lambda made, items: (_word(made, items), f"{OFFICE}.wordprocessingml.document"),
    "xlsx": lambda made, items: (_excel(made, items), f"{OFFICE}.spreadsheetml.sheet"),
    "gpkg": lambda made, items: (_geopackage(made, items), "application/geopackage+sqlite3"),
    "csv": lambda made, items: (files.csv_file(made, items), "text/csv"),
    "json": lambda made, items: (files.json_file(made, items), "application/json"),
}
