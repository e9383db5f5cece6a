"""The ways in which people use a page: by finger or mouse, without JavaScript, by keyboard; and hearing it read."""

from __future__ import annotations

import re
from dataclasses import dataclass

from playwright.sync_api import FilePayload, Locator, expect

from tests.browser.conftest import Enter
from tests.browser.someone import DESKTOP, FOCUS, PHONE, Someone

CONTROLS = "link|button|textbox|searchbox|radio|checkbox|combobox|listbox|spinbutton|slider|switch|img"
NAMELESS = re.compile(rf"\s*- ({CONTROLS})( \[[^]]*\])*(:.*)?$")
MOST_TABS = 150


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


class Reader(Someone):
    """Somebody to whom every page that they come to is read out."""

    def goes_to(self, path: str) -> int:
        status = super().goes_to(path)
        is_read_out(self)
        return status

    def _and_arrives(self, control: Locator) -> None:
        super()._and_arrives(control)
        is_read_out(self)

    def enters_by_key(self, key: str = "Enter") -> None:
        super().enters_by_key(key)
        is_read_out(self)


class ByKeyboard(Reader):
    """Somebody who has no pointer: Tab, arrows, Space, Enter and typing are all they use."""

    def follows(self, words: str) -> None:
        self.tabs_to(words, most=MOST_TABS)
        self.enters_by_key()

    def presses(self, words: str) -> None:
        """A link may be called the same: go on to the button."""
        for _ in range(3):
            self.tabs_to(words, most=MOST_TABS)
            if self.page.evaluate("document.activeElement.matches('button, [role=button]')"):
                break
        self.enters_by_key()

    def enters(self, label: str, words: str) -> None:
        self.tabs_to(label, most=MOST_TABS)
        self.keys("Control+A")
        self.page.keyboard.type(words)
        expect(self.page.get_by_label(label, exact=True)).to_have_value(words)

    def chooses(self, label: str) -> None:
        """Tab stops once at a group of radio buttons; arrows go from one to the next, round and round."""
        chosen = self.page.get_by_label(label, exact=True)
        if chosen.get_attribute("type") == "checkbox":
            self.tabs_to(label, most=MOST_TABS)
            self.keys("Space")
        else:
            self._tabs_into(chosen.get_attribute("name"))
            self.keys("Space")
            for _ in range(20):
                if chosen.is_checked():
                    break
                self.keys("ArrowDown")
        expect(chosen).to_be_checked()

    def _tabs_into(self, group: str | None) -> None:
        for _ in range(MOST_TABS):
            self.keys("Tab")
            if self.page.evaluate("document.activeElement.name") == group:
                assert self.page.evaluate(FOCUS)["seen"]
                return
        raise AssertionError(f"Tab never came to the choices of '{group}'")

    def attaches(self, label: str, *files: FilePayload) -> None:
        self.tabs_to(label, most=MOST_TABS)
        with self.page.expect_file_chooser() as chooser:
            self.keys("Space")
        chooser.value.set_files(files)

    def picks(self, label: str, option: str) -> None:
        """Type its beginning: a space would open the list."""
        self.tabs_to(label, most=MOST_TABS)
        self.page.keyboard.type(option.split(maxsplit=1)[0])
        picked = self.page.get_by_label(label, exact=True).locator("option:checked")
        expect(picked).to_have_text(option)


def comes(enter: Enter, way: Way, who: str | None = None) -> Someone:
    """Somebody comes in this way, and has every page read out."""
    them = enter(who, size=way.size, javascript=way.javascript)
    return (ByKeyboard if way.keyboard else Reader)(them.page, them.base, them.javascript, them.documents)


def is_read_out(them: Someone) -> str:
    """Fail unless the page makes sense read out: a title, one first heading, in the main part, and a name for every
    control and picture.

    What a screen reader is given, as text.
    """
    told = them.page.locator("body").aria_snapshot()
    assert them.page.title(), told
    assert len(re.findall(r"heading .*\[level=1\]", told)) == 1, told
    assert re.search(r"^\s*- main", told, re.MULTILINE), told
    assert "[level=1]" in them.page.get_by_role("main").aria_snapshot(), told
    nameless = [line for line in told.splitlines() if NAMELESS.match(line)]
    assert not nameless, (them.path, nameless)
    return told
