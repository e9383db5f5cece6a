"""How somebody comes to the pages on which they look after what they told, support it, or see it differently."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

from tests.browser.someone import Someone

POSTCODE_SPOT = "ZZ1 1AX"
PASSWORD = "aldermere-demo"
NOTE = {
    "form": "point", "shape": POSTCODE_SPOT, "title": "The yard floods in March", "words": "Twice in three years.",
    "topic": "history", "basis": "seen it myself", "level": "council", "cites": "", "review_on": "",
}  # fmt: skip
VIEW = {
    "title": "The yard has been dry since the drain was cleared",
    "words": "The depot cleared the drain two winters ago and has had no call since.", "basis": "seen it myself",
    "level": "council", "cites": "Depot log, February", "review_on": "",
}  # fmt: skip

Reach = Callable[[Someone], object]


def somebody_else(them: Someone, who: str) -> Someone:
    """Another person of the staff at the same site, in a browser of their own."""
    assert them.page.context.browser is not None
    other = Someone(them.page.context.browser.new_page(), them.base)
    other.hands_in("/sign-in/password", {"email": f"{who}@aldermere.example", "password": PASSWORD})
    return other


def writes_a_note(them: Someone, **changes: str) -> str:
    """Write a note; the path of its page."""
    return them.hands_in("/notes/new", NOTE | changes)


def own(path: str = "", *, kind: str = "") -> Reach:
    """A page about the newest thing that somebody told themselves."""

    def reach(them: Someone) -> None:
        desk = them.fetches("/desk")[1].decode().split("What you have told us")[1]
        found = re.findall(rf'wb-entry--{kind or "[a-z]+"}".*?href="(/entries/[^"]+)"', desk, flags=re.DOTALL)
        them.goes_to(f"{found[0]}{path}")

    return reach


def own_note(path: str) -> Reach:
    """A page about a note that somebody has just written."""
    return lambda them: them.goes_to(writes_a_note(them) + path)


def edits_in_two_tabs(them: Someone) -> None:
    note = writes_a_note(them)
    them.goes_to(f"{note}/edit")
    them.hands_in(f"{note}/edit", NOTE | {"words": "Three times in three years.", "edition": "1"})
    them.enters("What you know", "Four times in five years.")
    them.presses("Save the changes")


def reads_earlier_wording(them: Someone) -> None:
    note = writes_a_note(them)
    them.hands_in(f"{note}/edit", NOTE | {"words": "Three times in three years.", "edition": "1"})
    them.hands_in(f"{note}/level", {"level": "ward"})
    them.goes_to(note)
    them.page.get_by_text("Earlier wording").click()


def withdraws(them: Someone) -> None:
    them.goes_to(f"{writes_a_note(them)}/withdraw")
    them.enters("Why do you withdraw it?", "I mixed up two yards.")
    them.presses("Withdraw it")


def reads_a_stub(them: Someone) -> None:
    councillor = somebody_else(them, "councillor")
    note = writes_a_note(councillor)
    them.hands_in(f"{note}/support", {})
    councillor.hands_in(f"{note}/withdraw", {"reason": "I mixed up two yards."})
    councillor.page.close()
    them.goes_to(note)


def sees_it_differently(them: Someone) -> None:
    councillor = somebody_else(them, "councillor")
    note = writes_a_note(councillor)
    councillor.page.close()
    them.goes_to(them.hands_in(f"{note}/differ", VIEW))


def begins_to_differ(them: Someone) -> None:
    councillor = somebody_else(them, "councillor")
    note = writes_a_note(councillor)
    councillor.page.close()
    them.goes_to(f"{note}/differ")


def writes_a_later_note(them: Someone) -> None:
    note = writes_a_note(them)
    them.hands_in(f"{note}/later", VIEW | {"title": "The yard is dry now"})
    them.goes_to(note)


def public_issue(path: str = "") -> Reach:
    def reach(them: Someone) -> None:
        found = json.loads(them.fetches("/map.json?kind=issue")[1])["entries"]
        them.goes_to(f"/entries/{found[-1]['ref']}{path}")

    return reach


def asks_to_support(them: Someone) -> None:
    public_issue("/support")(them)
    them.enters("Your email address", "somebody@residents.example")
    them.presses("Email me a link")


def supports(them: Someone) -> None:
    public_issue()(them)
    them.presses("This matters to me too")
