"""What the two people of a match can do: say yes or no, end it, and want no more letters."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import delete

from wardbook.db import alone, db, hold, now
from wardbook.entries.kinds import State
from wardbook.errors import Refused
from wardbook.events import Did, Told, record
from wardbook.mail import write_letter
from wardbook.people.models import Person
from wardbook.people.queries import viewer_of
from wardbook.policy import VISITOR, sees
from wardbook.together.keys import met_key_of
from wardbook.together.models import Match, NoLetters
from wardbook.together.queries import side, stands

OVER = "It has ended: one of you said no, or it is no longer needed."


def say(match: Match, person: Person, *, yes: bool) -> Match:
    """What one of the two says. When both have said yes each is given the other's name and email address, once.

    Who says no is not told on: the other hears nothing. Said again, it changes nothing.
    """
    alone("match", match.id)
    hold(match)
    if match.met_at is not None and yes and match.ended_at is None:
        return match
    if not yes:
        return end(match, person)
    if not stands(match):
        raise Refused(OVER)
    if match.offer.author_id == person.id:
        match.offerer_said = True
    else:
        match.asker_said = True
    if match.offerer_said and match.asker_said:
        _meet(match)
    return match


def _meet(match: Match) -> None:
    """Put them in touch. The timeline says that it came to something, and names nobody."""
    match.met_at = now()
    offer, need = match.offer, match.need
    if offer.state is State.OPEN:
        offer.state, offer.changed_at = State.TAKEN_UP, now()
        change = {"state": [State.OPEN, State.TAKEN_UP]}
        record(VISITOR, Did.CHANGED_STATE, offer, told=Told.FOLLOWERS, change=change)
    need.changed_at = now()
    record(VISITOR, Did.MET, need, told=Told.FOLLOWERS)
    for entry in (offer, need):
        if entry.author is not None:
            _write(match, entry.author, "match_met")
    if need.enabler is not None and sees(viewer_of(need.enabler), need):
        seen = offer if sees(viewer_of(need.enabler), offer) else None
        write_letter(need.enabler.email, "match_enabler", cause=f"match {match.id} enabler", need=need, offer=seen)


def _write(match: Match, person: Person, letter: str) -> None:
    path = f"/together/{met_key_of(match.id, person.id)}"
    write_letter(person.email, letter, cause=f"match {match.id} {letter}", side=side(match, person), path=path)


def end(match: Match, person: Person) -> Match:
    """End it, whoever of the two does. Where they were in touch the other is told, and the offer stands again."""
    alone("match", match.id)
    hold(match)
    if match.ended_at is not None:
        return match
    match.ended_at = now()
    if match.offer.author_id == person.id:
        match.offerer_said = False
    else:
        match.asker_said = False
    if match.met_at is not None:
        _part(match, person)
    return match


def _part(match: Match, person: Person) -> None:
    other = match.other(person.id)
    if other.author is not None:
        _write(match, other.author, "match_ended")
    db.session.flush()
    _stand_again(match)


def end_as_gone(match: Match, gone: Sequence[int]) -> None:
    """End it because these things of the two, or who told them, were taken away. Who was in touch is told, in a letter
    that says nothing of what is gone, and so stays when that is erased; the offer stands again where it is still there.
    """
    alone("match", match.id)
    hold(match)
    if match.met_at is None or match.ended_at is not None:
        return
    match.ended_at = now()
    for entry in (match.offer, match.need):
        if entry.id not in gone and entry.author is not None:
            seen = side(match, entry.author)
            write_letter(entry.author.email, "match_ended", cause=f"match {match.id} gone", side=seen, gone=True)
    db.session.flush()
    if match.offer_id not in gone:
        _stand_again(match)


def _stand_again(match: Match) -> None:
    offer = match.offer
    if offer.state is State.TAKEN_UP and not _helps_elsewhere(match):
        offer.state, offer.changed_at = State.OPEN, now()
        record(VISITOR, Did.CHANGED_STATE, offer, change={"state": [State.TAKEN_UP, State.OPEN]})


def _helps_elsewhere(match: Match) -> bool:
    others = db.session.query(Match).filter(Match.offer_id == match.offer_id, Match.id != match.id)
    return others.filter(Match.met_at.is_not(None), Match.ended_at.is_(None)).first() is not None


def want_no_letters(person: Person) -> None:
    """Write to this person no more about what lies near what they told. Again, it changes nothing."""
    alone("letters about matches", person.id)
    if db.session.get(NoLetters, person.id) is None:
        db.session.add(NoLetters(person_id=person.id, at=now()))
        db.session.flush()


def want_letters(person: Person) -> None:
    """Write to this person about it again."""
    alone("letters about matches", person.id)
    db.session.execute(delete(NoLetters).where(NoLetters.person_id == person.id))
