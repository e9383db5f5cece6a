"""What administrators choose."""

from __future__ import annotations

from wardbook.chosen import Chosen
from wardbook.forms import Asking, at_most, button, day, lines, long_text, ticked


class ChoicesForm(Asking):
    """The council's own choices."""

    message = long_text(
        "Message at the head of every page (optional)",
        at_most(300, "The message"),
        hint="Out of hours, a flood, works: what people should know before they write to you.",
    )
    message_until = day("Last day on which it stands there (optional)")
    held_words = lines(
        "Words that a moderator reads first (optional)",
        hint="One word or phrase a line. Capitals and accents make no difference; parts of words do not count.",
    )
    hold_first = ticked("A moderator reads the first thing that anybody tells us")
    save = button("Save")

    def choices(self) -> Chosen:
        """What was chosen."""
        return Chosen(
            message=self.message.data or "",
            message_until=self.message_until.data,
            held_words=tuple(self.held_words.data or ()),
            hold_first=bool(self.hold_first.data),
        )
