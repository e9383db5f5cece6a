"""What the pages ask on which somebody tells the council something."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from wtforms import HiddenField

from wardbook.areas.models import Area
from wardbook.clock import today
from wardbook.entries.actions import MOST_SPOT_WORDS, MOST_TITLE, MOST_WORDS
from wardbook.entries.forms import level_choices
from wardbook.entries.kinds import (
    CONTRIBUTIONS,
    ENTERED,
    KINDS,
    Kind,
)
from wardbook.entries.models import Category
from wardbook.forms import (
    Asking,
    Trapped,
    at_most,
    button,
    choices,
    day,
    long_text,
    needed,
    one_of,
    picked,
    text,
    ticked,
)
from wardbook.shared import Level


class FindForm(Asking):
    """Where is it?"""

    q = text(
        "Postcode, street, ward, grid reference or coordinates",
        needed("Enter a postcode, street, ward, grid reference or coordinates"),
        at_most(200, "What you enter"),
    )
    find = button("Find it")


class SpotForm(Asking):
    """Is this the spot? The map fills in the same box that can be typed in."""

    spot = text(
        "Postcode, grid reference, or latitude and longitude",
        needed("Choose the spot on the map, or type where it is"),
        at_most(100, "What you enter"),
    )
    blur = ticked(
        "It happened at somebody's home: show it roughly",
        hint="If you tick this, everybody else sees a circle of about 150 metres, and only you and officers of the "
        "council the spot.",
    )
    go_on = button("Continue")


class WordsForm(Asking):
    """Where is it, in words?"""

    spot_words = text(
        "Where is it?",
        needed("Say where it is, for example: the alley behind the library"),
        at_most(MOST_SPOT_WORDS, "What you say"),
        hint="As you would say it to somebody who lives there. For example: the alley behind the library",
    )
    ward = picked("Which ward is it in?", (), needed("Choose the ward it is in"))
    go_on = button("Continue")

    def offer(self, wards: Sequence[Area]) -> None:
        """Put in the wards to choose from."""
        self.ward.choices = choices([("", "Choose"), *((ward.code, ward.name) for ward in wards)])


class ChannelForm(Asking):
    """By what channel somebody told staff."""

    channel = one_of(
        "How did they tell you?",
        [(channel, words.capitalize()) for channel, words in ENTERED.items()],
        "Choose how they told you",
    )
    go_on = button("Continue")


class KindForm(Asking):
    """What do you want to tell us?"""

    kind = one_of(
        "What do you want to tell us?",
        [(str(kind), KINDS[kind].invitation) for kind in CONTRIBUTIONS],
        "Choose what you want to tell us",
    )
    go_on = button("Continue")


def kind_hints() -> list[dict[str, Any]]:
    """Beside each kind, in words, what it is."""
    return [{"hint": {"text": KINDS[kind].explained}} for kind in CONTRIBUTIONS]


class WhatForm(Asking):
    """What it is, in the words of its kind."""

    category = picked("What is it about?", (), needed("Choose what it is about"))
    title = text(
        "Say it in a few words",
        needed("Say in a few words what it is"),
        at_most(MOST_TITLE, "What you say"),
    )
    words = long_text(
        "Tell us more (optional)",
        at_most(MOST_WORDS, "What you tell us"),
        hint="What would somebody need to know who has never been there? Leave out private details of others.",
    )
    willing = ticked(
        "I, or we, would like to take this on",
        hint="Residents can lead, and an officer helps them. The council answers you before anything is settled.",
    )
    lapses_on = day(
        "Until when does your offer stand?",
        needed("Enter the day until which your offer stands"),
        hint="To the end of this day. You can renew it, and nobody is held to an offer that has lapsed.",
    )
    go_on = button("Continue")

    def ask_about(self, kind: Kind, found: Sequence[Category], ward: str) -> None:
        """Put in the categories to choose from, and leave out what is not asked of this kind; `ward` is where those
        that come first are told most.
        """
        life = KINDS[kind]
        self.category.choices = choices([("", "Choose"), *((one.id, one.name) for one in found)])
        self.category.description = f"Those told most often in {ward} in the last year come first." if ward else ""
        self.title.description = f"For example: {life.example}"
        if not life.led:
            del self.willing
        if not life.stands_days:
            del self.lapses_on
        elif not self.is_submitted() and self.lapses_on.data is None:
            self.lapses_on.data = life.stands_from(today())


class MoreForm(Asking):
    """What the chosen category asks beside the words: its questions are put in."""

    go_on = button("Continue")


class NoneOfTheseForm(Asking):
    """Is it one of these? Which were shown travels with the answer: what is told meanwhile was not declined."""

    shown = HiddenField(validators=[at_most(100, "What was shown")])
    go_on = button("No, mine is something else: continue")


class WhoForm(Asking):
    """Who sees it, and how you hear back."""

    level = one_of("Who may see it?", level_choices(Kind.ISSUE), "Choose who may see it", default=str(Level.PUBLIC))
    name = text("Your name (optional)", at_most(80, "Your name"))
    name_shown = ticked("Show my name with it", hint="Otherwise it says 'a resident'. You can change this later.")
    email = text(
        "Your email address",
        at_most(254, "Email address"),
        hint="We write to you when something happens. It is never shown to the public.",
    )
    contact_shared = ticked(
        "Councillors for the ward may contact me about it",
        hint="They then see your name and email address, as officers who answer you do. You can change this later.",
    )
    go_on = button("Continue")


class AddressForm(Asking):
    """To which address the link is to go."""

    email = text("Your email address", needed("Enter your email address"), at_most(254, "Email address"))
    send = button("Send the link there")


class ForWhomForm(Asking):
    """Who sees it, and how whoever told staff hears back."""

    level = one_of("Who may see it?", level_choices(Kind.ISSUE), "Choose who may see it", default=str(Level.PUBLIC))
    email = text(
        "Their email address (optional)",
        at_most(254, "Email address"),
        hint="With it they are its author: we write to them now, and when something happens. It is never public.",
    )
    name = text("Their name (optional)", at_most(80, "Their name"))
    name_shown = ticked("Show their name with it", hint="Only where they said so. Otherwise it says 'a resident'.")
    contact_shared = ticked(
        "Councillors for the ward may contact them about it",
        hint="Only where they said so. Councillors then see their name and email address, as officers do.",
    )
    go_on = button("Continue")


class SendForm(Trapped):
    """Check your answers."""

    send = button("Send it to the council")
