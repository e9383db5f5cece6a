"""What can be done about follows: begin, confirm, change how often, end."""

from __future__ import annotations

from sqlalchemy import delete, update

from wardbook.db import add_once, alone, db, now
from wardbook.errors import Refused
from wardbook.follows import queries
from wardbook.follows.models import RHYTHMS, Follow, FollowedWard, News, Rhythm
from wardbook.follows.things import Thing, thing_from_words
from wardbook.mail import write_letter
from wardbook.people import actions as people
from wardbook.people import proofs
from wardbook.people.models import Proof
from wardbook.people.queries import viewer_of
from wardbook.policy import Act, Viewer, require

MOST_FOLLOWS = 100
MOST_WORDS = 1000


def ask_by_email(email: str, thing: Thing, rhythm: Rhythm) -> None:
    """Mail a link to somebody who is not signed in: nothing is followed until they press the button behind it. Asked
    twice in a moment, one letter goes.
    """
    _refuse_long(thing)
    person, wish = people.person_with(email), f"{rhythm}|{thing.words}"
    if proofs.was_asked_just_now(person, proofs.FOLLOW, wish):
        return
    fresh = proofs.make_proof(person, proofs.FOLLOW, wish)
    write_letter(
        person.email, "follow", cause=f"proof {fresh.proof.id}", thing=thing, link=fresh.link,
        rhythm=RHYTHMS[rhythm],
    )  # fmt: skip


def wish_of(proof: Proof) -> tuple[Thing, Rhythm]:
    """What a proof begins to follow, and how often. Raises NotFound where its person may not see it now."""
    rhythm, _, words = (proof.subject or "").partition("|")
    return thing_from_words(words, viewer_of(proof.person)), Rhythm(rhythm)


def confirm(link: str) -> Follow:
    """Begin what was asked for by email. Raises Refused where the link is used or has ended."""
    proof = proofs.use_link(link)
    return begin(viewer_of(proof.person), *wish_of(proof))


def begin(viewer: Viewer, thing: Thing, rhythm: Rhythm) -> Follow:
    """Have a person hear of a thing. Begun twice it is one follow, in the rhythm that was asked for last."""
    require(viewer, Act.FOLLOW, thing.entry)
    _refuse_long(thing)
    alone("follows", viewer.id)
    follow = queries.follow_of(viewer.id or 0, thing)
    if follow is None or follow.ended_at is not None:
        _refuse_many(viewer)
    follow = follow or _added(viewer, thing, rhythm)
    if follow.ended_at is not None:
        follow.begun_at, follow.ended_at = now(), None
    follow.rhythm = rhythm
    return follow


def _added(viewer: Viewer, thing: Thing, rhythm: Rhythm) -> Follow:
    new = {"person_id": viewer.id, "rhythm": rhythm, "begun_at": now(), "ended_at": None}
    if thing.place is None:
        add_once(Follow, **new, entry_id=thing.entry.id if thing.entry else None)
    else:
        codes = thing.ward_codes
        box = dict(zip(("west", "south", "east", "north"), thing.place.geometry.bounds, strict=True))
        follow_id = add_once(Follow, **new, place=thing.words, **({} if codes else box))
        if follow_id is not None:
            db.session.add_all(FollowedWard(follow_id=follow_id, code=code) for code in codes)
    follow = queries.follow_of(viewer.id or 0, thing)
    assert follow is not None  # noqa: S101 - ours, or one begun at the same moment
    return follow


def _refuse_long(thing: Thing) -> None:
    if len(thing.words) > MOST_WORDS:
        raise Refused("This place has too many points to follow. Draw and keep it, then follow that.")


def _refuse_many(viewer: Viewer) -> None:
    if queries.how_many(viewer.id or 0) >= MOST_FOLLOWS:
        raise Refused(f"You follow {MOST_FOLLOWS} things already. Stop following one first.")


def change_rhythm(follow: Follow, rhythm: Rhythm) -> Follow:
    """Tell somebody more or less often."""
    follow.rhythm = rhythm
    return follow


def end(*follows: Follow) -> None:
    """End follows. Ending them again changes nothing; what waited to be told is told no more."""
    ids = [follow.id for follow in follows]
    db.session.execute(update(Follow).where(Follow.id.in_(ids), queries.is_active()).values(ended_at=now()))
    db.session.execute(delete(News).where(News.follow_id.in_(ids), News.told_at.is_(None)))
