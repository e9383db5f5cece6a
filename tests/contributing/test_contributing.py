"""A resident tells the council something: they find the place, say it, add photos, and confirm their address."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from html import unescape

import pytest
import time_machine
from flask.testing import FlaskClient
from PIL import Image

from tests.conftest import (
    ADMINISTRATOR,
    CAST,
    CLLR,
    IN_MILL,
    MILL,
    MODERATOR,
    NEIGHBOUR,
    NOBODY,
    OFFICER,
    RESIDENT,
    an_issue,
    category,
    person_of,
    spot,
)
from wardbook.db import db, now, transaction
from wardbook.entries.models import Draft, Entry, Photo
from wardbook.jobs import ask_for_what_recurs, do_what_is_due
from wardbook.mail import letters
from wardbook.people.queries import person_by_email
from wardbook.shared import Level, Standing


def begin(client: FlaskClient, where: str = "ZZ1 1AA") -> str:
    """The address of a new draft, without its last part."""
    answer = client.post("/contribute", data={"q": where})
    assert answer.status_code == 302, answer.text
    return answer.location.removesuffix("/spot")


def what(**changes: str) -> dict[str, str]:
    told = {
        "category": str(category().id),
        "title": "No dropped kerb",
        "words": "Wheels cannot cross.",
    }
    return told | changes


def who(**changes: str) -> dict[str, str]:
    return {"level": "public", "email": "new@example.org", "name": ""} | changes


def a_photo(colour: str = "red") -> tuple[io.BytesIO, str]:
    out = io.BytesIO()
    Image.new("RGB", (40, 30), colour).save(out, "JPEG")
    out.seek(0)
    return out, "photo.jpg"


def adds(client: FlaskClient, draft: str, shows: str) -> Photo:
    """One photo, and then what it shows."""
    client.post(f"{draft}/photos", data={"photo": [a_photo()]})
    photo = db.session.query(Photo).order_by(Photo.id.desc()).first()
    client.post(f"{draft}/photos", data={f"alt_{photo.id}": shows})
    return photo


def fill_in(client: FlaskClient, **answers: str) -> str:
    """Every page but the last; the draft's address."""
    draft = begin(client)
    client.post(f"{draft}/spot", data={"spot": answers.get("spot", f"{spot(*IN_MILL).y}, {spot(*IN_MILL).x}")})
    client.post(f"{draft}/kind", data={"kind": answers.get("kind", "issue")})
    client.post(f"{draft}/what", data=what(**{k: v for k, v in answers.items() if k in what()}))
    client.post(f"{draft}/photos", data={"alt": ""})
    asked = (*who(), "name_shown", "contact_shared")
    sent = client.post(f"{draft}/who", data=who(**{k: v for k, v in answers.items() if k in asked}))
    assert sent.status_code == 302, sent.text
    return draft


def send(client: FlaskClient, **answers: str) -> Entry:
    draft = fill_in(client, **answers)
    assert client.post(f"{draft}/check").location == f"{draft}/sent"
    return db.session.query(Entry).order_by(Entry.id.desc()).first()


def link_in(letter: object) -> str:
    return re.search(r"http://localhost(/contribute/confirm/\S+)", letter.body)[1]


# --- where -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "label"),
    [
        ("ZZ1 1AA", "the centre of postcode ZZ1 1AA"),
        ("zz11aa", "the centre of postcode ZZ1 1AA"),
        ("ST 754 646", "grid reference ST 754 646"),
        ("st7540064600", "grid reference ST7540064600"),
        ("375400, 164600", "easting 375400, northing 164600"),
        ("Mill", "the middle of Mill"),
        ("mil", "the middle of Mill"),
        (MILL, "the middle of Mill"),
    ],
)
def test_a_place_is_found_by_postcode_ward_grid_reference_or_numbers(typed, label, as_):
    draft_id = begin(as_(NOBODY), typed).split("/")[-1]
    assert db.session.get(Draft, draft_id).answers["found"] == label


