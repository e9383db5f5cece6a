"""What people do in these tests, in as few words as they take."""

from __future__ import annotations

import re
import secrets
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.conftest import IN_MILL, RESIDENT, Member, category, person_of, spot
from wardbook.db import db, transaction
from wardbook.entries import actions
from wardbook.entries.kinds import Channel, Kind
from wardbook.entries.models import Entry
from wardbook.events import Event
from wardbook.people.actions import Grant, add_person
from wardbook.people.queries import viewer_of
from wardbook.policy import VISITOR, Role
from wardbook.shared import Level

OTHER_MODERATOR = Member("second@example.org", "Siân Second", (Role.MODERATOR,))


def another_moderator() -> Member:
    with transaction():
        add_person(OTHER_MODERATOR.email, Grant(Role.MODERATOR), name=OTHER_MODERATOR.name)
    return OTHER_MODERATOR


def tells(
    words: str, *, title: str = "No dropped kerb", by: Member = RESIDENT, signed_in: bool = True,
    about: str = "Dropped kerbs", channel: Channel = Channel.WEB, doubts: tuple[str, ...] = (),
    level: Level = Level.PUBLIC,
) -> Entry:  # fmt: skip
    """An issue just as it is after being told: nothing is put right afterwards."""
    telling = actions.Telling(
        kind=Kind.ISSUE, title=title, words=words, shape=spot(*IN_MILL), level=level, once=secrets.token_hex(8),
        category=category(about), channel=channel, doubts=doubts,
    )  # fmt: skip
    with transaction():
        author = person_of(by)
        return actions.tell(viewer_of(author) if signed_in else VISITOR, telling, author, [])


def fresh(entry: Entry) -> Entry:
    """The entry as the store has it now."""
    found = db.session.get(Entry, entry.id)
    assert found is not None
    db.session.refresh(found)
    return found


def page_of(client: FlaskClient, entry: Entry) -> dict[str, str]:
    """The hidden fields of the moderators' page: what a browser sends of what was read."""
    text = client.get(f"/moderation/{entry.ref}").text
    fields = re.findall(r'name="([a-z]+-)?(seen|edition|once)" value="([^"]*)"', text)
    return {f"{prefix}{name}": value for prefix, name, value in fields}


def does(
    client: FlaskClient, entry: Entry, deed: str, read: dict[str, str] | None = None, **given: Any
) -> TestResponse:
    """Press a button on that page, with what was read when it was opened."""
    prefixes = {"pass": "", "ask-to-edit": "ask-", "ban-author": "ban-", "lift-ban": "lift-"}
    prefix = prefixes.get(deed, f"{deed}-")
    read = page_of(client, entry) if read is None else read
    mine = {name: value for name, value in read.items() if name.rpartition("-")[0] == prefix.rstrip("-")}
    return client.post(f"/entries/{entry.ref}/{deed}", data=mine | {f"{prefix}{k}": v for k, v in given.items()})


def steps(entry: Entry) -> list[str]:
    rows = db.session.query(Event).filter_by(thing="entry", thing_id=entry.id).order_by(Event.id)
    return [str(step.did) for step in rows]
