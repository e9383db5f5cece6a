"""Who leads on an issue or an idea, and the officer who helps them: the council, residents, a partner, or together."""

from __future__ import annotations

from dataclasses import dataclass

from wardbook.db import now
from wardbook.entries.hearing.authors import tell_author
from wardbook.entries.kinds import Lead, lead_in_words
from wardbook.entries.models import Entry
from wardbook.errors import Refused
from wardbook.events import Did, Told, done_already, record
from wardbook.people import queries as people
from wardbook.people.models import Person
from wardbook.policy import Act, Viewer, require


@dataclass(frozen=True)
class Leading:
    """Who leads, the body outside the council by its name, and the officer who helps."""

    lead: Lead
    partner: str = ""
    enabler: Person | None = None

    @classmethod
    def of(cls, entry: Entry) -> Leading:
        """How an entry stands."""
        return cls(entry.lead, entry.partner or "", entry.enabler)

    def take_over(self, entry: Entry) -> dict[str, list[str]]:
        """Put it on an entry; the change in the words of its timeline."""
        before = Leading.of(entry)
        entry.lead, entry.partner, entry.enabler = self.lead, self.partner or None, self.enabler
        return {"lead": [before.leads, self.leads], "enabler": [before.enabled_by, self.enabled_by]}

    @property
    def leads(self) -> str:
        return lead_in_words(self.lead, self.partner)

    @property
    def enabled_by(self) -> str:
        return people.signed(self.enabler) if self.enabler else ""


def set_lead(viewer: Viewer, entry: Entry, leading: Leading, *, words: str, once: str | None) -> Entry:
    """Say who leads and who helps them. The author is told, since it may be them."""
    require(viewer, Act.SET_LEAD, entry)
    if done_already(once):
        return entry
    _check(leading)
    if leading == Leading.of(entry) and not words.strip():
        raise Refused("This is how it stands already. Change it, or say something about it.", field="lead")
    change = leading.take_over(entry)
    entry.changed_at = now()
    event = record(viewer, Did.SET_LEAD, entry, words=words, told=Told.AUTHOR, change=change, once=once)
    tell_author(entry, event)
    return entry


def _check(leading: Leading) -> None:
    if leading.lead is Lead.PARTNER and not leading.partner:
        raise Refused("Enter the partner's name.", field="partner")
    if leading.partner and leading.lead not in (Lead.PARTNER, Lead.TOGETHER):
        raise Refused("Leave this empty, or choose that a partner leads.", field="partner")
    if leading.enabler is not None and leading.enabler not in people.officers():
        raise Refused("Choose an officer.", field="enabler")
