"""What files keep about a person: which they took, and those that were made for them."""

from __future__ import annotations

from sqlalchemy import select, update

from wardbook import jobs, personal
from wardbook.db import db
from wardbook.downloads.actions import remove_made
from wardbook.downloads.models import Download
from wardbook.people.models import Person

REMOVE_MADE = "remove the files of somebody who was erased"


@personal.tells("files you took")
def _told(person: Person) -> list[dict[str, object]]:
    rows = select(Download).where(Download.asked_by_id == person.id).order_by(Download.id)
    return [
        {"asked at": one.asked_at.isoformat(), "of": one.source, "which": dict(one.about), "as": one.form}
        for one in db.session.scalars(rows)
    ]


@personal.forgets
def _forgotten(person: Person) -> None:
    """That a file was taken stays on record; who took it, and what they looked for, does not."""
    mine = Download.asked_by_id == person.id
    for key in db.session.scalars(select(Download.key).where(mine, Download.keep_until.is_not(None))):
        jobs.ask(REMOVE_MADE, cause=key, key=key)
    unmade = update(Download).where(mine, Download.made_at.is_(None))
    db.session.execute(unmade.values(refused_for="Whoever asked for it was erased."))
    db.session.execute(update(Download).where(mine).values(asked_by_id=None, about={}, keep_until=None))


@jobs.doer(REMOVE_MADE)
def _remove(task: jobs.Task) -> None:
    remove_made(task.about["key"])
