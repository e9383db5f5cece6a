"""Whether a person told it: a field that nobody sees, and how long the whole of it took."""

from __future__ import annotations

from datetime import datetime

from wardbook.config import settings
from wardbook.contributing.forms import SendForm
from wardbook.db import now
from wardbook.entries.models import Draft


def doubts(draft: Draft, form: SendForm) -> tuple[str, ...]:
    """Why a moderator should read it first, in words for them; nothing that a person sends is refused for it."""
    found = []
    if form.extra.data:
        found.append("A field was filled in that people do not see.")
    began = draft.answers.get("began")
    seconds = int((now() - datetime.fromisoformat(began)).total_seconds()) if began else None
    if seconds is not None and seconds < settings().quickest:
        found.append(f"It was told from beginning to end within {max(seconds, 1)} seconds.")
    return tuple(found)
