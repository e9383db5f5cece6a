"""What somebody has typed so far: kept under their browser's own draft, from page to page."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, redirect, session, url_for
from flask.typing import ResponseReturnValue

from wardbook.clock import today
from wardbook.db import hold, now, transaction
from wardbook.entries import actions, likeness, photos, queries
from wardbook.entries.kinds import CONTRIBUTIONS, Kind
from wardbook.entries.models import Category, Draft
from wardbook.errors import NotFound, Refused
from wardbook.people.signed_in import person, viewer
from wardbook.places.examples import point_help
from wardbook.places.find import Spot, spot
from wardbook.web import number_in, or_404

bp = Blueprint("contribute", __name__, url_prefix="/contribute")
STEPS = ("spot", "kind", "what", "photos", "who", "check")


def start_anew(**answers: object) -> ResponseReturnValue:
    old = actions.sweep_drafts()
    draft = actions.start_draft()
    actions.answer(draft, began=now().isoformat(), **answers)
    session["drafts"] = [*session.get("drafts", [])[-4:], draft.id]
    session.permanent = True
    return photos.forget_after(redirect(url_for(".where", draft_id=draft.id)), old)


def own(draft_id: str) -> Draft:
    """The draft, if this browser began it."""
    if draft_id not in session.get("drafts", []):
        raise NotFound
    draft = or_404(queries.draft(draft_id))
    hold(draft)
    return draft


def keep(draft_id: str, step: str, **answers: object) -> Draft:
    """Keep what was typed, right or wrong, in a transaction of its own: a refresh does not lose it."""
    with transaction():
        draft = own(draft_id)
        actions.answer(draft, right=[done for done in draft.answers.get("right", []) if done != step], **answers)
    return own(draft_id)


def go_on(draft: Draft, step: str) -> ResponseReturnValue:
    """This page is right: on to the next, or back to the check where somebody came to change one answer."""
    right = {*draft.answers.get("right", []), step}
    actions.answer(draft, right=sorted(right))
    if step in {"spot", "what"} and alike(draft):
        return redirect(url_for(".same", draft_id=draft.id))
    return after(draft, step)


def after(draft: Draft, step: str) -> ResponseReturnValue:
    told_all = "who" in draft.answers.get("right", []) and step != "kind"
    following = "check" if told_all else STEPS[STEPS.index(step) + 1]
    return redirect(url_for(f".{'where' if following == 'spot' else following}", draft_id=draft.id))


def readable_spot(draft: Draft) -> Spot | None:
    try:
        return spot(draft.answers.get("spot") or "")
    except Refused:
        return None


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
    right = draft.answers.get("right", [])
    if "spot" not in right or readable_spot(draft) is None:
        return "where"
    if "kind" not in right or kind_of(draft) is None:
        return "kind"
    if "what" not in right or category_of(draft) is None or _stale(draft):
        return "what"
    return "who" if "who" not in right or (person() is None and not draft.answers.get("email")) else None


def _stale(draft: Draft) -> bool:
    """Whether a draft was left until the day of its offer had passed, or became an offer after it was said."""
    until = until_of(draft)
    return kind_of(draft) is Kind.OFFER and (until is None or until < today())
