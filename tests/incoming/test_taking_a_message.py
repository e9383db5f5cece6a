"""An email becomes an entry or a draft, once; nothing in it is lost, and programs are never answered."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from email import message_from_bytes, policy

import pytest
from sqlalchemy import select

from tests.conftest import BRIDGE, MODERATOR, NOBODY, RESIDENT, an_issue, application, category, spot
from tests.incoming.conftest import LAT_LON, WRITER, a_message, a_photo
from wardbook import personal
from wardbook.db import db, transaction
from wardbook.entries.kinds import Channel, Kind
from wardbook.entries.models import Draft, Entry, Photo
from wardbook.entries.photographs import photos
from wardbook.erasure import blank_copies
from wardbook.errors import Refused
from wardbook.incoming import where
from wardbook.incoming.models import Became, TakenMessage
from wardbook.incoming.taking import MOST_ANSWERS, take_message
from wardbook.jobs import do_what_is_due
from wardbook.mail import Letter, write_letter
from wardbook.people.queries import person_by_email
from wardbook.shared import Standing

HERE = "It is at ZZ1 1AA."


def take(message):
    return take_message(bytes(message))


def entry_of(taking) -> Entry:
    assert taking.became is Became.ENTRY
    return db.session.scalars(select(Entry).where(Entry.ref == taking.ref)).one()


def draft() -> Draft:
    return db.session.scalars(select(Draft)).one()


# --- what it becomes ---


def test_an_email_that_names_a_postcode_is_an_entry_that_waits_for_the_link_in_the_letter_back(as_, letters_to):
    entry = entry_of(take(a_message(f"Wheels cannot cross.\n{HERE}\n")))
    assert (entry.title, entry.words) == ("No dropped kerb", f"Wheels cannot cross.\n{HERE}")
    assert (entry.kind, entry.channel, entry.standing) == (Kind.ISSUE, Channel.EMAIL, Standing.PENDING)
    assert entry.author.email == WRITER
    assert entry.category == category("Dropped kerbs")
    (letter,) = letters_to()
    assert "We take the place to be the centre of postcode ZZ1 1AA, in Mill." in letter.body
    link = re.search(r"/contribute/confirm/\S+", letter.body)[0]
    client = as_(NOBODY)
    assert client.get(link).status_code == 200
    assert client.post(link).status_code == 302
    assert as_(NOBODY).get(f"/entries/{entry.ref}").status_code == 200


def test_where_it_was_put_is_put_right_before_it_is_published(as_, letters_to):
    entry = entry_of(take(a_message(HERE)))
    link = re.search(r"/by-email/\S+/place", letters_to()[0].body)[0]
    client = as_(NOBODY)
    page = client.get(link)
    assert "in Mill" in page.text
    at = spot(1.5, 0.5)
    answer = client.post(link, data={"spot": f"{at.y}, {at.x}", "category": str(category("About a person").id)})
    assert answer.location.startswith("/contribute/confirm/")
    db.session.refresh(entry)
    assert entry.category.name == "About a person"
    assert entry.ref in as_(MODERATOR).get("/moderation").text or entry.standing is Standing.PENDING
    client.post(answer.location)
    assert client.get(link).status_code == 404, "what is confirmed is no longer moved"
    entry.standing = Standing.PUBLISHED
    db.session.commit()
    assert entry.title in as_(NOBODY).get(f"/wards/{BRIDGE}").text


@pytest.mark.parametrize(
    ("typed", "about", "said"),
    [("nowhere at all", "1", "We cannot read"), ("51.0, 0.0", "1", "outside"), (LAT_LON, "", "Choose what")],
)
def test_what_is_put_right_wrongly_is_refused_in_words(typed, about, said, as_, letters_to):
    take(a_message(HERE))
    link = re.search(r"/by-email/\S+/place", letters_to()[0].body)[0]
    answer = as_(NOBODY).post(link, data={"spot": typed, "category": about})
    assert answer.status_code == 422
    assert said in answer.text
    assert typed in answer.text


def test_an_email_that_names_no_place_is_a_draft_that_a_link_opens_filled_in(as_, letters_to):
    assert take(a_message("The bin is full.", "Overflowing bin")).became is Became.DRAFT
    assert db.session.scalar(select(Entry.id)) is None
    (letter,) = letters_to()
    assert "nothing in your email names one place" in letter.body
    link = re.search(r"/by-email/\S+", letter.body)[0]
    client = as_(NOBODY)
    assert "The bin is full." in client.get(link).text
    assert client.get(link).status_code == 200, "opening it uses nothing up"
    answer = client.post(link)
    assert answer.location == f"/contribute/{draft().id}/spot"
    client.post(answer.location, data={"spot": "ZZ1 1AA"})
    what = f"/contribute/{draft().id}/what"
    client.post(f"/contribute/{draft().id}/kind", data={"kind": "issue"})
    page = client.get(what).text
    assert "Overflowing bin" in page
    assert "The bin is full." in page
    about = {"category": category().id, "title": "Overflowing bin", "words": "The bin is full."}
    client.post(what, data=about)
    client.post(f"/contribute/{draft().id}/who", data={"level": "public", "name": ""})
    client.post(f"/contribute/{draft().id}/check")
    entry = db.session.scalars(select(Entry)).one()
    assert (entry.channel, entry.standing, entry.author.email) == (Channel.EMAIL, Standing.PUBLISHED, WRITER)
    assert "has been used" in as_(NOBODY).get(link).text
    assert as_(NOBODY).post(link).status_code == 422


def test_a_draft_of_an_email_is_not_another_s_to_open(as_):
    take(a_message("The bin is full."))
    assert as_(RESIDENT).get(f"/contribute/{draft().id}/spot").status_code == 404


def test_a_link_whose_draft_is_gone_says_so(as_, letters_to):
    take(a_message("The bin is full."))
    db.session.delete(draft())
    db.session.commit()
    link = re.search(r"/by-email/\S+", letters_to()[0].body)[0]
    assert "This link has ended" in as_(NOBODY).get(link).text
    assert as_(NOBODY).post(link).status_code == 422


@pytest.mark.parametrize(
    ("subject", "kind"),
    [
        ("An idea for the park", Kind.IDEA),
        ("Suggestion", Kind.IDEA),
        ("Offer of help", Kind.OFFER),
        ("Ideally fixed", Kind.ISSUE),
        ("Pothole", Kind.ISSUE),
    ],
)
def test_its_subject_says_what_kind_it_is(subject, kind, app):
    assert entry_of(take(a_message(HERE, subject))).kind is kind


def test_without_a_subject_its_first_words_are_its_title(app):
    entry = entry_of(take(a_message(f"The lamp is out. It has been for weeks.\n{HERE}", "Re: ")))
    assert entry.title == "The lamp is out."


@pytest.mark.parametrize(
    ("words", "about"),
    [
        ("two dropped kerbs are missing", "Dropped kerbs"),
        ("a dropped kerb, about a person", None),
        ("the lamp is out", None),
    ],
)
def test_it_is_about_the_one_category_that_it_names(words, about, app):
    entry = entry_of(take(a_message(f"{words} {HERE}", "Hello")))
    assert (entry.category.name if entry.category else None) == about


def test_a_photo_comes_with_it_and_says_nothing_of_its_maker(as_, letters_to):
    heic = a_photo("HEIF")
    message = a_message(HERE, photos=(a_photo(), b"no photo at all"))
    message.add_attachment(heic, maintype="application", subtype="octet-stream", filename="IMG_9.HEIC")
    message.add_attachment(b"%PDF-1.4", maintype="application", subtype="pdf", filename="plan.pdf")
    message.add_attachment(b"\x78\x9f\x3e\x22", maintype="application", subtype="ms-tnef", filename="winmail.dat")
    entry = entry_of(take(message))
    assert len(entry.photos) == 2
    for photo in entry.photos:
        kept = photos.path(photo.key, "large").read_bytes()
        assert b"Telephone of Wren" not in kept
        assert b"Exif" not in kept
    body = letters_to()[0].body
    assert "2 photos are with it." in body
    assert "‘IMG_1.jpg’ was left out. The photo must be" in body
    assert "‘plan.pdf’ was left out" in body
    assert "winmail" not in body


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "HEIF"])
def test_exiftool_finds_no_trace_in_a_photo_that_came_by_email(kind, app, tmp_path):
    exiftool = shutil.which("exiftool")
    if exiftool is None:
        pytest.skip("exiftool is not installed (libimage-exiftool-perl)")
    entry = entry_of(take(a_message(HERE, photos=(a_photo(kind),))))
    do_what_is_due()
    for size in photos.SIZES:
        kept = photos.path(entry.photos[0].key, size)
        said = subprocess.run([exiftool, "-j", "-G", str(kept)], capture_output=True, text=True, check=True).stdout
        groups = {tag.split(":")[0] for tag in json.loads(said)[0]}
        assert groups <= {"SourceFile", "ExifTool", "File", "JFIF", "Composite"}


def test_more_than_six_photos_are_said(letters_to):
    entry = entry_of(take(a_message(HERE, photos=tuple(a_photo(quality=40 + number) for number in range(8)))))
    assert len(entry.photos) == 6
    assert letters_to()[0].body.count("we take up to 6 photos") == 2


def test_the_sign_of_a_firm_is_no_photo(app):
    message = a_message(HERE, html="<p>Hello <img src='cid:logo'></p>")
    html = message.get_payload()[1]
    html.add_related(a_photo(size=(90, 40)), maintype="image", subtype="jpeg", cid="<logo>")
    html.add_related(a_photo(), maintype="image", subtype="jpeg", cid="<photo>")
    assert len(entry_of(take(message)).photos) == 1


def test_photos_of_a_draft_come_with_it(app):
    take(a_message("No idea where", photos=(a_photo(),)))
    assert len(draft().photos) == 1


# --- where it is ---


@pytest.mark.parametrize(
    ("words", "labels"),
    [
        ("at ZZ1 1AA", ["the centre of postcode ZZ1 1AA"]),
        ("at zz11aa, really zz1 1aa", ["the centre of postcode ZZ1 1AA"]),
        (f"at {LAT_LON}", ["latitude"]),
        (f"see https://www.google.com/maps/@{LAT_LON.replace(' ', '')},17z", ["latitude"]),
        (f"https://www.openstreetmap.org/#map=17/{LAT_LON.replace(', ', '/')}", ["latitude"]),
        ("grid reference ST 754 646", ["grid reference ST 754 646"]),
        ("at 375400, 164600", ["easting 375400, northing 164600"]),
        ("outside the library in Library Lane.", ["Library Lane"]),
        ("LIBRARY LN is dark", ["Library Lane"]),
        ("at the corner of Library Lane and Chapel Street", ["where Library Lane and Chapel Street meet, or near it"]),
        ("in Upper Chapel St", ["Upper Chapel Street"]),
        ("in Upper Chapel Street, not in Chapel Street", ["Upper Chapel Street"]),
        ("in the High Street", ["High Street, Milton", "High Street, Dockside"]),
        ("in the High Street, Milton", ["High Street, Milton"]),
        ("in Library Lane. Also in Mere Park", ["Library Lane", "Mere Park"]),
        ("near Library Lane, ZZ1 1AA", ["the centre of postcode ZZ1 1AA"]),
        ("in Mere Park, yours, 1 The Road, BA99 9ZZ", ["Mere Park"]),
        ("my ward is Bridge ward", ["the middle of Bridge"]),
        ("in the ward of Castle", ["the middle of Castle"]),
        ("the bridge at the mill by the castle", []),
        ("in London at 51.5074, -0.1278", []),
        ("nothing", []),
        ("WB-22222", []),
    ],
)
def test_the_place_is_found_in_its_words(words, labels, streets):
    found = [spot.label for spot in where.spots_in("", words)]
    assert len(found) == len(labels), found
    assert all(label in one for label, one in zip(sorted(labels), sorted(found), strict=True))


def test_a_postcode_far_from_the_street_that_is_named_is_asked_about(streets, letters_to):
    assert take(a_message("In the High Street, Dockside.\n\nI live at ZZ1 1AA")).became is Became.DRAFT
    assert "It may be one of these" in letters_to()[0].body


# --- as real mail programs write ---

REPLY = """Still there. ZZ1 1AA

