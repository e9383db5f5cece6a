"""What one person or one network may do in a while: counted once for all workers, and nothing typed is lost."""

from __future__ import annotations

import os
import re
import signal
import subprocess
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from http.client import HTTPConnection

import pytest
import time_machine

from tests.conftest import ADMINISTRATOR, NEIGHBOUR, NOBODY, OFFICER, RESIDENT, an_issue, application, person_of
from tests.serving import ROOT, WARDBOOK, environment, free_port, wait_for
from wardbook import limits
from wardbook.db import db, now, transaction
from wardbook.jobs import Task
from wardbook.mail import letters
from wardbook.people import proofs
from wardbook.people.actions import set_password

FEW = limits.Limit("ask for a link", 2, 3)


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three links an hour for a network, two for a person."""
    monkeypatch.setitem(limits.LIMITS, "people.signing_in", FEW)


def ask(client, number: int, **kw):
    return client.post("/sign-in", data={"email": f"one{number}@example.org"}, **kw)


def counts() -> list[tuple[str, str, int]]:
    return [(row.what, row.who, row.number) for row in db.session.query(limits.LimitCount)]


def test_a_network_that_has_had_its_share_waits_and_is_told_how_long(few, as_):
    assert [ask(as_(NOBODY), number).status_code for number in range(4)] == [302, 302, 302, 429]
    answer = ask(as_(NOBODY), 5)
    assert 3500 < int(answer.headers["Retry-After"]) <= 3600
    assert "Please wait" in answer.text
    assert "60 minutes" in answer.text
    assert len(letters()) == 3


def test_after_the_time_it_is_let_through_again(few, as_):
    for number in range(4):
        ask(as_(NOBODY), number)
    with time_machine.travel(now() + timedelta(minutes=61), tick=False):
        assert ask(as_(NOBODY), 9).status_code == 302


def test_another_network_is_not_kept_out(few, as_):
    for number in range(4):
        ask(as_(NOBODY), number)
    elsewhere = {"environ_base": {"REMOTE_ADDR": "192.0.2.7"}}
    assert ask(as_(NOBODY), 7, **elsewhere).status_code == 302


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("192.0.2.7", "192.0.2.250", True),
        ("192.0.2.7", "192.0.3.7", False),
        ("::ffff:192.0.2.7", "192.0.2.9", True),
        ("2001:db8:0:ff01::1", "2001:db8:0:ff77::2", True),
        ("2001:db8:0:ff01::1", "2001:db8:0:fe01::1", False),
    ],
)
def test_a_household_is_one_network(one, other, same):
    assert (limits._network(one) == limits._network(other)) is same


def test_who_is_signed_in_is_counted_as_themselves(few, as_):
    for number in range(4):
        ask(as_(NOBODY), number)
    assert [ask(as_(RESIDENT), number).status_code for number in (5, 6, 7)] == [302, 302, 429]
    assert ask(as_(NEIGHBOUR), 8).status_code == 302


def test_what_was_typed_stands_on_the_page_that_says_wait(monkeypatch, as_):
    monkeypatch.setitem(limits.LIMITS, "follows.new", limits.Limit("follow", 1, 1))
    client = as_(NOBODY)
    client.post("/follows/new", data={"thing": "ward:T05000001", "rhythm": "weekly", "email": "a@example.org"})
    answer = client.post("/follows/new", data={"thing": "ward:T05000001", "rhythm": "my own words"})
    assert answer.status_code == 429
    assert "my own words" in answer.text


def test_a_program_is_told_in_a_problem_document(few, as_):
    for number in range(3):
        ask(as_(NOBODY), number)
    answer = ask(as_(NOBODY), 4, headers={"Accept": "application/problem+json, application/json"})
    assert answer.status_code == 429
    assert answer.json["status"] == 429
    assert "Retry-After" in answer.headers


def test_no_address_is_kept_and_the_hash_is_another_the_next_day(few, as_):
    ask(as_(NOBODY), 1)
    ((_, first, _),) = counts()
    with time_machine.travel(now() + timedelta(days=1), tick=False):
        ask(as_(NOBODY), 2)
    kept = {who for _, who, _ in counts()}
    assert len(kept) == 2
    assert all(re.fullmatch(r"[0-9a-f]{64}", who) for who in kept)
    assert first in kept


def test_counts_are_forgotten_after_a_day(few, as_):
    ask(as_(NOBODY), 1)
    with time_machine.travel(now() + timedelta(hours=25), tick=False):
        limits.forget_counts(Task(1, "", "", {}, None, ""))
    assert counts() == []


def test_limits_are_multiplied_or_taken_away_by_a_setting(home, monkeypatch):
    monkeypatch.setitem(limits.LIMITS, "people.signing_in", limits.Limit("ask for a link", 1, 1))
    for times, answers in ((2.0, [302, 302, 429]), (0.0, [302, 302, 302])):
        app = application(home, limits=times)
        with app.app_context():
            with transaction():
                db.session.query(limits.LimitCount).delete()
            assert [ask(app.test_client(), number).status_code for number in range(3)] == answers


def test_behind_a_proxy_of_the_council_s_it_says_who_asks_and_nobody_else_does(home, monkeypatch):
    monkeypatch.setitem(limits.LIMITS, "people.signing_in", limits.Limit("ask for a link", 1, 1))
    app = application(home, proxies=1)
    with app.app_context():
        one, forged = {"X-Forwarded-For": "203.0.113.5"}, {"X-Forwarded-For": "198.51.100.9, 203.0.113.5"}
        assert ask(app.test_client(), 1, headers=one).status_code == 302
        assert ask(app.test_client(), 2, headers=forged).status_code == 429
        assert ask(app.test_client(), 3, headers={"X-Forwarded-For": "198.51.100.9"}).status_code == 302


def test_without_a_proxy_what_a_stranger_claims_counts_for_nothing(few, as_):
    for number in range(3):
        ask(as_(NOBODY), number, headers={"X-Forwarded-For": f"198.51.{number}.9"})
    assert ask(as_(NOBODY), 4, headers={"X-Forwarded-For": "192.0.2.77"}).status_code == 429


def test_every_limited_address_is_there(app):
    known = set(app.view_functions)
    assert set(limits.LIMITS) <= known
    assert set(limits.LIMITED_READS) <= known
    assert not any(name.startswith("mapit.") for name in {**limits.LIMITS, **limits.LIMITED_READS})


def test_reading_what_is_unlimited_asks_the_store_for_no_limit(app, as_, monkeypatch):
    monkeypatch.setattr(limits, "take", lambda *_, **__: pytest.fail("it was counted"))
    an_issue()
    for address in ("/", "/wards/T05000001", "/map.geojson", "/mapit/point/4326/-2.36,51.38", "/sign-in"):
        as_(NOBODY).get(address)


def test_searching_is_counted_by_handfuls_and_ends_at_its_limit(monkeypatch, as_):
    monkeypatch.setitem(limits.LIMITED_READS, "searching.results", limits.Limit("search", 40, 40))
    monkeypatch.setattr(limits, "_handfuls", limits._Handfuls())
    client = as_(NOBODY)
    found = [client.get("/search?q=kerb").status_code for _ in range(70)]
    assert found[:40] == [200] * 40
    assert found[60:] == [429] * 10
    assert [number for _, _, number in counts()] == [40]


# --- passwords ---


def sign_in(client, email, password, **kw):
    return client.post("/sign-in/password", data={"email": email, "password": password}, **kw)


@pytest.fixture
def officer(app):
    with transaction():
        set_password(person_of(OFFICER), "three brown herons")
    return OFFICER.email


def test_ten_wrong_passwords_for_an_account_and_even_the_right_one_waits(officer, as_):
    client = as_(NOBODY)
    said = [sign_in(client, officer, f"wrong {number}").status_code for number in range(11)]
    assert said == [422] * 10 + [429]
    answer = sign_in(client, officer.upper(), "three brown herons")
    assert answer.status_code == 429
    assert "a link that we email you" in answer.text


ELSEWHERE = {"environ_base": {"REMOTE_ADDR": "192.0.2.7"}}


def test_others_do_not_shut_an_account_with_a_few_wrong_passwords(officer, as_):
    for number in range(11):
        sign_in(as_(NOBODY), officer, f"wrong {number}")
    assert sign_in(as_(NOBODY), officer, "three brown herons", **ELSEWHERE).status_code == 302


def test_from_everywhere_together_an_account_is_tried_no_more_than_so_often(officer, as_, monkeypatch):
    monkeypatch.setattr(limits, "MOST_FOR_AN_ACCOUNT", 3)
    far = [{"environ_base": {"REMOTE_ADDR": f"192.0.{number}.7"}} for number in range(4)]
    assert [sign_in(as_(NOBODY), officer, "wrong", **one).status_code for one in far] == [422] * 3 + [429]
    assert sign_in(as_(NOBODY), officer, "three brown herons", **ELSEWHERE).status_code == 429


def test_whoever_is_kept_from_their_password_by_others_still_has_the_link(officer, as_):
    for number in range(11):
        sign_in(as_(NOBODY), officer, f"wrong {number}")
    client = as_(NOBODY)
    client.post("/sign-in", data={"email": officer})
    link = re.search(r"(/sign-in/link/\S+)", letters()[0].body)
    assert client.post(link[1]).location == "/desk"


def test_right_ones_are_not_counted(officer, as_, monkeypatch):
    monkeypatch.setattr(limits, "PASSWORD", limits.Limit("try a password", 2, 2))
    for _ in range(4):
        assert sign_in(as_(NOBODY), officer, "three brown herons").status_code == 302
    assert sign_in(as_(NOBODY), officer, "wrong").status_code == 422


def test_one_network_may_not_try_account_after_account(app, as_, monkeypatch):
    monkeypatch.setattr(limits, "PASSWORD", limits.Limit("try a password", 10, 3))
    said = [sign_in(as_(NOBODY), f"someone{number}@example.org", "guess").status_code for number in range(4)]
    assert said == [422] * 3 + [429]


# --- nobody is flooded with letters ---


def test_one_address_gets_so_many_letters_whatever_they_are_for_and_wherever_they_are_asked_from(app, as_):
    refs = [an_issue(f"Number {number}").ref for number in range(6)]
    for number, ref in enumerate(refs):
        far = {"environ_base": {"REMOTE_ADDR": f"192.0.{number}.7"}}
        as_(NOBODY).post(f"/entries/{ref}/support", data={"email": "victim@example.com"}, **far)
        wish = {"thing": f"entry:{ref}", "rhythm": "weekly", "email": "victim@example.com"}
        as_(NOBODY).post("/follows/new", data=wish, **far)
    assert len([letter for letter in letters() if letter.to == "victim@example.com"]) == proofs.MOST_TOGETHER


def test_and_so_many_in_a_day(app, as_):
    start = now()
    for hour in range(8):
        with time_machine.travel(start + timedelta(hours=2 * hour), tick=False):
            for _ in range(5):
                as_(NOBODY).post("/sign-in", data={"email": "victim@example.com"})
    assert len(letters()) == proofs.MOST_A_DAY


# --- all workers count together ---


def test_of_many_at_once_through_two_workers_exactly_the_limit_gets_through(home):
    bind = f"127.0.0.1:{free_port()}"
    with (home / "serve.log").open("wb") as out:
        server = subprocess.Popen(
            [*WARDBOOK, "serve", "--bind", bind, "--workers", "2", "--no-worker"], cwd=ROOT, stdout=out,
            stderr=subprocess.STDOUT, start_new_session=True, env=environment(home, WARDBOOK_LIMITS="1"),
        )  # fmt: skip
    try:
        wait_for(server, f"http://{bind}/-/health", home / "serve.log")
        with ThreadPoolExecutor(16) as crowd:
            said = list(crowd.map(lambda number: _ask_over_http(bind, number), range(60)))
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(timeout=30)
    assert sorted(said) == [302] * 40 + [429] * 20


def _ask_over_http(bind: str, number: int) -> int:
    connection = HTTPConnection(bind, timeout=60)
    connection.request("GET", "/sign-in")
    page = connection.getresponse()
    cookie, text = (page.getheader("Set-Cookie") or "").partition(";")[0], page.read().decode()
    token = re.search(r'name="csrf_token" value="([^"]+)"', text)
    assert token is not None
    form = f"csrf_token={token[1]}&email=crowd{number}%40example.org"
    connection.request(
        "POST", "/sign-in", form, {"Content-Type": "application/x-www-form-urlencoded", "Cookie": cookie}
    )
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.status


# --- what programs fill in ---


@pytest.mark.parametrize(
    ("address", "form"),
    [
        ("/sign-in", {"email": "new@example.org"}),
        ("/follows/new", {"thing": "ward:T05000001", "rhythm": "weekly", "email": "new@example.org"}),
        ("/entries/{ref}/support", {"email": "new@example.org"}),
    ],
)
def test_what_fills_in_the_field_that_nobody_sees_is_sent_no_letter_and_told_why(address, form, as_):
    address = address.format(ref=an_issue().ref)
    client = as_(NOBODY)
    answer = client.post(address, data=form | {"extra": "buy this"})
    assert answer.status_code == 422
    assert "Leave the field" in answer.text
    assert "buy this" not in answer.text
    assert not letters()
    assert client.post(address, data=form | {"extra": ""}).status_code in (200, 302)
    assert len(letters()) == 1


def test_the_trap_is_hidden_from_people_and_said_to_who_sees_it(as_):
    page = as_(NOBODY).get("/sign-in").text
    trap = re.search(r'<div class="wb-trap" aria-hidden="true">.*?</div>', page, re.DOTALL)
    assert trap is not None
    assert 'tabindex="-1"' in trap[0]
    assert 'autocomplete="off"' in trap[0]
    assert "Leave this empty" in trap[0]


def test_a_form_sent_faster_than_a_person_can_is_asked_for_again(home):
    app = application(home, quickest=8.0)
    app.config["WTF_CSRF_ENABLED"] = True
    with app.app_context():
        client, start = app.test_client(), now()
        with time_machine.travel(start, tick=False):
            token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/sign-in").text)
            form = {"email": "new@example.org", "csrf_token": token[1]}
            answer = client.post("/sign-in", data=form)
        assert answer.status_code == 422
        assert "too quick" in answer.text
        assert "new@example.org" in answer.text
        with time_machine.travel(start + timedelta(seconds=4), tick=False):
            assert client.post("/sign-in", data=form).status_code == 302


def test_an_administrator_has_no_limit_of_their_own_either(few, as_):
    assert [ask(as_(ADMINISTRATOR), number).status_code for number in range(3)] == [302, 302, 429]