@pytest.mark.parametrize(
    "words",
    [
        f"ward:{MILL}", f"point:{spot(*IN_MILL).x},{spot(*IN_MILL).y}+300m", "grid:ST754646", "postcode:ZZ1 1AA+300m",
        f"street:{spot(0.1, 0.1).x},{spot(0.1, 0.1).y};{spot(0.4, 0.2).x},{spot(0.4, 0.2).y}+50m",
    ],
)  # fmt: skip
def test_a_place_in_words_begins_in_its_middle_from_its_page_too(words, as_):
    client = as_(NOBODY)
    for begun in (client.post("/contribute", data={"q": words}), client.post(f"/contribute/place/{words}")):
        assert begun.location.endswith("/spot")
        assert ", in Mill." in client.get(begun.location).text
    page = client.get("/contribute", query_string={"place": words}).text
    assert "Begin there" in page and "/contribute/place/" in page
    assert "Tell us something here" in client.get(f"/places/{words}").text


def test_a_place_that_is_none_or_lies_outside_begins_nothing(as_):
    client = as_(NOBODY)
    assert client.get("/contribute?place=nonsense").status_code == 404
    assert client.get("/contribute?place=shape:secret").status_code == 404
    assert client.post("/contribute/place/ward:T09999999").status_code == 404
    for words, sentence in (
        ("shape:secret", "There is no such place that you can see."),
        ("ward:T09999999", "No area of this council has the code T09999999"),
        ("point:-0.1,51.5", "This is outside the council's area."),
    ):
        answer = client.post("/contribute", data={"q": words})
        assert answer.status_code == 422 and sentence in unescape(answer.text)
    assert "Tell us something here" not in client.get("/places/point:-0.1,51.5").text


@pytest.mark.parametrize("typed", ["Mill", "ZZ1 1AA\nZZ1 1AB", "51.38 -2.36 51.39 -2.35"])
def test_what_is_no_one_spot_is_told_only_what_would_be(typed, as_):
    client = as_(NOBODY)
    answer = client.post(f"{begin(client)}/spot", data={"spot": typed})
    assert answer.status_code == 422
    assert "as one spot. Type a postcode like ZZ1 1AA, a grid reference like ST" in answer.text
    assert "the name of a ward" not in answer.text


def test_coordinates_are_understood_in_both_orders(as_):
    at = spot(*IN_MILL)
    found = set()
    for typed in (f"{at.y:.5f}, {at.x:.5f}", f"{at.x:.5f} {at.y:.5f}", f"{at.y:.5f}N {-at.x:.5f}W"):
        draft_id = begin(as_(NOBODY), typed).split("/")[-1]
        found.add(db.session.get(Draft, draft_id).answers["spot"])
    assert found == {f"{at.y:.5f}0, {at.x:.5f}0"}


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "Enter a postcode, street, ward, grid reference or coordinates"),
        ("ZZ9 9ZZ", "We do not hold the postcode ZZ9 9ZZ"),
        ("somewhere nice", "We cannot find &#39;somewhere nice&#39;."),
        ("51.5, -0.12", "This is outside the council&#39;s area."),
        ("TQ 300 800", "This is outside the council&#39;s area."),
        ("x" * 201, "What you enter must be 200 characters or fewer"),
    ],
)
def test_a_place_that_is_not_found_is_refused_in_words_and_kept(typed, sentence, as_):
    answer = as_(NOBODY).post("/contribute", data={"q": typed})
    assert answer.status_code == 422
    assert sentence in answer.text
    assert f'value="{typed}"' in answer.text or not typed


def test_words_that_several_wards_match_lead_to_a_choice(as_):
    answer = as_(NOBODY).post("/contribute", data={"q": "i"})
    assert "Mill" in answer.text
    assert "Bridge" in answer.text


def test_the_spot_can_be_moved_but_not_out_of_the_council(as_):
    client = as_(NOBODY)
    draft = begin(client)
    refused = client.post(f"{draft}/spot", data={"spot": "51.5, -0.12"})
    assert refused.status_code == 422
    assert "51.5, -0.12" in refused.text
    assert client.post(f"{draft}/spot", data={"spot": "ST 755 642"}).location == f"{draft}/kind"


def test_a_spot_that_cannot_be_read_is_kept_as_it_was_typed(as_):
    client = as_(NOBODY)
    draft = begin(client)
    refused = client.post(f"{draft}/spot", data={"spot": "by the oak"})
    assert refused.status_code == 422
    assert 'value="by the oak"' in refused.text


# --- one page after another --------------------------------------------------------------------------------------


