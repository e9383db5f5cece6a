"""Settings: everything an installation may choose, read from the environment once."""

from __future__ import annotations

import os
import re
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from environs import Env
from flask import Flask, current_app
from pyproj import CRS
from pyproj.exceptions import CRSError
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from wardbook.errors import Refused

PACKAGE = Path(__file__).resolve().parent
DATA = PACKAGE / "_data" if (PACKAGE / "_data").is_dir() else PACKAGE.parent
"""Templates, migrations and the demo borough: inside the wheel, or beside the package in a checkout."""


MOST_EDGE = 1000
MAILBOXES = ("imap", "imaps", "maildir", "mbox")


@dataclass(frozen=True)
class Settings:
    """One installation's choices; the names of the variables are these in capitals after `WARDBOOK_`."""

    home: Path
    database_url: str
    secret_key: str
    council_name: str
    council_code: str
    crs: int
    base_url: str
    mail: str
    mail_from: str
    brand_colour: str
    tiles_url: str
    tiles_attribution: str
    os_licence: str
    ward_type: str
    mapit_types: tuple[tuple[str, str], ...] = ()
    """The words that MapIt's web API has for types of areas, where they are not the usual ones."""
    edge_metres: float = 25.0
    """What is public within so many metres of a ward's edge is shown on the pages of both wards; 0: nothing is"""
    proxies: int = 0
    """How many proxies of the council's own stand before it: from each it takes who asks from"""
    limits: float = 1.0
    """By how much the usual limits are multiplied; 0: nothing is limited"""
    quickest: float = 0.0
    """Seconds under which nobody tells something from beginning to end: what comes faster is doubted; 0: nothing is,
    as on a development server, whose forms are filled in by programs and whose letters never leave"""
    mailbox: str = ""
    """Where contributions by email and letters that come back are read from; empty: nowhere"""

    @property
    def photos(self) -> Path:
        return self.home / "photos"

    @property
    def originals(self) -> Path:
        """What photos were before a part of them was blacked out, until that is destroyed. It leaves with no copy."""
        return self.home / "originals"

    @property
    def backdrop(self) -> Path:
        """A light map of the council's own (GeoJSON), drawn under everything where there is no base map."""
        return self.home / "backdrop.geojson"

    @property
    def embedded(self) -> bool:
        return self.database_url.startswith("sqlite")

    @property
    def fictional(self) -> bool:
        """The demo borough says so on every page and every file."""
        return (self.home / "fictional").exists()


def settings_from_environment() -> Settings:
    """Read `WARDBOOK_...`; makes the home folder (mode 0700) and, where none is given, a secret key kept in it."""
    env = Env(prefix="WARDBOOK_")
    home = Path(env.str("HOME", "./var")).resolve()
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    fictional = (home / "fictional").exists()
    return Settings(
        home=home,
        database_url=_address(env, "DATABASE_URL", f"sqlite:///{home / 'wardbook.sqlite'}", ("sqlite", "postgresql")),
        secret_key=env.str("SECRET_KEY", "") or _kept_secret(home),
        council_name=env.str("COUNCIL_NAME", "Borough of Aldermere" if fictional else "Your council"),
        council_code=env.str("COUNCIL_CODE", ""),
        crs=_system(env.int("CRS", 27700)),
        base_url=env.str("BASE_URL", "http://127.0.0.1:5000").rstrip("/"),
        mail=_address(env, "MAIL", "outbox:", ("outbox", "smtp", "smtps")),
        mail_from=env.str("MAIL_FROM", "wardbook@localhost"),
        brand_colour=env.str("BRAND_COLOUR", "#00573d"),
        tiles_url=env.str("TILES_URL", ""),
        tiles_attribution=env.str("TILES_ATTRIBUTION", ""),
        os_licence=env.str("OS_LICENCE", ""),
        ward_type=env.str("WARD_TYPE", "ward"),
        mapit_types=_types(env.str("MAPIT_TYPES", "")),
        edge_metres=_metres(env.str("EDGE_METRES", "25")),
        proxies=int(_number(env, "PROXIES", "0", 20)),
        limits=_number(env, "LIMITS", "1", 1_000_000),
        quickest=_number(env, "QUICKEST", "0" if env.str("MAIL", "outbox:").startswith("outbox") else "8", 600),
        mailbox=_mailbox(env),
    )


