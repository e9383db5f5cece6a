"""Codes and names: every row has those it needs, and they are ones that an address and a page can show."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Final

from wardbook.areas.boundary_files.archives import one_of
from wardbook.areas.boundary_files.columns import Recognised
from wardbook.areas.boundary_files.formats import Table
from wardbook.areas.boundary_files.leaving_out import way_to_leave_out
from wardbook.areas.boundary_files.repairs import and_others
from wardbook.errors import Refused

CODE: Final = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._ -]{0,48}[A-Za-z0-9._-])?")
"""What can stand in the address of a ward's page as it is, or with its blanks escaped."""
LONGEST_NAME: Final = 200
ASCII: Final = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ß": "ss", "ı": "i"}
)


def slug(name: str) -> str:
    """A name as lower-case ascii words joined by `-`, for an area without a code: `St. Mary's & Ynys Môn` is
    `st-marys-and-ynys-mon`. A name in another script gives "".
    """
    plain = name.casefold().translate(ASCII).replace("&", " and ")
    plain = unicodedata.normalize("NFKD", re.sub("['’‘ʼ]", "", plain)).encode("ascii", "ignore").decode()
    return "-".join(re.findall("[a-z0-9]+", plain))


def codes_and_names(table: Table, columns: Recognised) -> tuple[Sequence[str], Sequence[str], Sequence[str]]:
    """The code ("" where there is none), the name and the Welsh name of each row. Raises Refused for the first row
    that lacks one or has one that cannot be shown.
    """
    none = [""] * len(table.shapes)
    codes = table.columns[columns.code] if columns.code else none
    names = table.columns[columns.name]
    welsh = table.columns[columns.in_welsh] if columns.in_welsh else none
    _require_codes(table, columns, codes, names)
    _require_names(table, columns, codes, names)
    for row, code, *called in zip(table.numbers, codes, names, welsh, strict=True):
        _require_code(row, code, called[0])
        _require_showable(row, called)
    return codes, names, welsh


def row_label(row: int, name: str, code: str) -> str:
    return f"Row {row} ({name}, {code})" if code else f"Row {row} ({name})"


def _require_codes(table: Table, columns: Recognised, codes: Sequence[str], names: Sequence[str]) -> None:
    if not columns.code or not (blank := _blank(codes)):
        return
    labels = [f"Row {row}" for row in table.numbers]
    nameless = f" and no name in the column {columns.name}" if not names[blank[0]] else ""
    raise Refused(
        f"{labels[blank[0]]} has no code in the column {columns.code}{nameless}{and_others(labels, blank)}: "
        f"{_cure(table, blank, columns.fuller_code, 'code')}",
        field="code",
    )


def _require_names(table: Table, columns: Recognised, codes: Sequence[str], names: Sequence[str]) -> None:
    if not (blank := _blank(names)):
        return
    labels = [f"Row {row} ({code})" if code else f"Row {row}" for row, code in zip(table.numbers, codes, strict=True)]
    raise Refused(
        f"{labels[blank[0]]} has no name in the column {columns.name}{and_others(labels, blank)}: "
        f"{_cure(table, blank, columns.fuller_name, 'name')}",
        field="name",
    )


def _blank(cells: Sequence[str]) -> list[int]:
    return [place for place, cell in enumerate(cells) if cell == ""]


def _cure(table: Table, blank: Sequence[int], fuller: str | None, role: str) -> str:
    fill = f"fill {'it' if len(blank) == 1 else 'them'} in"
    other = f"give another column with --{role}"
    if fuller:
        other = f"take the column {fuller}, which has one in every row, with --{role} {fuller}"
    return f"{one_of([fill, way_to_leave_out(table, blank), other])}."


def _require_code(row: int, code: str, name: str) -> None:
    if code and not CODE.fullmatch(code):
        raise Refused(
            f"Row {row} ({_short(name)}) has the code {_short(code)}, and a code is at most 50 letters from A to Z, "
            "digits, dots, hyphens, underscores and single spaces: correct it, or give another column with --code.",
            field="code",
        )


def _require_showable(row: int, names: Sequence[str]) -> None:
    for name in names:
        if len(name) > LONGEST_NAME:
            raise Refused(
                f"Row {row} ({_short(name)}) has a name of {len(name):,} characters, and a name has at most "
                f"{LONGEST_NAME}: shorten it, or give another column with --name.",
                field="name",
            )
        if odd := next((sign for sign in name if unicodedata.category(sign) == "Cc"), None):
            raise Refused(
                f"Row {row} ({_short(name)}) has the control character U+{ord(odd):04X} in its name, as if its words "
                "had been read in the wrong encoding: export the file again in UTF-8.",
                field="name",
            )


def _short(words: str) -> str:
    """So much of it as a sentence can bear, without what cannot be seen."""
    seen = "".join(sign if sign.isprintable() else "\ufffd" for sign in words)
    return seen if len(seen) <= 40 else f"{seen[:39]}…"
