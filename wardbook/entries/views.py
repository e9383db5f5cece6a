"""The page of an entry and what can be done there, its photos, and the page on which a note is written."""

from __future__ import annotations

import re

import shapely
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from wardbook.areas import queries as areas
from wardbook.clock import today
from wardbook.entries import (
    actions,
    answering,
    blurring,
    holding,
    leading,
    offers,
    queries,
    splitting,
    support,
    taking_on,
    ties,
)
from wardbook.entries.forms import AnswerForm, LeadForm, NoteForm, RenewForm, level_hints
from wardbook.entries.hearing import letters
from wardbook.entries.kinds import KINDS, Basis, Kind, Lead, State, Topic
from wardbook.entries.merging import merged
from wardbook.entries.models import Entry
from wardbook.entries.photographs import photos
from wardbook.entries.steps import told_in_words
from wardbook.errors import NotFound, Refused
from wardbook.events import done_already
from wardbook.forms import Asking, ask
from wardbook.people.queries import officers, signed
from wardbook.people.signed_in import person, viewer
from wardbook.places.place import Place
from wardbook.places.queries import shape
from wardbook.places.typed import Form, shape_from
from wardbook.places.words import place_from_words
from wardbook.policy import Act, may, require
from wardbook.shared import Level, Standing
from wardbook.web import or_404

bp = Blueprint("entries", __name__)


@bp.get("/entries/<ref>")
def detail(ref: str) -> ResponseReturnValue:
    """What was told, what became of it, and who sees it."""
    entry = queries.entry(ref, viewer())
    if entry is None:
        return render_template("entries/stub.html", stub=or_404(ties.stub(ref, viewer())))
    other = merged.lasting_for(entry, viewer())
    if other is not None and request.args.get("merged") != "no":
        return redirect(url_for(".detail", ref=other.ref, told_as=request.args.get("told_as") or entry.ref))
    return _page(entry)


def _page(entry: Entry, **shown: Asking) -> ResponseReturnValue:
    """The page, with a form as it was sent where one could not be accepted."""
    forms = {"answer": _answer_form(entry), "lead": _lead_form(entry), "renew": _renew_form(entry)} | shown
    wrong = next((form for form in shown.values() if form.errors), forms["answer"])
    wards = areas.areas_by_id(queries.wards_of(entry, today()))
    timeline = queries.timeline(entry)
    wrote = queries.written_to_author(entry, timeline)
    return ask(
        "entries/detail.html",
        wrong,
        entry=entry,
        forms=forms,
        timeline=[(step, told_in_words(step, entry, step.id in wrote, viewer().id)) for step in timeline],
        no_letters=entry.author_id == viewer().id and not letters.wants(entry, viewer().id),
        wards=list(wards.values()),
        who_sees=queries.who_sees_it(entry),
        life=KINDS[entry.kind],
        why_held=_why_held(entry),
        nobody_answered=queries.nobody_answered(entry, timeline),
        said_by=queries.said_by(entry),
        near=offers.near(entry, viewer()),
        enabler=signed(entry.enabler) if entry.enabler else "",
        ties=ties.ties(entry, viewer()),
        left=ties.withdrawn_beside(entry, viewer()),
        supported=support.supports(viewer(), entry),
        drawn=shape(entry.shape_id, viewer()),
        exact=blurring.exact_spot(entry, viewer()),
        parted=splitting.others(entry, viewer()),
        told_as=merged.told_as(entry, viewer()),
        stands_for_it=merged.lasting_for(entry, viewer()),
        came_from=_came_from(),
        taken=taking_on.taken(entry),
    )


def _why_held(entry: Entry) -> list[str]:
    """Why it waits, for its author alone; where a moderator asked for an edit, that is said in their words."""
    waits = entry.standing is Standing.PENDING and entry.author_id == viewer().id and not entry.asked_to_edit
    return holding.why_it_waits(entry) if waits else []


def _came_from() -> str:
    """The reference of the merged entry whose address led here, where this viewer sees that."""
    ref = request.args.get("told_as")
    found = queries.entry(ref, viewer()) if ref else None
    return found.ref if found else ""


def _there(entry: Entry, said: str) -> ResponseReturnValue:
    flash(said)
    return redirect(url_for("entries.detail", ref=entry.ref))


def _answer_form(entry: Entry) -> AnswerForm:
    form = AnswerForm(prefix="answer")
    moves = may(viewer(), Act.CHANGE_STATE, entry)
    form.offer(entry, replies=may(viewer(), Act.REPLY, entry), moves=moves)
    return form


@bp.post("/entries/<ref>/answer")
def answer(ref: str) -> ResponseReturnValue:
    """Answer in words, move it to another state, or both."""
    entry = or_404(queries.entry(ref, viewer()))
    form = _answer_form(entry)
    if form.state.data or not may(viewer(), Act.REPLY, entry):
        require(viewer(), Act.CHANGE_STATE, entry)
    if done_already(form.once.data):
        return _answered(entry, form)
    if form.validate_on_submit():
        try:
            _answer(entry, form)
            return _answered(entry, form)
        except Refused as refused:
            form.put(refused)
    return _page(entry, answer=form)


