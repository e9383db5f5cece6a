"""What a moderator does about an entry: its author hears what and why, and nobody's decision is overtaken unseen."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from tests.conftest import (
    BRIDGE,
    CAST,
    IN_BRIDGE,
    MODERATOR,
    NEIGHBOUR,
    NOBODY,
    OFFICER,
    RESIDENT,
    a_note,
    an_issue,
    as_viewer,
    category,
    person_of,
    spot,
)
from tests.follows.test_following import a_follow
from tests.moderation.people import another_moderator, does, fresh, page_of, steps, tells
from wardbook.briefs import freezing
from wardbook.db import db, now, transaction
from wardbook.entries import life
from wardbook.entries.models import Category, Entry
from wardbook.entries.photographs import photos
from wardbook.follows.actions import begin
from wardbook.follows.models import Follow, Rhythm
from wardbook.follows.things import thing_from_words
from wardbook.jobs import do_what_is_due
from wardbook.mail import letters
from wardbook.moderation import queries
from wardbook.moderation.models import Looking
from wardbook.places.words import place_from_words
from wardbook.shared import Level, Standing

WHY = "It is better so, for a reason."


def last_letter() -> str:
    (letter, *_) = letters()
    assert letter.to == RESIDENT.email
    assert "Subject:" not in letter.body
    return f"{letter.subject}\n{letter.body}\n{letter.html}"


# --- publish, leave, hide, ask to edit ---------------------------------------------------------------------------


def test_what_was_held_is_published_and_its_author_told(as_):
    issue = tells("Ring 07700 900123.")
    assert does(as_(MODERATOR), issue, "pass").status_code == 302
    assert as_(NOBODY).get(f"/entries/{issue.ref}").status_code == 200
    assert "is published" in last_letter()


def test_what_is_read_and_left_is_recorded_and_its_author_told(as_):
    issue = an_issue()
    assert does(as_(MODERATOR), issue, "leave").status_code == 302
    assert (fresh(issue).standing, steps(issue)[-1]) == (Standing.PUBLISHED, "left as it is")
    assert "Read by a moderator, who left it as it is" in as_(NOBODY).get(f"/entries/{issue.ref}").text
    assert "stays as it is" in last_letter()


def test_what_is_hidden_and_shown_again_is_told_each_time(as_):
    issue = an_issue()
    does(as_(MODERATOR), issue, "hide", reason=WHY)
    assert WHY in last_letter()
    does(as_(MODERATOR), issue, "restore")
    assert "is shown again" in last_letter()


@pytest.mark.parametrize(
    ("asked", "next_"),
    [(False, "Somebody reads it before it is published"), (True, "Open its page and choose ‘Edit it’")],
)
def test_what_waited_when_it_was_hidden_is_said_to_wait_again(asked, next_, as_):
    issue = an_issue(standing=Standing.PUBLISHED if asked else Standing.PENDING)
    if asked:
        does(as_(MODERATOR), issue, "ask-to-edit", reason="Leave the name out.")
    does(as_(MODERATOR), issue, "hide", reason=WHY)
    does(as_(MODERATOR), issue, "restore")
    assert fresh(issue).standing is Standing.PENDING
    assert "waits again" in last_letter() and next_ in last_letter() and "shown again" not in last_letter()
    page = as_(RESIDENT).get(f"/entries/{issue.ref}").text
    assert "No longer hidden: it waits again to be read" in page and "Shown again" not in page


def test_who_is_asked_to_edit_reads_what_to_change_and_then_a_moderator_reads_it_again(as_):
    issue = an_issue()
    assert does(as_(MODERATOR), issue, "ask-to-edit", reason="Leave the name out.").status_code == 302
    assert "Leave the name out." in last_letter()
    for member in CAST:
        answer = as_(member).get(f"/entries/{issue.ref}")
        assert answer.status_code == (200 if member in (RESIDENT, MODERATOR) else 404)
    page = as_(RESIDENT).get(f"/entries/{issue.ref}").text
    assert "Leave the name out." in page and "Edit it now" in page
    assert queries.counts(as_viewer(MODERATOR))[queries.Waits.EDIT] == 1
    data = {"edition": "1", "title": "No dropped kerb", "words": "Wheels cannot get across."}
    assert as_(RESIDENT).post(f"/entries/{issue.ref}/edit", data=data).status_code == 302
    assert (fresh(issue).held_for, issue.standing) == (["edited as asked"], Standing.PENDING)
    assert "Thank you for editing what you told us. Your edit has come:" in last_letter()
    assert "Its author has edited it, as they were asked to" in as_(MODERATOR).get("/moderation?show=held").text
    does(as_(MODERATOR), issue, "pass")
    page = as_(NOBODY).get(f"/entries/{issue.ref}").text
    assert "get across" in page and "Leave the name out." not in page


@pytest.mark.parametrize("deed", ["hide", "ask-to-edit", "redact", "move"])
def test_a_decision_takes_a_reason(deed, as_):
    issue = an_issue()
    answer = does(as_(MODERATOR), issue, deed, pieces="Wheels", where="ZZ1 1AA")
    assert (answer.status_code, steps(issue)) == (422, ["posted"])


@pytest.mark.parametrize("member", [member for member in CAST if member is not MODERATOR], ids=str)
def test_nobody_else_decides(member, as_):
    issue = an_issue(by=NEIGHBOUR)
    client = as_(member)
    for deed in ("leave", "ask-to-edit", "redact", "move", "split", "looking", "ban-author", "lift-ban"):
        assert client.post(f"/entries/{issue.ref}/{deed}").status_code == 403, deed
    assert client.get(f"/moderation/{issue.ref}").status_code == 403
    assert steps(issue) == ["posted"]


def test_what_is_private_is_no_moderators_business(as_):
    note = a_note(by=OFFICER, level=Level.PRIVATE)
    client = as_(MODERATOR)
    assert client.get(f"/moderation/{note.ref}").status_code == 404
    for deed in ("leave", "redact", "looking", "ban-author"):
        assert client.post(f"/entries/{note.ref}/{deed}").status_code == 404


def test_a_note_is_not_edited_moved_or_split_for_its_writer(as_):
    note = a_note(by=OFFICER, level=Level.PUBLIC)
    for deed in ("ask-to-edit", "move", "split"):
        assert as_(MODERATOR).post(f"/entries/{note.ref}/{deed}").status_code == 403


def test_pressed_twice_it_is_one_step_and_one_letter(as_):
    issue = an_issue()
    client = as_(MODERATOR)
    read = page_of(client, issue)
    for _ in range(2):
        assert does(client, issue, "leave", read).status_code == 302
    assert steps(issue) == ["posted", "left as it is"]
    assert ", a moderator" in as_(RESIDENT).get(f"/entries/{issue.ref}").text
    assert len(letters()) == 1


# --- one's own, and two at once ----------------------------------------------------------------------------------


def test_nobody_decides_about_their_own_where_there_is_another_moderator(as_):
    issue = an_issue(by=MODERATOR)
    assert does(as_(MODERATOR), issue, "leave").status_code == 302, "there is nobody else"
    second = another_moderator()
    assert as_(MODERATOR).post(f"/entries/{issue.ref}/hide", data={"hide-reason": WHY}).status_code == 403
    assert "Another moderator decides about it" in as_(MODERATOR).get(f"/moderation/{issue.ref}").text
    assert does(as_(second), issue, "hide", reason=WHY).status_code == 302


@pytest.mark.parametrize("deed", ["pass", "hide", "ask-to-edit", "redact"])
def test_who_comes_second_reads_who_did_what_meanwhile_and_keeps_what_they_typed(deed, as_):
    second = another_moderator()
    issue = tells("Ring 07700 900123.")
    mine = as_(second)
    read = page_of(mine, issue)
    does(as_(MODERATOR), issue, "hide", reason="It is an advert.")
    answer = does(mine, issue, deed, read, reason="My long considered reason.", pieces="07700 900123")
    assert answer.status_code == 422
    assert "Mair Moderator hid it on" in answer.text
    assert "What you typed is still here" in answer.text
    assert deed == "pass" or "My long considered reason." in answer.text
    assert fresh(issue).hidden_for == "It is an advert."


def test_what_its_author_edits_meanwhile_is_read_first(as_):
    issue = an_issue()
    read = page_of(as_(MODERATOR), issue)
    with transaction():
        life.edit(as_viewer(RESIDENT), fresh(issue), life.Wording("Other", "Other words."), edition=1, once="an edit")
    answer = does(as_(MODERATOR), issue, "leave", read)
    assert answer.status_code == 422
    assert "Its author edited it on" in answer.text


def test_what_happens_beside_the_words_overtakes_nobody(as_):
    issue = an_issue()
    read = page_of(as_(MODERATOR), issue)
    as_(OFFICER).post(f"/entries/{issue.ref}/answer", data={"answer-words": "We look at it.", "answer-state": ""})
    assert does(as_(MODERATOR), issue, "leave", read).status_code == 302


def test_others_are_shown_for_a_quarter_of_an_hour_who_is_looking(as_):
    second, issue = another_moderator(), tells("Ring 07700 900123.")
    assert as_(MODERATOR).post(f"/entries/{issue.ref}/looking").status_code == 302
    said = "Mair Moderator has been looking at this since"
    assert said in as_(second).get(f"/moderation/{issue.ref}").text
    assert said in as_(second).get("/moderation").text
    assert said not in as_(MODERATOR).get(f"/moderation/{issue.ref}").text
    with time_machine.travel(now() + timedelta(minutes=16)):
        assert said not in as_(second).get(f"/moderation/{issue.ref}").text
    assert does(as_(second), issue, "pass").status_code == 302, "it keeps nobody from anything"
    assert db.session.query(Looking).count() == 0


# --- words removed -----------------------------------------------------------------------------------------------


def test_words_are_removed_from_what_it_says_and_said_and_from_letters(as_):
    issue = an_issue("Tilda Quist again", words="Ask tilda  quist, or Quistgate.")
    with transaction():
        photos.keep(photos.Prepared(b"large", 1, 1), alt="Tilda Quist", entry_id=issue.id)
        wording = life.Wording("Tilda Quist once more", "Ask Tilda Quist.")
        life.edit(as_viewer(RESIDENT), fresh(issue), wording, edition=1, once="an edit")
    as_(OFFICER).post(f"/entries/{issue.ref}/answer", data={"answer-words": "We asked Tilda Quist."})
    answer = does(as_(MODERATOR), issue, "redact", pieces="Tilda Quist", reason="It names somebody.")
    assert answer.status_code == 302
    for member in (NOBODY, RESIDENT, OFFICER, MODERATOR):
        page = as_(member).get(f"/entries/{issue.ref}").text
        assert "ilda" not in page
        assert page.count("[removed]") >= 5
        assert "It names somebody." in page
    assert "ilda" not in as_(NOBODY).get("/map.json").text + as_(NOBODY).get(f"/entries/{issue.ref}.atom").text
    assert "ilda" not in "".join(f"{one.subject}{one.body}{one.html}" for one in letters())
    assert fresh(issue).photos[0].alt == "[removed]"
    assert issue.title == "[removed] once more", "and an edit begun before does not bring them back"
    data = {"edition": "2", "title": "Tilda Quist", "words": ""}
    assert as_(RESIDENT).post(f"/entries/{issue.ref}/edit", data=data).status_code == 422


def test_words_are_removed_where_a_line_breaks_them_and_a_page_escapes_them(as_):
    a_follow(by=NEIGHBOUR)
    issue = an_issue(words="It is Tilda's\ndoing.")
    do_what_is_due()
    viewer = as_viewer(OFFICER)
    with transaction():
        place = place_from_words("ward:T05000001", viewer)
        brief = freezing.freeze(viewer, place, Level.PUBLIC, purpose="Cabinet", once="frozen").ref
    assert does(as_(MODERATOR), issue, "redact", pieces="Tilda's doing", reason=WHY).status_code == 302
    assert "Tilda" not in "".join(f"{one.subject}{one.body}{one.html}" for one in letters())
    assert "Tilda" not in as_(NOBODY).get(f"/briefs/{brief}/1.json").text


def test_words_are_removed_whole(as_):
    issue = an_issue(words="Ann plans an annexe.")
    does(as_(MODERATOR), issue, "redact", pieces="ann", reason=WHY)
    assert fresh(issue).words == "[removed] plans an annexe."


def test_a_frozen_brief_does_not_go_on_saying_them(as_):
    issue = an_issue(words="Ask Tilda Quist.")
    viewer = as_viewer(OFFICER)
    with transaction():
        place = place_from_words("ward:T05000001", viewer)
        brief = freezing.freeze(viewer, place, Level.PUBLIC, purpose="Cabinet", once="frozen").ref
    assert "Quist" in as_(NOBODY).get(f"/briefs/{brief}/1.json").text
    does(as_(MODERATOR), issue, "redact", pieces="Tilda Quist", reason=WHY)
    assert "Quist" not in as_(NOBODY).get(f"/briefs/{brief}/1.json").text
    assert "changed" not in as_(NOBODY).get(f"/briefs/{brief}/1/verify").text.lower().split("<h1")[0]


@pytest.mark.parametrize(
    ("pieces", "reason", "said"),
    [
        ("", WHY, "Enter the words to remove"),
        ("x", WHY, "too short"),
        ("Nowhere there", WHY, "None of these words"),
        ("Wheels", "It says wheels.", "must not have the words"),
    ],
)
def test_what_cannot_be_removed_is_said(pieces, reason, said, as_):
    issue = an_issue()
    answer = does(as_(MODERATOR), issue, "redact", pieces=pieces, reason=reason)
    assert (answer.status_code, said in answer.text) == (422, True)
    assert (fresh(issue).words, steps(issue)) == ("Wheels cannot cross.", ["posted"])


def test_what_was_found_is_marked_and_put_forward_for_removing(as_):
    page = as_(MODERATOR).get(f"/moderation/{tells('Ring 07700 900123 <b>now</b>.').ref}").text
    assert "<mark>07700 900123</mark>" in page
    assert "&lt;b&gt;now" in page
    assert ">\r\n07700 900123</textarea>" in page or "07700 900123</textarea>" in page


# --- move and split ----------------------------------------------------------------------------------------------


def test_what_is_moved_lies_where_it_belongs_and_its_author_reads_why(as_):
    issue = an_issue()
    at = spot(*IN_BRIDGE)
    answer = does(as_(MODERATOR), issue, "move", where=f"{at.y}, {at.x}", reason="It is over the bridge.")
    assert answer.status_code == 302
    assert issue.ref in as_(NOBODY).get(f"/places/ward:{BRIDGE}/entries.json").text
    page = as_(NOBODY).get(f"/entries/{issue.ref}").text
    assert "Put in its right place by a moderator" in page and "It is over the bridge." in page
    assert "It is over the bridge." in last_letter()


def test_what_is_put_under_another_category_says_so(as_):
    with transaction():
        service = category().service
        db.session.add(Category(service=service, name="Lamps", kinds=["issue"]))
    issue = an_issue()
    lamps = category("Lamps").id
    assert does(as_(MODERATOR), issue, "move", category=str(lamps), reason=WHY).status_code == 302
    assert fresh(issue).category_id == lamps
    assert "Put under ‘Lamps’ by a moderator" in as_(NOBODY).get(f"/entries/{issue.ref}").text


@pytest.mark.parametrize("where", ["", "nowhere at all", "ZZ9 9ZZ", "51.0, -1.0"])
def test_what_is_no_place_here_is_refused_beside_its_field(where, as_):
    issue = an_issue()
    before = issue.geometry.wkt
    assert does(as_(MODERATOR), issue, "move", where=where, reason=WHY).status_code == 422
    assert fresh(issue).geometry.wkt == before


def test_one_that_tells_of_two_things_becomes_two_that_tell_of_each_other(as_):
    issue = an_issue(words="No dropped kerb here. The lamp is out, too.")
    with transaction():
        begin(as_viewer(NEIGHBOUR), thing_from_words(f"entry:{issue.ref}", as_viewer(NEIGHBOUR)), Rhythm.DAILY)
    given = {"title": "The lamp is out", "words": "The lamp is out, too.", "take_out": "y"}
    client = as_(MODERATOR)
    read = page_of(client, issue)
    for _ in range(2):
        assert does(client, issue, "split", read, **given).status_code == 302
    (second,) = db.session.query(Entry).filter(Entry.split_from_id == issue.id)
    assert fresh(issue).words == "No dropped kerb here."
    assert (second.author_id, second.words, second.standing) == (issue.author_id, given["words"], Standing.PUBLISHED)
    assert second.geometry.equals(issue.geometry)
    first_page, second_page = (as_(NOBODY).get(f"/entries/{ref}").text for ref in (issue.ref, second.ref))
    assert second.ref in first_page and "No dropped kerb here. The lamp is out, too." in first_page
    assert issue.ref in second_page
    follows = db.session.query(Follow).filter_by(person_id=person_of(NEIGHBOUR).id)
    assert {follow.entry_id for follow in follows} == {issue.id, second.id}
    assert len([one for one in letters() if one.to == RESIDENT.email]) == 2


def test_a_moderator_puts_no_words_into_anybodys_mouth(as_):
    issue = an_issue()
    answer = does(as_(MODERATOR), issue, "split", title="A lamp", words="The lamp is out.")
    assert answer.status_code == 422
    assert "as its author wrote them" in answer.text
    assert db.session.query(Entry).count() == 1
