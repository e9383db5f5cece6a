"""How to reach whoever told something: officers see it, and the ward's councillors only where its author said so."""

from __future__ import annotations

import re
from datetime import date

import pytest

from tests.conftest import (
    CAST,
    CLLR,
    NEIGHBOUR,
    NOBODY,
    OFFICER,
    RESIDENT,
    a_note,
    an_issue,
    person_of,
)
from tests.contributing.test_contributing import fill_in
from tests.contributing.test_entering_for_somebody import comes_to_who, enter
from tests.people.test_own_page import fresh
from wardbook.db import db, transaction
from wardbook.entries.models import Entry
from wardbook.events import Event
from wardbook.mail import letters
from wardbook.shared import Standing


def readers(as_, entry: Entry) -> set[str]:
    """Who of the cast reads its author's address on its page, the author apart."""
    pages = {member.name: as_(member).get(f"/entries/{entry.ref}") for member in CAST if member is not RESIDENT}
    return {name for name, page in pages.items() if RESIDENT.email in page.text}


def choose(client, entry: Entry, *, level: str = "public", shared: bool) -> None:
    ticked = {"contact_shared": "y"} if shared else {}
    answer = client.post(f"/entries/{entry.ref}/level", data={"level": level, "once": f"{level} {shared}"} | ticked)
    assert answer.status_code == 302, answer.text


def test_officers_alone_see_it_unless_its_author_says_more(as_):
    assert readers(as_, an_issue()) == {OFFICER.name}


def test_where_they_say_so_the_councillors_of_its_ward_see_it_too_and_those_of_no_other(as_):
    issue = an_issue()
    choose(as_(RESIDENT), issue, shared=True)
    assert readers(as_, issue) == {OFFICER.name, CLLR.name}


def test_taken_back_it_is_seen_by_officers_alone_again(as_):
    issue = an_issue(contact_shared=True)
    choose(as_(RESIDENT), issue, shared=False)
    assert readers(as_, issue) == {OFFICER.name}


def test_it_is_no_step_on_the_timeline(as_):
    issue = an_issue()
    before = db.session.query(Event).count()
    choose(as_(RESIDENT), issue, shared=True)
    assert db.session.query(Event).count() == before


def test_it_is_chosen_together_with_who_sees_it(as_):
    issue = an_issue()
    choose(as_(RESIDENT), issue, level="ward", shared=True)
    db.session.expire_all()
    assert (issue.level, issue.contact_shared) == ("ward", True)
    assert 'name="contact_shared" type="checkbox" value="y" checked' in as_(RESIDENT).get(
        f"/entries/{issue.ref}/level"
    ).text.replace("\n", " ")


def test_nobody_else_says_it_for_them(as_):
    issue = an_issue()
    for member in (NEIGHBOUR, CLLR, OFFICER):
        assert as_(member).post(f"/entries/{issue.ref}/level", data={"contact_shared": "y"}).status_code == 403
    assert db.session.get(Entry, issue.id).contact_shared is False


def test_when_a_term_ends_so_does_what_was_seen(as_):
    issue = an_issue(contact_shared=True)
    with transaction():
        person_of(CLLR).terms[0].until_on = date(2021, 1, 1)
    assert readers(as_, issue) == {OFFICER.name}


def test_an_author_who_leaves_what_they_told_is_named_to_nobody(as_):
    issue = an_issue(contact_shared=True)
    fresh(as_(RESIDENT)).post("/me/erase", data={"choice": "leave"})
    assert db.session.get(Entry, issue.id).contact_shared is False
    assert readers(as_, issue) == set()


def test_of_a_note_nobody_is_asked(as_):
    assert "contact_shared" not in as_(CLLR).get(f"/entries/{a_note().ref}/level").text


def test_it_is_asked_while_telling_and_said_before_it_is_sent(as_):
    client = as_(NOBODY)
    draft = fill_in(client, contact_shared="y")
    assert "Officers and councillors for the ward" in client.get(f"{draft}/check").text
    client.post(f"{draft}/check")
    assert db.session.query(Entry).one().contact_shared is True


@pytest.mark.parametrize(
    ("level", "ticked", "said"),
    [
        ("public", {}, "Officers"),
        ("ward", {"contact_shared": "y"}, "Councillors for the ward"),
        ("ward", {}, "Nobody"),
    ],
)
def test_the_check_says_who_sees_how_to_reach_them(level, ticked, said, as_):
    client = as_(NOBODY)
    page = client.get(f"{fill_in(client, level=level, **ticked)}/check").text
    assert f'<dd class="govuk-summary-list__value">{said}</dd>' in re.sub(r">\s+|\s+<", lambda at: at[0].strip(), page)


def test_entered_for_somebody_it_is_told_to_them(as_):
    entry = enter(as_(OFFICER), email="said@example.org", name="Somebody", contact_shared="y")
    assert entry.contact_shared is True
    assert "Councillors for the ward may see your name and this address" in letters()[-1].body
    assert "said@example.org" in as_(CLLR).get(f"/entries/{entry.ref}").text


def test_whom_nobody_can_reach_nobody_contacts(as_):
    client = as_(OFFICER)
    draft = comes_to_who(client)
    refused = client.post(f"{draft}/who", data={"level": "public", "email": "", "name": "", "contact_shared": "y"})
    assert refused.status_code == 422
    assert "Enter their email address, or leave" in refused.text


@pytest.mark.parametrize("standing", [Standing.PENDING, Standing.HIDDEN, Standing.WITHDRAWN])
def test_what_they_do_not_see_tells_them_nothing(standing, as_):
    issue = an_issue(contact_shared=True, standing=standing)
    assert as_(CLLR).get(f"/entries/{issue.ref}").status_code == 404
