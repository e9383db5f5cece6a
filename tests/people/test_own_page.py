"""Somebody's own page: all that is kept about them, a copy of it to take away, and being erased."""

from __future__ import annotations

import io
import json
import re
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from click.testing import CliRunner, Result
from flask.testing import FlaskClient
from PIL import Image

from tests.conftest import (
    CLLR,
    MILL,
    MODERATOR,
    NEIGHBOUR,
    NOBODY,
    OFFICER,
    RESIDENT,
    Member,
    a_note,
    an_issue,
    as_viewer,
    person_of,
    square,
)  # fmt: skip
from tests.engines import ENGINE, environment_of
from tests.follows.test_following import a_follow
from wardbook.cli import main
from wardbook.clock import today
from wardbook.db import db, now, transaction
from wardbook.entries import life, support
from wardbook.entries.models import Draft, Entry, EntrySpot, Original, Support
from wardbook.entries.photographs import photos
from wardbook.events import Did, Event, record
from wardbook.follows.models import Follow
from wardbook.jobs import do_what_is_due
from wardbook.mail import Letter, letters
from wardbook.moderation.models import Appeal
from wardbook.people.actions import person_with
from wardbook.people.models import Person
from wardbook.people.proofs import make_proof
from wardbook.people.queries import person_by_email
from wardbook.places.actions import keep_shape
from wardbook.shared import Level, Standing

ADDRESS, NAME, WORDS = RESIDENT.email, RESIDENT.name, "Xylophone wheels cannot cross quixotic kerbs"


def fresh(client: FlaskClient) -> FlaskClient:
    """Somebody who has just signed in."""
    with client.session_transaction() as session:
        session["since"] = now().timestamp()
    return client


def jpeg() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(out, "JPEG")
    return out.getvalue()


def a_life(as_) -> dict[str, Entry]:
    """Everything a resident can leave in the store: told, edited, answered, followed, supported, drawn, asked for."""
    told = {
        "shown": an_issue("Kerb of Xylophone", words=WORDS, name_shown=True),
        "council": an_issue("Council Xylophone", words=WORDS, level=Level.COUNCIL),
        "waits": an_issue("Waiting Xylophone", words=WORDS, standing=Standing.PENDING),
        "other": an_issue("Of the neighbour", by=NEIGHBOUR),
    }
    for thing in (f"ward:{MILL}", f"entry:{told['other'].ref}"):
        a_follow(thing)
    a_follow(f"ward:{MILL}", by=NEIGHBOUR)
    a_follow(f"ward:{MILL}", by=CLLR, rhythm="daily")
    me = as_viewer(RESIDENT)
    with transaction():
        photos.keep(photos.prepare(jpeg()), alt="A red Xylophone", entry_id=told["shown"].id)
        entry = db.session.get(Entry, told["shown"].id)
        life.edit(me, entry, life.Wording("Kerb, Xylophone", WORDS + "!"), edition=1, once="edit")
        support.support(me, db.session.get(Entry, told["other"].id))
        db.session.query(Support).update({"at": now() - timedelta(days=8)})
        keep_shape(me, square(0.2, 0.2, 300), label="Garden of Xylophone")
        make_proof(person_of(RESIDENT), "sign in", name=NAME)
        db.session.add(Draft(id="mine", answers={"email": f" {ADDRESS.upper()}", "words": WORDS}, changed_at=now()))
    as_(OFFICER).post(
        f"/entries/{told['shown'].ref}/answer", data={"answer-words": "We look.", "answer-once": "answer"}
    )
    as_(RESIDENT).get("/map.csv")
    do_what_is_due()
    return told


def everything(home: Path) -> str:
    """All rows of all tables, the files of the store, and the names and contents of all others."""
    files = [path for path in home.rglob("*") if path.is_file() and ".sqlite" not in path.name]
    rest = "".join(f"{path} {path.read_bytes()!r}" for path in files)
    return f"{ENGINE.everything_in(home)!r} {ENGINE.on_the_disk(home)!r} {rest}".lower()


# --- the page ----------------------------------------------------------------------------------------------------


