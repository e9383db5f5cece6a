"""An administrator says what can be told about, what is asked and whom to ring; a category is never deleted."""

from __future__ import annotations

from html import unescape

import pytest

from tests.conftest import ADMINISTRATOR, CAST, NOBODY, OFFICER, RESIDENT, an_issue, as_viewer, category
from tests.contributing.test_contributing import begin
from wardbook.db import db
from wardbook.entries import categories
from wardbook.entries.categories import CategorySaid
from wardbook.entries.kinds import Kind
from wardbook.entries.models import Category
from wardbook.errors import Forbidden
from wardbook.events import Did, Event

SAID = {
    "name": "Blocked drain", "service": "Highways", "kinds": ["issue", "idea"], "radius_m": "100",
    "ask_0": "How deep is it?", "how_0": "choice", "choices_0": "To the ankle\n\n To the  knee\n", "needed_0": "y",
    "ask_1": "Is it lit?", "how_1": "yes-no",
}  # fmt: skip


def offered(client) -> str:
    draft = begin(client)
    client.post(f"{draft}/kind", data={"kind": "issue"})
    return client.get(f"{draft}/what").text


def test_a_category_is_made_and_can_be_told_under_at_once(as_):
    client = as_(ADMINISTRATOR)
    assert client.post("/admin/categories/new", data=SAID).location == "/admin/categories"
    made = category("Blocked drain")
    assert (made.kinds, made.radius_m, made.service.name) == (["issue", "idea"], 100, "Highways")
    assert made.questions == [
        {"ask": "How deep is it?", "kind": "choice", "choices": ["To the ankle", "To the knee"], "needed": True},
        {"ask": "Is it lit?", "kind": "yes-no", "choices": [], "needed": False},
    ]
    assert "Blocked drain" in offered(as_(NOBODY))
    assert "2 questions" in client.get("/admin/categories").text


def test_what_a_category_is_stands_in_its_form_and_is_said_otherwise(as_):
    client = as_(ADMINISTRATOR)
    client.post("/admin/categories/new", data=SAID)
    made = category("Blocked drain")
    page = unescape(client.get(f"/admin/categories/{made.id}").text)
    assert "To the ankle\nTo the knee" in page
    changed = SAID | {"name": "Drain", "new_service": "Water", "emergency": "Ring 999", "moderated": "y", "ask_0": ""}
    client.post(f"/admin/categories/{made.id}", data=changed)
    db.session.refresh(made)
    assert (made.name, made.service.name, made.emergency, made.moderated) == ("Drain", "Water", "Ring 999", True)
    assert [one["ask"] for one in made.questions] == ["Is it lit?"]


def test_a_retired_category_is_offered_no_more_and_what_was_told_under_it_stays(as_):
    entry, client = an_issue(), as_(ADMINISTRATOR)
    address = f"/admin/categories/{category().id}"
    assert client.post(f"{address}/retire").location == "/admin/categories"
    assert client.post(f"{address}/retire").location == "/admin/categories"
    assert "Retired on" in client.get("/admin/categories").text
    assert ">Dropped kerbs<" not in offered(as_(NOBODY))
    assert "Dropped kerbs" in as_(NOBODY).get(f"/entries/{entry.ref}").text
    client.post(f"{address}/bring-back")
    assert ">Dropped kerbs<" in offered(as_(NOBODY))
    steps = db.session.query(Event).filter_by(thing="category", did=Did.EDITED).order_by(Event.id)
    assert [step.change for step in steps] == [{"retired": [False, True]}, {"retired": [True, False]}]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"name": ""}, "Enter a name"),
        ({"service": ""}, "Choose a service, or enter a new one"),
        ({"kinds": []}, "Choose what can be told under it"),
        ({"radius_m": "near"}, "Enter a whole number from 10 to 2000"),
        ({"radius_m": "5"}, "Enter a whole number from 10 to 2000"),
        ({"choices_0": "One alone"}, "Enter from 2 to 10 different choices"),
        ({"ask_1": "How deep is it?"}, "Ask each question once"),
        ({"name": "Dropped kerbs"}, "Highways has a category called 'Dropped kerbs' already."),
        ({"how_0": "by song"}, ""),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_the_rest_is_kept(changes, sentence, as_):
    refused = as_(ADMINISTRATOR).post("/admin/categories/new", data=SAID | changes)
    assert refused.status_code == 422
    assert sentence in unescape(refused.text)
    assert "Is it lit?" in refused.text or "ask_1" in changes
    assert db.session.query(Category).count() == 3


def test_the_same_form_twice_makes_one_category(as_):
    client = as_(ADMINISTRATOR)
    client.post("/admin/categories/new", data=SAID)
    assert client.post("/admin/categories/new", data=SAID).status_code == 422
    assert db.session.query(Category).filter_by(name="Blocked drain").count() == 1


@pytest.mark.parametrize("member", [member for member in CAST if member is not ADMINISTRATOR], ids=str)
def test_nobody_else_says_what_categories_are(member, as_):
    said = CategorySaid("x", "Highways", (Kind.ISSUE,))
    for deed in (
        lambda viewer: categories.add(viewer, said),
        lambda viewer: categories.change(viewer, category(), said),
        lambda viewer: categories.retire(viewer, category()),
        lambda viewer: categories.bring_back(viewer, category()),
    ):
        with pytest.raises(Forbidden):
            deed(as_viewer(member))
    assert as_(member).get("/admin/categories").status_code == 403


def test_staff_and_residents_find_no_way_there(as_):
    for member in (OFFICER, RESIDENT):
        assert "/admin/categories" not in as_(member).get("/").text
    assert "/admin/categories" in as_(ADMINISTRATOR).get("/").text
