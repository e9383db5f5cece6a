"""People follow places and entries, with an account or without one, and stop in one press."""

from __future__ import annotations

import re
import secrets
from datetime import timedelta

import pytest
import time_machine
from flask.testing import FlaskClient

from tests import conftest
from tests.conftest import (
    BRIDGE,
    CAST,
    CLLR,
    MILL,
    NEIGHBOUR,
    NOBODY,
    OFFICER,
    RESIDENT,
    Member,
    a_note,
    an_issue,
    as_viewer,
    person_of,
)
from wardbook.db import db, now, transaction
from wardbook.follows.actions import MOST_FOLLOWS
from wardbook.follows.keys import stops, stops_digest
from wardbook.follows.models import Follow, FollowedWard, Rhythm
from wardbook.mail import letters
from wardbook.people.queries import person_by_email
from wardbook.places.actions import keep_shape
from wardbook.shared import Level

NEW_HERE = "new.here@example.org"


def follow(client: FlaskClient, thing: str, rhythm: str = "daily", **more: str):
    return client.post("/follows/new", data={"thing": thing, "rhythm": rhythm, **more})


def followed(member: Member | str = RESIDENT) -> dict[str, str]:
    """What somebody follows now, and how often."""
    person = person_by_email(member if isinstance(member, str) else member.email)
    rows = db.session.query(Follow).filter_by(person_id=person.id, ended_at=None)
    return {row.words: str(row.rhythm) for row in rows}


def link_in_letter() -> str:
    return re.search(r"http://localhost(/follows/confirm/\S+)", letters()[0].body)[1]


# --- signed in ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", [f"/wards/{MILL}", f"/places/ward:{MILL}", "/places/postcode:ZZ1%201AA+300m"])
def test_a_place_is_followed_from_its_page_in_one_press(page, as_):
    client = as_(RESIDENT)
    form = re.search(r'<form id="follow".*?</form>', client.get(page).text, re.DOTALL)[0]
    fields = dict(re.findall(r'name="(thing|rhythm)" value="([^"]*)"', form))
    answer = client.get(client.post("/follows/new", data=fields).location)
    assert followed() == {fields["thing"]: "weekly"}
    assert "You follow ‘Mill’. We write to you: once a week" in answer.text or "Within 300" in answer.text
    again = client.get(page).text
    assert "You follow this" in again
    assert '<form id="follow"' not in again


def test_an_entry_is_followed_from_its_page_in_one_press(as_):
    issue = an_issue(by=NEIGHBOUR)
    page = as_(RESIDENT).get(f"/entries/{issue.ref}").text
    assert f'name="thing" value="entry:{issue.ref}"' in page
    assert follow(as_(RESIDENT), f"entry:{issue.ref}", "at once").location == f"/entries/{issue.ref}"
    assert followed() == {f"entry:{issue.ref}": "at once"}
    assert "You follow this" in as_(RESIDENT).get(f"/entries/{issue.ref}").text


def test_an_author_is_not_asked_to_follow_what_they_hear_of_anyway(as_):
    issue = an_issue()
    assert "/follows" not in as_(RESIDENT).get(f"/entries/{issue.ref}").text


def test_pressed_twice_it_is_one_follow_in_the_rhythm_asked_for_last(as_):
    client = as_(RESIDENT)
    for rhythm in ("daily", "daily", "weekly"):
        assert follow(client, f"ward:{MILL}", rhythm).status_code == 302
    assert db.session.query(Follow).count() == 1
    assert followed() == {f"ward:{MILL}": "weekly"}


def test_a_place_has_one_spelling_to_follow(as_):
    client = as_(RESIDENT)
    for words in ("postcode:zz1 1aa", "postcode:ZZ11AA+400m", " POSTCODE:ZZ1 1AA+400 m"):
        follow(client, words)
    assert followed() == {"postcode:ZZ1 1AA+400m": "daily"}


@pytest.mark.parametrize("thing", ["", "nonsense", "entry:", "entry:WB-22222", "ward:T09999999", "shape:0123", "%00"])
def test_what_is_not_there_cannot_be_followed(thing, as_):
    for member in (NOBODY, RESIDENT):
        assert as_(member).get("/follows/new", query_string={"thing": thing}).status_code == 404
        assert follow(as_(member), thing, email=NEW_HERE).status_code == 404
    assert db.session.query(Follow).count() == 0


