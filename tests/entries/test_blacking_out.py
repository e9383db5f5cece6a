"""A moderator blacks out a part of a photo: it is gone from what everybody sees, and what was is destroyed in time."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta
from typing import NamedTuple

import pytest
import time_machine
from flask.testing import FlaskClient
from PIL import Image

from tests.conftest import (
    ADMINISTRATOR,
    CAST,
    MODERATOR,
    NEIGHBOUR,
    NOBODY,
    OFFICER,
    RESIDENT,
    Member,
    an_issue,
)
from tests.entries.pictures import picture, saved
from wardbook.clock import day_in_words, today
from wardbook.copying.homes import files_in
from wardbook.db import db, now, transaction
from wardbook.entries import own
from wardbook.entries.models import Entry, Original, Photo
from wardbook.entries.photographs import photos
from wardbook.entries.photographs.developing import Box, covered
from wardbook.entries.photographs.forms import boxes_in
from wardbook.errors import Refused
from wardbook.events import Did, Event
from wardbook.jobs import ask_for_what_recurs, do_what_is_due
from wardbook.mail import letters
from wardbook.shared import Level, Standing

A_FACE = "0, 0, 40, 50"
AS = Callable[[Member], FlaskClient]


class Sent(NamedTuple):
    """A photo as it was known before anything was done to it."""

    id: int
    key: str


def shown(**told: object) -> tuple[Entry, Sent]:
    """An entry with a photo, red on the left and blue on the right, in both sizes."""
    entry = an_issue(**told)
    with transaction():
        photo = photos.keep(photos.prepare(saved(picture((1000, 800)))), alt="A kerb", entry_id=entry.id)
        sent = Sent(photo.id, photo.key)
    do_what_is_due()
    return entry, sent


def page(entry: Entry, key: str, what: str = "black-out") -> str:
    return f"/entries/{entry.ref}/photos/{key}/{what}"


def cover(client: FlaskClient, entry: Entry, key: str, boxes: str = A_FACE, **form: str) -> object:
    return client.post(page(entry, key), data={"boxes": boxes, "reason": "A face.", **form})


def pixel(raw: bytes, across: float, down: float) -> tuple[int, ...]:
    image = Image.open(io.BytesIO(raw))
    return image.getpixel((int(across * image.width), int(down * image.height)))


def is_black(colour: tuple[int, ...]) -> bool:
    return max(colour) < 20


# --- what is covered ---------------------------------------------------------------------------------------------


def test_what_lies_under_a_rectangle_is_gone_and_the_rest_stays():
    raw = covered(photos.prepare(saved(picture((1000, 800)))).large, [Box(10, 10, 20, 20), Box(90, 90, 10, 10)])
    assert is_black(pixel(raw, 0.11, 0.11))
    assert is_black(pixel(raw, 0.29, 0.29))
    assert is_black(pixel(raw, 0.99, 0.99))
    assert pixel(raw, 0.05, 0.05)[0] > 200
    assert pixel(raw, 0.8, 0.8)[2] > 200


def test_a_rectangle_covers_every_pixel_it_touches():
    raw = covered(photos.prepare(saved(Image.new("RGB", (10, 10), "white"), quality=100)).large, [Box(11, 11, 1, 1)])
    assert is_black(pixel(raw, 0.15, 0.15))


@pytest.mark.parametrize(
    ("words", "boxes"),
    [
        ("10, 20, 15, 8", [Box(10, 20, 15, 8)]),
        ("10% 20% 15% 8%", [Box(10, 20, 15, 8)]),
        ("10;20.5;15;8\n\n  0 0 100 100 ", [Box(10, 20.5, 15, 8), Box(0, 0, 100, 100)]),
        ("90, 90, 50, 50", [Box(90, 90, 10, 10)]),
    ],
)
def test_rectangles_are_typed_one_a_line(words, boxes):
    assert boxes_in(words) == boxes


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("", "Enter at least one rectangle"),
        ("10, 20, 15", "Line 1: enter four numbers from 0 to 100"),
        ("1,1,1,1\nnan, 1, 1, 1", "Line 2: enter four numbers"),
        ("-1, 1, 1, 1", "Line 1: enter four numbers"),
        ("1e1, 1, 1, 1", "Line 1: enter four numbers"),
        ("100, 0, 5, 5", "Line 1: this rectangle lies outside"),
        ("0, 0, 0, 5", "Line 1: this rectangle lies outside"),
        ("1,1,1,1\n" * 21, "Enter 20 rectangles or fewer."),
    ],
)
def test_what_is_no_rectangle_is_said_by_its_line(words, sentence):
    with pytest.raises(Refused) as refused:
        boxes_in(words)
    assert refused.value.sentence.startswith(sentence)


# --- what everybody sees -----------------------------------------------------------------------------------------


def test_both_sizes_are_black_under_a_new_address_and_the_old_ones_are_gone(as_):
    entry, photo = shown()
    old, client = photo.key, as_(MODERATOR)
    assert cover(client, entry, old).location == f"/entries/{entry.ref}"
    new = db.session.query(Photo).one().key
    anybody = as_(NOBODY)
    for size in ("small", "large"):
        assert anybody.get(f"/photos/{old}/{size}.jpg").status_code == 404
        raw = anybody.get(f"/photos/{new}/{size}.jpg").data
        assert is_black(pixel(raw, 0.2, 0.2))
        assert pixel(raw, 0.9, 0.9)[2] > 200
    html = anybody.get(f"/entries/{entry.ref}").text
    assert new in html
    assert old not in html


def test_nothing_of_what_was_is_left_where_photos_are_served_from(as_, home):
    entry, photo = shown()
    cover(as_(MODERATOR), entry, photo.key)
    assert {file.name.split("-")[0] for file in (home / "photos").rglob("*.jpg")} == {db.session.query(Photo).one().key}
    (kept,) = (home / "originals").iterdir()
    assert kept.parent.stat().st_mode & 0o077 == 0


def test_a_moderator_comes_from_moderation_and_reads_until_when_it_can_be_undone(as_):
    entry, photo = shown()
    assert page(entry, photo.key) in as_(MODERATOR).get(f"/moderation/{entry.ref}").text
    told = f"Moderators can undo it until {day_in_words(today() + timedelta(days=14))}"
    assert told in as_(MODERATOR).get(page(entry, photo.key)).text


def test_the_author_is_told_what_was_done_and_why_and_readers_read_it(as_):
    entry, photo = shown()
    cover(as_(MODERATOR), entry, photo.key, reason="The face of a passer-by.")
    (letter,) = [letter for letter in letters() if "black" in letter.subject]
    assert letter.to == RESIDENT.email
    assert "The face of a passer-by." in letter.body
    assert f"until {day_in_words(today() + timedelta(days=14))}: on that day it is destroyed" in letter.body
    html = as_(NOBODY).get(f"/entries/{entry.ref}").text
    assert "A photo was partly blacked out" in html
    assert "The face of a passer-by." in html
    assert "You were told." in as_(RESIDENT).get(f"/entries/{entry.ref}").text


@pytest.mark.parametrize(
    "form", [{"boxes": ""}, {"boxes": "all of it"}, {"reason": ""}, {"reason": "x" * 501}], ids=str
)
def test_a_form_with_something_wrong_changes_nothing_and_keeps_what_was_typed(form, as_, home):
    entry, photo = shown()
    answer = cover(as_(MODERATOR), entry, photo.key, **form)
    assert answer.status_code == 422
    assert (form.get("boxes") or A_FACE) in answer.text or not form.get("boxes", "x")
    assert db.session.query(Photo).one().key == photo.key
    assert not (home / "originals").exists()


def test_it_is_looked_at_first_and_nothing_is_changed_by_that(as_):
    entry, photo = shown()
    client = as_(MODERATOR)
    answer = cover(client, entry, photo.key, look="Look at it first", reason="")
    assert answer.status_code == 200
    address = page(entry, photo.key, "preview.jpg?boxes=0,0,40,50")
    assert address in answer.text.replace("%2C", ",")
    preview = client.get(address)
    assert is_black(pixel(preview.data, 0.2, 0.2))
    assert preview.headers["Cache-Control"] == "private, no-store"
    assert db.session.query(Photo).one().key == photo.key
    for nonsense in ("", "1,2,3", "nan,0,0,0", "1,1,1,1;" * 21):
        assert client.get(page(entry, photo.key, f"preview.jpg?boxes={nonsense}")).status_code == 404


def test_pressed_twice_it_is_black_once(as_):
    entry, photo = shown()
    client = as_(MODERATOR)
    for _ in range(2):
        assert cover(client, entry, photo.key, once="same").status_code == 302
    assert db.session.query(Event).filter_by(did=Did.BLACKED_OUT).count() == 1
    assert len([letter for letter in letters() if "black" in letter.subject]) == 1


def test_of_two_moderators_at_once_the_second_is_shown_how_it_is_now(as_):
    entry, photo = shown()
    client = as_(MODERATOR)
    cover(client, entry, photo.key, once="one")
    new = db.session.query(Photo).one().key
    assert cover(client, entry, photo.key, "60 0 40 50", once="other").location == page(entry, new)
    assert "Another moderator has changed this photo since you opened it." in client.get(page(entry, new)).text
    assert db.session.query(Photo).one().key == new
    assert db.session.query(Event).filter_by(did=Did.BLACKED_OUT).count() == 1


def test_a_second_part_is_blacked_out_later_and_the_first_original_is_what_is_kept(as_):
    entry, photo = shown()
    client = as_(MODERATOR)
    cover(client, entry, photo.key)
    between = db.session.query(Photo).one().key
    cover(client, entry, between, "60 0 40 50")
    last = db.session.query(Photo).one().key
    raw = client.get(f"/photos/{last}/large.jpg").data
    assert is_black(pixel(raw, 0.2, 0.2))
    assert is_black(pixel(raw, 0.8, 0.2))
    original = client.get(page(entry, last, "original.jpg")).data
    assert pixel(original, 0.2, 0.2)[0] > 200
    assert not photos.path(between, "large").exists()


# --- what it was -------------------------------------------------------------------------------------------------


def test_moderators_alone_see_what_it_was(as_):
    entry, photo = shown()
    cover(as_(MODERATOR), entry, photo.key)
    new = db.session.query(Photo).one().key
    assert "Compare with the original" in as_(MODERATOR).get(page(entry, new)).text
    for member in CAST:
        answer = as_(member).get(page(entry, new, "original.jpg"))
        assert answer.status_code == (200 if member is MODERATOR else 403)
        for size in ("original", "large", "small"):
            assert as_(member).get(f"/photos/{photo.key}/{size}.jpg").status_code == 404
    assert as_(MODERATOR).get(page(entry, new, "original.jpg")).headers["Cache-Control"] == "private, no-store"


def test_what_a_moderator_does_not_see_they_do_not_black_out(as_):
    entry, photo = shown(level=Level.WARD)
    for what in ("black-out", "original.jpg", "preview.jpg?boxes=1,1,1,1"):
        assert as_(MODERATOR).get(page(entry, photo.key, what)).status_code == 404
    assert cover(as_(MODERATOR), entry, photo.key).status_code == 404


@pytest.mark.parametrize("standing", [Standing.PENDING, Standing.HIDDEN, Standing.WITHDRAWN])
def test_what_is_not_out_can_be_blacked_out_too(standing, as_):
    entry, photo = shown(standing=standing)
    assert cover(as_(MODERATOR), entry, photo.key).status_code == 302


def test_a_photo_of_another_entry_is_not_there(as_):
    _, photo = shown()
    other, _ = shown(title="Another")
    assert as_(MODERATOR).get(page(other, photo.key)).status_code == 404


def test_it_is_shown_as_it_was_again_under_yet_another_address(as_, home):
    entry, photo = shown()
    client = as_(MODERATOR)
    cover(client, entry, photo.key)
    black = db.session.query(Photo).one().key
    for _ in range(2):
        assert client.post(page(entry, black, "uncover"), data={"once": "same"}).location == f"/entries/{entry.ref}"
    do_what_is_due()
    whole = db.session.query(Photo).one().key
    assert len({photo.key, black, whole}) == 3
    assert pixel(as_(NOBODY).get(f"/photos/{whole}/large.jpg").data, 0.2, 0.2)[0] > 200
    assert as_(NOBODY).get(f"/photos/{black}/large.jpg").status_code == 404
    assert list((home / "originals").iterdir()) == []
    assert "A photo is shown whole again" in as_(NOBODY).get(f"/entries/{entry.ref}").text
    assert as_(RESIDENT).post(page(entry, whole, "uncover")).status_code == 403


def runs(on_day: int) -> None:
    """What recurs, so many days from now."""
    with time_machine.travel(now() + timedelta(days=on_day, minutes=5), tick=False):
        ask_for_what_recurs()
        do_what_is_due()


def test_what_it_was_is_destroyed_after_the_days_the_council_chose(as_, home):
    entry, photo = shown()
    client = as_(MODERATOR)
    cover(client, entry, photo.key)
    black = db.session.query(Photo).one().key
    runs(on_day=13)
    assert len(list((home / "originals").iterdir())) == 1
    runs(on_day=14)
    assert list((home / "originals").iterdir()) == []
    assert db.session.query(Original).count() == 0
    assert client.get(page(entry, black, "original.jpg")).status_code == 404
    assert "Compare with the original" not in client.get(page(entry, black)).text
    assert client.post(page(entry, black, "uncover")).status_code == 422
    assert client.get(f"/photos/{black}/large.jpg").status_code == 200


def test_an_administrator_chooses_for_how_many_days(as_, home):
    client = as_(ADMINISTRATOR)
    assert 'value="14"' in client.get("/admin/settings").text
    for wrong in ("0", "91", "a week"):
        answer = client.post("/admin/settings", data={"keep_originals_days": wrong})
        assert (answer.status_code, "Enter a whole number of days from 1 to 90" in answer.text) == (422, True)
    client.post("/admin/settings", data={"keep_originals_days": "2"})
    entry, photo = shown()
    cover(as_(MODERATOR), entry, photo.key)
    runs(on_day=2)
    assert list((home / "originals").iterdir()) == []


def test_what_an_interrupted_change_left_is_destroyed_too(as_, home):
    entry, photo = shown()
    cover(as_(MODERATOR), entry, photo.key)
    for left in (home / "originals" / "stray.jpg", photos.path(photo.key, "large")):
        left.write_bytes(b"left")
    runs(on_day=0)
    assert not photos.path(photo.key, "large").exists(), "what was covered is never left where photos lie"
    assert (home / "originals" / "stray.jpg").exists(), "it may be of a change that is under way"
    runs(on_day=2)
    assert [file.name for file in (home / "originals").iterdir()] == [f"{photo.key}.jpg"]


@pytest.mark.parametrize("how", ["erases it", "removes the photo"])
def test_with_the_photo_what_it_was_goes_at_once(how, as_, home):
    entry, photo = shown()
    cover(as_(MODERATOR), entry, photo.key)
    address, form = {
        "erases it": (f"/entries/{entry.ref}/erase", {}),
        "removes the photo": (f"/entries/{entry.ref}/photos", {"remove": str(photo.id)}),
    }[how]
    assert as_(RESIDENT).post(address, data=form).status_code == 302
    do_what_is_due()
    assert [file for name in ("photos", "originals") for file in (home / name).rglob("*") if file.is_file()] == []
    assert (db.session.query(Photo).count(), db.session.query(Original).count()) == (0, 0)


def test_what_it_was_leaves_with_no_copy(as_, home):
    entry, photo = shown()
    cover(as_(MODERATOR), entry, photo.key)
    db.session.refresh(entry)
    assert not any(path.parts[0] == "originals" for path in files_in(home))
    ((_, kept),) = own.photo_names(entry)
    large = photos.path(kept.key, "large")
    assert large.read_bytes() != (home / "originals" / f"{photo.key}.jpg").read_bytes()


@pytest.mark.parametrize("member", [NOBODY, NEIGHBOUR, RESIDENT, OFFICER, ADMINISTRATOR], ids=str)
def test_nobody_else_is_offered_it_or_may_do_it(member, as_):
    entry, photo = shown()
    assert "Black out a part" not in as_(member).get(f"/entries/{entry.ref}").text
    assert cover(as_(member), entry, photo.key).status_code == 403


def test_a_moderator_s_own_photo_is_blacked_out_without_a_letter(as_):
    entry, photo = shown(by=MODERATOR)
    assert f"/photos/{photo.key}/black-out" in as_(MODERATOR).get(f"/entries/{entry.ref}").text
    cover(as_(MODERATOR), entry, photo.key)
    assert letters() == []
