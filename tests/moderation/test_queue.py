"""The moderators' queue: by age and risk, counted, with how long things wait."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pytest
import time_machine

from tests.conftest import CLLR, MODERATOR, OFFICER, RESIDENT, a_note, an_issue, as_viewer, every_page
from tests.moderation.people import does, tells
from tests.moderation.test_reports import reports
from wardbook.clock import span_in_words
from wardbook.db import now
from wardbook.moderation.queries import Waits, counts, usual_wait
from wardbook.shared import Level, Standing


def order_on(client, address: str, *entries) -> list[str]:
    pages = (answer.text.partition("Published in the last seven days")[0] for answer in every_page(client, address))
    text = "".join(pages)
    return sorted((entry.ref for entry in entries), key=text.index)


def test_the_most_pressing_comes_first_and_of_those_the_oldest(as_):
    hidden = an_issue("Hidden", standing=Standing.HIDDEN, hidden_for="x")
    link, older, newer = tells("www.pills.example"), tells("07700 900123"), tells("someone@example.org")
    abuse = an_issue("Abuse")
    reports(as_(OFFICER), abuse, reason="abuse")
    client, found = as_(MODERATOR), (hidden, link, older, newer, abuse)
    assert order_on(client, "/moderation", *found) == [one.ref for one in (abuse, older, newer, link, hidden)]
    assert order_on(client, "/moderation?sort=oldest", *found) == [one.ref for one in found]


@pytest.mark.parametrize("sort", ["risk", "oldest"])
def test_from_page_to_page_nothing_is_left_out_or_twice(sort, as_):
    told = [tells("07700 900123" if number % 3 else "www.pills.example") for number in range(31)]
    for entry in told[:3]:
        an_issue(standing=Standing.HIDDEN, hidden_for=entry.ref)
    client = as_(MODERATOR)
    address = f"/moderation?show=held&sort={sort}"
    pages = every_page(client, address)
    assert len(pages) == 2
    found = [entry.ref for page in pages for entry in told if f"/moderation/{entry.ref}" in page.text]
    assert sorted(found) == sorted(entry.ref for entry in told)
    back = re.search(r'href="([^"]*)" rel="prev">', pages[1].text)
    first = client.get(unescape(back[1])).text
    assert [one for one in told if f"/moderation/{one.ref}" in first] == [
        one for one in told if f"/moderation/{one.ref}" in pages[0].text
    ]


def test_it_is_counted_by_what_it_waits_for(as_):
    tells("07700 900123")
    tells("07700 900123", signed_in=False)
    reports(as_(OFFICER), an_issue())
    does(as_(MODERATOR), an_issue(), "hide", reason="x y")
    does(as_(MODERATOR), an_issue(), "ask-to-edit", reason="x y")
    an_issue("Nothing wrong")
    assert counts(as_viewer(MODERATOR)) == {
        Waits.HELD: 1, Waits.REPORTED: 1, Waits.EDIT: 1, Waits.APPEALS: 0, Waits.HIDDEN: 1, Waits.UNCONFIRMED: 1,
    }  # fmt: skip
    page = as_(MODERATOR).get("/desk").text
    assert "5 entries wait or are hidden</a>, 2 of them for a moderator to decide" in page


def test_how_long_things_wait_is_the_median_of_the_last_thirty_days(as_):
    assert usual_wait() is None
    assert "Nothing that had waited" in as_(MODERATOR).get("/moderation").text
    began = now()
    told = [tells("07700 900123", title=f"Kerb {number}") for number in range(3)]
    for entry, hours in zip(told, (1, 5, 40), strict=True):
        with time_machine.travel(began + timedelta(hours=hours)):
            does(as_(MODERATOR), entry, "pass")
    assert span_in_words(timedelta(seconds=20)) == "less than a minute"
    with time_machine.travel(began + timedelta(days=3)):
        assert round(usual_wait() / timedelta(hours=1)) == 5
        assert "no longer than <strong>5 hours</strong>" in as_(MODERATOR).get("/moderation").text
    with time_machine.travel(began + timedelta(days=40)):
        assert usual_wait() is None


def test_what_is_published_and_not_reported_is_not_there(as_):
    issue = an_issue(told_at=now() - timedelta(days=10))
    assert issue.ref not in as_(MODERATOR).get("/moderation").text
    assert "Nothing waits and nothing is hidden" in as_(MODERATOR).get("/moderation").text


def test_it_is_there_by_kind(as_):
    issue = tells("07700 900123")
    assert issue.ref in as_(MODERATOR).get("/moderation?kind=issue").text
    assert f"/moderation/{issue.ref}" not in as_(MODERATOR).get("/moderation?kind=idea&show=held").text
    assert "Nothing here." in as_(MODERATOR).get("/moderation?kind=idea").text


@pytest.mark.parametrize("address", ["?show=no", "?kind=%00", "?sort=no&after=9~99999999999999999.1", "?before=-1.1"])
def test_an_odd_address_is_answered(address, as_):
    assert as_(MODERATOR).get(f"/moderation{address}").status_code == 200


def test_moderators_see_a_council_note_only_while_it_is_reported(as_):
    note = a_note(by=OFFICER, level=Level.COUNCIL)
    client = as_(MODERATOR)
    assert client.get(f"/moderation/{note.ref}").status_code == 404
    reports(as_(CLLR), note)
    assert client.get(f"/moderation/{note.ref}").status_code == 200
    assert does(client, note, "leave").status_code == 302
    assert client.get(f"/entries/{note.ref}").status_code == 404


def test_the_page_says_what_its_author_told_before(as_):
    hidden = an_issue()
    does(as_(MODERATOR), hidden, "hide", reason="x y")
    an_issue()
    page = as_(MODERATOR).get(f"/moderation/{an_issue(by=RESIDENT).ref}").text
    assert "2 told, 1 hidden at some time" in page
