"""What can be read of files: whose they are, how far they are, and whether what they hold may still be seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import func, or_, select
from sqlalchemy.orm import joinedload

from wardbook.db import db, now
from wardbook.downloads.actions import MAKE, cause
from wardbook.downloads.models import Download
from wardbook.downloads.sources import Wanted, reader_of
from wardbook.entries.models import Entry
from wardbook.errors import Forbidden, NotFound
from wardbook.jobs import Job
from wardbook.policy import Viewer, visible
from wardbook.shared import Standing


class Stage(StrEnum):
    """How far a file is."""

    WAITING = "waiting"
    MAKING = "making"
    READY = "ready"
    CHANGED = "changed"
    GONE = "gone"
    FAILED = "failed"


@dataclass(frozen=True)
class Progress:
    """How far a file is, and of how many entries it holds how many."""

    stage: Stage
    done: int = 0
    total: int = 0

    @property
    def percent(self) -> int:
        return 100 * self.done // self.total if self.total else 0

    @property
    def words(self) -> str:
        return f"{self.done:,} of {self.total:,} entries" if self.total else "It has begun."


def download(key: str, who: Viewer) -> Download | None:
    """A file by its key: one's own, or a visitor's. Not where who asked for it may not have such a file any more."""
    mine = or_(Download.asked_by_id.is_(None), Download.asked_by_id == who.id)
    found = db.session.scalar(select(Download).where(Download.key == key, mine))
    if found is None:
        return None
    try:
        reader_of(_wanted(found), who)
    except (NotFound, Forbidden):
        return None
    return found


def own(who: Viewer) -> Sequence[Download]:
    """The files this person asked for that are being made or kept, newest first."""
    kept = or_(Download.keep_until > now(), Download.made_at.is_(None) & Download.refused_for.is_(None))
    rows = select(Download).where(Download.asked_by_id == who.id, kept).order_by(Download.id.desc()).limit(20)
    return db.session.scalars(rows).all()


def taken(source: str) -> Sequence[Download]:
    """Who took files of a source, with their names, newest first."""
    rows = select(Download).where(Download.source == source, Download.taken_at.is_not(None))
    named = rows.options(joinedload(Download.asked_by)).order_by(Download.id.desc()).limit(20)
    return db.session.scalars(named).all()


def progress(made: Download, who: Viewer) -> Progress:
    """How far it is, for who asked for it."""
    if made.refused_for is not None:
        return Progress(Stage.FAILED)
    if made.made_at is not None:
        return Progress(_when_made(made, who))
    job = db.session.scalar(select(Job).where(Job.does == MAKE, Job.cause == cause(made)))
    if job is None or job.given_up_at is not None:
        return Progress(Stage.FAILED)
    begun = job.taken_by is not None or job.done > 0
    return Progress(Stage.MAKING if begun else Stage.WAITING, job.done, job.total or 0)


def _when_made(made: Download, who: Viewer) -> Stage:
    if made.keep_until is None or made.keep_until <= now():
        return Stage.GONE
    whole = made.file.exists() and _still_so(made, who)  # before its day is over only an erasure removes it
    return Stage.READY if whole else Stage.CHANGED


def _still_so(made: Download, who: Viewer) -> bool:
    """Whether every entry in it may still be read by its reader, and in these words: hidden, withdrawn or narrowed ones
    may not, and one that was edited since has other words, or no name any more. An answer takes nothing back of it.
    """
    reader = reader_of(_wanted(made), who)
    unedited = or_(Entry.edited_at.is_(None), Entry.edited_at < made.asked_at)
    seen = select(func.count()).where(visible(Entry, reader), Entry.standing == Standing.PUBLISHED, unedited)
    references = made.references.read_text().splitlines()
    return all(db.session.scalar(seen.where(Entry.ref.in_(some))) == len(some) for some in _in_parts(references))


def _in_parts(references: Sequence[str], size: int = 500) -> Sequence[Sequence[str]]:
    return [references[at : at + size] for at in range(0, len(references), size)]


def _wanted(made: Download) -> Wanted:
    return Wanted(made.source, made.about, made.form)
