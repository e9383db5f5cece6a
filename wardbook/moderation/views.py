"""The moderators' queue, and the page of one thing with all that can be done about it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from wardbook.clock import today
from wardbook.entries import queries as entries
from wardbook.entries.holding import in_words
from wardbook.entries.kinds import Kind
from wardbook.entries.models import Category, Entry
from wardbook.entries.paging import at_from
from wardbook.entries.paging import page as page_of
from wardbook.errors import NotFound, Refused
from wardbook.forms import Asking, ask
from wardbook.moderation import actions, appeals, bans, keeping, placing, queries, redacting, settling  # noqa: F401
from wardbook.moderation import forms as asked
from wardbook.moderation.paging import First, page
from wardbook.moderation.queries import CALLED, Waits
from wardbook.moderation.shown import context_of, suggested
from wardbook.people.signed_in import viewer
from wardbook.policy import Act, may, require
from wardbook.shared import Level
from wardbook.web import number_in, or_404

bp = Blueprint("moderation", __name__)
BAN_FOR = timedelta(days=28)


def _one_of(enum: Any, word: str | None) -> Any:
    return enum(word) if word in {str(member) for member in enum} else None


@bp.get("/moderation")
def queue() -> ResponseReturnValue:
    """What waits, what was reported, asked to be edited or appealed, and what is hidden: the most pressing first."""
    require(viewer(), Act.MODERATE)
    waits, kind = _one_of(Waits, request.args.get("show")), _one_of(Kind, request.args.get("kind"))
    first = _one_of(First, request.args.get("sort")) or First.RISK
    rows = page(queries.waiting(viewer(), waits, kind), at_from(request.args), first=first)
    said = {"show": waits, "kind": kind, "sort": first if first is not First.RISK else None}
    return render_template(
        "moderation/queue.html", page=rows, beside=queries.beside(rows.rows, viewer()), counts=queries.counts(viewer()),
        everything=queries.everything(viewer()), called=CALLED, waits=waits, kind=kind, first=first,
        usual=queries.usual_wait(), in_words=in_words, bans=bans.all_in_force(), appeals=appeals.waiting(),
        asked={name: str(value) for name, value in said.items() if value},
        lately=page_of(entries.lately(viewer()), size=20),
    )  # fmt: skip


# --- one thing ---------------------------------------------------------------------------------------------------


def _entry(ref: str) -> Entry:
    """The entry, where moderators have to do with it: what is private is nobody's business."""
    entry = or_404(entries.entry(ref, viewer()))
    if entry.level is Level.PRIVATE:
        raise NotFound
    return entry


@bp.get("/moderation/<ref>")
def one(ref: str) -> ResponseReturnValue:
    """Everything that is needed to decide about one thing."""
    entry = _entry(ref)
    require(viewer(), Act.MODERATE)
    return _page(entry)


def _page(entry: Entry, *, overtaken: bool = False, **shown: Asking) -> ResponseReturnValue:
    """The page, with a form as it was sent where it could not be taken."""
    forms = _forms(entry) | shown
    for form in forms.values():
        if isinstance(form, asked.Decision):
            form.seen.data = str(settling.last_step(entry))
    forms["publish"].edition.data = str(entry.edition)
    wrong = next((form for form in shown.values() if form.errors), forms["leave"])
    return ask(
        "moderation/one.html", wrong, entry=entry, forms=forms, overtaken=overtaken, **context_of(entry, viewer()),
        may_ban=entry.author is not None and may(viewer(), Act.BAN, entry.author),
    )  # fmt: skip


def _forms(entry: Entry) -> dict[str, Any]:
    """Every form of the page, empty but for what is known already."""
    move = asked.MoveForm(formdata=None, prefix="move")
    split = asked.SplitForm(formdata=None, prefix="split", data={"words": entry.words, "take_out": True})
    for form in (move, split):
        asked.offer_categories(form, entry)
    return {
        "publish": asked.PublishForm(formdata=None),
        "leave": asked.LeaveForm(formdata=None, prefix="leave"),
        "restore": asked.RestoreForm(formdata=None, prefix="restore"),
        "hide": asked.HideForm(formdata=None, prefix="hide"),
        "ask": asked.AskForm(formdata=None, prefix="ask"),
        "redact": asked.RedactForm(formdata=None, prefix="redact", data={"pieces": suggested(entry)}),
        "move": move,
        "split": split,
        "ban": asked.BanForm(formdata=None, prefix="ban", data={"last_day": today() + BAN_FOR}),
        "lift": asked.LiftForm(formdata=None, prefix="lift"),
    }


def _done(said: str) -> ResponseReturnValue:
    flash(said)
    return redirect(url_for("moderation.queue"))


def _decide(
    ref: str, act: Act, name: str, form: asked.Decision, deed: Callable[[Entry], object], said: str
) -> ResponseReturnValue:
    """Take one decision, or show the page again with what was typed and why it could not be taken."""
    entry = _entry(ref)
    if isinstance(form, asked.MoveForm | asked.SplitForm):
        asked.offer_categories(form, entry)
    try:
        if not settling.begin(viewer(), act, entry, seen=form.seen_step(), once=form.once.data):
            return _done(said.format(ref=entry.ref))
        if form.validate_on_submit():
            deed(entry)
            return _done(said.format(ref=entry.ref))
    except settling.Overtaken as refused:
        form.form_errors.append(refused.sentence)
        return _page(entry, overtaken=True, **{name: form})
    except Refused as refused:
        form.put(refused)
    return _page(entry, **{name: form})


