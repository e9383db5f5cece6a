"""How somebody comes to the pages of telling that stand beside the straight way, and to those of categories."""

from __future__ import annotations

import re

from tests.browser.someone import Someone

NEAR = "ZZ1 1AX"
WARD = "X05000101"
WORDS = {"spot_words": "the alley behind the library", "ward": WARD}
NOBODY_S = {"level": "public", "email": "", "name": ""}


def says_where(them: Someone) -> None:
    """Say in words where it is; then look at the spot."""
    them.goes_to(them.hands_in("/contribute/words", WORDS).removesuffix("/kind") + "/spot")


def begins_and_comes_again(them: Someone) -> None:
    them.hands_in("/contribute/words", WORDS)
    them.goes_to("/contribute")


def moves_it_by_a_step(them: Someone) -> None:
    spot = them.hands_in("/contribute", {"q": NEAR})
    at = re.search(r'name="spot"[^>]*value="([^"]+)"', them.fetches(spot)[1].decode())
    assert at is not None
    them.hands_in(spot, {"spot": at[1], "move": "10 north"})
    them.goes_to(f"{spot}?moved=yes#here")


def _about(them: Someone, name: str, draft: str) -> str:
    """Choose a category; the path of the page it leads to."""
    them.hands_in(f"{draft}/kind", {"kind": "issue"})
    page = them.fetches(f"{draft}/what")[1].decode()
    category = re.search(rf'value="(\d+)"[^>]*>{name}', page)
    assert category is not None
    return them.hands_in(f"{draft}/what", {"title": "Water on the path", "words": "", "category": category[1]})


def _draft(them: Someone) -> str:
    return them.hands_in("/contribute", {"q": NEAR}).removesuffix("/spot")


def is_asked_more(them: Someone) -> None:
    them.goes_to(_about(them, "Flooding and drains", _draft(them)).replace("/same", "/more"))


def chooses_an_emergency(them: Someone) -> None:
    them.goes_to(_about(them, "Wall, tree or sign", _draft(them)))
    them.reads("01632 960001")


def _for_somebody(them: Someone) -> str:
    draft = them.hands_in("/contribute/for", {"channel": "telephone"}).removesuffix("/place")
    them.hands_in(f"{draft}/place", {"q": NEAR})
    them.hands_in(f"{draft}/spot", {"spot": NEAR, "blur": "y"})
    _about(them, "Pothole", draft)
    return draft


def begins_for_somebody(them: Someone) -> None:
    them.goes_to(them.hands_in("/contribute/for", {"channel": "telephone"}))


def says_for_whom(them: Someone) -> None:
    them.goes_to(f"{_for_somebody(them)}/who")


def checks_for_somebody(them: Someone) -> None:
    draft = _for_somebody(them)
    them.hands_in(f"{draft}/who", NOBODY_S)
    them.goes_to(f"{draft}/check")


def enters_for_somebody(them: Someone) -> None:
    checks_for_somebody(them)
    them.presses("Send it to the council")


def sees_what_was_entered(them: Someone) -> None:
    """The page of what was entered: it is shown roughly."""
    enters_for_somebody(them)
    them.follows("See it on its page")
    them.reads("Shown roughly, within about 150 metres")


def looks_at_a_category(them: Someone) -> None:
    them.goes_to("/admin/categories")
    them.follows("Flooding and drains")
