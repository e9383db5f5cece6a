"""Offers: until when they stand, renewing them, and what they are near to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from wardbook import geo
from wardbook.clock import day_in_words, today
from wardbook.config import settings
from wardbook.db import db, now, touches
from wardbook.entries import queries
from wardbook.entries.actions import check_until
from wardbook.entries.hearing.authors import tell_author
from wardbook.entries.kinds import LED, Family, Kind, State
from wardbook.entries.models import Entry
from wardbook.entries.queries import Filters
from wardbook.errors import Refused
from wardbook.events import Did, Told, done_already, record
from wardbook.policy import Act, Viewer, require

MOST_NEAR, MOST_LOOKED_AT = 5, 200
_OFFERS, _LED = Filters(kind=Kind.OFFER, state=State.OPEN), Filters(family=Family.OPEN)


def renew(viewer: Viewer, offer: Entry, until: date, *, once: str | None) -> Entry:
    """Let an offer stand until another day: one that had lapsed is open again."""
    require(viewer, Act.RENEW, offer)
    if done_already(once):
        return offer
    if offer.state is not State.OPEN:
        raise Refused(f"It is '{offer.meaning.label}', so there is nothing to renew.")
    check_until(until, today())
    before, offer.lapses_on = offer.lapses_on, until
    offer.changed_at = now()
    told = Told.NOBODY if viewer.id == offer.author_id else Told.AUTHOR
    change = {"lapses_on": [before.isoformat() if before else "", until.isoformat()]}
    event = record(
        viewer, Did.RENEWED, offer, words=f"It stands until {day_in_words(until)}.", told=told, change=change, once=once
    )
    tell_author(offer, event)
    return offer


@dataclass(frozen=True)
class Near:
    """Something near, and how far it is in metres."""

    entry: Entry
    metres: int


def near(entry: Entry, viewer: Viewer) -> list[Near]:
    """Offers that still stand near an issue or an idea of their category, or such issues and ideas near an offer.

    Near is the category's radius; the nearest come first. Only what this viewer may see; nothing near what is over.
    """
    if entry.category is None or entry.meaning.family is not Family.OPEN:
        return []
    asked = _OFFERS if entry.is_led else _LED
    rows = queries.published(viewer, None, asked.with_(category=entry.category_id)).where(
        Entry.kind.in_((Kind.OFFER,) if entry.is_led else LED),
        touches(Entry, geo.around(entry.geometry, entry.category.radius_m, settings().crs)),
    )
    narrow = db.session.execute(rows.with_only_columns(Entry.id, Entry.geometry).limit(MOST_LOOKED_AT))
    metres = {id_: round(geo.metres_between(entry.geometry, shape, settings().crs)) for id_, shape in narrow}
    nearest = sorted(metres, key=lambda id_: (metres[id_], -id_))[:MOST_NEAR]
    found = {row.id: row for row in db.session.scalars(queries.shown(select(Entry).where(Entry.id.in_(nearest))))}
    return [Near(found[id_], metres[id_]) for id_ in nearest]