def test_what_may_not_be_seen_cannot_be_followed(as_):
    note = a_note(by=CLLR, level=Level.WARD)
    words = f"entry:{note.ref}"
    assert follow(as_(NEIGHBOUR), words).status_code == 404
    assert follow(as_(NOBODY), words, email=CLLR.email).status_code == 404
    assert follow(as_(OFFICER), words).status_code == 404
    assert follow(as_(CLLR), words).status_code == 302


def test_a_drawn_place_is_followed_by_its_maker_alone(app, as_):
    with transaction():
        site = keep_shape(as_viewer(OFFICER), conftest.square(0.2, 0.2, 300), label="The mill site")
    assert follow(as_(OFFICER), f"shape:{site.key}").status_code == 302
    assert follow(as_(RESIDENT), f"shape:{site.key}").status_code == 404


def test_a_rhythm_that_is_none_is_refused(as_):
    answer = follow(as_(RESIDENT), f"ward:{MILL}", "hourly")
    assert (answer.status_code, followed()) == (422, {})


def test_who_follows_a_ward_is_found_by_its_code(as_):
    follow(as_(RESIDENT), f"ward:{MILL}")
    follow(as_(NEIGHBOUR), f"wards:{BRIDGE},{MILL}")
    follow(as_(CLLR), "postcode:ZZ1 1AA")
    rows = db.session.query(Follow).join(FollowedWard).filter(FollowedWard.code == MILL)
    assert {row.person.email for row in rows} == {RESIDENT.email, NEIGHBOUR.email}


def test_somebody_follows_so_many_things_and_no_more(as_):
    client = as_(RESIDENT)
    with transaction():
        for number in range(MOST_FOLLOWS):
            place = f"point:-2.3,51.3+{number + 1}m"
            row = Follow(person_id=person_of(RESIDENT).id, place=place, rhythm=Rhythm.DAILY, begun_at=now())
            db.session.add(row)
    answer = follow(client, f"ward:{MILL}")
    assert answer.status_code == 422
    assert "You follow 100 things already." in answer.text
    assert follow(client, "point:-2.3,51.3+5m").status_code in (302, 404)


# --- without an account ------------------------------------------------------------------------------------------


def test_somebody_without_an_account_follows_by_a_link_in_an_email(as_):
    client = as_(NOBODY)
    assert client.get(f"/wards/{MILL}").text.count(f"/follows/new?thing=ward:{MILL}") == 1
    assert follow(client, f"ward:{MILL}", "daily", email=NEW_HERE).location == "/follows/sent"
    (letter,) = letters()
    assert (letter.to, letter.subject) == (NEW_HERE, "Confirm that you follow Mill")
    assert db.session.query(Follow).count() == 0
    assert as_(NOBODY).post(link_in_letter()).location == "/follows"
    assert followed(NEW_HERE) == {f"ward:{MILL}": "daily"}
    assert person_by_email(NEW_HERE).confirmed_at is not None


def test_a_mail_scanner_that_opens_every_link_changes_nothing(as_):
    follow(as_(NOBODY), f"ward:{MILL}", email=NEW_HERE)
    scanner = as_(NOBODY)
    for address in re.findall(r'http://localhost(/[^\s"<]*)', letters()[0].body + letters()[0].html):
        for _ in range(2):
            assert scanner.get(address).status_code == 200
            scanner.head(address)
    assert db.session.query(Follow).count() == 0
    assert person_by_email(NEW_HERE).confirmed_at is None
    assert as_(NOBODY).post(link_in_letter()).status_code == 302


def test_the_button_behind_the_link_pressed_twice_is_one_follow(as_):
    follow(as_(NOBODY), f"ward:{MILL}", email=NEW_HERE)
    assert as_(NOBODY).post(link_in_letter()).status_code == 302
    again = as_(NOBODY).post(link_in_letter())
    assert (again.status_code, "This link has been used" in again.text) == (422, True)
    assert db.session.query(Follow).count() == 1


