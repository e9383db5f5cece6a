"""A category has questions of its own, says whom to ring, and comes first where it is told most."""

from __future__ import annotations

import re
from html import unescape

import pytest

from tests.conftest import CLLR, IN_BRIDGE, MILL, NOBODY, RESIDENT, an_issue, as_viewer, category, person_of
from tests.contributing.test_contributing import begin, what, who
from wardbook.db import db, transaction
from wardbook.entries import actions
from wardbook.entries.erasing import erase
from wardbook.entries.kinds import Kind
from wardbook.entries.models import Category, Entry
from wardbook.entries.questions import How, Question
from wardbook.errors import Refused
from wardbook.shared import Level

DEEP = Question("How deep is it?", How.CHOICE, ("To the ankle", "To the knee"), needed=True)
LIT = Question("Is it lit at night?", How.YES_NO)
SINCE = Question("Since when?", How.TEXT, needed=True)
NUMBERS = "Ring 999 now.\nThe council's own number is 01225 000000."


@pytest.fixture
def drains(app) -> Category:
    with transaction():
        made = Category(
            service=category().service, name="Blocked drain", kinds=["issue"],
            questions=[one.kept() for one in (DEEP, LIT, SINCE)],
        )  # fmt: skip
        db.session.add(made)
    return made


@pytest.fixture
def collapse(app) -> Category:
    with transaction():
        made = Category(service=category().service, name="Wall falling down", kinds=["issue"], emergency=NUMBERS)
        db.session.add(made)
    return made


def comes_to_more(client, drains: Category) -> str:
    draft = begin(client)
    client.post(f"{draft}/kind", data={"kind": "issue"})
    assert client.post(f"{draft}/what", data=what(category=str(drains.id))).location == f"{draft}/more"
    return draft


ANSWERS = {"answer_0": "To the knee", "answer_1": "No", "answer_2": "Since <b>May</b>"}


def told_of_a_drain(client, drains: Category, **answers: str) -> Entry:
    draft = comes_to_more(client, drains)
    assert client.post(f"{draft}/more", data=ANSWERS | answers).location == f"{draft}/photos"
    client.post(f"{draft}/who", data=who())
    assert "How deep is it? To the knee" in client.get(f"{draft}/check").text
    client.post(f"{draft}/check")
    return db.session.query(Entry).order_by(Entry.id.desc()).first()


def test_its_questions_are_asked_and_what_was_answered_goes_with_it_everywhere(drains, as_):
    entry = told_of_a_drain(as_(RESIDENT), drains)
    assert entry.answers[0] == {"ask": "How deep is it?", "answer": "To the knee"}
    page = as_(NOBODY).get(f"/entries/{entry.ref}").text
    assert "How deep is it?" in page
    assert "Since &lt;b&gt;May&lt;/b&gt;" in page
    for road in (
        "/map.json",
        "/map.csv",
        "/map.geojson",
        f"/places/ward:{MILL}/brief.csv",
        f"/places/ward:{MILL}/brief",
    ):
        assert "How deep is it? To the knee; Is it lit at night? No; Since when?" in as_(NOBODY).get(road).text, road


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"answer_0": ""}, "Choose an answer to ‘How deep is it?’"),
        ({"answer_0": "To the moon"}, ""),
        ({"answer_2": ""}, "Enter an answer to ‘Since when?’"),
        ({"answer_2": "x" * 501}, "Your answer must be 500 characters or fewer"),
    ],
)
def test_what_must_be_answered_is_asked_again_and_the_rest_is_kept(changes, sentence, drains, as_):
    draft = comes_to_more(client := as_(NOBODY), drains)
    refused = client.post(f"{draft}/more", data=ANSWERS | changes)
    assert refused.status_code == 422
    assert sentence in unescape(refused.text)
    assert re.search(r'value="No"\s+checked', refused.text)
    assert client.get(f"{draft}/check").location == f"{draft}/more"


def test_what_need_not_be_answered_may_be_passed_over(drains, as_):
    entry = told_of_a_drain(as_(RESIDENT), drains, answer_1="")
    assert [one["ask"] for one in entry.answers] == ["How deep is it?", "Since when?"]


def test_another_category_asks_its_own_and_keeps_nothing_of_the_first(drains, as_):
    draft = comes_to_more(client := as_(RESIDENT), drains)
    client.post(f"{draft}/more", data=ANSWERS)
    client.post(f"{draft}/who", data=who())
    assert client.post(f"{draft}/what", data=what()).location == f"{draft}/check"
    client.post(f"{draft}/check")
    assert db.session.query(Entry).one().answers == []


