"""The pages on which those who take something on say how it goes, and others thank them."""

from __future__ import annotations

from flask import Blueprint
from flask.typing import ResponseReturnValue
from wtforms import StringField

from wardbook.entries import taking_on
from wardbook.entries.keeping import asked_for, attempt, to_page
from wardbook.entries.models import Entry
from wardbook.entries.taking_on import MOST_PEOPLE, Sort, Step
from wardbook.errors import Refused
from wardbook.forms import Asking, ask, at_most, button, day, long_text, needed, one_of, text
from wardbook.people.signed_in import viewer
from wardbook.policy import Act
from wardbook.web import number_in

bp = Blueprint("taking_on", __name__, url_prefix="/entries/<ref>")
SORTS = (
    (Sort.PLANNED, "We plan something"),
    (Sort.DONE, "We have done something"),
    (Sort.HELP_WANTED, "We look for help"),
    (Sort.FINISHED, "It is all done"),
)
HINTS = (
    "It stands there with its day.",
    "With or without a day.",
    "It stands there, and on the page of the ward, until you say that you need nobody more.",
    "An issue is then fixed by residents. The officer who helps with an idea, or its service, is asked to adopt it.",
)


class StepForm(Asking):
    """How it goes."""

    sort = one_of("What do you want to say?", SORTS, "Choose what you want to say")
    words = long_text("In a few words", needed("Say it in a few words"), at_most(1000, "What you say"))
    on_day = day("Day, where there is one")
    people: StringField = text("How many people you look for, where you look for help", at_most(4, "The number"))
    send = button("Put it on the page")

    def step(self) -> Step:
        """What was typed. Raises Refused where the number is none."""
        typed = self.people.data or ""
        people = number_in(typed) if typed else None
        if typed and (people is None or not 0 <= people <= MOST_PEOPLE):
            raise Refused(f"Enter a number from 0 to {MOST_PEOPLE}.", field="people")
        return Step(Sort(self.sort.data), self.words.data or "", self.on_day.data, people)


class ThanksForm(Asking):
    """Thanks to those who took it on."""

    words = long_text("Your thanks", needed("Write your thanks"), at_most(1000, "What you write"))
    send = button("Thank them")


@bp.route("/steps", methods=["GET", "POST"])
def steps(ref: str) -> ResponseReturnValue:
    """Say what is planned, what was done, that help is wanted, or that it is all done."""
    form = StepForm()
    entry = asked_for(ref, Act.TAKE_ON, form)
    if done := attempt(form, lambda: taking_on.write_step(viewer(), entry, form.step(), once=form.once.data)):
        return to_page(done, "It is on the page. Those who follow it are told.")
    return ask("entries/steps.html", form, entry=entry, hints=[{"hint": {"text": hint}} for hint in HINTS])


@bp.route("/thanks", methods=["GET", "POST"])
def thanks(ref: str) -> ResponseReturnValue:
    """Thank those who take it on."""
    form = ThanksForm()
    entry = asked_for(ref, Act.THANK, form)
    if done := attempt(form, lambda: _thank(entry, form)):
        return to_page(done, "Your thanks are on the page.")
    return ask("entries/thanks.html", form, entry=entry)


def _thank(entry: Entry, form: ThanksForm) -> Entry:
    return taking_on.write_step(viewer(), entry, Step(Sort.THANKS, form.words.data or ""), once=form.once.data)
