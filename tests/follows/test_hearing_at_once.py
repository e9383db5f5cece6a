"""Followers hear at once of what happens, each step once, and only of what they may see at that moment."""

from __future__ import annotations

import re

import pytest
import shapely

from tests.conftest import (
    ADMINISTRATOR,
    BRIDGE,
    CAST,
    CLLR,
    CLLR_NEXT_DOOR,
    IN_BRIDGE,
    MILL,
    MODERATOR,
    NEIGHBOUR,
    NOBODY,
    OFFICER,
    RESIDENT,
    Member,
    a_note,
    an_issue,
    as_viewer,
    person_of,
    spot,
    square,
)
from tests.follows.test_following import a_follow
from wardbook.clock import today
from wardbook.db import db, transaction
from wardbook.entries.kinds import Channel
from wardbook.follows.models import News
from wardbook.jobs import Job, do_what_is_due
from wardbook.mail import Letter, letters
from wardbook.places.actions import keep_shape
from wardbook.shared import Level, Standing


def told() -> list[tuple[str, str]]:
    """Whom what was written to, by subject, once everything due is done."""
    do_what_is_due()
    return sorted((letter.to, letter.subject) for letter in letters())


def reply(client, entry, words: str = "We will look.", once: str = "a") -> None:
    answer = client.post(f"/entries/{entry.ref}/answer", data={"answer-words": words, "answer-once": once})
    assert answer.status_code == 302


def forget_letters() -> None:
    do_what_is_due()
    with transaction():
        db.session.query(Letter).delete()


# --- what they hear of -------------------------------------------------------------------------------------------


def test_who_follows_an_entry_hears_of_an_answer(as_):
    issue = an_issue(by=NEIGHBOUR)
    forget_letters()
    a_follow(f"entry:{issue.ref}")
    reply(as_(OFFICER), issue)
    do_what_is_due()
    (letter,) = [letter for letter in letters() if letter.to == RESIDENT.email]
    assert letter.subject == "A reply: No dropped kerb"
    assert "Owen Officer, Highways wrote:\n\nWe will look." in letter.body
    assert f"http://localhost/entries/{issue.ref}" in letter.body
    assert "because you follow it" in letter.body


def test_who_follows_a_ward_hears_of_something_new_in_it_and_of_nothing_next_door(as_):
    a_follow()
    an_issue("In Mill", by=NEIGHBOUR)
    an_issue("In Bridge", by=NEIGHBOUR, at=IN_BRIDGE)
    assert told() == [(RESIDENT.email, "New issue: In Mill (Mill)")]
    assert "Wheels cannot cross." in letters()[0].body
    assert "A resident wrote:" in letters()[0].body
    assert NEIGHBOUR.name not in letters()[0].body + letters()[0].html


PLACES = {
    "a circle": "postcode:ZZ1 1AA+300m",
    "wards": f"wards:{MILL},{BRIDGE}",
    "a ward as at a day": f"ward:{MILL}@2021-01-01",
    "a street": "street:{0:.6f},{1:.6f};{2:.6f},{3:.6f}+50m",
}


@pytest.mark.parametrize("words", PLACES.values(), ids=PLACES)
def test_any_place_is_followed(words, app):
    ends = [number for at in ((0.2, 0.6), (0.6, 0.6)) for number in (spot(*at).x, spot(*at).y)]
    a_follow(words.format(*ends))
    an_issue("Inside", by=NEIGHBOUR)
    an_issue("Outside", by=NEIGHBOUR, at=(0.4, 1.5))
    assert [subject.partition(" (")[0] for _, subject in told()] == ["New issue: Inside"]


def test_a_line_through_a_followed_circle_lies_in_it(app):
    a_follow("postcode:ZZ1 1AA+300m", by=OFFICER)
    a_note("A long path", shape=shapely.LineString([spot(0.4, 0.1), spot(0.4, 0.9)]))
    assert told() == [(OFFICER.email, "New note: A long path (a place you chose)")]
    assert "Within 300 m of ZZ1 1AA" in letters()[0].body, "not in the subject, which others read on a locked screen"


