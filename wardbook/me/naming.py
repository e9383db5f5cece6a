"""Somebody's name: what it is, and whether all that they told shows it."""

from __future__ import annotations

from wardbook.db import now
from wardbook.entries import holding, life, own
from wardbook.entries.kinds import Kind
from wardbook.errors import Refused
from wardbook.people.models import Person
from wardbook.policy import Act, Viewer, may


def rename(viewer: Viewer, person: Person, *, name: str, shown: bool | None, once: str) -> int:
    """Change somebody's name, and where they choose so, show it on all that they told or on none of it; on how many
    that changed. The name of who holds a role is the council's to change.
    """
    if shown and not name:
        raise Refused("Enter your name, or choose to show it on none.", field="name")
    told = own.told_by(person)
    if not person.terms and person.name != name:
        holding.check_said(viewer, name, field="name")
        person.name = name
        for entry in told:
            entry.edited_at = now() if entry.name_shown else entry.edited_at
    changed = 0
    for entry in told if shown is not None else ():
        if entry.kind is not Kind.NOTE and entry.name_shown is not shown and may(viewer, Act.EDIT, entry):
            wording = life.Wording(entry.title, entry.words, name_shown=shown)
            life.edit(viewer, entry, wording, edition=entry.edition, once=f"{once} {entry.id}")
            changed += 1
    return changed
