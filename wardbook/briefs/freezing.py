"""What can be done with a brief that is kept: freeze it, freeze it again, mark its items, lift a restriction."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from wardbook.briefs import kept, queries
from wardbook.briefs.models import Ground, KeptBrief, Mark, Part, Version, Weight
from wardbook.briefs.picture import Brief, Item
from wardbook.briefs.plain import told
from wardbook.briefs.seals import Seal, hash_of, sealed
from wardbook.db import db, now
from wardbook.entries.models import Entry
from wardbook.erasure import Without, blanks, in_all, redacts
from wardbook.errors import Refused
from wardbook.events import Did, record
from wardbook.people import queries as people
from wardbook.people.models import Person
from wardbook.places.place import Place
from wardbook.policy import Act, Viewer, may, require
from wardbook.shared import Level, Standing, new_reference

UNSEALED = frozenset({"by", "differs_from", "since", "mark"})
"""What is said of an item only when a frozen brief is read: a name is its owner's to take back, so none is sealed, and
another entry is named only while that may be seen"""


@dataclass(frozen=True)
class Restriction:
    """On what ground a brief is restricted, and to whom by email address, beside its maker."""

    ground: Ground
    emails: tuple[str, ...]


def freeze(
    viewer: Viewer, place: Place, level: Level, *, purpose: str, once: str, restriction: Restriction | None = None
) -> KeptBrief:
    """Keep what is known of a place as it is read now, under a reference of its own."""
    require(viewer, Act.FREEZE)
    if restriction is not None and level is not Level.COUNCIL:
        raise Refused("A restricted brief is for councillors and officers: make it for them.", field="ground")
    named = _named(restriction.emails) if restriction else []
    if (already := _frozen_by(once)) is not None:
        _refuse_another(already.brief, purpose, restriction, named)
        return already.brief
    brief = KeptBrief(
        ref=_free_reference(), author_id=viewer.id, level=level, standing=Standing.PUBLISHED, words=place.words,
        label=place.label, geometry=place.geometry, purpose=purpose, made_at=now(),
        ground=restriction.ground if restriction else None, readers=named,
    )  # fmt: skip
    return _once(viewer, brief, place, once).brief


def _refuse_another(brief: KeptBrief, purpose: str, restriction: Restriction | None, named: list[Person]) -> None:
    """A form that froze a brief, gone back to and filled in otherwise, must not seem to have frozen it so."""
    asked = purpose, restriction.ground if restriction else None, {person.id for person in named}
    if asked != (brief.purpose, brief.ground, {person.id for person in brief.readers}):
        raise Refused(f"This page has frozen {brief.ref} already, as it was filled in then. Begin a new one.")


def freeze_again(viewer: Viewer, brief: KeptBrief, *, once: str) -> Version:
    """Keep it as it is read now, as the next version under the same reference."""
    require(viewer, Act.KEEP_BRIEF, brief)
    if (already := _frozen_by(once)) is not None:
        return already
    return _once(viewer, brief, kept.place_of(brief, viewer), once)


def _frozen_by(once: str) -> Version | None:
    return db.session.scalar(select(Version).where(Version.once == once))


def _once(viewer: Viewer, brief: KeptBrief, place: Place, once: str) -> Version:
    """The next version; where the same form was sent twice at the same moment, the one that came first."""
    try:
        with db.session.begin_nested():
            return _freeze(viewer, brief, place, once)
    except IntegrityError:
        already = _frozen_by(once)
        if already is None:
            raise Refused("Somebody froze it at the same moment. Look at the newest version, then try again.") from None
        return already


def _freeze(viewer: Viewer, brief: KeptBrief, place: Place, once: str) -> Version:
    db.session.add(brief)
    db.session.flush()
    db.session.execute(select(KeptBrief.id).where(KeptBrief.id == brief.id).with_for_update())
    last = kept.latest(brief)
    number = last.number + 1 if last else 1
    made = queries.brief(place, brief.level, viewer)
    items = [replace(item, number=row) for row, item in enumerate(queries.items(place, brief.level), start=1)]
    own: dict[str, Any] = {"ref": brief.ref, "version": number, "purpose": brief.purpose}
    seals = [sealed(own | {"made_at": made.made_at.isoformat(), "content": _content(made, items)})]
    seals += [sealed(told(item, without=UNSEALED)) for item in items]
    version = Version(
        brief=brief, number=number, made_at=made.made_at, maker_id=viewer.id, signed=viewer.signature,
        hash=hash_of(seal.hash for seal in seals), once=once,
    )  # fmt: skip
    db.session.add(version)
    db.session.flush()
    _keep_parts(version, seals, items)
    _carry_marks(last, version)
    record(viewer, Did.FROZE, brief, change={"version": number, "hash": version.hash})
    return version


def _content(made: Brief, items: Iterable[Item]) -> dict[str, Any]:
    """The brief's own content, in whose sections items are their numbers."""
    numbers = {item.ref: item.number for item in items}
    return told(made, without=frozenset({"frozen"}), numbers=numbers)


