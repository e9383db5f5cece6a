"""What administrators choose."""

from __future__ import annotations

from govuk_frontend_wtf.wtforms_widgets import GovTextInput
from wtforms import IntegerField
from wtforms.validators import NumberRange, Optional, ValidationError

from wardbook.chosen import Chosen
from wardbook.clock import today
from wardbook.forms import Asking, Day, at_most, button, day, lines, long_text, ticked

LONGEST_KEPT = 90
WHOLE_DAYS = f"Enter a whole number of days from 1 to {LONGEST_KEPT}"


class Days(IntegerField):  # type: ignore[misc]
    """A number of days; what is none is said in words."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the number."""
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError(WHOLE_DAYS) from None


class ChoicesForm(Asking):
    """The council's own choices."""

    message = long_text(
        "Message at the head of every page (optional)",
        at_most(300, "The message"),
        hint="Out of hours, a flood, works: what people should know before they write to you.",
    )
    message_until = day("Last day on which it stands there (optional)")
    keep_originals_days = Days(
        "For how many days is the original of a blacked-out photo kept?",
        description="Until then a moderator can compare the two, or undo it. Then it is destroyed. Empty: 14 days.",
        validators=[Optional(), NumberRange(1, LONGEST_KEPT, WHOLE_DAYS)],
        widget=GovTextInput(),
    )
    held_words = lines(
        "Words that a moderator reads first (optional)",
        hint="One word or phrase a line. Capitals and accents make no difference; parts of words do not count.",
    )
    hold_first = ticked("A moderator reads the first thing that anybody tells us")
    save = button("Save")

    def validate_message_until(self, field: Day) -> None:
        """A new message that would never be shown is not kept; one whose day is over holds up nothing else."""
        is_as_it_was = (self.message.data, field.data) == (self.message.object_data, field.object_data)
        if self.message.data and field.data and field.data < today() and not is_as_it_was:
            raise ValidationError("This day has passed. Enter today or a later day, or take the message away")

    def choices(self) -> Chosen:
        """What was chosen."""
        return Chosen(
            message=self.message.data or "", message_until=self.message_until.data,
            keep_originals_days=self.keep_originals_days.data or Chosen.keep_originals_days,
            held_words=tuple(self.held_words.data or ()), hold_first=bool(self.hold_first.data),
        )  # fmt: skip
