"""'This is mine too': what was told already is supported in place of being told again, in one press."""

from __future__ import annotations

from flask import flash, redirect, session, url_for
from flask.typing import ResponseReturnValue

from wardbook import mail
from wardbook.contributing.drafts import bp, own
from wardbook.contributing.forms import NoneOfTheseForm
from wardbook.contributing.told import alike, channel_of
from wardbook.entries import drafting, queries, support
from wardbook.entries.keeping_forms import EmailSupportForm
from wardbook.entries.merging.likeness import Alike
from wardbook.entries.models import Draft, Entry
from wardbook.errors import Forbidden, Refused
from wardbook.forms import Asking, ask
from wardbook.people.signed_in import viewer
from wardbook.policy import Act, require
from wardbook.web import or_404


@bp.post("/<draft_id>/mine/<ref>")
def mine(draft_id: str, ref: str) -> ResponseReturnValue:
    """Support one of those that sound the same: at once for somebody signed in, else by a link to their address."""
    draft = own(draft_id)
    entry = or_404(queries.entry(ref, viewer()))
    if channel_of(draft) is not None:
        raise Forbidden("You are entering this for somebody else, so it cannot count as yours.")
    if viewer().id is not None:
        return _supported(draft, entry)
    require(viewer(), Act.SUPPORT, entry)
    form = EmailSupportForm(prefix=entry.ref)
    if form.validate_on_submit():
        try:
            support.ask_for_proof(viewer(), entry, form.email.data)
            return ask("entries/support.html", form, entry=entry, sent=True, typed=True, outbox=mail.to_outbox())
        except Refused as refused:
            form.put(refused)
    return ask_which(draft, alike(draft), form)


def ask_which(draft: Draft, found: list[Alike], wrong: Asking | None = None) -> ResponseReturnValue:
    """Is it one of these? A visitor gives their address beside the one that is theirs."""
    none = NoneOfTheseForm(formdata=None, shown=" ".join(one.entry.ref for one in found))
    entered = channel_of(draft) is not None
    if entered:
        none.go_on.label.text = "Go on and enter it"
    forms = {one.entry.ref: EmailSupportForm(formdata=None, prefix=one.entry.ref) for one in found}
    if isinstance(wrong, EmailSupportForm):
        forms[wrong._prefix.rstrip("-")] = wrong
    return ask(
        "contribute/same.html", wrong or none, draft=draft, found=found, other=none, forms=forms, entered=entered
    )


def _supported(draft: Draft, entry: Entry) -> ResponseReturnValue:
    if entry.author_id == viewer().id:
        flash("You told us this yourself, so it counts already. What you had typed was not sent.")
    else:
        support.support(viewer(), entry)
        flash("You support this now. What you had typed was not sent. Follow it to hear what happens.")
    session["drafts"] = [kept for kept in session.get("drafts", []) if kept != draft.id]
    drafting.forget_drafts([draft.id])
    return redirect(url_for("entries.detail", ref=entry.ref, _anchor="support"))
