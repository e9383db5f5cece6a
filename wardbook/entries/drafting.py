"""What somebody has typed so far of what they tell: begun, answered page by page, forgotten after a day."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import delete, select, update

from wardbook import jobs
from wardbook.db import db, now, transaction
from wardbook.entries.models import Draft, Photo
from wardbook.entries.photographs import photos


def start_draft() -> Draft:
    """A new draft, known only to whoever holds its long random id."""
    draft = Draft(id=secrets.token_urlsafe(18), answers={}, changed_at=now())
    db.session.add(draft)
    db.session.flush()
    return draft


def answer(draft: Draft, **answers: object) -> None:
    """Keep what was typed."""
    draft.answers = draft.answers | answers
    draft.changed_at = now()


def forget_drafts(ids: Sequence[str]) -> None:
    """Forget what was typed, and the photos that were not sent with it."""
    unsent = select(Photo).where(Photo.draft_id.in_(ids), Photo.entry_id.is_(None))
    photos.drop(db.session.scalars(unsent).all())
    db.session.flush()
    db.session.execute(update(Photo).where(Photo.draft_id.in_(ids)).values(draft_id=None))
    db.session.execute(delete(Draft).where(Draft.id.in_(ids)))


@jobs.every("forget what was typed and not sent within a day", minutes=60)
def sweep_drafts(_: jobs.Task) -> None:
    """Forget drafts a day old."""
    old = select(Draft.id).where(Draft.changed_at < now() - timedelta(days=1))
    with transaction():
        forget_drafts(db.session.scalars(old.with_for_update(skip_locked=True)).all())
