"""Anybody says what is wrong with an entry; moderators decide, and nobody can have a stranger mailed."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.conftest import CAST, MODERATOR, NEIGHBOUR, NOBODY, OFFICER, RESIDENT, an_issue, person_of
from tests.moderation.people import does, fresh
from wardbook.db import db
from wardbook.entries.models import Entry
from wardbook.mail import letters
from wardbook.moderation.models import Report
from wardbook.shared import Level, Standing


def reports(client: FlaskClient, entry: Entry, reason: str = "not true", **given: str) -> TestResponse:
    return client.post(f"/entries/{entry.ref}/report", data={"reason": reason} | given)


def said() -> list[tuple[str, str]]:
    return [(report.reason, report.words) for report in db.session.query(Report).order_by(Report.id)]


@pytest.mark.parametrize("member", [member for member in CAST if member is not RESIDENT], ids=str)
def test_anybody_says_what_is_wrong_and_it_stays_until_a_moderator_has_decided(member, as_):
    issue = an_issue()
    client = as_(member)
    assert "Something is wrong with this entry" in client.get(f"/entries/{issue.ref}").text
    answer = reports(client, issue, "personal details", words="It names my child.")
    assert (answer.status_code, "Thank you" in answer.text) == (200, True)
    assert said() == [("personal details", "It names my child.")]
    assert (fresh(issue).standing, issue.risk) == (Standing.PUBLISHED, 5)


def test_its_author_does_not_report_it(as_):
    issue = an_issue()
    assert reports(as_(RESIDENT), issue).status_code == 403
    assert "Something is wrong with this entry" not in as_(RESIDENT).get(f"/entries/{issue.ref}").text


@pytest.mark.parametrize("member", CAST, ids=str)
def test_what_is_not_seen_is_not_reported(member, as_):
    ward = an_issue(by=NEIGHBOUR, level=Level.WARD, at=(1.5, 1.5))
    expected = 403 if member is NEIGHBOUR else 404
    assert as_(member).get(f"/entries/{ward.ref}/report").status_code == expected


@pytest.mark.parametrize("given", [{"reason": ""}, {"reason": "nonsense"}, {"words": "x" * 1001}, {"email": "none"}])
def test_what_is_wrong_in_the_form_is_said_and_kept(given, as_):
    issue = an_issue()
    answer = as_(NOBODY).post(
        f"/entries/{issue.ref}/report", data={"reason": "abuse", "words": "My words", "email": "a@example.org"} | given
    )
    assert answer.status_code == 422
    assert given.get("words", "My words") in answer.text
    assert said() == []


def test_the_same_person_browser_or_address_makes_one(as_):
    issue = an_issue()
    visitor, other = as_(NOBODY), as_(NOBODY)
    for client in (visitor, visitor, as_(NEIGHBOUR), as_(NEIGHBOUR), other):
        reports(client, issue)
    assert len(said()) == 3
    reports(as_(NOBODY), issue, email="one@example.org")
    reports(as_(NOBODY), issue, email="One@example.org")
    assert len(said()) == 4


def test_many_reports_hide_nothing_by_themselves(as_):
    issue = an_issue()
    for _ in range(20):
        reports(as_(NOBODY), issue, "abuse")
    assert as_(NOBODY).get(f"/entries/{issue.ref}").status_code == 200


def test_moderators_alone_read_who_reported_what(as_):
    issue = an_issue()
    reports(as_(NEIGHBOUR), issue, "abuse", words="Zqwords of mine", email="zq@example.org", hear="y")
    reports(as_(NOBODY), issue, "abuse", words="Zqwords of mine", email="zq@example.org")
    page = as_(MODERATOR).get(f"/moderation/{issue.ref}").text
    assert "Zqwords" in page and NEIGHBOUR.name in page and "zq@example.org (not proved)" in page
    does(as_(MODERATOR), issue, "leave")
    for member in (NOBODY, RESIDENT, OFFICER):
        for road in (f"/entries/{issue.ref}", f"/entries/{issue.ref}.atom", "/map.json", "/map.csv", "/desk"):
            text = as_(member).get(road).text
            assert "Zqwords" not in text and "zq@example" not in text and "abuse" not in text
    told = "".join(f"{letter.subject}{letter.body}{letter.html}" for letter in letters())
    assert "Zqwords" not in told and NEIGHBOUR.name not in told


@pytest.mark.parametrize("deed", ["leave", "hide", "ask-to-edit", "redact"])
def test_who_wanted_to_hear_gets_one_letter_when_it_is_decided(deed, as_):
    issue = an_issue()
    reports(as_(NOBODY), issue, email="one@example.org", words="Look at this advert")
    assert letters() == []
    does(as_(MODERATOR), issue, deed, reason="Too rude for all.", pieces="Wheels")
    (letter,) = [one for one in letters() if one.to == "one@example.org"]
    said = {"leave": "It is still published, as it was.", "redact": "It is still published, and was changed."}
    assert said.get(deed, "Not everyone can see it.") in letter.body
    assert "advert" not in letter.body and "rude" not in letter.body and issue.title not in letter.body
    assert db.session.query(Report).filter(Report.decided_at.is_(None)).count() == 0


def test_nobody_can_have_a_stranger_mailed_at_will(as_):
    issues = [an_issue(f"Kerb {number}") for number in range(3)]
    for issue in issues:
        reports(as_(NOBODY), issue, email="stranger@example.org")
        does(as_(MODERATOR), issue, "leave")
    assert len([one for one in letters() if one.to == "stranger@example.org"]) == 1


def test_who_is_signed_in_hears_where_they_ticked_it(as_):
    issue = an_issue()
    reports(as_(OFFICER), issue)
    reports(as_(NEIGHBOUR), issue, hear="y")
    does(as_(MODERATOR), issue, "leave")
    assert {one.to for one in letters()} == {RESIDENT.email, NEIGHBOUR.email}
    assert db.session.query(Report).filter_by(person_id=person_of(NEIGHBOUR).id).one().email == NEIGHBOUR.email


def test_what_is_reported_again_after_a_decision_waits_again(as_):
    issue = an_issue()
    reports(as_(NEIGHBOUR), issue)
    does(as_(MODERATOR), issue, "leave")
    assert f"/moderation/{issue.ref}" not in as_(MODERATOR).get("/moderation?show=reported").text
    reports(as_(NEIGHBOUR), issue)
    assert f"/moderation/{issue.ref}" in as_(MODERATOR).get("/moderation?show=reported").text