def test_a_stranger_cannot_change_what_somebody_follows(as_):
    follow(as_(RESIDENT), f"ward:{MILL}", "weekly")
    follow(as_(NOBODY), f"ward:{MILL}", "at once", email=RESIDENT.email)
    assert followed() == {f"ward:{MILL}": "weekly"}


def test_asking_says_nothing_of_whether_an_address_is_known(as_):
    follow(as_(RESIDENT), f"ward:{MILL}")
    answers = [follow(as_(NOBODY), f"ward:{MILL}", email=email) for email in (RESIDENT.email, NEW_HERE)]
    assert len({(answer.status_code, answer.location) for answer in answers}) == 1


@pytest.mark.parametrize("email", ["", "nonsense", "a@", "x" * 250 + "@example.org"])
def test_what_is_no_address_is_refused_and_kept(email, as_):
    answer = follow(as_(NOBODY), f"ward:{MILL}", "daily", email=email)
    assert answer.status_code == 422
    assert letters() == []
    assert re.search(r'value="daily"[^>]*checked', answer.text)


def test_one_address_is_mailed_five_times_an_hour_and_no_more(as_):
    client = as_(NOBODY)
    codes = [follow(client, f"postcode:ZZ1 1AA+{metres}m", email=NEW_HERE).status_code for metres in range(100, 106)]
    assert codes == [302] * 5 + [422]
    assert len(letters()) == 5


def test_the_form_sent_thrice_in_a_moment_mails_one_letter(as_):
    client = as_(NOBODY)
    assert [follow(client, f"ward:{MILL}", email=NEW_HERE).location for _ in range(3)] == ["/follows/sent"] * 3
    assert len(letters()) == 1
    with time_machine.travel(now() + timedelta(minutes=3), tick=False):
        follow(client, f"ward:{MILL}", email=NEW_HERE)
    assert len(letters()) == 2


def test_a_link_works_for_a_day(as_):
    with time_machine.travel("2026-03-01 12:00", tick=False):
        follow(as_(NOBODY), f"ward:{MILL}", email=NEW_HERE)
    with time_machine.travel("2026-03-02 12:00:01", tick=False):
        answer = as_(NOBODY).post(link_in_letter())
    assert (answer.status_code, "This link has ended." in answer.text) == (422, True)
    assert db.session.query(Follow).count() == 0


def test_a_link_to_what_has_gone_says_so_and_does_nothing(as_):
    issue = an_issue()
    follow(as_(NOBODY), f"entry:{issue.ref}", email=NEW_HERE)
    with transaction():
        issue.level = Level.WARD
    for answer in (as_(NOBODY).get(link_in_letter()), as_(NOBODY).post(link_in_letter())):
        assert answer.status_code == 200
        assert "no longer there to follow" in answer.text
        assert issue.title not in answer.text
    assert db.session.query(Follow).count() == 0


def test_a_link_for_one_purpose_serves_no_other(as_):
    follow(as_(NOBODY), f"ward:{MILL}", email=NEW_HERE)
    link = link_in_letter().rsplit("/")[-1]
    assert as_(NOBODY).post(f"/sign-in/link/{link}").status_code == 404
    assert as_(NOBODY).post(f"/contribute/confirm/{link}").status_code == 404
    as_(NOBODY).post("/sign-in", data={"email": NEW_HERE})
    other = re.search(r"/sign-in/link/(\S+)", letters()[0].body)[1]
    assert as_(NOBODY).post(f"/follows/confirm/{other}").status_code == 404


def test_a_place_with_very_many_points_is_refused_in_words(as_):
    corners = ";".join(f"-2.3{number:03},51.38" for number in range(100))
    answer = follow(as_(NOBODY), f"street:{corners}", email=NEW_HERE)
    assert (answer.status_code, "too many points to follow" in answer.text) == (422, True)


# --- stopping ----------------------------------------------------------------------------------------------------


def a_follow(thing: str = f"ward:{MILL}", rhythm: str = "at once", by: Member = RESIDENT) -> Follow:
    from wardbook.follows.actions import begin
    from wardbook.follows.things import thing_from_words

    with transaction():
        viewer = as_viewer(by)
        return begin(viewer, thing_from_words(thing, viewer), Rhythm(rhythm))


