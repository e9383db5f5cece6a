"""What is asked of photos: new ones, what each of them shows, and which part of one is blacked out."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator, Sequence
from typing import Any, Final, cast

from flask import flash, request
from wtforms import HiddenField

from wardbook.entries.models import Photo
from wardbook.entries.photographs.adding import Changes, Outcome, Upload
from wardbook.entries.photographs.developing import Box
from wardbook.entries.photographs.photos import MOST_ALT, MOST_BYTES
from wardbook.errors import Refused
from wardbook.forms import Asking, at_most, button, files, long_text, needed, text
from wardbook.web import number_in

MOST_BOXES: Final = 20
FOR_THEM = "For people who cannot see it. For example: a high kerb at the crossing by the library door"
A_BOX: Final = re.compile(r"(\d{1,3}(?:\.\d{1,6})?)\s*%?")
BETWEEN: Final = re.compile(r"[\s,;]+")


class PhotosForm(Asking):
    """New photos, and beside them a field for each that is there: `photos_form` puts those in."""

    photo = files("Add photos (optional)", hint="Up to 6, each smaller than 15 MB: JPEG, PNG, WebP or HEIC.")
    add = button("Add these photos")
    go_on = button("Continue")
    remove = HiddenField()

    def field_of(self, photo: Photo) -> Any:
        """The field that asks what a photo shows."""
        return self[f"alt_{photo.id}"]

    def changes(self, photos: Sequence[Photo], uploads: Sequence[Upload]) -> Changes:
        """What is to be done: what is wrong in a field changes nothing, nor does what another tab added meanwhile."""
        asked = {photo.id: self.field_of(photo) for photo in photos if f"alt_{photo.id}" in self}
        alts = {id_: field.data or "" for id_, field in asked.items() if not field.errors}
        return Changes(uploads, alts, number_in(self.remove.data or ""), self.once.data)


def photos_form(photos: Sequence[Photo]) -> PhotosForm:
    """The form for these photos: each has a field of its own for what it shows."""
    alone = len(photos) == 1
    asked = {
        f"alt_{photo.id}": text(
            f"What does {'the photo' if alone else f'photo {number}'} show? (optional)",
            at_most(MOST_ALT, "What you say"), hint=FOR_THEM if number == 1 else "", default=photo.alt,
        )
        for number, photo in enumerate(photos, start=1)
    }  # fmt: skip
    return cast(PhotosForm, type("PhotosFormOfThese", (PhotosForm,), asked)())


def is_wrong(form: PhotosForm, outcome: Outcome) -> bool:
    """Whether the form is shown again with what could not be done; what could be is done."""
    return bool(form.errors or outcome.problems or (form.add.data and not outcome.photos and not outcome.gone))


def shown_again(form: PhotosForm, outcome: Outcome, photos: Sequence[Photo]) -> PhotosForm:
    """The form for another try, with what was wrong. Its token is new: what is sent next is something else."""
    again = photos_form(photos)
    again.validate()
    again.once.data = secrets.token_urlsafe(18)
    if outcome.problems:
        again.put(Refused(" ".join(outcome.problems), field="photo"))
    elif not form.errors:
        again.put(Refused("Choose a photo, or continue without one.", field="photo"))
    return again


def stays(form: PhotosForm, outcome: Outcome) -> bool:
    """Whether there is more to do on the page: to say what the new ones show, or to add others."""
    return bool(outcome.added or outcome.gone or form.add.data)


def tell_what_was_done(outcome: Outcome, also: str = "") -> None:
    """Say what was done on the page that comes next."""
    said = []
    if outcome.added:
        several = outcome.added > 1
        said.append(f"{outcome.added} photos are added. Say what each shows." if several else "The photo is added.")
    if outcome.gone:
        said.append("The photo is removed.")
    elif outcome.altered and not outcome.added:
        said.append("What your photos show is saved.")
    if said:
        flash(" ".join([*said, *outcome.notes, *([also] if also else [])]))


def sent_files() -> Iterator[tuple[str, bytes]]:
    """The name and the content of each file that was sent, one after the other, none further than a photo may go."""
    return ((sent.filename or "", sent.read(MOST_BYTES + 1)) for sent in request.files.getlist("photo"))


class BlackOutForm(Asking):
    """Which parts of a photo nobody is to see, and why."""

    boxes = long_text(
        "Rectangles",
        needed("Enter at least one rectangle"),
        at_most(2000, "What you enter"),
        hint="One a line, at most 20: left, top, width and height in percent of the photo. For example: 10, 20, 15, 8",
    )
    reason = long_text(
        "Why?", at_most(500, "The reason"), hint="Its author is told, and whoever sees it reads this. Name nobody."
    )
    look = button("Look at it first")
    cover = button("Black it out")


class UncoverForm(Asking):
    """Show a photo as it was sent again."""

    uncover = button("Show it as it was sent")


def boxes_in(words: str) -> list[Box]:
    """The rectangles somebody typed, one a line. Raises Refused with the line that cannot be read."""
    lines = [line for line in words.splitlines() if line.strip()]
    if not lines:
        raise Refused("Enter at least one rectangle", field="boxes")
    if len(lines) > MOST_BOXES:
        raise Refused(f"Enter {MOST_BOXES} rectangles or fewer.", field="boxes")
    return [_box(line, number) for number, line in enumerate(lines, start=1)]


def _box(line: str, number: int) -> Box:
    read = [A_BOX.fullmatch(part) for part in BETWEEN.split(line.replace("%", "% ").strip()) if part]
    figures = [float(found[1]) for found in read if found]
    if len(read) != 4 or len(figures) != 4:
        raise Refused(f"Line {number}: enter four numbers from 0 to 100, such as 10, 20, 15, 8.", field="boxes")
    box = Box(*figures)
    if not (box.left < 100 and box.top < 100 and 0 < box.width <= 100 and 0 < box.height <= 100):
        raise Refused(f"Line {number}: this rectangle lies outside the photo, or has no size.", field="boxes")
    return Box(box.left, box.top, min(box.width, 100 - box.left), min(box.height, 100 - box.top))


def in_address(boxes: Sequence[Box]) -> str:
    """The rectangles as the address of a preview has them."""
    return ";".join(f"{box.left:g},{box.top:g},{box.width:g},{box.height:g}" for box in boxes)
