"""What the page of a new brief asks."""

from __future__ import annotations

from wtforms.validators import Optional

from wardbook.briefs.models import Ground, Weight
from wardbook.forms import Asking, at_most, button, long_text, needed, one_of, picked, text
from wardbook.shared import Level

GROUNDS = {
    Ground.SITE_SALE: "The sale of a site",
    Ground.ENFORCEMENT: "Enforcement",
    Ground.SAFEGUARDING: "Safeguarding",
}
WEIGHTS = {
    Weight.USED: "Used",
    Weight.KNOWN: "Known already",
    Weight.NOT_RELEVANT: "Not relevant, because",
}


class BriefForm(Asking):
    """Which place, and for whom?"""

    place = text(
        "Place",
        needed("Enter a place"),
        at_most(300, "The place"),
        hint="A postcode, street, ward, parish or grid reference, or in full: postcode:POSTCODE+300m, wards:CODE,CODE",
    )
    level = one_of(
        "Who is it for?",
        [(Level.COUNCIL, "Councillors and officers"), (Level.PUBLIC, "Everyone")],
        "Choose who it is for",
        default=Level.COUNCIL,
    )
    make = button("Make the brief")


class FreezeForm(Asking):
    """What a brief is for, and whether it is for named people alone."""

    purpose = text(
        "What is it for?",
        needed("Say what the brief is for"),
        at_most(200, "What it is for"),
        hint="The decision or the meeting for which it was read. Everybody who may read the brief reads this.",
    )
    ground = picked(
        "Restrict it to named people (optional)",
        [("", "Not restricted"), *((str(ground), label) for ground, label in GROUNDS.items())],
        hint="It is then in no list, and nobody else can open it, administrators included. You can lift this.",
        default="",
    )
    named = long_text(
        "Who may read it beside you",
        Optional(),
        at_most(5000, "The list of people"),
        hint="Only where it is restricted: email addresses of councillors and officers, one a line.",
    )
    freeze = button("Freeze it")


class MarkForm(Asking):
    """What an item was to whoever keeps the brief."""

    weight = one_of(
        "What was this item to you?",
        [*((str(weight), label) for weight, label in WEIGHTS.items()), ("none", "No mark")],
        "Choose what it was to you",
        hint="Everybody who may read the brief sees the mark, with its item.",
    )
    because = text(
        "Why it is not relevant",
        at_most(300, "The reason"),
        hint="A sentence, if it is not relevant.",
    )
    save = button("Save the mark")


class KeepForm(Asking):
    """A press of one button, which does one thing however often it is pressed."""
