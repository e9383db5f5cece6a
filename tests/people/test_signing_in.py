"""People sign in: by a link, by a code, by a password; each once, in time, and with the same answer for strangers."""

from __future__ import annotations

import re

import pytest
import time_machine
from flask.testing import FlaskClient

from tests.conftest import CAST, NOBODY, OFFICER, RESIDENT, person_of
from wardbook.db import db, transaction
from wardbook.mail import letters
from wardbook.people.actions import Grant, add_person, checked_email, set_password
from wardbook.people.models import Person, Proof
from wardbook.people.proofs import make_proof
from wardbook.people.queries import person_by_email
from wardbook.policy import Role

HERE = r"http://localhost(/sign-in/link/\S+)"


def ask(client: FlaskClient, email: str = RESIDENT.email) -> tuple[str, str]:
    """Ask for a letter; the link and the code in it."""
    assert client.post("/sign-in", data={"email": email}).location == "/sign-in/code"
    body = letters()[0].body
    return re.search(HERE, body)[1], "".join(re.search(r"(\d{3}) (\d{3})", body).groups())


def signed_in(client: FlaskClient) -> bool:
    return client.get("/desk").status_code == 200


# --- by link -----------------------------------------------------------------------------------------------------


def test_opening_the_link_does_nothing_and_pressing_the_button_signs_in(as_):
    link, _ = ask(as_(NOBODY))
    client = as_(NOBODY)
    for _ in range(3):
        assert client.get(link).status_code == 200
    assert not signed_in(client)
    assert client.post(link).location == "/desk"
    assert signed_in(client)


def test_a_link_works_once(as_):
    link, _ = ask(as_(NOBODY))
    as_(NOBODY).post(link)
    again = as_(NOBODY)
    assert again.post(link).status_code == 422
    assert not signed_in(again)


def test_a_link_works_for_a_day(as_):
    with time_machine.travel("2026-03-01 12:00", tick=False):
        link, _ = ask(as_(NOBODY))
    with time_machine.travel("2026-03-02 12:00:01", tick=False):
        late = as_(NOBODY).post(link)
        assert (late.status_code, "This link has ended." in late.text) == (422, True)
    with time_machine.travel("2026-03-02 11:59:59", tick=False):
        assert as_(NOBODY).post(link).status_code == 302


def test_a_link_confirms_the_address_of_somebody_new(as_):
    link, _ = ask(as_(NOBODY), "New.Person@Example.org")
    assert person_by_email("new.person@example.org").confirmed_at is None
    as_(NOBODY).post(link)
    assert person_by_email("NEW.PERSON@example.org").confirmed_at is not None


def test_a_guessed_link_is_not_there(as_):
    ask(as_(NOBODY))
    assert as_(NOBODY).get("/sign-in/link/" + "A" * 32).status_code == 404


def test_neither_link_nor_code_is_kept_as_it_is(as_, home):
    link, code = ask(as_(NOBODY))
    proof = db.session.query(Proof).one()
    assert link.rsplit("/")[-1] not in (proof.link_hash, proof.code_hash)
    assert code not in (proof.link_hash, proof.code_hash)


# --- by code -----------------------------------------------------------------------------------------------------


def test_the_code_signs_in_the_browser_that_asked(as_):
    client = as_(NOBODY)
    _, code = ask(client)
    assert client.post("/sign-in/code", data={"code": f" {code[:3]} {code[3:]} "}).location == "/desk"
    assert signed_in(client)


def test_a_code_is_worth_nothing_in_another_browser(as_):
    _, code = ask(as_(NOBODY))
    other = as_(NOBODY)
    assert other.post("/sign-in/code", data={"code": code}).location == "/sign-in"
    assert not signed_in(other)


def test_after_five_wrong_tries_the_right_code_is_worth_nothing(as_):
    client = as_(NOBODY)
    _, code = ask(client)
    wrong = f"{(int(code) + 1) % 1_000_000:06}"
    for _ in range(5):
        assert "The code is not the one we sent." in client.post("/sign-in/code", data={"code": wrong}).text
    answer = client.post("/sign-in/code", data={"code": code})
    assert answer.status_code == 422
    assert "This code has ended." in answer.text
    assert not signed_in(client)


def test_four_wrong_tries_leave_a_fifth(as_):
    client = as_(NOBODY)
    _, code = ask(client)
    for _ in range(4):
        client.post("/sign-in/code", data={"code": "000000" if code != "000000" else "000001"})
    assert client.post("/sign-in/code", data={"code": code}).status_code == 302


def test_a_code_works_once_and_uses_the_link_up(as_):
    client = as_(NOBODY)
    link, code = ask(client)
    client.post("/sign-in/code", data={"code": code})
    assert as_(NOBODY).post(link).status_code == 422


@pytest.mark.parametrize("typed", ["", "   ", "1234567890123", "٠٠٠٠٠٠", "abcdef", "' OR 1=1"])
def test_what_is_no_code_is_refused(typed, as_):
    client = as_(NOBODY)
    ask(client)
    assert client.post("/sign-in/code", data={"code": typed}).status_code == 422
    assert not signed_in(client)


# --- by password -------------------------------------------------------------------------------------------------

PASSWORD = "three brown herons"


@pytest.fixture
def officer_with_password(app):
    with transaction():
        set_password(person_of(OFFICER), PASSWORD)


