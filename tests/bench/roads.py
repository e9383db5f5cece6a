"""What is asked of the server: requests as bytes for each measured address, and the drafts and shapes they need."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

import numpy as np
import shapely
from flask import Flask, session
from flask_wtf.csrf import generate_csrf
from numpy.typing import NDArray
from sqlalchemy import delete, insert, select

from tests.bench.server import BARE
from tests.bench.store import SEED
from wardbook.areas.models import Postcode
from wardbook.db import db, now, transaction
from wardbook.entries.models import Category, Draft, Entry
from wardbook.events import Event
from wardbook.people.models import Person
from wardbook.places.models import Shape
from wardbook.shared import Level, Standing

HUNDRED = 100
DIFFERENT = 200
MARK = "bench-"


@dataclass(frozen=True)
class Road:
    """One measured address: what it is called, the share of the bare route it is to reach, and its requests."""

    name: str
    reach: float
    requests: Sequence[bytes]
    status: str = "200"
    once: bool = False
    """Each request is sent once: it makes something."""


def get(path: str, cookie: str = "") -> bytes:
    """A GET as a browser's program would send it."""
    known = f"Cookie: {cookie}\r\n" if cookie else ""
    return f"GET {path} HTTP/1.1\r\nHost: localhost\r\nAccept: */*\r\n{known}\r\n".encode()


def bare() -> Road:
    """The bare Flask route on the same server."""
    return Road("bare Flask route", 1.0, [get(f"{BARE}/")])


def roads(app: Flask, at: NDArray[np.float64], posts: int) -> list[Road]:
    """Every measured address over a store whose entries are at these places."""
    dice = np.random.default_rng(SEED + 2)
    spots = at[dice.choice(len(at), min(len(at), 10 * DIFFERENT), replace=False)]
    around = [_around(at, spot) for spot in spots[:DIFFERENT]]
    with app.app_context():
        found = [
            Road("point to ward", 0.60, [get(f"/mapit/point/4326/{lon},{lat}") for lon, lat in spots]),
            Road("postcode", 0.60, [get(f"/mapit/postcode/{words}") for words in _postcodes(dice)]),
            Road("100 entries in a box", 0.20, [get(f"/map.geojson?bbox={_box(box)}&limit=100") for box in around]),
            Road("100 entries in a drawn polygon", 0.20, _in_shapes(app, dice, around)),
            Road("posting without a photo", 0.15, _posts(app, dice, spots, posts), "302", once=True),
        ]
        db.session.remove()
    return found


def _postcodes(dice: np.random.Generator) -> list[str]:
    held = db.session.scalars(select(Postcode.compact).order_by(Postcode.compact)).all()
    return [held[place] for place in dice.choice(len(held), min(len(held), 2000), replace=False)]


def _around(at: NDArray[np.float64], spot: NDArray[np.float64]) -> NDArray[np.float64]:
    """The least box round a spot that holds a hundred entries and some more: west, south, east, north."""
    away = np.abs(at - spot) * (0.6, 1.0)
    reach = np.partition(away.max(axis=1), min(len(at) - 1, HUNDRED + 45))[min(len(at) - 1, HUNDRED + 45)]
    return np.array([spot[0] - reach / 0.6, spot[1] - reach, spot[0] + reach / 0.6, spot[1] + reach])


def _box(box: NDArray[np.float64]) -> str:
    return ",".join(f"{side:.7f}" for side in box)


# --- what needs a person -----------------------------------------------------------------------------------------


def _person() -> Person:
    return db.session.scalars(select(Person).where(Person.email == "bench-0@example.org")).one()


def _cookie(app: Flask, **told: object) -> str:
    signer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    return f"{app.config['SESSION_COOKIE_NAME']}={signer.dumps(told)}"


def _signed_in() -> dict[str, object]:
    return {"_user_id": _person().fs_uniquifier, "_fresh": True}


