"""What can be read of jobs: what waits, what failed, and how much was done; never what it is about."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, func, select

from wardbook.db import db, now
from wardbook.jobs import Job, waiting

MOST_SHOWN = 100
STUCK_AFTER = timedelta(minutes=10)


class Stage(StrEnum):
    """How a job stands. What failed will be tried again; what was given up waits for an administrator."""

    GIVEN_UP = "given up"
    FAILED = "failed"
    RUNNING = "running"
    WAITING = "waiting"


CONDITIONS: dict[Stage, ColumnElement[bool]] = {
    Stage.GIVEN_UP: Job.given_up_at.is_not(None),
    Stage.FAILED: waiting() & Job.taken_by.is_(None) & (Job.tries > 0),
    Stage.RUNNING: waiting() & Job.taken_by.is_not(None),
    Stage.WAITING: waiting() & Job.taken_by.is_(None) & (Job.tries == 0),
}


def jobs(stage: Stage) -> Sequence[Job]:
    """Those that stand so, the one that is due first at the top: no more than a page can show."""
    rows = select(Job).where(CONDITIONS[stage]).order_by(Job.due_at, Job.id).limit(MOST_SHOWN)
    return db.session.scalars(rows).all()


def counts() -> dict[Stage, int]:
    """How many stand how."""
    return {stage: _number(condition) for stage, condition in CONDITIONS.items()}


def _number(condition: ColumnElement[bool]) -> int:
    return db.session.scalar(select(func.count()).select_from(Job).where(condition)) or 0


def done_lately() -> Sequence[tuple[str, int]]:
    """What was done in the last day, and how often."""
    rows = select(Job.does, func.count()).where(Job.finished_at > now() - timedelta(days=1)).group_by(Job.does)
    return [(does, number) for does, number in db.session.execute(rows.order_by(Job.does))]


def stuck() -> int:
    """How many jobs have been due for so long that no worker can be running."""
    return _number(waiting() & (Job.due_at < now() - STUCK_AFTER))