def test_the_pages_follow_each_other(as_):
    client = as_(NOBODY)
    draft = begin(client)
    assert client.post(f"{draft}/spot", data={"spot": "ST 755 642"}).location == f"{draft}/kind"
    assert client.post(f"{draft}/kind", data={"kind": "issue"}).location == f"{draft}/what"
    assert client.post(f"{draft}/what", data=what()).location == f"{draft}/photos"
    assert client.post(f"{draft}/photos", data={}).location == f"{draft}/who"
    assert client.post(f"{draft}/who", data=who()).location == f"{draft}/check"
    assert client.post(f"{draft}/check").location == f"{draft}/sent"


def test_the_check_leads_back_to_the_first_page_without_an_answer(as_):
    client = as_(NOBODY)
    draft = begin(client)
    assert client.get(f"{draft}/check").location == f"{draft}/kind"
    assert client.get(f"{draft}/what").location == f"{draft}/kind"
    client.post(f"{draft}/kind", data={"kind": "issue"})
    assert client.get(f"{draft}/check").location == f"{draft}/what"
    client.post(f"{draft}/what", data=what())
    assert client.get(f"{draft}/check").location == f"{draft}/who"
    assert client.post(f"{draft}/check").location == f"{draft}/who"
    assert db.session.query(Entry).count() == 0


def test_what_was_sent_is_not_asked_to_be_sent_again(as_):
    client = as_(NOBODY)
    draft = fill_in(client)
    client.post(f"{draft}/check")
    assert client.get(f"{draft}/check").location == f"{draft}/sent"


def test_after_the_check_a_changed_answer_leads_back_to_it(as_):
    client = as_(NOBODY)
    draft = fill_in(client)
    assert client.post(f"{draft}/what", data=what(title="A high kerb")).location == f"{draft}/check"
    assert "A high kerb" in client.get(f"{draft}/check").text


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"category": ""}, "Choose what it is about"),
        ({"category": "999"}, ""),
        ({"title": ""}, "Say in a few words what it is"),
        ({"title": "  "}, "Say in a few words what it is"),
        ({"title": "x" * 121}, "What you say must be 120 characters or fewer"),
        ({"words": "x" * 5001}, "What you tell us must be 5,000 characters or fewer"),
    ],
)
def test_what_is_missing_or_too_long_is_said_and_what_was_typed_is_still_there(changes, sentence, as_):
    client = as_(NOBODY)
    draft = begin(client)
    client.post(f"{draft}/kind", data={"kind": "issue"})
    typed = what(words="Since the works in May.") | changes
    refused = client.post(f"{draft}/what", data=typed)
    assert refused.status_code == 422
    assert sentence in refused.text
    assert "<title>Error:" in refused.text.replace("\n", "").replace("  ", "")
    assert typed["words"][:100] in refused.text
    assert typed["title"].strip()[:100] in refused.text


def test_a_good_answer_is_still_there_when_somebody_comes_back(as_):
    client = as_(NOBODY)
    draft = fill_in(client, title="A high kerb", level="ward", email="me@example.org")
    assert 'value="A high kerb"' in client.get(f"{draft}/what").text
    assert 'value="me@example.org"' in client.get(f"{draft}/who").text
    assert re.search(r'value="ward"\s+checked', client.get(f"{draft}/who").text)


@pytest.mark.parametrize("kind", ["", "note", "nonsense"])
def test_what_is_told_is_of_a_kind_that_is_offered(kind, as_):
    client = as_(NOBODY)
    draft = begin(client)
    assert client.post(f"{draft}/kind", data={"kind": kind}).status_code == 422
    assert "Choose what you want to tell us" in client.post(f"{draft}/kind", data={}).text
    assert client.get(f"{draft}/what").location == f"{draft}/kind"


def test_a_category_of_another_kind_is_refused(as_):
    client = as_(NOBODY)
    draft = begin(client)
    client.post(f"{draft}/kind", data={"kind": "issue"})
    refused = client.post(f"{draft}/what", data=what(category=str(category("Place to meet").id)))
    assert refused.status_code == 422
    assert category("Place to meet").name not in refused.text


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"email": ""}, "Enter your email address"),
        ({"email": "nobody"}, "Enter an email address in the correct format"),
        ({"email": "a@b@c"}, "Enter an email address in the correct format"),
        ({"level": ""}, "Choose who may see it"),
        ({"level": "private"}, ""),
        ({"name_shown": "y"}, "Enter your name, or leave"),
    ],
)
def test_who_sees_it_and_who_hears_back_must_be_said(changes, sentence, as_):
    client = as_(NOBODY)
    draft = begin(client)
    refused = client.post(f"{draft}/who", data=who(**changes))
    assert refused.status_code == 422
    assert sentence in refused.text


