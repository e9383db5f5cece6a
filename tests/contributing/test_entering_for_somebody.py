"""Staff enter what they were told by telephone, on paper or at a drop-in, for who may have no email address."""

from __future__ import annotations

from datetime import timedelta
from html import unescape

import pytest
import time_machine

from tests.conftest import (
    ADMINISTRATOR,
    CLLR,
    MILL,
    MODERATOR,
    NEIGHBOUR,
    NOBODY,
    OFFICER,
    RESIDENT,
    as_viewer,
    category,
    person_of,
)
from tests.contributing.test_contributing import what
from wardbook.db import db, now
from wardbook.entries import actions, answering
from wardbook.entries.kinds import ENTERED, Channel, State
from wardbook.entries.models import Entry
from wardbook.errors import Forbidden
from wardbook.events import Did, Event
from wardbook.mail import letters
from wardbook.people.queries import person_by_email
from wardbook.shared import Standing


def begin_for(client, channel: str = "telephone") -> str:
    answer = client.post("/contribute/for", data={"channel": channel})
    assert answer.status_code == 302, answer.text
    return answer.location.removesuffix("/place")


def comes_to_who(client, channel: str = "telephone", **changes: str) -> str:
    draft = begin_for(client, channel)
    client.post(f"{draft}/place", data={"q": "ZZ1 1AA"})
    client.post(f"{draft}/spot", data={"spot": "ST 754 646"})
    client.post(f"{draft}/kind", data={"kind": "issue"})
    client.post(f"{draft}/what", data=what(**changes))
    return draft


def enter(client, channel: str = "telephone", *, about: str = "", **who: str) -> Entry:
    draft = comes_to_who(client, channel, **({"category": about} if about else {}))
    sent = client.post(f"{draft}/who", data={"level": "public", "email": "", "name": ""} | who)
    assert sent.location == f"{draft}/check", sent.text
    assert client.post(f"{draft}/check").location == f"{draft}/sent"
    return db.session.query(Entry).order_by(Entry.id.desc()).first()


@pytest.mark.parametrize("member", [NOBODY, RESIDENT, MODERATOR, ADMINISTRATOR], ids=str)
def test_who_is_not_of_the_staff_that_people_speak_to_enters_nothing_for_others(member, as_):
    assert as_(member).get("/contribute/for").status_code == 403
    assert as_(member).post("/contribute/for", data={"channel": "paper"}).status_code == 403
    assert "entering this for somebody" not in as_(member).get("/contribute").text
    telling = actions.Telling(kind="issue", title="x", words="", shape=None, level="public", once="x")
    with pytest.raises(Forbidden):
        actions.tell_for(as_viewer(member), telling, None, [])


@pytest.mark.parametrize("channel", list(ENTERED))
@pytest.mark.parametrize("member", [OFFICER, CLLR], ids=str)
def test_without_an_address_it_is_published_with_its_channel_and_has_no_author(channel, member, as_):
    assert "I am entering this for somebody" in as_(member).get("/contribute").text
    entry = enter(as_(member), channel)
    assert (entry.standing, entry.author_id, entry.channel) == (Standing.PUBLISHED, None, channel)
    page = unescape(as_(NOBODY).get(f"/entries/{entry.ref}").text)
    assert f"Told by a resident {ENTERED[Channel(channel)]}" in page
    assert f"entered by {as_viewer(member).signature}" in page
    assert letters() == []
    for road in ("/map.csv", "/map.json", "/map.geojson", f"/places/ward:{MILL}/brief.csv"):
        assert channel in as_(NOBODY).get(road).text, road


def test_who_entered_it_is_not_its_author(as_):
    entry = enter(as_(OFFICER), email=RESIDENT.email)
    assert entry.author_id == person_of(RESIDENT).id
    step = db.session.query(Event).filter_by(thing="entry", thing_id=entry.id, did=Did.POSTED).one()
    assert (step.actor_id, step.signed) == (person_of(OFFICER).id, as_viewer(OFFICER).signature)
    assert as_(OFFICER).get(f"/entries/{entry.ref}/edit").status_code == 403
    assert as_(RESIDENT).get(f"/entries/{entry.ref}/edit").status_code == 200


