"""What follows keep of an entry that is being erased: digests that told of it, and links to follow it."""

from __future__ import annotations

from sqlalchemy import delete, select, update

from wardbook.db import db
from wardbook.entries.models import Entry
from wardbook.erasure import blanks
from wardbook.follows.digests import CAUSE, told_by
from wardbook.follows.models import Follow, News
from wardbook.mail import Letter, forget_letters
from wardbook.people.models import Person, Proof
from wardbook.people.proofs import FOLLOW


@blanks
def _digests(thing: object) -> None:
    """A digest that has not gone is taken back, and the rest of what it told waits for the next."""
    if not isinstance(thing, Entry):
        return
    told = Letter.cause.startswith(CAUSE), Letter.body.contains(f"/entries/{thing.ref}")
    for letter in db.session.scalars(select(Letter).where(*told)).all():
        if letter.sent_at is None:
            reader = select(Follow.id).join(Person).where(Person.email == letter.to)
            taken_down = update(News).where(News.follow_id.in_(reader), told_by(letter))
            db.session.execute(taken_down.values(told_at=None))
        forget_letters([letter.cause], to=letter.to)


@blanks
def _links_to_follow_it(thing: object) -> None:
    if not isinstance(thing, Entry):
        return
    asked = Proof.purpose == FOLLOW, Proof.subject.endswith(f"|entry:{thing.ref}")
    forget_letters([f"proof {id_}" for id_ in db.session.scalars(select(Proof.id).where(*asked))])
    db.session.execute(delete(Proof).where(*asked))
