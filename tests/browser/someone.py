"""Somebody at a browser: what they do with a page, and everything that goes wrong in it while they do."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

import axe_playwright_python
from playwright.sync_api import BrowserContext, ConsoleMessage, FilePayload, Frame, Locator, Page, Response, expect
from playwright.sync_api import Request as Asked

PHONE = (390, 844)
DESKTOP = (1280, 900)
SIZES = {"phone": PHONE, "desktop": DESKTOP}
STANDARDS = ("wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice")
SAYS_A_STATUS = "Failed to load resource: the server responded with a status of 4"
"""Chromium's line for any answer of 4xx; answers are watched one by one, so that a page may say 'not found'."""

FOCUS = """() => {
  const here = document.activeElement;
  if (!here || here === document.body || here.tagName === "IFRAME") return null;
  const label = ["radio", "checkbox"].includes(here.type) ? here.labels[0] : null;
  const styles = [getComputedStyle(here), ...(label ? [getComputedStyle(label, "::before")] : [])];
  const clear = (colour) => colour === "transparent" || /, 0\\)$/.test(colour);
  const seen = styles.some((s) => s.backgroundColor === "rgb(255, 221, 0)" ||
    (s.outlineStyle !== "none" && parseFloat(s.outlineWidth) >= 2 && !clear(s.outlineColor)) || s.boxShadow !== "none");
  const box = here.getBoundingClientRect();
  const inside = box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth && box.width > 1;
  const name = here.ariaLabel || here.labels?.[0]?.innerText || here.innerText || here.title || here.value || "";
  return {
    name: name.replace(/\\s+/g, " ").trim(),
    html: here.outerHTML.slice(0, 160), seen, inside,
  };
}"""


STANDS_STILL = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"


