"""The ways in which people use a page: by finger or mouse, without JavaScript, by keyboard; and hearing it read."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Protocol

from tests.browser.conftest import Enter
from tests.browser.someone import DESKTOP, FOCUS, PHONE, Someone

CONTROLS = ("link", "button", "textbox", "searchbox", "radio", "checkbox", "combobox", "spinbutton", "img")


@dataclass(frozen=True)
class Way:
    """How somebody comes: the size of the screen, with JavaScript or without, with a pointer or by keyboard alone."""

    name: str
    size: tuple[int, int]
    javascript: bool = True
    keyboard: bool = False

    def __str__(self) -> str:
        return self.name


WAYS = (
    Way("phone", PHONE),
    Way("phone, no JavaScript", PHONE, javascript=False),
    Way("desktop", DESKTOP),
    Way("desktop, no JavaScript", DESKTOP, javascript=False),
    Way("keyboard", DESKTOP, keyboard=True),
)


class Hand(Protocol):
    """What somebody does with the controls of a page."""

    def follows(self, words: str) -> None: ...
    def presses(self, words: str) -> None: ...
    def enters(self, label: str, words: str) -> None: ...
    def chooses(self, label: str) -> None: ...
    def picks(self, label: str, option: str) -> None: ...


class ByKeyboard(Someone):
    """Somebody who has no pointer: Tab, arrows, Space, Enter and typing are all they use."""

    def follows(self, words: str) -> None:
        self.tabs_to(words, most=150)
        self.enters_by_key()

    def presses(self, words: str) -> None:
        self.follows(words)

    def enters(self, label: str, words: str) -> None:
        self.tabs_to(label, most=150)
        self.keys("Control+A")
        self.page.keyboard.type(words)

    def chooses(self, label: str) -> None:
        """Tab stops once at a group of radio buttons; arrows go from one to the next."""
        group = self.page.get_by_label(label, exact=True)
        if group.get_attribute("type") == "checkbox":
            self.tabs_to(label, most=150)
            self.keys("Space")
            return
        name = group.get_attribute("name")
        for _ in range(150):
            self.keys("Tab")
            if self.page.evaluate("document.activeElement.name") == name:
                break
        self.keys("Space")
        for _ in range(20):
            if (self.page.evaluate(FOCUS) or {"name": ""})["name"].startswith(label):
                return
            self.keys("ArrowDown")
        raise AssertionError(f"the arrows never came to '{label}'")

    def picks(self, label: str, option: str) -> None:
        self.tabs_to(label, most=150)
        self.page.keyboard.type(option)


def comes(enter: Enter, way: Way, who: str | None = None) -> Someone:
    """Somebody comes in this way."""
    them = enter(who, size=way.size, javascript=way.javascript)
    return ByKeyboard(them.page, them.base, them.javascript, them.documents) if way.keyboard else them


def is_read_out(them: Someone) -> str:
    """Fail unless the page makes sense read out: one first heading in the main part, and a name for every control.

    What a screen reader is given, as text.
    """
    told = them.page.locator("body").aria_snapshot()
    assert len(re.findall(r"heading .*\[level=1\]", told)) == 1, told
    assert re.search(r"^\s*- main", told, re.MULTILINE), told
    nameless = [line for line in told.splitlines() if re.match(rf"\s*- ({'|'.join(CONTROLS)})( \[[^]]*\])*:?$", line)]
    assert not nameless, nameless
    return told