def test_who_will_see_it_is_said_in_words_before_it_is_sent(as_):
    client = as_(NOBODY)
    draft = fill_in(client, level="ward")
    for page in ("who", "check"):
        assert "You and the councillors of the ward it is in." in client.get(f"{draft}/{page}").text


# --- photos ------------------------------------------------------------------------------------------------------


def test_a_photo_is_kept_though_a_later_answer_is_wrong(as_):
    client = as_(NOBODY)
    draft = begin(client)
    photo = adds(client, draft, "A kerb")
    client.post(f"{draft}/what", data=what(title=""))
    assert client.get(f"{draft}/photos/{photo.key}/small.jpg").status_code == 200
    assert 'alt="A kerb"' in client.get(f"{draft}/photos").text


def test_a_photo_that_cannot_be_read_is_refused_and_those_before_stay(as_):
    client = as_(NOBODY)
    draft = begin(client)
    client.post(f"{draft}/photos", data={"photo": [a_photo()]})
    refused = client.post(f"{draft}/photos", data={"photo": [(io.BytesIO(b"words"), "photo.jpg")]})
    assert refused.status_code == 422
    assert "The photo must be a JPEG, PNG, WebP or HEIC file." in refused.text
    assert db.session.query(Photo).count() == 1


def test_six_photos_are_taken_and_a_seventh_is_not(as_):
    client = as_(NOBODY)
    draft = begin(client)
    seven = client.post(f"{draft}/photos", data={"photo": [a_photo() for _ in range(7)]})
    assert (seven.status_code, db.session.query(Photo).count()) == (422, 6)
    refused = client.post(f"{draft}/photos", data={"photo": [a_photo()]})
    for answer in (seven, refused):
        assert "‘photo.jpg’ was not added. You can add up to 6 photos: remove one first." in answer.text
    assert db.session.query(Photo).count() == 6


def test_a_photo_taken_away_is_gone_from_the_disk(as_, home):
    client = as_(NOBODY)
    draft = begin(client)
    client.post(f"{draft}/photos", data={"photo": [a_photo()]})
    do_what_is_due()
    assert len(list((home / "photos").rglob("*.jpg"))) == 2
    client.post(f"{draft}/photos", data={"remove": str(db.session.query(Photo).one().id)})
    assert db.session.query(Photo).count() == 0
    do_what_is_due()
    assert list((home / "photos").rglob("*.jpg")) == []


def test_photos_go_with_what_was_sent(as_):
    client = as_(RESIDENT)
    draft = fill_in(client)
    adds(client, draft, "A kerb")
    client.post(f"{draft}/check")
    entry = db.session.query(Entry).one()
    assert [photo.alt for photo in entry.photos] == ["A kerb"]
    page = as_(NOBODY).get(f"/entries/{entry.ref}").text
    assert f"/photos/{entry.photos[0].key}/large.jpg" in page


# --- sending it --------------------------------------------------------------------------------------------------


def test_what_a_visitor_sends_waits_for_their_address_to_be_confirmed(as_):
    client = as_(NOBODY)
    entry = send(client)
    assert (entry.standing, entry.confirmed_at, entry.level) == (Standing.PENDING, None, Level.PUBLIC)
    assert entry.author.email == "new@example.org"
    assert as_(NOBODY).get(f"/entries/{entry.ref}").status_code == 404
    (letter,) = letters()
    assert letter.to == "new@example.org"
    assert entry.ref in letter.body


def test_what_somebody_signed_in_sends_is_published_at_once(as_):
    entry = send(as_(RESIDENT))
    assert entry.standing is Standing.PUBLISHED
    assert entry.author_id == person_of(RESIDENT).id
    assert letters() == []
    assert as_(NOBODY).get(f"/entries/{entry.ref}").status_code == 200


def test_what_is_sent_twice_makes_one_entry_and_one_letter(as_):
    client = as_(NOBODY)
    draft = fill_in(client)
    answers = [client.post(f"{draft}/check") for _ in range(3)]
    assert {answer.location for answer in answers} == {f"{draft}/sent"}
    assert db.session.query(Entry).count() == 1
    assert len(letters()) == 1


