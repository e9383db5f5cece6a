"""Nothing that somebody types is lost: back, another tab, a session that is gone, another moment of the same day."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pytest
import time_machine
from lxml import html

from tests.conftest import NEIGHBOUR, NOBODY, RESIDENT, person_of
from tests.contributing.test_contributing import begin, fill_in, send, what, who
from wardbook.db import db, now, transaction
from wardbook.entries.models import Draft, Entry
from wardbook.people.proofs import make_proof


@pytest.fixture
def guarded(app):
    """The application as it is served: a form must prove where it comes from."""
    app.config["WTF_CSRF_ENABLED"] = True
    return app


def form_on(answer) -> dict[str, str]:
    """What the form of a page sends as it stands, hidden fields too."""
    (form,) = html.fromstring(answer.text).xpath("//form[@id='telling']")
    return {name: value for name, value in form.form_values() if value is not None}


@pytest.mark.parametrize(
    ("page", "typed", "before"),
    [
        ("spot", {"spot": "by the oak", "blur": "y"}, "place"),
        ("kind", {"kind": ""}, "spot"),
        ("what", {"category": "", "title": "Half a tit", "words": "Half a sen"}, "kind"),
        ("who", {"level": "", "email": "half@an", "name": "Half"}, "photos"),
    ],
)
def test_back_keeps_what_is_typed_right_or_wrong(page, typed, before, as_):
    client = as_(NOBODY)
    draft = begin(client)
    if page == "what":
        client.post(f"{draft}/kind", data={"kind": "issue"})
    answer = client.post(f"{draft}/{page}", data=typed | {"back": "yes"})
    assert answer.location == f"{draft}/{before}"
    shown = unescape(client.get(f"{draft}/{page}").text)
    assert all(value in shown for value in typed.values())


def test_what_was_right_and_is_typed_over_is_asked_again_before_it_is_sent(as_):
    client = as_(NOBODY)
    draft = fill_in(client)
    client.post(f"{draft}/what", data=what(title="") | {"back": "yes"})
    assert client.get(f"{draft}/check").location == f"{draft}/what"


@pytest.mark.parametrize("page", ["spot", "kind", "what", "who"])
def test_enter_goes_on_though_the_way_back_stands_first(page, as_):
    client = as_(NOBODY)
    draft = begin(client)
    client.post(f"{draft}/kind", data={"kind": "issue"})
    tree = html.fromstring(client.get(f"{draft}/{page}").text)
    buttons = tree.xpath("//form[@id='telling']//button | //form[@id='telling']//input[@type='submit']")
    assert buttons[0].get("name") is None
    assert [one.get("name") for one in buttons].count("back") == 1


def test_without_its_cookie_a_page_still_sends_what_was_typed_and_somebody_goes_on(guarded):
    client = guarded.test_client()
    start = client.get("/contribute")
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', start.text)[1]
    draft = client.post("/contribute", data={"q": "ZZ1 1AA", "csrf_token": token}).location.removesuffix("/spot")
    client.post(f"{draft}/spot", data=form_on(client.get(f"{draft}/spot")))
    client.post(f"{draft}/kind", data=form_on(client.get(f"{draft}/kind")) | {"kind": "issue"})
    filled = form_on(client.get(f"{draft}/what")) | what(title="Typed for an hour")

    client.delete_cookie("wardbook")
    assert client.get(f"{draft}/what").status_code == 404
    answer = client.post(f"{draft}/what", data=filled)
    assert (answer.status_code, answer.location) == (302, f"{draft}/photos")
    assert "Typed for an hour" in client.get(f"{draft}/what").text
    client.post(f"{draft}/who", data=form_on(client.get(f"{draft}/who")) | who())
    assert client.post(f"{draft}/check", data={"key": filled["key"]}).location == f"{draft}/sent"
    assert db.session.query(Entry).one().title == "Typed for an hour"


def test_another_site_s_page_sends_nothing_though_it_has_the_key(guarded):
    client = guarded.test_client()
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get("/contribute").text)[1]
    draft = client.post("/contribute", data={"q": "ZZ1 1AA", "csrf_token": token}).location.removesuffix("/spot")
    filled = form_on(client.get(f"{draft}/kind")) | {"kind": "idea"}
    elsewhere = {"Origin": "https://elsewhere.example"}
    client.delete_cookie("wardbook")
    assert client.post(f"{draft}/kind", data=filled, headers=elsewhere).status_code == 400
    for headers, data in ((elsewhere, filled), ({}, {"kind": "idea"}), ({}, filled | {"key": "guessed"})):
        stranger = guarded.test_client()
        assert stranger.post(f"{draft}/kind", data=data, headers=headers).status_code in (400, 404)
    assert "kind" not in db.session.get(Draft, draft.split("/")[-1]).answers


def test_what_was_begun_today_is_offered_again_and_led_to_where_it_stopped(as_):
    client = as_(NOBODY)
    assert "You began to tell us something today" not in client.get("/contribute").text
    draft = begin(client)
    client.post(f"{draft}/kind", data={"kind": "issue"})
    client.post(f"{draft}/what", data=what(category="", title="A high kerb"))
    page = unescape(client.get("/contribute").text)
    assert "You began to tell us something today" in page
    assert f'href="{draft}/what">Carry on with ‘A high kerb’' in page
    assert "You began" not in as_(NOBODY).get("/contribute").text
    with time_machine.travel(now() + timedelta(hours=25), tick=False):
        assert "You began" not in client.get("/contribute").text


def test_what_was_sent_is_not_offered_again(as_):
    client = as_(NOBODY)
    send(client)
    assert "You began" not in client.get("/contribute").text


def test_two_tabs_are_two_contributions(as_):
    client = as_(RESIDENT)
    one, other = fill_in(client, title="The first tab"), fill_in(client, title="Quite another tab")
    for draft in (one, other):
        assert client.post(f"{draft}/check").location == f"{draft}/sent"
    assert {entry.title for entry in db.session.query(Entry)} == {"The first tab", "Quite another tab"}


def test_one_contribution_in_two_tabs_has_the_answers_of_both(as_):
    client = as_(NOBODY)
    draft = fill_in(client)
    client.post(f"{draft}/what", data=what(title="In one tab"))
    client.post(f"{draft}/who", data=who(email="other@example.org"))
    told = db.session.get(Draft, draft.split("/")[-1]).answers
    assert (told["title"], told["email"]) == ("In one tab", "other@example.org")


def test_what_was_sent_in_one_tab_leads_the_other_to_what_became_of_it(as_):
    client = as_(NOBODY)
    draft = fill_in(client)
    client.post(f"{draft}/check")
    assert client.post(f"{draft}/what", data=what(title="Too late")).location == f"{draft}/sent"
    assert "You sent this already" in client.get(f"{draft}/sent").text
    assert db.session.get(Draft, draft.split("/")[-1]).answers["title"] == "No dropped kerb"


def test_who_signs_out_leaves_nothing_they_began_to_the_next_at_that_browser(as_):
    client = as_(RESIDENT)
    draft = begin(client)
    assert "You began" in client.get("/contribute").text
    client.post("/sign-out")
    assert "You began" not in client.get("/contribute").text
    assert client.get(f"{draft}/spot").status_code == 404
    assert client.get(f"{draft}/what").status_code == 404
    assert db.session.query(Draft).count() == 1


def test_who_is_signed_in_after_somebody_else_is_not_offered_what_they_began(as_):
    client = as_(RESIDENT)
    draft = begin(client)
    with transaction():
        link = make_proof(person_of(NEIGHBOUR), "sign in").link
    assert "You began" in client.get("/contribute").text
    client.post(link.partition("localhost")[2] or f"/sign-in/link/{link}")
    assert NEIGHBOUR.email in client.get("/me").text
    assert "You began" not in client.get("/contribute").text
    assert client.get(f"{draft}/spot").status_code == 404
