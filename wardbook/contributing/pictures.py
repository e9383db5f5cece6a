"""Photos of a draft: each kept as it comes, so that no later mistake loses it."""

from __future__ import annotations

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from wardbook.contributing.drafts import (
    bp,
    go_on,
    is_own,
    own,
    sent_already,
)
from wardbook.contributing.forms import (
    PhotosForm,
)
from wardbook.entries import actions, photos
from wardbook.errors import Refused
from wardbook.forms import ask
from wardbook.web import or_404


@bp.route("/<draft_id>/photos", methods=["GET", "POST"], endpoint="photos")
def add_photos(draft_id: str) -> ResponseReturnValue:
    """Photos, if there are any; each is kept as it comes, so that no later mistake loses it."""
    problem: Refused | None = None
    prepared: list[photos.Prepared] = []
    if request.method == "POST" and is_own(draft_id):
        try:
            prepared = photos.prepare_each(sent.read(photos.MOST_BYTES + 1) for sent in request.files.getlist("photo"))
        except Refused as refused:
            problem = refused
    draft = own(draft_id)
    if gone := sent_already(draft):
        return gone
    form = PhotosForm()
    if form.validate_on_submit():
        if problem is None and len(draft.photos) + len(prepared) > photos.MOST_PHOTOS:
            problem = Refused("Add up to 6 photos. Remove one first.", field="photo")
        if problem is None:
            for one in prepared:
                photos.keep(one, alt=form.alt.data or "", draft_id=draft.id)
            return go_on(draft, "photos")
        form.put(problem)
    return ask("contribute/photos.html", form, draft=draft)


@bp.post("/<draft_id>/photos/<key>/remove")
def remove_photo(draft_id: str, key: str) -> ResponseReturnValue:
    """Take a photo away again."""
    draft = own(draft_id)
    gone = actions.remove_draft_photos(draft, key)
    return photos.forget_after(redirect(url_for(".photos", draft_id=draft.id)), gone)


@bp.get("/<draft_id>/photos/<key>/<size>.jpg")
def draft_photo(draft_id: str, key: str, size: str) -> ResponseReturnValue:
    """A photo of a draft, for the browser that sent it."""
    draft = own(draft_id)
    found = next((photo for photo in draft.photos if photo.key == key), None)
    return photos.answer(or_404(found).key, size)