def test_who_follows_what_is_withdrawn_reads_why_and_not_what_it_said(as_):
    issue = an_issue("The kerb", words="It is too high.")
    a_follow(f"entry:{issue.ref}", by=NEIGHBOUR)
    data = {"reason": "It was another street.", "once": "w"}
    assert as_(RESIDENT).post(f"/entries/{issue.ref}/withdraw", data=data).status_code == 302
    page = as_(NEIGHBOUR).get(f"/entries/{issue.ref}")
    assert page.status_code == 200
    assert "It was another street." in page.text
    assert "too high" not in page.text


def path_of(address: str) -> str:
    return address.removeprefix("http://localhost")


def test_the_address_in_a_letter_shows_a_page_and_its_button_stops(as_):
    path = path_of(stops(a_follow()))
    client = as_(NOBODY)
    for _ in range(2):
        page = client.get(path)
        assert (page.status_code, "Stop these emails?" in page.text, "Mill" in page.text) == (200, True, True)
    assert followed() == {f"ward:{MILL}": "at once"}
    for _ in range(2):
        answer = client.post(path)
        assert (answer.status_code, "You get no more of these emails" in answer.text) == (200, True)
    assert followed() == {}


def test_a_mail_program_stops_it_with_a_bare_post(home):
    app = conftest.application(home)
    app.config["WTF_CSRF_ENABLED"] = True
    with app.app_context():
        path = path_of(stops(a_follow()))
        client = app.test_client(use_cookies=False)
        form = {"List-Unsubscribe": "One-Click"}
        assert client.post(path, data=form, headers={"User-Agent": "mail"}).status_code == 200
        assert followed() == {}
        assert client.post("/follows/stop").status_code == 400, "other forms still ask for their token"
        db.session.remove()
        db.engine.dispose()


def test_the_address_in_a_digest_stops_everything_of_its_rhythm(as_):
    for thing, rhythm in ((f"ward:{MILL}", "daily"), (f"ward:{BRIDGE}", "daily"), ("postcode:ZZ1 1AA", "weekly")):
        a_follow(thing, rhythm)
    as_(NOBODY).post(path_of(stops_digest(person_of(RESIDENT).id, Rhythm.DAILY)))
    assert followed() == {"postcode:ZZ1 1AA+400m": "weekly"}


@pytest.mark.parametrize("change", [lambda key: key + "x", lambda key: "guessed", lambda key: key[1:], str.swapcase])
def test_an_address_that_we_did_not_sign_stops_nothing(change, as_):
    key = stops(a_follow()).rsplit("/")[-1]
    assert as_(NOBODY).post(f"/follows/stop/{change(key)}").status_code == 404
    assert followed() == {f"ward:{MILL}": "at once"}


def test_whoever_holds_the_address_reads_no_more_than_they_may_see(as_):
    note = a_note("zzsecret")
    path = path_of(stops(a_follow(f"entry:{note.ref}", by=CLLR)))
    page = as_(NOBODY).get(path).text
    assert "zzsecret" not in page
    assert note.ref not in page
    assert "something that is not shown to everyone" in page
    assert CLLR.email not in page
    assert "zzsecret" in as_(CLLR).get(path).text


def test_what_was_stopped_can_be_followed_again_and_the_old_address_stops_that_too(as_):
    path = path_of(stops(a_follow()))
    as_(NOBODY).post(path)
    follow(as_(RESIDENT), f"ward:{MILL}", "weekly")
    assert followed() == {f"ward:{MILL}": "weekly"}
    as_(NOBODY).post(path)
    assert followed() == {}


# --- all of mine -------------------------------------------------------------------------------------------------


def test_somebody_sees_all_they_follow_and_changes_and_stops_each(as_):
    first, second = a_follow(), a_follow("postcode:ZZ1 1AA", "weekly")
    client = as_(RESIDENT)
    page = client.get("/follows").text
    assert "Mill" in page
    assert "Within 400 m of ZZ1 1AA" in page
    client.post(f"/follows/{first.id}/rhythm", data={f"f{first.id}-rhythm": "daily"})
    assert followed() == {f"ward:{MILL}": "daily", "postcode:ZZ1 1AA+400m": "weekly"}
    for _ in range(2):
        assert client.post(f"/follows/{second.id}/stop").status_code == 302
    assert followed() == {f"ward:{MILL}": "daily"}


