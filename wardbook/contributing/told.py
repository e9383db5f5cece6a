"""What a draft tells so far, read from what was typed: right or wrong, and what is still to be asked."""

from __future__ import annotations

from datetime import date

from wardbook.clock import today
from wardbook.entries import queries
from wardbook.entries.kinds import CONTRIBUTIONS, ENTERED, Channel, Kind
from wardbook.entries.merging import likeness
from wardbook.entries.models import Category, Draft
from wardbook.entries.questions import Question, questions_of
from wardbook.errors import Refused
from wardbook.people.signed_in import person, viewer
from wardbook.places.examples import point_help
from wardbook.places.find import Spot, spot
from wardbook.shared import Level
from wardbook.web import number_in


def readable_spot(draft: Draft) -> Spot | None:
    try:
        return spot(draft.answers.get("spot") or "")
    except Refused:
        return None


def only_ward(draft: Draft) -> bool:
    """Whether the spot is still the one that stands for the ward somebody chose."""
    return bool(draft.answers.get("somewhere")) and draft.answers.get("spot") == draft.answers["somewhere"]


def kind_of(draft: Draft) -> Kind | None:
    """The kind that was chosen, where one was: what was typed is kept even where it is none."""
    told = draft.answers.get("kind")
    return Kind(told) if told in CONTRIBUTIONS else None


def until_of(draft: Draft) -> date | None:
    told = draft.answers.get("lapses_on")
    return date.fromisoformat(told) if told else None


def category_of(draft: Draft) -> Category | None:
    kind, chosen = kind_of(draft), number_in(str(draft.answers.get("category")))
    return queries.category(chosen, kind) if kind and chosen is not None else None


def questions(draft: Draft) -> list[Question]:
    """What the chosen category asks beside the words."""
    category = category_of(draft)
    return questions_of(category.questions) if category else []


def asks_more(draft: Draft) -> bool:
    """Whether the chosen category has questions that were not asked yet."""
    return bool(questions(draft)) and str(draft.answers.get("more_of")) != str(draft.answers.get("category"))


def channel_of(draft: Draft) -> Channel | None:
    """By what channel somebody told staff, where it is entered for them."""
    told = draft.answers.get("channel")
    return Channel(told) if told in ENTERED else None


def may_contact(draft: Draft) -> str:
    """Who sees how to reach its author: officers who see it, the ward's councillors where the author said so."""
    told = draft.answers
    if channel_of(draft) and not told.get("email"):
        return ""
    councillors = "councillors for the ward" if told.get("contact_shared") else ""
    officers = "officers" if told.get("level") != Level.WARD else ""
    return " and ".join(filter(None, (officers, councillors))).capitalize() or "Nobody"


def alike(draft: Draft) -> list[likeness.Alike]:
    """What looks the same and was not yet said to be something else."""
    pin, kind, category = readable_spot(draft), kind_of(draft), category_of(draft)
    if pin is None or kind is None or category is None:
        return []
    told, declined = draft.answers, draft.answers.get("not_same", [])
    found = likeness.alike(viewer(), pin.point, kind, category, told.get("title") or "", told.get("words") or "")
    return [one for one in found if one.entry.ref not in declined]


def read_spot(words: str) -> Spot:
    found = spot(words)
    if found is None:
        raise Refused(f"We cannot read '{words[:60]}' as one spot. {point_help()}", field="spot")
    return found


def unanswered(draft: Draft) -> str | None:
    """The first page that is not answered, or not rightly."""
    right, category = draft.answers.get("right", []), category_of(draft)
    if "spot" not in right or readable_spot(draft) is None:
        return "where"
    if "kind" not in right or kind_of(draft) is None:
        return "kind"
    if "what" not in right or category is None or category.emergency or _stale(draft):
        return "what"
    if asks_more(draft):
        return "more"
    nobody = person() is None and not draft.answers.get("email") and channel_of(draft) is None
    return "who" if "who" not in right or nobody else None


def _stale(draft: Draft) -> bool:
    """Whether a draft was left until the day of its offer had passed, or became an offer after it was said."""
    until = until_of(draft)
    return kind_of(draft) is Kind.OFFER and (until is None or until < today())
