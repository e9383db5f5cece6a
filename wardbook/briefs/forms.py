"""What the page of a new brief asks."""

from __future__ import annotations

from wardbook.forms import Asking, at_most, button, needed, one_of, text
from wardbook.shared import Level


class BriefForm(Asking):
    """Which place, and for whom?"""

    place = text(
        "Place",
        needed("Enter a place"),
        at_most(300, "The place"),
        hint="A postcode, ward or grid reference, or in full: postcode:ZZ1 4HS+300m, wards:X05000101,X05000102",
    )
    level = one_of(
        "Who is it for?",
        [(Level.COUNCIL, "Councillors and officers"), (Level.PUBLIC, "Everyone")],
        "Choose who it is for",
        default=Level.COUNCIL,
    )
    make = button("Make the brief")
