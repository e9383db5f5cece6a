"""The worker as a process of its own: killed in the middle of its work, restarted, and ended with its server."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import fields
from email import message_from_bytes, policy
from pathlib import Path
from socket import socket

import pytest
from aiosmtpd.controller import Controller
from flask import Flask
from sqlalchemy import func, select

from tests.conftest import ROOT, application
from wardbook import mail
from wardbook.config import settings
from wardbook.db import db, transaction
from wardbook.jobs import Job
from wardbook.mail import Letter

SHORT_LEASE = """
from datetime import timedelta
from wardbook import jobs
jobs.LEASE = timedelta(seconds=3)
from wardbook.cli import main
main(["worker"])
"""
"""`wardbook worker`, but what it had in hand when it was killed is taken again sooner."""


class Postbox:
    """What a mail server has taken. It calls `on_letter` with their number when it has one, before it says so."""

    def __init__(self) -> None:
        self.ids: list[str] = []
        self.on_letter: Callable[[int], None] = lambda number: None

    async def handle_DATA(self, server: object, session: object, envelope: object) -> str:
        letter = message_from_bytes(envelope.content, policy=policy.default)  # type: ignore[attr-defined]
        self.ids.append(str(letter["Message-ID"]))
        self.on_letter(len(self.ids))
        return "250 taken"


def free_port() -> int:
    with socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@pytest.fixture
def postbox() -> Postbox:
    return Postbox()


@pytest.fixture
def app(home: Path, postbox: Postbox) -> Iterator[Flask]:
    server = Controller(postbox, hostname="127.0.0.1", port=free_port())
    server.start()
    made = application(home, mail=f"smtp://127.0.0.1:{server.port}")
    with made.app_context():
        yield made
        db.session.remove()
        db.engine.dispose()
    server.stop()


def environment() -> dict[str, str]:
    """The settings of the test's application, for a process of its own."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("WARDBOOK_")}
    values = {field.name: getattr(settings(), field.name) for field in fields(settings())}
    chosen = {f"WARDBOOK_{name.upper()}": str(value) for name, value in values.items() if value != ()}
    return kept | chosen | {"PYTHONPATH": str(ROOT)}


@pytest.fixture
def begin(app: Flask) -> Iterator[Callable[..., subprocess.Popen[bytes]]]:
    """Start Wardbook in a process; all are gone when the test ends."""
    begun: list[subprocess.Popen[bytes]] = []

    def start(*arguments: str) -> subprocess.Popen[bytes]:
        begun.append(subprocess.Popen([sys.executable, *arguments], env=environment(), cwd=ROOT))
        return begun[-1]

    yield start
    for process in begun:
        process.terminate()
        process.wait(timeout=30)


def wait_until(holds: Callable[[], bool], seconds: float = 90) -> None:
    over = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < over, "it did not come about in time"
        time.sleep(0.1)


def unsent() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(Letter).where(Letter.sent_at.is_(None))) or 0


def write(number: int) -> None:
    for letter in range(number):
        mail.write_letter(f"p{letter}@example.org", "sign_in", cause="proof 1", link="abc", code="123456")


def test_killed_twice_in_mid_queue_it_sends_every_letter_and_few_again(app, begin, postbox):
    with transaction():
        write(500)
        write(500)
    worker = begin("-c", SHORT_LEASE)

    def kill(number: int) -> None:
        if number in {120, 300}:  # the letter is taken, and the worker never hears that it was
            worker.kill()

    postbox.on_letter = kill
    for _ in range(2):
        worker.wait(timeout=60)
        worker = begin("-c", SHORT_LEASE)
    wait_until(lambda: unsent() == 0)

    rows = db.session.execute(select(Letter.to, Letter.message_id)).all()
    assert len(rows) == len({to for to, _ in rows}) == 500, "one row for a cause and a person"
    sent = Counter(postbox.ids)
    assert set(sent) == {message_id for _, message_id in rows}, "all were sent, and only as themselves"
    again = [message_id for message_id, times in sent.items() if times > 1]
    assert 2 <= len(again) <= 4, "those in hand when it was killed: at most one a thread"
    assert {sent[message_id] for message_id in again} == {2}
    tries = db.session.scalars(select(Job.tries).where(Job.does == mail.SEND)).all()
    assert sum(tries) - 500 >= len(again)
    assert sum(tries) - 500 <= 4


