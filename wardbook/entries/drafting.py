"""What somebody has typed so far of what they tell: begun, answered page by page, forgotten after a day."""

from __future__ import annotations

import secrets
from datetime import timedelta

from sqlalchemy import select, update

from wardbook.db import db, now
from wardbook.entries.models import Draft, Photo


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


def sweep_drafts() -> list[str]:
    """Forget drafts a day old; the keys of their photos, whose files can go once this is committed."""
    old = select(Draft.id).where(Draft.changed_at < now() - timedelta(days=1))
    ids = list(db.session.scalars(old.with_for_update(skip_locked=True)))  # what another sweeps now is theirs
    photos = db.session.scalars(select(Photo).where(Photo.draft_id.in_(ids), Photo.entry_id.is_(None))).all()
    keys = [photo.key for photo in photos]
    for photo in photos:
        db.session.delete(photo)
    db.session.execute(update(Photo).where(Photo.draft_id.in_(ids)).values(draft_id=None))
    for draft in db.session.scalars(select(Draft).where(Draft.id.in_(ids))):
        db.session.delete(draft)
    return keys