def test_a_visitor_is_asked_to_sign_in_and_comes_back_to_their_page_by_the_emailed_link(as_):
    visitor, elsewhere = as_(NOBODY), as_(NOBODY)
    asked = visitor.get("/me")
    assert asked.status_code == 302
    visitor.get(asked.location)
    visitor.post("/sign-in", data={"email": ADDRESS})
    link = re.search(r"http://localhost(/sign-in/link/\S+)", letters()[0].body)[1]
    assert elsewhere.post(link).location == "/me", "also in the browser in which the mail is read"
    assert "Your page" in elsewhere.get("/me").text


def test_their_page_has_what_they_told_and_support_and_nothing_of_others(as_):
    told = a_life(as_)
    page = as_(RESIDENT).get("/me").text
    for name in ("shown", "council", "waits", "other"):
        assert f"/entries/{told[name].ref}" in page
    assert "You follow 2 places and entries" in page
    assert told["shown"].ref not in as_(NEIGHBOUR).get("/me").text


def test_support_is_taken_back_from_the_page(as_):
    told = a_life(as_)
    address = f"/entries/{told['other'].ref}/support/undo"
    assert address in as_(RESIDENT).get("/me").text
    as_(RESIDENT).post(address)
    assert address not in as_(RESIDENT).get("/me").text
    assert db.session.get(Entry, told["other"].id).supporters == 0


def test_a_name_is_shown_on_all_or_on_none_at_once(as_):
    told = a_life(as_)
    client = as_(RESIDENT)
    assert client.post("/me/name", data={"name": "R. Resident", "shown": "show"}).status_code == 302
    assert db.session.get(Entry, told["council"].id).name_shown
    assert "R. Resident" in as_(OFFICER).get(f"/entries/{told['council'].ref}").text
    client.post("/me/name", data={"name": "R. Resident", "shown": "hide"})
    assert "R. Resident" not in as_(NOBODY).get(f"/entries/{told['shown'].ref}").text
    assert db.session.query(Event).filter_by(thing_id=told["council"].id, did=Did.EDITED).count() == 0, (
        "it says the same"
    )
    assert person_of(RESIDENT).name == "R. Resident"


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        ({"name": "", "shown": "show"}, "Enter your name, or choose to show it on none."),
        ({"name": "R"}, "Choose whether your name is shown"),
        ({"name": "R" * 101, "shown": "leave"}, "Your name must be 100 characters or fewer"),
    ],
)
def test_a_name_that_is_none_is_refused_in_words(sent, says, as_):
    refused = as_(RESIDENT).post("/me/name", data=sent)
    assert refused.status_code == 422
    assert says in refused.text


def test_who_holds_a_role_keeps_the_name_that_the_council_gave(as_):
    as_(OFFICER).post("/me/name", data={"name": "Somebody else", "shown": "leave"})
    assert person_of(OFFICER).name == OFFICER.name


# --- a copy ------------------------------------------------------------------------------------------------------


def copied(client: FlaskClient) -> zipfile.ZipFile:
    answer = client.post("/me/copy")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "private, no-store"
    return zipfile.ZipFile(io.BytesIO(answer.data))


def test_a_copy_holds_all_that_is_kept_with_photos_and_nobody_else_s_name(as_):
    told = a_life(as_)
    copy = copied(as_(RESIDENT))
    about = json.loads(copy.read("data.json"))
    assert about["you"]["email address"] == ADDRESS
    (shown,) = [one for one in about["what you told"] if one["reference"] == told["shown"].ref]
    assert shown["words"] == WORDS + "!"
    (edited,) = [step for step in shown["what happened"] if step["what"] == "edited"]
    assert edited["before"]["title"] == "Kerb of Xylophone"
    assert [step["words"] for step in shown["what happened"] if step["by"] == "the council"] == ["We look."]
    (photo,) = shown["photos"]
    assert Image.open(io.BytesIO(copy.read(photo["file"]))).size == (40, 30)
    assert {one["reference"] for one in about["what you told"]} == {told[n].ref for n in ("shown", "council", "waits")}
    assert [one["reference"] for one in about["what you support"]] == [told["other"].ref]
    assert {one["what"] for one in about["what you follow"]} == {f"ward:{MILL}", f"entry:{told['other'].ref}"}
    assert [place["called"] for place in about["places you drew or uploaded"]] == ["Garden of Xylophone"]
    assert about["files you took"]
    assert any("a reply" in letter["subject"] for letter in about["letters we wrote you"])
    assert about["links we sent you"][0]["for"] == "sign in"
    assert about["what you have typed and not sent"][0]["words"] == WORDS
    text = "".join(copy.read(name).decode() for name in ("data.json", "README.txt"))
    for member in (NEIGHBOUR, OFFICER, CLLR):
        assert member.name not in text
        assert member.email not in text


