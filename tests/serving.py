"""Real servers for the tests: `wardbook serve` over a store, which can be killed and comes back."""

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

from tests.engines import environment_of

ROOT = Path(__file__).resolve().parents[1]
WARDBOOK = (sys.executable, "-m", "wardbook.cli")


def environment(home: Path, **more: str) -> dict[str, str]:
    """The settings of a store's home folder alone, whatever this machine has set."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("WARDBOOK_")}
    ours = {"PYTHONPATH": str(ROOT), "WARDBOOK_LIMITS": "0", "WARDBOOK_QUICKEST": "0"}  # a browser is quick
    return kept | environment_of(home) | ours | more


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def wait_for(server: subprocess.Popen[bytes], address: str, log: Path) -> None:
    for _ in range(300):
        assert server.poll() is None, f"the server ended:\n{log.read_text()}"
        try:
            with urllib.request.urlopen(address, timeout=2):
                return
        except OSError:
            time.sleep(0.1)
    raise AssertionError(f"the server did not answer:\n{log.read_text()}")


class Served:
    """`wardbook serve` with two workers on a free port of this machine."""

    def __init__(self, home: Path) -> None:
        self.bind = f"127.0.0.1:{free_port()}"
        self.home, self.base = home, f"http://{self.bind}"
        self.comes_back()

    def comes_back(self) -> None:
        log = self.home / "serve.log"
        with log.open("ab") as out:
            self.process = subprocess.Popen(
                [*WARDBOOK, "serve", "--bind", self.bind], env=environment(self.home, WARDBOOK_BASE_URL=self.base),
                cwd=ROOT, stdout=out, stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip
        wait_for(self.process, f"{self.base}/-/health", log)

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
