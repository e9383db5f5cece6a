"""A digest comes in the morning: one letter of all somebody follows, of what they may see when it is written."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from threading import Thread

import pytest
import time_machine

from tests.conftest import (
    BRIDGE,
    CLLR,
    IN_BRIDGE,
    MILL,
    NEIGHBOUR,
    OFFICER,
    RESIDENT,
    a_note,
    an_issue,
    as_viewer,
    person_of,
    square,
)
from tests.follows.test_following import a_follow
from tests.follows.test_hearing_at_once import reply
from wardbook.db import db, transaction
from wardbook.entries.merging import actions as merging
from wardbook.follows.digests import day_of_digest
from wardbook.follows.models import Follow, News, Rhythm
from wardbook.jobs import ask_for_what_recurs, do_what_is_due
from wardbook.mail import Letter, letters
from wardbook.places.actions import keep_shape
from wardbook.shared import Level, Standing

THURSDAY = datetime(2026, 11, 19, 12, tzinfo=UTC)


@pytest.fixture
def clock(app) -> Iterator[time_machine.Coordinates]:
    """Thursday noon, until a test goes on to another time."""
    with time_machine.travel(THURSDAY, tick=False) as moved:
        yield moved


def until(clock, day: int, hour: int = 7, minute: int = 5) -> None:
    """Go on to a time in November 2026 (when London keeps UTC), every ten minutes' work done on the way."""
    do_what_is_due()
    clock.move_to(datetime(2026, 11, day, hour, minute, tzinfo=UTC))
    ask_for_what_recurs()
    do_what_is_due()


def digests(to: str = RESIDENT.email) -> list[Letter]:
    return [letter for letter in reversed(letters()) if letter.cause.startswith("digest") and letter.to == to]


# --- when --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rhythm", "moment", "day"),
    [
        (Rhythm.DAILY, datetime(2026, 11, 19, 6, 59, tzinfo=UTC), date(2026, 11, 18)),
        (Rhythm.DAILY, datetime(2026, 11, 19, 7, 0, tzinfo=UTC), date(2026, 11, 19)),
        (Rhythm.DAILY, datetime(2026, 7, 1, 5, 59, tzinfo=UTC), date(2026, 6, 30)),
        (Rhythm.DAILY, datetime(2026, 7, 1, 6, 0, tzinfo=UTC), date(2026, 7, 1)),  # seven in the summer
        (Rhythm.WEEKLY, datetime(2026, 11, 23, 6, 59, tzinfo=UTC), date(2026, 11, 16)),
        (Rhythm.WEEKLY, datetime(2026, 11, 23, 7, 0, tzinfo=UTC), date(2026, 11, 23)),
        (Rhythm.WEEKLY, datetime(2026, 11, 29, 23, 0, tzinfo=UTC), date(2026, 11, 23)),
    ],
)
def test_a_digest_is_of_the_day_whose_seven_o_clock_has_come(rhythm, moment, day):
    assert day_of_digest(rhythm, moment) == day


def test_a_daily_digest_comes_the_next_morning_and_once(clock):
    a_follow(rhythm="daily")
    an_issue(by=NEIGHBOUR)
    until(clock, 19, 23)
    assert digests() == []
    for hour in (7, 8, 12):
        until(clock, 20, hour)
    (letter,) = digests()
    assert (letter.cause, letter.subject) == ("digest daily 2026-11-20", "Mill: the day to 20 November 2026")


def test_no_subject_names_a_circle_which_may_be_round_a_home(clock):
    a_follow("postcode:ZZ1 1AA+300m", rhythm="daily")
    an_issue(by=NEIGHBOUR)
    until(clock, 20, 7)
    (letter,) = digests()
    assert letter.subject == "A place you chose: the day to 20 November 2026"
    assert "WITHIN 300 M OF ZZ1 1AA" in letter.body


def test_a_weekly_digest_comes_on_monday(clock):
    a_follow(rhythm="weekly")
    an_issue("First", by=NEIGHBOUR)
    for day in (20, 21, 22):
        until(clock, day)
    an_issue("Second", by=NEIGHBOUR)
    assert digests() == []
    until(clock, 23)
    (letter,) = digests()
    assert letter.subject == "Mill: the week to 23 November 2026"
    assert letter.body.index("Second") < letter.body.index("First"), "newest first"


def test_where_nothing_happened_there_is_no_letter(clock):
    a_follow(rhythm="daily")
    for day in (20, 21):
        until(clock, day)
    assert letters() == []


