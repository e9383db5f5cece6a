"""Telling those who follow an area that ends, once: that they follow another from now on, or that they can choose."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from wardbook import jobs
from wardbook.activation.preview import codes_of
from wardbook.areas import succession
from wardbook.areas.locator import Called
from wardbook.areas.models import Activation, Succession
from wardbook.db import db, transaction
from wardbook.follows.keys import stops
from wardbook.follows.models import Follow
from wardbook.mail import write_letter

TELL_MOVED = "tell followers of new wards"
AT_A_TIME = 50


@dataclass(frozen=True)
class Moved:
    """What somebody followed, and what they follow from now on."""

    was: str
    now: Sequence[Called]

    @property
    def keeps_its_name(self) -> bool:
        return [area.name for area in self.now] == [self.was]


@dataclass(frozen=True)
class ToChoose:
    """An area that ends and is parted: the areas its ground goes to, each with its share of the land."""

    was: str
    parts: Sequence[tuple[Called, float]]


@dataclass(frozen=True)
class _Names:
    """What is needed to say what became of each area, from memory."""

    old: Mapping[str, Called]
    new: Mapping[str, Called]
    parted: Sequence[str]
    """The codes of the old areas that no one area takes over"""
    parts: Mapping[int, Sequence[tuple[Called, float]]]

    def moved(self, change: Mapping[str, Any]) -> Moved:
        was = " and ".join(self.old[code].name for code in codes_of(change["place"]) if code in self.old)
        return Moved(was, [self.new[code] for code in codes_of(change["moved_to"]) if code in self.new])

    def to_choose(self, follow: Follow) -> Iterator[ToChoose]:
        for code in codes_of(follow.place or ""):
            if code in self.parted:
                old = self.old[code]
                yield ToChoose(old.name, self.parts.get(old.id, []))


def _names(done: Activation) -> _Names:
    new = succession.set_called(done.set_id)
    olds = [succession.set_called(set_id) for set_id, _ in done.changes["sets"]]
    by_id = {called.id: called for called in new.called}
    parts: dict[int, list[tuple[Called, float]]] = defaultdict(list)
    rows = select(Succession).where(Succession.new_id.in_(new.area_ids)).order_by(Succession.land.desc())
    for row in db.session.scalars(rows):
        parts[row.old_id].append((by_id[row.new_id], row.land))
    return _Names(
        {called.code: called for old in olds for called in old.called},
        {called.code: called for called in new.called},
        done.changes["parted"],
        parts,
    )


@jobs.doer(TELL_MOVED)
def tell_moved(task: jobs.Task) -> None:
    """Write to each of them once for a set, whatever is done with the set again."""
    done = db.session.get(Activation, task.about["activation"])
    ids = _follow_ids(done) if done else []
    for start in range(0, len(ids), AT_A_TIME):
        with transaction():
            _tell_some(task.about["activation"], ids[start : start + AT_A_TIME])


def _follow_ids(done: Activation) -> list[list[int]]:
    """The follows that were moved or are asked about, by person: one letter speaks of all of a person's."""
    ids = [change["id"] for change in done.changes["follows"]] + done.changes["asked"]
    by_person: dict[int, list[int]] = defaultdict(list)
    for follow_id, person_id in db.session.execute(select(Follow.id, Follow.person_id).where(Follow.id.in_(ids))):
        by_person[person_id].append(follow_id)
    return [by_person[person_id] for person_id in sorted(by_person)]


def _tell_some(activation_id: int, people: Sequence[list[int]]) -> None:
    done = db.session.get_one(Activation, activation_id)
    if done.undone_at is not None:
        return
    names = _names(done)
    changes = {change["id"]: change for change in done.changes["follows"]}
    for ids in people:
        follows = db.session.scalars(select(Follow).where(Follow.id.in_(ids)).order_by(Follow.id)).all()
        _write(done, names, changes, follows)


def _write(
    done: Activation, names: _Names, changes: Mapping[int, Mapping[str, Any]], follows: Sequence[Follow]
) -> None:
    person = follows[0].person
    if not person.active:
        return
    moved = [names.moved(changes[follow.id]) for follow in follows if follow.id in changes]
    to_choose = [one for follow in follows if follow.id not in changes for one in names.to_choose(follow)]
    write_letter(
        person.email, "new_wards", cause=f"boundary set {done.set_id}",
        unsubscribe=stops(*follows), moved=moved, to_choose=to_choose, on=done.set.from_on,
    )  # fmt: skip
