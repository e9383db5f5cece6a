"""'This matters to me too': once for each person, by a press or by a link to an address, shown as a number."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask.testing import FlaskClient

from tests.conftest import (
    ADMINISTRATOR,
    CLLR,
    MILL,
    NEIGHBOUR,
    NOBODY,
    OFFICER,
    RESIDENT,
    a_note,
    an_asset,
    an_issue,
    as_viewer,
    person_of,
)
from wardbook.briefs import queries as briefs
from wardbook.db import db, transaction
from wardbook.entries import support
from wardbook.entries.models import Entry, Support
from wardbook.mail import letters
from wardbook.people.queries import person_by_email
from wardbook.places.words import place_from_words
from wardbook.policy import VISITOR
from wardbook.shared import Level

ADDRESS = "somebody@example.org"


def press(client, entry: Entry, way: str = "support", **told: str):
    return client.post(f"/entries/{entry.ref}/{way}", data=told)


def count(entry: Entry) -> int:
    rows = db.session.query(Support).filter_by(entry_id=entry.id).count()
    found = db.session.get(Entry, entry.id)
    assert found is not None
    assert found.supporters == rows
    return rows


def link_in_the_letter() -> str:
    found = re.search(r"http://localhost(/support/\S+)", letters()[0].body)
    assert found is not None
    return found[1]


def supported(entry: Entry, *members) -> Entry:
    with transaction():
        for member in members:
            support.support(as_viewer(member), entry)
    return entry


def test_a_press_supports_it_and_a_second_changes_nothing(as_):
    issue = an_issue()
    for _ in range(2):
        assert press(as_(NEIGHBOUR), issue).status_code == 302
    press(as_(OFFICER), issue)
    assert count(issue) == 2
    page = as_(NEIGHBOUR).get(f"/entries/{issue.ref}").text
    assert "<strong>2</strong> people say that this matters to them too, you among them." in page
    assert NEIGHBOUR.name not in as_(NOBODY).get(f"/entries/{issue.ref}").text


def test_support_is_taken_back(as_):
    issue = supported(an_issue(), NEIGHBOUR, CLLR)
    for _ in range(2):
        assert press(as_(NEIGHBOUR), issue, "support/undo").status_code == 302
    assert count(issue) == 1


def test_nobody_supports_what_they_told_themselves(as_):
    issue = an_issue()
    assert press(as_(RESIDENT), issue).status_code == 403
    assert "This matters to me too" not in as_(RESIDENT).get(f"/entries/{issue.ref}").text
    assert count(issue) == 0


def test_two_presses_at_once_are_one(app, as_):
    issue = an_issue()
    clients = [as_(NEIGHBOUR) for _ in range(8)] + [as_(OFFICER) for _ in range(8)]
    address = f"/entries/{issue.ref}/support"

    def presses(client: FlaskClient) -> int:
        with app.app_context():
            return client.post(address).status_code

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(presses, clients))
    assert answers == [302] * 16
    db.session.rollback()  # what was read before is let go of
    assert count(issue) == 2


def test_what_one_does_not_see_one_does_not_support(as_):
    note = a_note(level=Level.COUNCIL)
    assert press(as_(NEIGHBOUR), note).status_code == 404
    assert press(as_(NOBODY), note, email=ADDRESS).status_code == 404
    assert press(as_(OFFICER), note).status_code == 302


def test_what_becomes_unseen_keeps_its_supporters(as_):
    issue = supported(an_issue(), NEIGHBOUR)
    as_(RESIDENT).post(f"/entries/{issue.ref}/level", data={"level": "ward"})
    assert press(as_(NEIGHBOUR), issue, "support/undo").status_code == 404
    assert count(issue) == 1


# --- without an account ------------------------------------------------------------------------------------------


def test_somebody_without_an_account_supports_by_a_link(as_):
    issue = an_issue()
    client = as_(NOBODY)
    assert f'href="/entries/{issue.ref}/support"' in client.get(f"/entries/{issue.ref}").text
    sent = press(client, issue, email=ADDRESS)
    assert sent.status_code == 200
    assert "Check your email" in sent.text
    link = link_in_the_letter()
    for _ in range(3):
        assert "Does this matter to you too?" in as_(NOBODY).get(link).text, "a mail scanner opens links"
    assert count(issue) == 0
    assert client.post(link).status_code == 302
    assert count(issue) == 1
    assert person_by_email(ADDRESS).confirmed_at is not None
    assert press(client, issue, "support/undo").status_code == 302, "who pressed the link is signed in"
    assert count(issue) == 0


def test_a_link_counts_once(as_):
    issue = an_issue()
    press(as_(NOBODY), issue, email=ADDRESS)
    link = link_in_the_letter()
    as_(NOBODY).post(link)
    assert "This link has been used" in as_(NOBODY).post(link).text
    assert count(issue) == 1


def test_the_same_is_answered_for_every_address_and_an_author_s_link_counts_nothing(as_):
    issue = an_issue()
    blank = re.compile(r"\S+@example.org|nonce[-=]\S+|value=\"[^\"]*\"")
    answers = {
        blank.sub("", press(as_(NOBODY), issue, email=email).text)
        for email in (ADDRESS, RESIDENT.email, NEIGHBOUR.email)
    }
    assert len(answers) == 1
    with transaction():
        letter = next(letter for letter in letters() if letter.to == RESIDENT.email)
        link = re.search(r"http://localhost(/support/\S+)", letter.body)[1]
    refused = as_(NOBODY).post(link)
    assert refused.status_code == 422
    assert "it counts already" in refused.text
    assert count(issue) == 0


def test_asked_twice_in_a_moment_one_letter_goes_and_never_more_than_a_few(as_):
    for _ in range(2):
        press(as_(NOBODY), an_issue("Once"), email="other@example.org")
    issue = an_issue()
    for _ in range(2):
        assert press(as_(NOBODY), issue, email=ADDRESS).status_code == 200
    assert [letter.to for letter in letters()].count(ADDRESS) == 1
    answers = [press(as_(NOBODY), an_issue(f"{n}"), email=ADDRESS).status_code for n in range(6)]
    assert answers == [200] * 4 + [422] * 2


@pytest.mark.parametrize("email", ["", "nonsense", "a@b", "x" * 300 + "@example.org"])
def test_what_is_no_address_is_refused_in_words(email, as_):
    assert press(as_(NOBODY), an_issue(), email=email).status_code == 422
    assert letters() == []


def test_a_link_for_what_is_no_longer_seen_leads_nowhere(as_):
    issue = an_issue()
    press(as_(NOBODY), issue, email=ADDRESS)
    link = link_in_the_letter()
    as_(RESIDENT).post(f"/entries/{issue.ref}/level", data={"level": "ward"})
    assert as_(NOBODY).get(link).status_code == 404
    assert as_(NOBODY).post(link).status_code == 404
    assert count(issue) == 0


# --- shown -------------------------------------------------------------------------------------------------------


def test_a_list_begins_with_what_matters_to_most(as_):
    least, most, some = an_issue("A"), an_issue("B"), an_issue("C")
    supported(most, NEIGHBOUR, CLLR)
    supported(some, NEIGHBOUR)
    told = as_(NOBODY).get("/map.json?sort=supported").json["entries"]
    assert [(row["ref"], row["supporters"]) for row in told] == [(most.ref, 2), (some.ref, 1), (least.ref, 0)]
    newest = [row["ref"] for row in as_(NOBODY).get("/map.json?sort=nonsense").json["entries"]]
    assert newest == [some.ref, most.ref, least.ref]
    page = as_(NOBODY).get("/map?sort=supported").text
    assert page.index(most.ref) < page.index(some.ref) < page.index(least.ref)
    assert "2 supporters" in page


def test_a_brief_names_the_most_supported_and_hears_supporters_as_voices(as_):
    first, second, asset = an_issue("First"), an_issue("Second"), an_asset("Third", by=CLLR)
    supported(second, NEIGHBOUR, OFFICER, ADMINISTRATOR)
    supported(first, NEIGHBOUR)
    found = briefs.brief(place_from_words(f"ward:{MILL}", VISITOR), Level.PUBLIC, VISITOR)
    assert [(item.title, item.supporters) for item in found.residents.supported] == [("Second", 3), ("First", 1)]
    assert [(theme.label, theme.voices) for theme in found.glance.themes] == [
        ("Dropped kerbs", 4),
        ("Place to meet", 1),
    ]
    assert asset.supporters == 0
    assert "Most supported" in as_(NOBODY).get(f"/places/ward:{MILL}/brief").text


def test_a_person_s_own_entry_and_support_of_another_are_one_voice(as_):
    supported(an_issue("By the neighbour", by=NEIGHBOUR), RESIDENT)
    an_issue("By the resident")
    found = briefs.brief(place_from_words(f"ward:{MILL}", VISITOR), Level.PUBLIC, VISITOR)
    assert found.glance.themes[0].voices == 2
    assert person_of(RESIDENT)
