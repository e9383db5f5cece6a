"""The administrators' pages: things to do, and what the council has chosen."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from wardbook import jobs
from wardbook.administration import queries
from wardbook.administration.forms import ChoicesForm
from wardbook.administration.queries import Stage
from wardbook.chosen import choose, chosen
from wardbook.forms import ask
from wardbook.people.signed_in import viewer
from wardbook.policy import Act, require

bp = Blueprint("administration", __name__, url_prefix="/admin")


@bp.get("")
def start() -> ResponseReturnValue:
    """Where an administrator begins."""
    require(viewer(), Act.ADMINISTER)
    return redirect(url_for(".things_to_do"))


@bp.get("/jobs")
def things_to_do() -> ResponseReturnValue:
    """What was given up, failed, is being done and waits; what was done lately."""
    require(viewer(), Act.ADMINISTER)
    return render_template(
        "administration/jobs.html", stages=list(Stage), counts=queries.counts(), done=queries.done_lately(),
        jobs={stage: queries.jobs(stage) for stage in Stage}, most=queries.MOST_SHOWN, stuck=queries.stuck(),
    )  # fmt: skip


@bp.post("/jobs/<int:job_id>/again")
def again(job_id: int) -> ResponseReturnValue:
    """Have one tried at once. Pressed twice, or when it is under way, nothing more comes of it."""
    require(viewer(), Act.ADMINISTER)
    jobs.try_again(job_id)
    flash("It will be tried again now.")
    return redirect(url_for(".things_to_do"))


@bp.route("/settings", methods=["GET", "POST"])
def choices() -> ResponseReturnValue:
    """What the council has chosen for itself."""
    require(viewer(), Act.ADMINISTER)
    made = chosen()
    form = ChoicesForm(obj=made)
    if form.validate_on_submit():
        choose(viewer(), form.choices())
        flash("Saved.")
        return redirect(url_for(".choices"))
    return ask("administration/choices.html", form, over=made.message_is_over)
