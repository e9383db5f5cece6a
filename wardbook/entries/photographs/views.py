"""The pages of an entry's photos: its author adds to them and says what they show, a moderator blacks out a part."""

from __future__ import annotations

import io

from flask import Blueprint, flash, make_response, redirect, request, send_file, session, url_for
from flask.typing import ResponseReturnValue

from wardbook.db import transaction
from wardbook.entries import holding, queries
from wardbook.entries.models import Entry, Photo
from wardbook.entries.photographs import blacking_out, photos
from wardbook.entries.photographs.adding import Outcome, change_photos, read_uploads
from wardbook.entries.photographs.developing import Box, covered
from wardbook.entries.photographs.forms import (
    MOST_BOXES,
    BlackOutForm,
    PhotosForm,
    UncoverForm,
    boxes_in,
    in_address,
    is_wrong,
    photos_form,
    sent_files,
    shown_again,
    stays,
    tell_what_was_done,
)
from wardbook.errors import NotFound, Refused
from wardbook.events import done_already
from wardbook.forms import ask
from wardbook.people.signed_in import viewer
from wardbook.policy import Act, require
from wardbook.shared import Standing
from wardbook.web import or_404

bp = Blueprint("photos", __name__, url_prefix="/entries/<ref>/photos")


# --- its author ---------------------------------------------------------------------------------------------------


@bp.route("", methods=["GET", "POST"])
def change(ref: str) -> ResponseReturnValue:
    """Add photos, take some away, say what each shows. The good ones are kept though another cannot be."""
    uploads = read_uploads(sent_files()) if request.method == "POST" and "_user_id" in session else []
    entry = or_404(queries.entry(ref, viewer()))
    require(viewer(), Act.EDIT, entry)
    form = photos_form(entry.photos)
    if not form.is_submitted():
        return _photos_page(entry, form)
    form.validate()
    with transaction():
        entry = or_404(queries.entry(ref, viewer()))
        outcome = change_photos(viewer(), entry, form.changes(entry.photos, uploads))
    entry = or_404(queries.entry(ref, viewer()))
    if is_wrong(form, outcome):
        tell_what_was_done(outcome)
        return _photos_page(entry, shown_again(form, outcome, entry.photos))
    return _done(entry, form, outcome)


def _photos_page(entry: Entry, form: PhotosForm) -> ResponseReturnValue:
    return ask("entries/photos.html", form, entry=entry, moderated=holding.by_category(entry))


def _done(entry: Entry, form: PhotosForm, outcome: Outcome) -> ResponseReturnValue:
    waits = entry.standing is Standing.PENDING
    tell_what_was_done(outcome, "A moderator looks at it first." if waits else "")
    return redirect(url_for(".change" if stays(form, outcome) else "entries.detail", ref=entry.ref))


# --- a moderator --------------------------------------------------------------------------------------------------


@bp.route("/<key>/black-out", methods=["GET", "POST"])
def black_out(ref: str, key: str) -> ResponseReturnValue:
    """Cover faces, number plates and whatever else must not be seen, for everybody and for good."""
    entry, form = _for_moderators(ref), BlackOutForm()
    if form.is_submitted() and done_already(form.once.data):
        return _to_entry(entry, "That part of the photo is black.")
    photo = _photo(entry, key)
    if photo.key != key:
        flash(blacking_out.OVERTAKEN)
        return redirect(url_for(".black_out", ref=entry.ref, key=photo.key))
    boxes = _boxes(form) if form.validate_on_submit() else []
    if boxes and not form.look.data:
        try:
            words, once = form.reason.data or "", form.once.data
            gone = blacking_out.black_out(viewer(), entry, photo, boxes, reason=words, once=once)
            there = _to_entry(entry, "That part of the photo is black. Its author is told why.")
            return photos.stop_serving_after(make_response(there), gone)
        except Refused as refused:
            form.put(refused)
    return _black_out_page(entry, photo, form, boxes)


def _for_moderators(ref: str) -> Entry:
    entry = or_404(queries.entry(ref, viewer()))
    require(viewer(), Act.REDACT_PHOTO, entry)
    return entry


def _photo(entry: Entry, key: str) -> Photo:
    """The photo with a key; or that had it, until a part of it was blacked out."""
    found = [photo for photo in entry.photos if key in photos.keys_of([photo])]
    return or_404(found[0] if found else None)


def _to_entry(entry: Entry, said: str) -> ResponseReturnValue:
    flash(said)
    return redirect(url_for("entries.detail", ref=entry.ref))


def _boxes(form: BlackOutForm) -> list[Box]:
    try:
        return boxes_in(form.boxes.data)
    except Refused as refused:
        form.put(refused)
        return []


def _black_out_page(entry: Entry, photo: Photo, form: BlackOutForm, boxes: list[Box]) -> ResponseReturnValue:
    return ask(
        "entries/black_out.html", form, entry=entry, photo=photo, boxes=in_address(boxes), uncover=UncoverForm(),
        number=[one.id for one in entry.photos].index(photo.id) + 1, most=MOST_BOXES,
        kept_until=blacking_out.kept_until(photo),
    )  # fmt: skip


@bp.get("/<key>/preview.jpg")
def preview(ref: str, key: str) -> ResponseReturnValue:
    """How it would be with these parts black: `?boxes=10,20,15,8;...`. Nothing is changed."""
    photo = _photo(_for_moderators(ref), key)
    try:
        boxes = boxes_in(request.args.get("boxes", "").replace(";", "\n"))
        large = photos.path(photo.key, "large").read_bytes()
        black = covered(large, boxes)
    except (Refused, OSError):
        raise NotFound from None
    return send_file(io.BytesIO(black), mimetype="image/jpeg"), {"Cache-Control": "private, no-store"}


@bp.get("/<key>/original.jpg")
def original(ref: str, key: str) -> ResponseReturnValue:
    """What it was before, to compare: this is the one address that sends it."""
    photo = _photo(_for_moderators(ref), key)
    return photos.answer_original(or_404(photo.original).key)


@bp.post("/<key>/uncover")
def uncover(ref: str, key: str) -> ResponseReturnValue:
    """Show it as it was sent again, for as long as that is kept."""
    entry, form = _for_moderators(ref), UncoverForm()
    if done_already(form.once.data):
        return _to_entry(entry, "The photo is shown as it was sent.")
    blacking_out.uncover(viewer(), entry, _photo(entry, key), once=form.once.data)
    return _to_entry(entry, "The photo is shown as it was sent.")
