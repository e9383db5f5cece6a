"""Things to do: each a row written in the transaction of its cause, and done by a worker, if need be more than once."""

from __future__ import annotations

import logging
import smtplib
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from secrets import token_hex
from threading import Event, Lock, Thread
from typing import Any

from flask import Flask, current_app
from sqlalchemy import JSON, ColumnElement, ForeignKey, Index, UniqueConstraint, and_, delete, select, text, update
from sqlalchemy.orm import Mapped, mapped_column

from wardbook.db import ID_USED_ONCE, Base, add_once, db, now, transaction
from wardbook.policy import Viewer

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=1)
"""For how long a job is left to who took it without a sign of life: a killed worker's is taken again after this."""
MOST_TRIES = 14
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=4)
"""Each wait is twice the one before: fourteen tries are a day."""
REMEMBERED = timedelta(days=30)
_WAITING = "finished_at IS NULL AND given_up_at IS NULL"


class Job(Base):
    """One thing to do. `about` holds ids, never anybody's words."""

    __tablename__ = "job"
    __table_args__ = (
        UniqueConstraint("does", "cause"),
        Index("ix_job_waiting", "due_at", "id", sqlite_where=text(_WAITING), postgresql_where=text(_WAITING)),
        ID_USED_ONCE,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    does: Mapped[str]
    cause: Mapped[str]
    """What it is for, so that it is asked once: `letter 12`, `photo 3f…`"""
    about: Mapped[dict[str, Any]] = mapped_column(JSON)
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    made_at: Mapped[datetime]
    due_at: Mapped[datetime]
    """Not to be taken before: when it was asked for, when its next try is, or when whoever took it counts as lost"""
    taken_at: Mapped[datetime | None]
    taken_by: Mapped[str | None]
    tries: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int | None]
    """How much of how much is done, where its doer can tell"""
    finished_at: Mapped[datetime | None]
    given_up_at: Mapped[datetime | None]
    failed_for: Mapped[str | None]
    """Why its last try failed, without anybody's words"""


@dataclass(frozen=True)
class Task:
    """A job as its doer gets it."""

    id: int
    does: str
    cause: str
    about: dict[str, Any]
    asked_by_id: int | None
    taken_by: str


class GivenUp(Exception):
    """Raised by a doer where another try would fail as well. Its sentence is for administrators: no personal words."""


class Lost(Exception):
    """Another worker has this job by now: who hears this stops."""


Doer = Callable[[Task], None]


@dataclass(frozen=True)
class _Known:
    do: Doer
    slow: bool
    tries: int
    minutes: int | None
    wanted: Callable[[], bool] = lambda: True


_known: dict[str, _Known] = {}


# --- asking ------------------------------------------------------------------------------------------------------


def ask(
    does: str, *, cause: str, due_at: datetime | None = None, asked_by: Viewer | int | None = None, **about: object
) -> None:
    """Ask for a job in the present transaction; it begins after the commit, at `due_at` where that is later.

    The same cause asks once, whoever asks at the same time. `about` is kept as JSON: ids, never words.
    """
    if does not in _known:
        raise KeyError(f"nothing does '{does}'")
    person = asked_by.id if isinstance(asked_by, Viewer) else asked_by
    added = add_once(
        Job, does=does, cause=cause, about=about, asked_by_id=person, made_at=now(), due_at=due_at or now()
    )
    if added is not None and (due_at is None or due_at <= now()):
        db.session().info["asked"] = True  # the bell is rung after the commit


def doer(does: str, *, slow: bool = False, tries: int = MOST_TRIES) -> Callable[[Doer], Doer]:
    """Have a function do the jobs of this name, outside any transaction: it opens its own (`db.transaction`).

    It may be run twice for one job, and at the second run finds what the first left. It raises `GivenUp` where no later
    try would help, anything else to be tried again. Of slow ones a worker does one at a time, so that mail goes on.
    """
    return _register(does, slow, tries, None)


def every(
    does: str, *, minutes: int, slow: bool = False, wanted: Callable[[], bool] = lambda: True
) -> Callable[[Doer], Doer]:
    """Have a function do something again and again, once in each span of minutes whatever the number of workers;
    `wanted` says whether this installation has anything for it to do.
    """
    return _register(does, slow, MOST_TRIES, minutes, wanted)


def _register(
    does: str, slow: bool, tries: int, minutes: int | None, wanted: Callable[[], bool] = lambda: True
) -> Callable[[Doer], Doer]:
    def register(do: Doer) -> Doer:
        _known[does] = _Known(do, slow, tries, minutes, wanted)
        return do

    return register


def ask_for_what_recurs() -> None:
    """Ask for what is done every so many minutes, unless it was in this span or the last is still to be done."""
    for does, known in _known.items():
        if known.minutes is not None and known.wanted() and (cause := _span(does, known.minutes)):
            with transaction():
                ask(does, cause=cause)


