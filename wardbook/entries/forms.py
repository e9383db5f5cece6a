"""What the pages about entries ask."""

from __future__ import annotations

from typing import Any

from werkzeug.datastructures import MultiDict

from wardbook.entries.actions import MOST_TITLE, MOST_WORDS
from wardbook.entries.kinds import (
    KINDS,
    LEAD_LABELS,
    LEVEL_LABELS,
    STATES,
    Basis,
    Family,
    Kind,
    State,
    Topic,
)
from wardbook.entries.models import Entry
from wardbook.entries.paging import SAYS_WHERE
from wardbook.entries.queries import Filters, Sort, every_category, who_sees
from wardbook.forms import (
    Asking,
    Filtering,
    at_most,
    button,
    choices,
    day,
    long_text,
    needed,
    one_of,
    picked,
    text,
)
from wardbook.people.queries import officers
from wardbook.places.typed import Form
from wardbook.search import MOST_SIGNS
from wardbook.shared import Level

TOPIC_LABELS = {topic: str(topic).capitalize() for topic in Topic}
BASIS_LABELS = {
    Basis.SEEN: "I have seen it myself",
    Basis.TOLD: "Residents told me",
    Basis.LONG_KNOWN: "It is long known here",
    Basis.HUNCH: "It is a hunch",
}


def level_choices(kind: Kind) -> list[tuple[str, str]]:
    """The levels of a kind, its own default first."""
    return [(str(level), LEVEL_LABELS[level]) for level in KINDS[kind].levels]


def level_hints(kind: Kind) -> list[dict[str, Any]]:
    """Beside each level, in words, who will see it."""
    return [{"hint": {"text": who_sees(level)}} for level in KINDS[kind].levels]


# --- notes -------------------------------------------------------------------------------------------------------


class NoteForm(Asking):
    """What a councillor or an officer knows of a spot."""

    form = one_of(
        "What do the points make?",
        [(Form.POINT, "One point"), (Form.LINE, "A line"), (Form.AREA, "An area")],
        "Choose what the points make",
        default=Form.POINT,
    )
    shape = long_text(
        "Where it is",
        needed("Draw it on the map, or type its points"),
        at_most(200_000, "The shape"),
        hint="Drawing on the map fills this in. To type it: one point a line, as a postcode, a grid reference, or "
        "latitude and longitude; or a whole place, like ward:CODE.",
    )
    title = text("Title", needed("Enter a title"), at_most(MOST_TITLE, "The title"))
    words = long_text("What you know", needed("Say what you know"), at_most(MOST_WORDS, "What you know"))
    topic = picked(
        "Topic", [("", "Choose"), *((str(t), label) for t, label in TOPIC_LABELS.items())], needed("Choose a topic")
    )
    basis = one_of("How do you know?", [(str(b), label) for b, label in BASIS_LABELS.items()], "Say how you know")
    cites = text(
        "Source (optional)", at_most(300, "The source"), hint="A report, a minute or an address where it can be read"
    )
    level = one_of("Who may see it?", level_choices(Kind.NOTE), "Choose who may see it", default=str(Level.COUNCIL))
    review_on = day("Look at it again on (optional)", hint="After this day readers are told that it is due for review.")
    save = button("Save the note")


# --- answering ---------------------------------------------------------------------------------------------------


class AnswerForm(Asking):
    """What is said to whoever told it, where it stands now, or both: what was typed beside the other is never lost."""

    words = long_text("What has been done, or why", at_most(MOST_WORDS, "What you say"))
    state = picked("State", (), default="")
    send = button("Send")

    def offer(self, entry: Entry, *, replies: bool, moves: bool) -> None:
        """The states it may go to from here, for those who move it, and staying where it is for those who may answer in
        words alone.
        """
        states = KINDS[entry.kind].chosen_from(entry.state_now) if moves else []
        stays = f"Leave it as it is: {entry.meaning.label}" if replies else "Choose"
        self.state.choices = choices([("", stays), *((state, STATES[state].label) for state in states)])
        if replies:
            self.words.label.text = "Your answer"
            self.words.description = "The person who told you is sent it, and readers of the page see it."
        else:
            self.words.description = "Readers of the page see these words. You can leave them out."


