"""An author has what they told erased: no word of it is left, and the council keeps that there was something."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from tests.conftest import (
    CAST,
    CLLR,
    MILL,
    MODERATOR,
    NEIGHBOUR,
    NOBODY,
    OFFICER,
    RESIDENT,
    a_note,
    an_issue,
    as_viewer,
    person_of,
)
from tests.crowd.somebody import a_photo
from tests.engines import ENGINE
from wardbook import erasure, search
from wardbook.db import db, transaction
from wardbook.entries import erasing, life, support
from wardbook.entries.models import Draft, Entry, Photo
from wardbook.entries.photographs import photos
from wardbook.events import Did, Event
from wardbook.jobs import do_what_is_due
from wardbook.shared import Level, Standing

MARK = "zqsecret"


@pytest.fixture
def told(as_) -> Entry:
    """An issue with a mark in every text of its life: words, edits, replies, reasons, photos, letters and a draft."""
    issue = an_issue(f"{MARK} title", words=f"{MARK} words")
    with transaction():
        made = photos.keep(photos.prepare(a_photo()), alt=f"{MARK} alt", entry_id=issue.id)
        db.session.add(Draft(id=issue.once, answers={"title": f"{MARK} title"}, changed_at=issue.told_at))
        support.support(as_viewer(NEIGHBOUR), issue)
        life.edit(
            as_viewer(RESIDENT), issue, life.Wording(f"{MARK} later", f"{MARK} more", name_shown=True), edition=1,
            once="edit",
        )  # fmt: skip
    as_(OFFICER).post(f"/entries/{issue.ref}/answer", data={"answer-words": f"{MARK} reply", "answer-once": "r"})
    as_(NOBODY).post(f"/entries/{issue.ref}/support", data={"email": "somebody@example.org"})
    wish = {"thing": f"entry:{issue.ref}", "rhythm": "daily", "email": "follower@example.org"}
    as_(NOBODY).post("/follows/new", data=wish)
    as_(MODERATOR).post(f"/entries/{issue.ref}/hide", data={"hide-reason": f"{MARK} reason"})
    assert made.key
    return issue


def erase(client, entry: Entry, **more: str):
    return client.post(f"/entries/{entry.ref}/erase", data=more)


def in_the_store(words: str) -> list[str]:
    """The tables in which these words stand."""
    db.session.rollback()
    tables = db.metadata.sorted_tables
    return [table.name for table in tables if words in str(db.session.execute(select(table)).all())]


def test_no_word_of_it_is_left_in_the_store(told, as_):
    assert set(in_the_store(MARK)) >= {"entry", "event", "photo", "letter", "draft"}
    assert erase(as_(RESIDENT), told).status_code == 302
    assert in_the_store(MARK) == []


@pytest.mark.parametrize("pages", [search.PAGES, 1])
def test_no_stem_of_its_words_is_left_in_the_files_of_the_store(told, as_, home, monkeypatch, pages):
    monkeypatch.setattr(search, "PAGES", pages)
    assert MARK.encode() in ENGINE.on_the_disk(home)
    erase(as_(RESIDENT), told)
    do_what_is_due()
    assert MARK.encode() not in ENGINE.on_the_disk(home)


def test_a_letter_that_told_of_a_view_of_it_names_it_no_longer_and_the_view_stays(as_):
    note = a_note(f"{MARK} title", words=f"{MARK} words")
    view = {"title": "Otherwise", "words": "I saw.", "basis": "seen it myself", "level": "council"}
    answer = as_(OFFICER).post(f"/entries/{note.ref}/differ", data=view)
    assert "letter" in in_the_store(MARK)
    erase(as_(CLLR), note)
    assert in_the_store(MARK) == []
    page = as_(OFFICER).get(answer.location)
    assert (page.status_code, "I saw." in page.text, note.ref in page.text) == (200, True, False)


def test_nobody_sees_it_any_more_and_its_place_is_kept(told, as_):
    before = (told.ref, told.kind, told.geometry, told.told_at, told.category_id)
    erase(as_(RESIDENT), told)
    left = db.session.get(Entry, told.id)
    assert (left.ref, left.kind, left.geometry, left.told_at, left.category_id) == before
    assert (left.standing, left.author_id, left.title, left.words) == (Standing.ERASED, None, "", "")
    assert left.supporters == 1, "how many it mattered to is kept, and not who they were"
    for member in CAST:
        assert as_(member).get(f"/entries/{told.ref}").status_code == 404
    assert told.ref not in as_(NOBODY).get(f"/places/ward:{MILL}/entries.json").text


def test_who_told_it_is_in_no_step_and_that_an_officer_answered_is(told, as_):
    me = person_of(RESIDENT).id
    erase(as_(RESIDENT), told)
    steps = db.session.query(Event).filter_by(thing="entry", thing_id=told.id).order_by(Event.id).all()
    assert me not in {step.actor_id for step in steps}
    assert [step.did for step in steps] == [Did.POSTED, Did.EDITED, Did.REPLIED, Did.HID, Did.ERASED]
    assert {step.words for step in steps} == {""}
    assert steps[2].signed == "Owen Officer, Highways"


def test_its_photos_are_gone_from_the_disk_whatever_becomes_of_the_process_that_answers(told, as_):
    keys = [photo.key for photo in db.session.query(Photo).filter_by(entry_id=told.id)]
    paths = [photos.path(key, size) for key in keys for size in ("small", "large")]
    do_what_is_due()
    assert paths
    assert all(path.exists() for path in paths)
    with transaction():
        erasing.erase(as_viewer(RESIDENT), db.session.get(Entry, told.id), once="e")
    do_what_is_due()
    assert not any(path.exists() for path in paths)


def test_a_link_to_support_it_leads_nowhere(as_):
    from tests.entries.test_supporting import link_in_the_letter

    issue = an_issue()
    as_(NOBODY).post(f"/entries/{issue.ref}/support", data={"email": "somebody@example.org"})
    link = link_in_the_letter()
    erase(as_(RESIDENT), issue)
    assert as_(NOBODY).get(link).status_code == 404
    assert as_(NOBODY).post(link).status_code == 404


@pytest.mark.parametrize("standing", [Standing.PUBLISHED, Standing.PENDING, Standing.WITHDRAWN, Standing.HIDDEN])
def test_an_author_may_have_it_erased_however_it_stands(standing, as_):
    issue = an_issue(standing=standing)
    page = as_(RESIDENT).get(f"/entries/{issue.ref}/erase")
    assert "This cannot be undone" in page.text
    assert erase(as_(RESIDENT), issue).status_code == 302


def test_a_note_at_any_level_is_erased_with_its_place_in_a_row(as_):
    note = a_note(level=Level.PRIVATE)
    assert erase(as_(CLLR), note).status_code == 302


@pytest.mark.parametrize("member", [member for member in CAST if member is not RESIDENT], ids=str)
def test_nobody_erases_what_another_told(member, as_):
    issue = an_issue()
    assert erase(as_(member), issue).status_code == 403
    assert db.session.get(Entry, issue.id).words


def test_pressed_twice_it_is_erased_once(as_):
    issue, client = an_issue(), as_(RESIDENT)
    assert [erase(client, issue, once="e").status_code for _ in range(2)] == [302, 302]
    assert db.session.query(Event).filter_by(did=Did.ERASED).count() == 1


def test_a_room_that_keeps_words_of_its_own_is_asked_to_empty_them(as_, monkeypatch):
    seen = []
    monkeypatch.setattr(erasure, "erasing", [lambda entry: seen.append(entry.title), *erasure.erasing])
    erase(as_(RESIDENT), an_issue("Still whole"))
    assert seen == ["Still whole"]


def test_once_the_work_is_done_no_word_of_it_is_in_the_store_s_file_or_its_log(told, as_, home):
    erase(as_(RESIDENT), told)
    do_what_is_due()
    for file in home.glob("wardbook.sqlite*"):
        assert MARK.encode() not in file.read_bytes(), file.name