def test_to_one_address_five_links_an_hour_are_mailed_and_what_is_refused_stays_to_be_sent_later(as_):
    for _ in range(5):
        send(as_(NOBODY))
    client = as_(NOBODY)
    draft = fill_in(client, title="The sixth")
    refused = client.post(f"{draft}/check")
    assert refused.status_code == 422
    assert "We have sent several links to this address already." in refused.text
    assert "The sixth" in refused.text
    assert len(letters()) == db.session.query(Entry).count() == 5
    send(as_(NOBODY), email="somebody.else@example.org")
    with time_machine.travel(now() + timedelta(hours=1, minutes=1), tick=False):
        assert client.post(f"{draft}/check").location == f"{draft}/sent"
    assert db.session.query(Entry).filter_by(title="The sixth").count() == 1


def test_another_browser_can_neither_read_nor_send_a_draft(as_):
    draft = fill_in(as_(NOBODY))
    other = as_(RESIDENT)
    for page in ("spot", "what", "photos", "who", "check", "sent"):
        assert other.get(f"{draft}/{page}").status_code == 404
    for page in ("spot", "what", "photos", "who", "check"):
        assert other.post(f"{draft}/{page}", data=what() | who()).status_code == 404
    assert db.session.query(Entry).count() == 0


def test_a_photo_of_a_draft_is_for_the_browser_that_sent_it(as_):
    client = as_(NOBODY)
    draft = begin(client)
    client.post(f"{draft}/photos", data={"photo": [a_photo()]})
    key = db.session.query(Photo).one().key
    assert as_(MODERATOR).get(f"{draft}/photos/{key}/small.jpg").status_code == 404
    assert as_(OFFICER).get(f"/photos/{key}/small.jpg").status_code == 404


def test_an_entry_of_a_moderated_category_waits_for_a_moderator_even_signed_in(as_):
    entry = send(as_(RESIDENT), category=str(category("About a person").id))
    assert entry.standing is Standing.PENDING
    assert as_(OFFICER).get(f"/entries/{entry.ref}").status_code == 404
    assert as_(MODERATOR).get(f"/entries/{entry.ref}").status_code == 200


@pytest.mark.parametrize("member", CAST[1:], ids=str)
def test_whoever_lives_here_may_tell_of_an_issue(member, as_):
    assert send(as_(member)).author_id == person_of(member).id


def test_an_address_that_belongs_to_somebody_does_not_publish_in_their_name(as_):
    entry = send(as_(NOBODY), email=OFFICER.email.upper())
    assert entry.author_id == person_of(OFFICER).id
    assert entry.standing is Standing.PENDING
    assert [letter.to for letter in letters()] == [OFFICER.email]


def test_a_visitor_does_not_rename_somebody_by_giving_their_address(as_):
    send(as_(NOBODY), email=RESIDENT.email, name="Somebody Else")
    assert person_of(RESIDENT).name == RESIDENT.name


def test_a_name_is_shown_only_where_its_bearer_said_so(as_):
    hidden = send(as_(RESIDENT))
    shown = send(as_(RESIDENT), name=RESIDENT.name, name_shown="y")
    client = as_(NOBODY)
    assert RESIDENT.name not in client.get(f"/entries/{hidden.ref}").text
    assert RESIDENT.name in client.get(f"/entries/{shown.ref}").text


def test_an_old_draft_is_forgotten_with_its_photos(as_, home):
    client = as_(NOBODY)
    with time_machine.travel("2026-01-01 12:00", tick=False):
        draft = begin(client)
        client.post(f"{draft}/photos", data={"photo": [a_photo()]})
    ask_for_what_recurs()
    do_what_is_due()
    assert client.get(f"{draft}/what").status_code == 404
    assert db.session.query(Photo).count() == 0
    assert list((home / "photos").rglob("*.jpg")) == []


def test_forgetting_a_draft_keeps_the_photos_of_what_was_sent(as_):
    with time_machine.travel("2026-01-01 12:00", tick=False):
        client = as_(RESIDENT)
        draft = fill_in(client)
        client.post(f"{draft}/photos", data={"photo": [a_photo()]})
        client.post(f"{draft}/check")
    ask_for_what_recurs()
    do_what_is_due()
    entry = db.session.query(Entry).one()
    assert as_(NOBODY).get(f"/photos/{entry.photos[0].key}/small.jpg").status_code == 200