def test_what_happens_after_seven_waits_for_the_next(clock):
    a_follow(rhythm="daily")
    an_issue("Before", by=NEIGHBOUR)
    until(clock, 20, 6, 50)
    clock.move_to(datetime(2026, 11, 20, 7, 1, tzinfo=UTC))
    an_issue("After", by=NEIGHBOUR)
    until(clock, 20, 7, 10)
    assert ["Before" in letter.body for letter in digests()] == [True]
    assert "After" not in digests()[0].body
    until(clock, 20, 18)
    assert len(digests()) == 1
    until(clock, 21)
    assert ["After" in letter.body for letter in digests()] == [False, True]


def test_after_a_night_without_a_worker_it_comes_late_and_whole(clock):
    a_follow(rhythm="daily")
    an_issue("One", by=NEIGHBOUR)
    do_what_is_due()
    clock.move_to(THURSDAY + timedelta(days=2))
    an_issue("Two", by=NEIGHBOUR)
    do_what_is_due()
    until(clock, 23)
    (letter,) = digests()
    assert "One" in letter.body
    assert "Two" in letter.body


# --- once --------------------------------------------------------------------------------------------------------


def test_run_twice_it_is_one_letter_and_loses_nothing(clock):
    from wardbook.jobs import Job

    a_follow(rhythm="daily")
    an_issue(by=NEIGHBOUR)
    until(clock, 20)
    with transaction():
        for job in db.session.query(Job).filter(Job.does.in_(["write a digest", "ask for digests"])):
            job.finished_at, job.due_at = None, job.made_at
    until(clock, 20, 7, 15)
    assert len(digests()) == 1