def _number(env: Env, name: str, default: str, most: int) -> float:
    """A number from 0 to the most that makes sense. Raises Refused where it is none."""
    words = env.str(name, default)
    try:
        number = float(words)
    except ValueError:
        number = -1.0
    if not 0 <= number <= most:
        raise Refused(f"WARDBOOK_{name}={words[:20]} is not a number from 0 to {most:,}.")
    return number


def _mailbox(env: Env) -> str:
    """A mailbox that can be read, or nothing. What is refused is not shown: it may hold a password."""
    address = str(env.str("MAILBOX", ""))
    kind, _, path = address.partition(":")
    known = kind in MAILBOXES and bool(path) and (not kind.startswith("imap") or _readable(address))
    if address and not known:
        raise Refused(
            "WARDBOOK_MAILBOX is not an address like imaps://user:password@mail.example.org/INBOX, maildir:/path or "
            "mbox:/path."
        )
    return address


def _types(listed: str) -> tuple[tuple[str, str], ...]:
    """`ward=UTW,authority=UTA` as pairs. Raises Refused where it is written otherwise."""
    pairs = [pair.strip() for pair in listed.split(",") if pair.strip()]
    if not all(re.fullmatch("[a-z-]+=[A-Z0-9]+", pair) for pair in pairs):
        raise Refused(f"WARDBOOK_MAPIT_TYPES={listed[:40]} must be written like ward=UTW,authority=UTA")
    return tuple((word, code) for word, _, code in (pair.partition("=") for pair in pairs))


def _address(env: Env, name: str, default: str, schemes: tuple[str, ...]) -> str:
    """An address with one of these schemes. Raises Refused where it is none."""
    address = str(env.str(name, default))
    scheme = address.partition(":")[0]
    if ":" not in address or scheme.partition("+")[0] not in schemes or not _readable(address):
        wanted = " or ".join(f"{known}:" for known in schemes)
        raise Refused(f"WARDBOOK_{name}={address[:40]} is not an address that begins with {wanted}")
    return address


def _readable(address: str) -> bool:
    try:
        return address.startswith("outbox") or make_url(address) is not None
    except (ArgumentError, ValueError):
        return False


def _metres(words: str) -> float:
    """A distance of no more than a kilometre. Raises Refused where it is none."""
    try:
        metres = float(words)
    except ValueError:
        metres = -1.0
    if not 0 <= metres <= MOST_EDGE:
        raise Refused(f"WARDBOOK_EDGE_METRES={words[:20]} is not a number of metres from 0 to {MOST_EDGE}.")
    return metres


def _system(number: int) -> int:
    """An EPSG number that is known. Raises Refused where it is not."""
    try:
        CRS.from_epsg(number)
    except CRSError:
        raise Refused(f"WARDBOOK_CRS={number} is not a coordinate system that is known.") from None
    return number


def _kept_secret(home: Path) -> str:
    kept = home / "secret_key"
    try:
        with os.fdopen(os.open(kept, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(48))
    except FileExistsError:
        pass
    try:
        secret = kept.read_text().strip()
    except UnicodeDecodeError:
        secret = ""
    if not secret:
        raise Refused(f"The file {kept.name} in WARDBOOK_HOME is empty or damaged: delete it, and a new one is made.")
    return secret


def settings() -> Settings:
    """The settings of the application at work."""
    return cast(Settings, current_app.extensions["wardbook.settings"])


def keep_settings(app: Flask, chosen: Settings) -> None:
    """Give an application its settings."""
    app.extensions["wardbook.settings"] = chosen