def test_somebody_stops_everything_in_one_press(as_):
    a_follow()
    a_follow("postcode:ZZ1 1AA")
    a_follow(by=NEIGHBOUR)
    client = as_(RESIDENT)
    page = client.get(client.post("/follows/stop").location).text
    assert "You follow nothing yet." in page
    assert (followed(), followed(NEIGHBOUR)) == ({}, {f"ward:{MILL}": "at once"})


@pytest.mark.parametrize("member", [member for member in CAST if member is not RESIDENT], ids=str)
def test_nobody_sees_or_changes_what_another_follows(member, as_):
    mine = a_follow()
    client = as_(member)
    for act in ("rhythm", "stop"):
        assert client.post(f"/follows/{mine.id}/{act}", data={f"f{mine.id}-rhythm": "weekly"}).status_code == 404
    client.post("/follows/stop")
    assert followed() == {f"ward:{MILL}": "at once"}
    assert ">Mill</a>" not in client.get("/follows").text


def test_what_is_followed_and_can_be_seen_no_more_is_listed_kindly_and_can_be_stopped(as_):
    note = a_note("zzsecret", by=OFFICER)
    mine = a_follow(f"entry:{note.ref}", by=CLLR)
    with transaction():
        note.level = Level.PRIVATE
    page = as_(CLLR).get("/follows").text
    assert "Something that you can no longer see" in page
    assert "zzsecret" not in page
    assert note.ref not in page
    as_(CLLR).post(f"/follows/{mine.id}/stop")
    assert followed(CLLR) == {}


def test_a_place_that_is_no_more_is_listed_kindly(app, as_):
    with transaction():
        db.session.add(
            Follow(person_id=person_of(RESIDENT).id, place="ward:T09999999", rhythm=Rhythm.DAILY, begun_at=now())
        )
    assert "Something that you can no longer see" in as_(RESIDENT).get("/follows").text


def test_a_visitor_is_asked_to_sign_in_and_led_back(as_):
    assert as_(NOBODY).get("/follows").location == "/sign-in?next=/follows"


def test_two_presses_at_once_are_one_follow(app):
    from threading import Barrier, Thread

    barrier, failed = Barrier(4), []

    def press() -> None:
        with app.app_context():
            barrier.wait()
            try:
                a_follow(f"wards:{MILL},{BRIDGE}", "daily")
            except Exception as error:
                failed.append(error)
            db.session.remove()

    presses = [Thread(target=press, name=secrets.token_hex(2)) for _ in range(4)]
    for one in presses:
        one.start()
    for one in presses:
        one.join()
    assert failed == []
    assert db.session.query(Follow).count() == 1
    assert db.session.query(FollowedWard).count() == 2


def test_a_link_pressed_while_somebody_else_is_signed_in_leaves_them_signed_in(as_):
    somebody = {"thing": f"ward:{MILL}", "rhythm": "daily", "email": "follower@example.org"}
    as_(NOBODY).post("/follows/new", data=somebody)
    client = as_(RESIDENT)
    answer = client.post(link_in_letter())
    page = client.get(answer.location).text
    assert f"You are still signed in as {RESIDENT.name}" in page
    assert RESIDENT.email in client.get("/me").text
    (follow,) = db.session.query(Follow)
    assert follow.person.email == "follower@example.org"


def test_a_stop_link_of_somebody_who_is_erased_ends_nobody_else_s(as_):
    a_follow(f"ward:{MILL}")
    old = stops(db.session.query(Follow).one()).removeprefix("http://localhost")
    client = as_(RESIDENT)
    with client.session_transaction() as session:
        session["since"] = now().timestamp()
    client.post("/me/erase", data={"choice": "everything"})
    a_follow(f"ward:{MILL}", by=NEIGHBOUR)
    as_(NOBODY).post(old)
    assert followed(NEIGHBOUR) == {f"ward:{MILL}": "at once"}
