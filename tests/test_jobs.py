"""What is asked for is done: once where all goes well, again where it does not, by as many workers as there are."""

from __future__ import annotations

import itertools
import smtplib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from threading import Barrier, Thread, current_thread
from time import sleep

import pytest
import time_machine
from flask import Flask
from sqlalchemy import event, select

from tests.conftest import OFFICER, as_viewer, person_of
from wardbook import jobs
from wardbook.bell import bell
from wardbook.db import db, now, transaction
from wardbook.jobs import MOST_TRIES, GivenUp, Job, Task, ask, do_what_is_due, doer, every


@pytest.fixture
def does(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """Ways to do `water the plants`, which nothing else does; the house's own jobs are as they were afterwards."""
    monkeypatch.setattr(jobs, "_known", dict(jobs._known))

    def does_it(way: jobs.Doer, **how: bool) -> None:
        doer("water the plants", **how)(way)

    return does_it


def asked(cause: str = "monday", **about: object) -> None:
    with transaction():
        ask("water the plants", cause=cause, **about)


def the_job() -> Job:
    db.session.rollback()
    return db.session.query(Job).one()


def later(**by: float) -> time_machine.travel:
    return time_machine.travel(now() + timedelta(**by), tick=False)


def failing(error: Exception) -> jobs.Doer:
    def fail(_: Task) -> None:
        raise error

    return fail


@contextmanager
def listening(target: object, name: str, hear: Callable[..., None]) -> Iterator[None]:
    event.listen(target, name, hear)
    try:
        yield
    finally:
        event.remove(target, name, hear)


# --- asking ------------------------------------------------------------------------------------------------------


def test_what_is_asked_for_is_done_once_with_what_it_is_about(app, does):
    seen: list[Task] = []
    does(seen.append)
    with transaction():
        ask("water the plants", cause="monday", asked_by=as_viewer(OFFICER), plant=7)
    assert (do_what_is_due(), do_what_is_due()) == (1, 0)
    assert [(task.about, task.asked_by_id) for task in seen] == [({"plant": 7}, person_of(OFFICER).id)]
    assert (the_job().finished_at is not None, the_job().tries, the_job().failed_for) == (True, 1, None)


def test_the_same_cause_asks_once_even_after_it_is_done(app, does):
    does(lambda task: None)
    asked()
    asked()
    do_what_is_due()
    asked()
    asked("tuesday")
    assert do_what_is_due() == 1
    assert db.session.query(Job).count() == 2


def test_what_a_transaction_that_fails_asked_for_is_not_done(app, does):
    does(lambda task: None)
    with pytest.raises(RuntimeError), transaction():
        ask("water the plants", cause="monday")
        raise RuntimeError
    assert do_what_is_due() == 0


def test_what_nobody_does_cannot_be_asked_for(app):
    with pytest.raises(KeyError), transaction():
        ask("water the plants", cause="monday")


def test_what_is_due_later_waits_until_then(app, does):
    does(lambda task: None)
    with transaction():
        ask("water the plants", cause="monday", due_at=now() + timedelta(hours=1))
    assert do_what_is_due() == 0
    with later(hours=1):
        assert do_what_is_due() == 1


# --- the bell ----------------------------------------------------------------------------------------------------


def test_the_bell_is_rung_once_after_a_commit_that_asked(app: Flask, does):
    does(lambda task: None)
    here = bell(app).huey
    with transaction():
        ask("water the plants", cause="monday")
        assert here.pending_count() == 0, "nobody may hear of what is not yet kept"
    assert here.pending_count() == 1
    asked("tuesday")
    assert here.pending_count() == 1, "who hears the first looks after the second"


def test_it_is_not_rung_for_what_was_undone_was_asked_before_or_is_due_later(app: Flask, does):
    does(lambda task: None)
    asked()
    bell(app).huey.flush()
    with pytest.raises(RuntimeError), transaction():
        ask("water the plants", cause="tuesday")
        raise RuntimeError
    with transaction():
        ask("water the plants", cause="wednesday", due_at=now() + timedelta(hours=1))
    asked()
    assert bell(app).huey.pending_count() == 0


def test_a_bell_that_cannot_be_rung_stops_nobody(app: Flask, does, monkeypatch, caplog):
    does(lambda task: None)
    monkeypatch.setattr(bell(app).huey, "storage", None)
    asked()
    assert "could not be rung" in caplog.text
    assert do_what_is_due() == 1


# --- failing -----------------------------------------------------------------------------------------------------


def test_what_fails_is_tried_again_after_waits_that_double_and_given_up_after_a_day(app, does, caplog):
    does(failing(RuntimeError("somebody's words")))
    asked()
    began, tried = now(), []
    with time_machine.travel(began, tick=False) as clock:
        while the_job().given_up_at is None:
            clock.move_to(the_job().due_at)
            assert do_what_is_due() == 1
            tried.append(now() - began)
        assert do_what_is_due() == 0
    waits = [int((after - before).total_seconds() / 60) for before, after in itertools.pairwise(tried)]
    assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 240, 240, 240, 240, 240]
    assert len(tried) == MOST_TRIES
    assert the_job().failed_for == "RuntimeError"


