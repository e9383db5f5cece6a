"""The pages of files that take a while to make: asking for one, how far it is, the file."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from wardbook.downloads import queries
from wardbook.downloads.actions import order, record_taken
from wardbook.downloads.queries import Stage
from wardbook.downloads.sources import MOST_AT_ONCE, MOST_ON_PAPER, Wanted, reader_of, source_of, wanted_in
from wardbook.errors import NotFound, Refused
from wardbook.forms import Asking, ask, button
from wardbook.people.signed_in import viewer
from wardbook.web import or_404

bp = Blueprint("files", __name__)


class MakeForm(Asking):
    """A button and nothing else."""

    make = button("Make the file")


@bp.route("/files/new", methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    """A long file is made by a job once somebody says so: what it is of stands in the address."""
    wanted = wanted_in(request.args)
    reader_of(wanted, viewer())
    form = MakeForm()
    if form.validate_on_submit():
        try:
            return redirect(url_for(".detail", key=order(viewer(), wanted, once=form.once.data).key))
        except Refused as refused:
            form.put(refused)
    most = MOST_ON_PAPER if wanted.form == "pdf" else MOST_AT_ONCE
    return ask("files/new.html", form, wanted=wanted, most=most)


@bp.get("/files/<key>")
def detail(key: str) -> ResponseReturnValue:
    """How far a file is; the file, when it is made."""
    found = or_404(queries.download(key, viewer()))
    return render_template("files/detail.html", download=found, progress=queries.progress(found, viewer()), Stage=Stage)


@bp.get("/files/<key>.json")
def how_far(key: str) -> ResponseReturnValue:
    """The same in brief, for the page to look again by itself."""
    now = queries.progress(or_404(queries.download(key, viewer())), viewer())
    return {"stage": now.stage, "done": now.done, "total": now.total, "words": now.words}


@bp.get("/files/<key>/download")
def download(key: str) -> ResponseReturnValue:
    """The file, where all that it holds may still be seen."""
    found = or_404(queries.download(key, viewer()))
    if queries.progress(found, viewer()).stage is not Stage.READY:
        raise NotFound
    name = source_of(Wanted(found.source, found.about, found.form)).name(found.about, found.form)
    answer = send_file(found.file, as_attachment=True, download_name=name)
    answer.headers["Cache-Control"] = "private, no-store"
    if request.method == "GET":
        record_taken(found.id)
    return answer