# --- confirming --------------------------------------------------------------------------------------------------


def test_opening_the_link_publishes_nothing_and_pressing_the_button_does(as_):
    entry = send(as_(NOBODY))
    link = link_in(letters()[0])
    scanner = as_(NOBODY)
    for _ in range(3):
        assert scanner.get(link).status_code == 200
        assert scanner.head(link).status_code == 200
    assert db.session.get(Entry, entry.id).standing is Standing.PENDING
    pressed = as_(NOBODY).post(link)
    assert pressed.location == f"/entries/{entry.ref}?told=yes"
    assert db.session.get(Entry, entry.id).standing is Standing.PUBLISHED
    assert person_by_email("new@example.org").confirmed_at is not None


def test_whoever_confirms_is_signed_in_and_told_once_that_it_is_published(as_):
    entry = send(as_(NOBODY))
    link = link_in(letters()[0])
    client = as_(NOBODY)
    client.post(link)
    client.post(link)
    assert client.get("/desk").status_code == 200
    assert [letter.subject for letter in letters()][:-1] == [f"{entry.ref} is published: No dropped kerb"]


def test_pressing_twice_is_fine(as_):
    send(as_(NOBODY))
    link = link_in(letters()[0])
    client = as_(NOBODY)
    assert client.post(link).status_code == 302
    assert client.post(link).status_code == 200
    assert client.get(link).status_code == 200


def test_a_used_link_signs_nobody_in(as_):
    send(as_(NOBODY))
    link = link_in(letters()[0])
    as_(NOBODY).post(link)
    later = as_(NOBODY)
    later.post(link)
    assert later.get("/desk").status_code == 302


def test_a_link_ends_after_a_day_and_shows_nothing_of_what_it_was_for(as_):
    with time_machine.travel("2026-03-01 12:00", tick=False):
        entry = send(as_(NOBODY))
        link = link_in(letters()[0])
        assert entry.title in as_(NOBODY).get(link).text
    with time_machine.travel("2026-03-02 12:00:01", tick=False):
        seen, answer = as_(NOBODY).get(link), as_(NOBODY).post(link)
    assert (seen.status_code, answer.status_code) == (200, 422)
    for page in (seen.text, answer.text):
        assert "This link has ended" in page
        assert entry.title not in page
        assert entry.words not in page
    assert "This link has ended." in answer.text
    assert db.session.get(Entry, entry.id).standing is Standing.PENDING


def test_a_used_link_shows_nothing_of_what_it_was_for(as_):
    entry = send(as_(NOBODY))
    link = link_in(letters()[0])
    as_(NOBODY).post(link)
    page = as_(NOBODY).get(link).text
    assert "This link has been used" in page
    assert entry.title not in page
    assert entry.ref not in page


def test_who_comes_too_late_is_emailed_the_link_again(as_):
    with time_machine.travel("2026-03-01 12:00", tick=False):
        entry = send(as_(NOBODY))
        old = link_in(letters()[0])
    with time_machine.travel("2026-03-03 12:00", tick=False):
        client = as_(NOBODY)
        assert f'action="{old}/again"' in client.get(old).text
        for _ in range(2):
            assert "Check your email" in client.post(f"{old}/again").text
        new, *earlier = [link_in(letter) for letter in letters()]
        assert earlier == [old]
        assert client.post(new).location == f"/entries/{entry.ref}?told=yes"
        assert client.post(f"{old}/again").status_code == 422
    assert db.session.get(Entry, entry.id).standing is Standing.PUBLISHED


def test_who_mistyped_their_address_has_the_link_sent_to_another(as_):
    client = as_(NOBODY)
    entry = send(client, email="typo@example.org", contact_shared="y", name="Tess Teller")
    draft, old = f"/contribute/{entry.once}", link_in(letters()[0])
    assert f'href="{draft}/address"' in client.get(f"{draft}/sent").text
    assert "typo@example.org" in client.get(f"{draft}/address").text
    for _ in range(2):
        assert client.post(f"{draft}/address", data={"email": " New@Example.org"}).location == f"{draft}/sent"
    assert "new@example.org" in client.get(f"{draft}/sent").text
    (letter,) = letters()
    assert letter.to == "new@example.org"
    assert as_(NOBODY).get(old).status_code == 404, "the first link ends"
    as_(NOBODY).post(link_in(letter))
    db.session.expire_all()
    assert (entry.standing, entry.author.email, entry.author.name) == ("published", "new@example.org", "Tess Teller")


