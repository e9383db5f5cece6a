"""When one contribution becomes two: who follows the first follows both."""

from __future__ import annotations

from sqlalchemy import select

from wardbook.db import add_once, db, now
from wardbook.entries.models import Entry
from wardbook.entries.splitting import parts
from wardbook.follows.models import Follow


@parts
def _follow_both(first: Entry, second: Entry) -> None:
    rows = select(Follow).where(Follow.entry_id == first.id, Follow.ended_at.is_(None))
    for follow in db.session.scalars(rows).all():
        add_once(
            Follow, person_id=follow.person_id, entry_id=second.id, place=None, rhythm=follow.rhythm, begun_at=now()
        )
