"""A moderator hides, shows again and lets through; the author reads why."""

from __future__ import annotations

import pytest

from tests.conftest import CAST, CLLR, MODERATOR, NEIGHBOUR, NOBODY, OFFICER, RESIDENT, a_note, an_issue
from wardbook.db import db, now
from wardbook.entries.models import Entry
from wardbook.events import Did, Event
from wardbook.mail import letters
from wardbook.shared import Level, Standing


def standing(entry: Entry) -> Standing:
    return db.session.get(Entry, entry.id).standing


def hide(client, entry: Entry, reason: str = "It names a neighbour."):
    return client.post(f"/entries/{entry.ref}/hide", data={"hide-reason": reason})


def test_what_is_hidden_is_gone_for_all_but_moderators_and_its_author_who_read_why(as_):
    issue = an_issue()
    assert hide(as_(MODERATOR), issue).status_code == 302
    for member in CAST:
        answer = as_(member).get(f"/entries/{issue.ref}")
        if member in (MODERATOR, RESIDENT):
            assert "A moderator has hidden it: It names a neighbour." in answer.text
        else:
            assert answer.status_code == 404


def test_the_author_of_what_is_hidden_is_told_why(as_):
    issue = an_issue()
    hide(as_(MODERATOR), issue)
    (letter,) = letters()
    assert (letter.to, "It names a neighbour." in letter.body, "It names a neighbour." in (letter.html or "")) == (
        RESIDENT.email, True, True,
    )  # fmt: skip


@pytest.mark.parametrize("reason", ["", "  ", "x" * 1001])
def test_hiding_takes_a_reason(reason, as_):
    issue = an_issue()
    assert hide(as_(MODERATOR), issue, reason).status_code == 422
    assert standing(issue) is Standing.PUBLISHED


@pytest.mark.parametrize("member", [member for member in CAST if member is not MODERATOR], ids=str)
def test_nobody_but_a_moderator_hides_shows_again_or_lets_through(member, as_):
    issue = an_issue(by=NEIGHBOUR)
    hidden = an_issue(by=NEIGHBOUR, standing=Standing.HIDDEN)
    pending = an_issue(by=NEIGHBOUR, standing=Standing.PENDING)
    client = as_(member)
    assert hide(client, issue).status_code == 403
    unseen = 403 if member is NEIGHBOUR else 404
    assert client.post(f"/entries/{hidden.ref}/restore").status_code == unseen
    assert client.post(f"/entries/{pending.ref}/pass").status_code == unseen
    assert [standing(entry) for entry in (issue, hidden, pending)] == [
        Standing.PUBLISHED, Standing.HIDDEN, Standing.PENDING,
    ]  # fmt: skip


def test_what_is_shown_again_is_where_it_was_and_keeps_no_reason(as_):
    issue = an_issue()
    client = as_(MODERATOR)
    hide(client, issue)
    assert client.post(f"/entries/{issue.ref}/restore").status_code == 302
    assert standing(issue) is Standing.PUBLISHED
    assert "names a neighbour" not in as_(NOBODY).get(f"/entries/{issue.ref}").text


def test_what_was_never_confirmed_goes_back_to_waiting(as_):
    issue = an_issue(standing=Standing.PENDING, confirmed_at=None)
    client = as_(MODERATOR)
    hide(client, issue)
    client.post(f"/entries/{issue.ref}/restore")
    assert standing(issue) is Standing.PENDING


def test_what_still_waited_for_a_moderator_goes_back_to_waiting(as_):
    issue = an_issue(standing=Standing.PENDING, confirmed_at=now())
    client = as_(MODERATOR)
    hide(client, issue)
    client.post(f"/entries/{issue.ref}/restore")
    assert standing(issue) is Standing.PENDING, "hiding and showing again is no way round a moderator's reading"


def test_what_its_author_confirmed_is_let_through(as_):
    issue = an_issue(standing=Standing.PENDING, confirmed_at=now())
    assert as_(MODERATOR).post(f"/entries/{issue.ref}/pass", data={"edition": issue.edition}).status_code == 302
    assert as_(NOBODY).get(f"/entries/{issue.ref}").status_code == 200


def test_what_nobody_confirmed_is_not_let_through(as_):
    issue = an_issue(standing=Standing.PENDING, confirmed_at=None)
    answer = as_(MODERATOR).post(f"/entries/{issue.ref}/pass", data={"edition": issue.edition})
    assert answer.status_code == 422
    assert "has not confirmed their email address yet" in answer.text


@pytest.mark.parametrize(
    ("at", "act"),
    [(Standing.PUBLISHED, "restore"), (Standing.PUBLISHED, "pass"),
     (Standing.HIDDEN, "pass"), (Standing.HIDDEN, "hide"),
     (Standing.PENDING, "restore"), (Standing.WITHDRAWN, "hide"), (Standing.WITHDRAWN, "restore"),
     (Standing.WITHDRAWN, "pass")],
)  # fmt: skip
def test_a_standing_moves_as_its_table_says_and_no_other_way(at, act, as_):
    issue = an_issue(standing=at)
    assert as_(MODERATOR).post(f"/entries/{issue.ref}/{act}", data={"hide-reason": "x"}).status_code == 403
    assert standing(issue) is at


@pytest.mark.parametrize("standing", [Standing.PENDING, Standing.HIDDEN, Standing.PUBLISHED])
def test_what_is_private_is_no_moderators_business(standing, as_):
    note = a_note(by=CLLR, level=Level.PRIVATE, standing=standing)
    client = as_(MODERATOR)
    for act in ("hide", "restore", "pass"):
        assert client.post(f"/entries/{note.ref}/{act}", data={"hide-reason": "x"}).status_code == 404
    assert note.ref not in client.get("/moderation").text


def test_each_deed_is_on_the_timeline(as_):
    issue = an_issue()
    client = as_(MODERATOR)
    hide(client, issue)
    client.post(f"/entries/{issue.ref}/restore")
    did = [event.did for event in db.session.query(Event).filter_by(thing_id=issue.id).order_by(Event.id)]
    assert did == [Did.POSTED, Did.HID, Did.RESTORED]


def test_the_queue_begins_with_the_oldest(as_):
    first = an_issue("First", standing=Standing.PENDING)
    second = an_issue("Second", standing=Standing.HIDDEN, hidden_for="x")
    page = as_(MODERATOR).get("/moderation").text
    assert page.index(first.ref) < page.index(second.ref)


def test_an_officer_does_not_answer_what_is_hidden(as_):
    note = a_note(by=OFFICER, standing=Standing.HIDDEN)
    assert as_(OFFICER).post(f"/entries/{note.ref}/answer", data={"answer-words": "x"}).status_code == 403