def test_what_waits_for_its_author_is_told_when_it_is_published(as_):
    a_follow()
    begun = as_(NOBODY)
    begun.post("/contribute", data={"q": "ZZ1 1AA"})
    with begun.session_transaction() as session:
        draft = f"/contribute/{session['drafts'][-1]}"
    begun.post(f"{draft}/spot", data={"spot": f"{spot(0.4, 0.6).y}, {spot(0.4, 0.6).x}"})
    begun.post(f"{draft}/kind", data={"kind": "issue"})
    page = begun.get(f"{draft}/what").text
    category = re.search(r'value="(\d+)"[^>]*>Dropped kerbs', page)[1]
    begun.post(f"{draft}/what", data={"category": category, "title": "Kerb", "words": "High."})
    begun.post(f"{draft}/photos")
    begun.post(f"{draft}/who", data={"level": "public", "email": "new.here@example.org"})
    begun.post(f"{draft}/check")
    assert [to for to, _ in told()] == ["new.here@example.org"], "to confirm, and nobody else"
    link = re.search(r"(/contribute/confirm/\S+)", letters()[0].body)[1]
    assert as_(NOBODY).post(link).status_code == 302
    assert (RESIDENT.email, "New issue: Kerb (Mill)") in told()


def test_what_a_moderator_lets_through_is_told_then(as_):
    a_follow()
    issue = an_issue("About somebody", by=NEIGHBOUR, standing=Standing.PENDING)
    forget_letters()
    as_(MODERATOR).post(f"/entries/{issue.ref}/pass", data={"edition": issue.edition})
    assert told() == [
        (NEIGHBOUR.email, f"{issue.ref} is published: About somebody"),
        (RESIDENT.email, "New issue: About somebody (Mill)"),
    ]


def test_of_what_the_demo_brings_nobody_hears(app):
    from tests.conftest import category
    from wardbook.entries import actions
    from wardbook.entries.kinds import Kind

    a_follow()
    with transaction():
        telling = actions.Telling(
            kind=Kind.ISSUE, title="Demo", words="", shape=spot(0.4, 0.6), level=Level.PUBLIC, once="demo",
            category=category(), channel=Channel.DEMO,
        )  # fmt: skip
        actions.tell(as_viewer(NEIGHBOUR), telling, person_of(NEIGHBOUR), [])
    assert told() == []


def test_the_timeline_says_who_is_told(as_):
    issue = an_issue()
    reply(as_(OFFICER), issue)
    assert "Its author and anyone who follows it were told." in as_(NOBODY).get(f"/entries/{issue.ref}").text
    assert "You and anyone who follows it were told." in as_(RESIDENT).get(f"/entries/{issue.ref}").text


# --- once --------------------------------------------------------------------------------------------------------


def test_who_follows_it_three_ways_hears_once(as_):
    issue = an_issue(by=NEIGHBOUR)
    for thing in (f"ward:{MILL}", f"entry:{issue.ref}", "postcode:ZZ1 1AA+300m"):
        a_follow(thing)
    forget_letters()
    reply(as_(OFFICER), issue)
    mine = [subject for to, subject in told() if to == RESIDENT.email]
    assert mine == ["A reply: No dropped kerb"], "as of what they follow most closely"


def test_an_author_who_follows_hears_once_as_the_author(as_):
    issue = an_issue()
    a_follow()
    a_follow(f"entry:{issue.ref}")
    reply(as_(OFFICER), issue)
    assert told() == [(RESIDENT.email, f"{issue.ref}: a reply, No dropped kerb")]


def test_nobody_hears_of_their_own_deed(as_):
    a_follow(by=OFFICER)
    a_follow(by=NEIGHBOUR)
    issue = an_issue(by=NEIGHBOUR)
    reply(as_(OFFICER), issue)
    assert [to for to, subject in told() if subject.startswith("New")] == [OFFICER.email]
    assert OFFICER.email not in [to for to, subject in told() if "eply" in subject]


def test_a_job_done_twice_writes_one_letter_and_puts_one_thing_down(as_):
    a_follow()
    a_follow(rhythm="daily", by=OFFICER)
    an_issue(by=NEIGHBOUR)
    assert len(told()) == 1
    with transaction():
        for job in db.session.query(Job).filter_by(does="tell followers"):
            job.finished_at = None
            job.due_at = job.made_at
    assert len(told()) == 1
    assert db.session.query(News).count() == 1


def test_more_followers_than_are_told_in_one_go_all_hear(as_):
    from wardbook.db import now
    from wardbook.follows.models import Follow, FollowedWard, Rhythm
    from wardbook.follows.telling import AT_A_TIME
    from wardbook.people.actions import person_with

    with transaction():
        for number in range(AT_A_TIME + 7):
            person = person_with(f"follower{number}@example.org")
            person.confirmed_at = now()
            row = Follow(person=person, place=f"ward:{MILL}", rhythm=Rhythm.AT_ONCE, begun_at=now())
            db.session.add(row)
            db.session.flush()
            db.session.add(FollowedWard(follow_id=row.id, code=MILL))
    an_issue(by=NEIGHBOUR)
    assert len(told()) == AT_A_TIME + 7


