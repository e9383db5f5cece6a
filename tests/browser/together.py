"""How somebody comes to the pages on which entries are merged, offers matched, and residents take something on."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from urllib.parse import quote

from tests.browser.someone import Someone

READING_ROOM = "Open the reading room on Monday evenings"
SPOTS = {"digger@residents.example": "53.398858, 1.023288", "spade@residents.example": "53.387761, 0.973681"}
"""Who offers help where: at two issues of the demo borough that wait for somebody with a spade."""
OFFER = {"title": "I have a digger and know about drains", "words": "An afternoon would do it.", "lapses_on": ""}

Reach = Callable[[Someone], object]


def _ref(them: Someone, words: str) -> str:
    return str(json.loads(them.fetches(f"/map.json?words={quote(words)}")[1])["entries"][0]["ref"])


def reading_room(path: str = "") -> Reach:
    """What residents of the demo borough take on, or a page about it."""
    return lambda them: them.goes_to(f"/entries/{_ref(them, READING_ROOM)}{path}")


def merges(them: Someone) -> str:
    """Merge the newest issue into the one before it, and come to that; the path of the first."""
    issues = json.loads(them.fetches("/map.json?kind=issue")[1])["entries"]
    newest, other = [row["ref"] for row in issues if row["level"] == "public"][:2]
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


def offers_help(them: Someone, email: str) -> None:
    """Tell of an offer as a visitor, and confirm it by the letter."""
    spot = SPOTS[email]
    draft = them.hands_in("/contribute", {"q": spot}).removesuffix("/spot")
    them.hands_in(f"{draft}/spot", {"spot": spot})
    them.hands_in(f"{draft}/kind", {"kind": "offer"})
    page = them.fetches(f"{draft}/what")[1].decode()
    category = re.search(r'value="(\d+)"[^>]*>Pavement or path', page)
    until = re.search(r'name="lapses_on"[^>]*value="([^"]+)"', page) or re.search(
        r'value="([\d-]+)"[^>]*name="lapses_on"', page
    )
    assert category is not None
    assert until is not None
    them.hands_in(f"{draft}/what", OFFER | {"category": category[1], "lapses_on": until[1]})
    them.hands_in(f"{draft}/who", {"level": "public", "email": email, "name": "Dee Digger"})
    them.hands_in(f"{draft}/check", {})
    link = re.search(r'href="[^"]*(/contribute/confirm/[^"]+)"', them.fetches("/outbox")[1].decode())
    assert link is not None
    them.hands_in(link[1], {})


_written: dict[tuple[str, str], list[str]] = {}


def letters_of_a_match(them: Someone, email: str = "digger@residents.example") -> list[str]:
    """The addresses in the two letters about what somebody offered: of the one who told the issue, and their own.

    Nobody gets a second such letter on one day, so on one site it is offered once.
    """
    if (them.base, email) not in _written:
        before = _links(them)
        offers_help(them, email)
        for _ in range(300):
            if len(links := [link for link in _links(them) if link not in before]) >= 2:
                break
            them.page.wait_for_timeout(200)
        _written[them.base, email] = links[:2]
    return _written[them.base, email]


def _links(them: Someone) -> list[str]:
    page = them.fetches("/outbox")[1].decode()
    return list(dict.fromkeys(re.findall(r'href="[^"]*(/together/[^"/]+)"', page)))


def is_asked(them: Someone) -> None:
    them.goes_to(letters_of_a_match(them)[0])


def says_yes(them: Someone) -> None:
    is_asked(them)
    if them.page.get_by_role("button", name="Yes, put us in touch").count():
        them.presses("Yes, put us in touch")


def says_no(them: Someone) -> None:
    them.goes_to(letters_of_a_match(them, "spade@residents.example")[0])
    them.presses("No, thank you")


def is_put_in_touch(them: Someone) -> None:
    says_yes(them)
    them.goes_to(letters_of_a_match(them)[1])
    them.presses("Yes, put us in touch")
    them.reads("They have your name and email address too")


def opens_the_way_to_stop(them: Someone) -> None:
    letters_of_a_match(them)
    link = re.search(r'href="[^"]*(/together/stop/[^"]+)"', them.fetches("/outbox")[1].decode())
    assert link is not None
    them.goes_to(link[1])


def stops_letters(them: Someone) -> None:
    opens_the_way_to_stop(them)
    if them.page.get_by_role("button", name="Stop these emails").count():
        them.presses("Stop these emails")
    them.reads("Write to me about these again")