def test_a_password_signs_in_and_is_kept_as_argon2(officer_with_password, as_):
    client = as_(NOBODY)
    assert (
        client.post("/sign-in/password", data={"email": OFFICER.email.upper(), "password": PASSWORD}).location
        == "/desk"
    )
    assert signed_in(client)
    assert person_of(OFFICER).password.startswith("$argon2id$")


@pytest.mark.parametrize(
    ("email", "password"),
    [
        (OFFICER.email, "wrong"),
        (OFFICER.email, PASSWORD + " "),
        ("stranger@example.org", PASSWORD),
        (RESIDENT.email, PASSWORD),
        ("x", "no such word"),
    ],
)
def test_whichever_is_wrong_the_answer_is_the_same(email, password, officer_with_password, as_):
    client = as_(NOBODY)
    answer = client.post("/sign-in/password", data={"email": email, "password": password})
    assert answer.status_code == 422
    assert "The email address or password is not right." in answer.text
    assert not signed_in(client)
    assert f'value="{password}"' not in answer.text


def test_somebody_without_a_password_cannot_sign_in_with_none(as_):
    assert as_(NOBODY).post("/sign-in/password", data={"email": OFFICER.email, "password": ""}).status_code == 422


# --- strangers and other places ----------------------------------------------------------------------------------


def test_a_stranger_gets_the_same_answer_as_somebody_known(as_):
    answers = []
    for email in (RESIDENT.email, "stranger@example.org"):
        client = as_(NOBODY)
        first = client.post("/sign-in", data={"email": email})
        second = client.get("/sign-in/code")
        answers.append((first.status_code, first.location, re.sub(r'nonce[-=]"?[\w-]+|value="[^"]*"', "", second.text)))
    assert answers[0] == answers[1]


@pytest.mark.parametrize(
    "email", ["", "x", "a@", "@b", "a b@example.org", "a@b..c", "x" * 250 + "@example.org", "a@example.org\nBcc: b@c"]
)
def test_what_is_no_address_gets_no_letter(email, as_):
    assert as_(NOBODY).post("/sign-in", data={"email": email}).status_code == 422
    assert letters() == []


@pytest.mark.parametrize(
    "target",
    [
        "//evil.example",
        "https://evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
        "/\tevil",
        "\\\\evil",
        "evil",
        "/\n/evil",
        " //evil",
        "",
    ],
)
def test_signing_in_leads_nowhere_else(target, as_):
    client = as_(NOBODY)
    client.get("/sign-in", query_string={"next": target})
    client.get("/sign-in/password", query_string={"next": target})
    _, code = ask(client)
    assert client.post("/sign-in/code", data={"code": code}).location == "/desk"


def test_signing_in_leads_back_to_where_somebody_was_going(as_):
    client = as_(NOBODY)
    client.get("/sign-in?next=/map?kind=issue")
    _, code = ask(client)
    assert client.post("/sign-in/code", data={"code": code}).location == "/map?kind=issue"


def test_the_desk_asks_a_visitor_to_sign_in_and_leads_back(as_):
    assert as_(NOBODY).get("/desk").location == "/sign-in?next=/desk"


@pytest.mark.parametrize("member", CAST[1:], ids=str)
def test_signing_out_ends_it(member, as_):
    client = as_(member)
    assert signed_in(client)
    assert client.post("/sign-out").location == "/"
    assert not signed_in(client)


def test_a_person_who_was_closed_out_is_a_visitor(as_):
    client = as_(OFFICER)
    with transaction():
        person_of(OFFICER).active = False
    assert client.get("/desk").status_code == 302
    assert client.get("/notes/new").status_code == 403


def test_a_letter_says_nothing_of_who_asked_and_comes_once_for_each_time(as_):
    client = as_(NOBODY)
    ask(client)
    ask(client)
    assert [letter.to for letter in letters()] == [RESIDENT.email] * 2
    assert len({letter.cause for letter in letters()}) == 2


def test_a_link_made_for_one_purpose_serves_no_other(as_):
    with transaction():
        link = make_proof(person_of(RESIDENT), "publish", "WB-22222").link
    assert as_(NOBODY).post(f"/sign-in/link/{link}").status_code == 404


def test_a_code_of_a_confirmation_letter_signs_nobody_in(as_):
    client = as_(NOBODY)
    with transaction():
        fresh = make_proof(person_of(RESIDENT), "publish", "WB-22222")
    with client.session_transaction() as session:
        assert "proof" not in session
    assert client.post("/sign-in/code", data={"code": fresh.code}).location == "/sign-in"


@pytest.mark.parametrize(
    ("typed", "kept"), [("  A.B@Example.ORG ", "a.b@example.org"), ("müller@example.org", "müller@example.org")]
)
def test_an_address_has_one_spelling(typed, kept):
    assert checked_email(typed) == kept


def test_two_spellings_of_an_address_are_one_person(app):
    with transaction():
        first = add_person("Some.Body@Example.org", Grant(Role.MODERATOR), name="Some Body")
        second = add_person("some.body@example.org", Grant(Role.MODERATOR))
    assert first.id == second.id
    assert db.session.query(Person).filter(Person.email.like("some.body%")).count() == 1
    assert (second.name, len(second.terms)) == ("Some Body", 1)
