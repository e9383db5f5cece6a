"""Following made easy: so many metres round home in one press, another distance later, digests worth reading."""

from __future__ import annotations

import re

import pytest

from tests.conftest import IN_BRIDGE, MILL, NEIGHBOUR, NOBODY, OFFICER, RESIDENT, an_issue, spot
from tests.entries.test_answering import move
from tests.follows.test_digests import THURSDAY, clock, digests, until
from tests.follows.test_following import NEW_HERE, a_follow, followed, link_in_letter
from tests.follows.test_hearing_at_once import reply
from wardbook.db import db
from wardbook.entries.kinds import State
from wardbook.follows.models import Follow

__all__ = ["clock"]
assert THURSDAY


@pytest.mark.parametrize("metres", ["200", "400", "800"])
def test_who_is_signed_in_follows_home_in_one_press(metres, as_):
    client = as_(RESIDENT)
    page = client.get("/").text
    form = re.search(r'<form class="wb-hear".*?</form>', page, re.DOTALL)[0]
    assert 'method="post"' in form
    assert f'<option value="{metres}"' in form
    pressed = client.post("/follows/near", data={"q": "zz1 1aa", "metres": metres})
    assert pressed.status_code == 302
    assert followed() == {f"postcode:ZZ1 1AA+{metres}m": "weekly"}
    client.post("/follows/near", data={"q": "ZZ11AA", "metres": metres})
    assert len(followed()) == 1, "pressed again, or typed another way, it is one"


def test_a_visitor_gives_an_address_and_presses_the_link(as_):
    client = as_(NOBODY)
    asked = client.get("/follows/near?q=ZZ1+1AA&metres=400")
    page = client.get(asked.location)
    assert "Follow Within 400 m of ZZ1 1AA" in page.text
    client.post(asked.location, data={"email": NEW_HERE, "rhythm": "weekly"})
    client.post(link_in_letter())
    assert followed(NEW_HERE) == {"postcode:ZZ1 1AA+400m": "weekly"}


def test_from_the_place_that_was_found_its_spot_is_followed(as_):
    page = as_(RESIDENT).get("/find?q=ZZ1+1AA").text
    at = re.search(r'name="at" value="([^"]+)"', page)[1]
    as_(RESIDENT).post("/follows/near", data={"at": at, "metres": "800"})
    assert list(followed()) == ["postcode:ZZ1 1AA+800m"]


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        ({"q": "", "metres": "400"}, "Enter a postcode, a street or a grid reference."),
        ({"q": "Nowhere at all", "metres": "400"}, "We cannot find"),
        ({"q": "ZZ1 1AA", "metres": "40000"}, "Choose a distance from the list."),
        ({"q": "0, 0", "metres": "400"}, "outside the council"),
    ],
)
def test_what_is_no_spot_is_refused_in_words_that_were_typed(sent, says, as_):
    for member in (NOBODY, RESIDENT):
        refused = as_(member).get("/follows/near", query_string=sent)
        assert refused.status_code == 422
        assert says in refused.text
    assert followed() == {}


def test_another_distance_is_chosen_later_and_the_rhythm_stays(as_):
    mine = a_follow("postcode:ZZ1 1AA+300m", rhythm="daily")
    client = as_(RESIDENT)
    assert 'value="300" selected' in re.sub(r"\s+", " ", client.get("/follows").text.replace("selected ", "selected"))
    client.post(f"/follows/{mine.id}/distance", data={f"d{mine.id}-metres": "800"})
    assert followed() == {"postcode:ZZ1 1AA+800m": "daily"}
    an_issue("Far", by=NEIGHBOUR, at=(0.4, 0.05))


def test_a_ward_has_no_distance(as_):
    mine = a_follow()
    assert f"d{mine.id}-metres" not in as_(RESIDENT).get("/follows").text
    assert as_(RESIDENT).post(f"/follows/{mine.id}/distance", data={f"d{mine.id}-metres": "800"}).status_code == 422
    assert list(followed()) == [f"ward:{MILL}"]


