"""Many at the same moment: a form sent twice, an address nobody knew, officers at one issue. Never two of a thing."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date
from threading import Barrier, Thread
from typing import Any

from flask import Flask
from sqlalchemy import func, select

from tests.conftest import (
    CAST,
    IN_MILL,
    MILL,
    OFFICER,
    RESIDENT,
    _borough,
    an_issue,
    as_viewer,
    category,
    person_of,
    spot,
)  # fmt: skip
from wardbook.areas.actions import SetDescription, add_boundary_set
from wardbook.areas.models import BoundarySet
from wardbook.db import db, hold, transaction
from wardbook.downloads.actions import MOST_WAITING, order
from wardbook.downloads.models import Download
from wardbook.downloads.sources import Wanted
from wardbook.entries import actions, answering, drafting
from wardbook.entries.kinds import Channel, Kind, State
from wardbook.entries.models import Draft, Entry
from wardbook.errors import Refused
from wardbook.events import Event
from wardbook.follows import actions as follows
from wardbook.follows.models import Follow, Rhythm
from wardbook.follows.things import thing_from_words
from wardbook.mail import Letter, write_letter
from wardbook.people.actions import person_with, service_called
from wardbook.people.models import Person, Proof, Service
from wardbook.people.proofs import MOST_AN_HOUR, MOST_WRONG_TRIES, SIGN_IN, count_try, make_proof, use_link
from wardbook.shared import Level

MANY = 8


def at_once(app: Flask, deeds: Sequence[Callable[[], Any]]) -> list[Any]:
    """What each deed gave, or the error it raised: all begin at the same moment, each as a request of its own would."""
    begin, gave = Barrier(len(deeds)), [None] * len(deeds)

    def do(number: int, deed: Callable[[], Any]) -> None:
        with app.app_context():
            try:
                begin.wait()
                with transaction():
                    gave[number] = deed()
            except Exception as error:
                gave[number] = error
            finally:
                db.session.remove()

    threads = [Thread(target=do, args=pair) for pair in enumerate(deeds)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    db.session.rollback()
    return gave


def how_many(model: type[Any], *conditions: Any) -> int:
    return db.session.scalar(select(func.count()).select_from(model).where(*conditions)) or 0


def telling(once: str, title: str = "No dropped kerb") -> actions.Telling:
    return actions.Telling(
        kind=Kind.ISSUE, title=title, words="Wheels cannot cross.", shape=spot(*IN_MILL), level=Level.PUBLIC, once=once,
        category=category(), channel=Channel.WEB,
    )  # fmt: skip


def tells(once: str, email: str) -> Callable[[], str]:
    def tell() -> str:
        author = person_with(email)
        return actions.tell(as_viewer(CAST[0]), telling(once), author, []).ref

    return tell


def test_a_form_sent_many_times_makes_one_entry_and_one_letter(app):
    refs = at_once(app, [tells("the form", "new@example.org")] * MANY)
    assert len(set(refs)) == 1, refs
    assert how_many(Entry) == how_many(Letter) == how_many(Person, Person.email == "new@example.org") == 1


def test_somebody_new_with_several_forms_open_is_one_person(app):
    refs = at_once(app, [tells(f"form {number}", "new@example.org") for number in range(MOST_AN_HOUR)])
    assert len(set(refs)) == how_many(Entry) == MOST_AN_HOUR, refs
    assert how_many(Person, Person.email == "new@example.org") == 1


def test_a_form_to_follow_sent_many_times_mails_one_letter(app):
    def asks() -> None:
        thing = thing_from_words(f"ward:{MILL}", as_viewer(CAST[0]))
        follows.ask_by_email("new@example.org", thing, Rhythm.DAILY)

    assert at_once(app, [asks] * MANY) == [None] * MANY
    assert how_many(Letter) == 1


def test_nobody_follows_more_than_so_many_things_by_asking_at_once(app, monkeypatch):
    monkeypatch.setattr(follows, "MOST_FOLLOWS", 3)

    def begins(metres: int) -> Callable[[], None]:
        def begin() -> None:
            thing = thing_from_words(f"postcode:ZZ1 1AA+{metres}m", as_viewer(RESIDENT))
            follows.begin(as_viewer(RESIDENT), thing, Rhythm.DAILY)

        return begin

    said = at_once(app, [begins(100 + number) for number in range(MANY)])
    assert sum(isinstance(one, Refused) for one in said) == MANY - 3, said
    assert how_many(Follow) == 3


def test_a_code_is_guessed_five_times_at_once_and_no_more(app):
    with transaction():
        proof_id = make_proof(person_of(RESIDENT), SIGN_IN).proof.id
    said = at_once(app, [lambda: count_try(proof_id)] * MANY)
    assert sum(isinstance(one, Refused) for one in said) == MANY - MOST_WRONG_TRIES, said
    assert db.session.get_one(Proof, proof_id).wrong_tries == MOST_WRONG_TRIES


def test_a_service_named_for_the_first_time_by_many_is_one_service(app):
    assert len(set(at_once(app, [lambda: service_called("Parks").id] * MANY))) == 1
    assert how_many(Service, Service.name == "Parks") == 1


def test_a_cause_writes_one_letter_to_a_person(app):
    def write() -> None:
        write_letter(RESIDENT.email, "sign_in", cause="proof 1", link="abc", code="123456")

    assert at_once(app, [write] * MANY) == [None] * MANY
    assert how_many(Letter) == 1


def orders(once: str) -> Callable[[], str]:
    return lambda: order(as_viewer(RESIDENT), Wanted("entries", {}, "csv"), once=once).key


def test_a_file_that_is_asked_for_many_times_from_one_form_is_one_file(app):
    keys = at_once(app, [orders("the form")] * MANY)
    assert len(set(keys)) == how_many(Download) == 1, keys


def test_nobody_asks_for_more_files_than_a_few_by_asking_at_once(app):
    said = at_once(app, [orders(f"form {number}") for number in range(MANY)])
    assert sum(isinstance(one, Refused) for one in said) == MANY - MOST_WAITING, said
    assert how_many(Download) == MOST_WAITING


def changes(ref: str, state: State, once: str) -> Callable[[], Any]:
    def change() -> None:
        entry = db.session.scalars(select(Entry).where(Entry.ref == ref)).one()
        answering.change_state(as_viewer(OFFICER), entry, state, words="Seen to.", once=once)

    return change


def test_a_button_pressed_many_times_takes_one_step_and_writes_one_letter(app):
    entry = an_issue()
    assert at_once(app, [changes(entry.ref, State.PLANNED, "the button")] * MANY) == [None] * MANY
    assert how_many(Event, Event.thing_id == entry.id, Event.once == "the button") == how_many(Letter) == 1


def test_of_officers_who_close_the_same_issue_otherwise_only_one_does(app):
    entry = an_issue()
    ends = (State.FIXED, State.NOT_OURS, State.PASSED_ON, State.NO_FURTHER_ACTION)
    said = at_once(app, [changes(entry.ref, state, str(state)) for state in ends])
    assert sum(isinstance(one, Refused) for one in said) == 3, said
    assert how_many(Event, Event.thing_id == entry.id, Event.once.is_not(None)) == 1


def test_a_link_pressed_many_times_publishes_once(app):
    tells("the form", RESIDENT.email)()
    db.session.commit()
    link = re.search(r"/contribute/confirm/(\S+)", db.session.scalars(select(Letter.body)).one())
    said = at_once(app, [lambda: actions.confirm(use_link(link[1])).ref] * MANY)
    assert sum(isinstance(one, Refused) for one in said) == MANY - 1, said
    assert how_many(Proof, Proof.used_at.is_not(None)) == 1


def test_what_is_told_while_new_wards_come_in_lies_in_them_too(app):
    def bring_in() -> None:
        add_boundary_set(SetDescription("To come", "ward", date(2090, 1, 1)), _borough())

    with transaction():
        db.session.scalars(select(BoundarySet)).one().until_on = date(2090, 1, 1)

    def tell(number: int) -> Callable[[], str]:
        return lambda: actions.tell(as_viewer(RESIDENT), telling(f"form {number}"), person_of(RESIDENT), []).ref

    said = at_once(app, [tell(0), tell(1), tell(2), bring_in, tell(3), tell(4), tell(5)])
    assert not any(isinstance(one, Exception) for one in said), said
    lies = select(func.count()).select_from(Entry.lies_in)
    assert db.session.scalar(lies) == 2 * 6


def test_answers_of_one_draft_given_in_two_tabs_are_all_kept(app):
    with transaction():
        draft_id = drafting.start_draft().id

    def answer(number: int) -> Callable[[], None]:
        def give() -> None:
            draft = db.session.get_one(Draft, draft_id)
            hold(draft)
            drafting.answer(draft, **{f"answer {number}": number})

        return give

    assert at_once(app, [answer(number) for number in range(MANY)]) == [None] * MANY
    assert len(db.session.get_one(Draft, draft_id).answers) == MANY
