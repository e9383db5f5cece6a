"""A real server over the demo borough, and a real browser in which everything that goes wrong fails the test."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, StorageState, sync_playwright

from tests.browser.someone import SIZES, Someone, Watch
from tests.conftest import settings_in
from tests.engines import ENGINE
from tests.serving import ROOT, WARDBOOK, Served, environment, free_port, wait_for
from wardbook.app import create_app
from wardbook.db import db

PASSWORD = "aldermere-demo"
ALONE = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)  # fmt: skip
"""Chromium as it runs in a container, and unable to find any other machine."""


def _chromium() -> str | None:
    named = os.environ.get("WARDBOOK_CHROMIUM")
    if named:
        return shutil.which(named)
    debian = ("/usr/bin/chromium-headless-shell", "/usr/bin/chromium")  # the first is the same without a window
    return next((path for path in debian if Path(path).exists()), None) or shutil.which("chromium")


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with the demo borough, made once."""
    home = tmp_path_factory.mktemp("demo")
    subprocess.run([*WARDBOOK, "demo"], env=environment(home), cwd=ROOT, check=True, capture_output=True, timeout=120)
    return home


@pytest.fixture(scope="package")
def served(demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """`wardbook serve` over a copy of the demo borough."""
    home = ENGINE.copy(demo, tmp_path_factory.mktemp("site") / "home")
    with Served(home) as server:
        _write_to_the_council(home, server.base)
        yield server


@pytest.fixture(scope="package")
def site(served: Served) -> str:
    """Its address."""
    return served.base


@pytest.fixture(scope="package")
def store(served: Served) -> Iterator[Flask]:
    """Another process of the same installation, for what no page can do: let weeks pass."""
    app = create_app(settings_in(served.home))
    yield app
    with app.app_context():
        db.engine.dispose()


def _write_to_the_council(home: Path, base: str) -> None:
    """Three emails: two that say no place, one that does. The letters back stand in the outbox."""
    for subject, words in (("Full bin", "By the shop."), ("Loose slab", "By the shop."), ("High kerb", "At ZZ1 1AX.")):
        file = home / "message.eml"
        file.write_text(f"From: {subject.split()[1]}@example.org\nSubject: {subject}\n\n{words}\n")
        command = [*WARDBOOK, "mail", "take", str(file)]
        settings = environment(home, WARDBOOK_BASE_URL=base)
        subprocess.run(command, env=settings, cwd=ROOT, check=True, capture_output=True, timeout=120)


_JAVA = (
    "-Dnu.validator.servlet.bind-address=127.0.0.1",
    "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xss64m",  # it lives for minutes, and reads schemas deep down
)  # fmt: skip


@pytest.fixture(scope="package")
def html_checker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the Nu HTML checker."""
    jar = os.environ.get("WARDBOOK_VNU_JAR")
    if not jar or not Path(jar).is_file():
        pytest.skip("no HTML checker: name vnu.jar in WARDBOOK_VNU_JAR (npm install vnu-jar)")
    if shutil.which("java") is None:
        pytest.skip("no Java to run the HTML checker with")
    port = free_port()
    log = tmp_path_factory.mktemp("checker") / "checker.log"
    with log.open("wb") as out:
        checker = subprocess.Popen(
            ["java", *_JAVA, "-cp", jar, "nu.validator.servlet.Main", str(port)],
            stdout=out, stderr=subprocess.STDOUT,
        )  # fmt: skip
    try:
        wait_for(checker, f"http://127.0.0.1:{port}/", log)
        yield f"http://127.0.0.1:{port}/?out=json"
    finally:
        checker.terminate()
        checker.wait(timeout=30)


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    path = _chromium()
    if path is None:
        pytest.skip("no Chromium here: install it, or name one that is there in WARDBOOK_CHROMIUM")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=ALONE)
        yield started
        started.close()


@pytest.fixture(scope="package")
def watch() -> Watch:
    return Watch()


@pytest.fixture(autouse=True)
def nothing_goes_wrong(watch: Watch) -> Iterator[None]:
    """Fail where a script broke, a policy was breached, or anything but this server was asked."""
    watch.take()
    yield
    assert watch.take() == []


@pytest.fixture(params=list(SIZES))
def size(request: pytest.FixtureRequest) -> tuple[int, int]:
    """The size of the screen: a phone's and a desk's."""
    return SIZES[request.param]


class Enter(Protocol):
    """Somebody comes in, signed in where they are named."""

    def __call__(self, who: str | None = None, *, size: tuple[int, int] = ..., javascript: bool = True) -> Someone: ...


class Door:
    """Lets people in, each with a browser context of their own; who has signed in once keeps their cookie."""

    def __init__(self, browser: Browser, site: str, watch: Watch, signed_in: dict[str, StorageState]) -> None:
        self.browser, self.site, self.watch = browser, site, watch
        self.signed_in = signed_in
        self.open: list[BrowserContext] = []

    def __call__(
        self, who: str | None = None, *, size: tuple[int, int] = SIZES["desktop"], javascript: bool = True
    ) -> Someone:
        if who and who not in self.signed_in:
            self._sign_in(who)
        context = self.browser.new_context(
            viewport={"width": size[0], "height": size[1]}, java_script_enabled=javascript, locale="en-GB",
            storage_state=self.signed_in[who] if who else None,
        )  # fmt: skip
        context.set_default_timeout(10_000)
        self.watch.over(context)
        self.open.append(context)
        return Someone(context.new_page(), self.site, javascript)

    def turn_into(self, them: Someone, who: str | None) -> None:
        """Somebody else takes the same seat: of the one before nothing is left but our files in the browser's cache."""
        if who and who not in self.signed_in:
            self._sign_in(who)
        them.page.goto("about:blank")  # what is still on its way would bring its cookie with it
        them.page.context.clear_cookies()
        if who:
            them.page.context.add_cookies(self.signed_in[who]["cookies"])
        them.documents.clear()

    def _sign_in(self, who: str) -> None:
        them = self()
        address = f"{who}@aldermere.example" if "@" not in who else who
        if who == "resident":
            them.hands_in("/sign-in", {"email": address})
            letters = them.fetches("/outbox")[1].decode()
            link = re.search(rf'href="{re.escape(them.base)}(/sign-in/link/[^"]+)"', letters)
            assert link is not None
            arrived = them.hands_in(link[1], {})
        else:
            arrived = them.hands_in("/sign-in/password", {"email": address, "password": PASSWORD})
        assert arrived == "/desk", f"{who} could not sign in"
        self.signed_in[who] = them.page.context.storage_state()

    def shut(self) -> None:
        for context in self.open:
            context.close()
        self.open.clear()


@pytest.fixture(scope="package")
def door(browser: Browser, site: str, watch: Watch) -> Door:
    return Door(browser, site, watch, {})


@pytest.fixture
def enter(door: Door) -> Iterator[Enter]:
    """Let somebody in; everybody has left when the test ends."""
    yield door
    door.shut()