def test_a_copy_is_on_record_and_made_again_at_will(as_):
    client = as_(RESIDENT)
    copied(client)
    about = json.loads(copied(client).read("data.json"))
    assert [one["of"] for one in about["files you took"]] == ["a copy of what is kept"]


# --- being erased ------------------------------------------------------------------------------------------------


def test_who_has_just_signed_in_is_erased_with_everything_in_one_press(as_, home):
    told = a_life(as_)
    client, elsewhere = fresh(as_(RESIDENT)), as_(RESIDENT)
    assert all(trace.lower() in everything(home) for trace in (ADDRESS, NAME, "xylophone", "quixotic"))
    gone = client.post("/me/erase", data={"choice": "everything"})
    assert "You are erased" in client.get(gone.location).text
    do_what_is_due()
    kept = everything(home)
    for trace in (ADDRESS, NAME, "xylophone", "quixotic"):
        assert trace.lower() not in kept, trace
    assert elsewhere.get("/me").status_code == 302, "signed out everywhere"
    assert db.session.get(Entry, told["shown"].id).standing is Standing.ERASED
    assert db.session.get(Entry, told["other"].id).supporters == 1
    assert "Of the neighbour" in as_(NOBODY).get(f"/entries/{told['other'].ref}").text
    assert not list((home / "photos").rglob("*.jpg"))


def test_what_they_told_can_stay_without_them(as_, home):
    told = a_life(as_)
    client = fresh(as_(RESIDENT))
    client.post("/me/erase", data={"choice": "leave"})
    do_what_is_due()
    kept = everything(home)
    for trace in (ADDRESS, NAME):
        assert trace.lower() not in kept, trace
    page = as_(NOBODY).get(f"/entries/{told['shown'].ref}").text
    assert WORDS in page
    assert "Told by a resident" in page
    assert "We look." in page
    assert db.session.get(Entry, told["council"].id).standing is Standing.PUBLISHED
    assert db.session.get(Entry, told["waits"].id).standing is Standing.ERASED, "nobody else ever saw it"


def test_files_that_name_them_go_from_the_disk(as_, home):
    from wardbook.downloads.actions import order
    from wardbook.downloads.sources import Wanted

    a_life(as_)
    with transaction():
        for member in (OFFICER, RESIDENT):
            order(as_viewer(member), Wanted("entries", {}, "csv"), once=member.email)
    do_what_is_due()
    assert NAME.lower() in everything(home)
    fresh(as_(RESIDENT)).post("/me/erase", data={"choice": "leave"})
    do_what_is_due()
    assert NAME.lower() not in everything(home)


def test_pressing_twice_is_fine(as_):
    client = fresh(as_(RESIDENT))
    first = client.post("/me/erase", data={"choice": "everything"})
    again = client.post("/me/erase", data={"choice": "everything"})
    assert first.location == again.location == "/me/erased"
    assert client.get("/me/erase").location == "/me/erased"


def test_who_signed_in_more_than_an_hour_ago_proves_their_address_again(as_):
    with time_machine.travel(now() - timedelta(hours=2)):
        client = fresh(as_(RESIDENT))
    assert "so we send a link" in client.get("/me/erase").text
    for _ in range(2):
        assert client.post("/me/erase", data={"choice": "leave"}).location == "/me/erase/sent"
    (letter,) = letters()
    link = re.search(r"http://localhost(/me/erase/link/\S+)", letter.body)[1]
    page = as_(NOBODY).get(link)
    assert "Leave what I told, without me" in page.text
    assert person_of(RESIDENT).active, "a scanner opened it, and nobody pressed"
    other = as_(NOBODY)
    assert other.post(link).location == "/me/erased"
    assert person_by_email(ADDRESS) is None
    assert other.post(link).location == "/me/erased", "pressed twice"
    assert client.get("/me").status_code == 302
    assert as_(NOBODY).get(link).status_code == 404


