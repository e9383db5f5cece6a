"""What a frozen brief says of itself: which version it is, its seals, and what of it is no longer shown."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class SealedPart:
    """A part of a frozen brief as it was sealed; salt and text only of what is shown to its reader."""

    number: int
    hash: str
    salt: str
    text: str


@dataclass(frozen=True)
class Frozen:
    """Which kept brief this is a version of, and how much of it is not shown to this reader."""

    ref: str
    number: int
    purpose: str
    signed: str
    hash: str
    withheld: tuple[tuple[int, str], ...]
    """Number and reason of each item that is not shown"""
    seals: tuple[SealedPart, ...]
    ground: str = ""
    """Why it is for named people alone today; empty where it is for its level"""

    @property
    def cite(self) -> str:
        """How to cite it, but for its date."""
        return f"{self.ref}, version {self.number} ({self.hash[:12]})"

    @property
    def restricted_in_words(self) -> str:
        """That it is for named people alone, where it is (`ground`), in a sentence."""
        return f"Restricted ({self.ground}): for its maker and the people they named alone."

    @property
    def withheld_in_words(self) -> str:
        """How many items are not shown and why, in a sentence; empty where all are."""
        if not self.withheld:
            return ""
        why: dict[str, list[int]] = {}
        for number, reason in self.withheld:
            why.setdefault(reason, []).append(number)
        parts = "; ".join(f"{_items(numbers)} ({reason})" for reason, numbers in why.items())
        verb = "item is" if len(self.withheld) == 1 else "items are"
        return f"{len(self.withheld):,} {verb} no longer shown: {parts}. Figures stay as they were read."


def _items(numbers: list[int]) -> str:
    listed = ", ".join(str(number) for number in numbers[:20])
    more = f" and {len(numbers) - 20} more" if len(numbers) > 20 else ""
    return f"item {listed}" if len(numbers) == 1 else f"items {listed}{more}"
