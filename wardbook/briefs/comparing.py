"""Two readings of a brief beside each other: what was added, what is gone and why, what was reworded, what moved."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from wardbook.briefs.picture import Brief, Item
from wardbook.briefs.reading import Reading


@dataclass(frozen=True)
class Pair:
    """One item as the two readings have it."""

    before: Item
    after: Item


@dataclass(frozen=True)
class Changed:
    """A figure that differs; None where a brief does not have it."""

    section: str
    label: str
    before: int | None
    after: int | None


@dataclass(frozen=True)
class Comparison:
    """What differs between two readings, from the first to the second. Turned round, it is the same in reverse."""

    before: Reading
    after: Reading
    added: tuple[Item, ...]
    added_unseen: tuple[tuple[str, int], ...]
    """Why, and how many, of those only the second has that may no longer be shown"""
    gone: tuple[Item, ...]
    gone_unseen: tuple[tuple[str, int], ...]
    reworded: tuple[Pair, ...]
    moved: tuple[Pair, ...]
    """Whose state differs"""
    figures: tuple[Changed, ...]
    unseen_in_both: int

    @property
    def same(self) -> bool:
        """Whether nothing differs."""
        return not any(
            (self.added, self.added_unseen, self.gone, self.gone_unseen, self.reworded, self.moved, self.figures)
        )


def comparison(before: Reading, after: Reading) -> Comparison:
    """What differs between two readings by the same reader."""
    one, other = _by_entry(before), _by_entry(after)
    in_one, in_other = {*one, *before.gone}, {*other, *after.gone}
    both = [Pair(one[entry], other[entry]) for entry in one if entry in other]
    return Comparison(
        before=before,
        after=after,
        added=tuple(item for entry, item in other.items() if entry not in in_one),
        added_unseen=_unseen(after, in_one),
        gone=tuple(item for entry, item in one.items() if entry not in in_other),
        gone_unseen=_unseen(before, in_other),
        reworded=tuple(pair for pair in both if _wording(pair.before) != _wording(pair.after)),
        moved=tuple(pair for pair in both if pair.before.state != pair.after.state),
        figures=_figures(before.brief, after.brief),
        unseen_in_both=len(before.gone.keys() & after.gone.keys()),
    )


def _by_entry(reading: Reading) -> dict[int, Item]:
    return dict(zip(reading.entry_ids, reading.items, strict=True))


def _unseen(reading: Reading, elsewhere: set[int]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(Counter(why for entry, why in reading.gone.items() if entry not in elsewhere).items()))


def _wording(item: Item) -> tuple[str, str, str]:
    return item.title, item.words, item.cites


def _figures(before: Brief, after: Brief) -> tuple[Changed, ...]:
    one, other = _counts(before), _counts(after)
    changed = ((key, one.get(key), other.get(key)) for key in dict.fromkeys([*one, *other]))
    return tuple(Changed(key[0], key[1], was, now) for key, was, now in changed if was != now)


def _counts(brief: Brief) -> dict[tuple[str, ...], int]:
    """Figures by what they count: labels alone may stand twice."""
    found: dict[tuple[str, ...], int] = {
        (section, figure.label, str(figure.filters.in_address())): figure.count for section, figure in brief.figures()
    }
    return {("The brief", "Entries it rests on", ""): brief.total, **found}
