"""Every page in each of its states, and how somebody comes to it."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from urllib.parse import quote

from PIL import Image

from tests.browser import deciding, keeping, telling, together
from tests.browser.someone import Someone

WARD, WARD_NAME, WARD_NEXT_DOOR = "X05000101", "Aldermere Market", "X05000102"
POSTCODE = "ZZ1 1AX"
SPLIT_POSTCODE = "ZZ1 8EJ"
OFFICER, CLLR, CLLR_NEXT_DOOR = "officer", "councillor", "bronwen.tudge@members.aldermere.example"
RESIDENT, MODERATOR, ADMINISTRATOR = "resident", "moderator", "administrator"
GPS = 0x8825
"""The tag of EXIF under which a place stands."""
MAPIT = (
    "", "area/1.html", "area/1/touches.html", "area/1/children.html", f"postcode/{POSTCODE}.html", "generations.html",
    "types.html", "area/1/example_postcode.html", "postcode/nonsense.html",
)  # fmt: skip
"""Pages of the areas that other software asks for: the front page, an area, lists, a postcode, a refusal."""
NOWHERE = f"/places/{quote('point:-2.36,51.38+50m')}"
"""A place far outside the borough: nothing is known there."""

Reach = Callable[[Someone], object]


@dataclass(frozen=True)
class State:
    """A page as one person comes to see it."""

    name: str
    who: str | None
    reach: Reach

    def __str__(self) -> str:
        return self.name


def photo(colour: str = "#4c7a5d") -> bytes:
    """A JPEG as a telephone makes it: it says where it was taken, when, and with what."""
    image = Image.new("RGB", (1200, 900), colour)
    exif = image.getexif()
    exif[0x010F] = "Telephone of Tobias"
    exif.get_ifd(GPS).update({1: "N", 2: (53.0, 23.0, 52.4), 3: "E", 4: (1.0, 0.0, 14.5)})
    kept = io.BytesIO()
    image.save(kept, "JPEG", exif=exif)
    return kept.getvalue()


# --- telling -----------------------------------------------------------------------------------------------------
# The scenes fill in every page by hand; whoever only wants to come to a later one hands in the answers before it.

KERB = {"title": "No dropped kerb", "words": "Wheels cannot cross."}
_numbers = count(1)


def somebody() -> str:
    """An address of nobody before: one alone is sent few links an hour."""
    return f"somebody.{next(_numbers)}@residents.example"


WHO = {"level": "public", "email": somebody(), "name": ""}


def begins(them: Someone) -> None:
    """Come to the spot of a new contribution."""
    them.goes_to(_draft(them))


def _draft(them: Someone, near: str = POSTCODE) -> str:
    return them.hands_in("/contribute", {"q": near})


def _told(them: Someone, near: str = POSTCODE, about: str = "Crossing or dropped kerb", **changes: str) -> str:
    """A draft in which the spot and what it is are told; its path."""
    return _tells(them, _of_kind(them, "issue", near), about, **changes)


def _tells(them: Someone, draft: str, about: str = "Crossing or dropped kerb", **changes: str) -> str:
    page = them.fetches(f"{draft}/what")[1].decode()
    category = re.search(rf'value="(\d+)"[^>]*>{about}', page)
    assert category is not None
    them.hands_in(f"{draft}/what", KERB | {"category": category[1]} | changes)
    return draft


def _of_kind(them: Someone, kind: str, near: str = POSTCODE) -> str:
    """A draft of which the kind is chosen; its path."""
    draft = _draft(them, near).removesuffix("/spot")
    them.hands_in(f"{draft}/kind", {"kind": kind})
    return draft


def comes_to_kind(them: Someone) -> None:
    them.goes_to(f"{_draft(them).removesuffix('/spot')}/kind")


def comes_to_what(them: Someone, kind: str = "issue") -> None:
    them.goes_to(f"{_of_kind(them, kind)}/what")


SAME = "No dropped kerb on the north side at the crossing by the Butter Row"
NEAR_IT = "ZZ1 4QT"
"""An issue of the demo borough, and the postcode next to it."""


def comes_to_same(them: Someone) -> None:
    them.goes_to(f"{_told(them, near=NEAR_IT, title=SAME)}/same")


def comes_to_same_for_somebody(them: Someone) -> None:
    draft = them.hands_in("/contribute/for", {"channel": "telephone"}).removesuffix("/place")
    them.hands_in(f"{draft}/place", {"q": NEAR_IT})
    them.hands_in(f"{draft}/kind", {"kind": "issue"})
    them.goes_to(f"{_tells(them, draft, title=SAME)}/same")
    them.reads("To have theirs counted too, go on.")


def says_it_is_mine_without_an_address(them: Someone) -> None:
    comes_to_same(them)
    with them.page.expect_navigation(wait_until="load"):
        them.page.get_by_role("button", name="This is mine too").first.click()


def says_it_is_something_else(them: Someone) -> None:
    """Go on, where something near sounds the same."""
    if them.page.locator("h1").inner_text().startswith("Is it "):
        them.presses("No, mine is something else: continue")


def comes_to_photos(them: Someone) -> None:
    them.goes_to(f"{_told(them)}/photos")


def comes_to_who(them: Someone) -> None:
    them.goes_to(f"{_told(them)}/who")


def comes_to_check(them: Someone, *, email: str = "", **changes: str) -> None:
    draft = _told(them, **changes)
    them.hands_in(f"{draft}/who", WHO | {"email": email or somebody()})
    them.goes_to(f"{draft}/check")


def sends(them: Someone) -> None:
    comes_to_check(them)
    them.presses("Send it to the council")


def adds_a_photo(them: Someone, words: str = "A high kerb by the bank") -> None:
    them.page.get_by_label("Add photos (optional)").set_input_files(
        {"name": "kerb.jpg", "mimeType": "image/jpeg", "buffer": photo()}
    )
    them.presses("Add these photos")
    them.enters("What does the photo show? (optional)", words)
    them.presses("Continue")


def opens_the_letter(them: Someone, part_of_link: str) -> None:
    """Follow the link in the newest letter that has such a link."""
    page = them.fetches("/outbox")[1].decode()
    link = re.search(rf'href="{re.escape(them.base)}({part_of_link}[^"]+)"', page)
    assert link is not None, f"no letter has a link to {part_of_link}"
    them.goes_to(link[1])


def has_the_link_sent_elsewhere(them: Someone) -> None:
    """Asks for the link at another address, and stands before the form."""
    sends(them)
    them.follows("Send the link to another")


def mistypes_again(them: Someone) -> None:
    """Enters what is no address."""
    has_the_link_sent_elsewhere(them)
    them.enters("Your email address", "nobody")


def confirms(them: Someone) -> None:
    sends(them)
    opens_the_letter(them, "/contribute/confirm/")
    them.presses("Yes, publish it")


# --- finding an entry --------------------------------------------------------------------------------------------


def listed(them: Someone, asked: str) -> list[dict[str, str]]:
    """What the list says to this person, as JSON."""
    status, body = them.fetches(f"/map.json?{asked}")
    assert status == 200
    return list(json.loads(body)["entries"])


def goes_to_entry(asked: str) -> Reach:
    def reach(them: Someone) -> None:
        first = listed(them, asked)[0]
        them.goes_to(f"/entries/{first.get('ref') or first['reference']}")

    return reach


def finds_one_that_waits(them: Someone) -> None:
    assert them.page.context.browser is not None
    visitor = Someone(them.page.context.browser.new_page(), them.base)
    comes_to_check(visitor)
    visitor.hands_in(visitor.path, {})
    visitor.page.close()
    them.goes_to("/moderation")
    waiting = them.page.locator(".wb-entry", has_text="Waiting").first.get_by_role("link").get_attribute("href")
    them.goes_to(waiting or "")


def finds_one_that_is_held(them: Someone) -> None:
    """A resident who is signed in tells of somebody by name and number; then a moderator looks at it."""
    assert them.page.context.browser is not None
    resident = Someone(them.page.context.browser.new_page(), them.base)
    resident.hands_in("/sign-in/password", {"email": "moderator@aldermere.example", "password": "aldermere-demo"})
    draft = _told(resident, title="Mr Quist and his van", words="It is AB12 CDE: ring 07700 900123 <b>x</b>.")
    resident.hands_in(f"{draft}/who", WHO)
    resident.hands_in(f"{draft}/check", {})
    resident.page.close()
    them.goes_to("/moderation?show=held")
    them.goes_to(them.page.get_by_role("link", name="Mr Quist and his van").first.get_attribute("href") or "")


def hides_without_a_reason(them: Someone) -> None:
    ref = listed(them, "kind=issue")[0]
    them.goes_to(f"/moderation/{ref.get('ref') or ref['reference']}")
    them.page.get_by_text("Hide this entry").click()
    them.presses("Hide it")


def reports(*, sent: bool, reason: str = "") -> Reach:
    def reach(them: Someone) -> None:
        ref = listed(them, "kind=issue")[0]
        them.goes_to(f"/entries/{ref.get('ref') or ref['reference']}/report")
        if reason:
            them.chooses("It is abusive or threatening")
        if sent:
            them.presses("Tell a moderator")

    return reach


def leaves_the_partner_out(them: Someone) -> None:
    goes_to_entry("kind=idea&state=family:open")(them)
    them.page.get_by_text("Say who leads on it").click()
    them.chooses("A partner")
    them.presses("Save who leads")


def hides_one(them: Someone) -> None:
    ref = listed(them, "kind=issue")[0]
    address = f"{ref.get('ref') or ref['reference']}"
    them.goes_to(f"/moderation/{address}")
    them.page.get_by_text("Hide this entry").click()
    them.page.locator("#hide-reason").fill("It names somebody.")
    them.presses("Hide it")
    them.goes_to(f"/entries/{address}")


# --- states of forms ---------------------------------------------------------------------------------------------


def sending_nothing(path: str, button: str) -> Reach:
    def reach(them: Someone) -> None:
        them.goes_to(path)
        them.presses(button)

    return reach


def goes_wrong(way: Reach, button: str) -> Reach:
    def reach(them: Someone) -> None:
        way(them)
        them.presses(button)

    return reach


def at(path: str) -> Reach:
    return lambda them: them.goes_to(path)


def starts_with(q: str) -> Reach:
    return sending_nothing(f"/contribute?q={quote(q)}", "Find it")


def chooses_a_spot_outside(them: Someone) -> None:
    begins(them)
    them.enters("Postcode, grid reference, or latitude and longitude", "51.38, -2.36")
    them.presses("Continue")


def sends_a_letter_as_photo(them: Someone) -> None:
    comes_to_photos(them)
    them.page.get_by_label("Add photos (optional)").set_input_files(
        {"name": "kerb.jpg", "mimeType": "image/jpeg", "buffer": b"this is no photo"}
    )
    them.presses("Add these photos")


def adds_photos_of_which_one_is_none(them: Someone) -> None:
    comes_to_photos(them)
    files = [photo("#4c7a5d"), photo("#7a4c5d"), b"this is no photo"]
    them.page.get_by_label("Add photos (optional)").set_input_files(
        [{"name": f"kerb {number}.jpg", "mimeType": "image/jpeg", "buffer": raw} for number, raw in enumerate(files)]
    )
    them.presses("Add these photos")


def comes_to_a_photo_to_black_out(them: Someone) -> None:
    photos = [entry for entry in listed(them, "kind=issue") + listed(them, "kind=asset") if entry]
    for entry in photos:
        them.goes_to(f"/entries/{entry.get('ref') or entry['reference']}")
        if them.page.get_by_role("link", name="Black out a part").count():
            them.page.get_by_role("link", name="Black out a part").first.click()
            return
    raise AssertionError("no entry has a photo")


def looks_at_what_would_be_black(them: Someone) -> None:
    comes_to_a_photo_to_black_out(them)
    them.enters("Rectangles", "10, 20, 15, 8")
    them.presses("Look at it first")


def blacks_out(them: Someone) -> None:
    comes_to_a_photo_to_black_out(them)
    them.enters("Rectangles", "10, 20, 15, 8")
    them.enters("Why?", "The face of a passer-by.")
    them.presses("Black it out")


def comes_back_to_a_black_photo(them: Someone) -> None:
    blacks_out(them)
    them.page.get_by_role("link", name="Black out a part").first.click()


def comes_back_to_photos(them: Someone) -> None:
    comes_to_photos(them)
    draft = them.path
    adds_a_photo(them)
    them.goes_to(draft)


def opens_the_letter_about(title: str, end: str = "") -> Reach:
    """Follow the link in the answer to an email; `end` tells which, where there are two."""

    def reach(them: Someone) -> None:
        letters = them.fetches("/outbox")[1].decode().split("<article")
        letter = next(one for one in letters if title in one)
        link = re.search(rf'href="{re.escape(them.base)}(/(?:by-email|contribute/confirm)/[^"/]+{end})"', letter)
        assert link is not None, f"no link in the letter about {title}"
        them.goes_to(link[1])

    return reach


def goes_on_with_an_email_twice(them: Someone) -> None:
    opens_the_letter_about("Loose slab")(them)
    link = them.path
    them.presses("Yes, go on")
    them.goes_to(link)


def puts_an_email_nowhere(them: Someone) -> None:
    opens_the_letter_about("High kerb", "/place")(them)
    them.enters("Postcode, grid reference, or latitude and longitude", "nowhere at all")
    them.presses("Save and continue")


def asks_for_a_link(them: Someone) -> None:
    them.goes_to("/sign-in")
    them.enters("Email address", "resident@aldermere.example")
    them.presses("Email me a link")


def enters_a_wrong_code(them: Someone) -> None:
    asks_for_a_link(them)
    them.enters("Code", "000 00")
    them.presses("Sign in")


def opens_a_link_to_sign_in(them: Someone) -> None:
    asks_for_a_link(them)
    opens_the_letter(them, "/sign-in/link/")


def opens_a_used_link(them: Someone) -> None:
    opens_a_link_to_sign_in(them)
    link = them.path
    them.presses("Sign in")
    them.goes_to(link)


def enters_a_wrong_password(them: Someone) -> None:
    them.goes_to("/sign-in/password")
    them.enters("Email address", "officer@aldermere.example")
    them.enters("Password", "wrong")
    them.presses("Sign in")


def types_half_a_note(them: Someone) -> None:
    them.goes_to("/notes/new")
    them.enters("Where it is", "somewhere near the church")
    them.enters("Title", "By the church")
    them.presses("Save the note")


BOW_TIE = "53.38, 0.95\n53.40, 0.99\n53.38, 0.99\n53.40, 0.95"
ACROSS = "53.30, 0.80\n53.30, 0.99\n53.40, 0.99\n53.40, 0.80\n\n53.35, 0.96\n53.36, 0.96\n53.36, 0.97"
"""An area across the edge of the borough, with a hole"""


def types_a_place(them: Someone, points: str, form: str = "An area") -> None:
    them.goes_to("/places/new")
    them.enters("What to call it", "The mill site, the yard behind it and all of the land down to the river")
    them.enters("Points", points)
    them.chooses(form)
    them.presses("Save the place")


def types_a_bow_tie(them: Someone) -> None:
    types_a_place(them, BOW_TIE)


def makes_a_place_across_the_edge(them: Someone) -> None:
    types_a_place(them, ACROSS)
    them.reads("of it lie outside the council and are left out")


def makes_a_line(them: Someone) -> None:
    types_a_place(them, "53.38, 0.95\n53.40, 0.99", "A line")
    them.reads("has no ground of its own")


def names_no_centre(them: Someone) -> None:
    them.goes_to("/places/new/circle")
    them.enters("Centre", "Atlantis")
    them.enters("Radius", "far")
    them.presses("Show this place")


def types_a_street(them: Someone) -> None:
    them.goes_to("/places/new/street")
    them.enters("Points along the street", f"{POSTCODE}\n53.40, 0.99")
    them.presses("Show this place")


def takes_two_wards(them: Someone) -> None:
    them.goes_to("/places/new/wards")
    them.chooses(WARD_NAME)
    them.chooses("Fullersholme")
    them.presses("Show this place")


def names_a_place_that_is_none(them: Someone) -> None:
    them.goes_to("/briefs/new")
    them.enters("Place", "Atlantis")
    them.presses("Make the brief")


def asks_for_a_brief_of_several(them: Someone) -> None:
    them.goes_to("/briefs/new")
    them.enters("Place", "Mill")
    them.presses("Make the brief")
    them.reads("Which do you mean?")


def freezes_one(them: Someone) -> None:
    them.goes_to(f"{WARD_PLACE}/brief?for=council")
    them.follows("Freeze this brief")
    them.enters("What is it for?", "Cabinet in March: the crossing by the bank")
    them.presses("Freeze it")


def freezes_a_restricted_one(them: Someone) -> None:
    them.goes_to(f"{WARD_PLACE}/brief/freeze?for=council")
    them.enters("What is it for?", "The sale of the depot")
    them.picks("Restrict it to named people (optional)", "The sale of a site")
    them.enters("Who may read it beside you", CLLR_NEXT_DOOR)
    them.presses("Freeze it")


def freezes_and_goes_to(rest: str) -> Reach:
    def reach(them: Someone) -> None:
        freezes_one(them)
        them.goes_to(f"{them.path}{rest}")

    return reach


def finds_a_frozen_one_with_a_gap(them: Someone) -> None:
    """Freeze a brief; then a moderator hides one of its issues."""
    freezes_one(them)
    brief = them.path
    assert them.page.context.browser is not None
    moderator = Someone(them.page.context.browser.new_page(), them.base)
    moderator.hands_in("/sign-in/password", {"email": "moderator@aldermere.example", "password": "aldermere-demo"})
    public = json.loads(moderator.fetches(f"{WARD_PLACE}/entries.json?kind=issue")[1])["entries"]
    moderator.goes_to(f"/moderation/{public[0]['ref']}")
    moderator.page.get_by_text("Hide this entry").click()
    moderator.page.locator("#hide-reason").fill("It names somebody.")
    moderator.presses("Hide it")
    moderator.page.close()
    them.goes_to(brief)
    them.reads("no longer shown")


def visits_a_confirmed_link(them: Someone) -> None:
    sends(them)
    opens_the_letter(them, "/contribute/confirm/")
    link = them.path
    them.presses("Yes, publish it")
    them.goes_to(link)


def follows(thing: str, *then: str) -> Reach:
    """Somebody signed in follows a thing, and goes to a page."""

    def reach(them: Someone) -> None:
        them.hands_in(f"/follows/new?thing={quote(thing)}", {"rhythm": "weekly"})
        for path in then or ("/follows",):
            them.goes_to(path)

    return reach


def shows_no_name(them: Someone) -> None:
    them.goes_to("/me")
    them.enters("Your name", "")
    them.chooses("Show my name on all of it")
    them.presses("Save")


def opens_a_letter_about_their_own(them: Someone) -> None:
    """What a visitor tells is confirmed; the letter that says so names an address that ends letters about it."""
    confirms(them)
    opens_the_letter(them, "/letters/")


def wants_no_more_letters(them: Someone) -> None:
    opens_a_letter_about_their_own(them)
    them.presses("No more letters about it")


def asks_to_follow(them: Someone) -> None:
    them.goes_to(f"/follows/new?thing=ward:{WARD}")
    them.enters("Email address", "follower@residents.example")
    them.presses("Follow")


def opens_the_link_to_follow(them: Someone) -> None:
    asks_to_follow(them)
    opens_the_letter(them, "/follows/confirm/")


def opens_a_used_link_to_follow(them: Someone) -> None:
    opens_the_link_to_follow(them)
    link = them.path
    them.presses("Yes, follow it")
    them.goes_to(link)


def opens_a_letter_to_stop(them: Someone) -> None:
    """Somebody follows a ward, something is told there, and the letter about it names an address that stops it."""
    assert them.page.context.browser is not None
    them.hands_in(f"/follows/new?thing=ward:{WARD}", {"rhythm": "at once"})
    visitor = Someone(them.page.context.browser.new_page(), them.base)
    confirms(visitor)
    visitor.page.close()
    for _ in range(100):
        if "/follows/stop/" in them.fetches("/outbox")[1].decode():
            break
        them.page.wait_for_timeout(200)
    opens_the_letter(them, "/follows/stop/")


def stops_by_a_letter(them: Someone) -> None:
    opens_a_letter_to_stop(them)
    them.presses("Stop these emails")


def chooses_a_wrong_number(them: Someone) -> None:
    them.goes_to("/admin/settings")
    them.enters("For how many days is the original of a blacked-out photo kept?", "a fortnight")
    them.presses("Save")


LONG_FILE = "/files/new?source=entries&form=csv"


def has_a_file_made(them: Someone) -> None:
    """Ask for a file and wait for the page to say by itself that it is there."""
    them.goes_to(LONG_FILE)
    them.presses("Make the CSV file")
    them.page.get_by_role("heading", name="Your file is ready").wait_for(timeout=90_000)
    them.goes_to(them.path)


ABOUT = ("privacy", "accessibility", "data", "who-sees-what")
WARD_PLACE = f"/places/ward:{WARD}"
STATES = (
    State("by email: go on", None, opens_the_letter_about("Full bin")),
    State("by email: link used", None, goes_on_with_an_email_twice),
    State("by email: publish", None, opens_the_letter_about("High kerb")),
    State("by email: where it is", None, opens_the_letter_about("High kerb", "/place")),
    State("by email: put nowhere", None, puts_an_email_nowhere),
    State("home", None, at("/")),
    State("home, signed in", CLLR, at("/")),
    State("found", None, at(f"/find?q={quote(POSTCODE)}")),
    State("found, split postcode", None, at(f"/find?q={quote(SPLIT_POSTCODE)}")),
    State("found, part of a postcode", None, at("/find?q=zz1")),
    State("found, a street", None, at("/find?q=quay+street")),
    State("found several of a name", None, at("/find?q=mill")),
    State("found what is spelled like it", None, at("/find?q=pennyfld")),
    State("found, a name to come", None, at("/find?q=Harkaby+Ings")),
    State("found several wards", None, at("/find?q=a")),
    State("found nothing", None, at("/find?q=Nowhere+at+all")),
    State("found no such postcode", None, at("/find?q=SW1A+1AA")),
    State("found outside", None, at("/find?q=51.38,-2.36")),
    State("found no such reference", None, at("/find?q=WB-7K3QD")),
    State("found, as at a day", None, at(f"/find?q={quote(POSTCODE)}&as_at=2024-01-01")),
    State("tell of a place", None, at(f"/contribute?place=ward:{WARD}")),
    State("find without words", None, at("/find?q=")),
    State("search", None, at("/search")),
    State("search, found", None, at("/search?words=kerb")),
    State("search, found in a place", OFFICER, at(f"/search?words=promise*&place={quote(WARD_NAME)}&kind=note")),
    State("search, nothing found", None, at("/search?words=zeppelin&kind=asset")),
    State("search, no such place", None, at("/search?words=kerb&place=Atlantis")),
    State("search, a long question", None, at(f"/search?words={'kerb' * 45}")),
    State("wards", None, at("/wards")),
    State("ward", None, at(f"/wards/{WARD}")),
    State("ward of a review to come", None, at("/wards/X05000203")),
    State("ward, its councillor", CLLR, at(f"/wards/{WARD}")),
    State("map", None, at("/map")),
    State("map, filtered", OFFICER, at("/map?kind=issue&state=family:open&words=kerb")),
    State("map, nothing matches", None, at("/map?words=zzzzzz")),
    State("map, beyond the last page", None, at("/map?after=1.1")),
    State("place", OFFICER, at(f"/places/{quote(f'postcode:{POSTCODE}+800m')}")),
    State("place, nothing known", None, at(NOWHERE)),
    State("list behind a figure", OFFICER, at(f"{WARD_PLACE}/entries?for=council&kind=note")),
    State("issue", None, goes_to_entry("kind=issue&state=family:open")),
    State("issue, closed", None, goes_to_entry("kind=issue&state=fixed")),
    State("asset", RESIDENT, goes_to_entry("kind=asset")),
    State("issue, an officer", OFFICER, goes_to_entry("kind=issue&state=family:open")),
    State("issue, an answer without words", OFFICER, goes_wrong(goes_to_entry("kind=issue"), "Send")),
    State("issue, a moderator", MODERATOR, goes_to_entry("kind=issue")),
    State("idea", None, goes_to_entry("kind=idea")),
    State("idea, an officer", OFFICER, goes_to_entry("kind=idea&state=family:open")),
    State("idea, a partner without a name", OFFICER, leaves_the_partner_out),
    State("knowledge", None, goes_to_entry("kind=knowledge")),
    State("offer", None, goes_to_entry("kind=offer&state=open")),
    State("offer, lapsed, an officer", OFFICER, goes_to_entry("kind=offer&state=lapsed")),
    State("note", CLLR, goes_to_entry("kind=note")),
    State("tell: start", None, at("/contribute")),
    State("tell: start, nothing entered", None, sending_nothing("/contribute", "Find it")),
    State("tell: start, not found", None, starts_with("Nowhere at all")),
    State("tell: start, several wards", None, starts_with("a")),
    State("tell: start, several streets", None, starts_with("back lane")),
    State("tell: begun before", None, telling.begins_and_comes_again),
    State("tell: start, an officer", OFFICER, at("/contribute")),
    State("tell: in words", None, at("/contribute/words?q=the+alley")),
    State("tell: in words, nothing entered", None, goes_wrong(at("/contribute/words"), "Continue")),
    State("tell: spot, known in words", None, telling.says_where),
    State("tell: spot, moved by a step", None, telling.moves_it_by_a_step),
    State("tell: more", None, telling.is_asked_more),
    State("tell: emergency", None, telling.chooses_an_emergency),
    State("tell: for somebody", OFFICER, at("/contribute/for")),
    State("tell: for somebody, none chosen", OFFICER, goes_wrong(at("/contribute/for"), "Continue")),
    State("tell: for somebody, start", OFFICER, telling.begins_for_somebody),
    State("tell: for somebody, who", OFFICER, telling.says_for_whom),
    State("tell: for somebody, check", OFFICER, telling.checks_for_somebody),
    State("tell: for somebody, sent", OFFICER, telling.enters_for_somebody),
    State("tell: for somebody, its page", OFFICER, telling.sees_what_was_entered),
    State("categories", ADMINISTRATOR, at("/admin/categories")),
    State("category", ADMINISTRATOR, telling.looks_at_a_category),
    State("category, nothing entered", ADMINISTRATOR, goes_wrong(at("/admin/categories/new"), "Save")),
    State("tell: spot", None, begins),
    State("tell: spot, from the map of all", None, sending_nothing("/contribute", "Find it on the map instead")),
    State("tell: spot outside", None, chooses_a_spot_outside),
    State("tell: kind", None, comes_to_kind),
    State("tell: kind, none chosen", None, goes_wrong(comes_to_kind, "Continue")),
    State("tell: what", None, comes_to_what),
    State("tell: what, an offer", None, lambda them: comes_to_what(them, "offer")),
    State("tell: what, nothing entered", None, goes_wrong(comes_to_what, "Continue")),
    State("tell: is it one of these", None, comes_to_same),
    State("tell: is it one of these, for somebody", OFFICER, comes_to_same_for_somebody),
    State("tell: photos", None, comes_to_photos),
    State("tell: photos, one added", None, comes_back_to_photos),
    State("tell: photos, not a photo", None, sends_a_letter_as_photo),
    State("tell: photos, two added and one not", None, adds_photos_of_which_one_is_none),
    State("photos of my own", RESIDENT, keeping.own("/photos")),
    State("photos of my own, nothing chosen", RESIDENT, goes_wrong(keeping.own("/photos"), "Add these photos")),
    State("black out", MODERATOR, comes_to_a_photo_to_black_out),
    State("black out, nothing entered", MODERATOR, goes_wrong(comes_to_a_photo_to_black_out, "Black it out")),
    State("black out, looked at first", MODERATOR, looks_at_what_would_be_black),
    State("blacked out", MODERATOR, blacks_out),
    State("black out, black already", MODERATOR, comes_back_to_a_black_photo),
    State("tell: who", None, comes_to_who),
    State("tell: who, no email", None, goes_wrong(comes_to_who, "Continue")),
    State("tell: who, signed in", RESIDENT, comes_to_who),
    State("tell: check", None, comes_to_check),
    State("tell: sent", None, sends),
    State("tell: sent, signed in", RESIDENT, sends),
    State("tell: the link sent elsewhere", None, has_the_link_sent_elsewhere),
    State("tell: the link sent elsewhere, no address", None, goes_wrong(mistypes_again, "Send the link there")),
    State("tell: confirm", None, lambda them: (sends(them), opens_the_letter(them, "/contribute/confirm/"))),
    State("tell: told", None, confirms),
    State("tell: confirmed before", None, visits_a_confirmed_link),
    State("own contribution", RESIDENT, keeping.own()),
    State("edit", RESIDENT, keeping.own("/edit")),
    State("edit a note", CLLR, keeping.own_note("/edit")),
    State("edit a note, in two tabs", CLLR, keeping.edits_in_two_tabs),
    State("note, edited and narrowed", CLLR, keeping.reads_earlier_wording),
    State("level", RESIDENT, keeping.own("/level")),
    State("level of a note", CLLR, keeping.own_note("/level")),
    State("review", CLLR, keeping.own_note("/review")),
    State("review, nothing entered", CLLR, goes_wrong(keeping.own_note("/review"), "Save the review")),
    State("withdraw", CLLR, keeping.own_note("/withdraw")),
    State("withdraw, nothing entered", CLLR, goes_wrong(keeping.own_note("/withdraw"), "Withdraw it")),
    State("withdrawn, its author", CLLR, keeping.withdraws),
    State("withdrawn, who relied on it", OFFICER, keeping.reads_a_stub),
    State("erase", CLLR, keeping.own_note("/erase")),
    State("differ", OFFICER, keeping.begins_to_differ),
    State("differ, nothing entered", OFFICER, goes_wrong(keeping.begins_to_differ, "Save the note")),
    State("seen differently", OFFICER, keeping.sees_it_differently),
    State(
        "seen differently, in a list",
        OFFICER,
        lambda them: (keeping.sees_it_differently(them), them.goes_to("/map?kind=note&words=yard")),
    ),
    State("later note", CLLR, keeping.own_note("/later")),
    State("superseded", CLLR, keeping.writes_a_later_note),
    State("support", None, keeping.public_issue("/support")),
    State("support, no address", None, goes_wrong(keeping.public_issue("/support"), "Email me a link")),
    State("support, sent", None, keeping.asks_to_support),
    State("support, link", None, lambda them: (keeping.asks_to_support(them), opens_the_letter(them, "/support/"))),
    State("supported", OFFICER, keeping.supports),
    State("tell: it is mine too, no address", None, says_it_is_mine_without_an_address),
    State("merge", OFFICER, together.reading_room("/merge")),
    State("merge, none chosen", OFFICER, goes_wrong(together.reading_room("/merge"), "Merge it into that one")),
    State("merged, the one that stands for both", OFFICER, together.merges),
    State("merged, led on", OFFICER, together.is_led_on),
    State("merged, as it was told", OFFICER, together.reads_what_was_merged),
    State("taken on by residents", None, together.reading_room()),
    State("taken on by residents, how it goes", OFFICER, together.reading_room("/steps")),
    State(
        "taken on by residents, nothing entered",
        OFFICER,
        goes_wrong(together.reading_room("/steps"), "Put it on the page"),
    ),
    State("taken on by residents, thanks", OFFICER, together.reading_room("/thanks")),
    State("matched with nobody", RESIDENT, at("/together")),
    State("matched", None, together.is_asked),
    State("matched, said yes", None, together.says_yes),
    State("matched, said no", None, together.says_no),
    State("matched, in touch", None, together.is_put_in_touch),
    State("matched, no more letters", None, together.opens_the_way_to_stop),
    State("matched, no more letters, stopped", None, together.stops_letters),
    State("pending, a moderator", MODERATOR, finds_one_that_waits),
    State("hidden, a moderator", MODERATOR, hides_one),
    State("sign in", None, at("/sign-in")),
    State("sign in, nothing entered", None, sending_nothing("/sign-in", "Email me a link")),
    State("code", None, asks_for_a_link),
    State("code, wrong", None, enters_a_wrong_code),
    State("link", None, opens_a_link_to_sign_in),
    State("link, used", None, opens_a_used_link),
    State("password", None, at("/sign-in/password")),
    State("password, wrong", None, enters_a_wrong_password),
    *(State(f"desk, {who}", who, at("/desk")) for who in (RESIDENT, CLLR, OFFICER, MODERATOR, ADMINISTRATOR)),
    State("desk, all that nobody has answered in a ward", CLLR, at("/desk/my-wards")),
    State("desk, all that is under way", OFFICER, at("/desk/under-way")),
    State("note form", CLLR, at(f"/notes/new?place=ward:{WARD}")),
    State("note form, nothing entered", CLLR, sending_nothing("/notes/new", "Save the note")),
    State("note form, half entered", OFFICER, types_half_a_note),
    State("follow", None, at(f"/follows/new?thing=ward:{WARD}")),
    State("follow, no email", None, goes_wrong(at(f"/follows/new?thing=ward:{WARD}"), "Follow")),
    State("follow, signed in", RESIDENT, at(f"/follows/new?thing={quote(f'postcode:{POSTCODE}+800m')}")),
    State("follow: check your email", None, asks_to_follow),
    State("follow: confirm", None, opens_the_link_to_follow),
    State("follow: link used", None, opens_a_used_link_to_follow),
    State("follows", RESIDENT, follows(f"postcode:{POSTCODE}+800m")),
    State("follows, none", ADMINISTRATOR, at("/follows")),
    State("ward, followed", RESIDENT, follows(f"ward:{WARD}", f"/wards/{WARD}")),
    State("hear near home", None, at("/follows/near")),
    State("hear near home, signed in", RESIDENT, at("/follows/near")),
    State("hear near home, no such place", None, at("/follows/near?q=Nowhere+at+all&metres=400")),
    State("hear near home, several of a name", None, at("/follows/near?q=mill&metres=400")),
    State("own page", RESIDENT, at("/me")),
    State("own page, nothing told", ADMINISTRATOR, at("/me")),
    State("own page, no name", RESIDENT, shows_no_name),
    State("erase me", RESIDENT, at("/me/erase")),
    State("erase me, no choice", RESIDENT, goes_wrong(at("/me/erase"), "Erase me for good")),
    State("erase me, with a role", CLLR, at("/me/erase")),
    State("erase me, check your email", None, at("/me/erase/sent")),
    State("erased", None, at("/me/erased")),
    State("letters about it", None, opens_a_letter_about_their_own),
    State("no more letters about it", None, wants_no_more_letters),
    State("stop following", CLLR, opens_a_letter_to_stop),
    State("stopped following", CLLR, stops_by_a_letter),
    State("new place", OFFICER, at("/places/new")),
    State("new place, nothing entered", OFFICER, sending_nothing("/places/new", "Save the place")),
    State("new place, crossing itself", OFFICER, types_a_bow_tie),
    State("new place, partly outside", OFFICER, makes_a_place_across_the_edge),
    State("new place, a line", OFFICER, makes_a_line),
    State("circle", None, at("/places/new/circle")),
    State("circle, not found", None, names_no_centre),
    State("street", None, at("/places/new/street")),
    State("street, nothing entered", None, sending_nothing("/places/new/street", "Show this place")),
    State("street, made", None, types_a_street),
    State("wards together", None, at("/places/new/wards")),
    State("wards together, none chosen", None, sending_nothing("/places/new/wards", "Show this place")),
    State("wards together, made", None, takes_two_wards),
    State("ward, with things on its border", None, at(f"/wards/{WARD_NEXT_DOOR}")),
    State("new brief", OFFICER, at("/briefs/new")),
    State("new brief, a visitor", None, at("/briefs/new")),
    State("new brief, several places", None, asks_for_a_brief_of_several),
    State("new brief, no such place", OFFICER, names_a_place_that_is_none),
    State("brief for the council", OFFICER, at(f"{WARD_PLACE}/brief?for=council")),
    State("brief for everyone", None, at(f"{WARD_PLACE}/brief")),
    State("brief of nothing", OFFICER, at(f"{NOWHERE}/brief?for=council")),
    State("freeze", OFFICER, at(f"{WARD_PLACE}/brief/freeze?for=council")),
    State("freeze, nothing entered", OFFICER, sending_nothing(f"{WARD_PLACE}/brief/freeze?for=council", "Freeze it")),
    State("frozen brief", OFFICER, freezes_one),
    State("frozen brief, restricted", OFFICER, freezes_a_restricted_one),
    State("frozen brief, one item gone", CLLR, finds_a_frozen_one_with_a_gap),
    State("frozen brief, behind a figure", OFFICER, freezes_and_goes_to("/1/entries?kind=note")),
    State("frozen brief, mark", OFFICER, freezes_and_goes_to("/1/items/1")),
    State(
        "frozen brief, mark, nothing chosen", OFFICER, goes_wrong(freezes_and_goes_to("/1/items/1"), "Save the mark")
    ),
    State("frozen brief, check", OFFICER, freezes_and_goes_to("/1/verify")),
    State("frozen brief, compare with now", OFFICER, freezes_and_goes_to("/compare/1/now")),
    State("frozen briefs", OFFICER, at("/briefs")),
    State("frozen briefs, a visitor", None, at("/briefs")),
    State("moderation", MODERATOR, at("/moderation")),
    State("moderation, nothing of a kind", MODERATOR, at("/moderation?show=appeals&kind=offer")),
    State("moderation, one thing that waits", MODERATOR, finds_one_that_is_held),
    State("moderation, one thing with every form wrong", MODERATOR, hides_without_a_reason),
    State("hidden, its author", None, deciding.is_hidden(confirms)),
    State("appeal", None, deciding.begins_to_appeal(confirms)),
    State(
        "appeal, nothing said",
        None,
        goes_wrong(deciding.begins_to_appeal(confirms), "Ask for another look"),
    ),
    State("appeal, made", None, deciding.appeals(confirms)),
    State("appeals, a moderator", MODERATOR, at("/moderation?show=appeals")),
    State("appeal, whose decision it was", MODERATOR, deciding.looks_at_an_appeal(confirms)),
    State("stopped from contributing", None, deciding.is_banned(confirms)),
    State("report", None, reports(sent=False)),
    State("report, nothing chosen", None, reports(sent=True)),
    State("report, sent", None, reports(sent=True, reason="abuse")),
    State("long file", OFFICER, at(LONG_FILE)),
    State("long file, a visitor", None, at(LONG_FILE)),
    State("long file, ready", OFFICER, has_a_file_made),
    State("desk with a file", OFFICER, lambda them: (has_a_file_made(them), them.goes_to("/desk"))),
    State("things to do", ADMINISTRATOR, at("/admin/jobs")),
    State("settings", ADMINISTRATOR, at("/admin/settings")),
    State("settings, a wrong number", ADMINISTRATOR, chooses_a_wrong_number),
    State("boundary sets", ADMINISTRATOR, at("/admin/boundaries")),
    State("boundary set to come", ADMINISTRATOR, at("/admin/boundaries/2")),
    State("boundary set before which there is none", ADMINISTRATOR, at("/admin/boundaries/1")),
    State("wards on a day to come", None, at("/wards?as_at=2027-06-01")),
    *(State(f"about: {page}", None, at(f"/about/{page}")) for page in ABOUT),
    *(State(f"areas for other software: {page or 'front'}", None, at(f"/mapit/{page}")) for page in MAPIT),
    State("not found", None, at("/entries/WB-22222")),
    State("not allowed", RESIDENT, at("/notes/new")),
    State("outbox", None, lambda them: (asks_for_a_link(them), them.goes_to("/outbox"))),
)
