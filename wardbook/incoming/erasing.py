"""What is kept about somebody who wrote by email: drafts of what they sent, until they go on with them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, select

from wardbook import personal
from wardbook.db import db
from wardbook.entries.models import Draft
from wardbook.incoming.taking import TELL_ON
from wardbook.limits import LimitCount
from wardbook.people.models import Proof


def _drafts(person: Any) -> Sequence[Draft]:
    links = select(Proof.subject).where(Proof.person_id == person.id, Proof.purpose == TELL_ON)
    return db.session.scalars(select(Draft).where(Draft.id.in_(links))).all()


@personal.tells("what you sent by email and have not gone on with")
def _tell(person: Any) -> object:
    return [
        {"title": draft.answers.get("title"), "words": draft.answers.get("words"), "photos": len(draft.photos)}
        for draft in _drafts(person)
        if not draft.answers.get("sent")
    ]


@personal.forgets
def _forget(person: Any) -> None:
    for draft in _drafts(person):
        draft.answers = {}
        for photo in draft.photos:
            if photo.entry_id is None:
                db.session.delete(photo)
    db.session.execute(delete(LimitCount).where(LimitCount.who == f"person {person.id}"))
