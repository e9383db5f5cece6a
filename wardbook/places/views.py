"""The page on which a place is drawn, typed or uploaded."""

from __future__ import annotations

import tempfile
from pathlib import Path

import shapely
from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import FileStorage
from werkzeug.utils import secure_filename

from wardbook.db import before_the_lock
from wardbook.errors import Refused
from wardbook.forms import ask
from wardbook.people.signed_in import viewer
from wardbook.places import actions
from wardbook.places.files import shape_from_file
from wardbook.places.forms import PlaceForm
from wardbook.places.typed import Form, shape_from
from wardbook.policy import Act, require

bp = Blueprint("places", __name__)


@bp.route("/places/new", methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    """Draw, type or upload a place; it has an address of its own from then on."""
    uploads = [sent for sent in request.files.getlist("file") if sent.filename]
    problem: Refused | None = None
    uploaded: shapely.Geometry | None = None
    with before_the_lock():
        require(viewer(), Act.DRAW_PLACE)
    try:
        uploaded = _read(uploads[0]) if uploads else None
    except Refused as refused:
        problem = Refused(refused.sentence, field="file")
    form = PlaceForm()
    if form.validate_on_submit():
        try:
            if problem:
                raise problem
            shape = uploaded if uploaded is not None else shape_from(form.shape.data or "", Form(form.form.data))
            kept = actions.keep_shape(viewer(), shape, label=form.label.data)
            return redirect(url_for("outlook.place", words=f"shape:{kept.key}"))
        except Refused as refused:
            form.put(refused)
    return ask("places/new.html", form)


def _read(upload: FileStorage) -> shapely.Geometry:
    """The shapes of an uploaded file, joined into one."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / (secure_filename(upload.filename or "") or "upload")
        upload.save(path)
        return shape_from_file(path)