def test_what_no_later_try_would_help_is_given_up_at_once(app, does, caplog):
    does(failing(GivenUp("There are no plants.")))
    asked()
    do_what_is_due()
    assert (the_job().failed_for, the_job().tries, the_job().given_up_at is None) == ("There are no plants.", 1, False)


def test_why_it_failed_is_kept_without_an_address(app, does, caplog):
    does(failing(smtplib.SMTPSenderRefused(452, b"full", "somebody@example.org")))
    asked()
    do_what_is_due()
    assert the_job().failed_for == "SMTPSenderRefused 452"
    assert "somebody@" not in caplog.text


def test_one_that_fails_holds_up_no_other(app, does, caplog):
    done: list[str] = []

    def water(task: Task) -> None:
        if task.cause == "monday":
            raise RuntimeError
        done.append(task.cause)

    does(water)
    asked()
    asked("tuesday")
    assert do_what_is_due() == 2
    assert done == ["tuesday"]


def test_a_job_that_ends_every_worker_is_given_up_too_and_tried_again_when_an_administrator_says_so(app, does):
    does(failing(KeyboardInterrupt()))  # type: ignore[arg-type]  # as a kill: nothing is marked
    asked()
    began = now()
    for minutes in range(MOST_TRIES):
        with time_machine.travel(began + timedelta(minutes=2 * minutes), tick=False), pytest.raises(KeyboardInterrupt):
            do_what_is_due()
    with time_machine.travel(began + timedelta(hours=1), tick=False):
        assert do_what_is_due() == 0
    assert the_job().given_up_at is not None
    assert "Every worker" in str(the_job().failed_for)
    does(lambda task: None)
    with transaction():
        jobs.try_again(the_job().id)
    assert do_what_is_due() == 1
    assert the_job().finished_at is not None


# --- more than one worker ----------------------------------------------------------------------------------------


def test_a_killed_worker_s_job_is_taken_again_after_a_minute_not_before(app, does):
    does(failing(KeyboardInterrupt()))  # type: ignore[arg-type]
    asked()
    with pytest.raises(KeyboardInterrupt):
        do_what_is_due()
    does(lambda task: None)
    with later(seconds=55):
        assert do_what_is_due() == 0
    with later(seconds=65):
        assert do_what_is_due() == 1
    assert the_job().tries == 2


def test_a_worker_that_was_thought_dead_marks_nothing_and_hears_of_it(app, does, caplog):
    heard: list[type] = []

    def slow(task: Task) -> None:
        with transaction():
            the_one = db.session.get(Job, task.id)
            assert the_one is not None
            the_one.taken_by = "another worker"
        try:
            jobs.progress(task, 1, 2)
        except jobs.Lost:
            heard.append(jobs.Lost)
            raise

    does(slow)
    asked()
    do_what_is_due()
    assert heard == [jobs.Lost]
    assert (the_job().finished_at, the_job().done, the_job().taken_by) == (None, 0, "another worker")


