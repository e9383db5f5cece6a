"""The pages on which somebody tells the council something: one question a page, nothing typed is lost."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from flask import Blueprint, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from wardbook import mail
from wardbook.areas import queries as areas
from wardbook.clock import today
from wardbook.db import hold, transaction
from wardbook.entries import actions, likeness, photos, queries
from wardbook.entries.forms import (
    FindForm,
    KindForm,
    NoneOfTheseForm,
    PhotosForm,
    SendForm,
    SpotForm,
    WhatForm,
    WhoForm,
    kind_hints,
    level_hints,
)
from wardbook.entries.kinds import CONTRIBUTIONS, KINDS, Kind
from wardbook.entries.models import Category, Draft, Entry
from wardbook.errors import NotFound, Refused
from wardbook.forms import ask
from wardbook.people import actions as people
from wardbook.people.forms import PressForm
from wardbook.people.signed_in import person, sign_in, viewer
from wardbook.places.converter import place_at
from wardbook.places.examples import examples, help_words, point_help, point_hint
from wardbook.places.find import Spot, named, not_found, refuse_outside, spot, spot_in, ward_at
from wardbook.places.gazetteer import name_by_id
from wardbook.places.matches import Match, called
from wardbook.places.place import Place
from wardbook.places.tiers import tiers_at
from wardbook.places.words import are_words_of_a_place, place_from_words
from wardbook.policy import Viewer
from wardbook.shared import Level
from wardbook.web import number_in, or_404

bp = Blueprint("contribute", __name__, url_prefix="/contribute")
ASKED = ("category", "title", "words", "willing")
STEPS = ("spot", "kind", "what", "photos", "who", "check")
MOST_DECLINED = 50
MOST_CHOICES = 20


@bp.route("", methods=["GET", "POST"])
def start() -> ResponseReturnValue:
    """Where is it? Nothing is kept until there is an answer."""
    form = FindForm(q=request.args.get("q", ""))
    asked = request.args.get("place")
    place = place_at(asked) if asked else None
    matches: Sequence[Match] = ()
    if form.validate_on_submit():
        try:
            found = _one_spot(form.q.data)
            if isinstance(found, Spot):
                return _begin(form.q.data, found)
            matches = found
        except Refused as refused:
            form.put(Refused(refused.sentence, field="q"))
        except NotFound:
            form.put(Refused("There is no such place that you can see.", field="q"))
    return ask("contribute/start.html", form, place=place, matches=matches[:MOST_CHOICES], examples=examples())


def _one_spot(words: str) -> Spot | Sequence[Match]:
    """The spot that words name, or what they may mean: what is no longer only where nothing else is called so."""
    if are_words_of_a_place(words):
        return _spot_in(place_from_words(words, viewer()))
    if (found := spot(words)) is not None:
        return named(found)
    names = called(words)
    if names.meant:
        return _spot_of(names.meant)
    if not names.matches:
        raise Refused(not_found(words, help_words()))
    return [match for match in names.matches if not match.note] or names.matches


def _spot_in(place: Place) -> Spot:
    return spot_in(place.inside, place.label)


def _spot_of(match: Match) -> Spot:
    """Of a street or place its point, of an area its middle."""
    return match.spot or _middle_of(match.area.id if match.area else 0)


@bp.post("/map")
def on_the_map() -> ResponseReturnValue:
    """Begin with the map of the whole council and no pin on it, for somebody who knows the spot by sight."""
    return _start()


@bp.post("/ward/<code>")
def in_ward(code: str) -> ResponseReturnValue:
    """Begin in a ward chosen from its page or a list."""
    ward = or_404(areas.area(code))
    return _begin(ward.name, _middle(ward.code))


def _middle(code: str) -> Spot:
    return _middle_of(or_404(areas.area(code)).id)


def _middle_of(area_id: int) -> Spot:
    area = or_404(areas.areas_by_id([area_id]).get(area_id))
    return Spot(area.geometry.representative_point(), f"the middle of {area.name}")


@bp.post("/place/<words>")
def in_place(words: str) -> ResponseReturnValue:
    """Begin in a place from its page."""
    place = place_at(words)
    return _begin(place.label, _spot_in(place))


@bp.post("/name/<int:name_id>")
def at_name(name_id: int) -> ResponseReturnValue:
    """Begin at a street or place chosen from a list."""
    name = or_404(name_by_id(name_id))
    return _begin(name.label, Spot(name.point, name.label))


def _begin(words: str, found: Spot) -> ResponseReturnValue:
    refuse_outside(found.point, field="q")
    return _start(q=words, found=found.label, spot=f"{found.point.y:.6f}, {found.point.x:.6f}", right=["spot"])


def _start(**answers: object) -> ResponseReturnValue:
    old = actions.sweep_drafts()
    draft = actions.start_draft()
    actions.answer(draft, **answers)
    session["drafts"] = [*session.get("drafts", [])[-4:], draft.id]
    session.permanent = True
    return photos.forget_after(redirect(url_for(".where", draft_id=draft.id)), old)


def _own(draft_id: str) -> Draft:
    """The draft, if this browser began it."""
    if draft_id not in session.get("drafts", []):
        raise NotFound
    draft = or_404(queries.draft(draft_id))
    hold(draft)
    return draft


def _keep(draft_id: str, step: str, **answers: object) -> Draft:
    """Keep what was typed, right or wrong, in a transaction of its own: a refresh does not lose it."""
    with transaction():
        draft = _own(draft_id)
        actions.answer(draft, right=[done for done in draft.answers.get("right", []) if done != step], **answers)
    return _own(draft_id)


def _next(draft: Draft, step: str) -> ResponseReturnValue:
    """This page is right: on to the next, or back to the check where somebody came to change one answer."""
    right = {*draft.answers.get("right", []), step}
    actions.answer(draft, right=sorted(right))
    if step in {"spot", "what"} and _alike(draft):
        return redirect(url_for(".same", draft_id=draft.id))
    return _after(draft, step)


def _after(draft: Draft, step: str) -> ResponseReturnValue:
    told_all = "who" in draft.answers.get("right", []) and step != "kind"
    following = "check" if told_all else STEPS[STEPS.index(step) + 1]
    return redirect(url_for(f".{'where' if following == 'spot' else following}", draft_id=draft.id))


@bp.route("/<draft_id>/spot", methods=["GET", "POST"])
def where(draft_id: str) -> ResponseReturnValue:
    """Is this the spot?"""
    draft = _own(draft_id)
    form = SpotForm(spot=draft.answers.get("spot"))
    if form.is_submitted():
        draft = _keep(draft_id, "spot", spot=form.spot.data)
    if form.validate_on_submit():
        try:
            refuse_outside(_spot(form.spot.data).point, field="spot")
            return _next(draft, "spot")
        except Refused as refused:
            form.put(Refused(refused.sentence, field="spot"))
    pin = _readable_spot(draft)
    return ask(
        "contribute/where.html", form, draft=draft, pin=pin, ward=ward_at(pin.point) if pin else None,
        tiers=tiers_at(pin.point) if pin else [], hint=point_hint(),
    )  # fmt: skip


def _spot(words: str) -> Spot:
    found = spot(words)
    if found is None:
        raise Refused(f"We cannot read '{words[:60]}' as one spot. {point_help()}", field="spot")
    return found


def _readable_spot(draft: Draft) -> Spot | None:
    try:
        return spot(draft.answers.get("spot") or "")
    except Refused:
        return None


@bp.route("/<draft_id>/kind", methods=["GET", "POST"])
def kind(draft_id: str) -> ResponseReturnValue:
    """What do you want to tell us? What it can be about depends on it, so it is asked first."""
    draft = _own(draft_id)
    form = KindForm(data=draft.answers)
    if form.is_submitted():
        draft = _keep(draft_id, "kind", kind=form.kind.data)
    if form.validate_on_submit():
        return _next(draft, "kind")
    return ask("contribute/kind.html", form, draft=draft, hints=kind_hints())


@bp.route("/<draft_id>/what", methods=["GET", "POST"])
def what(draft_id: str) -> ResponseReturnValue:
    """What it is, in the words of its kind."""
    draft = _own(draft_id)
    told = _kind(draft)
    if told is None:
        return redirect(url_for(".kind", draft_id=draft.id))
    form = WhatForm(data=draft.answers | {"lapses_on": _until(draft)})
    form.ask_about(told)
    if form.is_submitted():
        given = {name: field.data for name, field in form._fields.items() if name in ASKED}
        until = form.lapses_on.data if "lapses_on" in form else None
        draft = _keep(draft_id, "what", **given, lapses_on=until.isoformat() if until else "")
    if form.validate_on_submit():
        try:
            if "lapses_on" in form:
                actions.check_until(form.lapses_on.data, today())
            return _next(draft, "what")
        except Refused as refused:
            form.put(refused)
    return ask("contribute/what.html", form, draft=draft, life=KINDS[told])


def _kind(draft: Draft) -> Kind | None:
    """The kind that was chosen, where one was: what was typed is kept even where it is none."""
    told = draft.answers.get("kind")
    return Kind(told) if told in CONTRIBUTIONS else None


def _until(draft: Draft) -> date | None:
    told = draft.answers.get("lapses_on")
    return date.fromisoformat(told) if told else None


def _category(draft: Draft) -> Category | None:
    kind, chosen = _kind(draft), number_in(str(draft.answers.get("category")))
    return queries.category(chosen, kind) if kind and chosen is not None else None


@bp.route("/<draft_id>/same", methods=["GET", "POST"])
def same(draft_id: str) -> ResponseReturnValue:
    """Is it one of these? Asked only where something near says something similar that was not asked about before."""
    draft = _own(draft_id)
    if (missing := _unanswered(draft)) in {"where", "kind", "what"}:
        return redirect(url_for(f".{missing}", draft_id=draft.id))
    found = _alike(draft)
    form = NoneOfTheseForm(shown=" ".join(one.entry.ref for one in found))
    if form.validate_on_submit():
        declined = {*draft.answers.get("not_same", []), *form.shown.data.split()}
        actions.answer(draft, not_same=sorted(declined)[:MOST_DECLINED])
        return _after(draft, "what")
    return ask("contribute/same.html", form, draft=draft, found=found) if found else _after(draft, "what")


def _alike(draft: Draft) -> list[likeness.Alike]:
    """What looks the same and was not yet said to be something else."""
    pin, kind, category = _readable_spot(draft), _kind(draft), _category(draft)
    if pin is None or kind is None or category is None:
        return []
    told, declined = draft.answers, draft.answers.get("not_same", [])
    found = likeness.alike(viewer(), pin.point, kind, category, told.get("title") or "", told.get("words") or "")
    return [one for one in found if one.entry.ref not in declined]


@bp.route("/<draft_id>/photos", methods=["GET", "POST"], endpoint="photos")
def add_photos(draft_id: str) -> ResponseReturnValue:
    """Photos, if there are any; each is kept as it comes, so that no later mistake loses it."""
    problem: Refused | None = None
    prepared: list[photos.Prepared] = []
    if request.method == "POST" and draft_id in session.get("drafts", []):
        try:
            prepared = photos.prepare_each(sent.read(photos.MOST_BYTES + 1) for sent in request.files.getlist("photo"))
        except Refused as refused:
            problem = refused
    draft = _own(draft_id)
    form = PhotosForm()
    if form.validate_on_submit():
        if problem is None and len(draft.photos) + len(prepared) > photos.MOST_PHOTOS:
            problem = Refused("Add up to 6 photos. Remove one first.", field="photo")
        if problem is None:
            for one in prepared:
                photos.keep(one, alt=form.alt.data or "", draft_id=draft.id)
            return _next(draft, "photos")
        form.put(problem)
    return ask("contribute/photos.html", form, draft=draft)


@bp.post("/<draft_id>/photos/<key>/remove")
def remove_photo(draft_id: str, key: str) -> ResponseReturnValue:
    """Take a photo away again."""
    draft = _own(draft_id)
    gone = actions.remove_draft_photos(draft, key)
    return photos.forget_after(redirect(url_for(".photos", draft_id=draft.id)), gone)


@bp.get("/<draft_id>/photos/<key>/<size>.jpg")
def draft_photo(draft_id: str, key: str, size: str) -> ResponseReturnValue:
    """A photo of a draft, for the browser that sent it."""
    draft = _own(draft_id)
    found = next((photo for photo in draft.photos if photo.key == key), None)
    return photos.answer(or_404(found).key, size)


@bp.route("/<draft_id>/who", methods=["GET", "POST"])
def who(draft_id: str) -> ResponseReturnValue:
    """Who may see it, and how you hear back."""
    draft = _own(draft_id)
    me = person()
    form = WhoForm(data={"name": me.name if me else "", "level": str(Level.PUBLIC)} | draft.answers)
    if form.is_submitted():
        given = {name: form[name].data for name in ("level", "name", "name_shown", "email")}
        draft = _keep(draft_id, "who", **given)
    if form.validate_on_submit():
        try:
            if me is None:
                if not form.email.data:
                    raise Refused("Enter your email address", field="email")
                people.checked_email(form.email.data)
            if form.name_shown.data and not form.name.data:
                raise Refused("Enter your name, or leave 'Show my name' unticked.", field="name")
            return _next(draft, "who")
        except Refused as refused:
            form.put(refused)
    hints = level_hints(_kind(draft) or Kind.ISSUE)
    return ask("contribute/who.html", form, draft=draft, me=me, hints=hints)


@bp.route("/<draft_id>/check", methods=["GET", "POST"])
def check(draft_id: str) -> ResponseReturnValue:
    """Check your answers, then send them. Sent twice, it is still one contribution."""
    draft = _own(draft_id)
    if draft.answers.get("sent"):
        return redirect(url_for(".sent", draft_id=draft.id))
    if (missing := _unanswered(draft)) is not None:
        return redirect(url_for(f".{missing}", draft_id=draft.id))
    form = SendForm()
    if form.validate_on_submit():
        try:
            entry = _send(draft)
            actions.answer(draft, sent=entry.ref)
            return redirect(url_for(".sent", draft_id=draft.id))
        except Refused as refused:
            form.put(refused)
    pin = _spot(draft.answers["spot"])
    said = {
        "draft": draft, "pin": pin, "ward": ward_at(pin.point), "me": person(), "category": _category(draft),
        "level": Level(draft.answers["level"]), "who_sees": queries.who_sees(Level(draft.answers["level"])),
        "kind": KINDS[Kind(draft.answers["kind"])], "until": _until(draft),
    }  # fmt: skip
    return ask("contribute/check.html", form, **said)


def _unanswered(draft: Draft) -> str | None:
    """The first page that is not answered, or not rightly."""
    right = draft.answers.get("right", [])
    if "spot" not in right or _readable_spot(draft) is None:
        return "where"
    if "kind" not in right or _kind(draft) is None:
        return "kind"
    if "what" not in right or _category(draft) is None or _stale(draft):
        return "what"
    return "who" if "who" not in right or (person() is None and not draft.answers.get("email")) else None


def _stale(draft: Draft) -> bool:
    """Whether a draft was left until the day of its offer had passed, or became an offer after it was said."""
    until = _until(draft)
    return _kind(draft) is Kind.OFFER and (until is None or until < today())


def _send(draft: Draft) -> Entry:
    told = draft.answers
    me = person()
    author = me or people.person_with(told["email"])
    telling = actions.Telling(
        kind=Kind(told["kind"]), title=told["title"], words=told.get("words") or "",
        shape=_spot(told["spot"]).point, level=Level(told["level"]), once=draft.id, category=_category(draft),
        name_shown=bool(told.get("name_shown")), lapses_on=_until(draft), willing=bool(told.get("willing")),
    )  # fmt: skip
    name = told.get("name") or ""
    if me is not None and name and not me.name and not me.terms:
        me.name = name
    return actions.tell(viewer(), telling, author, list(draft.photos), name=name)


@bp.get("/<draft_id>/sent")
def sent(draft_id: str) -> ResponseReturnValue:
    """What happens next."""
    draft = _own(draft_id)
    if not draft.answers.get("sent"):
        return redirect(url_for(".check", draft_id=draft.id))
    entry = queries.entry(draft.answers["sent"], viewer())
    return render_template("contribute/sent.html", draft=draft, entry=entry, outbox=mail.to_outbox())


@bp.route("/confirm/<link>", methods=["GET", "POST"])
def confirm(link: str) -> ResponseReturnValue:
    """The link in the email shows a page; the button on it publishes. Mail scanners open links, they press nothing."""
    proof = or_404(people.proof_by_link(link))
    entry = or_404(queries.entry(proof.subject or "", Viewer(id=proof.person_id)))
    form = PressForm()
    if form.validate_on_submit() and proof.used_at is None:
        try:
            entry = actions.confirm(people.use_link(link))
            sign_in(proof.person)
            return redirect(url_for("entries.detail", ref=entry.ref, told="yes"))
        except Refused as refused:
            form.put(refused)
    return ask("contribute/confirm.html", form, entry=entry, proof=proof, who_sees=queries.who_sees(entry.level))
