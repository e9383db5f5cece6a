"""Photos of a draft: each kept as it comes, so that no later mistake loses it, and each asked about by itself."""

from __future__ import annotations

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from wardbook.contributing.drafts import back_from, bp, go_on, goes_back, is_own, own, sent_already
from wardbook.db import transaction
from wardbook.entries.photographs import photos
from wardbook.entries.photographs.adding import change_draft_photos, read_uploads
from wardbook.entries.photographs.forms import (
    is_wrong,
    photos_form,
    sent_files,
    shown_again,
    stays,
    tell_what_was_done,
)
from wardbook.forms import ask
from wardbook.web import or_404


@bp.route("/<draft_id>/photos", methods=["GET", "POST"], endpoint="photos")
def add_photos(draft_id: str) -> ResponseReturnValue:
    """Photos, if there are any, and what each shows. The good ones are kept though another cannot be."""
    is_theirs = request.method == "POST" and is_own(draft_id)
    uploads = read_uploads(sent_files()) if is_theirs else []
    draft = own(draft_id)
    if gone := sent_already(draft):
        return gone
    form = photos_form(draft.photos)
    if not form.is_submitted():
        return ask("contribute/photos.html", form, draft=draft)
    form.validate()
    with transaction():
        draft = own(draft_id)
        outcome = change_draft_photos(draft, form.changes(draft.photos, uploads))
    draft = own(draft_id)
    tell_what_was_done(outcome)
    if is_wrong(form, outcome):
        answer = ask("contribute/photos.html", shown_again(form, outcome, draft.photos), draft=draft)
    elif goes_back():
        answer = back_from(draft, "photos")
    elif stays(form, outcome):
        answer = redirect(url_for(".photos", draft_id=draft.id))
    else:
        answer = go_on(draft, "photos")
    return answer


@bp.get("/<draft_id>/photos/<key>/<size>.jpg")
def draft_photo(draft_id: str, key: str, size: str) -> ResponseReturnValue:
    """A photo of a draft, for the browser that sent it."""
    draft = own(draft_id)
    found = next((photo for photo in draft.photos if photo.key == key), None)
    return photos.answer(or_404(found).key, size)