@bp.post("/entries/<ref>/pass")
def let_through(ref: str) -> ResponseReturnValue:
    """Publish what waited for a moderator."""
    form = asked.PublishForm()

    def deed(entry: Entry) -> None:
        actions.let_through(
            viewer(), entry, edition=form.edition.data or "", seen=form.seen_step(), once=form.once.data
        )

    return _decide(ref, Act.PASS, "publish", form, deed, "{ref} is published. Its author is told.")


@bp.post("/entries/<ref>/leave")
def leave(ref: str) -> ResponseReturnValue:
    """Say that it was read and stays as it is."""
    form = asked.LeaveForm(prefix="leave")

    def deed(entry: Entry) -> None:
        actions.leave(viewer(), entry, seen=form.seen_step(), once=form.once.data)

    return _decide(ref, Act.LEAVE, "leave", form, deed, "{ref} stays as it is. Its author is told.")


@bp.post("/entries/<ref>/hide")
def hide(ref: str) -> ResponseReturnValue:
    """Take it out of sight."""
    form = asked.HideForm(prefix="hide")

    def deed(entry: Entry) -> None:
        actions.hide(viewer(), entry, reason=form.reason.data, seen=form.seen_step(), once=form.once.data)

    return _decide(ref, Act.HIDE, "hide", form, deed, "{ref} is hidden. Its author is told the reason.")


@bp.post("/entries/<ref>/restore")
def restore(ref: str) -> ResponseReturnValue:
    """Bring it back into sight."""
    form = asked.RestoreForm(prefix="restore")

    def deed(entry: Entry) -> None:
        actions.restore(viewer(), entry, seen=form.seen_step(), once=form.once.data)

    return _decide(ref, Act.RESTORE, "restore", form, deed, "{ref} is back where it was. Its author is told.")


@bp.post("/entries/<ref>/ask-to-edit")
def ask_to_edit(ref: str) -> ResponseReturnValue:
    """Ask its author to change something."""
    form = asked.AskForm(prefix="ask")

    def deed(entry: Entry) -> None:
        actions.ask_to_edit(viewer(), entry, reason=form.reason.data, seen=form.seen_step(), once=form.once.data)

    return _decide(ref, Act.ASK_TO_EDIT, "ask", form, deed, "The author of {ref} is asked to edit it.")


@bp.post("/entries/<ref>/redact")
def redact(ref: str) -> ResponseReturnValue:
    """Remove words from it."""
    form = asked.RedactForm(prefix="redact")

    def deed(entry: Entry) -> None:
        redacting.redact(
            viewer(), entry, form.pieces.data or [], reason=form.reason.data, seen=form.seen_step(),
            once=form.once.data,
        )  # fmt: skip

    return _decide(ref, Act.REDACT, "redact", form, deed, "The words are removed from {ref}. Its author is told why.")


def _category(field: Any) -> Category | None:
    number = number_in(str(field.data or ""))
    return next((one for one in entries.every_category() if one.id == number), None)


@bp.post("/entries/<ref>/move")
def move(ref: str) -> ResponseReturnValue:
    """Put it in its right place, or under its right category."""
    form = asked.MoveForm(prefix="move")

    def deed(entry: Entry) -> None:
        placing.move(
            viewer(), entry, where=form.where.data or "", category=_category(form.category), reason=form.reason.data,
            seen=form.seen_step(), once=form.once.data,
        )  # fmt: skip

    return _decide(ref, Act.MOVE, "move", form, deed, "{ref} is moved. Its author is told.")


@bp.post("/entries/<ref>/split")
def split(ref: str) -> ResponseReturnValue:
    """Make two of it."""
    form = asked.SplitForm(prefix="split")

    def deed(entry: Entry) -> None:
        part = placing.Part(form.title.data, form.words.data, _category(form.category), bool(form.take_out.data))
        placing.split(viewer(), entry, part, seen=form.seen_step(), once=form.once.data)

    return _decide(ref, Act.SPLIT, "split", form, deed, "{ref} is two now. Its author is told.")


@bp.post("/entries/<ref>/looking")
def looking(ref: str) -> ResponseReturnValue:
    """Let other moderators know that one is looking at it."""
    entry = _entry(ref)
    actions.look(viewer(), entry)
    return redirect(url_for("moderation.one", ref=entry.ref))


@bp.post("/entries/<ref>/ban-author")
def ban(ref: str) -> ResponseReturnValue:
    """Keep its author from contributing for a while."""
    entry = _entry(ref)
    require(viewer(), Act.MODERATE)
    person, form = or_404(entry.author), asked.BanForm(prefix="ban")
    require(viewer(), Act.BAN, person)
    if form.validate_on_submit():
        try:
            bans.ban(viewer(), person, last_day=form.last_day.data, reason=form.reason.data, once=form.once.data)
            return _done("They may not contribute for now. They are told why.")
        except Refused as refused:
            form.put(refused)
    return _page(entry, ban=form)


@bp.post("/entries/<ref>/lift-ban")
def lift_ban(ref: str) -> ResponseReturnValue:
    """Let its author contribute again."""
    entry, form = _entry(ref), asked.LiftForm(prefix="lift")
    require(viewer(), Act.MODERATE)
    bans.lift(viewer(), or_404(entry.author), once=form.once.data)
    return _done("They may contribute again. They are told.")
