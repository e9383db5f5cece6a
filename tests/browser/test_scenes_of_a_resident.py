"""What a resident comes for, from beginning to end, in each of the ways in which people use a page: by finger and
mouse, without JavaScript, and by keyboard alone. Every page that they come to is read out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta

import pytest
from flask import Flask
from playwright.sync_api import expect

from tests.browser.conftest import Enter
from tests.browser.pages import OFFICER, comes_to_check, photo, says_it_is_something_else
from tests.browser.someone import Someone
from tests.browser.ways import WAYS, Way, comes
from wardbook import jobs
from wardbook.db import db, transaction
from wardbook.entries.models import Entry

HOMES = iter(
    f"{sector}{unit}"
    for sector, units in {
        "ZZ2 1": "AA DB DZ EL HF LS TG WW YH ZJ",
        "ZZ2 2": "AD DP EY NZ",
        "ZZ2 3": "AB AW FB FF JZ LU PG YF",
        "ZZ2 4": "DG DY",
        "ZZ2 5": "EN YZ",
        "ZZ2 6": "AE AF AZ BG FA GD NB RB",
        "ZZ3 1": "AP ES LT RQ",
    }.items()
    for unit in units.split()
)
"""Postcodes a kilometre and more apart: what is told in one scene is near nothing of another."""
KERB, PAVEMENT = "Crossing or dropped kerb", "Pavement or path"


@dataclass(frozen=True)
class Scene:
    """Who it is about in one way, and where they live: nobody and nothing of another scene."""

    way: Way
    name: str
    home: str

    @property
    def me(self) -> str:
        return self.address_of("me")

    def address_of(self, who: str) -> str:
        return f"{who}.{self.name}@residents.example"

    def titled(self, words: str) -> str:
        return f"{words} ({self.name})"


@pytest.fixture(params=WAYS, ids=str)
def scene(request: pytest.FixtureRequest) -> Scene:
    home = next(HOMES)
    return Scene(request.param, home.replace(" ", "").lower(), home)


# --- letters, and what others do meanwhile -----------------------------------------------------------------------


def letters_to(them: Someone, address: str, part_of_link: str = "") -> list[str]:
    """The letters to an address that have such a link, newest first."""
    letters = them.fetches("/outbox")[1].decode().split("<article")[1:]
    return [one for one in letters if f"To {address}," in one and f'href="{them.base}{part_of_link}' in one]


def opens_the_letter_to(them: Someone, address: str, part_of_link: str, ending: str = "") -> None:
    """Wait for a letter, and follow a link in it."""
    for _ in range(100):
        if letters := letters_to(them, address, part_of_link):
            link = re.search(rf'href="{re.escape(them.base)}({part_of_link}[^"]*{re.escape(ending)})"', letters[0])
            assert link is not None
            them.goes_to(link[1])
            return
        them.page.wait_for_timeout(100)
    raise AssertionError(f"no letter to {address} has a link to {part_of_link}")


def link_to(them: Someone, address: str, part_of_link: str) -> str:
    link = re.search(rf'href="{re.escape(them.base)}({part_of_link}[^"]*)"', letters_to(them, address, part_of_link)[0])
    assert link is not None
    return link[1]


def told_by_a_neighbour(enter: Enter, scene: Scene, title: str, who: str = "neighbour", **changes: str) -> str:
    """Somebody else tells of an issue near the home of whom the scene is about, and confirms it; its path."""
    neighbour = enter(javascript=False)
    comes_to_check(neighbour, email=scene.address_of(who), near=scene.home, title=title, **changes)
    neighbour.hands_in(neighbour.path, {})
    link = link_to(neighbour, scene.address_of(who), "/contribute/confirm/")
    return neighbour.hands_in(link, {})


def follows_round_home(enter: Enter, scene: Scene, who: str) -> None:
    them = enter(javascript=False)
    page = f"/follows/new?thing=postcode:{scene.home.replace(' ', '+')}%2B400m"
    them.hands_in(page, {"rhythm": "at once", "email": scene.address_of(who)})
    them.hands_in(link_to(them, scene.address_of(who), "/follows/confirm/"), {})


def is_closed_and_five_weeks_pass(enter: Enter, store: Flask, path: str) -> None:
    """An officer closes it; then it was closed five weeks ago, and what is done every hour is asked for."""
    officer = enter(OFFICER)
    officer.goes_to(path)
    officer.picks("State", "Fixed")
    officer.enters("Your answer", "The kerb was lowered.")
    officer.presses("Send")
    ref = path.rsplit("/", 1)[1]
    with store.app_context(), transaction():
        issue = db.session.query(Entry).filter_by(ref=ref).one()
        assert issue.closed_at is not None
        issue.closed_at -= timedelta(weeks=5)
        jobs.ask("ask whether it is put right", cause=f"five weeks after {ref}")


# --- what they do themselves -------------------------------------------------------------------------------------


def says_where(them: Someone, scene: Scene) -> None:
    them.goes_to("/")
    them.follows("tell us something about a place")
    them.enters("Postcode, street, ward, grid reference or coordinates", scene.home)
    them.presses("Find it")
    them.sees_heading("Is this the spot?")
    them.presses("Continue")


def says_what(them: Someone, kind: str, category: str, title: str, words: str) -> None:
    them.chooses(kind)
    them.presses("Continue")
    them.picks("What is it about?", category)
    them.enters("Say it in a few words", title)
    them.enters("Tell us more (optional)", words)
    them.presses("Continue")


def sends_and_confirms(them: Someone, scene: Scene, title: str) -> None:
    them.enters("Your email address", scene.me)
    them.presses("Continue")
    them.sees_heading("Check what you are telling us")
    them.presses("Send it to the council")
    them.sees_heading("Check your email")
    opens_the_letter_to(them, scene.me, "/contribute/confirm/")
    them.presses("Yes, publish it")
    them.sees_heading(title)


def signs_in(them: Someone, scene: Scene) -> None:
    them.goes_to("/sign-in")
    them.enters("Email address", scene.me)
    them.presses("Email me a link")
    opens_the_letter_to(them, scene.me, "/sign-in/link/")
    them.presses("Sign in")


# --- the scenes --------------------------------------------------------------------------------------------------


def test_they_tell_of_an_issue_with_a_photo(enter: Enter, scene: Scene) -> None:
    them, title = comes(enter, scene.way), scene.titled("No dropped kerb by the bank")
    says_where(them, scene)
    says_what(them, "Something is wrong here", KERB, title, "My chair cannot get up.\nIt is 12 cm high.")
    them.attaches("Add photos (optional)", {"name": "kerb.jpg", "mimeType": "image/jpeg", "buffer": photo()})
    them.presses("Add these photos")
    them.enters("What does the photo show? (optional)", "A high kerb by the bank")
    them.presses("Continue")
    sends_and_confirms(them, scene, title)

    anybody = enter(javascript=False)
    assert anybody.goes_to(them.path) == 200
    anybody.reads("It is 12 cm high.")
    shown = anybody.page.get_by_alt_text("A high kerb by the bank")
    assert shown.evaluate("photo => photo.complete && photo.naturalWidth") > 0


def test_they_find_that_it_is_told_already_and_support_it(enter: Enter, scene: Scene) -> None:
    title = scene.titled("The kerb by the chapel is too high for wheels")
    path = told_by_a_neighbour(enter, scene, title)
    them = comes(enter, scene.way)
    says_where(them, scene)
    says_what(them, "Something is wrong here", KERB, "Kerb by the chapel too high for my wheels", "")
    them.sees_heading("Is it this one?")
    them.reads(title)
    them.enters("Your email address", scene.me)
    them.presses(f"This is mine too ({title})")
    them.sees_heading("Check your email")
    opens_the_letter_to(them, scene.me, "/support/")
    them.presses("Yes, it matters to me too")
    assert them.path == path
    them.reads("1 person says that this matters to them too, you among them.")
    assert title in them.page.locator("h1").inner_text()


def test_they_follow_400_metres_round_home(enter: Enter, scene: Scene) -> None:
    them = comes(enter, scene.way)
    them.goes_to("/")
    them.enters("Postcode, street or grid reference", scene.home)
    expect(them.page.get_by_label("Within how many metres?").locator("option:checked")).to_have_text("400 metres")
    them.presses("Hear what happens near it")
    them.chooses("As soon as something happens")
    them.enters("Email address", scene.me)
    them.presses("Follow")
    them.sees_heading("Check your email")
    opens_the_letter_to(them, scene.me, "/follows/confirm/")
    them.presses("Yes, follow it")
    them.sees_heading("What you follow")
    expect(them.page.get_by_label("Within", exact=True).locator("option:checked")).to_have_text("400 metres")

    path = told_by_a_neighbour(enter, scene, scene.titled("A drain smells"))
    opens_the_letter_to(them, scene.me, "/entries/")
    assert them.path == path


def test_they_unsubscribe_from_the_mail(enter: Enter, scene: Scene) -> None:
    follows_round_home(enter, scene, "me")
    follows_round_home(enter, scene, "other")
    told_by_a_neighbour(enter, scene, scene.titled("A lamp is out"))
    them = comes(enter, scene.way)
    opens_the_letter_to(them, scene.me, "/follows/stop/")
    them.sees_heading("Stop these emails?")
    them.presses("Stop these emails")
    them.sees_heading("You get no more of these emails")

    path = told_by_a_neighbour(enter, scene, scene.titled("A bench is broken"))
    opens_the_letter_to(them, scene.address_of("other"), path)
    assert len(letters_to(them, scene.me, "/entries/")) == 1


def test_they_say_that_it_is_not_put_right_and_see_it_reopened(enter: Enter, store: Flask, scene: Scene) -> None:
    path = told_by_a_neighbour(enter, scene, scene.titled("A kerb to lower"), who="me")
    is_closed_and_five_weeks_pass(enter, store, path)
    them = comes(enter, scene.way)
    opens_the_letter_to(them, scene.me, "/put-right/", "?answer=no")
    them.sees_heading("Is it put right?")
    them.reads("The kerb was lowered.")
    them.enters("If it is not: what is still wrong? (optional)", "Only one side of it was lowered.")
    them.presses("No, it is not")
    them.sees_heading("Thank you for telling us")
    them.reads("It is open again.")
    them.follows(scene.titled("A kerb to lower"))
    assert them.path == path
    expect(them.page.locator(".wb-entry__tags").first).to_contain_text("Received")
    step = them.page.locator(".wb-timeline li").last
    expect(step).to_contain_text("Its author says it is not put right: received again")
    expect(step).to_contain_text("Only one side of it was lowered.")


def test_they_offer_help_and_are_matched(enter: Enter, scene: Scene) -> None:
    title = scene.titled("I have shears and a free Saturday")
    told_by_a_neighbour(enter, scene, scene.titled("The hedge hides the crossing"), about=PAVEMENT)
    them = comes(enter, scene.way)
    says_where(them, scene)
    says_what(them, "What I, or we, can do", PAVEMENT, title, "An afternoon would do it.")
    says_it_is_something_else(them)
    them.presses("Continue without a photo")
    them.enters("Your name (optional)", "Dee Digger")
    sends_and_confirms(them, scene, title)
    opens_the_letter_to(them, scene.me, "/together/")
    them.sees_heading("Your offer could help with this")
    them.presses("Yes, put us in touch")
    them.reads("As soon as the other person does too")
    mine = them.path

    neighbour = comes(enter, scene.way)
    opens_the_letter_to(neighbour, scene.address_of("neighbour"), "/together/")
    neighbour.sees_heading("Somebody nearby offers help")
    assert scene.me not in neighbour.page.inner_text("body")
    neighbour.presses("Yes, put us in touch")
    neighbour.sees_heading("You are in touch")
    neighbour.reads(scene.me)
    neighbour.reads("Dee Digger")
    them.goes_to(mine)
    them.sees_heading("You are in touch")
    them.reads(scene.address_of("neighbour"))


def test_they_erase_themselves(enter: Enter, scene: Scene) -> None:
    title = scene.titled("Something I no longer want to have told")
    path = told_by_a_neighbour(enter, scene, title, who="me", words="Words of mine.")
    them = comes(enter, scene.way)
    signs_in(them, scene)
    them.goes_to("/me")
    them.reads(title)
    them.follows("Erase me: my address, my name, and if I wish all that I told")
    them.chooses("Take away everything that I told")
    them.presses("Erase me for good")
    them.sees_heading("You are erased")
    assert them.goes_to(path) == 404
    them.goes_to("/outbox")
    assert scene.me not in them.page.inner_text("body")

    signs_in(them, scene)
    them.goes_to("/me")
    them.reads("You have not told us anything yet.")
    them.reads("You support nothing yet.")
    assert title not in them.page.inner_text("body")