@pytest.mark.parametrize("member", [CLLR, OFFICER, MODERATOR], ids=str)
def test_who_holds_a_role_is_told_whom_to_ask(member: Member, as_):
    client = fresh(as_(member))
    page = client.get("/me/erase")
    assert "When your last role has ended, ask Testham to erase you" in page.text
    assert "Erase me for good" not in page.text
    assert client.post("/me/erase", data={"choice": "everything"}).status_code == 403
    assert person_of(member).active


def erased_by_command(home: Path, monkeypatch: pytest.MonkeyPatch, email: str, *words: str) -> Result:
    for name, value in environment_of(home).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("WARDBOOK_SECRET_KEY", "for tests alone")
    return CliRunner().invoke(main, ["people", "erase", email, *words], input="n\n")


def test_who_held_a_role_is_erased_by_the_command_once_it_has_ended(as_, home, monkeypatch):
    note = a_note(by=CLLR)
    still = erased_by_command(home, monkeypatch, CLLR.email, "--told", "leave", "--yes")
    assert (still.exit_code, "holds a role still" in still.stderr) == (2, True)
    with transaction():
        for term in person_of(CLLR).terms:
            term.from_on, term.until_on = term.from_on and term.from_on.replace(year=2000), today()
    asked = erased_by_command(home, monkeypatch, CLLR.email, "--told", "leave")
    assert "told 1 thing." in asked.stdout
    assert "What is published stays in its words" in asked.stdout
    assert asked.exit_code != 0
    db.session.rollback()
    assert person_of(CLLR).active
    gone = erased_by_command(home, monkeypatch, CLLR.email, "--told", "leave", "--yes")
    assert gone.exit_code == 0, gone.output
    db.session.rollback()
    assert person_by_email(CLLR.email) is None
    assert db.session.get(Entry, note.id).standing is Standing.PUBLISHED
    assert CLLR.name not in as_(OFFICER).get(f"/entries/{note.ref}").text
    again = erased_by_command(home, monkeypatch, CLLR.email, "--told", "erase", "--yes")
    assert "Nobody here has the address" in again.stderr


def test_without_a_choice_nothing_is_erased(as_):
    refused = fresh(as_(RESIDENT)).post("/me/erase")
    assert refused.status_code == 422
    assert "Choose what becomes of what you told us" in refused.text
    assert person_of(RESIDENT).active


def test_who_was_erased_can_begin_anew_as_somebody_else(as_):
    fresh(as_(RESIDENT)).post("/me/erase", data={"choice": "everything"})
    as_(NOBODY).post("/sign-in", data={"email": ADDRESS})
    assert letters()[0].to == ADDRESS
    assert db.session.query(Person).filter_by(email=ADDRESS).one().name == ""


def test_nothing_is_written_to_who_was_erased(as_):
    a_life(as_)
    fresh(as_(RESIDENT)).post("/me/erase", data={"choice": "leave"})
    before = len(letters())
    an_issue("New", by=NEIGHBOUR)
    do_what_is_due()
    assert {letter.to for letter in letters()[: len(letters()) - before]} <= {CLLR.email}
    assert db.session.query(Follow).filter(Follow.person_id.is_not(None)).count() == 2


def test_support_that_stays_counted_goes_on_counting(as_):
    told = a_life(as_)
    fresh(as_(RESIDENT)).post("/me/erase", data={"choice": "everything"})
    as_(CLLR).post(f"/entries/{told['other'].ref}/support")
    assert db.session.get(Entry, told["other"].id).supporters == 2
    as_(CLLR).post(f"/entries/{told['other'].ref}/support/undo")
    assert db.session.get(Entry, told["other"].id).supporters == 1


def test_who_is_erased_again_and_again_is_not_many(as_):
    issue = an_issue(by=NEIGHBOUR)
    as_(CLLR).post(f"/entries/{issue.ref}/support")
    for _ in range(3):
        with transaction():
            me = person_with(ADDRESS)
            me.confirmed_at = now()
        client = fresh(as_(RESIDENT))
        client.post(f"/entries/{issue.ref}/support")
        assert db.session.get(Entry, issue.id).supporters == 2
        client.post("/me/erase", data={"choice": "everything"})
    assert db.session.get(Entry, issue.id).supporters == 1


