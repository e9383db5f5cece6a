"""What is kept of an email: a draft of what its writer sent, until they go on with it, and our letters back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, select

from wardbook import personal
from wardbook.db import db
from wardbook.entries import drafting
from wardbook.entries.models import Draft, Entry
from wardbook.erasure import blanks
from wardbook.incoming.taking import TELL_ON
from wardbook.limits import LimitCount
from wardbook.mail import Letter, forget_letters
from wardbook.people.models import Proof


def _drafts(person: Any) -> Sequence[Draft]:
    links = select(Proof.subject).where(Proof.person_id == person.id, Proof.purpose == TELL_ON)
    return db.session.scalars(select(Draft).where(Draft.id.in_(links))).all()


@blanks
def _letters(thing: object) -> None:
    """The answers to emails about an entry that is being erased, and the letter with the link to what became it."""
    if not isinstance(thing, Entry):
        return
    answers = select(Letter.cause).where(Letter.cause.startswith(f"email {thing.ref} "))
    asked = (Proof.purpose == TELL_ON, Proof.subject == thing.once)
    links = [f"proof {id_}" for id_ in db.session.scalars(select(Proof.id).where(*asked))]
    forget_letters([*db.session.scalars(answers), *links])
    db.session.execute(delete(Proof).where(*asked))


@personal.tells("what you sent by email and have not gone on with")
def _tell(person: Any) -> object:
    return [
        {"title": draft.answers.get("title"), "words": draft.answers.get("words"), "photos": len(draft.photos)}
        for draft in _drafts(person)
        if not draft.answers.get("sent")
    ]


@personal.forgets
def _forget(person: Any) -> None:
    drafting.forget_drafts([draft.id for draft in _drafts(person)])
    db.session.execute(delete(LimitCount).where(LimitCount.who == f"person {person.id}"))
