"""The questions of a category as fields of a form."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

from wtforms.validators import Optional

from wardbook.entries.questions import MOST_ANSWER, Question
from wardbook.forms import Asking, at_most, needed, one_of, text

Form = TypeVar("Form", bound=Asking)


def asking(form: type[Form], questions: Sequence[Question]) -> type[Form]:
    """A form that asks these too: `answer_0`, `answer_1` and so on."""
    fields = {f"answer_{number}": _field(question) for number, question in enumerate(questions)}
    return type(form.__name__, (form,), fields)


def _field(question: Question) -> Any:
    label = question.ask if question.needed else f"{question.ask} (optional)"
    if question.offered:
        sentence = f"Choose an answer to ‘{question.ask}’" if question.needed else ""
        return one_of(label, [(choice, choice) for choice in question.offered], sentence)
    first = needed(f"Enter an answer to ‘{question.ask}’") if question.needed else Optional()
    return text(label, first, at_most(MOST_ANSWER, "Your answer"))


def given(form: Asking, questions: Sequence[Question]) -> dict[str, str]:
    """What was answered, right or wrong, by the question's words."""
    return {question.ask: form[f"answer_{number}"].data or "" for number, question in enumerate(questions)}


def filled(questions: Sequence[Question], told: dict[str, str]) -> dict[str, str]:
    """What was answered before, as such a form is filled in."""
    return {f"answer_{number}": told.get(question.ask, "") for number, question in enumerate(questions)}
