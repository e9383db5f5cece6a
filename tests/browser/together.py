"""How somebody comes to the pages on which entries are merged, offers matched, and residents take something on."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from urllib.parse import quote

from tests.browser.someone import Someone

READING_ROOM = "Open the reading room on Monday evenings"
WATER = "53.398858, 1.023288"
"""Where water runs across the pavement: an issue of the demo borough that waits for somebody with a spade."""
OFFER = {"title": "I have a digger and know about drains", "words": "An afternoon would do it.", "lapses_on": ""}

Reach = Callable[[Someone], object]


def _ref(them: Someone, words: str) -> str:
    return str(json.loads(them.fetches(f"/map.json?words={quote(words)}")[1])["entries"][0]["ref"])


def reading_room(path: str = "") -> Reach:
    """What residents of the demo borough take on, or a page about it."""
    return lambda them: them.goes_to(f"/entries/{_ref(them, READING_ROOM)}{path}")


def merges(them: Someone) -> str:
    """Merge the newest issue into the one before it, and come to that; the path of the first."""
    newest, other = (row["ref"] for row in json.loads(them.fetches("/map.json?kind=issue")[1])["entries"][:2])
    them.goes_to(f"/entries/{newest}/merge")
    them.page.get_by_label(re.compile("reference")).fill(other)
    them.presses("Merge it into that one")
    them.reads("Also told as")
    return f"/entries/{newest}"


def reads_what_was_merged(them: Someone) -> None:
    them.goes_to(f"{merges(them)}?merged=no")


def is_led_on(them: Someone) -> None:
    them.goes_to(merges(them))
    them.reads("You asked for")


def offers_help(them: Someone) -> None:
    """Tell of an offer as a visitor, and confirm it by the letter."""
    draft = them.hands_in("/contribute", {"q": WATER}).removesuffix("/spot")
    them.hands_in(f"{draft}/spot", {"spot": WATER})
    them.hands_in(f"{draft}/kind", {"kind": "offer"})
    page = them.fetches(f"{draft}/what")[1].decode()
    category = re.search(r'value="(\d+)"[^>]*>Pavement or path', page)
    until = re.search(r'name="lapses_on"[^>]*value="([^"]+)"', page) or re.search(
        r'value="([\d-]+)"[^>]*name="lapses_on"', page
    )
    assert category is not None
    assert until is not None
    them.hands_in(f"{draft}/what", OFFER | {"category": category[1], "lapses_on": until[1]})
    them.hands_in(f"{draft}/who", {"level": "public", "email": "digger@residents.example", "name": "Dee Digger"})
    them.hands_in(f"{draft}/check", {})
    link = re.search(r'href="[^"]*(/contribute/confirm/[^"]+)"', them.fetches("/outbox")[1].decode())
    assert link is not None
    them.hands_in(link[1], {})


def letters_of_a_match(them: Someone) -> list[str]:
    """The addresses in the two letters about what they offered: of the one who told the issue, and their own."""
    offers_help(them)
    for _ in range(150):
        page = them.fetches("/outbox")[1].decode()
        links = list(dict.fromkeys(re.findall(r'href="[^"]*(/together/[^"/]+)"', page)))
        if len(links) >= 2:
            return links[:2]
        them.page.wait_for_timeout(200)
    raise AssertionError("nobody was written to")


def is_asked(them: Someone) -> None:
    them.goes_to(letters_of_a_match(them)[0])


def says_yes(them: Someone) -> None:
    is_asked(them)
    them.presses("Yes, put us in touch")


def says_no(them: Someone) -> None:
    is_asked(them)
    them.presses("No, thank you")


def is_put_in_touch(them: Someone) -> None:
    one, other = letters_of_a_match(them)
    for link in (one, other):
        them.goes_to(link)
        them.presses("Yes, put us in touch")
    them.reads("They have your name and email address too")


def opens_the_way_to_stop(them: Someone) -> None:
    letters_of_a_match(them)
    link = re.search(r'href="[^"]*(/together/stop/[^"]+)"', them.fetches("/outbox")[1].decode())
    assert link is not None
    them.goes_to(link[1])
