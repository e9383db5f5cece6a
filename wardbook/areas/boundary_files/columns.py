"""Recognising columns: which of a boundary file's columns holds the code, the name and the name in Welsh."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from wardbook.areas.boundary_files.archives import in_words
from wardbook.errors import Refused

Cells = Sequence[str]


@dataclass(frozen=True)
class Family:
    """What the columns of one kind of area are called: whole names, small letters, the surest first."""

    codes: tuple[str, ...]
    names: tuple[str, ...]


SMALL_AREA: Final = "lsoa|msoa|oa|dz|iz|soa|sdz|ced|wpc|pcon|nawc|spc|spr|gla|lac"
AUTHORITY: Final = "lad|ltla|utla|ctyua|cty|lgd|ca|cauth|rgn|ctry|cal|lpa|pfa|fra|npark"
ANY: Final = Family(
    (r"gss_?(code|cd|id)?", r"ons_?(code|cd|gss)", "code", r"area_?(code|cd)", r"geo(graphy)?_?(code|cd)"),
    ("name", r"area_?(name|nm)", r"geo(graphy)?_?(name|nm)"),
)
LAST_NAMES: Final = ("ward", "parish", "district", "title", "label")
FAMILIES: Final = (
    Family((r"polling_di\w*", r"pd_?(code|ref|id)", r"pollingdis\w*"), (r"district_n\w*", r"pd_?name")),
    Family((r"wd\d\dcd", r"wa?r?d_?(code|cd|gss|gss_?code|id|ref)", "wc"), (r"wd\d\dnm", r"wa?r?d_?(name|nm)")),
    Family((r"par(ncp)?\d\dcd", r"parish_?(code|cd)"), (r"par(ncp)?\d\dnm", r"parish_?(name|nm)")),
    Family((rf"({SMALL_AREA})\d\dcd",), (rf"({SMALL_AREA})\d\dnm",)),
    ANY,
    Family((rf"({AUTHORITY})\d\dcd", r"(council|authority|la|lad)_?(code|cd)"),
           (rf"({AUTHORITY})\d\dnm", r"(council|authority|la|lad)_?(name|nm)")),
)  # fmt: skip
IN_WELSH: Final = ("{}w", "{}_w", "{}_cy", "{}_welsh", "welsh_{}", "{}cy")


@dataclass(frozen=True)
class Recognised:
    """Column names as the file writes them; `code` is None where areas have names alone.

    `fuller_...` are the columns that could stand in where those have blank cells: other words in every row.
    """

    code: str | None
    name: str
    in_welsh: str | None
    fuller_code: str | None = None
    fuller_name: str | None = None


def recognise(columns: Mapping[str, Cells], *, code: str | None, name: str | None, title: str) -> Recognised:
    """The columns asked for, else the best the file has: those of its finest kind of area, code and name alike.

    So an authority's code is never taken for its wards'. A column that is blank throughout is as good as not there,
    unless it is asked for: then it is refused. An object in a column gives dotted ones (`codes.gss`).
    """
    code = None if code is None else _asked(columns, code, "code", title)
    name = None if name is None else _asked(columns, name, "name", title)
    filled = {column: cells for column, cells in columns.items() if any(cells)}
    family = _family(filled)
    found_code = code or _first(filled, (*family.codes, *ANY.codes), nested=True)
    found_name = name or _name(filled, family, found_code)
    if found_name is None:
        raise Refused(_none_found(columns, title), field="name")
    full = {column: cells for column, cells in filled.items() if all(cells) and len(set(cells)) == len(cells)}
    fuller_code = _first(full, tuple(pattern for kind in FAMILIES for pattern in kind.codes), nested=True)
    fuller_name = _first(full, tuple(pattern for kind in FAMILIES for pattern in kind.names))
    stand_in = found_code if found_code in full else fuller_code
    return Recognised(found_code, found_name, _welsh(filled, found_name), fuller_code, fuller_name or stand_in)


def _family(filled: Mapping[str, Cells]) -> Family:
    """The finest kind of area that any column speaks of; those within objects only where no other column does."""
    own = any(_first(filled, (*kind.codes, *kind.names, *LAST_NAMES)) for kind in FAMILIES)
    return next((kind for kind in FAMILIES if _first(filled, (*kind.codes, *kind.names), nested=not own)), ANY)


def _name(filled: Mapping[str, Cells], family: Family, code: str | None) -> str | None:
    """The column of names: one of the areas' own, else one in the object that holds the code, or in the only one."""
    own = _first(filled, (*family.names, *ANY.names, *LAST_NAMES))
    if own is not None or (code is not None and "." not in code):
        return own
    beside = code.partition(".")[0] if code else None
    within = {column: cells for column, cells in filled.items() if beside in (None, column.partition(".")[0])}
    objects = {column.partition(".")[0] for column in within if "." in column}
    return _first(within, (*family.names, *ANY.names), nested=True) if len(objects) == 1 else None


def _first(filled: Mapping[str, Cells], patterns: tuple[str, ...], *, nested: bool = False) -> str | None:
    """The column that fits the surest pattern; of several years the newest. Names inside objects are others' names.

    Of those inside objects the one that tells most rows apart: a ward's code lies beside its council's.
    """
    for pattern in patterns:
        fits = [column for column in filled if re.fullmatch(pattern, _word(column, nested=nested))]
        if fits:
            return max(fits, key=lambda column: (len(set(filled[column])) if "." in column else 0, _year(column)))
    return None


def _word(column: str, *, nested: bool) -> str:
    word = column.rpartition(".")[2] if nested else column
    return re.sub(r"[\s-]+", "_", word.strip().casefold())


def _year(column: str) -> str:
    found = re.search(r"\d\d", column)
    return found.group() if found else ""


def _asked(columns: Mapping[str, Cells], asked: str, role: str, title: str) -> str:
    found = next((column for column in columns if column.casefold() == asked.strip().casefold()), None)
    if found is None:
        raise Refused(f"{title} has no column {asked}: it has {_listed(columns)}.", field=role)
    if not any(columns[found]):
        raise Refused(f"The column {found} of {title} is blank in every row: give another with --{role}.", field=role)
    return found


def _none_found(columns: Mapping[str, Cells], title: str) -> str:
    if not columns:
        return (
            f"{title} has shapes but no columns, so nothing says what its areas are called: export it with their names."
        )
    return f"{title} has no column known to hold names, only {_listed(columns)}: say which does with --name."


def _listed(columns: Mapping[str, Cells]) -> str:
    names = list(columns)
    return in_words(names) if len(names) <= 20 else f"{', '.join(names[:20])} and {len(names) - 20} more"


def _welsh(filled: Mapping[str, Cells], name: str) -> str | None:
    wanted = {form.format(name.casefold()) for form in IN_WELSH}
    return next((column for column in filled if column.casefold() in wanted), None)
