"""An author looks after what they told: edits it, chooses who sees it, reviews it, withdraws it."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.conftest import (
    CAST,
    CLLR,
    CLLR_NEXT_DOOR,
    MODERATOR,
    NEIGHBOUR,
    NOBODY,
    OFFICER,
    RESIDENT,
    a_note,
    an_asset,
    an_issue,
    as_viewer,
    category,
    person_of,
)
from wardbook.clock import today
from wardbook.db import db, transaction
from wardbook.entries import support
from wardbook.entries.kinds import Basis, State, Topic
from wardbook.entries.models import Entry
from wardbook.events import Did, Event
from wardbook.shared import Level, Standing

OTHERS = [member for member in CAST if member is not RESIDENT]


def now_of(entry: Entry) -> Entry:
    found = db.session.get(Entry, entry.id)
    assert found is not None
    return found


def steps(entry: Entry, did: Did | None = None) -> list[Event]:
    asked = db.session.query(Event).filter_by(thing="entry", thing_id=entry.id).order_by(Event.id)
    return [event for event in asked if did is None or event.did is did]


def page(client: FlaskClient, entry: Entry) -> str:
    return client.get(f"/entries/{entry.ref}").text


# --- editing -----------------------------------------------------------------------------------------------------


def edit(client: FlaskClient, entry: Entry, **changes: str) -> TestResponse:
    told = {"title": entry.title, "words": entry.words, "edition": str(entry.edition)}
    if entry.topic:
        told |= {"topic": entry.topic, "basis": entry.basis or "", "cites": entry.cites or ""}
    return client.post(f"/entries/{entry.ref}/edit", data=told | changes)


def test_an_author_edits_and_the_earlier_wording_is_read_by_those_who_see_the_entry(as_):
    issue = an_issue(words="Wheels cannot cross.")
    assert edit(as_(RESIDENT), issue, words="Wheels and prams cannot cross.").status_code == 302
    seen = page(as_(NOBODY), issue)
    assert "Wheels and prams cannot cross." in seen
    assert re.search(r"Earlier wording.*Wheels cannot cross\.", seen, flags=re.DOTALL)
    assert now_of(issue).edition == 2


def test_the_form_shows_what_is_there(as_):
    note = a_note(words="A crossing was promised.", review_on=date(2031, 5, 1))
    form = as_(CLLR).get(f"/entries/{note.ref}/edit").text
    assert "A crossing was promised.</textarea>" in form
    assert 'value="2031-05-01"' in form
    assert '<option value="promise" selected>' in form
    assert re.search(r'value="seen it myself"[^>]*checked', form)


def test_a_note_says_anew_what_about_how_known_from_where_and_until_when(as_):
    note = a_note()
    day = today() + timedelta(days=30)
    changes = {"topic": "tension", "basis": "a hunch", "cites": "Minute 9", "review_on": day.isoformat()}
    assert edit(as_(CLLR), note, **changes).status_code == 302
    after = now_of(note)
    assert (after.topic, after.basis, after.cites, after.review_on) == (Topic.TENSION, Basis.HUNCH, "Minute 9", day)
    assert edit(as_(CLLR), now_of(note), cites="", review_on="").status_code == 302
    assert (now_of(note).cites, now_of(note).review_on) == (None, None)
    seen = page(as_(OFFICER), note)
    assert "Minute 9" in seen, "the earlier source is on the timeline"


@pytest.mark.parametrize("member", OTHERS, ids=str)
def test_nobody_edits_what_another_told(member, as_):
    issue, note = an_issue(), a_note(by=CLLR, level=Level.PUBLIC)
    assert edit(as_(member), issue, title="Changed").status_code == 403
    if member is not CLLR:
        assert edit(as_(member), note, title="Changed").status_code == 403
    assert {now_of(issue).title, now_of(note).title}.isdisjoint({"Changed"})


def test_a_second_tab_is_told_and_nothing_typed_is_lost(as_):
    issue = an_issue(words="First.")
    client = as_(RESIDENT)
    with transaction():
        first = now_of(issue)
    edit(client, first, words="From the first tab.")
    late = client.post(
        f"/entries/{issue.ref}/edit", data={"title": "T", "words": "From the second tab.", "edition": "1"}
    )
    assert late.status_code == 422
    assert "This was changed since you opened the page" in late.text
    assert "From the first tab." in late.text
    assert "From the second tab.</textarea>" in late.text
    assert now_of(issue).words == "From the first tab."
    edition = re.search(r'name="edition" value="(\d+)"', late.text)[1]
    again = {"title": "T", "words": "From the second tab.", "edition": edition}
    assert client.post(f"/entries/{issue.ref}/edit", data=again).status_code == 302
    assert now_of(issue).words == "From the second tab."


@pytest.mark.parametrize("edition", ["", "x", "²", "-1", "9" * 20, "9" * 5000], ids=lambda edition: edition[:20])
def test_an_edition_that_there_never_was_is_an_old_one(edition, as_):
    issue = an_issue(words="First.")
    late = edit(as_(RESIDENT), issue, words="Other words.", edition=edition)
    assert late.status_code == 422
    assert "This was changed since you opened the page" in late.text
    assert "Other words.</textarea>" in late.text


def test_pressed_twice_it_is_one_edit(as_):
    issue = an_issue()
    answers = [edit(as_(RESIDENT), issue, words="New.", once="one", edition="1").status_code for _ in range(2)]
    assert answers == [302, 302]
    assert (now_of(issue).edition, len(steps(issue, Did.EDITED))) == (2, 1)


def test_saving_what_is_there_already_is_no_step(as_):
    issue = an_issue()
    assert edit(as_(RESIDENT), issue).status_code == 302
    assert steps(issue, Did.EDITED) == []


@pytest.mark.parametrize(("field", "sentence"), [("title", "Say in a few words what it is")])
def test_what_is_missing_is_said_and_what_was_typed_kept(field, sentence, as_):
    refused = edit(as_(RESIDENT), an_issue(), **{field: " ", "words": "Much that was typed."})
    assert refused.status_code == 422
    assert sentence in refused.text
    assert "Much that was typed.</textarea>" in refused.text


def test_a_name_is_shown_and_taken_off_again_and_no_history_keeps_it(as_):
    issue = an_issue()
    client = as_(RESIDENT)
    assert edit(client, issue, name_shown="y").status_code == 302
    assert RESIDENT.name in page(as_(NOBODY), issue)
    assert edit(client, now_of(issue)).status_code == 302
    assert RESIDENT.name not in page(as_(NOBODY), issue)


def test_a_name_that_was_never_given_is_asked_for(as_):
    issue = an_issue()
    with transaction():
        person_of(RESIDENT).name = ""
    refused = edit(as_(RESIDENT), issue, name_shown="y")
    assert refused.status_code == 422
    assert "Enter your name" in refused.text
    assert edit(as_(RESIDENT), issue, name_shown="y", name="Rhian").status_code == 302
    assert "Rhian" in page(as_(NOBODY), issue)


def test_a_councillor_who_edits_an_asset_without_their_name_is_not_named_on_the_timeline(as_):
    asset = an_asset(by=CLLR)
    edit(as_(CLLR), asset, words="Every Tuesday.")
    as_(CLLR).post(f"/entries/{asset.ref}/level", data={"level": "council"})
    as_(CLLR).post(f"/entries/{asset.ref}/level", data={"level": "public"})
    assert CLLR.name not in page(as_(NOBODY), asset)


def test_what_was_said_before_it_was_published_is_kept_nowhere(as_):
    issue = an_issue(words="My neighbour at number 4.", standing=Standing.PENDING, confirmed_at=None)
    assert edit(as_(RESIDENT), issue, words="A neighbour.").status_code == 302
    assert "number 4" not in page(as_(RESIDENT), issue)
    assert steps(issue, Did.EDITED)[0].change == {}


def test_in_a_moderated_category_new_words_wait_for_a_moderator_again(as_):
    issue = an_issue(category=category("About a person"))
    assert edit(as_(RESIDENT), issue, words="Something nobody has read.").status_code == 302
    assert now_of(issue).standing is Standing.PENDING
    assert as_(NOBODY).get(f"/entries/{issue.ref}").status_code == 404
    assert as_(MODERATOR).post(f"/entries/{issue.ref}/pass", data={"edition": issue.edition}).status_code == 302
    assert "Something nobody has read." in page(as_(NOBODY), issue)


@pytest.mark.parametrize("standing", [Standing.HIDDEN, Standing.WITHDRAWN])
def test_what_is_hidden_or_withdrawn_is_not_edited(standing, as_):
    issue = an_issue(standing=standing)
    assert edit(as_(RESIDENT), issue, words="Else.").status_code == 403


def test_a_review_date_may_stay_in_the_past_but_not_be_set_there(as_):
    note = a_note(review_on=date(2020, 1, 1))
    assert edit(as_(CLLR), note, title="New", review_on="2020-01-01").status_code == 302
    assert edit(as_(CLLR), now_of(note), review_on="2020-01-02").status_code == 422


# --- who sees it -------------------------------------------------------------------------------------------------


def to_level(client: FlaskClient, entry: Entry, level: str, **more: str) -> TestResponse:
    return client.post(f"/entries/{entry.ref}/level", data={"level": level} | more)


def test_an_author_narrows_and_widens_and_the_timeline_says_so(as_):
    issue = an_issue()
    client = as_(RESIDENT)
    assert to_level(client, issue, "ward").status_code == 302
    assert as_(NOBODY).get(f"/entries/{issue.ref}").status_code == 404
    assert as_(CLLR).get(f"/entries/{issue.ref}").status_code == 200
    assert to_level(client, issue, "public").status_code == 302
    seen = page(as_(NOBODY), issue)
    assert seen.index("Narrowed to: The ward&#39;s councillors") < seen.index("Widened to: Everyone")


def test_the_form_says_in_words_who_sees_it_now_and_who_would(as_):
    form = as_(RESIDENT).get(f"/entries/{an_issue(level=Level.WARD).ref}/level").text
    assert "Who sees it now:</strong> You and the councillors of the ward it is in." in form
    assert "Everyone: it is shown on this website." in form
    assert "replies, and earlier wording" in form
    assert re.search(r'value="ward"[^>]*checked', form)


@pytest.mark.parametrize("level", ["", "nonsense", "private"])
def test_a_contribution_has_no_other_level(level, as_):
    issue = an_issue()
    assert to_level(as_(RESIDENT), issue, level).status_code == 422
    assert now_of(issue).level is Level.PUBLIC


def test_a_photo_and_a_reply_are_never_seen_wider_than_their_entry(as_):
    issue = an_issue()
    as_(OFFICER).post(f"/entries/{issue.ref}/answer", data={"answer-words": "We will look.", "answer-once": "r"})
    to_level(as_(RESIDENT), issue, "ward")
    assert "We will look." not in as_(NEIGHBOUR).get(f"/entries/{issue.ref}").text


def test_pressed_twice_it_is_one_change(as_):
    issue = an_issue()
    for _ in range(2):
        assert to_level(as_(RESIDENT), issue, "ward", once="one").status_code == 302
    assert len(steps(issue, Did.CHANGED_LEVEL)) == 1


# --- withdrawing -------------------------------------------------------------------------------------------------


def withdraw(client: FlaskClient, entry: Entry, reason: str = "I was wrong.", **more: str) -> TestResponse:
    return client.post(f"/entries/{entry.ref}/withdraw", data={"reason": reason} | more)


def test_what_is_withdrawn_is_seen_by_its_author_and_moderators_with_the_reason(as_):
    issue = an_issue(words="The words.")
    assert withdraw(as_(RESIDENT), issue).status_code == 302
    for member in CAST:
        answer = as_(member).get(f"/entries/{issue.ref}")
        if member in (RESIDENT, MODERATOR):
            assert "The words." in answer.text
            assert "I was wrong." in answer.text
        else:
            assert answer.status_code == 404


def test_who_supports_it_reads_the_reason_and_none_of_its_words(as_):
    issue = an_issue("Its title", words="The words.")
    with transaction():
        support.support(as_viewer(NEIGHBOUR), issue)
    withdraw(as_(RESIDENT), issue)
    answer = as_(NEIGHBOUR).get(f"/entries/{issue.ref}")
    assert answer.status_code == 200
    assert "I was wrong." in answer.text
    assert "Its title" not in answer.text
    assert "The words." not in answer.text
    assert as_(NEIGHBOUR).get(f"/map/frame/entry/{issue.ref}").status_code == 404
    assert as_(NEIGHBOUR).post(f"/entries/{issue.ref}/support/undo").status_code == 404


def test_whose_note_names_it_as_a_source_reads_the_reason(as_):
    issue = an_issue()
    with transaction():
        a_note(by=OFFICER).cites = f"See {issue.ref.lower()} and the minutes"
    withdraw(as_(RESIDENT), issue)
    assert "I was wrong." in page(as_(OFFICER), issue)
    assert as_(CLLR).get(f"/entries/{issue.ref}").status_code == 404


def test_a_stub_is_not_wider_than_its_entry_was(as_):
    issue = an_issue()
    with transaction():
        support.support(as_viewer(NEIGHBOUR), issue)
    to_level(as_(RESIDENT), issue, "ward")
    withdraw(as_(RESIDENT), issue)
    assert as_(NEIGHBOUR).get(f"/entries/{issue.ref}").status_code == 404


@pytest.mark.parametrize("reason", ["", "  ", "x" * 1001])
def test_withdrawing_takes_a_reason(reason, as_):
    issue = an_issue()
    assert withdraw(as_(RESIDENT), issue, reason).status_code == 422
    assert now_of(issue).standing is Standing.PUBLISHED


@pytest.mark.parametrize("member", OTHERS, ids=str)
def test_nobody_withdraws_or_brings_back_what_another_told(member, as_):
    issue, gone = an_issue(), an_issue(standing=Standing.WITHDRAWN, withdrawn_for="Wrong.")
    assert withdraw(as_(member), issue).status_code == 403
    unseen = 403 if member is MODERATOR else 404
    assert as_(member).post(f"/entries/{gone.ref}/bring-back").status_code == unseen


def test_it_is_brought_back_to_where_it_was(as_):
    client = as_(RESIDENT)
    out, waiting = an_issue(), an_issue(standing=Standing.PENDING)
    for entry in (out, waiting):
        withdraw(client, entry)
        assert client.post(f"/entries/{entry.ref}/bring-back").status_code == 302
    assert now_of(out).standing is Standing.PUBLISHED
    assert now_of(waiting).standing is Standing.PENDING, "this is no way round a moderator's reading"
    assert now_of(out).withdrawn_for is None
    assert [event.did for event in steps(out)] == [Did.POSTED, Did.WITHDREW, Did.BROUGHT_BACK]


def test_pressed_twice_it_is_withdrawn_and_brought_back_once(as_):
    issue, client = an_issue(), as_(RESIDENT)
    assert [withdraw(client, issue, once="w").status_code for _ in range(2)] == [302, 302]
    back = [client.post(f"/entries/{issue.ref}/bring-back", data={"once": "b"}).status_code for _ in range(2)]
    assert back == [302, 302]
    assert len(steps(issue)) == 3


# --- reviewing ---------------------------------------------------------------------------------------------------


def review(client: FlaskClient, note: Entry, **told: str) -> TestResponse:
    return client.post(f"/entries/{note.ref}/review", data=told)


def test_a_note_that_still_holds_gets_a_new_day_and_is_due_no_longer(as_):
    note = a_note(review_on=today() - timedelta(days=1))
    desk = as_(CLLR).get("/desk").text
    assert f"/entries/{note.ref}/review" in desk
    day = today() + timedelta(days=200)
    assert review(as_(CLLR), note, holds="yes", review_on=day.isoformat()).status_code == 302
    assert (now_of(note).review_on, now_of(note).state) == (day, State.CURRENT)
    assert f"/entries/{note.ref}/review" not in as_(CLLR).get("/desk").text
    assert "it still holds" in page(as_(OFFICER), note)


def test_a_note_that_no_longer_holds_is_out_of_date_and_can_hold_again(as_):
    note = a_note(review_on=today() - timedelta(days=1))
    assert review(as_(CLLR), note, holds="no", words="The library was built.").status_code == 302
    assert now_of(note).state is State.OUT_OF_DATE
    assert f"/entries/{note.ref}/review" not in as_(CLLR).get("/desk").text
    assert "The library was built." in page(as_(OFFICER), note)
    assert review(as_(CLLR), note, holds="no").status_code == 422
    day = (today() + timedelta(days=9)).isoformat()
    assert review(as_(CLLR), note, holds="yes", review_on=day).status_code == 302
    assert now_of(note).state is State.CURRENT


@pytest.mark.parametrize(
    "told", [{}, {"holds": "perhaps"}, {"holds": "yes", "review_on": ""}, {"holds": "yes", "review_on": "2020-01-01"}]
)
def test_a_review_says_whether_it_holds_and_until_when(told, as_):
    note = a_note()
    assert review(as_(CLLR), note, **told).status_code == 422
    assert steps(note, Did.REVIEWED) == []


@pytest.mark.parametrize("member", [CLLR_NEXT_DOOR, OFFICER], ids=str)
def test_nobody_reviews_another_s_note(member, as_):
    assert review(as_(member), a_note(), holds="no").status_code == 403
