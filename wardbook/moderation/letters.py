"""What moderators write: to an author what was decided and why, to a reporter that it was decided."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from wardbook.db import db
from wardbook.entries.hearing.authors import tell_author
from wardbook.entries.hearing.next_steps import next_steps
from wardbook.entries.models import Entry
from wardbook.events import Did, Event
from wardbook.mail import write_letter
from wardbook.moderation.models import Ban, Report
from wardbook.shared import Level, Standing


@dataclass(frozen=True)
class Said:
    """What a letter says: its subject after the reference, what was done, and what its reader can do now."""

    subject: str
    done: str
    next: str
    appeal: bool = False


_OF_THE_PAGE = "It stands on its page with all that has happened to it."
SAID: Final[dict[Did, Said]] = {
    Did.LEFT: Said("stays as it is", "A moderator has read what you told us again and left it as it is.", _OF_THE_PAGE),
    Did.RESTORED: Said("is shown again", "A moderator has put what you told us back to where it was.", _OF_THE_PAGE),
    Did.ASKED_TO_EDIT: Said(
        "needs a change before it is published",
        "A moderator asks you to change something in what you told us. Until you have, only you and moderators see it.",
        "Open its page and choose ‘Edit it’. A moderator then reads it again.",
        appeal=True,
    ),
    Did.REDACTED: Said(
        "has words removed",
        "A moderator has removed words from what you told us. In their place it says [removed].",
        "The words are gone from its earlier wordings too.",
        appeal=True,
    ),
    Did.MOVED: Said("was moved", "A moderator has corrected where or under what it stands.", _OF_THE_PAGE),
    Did.SPLIT: Said(
        "is now two",
        "You told us of two things, so a moderator has given one of them a page and a reference of its own.",
        "Both pages say so, and we write to you about each.",
    ),
}  # fmt: skip


WAITS_AGAIN: Final = Said(
    "waits again to be read",
    "A moderator no longer hides what you told us. It waits as it did before, so only you and moderators see it.",
    "Somebody reads it before it is published, and we write to you then.",
)
WAITS_FOR_EDIT: Final = Said(
    "waits again for you to change it",
    "A moderator no longer hides what you told us. It waits as it did before, so only you and moderators see it.",
    SAID[Did.ASKED_TO_EDIT].next,
)


def _said(entry: Entry, event: Event) -> Said:
    if event.did is Did.RESTORED and entry.standing is Standing.PENDING:
        return WAITS_FOR_EDIT if entry.asked_to_edit else WAITS_AGAIN
    return SAID[event.did]


def to_author(entry: Entry, event: Event, reason: str) -> None:
    """Tell its author what a moderator did and why; nothing where they have proved no address."""
    if event.did is Did.HID:
        tell_author(entry, event, "hidden", reason=reason)
    elif event.did is Did.PUBLISHED:
        tell_author(entry, event, "published", to_come=next_steps(entry))
    else:
        tell_author(entry, event, "moderated", said=_said(entry, event), reason=reason)


CHANGES: Final = frozenset({Did.REDACTED, Did.MOVED, Did.SPLIT})


def to_reporter(report: Report, entry: Entry, did: Did) -> None:
    """Say that a report was decided, and whether it changed anything, in no words but ours: the address may be somebody
    else's, and so the words.
    """
    public = entry.standing is Standing.PUBLISHED and entry.level is Level.PUBLIC
    write_letter(
        report.email or "", "reported", cause=f"report {report.id}", ref=entry.ref, public=public,
        changed=did in CHANGES,
    )  # fmt: skip


def of_ban(ban: Ban, event: Event) -> None:
    """Tell somebody that they may not contribute, until when and why."""
    db.session.flush()
    write_letter(ban.person.email, "banned", cause=f"event {event.id}", ban=ban, event=event)


def of_end_of_ban(ban: Ban, event: Event, reason: str) -> None:
    """Tell somebody that they may contribute again."""
    db.session.flush()
    write_letter(ban.person.email, "unbanned", cause=f"event {event.id}", reason=reason)
