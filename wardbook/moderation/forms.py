"""What moderators' pages ask, and what they ask of whoever reports or appeals."""

from __future__ import annotations

from typing import Any

from wtforms import HiddenField

from wardbook.entries.actions import MOST_TITLE, MOST_WORDS
from wardbook.entries.queries import categories
from wardbook.forms import (
    Asking,
    at_most,
    button,
    choices,
    day,
    lines,
    long_text,
    needed,
    one_of,
    picked,
    text,
    ticked,
)
from wardbook.moderation.models import WRONG
from wardbook.web import number_in

MOST_REASON = 1000


class Decision(Asking):
    """A decision about an entry, as it stood when the page was opened."""

    seen = HiddenField()
    """The last step that was read"""

    def seen_step(self) -> int | None:
        """The same as a number; None where the page did not say."""
        return number_in(str(self.seen.data or ""))


def _reason(label: str = "Reason", *, hint: str = "The author reads it.", sentence: str = "Give the reason") -> Any:
    return long_text(label, needed(sentence), at_most(MOST_REASON, "The reason"), hint=hint)


class PublishForm(Decision):
    """That it may be published, in the edition that was read."""

    edition = HiddenField()
    publish = button("Publish it")


class LeaveForm(Decision):
    """That it was read and stays."""

    leave = button("Leave it as it is")


class RestoreForm(Decision):
    """That it is shown again."""

    restore = button("Show it again")


class HideForm(Decision):
    """Why it is hidden."""

    reason = _reason()
    hide = button("Hide it")


class AskForm(Decision):
    """What its author should change."""

    reason = _reason(
        "What should they change?",
        hint="The author reads it in an email and on the page. Until they have edited it, it is out of sight.",
        sentence="Say what they should change",
    )
    ask = button("Ask them to edit it")


class RedactForm(Decision):
    """Which words go, and why."""

    pieces = lines(
        "Words to remove",
        hint="One word or phrase a line, as it stands there. They are removed for good, from earlier wordings too.",
    )
    reason = _reason(hint="The author and readers read it. Do not repeat the words here.")
    redact = button("Remove these words")


class MoveForm(Decision):
    """Where it belongs."""

    where = text(
        "Its right spot (optional)",
        at_most(200, "The spot"),
        hint="A postcode, a grid reference, or latitude and longitude. Leave empty to keep it where it is.",
    )
    category = picked("Its right category (optional)")
    reason = _reason(hint="The author and readers read it.")
    move = button("Move it")


class SplitForm(Decision):
    """The part that is to stand by itself."""

    title = text("What is the second, in a few words?", needed("Say what it is"), at_most(MOST_TITLE, "What you say"))
    words = long_text(
        "Its words",
        needed("Copy the part from its words"),
        at_most(MOST_WORDS, "The words"),
        hint="Leave only the part that is to stand by itself. Nobody adds to what its author wrote.",
    )
    category = picked("Its category")
    take_out = ticked("Take this part out of the first")
    split = button("Make two of it")


class BanForm(Asking):
    """Until when and why somebody may not contribute."""

    last_day = day("Last day of it", needed("Enter the last day"))
    reason = _reason(hint="The person reads it.")
    ban = button("Stop them from contributing")


class LiftForm(Asking):
    """That somebody may contribute again."""

    lift = button("Let them contribute again")


class AppealForm(Asking):
    """Why it should be looked at again."""

    words = long_text(
        "Why should it be looked at again?",
        needed("Say why it should be looked at again"),
        at_most(MOST_WORDS, "What you say"),
        hint="Another moderator reads it, where there is one. You can ask once.",
    )
    send = button("Ask for another look")


class AnswerAppealForm(Asking):
    """Whether a decision stands, and why."""

    outcome = one_of("What do you decide?", [("upheld", "It stands"), ("changed", "It is changed")], "Choose one")
    words = long_text("Why?", needed("Say why"), at_most(MOST_REASON, "What you say"), hint="The person reads it.")
    answer = button("Send the answer")


class ReportForm(Asking):
    """What is wrong with an entry."""

    reason = one_of("What is wrong with it?", WRONG.items(), "Choose what is wrong with it")
    words = long_text("Say more (optional)", at_most(MOST_REASON, "What you say"), hint="Moderators alone read this.")
    email = text(
        "Your email address (optional)",
        at_most(254, "Email address"),
        hint="We write to it once, when a moderator has decided. Whoever wrote the entry does not see it.",
    )
    hear = ticked("Write to me when a moderator has decided")
    send = button("Tell a moderator")


def offer_categories(form: MoveForm | SplitForm, entry: Any) -> None:
    """Put in the categories of its kind."""
    known = [(category.id, category.name) for category in categories(entry.kind)]
    form.category.choices = choices([("", "Leave it as it is"), *known])
    form.category.data = form.category.data or ""
