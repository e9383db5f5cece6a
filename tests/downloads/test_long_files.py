"""A long file is made by a job, for one person, as they may see it; who takes a file is on record."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.conftest import CLLR, MILL, MODERATOR, NEIGHBOUR, NOBODY, OFFICER, RESIDENT, a_note, an_issue, person_of
from tests.moderation.people import does
from wardbook import jobs
from wardbook.db import db, now, transaction
from wardbook.downloads import sources
from wardbook.downloads.actions import MAKE
from wardbook.downloads.models import Download, folder
from wardbook.entries import batches
from wardbook.entries.models import Entry
from wardbook.jobs import Job, do_what_is_due
from wardbook.people.models import Term
from wardbook.shared import Level

WHOLE = "/map.csv"
BRIEF = f"/places/ward:{MILL}/brief.json?for=council"


@pytest.fixture(autouse=True)
def more_than_three_are_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "MOST_AT_ONCE", 3)
    monkeypatch.setattr(sources, "MOST_ON_PAPER", 3)


@pytest.fixture
def told(app: object) -> list[str]:
    """Four public issues and a note for the council, by their references."""
    told = [an_issue(f"Issue {number}").ref for number in range(4)] + [a_note("For the council").ref]
    do_what_is_due()
    return told


def asks(client: FlaskClient, address: str = WHOLE, **form: str) -> str:
    """Follow a long file to its page: the address of that page."""
    led = client.get(address)
    assert led.status_code == 303
    assert client.get(led.location).status_code == 200
    sent = client.post(led.location, data=form)
    assert sent.status_code == 302
    return str(sent.location)


def made(client: FlaskClient, address: str = WHOLE) -> str:
    page = asks(client, address)
    do_what_is_due()
    assert "Your file is ready" in client.get(page).text
    return page


def titles(answer: object) -> list[str]:
    text = answer.data.decode("utf-8-sig")  # type: ignore[attr-defined]
    return [row["title"] for row in csv.DictReader(io.StringIO(text))]


# --- asking and making -------------------------------------------------------------------------------------------


def test_a_short_file_comes_at_once(app, as_):
    an_issue("Only one")
    assert titles(as_(NOBODY).get(WHOLE)) == ["Only one"]


@pytest.mark.parametrize("member", [NOBODY, RESIDENT, OFFICER], ids=str)
def test_a_long_one_is_asked_for_made_and_taken(member, told, as_):
    client = as_(member)
    page = asks(client)
    assert "waiting to be made" in client.get(page).text
    assert client.get(f"{page}/download").status_code == 404
    assert do_what_is_due() == 1
    assert "Your file is ready" in client.get(page).text
    answer = client.get(f"{page}/download")
    assert answer.headers["Content-Disposition"] == "attachment; filename=entries.csv"
    expected = [f"Issue {number}" for number in (3, 2, 1, 0)]
    assert titles(answer) == (["For the council", *expected] if member is OFFICER else expected)


@pytest.mark.parametrize("suffix", ["csv", "json", "geojson", "gpkg"])
def test_made_by_a_job_or_at_once_a_file_holds_the_same(suffix, told, as_, monkeypatch):
    client = as_(OFFICER)
    page = made(client, f"/places/ward:{MILL}/entries.{suffix}?kind=issue")
    long = client.get(f"{page}/download")
    monkeypatch.setattr(sources, "MOST_AT_ONCE", 5000)
    short = client.get(f"/places/ward:{MILL}/entries.{suffix}?kind=issue")
    assert long.mimetype == short.mimetype or suffix in {"gpkg", "geojson"}
    if suffix == "gpkg":
        assert abs(len(long.data) - len(short.data)) < 5000
        assert all(f"Issue {number}".encode() in long.data for number in range(4))
    else:
        assert long.data == short.data


def test_it_is_read_some_at_a_time_and_nothing_is_lost_between(told, as_, monkeypatch):
    sizes: list[int | None] = []
    original = batches.shown

    def counting(rows):
        sizes.append(None)
        return original(rows)

    monkeypatch.setattr(batches, "shown", counting)
    monkeypatch.setattr(batches.in_batches, "__defaults__", (2,))
    same = now()
    with transaction():
        for entry in db.session.query(Entry):
            entry.told_at = same
    client = as_(OFFICER)
    assert len(titles(client.get(f"{made(client)}/download"))) == 5
    assert len(sizes) == 4, "two, two, one, none"


@pytest.mark.parametrize("form", ["json", "csv", "gpkg", "pdf"])
def test_a_long_brief_is_made_too(form, told, as_):
    client = as_(OFFICER)
    page = made(client, BRIEF.replace("json", form))
    answer = client.get(f"{page}/download")
    assert answer.status_code == 200
    assert "brief-ward-t05000001-council" in answer.headers["Content-Disposition"]
    if form == "json":
        assert len(json.loads(answer.data)["items"]) == 5


def test_pressed_twice_it_is_made_once(told, as_):
    client = as_(RESIDENT)
    assert asks(client, once="same") == asks(client, once="same")
    assert db.session.query(Job).filter_by(does=MAKE).count() == db.session.query(Download).count() == 1


def test_opening_the_page_makes_nothing(told, as_):
    client = as_(RESIDENT)
    client.get(client.get(WHOLE).location)
    assert db.session.query(Download).count() == 0


def test_what_is_no_file_cannot_be_asked_for(told, as_):
    client = as_(OFFICER)
    for asked in ("", "?source=people&form=csv", "?source=entries&form=exe", "?source=brief&form=json&for=ward&place=x",
                  "?source=entries&form=csv&place=nowhere", "?source=brief&form=pdf"):  # fmt: skip
        assert client.get(f"/files/new{asked}").status_code == 404, asked
        assert client.post(f"/files/new{asked}").status_code == 404, asked
    assert client.get("/files/new?source=entries&form=csv&_external=1&endpoint=x").status_code == 200


def test_nobody_has_more_than_a_few_made_at_a_time(told, as_):
    client, address = as_(RESIDENT), "/files/new?source=entries&form=csv"
    for _ in range(5):
        assert client.post(address).status_code == 302
    refused = client.post(address)
    assert refused.status_code == 422
    assert "Other files are still being made" in refused.text
    do_what_is_due()
    assert client.post(address).status_code == 302


@pytest.mark.parametrize(("member", "most"), [(RESIDENT, 5), (NOBODY, 20)], ids=str)
def test_files_that_were_given_up_keep_nobody_from_another(member, most, told, as_):
    client, address = as_(member), "/files/new?source=entries&form=csv"
    for _ in range(most):
        assert client.post(address).status_code == 302
    assert client.post(address).status_code == 422
    with transaction():
        for job in db.session.query(Job).filter_by(does=MAKE):
            job.given_up_at = now()
    assert client.post(address).status_code == 302


def test_progress_is_shown(told, as_):
    client = as_(RESIDENT)
    page = asks(client)
    with transaction():
        job = db.session.query(Job).filter_by(does=MAKE).one()
        job.done, job.total, job.taken_by = 1500, 6000, "somebody"
    text = client.get(page).text
    assert "1,500 of 6,000 entries" in text
    assert 'value="1500"' in text
    assert client.get(f"{page}.json").json == {
        "stage": "making", "done": 1500, "total": 6000, "words": "1,500 of 6,000 entries",
    }  # fmt: skip


def test_a_desk_has_the_files_of_its_person(told, as_):
    page = asks(as_(RESIDENT))
    assert page in as_(RESIDENT).get("/desk").text
    assert page not in as_(NEIGHBOUR).get("/desk").text


# --- whose it is, and what may still be seen ---------------------------------------------------------------------


@pytest.mark.parametrize("other", [NOBODY, NEIGHBOUR, CLLR, MODERATOR], ids=str)
def test_a_person_s_file_is_theirs_alone(other, told, as_):
    page = made(as_(OFFICER))
    for address in (page, f"{page}.json", f"{page}/download"):
        assert as_(other).get(address).status_code == 404


def test_who_lost_the_right_to_a_file_has_none(told, as_):
    client = as_(OFFICER)
    page = made(client, BRIEF)
    with transaction():
        for term in db.session.query(Term).filter_by(person_id=person_of(OFFICER).id):
            db.session.delete(term)
    for address in (page, f"{page}/download"):
        assert client.get(address).status_code == 404


def test_who_lost_a_role_between_asking_and_making_gets_what_is_left_to_them(told, as_):
    client = as_(OFFICER)
    page = asks(client)
    with transaction():
        for term in db.session.query(Term).filter_by(person_id=person_of(OFFICER).id):
            db.session.delete(term)
    do_what_is_due()
    assert titles(client.get(f"{page}/download")) == ["Issue 3", "Issue 2", "Issue 1", "Issue 0"]


def test_a_file_for_a_role_that_was_lost_before_it_was_made_is_not_made(told, as_):
    page = asks(as_(OFFICER), BRIEF)
    with transaction():
        for term in db.session.query(Term).filter_by(person_id=person_of(OFFICER).id):
            db.session.delete(term)
    do_what_is_due()
    assert as_(OFFICER).get(page).status_code == 404
    assert db.session.query(Download).one().refused_for is not None
    assert list(folder().iterdir() if folder().exists() else []) == []


def hides(ref: str, as_: Callable[..., FlaskClient]) -> None:
    form = {"hide-reason": "It names somebody."}
    assert as_(MODERATOR).post(f"/entries/{ref}/hide", data=form).status_code == 302


def narrows(ref: str, as_: Callable[..., FlaskClient]) -> None:
    with transaction():
        db.session.query(Entry).filter_by(ref=ref).one().level = Level.WARD


@pytest.mark.parametrize("change", [hides, narrows])
@pytest.mark.parametrize("address", [WHOLE, BRIEF.replace("council", "public")])
def test_a_file_that_holds_what_was_hidden_or_narrowed_since_is_not_given(address, change, told, as_):
    client = as_(NEIGHBOUR)
    page = made(client, address)
    change(told[0], as_)
    assert "no longer shown" in client.get(page).text
    assert client.get(f"{page}/download").status_code == 404


def edits(ref: str, as_: Callable[..., FlaskClient], **form: str) -> None:
    form = {"title": "In other words", "words": "", "edition": "1"} | form
    assert as_(RESIDENT).post(f"/entries/{ref}/edit", data=form).status_code == 302


def test_a_file_with_a_name_or_words_that_their_author_took_back_is_not_given(told, as_):
    client = as_(NEIGHBOUR)
    edits(told[1], as_, name_shown="y")
    with time_machine.travel(now() + timedelta(minutes=1), tick=False):
        pages = [made(client), made(client, BRIEF.replace("council", "public"))]
        assert RESIDENT.name in client.get(f"{pages[0]}/download").text
        edits(told[1], as_, edition="2")
        for page in pages:
            assert "was edited, hidden or erased" in client.get(page).text
            assert client.get(f"{page}/download").status_code == 404
    with time_machine.travel(now() + timedelta(minutes=2), tick=False):
        assert RESIDENT.name not in client.get(f"{made(client)}/download").text


@pytest.mark.parametrize(("deed", "given"), [("redact", {"pieces": "Mill Lane"}), ("move", {"where": "ZZ1 1AA"})])
def test_a_file_of_what_a_moderator_made_another_is_not_given(deed, given, told, as_):
    edits(told[0], as_, words="Behind Mill Lane")
    client = as_(NEIGHBOUR)
    with time_machine.travel(now() + timedelta(minutes=1), tick=False):
        page = made(client)
        assert does(as_(MODERATOR), entry_called(told[0]), deed, reason="For a reason", **given).status_code == 302
        assert client.get(f"{page}/download").status_code == 404
        if deed == "redact":
            do_what_is_due()
            assert list(folder().glob("*.csv")) == [], "nor is it kept"


def entry_called(ref: str) -> Entry:
    return db.session.scalars(select(Entry).where(Entry.ref == ref)).one()


def test_a_file_with_what_its_author_was_called_before_is_not_given(told, as_):
    edits(told[1], as_, name_shown="y")
    client = as_(NEIGHBOUR)
    with time_machine.travel(now() + timedelta(minutes=1), tick=False):
        page = made(client)
        as_(RESIDENT).post("/me/name", data={"name": "Somebody Else", "shown": "leave"})
        assert client.get(f"{page}/download").status_code == 404


def test_an_answer_leaves_a_file_good(told, as_):
    client = as_(NEIGHBOUR)
    page = made(client)
    as_(OFFICER).post(f"/entries/{told[0]}/answer", data={"answer-words": "We will look."})
    assert client.get(f"{page}/download").status_code == 200


def erases(ref: str, as_: Callable[..., FlaskClient]) -> None:
    assert as_(RESIDENT).post(f"/entries/{ref}/erase").status_code == 302


def test_what_is_erased_takes_the_files_that_hold_it_from_the_disk_and_no_other(told, as_, monkeypatch):
    client = as_(NEIGHBOUR)
    monkeypatch.setattr(sources, "MOST_AT_ONCE", 0)
    pages = [made(client), made(client, BRIEF.replace("council", "public")), made(client, "/map.csv?words=issue+3")]
    erases(told[0], as_)
    do_what_is_due()
    assert [client.get(f"{page}/download").status_code for page in pages] == [404, 404, 200]
    assert "was edited, hidden or erased" in client.get(pages[0]).text
    assert len(list(folder().iterdir())) == 2
    assert not any("Issue 0" in path.read_text() for path in folder().iterdir())


def test_what_is_erased_while_a_file_is_made_is_on_no_disk_either(told, as_, monkeypatch):
    client = as_(NEIGHBOUR)
    page = asks(client)
    progress = jobs.progress

    def erased_meanwhile(*told_so_far: object) -> None:
        erases(told[0], as_)
        progress(*told_so_far)  # type: ignore[arg-type]

    monkeypatch.setattr(jobs, "progress", erased_meanwhile)
    monkeypatch.setattr("wardbook.outlook.lists.TOLD_EVERY", 4)
    do_what_is_due()
    assert "was edited, hidden or erased" in client.get(page).text
    assert list(folder().iterdir()) == []


def test_a_file_stays_good_when_more_is_told(told, as_):
    client = as_(NEIGHBOUR)
    page = made(client)
    an_issue("Later")
    assert client.get(f"{page}/download").status_code == 200


# --- keeping and recording ---------------------------------------------------------------------------------------


def test_it_is_kept_for_a_day_where_only_the_owner_reads_it_and_then_removed(told, as_):
    client = as_(RESIDENT)
    page = made(client)
    assert folder().stat().st_mode & 0o077 == 0
    assert len(list(folder().iterdir())) == 2
    with time_machine.travel(now() + timedelta(hours=25), tick=False):
        assert "no longer kept" in client.get(page).text
        assert client.get(f"{page}/download").status_code == 404
        jobs.ask_for_what_recurs()
        do_what_is_due()
    assert list(folder().iterdir()) == []
    assert db.session.query(Download).one().entries == 4, "that it was taken stays on record"


def test_a_file_in_the_making_is_not_removed(told, as_, home: Path):
    folder().mkdir()
    half = folder() / "abc.def.part"
    half.write_text("half")
    jobs.ask_for_what_recurs()
    do_what_is_due()
    assert half.exists()


def test_an_end_in_the_middle_leaves_no_row_without_its_file(told, as_, monkeypatch):
    client = as_(RESIDENT)
    page = asks(client)

    def end(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("wardbook.downloads.actions.os.fsync", end)
    with pytest.raises(KeyboardInterrupt):
        do_what_is_due()
    assert db.session.query(Download).one().made_at is None
    assert "Your file is being made" in client.get(page).text
    monkeypatch.undo()
    monkeypatch.setattr(sources, "MOST_AT_ONCE", 3)
    with time_machine.travel(now() + timedelta(minutes=2), tick=False):
        do_what_is_due()
        assert titles(client.get(f"{page}/download")) == ["Issue 3", "Issue 2", "Issue 1", "Issue 0"]


def test_a_file_that_cannot_be_made_says_so_after_three_tries(told, as_, caplog):
    client = as_(RESIDENT)
    page = asks(client)
    folder().write_text("no folder can be made where a file is")
    for minutes in (0, 2, 5):
        with time_machine.travel(now() + timedelta(minutes=minutes), tick=False):
            do_what_is_due()
    assert "We could not make this file" in client.get(page).text


def test_who_took_a_file_at_once_is_on_record_visitors_are_not(app, as_):
    an_issue()
    for member in (NOBODY, OFFICER):
        as_(member).get("/map.csv?kind=issue&after=1.1")
        as_(member).get(f"/places/ward:{MILL}/brief.json?for=public")
    rows = db.session.query(Download).order_by(Download.id).all()
    assert [(row.asked_by_id, row.source, row.form, row.about, row.entries) for row in rows] == [
        (person_of(OFFICER).id, "entries", "csv", {"kind": "issue"}, 1),
        (person_of(OFFICER).id, "brief", "json", {"place": f"ward:{MILL}", "for": "public"}, 1),
    ]
    assert all(row.taken_at for row in rows)


def test_when_a_long_one_was_taken_is_on_record(told, as_):
    client = as_(RESIDENT)
    page = made(client)
    assert db.session.query(Download).one().taken_at is None
    client.head(f"{page}/download")
    assert db.session.query(Download).one().taken_at is None
    client.get(f"{page}/download")
    assert db.session.query(Download).one().taken_at is not None
