"""Days and moments as the council has them: kept in UTC, shown in Europe/London."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from wardbook.db import now

LONDON = ZoneInfo("Europe/London")


def today() -> date:
    """The date in London now: it decides which boundary set is in force and which terms run."""
    return now().astimezone(LONDON).date()


def day_of(moment: datetime) -> date:
    """The London date of a moment."""
    return moment.astimezone(LONDON).date()


def holds(from_on: date | None, until_on: date | None, on: date) -> bool:
    """Whether [from, until) holds a day: `until` is the first day that it does not; either end may be open."""
    return (from_on is None or from_on <= on) and (until_on is None or on < until_on)


def day_in_words(day: date) -> str:
    """`2 May 2019`"""
    return f"{day.day} {day:%B %Y}"


def moment_in_words(moment: datetime) -> str:
    """`2 May 2019 at 3:05pm`"""
    there = moment.astimezone(LONDON)
    return f"{day_in_words(there.date())} at {there.hour % 12 or 12}:{there:%M}{'am' if there.hour < 12 else 'pm'}"


def span_in_words(span: timedelta) -> str:
    """`3 days`, `5 hours`, `12 minutes`: the greatest unit of which it has one or two, rounded"""
    minutes = round(span.total_seconds() / 60)
    for unit, length in (("day", 1440), ("hour", 60)):
        if minutes >= 2 * length:
            return f"{round(minutes / length)} {unit}s"
    if minutes < 1:
        return "less than a minute"
    return "1 minute" if minutes == 1 else f"{minutes} minutes"
