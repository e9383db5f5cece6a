"""What following asks."""

from __future__ import annotations

from wardbook.follows.models import RHYTHMS
from wardbook.follows.ways import DISTANCES
from wardbook.forms import Asking, Guarded, at_most, button, choices, one_of, picked, text


class FollowForm(Guarded):
    """How often, and for somebody who is not signed in where to write to."""

    rhythm = one_of("How often do you want to hear?", RHYTHMS.items(), "Choose how often you want to hear")
    email = text("Email address", at_most(254, "Email address"), hint="We send a link to it. You need no account.")
    send = button("Follow")


class RhythmForm(Asking):
    """How often from now on."""

    rhythm = picked("How often", RHYTHMS.items())


def _in_words(metres: str) -> tuple[str, str]:
    return metres, f"{metres} metres"


class NearForm(Asking):
    """A spot, and how far round it."""

    q = text("Postcode, street or grid reference", at_most(200, "What you type"))
    metres = picked("Within how many metres?", map(_in_words, DISTANCES))
    send = button("Hear what happens near it")


class DistanceForm(Asking):
    """How far from now on."""

    metres = picked("Within", map(_in_words, DISTANCES))

    def offer(self, metres: str) -> None:
        """The usual distances, and the one that was chosen."""
        known = sorted({*DISTANCES, metres}, key=float)
        self.metres.choices = choices(map(_in_words, known))
