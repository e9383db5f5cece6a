"""What is told waits for a moderator where a rule says why; its author reads that somebody reads it first."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from tests.conftest import (
    ADMINISTRATOR,
    CAST,
    CLLR,
    MODERATOR,
    NEIGHBOUR,
    NOBODY,
    OFFICER,
    RESIDENT,
    a_note,
    an_issue,
    an_offer,
    as_viewer,
    person_of,
)
from tests.moderation.people import fresh, page_of, steps, tells
from wardbook.chosen import Chosen, choose, chosen
from wardbook.clock import today
from wardbook.db import db, transaction
from wardbook.entries import actions, answering, drafting
from wardbook.entries.hearing import closing
from wardbook.entries.kinds import Channel, Lead, State
from wardbook.entries.models import Entry
from wardbook.entries.photographs import photos
from wardbook.events import Did, Event
from wardbook.mail import letters
from wardbook.people.proofs import make_proof
from wardbook.shared import Standing


def council_chooses(**choices: object) -> None:
    with transaction():
        choose(as_viewer(ADMINISTRATOR), Chosen(**choices))


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ("Ring me on 07700 900123.", "telephone number"),
        ("Write to someone@example.org.", "email address"),
        ("I live at 12 Acacia Avenue.", "home address"),
        ("It is AB12 CDE again.", "number plate"),
        ("Mr Jones does it.", "name"),
        ("See https://pills.example.", "link"),
    ],
)
def test_what_may_give_somebody_away_waits_and_says_to_moderators_why(words, reason, as_):
    issue = tells(words)
    assert (issue.standing, issue.held_for) == (Standing.PENDING, [reason])
    for member in CAST:
        status = as_(member).get(f"/entries/{issue.ref}").status_code
        assert status == (200 if member in (RESIDENT, MODERATOR) else 404)
    assert reason in as_(MODERATOR).get(f"/moderation/{issue.ref}").text


def test_what_says_nothing_of_the_kind_is_published_at_once(app):
    issue = tells("Wheels cannot cross. It is by the shop in Acacia Avenue, near BA1 5AW.")
    assert (issue.standing, issue.held_for, issue.risk) == (Standing.PUBLISHED, [], 0)


@pytest.mark.parametrize("channel", [Channel.IMPORT, Channel.DEMO])
def test_what_staff_brought_in_is_not_held(channel, app):
    assert tells("Ring 07700 900123.", channel=channel).held_for == []


def test_a_note_is_not_held(app):
    note = a_note(words="Mr Jones at 12 Acacia Avenue, 07700 900123")
    assert (note.held_for, note.standing) == ([], Standing.PUBLISHED)


def test_titles_and_what_photos_show_are_read_too(app):
    assert tells("", title="Mr Jones again").held_for == ["name"]
    with transaction():
        photo = photos.keep(
            photos.Prepared(b"large", 1, 1), alt="His car, AB12 CDE", draft_id=drafting.start_draft().id
        )
        telling = actions.Telling(
            kind="issue", title="A car", words="", shape=tells("").geometry, level="public", once="photo",
            category=tells("").category,
        )  # fmt: skip
        told = actions.tell(as_viewer(RESIDENT), telling, person_of(RESIDENT), [photo])
    assert told.held_for == ["number plate"]


def test_a_link_to_our_own_site_is_none(app):
    assert tells("The same as http://localhost/entries/WB-7K3QD, I think.").held_for == []


def test_what_the_form_brings_is_a_reason_too(app):
    issue = tells("Wheels cannot cross.", doubts=("sent in a second",))
    assert (issue.standing, issue.held_for) == (Standing.PENDING, ["sent in a second"])


def test_words_that_the_council_lists_are_read_first(as_):
    as_(ADMINISTRATOR).post("/admin/settings", data={"held_words": " Numpty \r\n\r\nclown  shoes\r\nnumpty"})
    assert chosen().held_words == ("Numpty", "clown shoes", "numpty")
    assert tells("What a NÚMPTY.").held_for == ["word on the list"]
    assert tells("Numptyish clownshoes.").held_for == []
    assert "clown shoes\n" in as_(ADMINISTRATOR).get("/admin/settings").text


def test_the_first_that_somebody_tells_is_read_where_the_council_wants_it(app):
    assert tells("Wheels cannot cross.").held_for == []
    council_chooses(hold_first=True)
    assert tells("Wheels cannot cross.", by=NEIGHBOUR).held_for == ["first"]
    assert tells("Wheels cannot cross.").held_for == [], "theirs was published before"
    assert tells("Wheels cannot cross.", by=CLLR).held_for == [], "who works for the council is known"


def test_many_from_one_address_in_an_hour_are_read_first(app):
    found = [tells(f"Wheels cannot cross at {number} places.").held_for for number in range(11)]
    assert found == [[]] * 10 + [["many at once"]]
    assert tells("Wheels cannot cross.", by=NEIGHBOUR).held_for == []


# --- what its author reads ---------------------------------------------------------------------------------------


def test_its_author_is_told_that_somebody_reads_it_first_and_why(as_):
    issue = tells("Ring me on 07700 900123.")
    page = as_(RESIDENT).get(f"/entries/{issue.ref}").text
    (letter,) = letters()
    assert "It waits for a moderator to read it before it is published" in page
    assert letter.subject.startswith(f"{issue.ref} is read by somebody first")
    for said in (page, letter.body, letter.html or ""):
        assert "It waits because it may hold a telephone number." in said
        assert "You can edit it to take that out. Somebody reads it all the same." in said
    assert "It waits because" not in as_(MODERATOR).get(f"/entries/{issue.ref}").text
    assert steps(issue) == ["posted", "held"]


def test_of_the_council_s_words_and_of_doubts_its_author_is_told_no_more_than_that(app):
    council_chooses(held_words=("numpty",))
    tells("What a numpty.", doubts=("A field was filled in that people do not see.",))
    (letter,) = letters()
    assert "It waits because we want to be sure that a person sent it, and because of a word in it." in letter.body
    assert "numpty" not in letter.body and "field" not in letter.body


def test_who_was_not_signed_in_confirms_first_and_then_it_waits(as_, app):
    issue = tells("Ring me on 07700 900123.", signed_in=False)
    assert "Somebody at the council reads it then" in letters()[0].body
    assert "can be hidden, not published" in as_(MODERATOR).get(f"/moderation/{issue.ref}").text
    with transaction():
        link = make_proof(person_of(RESIDENT), "publish", issue.ref).link
    client = as_(NOBODY)
    page = client.post(f"/contribute/confirm/{link}").location
    assert "Somebody at the council reads it before it is published" in client.get(page).text
    assert fresh(issue).standing is Standing.PENDING
    assert letters()[0].subject.startswith(f"{issue.ref} is read by somebody first")


def test_without_a_reason_a_link_publishes(as_):
    issue = tells("Wheels cannot cross.", signed_in=False)
    with transaction():
        link = make_proof(person_of(RESIDENT), "publish", issue.ref).link
    as_(NOBODY).post(f"/contribute/confirm/{link}")
    assert fresh(issue).standing is Standing.PUBLISHED


# --- editing -----------------------------------------------------------------------------------------------------


def edits(client, entry: Entry, words: str, title: str = "No dropped kerb"):
    edition = re.search(r'name="edition" value="(\d+)"', client.get(f"/entries/{entry.ref}/edit").text)[1]
    return client.post(f"/entries/{entry.ref}/edit", data={"edition": edition, "title": title, "words": words})


def test_what_is_edited_waits_for_what_is_new_in_it_and_no_longer_shows(as_):
    issue = tells("Wheels cannot cross.")
    edits(as_(RESIDENT), issue, "Wheels cannot cross. Ring 07700 900123.")
    assert (fresh(issue).standing, issue.held_for) == (Standing.PENDING, ["telephone number"])
    assert as_(NOBODY).get(f"/entries/{issue.ref}").status_code == 404


def test_what_a_moderator_has_passed_is_not_held_again_for_the_same(as_):
    issue = tells("Mr Jones, the warden, knows it.")
    client = as_(MODERATOR)
    client.post(f"/entries/{issue.ref}/pass", data=page_of(client, issue))
    assert fresh(issue).standing is Standing.PUBLISHED
    edits(as_(RESIDENT), issue, "Mr Jones, the warden, knows it well.")
    assert fresh(issue).standing is Standing.PUBLISHED
    edits(as_(RESIDENT), issue, "Mr Jones and Mrs Lee know it well.")
    assert fresh(issue).standing is Standing.PENDING


def test_what_waits_goes_on_waiting_when_it_is_edited_and_says_for_what_now(as_):
    issue = tells("Ring 07700 900123.")
    edits(as_(RESIDENT), issue, "See www.pills.example.")
    assert (fresh(issue).standing, issue.held_for) == (Standing.PENDING, ["link"])
    edits(as_(RESIDENT), issue, "Nothing of the kind.")
    assert (fresh(issue).standing, issue.held_for) == (Standing.PENDING, ["link"]), "a moderator reads it all the same"
    assert "It waits because" not in as_(RESIDENT).get(f"/entries/{issue.ref}").text, "it holds none any more"


def test_nobody_reads_of_a_published_entry_why_it_was_held(as_):
    issue = an_issue(held_for=["telephone number"])
    for member in (NOBODY, NEIGHBOUR, RESIDENT):
        for road in (f"/entries/{issue.ref}", f"/entries/{issue.ref}.atom", "/map.json", "/map.csv"):
            assert "telephone number" not in as_(member).get(road).text


# --- what is shown at once ---------------------------------------------------------------------------------------


def _banned():
    with transaction():
        person_of(RESIDENT).banned_until = today() + timedelta(days=3)


def _name(client, words, first=lambda: None):
    first()
    return client.post("/me/name", data={"name": words, "shown": "leave"}), None


def _step(client, words, first=lambda: None):
    issue = an_issue(lead=Lead.RESIDENTS)
    first()
    return client.post(f"/entries/{issue.ref}/steps", data={"sort": "done", "words": words}), issue


def _state(client, words, first=lambda: None):
    offer = an_offer()
    sent = {"answer-state": "taken up", "answer-words": words, "answer-once": "s"}
    first()
    return client.post(f"/entries/{offer.ref}/answer", data=sent), offer


def _reason(client, words, first=lambda: None):
    issue = an_issue()
    first()
    return client.post(f"/entries/{issue.ref}/withdraw", data={"reason": words}), issue


def _not_right(client, words, first=lambda: None):
    issue = an_issue()
    with transaction():
        found = db.session.get(Entry, issue.id)
        answering.change_state(as_viewer(OFFICER), found, State.FIXED, words="Done.", once="c")
        closed = db.session.query(Event).filter_by(thing_id=issue.id, did=Did.CHANGED_STATE).one()
        asked = closing.Asked(entry_id=issue.id, told_id=issue.id, event_id=closed.id, asked_at=closed.at)
        db.session.add(asked)
        db.session.flush()
        address = closing._addresses(asked.id)[0][1].partition("?")[0].removeprefix("http://localhost")
    first()
    return client.post(address, data={"answer": "no", "words": words}), issue


ROADS = {"name": _name, "step": _step, "state": _state, "reason": _reason, "not put right": _not_right}


@pytest.mark.parametrize("road", ROADS)
@pytest.mark.parametrize(
    ("words", "like"),
    [
        ("Ring Jo on 07700 900123", "a telephone number"),
        ("jo@example.org or www.example.org/jo", "an email address or a link"),
        ("Blighter", "a word on the council’s list"),
    ],
)
def test_words_that_would_wait_are_refused_where_they_are_shown_at_once(road, words, like, as_):
    council_chooses(held_words=("blighter",))
    answer, entry = ROADS[road](as_(RESIDENT), words)
    assert answer.status_code == 422
    assert f"Take out what looks like {like}. This is shown at once: nobody reads it first." in answer.text
    assert words in answer.text, "what was typed is still there"
    assert entry is None or words not in as_(NOBODY).get(f"/entries/{entry.ref}").text
    assert person_of(RESIDENT).name == RESIDENT.name


@pytest.mark.parametrize("road", ROADS)
def test_a_ban_closes_every_road_on_which_words_are_shown_at_once(road, as_):
    answer, entry = ROADS[road](as_(RESIDENT), "Shame on you all", _banned)
    assert answer.status_code == 403
    assert "stopped you from contributing until the end of" in answer.text
    assert entry is None or "Shame on you all" not in as_(NOBODY).get(f"/entries/{entry.ref}").text
    assert person_of(RESIDENT).name == RESIDENT.name


@pytest.mark.parametrize(
    ("road", "says"), [("reason", "withdrawn"), ("not put right", "Its author says it is not put")]
)
def test_a_ban_leaves_what_needs_no_words(road, says, as_):
    again = an_issue()
    answer, issue = ROADS[road](as_(RESIDENT), "", _banned)
    assert answer.status_code == 302
    assert says in as_(RESIDENT).get(f"/entries/{issue.ref}").text
    if road == "reason":
        page = as_(RESIDENT).get(f"/entries/{again.ref}/withdraw").text
        assert "so you cannot give a reason" in page and "Why do you withdraw it?" not in page


def test_a_name_may_follow_a_title_and_staff_are_not_asked(as_):
    assert _name(as_(RESIDENT), "Dr Robin Lee")[0].status_code == 302
    assert person_of(RESIDENT).name == "Dr Robin Lee"
    issue = an_issue()
    sent = {"answer-state": "fixed", "answer-words": "Ring us on 01225 477000.", "answer-once": "s"}
    assert as_(OFFICER).post(f"/entries/{issue.ref}/answer", data=sent).status_code == 302
