"""How often one person, or one network, may do a thing: counted in the store, so that all workers count together."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address, ip_network
from threading import Lock
from typing import Any

from flask import Flask, request
from sqlalchemy import case, delete, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, mapped_column
from werkzeug.exceptions import TooManyRequests
from werkzeug.middleware.proxy_fix import ProxyFix

from wardbook import jobs
from wardbook.clock import today
from wardbook.config import settings
from wardbook.db import Base, db, intend_to_write, is_writing, now, transaction

HANDFUL = 20
"""Reads are written down by so many, so that most of them write nothing; a limit of theirs is kept to within that."""
MOST_IN_MEMORY = 10_000
LONGEST = timedelta(days=1)
KEPT = "Nothing is lost: what you typed on the pages before is kept for a day."


@dataclass(frozen=True)
class Limit:
    """How often within some minutes of the first time: for somebody who is signed in, else for their whole network."""

    what: str
    person: int
    network: int
    minutes: int = 60


BEGINNING = Limit("begin to tell", 60, 200)
SENDING = Limit("send", 20, 60)
SUPPORTING = Limit("support", 60, 100)
FOLLOWING = Limit("follow", 60, 60)
DRAWING = Limit("keep a place", 60, 120)
SEARCHING = Limit("search", 1200, 3000)
LIMITS = {
    "contribute.start": BEGINNING,
    "contribute.on_the_map": BEGINNING,
    "contribute.in_ward": BEGINNING,
    "contribute.in_place": BEGINNING,
    "contribute.at_name": BEGINNING,
    "contribute.in_words": BEGINNING,
    "contribute.photo_first": BEGINNING,
    "contribute.photos": Limit("add photos", 60, 200),
    "contribute.check": SENDING,
    "contribute.address": SENDING,
    "people.signing_in": Limit("ask for a link", 20, 40),
    "people.code": Limit("enter a code", 20, 60),
    "contribute.mine": SUPPORTING,
    "speaking_up.support_it": SUPPORTING,
    "follows.new": FOLLOWING,
    "follows.near": FOLLOWING,
    "asking.report_it": Limit("report", 20, 40),
    "asking.appeal": Limit("appeal", 20, 40),
    "places.new": DRAWING,
    "files.new": Limit("have a file made", 60, 60),
}
"""By the endpoint to which something is posted. `/mapit/`, which other software asks, is nowhere limited."""
LIMITED_READS = {"searching.results": SEARCHING, "finding.find_place": SEARCHING}
PASSWORD = Limit("try a password", 10, 30)
"""Of wrong ones: for an account from one network, and from a network, on which a whole office may be"""
MOST_FOR_AN_ACCOUNT = 100
"""Of wrong ones from wherever: so many that nobody shuts another's account with a few"""


class LimitCount(Base):
    """How often something was done since it was first done. `who` is `person 12`, or a hash that nobody can undo."""

    __tablename__ = "limit_count"

    what: Mapped[str] = mapped_column(primary_key=True)
    who: Mapped[str] = mapped_column(primary_key=True)
    began_at: Mapped[datetime] = mapped_column(index=True)
    number: Mapped[int]