def test_a_letter_that_went_to_a_wrong_address_is_kept_without_its_words(as_):
    client = as_(NOBODY)
    entry = send(client, email="typo@example.org")
    with transaction():
        letters()[0].sent_at = now()
    client.post(f"/contribute/{entry.once}/address", data={"email": "new@example.org"})
    first, second = sorted(letters(), key=lambda letter: letter.id)
    assert (first.to, first.body, first.subject) == ("typo@example.org", "", "")
    assert "/contribute/confirm/" in second.body


@pytest.mark.parametrize("typed", ["", "nobody"])
def test_no_address_is_no_other_address(typed, as_):
    client = as_(NOBODY)
    entry = send(client)
    refused = client.post(f"/contribute/{entry.once}/address", data={"email": typed})
    assert refused.status_code == 422
    assert "nter " in refused.text
    assert len(letters()) == 1


def test_what_is_confirmed_stays_with_its_address(as_):
    client = as_(NOBODY)
    entry = send(client)
    as_(NOBODY).post(link_in(letters()[0]))
    sent = client.post(f"/contribute/{entry.once}/address", data={"email": NEIGHBOUR.email})
    assert sent.location == f"/contribute/{entry.once}/sent"
    db.session.expire_all()
    assert entry.author.email == "new@example.org"


def test_only_the_browser_that_sent_it_has_the_link_sent_elsewhere(as_):
    entry = send(as_(NOBODY))
    for other in (NOBODY, NEIGHBOUR, OFFICER):
        address = f"/contribute/{entry.once}/address"
        assert as_(other).get(address).status_code == 404
        assert as_(other).post(address, data={"email": "x@example.org"}).status_code == 404


def test_nobody_is_flooded_with_links(as_):
    send(as_(NOBODY))
    link = link_in(letters()[0])
    with time_machine.travel(now() + timedelta(minutes=1)) as clock:
        for _ in range(7):
            clock.shift(timedelta(minutes=3))
            answer = as_(NOBODY).post(f"{link}/again")
    assert answer.status_code == 422
    assert "We have sent several links to this address already" in answer.text
    assert len(letters()) == 5


def test_who_signs_in_instead_publishes_it_there(as_):
    entry = send(as_(NOBODY), email=RESIDENT.email)
    link = link_in(letters()[0])
    mine = f"/contribute/confirm/own/{entry.ref}"
    for other in (NOBODY, NEIGHBOUR, MODERATOR):
        assert as_(other).post(mine).status_code == 404
    client = as_(RESIDENT)
    assert f'action="{mine}"' in client.get(f"/entries/{entry.ref}").text
    for _ in range(2):
        assert client.post(mine).location == f"/entries/{entry.ref}?told=yes"
    assert db.session.get(Entry, entry.id).standing is Standing.PUBLISHED
    assert "This link has been used" in as_(NOBODY).get(link).text
    assert f'action="{mine}"' not in client.get(f"/entries/{entry.ref}").text


def test_a_second_link_publishes_nothing_that_waits_for_a_moderator(as_):
    entry = send(as_(NOBODY), category=str(category("About a person").id))
    old = link_in(letters()[0])
    with time_machine.travel(now() + timedelta(minutes=5)):
        as_(NOBODY).post(f"{old}/again")
        as_(NOBODY).post(link_in(letters()[0]))
        assert as_(NOBODY).post(old).status_code == 422
    assert db.session.get(Entry, entry.id).standing is Standing.PENDING


def test_what_nobody_confirms_is_erased_after_thirty_days(as_, home):
    with time_machine.travel("2026-03-01 12:00", tick=False):
        lost, late = send(as_(NOBODY), title="Never confirmed"), send(as_(NOBODY), title="Asked for again")
        link = link_in(letters()[0])
        kept = an_issue("Waits for a moderator", standing=Standing.PENDING)
    with time_machine.travel("2026-03-20 12:00", tick=False):
        as_(NOBODY).post(f"{link}/again")
    for day, standing in (("2026-03-31 11:00", Standing.PENDING), ("2026-03-31 13:00", Standing.ERASED)):
        with time_machine.travel(day, tick=False):
            ask_for_what_recurs()
            do_what_is_due()
        assert db.session.get(Entry, lost.id).standing is standing
    assert {db.session.get(Entry, one.id).standing for one in (late, kept)} == {Standing.PENDING}


