"""Looking at an installation: what is there, what is missing, what would help."""

from __future__ import annotations

import stat
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pyproj.transformer import TransformerGroup
from sqlalchemy import func, select, text
from sqlalchemy.engine import make_url

from wardbook import clock, geo, store
from wardbook.administration import queries as jobs
from wardbook.areas import queries as areas
from wardbook.config import Settings, settings
from wardbook.db import db
from wardbook.entries import queries as entries
from wardbook.incoming import fetching
from wardbook.people import queries as people
from wardbook.people.models import Person
from wardbook.places.gazetteer import GazetteerName


@dataclass(frozen=True)
class Finding:
    """One thing looked at: whether it is as it should be, and in words what to do where it is not."""

    good: bool
    words: str


def findings() -> list[Finding]:
    """Everything that is looked at."""
    return list(_look(settings()))


def _look(chosen: Settings) -> Iterator[Finding]:
    ready = store.is_ready()
    yield Finding(ready, "The store is at this version." if ready else "Run 'wardbook init': the store is not ready.")
    if chosen.embedded:
        yield _file_mode(Path(make_url(chosen.database_url).database or ""))
    elif ready:
        yield from _database()
    if ready:
        wards = len(areas.wards())
        none = "No wards are in force today: 'wardbook boundaries import FILE --set NAME --type ward'."
        yield Finding(wards > 0, f"{wards} wards are in force today." if wards else none)
        yield from _councillors()
        yield _names()
        categories = len(entries.categories())
        none = "Nobody can tell the council anything yet: categories come with 'wardbook entries import FILE'."
        said = "1 category" if categories == 1 else f"{categories:,} categories"
        yield Finding(categories > 0, f"{said} to tell things under." if categories else none)
        yield from _jobs()
    yield _ground(chosen)
    yield _brand(chosen.brand_colour)
    yield from _grid()
    if ready:
        yield from _incoming(chosen)
    if chosen.mail.startswith("outbox"):
        yield Finding(True, "Mail stays in the outbox page: for a real service set WARDBOOK_MAIL=smtp://...")


def _councillors() -> Iterator[Finding]:
    terms = people.councillors_of_no_ward()
    if terms:
        who = ", ".join(f"{term.person.name or term.person.email} ({term.ward_code})" for term in terms[:10])
        yield Finding(False, f"Councillors of wards that are not in force, who represent nobody: {who}.")


def _names() -> Finding:
    number = db.session.scalar(select(func.count()).select_from(GazetteerName)) or 0
    none = "No street is found by its name: 'wardbook gazetteer import FILE', with OS Open Names for example."
    return Finding(True, f"{number:,} names of streets and places are found." if number else none)


def _jobs() -> Iterator[Finding]:
    """Mail, files and photos are made by a worker: whether one is at it."""
    stuck, given_up = jobs.stuck(), jobs.counts()[jobs.Stage.GIVEN_UP]
    if stuck:
        yield Finding(
            False, f"{stuck:,} things to do have been due for more than ten minutes: is 'wardbook worker' running?"
        )
    if given_up:
        yield Finding(False, f"{given_up:,} things to do were given up: an administrator sees them at /admin/jobs.")
    if not stuck and not given_up:
        yield Finding(True, "Nothing waits for long to be done.")


def _incoming(chosen: Settings) -> Iterator[Finding]:
    """Whether contributions by email are read, and letters that come back."""
    if not chosen.mailbox:
        yield Finding(True, "No mailbox is read: for contributions by email set WARDBOOK_MAILBOX=imaps://...")
        return
    last = fetching.last_read_at()
    when = f"was last read on {clock.moment_in_words(last)}" if last else "has never been read"
    if fetching.is_late():
        yield Finding(False, f"The mailbox {when}: /admin/jobs says why, or 'wardbook worker' is not running.")
    else:
        yield Finding(True, f"The mailbox {when}.")


def _ground(chosen: Settings) -> Finding:
    if chosen.tiles_url or chosen.backdrop.exists():
        return Finding(True, "Maps have a ground to find one's way by.")
    return Finding(True, "Maps show wards alone, no streets: set WARDBOOK_TILES_URL for a base map.")


def _file_mode(path: Path) -> Finding:
    mode = stat.S_IMODE(path.stat().st_mode)
    return Finding(
        mode == 0o600, f"The store's file has mode {mode:04o}" + ("." if mode == 0o600 else ": chmod 600 it.")
    )


def _database() -> Iterator[Finding]:
    read = db.session.scalar(select(func.has_table_privilege("public", Person.__tablename__, "SELECT")))
    close = "Everybody on the server can read the store: REVOKE SELECT ON ALL TABLES IN SCHEMA public FROM PUBLIC."
    yield Finding(not read, close if read else "The database's tables are its owner's.")
    order = db.session.scalar(text("SELECT datcollate FROM pg_database WHERE datname = current_database()"))
    same = f"Names are put in the order of {order}: the embedded store's is C.UTF-8."
    yield Finding(True, same)


OSTN15 = "uk_os_OSTN15_NTv2_OSGBtoETRS"
"""PROJ's file of Ordnance Survey's transformation; its wheels come without it."""


def _grid() -> Iterator[Finding]:
    """How well the British grid is met: points by a library that is always here, shapes of files by PROJ's own grid.

    Without PROJ's grid nothing fails, so it is told and is no fault; what is lost is said.
    """
    easting, northing = geo.to_grid(-2.36, 51.38)
    exact = abs(easting - 375_041.622) < 0.1 and abs(northing - 164_611.882) < 0.1
    points = "Points on the British grid use OSTN15, to a few centimetres, by way of convertbng."
    yield Finding(exact, points if exact else "Points on the British grid are off: install 'convertbng' again.")
    if proj_has_ostn15():
        yield Finding(True, "Shapes of files in EPSG:27700 use OSTN15: PROJ's grid is installed.")
    else:
        yield Finding(
            True,
            "Shapes of files in EPSG:27700 may lie up to 4 m off (2 m in most of England): PROJ's grid "
            f"{OSTN15} is not installed. Fetch it with 'projsync --file uk_os_OSTN15'.",
        )


def proj_has_ostn15() -> bool:
    """Whether PROJ can use its own grid for the British grid: the file is there, or PROJ may fetch it."""
    with warnings.catch_warnings(action="ignore"):  # that it is missing is what is asked
        return bool(TransformerGroup(geo.BRITISH_GRID, geo.WGS84, always_xy=True).best_available)


def _brand(colour: str) -> Finding:
    ratio = contrast_with_white(colour)
    if ratio is None:
        return Finding(False, f"WARDBOOK_BRAND_COLOUR={colour} is no colour: write it like #00573d.")
    if ratio < 4.5:
        return Finding(
            False, f"White words on {colour} have a contrast of {ratio:.1f} to 1: choose a darker colour (4.5)."
        )
    return Finding(True, f"White words on {colour} have a contrast of {ratio:.1f} to 1.")


def contrast_with_white(colour: str) -> float | None:
    """WCAG 2.2's contrast ratio of white on a colour like #00573d; None where it is no such colour."""
    digits = colour.removeprefix("#")
    if len(digits) != 6 or any(sign not in "0123456789abcdefABCDEF" for sign in digits):
        return None
    parts = [int(digits[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)
