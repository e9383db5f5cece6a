"""The leak table: every level and standing, by every member of the cast, by every road out."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path

import pytest
import time_machine
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import select, update

from tests import conftest
from tests.conftest import (
    ADMINISTRATOR,
    BRIDGE,
    CAST,
    CLLR,
    CLLR_NEXT_DOOR,
    MILL,
    MODERATOR,
    NEIGHBOUR,
    NOBODY,
    OFFICER,
    RESIDENT,
    Member,
    as_viewer,
    every_page,
)
from tests.engines import ENGINE, environment_of
from tests.paper import words_of
from wardbook.briefs import freezing
from wardbook.briefs.models import Ground, Part
from wardbook.cli import main
from wardbook.clock import today
from wardbook.config import settings
from wardbook.db import db, now, transaction
from wardbook.downloads import sources
from wardbook.entries.erasing import erase
from wardbook.entries.kinds import CONTRIBUTIONS, Kind, State
from wardbook.entries.models import Draft, Entry, Support
from wardbook.entries.photographs import photos
from wardbook.erasure import blank_copies
from wardbook.events import Did, Told, record
from wardbook.follows.actions import begin
from wardbook.follows.keys import stops_digest
from wardbook.follows.models import Follow, Rhythm
from wardbook.follows.things import thing_from_words
from wardbook.jobs import Job, ask_for_what_recurs, do_what_is_due
from wardbook.mail import Letter, letters
from wardbook.outlook.lists import export_all
from wardbook.places.actions import keep_shape
from wardbook.places.models import Shape
from wardbook.places.words import place_from_words
from wardbook.policy import VISITOR
from wardbook.shared import Level, Standing

# --- what product.md says, written out ---------------------------------------------------------------------------

AUTHOR = Member("", "the author of the thing")
EVERYONE = set(CAST)
WHO_SEES: dict[tuple[Standing, Level], set[Member]] = {
    (Standing.PUBLISHED, Level.PRIVATE): {AUTHOR},
    (Standing.PUBLISHED, Level.WARD): {AUTHOR, CLLR},
    (Standing.PUBLISHED, Level.COUNCIL): {AUTHOR, CLLR, CLLR_NEXT_DOOR, OFFICER},
    (Standing.PUBLISHED, Level.PUBLIC): EVERYONE,
    (Standing.PENDING, Level.PRIVATE): {AUTHOR},
    (Standing.PENDING, Level.WARD): {AUTHOR, MODERATOR},
    (Standing.PENDING, Level.COUNCIL): {AUTHOR, MODERATOR},
    (Standing.PENDING, Level.PUBLIC): {AUTHOR, MODERATOR},
    (Standing.WITHDRAWN, Level.PRIVATE): {AUTHOR},
    (Standing.WITHDRAWN, Level.WARD): {AUTHOR, MODERATOR},
    (Standing.WITHDRAWN, Level.COUNCIL): {AUTHOR, MODERATOR},
    (Standing.WITHDRAWN, Level.PUBLIC): {AUTHOR, MODERATOR},
    (Standing.HIDDEN, Level.PRIVATE): {AUTHOR},
    (Standing.HIDDEN, Level.WARD): {AUTHOR, MODERATOR},
    (Standing.HIDDEN, Level.COUNCIL): {AUTHOR, MODERATOR},
    (Standing.HIDDEN, Level.PUBLIC): {AUTHOR, MODERATOR},
    (Standing.ERASED, Level.PRIVATE): set(),
    (Standing.ERASED, Level.WARD): set(),
    (Standing.ERASED, Level.COUNCIL): set(),
    (Standing.ERASED, Level.PUBLIC): set(),
}
"""Everything is told in Mill, the ward of CLLR. The administrator and the officer see nothing by that role alone."""

ACTS = (
    "answer", "hide", "restore", "pass", "edit", "level", "review", "withdraw", "bring-back", "erase",
    "support", "support/undo", "differ", "later", "superseded", "lead", "renew", "photos", "report",
    "leave", "ask-to-edit", "redact", "move", "split", "looking", "ban-author", "lift-ban",
    "merge", "merge/undo", "steps", "thanks",
)  # fmt: skip
READS_COUNCIL_BRIEFS = {CLLR, CLLR_NEXT_DOOR, OFFICER}
WRITERS = (
    (Kind.ISSUE, RESIDENT), (Kind.ASSET, CLLR), (Kind.NOTE, CLLR), (Kind.NOTE, OFFICER), (Kind.OFFER, NEIGHBOUR),
    (Kind.IDEA, RESIDENT), (Kind.KNOWLEDGE, NEIGHBOUR),
)  # fmt: skip


@dataclass(frozen=True)
class Thing:
    """One entry of the table, as a test speaks of it. `mark` begins a word in all of its texts and in no other's,
    and is too long for a token to hold it by chance."""

    mark: str
    ref: str
    kind: Kind
    author: Member
    level: Level
    standing: Standing
    photo: str

    def __repr__(self) -> str:
        return f"{self.standing} {self.kind} for {self.level} by {self.author}"

    def seen_by(self, member: Member) -> bool:
        who = WHO_SEES[self.standing, self.level]
        return member in who or (AUTHOR in who and member == self.author)

    def listed_for(self, member: Member) -> bool:
        return self.standing is Standing.PUBLISHED and self.seen_by(member)


# --- a store that holds one of each ------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def store(borough: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    home = ENGINE.copy(borough, tmp_path_factory.mktemp("told") / "home")
    app = conftest.application(home, limits=0)
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture(scope="module")
def things(store: Flask) -> list[Thing]:
    """One of every kind, level and standing, each with a photo, a step on its timeline and words of its own."""
    prepared = photos.prepare(_a_photo())
    cases = [(*writer, *rule) for writer in WRITERS for rule in WHO_SEES]
    made = [_told(number, *case, prepared) for number, case in enumerate(cases)]
    forget_that_so_many_were_held()
    return made


def forget_that_so_many_were_held() -> None:
    """So much by one author within the hour waits for a moderator, and they are written to: here it stands as it was
    meant to, with no such letter of it.
    """
    with transaction():
        db.session.query(Letter).delete()


def _a_photo() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(out, "JPEG")
    return out.getvalue()


def _told(
    number: int, kind: Kind, author: Member, standing: Standing, level: Level, prepared: photos.Prepared
) -> Thing:
    mark = f"zq{number:03}qz"
    told = {"title": f"{mark}title", "words": f"{mark}words", "by": author, "level": level, "standing": standing}
    entry = conftest.a_note(**told) if kind is Kind.NOTE else conftest.an_issue(kind=kind, **told)
    with transaction():
        entry.held_for, entry.asked_to_edit = ["telephone number"], f"{mark}asked"
        if standing is Standing.HIDDEN:
            entry.hidden_for = f"{mark}reason"
        if kind is Kind.NOTE:
            entry.cites = f"{mark}cites"
        record(VISITOR, Did.REPLIED, entry, words=f"{mark}step")
        record(VISITOR, Did.EDITED, entry, change={"words": [f"{mark}earlier", f"{mark}words"]})
        if standing is Standing.WITHDRAWN:
            entry.withdrawn_for = f"{mark}reason"
        photo = photos.keep(prepared, alt=f"{mark}alt", entry_id=entry.id)
    return Thing(mark, entry.ref, kind, author, level, standing, photo.key)


@pytest.fixture
def browser(store: Flask) -> Callable[[Member], FlaskClient]:
    def client_of(member: Member) -> FlaskClient:
        client = store.test_client()
        if member.email:
            with client.session_transaction() as session:
                session["_user_id"] = conftest.person_of(member).fs_uniquifier
        return client

    return client_of


def shown_in(content: bytes, things: list[Thing]) -> set[Thing]:
    """The things of which any mark, reference or photo stands in the bytes of an answer."""
    text = content.decode("utf-8", errors="replace")
    found = set(re.findall(r"zq\d{3}qz|WB-[0-9A-Z]{5}|[0-9a-f]{32}", text))
    return {thing for thing in things if {thing.mark, thing.ref, thing.photo} & found}


def listed(things: list[Thing], member: Member) -> set[Thing]:
    return {thing for thing in things if thing.listed_for(member)}


def in_turn(things: list[Thing], member: Member, of: int) -> list[Thing]:
    """Every so-manieth, from another one on for each of the cast: what takes long is asked by all of them together."""
    return things[CAST.index(member) % of :: of]


every_member = pytest.mark.parametrize("member", CAST, ids=str)

# --- one thing at a time -----------------------------------------------------------------------------------------


def test_the_table_has_every_level_and_standing():
    assert set(WHO_SEES) == {(standing, level) for standing in Standing for level in Level}


@every_member
def test_the_page_of_an_entry_is_there_for_those_who_see_it_and_nowhere_for_others(member, browser, things):
    client = browser(member)
    answers = {thing: client.get(f"/entries/{thing.ref}") for thing in things}
    assert {thing: answer.status_code for thing, answer in answers.items()} == {
        thing: 200 if thing.seen_by(member) else 404 for thing in things
    }
    for thing, answer in answers.items():
        expected = {thing, *near(thing, member, things)} if thing.seen_by(member) else set()
        assert shown_in(answer.data, things) == expected, thing


def near(thing: Thing, member: Member, things: list[Thing]) -> list[Thing]:
    """What stands on the page of an offer, or of an issue or an idea: all are told at one spot, so the newest five."""
    wanted = {Kind.OFFER: (Kind.ISSUE, Kind.IDEA), Kind.ISSUE: (Kind.OFFER,), Kind.IDEA: (Kind.OFFER,)}
    return [other for other in things if other.kind in wanted.get(thing.kind, ()) and other.listed_for(member)][-5:]


@every_member
def test_the_moderators_page_of_an_entry_is_theirs_and_says_nothing_to_others(member, browser, things):
    client = browser(member)
    for thing in things[:: 3 if member is MODERATOR else 9]:
        answer, seen = client.get(f"/moderation/{thing.ref}"), thing.seen_by(member)
        seen = seen and thing.level is not Level.PRIVATE
        assert answer.status_code == ((200 if member is MODERATOR else 403) if seen else 404), thing
        found = shown_in(re.sub(rb'href="/sign-in[^"]*"', b"", answer.data), things)  # which leads back here
        assert found == ({thing} if seen and member is MODERATOR else set()), thing


@every_member
def test_the_map_of_an_entry_shows_it_to_those_who_see_it(member, browser, things):
    client = browser(member)
    for thing in things:
        answer = client.get(f"/map/frame/entry/{thing.ref}")
        assert shown_in(answer.data, things) == ({thing} if thing.seen_by(member) else set()), thing


@every_member
def test_a_photo_is_sent_to_those_who_see_its_entry(member, browser, things):
    client = browser(member)
    for size in ("small", "large"):
        found = {thing: client.get(f"/photos/{thing.photo}/{size}.jpg").status_code for thing in things}
        assert found == {thing: 200 if thing.seen_by(member) else 404 for thing in things}


@every_member
def test_the_pages_of_its_photos_are_for_those_who_see_an_entry(member, browser, things):
    client = browser(member)
    for thing in things[:: 1 if member is MODERATOR else 3]:
        own = f"/entries/{thing.ref}/photos"
        for address in (own, *(f"{own}/{thing.photo}/{what}" for what in ("black-out", "preview.jpg?boxes=1,1,5,5"))):
            answer = client.get(address)
            assert (answer.status_code != 404) is thing.seen_by(member), (thing, address)
            assert shown_in(answer.data, things) <= ({thing} if thing.seen_by(member) else set())


@every_member
def test_the_find_box_leads_to_an_entry_those_who_see_it(member, browser, things):
    client = browser(member)
    for thing in things:
        answer = client.get("/find", query_string={"q": thing.ref.lower()})
        assert (answer.location == f"/entries/{thing.ref}") is thing.seen_by(member), thing


@every_member
def test_nobody_does_anything_to_what_they_do_not_see(member, browser, things):
    client = browser(member)
    unseen = [thing for thing in things if not thing.seen_by(member)]
    for thing in unseen[::5]:
        for act in ACTS:
            assert client.post(f"/entries/{thing.ref}/{act}").status_code == 404, (thing, act)


@every_member
def test_whoever_tells_the_same_again_is_shown_what_they_may_see_of_it(member, browser, things):
    client = browser(member)
    draft = client.post("/contribute", data={"q": "ZZ1 1AA"}).location.removesuffix("/spot")
    told = {"category": str(conftest.category().id), "lapses_on": str(today() + timedelta(days=30))}
    for kind, alike in ((Kind.OFFER, {Kind.OFFER}), (Kind.ISSUE, {*CONTRIBUTIONS} - {Kind.OFFER})):
        client.post(f"{draft}/kind", data={"kind": kind})
        for thing in in_turn([thing for thing in things if thing.kind in alike], member, 4):
            client.post(f"{draft}/what", data=told | {"title": f"{thing.mark}title", "words": f"{thing.mark}words"})
            shown = shown_in(client.get(f"{draft}/same").data, things)
            assert (thing in shown) is thing.listed_for(member), thing
            assert shown <= {one for one in listed(things, member) if one.kind in alike}, thing
    with transaction():
        db.session.query(Draft).delete()  # which the copy of who typed it would hold


LATER_PAGES = ("edit", "level", "review", "withdraw", "erase", "differ", "later", "support", "report")


@every_member
def test_no_page_on_which_something_is_done_to_an_entry_shows_one_that_is_not_seen(member, browser, things):
    client = browser(member)
    for thing in things[::7]:
        for page in LATER_PAGES:
            answer = client.get(f"/entries/{thing.ref}/{page}")
            found = shown_in(re.sub(rb'href="[^"]*"', b"", answer.data), things)
            assert answer.status_code in ((200, 302, 403) if thing.seen_by(member) else (404,)), (thing, page)
            assert all(other.seen_by(member) for other in found), (thing, page)


@pytest.mark.parametrize("member", CAST[1:], ids=str)
def test_who_relied_on_what_was_withdrawn_reads_why_and_nothing_else_if_its_level_is_theirs(member, as_relied):
    client, pairs = as_relied(member)
    for entry, level in pairs:
        answer = client.get(f"/entries/{entry}")
        in_full = {AUTHOR, *WHO_SEES[Standing.WITHDRAWN, level]}
        if member in in_full or member is RESIDENT:
            assert "zqreliedwords" in answer.text
        elif member in WHO_SEES[Standing.PUBLISHED, level]:
            assert answer.status_code == 200
            assert "zqreliedreason" in answer.text
            assert not re.search(r"zqrelied(?!reason)", answer.text)
        else:
            assert answer.status_code == 404
        for road in (f"/map/frame/entry/{entry}", "/map", "/map.json", f"/places/ward:{MILL}/brief.json"):
            assert member is RESIDENT or member in in_full or "zqrelied" not in client.get(road).text


@pytest.fixture
def as_relied(app: Flask, as_) -> Callable[[Member], tuple[FlaskClient, list[tuple[str, Level]]]]:
    """A browser of somebody who supported something at each level before its author withdrew it."""

    def relied(member: Member) -> tuple[FlaskClient, list[tuple[str, Level]]]:
        told = []
        for level in (Level.WARD, Level.COUNCIL, Level.PUBLIC):
            entry = conftest.an_issue("zqreliedtitle", words="zqreliedwords", level=level, standing=Standing.WITHDRAWN)
            with transaction():
                entry.withdrawn_for = "zqreliedreason"
                person = conftest.person_of(member).id
                db.session.add(Support(entry_id=entry.id, person_id=person, at=entry.told_at))
            told.append((entry.ref, level))
        return as_(member), told

    return relied


# --- many at a time ----------------------------------------------------------------------------------------------

LISTS = {
    "the list": "/map",
    "the list as JSON": "/map.json",
    "the list as GeoJSON": "/map.geojson",
    "the list in a box": "/map.geojson?bbox=-3,51,-2,52&limit=500",
    "the list as CSV": "/map.csv",
    "the list as GeoPackage": "/map.gpkg",
    "the list of a ward, asked of the map": f"/map.csv?place=ward:{MILL}",
    "the feed of a ward, asked of the map": f"/map.atom?place=ward:{MILL}",
    "the list found by words": "/map?words=zq*",
    "the list found by words, newest first": "/map?words=zq*&sort=newest",
    "the list found by what words leave out": "/map?words=-nothing",
    "the search": "/search?words=zq*",
    "the search of a ward": f"/search?words=zq*&place=ward:{MILL}",
    "the search as JSON": "/search.json?words=zq*",
    "the search as GeoJSON": "/search.geojson?words=zq*",
    "the search as CSV": "/search.csv?words=-nothing",
    "the search as GeoPackage": "/search.gpkg?words=zq*&place=ZZ1%201AA",
    "the map of what was searched": "/map/frame/look?words=zq*",
    "the list of a ward": f"/places/ward:{MILL}",
    "the list of a ward and its neighbour": f"/places/wards:{MILL},{BRIDGE}/entries",
    "a ward as JSON": f"/places/ward:{MILL}/entries.json",
    "a ward as GeoJSON": f"/places/ward:{MILL}/entries.geojson",
    "a ward as CSV": f"/places/ward:{MILL}/entries.csv",
    "a ward as GeoPackage": f"/places/ward:{MILL}/entries.gpkg",
    "the list round a postcode": "/places/postcode:ZZ1%201AA+300m",
    "a postcode as GeoJSON": "/places/postcode:ZZ1%201AA+300m/entries.geojson",
    "the feed of all": "/map.atom",
    "the feed found by words": "/map.atom?words=zq*",
    "the feed of a ward": f"/wards/{MILL}.atom",
    "the feed of a place": f"/places/ward:{MILL}.atom",
    "the feed of a list": f"/places/wards:{MILL},{BRIDGE}/entries.atom",
    "the feed of a circle": "/places/postcode:ZZ1%201AA+300m.atom",
    "the map": "/map/frame/look",
    "the map of a ward": f"/map/frame/look?place=ward:{MILL}",
}


@every_member
@pytest.mark.parametrize("address", LISTS.values(), ids=LISTS)
def test_a_list_shows_what_is_published_and_its_reader_may_see(address, member, browser, things):
    answer = browser(member).get(address)
    assert answer.status_code == 200
    assert shown_in(answer.data, things) == listed(things, member)


@every_member
def test_the_feed_of_an_entry_is_there_for_those_who_see_it(member, browser, things):
    client = browser(member)
    for thing in things:
        answer = client.get(f"/entries/{thing.ref}.atom")
        assert answer.status_code == (200 if thing.seen_by(member) else 404), thing
        assert shown_in(answer.data, things) == ({thing} if thing.seen_by(member) else set()), thing


@every_member
@pytest.mark.parametrize("address", ["/map.atom", f"/places/ward:{MILL}/entries.atom"])
@pytest.mark.parametrize("level", ["public", "council"])
def test_a_feed_for_a_level_holds_what_everyone_at_it_may_see(level, address, member, browser, things):
    answer = browser(member).get(f"{address}?for={level}")
    if level == "council" and member not in READS_COUNCIL_BRIEFS:
        assert (answer.status_code, shown_in(answer.data, things)) == (403, set())
    else:
        assert shown_in(answer.data, things) == in_a_brief(things, level)


SILENT = [
    f"/wards/{BRIDGE}.atom",
    f"/follows/new?thing=ward:{MILL}",
    "/follows/sent",
    "/follows/near",
    "/follows/near?q=nothing&metres=400",
    "/me/erase",
    "/me/erased",
    f"/places/ward:{BRIDGE}",
    f"/wards/{BRIDGE}",
    "/map/frame/pin",
    "/map/frame/draw",
    "/map/layers/1/wards.js",
    "/about/who-sees-what",
    "/about/data",
    "/find?q=title",
    "/search",
    "/search?words=nothing",
    f"/search?words=zq*&place=ward:{BRIDGE}",
    "/search?words=zq*&place=Nowhere",
    "/briefs/new",
    "/contribute",
    "/mapit/postcode/ZZ1%201AA",
    "/mapit/point/27700/375400,164600",
    "/mapit/area/1.html",
    "/mapit/areas/WD.geojson",
]


@every_member
@pytest.mark.parametrize("address", SILENT)
def test_what_has_nothing_to_do_with_entries_shows_none(address, member, browser, things):
    assert shown_in(browser(member).get(address).data, things) == set()


@every_member
def test_the_home_page_shows_the_newest_contributions_its_reader_may_see(member, browser, things):
    told = [thing for thing in things if thing.listed_for(member) and thing.kind is not Kind.NOTE]
    assert shown_in(browser(member).get("/").data, things) == set(told[-6:])


@every_member
def test_a_ward_page_shows_the_newest_of_each_kind_its_reader_may_see(member, browser, things):
    found = shown_in(browser(member).get(f"/wards/{MILL}").data, things)
    newest = {kind: [t for t in things if t.listed_for(member) and t.kind is kind] for kind in Kind}
    shown = {kind: found[-6:] if kind is Kind.ISSUE else found[-4:] for kind, found in newest.items()}
    assert found == {thing for some in shown.values() for thing in some}


@every_member
def test_over_a_border_comes_what_everyone_may_see_and_nothing_else(member, browser, things, store, monkeypatch):
    """With an edge so wide that all of it lies at the edge of the ward next door."""
    monkeypatch.setitem(store.extensions, "wardbook.settings", replace(settings(), edge_metres=1000.0))
    found = shown_in(browser(member).get(f"/wards/{BRIDGE}").data, things)
    assert found
    assert found <= {thing for thing in things if thing.listed_for(NOBODY)}


@every_member
def test_a_desk_shows_a_person_their_own_and_to_officers_what_waits_for_an_answer(member, browser, things):
    own = {thing for thing in things if thing.author == member and thing.standing is not Standing.ERASED}
    asked = {thing for thing in listed(things, member) if thing.kind in (Kind.ISSUE, Kind.IDEA)}
    client = browser(member)
    pages = every_page(client, "/desk")
    assert shown_in(b"".join(page.data for page in pages), things) == (own | asked if member is OFFICER else own)


@every_member
def test_a_persons_own_page_and_the_copy_they_take_hold_what_they_told_and_nothing_of_others(member, browser, things):
    own = {thing for thing in things if thing.author == member and thing.standing is not Standing.ERASED}
    client = browser(member)
    assert shown_in(b"".join(page.data for page in every_page(client, "/me")), things) == own
    copy = client.post("/me/copy")
    assert copy.status_code == (200 if member.email else 302)
    if member.email:
        with zipfile.ZipFile(io.BytesIO(copy.data)) as taken:
            assert shown_in(b"".join(taken.read(name) for name in taken.namelist()), things) == own


@every_member
def test_moderators_alone_see_what_waits_is_hidden_or_was_published_lately(member, browser, things):
    client = browser(member)
    answers = every_page(client, "/moderation")
    shown = (Standing.PENDING, Standing.HIDDEN, Standing.PUBLISHED)
    waiting = {t for t in things if t.standing in shown and t.seen_by(member)}
    found = shown_in(b"".join(answer.data for answer in answers), things)
    assert found == (waiting if member is MODERATOR else set())
    assert answers[0].status_code == (200 if member is MODERATOR else 403)


# --- briefs ------------------------------------------------------------------------------------------------------

FOR_EACH = {"public": {Level.PUBLIC}, "council": {Level.PUBLIC, Level.COUNCIL}}


def in_a_brief(things: list[Thing], level: str) -> set[Thing]:
    return {thing for thing in things if thing.standing is Standing.PUBLISHED and thing.level in FOR_EACH[level]}


@every_member
@pytest.mark.parametrize("level", FOR_EACH)
@pytest.mark.parametrize("form", ["brief.json", "brief.csv", "brief.gpkg", "entries.csv", "entries", "brief"])
def test_a_brief_holds_what_everyone_at_its_level_may_see_whoever_asks(form, level, member, browser, things):
    answer = browser(member).get(f"/places/ward:{MILL}/{form}?for={level}")
    if level == "council" and member not in READS_COUNCIL_BRIEFS:
        assert (answer.status_code, shown_in(answer.data, things)) == (403, set())
    else:
        assert answer.status_code == 200
        assert shown_in(answer.data, things) == in_a_brief(things, level)


@every_member
@pytest.mark.parametrize("level", ["ward", "private", "nonsense"])
def test_no_brief_is_made_for_a_level_of_few(level, member, browser, things):
    answer = browser(member).get(f"/places/ward:{MILL}/brief.json?for={level}")
    assert (answer.status_code, shown_in(answer.data, things)) == (404, set())


@pytest.mark.parametrize(
    ("member", "level"), [(NOBODY, "public"), (CLLR, "public"), (CLLR, "council"), (OFFICER, "council")]
)
def test_a_brief_on_paper_holds_the_same(member, level, browser, things):
    answer = browser(member).get(f"/places/ward:{MILL}/brief.pdf?for={level}")
    assert answer.status_code == 200
    words = words_of(answer.data).encode()
    unseen = set(things) - in_a_brief(things, level)
    assert shown_in(words, things) & unseen == set()
    assert shown_in(words, things)
    assert not any(thing.mark.encode() in answer.data for thing in unseen)


@pytest.mark.parametrize("member", [member for member in CAST if member not in READS_COUNCIL_BRIEFS], ids=str)
def test_a_councils_brief_on_paper_is_for_councillors_and_officers(member, browser, things):
    assert browser(member).get(f"/places/ward:{MILL}/brief.pdf?for=council").status_code == 403


# --- drawn places ------------------------------------------------------------------------------------------------
# A site before a decision is confidential: its maker sees it, and those who may see what uses it.

TO_A_SHAPE = (
    "/places/shape:{}", "/places/shape:{}/entries.json", "/places/shape:{}.atom", "/places/shape:{}/brief?for=public",
    "/places/shape:{}/brief.json?for=public", "/follows/new?thing=shape:{}", "/map/frame/look?place=shape:{}",
    "/search.json?words=-no&place=shape:{}", "/map.json?place=shape:{}", "/map.atom?place=shape:{}",
    "/contribute?place=shape:{}",
)  # fmt: skip


def a_shape(label: str = "zqsite") -> str:
    with transaction():
        return keep_shape(as_viewer(OFFICER), conftest.square(0.2, 0.2, 300), label=label).key


def a_note_on(key: str, level: Level, standing: Standing) -> Entry:
    note = conftest.a_note("On the site", by=CLLR, level=level, standing=standing)
    with transaction():
        note.shape_id = db.session.scalar(select(Shape.id).where(Shape.key == key))
    return note


@every_member
def test_a_drawn_place_is_seen_by_its_maker_and_by_those_who_see_what_was_told_of_it(member, app, as_):
    notes = {rule: a_note_on(a_shape(), rule[1], rule[0]) for rule in WHO_SEES if rule[0] is not Standing.ERASED}
    client = as_(member)
    for (standing, level), note in notes.items():
        key = db.session.scalars(select(Shape.key).where(Shape.id == note.shape_id)).one()
        sees = WHO_SEES[standing, level] if standing is Standing.PUBLISHED else set()
        opened = member in sees or member is OFFICER or (member is CLLR and standing is Standing.PUBLISHED)
        for road in TO_A_SHAPE:
            answer = client.get(road.format(key))
            assert answer.status_code == (200 if opened else 404), (standing, level, road)
            assert opened or b"zqsite" not in answer.data
        assert (b"zqsite" in client.get(f"/entries/{note.ref}").data) is (
            opened and (member in WHO_SEES[standing, level] or member is CLLR)
        ), (standing, level)


@every_member
def test_what_is_narrowed_withdrawn_or_erased_opens_no_drawn_place_any_more(member, app, as_):
    key = a_shape()
    client, own = as_(member), member in (OFFICER, CLLR)
    note = a_note_on(key, Level.PUBLIC, Standing.PUBLISHED)
    assert client.get(f"/places/shape:{key}").status_code == 200
    with transaction():
        note.level = Level.PRIVATE
    assert client.get(f"/places/shape:{key}").status_code == (200 if own else 404)
    with transaction():
        note.level = Level.PUBLIC
        erase(as_viewer(CLLR), note, once="gone")
    assert note.shape_id is None
    assert client.get(f"/places/shape:{key}").status_code == (200 if member is OFFICER else 404)


@every_member
def test_a_frozen_brief_shows_the_drawn_place_it_is_of_to_its_readers(member, app, as_):
    readers = {"public": EVERYONE, "council": READS_COUNCIL_BRIEFS, "restricted": {OFFICER, CLLR}}
    client, viewer = as_(member), as_viewer(OFFICER)
    to_cllr = freezing.Restriction(Ground.SITE_SALE, (CLLR.email,))
    for name, who in readers.items():
        key = a_shape()
        with transaction():
            place = place_from_words(f"shape:{key}@2024-05-06", viewer)
            level = Level.PUBLIC if name == "public" else Level.COUNCIL
            limits = to_cllr if name == "restricted" else None
            freezing.freeze(viewer, place, level, purpose="Cabinet", once=name, restriction=limits)
        answers = [client.get(road.format(key)) for road in TO_A_SHAPE[:-1]]
        assert {answer.status_code for answer in answers} == {200 if member in who else 404}, name


def test_a_list_of_places_is_of_one_s_own(app, as_):
    a_note_on(a_shape(), Level.PUBLIC, Standing.PUBLISHED)
    assert "zqsite" in as_(OFFICER).get("/desk").text
    assert "zqsite" not in as_(CLLR).get("/desk").text


def test_the_command_line_reads_a_drawn_place_once_something_its_readers_see_uses_it(app, home, monkeypatch):
    for name, value in environment_of(home).items():
        monkeypatch.setenv(name, value)
    key = a_shape()
    a_note_on(key, Level.COUNCIL, Standing.PUBLISHED)
    said = {level: CliRunner().invoke(main, ["brief", f"shape:{key}", "--for", level]) for level in FOR_EACH}
    assert {level: result.exit_code for level, result in said.items()} == {"public": 2, "council": 0}
    assert "zqsite" in said["council"].output and "zqsite" not in said["public"].output


# --- long files --------------------------------------------------------------------------------------------------


@pytest.fixture
def long_files(monkeypatch: pytest.MonkeyPatch, store: Flask) -> Callable[[FlaskClient, str], bytes]:
    """The way to a file when one entry is too many to give at once: asked for, made by a job, taken."""
    monkeypatch.setattr(sources, "MOST_AT_ONCE", 0)

    def by_a_job(client: FlaskClient, address: str) -> bytes:
        led = client.get(address)
        assert led.status_code == 303
        assert re.search(rb"zq\d|WB-", led.data) is None
        page = client.post(led.location).location
        do_what_is_due()
        assert b"Your file is ready" in client.get(page).data
        answer = client.get(f"{page}/download")
        assert answer.status_code == 200
        return bytes(answer.data)

    return by_a_job


@every_member
@pytest.mark.parametrize("form", ["csv", "json", "geojson", "gpkg"])
def test_a_long_list_holds_what_who_asked_for_it_may_see(form, member, browser, things, long_files):
    for address in (f"/map.{form}", f"/places/ward:{MILL}/entries.{form}?words=zq*"):
        assert shown_in(long_files(browser(member), address), things) == listed(things, member)


@every_member
@pytest.mark.parametrize("level", FOR_EACH)
def test_a_long_brief_holds_what_everyone_at_its_level_may_see(level, member, browser, things, long_files):
    client, address = browser(member), f"/places/ward:{MILL}/brief.json?for={level}"
    if level == "council" and member not in READS_COUNCIL_BRIEFS:
        assert client.post(f"/files/new?source=brief&form=json&place=ward:{MILL}&for=council").status_code == 403
    else:
        assert shown_in(long_files(client, address), things) == in_a_brief(things, level)


@every_member
def test_the_things_to_do_show_nothing_of_what_anybody_told(member, browser, things):
    answer = browser(member).get("/admin/jobs")
    assert shown_in(answer.data, things) == set()
    assert answer.status_code == (200 if member is ADMINISTRATOR else 403)


# --- frozen briefs -----------------------------------------------------------------------------------------------
# All things are published for the brief's level when it is frozen; only then do they become what the table says.


@pytest.fixture(scope="module")
def frozen(store: Flask, things: list[Thing]) -> dict[str, str]:
    """A brief for each level, frozen while all things were for that level; and then what became of them."""
    viewer = as_viewer(OFFICER)
    found = {}
    for name in FOR_EACH:
        with transaction():
            db.session.execute(update(Entry).values(standing=Standing.PUBLISHED, level=Level(name)))
        with transaction():
            place = place_from_words(f"ward:{MILL}", viewer)
            found[name] = freezing.freeze(viewer, place, Level(name), purpose="Cabinet", once=name).ref
    with transaction():
        for thing in things:
            entry = db.session.scalars(select(Entry).where(Entry.ref == thing.ref)).one()
            entry.standing, entry.level = thing.standing, thing.level
            if thing.standing is Standing.ERASED:
                blank_copies(entry)
    return found


def still_shown(things: list[Thing], member: Member, level: str) -> set[Thing]:
    if level == "council" and member not in READS_COUNCIL_BRIEFS:
        return set()
    return listed(things, member)


ROADS = ("", "/1", "/1.json", "/1.csv", "/1.gpkg", "/1/entries", "/1/entries?kind=note", "/compare/1/1", "/1/verify")


@every_member
@pytest.mark.parametrize("level", FOR_EACH)
def test_a_frozen_brief_shows_of_each_thing_no_more_than_is_seen_of_it_today(level, member, browser, things, frozen):
    client, shown = browser(member), still_shown(things, member, level)
    expected = dict.fromkeys(ROADS, shown) | {
        "/1/entries?kind=note": {thing for thing in shown if thing.kind is Kind.NOTE},
        "/compare/1/1": set(),
        "/1/verify": set(),
    }
    answers = {road: client.get(f"/briefs/{frozen[level]}{road}") for road in ROADS}
    status = 404 if level == "council" and member not in READS_COUNCIL_BRIEFS else 200
    assert {answer.status_code for answer in answers.values()} == {status}
    assert {road: shown_in(answer.data, things) for road, answer in answers.items()} == (
        expected if status == 200 else {road: set() for road in ROADS}
    )


@every_member
@pytest.mark.parametrize("level", FOR_EACH)
def test_a_comparison_shows_no_more_than_its_reader_may_see(level, member, browser, things, frozen):
    for road in ("/compare/1/now", "/compare/now/1"):
        answer = browser(member).get(f"/briefs/{frozen[level]}{road}")
        assert shown_in(answer.data, things) <= still_shown(things, member, level)


@every_member
def test_nobody_marks_what_they_do_not_see(member, browser, things, frozen):
    client, shown = browser(member), still_shown(things, member, "public")
    for number, thing in enumerate(reversed(things), start=1):
        answer = client.get(f"/briefs/{frozen['public']}/1/items/{number}")
        assert answer.status_code == (404 if thing not in shown else 200 if member is OFFICER else 403), thing
        assert shown_in(answer.data, things) == ({thing} if thing in shown and member is OFFICER else set())


def words_in(body: bytes) -> bytes:
    """All that stands in a file of Word or Excel: both are archives of XML."""
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        return b"".join(archive.read(name) for name in archive.namelist() if name.endswith((".xml", ".rels")))


FOR_OFFICE = [(NOBODY, "public"), (CLLR, "public"), (CLLR, "council"), (OFFICER, "council"), (MODERATOR, "public")]


@pytest.mark.parametrize(("member", "level"), FOR_OFFICE)
@pytest.mark.parametrize("form", ["docx", "xlsx"])
def test_a_brief_for_word_or_excel_holds_what_its_reader_may_see(form, member, level, browser, things, frozen):
    live = browser(member).get(f"/places/ward:{MILL}/brief.{form}?for={level}")
    kept = browser(member).get(f"/briefs/{frozen[level]}/1.{form}")
    found = [shown_in(words_in(answer.data), things) for answer in (live, kept)]
    allowed = [in_a_brief(things, level), still_shown(things, member, level)]
    assert all(found)
    assert all(some <= most for some, most in zip(found, allowed, strict=True))
    if form == "xlsx":
        assert found == allowed


@pytest.mark.parametrize("member", [m for m in CAST if m not in READS_COUNCIL_BRIEFS], ids=str)
@pytest.mark.parametrize("form", ["docx", "xlsx", "pdf"])
def test_a_council_s_brief_in_no_form_is_for_others(form, member, browser, frozen):
    assert browser(member).get(f"/places/ward:{MILL}/brief.{form}?for=council").status_code == 403
    assert browser(member).get(f"/briefs/{frozen['council']}/1.{form}").status_code == 404


@pytest.mark.parametrize(("member", "level"), [(NOBODY, "public"), (CLLR, "council")])
def test_a_frozen_brief_on_paper_holds_no_more(member, level, browser, things, frozen):
    found = shown_in(words_of(browser(member).get(f"/briefs/{frozen[level]}/1.pdf").data).encode(), things)
    assert found
    assert found <= still_shown(things, member, level)


def test_what_was_erased_is_in_no_part_of_a_frozen_brief(things, frozen):
    kept = " ".join(text for text in db.session.scalars(select(Part.text)) if text)
    erased = {thing for thing in things if thing.standing is Standing.ERASED}
    assert shown_in(kept.encode(), things) == set(things) - erased


# --- the command line and mail -----------------------------------------------------------------------------------


@pytest.fixture
def command(store: Flask, monkeypatch: pytest.MonkeyPatch) -> Callable[..., bytes]:
    """`wardbook ...` over the same store; its words."""
    home = Path(store.extensions["wardbook.settings"].home)
    for name, value in environment_of(home).items():
        monkeypatch.setenv(name, value)

    def run(*words: str) -> bytes:
        result = CliRunner().invoke(main, list(words))
        assert result.exit_code == 0, result.output
        return result.output.encode()

    return run


@every_member
def test_an_export_holds_what_its_reader_may_see(member, things, tmp_path):
    target = tmp_path / "export.gpkg"
    counts = export_all(target, as_viewer(member))
    assert shown_in(target.read_bytes(), things) == listed(things, member)
    assert counts == (4, len(listed(things, member)))


@every_member
def test_an_export_on_the_command_line_is_as_somebody(member, command, things, tmp_path):
    target = tmp_path / "export.gpkg"
    said = command("export", str(target), *(["--as", member.email] if member.email else []))
    assert shown_in(target.read_bytes(), things) == listed(things, member)
    assert f"{len(listed(things, member))} entries".encode() in said


@pytest.mark.parametrize("level", FOR_EACH)
def test_a_brief_on_the_command_line_is_for_a_level(level, command, things, tmp_path):
    forms = {form: tmp_path / f"brief.{form}" for form in ("csv", "json", "gpkg", "xlsx", "docx")}
    options = [word for form, path in forms.items() for word in (f"--{form}", str(path))]
    command("brief", f"ward:{MILL}", "--for", level, *options)
    for form, path in forms.items():
        body = path.read_bytes()
        found = shown_in(words_in(body) if form in ("xlsx", "docx") else body, things)
        assert found == in_a_brief(things, level) or (form == "docx" and found and found < in_a_brief(things, level))


def test_a_brief_on_the_command_line_is_public_unless_said_and_its_words_name_nothing(command, things):
    said = command("brief", f"ward:{MILL}")
    assert shown_in(said, things) == set()
    assert f"{len(in_a_brief(things, 'public'))} entries.".encode() in said


def test_a_letter_about_an_entry_goes_to_its_author_alone(home, app, as_):
    told = [conftest.an_issue(f"zq{number:03}title", level=level) for number, level in enumerate(Level)] + [
        conftest.a_note("zq900title", by=CLLR),
        conftest.an_issue("zq901title", by=NEIGHBOUR),
    ]
    writers = {entry.title: entry.author.email for entry in told}
    officer = as_(OFFICER)
    for entry in told:
        officer.post(f"/entries/{entry.ref}/answer", data={"answer-words": "A reply.", "answer-once": f"r{entry.ref}"})
        moves = {"answer-state": str(State.ACKNOWLEDGED), "answer-words": "Read.", "answer-once": f"s{entry.ref}"}
        officer.post(f"/entries/{entry.ref}/answer", data=moves)
    sent = [(letter.to, *re.findall(r"zq\d{3}title", letter.subject)) for letter in letters()]
    assert {(to, title) for to, title in sent} == {
        (writers[title], title) for title in ("zq002title", "zq003title", "zq900title", "zq901title")
    }, "of those an officer sees, and to nobody else"


# --- followers ---------------------------------------------------------------------------------------------------


def follow_mill(rhythm: Rhythm) -> None:
    """Everybody follows Mill, where all of it was told."""
    with transaction():
        for member in CAST[1:]:
            begin(as_viewer(member), thing_from_words(f"ward:{MILL}", as_viewer(member)), rhythm)


def a_step_of_each(things: list[Thing]) -> None:
    with transaction():
        for thing in things:
            entry = db.session.query(Entry).filter_by(ref=thing.ref).one()
            record(VISITOR, Did.REPLIED, entry, words=f"{thing.mark}told", told=Told.FOLLOWERS)


def mailed(member: Member, things: list[Thing]) -> set[Thing]:
    sent = db.session.query(Letter).filter_by(to=member.email)
    return shown_in("".join(f"{one.subject}{one.body}{one.html}" for one in sent).encode(), things)


@pytest.fixture
def own_things(app: Flask) -> list[Thing]:
    """One of each in a store of this test's own: a photo and a timeline are not needed."""
    made = []
    for number, (kind, author, standing, level) in enumerate(
        (*writer, *rule) for writer in WRITERS for rule in WHO_SEES
    ):
        mark = f"zq{number:03}qz"
        told = {"title": f"{mark}title", "words": f"{mark}words", "by": author, "level": level, "standing": standing}
        entry = conftest.a_note(**told) if kind is Kind.NOTE else conftest.an_issue(kind=kind, **told)
        made.append(Thing(mark, entry.ref, kind, author, level, standing, "none"))
    forget_that_so_many_were_held()
    return made