# --- only what they may see --------------------------------------------------------------------------------------

HEARS_OF: dict[Level, set[Member]] = {
    Level.PUBLIC: {RESIDENT, CLLR, CLLR_NEXT_DOOR, OFFICER, MODERATOR, ADMINISTRATOR},
    Level.COUNCIL: {CLLR, CLLR_NEXT_DOOR, OFFICER},
    Level.WARD: {CLLR},
    Level.PRIVATE: set(),
}
"""Everybody follows the ward in which the neighbour tells something."""


@pytest.mark.parametrize("level", Level)
def test_of_something_new_those_hear_who_may_see_it(level, app):
    for member in CAST[1:]:
        a_follow(by=member)
    entry = an_issue(by=NEIGHBOUR, level=Level.WARD)
    with transaction():
        entry.level = level
    assert {to for to, _ in told()} == {member.email for member in HEARS_OF[level]}


def test_what_was_narrowed_or_hidden_before_the_job_is_not_told(app):
    a_follow()
    for change in ({"level": Level.COUNCIL}, {"standing": Standing.HIDDEN}, {"standing": Standing.ERASED}):
        entry = an_issue(by=NEIGHBOUR)
        with transaction():
            for column, value in change.items():
                setattr(entry, column, value)
    assert told() == []


def test_a_moderator_hears_of_nothing_that_is_hidden(app):
    a_follow(by=MODERATOR)
    entry = an_issue(by=NEIGHBOUR)
    with transaction():
        entry.standing = Standing.HIDDEN
    assert told() == []


def test_a_councillor_whose_term_has_ended_hears_what_a_resident_does(app):
    a_follow(by=CLLR)
    with transaction():
        person_of(CLLR).terms[0].until_on = today()
    an_issue("For the ward", by=NEIGHBOUR, level=Level.WARD)
    a_note("For the council", by=OFFICER)
    an_issue("For all", by=NEIGHBOUR)
    assert told() == [(CLLR.email, "New issue: For all (Mill)")]


def test_a_person_who_was_closed_out_hears_nothing(app):
    a_follow(by=OFFICER)
    with transaction():
        person_of(OFFICER).active = False
    an_issue(by=NEIGHBOUR)
    assert told() == []


def test_who_stopped_before_the_job_hears_nothing(app, as_):
    mine = a_follow()
    an_issue(by=NEIGHBOUR)
    as_(RESIDENT).post(f"/follows/{mine.id}/stop")
    assert told() == []


def test_who_may_no_longer_see_the_drawn_place_hears_nothing_of_it(app):
    with transaction():
        site = keep_shape(as_viewer(OFFICER), square(0.2, 0.2, 600), label="The mill site")
    a_follow(f"shape:{site.key}", by=OFFICER)
    an_issue("One", by=NEIGHBOUR)
    assert told() == [(OFFICER.email, "New issue: One (a place you chose)")]
    with transaction():
        site.author_id = person_of(CLLR).id
    an_issue("Two", by=NEIGHBOUR)
    assert len(told()) == 1


# --- the letter --------------------------------------------------------------------------------------------------


def test_a_letter_s_head_and_foot_say_how_to_stop(app):
    a_follow()
    an_issue(by=NEIGHBOUR)
    do_what_is_due()
    (letter,) = letters()
    assert re.fullmatch(r"http://localhost/follows/stop/[\w.-]+", letter.unsubscribe)
    assert letter.unsubscribe in letter.body
    assert letter.unsubscribe in letter.html
    assert "http://localhost/follows\n" in letter.body


def test_a_letter_s_markup_is_inert_and_asks_nothing_of_another_server(app):
    a_follow()
    an_issue('Kerb "<script>x</script>" & co', by=NEIGHBOUR, words="<b>bold</b> & 'more'")
    do_what_is_due()
    (letter,) = letters()
    assert 'Kerb "<script>x</script>" & co' in letter.subject
    assert "<b>bold</b> & 'more'" in letter.body
    assert "<script>" not in letter.html
    assert "&lt;b&gt;bold" in letter.html
    assert not re.search(r"<(img|link|script|iframe)\b|src=|url\(", letter.html)
    assert {address.split("/")[2] for address in re.findall(r'href="([^"]+)"', letter.html)} == {"localhost"}