def test_two_workers_at_once_write_each_person_one_letter(clock, app):
    for member in (RESIDENT, CLLR, OFFICER):
        a_follow(rhythm="daily", by=member)
    an_issue(by=NEIGHBOUR)
    do_what_is_due()
    clock.move_to(datetime(2026, 11, 20, 7, 5, tzinfo=UTC))

    def work() -> None:
        with app.app_context():
            ask_for_what_recurs()
            do_what_is_due()
            db.session.remove()

    workers = [Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    do_what_is_due()
    assert sorted(letter.to for letter in letters()) == sorted(m.email for m in (RESIDENT, CLLR, OFFICER))


def test_the_same_digest_asked_for_by_two_is_written_once(clock, app):
    from wardbook.follows import digests as module
    from wardbook.jobs import Task

    a_follow(rhythm="daily")
    an_issue(by=NEIGHBOUR)
    do_what_is_due()
    clock.move_to(datetime(2026, 11, 20, 7, 5, tzinfo=UTC))
    about = {"person": person_of(RESIDENT).id, "rhythm": "daily", "day": "2026-11-20"}
    task = Task(1, module.WRITE, "x", about, None, "y")

    def write() -> None:
        with app.app_context():
            module.write_digest(task)
            db.session.remove()

    both = [Thread(target=write) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join()
    db.session.rollback()
    assert len(digests()) == 1


def test_what_was_told_is_told_in_no_later_digest(clock, as_):
    a_follow(rhythm="daily")
    issue = an_issue("Kerb", by=NEIGHBOUR)
    until(clock, 20)
    reply(as_(OFFICER), issue, "We will look.")
    until(clock, 21)
    assert "New issue" not in digests()[1].body
    assert "A reply – Owen Officer, Highways: We will look." in digests()[1].body


def test_somebody_who_hears_at_once_of_an_entry_does_not_hear_again_in_the_digest_of_its_ward(clock, as_):
    a_follow(rhythm="daily")
    first, second = an_issue("First", by=NEIGHBOUR), an_issue("Second", by=NEIGHBOUR)
    until(clock, 20)
    a_follow(f"entry:{first.ref}")
    reply(as_(OFFICER), first, "To the first.", "a")
    reply(as_(OFFICER), second, "To the second.", "b")
    until(clock, 21)
    assert "To the second." in digests()[1].body
    assert "To the first." not in digests()[1].body


def test_an_author_does_not_hear_again_of_what_they_were_written_as_the_author(clock, as_):
    a_follow(rhythm="daily")
    issue = an_issue()
    until(clock, 20)
    assert digests() == [], "their own deed"
    reply(as_(OFFICER), issue)
    until(clock, 21)
    assert digests() == []


def test_who_chooses_at_once_while_something_waits_still_gets_it(clock, as_):
    mine = a_follow(rhythm="weekly")
    an_issue(by=NEIGHBOUR)
    do_what_is_due()
    as_(RESIDENT).post(f"/follows/{mine.id}/rhythm", data={f"f{mine.id}-rhythm": "at once"})
    until(clock, 20)
    assert len(digests()) == 1


# --- what --------------------------------------------------------------------------------------------------------


def test_one_letter_tells_of_all_that_is_followed_by_place(clock, as_):
    followed = an_issue("A bench", by=NEIGHBOUR, at=IN_BRIDGE)
    do_what_is_due()
    a_follow(f"ward:{MILL}", "daily")
    a_follow(f"entry:{followed.ref}", "daily")
    a_follow("postcode:ZZ1 1AA+300m", "daily")
    an_issue("A kerb", by=NEIGHBOUR)
    reply(as_(OFFICER), followed, "A new bench comes in May.")
    until(clock, 20)
    (letter,) = digests()
    assert letter.subject == "Mill and 1 more: the day to 20 November 2026"
    assert letter.body.count("A kerb") == 1, "a circle in a ward tells nothing twice"
    assert "New issue – A resident: Wheels cannot cross." in letter.body
    assert re.search(r"MILL\n.*A kerb\n  Issue, Dropped kerbs, Received.*A BENCH\n.*comes in May", letter.body, re.S)
    assert letter.html.count("A kerb") == 1
    stops = set(re.findall(r"http://localhost/follows/stop/[\w.-]+", letter.body))
    assert len(stops) == 3, "one for each group, and one for them all"
    assert letter.unsubscribe in stops


def test_each_rhythm_has_a_letter_of_its_own(clock):
    a_follow(f"ward:{MILL}", "daily")
    a_follow(f"ward:{BRIDGE}", "weekly")
    an_issue("In Mill", by=NEIGHBOUR)
    an_issue("In Bridge", by=NEIGHBOUR, at=IN_BRIDGE)
    until(clock, 23)
    assert sorted(("In Mill" in one.body, "In Bridge" in one.body) for one in digests()) == [
        (False, True), (True, False),
    ]  # fmt: skip


def test_a_digest_is_bounded_and_says_how_many_more(clock):
    a_follow(rhythm="daily")
    for number in range(22):
        an_issue(f"Issue number {number:02}", by=CLLR)  # of whom so many at once wait for no moderator
    until(clock, 20)
    (letter,) = digests()
    assert re.findall(r"Issue number (\d\d)", letter.body) == [f"{number:02}" for number in range(21, 11, -1)]
    assert "and 12 more entries: http://localhost/wards/T05000001" in letter.body
    assert "and 12 more entries" in letter.html


def test_many_steps_of_one_entry_are_one_item(clock, as_):
    issue = an_issue("A kerb", by=NEIGHBOUR)
    do_what_is_due()
    a_follow(rhythm="daily")
    for number in range(5):
        reply(as_(OFFICER), issue, f"Reply {number}.", f"once{number}")
    until(clock, 20)
    (letter,) = digests()
    assert letter.body.count("A kerb") == 1
    assert re.findall(r"Reply (\d)", letter.body) == ["4", "3", "2"]
    assert "and 2 more before those" in letter.body


def test_a_resident_is_named_in_a_digest_only_where_they_chose_to_be(clock):
    a_follow(rhythm="daily")
    an_issue("Unnamed", by=NEIGHBOUR)
    until(clock, 20)
    a_follow(rhythm="daily", by=OFFICER)
    an_issue("Named", by=NEIGHBOUR, name_shown=True)
    until(clock, 21)
    first, second = digests()
    assert NEIGHBOUR.name not in first.body + first.html
    assert NEIGHBOUR.name in second.body
    assert NEIGHBOUR.email not in first.body + first.html + second.body + second.html


# --- only what they may see now ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "change",
    [
        {"level": Level.COUNCIL}, {"level": Level.WARD}, {"level": Level.PRIVATE}, {"standing": Standing.HIDDEN},
        {"standing": Standing.WITHDRAWN}, {"standing": Standing.ERASED}, {"standing": Standing.PENDING},
    ],
)  # fmt: skip
def test_what_was_narrowed_or_taken_away_before_the_digest_is_not_told(change, clock):
    a_follow(rhythm="daily")
    issue = an_issue("zzgone", by=NEIGHBOUR)
    an_issue("Stays", by=NEIGHBOUR)
    do_what_is_due()
    with transaction():
        for column, value in change.items():
            setattr(issue, column, value)
    until(clock, 20)
    (letter,) = digests()
    assert "Stays" in letter.body
    assert "zzgone" not in letter.body + letter.html


def test_what_was_widened_before_the_digest_is_told(clock):
    a_follow(rhythm="daily")
    note = a_note("Now for all", by=CLLR)
    do_what_is_due()
    with transaction():
        note.level = Level.PUBLIC
    until(clock, 20)
    assert "Now for all" in digests()[0].body


def test_a_councillor_whose_term_ended_overnight_is_told_what_a_resident_is(clock):
    a_follow(rhythm="daily", by=CLLR)
    a_note("zzcouncil", by=OFFICER)
    an_issue("zzward", by=NEIGHBOUR, level=Level.WARD)
    an_issue("For all", by=NEIGHBOUR)
    do_what_is_due()
    with transaction():
        person_of(CLLR).terms[0].until_on = date(2026, 11, 20)
    until(clock, 20)
    (letter,) = digests(CLLR.email)
    assert "For all" in letter.body
    assert "zz" not in letter.body + letter.html


def test_a_person_who_was_closed_out_gets_none(clock):
    a_follow(rhythm="daily")
    an_issue(by=NEIGHBOUR)
    with transaction():
        person_of(RESIDENT).active = False
    until(clock, 20)
    assert digests() == []


def test_of_a_drawn_place_that_may_not_be_seen_any_more_nothing_is_told(clock):
    with transaction():
        site = keep_shape(as_viewer(OFFICER), square(0.2, 0.2, 600), label="zzsite")
    a_follow(f"shape:{site.key}", "daily", by=OFFICER)
    an_issue(by=NEIGHBOUR)
    do_what_is_due()
    with transaction():
        site.author_id = person_of(CLLR).id
    until(clock, 20)
    assert digests(OFFICER.email) == []


def test_who_stopped_gets_none_and_starts_anew_if_they_follow_again(clock, as_):
    mine = a_follow(rhythm="daily")
    an_issue("Old", by=NEIGHBOUR)
    do_what_is_due()
    as_(RESIDENT).post(f"/follows/{mine.id}/stop")
    a_follow(rhythm="daily")
    an_issue("New", by=NEIGHBOUR)
    until(clock, 20)
    (letter,) = digests()
    assert "New" in letter.body
    assert "Old" not in letter.body


def test_what_was_told_is_forgotten_after_a_month(clock):
    a_follow(rhythm="daily")
    an_issue(by=NEIGHBOUR)
    until(clock, 20)
    assert db.session.query(News).count() == 1
    with time_machine.travel(datetime(2026, 12, 21, 7, 5, tzinfo=UTC), tick=False):
        ask_for_what_recurs()
        do_what_is_due()
    assert (db.session.query(News).count(), db.session.query(Follow).count()) == (0, 1)


def test_a_digest_asks_nothing_of_another_server(clock):
    a_follow(rhythm="daily")
    an_issue("<img src=x>", by=NEIGHBOUR, words="<script>")
    until(clock, 20)
    (letter,) = digests()
    assert not re.search(r"<(img|link|script|iframe)\b|src=(?!x)|url\(", letter.html)
    assert {address.split("/")[2] for address in re.findall(r'href="([^"]+)"', letter.html)} == {"localhost"}


# --- erased in between -------------------------------------------------------------------------------------------


def test_a_digest_that_told_of_what_is_erased_is_taken_back_and_the_rest_comes_with_the_next(clock, as_):
    a_follow(rhythm="daily")
    one, other = an_issue("Zebra", by=NEIGHBOUR), an_issue("No bench", by=NEIGHBOUR)
    until(clock, 20)
    assert "Zebra" in digests()[0].body
    as_(NEIGHBOUR).post(f"/entries/{one.ref}/erase", data={"once": "e"})
    assert digests() == []
    until(clock, 21)
    (later,) = digests()
    assert (one.ref in later.body, other.ref in later.body) == (False, True)


def test_what_was_merged_into_something_followed_is_named_and_taken_back_with_its_words(clock, as_):
    followed, again = an_issue("Zebra", by=NEIGHBOUR), an_issue("No stripes", by=CLLR)
    a_follow(f"entry:{followed.ref}", rhythm="daily")
    with transaction():
        merging.merge(as_viewer(OFFICER), followed, again, words="", once="m")
    reply(as_(OFFICER), again, "We paint stripes.")
    until(clock, 20)
    (letter,) = digests()
    assert "We paint stripes." in letter.body
    for text in (letter.body, letter.html):
        assert f"/entries/{again.ref}" in text
        assert "No stripes" in text
    as_(CLLR).post(f"/entries/{again.ref}/erase", data={"once": "e"})
    assert "stripes" not in "".join(one.body + one.html for one in digests())
