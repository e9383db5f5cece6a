"""Somebody with w3m, a browser without pictures, scripts or a mouse, tells the council something from start to end."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import shutil
import struct
import subprocess
import termios
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.serving import Served
from wardbook.db import db
from wardbook.entries.models import Entry
from wardbook.shared import Standing

ENTER, TAB, BACK_A_FIELD, TOP = "\r", "\t", "\x1b\t", "g"
PATIENCE = 60.0


class TextBrowser:
    """w3m on a terminal of its own: keys go in, and what it draws comes out."""

    def __init__(self, address: str, home: Path) -> None:
        self.screen, terminal = pty.openpty()
        fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 70, 120, 0, 0))
        self.process = subprocess.Popen(
            ["w3m", "-cookie", "-no-mouse", address], stdin=terminal, stdout=terminal, stderr=terminal,
            env={"TERM": "vt100", "HOME": str(home), "PATH": os.environ["PATH"], "LANG": "C.UTF-8"},
        )  # fmt: skip
        os.close(terminal)

    def types(self, *keys: str) -> str:
        """Type, each only when what came of the one before is drawn; what is drawn then."""
        for key in keys:
            os.write(self.screen, key.encode())
            drawn = self._draws()
        return drawn

    def comes_to(self, title: str) -> None:
        """Wait for a page."""
        drawn, until = "", time.monotonic() + PATIENCE
        while title not in drawn and time.monotonic() < until:
            drawn += self._draws()
        assert title in drawn, drawn

    def _draws(self) -> str:
        drawn = b""
        while select.select([self.screen], [], [], 0.3)[0]:
            drawn += os.read(self.screen, 65536)
        plain = re.sub(rb"\x1b[\[(][0-9;?]*[a-zA-Z]|\x1b[=>78]", b" ", drawn.replace(b"\0", b"")).decode(
            errors="replace"
        )
        return " ".join(plain.split())

    # --- what somebody does

    def looks_for(self, words: str) -> None:
        self.types(f"/{words}{ENTER}")

    def enters(self, label: str, words: str) -> None:
        """The field after its label takes one line at the foot of the screen."""
        self.looks_for(label)
        self.types(TAB, ENTER, f"{words}{ENTER}")

    def chooses(self, label: str) -> None:
        """A radio button stands before its label."""
        self.looks_for(label)
        self.types(BACK_A_FIELD, ENTER)

    def picks_the_first(self, label: str) -> None:
        """The list of choices opens on the one that is chosen: 'Choose'."""
        self.looks_for(label)
        self.types(TAB, ENTER, "j", ENTER)

    def presses(self, words: str, title: str) -> None:
        """A button or link is looked for from the top of the page."""
        self.types(TOP)
        self.looks_for(words)
        os.write(self.screen, ENTER.encode())
        self.comes_to(title)

    def closes(self) -> None:
        self.process.kill()
        self.process.wait()
        os.close(self.screen)


@pytest.fixture
def somebody(home: Path, tmp_path: Path) -> Iterator[TextBrowser]:
    if shutil.which("w3m") is None:
        pytest.skip("no w3m here (apt-get install w3m)")
    with Served(home) as server:
        browser = TextBrowser(f"{server.base}/contribute", tmp_path)
        yield browser
        browser.closes()


def test_somebody_tells_an_issue_in_a_text_browser(somebody: TextBrowser, app):
    them = somebody
    them.comes_to("Where is it? –")
    them.enters("Postcode, street, ward", "ZZ1 1AA")
    them.presses("Find it", "Is this the spot? –")
    them.presses("10 metres north", "Is this the spot? –")
    them.presses("Continue", "What do you want to tell us? –")
    them.chooses("Something is wrong here")
    them.presses("Continue", "Something is wrong here –")
    them.picks_the_first("What is it about")
    them.enters("Say it in a few words", "No kerb that wheels can cross")
    them.presses("Back", "What do you want to tell us? –")
    them.presses("Continue", "Something is wrong here –")
    them.presses("Continue", "Add photos –")
    them.presses("Continue without a photo", "Who may see it? –")
    them.enters("Your email address", "plain@example.org")
    them.presses("Continue", "Check what you are telling us –")
    them.presses("Send it to the council", "Check your email –")
    db.session.rollback()
    (entry,) = db.session.query(Entry)
    assert (entry.title, entry.standing) == ("No kerb that wheels can cross", Standing.PENDING)
    assert entry.author.email == "plain@example.org"
