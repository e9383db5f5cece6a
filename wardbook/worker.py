"""The worker: hears the bell, and looks once a minute without it."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from threading import Thread
from typing import Any

from flask import Flask
from huey.consumer import Consumer

from wardbook.bell import bell
from wardbook.jobs import ask_for_what_recurs, do_what_is_due

THREADS = 2
"""One for what is slow, and one that never does what is slow."""
PATIENCE = 20
"""Seconds that a job in hand is given to end when the worker is told to; after that it is done again by the next."""


class Listening(Consumer):  # type: ignore[misc]  # huey is not typed
    """A consumer that lets the job in hand end, however it is told to stop, and does not begin anew by itself."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._signal_actions = {signal.SIGTERM: (False, True), signal.SIGINT: (False, True)}


def run(app: Flask, under: int | None = None) -> None:
    """Do jobs until told to stop, or until the process that started this one (`under`) is gone."""
    here = bell(app)
    consumer = Listening(
        here.huey, workers=THREADS, initial_delay=0.1, max_delay=1, scheduler_interval=10, shutdown_timeout=PATIENCE
    )
    here.on_ring = lambda: _look(app, consumer.stop_flag.is_set)
    here.on_minute = lambda: _look(app, consumer.stop_flag.is_set, recurring=True)
    if under is not None:
        Thread(target=_end_with, args=(under, consumer.stop_flag), daemon=True).start()
    here.ring()  # for what was asked while nobody listened
    consumer.run()


def _look(app: Flask, stopping: Callable[[], bool], *, recurring: bool = False) -> None:
    with app.app_context():
        if recurring:
            ask_for_what_recurs()
        do_what_is_due(stopping)


def _end_with(parent: int, stopped: Any) -> None:
    while not stopped.wait(1):
        if os.getppid() != parent:
            os.kill(os.getpid(), signal.SIGTERM)
            return
