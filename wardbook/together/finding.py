"""Finding what an offer could help with, and telling both people: by jobs, one letter a person a day."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import and_, or_, select

from wardbook import jobs
from wardbook.config import settings
from wardbook.db import add_once, alone, db, now, transaction
from wardbook.entries import offers
from wardbook.entries.hearing import letters
from wardbook.entries.kinds import LED, Channel, Family, Kind, State
from wardbook.entries.merging.merged import merge_of
from wardbook.entries.models import Entry
from wardbook.events import Did, Event, asks, asks_always
from wardbook.mail import AS_IT_IS, Letter, Words, write_letter, written_anew
from wardbook.people.models import Person
from wardbook.people.queries import viewer_of
from wardbook.policy import sees
from wardbook.shared import Standing
from wardbook.together.actions import end_as_gone
from wardbook.together.keys import key_of, stops
from wardbook.together.models import Match
from wardbook.together.queries import side, stands, wants_no_letters

MATCH, TELL_LATER, END = "match offers", "tell of offers nearby", "end matches of what is gone"
A_DAY = timedelta(days=1)
AT_A_TIME = 200
asks(MATCH, Did.POSTED, Did.PUBLISHED)
asks_always(END, Did.WITHDREW, Did.HID)


@jobs.doer(MATCH)
def match(task: jobs.Task) -> None:
    """Match an offer that was just published to what lies near, or an issue or an idea to the offers near."""
    with transaction():
        event = db.session.get(Event, task.about["event"])
        entry = db.session.get(Entry, event.thing_id) if event and event.thing == Entry.__tablename__ else None
        if entry is not None and _may_be_matched(entry):
            for near in offers.near(entry, viewer_of(entry.author)):
                if (made := _make(entry, near.entry)) is not None:
                    _tell_both(made)


@jobs.doer(END)
def end_what_is_gone(task: jobs.Task) -> None:
    """End the matches of what was withdrawn or hidden, unless it is back by now."""
    with transaction():
        event = db.session.get(Event, task.about["event"])
        entry = db.session.get(Entry, event.thing_id) if event and event.thing == Entry.__tablename__ else None
        if entry is None or entry.standing is Standing.PUBLISHED:
            return
        of = or_(Match.offer_id == entry.id, Match.need_id == entry.id)
        for one in db.session.scalars(select(Match).where(of, Match.ended_at.is_(None)).order_by(Match.id)).all():
            end_as_gone(one, [entry.id])


def _may_be_matched(entry: Entry) -> bool:
    """What people told here themselves, and can be written to about: nothing brought in from elsewhere."""
    author = entry.author
    return (
        entry.kind in (Kind.OFFER, *LED)
        and entry.standing is Standing.PUBLISHED
        and (entry.state_now is State.OPEN if entry.kind is Kind.OFFER else entry.meaning.family is Family.OPEN)
        and entry.channel is not Channel.IMPORT
        and author is not None
        and author.active
        and author.confirmed_at is not None
        and merge_of(entry) is None
    )


def _make(entry: Entry, other: Entry) -> Match | None:
    """The match of two things, made if both people see both and nothing was made of the pair before."""
    if not _may_be_matched(other) or other.author_id == entry.author_id or not sees(viewer_of(other.author), entry):
        return None
    offer, need = (entry, other) if entry.kind is Kind.OFFER else (other, entry)
    alone("match", offer.id, need.id)
    id_ = add_once(Match, offer_id=offer.id, need_id=need.id, made_at=now())
    return db.session.get_one(Match, id_) if id_ is not None else None


def _tell_both(one: Match) -> None:
    for entry in (one.offer, one.need):
        if entry.author is not None:
            _tell(one, entry.author)


@written_anew("match")
def _still_to_agree_to(letter: Letter) -> Words | None:
    """It leaves only while both things stand and each of the two may see the other's."""
    match = db.session.get(Match, int(letter.cause.removeprefix("match ")))
    return AS_IT_IS if match is not None and stands(match) else None


def _tell(one: Match, person: Person) -> None:
    """Write to one of the two, unless they want no such letters, or none about what they told, or had one within a day:
    then it waits.
    """
    alone("letters about matches", person.id)
    seen = side(one, person)
    if wants_no_letters(person.id) or not letters.wants(seen.own, person.id) or _was_told_today(person):
        return
    link = f"{settings().base_url}/together/{key_of(one.id, person.id)}"
    write_letter(
        person.email, "match", cause=f"match {one.id}", unsubscribe=stops(person.id), side=seen, link=link
    )  # fmt: skip
    if one.offer.author_id == person.id:
        one.offerer_told_at = now()
    else:
        one.asker_told_at = now()
    db.session.flush()


def _was_told_today(person: Person) -> bool:
    """Whether they had such a letter within a day, as the one who offers or as the one who could be helped."""
    own = select(Entry.id).where(Entry.author_id == person.id)
    since = now() - A_DAY
    offered = and_(Match.offer_id.in_(own), Match.offerer_told_at > since)
    asked = and_(Match.need_id.in_(own), Match.asker_told_at > since)
    return db.session.scalar(select(Match.id).where(or_(offered, asked)).limit(1)) is not None


@jobs.every(TELL_LATER, minutes=60)
def tell_later(_task: jobs.Task) -> None:
    """Write the letters that waited because their reader had had one that day."""
    waits = or_(Match.offerer_told_at.is_(None), Match.asker_told_at.is_(None))
    rows = select(Match.id).where(waits, Match.ended_at.is_(None), Match.met_at.is_(None)).order_by(Match.id)
    last = 0
    while ids := db.session.scalars(rows.where(Match.id > last).limit(AT_A_TIME)).all():
        last = ids[-1]
        for id_ in ids:
            with transaction():
                one = db.session.get(Match, id_)
                if one is not None and stands(one):
                    _tell_who_waits(one)


def _tell_who_waits(one: Match) -> None:
    for entry, told_at in ((one.offer, one.offerer_told_at), (one.need, one.asker_told_at)):
        if told_at is None and entry.author is not None and one.said_by(entry.author.id) is None:
            _tell(one, entry.author)