def test_a_follower_hears_at_once_of_what_is_published_and_they_may_see(own_things):
    follow_mill(Rhythm.AT_ONCE)
    with transaction():
        db.session.query(Job).delete()
    a_step_of_each(own_things)
    do_what_is_due()
    assert {member: mailed(member, own_things) for member in CAST[1:]} == {
        member: listed(own_things, member) for member in CAST[1:]
    }


def test_a_digest_tells_of_what_is_published_and_its_reader_may_see(own_things):
    follow_mill(Rhythm.DAILY)
    with transaction():
        db.session.query(Job).delete()
    a_step_of_each(own_things)
    do_what_is_due()
    with time_machine.travel(now() + timedelta(days=1), tick=False):
        ask_for_what_recurs()
        do_what_is_due()
    for member in CAST[1:]:
        seen, told = listed(own_things, member), mailed(member, own_things)
        assert told <= seen, member
        (letter,) = db.session.query(Letter).filter_by(to=member.email)
        further = re.search(r"and (\d+) more entries", letter.body)
        assert len(told) + (int(further[1]) if further else 0) == len(seen), "its count is of what they see, too"


def test_what_somebody_follows_shows_nobody_what_they_may_not_see(own_things, as_):
    with transaction():
        for thing in own_things:
            entry = db.session.query(Entry).filter_by(ref=thing.ref).one()
            for member in CAST[1:]:
                row = Follow(
                    person_id=conftest.person_of(member).id, entry_id=entry.id, rhythm=Rhythm.DAILY, begun_at=now()
                )
                db.session.add(row)
    for member in CAST[1:]:
        seen = {thing for thing in own_things if thing.seen_by(member)}
        assert shown_in(as_(member).get("/follows").data, own_things) == seen, member
        row = db.session.query(Follow).filter_by(person_id=conftest.person_of(member).id).all()[-1]
        stop = stops_digest(row.person_id, Rhythm.DAILY).removeprefix("http://localhost")
        visible = {thing for thing in own_things if thing.seen_by(NOBODY)}
        assert shown_in(as_(NOBODY).get(stop).data, own_things) == visible, "whoever holds a letter's address"


