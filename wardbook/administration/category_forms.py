"""What administrators say of a category."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from wtforms import SelectField
from wtforms.validators import Length

from wardbook.entries.categories import CategorySaid
from wardbook.entries.kinds import CONTRIBUTIONS, KINDS, Kind
from wardbook.entries.models import Category
from wardbook.entries.questions import MOST_CHOICES, MOST_QUESTIONS, How, Question, questions_of
from wardbook.errors import Refused
from wardbook.forms import (
    Asking,
    at_most,
    button,
    choices,
    long_text,
    needed,
    picked,
    several,
    text,
    ticked,
)
from wardbook.web import number_in

HOW = {How.TEXT: "In words", How.CHOICE: "One of several", How.YES_NO: "Yes or no"}
LEAST_RADIUS, MOST_RADIUS = 10, 2000


class CategoryForm(Asking):
    """A category; `ask_0` and the fields after it are its questions."""

    name = text("Name", needed("Enter a name"), at_most(80, "The name"), hint="In everyday words: Blocked drain")
    service = picked("Service that deals with it")
    new_service = text("Or a new service (optional)", at_most(80, "The service"))
    kinds = several("What can be told under it?", [(str(kind), KINDS[kind].label) for kind in CONTRIBUTIONS])
    radius_m = text(
        "Within how many metres may something be the same?", hint=f"From {LEAST_RADIUS} to {MOST_RADIUS}; usually 250"
    )
    moderated = ticked("A moderator reads it before it is published")
    emergency = long_text(
        "Whom to ring, if it is an emergency (optional)",
        at_most(500, "What you enter"),
        hint="With numbers. Where something stands here, this is shown and nothing can be sent.",
    )
    save = button("Save")

    def offer_services(self, names: Iterable[str]) -> None:
        """Put in the services to choose from."""
        self.service.choices = choices([("", "Choose"), *((name, name) for name in names)])

    def said(self) -> CategorySaid:
        """What was typed. Raises Refused beside the field that is wrong."""
        service = self.new_service.data or self.service.data
        if not service:
            raise Refused("Choose a service, or enter a new one", field="service")
        if not self.kinds.data:
            raise Refused("Choose what can be told under it", field="kinds")
        radius = number_in(self.radius_m.data or "")
        if radius is None or not LEAST_RADIUS <= radius <= MOST_RADIUS:
            raise Refused(f"Enter a whole number from {LEAST_RADIUS} to {MOST_RADIUS}", field="radius_m")
        return CategorySaid(
            name=self.name.data, service=service, kinds=tuple(Kind(kind) for kind in self.kinds.data),
            radius_m=radius, moderated=bool(self.moderated.data), questions=tuple(self._questions()),
            emergency=self.emergency.data or "",
        )  # fmt: skip

    def _questions(self) -> Iterable[Question]:
        asked: set[str] = set()
        for number in range(MOST_QUESTIONS):
            ask = self[f"ask_{number}"].data
            if not ask:
                continue
            if ask in asked:
                raise Refused("Ask each question once", field=f"ask_{number}")
            asked.add(ask)
            how = How(self[f"how_{number}"].data)
            yield Question(ask, how, self._choices(number, how), bool(self[f"needed_{number}"].data))

    def _choices(self, number: int, how: How) -> tuple[str, ...]:
        if how is not How.CHOICE:
            return ()
        lines = dict.fromkeys(" ".join(line.split()) for line in self[f"choices_{number}"].data.splitlines())
        found = tuple(line for line in lines if line)
        if not 2 <= len(found) <= MOST_CHOICES:
            raise Refused(
                f"Enter from 2 to {MOST_CHOICES} different choices, each on a line", field=f"choices_{number}"
            )
        return found


def _how(label: str) -> SelectField:
    return picked(label, [(str(how), words) for how, words in HOW.items()], default=str(How.TEXT))


for _number in range(MOST_QUESTIONS):
    _called = f"Question {_number + 1}"
    setattr(CategoryForm, f"ask_{_number}", text(f"{_called} (optional)", at_most(150, "The question")))
    setattr(CategoryForm, f"how_{_number}", _how(f"How is question {_number + 1} answered?"))
    setattr(
        CategoryForm,
        f"choices_{_number}",
        long_text(
            f"Choices for question {_number + 1}", Length(max=1000), hint="One on a line, if it is one of several"
        ),
    )
    setattr(CategoryForm, f"needed_{_number}", ticked(f"Question {_number + 1} must be answered"))


def as_typed(category: Category) -> dict[str, Any]:
    """A category as its form is filled in."""
    typed = {
        "name": category.name, "service": category.service.name, "kinds": list(category.kinds),
        "radius_m": str(category.radius_m), "moderated": category.moderated, "emergency": category.emergency,
    }  # fmt: skip
    for number, one in enumerate(questions_of(category.questions)):
        typed |= {
            f"ask_{number}": one.ask, f"how_{number}": str(one.kind), f"choices_{number}": "\n".join(one.choices),
            f"needed_{number}": one.needed,
        }  # fmt: skip
    return typed
