"""How the columns of somebody else's reports become ours: recognised by their usual names, or given in a small YAML."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import yaml
from pyproj import CRS
from pyproj.exceptions import CRSError

from wardbook.clock import LONDON
from wardbook.db import now
from wardbook.entries.kinds import KINDS, Kind, State
from wardbook.errors import Refused

COLUMNS: Final[dict[str, tuple[str, ...]]] = {
    "id": ("reportid", "report_id", "service_request_id", "case_enquiry_id", "enquiry_id", "globalid", "note_id",
           "case_id", "reference", "ref", "id"),
    "title": ("title", "case_title", "summary", "subject_line"),
    "words": ("words", "description", "detail", "details", "comments", "comment", "opening_comment", "text"),
    "category": ("category", "enquiry_category", "service_name", "requesttype", "request_type", "type", "enquiry_type"),
    "state": ("status", "state", "case_status", "approval_status_name"),
    "told": ("created", "requested_datetime", "open_dt", "opened_at", "date_recorded", "requestdate", "confirmed",
             "date"),
    "closed": ("closed", "closed_dt", "closed_at", "closed_datetime"),
    "fixed": ("fixed", "fixed_at"),
    "lat": ("latitude", "lat", "latitude vz"),
    "lon": ("longitude", "long", "lon", "lng", "longitude vz"),
    "easting": ("easting", "eastings", "x"),
    "northing": ("northing", "northings", "y"),
    "photo": ("photo", "photos"),
}  # fmt: skip

FIXMYSTREET: Final[dict[str, State]] = {
    "confirmed": State.RECEIVED,
    "investigating": State.ACKNOWLEDGED,
    "action scheduled": State.PLANNED,
    "in progress": State.IN_PROGRESS,
    "fixed - council": State.FIXED,
    "fixed - user": State.FIXED_BY_RESIDENTS,
    "unable to fix": State.NO_FURTHER_ACTION,
    "not responsible": State.NOT_OURS,
    "internal referral": State.PASSED_ON,
    "duplicate": State.DUPLICATE,
}
STATE_WORDS: Final[dict[str, State]] = FIXMYSTREET | {str(state): state for state in State} | {
    "open": State.RECEIVED,
    "new": State.RECEIVED,
    "resolved": State.FIXED,
    "completed": State.FIXED,
}  # fmt: skip
DATES: Final = ("%Y-%m-%dT%H:%M:%S%z", "%d/%m/%Y %H:%M:%S", "%d/%m/%Y %H:%M", "%d/%m/%Y", "%Y%m%d")
EARLIEST: Final = datetime(1900, 1, 1, tzinfo=UTC)
KEYS: Final = {"kind", "source", "service", "columns", "states", "crs", "dates", "default_category", "default_state"}


@dataclass(frozen=True)
class Mapping:
    """Which column says what, and what its words mean."""

    columns: dict[str, str]
    source: str
    kind: Kind = Kind.ISSUE
    service: str = "unassigned"
    states: dict[str, State] = field(default_factory=lambda: dict(STATE_WORDS))
    crs: int | None = None
    dates: tuple[str, ...] = DATES
    default_category: str = "Uncategorised"
    default_state: State = State.RECEIVED


def mapping_for(columns: Iterable[str], given: Path | None = None) -> Mapping:
    """The mapping of a file with these columns. Raises Refused where the YAML is wrong or a column is not there."""
    names = {name.strip().lower(): name for name in columns if isinstance(name, str)}
    told = _read(given) if given else {}
    recognised = {what: names[name] for what, known in COLUMNS.items() for name in known[::-1] if name in names}
    recognised |= {what: _named(what, name, names) for what, name in (told.get("columns") or {}).items()}
    kind = _word(Kind, told.get("kind", Kind.ISSUE), "kind")
    if kind in (Kind.NOTE, Kind.OFFER):
        raise Refused(
            "Notes are written by councillors and officers, and an offer stands until a day that its author chooses: "
            "neither is imported. Give kind issue, idea, knowledge or asset."
        )
    states = {
        str(word).strip().lower(): _word(State, state, "state") for word, state in (told.get("states") or {}).items()
    }
    for state in [*states.values(), _word(State, told.get("default_state", KINDS[kind].starts), "state")]:
        if state not in KINDS[kind].moves:
            raise Refused(f"The mapping gives the kind {kind} the state '{state}', which it cannot have.")
    return Mapping(
        columns=recognised,
        source=str(told.get("source") or _source(names)),
        kind=kind,
        service=str(told.get("service") or "unassigned"),
        states={word: state for word, state in (STATE_WORDS | states).items() if state in KINDS[kind].moves},
        crs=_crs(told.get("crs")),
        dates=_dates(told.get("dates")),
        default_category=str(told.get("default_category") or "Uncategorised"),
        default_state=_word(State, told.get("default_state", KINDS[kind].starts), "state"),
    )


def _read(path: Path) -> dict[str, Any]:
    if not path.is_file():
        raise Refused(f"The mapping {path.name} cannot be opened: check the path.")
    try:
        told = yaml.safe_load(path.read_text("utf-8"))
    except OSError:
        raise Refused(f"The mapping {path.name} cannot be opened: check the path.") from None
    except (yaml.YAMLError, ValueError, RecursionError):
        raise Refused(f"The mapping {path.name} is not YAML that can be read: check its indents and colons.") from None
    if not isinstance(told, dict) or set(told) - KEYS:
        unknown = ", ".join(sorted(map(str, set(told) - KEYS))) if isinstance(told, dict) else "a list or a word"
        raise Refused(f"The mapping has {unknown}, which is not known: it may have {', '.join(sorted(KEYS))}.")
    for key in ("columns", "states"):
        if not isinstance(told.get(key, {}) or {}, dict):
            raise Refused(f"In the mapping, '{key}' must be pairs: one 'word: word' on each line beneath it.")
    return told


def _named(what: str, name: Any, names: dict[str, str]) -> str:
    if what not in COLUMNS:
        raise Refused(f"The mapping names a column for '{what}': it may name {', '.join(COLUMNS)}.")
    if str(name).strip().lower() not in names:
        raise Refused(f"The file has no column '{name}': it has {', '.join(list(names.values())[:20])}.")
    return names[str(name).strip().lower()]


def _word(words: Any, value: Any, what: str) -> Any:
    try:
        return words(str(value).strip().lower().replace("_", " "))
    except ValueError:
        raise Refused(f"In the mapping, '{value}' is no {what}: choose one of {', '.join(words)}.") from None


def _dates(value: Any) -> tuple[str, ...]:
    forms = [value] if isinstance(value, str) else value or DATES
    if not isinstance(forms, list | tuple) or not all(isinstance(form, str) for form in forms):
        raise Refused("In the mapping, 'dates' must be one form of a date or a list of them, like %d/%m/%Y.")
    return tuple(forms)


def _crs(value: Any) -> int | None:
    if value is None:
        return None
    digits = str(value).upper().removeprefix("EPSG:")
    if not digits.isdecimal():
        raise Refused(f"In the mapping, crs '{value}' is not a system: write it like EPSG:27700.")
    try:
        CRS.from_epsg(int(digits))
    except CRSError:
        raise Refused(f"In the mapping, crs '{value}' is not a system that is known: check the number.") from None
    return int(digits)


def _source(names: dict[str, str]) -> str:
    """What to call where rows come from, the same for every export of one system."""
    if {"reportid", "siteused"} <= names.keys():
        return "fixmystreet"
    return "columns-" + hashlib.sha256("\n".join(sorted(names)).encode()).hexdigest()[:8]


def date_reader(values: Iterable[str], formats: tuple[str, ...]) -> Any:
    """A function that reads the dates of one column: with the first format that reads all of them.

    So 01/02/2019 is never taken for January in one row and for February in the next. A date without a zone is London's.
    """
    sample = [value for value in values if value]
    for form in formats:
        if all(_date(value, form) for value in sample):
            return lambda value: _date(value, form)
    best = max(formats, key=lambda form: sum(_date(value, form) is not None for value in sample), default=formats[0])
    return lambda value: _date(value, best)


def _date(value: str, form: str) -> datetime | None:
    try:
        if form == DATES[0]:
            iso = value.replace("/", "-") if value[4:5] == "/" else value
            found = datetime.fromisoformat(iso + ":00" if iso[-3:-2] in "+" and len(iso) > 16 else iso)
        else:
            found = datetime.strptime(value, form)
        there = found if found.tzinfo else found.replace(tzinfo=LONDON)
        moment = there.astimezone(UTC).replace(microsecond=0)
    except (ValueError, OverflowError):
        return None
    return moment if EARLIEST <= moment <= now() + timedelta(days=1) else None
