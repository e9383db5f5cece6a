"""What is asked of somebody who wrote by email: is it there, and what is it about."""

from __future__ import annotations

from wardbook.entries.kinds import Kind
from wardbook.entries.queries import categories
from wardbook.forms import Asking, at_most, button, choices, needed, picked, text


class PutRightForm(Asking):
    """Where it is, and what it is about."""

    spot = text(
        "Postcode, grid reference, or latitude and longitude",
        needed("Choose the spot on the map, or type where it is"),
        at_most(100, "What you enter"),
    )
    category = picked("What is it about?", (), needed("Choose what it is about"))
    save = button("Save and continue")

    def ask_about(self, kind: Kind) -> None:
        """Put in the categories in use for a kind."""
        self.category.choices = choices([("", "Choose"), *((found.id, found.name) for found in categories(kind))])
