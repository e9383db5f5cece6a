"""Digests: at seven in the morning, every day or on Mondays, one letter to each person of all they follow so."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from sqlalchemy import delete, select, update

from wardbook import jobs
from wardbook.clock import LONDON
from wardbook.db import db, now, transaction
from wardbook.follows import gathering
from wardbook.follows.keys import stops_digest
from wardbook.follows.models import Follow, News, Rhythm
from wardbook.follows.queries import is_active
from wardbook.mail import Letter, Words, write_letter, written_anew
from wardbook.people.models import Person
from wardbook.people.queries import person_by_email

WRITE = "write a digest"
CAUSE = "digest "
"""How the cause of every digest begins"""
AT = time(7)
KEPT = timedelta(days=30)
WITHIN = timedelta(minutes=1)
"""A digest is kept and what it told is taken down in one transaction, which lasts no longer."""
TOLD_IN: dict[Rhythm, tuple[Rhythm, ...]] = {
    Rhythm.DAILY: (Rhythm.DAILY, Rhythm.AT_ONCE),  # what waited when somebody chose 'at once' instead
    Rhythm.WEEKLY: (Rhythm.WEEKLY,),
}


def day_of_digest(rhythm: Rhythm, moment: datetime) -> date:
    """The day of the latest digest whose hour has come: before seven, yesterday; for a weekly one, the last Monday."""
    there = moment.astimezone(LONDON)
    day = there.date() if there.time() >= AT else there.date() - timedelta(days=1)
    return day if rhythm is Rhythm.DAILY else day - timedelta(days=day.weekday())


def hour_of_digest(day: date) -> datetime:
    """The moment a digest is made up to: what happens later waits for the next."""
    return datetime.combine(day, AT, LONDON)


@jobs.every("ask for digests", minutes=10)
def ask_for_digests(task: jobs.Task) -> None:
    """Ask for a digest for each person for whom something has waited since before its hour."""
    with transaction():
        for rhythm in TOLD_IN:
            day = day_of_digest(rhythm, now())
            for person_id in _waiting(rhythm, day):
                cause = f"{rhythm} {day.isoformat()} {person_id}"
                jobs.ask(WRITE, cause=cause, person=person_id, rhythm=str(rhythm), day=day.isoformat())
        db.session.execute(delete(News).where(News.told_at < now() - KEPT))


def _waiting(rhythm: Rhythm, day: date) -> list[int]:
    rows = select(Follow.person_id).join(News, News.follow_id == Follow.id).distinct()
    return list(db.session.scalars(rows.where(*_still_to_tell(rhythm, day))))


def _still_to_tell(rhythm: Rhythm, day: date) -> tuple[gathering.Condition, ...]:
    due = News.made_at < hour_of_digest(day)
    return is_active(), Follow.rhythm.in_(TOLD_IN[rhythm]), News.told_at.is_(None), due


@jobs.doer(WRITE)
def write_digest(task: jobs.Task) -> None:
    """Write one person's digest of one day and take down what it told, together or not at all."""
    rhythm, day = Rhythm(task.about["rhythm"]), date.fromisoformat(task.about["day"])
    with transaction():
        person = db.session.get(Person, task.about["person"])
        if person is not None and not _is_written(person, cause := f"{CAUSE}{rhythm} {day.isoformat()}"):
            _write(person, cause, rhythm, day)


def _is_written(person: Person, cause: str) -> bool:
    return db.session.scalar(select(Letter.id).where(Letter.cause == cause, Letter.to == person.email)) is not None


def _write(person: Person, cause: str, rhythm: Rhythm, day: date) -> None:
    conditions = (Follow.person_id == person.id, *_still_to_tell(rhythm, day))
    waiting = gathering.what_waits(conditions)
    found = gathering.gather(person, waiting)
    if found.groups:
        write_letter(
            person.email, "digest", cause=cause, unsubscribe=stops_digest(person.id, rhythm), digest=found,
            rhythm=rhythm, day=day,
        )  # fmt: skip
    ids = [one.news_id for one in waiting]
    db.session.execute(update(News).where(News.id.in_(ids)).values(told_at=now()))


@written_anew("digest")
def _anew(letter: Letter) -> Words | None:
    """The digest once more, of what it told that its reader follows and may see today."""
    person = person_by_email(letter.to)
    if person is None:
        return None
    of, _, on = letter.cause.removeprefix(CAUSE).rpartition(" ")
    rhythm = Rhythm(of)
    found = gathering.gather(person, gathering.what_waits((
        Follow.person_id == person.id, is_active(), Follow.rhythm.in_(TOLD_IN[rhythm]), told_by(letter),
    )))  # fmt: skip
    return {"digest": found, "rhythm": rhythm, "day": date.fromisoformat(on)} if found.groups else None


def told_by(letter: Letter) -> gathering.Condition:
    """Of what waited: taken down as this letter was written."""
    return News.told_at.between(letter.made_at, letter.made_at + WITHIN)