class Watch:
    """Everything that no page may do: an error in its script, a breach of its policy, a request to anywhere else."""

    def __init__(self) -> None:
        self.problems: list[str] = []

    def over(self, context: BrowserContext) -> None:
        context.on("console", self._said)
        context.on("weberror", lambda broken: self.problems.append(f"script broke: {broken.error}"))
        context.on("request", self._asked)
        context.on("response", self._answered)

    def _said(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not message.text.startswith(SAYS_A_STATUS):
            self.problems.append(f"console: {message.text} at {message.location}")

    def _asked(self, request: Asked) -> None:
        address = urlsplit(request.url)
        if address.scheme not in {"data", "blob", "about"} and address.hostname != "127.0.0.1":
            self.problems.append(f"asked {request.url}")

    def _answered(self, response: Response) -> None:
        a_page = response.request.is_navigation_request() and response.frame.parent_frame is None
        if response.status >= (500 if a_page else 400):
            self.problems.append(f"{response.status} from {response.url}")

    def take(self) -> list[str]:
        """What went wrong since it was last asked."""
        found, self.problems = self.problems, []
        return found


@dataclass
class Someone:
    """A person, the page they look at, and the last document the server sent them."""

    page: Page
    base: str
    javascript: bool = True
    documents: list[Response] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("response", self._keep)

    def _keep(self, response: Response) -> None:
        if response.request.is_navigation_request() and response.frame == self.page.main_frame:
            self.documents.append(response)

    # --- doing

    def goes_to(self, path: str) -> int:
        """Open a page; the status of the answer."""
        answer = self.page.goto(self.base + path)
        assert answer is not None, f"no page came from {path}"
        return answer.status

    def follows(self, words: str) -> None:
        """Follow a link, or one that looks like a button."""
        link, like_a_button = (self.page.get_by_role(role, name=words, exact=True) for role in ("link", "button"))
        self._and_arrives(link.or_(like_a_button).first)

    def presses(self, words: str) -> None:
        """Press a button and wait for the page it leads to."""
        self._and_arrives(self.page.get_by_role("button", name=words, exact=True).first)

    def _and_arrives(self, control: Locator) -> None:
        """Click once the page stands still: just after scrolling, Chromium may still send a click to a map's frame."""
        control.scroll_into_view_if_needed()
        if self.javascript:
            self.page.evaluate(STANDS_STILL)
        with self.page.expect_navigation(wait_until="load"):
            control.click()

    def enters(self, label: str, words: str) -> None:
        self.page.get_by_label(label, exact=True).fill(words)

    def chooses(self, label: str) -> None:
        """Pick a radio button or tick a box."""
        self.page.get_by_label(label, exact=True).check()

    def attaches(self, label: str, *files: FilePayload) -> None:
        self.page.get_by_label(label, exact=True).set_input_files(files)

    def picks(self, label: str, option: str) -> None:
        self.page.get_by_label(label, exact=True).select_option(label=option)

    def resizes(self, size: tuple[int, int]) -> None:
        self.page.set_viewport_size({"width": size[0], "height": size[1]})

    # --- seeing

    @property
    def path(self) -> str:
        return urlsplit(self.page.url).path

    def reads(self, words: str) -> None:
        """Fail unless the page says these words."""
        expect(self.page.get_by_text(words).first).to_be_visible()

    def sees_heading(self, words: str) -> None:
        expect(self.page.get_by_role("heading", name=words, exact=True).first).to_be_visible()

    def fetches(self, path: str) -> tuple[int, bytes]:
        """The status and the bytes at an address, asked by this person."""
        answer = self.page.request.get(self.base + path)
        return answer.status, answer.body()

    def hands_in(self, path: str, answers: dict[str, str]) -> str:
        """Send the form at an address without looking at it; the path it leads to."""
        page = self.fetches(path)[1].decode()
        hidden = dict(re.findall(r'<input type="hidden" name="(csrf_token|once)" value="([^"]*)"', page))
        answer = self.page.request.post(self.base + path, form=hidden | answers)
        assert answer.ok, f"{path} answered {answer.status}"
        return urlsplit(answer.url).path

    def html(self) -> str:
        """The last document as the server sent it."""
        return self.documents[-1].text()

    def map(self) -> Frame:
        """The document in the map's frame, once it is drawn."""
        self.page.locator(".wb-map__frame").scroll_into_view_if_needed()
        frame = self.page.locator(".wb-map__frame").element_handle().content_frame()
        assert frame is not None
        frame.wait_for_selector(".leaflet-map-pane path", state="attached")
        return frame

    def frames(self) -> list[Frame]:
        """The page and the maps in it, all drawn."""
        if self.page.locator(".wb-map__frame").count():
            return [self.page.main_frame, self.map()]
        return [self.page.main_frame]

    def overflow(self) -> int:
        """By how many pixels the page is wider than the screen."""
        return int(self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))

    # --- by keyboard

    def tabs_to(self, words: str, *, most: int = 60) -> None:
        """Press Tab until the control with this name has focus; focus is to be seen at every step of the way."""
        for _ in range(most):
            self.page.keyboard.press("Tab")
            focus = self.page.evaluate(FOCUS)
            if focus is None:
                continue
            assert focus["seen"], f"focus cannot be seen on {focus['html']}"
            assert focus["inside"], f"focus is off the screen on {focus['html']}"
            if focus["name"].startswith(words):
                return
        raise AssertionError(f"Tab never came to '{words}'")

    def keys(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def enters_by_key(self, key: str = "Enter") -> None:
        """Press a key that leads to another page."""
        with self.page.expect_navigation(wait_until="load"):
            self.page.keyboard.press(key)


@cache
def _axe() -> str:
    return next(Path(axe_playwright_python.__file__).parent.rglob("axe.min.js")).read_text("utf-8")


def barriers(frame: Frame) -> list[str]:
    """What axe-core finds in a document. A map's frame is asked by itself: axe cannot cross into a sandboxed one.

    Pins may lie close together, since that is where the things are; the list beside the map has the same links well
    apart, which is the exception 'equivalent' of WCAG 2.5.8.
    """
    if not frame.evaluate("'axe' in window"):
        frame.evaluate(f"() => {{ {_axe()} }}")
    asked: dict[str, Any] = {
        "runOnly": list(STANDARDS),
        "iframes": False,
        "preload": False,
        "resultTypes": ["violations"],
    }
    found = frame.evaluate("(asked) => axe.run(document, asked)", asked)
    return [
        f"{rule['id']}: {node['html'][:200]} ({node['failureSummary'][:200]})"
        for rule in found["violations"]
        for node in rule["nodes"]
        if not (rule["id"] == "target-size" and "leaflet-marker-icon" in node["html"])
    ]


OF_THE_MACROS = "Attribute “aria-hidden” is unnecessary for elements that have attribute “hidden”."
"""A warning about the menu's button as GOV.UK Frontend's macro writes it; its script needs both."""


def mistakes(html: bytes, checker: str) -> list[str]:
    """What the Nu HTML checker at an address finds wrong or doubtful in a document."""
    asked = Request(checker, html, {"Content-Type": "text/html; charset=utf-8"})
    with urlopen(asked, timeout=30) as answer:
        told = json.load(answer)["messages"]
    return [
        f"{one.get('lastLine')}: {one['message']} {one.get('extract', '')!r}"
        for one in told
        if (one["type"] != "info" or one.get("subType") == "warning") and one["message"] != OF_THE_MACROS
    ]
