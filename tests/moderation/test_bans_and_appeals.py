"""Somebody is kept from contributing for a while, and anybody a decision is about may ask for another look, once."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import time_machine

from tests.conftest import (
    ADMINISTRATOR,
    CAST,
    CLLR,
    MILL,
    MODERATOR,
    NEIGHBOUR,
    NOBODY,
    OFFICER,
    RESIDENT,
    an_issue,
    as_viewer,
    person_of,
)
from tests.follows.test_following import a_follow
from tests.moderation.people import another_moderator, does, fresh, steps, tells
from tests.moderation.test_reports import reports
from wardbook import personal
from wardbook.briefs import freezing
from wardbook.clock import day_in_words, today
from wardbook.db import db, transaction
from wardbook.entries import life
from wardbook.entries.erasing import erase
from wardbook.entries.models import Entry
from wardbook.errors import Forbidden
from wardbook.jobs import do_what_is_due
from wardbook.mail import letters
from wardbook.moderation.models import Appeal, Ban, Looking, Report
from wardbook.people.proofs import make_proof
from wardbook.places.words import place_from_words
from wardbook.shared import Level, Standing

WHY = "Rude to neighbours, three times."


def ban(as_, entry, days: int = 7, reason: str = WHY):
    return does(as_(MODERATOR), entry, "ban-author", last_day=str(today() + timedelta(days=days)), reason=reason)


def appeals(client, words: str = "I was not rude."):
    """By the link in the newest letter."""
    link = re.search(r"/appeals/\d+", letters()[0].body)[0]
    return client.post(link, data={"words": words}), link


# --- bans --------------------------------------------------------------------------------------------------------


def test_who_is_banned_reads_and_appeals_and_does_no_more_until_its_end(as_):
    issue, other = an_issue(), an_issue("Another", by=NEIGHBOUR)
    assert ban(as_, issue).status_code == 302
    client, until = as_(RESIDENT), today() + timedelta(days=8)
    assert WHY in letters()[0].body and letters()[0].to == RESIDENT.email
    assert WHY in client.get("/desk").text
    for address in (f"/entries/{other.ref}/support", f"/entries/{other.ref}/report", f"/entries/{issue.ref}/edit"):
        answer = client.post(address, data={"reason": "abuse"})
        assert answer.status_code == 403
        assert "stopped you from contributing until the end of" in answer.text
    for address in ("/contribute", "/contribute/words", f"/entries/{other.ref}/support", f"/entries/{issue.ref}/edit"):
        answer = client.get(address)
        assert answer.status_code == 403, address
        assert WHY in answer.text and "/appeals/" in answer.text
    assert WHY in client.get("/me").text and "/appeals/" in client.get("/me").text
    assert WHY not in client.get("/admin/settings").text
    with pytest.raises(Forbidden):
        tells("Wheels cannot cross.")
    assert client.get(f"/entries/{issue.ref}").status_code == 200
    assert client.get("/map").status_code == 200
    with time_machine.travel(f"{until} 12:00"):
        assert client.post(f"/entries/{other.ref}/support").status_code == 302
        assert tells("Wheels cannot cross.").standing is Standing.PUBLISHED


def test_a_ban_ends_on_the_same_day_wherever_it_is_told(as_):
    issue = an_issue()
    ban(as_, issue)
    told = f"until the end of {day_in_words(today() + timedelta(days=7))}"
    assert told in letters()[0].subject and told in letters()[0].body
    for member, address in ((RESIDENT, "/desk"), (MODERATOR, "/moderation"), (MODERATOR, f"/moderation/{issue.ref}")):
        page = as_(member).get(address).text
        assert told in page
        assert day_in_words(today() + timedelta(days=8)) not in page


@pytest.mark.parametrize(
    ("outcome", "said"),
    [
        ("changed", "The ban is lifted: you can contribute again."),
        ("upheld", "You may not contribute until the end of "),
    ],
)
def test_the_answer_to_an_appeal_against_a_ban_says_what_it_means(outcome, said, as_):
    ban(as_, an_issue())
    _, link = appeals(as_(RESIDENT))
    made = db.session.query(Appeal).one()
    page = as_(MODERATOR).get(f"/moderation/appeals/{made.id}").text
    assert "The decision appealed against" in page
    answers(as_(MODERATOR), outcome)
    assert said in letters()[0].body
    assert said in as_(RESIDENT).get(link).text


@pytest.mark.parametrize(("outcome", "said"), [("changed", "It is published again."), ("upheld", "It stays hidden.")])
def test_the_answer_to_an_appeal_about_something_hidden_says_what_it_means(outcome, said, as_):
    does(as_(MODERATOR), an_issue(), "hide", reason=WHY)
    _, link = appeals(as_(RESIDENT))
    answers(as_(MODERATOR), outcome)
    assert said in letters()[0].body
    assert said in as_(RESIDENT).get(link).text


def test_a_link_by_email_is_no_way_round_a_ban(as_):
    issue = tells("Wheels cannot cross.", signed_in=False)
    ban(as_, an_issue("Seen"))
    other = an_issue("Other", by=NEIGHBOUR)
    with transaction():
        publish = make_proof(person_of(RESIDENT), "publish", issue.ref).link
        supports = make_proof(person_of(RESIDENT), "support", other.ref).link
    for link in (f"/contribute/confirm/{publish}", f"/support/{supports}"):
        assert as_(NOBODY).post(link).status_code == 403
    assert fresh(issue).standing is Standing.PENDING


@pytest.mark.parametrize(("days", "reason"), [(7, ""), (-1, WHY), (400, WHY)])
def test_a_ban_has_a_reason_and_an_end_within_a_year(days, reason, as_):
    assert ban(as_, an_issue(), days, reason).status_code == 422
    assert db.session.query(Ban).count() == 0


def test_who_works_for_the_council_is_an_administrators_business(as_):
    answer = ban(as_, an_issue(by=CLLR))
    assert (answer.status_code, "Speak to an administrator" in answer.text) == (422, True)


def test_a_ban_is_lifted_and_they_are_told(as_):
    issue = an_issue()
    ban(as_, issue)
    page = as_(MODERATOR).get(f"/moderation/{issue.ref}").text
    assert "Let them contribute again" in page and "Stopped before" in page
    assert does(as_(MODERATOR), issue, "lift-ban").status_code == 302
    assert "You may contribute again" in letters()[0].subject
    assert tells("Wheels cannot cross.").standing is Standing.PUBLISHED


# --- appeals -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("deed", ["hide", "ask-to-edit", "redact"])
def test_an_author_asks_for_another_look_once(deed, as_):
    issue = an_issue()
    does(as_(MODERATOR), issue, deed, reason=WHY, pieces="Wheels")
    assert "another look" in as_(RESIDENT).get(f"/entries/{issue.ref}").text
    answer, link = appeals(as_(RESIDENT))
    assert answer.status_code == 302
    assert "I was not rude." in as_(RESIDENT).get(link).text
    appeals(as_(RESIDENT), "And again.")
    assert [one.words for one in db.session.query(Appeal)] == ["I was not rude."]
    assert steps(issue)[-1] == "appealed"
    assert issue.ref in as_(MODERATOR).get("/moderation?show=appeals").text


def test_nobody_appeals_for_another(as_):
    issue = an_issue()
    does(as_(MODERATOR), issue, "hide", reason=WHY)
    link = re.search(r"/appeals/\d+", letters()[0].body)[0]
    for member in CAST:
        expected = 200 if member is RESIDENT else 404
        assert as_(member).get(link).status_code == expected
        if member is not RESIDENT:
            assert as_(member).post(link, data={"words": "x"}).status_code == 404


def answers(client, outcome: str = "changed", words: str = "You are right."):
    made = db.session.query(Appeal).one()
    return client.post(f"/moderation/appeals/{made.id}", data={"outcome": outcome, "words": words})


def test_another_moderator_answers_than_the_one_who_decided(as_):
    issue = an_issue()
    second = another_moderator()
    does(as_(MODERATOR), issue, "hide", reason=WHY)
    appeals(as_(RESIDENT))
    assert answers(as_(MODERATOR)).status_code == 403
    for member in (NOBODY, RESIDENT, OFFICER, ADMINISTRATOR):
        assert answers(as_(member)).status_code == 403
    assert answers(as_(second)).status_code == 302
    assert fresh(issue).standing is Standing.PUBLISHED
    assert "The decision was changed." in letters()[0].body and "You are right." in letters()[0].body


def test_the_only_moderator_answers_too_and_a_decision_may_stand(as_):
    issue = an_issue()
    does(as_(MODERATOR), issue, "hide", reason=WHY)
    _, link = appeals(as_(RESIDENT))
    assert answers(as_(MODERATOR), "upheld", "It is rude.").status_code == 302
    assert fresh(issue).standing is Standing.HIDDEN
    page = as_(RESIDENT).get(link).text
    assert "The decision stands" in page and "It is rude." in page
    assert answers(as_(MODERATOR)).status_code == 422, "it is answered once"


def test_what_is_held_and_appealed_is_published_where_the_appeal_is_right(as_):
    issue = tells("Ring 07700 900123.")
    appeals(as_(RESIDENT))
    assert answers(as_(MODERATOR)).status_code == 302
    assert fresh(issue).standing is Standing.PUBLISHED


def test_a_ban_is_appealed_and_ended(as_):
    ban(as_, an_issue())
    assert appeals(as_(RESIDENT))[0].status_code == 302
    assert "Appeals against being stopped" in as_(MODERATOR).get("/moderation").text
    assert answers(as_(MODERATOR)).status_code == 302
    assert as_viewer(RESIDENT).banned_until is None
    assert "Your appeal is answered" in letters()[0].subject


@pytest.mark.parametrize(("outcome", "words"), [("", "x"), ("no", "x"), ("upheld", " ")])
def test_an_answer_says_what_and_why(outcome, words, as_):
    issue = an_issue()
    does(as_(MODERATOR), issue, "hide", reason=WHY)
    appeals(as_(RESIDENT))
    assert answers(as_(MODERATOR), outcome, words).status_code == 422


# --- what is kept about people -----------------------------------------------------------------------------------


def test_what_is_kept_about_somebody_is_told_and_forgotten(as_):
    issue = an_issue()
    reports(as_(NEIGHBOUR), issue, words="Zq reported")
    reports(as_(NOBODY), an_issue("Second"), words="Zq by address", email=NEIGHBOUR.email)
    ban(as_, an_issue("Theirs", by=NEIGHBOUR), reason="Zq banned")
    appeals(as_(NEIGHBOUR), "Zq appealed")
    told = personal.all_about(person_of(NEIGHBOUR))
    assert [one["words"] for one in told["reports"]] == ["Zq reported", "Zq by address"]
    assert [one["reason"] for one in told["bans"]] == ["Zq banned"]
    assert [one["words"] for one in told["appeals"]] == ["Zq appealed"]
    with transaction():
        personal.forget(person_of(NEIGHBOUR))
    told = personal.all_about(person_of(NEIGHBOUR))
    assert (told["reports"], told["bans"], told["appeals"]) == ([], [], [])
    assert db.session.query(Report).count() == db.session.query(Ban).count() == 0
    assert [(one.words, one.person_id) for one in db.session.query(Appeal)] == [("", None)]
    assert as_viewer(NEIGHBOUR).banned_until is None


def test_erasing_an_entry_takes_what_was_said_of_it_too(as_):
    issue = tells("Zq: ring 07700 900123.")
    does(as_(MODERATOR), issue, "pass")
    reports(as_(NEIGHBOUR), issue, words="Zq reported")
    as_(MODERATOR).post(f"/entries/{issue.ref}/looking")
    does(as_(MODERATOR), issue, "redact", pieces="ring", reason="Zq reason")
    appeals(as_(RESIDENT), "Zq appealed")
    as_(MODERATOR).post(f"/moderation/appeals/{db.session.query(Appeal).one().id}", data={
        "outcome": "upheld", "words": "Zq answer",
    })  # fmt: skip
    with transaction():
        erase(as_viewer(RESIDENT), fresh(issue), once="erased")
    rows = [*db.session.query(Report), *db.session.query(Looking)]
    assert rows == []
    assert [(one.words, one.answer) for one in db.session.query(Appeal)] == [("", "")]
    assert not any("Zq" in f"{one.subject}{one.body}{one.html}" for one in letters())
    assert (fresh(issue).held_for, issue.asked_to_edit, issue.standing) == ([], None, Standing.ERASED)
    assert as_(MODERATOR).get("/moderation").status_code == 200
    assert as_(MODERATOR).get(f"/moderation/appeals/{db.session.query(Appeal).one().id}").status_code == 200


@pytest.mark.parametrize("goes", ["redacted", "erased"])
def test_what_is_taken_from_a_part_is_gone_from_what_the_first_said_too(goes, as_):
    a_follow(by=NEIGHBOUR)
    issue = an_issue(words="The kerb is high. The lamp of Tilda Quist is out.")
    do_what_is_due()
    assert any("Tilda Quist" in one.body for one in letters())
    with transaction():
        place = place_from_words(f"ward:{MILL}", as_viewer(OFFICER))
        brief = freezing.freeze(as_viewer(OFFICER), place, Level.PUBLIC, purpose="Cabinet", once="frozen").ref
    assert "Quist" in as_(NOBODY).get(f"/briefs/{brief}/1.json").text
    with transaction():
        wording = life.Wording(issue.title, "The kerb is high! The lamp of Tilda Quist is out.")
        life.edit(as_viewer(RESIDENT), fresh(issue), wording, edition=1, once="e")
    does(
        as_(MODERATOR),
        issue,
        "split",
        title="A lamp",
        words="The lamp of Tilda Quist is out.",
        take_out="y",
        category="",
    )
    second = db.session.query(Entry).filter_by(split_from_id=issue.id).one()
    does(as_(MODERATOR), second, "split", title="Whose", words="Tilda Quist", take_out="y", category="")
    third = db.session.query(Entry).filter_by(split_from_id=second.id).one()
    assert as_(NOBODY).get(f"/entries/{issue.ref}").text.count("Quist") == 2, "before it was edited, and split"
    if goes == "redacted":
        does(as_(MODERATOR), third, "redact", pieces="Tilda Quist", reason="It names somebody.")
    else:
        with transaction():
            erase(as_viewer(RESIDENT), third, once="x")
    for entry in (issue, second):
        page = as_(NOBODY).get(f"/entries/{entry.ref}").text
        assert "Quist" not in page, entry.ref
        assert "A part of it now stands by itself" in page
    assert "The kerb is high!" in as_(NOBODY).get(f"/entries/{issue.ref}").text
    assert "Quist" not in as_(NOBODY).get(f"/briefs/{brief}/1.json").text
    assert "Quist" not in "".join(f"{one.subject}{one.body}{one.html}" for one in letters())


def test_erasing_a_part_leaves_the_rest_of_what_the_first_said_in_letters(as_):
    a_follow(by=NEIGHBOUR)
    issue = an_issue(words="The kerb is high. Tilda's lamp\nis out.")
    do_what_is_due()
    part = {"title": "A lamp", "words": "Tilda's lamp is out.", "take_out": "y", "category": ""}
    does(as_(MODERATOR), issue, "split", **part)
    second = db.session.query(Entry).filter_by(split_from_id=issue.id).one()
    with transaction():
        erase(as_viewer(RESIDENT), second, once="x")
    told = "".join(f"{one.body}{one.html}" for one in letters() if one.to == NEIGHBOUR.email)
    assert told.count("The kerb is high.") == 2
    assert "Tilda" not in told


def test_what_the_first_goes_on_saying_stays_where_its_copy_is_erased(as_):
    issue = an_issue(words="One thing. Another thing.")
    with transaction():
        place = place_from_words(f"ward:{MILL}", as_viewer(OFFICER))
        brief = freezing.freeze(as_viewer(OFFICER), place, Level.PUBLIC, purpose="Cabinet", once="frozen").ref
    does(as_(MODERATOR), issue, "split", title="Another", words="Another thing.", category="")
    second = db.session.query(Entry).filter_by(split_from_id=issue.id).one()
    with transaction():
        erase(as_viewer(RESIDENT), second, once="x")
    assert "Another thing." in as_(NOBODY).get(f"/briefs/{brief}/1.json").text


def test_what_was_split_off_stands_after_the_first_is_erased(as_):
    issue = an_issue(words="One thing. Another thing.")
    does(as_(MODERATOR), issue, "split", title="Another", words="Another thing.", category="")
    with transaction():
        erase(as_viewer(RESIDENT), fresh(issue), once="erased")
    assert "Another thing." in as_(NOBODY).get("/map").text


def test_an_appeal_does_not_name_an_author_who_chose_not_to_be_named(as_):
    issue = an_issue(by=CLLR)
    does(as_(MODERATOR), issue, "hide", reason="It is rude.")
    assert appeals(as_(CLLR))[0].status_code == 302
    does(as_(MODERATOR), issue, "restore")
    page = as_(NOBODY).get(f"/entries/{issue.ref}").text
    assert "Its author asked for another look" in page
    assert CLLR.name not in page