# --- counts ------------------------------------------------------------------------------------------------------


class _Cells(HTMLParser):
    """The texts of a table's rows."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.inside = False

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag == "tr":
            self.rows.append([])
        self.inside = tag in ("td", "th") or (self.inside and tag == "a")
        if tag in ("td", "th"):
            self.rows[-1].append("")

    def handle_data(self, data: str) -> None:
        if self.inside and self.rows:
            self.rows[-1][-1] += data.strip()


def counts_of(things: list[Thing], member: Member) -> dict[Kind, int]:
    return {kind: sum(thing.kind is kind for thing in listed(things, member)) for kind in Kind}


@every_member
def test_the_wards_page_counts_for_each_reader_what_they_may_see(member, browser, things):
    cells = _Cells()
    cells.feed(browser(member).get("/wards").text)
    expected = counts_of(things, member)
    mill = next(row for row in cells.rows if row[0] == "Mill")
    assert mill[2:] == [str(expected[kind]) for kind in Kind]


@every_member
def test_a_ward_page_counts_for_each_reader_what_they_may_see(member, browser, things):
    page = browser(member).get(f"/wards/{MILL}").text
    found = re.findall(r'class="wb-figure"[^>]*><strong>(\d+)</strong> ([a-z]+)', page)
    expected = counts_of(things, member)
    words = {Kind.ASSET: "asset", Kind.ISSUE: "issue", Kind.IDEA: "idea", Kind.OFFER: "offer", Kind.NOTE: "note"}
    told = {kind: (str(expected[kind]), word if expected[kind] == 1 else f"{word}s") for kind, word in words.items()}
    assert found == [figure for kind, figure in told.items() if kind is not Kind.NOTE or expected[Kind.NOTE]]


@every_member
@pytest.mark.parametrize(
    "address", ["/map", "/map?words=zq*", f"/places/ward:{MILL}", "/search?words=zq*", "/search?words=-no"]
)
def test_a_list_counts_for_each_reader_what_they_may_see(address, member, browser, things):
    found = re.search(r'id="list"[^>]*>([\d,]+) entr', browser(member).get(address).text)
    assert found is not None
    assert int(found[1]) == len(listed(things, member))


@every_member
def test_a_words_filter_does_not_tell_of_what_its_reader_may_not_see(member, browser, things):
    client = browser(member)
    unseen = [thing for thing in things if not thing.listed_for(member)]
    for thing in in_turn(unseen, member, 12):
        for words in (f"{thing.mark}*", f"{thing.mark}words", f"{thing.mark}cites", thing.ref):
            for road in ("/map.json", "/search.json"):
                assert client.get(road, query_string={"words": words}).json == {"entries": []}, thing


@pytest.mark.parametrize("level", FOR_EACH)
def test_every_figure_of_a_brief_counts_its_level_alone(level, browser, things):
    brief = browser(OFFICER).get(f"/places/ward:{MILL}/brief.json?for={level}").json
    expected = in_a_brief(things, level)
    assert brief["total"] == len(brief["items"]) == len(expected)
    by_kind = {figure["filters"]["kind"]: figure["count"] for figure in brief["sections"]["residents"]["kinds"]}
    assert by_kind == {kind: sum(thing.kind == kind for thing in expected) for kind in CONTRIBUTIONS}


@pytest.mark.parametrize("member", [CLLR, MODERATOR], ids=str)
def test_a_desk_counts_what_its_person_may_see(member, browser, things):
    page = browser(member).get("/desk").text
    if member is CLLR:
        count = counts_of(things, CLLR)
        assert f"Issues: {count[Kind.ISSUE]}, ideas: {count[Kind.IDEA]}, " in page
        assert f"offers: {count[Kind.OFFER]}, notes: {count[Kind.NOTE]}<" in page
    else:
        waiting = [t for t in things if t.standing in (Standing.PENDING, Standing.HIDDEN) and t.seen_by(member)]
        assert f"{len(waiting)} entries wait or are hidden" in page


# --- terms and names ---------------------------------------------------------------------------------------------


def test_what_the_public_reads_never_holds_an_address_or_a_name_that_was_not_to_be_shown(browser, things):
    client = browser(NOBODY)
    pages = ["/", "/map", "/map.json", "/map.csv", "/map.geojson", "/map.gpkg", f"/wards/{MILL}", "/map/frame/look"]
    pages += [f"/places/ward:{MILL}/brief{form}" for form in ("", ".json", ".csv", ".gpkg")]
    pages += [f"/entries/{thing.ref}" for thing in listed(things, NOBODY)]
    for page in pages:
        text = client.get(page).data
        assert RESIDENT.email.encode() not in text, page
        assert RESIDENT.name.encode() not in text, page


@every_member
def test_an_officer_alone_reads_how_to_reach_a_resident(member, browser, things):
    issue = next(
        t for t in things if t.kind is Kind.ISSUE and t.level is Level.PUBLIC and t.standing is Standing.PUBLISHED
    )
    page = browser(member).get(f"/entries/{issue.ref}").text
    assert (RESIDENT.email in page) is (member is OFFICER)


def test_a_geopackage_is_a_real_one_and_not_a_copy_of_the_store(browser, things):
    import sqlite3

    answer = browser(OFFICER).get("/map.gpkg")
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.deserialize(answer.data)
        tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    assert "entries" in tables
    assert tables & {"person", "proof", "letter", "event"} == set()


def test_no_answer_is_an_archive_of_more_than_it_says(browser, things):
    assert not zipfile.is_zipfile(io.BytesIO(browser(OFFICER).get("/map.gpkg").data))
    assert json.loads(browser(ADMINISTRATOR).get("/map.json").data)["entries"]
