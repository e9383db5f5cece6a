"""What following asks."""

from __future__ import annotations

from wardbook.follows.models import RHYTHMS
from wardbook.forms import Asking, Guarded, at_most, button, one_of, picked, text


class FollowForm(Guarded):
    """How often, and for somebody who is not signed in where to write to."""

    rhythm = one_of("How often do you want to hear?", RHYTHMS.items(), "Choose how often you want to hear")
    email = text("Email address", at_most(254, "Email address"), hint="We send a link to it. You need no account.")
    send = button("Follow")


class RhythmForm(Asking):
    """How often from now on."""

    rhythm = picked("How often", RHYTHMS.items())
