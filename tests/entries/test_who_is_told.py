"""Every deed, and who has a letter of it: exactly those that the timeline names, and nobody an author has silenced."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from tests.conftest import (
    CLLR,
    MODERATOR,
    NEIGHBOUR,
    NOBODY,
    OFFICER,
    RESIDENT,
    Member,
    a_note,
    an_issue,
    an_offer,
    as_viewer,
    category,
    person_of,
)  # fmt: skip
from tests.entries.pictures import picture, saved
from tests.follows.test_following import a_follow
from tests.moderation.people import tells
from wardbook.clock import today
from wardbook.db import db, transaction
from wardbook.entries import actions, answering, erasing, leading, life, offers, taking_on, tying
from wardbook.entries.hearing import answers, closing
from wardbook.entries.hearing.letters import stops_letters
from wardbook.entries.kinds import Basis, Kind, Lead, State, Topic
from wardbook.entries.merging import actions as merging
from wardbook.entries.models import Entry
from wardbook.entries.photographs import adding as adding_photos
from wardbook.entries.photographs import blacking_out, photos
from wardbook.entries.photographs.developing import Box
from wardbook.entries.steps import WHO_HEARS
from wardbook.events import Did, Event, Told
from wardbook.jobs import do_what_is_due
from wardbook.mail import Letter, letters
from wardbook.moderation import actions as moderating
from wardbook.moderation import appeals, placing
from wardbook.moderation.redacting import redact
from wardbook.shared import Level, Standing
from wardbook.together import actions as together
from wardbook.together.models import Match

OF_BRIEFS_AND_WARDS = {Did.FROZE, Did.LIFTED, Did.MARKED, Did.ACTIVATED, Did.UNDID}
OF_PEOPLE = {Did.BANNED, Did.UNBANNED}
Deed = Callable[[], Entry]


def _as(member, deed, *args, **kw) -> Entry:
    with transaction():
        return deed(as_viewer(member), *args, **kw)


def _confirmed() -> Entry:
    entry = an_issue(standing=Standing.PENDING, confirmed_at=None)
    with transaction():
        from wardbook.people.proofs import make_proof

        actions.confirm(make_proof(person_of(RESIDENT), actions.PUBLISH, entry.ref).proof)
    return entry


def _asked_and_no() -> Entry:
    entry = an_issue()
    _as(OFFICER, answering.change_state, entry, State.FIXED, words="Done.", once="c")
    with transaction():
        event = db.session.query(Event).filter_by(thing_id=entry.id, did=Did.CHANGED_STATE).one()
        asked = closing.Asked(entry_id=entry.id, told_id=entry.id, event_id=event.id, asked_at=event.at)
        db.session.add(asked)
        db.session.flush()
        forget()
        answers.answer(asked, closing.Whether.NO)
    return entry


def _a_view() -> Entry:
    note = a_note(by=OFFICER)
    told = actions.Telling(Kind.NOTE, "Not so", "It is not.", note.geometry, Level.COUNCIL, "view")
    about = actions.NoteDetails(Topic.PROMISE, Basis.SEEN, None)
    with transaction():
        return tying.differ(as_viewer(CLLR), note, told, about, person_of(CLLR))


def forget() -> None:
    db.session.query(Letter).delete()


def hidden() -> Entry:
    return _as(MODERATOR, moderating.hide, an_issue(), reason="A name.")


def _with_a_photo() -> Entry:
    entry = an_issue()
    with transaction():
        photos.keep(photos.prepare(saved(picture((400, 300)))), alt="A kerb", entry_id=entry.id)
    return db.session.get_one(Entry, entry.id)


def _changed_photos() -> Entry:
    entry = _with_a_photo()
    with transaction():
        changes = adding_photos.Changes(remove=entry.photos[0].id, once="p")
        adding_photos.change_photos(as_viewer(RESIDENT), entry, changes)
    return entry


def _blacked_out() -> Entry:
    entry = _with_a_photo()
    with transaction():
        photo = entry.photos[0]
        blacking_out.black_out(as_viewer(MODERATOR), entry, photo, [Box(0, 0, 40, 50)], reason="A face.", once="k")
    return entry


def _uncovered() -> Entry:
    entry = _blacked_out()
    with transaction():
        blacking_out.uncover(as_viewer(MODERATOR), entry, entry.photos[0], once="u")
    return entry


def _split() -> tuple[Entry, Entry]:
    entry = an_issue(words="Wheels cannot cross. The lamp is out.")
    part = placing.Part("The lamp", "The lamp is out.")
    return entry, _as(MODERATOR, placing.split, entry, part, once="q")


def _appealed() -> Entry:
    entry = hidden()
    with transaction():
        about = appeals.decision(db.session.query(Event).filter_by(thing_id=entry.id, did=Did.HID).one().id)
        appeals.appeal(as_viewer(RESIDENT), about, words="It is my own name.")
    return entry


def _answered_appeal(changed: bool) -> Entry:
    entry = _appealed()
    with transaction():
        (made,) = appeals.appeals_about(entry)
        appeals.answer(as_viewer(MODERATOR), made, changed=changed, words="We looked.")
    return entry


def _merged(told_by: Member = NEIGHBOUR) -> tuple[Entry, Entry]:
    """What was merged, and what stands for both."""
    entry, into = an_issue(), an_issue("The same", by=told_by)
    _as(OFFICER, merging.merge, entry, into, words="The same kerb.", once="m")
    return entry, into


def _parted(told_by: Member = NEIGHBOUR) -> tuple[Entry, Entry]:
    entry, into = _merged(told_by)
    _as(OFFICER, merging.part, entry, words="Two kerbs.", once="o")
    return entry, into


def _taken_on(by: Member, sort: taking_on.Sort) -> Entry:
    step = taking_on.Step(sort, "Forty bags.", on=today() if sort is taking_on.Sort.PLANNED else None)
    return _as(by, taking_on.write_step, an_issue(lead=Lead.RESIDENTS), step, once="t")


def _met() -> tuple[Entry, Entry]:
    """What was told, and the offer of somebody near: both said yes."""
    need = an_issue()
    offer = an_offer(by=NEIGHBOUR)
    do_what_is_due()
    with transaction():
        match = db.session.query(Match).one()
        for member in (NEIGHBOUR, RESIDENT):
            together.say(match, person_of(member), yes=True)
    return need, offer


DEEDS: dict[Did, list[Deed]] = {
    Did.POSTED: [an_issue, lambda: an_issue(level=Level.WARD)],
    Did.PUBLISHED: [_confirmed, lambda: _as(
        MODERATOR, moderating.let_through, (held := an_issue(standing=Standing.PENDING)), edition=str(held.edition))],
    Did.CHANGED_STATE: [
        lambda: _as(OFFICER, answering.change_state, an_issue(), State.PLANNED, words="In May.", once="s"),
        lambda: _as(RESIDENT, answering.change_state, an_offer(), State.TAKEN_UP, words="", once="s"),
        lambda: _as(CLLR, life.no_longer_holds, a_note(by=CLLR), words="", once="s"),
    ],
    Did.REPLIED: [
        lambda: _as(OFFICER, answering.reply, an_issue(), words="We look.", once="r"),
        lambda: _as(CLLR, answering.reply, an_issue(), words="I ask.", once="r"),
    ],
    Did.REOPENED: [_asked_and_no],
    Did.HID: [hidden],
    Did.RESTORED: [lambda: _as(MODERATOR, moderating.restore, hidden())],
    Did.SET_LEAD: [lambda: _as(OFFICER, leading.set_lead, an_issue(), leading.Leading(Lead.RESIDENTS, "", None),
                               words="", once="l")],
    Did.RENEWED: [
        lambda: _as(OFFICER, offers.renew, an_offer(), today() + timedelta(days=30), once="n"),
        lambda: _as(RESIDENT, offers.renew, an_offer(), today() + timedelta(days=30), once="n"),
    ],
    Did.EDITED: [lambda: _as(RESIDENT, life.edit, an_issue(), life.Wording("Kerb", "Low."), edition=1, once="e")],
    Did.CHANGED_LEVEL: [lambda: _as(RESIDENT, life.change_level, an_issue(), Level.COUNCIL, once="v")],
    Did.WITHDREW: [lambda: _as(RESIDENT, life.withdraw, an_issue(), reason="Wrong.", once="w")],
    Did.BROUGHT_BACK: [lambda: _as(
        RESIDENT, life.bring_back, _as(RESIDENT, life.withdraw, an_issue(), reason="Wrong.", once="w"), once="b")],
    Did.REVIEWED: [lambda: _as(CLLR, life.still_holds, a_note(by=CLLR), review_on=today() + timedelta(9), once="h")],
    Did.SUPERSEDED: [lambda: _as(CLLR, _superseded)],
    Did.CHANGED_PHOTOS: [_changed_photos],
    Did.BLACKED_OUT: [_blacked_out],
    Did.UNCOVERED: [_uncovered],
    Did.HELD: [
        lambda: tells("Call 01225 460 123."),
        lambda: _as(RESIDENT, life.edit, an_issue(), life.Wording("Kerb", "Call 01225 460 123."), edition=1, once="e"),
    ],
    Did.LEFT: [lambda: _as(MODERATOR, moderating.leave, an_issue(), seen=None, once="f")],
    Did.ASKED_TO_EDIT: [lambda: _as(
        MODERATOR, moderating.ask_to_edit, an_issue(), reason="Say where.", seen=None, once="a")],
    Did.REDACTED: [lambda: _as(MODERATOR, redact, an_issue(), ["Wheels"], reason="A name.")],
    Did.MOVED: [lambda: _as(MODERATOR, placing.move, an_issue(), where="", category=category("About a person"),
                            reason="It is of a person.", seen=None, once="g")],
    Did.SPLIT: [lambda: _split()[0], lambda: _split()[1]],
    Did.APPEALED: [_appealed],
    Did.ANSWERED_APPEAL: [lambda: _answered_appeal(True), lambda: _answered_appeal(False)],
    Did.MERGED: [
        lambda: _merged()[0], lambda: _merged()[1], lambda: _merged(RESIDENT)[0], lambda: _merged(RESIDENT)[1],
    ],
    Did.PARTED: [
        lambda: _parted()[0], lambda: _parted()[1], lambda: _parted(RESIDENT)[0], lambda: _parted(RESIDENT)[1],
    ],
    Did.TOOK_ON: [
        lambda: _taken_on(RESIDENT, taking_on.Sort.PLANNED),
        lambda: _taken_on(OFFICER, taking_on.Sort.FINISHED),
        lambda: _taken_on(CLLR, taking_on.Sort.THANKS),
    ],
    Did.MET: [lambda: _met()[0]],
}  # fmt: skip
"""Each deed by everybody who may do it, where RESIDENT (of a note CLLR) is the author"""
IN_A_LETTER_OF_THEIR_OWN = {Did.MET}
"""Its author hears with whom they are in touch, in a letter that is forgotten with the match: no page speaks of it"""
ELSEWHERE = {Did.ERASED, Did.IMPORTED}
"""Told by tests of their own: what is erased has no letter left, what is brought in none at all"""


def _superseded(viewer) -> Entry:
    note = a_note(by=CLLR)
    tying.supersede(viewer, note, a_note("Later", by=CLLR), once="p")
    return note


def test_every_step_of_an_entry_says_who_may_be_told_and_is_walked():
    assert set(WHO_HEARS) == set(Did) - OF_BRIEFS_AND_WARDS - OF_PEOPLE
    assert set(DEEDS) | ELSEWHERE == set(WHO_HEARS)


@pytest.mark.parametrize(("did", "number"), [(did, number) for did in DEEDS for number in range(len(DEEDS[did]))])
def test_letters_of_a_step_go_exactly_to_those_whom_the_timeline_names(did, number, as_):
    a_follow(by=NEIGHBOUR)  # of the ward, at once
    entry = db.session.get(Entry, DEEDS[did][number]().id)
    do_what_is_due()
    step = db.session.query(Event).filter_by(thing_id=entry.id, did=did).order_by(Event.id.desc()).first()
    assert step.told in WHO_HEARS[did]
    wrote = {letter.to for letter in letters() if letter.cause == f"event {step.id}"} - {OFFICER.email}
    author = entry.author.email
    acted = step.actor_id == entry.author_id
    sees_it = entry.level is Level.PUBLIC and entry.standing is Standing.PUBLISHED
    follower = {NEIGHBOUR.email} if step.told is Told.FOLLOWERS and sees_it else set()
    named = {author} if step.told in (Told.AUTHOR, Told.FOLLOWERS) and not acted else set()
    if did in IN_A_LETTER_OF_THEIR_OWN:
        assert [one.to for one in letters() if one.subject.startswith("You are in touch") and one.to in named] == [
            author
        ]
        named = set()
    published = {author} if did is Did.PUBLISHED else set()  # by their own press: the letter says what comes next
    assert wrote == follower | named | published
    page = as_(MODERATOR if not sees_it else NOBODY).get(f"/entries/{entry.ref}").text
    shown = did is not Did.POSTED and page.partition(f'id="step-{step.id}"')[2].partition("</li>")[0]
    if shown:
        names_author = "Its author and anyone" in shown or "The author was told" in shown
        assert names_author is (author in wrote)
        assert ("Anyone who follows it was told" in shown) is (step.told is Told.FOLLOWERS and author not in wrote)


def test_of_a_view_the_writer_of_the_other_note_is_told(as_):
    view = _a_view()
    do_what_is_due()
    step = db.session.query(Event).filter_by(thing_id=view.id, did=Did.POSTED).one()
    assert step.told in WHO_HEARS[Did.POSTED]
    assert {letter.to for letter in letters() if letter.cause == f"event {step.id}"} == {OFFICER.email}


def test_of_what_is_erased_nobody_is_told(app):
    a_follow(by=NEIGHBOUR)
    issue = an_issue()
    do_what_is_due()
    with transaction():
        forget()
        erasing.erase(as_viewer(RESIDENT), db.session.get(Entry, issue.id), once="x")
    do_what_is_due()
    assert letters() == []


# --- no more letters about it ------------------------------------------------------------------------------------


def answered(as_, entry: Entry, once: str) -> list[str]:
    """Whom an answer is written to."""
    with transaction():
        forget()
    as_(OFFICER).post(f"/entries/{entry.ref}/answer", data={"answer-words": "We look.", "answer-once": once})
    do_what_is_due()
    return [letter.to for letter in letters()]


def test_one_press_in_any_letter_ends_letters_about_an_entry_and_one_begins_them_again(as_):
    issue, other = an_issue(), an_issue("Another")
    assert answered(as_, issue, "1") == [RESIDENT.email]
    (letter,) = letters()
    address = letter.unsubscribe.removeprefix("http://localhost")
    assert letter.unsubscribe in letter.body
    assert "Stop letters about" in as_(NOBODY).get(address).text
    assert answered(as_, issue, "2") == [RESIDENT.email], "a scanner opened the link, and nobody pressed"
    press = as_(NOBODY).post(address, data={"List-Unsubscribe": "One-Click"})
    assert "No more letters about it" in press.text
    as_(NOBODY).post(address)
    assert answered(as_, issue, "3") == []
    assert "Anyone who follows it was told" in as_(NOBODY).get(f"/entries/{issue.ref}").text
    assert answered(as_, other, "4") == [RESIDENT.email]
    as_(NOBODY).post(address, data={"letters": "on"})
    assert answered(as_, issue, "5") == [RESIDENT.email]


def test_so_can_letters_of_how_it_goes_and_of_a_merge(as_):
    taken = _taken_on(CLLR, taking_on.Sort.THANKS)
    entry, into = _merged()
    stops = {letter.unsubscribe for letter in letters()}
    assert stops == {stops_letters(db.session.get(Entry, one.id)) for one in (taken, entry, into)}


def test_who_told_what_was_merged_ends_letters_about_what_stands_for_both(as_):
    _, into = _merged()
    assert sorted(answered(as_, into, "1")) == [NEIGHBOUR.email, RESIDENT.email]
    (theirs,) = [letter for letter in letters() if letter.to == RESIDENT.email]
    assert theirs.unsubscribe in theirs.body
    as_(NOBODY).post(theirs.unsubscribe.removeprefix("http://localhost"), data={"List-Unsubscribe": "One-Click"})
    assert answered(as_, into, "2") == [NEIGHBOUR.email]


def test_of_moderation_an_author_is_always_told(as_):
    issue = an_issue()
    as_(RESIDENT).post(f"/entries/{issue.ref}/letters", data={"letters": "off"})
    as_(MODERATOR).post(f"/entries/{issue.ref}/hide", data={"hide-reason": "A name."})
    assert [letter.subject for letter in letters()] == [f"{issue.ref} is hidden: No dropped kerb"]
    assert letters()[0].unsubscribe is None


def test_only_its_author_ends_letters_about_it(as_):
    issue = an_issue()
    for member in (NOBODY, NEIGHBOUR, OFFICER):
        assert as_(member).post(f"/entries/{issue.ref}/letters", data={"letters": "off"}).status_code == 403
    assert answered(as_, issue, "1") == [RESIDENT.email]


def test_the_address_is_worth_nothing_once_the_entry_has_another_author_or_none(as_):
    issue = an_issue()
    address = stops_letters(issue).removeprefix("http://localhost")
    with transaction():
        db.session.get(Entry, issue.id).author_id = None
    assert as_(NOBODY).get(address).status_code == 404
    assert as_(NOBODY).get("/letters/guessed").status_code == 404


def test_what_i_told_is_among_what_i_follow_with_its_letters_on_or_off(as_):
    issue = an_issue()
    assert "We write to you about it." in as_(RESIDENT).get("/follows").text
    client = as_(RESIDENT)
    pressed = client.post(f"/entries/{issue.ref}/letters", data={"letters": "off", "from": "follows"})
    page = client.get(pressed.location).text
    assert f"We write to you no more about {issue.ref}." in page
    assert "Write to me again" in page