class LeadForm(Asking):
    """Who leads on it."""

    lead = one_of("Who leads?", [(str(lead), label) for lead, label in LEAD_LABELS.items()], "Choose who leads")
    partner = text(
        "The partner's name",
        at_most(100, "The name"),
        hint="A body outside the council, where one leads or leads with others. It is shown on the page.",
    )
    enabler = picked("Officer who helps them", hint="Shown by name on the page.")
    words = long_text("What this means (optional)", at_most(MOST_WORDS, "What you say"), hint="The author is sent it.")
    set_lead = button("Save who leads")

    def offer_officers(self) -> None:
        """The officers of today."""
        self.enabler.choices = choices([("", "Nobody yet"), *((found.id, found.name) for found in officers())])


class RenewForm(Asking):
    """Until when an offer stands."""

    lapses_on = day("Until when does it stand?", needed("Enter the day until which it stands"))
    renew = button("Renew it")


# --- looking -----------------------------------------------------------------------------------------------------


SEARCH_HINT = (
    "In any of their forms. Use “quotes” for words that stand together, -word to leave out, word* for beginnings."
)


def _any(label: str) -> tuple[str, str]:
    return ("", label)


class FilterForm(Filtering):
    """Which entries to list. What cannot be understood asks nothing."""

    words = text("Words or reference", hint=SEARCH_HINT)
    kind = picked("Kind", [_any("Every kind"), *((str(kind), KINDS[kind].plural) for kind in Kind)])
    category = picked("Category")
    state = picked(
        "State",
        [
            _any("Every state"),
            *((f"family:{family}", f"All {family}") for family in Family),
            *((str(state), meaning.label) for state, meaning in STATES.items()),
        ],
    )
    topic = picked("Topic of notes", [_any("Every topic"), *((str(t), label) for t, label in TOPIC_LABELS.items())])
    since = day("From")
    until = day("To")
    sort = picked(
        "Order",
        [
            _any("Best match, or the newest"),
            (str(Sort.NEWEST), "Newest first"),
            (str(Sort.SUPPORTED), "Most supported first"),
        ],
    )

    def offer_categories(self) -> None:
        """Every category, retired ones too: old entries have them."""
        names = sorted((category.name, str(category.id)) for category in every_category())
        self.category.choices = choices([_any("Every category"), *((id_, name) for name, id_ in names)])


def filters_from(arguments: MultiDict[str, str]) -> tuple[FilterForm, Filters]:
    """The filters in an address. `family` may stand alone, as the figures of a brief write it, or in `state`."""
    told = MultiDict(arguments)
    if family := told.get("family"):
        told["state"] = f"family:{family}"
    form = FilterForm(told)
    form.offer_categories()
    good = {name: field.data for name, field in form._fields.items() if field.validate(form)}
    for field in form._fields.values():
        field.errors = []  # what cannot be understood asks nothing, and is no error to show
    state = str(good.get("state") or "")
    category = str(good.get("category") or "")
    return form, Filters(
        kind=_word(Kind, good.get("kind")),
        category=int(category) if category.isdecimal() else None,
        family=_word(Family, state.removeprefix("family:")) if state.startswith("family:") else None,
        state=_word(State, state),
        topic=_word(Topic, good.get("topic")),
        since=good.get("since"),
        until=good.get("until"),
        words=str(good.get("words") or "")[:MOST_SIGNS].strip(),
        sort=_word(Sort, good.get("sort")),
        contributions=arguments.get("contributions") == "yes",
        upheld=arguments.get("upheld") == "yes",
    )


NO_FILTERS = frozenset({"bbox", "limit", "for", *SAYS_WHERE})


def filters_alone(arguments: MultiDict[str, str]) -> Filters:
    """The filters in an address, for an answer that shows no form: where none is asked, nothing is read for it."""
    return filters_from(arguments)[1] if arguments.keys() - NO_FILTERS else Filters()


def _word(words: Any, value: Any) -> Any:
    return words(value) if value and value in set(words) else None
