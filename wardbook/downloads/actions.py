"""What can be done with files: ask for one, make it, record that one was taken, remove what is old."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial
from pathlib import Path
from secrets import token_urlsafe
from typing import Any

from sqlalchemy import func, insert, select, update

from wardbook import jobs
from wardbook.db import alone, db, now, transaction
from wardbook.downloads.models import Download, folder
from wardbook.downloads.sources import Wanted, reader_of, source_of
from wardbook.entries.models import Entry
from wardbook.erasure import blanks, redacts, unnames
from wardbook.errors import Forbidden, NotFound, Refused
from wardbook.jobs import Job
from wardbook.people.models import Person
from wardbook.people.queries import viewer_of
from wardbook.policy import VISITOR, Viewer
from wardbook.shared import Standing

MAKE, REMOVE = "make a file", "remove files that hold what was erased"
KEPT_FOR = timedelta(days=1)
MOST_WAITING, MOST_WAITING_OF_VISITORS = 5, 20


def order(who: Viewer, wanted: Wanted, *, once: str) -> Download:
    """Ask for a file to be made. From the same form it is asked for once, however often it is sent."""
    reader_of(wanted, who)
    alone("file", once)
    already = db.session.scalar(select(Download).where(Download.once == once))
    if already is not None:
        return already
    _refuse_more(who)
    download = Download(once=once, **_columns(who, wanted))
    db.session.add(download)
    db.session.flush()
    jobs.ask(MAKE, cause=cause(download), asked_by=who, file=download.id)
    return download


def cause(download: Download) -> str:
    """What the job that makes it is for."""
    return f"file {download.id}"


def _columns(who: Viewer, wanted: Wanted) -> dict[str, Any]:
    return {
        "key": token_urlsafe(18), "asked_by_id": who.id, "asked_at": now(), "source": wanted.source,
        "about": dict(wanted.about), "form": wanted.form,
    }  # fmt: skip


def _refuse_more(who: Viewer) -> None:
    """Nobody's wishes, and not those of all visitors together, keep everybody else's waiting. What was given up is
    waited for by nobody.
    """
    alone("files of", who.id)
    mine = Job.asked_by_id.is_not_distinct_from(who.id)
    waiting = select(func.count()).select_from(Job).where(Job.does == MAKE, jobs.waiting(), mine)
    most = MOST_WAITING_OF_VISITORS if who.id is None else MOST_WAITING
    if (db.session.scalar(waiting) or 0) >= most:
        raise Refused("Other files are still being made. Try again in a few minutes.")


def record_given(who: Viewer, wanted: Wanted, entries: int) -> None:
    """Record a file that is given at once to somebody signed in: who took what, when. What visitors take is public."""
    if who.id is not None:
        _record(who, wanted, entries)


def record_written(wanted: Wanted, entries: int) -> None:
    """Record a file that was written on the command line, by nobody who is known."""
    _record(VISITOR, wanted, entries)


def _record(who: Viewer, wanted: Wanted, entries: int) -> None:
    at = now()
    with transaction():
        db.session.execute(
            insert(Download), _columns(who, wanted) | {"made_at": at, "taken_at": at, "entries": entries}
        )


def record_taken(download_id: int) -> None:
    """Record that a file which was made was taken."""
    with transaction():
        db.session.execute(update(Download).where(Download.id == download_id).values(taken_at=now()))


# --- making ------------------------------------------------------------------------------------------------------


@jobs.doer(MAKE, slow=True, tries=3)
def make(task: jobs.Task) -> None:
    """Make a file as who asked for it may see it now. Its file is there, for good, before its row says so."""
    download = db.session.get(Download, task.about["file"])
    if download is None or download.made_at is not None or download.refused_for is not None:
        return
    asker = db.session.get(Person, download.asked_by_id) if download.asked_by_id is not None else None
    who = viewer_of(asker)
    wanted = Wanted(download.source, download.about, download.form)
    db.session.expunge_all()
    values: dict[str, object]
    try:
        reader_of(wanted, who)
    except (Forbidden, NotFound):
        values = {"refused_for": "What you asked for is not there any more, or not for you."}
    else:
        references = _write(download, who, wanted, task)
        size = download.file.stat().st_size
        _remove_if_erased(download, references)
        values = {"made_at": now(), "entries": len(references), "size": size, "keep_until": now() + KEPT_FOR}
    with transaction():
        db.session.execute(update(Download).where(Download.id == task.about["file"]).values(values))


def _write(download: Download, who: Viewer, wanted: Wanted, task: jobs.Task) -> Sequence[str]:
    folder().mkdir(mode=0o700, exist_ok=True)
    half = folder() / f"{download.key}.{task.taken_by}.part"
    with half.open("wb") as file:
        references = source_of(wanted).write(who, wanted.about, wanted.form, file, partial(jobs.progress, task))
        file.flush()
        os.fsync(file.fileno())
    download.references.write_text("\n".join(references))
    half.replace(download.file)
    return references


def _remove_if_erased(download: Download, references: Sequence[str]) -> None:
    """What is erased while a file is made removes it here; what is erased after this look finds it on the disk."""
    db.session.rollback()
    erased = select(Entry.ref).where(Entry.standing == Standing.ERASED)
    if not set(references).isdisjoint(db.session.scalars(erased)):
        remove_made(download.key)


# --- removing ----------------------------------------------------------------------------------------------------


@blanks
def _ask_to_remove(thing: Any) -> None:
    """Files hold copies of what is erased: they go once that is committed."""
    if isinstance(thing, Entry):
        jobs.ask(REMOVE, cause=thing.ref, ref=thing.ref)


@unnames
def _ask_to_remove_named(thing: Any, names: Sequence[str]) -> None:
    """Files name the author where that was chosen."""
    if isinstance(thing, Entry):
        jobs.ask(REMOVE, cause=f"{thing.ref} without its author", ref=thing.ref)


@redacts
def _ask_to_remove_redacted(thing: Any, without: Callable[[str], str]) -> None:
    """Files hold the words that a moderator removes."""
    if isinstance(thing, Entry):
        jobs.ask(REMOVE, cause=f"{thing.ref} redacted {now().isoformat()}", ref=thing.ref)


@jobs.doer(REMOVE)
def remove_holding(task: jobs.Task) -> None:
    """Remove every file that was made and holds this entry."""
    for references in folder().glob("*.refs"):
        if task.about["ref"] in references.read_text().splitlines():
            remove_made(references.stem)


def remove_made(key: str) -> None:
    """Remove a file that was made. What is in it is forgotten last: an end in the middle leaves what the next try
    needs to find the file.
    """
    for path in sorted(folder().glob(f"{key}.*"), key=lambda path: path.suffix == ".refs"):
        path.unlink(missing_ok=True)


@jobs.every("remove files that were kept for a day", minutes=60)
def remove_old(_: jobs.Task) -> None:
    """Remove the files whose day is over, and what an end in the middle of making one left."""
    if not folder().is_dir():
        return
    wanted = select(Download.key).where(Download.keep_until > now())
    keys = set(db.session.scalars(wanted))
    for path in folder().iterdir():
        if path.name.partition(".")[0] not in keys and _is_old(path):
            path.unlink(missing_ok=True)


def _is_old(path: Path) -> bool:
    """Not touched for a day: what is being made is left alone."""
    return path.stat().st_mtime < time.time() - KEPT_FOR.total_seconds()
