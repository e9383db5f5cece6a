"""What the council does with what was told: answers in words, and moves it from state to state."""

from __future__ import annotations

from wardbook.config import settings
from wardbook.db import now
from wardbook.entries import holding
from wardbook.entries.hearing.authors import tell_author, tell_those_merged
from wardbook.entries.kinds import KINDS, STATES, Family, State, needs_words
from wardbook.entries.merging.merged import lasting_for, merge_of
from wardbook.entries.models import Entry
from wardbook.errors import Refused
from wardbook.events import Did, Told, done_already, record
from wardbook.policy import Act, Viewer, require


def change_state(viewer: Viewer, entry: Entry, state: State, *, words: str, once: str) -> Entry:
    """Move an entry to another state of its kind, with words for its author and readers; closing takes words."""
    require(viewer, Act.CHANGE_STATE, entry)
    if done_already(once):
        return entry
    if merge_of(entry) is not None:
        raise Refused("It was merged into another. Take that back before you change its state.", field="state")
    if state not in KINDS[entry.kind].chosen_from(entry.state_now):
        raise Refused(f"It cannot go from '{entry.meaning.label}' to '{STATES[state].label}'.", field="state")
    if needs_words(state) and not words.strip():
        raise Refused(
            "Say in words what was done, or why it was closed. The person who told you reads this.", field="words"
        )
    holding.check_said(viewer, words, field="words")
    before, entry.state = entry.state, state
    entry.changed_at = now()
    entry.closed_at = entry.changed_at if STATES[state].family is Family.CLOSED else None
    event = record(
        viewer, Did.CHANGED_STATE, entry, words=words, told=Told.FOLLOWERS, change={"state": [before, state]}, once=once
    )
    tell_author(entry, event)
    tell_those_merged(entry, event)
    return entry


def reply(viewer: Viewer, entry: Entry, *, words: str, once: str) -> Entry:
    """Answer in words without a change of state."""
    require(viewer, Act.REPLY, entry)
    if done_already(once):
        return entry
    if (other := lasting_for(entry, viewer)) is not None:
        raise Refused(f"It was merged, and goes on at {settings().base_url}/entries/{other.ref}: answer there.")
    if not words.strip():
        raise Refused("Enter your answer, or choose a new state.", field="words")
    entry.changed_at = now()
    event = record(viewer, Did.REPLIED, entry, words=words, told=Told.FOLLOWERS, once=once)
    tell_author(entry, event)
    tell_those_merged(entry, event)
    return entry
