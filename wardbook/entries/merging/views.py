"""The page on which an officer or a moderator says that an entry is the same as another, and the way back."""

from __future__ import annotations

from flask import Blueprint
from flask.typing import ResponseReturnValue
from wtforms import RadioField

from wardbook.entries import queries
from wardbook.entries.keeping import asked_for, attempt, to_page
from wardbook.entries.keeping_forms import ConfirmForm
from wardbook.entries.kinds import Family
from wardbook.entries.merging import actions as merging
from wardbook.entries.merging.likeness import Alike, alike
from wardbook.entries.merging.merged import lasting
from wardbook.entries.models import Entry
from wardbook.errors import Refused
from wardbook.forms import Asking, ask, at_most, button, choices, long_text, one_of, text, ticked
from wardbook.people.signed_in import viewer
from wardbook.policy import Act, sees

bp = Blueprint("merging", __name__, url_prefix="/entries/<ref>/merge")


class MergeForm(Asking):
    """Which one it is the same as."""

    near: RadioField | None = one_of("Which one is it the same as?", (), "")
    ref = text("Or its reference", at_most(20, "The reference"), hint="For example WB-7K3QD")
    words = long_text("Why (optional)", at_most(1000, "What you say"), hint="Everybody who sees this one reads it.")
    closed_too = ticked("Merge it even though that one is closed")
    merge = button("Merge it into that one")

    def offer(self, found: list[Alike]) -> None:
        """Put in those that lie near and say something similar."""
        if not found or self.near is None:
            del self.near
            return
        self.near.choices = choices((one.entry.ref, _told(one)) for one in found)


@bp.route("", methods=["GET", "POST"])
def into(ref: str) -> ResponseReturnValue:
    """Choose another that says the same, from those near or by its reference."""
    form = MergeForm()
    entry = asked_for(ref, Act.MERGE, form)
    form.offer(_near(entry))
    if done := attempt(form, lambda: _merge(entry, form)):
        return to_page(done, f"{entry.ref} is merged into this one. Its author and those who follow it are told.")
    return ask("entries/merge.html", form, entry=entry)


def _told(one: Alike) -> str:
    entry = one.entry
    return f"{entry.title} ({entry.ref}, {one.metres:.0f} metres away): {entry.meaning.label}"


def _near(entry: Entry) -> list[Alike]:
    if entry.category is None:
        return []
    found = alike(viewer(), entry.geometry, entry.kind, entry.category, entry.title, entry.words)
    return [one for one in found if one.entry.id != entry.id]


def _merge(entry: Entry, form: MergeForm) -> Entry:
    named = form.ref.data or (form.near.data if form.near else "")
    if not named:
        raise Refused("Choose one, or enter its reference", field="near" if form.near else "ref")
    other = queries.entry(named, viewer())
    if other is None:
        raise Refused("We do not know this reference. Check it.", field="ref")
    there = lasting(other)
    closed = sees(viewer(), there) and there.meaning.family is Family.CLOSED
    if not form.closed_too.data and closed and entry.meaning.family is Family.OPEN:
        raise Refused(
            f"{there.ref} is closed: ‘{there.meaning.label}’. Tick the box if this one is to be closed with it.",
            field="closed_too",
        )
    return merging.merge(viewer(), entry, other, words=form.words.data or "", once=form.once.data)


@bp.post("/undo")
def apart(ref: str) -> ResponseReturnValue:
    """Take the merge back."""
    form = ConfirmForm()
    entry = asked_for(ref, Act.MERGE, form)
    return to_page(merging.part(viewer(), entry, words="", once=form.once.data), "It stands for itself again.")