def test_after_telling_the_spot_and_the_ward_are_offered(as_):
    client = as_(RESIDENT)
    client.post("/contribute", data={"q": "ZZ1 1AA"})
    with client.session_transaction() as session:
        draft = f"/contribute/{session['drafts'][-1]}"
    client.post(f"{draft}/spot", data={"spot": f"{spot(0.4, 0.6).y}, {spot(0.4, 0.6).x}"})
    client.post(f"{draft}/kind", data={"kind": "issue"})
    category = re.search(r'value="(\d+)"[^>]*>Dropped kerbs', client.get(f"{draft}/what").text)[1]
    client.post(f"{draft}/what", data={"category": category, "title": "Kerb", "words": "High."})
    client.post(f"{draft}/photos")
    client.post(f"{draft}/who", data={"level": "public"})
    client.post(f"{draft}/check")
    page = client.get(f"{draft}/sent").text
    assert "It is read by the service ‘Highways’." in page
    assert "four weeks later whether it was put right" in page
    assert "had a first answer" not in page, "nobody has been answered yet"
    assert f"/follows/new?thing=ward:{MILL}" in page
    at = re.search(r'name="at" value="(point:[^"]+)"', page)[1]
    client.post("/follows/near", data={"at": at, "metres": "200"})
    assert [words.partition("+")[2] for words in followed()] == ["200m"]


def test_when_ten_were_answered_the_usual_wait_is_told(clock, as_):
    from datetime import timedelta

    from wardbook.entries.hearing.next_steps import usual_wait
    from wardbook.entries.models import Entry

    told = [an_issue(f"Kerb {number}", by=NEIGHBOUR) for number in range(10)]
    category = db.session.get(Entry, told[0].id).category
    for days, issue in enumerate(told[:9]):
        clock.move_to(THURSDAY + timedelta(days=days, hours=1))
        reply(as_(OFFICER), issue, once=str(days))
    assert usual_wait(category) is None
    reply(as_(OFFICER), told[9], once="9")
    assert usual_wait(category).words == (
        "Of what was told to us about ‘Dropped kerbs’ in the last year, half had a first answer within 4 days."
    )
    clock.move_to(THURSDAY + timedelta(days=500))
    assert usual_wait(category) is None


# --- digests -----------------------------------------------------------------------------------------------------


def test_a_digest_has_new_things_first_then_what_was_closed_with_whether_it_is_put_right(clock, as_):
    old = [an_issue(title, by=NEIGHBOUR) for title in ("Answered one", "Closed one", "Left one")]
    until(clock, 20)
    a_follow(rhythm="daily")
    reply(as_(OFFICER), old[0])
    move(as_(OFFICER), old[1], State.FIXED, "Lowered.")
    move(as_(OFFICER), old[2], State.NO_FURTHER_ACTION, "Too dear.")
    an_issue("New one", by=NEIGHBOUR)
    until(clock, 21)
    (letter,) = digests()
    for text in (letter.body, letter.html):
        order = [text.index(title) for title in ("New one", "Closed one", "Answered one")]
        assert order == sorted(order)
        assert "1 new, 2 closed, 1 answered" in text
        assert "It is closed: it is put right." in text
        assert "It is closed without being put right." in text
        assert "You get this because you follow this." in text
    assert "Owen Officer, Highways: Lowered." in letter.body


def test_no_entry_stands_twice_in_a_digest(clock, as_):
    a_follow(rhythm="daily")
    issue = an_issue("Only once", by=NEIGHBOUR)
    until(clock, 19, 13)
    a_follow("postcode:ZZ1 1AA+300m", rhythm="daily")
    a_follow(f"entry:{issue.ref}", rhythm="daily")
    reply(as_(OFFICER), issue)
    until(clock, 20)
    (letter,) = digests()
    assert letter.body.count("Only once") == 1
    assert letter.html.count("<strong>Only once</strong>") == 1


def test_where_nothing_happened_no_digest_comes(clock, as_):
    a_follow(rhythm="daily")
    an_issue(by=NEIGHBOUR, at=IN_BRIDGE)
    until(clock, 20)
    assert digests() == []
    assert db.session.query(Follow).count() == 1
