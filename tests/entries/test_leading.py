"""An issue or an idea says who leads on it, and an officer helps them: residents can take things on."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.conftest import (
    CAST,
    CLLR,
    MILL,
    NEIGHBOUR,
    NOBODY,
    OFFICER,
    RESIDENT,
    an_asset,
    an_idea,
    an_issue,
    an_offer,
    person_of,
)
from wardbook.db import db
from wardbook.entries.kinds import Lead
from wardbook.entries.models import Entry
from wardbook.events import Did, Event
from wardbook.mail import letters
from wardbook.shared import Level


def say(client: FlaskClient, entry: Entry, lead: str, once: str = "one form", **details: object) -> TestResponse:
    sent = {"lead-lead": lead, "lead-once": once, "lead-enabler": ""} | {
        f"lead-{name}": str(value) for name, value in details.items()
    }
    return client.post(f"/entries/{entry.ref}/lead", data=sent)


def steps(entry: Entry) -> list[Event]:
    return db.session.query(Event).filter_by(thing_id=entry.id, did=Did.SET_LEAD).all()


@pytest.mark.parametrize("tell", [an_issue, an_idea])
def test_the_council_leads_until_an_officer_says_otherwise(tell, as_):
    entry = tell()
    assert entry.lead is Lead.COUNCIL
    assert "<dt>Who leads</dt><dd>The council</dd>" in as_(NOBODY).get(f"/entries/{entry.ref}").text


def test_residents_lead_with_a_named_officer_and_it_is_on_the_page(as_):
    idea = an_idea()
    owen = person_of(OFFICER).id
    assert say(as_(OFFICER), idea, "residents", enabler=owen, words="Ask me for the bolts.").status_code == 302
    page = as_(NOBODY).get(f"/entries/{idea.ref}").text
    assert "<dd>Residents, helped by Owen Officer, Highways</dd>" in page
    assert "Residents to lead, helped by Owen Officer, Highways</h3>" in page
    assert "Ask me for the bolts." in page
    assert "Lead: Residents" in as_(NOBODY).get("/map").text


def test_a_partner_is_named(as_):
    issue = an_issue()
    refused = say(as_(OFFICER), issue, "partner", words="They start in May.")
    assert refused.status_code == 422
    assert "Enter the partner&#39;s name." in refused.text
    assert "They start in May." in refused.text
    assert say(as_(OFFICER), issue, "partner", once="two", partner="The Mere Trust").status_code == 302
    assert "<dd>The Mere Trust</dd>" in as_(NOBODY).get(f"/entries/{issue.ref}").text


@pytest.mark.parametrize("lead", ["council", "residents"])
def test_where_no_partner_leads_none_is_named(lead, as_):
    refused = say(as_(OFFICER), an_issue(), lead, partner="The Mere Trust")
    assert refused.status_code == 422
    assert "Leave this empty, or choose that a partner leads." in refused.text


@pytest.mark.parametrize("enabler", [RESIDENT, CLLR], ids=str)
def test_only_an_officer_is_named_as_the_one_who_helps(enabler, as_):
    issue = an_issue()
    assert say(as_(OFFICER), issue, "residents", enabler=person_of(enabler).id).status_code == 422
    assert db.session.get(Entry, issue.id).lead is Lead.COUNCIL


def test_the_author_is_told_once_who_leads(as_):
    issue = an_issue()
    for _ in range(2):
        assert say(as_(OFFICER), issue, "together", words="Come on Saturday.").status_code == 302
    (letter,) = letters()
    assert (letter.to, letter.subject) == (RESIDENT.email, f"{issue.ref}: who leads on it, No dropped kerb")
    assert "The council and others together." in letter.body
    assert "Come on Saturday." in letter.body
    assert len(steps(issue)) == 1


def test_saying_what_stands_already_is_no_step(as_):
    issue = an_issue()
    refused = say(as_(OFFICER), issue, "council")
    assert refused.status_code == 422
    assert "This is how it stands already." in refused.text
    assert steps(issue) == letters() == []


@pytest.mark.parametrize("member", [member for member in CAST if member is not OFFICER], ids=str)
def test_nobody_but_an_officer_says_who_leads(member, as_):
    issue = an_issue(by=NEIGHBOUR)
    assert "Say who leads on it" not in as_(member).get(f"/entries/{issue.ref}").text
    assert say(as_(member), issue, "residents").status_code == 403
    assert say(as_(OFFICER), an_issue(level=Level.WARD), "residents").status_code == 404


@pytest.mark.parametrize("tell", [an_asset, an_offer])
def test_nobody_leads_on_what_needs_no_leading(tell, as_):
    entry = tell()
    assert "Who leads" not in as_(OFFICER).get(f"/entries/{entry.ref}").text
    assert say(as_(OFFICER), entry, "residents").status_code == 403


def test_who_would_take_it_on_is_shown_and_residents_are_put_forward_to_the_officer(as_):
    idea = an_idea(willing=True)
    assert "The person who told us would like to take it on" in as_(NOBODY).get(f"/entries/{idea.ref}").text
    page = as_(OFFICER).get(f"/entries/{idea.ref}").text
    assert 'value="residents" checked' in " ".join(page.split())


def test_who_leads_is_in_files_and_in_briefs(as_):
    issue = an_issue()
    say(as_(OFFICER), issue, "partner", partner="The Mere Trust", enabler=person_of(OFFICER).id)
    (row,) = as_(NOBODY).get("/map.json").json["entries"]
    assert (row["lead"], row["enabler"]) == ("The Mere Trust", "Owen Officer")
    brief = as_(NOBODY).get(f"/places/ward:{MILL}/brief.json").json
    assert (brief["items"][0]["lead"], brief["items"][0]["enabler"]) == ("The Mere Trust", "Owen Officer")
    assert "Lead: The Mere Trust" in as_(NOBODY).get(f"/places/ward:{MILL}/brief").text
