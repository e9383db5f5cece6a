"""Four weeks after an issue is closed its author is asked once whether it is put right; 'no' opens it again."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from tests.conftest import (
    CLLR,
    MODERATOR,
    NEIGHBOUR,
    NOBODY,
    OFFICER,
    RESIDENT,
    an_idea,
    an_issue,
    an_offer,
    as_viewer,
    person_of,
)  # fmt: skip
from tests.entries.test_answering import move, reply
from tests.follows.test_following import a_follow
from wardbook.db import db, now, transaction
from wardbook.entries import erasing, life
from wardbook.entries.hearing.closing import Asked
from wardbook.entries.hearing.next_steps import next_steps
from wardbook.entries.kinds import Channel, Lead, State
from wardbook.entries.merging import actions as merging
from wardbook.entries.models import Entry
from wardbook.jobs import ask_for_what_recurs, do_what_is_due
from wardbook.mail import Letter, letters
from wardbook.me import leaving
from wardbook.me.leaving import Leaving
from wardbook.moderation import actions as moderating
from wardbook.shared import Standing
from wardbook.together.models import Match

CLOSED_ON = datetime(2026, 6, 1, 12, tzinfo=UTC)


@pytest.fixture
def clock(app) -> Iterator[time_machine.Coordinates]:
    with time_machine.travel(CLOSED_ON, tick=False) as moved:
        yield moved


def closed(as_, state: State = State.FIXED, **told) -> Entry:
    issue = an_issue(**told)
    assert move(as_(OFFICER), issue, state, "The kerb is lowered.").status_code == 302
    return issue


def after(clock, **time: float) -> None:
    clock.move_to(CLOSED_ON + timedelta(**time))
    ask_for_what_recurs()
    do_what_is_due()


def questions() -> list[Letter]:
    return [letter for letter in letters() if letter.cause.startswith("asked ")]


def links(letter: Letter) -> dict[str, str]:
    found = re.findall(r"http://localhost(/put-right/[\w.-]+\?answer=([\w-]+))", letter.body)
    return {answer: address for address, answer in found}


def asked(clock, as_) -> tuple[Entry, dict[str, str]]:
    issue = closed(as_)
    after(clock, weeks=4)
    (letter,) = questions()
    return issue, links(letter)


def pressed(client, address: str, **sent: str) -> str:
    """The page that follows a press."""
    return client.get(client.post(address, data=sent).location).text


def state_of(issue: Entry) -> State:
    return db.session.get(Entry, issue.id).state


# --- asking ------------------------------------------------------------------------------------------------------


def test_the_author_is_asked_after_four_weeks_and_once(clock, as_):
    issue = closed(as_)
    after(clock, weeks=3, days=6)
    assert questions() == []
    after(clock, weeks=4)
    after(clock, weeks=4, hours=2)
    (letter,) = questions()
    assert letter.to == RESIDENT.email
    assert letter.subject == f"{issue.ref}: is it put right? No dropped kerb"
    assert "Owen Officer, Highways wrote:\n\nThe kerb is lowered." in letter.body
    assert set(links(letter)) == {"yes", "no", "cannot-say"}
    assert "was closed as 'Fixed' on 1 June 2026." in letter.body
    assert all(label in letter.html for label in ("Yes, it is put right", "No, it is not", "I cannot say"))
    assert letter.unsubscribe in letter.body


def never(name):
    def decorate(change):
        return pytest.param(change, id=name)

    return decorate


def _reopened(issue, as_):
    move(as_(OFFICER), issue, State.RECEIVED)


def _no_letters(issue, as_):
    as_(RESIDENT).post(f"/entries/{issue.ref}/letters", data={"letters": "off"})


def _withdrawn(issue, as_):
    with transaction():
        life.withdraw(as_viewer(RESIDENT), db.session.get(Entry, issue.id), reason="Gone.", once="w")


def _erased(issue, as_):
    with transaction():
        erasing.erase(as_viewer(RESIDENT), db.session.get(Entry, issue.id), once="e")


def _with(**columns):
    def change(issue, as_):
        with transaction():
            for column, value in columns.items():
                setattr(db.session.get(Entry, issue.id), column, value)

    return change


def _unconfirmed(issue, as_):
    with transaction():
        person_of(RESIDENT).confirmed_at = None


@pytest.mark.parametrize(
    "change",
    [
        never("reopened meanwhile")(_reopened),
        never("no more letters about it")(_no_letters),
        never("withdrawn")(_withdrawn),
        never("erased")(_erased),
        never("hidden")(_with(standing=Standing.HIDDEN)),
        never("brought in from elsewhere")(_with(channel=Channel.IMPORT)),
        never("a duplicate")(_with(state=State.DUPLICATE)),
        never("by nobody")(_with(author_id=None)),
        never("an address that was never proved")(_unconfirmed),
    ],
)
def test_these_are_never_asked_about(change, clock, as_):
    change(closed(as_), as_)
    after(clock, weeks=5)
    assert questions() == []
    assert db.session.query(Asked).count() == 0


def test_who_told_it_to_staff_is_asked_as_they_were_promised(clock, as_):
    issue = an_issue(channel=Channel.TELEPHONE)
    _unconfirmed(issue, as_)
    assert "If it is closed, we ask you four weeks later" in " ".join(next_steps(db.session.get(Entry, issue.id)))
    assert move(as_(OFFICER), issue, State.FIXED, "The kerb is lowered.").status_code == 302
    after(clock, weeks=4)
    (letter,) = questions()
    assert letter.to == RESIDENT.email
    assert "It is open again." in pressed(as_(NOBODY), links(letter)["no"], answer="no")


def test_what_a_resident_said_when_it_was_done_is_not_the_councils(clock, as_):
    issue = an_issue(by=NEIGHBOUR, lead=Lead.RESIDENTS)
    with transaction():
        offer = an_offer("A rake", by=RESIDENT, state=State.TAKEN_UP)
        db.session.add(Match(offer_id=offer.id, need_id=issue.id, made_at=now(), met_at=now()))
    done = {"sort": "finished", "words": "The bank is clean."}
    assert as_(RESIDENT).post(f"/entries/{issue.ref}/steps", data=done).status_code == 302
    after(clock, weeks=4)
    (letter,) = questions()
    for text in (letter.body, letter.html):
        assert "A resident wrote:" in text
        assert "Fixed by residents" in text
        assert "The council wrote" not in text


def test_ideas_and_what_was_closed_long_ago_are_not_asked_about(clock, as_):
    idea = an_idea()
    move(as_(OFFICER), idea, State.ADOPTED, "We do it.")
    closed(as_)
    after(clock, weeks=9)
    assert questions() == []


def test_closed_again_it_is_asked_about_again(clock, as_):
    issue, answers = asked(clock, as_)
    as_(NOBODY).post(answers["no"], data={"answer": "no"})
    move(as_(OFFICER), issue, State.FIXED, "Lowered once more.")
    after(clock, weeks=7)
    assert len(questions()) == 1
    after(clock, weeks=8, days=1)
    assert len(questions()) == 2
    assert "Lowered once more." in questions()[0].body


def test_what_a_killed_worker_asked_is_not_asked_twice(clock, as_):
    asked(clock, as_)
    after(clock, weeks=4, hours=3)
    assert db.session.query(Asked).count() == len(questions()) == 1


# --- answering ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("answer", ["yes", "no", "cannot-say"])
def test_opening_a_link_answers_nothing(answer, clock, as_):
    issue, answers = asked(clock, as_)
    page = as_(NOBODY).get(answers[answer])
    assert page.status_code == 200
    assert "Is it put right?" in page.text
    assert db.session.query(Asked).one().answer is None
    assert state_of(issue) is State.FIXED


def test_no_opens_it_again_and_everyone_concerned_is_told(clock, as_):
    a_follow(by=NEIGHBOUR)
    issue, answers = asked(clock, as_)
    answer = as_(NOBODY).post(answers["no"], data={"answer": "no", "words": "Water stands there."})
    assert "It is open again." in as_(NOBODY).get(answer.location).text
    do_what_is_due()
    assert state_of(issue) is State.RECEIVED
    assert db.session.get(Entry, issue.id).closed_at is None
    page = as_(NOBODY).get(f"/entries/{issue.ref}").text
    assert "Its author says it is not put right: received again" in page
    assert "Water stands there." in page
    assert RESIDENT.name not in page
    (to_officer,) = [letter for letter in letters() if letter.to == OFFICER.email]
    assert to_officer.subject == f"{issue.ref} is open again: No dropped kerb"
    assert "Water stands there." in to_officer.body
    assert RESIDENT.name not in to_officer.body + to_officer.html
    followers = [letter.subject for letter in letters() if letter.to == NEIGHBOUR.email]
    assert "Its author says it is not put right: received again: No dropped kerb (Mill)" in followers
    desk = as_(OFFICER).get("/desk").text
    assert "Their authors say these are not put right" in desk
    assert "No, it is not: 1" in desk
    assert "Nobody has answered these yet" not in desk


@pytest.mark.parametrize(("answer", "label"), [("yes", "Yes, it is put right"), ("cannot say", "I cannot say")])
def test_another_answer_changes_nothing_but_is_counted(answer, label, clock, as_):
    issue, answers = asked(clock, as_)
    assert f"you answered: <strong>{label}</strong>" in pressed(as_(NOBODY), answers["yes"], answer=answer)
    assert state_of(issue) is State.FIXED
    assert f"{label}: 1" in as_(OFFICER).get("/desk").text


def test_the_first_answer_stays(clock, as_):
    issue, answers = asked(clock, as_)
    as_(NOBODY).post(answers["yes"], data={"answer": "yes"})
    assert "you answered: <strong>Yes, it is put right</strong>" in pressed(as_(NOBODY), answers["no"], answer="no")
    assert state_of(issue) is State.FIXED


def test_no_pressed_twice_opens_it_once(clock, as_):
    issue, answers = asked(clock, as_)
    for _ in range(2):
        as_(NOBODY).post(answers["no"], data={"answer": "no"})
    page = as_(NOBODY).get(f"/entries/{issue.ref}").text
    assert page.count("Its author says it is not put right") == 1


def test_what_was_reopened_since_leaves_nothing_to_answer(clock, as_):
    issue, answers = asked(clock, as_)
    move(as_(OFFICER), issue, State.RECEIVED)
    assert "nothing left to answer" in as_(NOBODY).get(answers["no"]).text
    assert as_(NOBODY).post(answers["no"], data={"answer": "no"}).status_code == 422


def test_an_answer_that_is_none_is_refused_in_words(clock, as_):
    _, answers = asked(clock, as_)
    refused = as_(NOBODY).post(answers["no"].partition("?")[0], data={"answer": "perhaps"})
    assert refused.status_code == 422
    assert "Press one of the three answers." in refused.text


def test_a_guessed_key_and_one_whose_entry_is_gone_lead_nowhere(clock, as_):
    issue, answers = asked(clock, as_)
    assert as_(NOBODY).get("/put-right/guessed").status_code == 404
    with transaction():
        erasing.erase(as_viewer(RESIDENT), db.session.get(Entry, issue.id), once="e")
    assert as_(NOBODY).get(answers["no"]).status_code == 404
    (letter,) = [letter for letter in letters() if letter.cause.startswith("asked ")] or [None]
    assert letter is None or letter.body == ""


def test_where_who_closed_it_has_left_its_service_is_told(clock, as_):
    from wardbook.people.actions import Grant, add_person, person_with
    from wardbook.policy import Role

    _, answers = asked(clock, as_)
    with transaction():
        person_of(OFFICER).terms[0].until_on = datetime(2026, 6, 20, tzinfo=UTC).date()
        other = person_with("other@example.org", "Olwen Other")
        add_person(other.email, Grant(Role.OFFICER, None, "Highways"), name=other.name)
        add_person("parks@example.org", Grant(Role.OFFICER, None, "Parks"))
    as_(NOBODY).post(answers["no"], data={"answer": "no"})
    told = {letter.to for letter in letters() if "is open again" in letter.subject}
    assert told == {"other@example.org"}


# --- put right or not --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "says"),
    [
        (State.FIXED, "It is closed: it is put right."),
        (State.FIXED_BY_RESIDENTS, "It is closed: it is put right."),
        (State.NO_FURTHER_ACTION, "It is closed without being put right."),
        (State.NOT_OURS, "It is closed without being put right."),
        (State.PASSED_ON, "It is closed without being put right."),
    ],
)
def test_a_closing_says_on_the_page_and_in_the_letters_whether_it_is_put_right(state, says, as_):
    a_follow(by=NEIGHBOUR)
    issue = closed(as_, state)
    do_what_is_due()
    told = {letter.to: letter for letter in letters() if "losed" in letter.body}
    assert says in as_(NOBODY).get(f"/entries/{issue.ref}").text
    for reader in (RESIDENT, NEIGHBOUR):
        assert says in told[reader.email].body
        assert says in told[reader.email].html
    listed = as_(NOBODY).get("/map").text
    assert ("Not put right" in listed) is ("without" in says)


def test_an_open_one_says_neither(as_):
    issue = an_issue()
    reply(as_(OFFICER), issue)
    assert "put right" not in as_(NOBODY).get(f"/entries/{issue.ref}").text.partition("</h1>")[2].partition("<form")[0]


# --- who told what was merged into it ----------------------------------------------------------------------------


def merged(clock, as_, by=NEIGHBOUR) -> tuple[Entry, dict[str, str]]:
    """An issue closed four weeks ago into which another was merged, and the links for who told that."""
    issue, again = an_issue(), an_issue("Dropped kerb missing", by=by)
    with transaction():
        merging.merge(as_viewer(OFFICER), db.session.get(Entry, again.id), issue, words="", once="m")
    assert move(as_(OFFICER), issue, State.FIXED, "The kerb is lowered.").status_code == 302
    after(clock, weeks=4)
    after(clock, weeks=4, hours=2)
    theirs = [letter for letter in questions() if letter.to == by.email]
    return issue, links(theirs[0])


def test_who_told_what_was_merged_into_it_is_asked_too(clock, as_):
    issue, answers = merged(clock, as_)
    assert sorted(letter.to for letter in questions()) == sorted([RESIDENT.email, NEIGHBOUR.email])
    again = db.session.query(Entry).filter(Entry.id != issue.id).one()
    (theirs,) = [letter for letter in questions() if letter.to == NEIGHBOUR.email]
    assert theirs.subject.startswith(f"{issue.ref}: is it put right?")
    assert f"What you told us as {again.ref} was merged into it." in theirs.body
    assert f"What you told us as {again.ref} was merged into it." in theirs.html
    assert again.ref in as_(NOBODY).get(answers["no"]).text


def test_their_no_opens_it_and_everyone_who_told_it_is_told(clock, as_):
    issue, answers = merged(clock, as_)
    assert "It is open again." in pressed(as_(NOBODY), answers["no"], answer="no", words="Water stands there.")
    assert state_of(issue) is State.RECEIVED
    page = as_(NOBODY).get(f"/entries/{issue.ref}").text
    assert "Somebody else who told it says it is not put right: received again" in page
    assert NEIGHBOUR.name not in page
    told = [letter for letter in letters() if letter.to == RESIDENT.email and "open again" in letter.subject]
    assert len(told) == 1
    assert "Somebody else who told us the same as you" in told[0].body
    assert "They wrote:\n\nWater stands there." in told[0].body
    assert NEIGHBOUR.name not in told[0].body + told[0].html
    (mine,) = [links(letter) for letter in questions() if letter.to == RESIDENT.email]
    assert "nothing left to answer" in as_(NOBODY).get(mine["yes"]).text


def test_who_told_it_twice_is_asked_once(clock, as_):
    merged(clock, as_, by=RESIDENT)
    assert len(questions()) == 1


def test_who_told_staff_what_was_merged_into_it_hears_of_it_too(as_):
    issue, again = an_issue(), an_issue("Dropped kerb missing", by=NEIGHBOUR, channel=Channel.PAPER)
    with transaction():
        person_of(NEIGHBOUR).confirmed_at = None
        merging.merge(as_viewer(OFFICER), db.session.get(Entry, again.id), issue, words="", once="m")
    reply(as_(OFFICER), issue, "We look next week.")
    assert NEIGHBOUR.email in [letter.to for letter in letters() if "We look next week." in letter.body]


def test_who_wants_no_letters_about_what_was_merged_is_not_asked(clock, as_):
    again = an_issue("Dropped kerb missing", by=NEIGHBOUR)
    issue = an_issue()
    with transaction():
        merging.merge(as_viewer(OFFICER), db.session.get(Entry, again.id), issue, words="", once="m")
    as_(NEIGHBOUR).post(f"/entries/{again.ref}/letters", data={"letters": "off"})
    move(as_(OFFICER), issue, State.FIXED, "The kerb is lowered.")
    after(clock, weeks=4)
    assert [letter.to for letter in questions()] == [RESIDENT.email]


def test_what_one_erases_leaves_the_question_to_the_other(clock, as_):
    issue, answers = merged(clock, as_)
    again = db.session.query(Entry).filter(Entry.id != issue.id).one()
    with transaction():
        erasing.erase(as_viewer(NEIGHBOUR), again, once="e")
    assert as_(NOBODY).get(answers["no"]).status_code == 404
    (mine,) = [links(letter) for letter in questions() if letter.body]
    assert as_(NOBODY).get(mine["yes"]).status_code == 200


def _part(issue, again, as_):
    with transaction():
        merging.part(as_viewer(OFFICER), db.session.get(Entry, again.id), words="", once="p")


def _hide(issue, again, as_):
    with transaction():
        moderating.hide(as_viewer(MODERATOR), db.session.get(Entry, again.id), reason="Rude.")


def _take_back(issue, again, as_):
    with transaction():
        life.withdraw(as_viewer(NEIGHBOUR), db.session.get(Entry, again.id), reason="Gone.", once="w")


@pytest.mark.parametrize("ends", [_part, _hide, _take_back])
def test_what_is_no_longer_part_of_it_answers_for_it_no_more(ends, clock, as_):
    issue, answers = merged(clock, as_)
    ends(issue, db.session.query(Entry).filter(Entry.id != issue.id).one(), as_)
    assert as_(NOBODY).get(answers["no"]).status_code == 404
    assert as_(NOBODY).post(answers["no"], data={"answer": "no", "words": "Water."}).status_code == 404
    assert state_of(issue) is State.FIXED


def _erase_it(again):
    erasing.erase(as_viewer(NEIGHBOUR), again, once="e")


def _erase_them(again):
    leaving.erase(as_viewer(NEIGHBOUR), person_of(NEIGHBOUR), Leaving.EVERYTHING)


def _leave_it(again):
    leaving.erase(as_viewer(NEIGHBOUR), person_of(NEIGHBOUR), Leaving.LEAVE)


@pytest.mark.parametrize("erased", [_erase_it, _erase_them, _leave_it])
def test_what_one_said_of_anothers_issue_is_erased_with_what_they_told(erased, clock, as_):
    a_follow(by=CLLR)
    issue, answers = merged(clock, as_)
    as_(NOBODY).post(answers["no"], data={"answer": "no", "words": "Water stands there."})
    do_what_is_due()
    assert any(letter.to == CLLR.email and "Water stands there." in letter.body for letter in letters())
    with transaction():
        erased(db.session.query(Entry).filter(Entry.id != issue.id).one())
    page = as_(NOBODY).get(f"/entries/{issue.ref}").text
    assert "Somebody else who told it says it is not put right: received again" in page
    assert "Water stands there." not in page + "".join(letter.body + letter.html for letter in letters())


def test_what_its_own_author_said_stays_with_what_they_leave(clock, as_):
    issue, answers = asked(clock, as_)
    as_(NOBODY).post(answers["no"], data={"answer": "no", "words": "Water stands there."})
    with transaction():
        leaving.erase(as_viewer(RESIDENT), person_of(RESIDENT), Leaving.LEAVE)
    assert "Water stands there." in as_(NOBODY).get(f"/entries/{issue.ref}").text