def _span(does: str, minutes: int) -> str | None:
    """The span of minutes that has begun, as the cause of its job; None where there is nothing to ask."""
    length = minutes * 60
    began = datetime.fromtimestamp(int(now().timestamp()) // length * length, UTC)
    cause = f"{began:%Y-%m-%d %H:%M}"
    there = select(Job.id).where(Job.does == does, (Job.cause == cause) | waiting()).limit(1)
    found = db.session.scalar(there)
    db.session.rollback()
    return cause if found is None else None


def waiting() -> ColumnElement[bool]:
    """Of jobs: neither finished nor given up."""
    return and_(Job.finished_at.is_(None), Job.given_up_at.is_(None))


# --- taking and marking: each a short transaction of its own -----------------------------------------------------


def _take(names: Collection[str]) -> Task | None:
    """The job of these names that has been due for longest, for the caller alone. None where nothing is due."""
    due = select(Job.id).where(waiting(), Job.due_at <= now(), Job.does.in_(names)).order_by(Job.due_at, Job.id)
    found = db.session.scalar(due.limit(1))
    db.session.rollback()
    while found is not None:  # nobody is kept from writing where nothing waits
        with transaction():
            found = db.session.scalar(due.limit(1).with_for_update(skip_locked=True))
            job = db.session.get(Job, found) if found is not None else None
            if job is not None and (task := _begin(job)):
                return task
    return None


def _begin(job: Job) -> Task | None:
    """Take a job, or give it up where it has ended every worker that tried it."""
    if job.tries >= _known[job.does].tries:
        job.given_up_at, job.taken_by = now(), None
        job.failed_for = job.failed_for or "Every worker that began it ended before it did."
        return None
    job.taken_at, job.taken_by, job.tries = now(), token_hex(8), job.tries + 1
    job.due_at = now() + LEASE
    return Task(job.id, job.does, job.cause, job.about, job.asked_by_id, job.taken_by)


def _mark(task: Task, **values: object) -> None:
    """Write something of a job that is ours. Raises Lost where it is not any more."""
    with transaction():
        ours = update(Job).where(Job.id == task.id, Job.taken_by == task.taken_by, waiting())
        if db.session.execute(ours.values(values)).rowcount != 1:  # type: ignore[attr-defined]
            raise Lost


def progress(task: Task, done: int, total: int) -> None:
    """Tell how far it is; it is shown to whoever asked. Raises Lost where another worker has it by now.

    It is told beside the session of the doer, whose reading goes on undisturbed.
    """
    with _application().app_context():
        _mark(task, done=done, total=total, due_at=now() + LEASE)


def _application() -> Flask:
    return current_app._get_current_object()  # type: ignore[attr-defined,no-any-return]


def wait_before(next_try: int) -> timedelta:
    """How long to wait before the second, third... try."""
    return min(FIRST_WAIT * int(2 ** (next_try - 2)), LONGEST_WAIT)


def try_again(job_id: int) -> None:
    """Have a job that failed or was given up tried at once, as if for the first time."""
    idle = Job.taken_by.is_(None) | Job.given_up_at.is_not(None)
    again = update(Job).where(Job.id == job_id, Job.finished_at.is_(None), idle)
    db.session.execute(again.values(given_up_at=None, taken_by=None, tries=0, due_at=now()))
    db.session().info["asked"] = True


# --- doing -------------------------------------------------------------------------------------------------------

_slow_one = Lock()


def do_what_is_due(stopping: Callable[[], bool] = lambda: False) -> int:
    """Do one job after another until none is due; how many were begun. Of the slow ones, one at a time a process."""
    begun = 0
    while not stopping() and _do_one():
        begun += 1
    return begun


def _do_one() -> bool:
    quick = {does for does, known in _known.items() if not known.slow}
    if task := _take(quick):
        _do(task)
        return True
    if not _slow_one.acquire(timeout=0.2):  # held for longer only while one is done, whose thread looks again after it
        return False
    try:
        task = _take(_known.keys() - quick)
        if task is not None:
            _do(task)
        return task is not None
    finally:
        _slow_one.release()


def _do(task: Task) -> None:
    try:
        try:
            with _signs_of_life(task):
                _known[task.does].do(task)
            db.session.rollback()
            _mark(task, finished_at=now(), taken_by=None, failed_for=None)
        except GivenUp as error:
            log.warning("job %s (%s) is given up: %s", task.id, task.does, error)
            _mark(task, given_up_at=now(), taken_by=None, failed_for=str(error))
        except Exception as error:
            if isinstance(error, Lost):
                raise
            _try_again(task, error)
    except Lost:
        log.warning("job %s (%s) was taken over by another worker", task.id, task.does)
    finally:
        db.session.rollback()


def _try_again(task: Task, error: Exception) -> None:
    why = _in_a_word(error)
    log.warning(
        "job %s (%s) failed and will be tried again: %s", task.id, task.does, why,
        exc_info=not isinstance(error, OSError),
    )  # fmt: skip
    db.session.rollback()
    tries = db.session.scalar(select(Job.tries).where(Job.id == task.id)) or 1
    if tries >= _known[task.does].tries:
        _mark(task, given_up_at=now(), taken_by=None, failed_for=why)
    else:
        _mark(task, due_at=now() + wait_before(tries + 1), taken_by=None, failed_for=why)


def _in_a_word(error: Exception) -> str:
    """What failed without its details, which can hold an address or somebody's words."""
    code = f" {error.smtp_code}" if isinstance(error, smtplib.SMTPResponseException) else ""
    return f"{type(error).__name__}{code}"


@contextmanager
def _signs_of_life(task: Task) -> Iterator[None]:
    """Keep a job ours for as long as it is being done."""
    app, over = _application(), Event()

    def live() -> None:
        with app.app_context():
            while not over.wait(LEASE.total_seconds() / 3):
                try:
                    _mark(task, due_at=now() + LEASE)
                except Lost:
                    return
                except Exception:  # the next sign comes before what is left of the lease is over
                    log.warning("a sign of life of job %s (%s) failed", task.id, task.does, exc_info=True)
                finally:
                    db.session.remove()

    thread = Thread(target=live, name=f"job {task.id}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


@every("forget jobs that were done a month ago", minutes=24 * 60)
def forget_old(_: Task) -> None:
    """Forget them: until then the same cause asks for nothing, and an administrator can see what was done."""
    with transaction():
        db.session.execute(delete(Job).where(Job.finished_at < now() - REMEMBERED))