def lasting_four_seconds(ends: set[object]) -> Callable[[Task], None]:
    """Work that notes every second when its lease ends."""

    def long(task: Task) -> None:
        for _ in range(4):
            sleep(1)
            ends.add(db.session.scalar(select(Job.due_at)))
            db.session.rollback()

    return long


def test_a_long_job_stays_with_its_worker_while_it_lives(app, does, monkeypatch):
    monkeypatch.setattr(jobs, "LEASE", timedelta(seconds=2))
    ends: set[object] = set()
    does(lasting_four_seconds(ends))
    asked()
    do_what_is_due()
    assert the_job().tries == 1
    assert len(ends) > 1, "its end moved on while it was being done"


def test_a_sign_of_life_that_fails_is_not_the_last(app, does, monkeypatch, caplog):
    monkeypatch.setattr(jobs, "LEASE", timedelta(seconds=3))
    begun: list[object] = []

    def no_second_connection(*_: object) -> None:
        if current_thread().name.startswith("job") and not begun:
            begun.append(current_thread())
            raise RuntimeError("the database is locked")

    ends: set[object] = set()
    does(lasting_four_seconds(ends))
    asked()
    with listening(db.engine, "begin", no_second_connection):
        do_what_is_due()
    assert len(begun) == 1
    assert "sign of life" in caplog.text
    assert len(ends) > 1, "its end moved on after the sign that failed"


def test_workers_at_once_do_each_job_once(app: Flask, does):
    done: list[str] = []
    does(lambda task: done.append(task.cause))
    with transaction():
        for number in range(60):
            ask("water the plants", cause=str(number))
    ready = Barrier(4)

    def work() -> None:
        with app.app_context():
            ready.wait()
            do_what_is_due()
            db.session.remove()

    workers = [Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(done, key=int) == [str(number) for number in range(60)]
    assert {job.tries for job in db.session.query(Job)} == {1}


def test_quick_jobs_do_not_wait_for_a_slow_one(app: Flask, does):
    order: list[str] = []
    begun, over = Barrier(2), Barrier(2)

    def slow(task: Task) -> None:
        begun.wait(10)
        over.wait(10)
        order.append(task.cause)

    does(slow, slow=True)
    doer("ring the doctor")(lambda task: order.append(task.cause))
    asked("slow")

    def work() -> None:
        with app.app_context():
            do_what_is_due()
            db.session.remove()

    other = Thread(target=work)
    other.start()
    begun.wait(10)
    asked("slow too")
    with transaction():
        ask("ring the doctor", cause="quick")
    assert do_what_is_due() == 1
    assert order == ["quick"]
    doer("water the plants", slow=True)(lambda task: order.append(task.cause))
    over.wait(10)
    other.join()
    assert order == ["quick", "slow", "slow too"]


def test_progress_is_kept_for_who_asked(app, does):
    does(lambda task: jobs.progress(task, 30, 100))
    asked()
    do_what_is_due()
    assert (the_job().done, the_job().total) == (30, 100)


# --- again and again ---------------------------------------------------------------------------------------------


def test_what_recurs_is_done_once_in_each_span_whatever_the_number_of_workers(app, does, monkeypatch):
    monkeypatch.setattr(jobs, "_known", {})
    done: list[str] = []
    every("water the plants", minutes=10)(lambda task: done.append(task.cause))
    began = now().replace(minute=0, second=0)
    for minutes in (0, 1, 9, 10, 35):
        with time_machine.travel(began + timedelta(minutes=minutes), tick=False):
            for _ in range(2):
                jobs.ask_for_what_recurs()
                do_what_is_due()
    assert done == [f"{began + timedelta(minutes=minutes):%Y-%m-%d %H:%M}" for minutes in (0, 10, 30)]


def test_what_recurs_is_not_asked_again_while_the_last_waits(app, does, monkeypatch, caplog):
    monkeypatch.setattr(jobs, "_known", {})
    every("water the plants", minutes=1)(failing(RuntimeError()))
    for minutes in range(4):
        with later(minutes=minutes):
            jobs.ask_for_what_recurs()
    assert db.session.query(Job).count() == 1