On Mon, 2 Nov 2026 at 10:00, Somebody with a long name
<somebody@example.org> wrote:
> Their words
> and more
"""
OUTLOOK = """Still there. ZZ1 1AA

________________________________
From: Somebody <somebody@example.org>
Sent: 02 November 2026 10:00
To: Me
Subject: Old

Their words
"""
SIGNED = """Still there. ZZ1 1AA

Kind regards,

Wren Writer
07700 900123
1 Secret Road
"""
DASHES = "Still there. ZZ1 1AA\n-- \nWren Writer\n07700 900123\n"
PHONE = "Still there. ZZ1 1AA\n\nSent from my iPhone\n"
BELOW = "On Monday, Somebody wrote:\n> Their words\n\nStill there. ZZ1 1AA\n"


@pytest.mark.parametrize("text", [REPLY, OUTLOOK, SIGNED, DASHES, PHONE, BELOW])
def test_what_it_answers_and_how_it_is_signed_are_left_out(text, app):
    assert entry_of(take(a_message(text))).words == "Still there. ZZ1 1AA"


def test_what_is_passed_on_is_kept_without_its_head(app):
    text = (
        "Please see below.\n\n---------- Forwarded message ---------\nFrom: Nia <nia@example.org>\n"
        "Date: Mon\nSubject: Kerb\nTo: <wren@example.com>\n\nThe kerb is high. ZZ1 1AA\n"
    )
    entry = entry_of(take(a_message(text, "Fwd: Kerb")))
    assert entry.title == "Kerb"
    assert entry.words == "Please see below.\n\nThe kerb is high. ZZ1 1AA"


def test_a_message_within_a_message_is_read_where_there_are_no_other_words(app):
    inner = a_message("The kerb is high. ZZ1 1AA", photos=(a_photo(),))
    outer = a_message("", "Fwd: Kerb")
    outer.add_attachment(message_from_bytes(bytes(inner), policy=policy.default))
    entry = entry_of(take(outer))
    assert entry.words == "The kerb is high. ZZ1 1AA"
    assert len(entry.photos) == 1


def test_of_html_alone_the_text_is_taken(app):
    raw = (
        b"From: wren@example.com\r\nSubject: Kerb\r\nMessage-ID: <1@example.com>\r\n"
        b"Content-Type: text/html; charset=utf-8\r\n\r\n"
        b"<html><head><style>p {}</style></head><body><p>High&nbsp;kerb</p><script>alert(1)</script>"
        b"<div>ZZ1 1AA &amp; near</div><blockquote>old words</blockquote><b>unclosed"
    )
    entry = entry_of(take_message(raw))
    assert entry.words == "High kerb\n\nZZ1 1AA & near\n\nunclosed"


@pytest.mark.parametrize(
    ("charset", "raw"),
    [
        ("utf-8", "Café – ZZ1 1AA".encode()),
        ("iso-8859-1", "Café – ZZ1 1AA".encode("cp1252")),
        ("windows-1252", "Café – ZZ1 1AA".encode("cp1252")),
        ("utf-16", "Café – ZZ1 1AA".encode("utf-16")),
        ("no-such-charset", "Café – ZZ1 1AA".encode()),
        ("us-ascii", "Café – ZZ1 1AA".encode()),
    ],
)
def test_words_are_read_in_whatever_charset_they_come(charset, raw, app):
    head = (
        f"From: wren@example.com\nSubject: Kerb\nContent-Type: text/plain; charset={charset}\n"
        "Content-Transfer-Encoding: 8bit\n\n"
    )
    if charset == "utf-16":
        import base64

        head, raw = head.replace("8bit", "base64"), base64.b64encode(raw)
    assert entry_of(take_message(head.encode() + raw)).words == "Café – ZZ1 1AA"


@pytest.mark.parametrize(
    "head",
    [
        b"Subject: =?utf-8?Q?broken",
        b'Subject: =?no-such?Q?x?=\nDate: yesterday\nTo: "',
        b"Subject: \xff\xfe\x00\nContent-Type: multipart/mixed",
        b"Subject: x\nContent-Type: ;;;===\nContent-Transfer-Encoding: nonsense",
        b"Subject: x\nMessage-ID: <<>>\nReferences: ,,,\nContent-Disposition: =",
        b'Subject: x\nContent-Type: multipart/mixed; boundary="nowhere"',
    ],
)
def test_a_broken_head_loses_nothing_and_breaks_nothing(head, app):
    assert take_message(b"From: wren@example.com\n" + head + b"\n\nHigh kerb ZZ1 1AA\n").became in {
        Became.ENTRY,
        Became.DRAFT,
    }


def test_what_is_no_message_is_refused(app):
    for raw in (b"", b"\x89PNG\r\n\x1a\n", b"just words\n"):
        with pytest.raises(Refused, match="no email message"):
            take_message(raw)


def test_messages_without_end_within_messages_are_refused(app):
    deep = b"From: wren@example.com\nSubject: x\n" + b"Content-Type: message/rfc822\n\n" * 5000 + b"x"
    with pytest.raises(Refused, match="too many messages"):
        take_message(deep)


def test_an_email_of_more_than_25_megabytes_is_answered_and_not_read(letters_to):
    raw = bytes(a_message(HERE)) + b"x" * 25_000_001
    assert take_message(raw).became is Became.IGNORED
    assert "larger than 25 MB" in letters_to()[0].body


def test_words_that_are_too_long_are_cut_and_that_is_said(letters_to):
    entry = entry_of(take(a_message(f"{HERE}\n" + "word " * 2000)))
    assert len(entry.words) <= 5000
    assert "first 5,000 characters" in letters_to()[0].body


# --- programs, and our own letters ---


@pytest.mark.parametrize(
    "head",
    [
        {"Auto_Submitted": "auto-replied"},
        {"Auto_Submitted": "auto-generated"},
        {"Precedence": "bulk"},
        {"List_Id": "<list.example.org>"},
        {"X_Auto_Response_Suppress": "All"},
        {"Return_Path": "<>"},
        {"sender": "wardbook@example.org"},
        {"sender": "MAILER-DAEMON@example.org"},
        {"sender": "no-reply@example.org"},
        {"sender": ""},
        {"sender": "not an address"},
    ],
)
def test_what_no_person_wrote_is_ignored_and_never_answered(head, app):
    assert take(a_message(HERE, **head)).became is Became.IGNORED
    assert db.session.scalar(select(Letter.id)) is None
    assert db.session.scalar(select(Entry.id)) is None


def test_a_person_who_says_that_no_program_wrote_is_heard(app):
    assert take(a_message(HERE, Auto_Submitted="no")).became is Became.ENTRY


def test_one_address_is_answered_so_often_a_day_and_no_more(app, letters_to, monkeypatch):
    for number in range(MOST_ANSWERS + 3):
        monkeypatch.setattr("wardbook.people.proofs.MOST_AN_HOUR", 100)
        monkeypatch.setattr("wardbook.people.proofs.MOST_TOGETHER", 100)
        take(a_message(f"{HERE} {number}"))
    assert len(letters_to()) == MOST_ANSWERS


def test_whoever_has_had_many_links_is_left_for_later_and_loses_nothing(letters_to):
    said = [take(a_message(f"{HERE} {number}")).became for number in range(6)]
    assert said == [Became.ENTRY] * 5 + [Became.WAITS]
    assert db.session.query(TakenMessage).count() == 5


def test_an_answer_to_a_letter_of_ours_is_answered_with_where_to_write_and_its_words(app, letters_to):
    entry = an_issue()
    with transaction():
        write_letter(RESIDENT.email, "published", cause="event 1", entry=entry)
    (ours,) = letters_to(RESIDENT.email)
    message = a_message("It is worse now.", f"Re: {ours.subject}", sender=RESIDENT.email, In_Reply_To=ours.message_id)
    taking = take(message)
    assert (taking.became, taking.ref) == (Became.REPLY, entry.ref)
    answer = letters_to(RESIDENT.email)[-1]
    assert f"/entries/{entry.ref}" in answer.body
    assert "It is worse now." in answer.body
    assert db.session.query(Entry).count() == 1


def test_a_reference_in_the_subject_by_its_author_is_an_answer_and_by_another_is_not(app, letters_to):
    entry = an_issue()
    assert take(a_message("More", f"About {entry.ref}", sender=RESIDENT.email)).became is Became.REPLY
    assert take(a_message(f"More {HERE}", f"About {entry.ref}")).became is Became.ENTRY
    assert entry.title not in letters_to()[-1].body.replace("About", "")


def test_erasing_an_entry_empties_the_letters_that_answered_emails_about_it(app, letters_to):
    entry = an_issue()
    take(a_message("More", f"About {entry.ref}", sender=RESIDENT.email))
    take(a_message("The bin is full."))
    with transaction():
        entry = db.session.merge(entry)
        entry.once = draft().id
        blank_copies(entry)
    told = [letter.body for letter in (*letters_to(RESIDENT.email), *letters_to())]
    assert "".join(told) == ""


# --- once ---


def test_a_message_is_taken_once_by_whichever_road_it_comes(letters_to):
    message = a_message(HERE)
    entry_of(take(message))
    again = b"Received: by elsewhere\r\n" + bytes(message).replace(b"\n", b"\r\n")
    assert take_message(again).became is Became.ALREADY
    assert len(letters_to()) == 1
    assert db.session.query(Entry).count() == 1


def test_two_messages_of_one_name_are_two(app):
    entry_of(take(a_message(f"One. {HERE}", message_id="<same@example.com>")))
    entry_of(take(a_message(f"Another. {HERE}", message_id="<same@example.com>")))
    assert db.session.query(Entry).count() == 2


def test_of_a_message_nothing_is_kept_but_its_digest(app):
    take(a_message(HERE))
    (row,) = db.session.query(TakenMessage)
    assert re.fullmatch(r"[0-9a-f]{64}", row.digest)


def test_what_fails_half_way_is_taken_whole_the_next_time(home, monkeypatch):
    app = application(home)
    with app.app_context():
        message = a_message(HERE, photos=(a_photo(),))
        with monkeypatch.context() as broken:
            broken.setattr("wardbook.entries.photographs.photos.keep", lambda *_, **__: 1 / 0)
            with pytest.raises(ZeroDivisionError):
                take(message)
        assert db.session.query(TakenMessage).count() == 0
        assert db.session.query(Letter).count() == 0
        assert len(entry_of(take(message)).photos) == 1


# --- what is kept of a person ---


def test_somebody_reads_what_they_sent_and_have_it_forgotten(app):
    take(a_message("The bin is full.", "Bin", photos=(a_photo(),)))
    who = person_by_email(WRITER)
    kept = personal.all_about(who)["what you sent by email and have not gone on with"]
    assert kept == [{"title": "Bin", "words": "The bin is full.", "photos": 1}]
    (photo,) = db.session.query(Photo)
    file = photos.path(photo.key, "large")
    assert file.exists()
    with transaction():
        personal.forget(person_by_email(WRITER))
    do_what_is_due()
    assert not file.exists()
    assert db.session.query(Draft).count() == db.session.query(Photo).count() == 0