def test_with_an_address_its_author_is_written_to_and_proves_nothing_first(as_):
    entry = enter(as_(OFFICER), "drop-in", email="elsie@example.org", name="Elsie", name_shown="y")
    author = person_by_email("elsie@example.org")
    assert (entry.standing, entry.author_id, author.name, entry.name_shown) == (
        Standing.PUBLISHED, author.id, "Elsie", True,
    )  # fmt: skip
    (letter,) = letters()
    assert letter.to == "elsie@example.org"
    for text in (letter.body, letter.html):
        assert f"{as_viewer(OFFICER).signature} entered for you what you told us at a drop-in" in text
        assert "have it erased" in text
        assert "we do it for you" not in text
        assert f"tell the council in the way you told it this, and give the reference {entry.ref}" in text
        assert "http://localhost/me" in text
        assert entry.ref in text
    assert "/contribute/confirm/" not in letter.body
    assert "Told by Elsie at a drop-in" in as_(NOBODY).get(f"/entries/{entry.ref}").text


def test_they_hear_of_what_comes_of_it(as_):
    entry = enter(as_(OFFICER), email="elsie@example.org")
    answering.change_state(as_viewer(OFFICER), entry, State.FIXED, words="The kerb is lowered.", once="x")
    assert [letter.to for letter in letters() if "The kerb is lowered." in letter.body] == ["elsie@example.org"]


def test_somebody_whom_we_know_keeps_the_name_they_gave(as_):
    enter(as_(OFFICER), email=NEIGHBOUR.email, name="Mrs Somebody")
    assert person_of(NEIGHBOUR).name == NEIGHBOUR.name


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"email": "elsie"}, "Enter an email address in the correct format"),
        ({"name": "Elsie"}, "we keep no name without one"),
        ({"email": "elsie@example.org", "name_shown": "y"}, "Enter their name, or leave"),
        ({"level": ""}, "Choose who may see it"),
    ],
)
def test_what_is_typed_wrong_is_kept_and_said(typed, sentence, as_):
    draft = comes_to_who(client := as_(OFFICER))
    refused = client.post(f"{draft}/who", data={"level": "public", "email": "", "name": ""} | typed)
    assert refused.status_code == 422
    assert sentence in refused.text
    assert all(value in refused.text for value in typed.values())


def test_where_a_moderator_reads_first_they_read_this_too(as_):
    entry = enter(as_(OFFICER), about=str(category("About a person").id), email="elsie@example.org")
    assert (entry.standing, entry.confirmed_at is None) == (Standing.PENDING, False)
    assert "A moderator reads it first" in letters()[0].body
    as_(MODERATOR).post(f"/entries/{entry.ref}/pass", data={"edition": "1"})
    db.session.refresh(entry)
    assert entry.standing is Standing.PUBLISHED


def test_entered_twice_it_is_one(as_):
    client = as_(OFFICER)
    draft = comes_to_who(client)
    client.post(f"{draft}/who", data={"level": "public", "email": "elsie@example.org", "name": ""})
    assert [client.post(f"{draft}/check").location for _ in range(2)] == [f"{draft}/sent"] * 2
    assert (db.session.query(Entry).count(), len(letters())) == (1, 1)
    assert "It is entered" in client.get(f"{draft}/sent").text


def test_whoever_holds_the_role_no_more_sends_nothing_and_loses_nothing(as_, app):
    client = as_(OFFICER)
    draft = comes_to_who(client)
    client.post(f"{draft}/who", data={"level": "public", "email": "", "name": ""})
    with client.session_transaction() as session:
        del session["_user_id"]
    with time_machine.travel(now() + timedelta(minutes=1), tick=False):
        refused = client.post(f"{draft}/check")
    assert refused.status_code == 422
    assert "Sign in again in another tab" in refused.text
    assert db.session.query(Entry).count() == 0