def test_told_to_stop_it_ends_what_is_in_hand_and_leaves_the_rest(app, begin, postbox):
    with transaction():
        write(40)

    def stop(number: int) -> None:
        if number == 5:
            worker.terminate()
        time.sleep(0.05)

    postbox.on_letter = stop
    worker = begin("-m", "wardbook.cli", "worker")
    assert worker.wait(timeout=60) == 0
    assert len(postbox.ids) == len(set(postbox.ids)) == 40 - unsent()
    assert unsent() > 0
    assert {job.taken_by for job in db.session.query(Job)} == {None}


# --- beside a server ---------------------------------------------------------------------------------------------


def processes() -> list[tuple[int, int, str, str]]:
    """Every process: its number, that of the one which began it, its state and its command."""
    listed = subprocess.run(["ps", "-A", "-o", "pid=,ppid=,stat=,args="], capture_output=True, text=True, check=True)
    rows = (line.split(None, 3) for line in listed.stdout.splitlines())
    return [(int(row[0]), int(row[1]), row[2], row[-1]) for row in rows]


def workers_of(server: subprocess.Popen[bytes]) -> list[int]:
    """The workers that a server minds."""
    return [pid for pid, parent, state, command in processes() if parent == server.pid and "cli worker" in command]


def is_there(process: int) -> bool:
    return any(pid == process and not state.startswith("Z") for pid, _, state, _ in processes())


def asks_for_a_link(address: str, base: str) -> None:
    """As a visitor's browser does, with the form's token."""
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
    with opener.open(f"{base}/sign-in", timeout=10) as page:
        token = page.read().decode().partition('name="csrf_token"')[2].partition('value="')[2].partition('"')[0]
    form = urllib.parse.urlencode({"email": address, "csrf_token": token}).encode()
    opener.open(f"{base}/sign-in", form, timeout=10).close()


def answers(base: str) -> bool:
    with suppress(OSError), urllib.request.urlopen(f"{base}/-/health", timeout=1):
        return True
    return False


def test_a_server_minds_its_worker_and_takes_it_along(app, begin, postbox):
    base = f"http://127.0.0.1:{free_port()}"
    server = begin("-m", "wardbook.cli", "serve", "--workers", "1", "--bind", base.removeprefix("http://"))
    wait_until(lambda: answers(base))
    asks_for_a_link("one@example.org", base)
    wait_until(lambda: len(postbox.ids) == 1)

    (first,) = workers_of(server)
    os.kill(first, signal.SIGKILL)
    asks_for_a_link("two@example.org", base)
    wait_until(lambda: len(postbox.ids) == 2)
    (second,) = workers_of(server)
    assert second != first

    server.terminate()
    server.wait(timeout=30)
    assert not is_there(second)


def test_a_worker_does_not_outlive_a_server_that_was_killed(app, begin):
    base = f"http://127.0.0.1:{free_port()}"
    server = begin("-m", "wardbook.cli", "serve", "--workers", "1", "--bind", base.removeprefix("http://"))
    wait_until(lambda: answers(base) and bool(workers_of(server)))
    (worker,) = workers_of(server)
    server.kill()
    wait_until(lambda: not is_there(worker), 30)


def test_a_server_can_leave_the_work_to_a_worker_elsewhere(app, begin, postbox):
    base = f"http://127.0.0.1:{free_port()}"
    server = begin(
        "-m", "wardbook.cli", "serve", "--no-worker", "--workers", "1", "--bind", base.removeprefix("http://")
    )
    wait_until(lambda: answers(base))
    asks_for_a_link("one@example.org", base)
    assert (workers_of(server), unsent(), postbox.ids) == ([], 1, [])
    begin("-m", "wardbook.cli", "worker")
    wait_until(lambda: unsent() == 0)
    assert len(postbox.ids) == 1
