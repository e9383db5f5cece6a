"""A real server over a store, which can be killed and comes back."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from types import TracebackType

from tests.conftest import ROOT
from tests.engines import environment_of


class Served:
    """`wardbook serve` with two workers on a free port of this machine."""

    def __init__(self, home: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.bind = f"127.0.0.1:{free.getsockname()[1]}"
        self.home, self.base = home, f"http://{self.bind}"
        self.comes_back()

    def comes_back(self) -> None:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("WARDBOOK_")}
        environment = kept | {
            **environment_of(self.home), "WARDBOOK_BASE_URL": self.base, "PYTHONPATH": str(ROOT),
            "WARDBOOK_SECRET_KEY": "for tests alone",
        }  # fmt: skip
        command = [sys.executable, "-m", "wardbook.cli", "serve", "--bind", self.bind, "--workers", "2"]
        with (self.home / "serve.log").open("ab") as log:
            self.process = subprocess.Popen(
                command, env=environment, cwd=ROOT, stdout=log, stderr=subprocess.STDOUT, start_new_session=True
            )
        self._waits()

    def _waits(self) -> None:
        for _ in range(300):
            try:
                with urllib.request.urlopen(f"{self.base}/-/health", timeout=2):
                    return
            except OSError:
                time.sleep(0.1)
        raise AssertionError((self.home / "serve.log").read_text())

    def is_killed(self, by: signal.Signals) -> None:
        """The master and its workers, at once."""
        os.killpg(self.process.pid, by)
        self.process.wait(timeout=30)

    def __enter__(self) -> Served:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGTERM)
            self.process.wait(timeout=30)