def test_who_chooses_a_category_at_the_end_is_still_asked_its_questions(drains, as_):
    client = as_(RESIDENT)
    draft = begin(client)
    client.post(f"{draft}/kind", data={"kind": "issue"})
    client.post(f"{draft}/what", data=what())
    client.post(f"{draft}/who", data=who())
    assert client.post(f"{draft}/what", data=what(category=str(drains.id))).location == f"{draft}/more"
    assert client.post(f"{draft}/more", data=ANSWERS).location == f"{draft}/check"


def test_answers_are_edited_with_it_and_the_earlier_ones_stay_on_its_timeline(drains, as_):
    client = as_(RESIDENT)
    entry = told_of_a_drain(client, drains)
    with transaction():
        drains.questions = [LIT.kept()]  # what was asked before is still there to be corrected
    form = client.get(f"/entries/{entry.ref}/edit").text
    assert "How deep is it? (optional)" in form
    said = {"title": entry.title, "words": entry.words, "edition": "1", "answer_0": "Yes", "answer_1": "To the ankle"}
    client.post(f"/entries/{entry.ref}/edit", data=said | {"answer_2": "May"})
    db.session.refresh(entry)
    assert {one["ask"]: one["answer"] for one in entry.answers} == {
        "Is it lit at night?": "Yes", "How deep is it?": "To the ankle", "Since when?": "May",
    }  # fmt: skip
    assert "How deep is it? To the knee" in as_(NOBODY).get(f"/entries/{entry.ref}").text


def test_answers_are_erased_with_it(drains, as_):
    entry = told_of_a_drain(as_(RESIDENT), drains)
    with transaction():
        erase(as_viewer(RESIDENT), entry, once="x")
    assert entry.answers == []


def test_an_emergency_shows_whom_to_ring_and_takes_no_form(collapse, as_):
    client = as_(RESIDENT)
    draft = begin(client)
    client.post(f"{draft}/kind", data={"kind": "issue"})
    typed = what(category=str(collapse.id), title="It leans")
    assert client.post(f"{draft}/what", data=typed).location == f"{draft}/emergency"
    page = client.get(f"{draft}/emergency").text
    assert 'Ring <a class="govuk-link" href="tel:999">999</a> now.' in page
    assert 'href="tel:01225000000">01225 000000</a>.' in page
    assert "<form" not in page.split("<main")[1]
    client.post(f"{draft}/who", data=who())
    for answer in (client.get(f"{draft}/check"), client.post(f"{draft}/check")):
        assert answer.location == f"{draft}/what"
    assert 'value="It leans"' in client.get(f"{draft}/what").text
    assert db.session.query(Entry).count() == 0


def test_nothing_tells_under_an_emergency_by_another_road(collapse):
    telling = actions.Telling(
        kind=Kind.ISSUE, title="It leans", words="", shape=an_issue().geometry, level=Level.PUBLIC, once="y",
        category=collapse,
    )  # fmt: skip
    with pytest.raises(Refused, match="emergency"):
        actions.tell(as_viewer(RESIDENT), telling, person_of(RESIDENT), [])


def order_of(client, where: str = "ZZ1 1AA") -> list[str]:
    draft = begin(client, where)
    client.post(f"{draft}/kind", data={"kind": "issue"})
    page = client.get(f"{draft}/what").text
    return re.findall(r'<option value="\d+"[^>]*>([^<]*)', page), "in the last year come first" in page


def test_what_is_told_most_in_the_ward_comes_first_and_the_page_says_so(drains, as_):
    assert order_of(as_(NOBODY)) == (["About a person", "Blocked drain", "Dropped kerbs"], False)
    an_issue("One", category=drains)
    an_issue("Two", category=drains)
    an_issue("Three")
    an_issue("Elsewhere", at=IN_BRIDGE, category=category("About a person"))
    assert order_of(as_(NOBODY)) == (["Blocked drain", "Dropped kerbs", "About a person"], True)
    assert order_of(as_(NOBODY), "ward:T05000004")[0] == ["About a person", "Blocked drain", "Dropped kerbs"]


def test_the_order_says_nothing_of_what_its_reader_does_not_see(drains, as_):
    an_issue("For the ward alone", category=drains, level=Level.WARD)
    assert order_of(as_(NOBODY))[1] is False
    assert order_of(as_(CLLR)) == (["Blocked drain", "About a person", "Dropped kerbs"], True)
