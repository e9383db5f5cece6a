"""Taking all that lies in a file or a mailbox, one message after another; the mailbox is read every minute."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import delete, func, select
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnection

from wardbook import jobs
from wardbook.config import settings
from wardbook.db import db, now, transaction
from wardbook.errors import Refused
from wardbook.incoming.mailboxes import Found, messages_in, new_in
from wardbook.incoming.models import Became
from wardbook.incoming.taking import Taking, take_message
from wardbook.incoming.unreadable import give_up

log = logging.getLogger(__name__)
READ = "read the mailbox"
LATE = timedelta(minutes=10)
REMEMBERED = timedelta(hours=1)
PASSING = (OperationalError, InterfaceError, NoConnection, OSError, MemoryError)
"""What is no fault of a message: the store or the disk is not there, and may be in a minute"""


def take_file(path: Path) -> list[Taking]:
    """Take the messages of a file or folder. Raises Refused where it holds none."""
    takings: list[Taking] = []
    for number, found in enumerate(messages_in(path), start=1):
        try:
            takings.append(_taken(found.raw))
        except Refused as refused:
            if path.is_file() and number == 1:
                raise
            log.warning("message %s is left alone: %s", number, refused.sentence)
            takings.append(Taking(Became.IGNORED))
    if not takings:
        raise Refused(f"{path.name} holds no message.")
    return takings


def take_new(found: Iterable[Found]) -> list[Taking]:
    """Take what is new in a mailbox. What cannot be read is marked as the others, and keeps nothing else waiting."""
    takings = []
    for message in found:
        try:
            taking = _taken(message.raw)
        except Refused as refused:
            taking = give_up(message.raw, refused)
        except PASSING as error:
            log.warning("a message in the mailbox is left for the next time: %s", type(error).__name__)
            db.session.rollback()
            continue
        takings.append(taking)
        if taking.became is not Became.WAITS:
            message.taken()
    return takings


def _taken(raw: bytes) -> Taking:
    """Take a message, or give it up. Raises Refused where it is no message, and what may pass: no store, no room."""
    try:
        return take_message(raw)
    except (Refused, *PASSING):
        raise
    except Exception as error:
        return give_up(raw, error)


@jobs.every(READ, minutes=1, slow=True, wanted=lambda: bool(settings().mailbox))
def read_mailbox(_: jobs.Task) -> None:
    """Take what is new. Killed half-way, the next run takes the rest, and nothing twice."""
    take_new(new_in(settings().mailbox))
    old = (jobs.Job.does == READ, jobs.Job.finished_at < now() - REMEMBERED)
    with transaction():  # a row a minute would be many
        db.session.execute(delete(jobs.Job).where(*old))


def last_read_at() -> datetime | None:
    """When the mailbox was last read to its end."""
    return db.session.scalar(select(func.max(jobs.Job.finished_at)).where(jobs.Job.does == READ))


def is_late() -> bool:
    """Whether it should have been read since."""
    last = last_read_at()
    return last is None or last < now() - LATE