def _keep_parts(version: Version, seals: list[Seal], items: list[Item]) -> None:
    ids = _ids([item.ref for item in items])
    of = [None, *(ids[item.ref] for item in items)]
    rows = [
        {
            "version_id": version.id,
            "number": number,
            "entry_id": of[number],
            "hash": s.hash,
            "salt": s.salt,
            "text": s.text,
        }
        for number, s in enumerate(seals)
    ]
    db.session.execute(insert(Part), rows)


def _ids(refs: list[str]) -> dict[str, int]:
    """The ids of these entries, held until the version is kept: what is erased meanwhile waits, and then blanks it."""
    ids: dict[str, int] = {}
    for some in _batched(refs):
        held = select(Entry.ref, Entry.id, Entry.standing).where(Entry.ref.in_(some)).with_for_update(read=True)
        for ref, entry_id, standing in db.session.execute(held):
            if standing is Standing.ERASED:
                raise Refused("Something was erased at the same moment. Freeze it again.")
            ids[ref] = entry_id
    return ids


def _batched(refs: list[str]) -> Iterator[list[str]]:
    """So few at a time that either engine takes them."""
    return (refs[start : start + 500] for start in range(0, len(refs), 500))


def _carry_marks(last: Version | None, version: Version) -> None:
    """What an item was marked in the version before holds for the next one, until it is marked otherwise."""
    if last is None:
        return
    marked = select(Part.entry_id, Mark.weight, Mark.because, Mark.marked_at).join(Part.mark)
    parts = dict(db.session.execute(select(Part.entry_id, Part.id).where(Part.version_id == version.id)).all())
    rows = db.session.execute(marked.where(Part.version_id == last.id, Part.entry_id.is_not(None))).all()
    for entry_id, weight, because, marked_at in rows:
        if entry_id in parts:
            db.session.add(Mark(part_id=parts[entry_id], weight=weight, because=because, marked_at=marked_at))


def _free_reference() -> str:
    while True:
        ref = new_reference("BR")
        if db.session.scalar(select(KeptBrief.id).where(KeptBrief.ref == ref)) is None:
            return ref


def _named(emails: Iterable[str]) -> list[Person]:
    """The people with these addresses, each a councillor or an officer today."""
    found: dict[int, Person] = {}
    for email in emails:
        person = people.person_by_email(email)
        if person is None or not may(people.viewer_of(person), Act.BRIEF_COUNCIL):
            raise Refused(f"{email[:80]} is not the address of a councillor or an officer here.", field="named")
        found[person.id] = person
    if not found:
        raise Refused("Enter the email address of at least one councillor or officer.", field="named")
    return list(found.values())


def mark(viewer: Viewer, brief: KeptBrief, part: Part, weight: Weight | None, *, because: str = "") -> None:
    """Say what an item was to whoever keeps the brief, or say nothing of it any more (None)."""
    require(viewer, Act.KEEP_BRIEF, brief)
    if weight is Weight.NOT_RELEVANT and not because.strip():
        raise Refused("Say in a sentence why it is not relevant.", field="because")
    before = part.mark.weight if part.mark else None
    words = because.strip() if weight is Weight.NOT_RELEVANT else None
    if weight is None:
        db.session.execute(delete(Mark).where(Mark.part_id == part.id))
    elif part.mark is None:
        part.mark = Mark(weight=weight, because=words, marked_at=now())
    else:
        part.mark.weight, part.mark.because, part.mark.marked_at = weight, words, now()
    if weight is not before:
        record(viewer, Did.MARKED, brief, change={"item": part.number, "weight": [before, weight]})


def lift(viewer: Viewer, brief: KeptBrief) -> None:
    """End a restriction: from now on the brief is for its level. Done twice, it is done once."""
    require(viewer, Act.KEEP_BRIEF, brief)
    if brief.ground is not None:
        record(viewer, Did.LIFTED, brief, change={"ground": [brief.ground, None]})
        brief.ground = None


@blanks
def blank(thing: Any) -> None:
    """Drop an erased entry's text and salt from every version that holds it, and the sentences written about it."""
    if not isinstance(thing, Entry):
        return
    parts = select(Part.id).where(Part.entry_id == thing.id)
    not_relevant = Mark.weight == Weight.NOT_RELEVANT
    db.session.execute(update(Mark).where(Mark.part_id.in_(parts), not_relevant).values(because="Erased."))
    db.session.execute(update(Part).where(Part.entry_id == thing.id).values(text=None, salt=None))


@redacts
def redact(thing: Any, without: Without) -> None:
    """What was frozen is never changed: a part with words that are taken out loses its text, as if erased."""
    if not isinstance(thing, Entry):
        return
    for part in db.session.scalars(select(Part).where(Part.entry_id == thing.id, Part.text.is_not(None))):
        if part.text is not None and in_all(said := json.loads(part.text), without) != said:
            part.text = part.salt = None