def _in_shapes(app: Flask, dice: np.random.Generator, around: list[NDArray[np.float64]]) -> list[bytes]:
    """Polygons of forty corners that somebody drew; they alone see them, so they are signed in."""
    keys = [hashlib.md5(f"{MARK}{number}".encode(), usedforsecurity=False).hexdigest() for number in range(DIFFERENT)]
    with transaction():
        db.session.execute(delete(Shape).where(Shape.key.in_(keys)))
        about = {
            "label": "Drawn for measuring", "author_id": _person().id, "level": Level.PRIVATE,
            "standing": Standing.PUBLISHED, "made_at": now(),
        }  # fmt: skip
        drawn = [{"key": key, "geometry": _drawn(dice, box)} | about for key, box in zip(keys, around, strict=False)]
        db.session.execute(insert(Shape), drawn)
    cookie = _cookie(app, **_signed_in())
    return [get(f"/places/shape:{key}/entries.geojson?limit=100", cookie) for key in keys[: len(around)]]


def _drawn(dice: np.random.Generator, box: NDArray[np.float64]) -> shapely.Polygon:
    west, south, east, north = box
    turns = np.sort(dice.uniform(0, 2 * np.pi, 40))
    reach = dice.uniform(1.0, 1.4, 40)
    x = (west + east) / 2 + np.cos(turns) * reach * (east - west) / 2
    y = (south + north) / 2 + np.sin(turns) * reach * (north - south) / 2
    return shapely.Polygon(np.round(np.column_stack([x, y]), 7))


def _posts(app: Flask, dice: np.random.Generator, spots: NDArray[np.float64], count: int) -> list[bytes]:
    """The last press of a contribution, by a resident who is signed in: each with a draft and a session of its own.

    It is the request that makes the entry, its areas and its step; the pages before it only keep a draft.
    """
    category = db.session.scalars(select(Category.id).order_by(Category.id)).first()
    run = secrets.token_hex(4)
    ids = [f"{MARK}{run}-{number}" for number in range(count)]
    chosen = spots[dice.integers(0, len(spots), count)]
    with transaction():
        drafts = [
            {"id": id_, "changed_at": now(), "answers": _answers(category, lon, lat)}
            for id_, (lon, lat) in zip(ids, chosen, strict=True)
        ]
        db.session.execute(insert(Draft), drafts)
    token, raw = _token(app)
    who = _signed_in() | {"csrf_token": raw}
    return [_post(id_, token, _cookie(app, **who, drafts=[id_])) for id_ in ids]


def _answers(category: int | None, lon: float, lat: float) -> dict[str, object]:
    return {
        "spot": f"{lat:.6f}, {lon:.6f}", "kind": "issue", "category": str(category), "title": "No dropped kerb here",
        "words": "Wheels cannot cross, and everybody goes round by the road.", "level": "public", "name": "",
        "name_shown": False, "right": ["photos", "spot", "what", "who"],
    }  # fmt: skip


def _token(app: Flask) -> tuple[str, str]:
    """The token a form carries, and what of it a session keeps."""
    with app.test_request_context():
        token = generate_csrf()
        return token, session["csrf_token"]


def _post(draft: str, token: str, cookie: str) -> bytes:
    body = urlencode({"csrf_token": token, "once": secrets.token_urlsafe(12), "send": "Send"})
    return (
        f"POST /contribute/{draft}/check HTTP/1.1\r\nHost: localhost\r\nCookie: {cookie}\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n{body}"
    ).encode()


def forget_posts(app: Flask) -> int:
    """Take away what the posts made, so that the store is as it was; how many entries there were."""
    with app.app_context(), transaction():
        made = select(Entry.id).where(Entry.once.startswith(MARK))
        gone = list(db.session.scalars(made))
        for start in range(0, len(gone), 500):
            some = gone[start : start + 500]
            db.session.execute(delete(Event).where(Event.thing == "entry", Event.thing_id.in_(some)))
            db.session.execute(delete(Entry).where(Entry.id.in_(some)))
        db.session.execute(delete(Draft).where(Draft.id.startswith(MARK)))
    return len(gone)
