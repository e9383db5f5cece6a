"""An offer stands until a day, is renewed, and is shown beside what it could help with."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from tests.conftest import (
    CAST,
    IN_MILL,
    NEIGHBOUR,
    NOBODY,
    OFFICER,
    RESIDENT,
    Member,
    an_asset,
    an_idea,
    an_issue,
    an_offer,
    category,
)
from wardbook.clock import today
from wardbook.db import db, transaction
from wardbook.entries.kinds import State
from wardbook.entries.models import Entry
from wardbook.events import Did, Event
from wardbook.mail import letters
from wardbook.shared import Level, Standing

METRE = 0.001
"""In the kilometres of the borough"""


def renew(client: FlaskClient, offer: Entry, days: int, once: str = "one form") -> int:
    day = today() + timedelta(days=days)
    sent = {"renew-lapses_on": day.isoformat(), "renew-once": once}
    return client.post(f"/entries/{offer.ref}/renew", data=sent).status_code


@pytest.fixture
def lapsed(app: object) -> Entry:
    return an_offer(by=NEIGHBOUR, lapses_on=today() - timedelta(days=1))


# --- renewing ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("member", [NEIGHBOUR, OFFICER], ids=str)
def test_its_author_and_an_officer_renew_an_offer_and_it_is_open_again(member, lapsed, as_):
    assert lapsed.state_now is State.LAPSED
    assert renew(as_(member), lapsed, 30) == 302
    offer = db.session.get(Entry, lapsed.id)
    assert (offer.state_now, offer.lapses_on) == (State.OPEN, today() + timedelta(days=30))
    assert len(letters()) == (member is OFFICER)


@pytest.mark.parametrize("member", [member for member in CAST if member not in (NEIGHBOUR, OFFICER)], ids=str)
def test_nobody_else_renews_it(member, lapsed, as_):
    assert "Renew" not in as_(member).get(f"/entries/{lapsed.ref}").text
    assert renew(as_(member), lapsed, 30) == 403


@pytest.mark.parametrize("days", [-1, 732])
def test_an_offer_stands_for_two_years_at_most_and_not_until_yesterday(days, lapsed, as_):
    assert renew(as_(NEIGHBOUR), lapsed, days) == 422
    assert db.session.get(Entry, lapsed.id).state_now is State.LAPSED


@pytest.mark.parametrize("day", ["", "tomorrow", "2027-02-30"])
def test_a_day_that_is_none_is_refused_in_words(day, lapsed, as_):
    refused = as_(NEIGHBOUR).post(f"/entries/{lapsed.ref}/renew", data={"renew-lapses_on": day})
    assert refused.status_code == 422
    assert "Enter the day until which it stands" in refused.text or "Enter a real day" in refused.text


def test_pressed_twice_it_is_renewed_once(lapsed, as_):
    client = as_(NEIGHBOUR)
    assert [renew(client, lapsed, 30), renew(client, lapsed, 30)] == [302, 302]
    assert db.session.query(Event).filter_by(thing_id=lapsed.id, did=Did.RENEWED).count() == 1


@pytest.mark.parametrize("state", [State.TAKEN_UP, State.DONE])
def test_what_is_taken_up_or_done_is_not_renewed(state, as_):
    offer = an_offer(state=state)
    assert "Change until when" not in as_(OFFICER).get(f"/entries/{offer.ref}").text
    assert renew(as_(OFFICER), offer, 30) == 422


def test_what_has_lapsed_is_not_taken_up_before_it_is_renewed(lapsed, as_):
    moved = as_(OFFICER).post(f"/entries/{lapsed.ref}/answer", data={"answer-state": "taken up", "answer-words": "Yes"})
    assert moved.status_code == 422


# --- near --------------------------------------------------------------------------------------------------------


def near(client: FlaskClient, entry: Entry) -> str:
    """What stands in the part of the page that shows what is near."""
    _, _, part = client.get(f"/entries/{entry.ref}").text.partition('id="near"')
    return part.partition("</section>")[0]


def away(metres: float) -> tuple[float, float]:
    return IN_MILL[0] + metres * METRE, IN_MILL[1]


@pytest.mark.parametrize("tell", [an_issue, an_idea])
def test_an_offer_is_shown_on_what_it_could_help_with_and_that_on_the_offer(tell, as_):
    entry, offer = tell("Needs hands"), an_offer("Has hands", at=away(120))
    assert "Has hands" in near(as_(NOBODY), entry)
    assert "120 metres away" in near(as_(NOBODY), entry)
    assert "Needs hands" in near(as_(NOBODY), offer)


def test_near_is_the_radius_of_the_category(as_):
    issue = an_issue()
    an_offer("In reach", at=away(240))
    an_offer("Out of reach", at=away(260))
    assert "In reach" in near(as_(NOBODY), issue)
    assert "Out of reach" not in near(as_(NOBODY), issue)
    with transaction():
        category().radius_m = 300
    assert "Out of reach" in near(as_(NOBODY), issue)


def test_the_nearest_come_first_and_no_more_than_five(as_):
    issue = an_issue()
    for metres in (60, 10, 50, 20, 40, 30):
        an_offer(f"At {metres}", at=away(metres))
    shown = near(as_(NOBODY), issue)
    places = [shown.index(f"At {metres}<") for metres in (10, 20, 30, 40, 50)]
    assert places == sorted(places)
    assert "At 60<" not in shown


Tell = Callable[[], Entry]
NOT_SHOWN: dict[str, Tell] = {
    "in another category": lambda: an_offer(category=category("Place to meet")),
    "of another kind": lambda: an_asset(category=category()),
    "lapsed": lambda: an_offer(lapses_on=today() - timedelta(days=1)),
    "taken up": lambda: an_offer(state=State.TAKEN_UP),
    "pending": lambda: an_offer(standing=Standing.PENDING),
    "hidden": lambda: an_offer(standing=Standing.HIDDEN),
    "withdrawn": lambda: an_offer(standing=Standing.WITHDRAWN),
    "for the council": lambda: an_offer(level=Level.COUNCIL),
    "for the ward": lambda: an_offer(level=Level.WARD),
}


@pytest.mark.parametrize("tell", NOT_SHOWN.values(), ids=NOT_SHOWN)
def test_what_does_not_stand_or_may_not_be_seen_is_not_shown_as_near(tell, as_):
    issue = an_issue()
    other = tell()
    assert other.ref not in as_(NOBODY).get(f"/entries/{issue.ref}").text


@pytest.mark.parametrize("member", CAST, ids=str)
def test_what_is_near_is_shown_to_those_who_see_it(member: Member, as_):
    offer = an_offer()
    issue = an_issue(level=Level.COUNCIL, by=RESIDENT)
    seen = as_(member).get(f"/entries/{issue.ref}").status_code == 200
    assert (issue.ref in near(as_(member), offer)) is seen


def test_nothing_is_near_what_is_closed(as_):
    an_offer("Has hands")
    assert near(as_(NOBODY), an_issue(state=State.FIXED)) == ""
