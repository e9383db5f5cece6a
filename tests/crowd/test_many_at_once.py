"""Two hundred people tell the council something at once, some of them twice; and the server is killed meanwhile."""

from __future__ import annotations

import os
import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPException
from pathlib import Path

import pytest

from tests import conftest
from tests.crowd.somebody import Somebody
from tests.serving import Served
from wardbook.db import db
from wardbook.entries.models import Entry, Photo
from wardbook.entries.photographs import photos

PEOPLE = 200
KILLS = int(os.environ.get("WARDBOOK_KILLS", "4"))
"""How often the server is killed: a few times in every run, a hundred where somebody asks for it."""


@pytest.fixture
def served(home: Path) -> Iterator[Served]:
    with Served(home) as server:
        yield server


def somewhere(number: int) -> str:
    at = conftest.spot(0.1 + 0.08 * (number % 10), 0.1 + 0.08 * (number // 10 % 10))
    return f"{at.y:.6f}, {at.x:.6f}"


def tells_once(base: str, number: int) -> None:
    them = Somebody(base)
    form = them.comes_to_the_end(**what(number))
    assert them.submits(form).status == 302


def presses_twice(base: str, number: int) -> None:
    them = Somebody(base)
    form = them.comes_to_the_end(**what(number))
    with ThreadPoolExecutor(2) as hands:
        assert [answer.status for answer in hands.map(them.submits, [form, form])] == [302, 302]


def is_cut_off_and_tries_again(base: str, number: int) -> None:
    them = Somebody(base)
    form = them.comes_to_the_end(**what(number))
    them.submits_and_hangs_up(form)
    assert them.submits(form).status == 302


def what(number: int) -> dict[str, str]:
    return {
        "q": somewhere(number), "kind": "issue", "title": f"Thing {number:04}", "words": f"As told by number {number}.",
        "level": "public", "email": f"person{number}@example.org",
    }  # fmt: skip


WAYS: tuple[Callable[[str, int], None], ...] = (tells_once, presses_twice, is_cut_off_and_tries_again)


def kept() -> Counter[str]:
    """How many entries there are of each title, once all their photos were found on disk."""
    db.session.rollback()
    for photo in db.session.query(Photo):
        assert photos.path(photo.key, "large").stat().st_size > 0
    with_photos = db.session.query(Entry.title).join(Photo, Photo.entry_id == Entry.id)
    return Counter(title for (title,) in with_photos)


def test_what_two_hundred_people_tell_at_once_is_kept_exactly_once_each_with_its_photo(app, served):
    with ThreadPoolExecutor(16) as crowd:
        list(crowd.map(lambda number: WAYS[number % 3](served.base, number), range(PEOPLE)))
    assert kept() == {f"Thing {number:04}": 1 for number in range(PEOPLE)}


def test_of_what_was_acknowledged_nothing_is_lost_when_the_server_is_killed(app, served):
    """Everybody tries until they are told that it is kept; then it is there, and once."""
    over = threading.Event()
    told: list[int] = []

    def goes_on(person: int) -> None:
        number = person * 1000
        while not over.is_set():
            number += 1
            if tries_until_acknowledged(served, number, over):
                told.append(number)

    with ThreadPoolExecutor(6) as crowd:
        everybody = [crowd.submit(goes_on, person) for person in range(6)]
        for _ in range(KILLS):
            waits_for_more_than(len(told), told)
            time.sleep(random.uniform(0, 2))
            served.is_killed(signal.SIGKILL)
            served.comes_back()
        time.sleep(2)
        over.set()
        for one in everybody:
            one.result()
    found = kept()
    assert {f"Thing {number:04}" for number in told} - found.keys() == set()
    assert [title for title, count in found.items() if count != 1] == []
    assert len(told) >= KILLS


def waits_for_more_than(before: int, told: list[int]) -> None:
    """A server that nobody reached between two kills would show nothing."""
    for _ in range(600):
        if len(told) > before:
            return
        time.sleep(0.1)
    raise AssertionError("nothing was acknowledged for a minute")


def tries_until_acknowledged(served: Served, number: int, over: threading.Event) -> bool:
    them = Somebody(served.base)
    form = None
    while not over.is_set():
        try:
            form = form or them.comes_to_the_end(**what(number))
            return them.submits(form).status == 302
        except (OSError, HTTPException, AssertionError, IndexError):  # killed in the middle of an answer too
            time.sleep(0.2)
    return False
