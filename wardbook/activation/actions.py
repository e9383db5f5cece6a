"""Activating a boundary set and undoing it: each is one transaction, and doing it twice changes nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import joinedload

from wardbook import jobs
from wardbook.activation.preview import Move, Preview, codes_of, codes_only_in, preview, standing
from wardbook.activation.telling import TELL_MOVED
from wardbook.areas import succession
from wardbook.areas.derive import BOUNDARIES
from wardbook.areas.locator import Called
from wardbook.areas.models import Activation, BoundarySet, Succession
from wardbook.briefs.models import KeptBrief
from wardbook.db import alone, db, now
from wardbook.errors import Refused
from wardbook.events import Did, record
from wardbook.follows.models import Follow, FollowedWard, Rhythm
from wardbook.people.models import Term
from wardbook.policy import Viewer


def activate(viewer: Viewer, row: BoundarySet, choices: Mapping[str, str] | None = None) -> Preview:
    """Put a set in the place of the one before it: that one ends on its first day, councillors' terms and follows move
    where one area takes over, and what became of each area is kept. Done already, it changes nothing.

    Followers are told once, after it. Returns what was moved, as it stood before.
    """
    alone(BOUNDARIES)
    db.session.refresh(row)
    found = preview(row, viewer, choices)
    if found.standing is not None or found.on is None:
        return found
    if not found.before and not row.waits:
        raise Refused(f"'{row.name}' takes the place of no set, so there is nothing to activate.")
    changes: dict[str, Any] = {
        "waits": row.waits,
        "sets": [[old.id, _day(old.until_on)] for old in found.before],
        "parted": [move.old.code for move in found.moves if move.is_parted],
        "terms_before": _ids_of_terms(codes_only_in(found.new, (old.id for old in found.before))),
    }
    for old in found.before:
        old.until_on = found.on
    row.waits = False
    _keep_succession(found)
    changes["terms"] = [change for move in found.moves for change in _move_terms(move, found.on)]
    changes |= _move_follows(found)
    done = Activation(set_id=row.id, at=now(), undone_at=None, changes=changes)
    db.session.add(done)
    record(viewer, Did.ACTIVATED, row, change={"before": [old.name for old in found.before]})
    db.session.flush()
    jobs.ask(TELL_MOVED, cause=f"activation {done.id}", activation=done.id)
    return found


def _ids_of_terms(codes: Iterable[str]) -> list[int]:
    return list(db.session.scalars(select(Term.id).where(Term.ward_code.in_(codes)).order_by(Term.id)))


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _keep_succession(found: Preview) -> None:
    rows = [
        {"old_id": move.old.id, "new_id": part.new.id, "land": part.land, "postcodes": part.postcodes}
        for move in found.moves
        for part in move.passing.parts
    ]
    if rows:
        db.session.execute(insert(Succession), rows)


# --- councillors -------------------------------------------------------------------------------------------------


def _move_terms(move: Move, on: date) -> Iterable[dict[str, Any]]:
    """End the terms in an area that ends, begin them in the one that takes it over, and say how that was before."""
    if not move.ends or move.goes_to is None:
        return
    for term in move.terms:
        if term.from_on is not None and term.from_on >= on:
            yield {"id": term.id, "code": term.ward_code}
            term.ward_code = move.goes_to.code
            continue
        begun = _begin_term(term, move.goes_to, on)
        yield {"id": term.id, "until": _day(term.until_on), "begun": begun}
        term.until_on = on


def _begin_term(term: Term, area: Called, on: date) -> int | None:
    """The id of the term that goes on in another area; None where the person holds one there already."""
    held = select(Term.id).where(
        Term.person_id == term.person_id, Term.role == term.role, Term.ward_code == area.code, Term.from_on == on
    )
    if db.session.scalar(held) is not None:
        return None
    begun = Term(
        person_id=term.person_id, role=term.role, ward_code=area.code, service_id=None, from_on=on,
        until_on=term.until_on,
    )  # fmt: skip
    db.session.add(begun)
    db.session.flush()
    return begun.id


# --- followers ---------------------------------------------------------------------------------------------------


def _move_follows(found: Preview) -> dict[str, Any]:
    """Move follows where each of their areas has one that takes it over. Others go on as they are: people are asked,
    since who takes over the councillors is no choice of theirs.
    """
    goes_to = {move.old.code: move.heir for move in found.moves if move.ends}
    touched = {follow.id: follow for move in found.moves if move.ends for follow in move.follows}
    moved: list[dict[str, Any]] = []
    asked: list[int] = []
    for follow in touched.values():
        codes = codes_of(follow.place or "")
        if any(code in goes_to and goes_to[code] is None for code in codes):
            asked.append(follow.id)
            continue
        later = [taken.code if (taken := goes_to.get(code)) else code for code in codes]
        moved.append(_move_follow(follow, list(dict.fromkeys(later))))
    return {"follows": moved, "asked": asked}


def _move_follow(follow: Follow, codes: list[str]) -> dict[str, Any]:
    """Let a follow name other areas. Where the person follows those already, this one ends and that one goes on."""
    words = f"ward:{codes[0]}" if len(codes) == 1 else f"wards:{','.join(codes)}"
    change = {"id": follow.id, "place": follow.place, "moved_to": words}
    other = _follow_of(follow.person_id, words)
    if other is not None:
        change |= {"other": other.id, "other_rhythm": other.rhythm, "other_ended_at": None}
        if other.ended_at:
            change["other_ended_at"] = other.ended_at.isoformat()
            other.ended_at, other.rhythm = None, follow.rhythm
        follow.ended_at = now()
        return change
    follow.place = words
    _name_wards(follow.id, codes)
    return change


def _follow_of(person_id: int, words: str) -> Follow | None:
    return db.session.scalar(select(Follow).where(Follow.person_id == person_id, Follow.place == words))


def _name_wards(follow_id: int, codes: Iterable[str]) -> None:
    db.session.execute(delete(FollowedWard).where(FollowedWard.follow_id == follow_id))
    db.session.execute(insert(FollowedWard), [{"follow_id": follow_id, "code": code} for code in codes])


# --- undoing -----------------------------------------------------------------------------------------------------


def undo(viewer: Viewer, row: BoundarySet) -> Activation | None:
    """Put back what activating a set changed. Nothing that was sent is unsent, and the undoing is a step of its own.

    None where it is not activated. Raises Refused where something later rests on it.
    """
    alone(BOUNDARIES)
    db.session.refresh(row)
    done = standing(row)
    if done is None:
        return None
    _refuse_where_rested_on(row, done)
    for change in done.changes["terms"]:
        _put_back_term(change)
    for change in done.changes["follows"]:
        _put_back_follow(change)
    new = succession.set_called(row.id)
    db.session.execute(delete(Succession).where(Succession.new_id.in_(new.area_ids)))
    for set_id, until in done.changes["sets"]:
        db.session.get_one(BoundarySet, set_id).until_on = date.fromisoformat(until) if until else None
    row.waits = done.changes["waits"]
    done.undone_at = now()
    record(viewer, Did.UNDID, row, change={"activation": done.id})
    return done


def _refuse_where_rested_on(row: BoundarySet, done: Activation) -> None:
    fresh = codes_only_in(succession.set_called(row.id), (set_id for set_id, _ in done.changes["sets"]))
    rests = [
        *_later_sets(row, done),
        *_later_terms(fresh, done),
        *_later_follows(fresh, done),
        *_later_briefs(fresh, done),
    ]
    if rests:
        raise Refused(f"It cannot be undone, because of what rests on it since: {' and '.join(rests)}.")


def _later_sets(row: BoundarySet, done: Activation) -> Iterable[str]:
    """Activations since that changed the days of this set or of one before it: they are undone first."""
    changed = {row.id, *(set_id for set_id, _ in done.changes["sets"])}
    since = select(Activation).where(Activation.undone_at.is_(None), Activation.id > done.id)
    for later in db.session.scalars(since):
        if changed.intersection(set_id for set_id, _ in later.changes["sets"]):
            yield f"the activation of '{later.set.name}'"


def _later_terms(codes: set[str], done: Activation) -> Iterable[str]:
    known = {change.get("begun") for change in done.changes["terms"]} | {c["id"] for c in done.changes["terms"]}
    known.update(done.changes["terms_before"])
    terms = db.session.scalars(select(Term).where(Term.ward_code.in_(codes)).options(joinedload(Term.person)))
    names = [f"{term.person.name or term.person.email} in {term.ward_code}" for term in terms if term.id not in known]
    if names:
        yield f"the {'term' if len(names) == 1 else 'terms'} of {', '.join(names)}"


def _later_follows(codes: set[str], done: Activation) -> Iterable[str]:
    asked = select(Follow.id).join(FollowedWard, FollowedWard.follow_id == Follow.id).distinct()
    begun = asked.where(FollowedWard.code.in_(codes), Follow.begun_at >= done.at, Follow.ended_at.is_(None))
    moved = {change.get(which) for change in done.changes["follows"] for which in ("id", "other")}
    if later := set(db.session.scalars(begun)) - moved:
        yield _counted(len(later), "follow", "follows")


def _later_briefs(codes: set[str], done: Activation) -> Iterable[str]:
    """Briefs that were frozen since of a place that its areas make."""
    places = db.session.scalars(select(KeptBrief.words).where(KeptBrief.made_at >= done.at))
    count = sum(not codes.isdisjoint(codes_of(words.partition("@")[0])) for words in places)
    if count:
        yield _counted(count, "frozen brief", "frozen briefs")


def _counted(count: int, one: str, many: str) -> str:
    return f"{count} {one if count == 1 else many}"


def _put_back_term(change: Mapping[str, Any]) -> None:
    term = db.session.get(Term, change["id"])
    if term is None:
        return
    if "code" in change:
        term.ward_code = change["code"]
        return
    until = date.fromisoformat(change["until"]) if change["until"] else None
    begun = db.session.get(Term, change["begun"]) if change["begun"] is not None else None
    if begun is not None:
        until = min((day for day in (until, begun.until_on) if day), default=None)  # it may have been ended early since
        db.session.delete(begun)
    term.until_on = until


def _put_back_follow(change: Mapping[str, Any]) -> None:
    follow = db.session.get(Follow, change["id"])
    if follow is None:
        return
    if "other" in change:
        _part_follows(change, follow, db.session.get(Follow, change["other"]))
    elif follow.place == change["moved_to"]:
        if _follow_of(follow.person_id, change["place"]) is not None:  # followed anew since
            follow.ended_at = follow.ended_at or now()
            return
        follow.place = change["place"]
        _name_wards(follow.id, codes_of(change["place"]))


def _part_follows(change: Mapping[str, Any], follow: Follow, other: Follow | None) -> None:
    """Part what became one. Whoever has stopped it since hears of neither."""
    if other is None or other.ended_at is not None:
        return
    follow.ended_at, other.rhythm = None, Rhythm(change["other_rhythm"])
    if change["other_ended_at"]:
        other.ended_at = datetime.fromisoformat(change["other_ended_at"])
