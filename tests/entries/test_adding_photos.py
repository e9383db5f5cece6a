"""Photos are added as they come and each is asked about by itself: before it is sent, and on one's own entry later."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask.testing import FlaskClient

from tests.conftest import CLLR, MODERATOR, NEIGHBOUR, NOBODY, RESIDENT, Member, a_note, an_issue, category
from tests.entries.pictures import picture, saved
from wardbook.db import db, transaction
from wardbook.entries import own
from wardbook.entries.models import Entry, Photo
from wardbook.entries.photographs import photos
from wardbook.events import Did, Event
from wardbook.jobs import do_what_is_due
from wardbook.personal import all_about
from wardbook.shared import Standing

A_PHOTO = saved(picture((40, 30)))
NO_PHOTO = b"these are words"
MOVING = saved(picture((40, 30)), "WEBP", save_all=True, append_images=[picture((40, 30)).rotate(180)])


def sent(*names: str, raw: bytes = A_PHOTO) -> dict[str, object]:
    return {"photo": [(io.BytesIO(raw), name) for name in names]}


def rows() -> list[Photo]:
    return db.session.query(Photo).order_by(Photo.id).all()


@pytest.fixture(params=["before it is sent", "on one's own entry"])
def told(request: pytest.FixtureRequest, as_: Callable[[Member], FlaskClient]) -> tuple[FlaskClient, str]:
    """A browser, and the address of the photos of what it tells."""
    client = as_(RESIDENT)
    if request.param == "before it is sent":
        return client, client.post("/contribute", data={"q": "ZZ1 1AA"}).location.replace("/spot", "/photos")
    return client, f"/entries/{an_issue().ref}/photos"


def test_several_photos_are_each_asked_about_by_itself(told):
    client, address = told
    assert client.post(address, data=sent("a.jpg", "b.jpg")).location == address
    one, other = rows()
    page = client.get(address).text
    assert "2 photos are added. Say what each shows." in page
    assert "What does photo 1 show?" in page
    assert "What does photo 2 show?" in page
    gone_on = client.post(address, data={f"alt_{one.id}": "A high kerb", f"alt_{other.id}": "The same from above"})
    assert gone_on.location != address
    assert [photo.alt for photo in rows()] == ["A high kerb", "The same from above"]
    assert 'alt="A high kerb"' in client.get(address).text


def test_of_several_the_good_ones_are_kept_and_the_others_named_with_why(told):
    client, address = told
    files = [
        (io.BytesIO(raw), name) for raw, name in ((A_PHOTO, "kerb.jpg"), (NO_PHOTO, "<b>.doc"), (A_PHOTO, "c.jpg"))
    ]
    answer = client.post(address, data={"photo": files})
    assert (answer.status_code, len(rows())) == (422, 2)
    assert "‘&lt;b&gt;.doc’ was not added. The photo must be a JPEG, PNG, WebP or HEIC file." in answer.text
    assert "2 photos are added." in answer.text
    assert answer.text.count("show? (optional)") == 2


def test_what_was_typed_stays_where_a_photo_cannot_be_read(told):
    client, address = told
    client.post(address, data=sent("a.jpg"))
    (photo,) = rows()
    refused = client.post(address, data={f"alt_{photo.id}": "A high kerb", **sent("b.doc", raw=NO_PHOTO)})
    assert refused.status_code == 422
    assert 'value="A high kerb"' in refused.text
    assert rows()[0].alt == "A high kerb"


def test_too_many_words_are_shown_again_and_those_of_the_others_are_kept(told):
    client, address = told
    client.post(address, data=sent("a.jpg", "b.jpg"))
    one, other = rows()
    answer = client.post(address, data={f"alt_{one.id}": "x" * 201, f"alt_{other.id}": "A kerb"})
    assert answer.status_code == 422
    assert "What you say must be 200 characters or fewer" in answer.text
    assert "x" * 201 in answer.text
    assert [photo.alt for photo in rows()] == ["", "A kerb"]


def test_a_photo_is_removed_and_the_order_of_the_others_stays(told, home):
    client, address = told
    client.post(address, data=sent("a.jpg", "b.jpg", "c.jpg"))
    first, second, third = rows()
    alts = {f"alt_{photo.id}": words for photo, words in zip(rows(), ("first", "second", "third"), strict=True)}
    assert client.post(address, data={**alts, "remove": str(second.id)}).location == address
    assert [(photo.id, photo.alt) for photo in rows()] == [(first.id, "first"), (third.id, "third")]
    do_what_is_due()
    assert len(list((home / "photos").rglob("*-large.jpg"))) == 2
    client.post(address, data=sent("d.jpg"))
    assert [photo.id for photo in rows()][:2] == [first.id, third.id]


def test_six_is_the_most_across_additions(told):
    client, address = told
    client.post(address, data=sent("1.jpg", "2.jpg", "3.jpg", "4.jpg"))
    answer = client.post(address, data=sent("5.jpg", "6.jpg", "7.jpg"))
    assert (answer.status_code, len(rows())) == (422, 6)
    assert "‘7.jpg’ was not added. You can add up to 6 photos: remove one first." in answer.text
    replaced = client.post(address, data={"remove": str(rows()[0].id), **sent("7.jpg")})
    assert (replaced.status_code, len(rows())) == (302, 6)


def test_six_is_the_most_from_two_tabs_at_once(told):
    client, address = told
    cookie = client.get_cookie("wardbook").value

    def in_a_tab(number: int) -> int:
        with client.application.app_context():
            tab = client.application.test_client()
            tab.set_cookie("wardbook", cookie)
            return tab.post(address, data=sent(*(f"{number}{n}.jpg" for n in range(4)))).status_code

    with ThreadPoolExecutor(2) as tabs:
        assert sorted(tabs.map(in_a_tab, range(2))) == [302, 422]
    db.session.rollback()
    assert len(rows()) == 6


def test_a_form_that_is_sent_twice_adds_its_photos_once(told):
    client, address = told
    for _ in range(2):
        assert client.post(address, data={"once": "same", **sent("a.jpg", "b.jpg")}).status_code == 302
    assert len(rows()) == 2


def test_after_a_refusal_the_same_page_adds_what_was_put_right(told):
    client, address = told
    files = [(io.BytesIO(A_PHOTO), "a.jpg"), (io.BytesIO(NO_PHOTO), "b.doc")]
    refused = client.post(address, data={"once": "first try", "photo": files})
    once = re.search(r'name="once" value="([^"]+)"', refused.text)[1]
    client.post(address, data={"once": once, **sent("b.jpg")})
    assert len(rows()) == 2


def test_of_a_picture_that_moves_it_is_said_that_the_first_is_kept(told):
    client, address = told
    client.post(address, data=sent("wave.webp", raw=MOVING))
    assert "‘wave.webp’ moves: only its first picture is kept." in client.get(address).text


def test_nothing_chosen_is_said_and_nothing_to_say_goes_on(told):
    client, address = told
    nothing = client.post(address, data={"add": "Add these photos"})
    assert (nothing.status_code, "Choose a photo" in nothing.text) == (422, True)
    assert client.post(address, data={"go_on": "Continue"}).location not in (None, address)


def test_a_photo_of_somebody_else_is_neither_changed_nor_removed(told):
    client, address = told
    with transaction():
        other = photos.keep(photos.prepare(A_PHOTO), alt="Theirs", entry_id=an_issue(by=NEIGHBOUR).id)
    client.post(address, data={f"alt_{other.id}": "Mine", "remove": str(other.id)})
    assert [photo.alt for photo in rows()] == ["Theirs"]


# --- on one's own entry ------------------------------------------------------------------------------------------


def steps(entry: Entry) -> list[Event]:
    return db.session.query(Event).filter_by(thing_id=entry.id, did=Did.CHANGED_PHOTOS).all()


def test_its_author_adds_a_photo_later_and_that_is_on_its_timeline_without_it(as_):
    entry = an_issue()
    client = as_(RESIDENT)
    assert f"/entries/{entry.ref}/photos" in client.get(f"/entries/{entry.ref}").text
    client.post(f"/entries/{entry.ref}/photos", data=sent("a.jpg"))
    (step,) = steps(entry)
    assert (step.words, step.change, step.signed) == ("", {}, "")
    page = as_(NOBODY).get(f"/entries/{entry.ref}").text
    assert "Photos changed by its author" in page
    assert f"/photos/{rows()[0].key}/large.jpg" in page
    assert RESIDENT.name not in page


@pytest.mark.parametrize(("member", "status"), [(NOBODY, 403), (NEIGHBOUR, 403), (MODERATOR, 403)], ids=str)
def test_nobody_else_changes_its_photos(member, status, as_):
    entry = an_issue()
    client = as_(member)
    address = f"/entries/{entry.ref}/photos"
    assert client.get(address).status_code == client.post(address, data=sent("a.jpg")).status_code == status
    assert rows() == []


def test_a_note_has_photos_too(as_):
    note = a_note()
    assert as_(NOBODY).get(f"/entries/{note.ref}/photos").status_code == 404
    assert as_(CLLR).post(f"/entries/{note.ref}/photos", data=sent("a.jpg")).status_code == 302
    assert [photo.entry_id for photo in rows()] == [note.id]


def test_where_a_category_is_moderated_a_new_photo_waits_for_a_moderator(as_):
    entry = an_issue(category=category("About a person"))
    edition = entry.edition
    client = as_(RESIDENT)
    client.post(f"/entries/{entry.ref}/photos", data=sent("a.jpg"))
    db.session.refresh(entry)
    assert (entry.standing, entry.edition) == (Standing.PENDING, edition + 1)
    assert "A moderator looks at it first." in client.get(f"/entries/{entry.ref}/photos").text
    assert as_(NOBODY).get(f"/photos/{rows()[0].key}/small.jpg").status_code == 404


def test_nothing_changed_is_no_step(as_):
    entry = an_issue()
    as_(RESIDENT).post(f"/entries/{entry.ref}/photos", data={"go_on": "Save"})
    assert steps(entry) == []


def test_a_copy_of_what_a_person_told_names_their_photos(as_):
    entry = an_issue()
    with transaction():
        photos.keep(photos.prepare(A_PHOTO), alt="A high kerb", entry_id=entry.id)
    db.session.refresh(entry)
    ((name, _),) = own.photo_names(entry)
    (told,) = all_about(entry.author)["what you told"]
    assert told["photos"] == [{"file": name, "shows": "A high kerb"}]


def test_a_photo_whose_file_is_lost_is_not_there(as_):
    entry = an_issue()
    with transaction():
        key = photos.keep(photos.prepare(A_PHOTO), alt="", entry_id=entry.id).key
    photos.path(key, "large").unlink()
    assert as_(NOBODY).get(f"/photos/{key}/large.jpg").status_code == 404
