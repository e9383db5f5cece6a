"""What somebody has typed so far: kept under their browser's own draft, from page to page."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from flask import Blueprint, flash, redirect, request, session, url_for
from flask.typing import ResponseReturnValue

from wardbook.contributing.proofs import check_sender, key_of, takes_up
from wardbook.contributing.told import alike, asks_more, channel_of, questions, unanswered
from wardbook.db import hold, is_writing, now, transaction
from wardbook.entries import drafting, queries
from wardbook.entries.kinds import KINDS, Kind
from wardbook.entries.models import Draft
from wardbook.errors import NotFound
from wardbook.people.signed_in import viewer
from wardbook.policy import Act, require

bp = Blueprint("contribute", __name__, url_prefix="/contribute")
bp.before_request(check_sender)
OPEN_TO_THE_BANNED = {"contribute.sent", "contribute.confirm", "contribute.send_again", "contribute.confirm_own"}
"""Pages of what was told already; whose link a confirmation has is asked there"""


@bp.before_request
def refuse_the_banned() -> None:
    """Whom a moderator has stopped from contributing is told so before they type anything."""
    if viewer().banned_until is not None and request.endpoint not in OPEN_TO_THE_BANNED:
        require(viewer(), Act.CONTRIBUTE, KINDS[Kind.ISSUE].by)


bp.add_app_template_global(key_of, "draft_key")
bp.add_app_template_global(channel_of)
STEPS = ("spot", "kind", "what", "more", "photos", "who", "check")
PAGES = {"spot": "where"}
"""What a step's page is called, where it is not called like the step"""
MOST_DRAFTS = 5
KEPT_FOR = timedelta(days=1)
GONE = (
    "What was begun here is kept for a day, in the browser in which it was begun. It is not here. You can begin anew "
    "at 'Tell us something'."
)


def start_anew(page: str = ".where", **answers: object) -> ResponseReturnValue:
    """Begin a draft, and go on to its first page."""
    draft = drafting.start_draft()
    drafting.answer(draft, began=now().isoformat(), **answers)
    claim(draft)
    adopt(draft.id)
    return redirect(url_for(page, draft_id=draft.id))


def adopt(draft_id: str) -> None:
    """Let this browser go on with a draft."""
    others = [other for other in session.get("drafts", []) if other != draft_id]
    session["drafts"] = [*others[1 - MOST_DRAFTS :], draft_id]
    session.permanent = True


def claim(draft: Draft) -> None:
    """Keep who, signed in, began a draft or went on with it: it is in their copy and goes with them. What is entered
    for somebody else is not of who enters it.
    """
    if viewer().id is not None and not {"by", "channel"} & draft.answers.keys():
        draft.answers = draft.answers | {"by": viewer().id}


def is_own(draft_id: str) -> bool:
    """Whether this browser began a draft, or sends the form of a page that it was given when it had."""
    return draft_id in session.get("drafts", []) or takes_up(draft_id)


def own(draft_id: str) -> Draft:
    """The draft, if it is this browser's."""
    if not is_own(draft_id):
        raise NotFound(GONE)
    if draft_id not in session.get("drafts", []):
        adopt(draft_id)
    draft = queries.draft(draft_id)
    if draft is None or _is_anothers(draft):
        raise NotFound(GONE)
    hold(draft)
    if is_writing():
        claim(draft)
    return draft


def _is_anothers(draft: Draft) -> bool:
    """Whether somebody else went on with it, signed in at this browser before."""
    return viewer().id is not None and draft.answers.get("by", viewer().id) != viewer().id


def begun() -> Sequence[Draft]:
    """What this browser began within a day and has not sent, the latest first."""
    found = [queries.draft(draft_id) for draft_id in session.get("drafts", [])]
    mine = [draft for draft in found if draft is not None and not _is_anothers(draft)]
    open_ = [draft for draft in mine if not draft.answers.get("sent") and draft.changed_at > now() - KEPT_FOR]
    return sorted(open_, key=lambda draft: draft.changed_at, reverse=True)


def keep(draft_id: str, step: str, **answers: object) -> Draft:
    """Keep what was typed, right or wrong, in a transaction of its own: a refresh does not lose it."""
    with transaction():
        draft = own(draft_id)
        drafting.answer(draft, right=[done for done in draft.answers.get("right", []) if done != step], **answers)
    return own(draft_id)


# --- from page to page -------------------------------------------------------------------------------------------


def steps(draft: Draft) -> list[str]:
    """The steps of a draft in their order: photos first where somebody began with them, no questions where none are."""
    found = [step for step in STEPS if step != "more" or questions(draft)]
    if draft.answers.get("photo_first"):
        found = ["photos", *(step for step in found if step != "photos")]
    return found


def page_of(draft: Draft, step: str) -> str:
    """The address of a step's page."""
    return url_for(f"contribute.{PAGES.get(step, step)}", draft_id=draft.id)


@bp.app_template_global()
def page_before(draft: Draft, step: str) -> str:
    """The address of the page before a step's."""
    order = steps(draft)
    at = order.index(step) if step in order else order.index("what") + 1
    if at:
        return page_of(draft, order[at - 1])
    return url_for("contribute.start") if step == "photos" else url_for("contribute.find", draft_id=draft.id)


@bp.app_template_global()
def page_after(draft: Draft, step: str) -> str:
    """The address of the page after a step's, for who passes it over."""
    order = steps(draft)
    following = order[order.index(step) + 1]
    is_found = following != "spot" or draft.answers.get("spot")
    return page_of(draft, following) if is_found else url_for("contribute.find", draft_id=draft.id)


def goes_back() -> bool:
    """Whether 'Back' was pressed: what is typed is kept as it is, right or wrong."""
    return request.form.get("back") == "yes"


def back_from(draft: Draft, step: str) -> ResponseReturnValue:
    """To the page before."""
    return redirect(page_before(draft, step))


def go_on(draft: Draft, step: str) -> ResponseReturnValue:
    """This page is right: on to the next, or back to the check where somebody came to change one answer."""
    right = {*draft.answers.get("right", []), step}
    drafting.answer(draft, right=sorted(right))
    if step in {"spot", "what"} and alike(draft):
        return redirect(url_for(".same", draft_id=draft.id))
    return after(draft, step)


def after(draft: Draft, step: str) -> ResponseReturnValue:
    """On to the page after a step's."""
    right = draft.answers.get("right", [])
    told_all = "who" in right and step != "kind" and (step == "more" or not asks_more(draft))
    return redirect(page_of(draft, "check") if told_all else page_after(draft, step))


def sent_already(draft: Draft) -> ResponseReturnValue | None:
    """What was sent is not told again in another tab: on to what became of it."""
    if not draft.answers.get("sent"):
        return None
    if request.method == "POST":
        flash("You sent this already, so what you typed now was not added. You can edit it on its page.")
    return redirect(url_for("contribute.sent", draft_id=draft.id))


@bp.app_template_global()
def carry_on(draft: Draft) -> str:
    """The address of the page at which somebody goes on with what they began."""
    if draft.answers.get("photo_first") and not draft.photos and "spot" not in draft.answers.get("right", []):
        return page_of(draft, "photos")
    missing = unanswered(draft)
    if missing == "where" and not draft.answers.get("spot"):
        return url_for("contribute.find", draft_id=draft.id)
    return url_for(f"contribute.{missing or 'check'}", draft_id=draft.id)
