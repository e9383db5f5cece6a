"""A version of a brief as its reader may see it today, and the same brief as it would be frozen now."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from sqlalchemy import select
from sqlalchemy.orm import contains_eager, defer, joinedload

from wardbook.briefs import queries
from wardbook.briefs.frozen import Frozen, SealedPart
from wardbook.briefs.kept import place_of
from wardbook.briefs.models import KeptBrief, Mark, Part, Version, Weight
from wardbook.briefs.picture import Brief, Item
from wardbook.briefs.plain import dataclass_of
from wardbook.briefs.seals import Holds, check
from wardbook.db import db
from wardbook.entries import queries as entries
from wardbook.entries import ties
from wardbook.entries.models import Entry
from wardbook.entries.queries import Filters
from wardbook.errors import Refused
from wardbook.policy import Viewer, visible
from wardbook.shared import Standing

WHY = {
    Standing.PENDING: "waiting to be checked",
    Standing.WITHDRAWN: "withdrawn",
    Standing.HIDDEN: "hidden by moderation",
    Standing.ERASED: "erased",
}
NARROWED = "now for fewer readers"
EDITED = "Its wording was edited since: this is what was read."
BROKEN = "This version does not hold: its figures were changed in the store since it was frozen, so it is not shown."


@dataclass(frozen=True)
class Reading:
    """A brief as one reader may see it: its content, its items in order, and what became of those not shown."""

    brief: Brief
    items: tuple[Item, ...]
    entry_ids: tuple[int, ...]
    """Of the items, in the same order"""
    gone: dict[int, str]
    """Why an item is not shown, by its entry's id"""

    @property
    def name(self) -> str:
        return f"version {self.brief.frozen.number}" if self.brief.frozen else "now"


@dataclass(frozen=True)
class _Read:
    """A sealed item, its entry as it is now, and whether that may be seen by whoever reads the brief."""

    part: Part
    entry: Entry
    seen: bool
    differs_from: str
    """The reference of the note that it sees differently, where this reader sees that one today"""

    @cached_property
    def why(self) -> str:
        """Why it is not shown; empty where it is. What does not hold is not shown as what was read."""
        holds = check(self.part)
        if holds is Holds.BLANK:
            return "erased"
        if not self.seen:
            return WHY.get(self.entry.standing, NARROWED)
        return "" if holds is Holds.OK else "changed in the store since it was frozen"

    @cached_property
    def item(self) -> Item:
        """In the words that were frozen, its author named as they are named today."""
        by, mark = entries.said_by(self.entry), _marked(self.part.mark)
        later = {"by": by, "mark": mark, "differs_from": self.differs_from}
        found: Item = dataclass_of(Item, json.loads(self.part.text or "") | later, {})
        entry = self.entry
        now = (entry.title, entry.words, entry.cites or "", entry.answered)
        return replace(found, since="" if (found.title, found.words, found.cites, found.answers) == now else EDITED)

    @property
    def seal(self) -> SealedPart:
        """Its hash, with salt and text where it is shown."""
        salt, text = ("", "") if self.why else (self.part.salt, self.part.text)
        return SealedPart(self.part.number, self.part.hash, salt or "", text or "")


def _marked(mark: Mark | None) -> str:
    if mark is None:
        return ""
    return f"Not relevant, because: {mark.because}" if mark.weight is Weight.NOT_RELEVANT else mark.weight.capitalize()


def reading(of: Version, viewer: Viewer) -> Reading:
    """A version for a reader of its brief: each item at the narrower of its level then and now.

    The level then is at least the brief's, which its reader holds: so what the reader may see today decides. What is
    hidden, withdrawn, waiting or erased is for no reader of a brief, its author and moderators included.
    """
    rows = _rows(of, viewer)
    shown = [row for row in rows if not row.why]
    return Reading(
        brief=_brief(of, rows),
        items=tuple(row.item for row in shown),
        entry_ids=tuple(row.entry.id for row in shown),
        gone={row.entry.id: row.why for row in rows if row.why},
    )


def _rows(of: Version, viewer: Viewer) -> list[_Read]:
    seen = visible(Entry, viewer) & (Entry.standing == Standing.PUBLISHED)
    asked = (
        select(Part, Entry, seen.label("seen"))
        .join(Entry, Entry.id == Part.entry_id)
        .outerjoin(Part.mark)
        .options(contains_eager(Part.mark), defer(Entry.geometry), joinedload(Entry.author))
        .where(Part.version_id == of.id, Part.number > 0)
        .order_by(Part.number)
    )
    differing = ties.seen_differently(viewer)
    rows = db.session.execute(asked)
    return [_Read(part, entry, bool(found), differing.get(entry.id, "")) for part, entry, found in rows]


def _brief(of: Version, rows: Sequence[_Read]) -> Brief:
    first = db.session.scalars(select(Part).where(Part.version_id == of.id, Part.number == 0)).one()
    if check(first) is not Holds.OK or first.text is None or first.salt is None:
        raise Refused(BROKEN)
    told = json.loads(first.text)
    made: Brief = dataclass_of(Brief, told["content"], {row.part.number: row.item for row in rows if not row.why})
    frozen = Frozen(
        ref=told["ref"], number=told["version"], purpose=told["purpose"], signed=of.signed, hash=of.hash,
        ground=str(of.brief.ground or ""),
        withheld=tuple((row.part.number, row.why) for row in rows if row.why),
        seals=(SealedPart(0, first.hash, first.salt, first.text), *(row.seal for row in rows)),
    )  # fmt: skip
    return replace(made, frozen=frozen)


def reading_now(kept: KeptBrief, viewer: Viewer) -> Reading:
    """The same brief as it would be frozen now."""
    place = place_of(kept, viewer)
    items = tuple(queries.items(place, kept.level))
    ids: dict[str, int] = {}
    for start in range(0, len(items), 500):
        refs = [item.ref for item in items[start : start + 500]]
        ids.update(db.session.execute(select(Entry.ref, Entry.id).where(Entry.ref.in_(refs))).all())
    return Reading(queries.brief(place, kept.level, viewer), items, tuple(ids[item.ref] for item in items), {})


def behind(found: Reading, filters: Filters) -> list[Item]:
    """The items that a figure of a frozen brief counted, as far as they are still shown."""
    return [item for item in found.items if queries.counts(item, filters)]