class TooMany(TooManyRequests):
    """Raised where a limit is reached: 429, in words, with when to try again."""

    def __init__(self, seconds: int, otherwise: str = "") -> None:
        minutes = max(1, -(-seconds // 60))
        wait = "a minute" if minutes == 1 else f"{minutes} minutes"
        super().__init__(
            f"This was done too often from here. Wait {wait} and try again. {otherwise}", retry_after=seconds
        )


def configure(app: Flask, who: Callable[[], int | None]) -> None:
    """Count on an application. `who` says who is signed in; behind proxies of the council's own, they say who asks."""
    if proxies := app.extensions["wardbook.settings"].proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=proxies)  # type: ignore[method-assign]
    app.before_request(lambda: _before(who))
    app.teardown_request(lambda _: _after(who))


def _before(who: Callable[[], int | None]) -> None:
    endpoint = request.endpoint or ""
    if request.method == "POST" and (limit := LIMITS.get(endpoint)) is not None:
        with transaction():
            wait = _take(limit, *_of(limit, who))
        if wait:
            raise TooMany(wait, KEPT if endpoint.startswith("contribute.") else "")
    elif request.method == "GET" and (limit := LIMITED_READS.get(endpoint)) is not None:
        _handfuls.refuse(limit.what, _of(limit, who)[0])


def _of(limit: Limit, who: Callable[[], int | None]) -> tuple[str, int]:
    """Who is counted, and how often they may."""
    person = who()
    return (f"person {person}", limit.person) if person else (this_network(), limit.network)


def take(what: str, who: str, most: int, *, minutes: int, by: int = 1) -> int:
    """Count somebody doing something, in the present transaction: 0 where they may, else in how many seconds they may.

    One statement looks and counts, so that of many at once no more than `most` are let through.
    """
    span = timedelta(minutes=minutes)
    insert: Any = sqlite.insert if db.engine.dialect.name == "sqlite" else postgresql.insert
    over = LimitCount.began_at <= now() - span
    counted = insert(LimitCount).values(what=what, who=who, began_at=now(), number=by)
    counted = counted.on_conflict_do_update(
        index_elements=["what", "who"],
        set_={
            "number": case((over, by), else_=LimitCount.number + by),
            "began_at": case((over, now()), else_=LimitCount.began_at),
        },
        where=or_(over, LimitCount.number < most),
    )
    if db.session.scalar(counted.returning(LimitCount.number)) is not None:
        return 0
    began = db.session.scalar(select(LimitCount.began_at).where(LimitCount.what == what, LimitCount.who == who))
    return max(1, int(((began or now()) + span - now()).total_seconds()))


def _take(limit: Limit, who: str, most: int, by: int = 1) -> int:
    """The same by the installation's measure, which may be none."""
    most = round(most * settings().limits)
    return take(limit.what, who, most, minutes=limit.minutes, by=by) if most else 0


# --- who -----------------------------------------------------------------------------------------------------------


def this_network() -> str:
    """The network that asks, as a hash that is another tomorrow: its address is kept nowhere."""
    return hashed(_network(request.remote_addr or ""))


def hashed(words: str) -> str:
    """Words as they are counted by: nobody reads them from it, and tomorrow it is another."""
    salt = f"{settings().secret_key} {today().isoformat()}".encode()
    return hmac.new(salt, words.encode(), hashlib.sha256).hexdigest()


def _network(address: str) -> str:
    """The /24 of an IPv4 address, the /56 of an IPv6 one: what one household or office has."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    found = getattr(found, "ipv4_mapped", None) or found
    return str(ip_network(f"{found}/{24 if found.version == 4 else 56}", strict=False))


# --- wrong tries ---------------------------------------------------------------------------------------------------


@contextmanager
def wrong_ones(limit: Limit, account: str, otherwise: str) -> Iterator[None]:
    """Let something be tried that may be wrong: each try is counted before it is looked at, and a right one given back.

    Raises TooMany where this account has had its share from here or from everywhere, or this network its own.
    """
    name, network = account.strip().lower(), this_network()
    counted = [
        (hashed(f"{name} {network}"), limit.person), (network, limit.network), (hashed(name), MOST_FOR_AN_ACCOUNT),
    ]  # fmt: skip
    with transaction():
        waits = [_take(limit, who, most) for who, most in counted]
    if any(waits):
        raise TooMany(max(waits), otherwise)
    yield
    _give_back(limit.what, [who for who, _ in counted])


def _give_back(what: str, whos: list[str]) -> None:
    """Beside the session, which goes on reading: it has not begun to write."""
    intended = is_writing()
    intend_to_write(True)
    try:
        with db.engine.begin() as connection:
            these = (LimitCount.what == what, LimitCount.who.in_(whos), LimitCount.number > 0)
            connection.execute(update(LimitCount).where(*these).values(number=LimitCount.number - 1))
    finally:
        intend_to_write(intended)


# --- reads ---------------------------------------------------------------------------------------------------------


class _Handfuls:
    """Reads of this process that are not written down yet, and who has read too much."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._unwritten: dict[tuple[str, str], int] = {}
        self._refused: dict[tuple[str, str], datetime] = {}

    def refuse(self, what: str, who: str) -> None:
        """Raise TooMany where somebody has read too much lately."""
        until = self._refused.get((what, who))
        if until is not None and until > now():
            raise TooMany(int((until - now()).total_seconds()))

    def full(self, what: str, who: str) -> bool:
        """Count one; whether there is a handful to be written down."""
        with self._lock:
            if len(self._unwritten) > MOST_IN_MEMORY:
                self._unwritten.clear()
                self._refused.clear()
            number = self._unwritten.get((what, who), 0) + 1
            self._unwritten[what, who] = number % HANDFUL
        return number >= HANDFUL

    def too_many(self, what: str, who: str, seconds: int) -> None:
        """Somebody has read too much."""
        self._refused[what, who] = now() + timedelta(seconds=seconds)


_handfuls = _Handfuls()


def _after(who: Callable[[], int | None]) -> None:
    """Count a read when it is answered; a handful of them is one short transaction."""
    limit = LIMITED_READS.get(request.endpoint or "")
    if request.method != "GET" or limit is None or not settings().limits:
        return
    name, most = _of(limit, who)
    if _handfuls.full(limit.what, name):
        with transaction():
            wait = _take(limit, name, most, HANDFUL)
        if wait:
            _handfuls.too_many(limit.what, name, wait)


@jobs.every("forget who did what how often", minutes=60)
def forget_counts(_: jobs.Task) -> None:
    """Forget what was counted a day ago: nothing is counted for longer."""
    with transaction():
        db.session.execute(delete(LimitCount).where(LimitCount.began_at < now() - LONGEST))
