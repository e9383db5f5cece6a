"""What a person's own page asks."""

from __future__ import annotations

from wardbook.forms import Asking, at_most, one_of, text
from wardbook.me.leaving import CHOICES

SHOW, HIDE, LEAVE = "show", "hide", "leave"


class NameForm(Asking):
    """A person's name, and whether what they told shows it."""

    name = text("Your name", at_most(100, "Your name"))
    shown = one_of(
        "On what you told us",
        [(LEAVE, "Leave it as it is on each"), (SHOW, "Show my name on all of it"), (HIDE, "Show it on none of it")],
        "Choose whether your name is shown",
        default=LEAVE,
    )


class EraseForm(Asking):
    """What becomes of what they told."""

    choice = one_of("What becomes of what you told us?", CHOICES.items(), "Choose what becomes of what you told us")