@pytest.mark.parametrize("held", [False, True])
def test_before_and_after_sending_the_same_is_promised(held, as_):
    """'Then it is published' only where nobody reads it first."""
    client = as_(NOBODY)
    about = category("About a person") if held else category()
    draft = fill_in(client, category=str(about.id))
    assert "it, what you told us goes to the council." in client.get(f"{draft}/check").text
    client.post(f"{draft}/check")
    sent, letter = client.get(f"{draft}/sent").text, letters()[0]
    page = client.get(link_in(letter)).text
    assert ("then what you told us is published" in sent) is not held
    assert ("button to publish it" in letter.body) is not held
    assert ("button to publish it" in letter.html) is not held
    assert ("Yes, publish it" in page) is not held
    assert ("Yes, this is mine: send it" in page) is held
    for said in (sent, letter.body, page):
        assert ("before it is published" in said) is held


def test_a_confirmed_entry_of_a_moderated_category_goes_on_waiting(as_):
    entry = send(as_(NOBODY), category=str(category("About a person").id))
    as_(NOBODY).post(link_in(letters()[0]))
    entry = db.session.get(Entry, entry.id)
    assert (entry.standing, entry.confirmed_at is None) == (Standing.PENDING, False)
    assert as_(MODERATOR).post(f"/entries/{entry.ref}/pass", data={"edition": entry.edition}).status_code == 302
    assert db.session.get(Entry, entry.id).standing is Standing.PUBLISHED


def test_what_was_hidden_while_it_waited_is_not_published_by_its_link(as_):
    entry = send(as_(NOBODY))
    link = link_in(letters()[0])
    as_(MODERATOR).post(f"/entries/{entry.ref}/hide", data={"hide-reason": "Names somebody"})
    as_(NOBODY).post(link)
    assert db.session.get(Entry, entry.id).standing is Standing.HIDDEN


def test_what_was_erased_while_it_waited_has_no_link_any_more(as_):
    entry = send(as_(NOBODY))
    with transaction():
        db.session.get(Entry, entry.id).standing = Standing.ERASED
    assert as_(NOBODY).get(link_in(letters()[0])).status_code == 404


def test_a_sign_in_link_publishes_nothing(as_):
    entry = send(as_(NOBODY))
    as_(NOBODY).post("/sign-in", data={"email": "new@example.org"})
    link = re.search(r"/sign-in/link/(\S+)", letters()[0].body)[1]
    assert as_(NOBODY).post(f"/contribute/confirm/{link}").status_code == 404
    assert db.session.get(Entry, entry.id).standing is Standing.PENDING


def test_a_ward_page_begins_in_the_middle_of_its_ward(as_):
    answer = as_(ADMINISTRATOR).post(f"/contribute/ward/{MILL}")
    page = as_(CLLR).post(f"/contribute/ward/{MILL}")
    assert answer.status_code == page.status_code == 302
    assert {draft.answers["found"] for draft in db.session.query(Draft)} == {"the middle of Mill"}


def test_what_was_refused_on_one_page_cannot_be_sent_from_another(as_):
    browser = as_(NOBODY)
    where = browser.post("/contribute", data={"q": "ZZ1 1AA"}).location
    draft = where.rsplit("/", 1)[0]
    browser.post(where, data={"spot": "ZZ1 1AA"})
    good = {"category": str(category().id), "title": "No dropped kerb", "words": ""}
    browser.post(f"{draft}/kind", data={"kind": "issue"})
    assert browser.post(f"{draft}/what", data=good).status_code == 302
    who = {"level": "public", "email": "new@example.org", "name": ""}
    assert browser.post(f"{draft}/who", data=who).location == f"{draft}/check"
    assert browser.post(f"{draft}/what", data=good | {"title": "x" * 500}).status_code == 422
    assert browser.get(f"{draft}/what").text.count("x" * 500) == 1
    assert browser.post(f"{draft}/check").location == f"{draft}/what"