def _answer(entry: Entry, form: AnswerForm) -> None:
    words, once = form.words.data or "", form.once.data
    if form.state.data:
        answering.change_state(viewer(), entry, State(form.state.data), words=words, once=once)
    elif may(viewer(), Act.REPLY, entry):
        answering.reply(viewer(), entry, words=words, once=once)
    else:
        raise Refused("Choose the new state", field="state")


def _answered(entry: Entry, form: AnswerForm) -> ResponseReturnValue:
    said = f"The state is now '{entry.meaning.label}'." if form.state.data else "Your answer is on the page."
    return _there(entry, said)


def _lead_form(entry: Entry) -> LeadForm:
    """How it stands; where nobody has said so and its author is willing, residents are put forward."""
    lead = Lead.RESIDENTS if entry.willing and entry.lead is Lead.COUNCIL and entry.enabler is None else entry.lead
    stands = {"lead": str(lead), "partner": entry.partner or "", "enabler": str(entry.enabler_id or "")}
    form = LeadForm(prefix="lead", data=stands)
    form.offer_officers()
    return form


@bp.post("/entries/<ref>/lead")
def lead(ref: str) -> ResponseReturnValue:
    """Say who leads on it, and which officer helps them."""
    entry = or_404(queries.entry(ref, viewer()))
    require(viewer(), Act.SET_LEAD, entry)
    form = LeadForm(prefix="lead")
    form.offer_officers()
    if form.validate_on_submit():
        enabler = {str(officer.id): officer for officer in officers()}.get(form.enabler.data)
        given = leading.Leading(Lead(form.lead.data), form.partner.data or "", enabler)
        try:
            leading.set_lead(viewer(), entry, given, words=form.words.data or "", once=form.once.data)
            return _there(entry, "Who leads is on the page.")
        except Refused as refused:
            form.put(refused)
    return _page(entry, lead=form)


def _renew_form(entry: Entry) -> RenewForm:
    return RenewForm(prefix="renew", data={"lapses_on": KINDS[entry.kind].stands_from(today())})


@bp.post("/entries/<ref>/renew")
def renew(ref: str) -> ResponseReturnValue:
    """Let an offer stand until another day."""
    entry = or_404(queries.entry(ref, viewer()))
    require(viewer(), Act.RENEW, entry)
    form = RenewForm(prefix="renew")
    if form.validate_on_submit():
        try:
            offers.renew(viewer(), entry, form.lapses_on.data, once=form.once.data)
            return _there(entry, "It stands until the day you chose.")
        except Refused as refused:
            form.put(refused)
    return _page(entry, renew=form)


@bp.get("/photos/<key>/<size>.jpg")
def photo(key: str, size: str) -> ResponseReturnValue:
    """A photo, for those who see its entry."""
    return photos.answer(or_404(queries.photo(key, viewer())).key, size)


@bp.route("/notes/new", methods=["GET", "POST"])
def new_note() -> ResponseReturnValue:
    """Draw a point, line or area, or type it, and write what you know."""
    require(viewer(), Act.WRITE_NOTE)
    form = NoteForm()
    if form.validate_on_submit():
        try:
            note = actions.write_note(viewer(), _telling(form), _details(form), or_404(person()))
            return _there(note, "Your note is saved.")
        except Refused as refused:
            form.put(refused)
    place = _asked_place()
    if place is not None and not form.is_submitted():
        form.shape.data = place.words
    return ask("entries/note.html", form, hints=level_hints(Kind.NOTE), place=place)


def _telling(form: NoteForm) -> actions.Telling:
    where, shape_id = _shape(form.shape.data, Form(form.form.data))
    return actions.Telling(
        kind=Kind.NOTE,
        title=form.title.data,
        words=form.words.data,
        shape=where,
        shape_id=shape_id,
        level=Level(form.level.data),
        once=form.once.data,
    )


def _shape(words: str, form: Form) -> tuple[shapely.Geometry, int | None]:
    """What was drawn or typed, or a whole place in words: a note may be about a ward, or a shape that is kept."""
    if re.match(r"[a-z]+:", words):
        try:
            place = place_from_words(words, viewer())
            return place.geometry, place.shape_id
        except (Refused, NotFound):
            raise Refused("We do not know this place. Draw it, or type its points.", field="shape") from None
    return shape_from(words, form), None


def _details(form: NoteForm) -> actions.NoteDetails:
    return actions.NoteDetails(
        Topic(form.topic.data), Basis(form.basis.data), form.review_on.data, form.cites.data or ""
    )


def _asked_place() -> Place | None:
    """The place the map opens at, where the address names one that can be found."""
    words = request.args.get("place")
    try:
        return place_from_words(words, viewer()) if words else None
    except Refused:
        return None