def test_who_leaves_what_they_told_leaves_no_exact_spot_no_draft_and_no_letter_with_an_earlier_name(as_):
    told = an_issue("At my home", blurred=True, name_shown=True)
    a_follow(f"entry:{told.ref}", by=NEIGHBOUR)
    with transaction():
        db.session.add(EntrySpot(entry_id=told.id, lon=-2.345678, lat=51.345678))
        db.session.add(Draft(id=told.once, answers={"name": NAME, "sent": told.ref}, changed_at=now()))
    as_(OFFICER).post(f"/entries/{told.ref}/answer", data={"answer-words": "We look.", "answer-once": "answer"})
    do_what_is_due()
    with transaction():
        letter = db.session.query(Letter).filter_by(to=NEIGHBOUR.email).order_by(Letter.id.desc()).first()
        letter.body += " told by Before Renaming"
    fresh(as_(RESIDENT)).post("/me/erase", data={"choice": "leave"})
    assert db.session.query(EntrySpot).count() == 0
    assert db.session.query(Draft).filter_by(id=told.once).count() == 0
    assert not [one for one in letters() if "Before Renaming" in one.body]
    left = db.session.get(Entry, told.id)
    assert (left.author_id, left.standing) == (None, Standing.PUBLISHED)


def test_a_draft_begun_signed_in_is_in_the_copy_and_goes_with_its_person(as_, home):
    client = fresh(as_(RESIDENT))
    draft = client.post("/contribute", data={"q": "ZZ1 1AA"}).location.split("/")[-2]
    with transaction():
        kept = db.session.get(Draft, draft)
        kept.answers = kept.answers | {"words": "Begun and left"}
    assert "Begun and left" in copied(client).read("data.json").decode()
    fresh(client).post("/me/erase", data={"choice": "everything"})
    assert db.session.get(Draft, draft) is None


def test_a_link_that_erases_leaves_somebody_else_who_is_signed_in_as_they_are(as_):
    with transaction():
        link = make_proof(person_of(RESIDENT), "erase", "everything").link
    beside = as_(NEIGHBOUR)
    gone = beside.post(f"/me/erase/link/{link}")
    assert f"You are still signed in as {NEIGHBOUR.name}" in beside.get(gone.location).text
    assert NEIGHBOUR.email in beside.get("/me").text
    assert db.session.query(Person).filter_by(email=ADDRESS).count() == 0


def test_a_link_that_supports_leaves_somebody_else_who_is_signed_in_as_they_are(as_):
    told = an_issue("Of the neighbour", by=NEIGHBOUR)
    as_(NOBODY).post(f"/entries/{told.ref}/support", data={"email": "somebody@example.org"})
    link = re.search(r"http://localhost(/support/\S+)", letters()[0].body)[1]
    beside = as_(CLLR)
    page = beside.get(beside.post(link).location).text
    assert f"You are still signed in as {CLLR.name}" in page
    assert db.session.get(Entry, told.id).supporters == 1


def test_a_copy_says_who_told_it_why_it_was_changed_and_what_an_appeal_is_about(as_):
    told = an_issue("Kerb with a face")
    with transaction():
        photo = photos.keep(photos.prepare(jpeg()), alt="A face", entry_id=told.id)
        photo.original = Original(key="of-before", kept_at=now())
        entry = db.session.get(Entry, told.id)
        db.session.query(Event).filter_by(thing_id=told.id, did=Did.POSTED).one().actor_id = None
        hid = record(as_viewer(MODERATOR), Did.HID, entry, change={"reason": "It shows a face."})
        db.session.flush()
        db.session.add(
            Appeal(event_id=hid.id, entry_id=told.id, person_id=person_of(RESIDENT).id, words="It is mine.",
                   made_at=now(), answer="")
        )  # fmt: skip
    copy = copied(as_(RESIDENT))
    about = json.loads(copy.read("data.json"))
    steps = {step["what"]: step for step in about["what you told"][0]["what happened"]}
    assert steps["posted"]["by"] == "you"
    assert (steps["hid"]["by"], steps["hid"]["reason"]) == ("the council", "It shows a face.")
    (appeal,) = about["appeals"]
    assert (appeal["about"], appeal["entry"]) == ("A moderator hid it", told.ref)
    assert f"photos/{told.ref}-1.jpg   until " in copy.read("README.txt").decode()
