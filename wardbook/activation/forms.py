"""What the page of a boundary set asks."""

from __future__ import annotations

from wardbook.forms import Asking, button


class ActivateForm(Asking):
    """Put it in the place of the one before it."""

    activate = button("Activate it")
