"""The day a list, a map or a look-up is asked about: `as_at` in its address, or today."""

from __future__ import annotations

from datetime import date

from flask import request

from wardbook.clock import today


def as_at() -> date:
    """The day in the address. What is no day falls away, as other wrong filters do."""
    return day_asked() or today()


def day_asked() -> date | None:
    """The day in the address, where there is one."""
    try:
        return date.fromisoformat(request.args.get("as_at", ""))
    except ValueError:
        return None
