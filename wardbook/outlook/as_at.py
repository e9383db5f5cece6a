"""The day a list, a map or a look-up is asked about: `as_at` in its address, or today."""

from __future__ import annotations

from datetime import date

from flask import request

from wardbook.clock import today
from wardbook.errors import Refused


def as_at() -> date:
    """The day in the address, or today. Raises Refused."""
    return day_asked() or today()


def day_asked() -> date | None:
    """The day in the address, where there is one. Raises Refused where it is no day: an answer for today would be taken
    for that day's."""
    words = request.args.get("as_at", "").strip()
    try:
        return date.fromisoformat(words) if words else None
    except ValueError:
        raise Refused(f"'{words[:20]}' is not a date. Write the year, month and day, like 2019-05-02.") from None
