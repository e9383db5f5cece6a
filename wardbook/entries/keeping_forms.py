"""What the pages ask on which people look after what they told, support it, or see it differently."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, ClassVar

from wtforms import HiddenField

from wardbook.entries.actions import MOST_SPOT_WORDS, MOST_TITLE, MOST_WORDS, NoteDetails, Telling
from wardbook.entries.forms import BASIS_LABELS, TOPIC_LABELS
from wardbook.entries.kinds import LEVEL_LABELS, Basis, Kind, Topic
from wardbook.entries.life import Wording
from wardbook.entries.models import Entry
from wardbook.entries.queries import who_sees
from wardbook.entries.question_forms import asking, filled, given
from wardbook.entries.questions import Question, answers_to, given_in, questions_of
from wardbook.forms import (
    Asking,
    Guarded,
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

_TOPICS = [("", "Choose"), *((str(topic), label) for topic, label in TOPIC_LABELS.items())]
_KNOWN = ("title", "words", "name_shown", "cites", "review_on", "spot_words", "edition")
_BASES = [(str(basis), label) for basis, label in BASIS_LABELS.items()]


def _review_day() -> Any:
    return day("Look at it again on (optional)", hint="After this day readers are told that it is due for review.")


def _source(label: str = "Source (optional)") -> Any:
    return text(label, at_most(300, "The source"), hint="A report, a minute or an address where it can be read")


class EditForm(Asking):
    """What a contribution says."""

    edition = HiddenField()
    title = text("In a few words", needed("Say in a few words what it is"), at_most(MOST_TITLE, "What you say"))
    words = long_text("More about it (optional)", at_most(MOST_WORDS, "What you tell us"))
    spot_words = text("Where it is, in words (optional)", at_most(MOST_SPOT_WORDS, "What you say"))
    name = text("Your name (optional)", at_most(80, "Your name"))
    name_shown = ticked("Show my name with it", hint="Otherwise it says 'a resident'.")
    save = button("Save the changes")

    questions: ClassVar[Sequence[Question]] = ()

    def wording(self) -> Wording:
        """What was typed."""
        return Wording(
            self.title.data, self.words.data or "", name_shown=bool(self.name_shown.data), name=self.name.data or "",
            spot_words=self.spot_words.data or "", answers=answers_to(self.questions, given(self, self.questions)),
        )  # fmt: skip


class EditNoteForm(Asking):
    """What a note says."""

    edition = HiddenField()
    title = text("Title", needed("Enter a title"), at_most(MOST_TITLE, "The title"))
    words = long_text("What you know", needed("Say what you know"), at_most(MOST_WORDS, "What you know"))
    topic = picked("Topic", _TOPICS, needed("Choose a topic"))
    basis = one_of("How do you know?", _BASES, "Say how you know")
    cites = _source()
    review_on = _review_day()
    save = button("Save the changes")

    def wording(self) -> Wording:
        """What was typed."""
        return Wording(
            self.title.data, self.words.data, topic=Topic(self.topic.data), basis=Basis(self.basis.data),
            cites=self.cites.data or None, review_on=self.review_on.data,
        )  # fmt: skip


def edit_form(entry: Entry) -> EditForm | EditNoteForm:
    """The form of its kind, with what it says now."""
    known = {name: getattr(entry, name) for name in _KNOWN}
    if entry.kind is Kind.NOTE:
        return EditNoteForm(data=known | {"topic": str(entry.topic), "basis": str(entry.basis)})
    answered = given_in(entry.answers)
    questions = _questions(entry, answered)
    form = asking(EditForm, questions)
    form.questions = questions
    return form(data=known | filled(questions, answered))


def _questions(entry: Entry, answered: Mapping[str, str]) -> list[Question]:
    """What its category asks today, and what was answered to what it asked before."""
    today = questions_of(entry.category.questions) if entry.category else []
    return [*today, *(Question(ask) for ask in answered if ask not in {one.ask for one in today})]


class LevelForm(Asking):
    """Who may see it."""

    level = one_of("Who may see it?", (), "Choose who may see it")
    contact_shared = ticked(
        "Councillors for the ward may contact me about it",
        hint="They then see your name and email address, as officers who answer you do.",
    )
    save = button("Save who may see it")


def offer_levels(form: LevelForm | ViewForm, levels: list[Level]) -> list[dict[str, object]]:
    """Put in the levels to choose from; beside each, in words, who will see it."""
    form.level.choices = choices((level, LEVEL_LABELS[level]) for level in levels)
    return [{"hint": {"text": who_sees(level)}} for level in levels]


class WithdrawForm(Asking):
    """Why it is withdrawn."""

    reason = long_text(
        "Why do you withdraw it?",
        at_most(1000, "The reason"),
        hint="Those who relied on it read this: people who support or follow it, and those whose notes rest on it.",
    )
    withdraw = button("Withdraw it")


class ReviewForm(Asking):
    """Whether a note still holds."""

    holds = one_of("Does it still hold?", [("yes", "It still holds"), ("no", "It is out of date")], "Say if it holds")
    review_on = day("If it holds: look at it again on")
    words = long_text("If it is out of date: what has changed? (optional)", at_most(MOST_WORDS, "What you say"))
    save = button("Save the review")


class ViewForm(Asking):
    """A note that takes the place of another, or stands beside it."""

    title = text("Title", needed("Enter a title"), at_most(MOST_TITLE, "The title"))
    words = long_text("What you know", needed("Say what you know"), at_most(MOST_WORDS, "What you know"))
    basis = one_of("How do you know?", _BASES, "Say how you know")
    cites = _source("Evidence (optional)")
    level = one_of("Who may see it?", (), "Choose who may see it")
    review_on = _review_day()
    save = button("Save the note")

    def telling(self, note: Entry) -> Telling:
        """What was typed, on the ground of the other note."""
        return Telling(
            kind=Kind.NOTE, title=self.title.data, words=self.words.data, shape=note.geometry,
            level=Level(self.level.data), once=self.once.data,
        )  # fmt: skip

    def details(self, note: Entry) -> NoteDetails:
        """Under the topic of the other note."""
        review_on: date | None = self.review_on.data
        return NoteDetails(note.topic or Topic.HISTORY, Basis(self.basis.data), review_on, self.cites.data or "")


class LaterForm(Asking):
    """A later note that is written already."""

    ref = picked("Your later note", (), needed("Choose the later note"))
    save = button("It takes the place of this one")

    def offer(self, notes: list[Entry]) -> None:
        """Put in the notes to choose from."""
        self.ref.choices = choices([("", "Choose"), *((note.ref, f"{note.title} ({note.ref})") for note in notes)])


class EmailSupportForm(Guarded):
    """Whom to ask whether it matters to them."""

    email = text("Your email address", needed("Enter your email address"), at_most(254, "Email address"))
    send = button("Email me a link")


class ConfirmForm(Asking):
    """A button and nothing else."""
