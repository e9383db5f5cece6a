"""The pages of briefs that are kept: frozen, read again, marked, checked and compared."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from wardbook.briefs import comparing, freezing, kept
from wardbook.briefs.document import LATER, NO_LONGER, map_of
from wardbook.briefs.drawing import bars
from wardbook.briefs.forms import FreezeForm, KeepForm, MarkForm
from wardbook.briefs.forms_of_a_brief import FORMS
from wardbook.briefs.models import Ground, KeptBrief, Version, Weight
from wardbook.briefs.reading import Reading, reading, reading_now
from wardbook.briefs.reading import behind as items_behind
from wardbook.briefs.seals import verdict
from wardbook.briefs.surroundings import surroundings
from wardbook.briefs.views import as_file, level_asked, list_behind
from wardbook.downloads.queries import taken
from wardbook.downloads.sources import Wanted
from wardbook.entries.forms import filters_from
from wardbook.errors import NotFound, Refused
from wardbook.forms import ask
from wardbook.people.signed_in import viewer
from wardbook.places.converter import place_at
from wardbook.policy import Act, require
from wardbook.web import or_404

bp = Blueprint("kept_briefs", __name__)


# --- freezing ----------------------------------------------------------------------------------------------------


@bp.route("/places/<words>/brief/freeze", methods=["GET", "POST"])
def freeze(words: str) -> ResponseReturnValue:
    """What is it for, and is it for named people alone? Then it is kept as it is read now."""
    place, level = place_at(words), level_asked()
    require(viewer(), Act.FREEZE)
    form = FreezeForm()
    if form.validate_on_submit():
        try:
            brief = freezing.freeze(
                viewer(), place, level, purpose=form.purpose.data, once=form.once.data, restriction=_restriction(form)
            )
            return _there(brief, f"The brief is frozen as {brief.ref}.")
        except Refused as refused:
            form.put(refused)
    return ask("briefs/freeze.html", form, place=place, level=level)


def _restriction(form: FreezeForm) -> freezing.Restriction | None:
    emails = (form.named.data or "").replace(",", " ").replace(";", " ").split()
    if not form.ground.data:
        if emails:
            raise Refused("Choose why it is restricted, or name nobody who may read it.", field="ground")
        return None
    return freezing.Restriction(Ground(form.ground.data), tuple(emails))


def _there(brief: KeptBrief, said: str) -> ResponseReturnValue:
    flash(said)
    return redirect(url_for(".latest", ref=brief.ref))


@bp.post("/briefs/<ref>/freeze")
def freeze_again(ref: str) -> ResponseReturnValue:
    """Keep it as it is read now, as the next version."""
    brief, form = _brief(ref), KeepForm()
    require(viewer(), Act.KEEP_BRIEF, brief)
    if not form.validate_on_submit():
        raise Refused("This form cannot be read. Go back and press the button again.")
    made = freezing.freeze_again(viewer(), brief, once=form.once.data)
    return _there(brief, f"Version {made.number} is frozen.")


@bp.post("/briefs/<ref>/lift")
def lift(ref: str) -> ResponseReturnValue:
    """End its restriction."""
    brief = _brief(ref)
    freezing.lift(viewer(), brief)
    return _there(brief, "The restriction is lifted: councillors and officers can read it, and it is in lists.")


# --- reading -----------------------------------------------------------------------------------------------------


def _brief(ref: str) -> KeptBrief:
    return or_404(kept.brief(ref, viewer()))


def _version(ref: str, number: int) -> Version:
    return or_404(kept.version(_brief(ref), number))


@bp.get("/briefs")
def briefs() -> ResponseReturnValue:
    """Briefs that are kept, newest first: one's own and others'."""
    before = request.args.get("before", type=int)
    before = before if before is not None and 0 < before < 2**31 else None
    who, size = viewer(), 25
    own = kept.briefs(who, own=True, most=100) if who.id is not None and before is None else []
    others = kept.briefs(who, own=False if who.id is not None else None, before=before, most=size + 1)
    older = others[size - 1].id if len(others) > size else None
    return render_template("briefs/list.html", own=own, others=others[:size], older=older)


@bp.get("/briefs/<ref>")
def latest(ref: str) -> ResponseReturnValue:
    """Its newest version."""
    brief = _brief(ref)
    return _page(or_404(kept.latest(brief)))


@bp.get("/briefs/<ref>.<suffix>")
def latest_file(ref: str, suffix: str) -> ResponseReturnValue:
    """Its newest version in one of its other forms."""
    return redirect(url_for(".file", ref=ref, number=or_404(kept.latest(_brief(ref))).number, suffix=suffix))


@bp.get("/briefs/<ref>/verify")
def verify_latest(ref: str) -> ResponseReturnValue:
    """Whether its newest version is what was frozen."""
    return redirect(url_for(".verify", ref=ref, number=or_404(kept.latest(_brief(ref))).number))


@bp.get("/briefs/<ref>/<int:number>")
def one(ref: str, number: int) -> ResponseReturnValue:
    """One of its versions."""
    return _page(_version(ref, number))


def _page(version: Version) -> ResponseReturnValue:
    brief, found = version.brief, reading(version, viewer())
    return render_template(
        "briefs/kept.html",
        kept=brief,
        version=version,
        versions=[row.number for row in brief.versions],
        brief=found.brief,
        items=found.items,
        map=map_of(found.brief, found.items, surroundings(found.brief.where)),
        bars=bars,
        later=LATER,
        no_longer=NO_LONGER,
        behind=list_behind(found.brief),
        steps=kept.steps(brief),
        exports=taken(brief.ref) if brief.author_id == viewer().id else [],
        keep=KeepForm(),
    )


@bp.get("/briefs/<ref>/<int:number>.<suffix>")
def file(ref: str, number: int, suffix: str) -> ResponseReturnValue:
    """A version in one of its other forms, for this reader."""
    version = _version(ref, number)
    if suffix not in FORMS:
        raise NotFound
    found = reading(version, viewer())
    wanted = Wanted(version.brief.ref, {"version": str(version.number), "place": found.brief.words}, suffix)
    return as_file(found.brief, found.items, wanted)


@bp.get("/briefs/<ref>/<int:number>/entries")
def behind(ref: str, number: int) -> ResponseReturnValue:
    """The items behind a figure of a version."""
    found = reading(_version(ref, number), viewer())
    _, filters = filters_from(request.args)
    return render_template("briefs/behind.html", brief=found.brief, items=items_behind(found, filters))


# --- marking, checking, comparing --------------------------------------------------------------------------------


@bp.route("/briefs/<ref>/<int:number>/items/<int:item>", methods=["GET", "POST"])
def mark(ref: str, number: int, item: int) -> ResponseReturnValue:
    """What an item was to whoever keeps the brief."""
    version = _version(ref, number)
    part = or_404(kept.part(version, item, viewer()))
    require(viewer(), Act.KEEP_BRIEF, version.brief)
    told = next((found for found in reading(version, viewer()).items if found.number == item), None)
    form = MarkForm(
        weight=str(part.mark.weight) if part.mark else None, because=part.mark.because if part.mark else None
    )
    if form.validate_on_submit():
        try:
            weight = None if form.weight.data == "none" else Weight(form.weight.data)
            freezing.mark(viewer(), version.brief, part, weight, because=form.because.data or "")
            return redirect(url_for(".one", ref=version.brief.ref, number=number) + f"#item-{item}")
        except Refused as refused:
            form.put(refused)
    return ask("briefs/mark.html", form, version=version, item=or_404(told))


@bp.get("/briefs/<ref>/<int:number>/verify")
def verify(ref: str, number: int) -> ResponseReturnValue:
    """Whether a version is what was frozen: every seal taken anew."""
    version = _version(ref, number)
    parts = kept.parts(version)
    return render_template("briefs/verify.html", version=version, parts=parts, found=verdict(version, parts))


@bp.get("/briefs/<ref>/compare/<one>/<other>")
def compare(ref: str, one: str, other: str) -> ResponseReturnValue:
    """What differs between two versions, or between a version and now."""
    brief = _brief(ref)
    found = comparing.comparison(_reading(brief, one), _reading(brief, other))
    return render_template("briefs/compare.html", kept=brief, found=found, one=one, other=other)


def _reading(brief: KeptBrief, which: str) -> Reading:
    if which == "now":
        return reading_now(brief, viewer())
    if not which.isdecimal() or len(which) > 6:
        raise NotFound
    return reading(or_404(kept.version(brief, int(which))), viewer())
