"""Where is it? By a name, a place, the map, a spot that is typed or moved by steps, or in words within a ward."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import shapely
from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from wardbook.areas import queries as areas
from wardbook.areas.locator import locator
from wardbook.areas.models import Area
from wardbook.clock import today
from wardbook.contributing.drafts import back_from, begun, bp, go_on, goes_back, keep, own, sent_already, start_anew
from wardbook.contributing.forms import ChannelForm, FindForm, SpotForm, WordsForm
from wardbook.contributing.told import only_ward, read_spot, readable_spot
from wardbook.entries import drafting
from wardbook.entries.models import Draft
from wardbook.errors import NotFound, Refused
from wardbook.forms import ask
from wardbook.people.signed_in import viewer
from wardbook.places.converter import place_at
from wardbook.places.examples import examples, help_words, point_hint
from wardbook.places.find import Spot, named, not_found, refuse_outside, spot, spot_in, ward_at
from wardbook.places.gazetteer import name_by_id
from wardbook.places.matches import Match, called
from wardbook.places.place import Place
from wardbook.places.surroundings import moved, surroundings
from wardbook.places.tiers import tiers_at
from wardbook.places.words import are_words_of_a_place, place_from_words
from wardbook.policy import Act, require
from wardbook.web import or_404

MOST_CHOICES = 20
MOVES: Final[Mapping[str, tuple[int, int]]] = {
    f"{step} {wind}": (east * step, north * step)
    for step in (10, 100)
    for wind, (east, north) in {"north": (0, 1), "east": (1, 0), "south": (0, -1), "west": (-1, 0)}.items()
}
"""By how many metres to the east and to the north each button moves the spot"""


@bp.route("", methods=["GET", "POST"])
def start() -> ResponseReturnValue:
    """Where is it? Nothing is kept until there is an answer. What was begun within a day is offered again."""
    asked = request.args.get("place")
    place = place_at(asked) if asked else None
    return _find(FindForm(q=request.args.get("q", "")), place=place, begun=begun())


@bp.route("/<draft_id>/place", methods=["GET", "POST"])
def find(draft_id: str) -> ResponseReturnValue:
    """The same for what was begun: somebody comes back to it, or began with a photo."""
    draft = own(draft_id)
    return sent_already(draft) or _find(FindForm(q=draft.answers.get("q", "")), draft=draft)


def _find(form: FindForm, **context: object) -> ResponseReturnValue:
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
    return ask("contribute/start.html", form, matches=matches[:MOST_CHOICES], examples=examples(), **context)


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
    draft = _asked_draft()
    return redirect(url_for(".where", draft_id=draft.id)) if draft else start_anew()


@bp.route("/photo", methods=["GET", "POST"])
def photo_first() -> ResponseReturnValue:
    """Begin with a photo: where it is comes after it. Whoever comes back to its address finds where to begin."""
    if request.method == "GET":
        return redirect(url_for(".start"))
    return start_anew(".photos", photo_first=True)


@bp.route("/for", methods=["GET", "POST"])
def for_somebody() -> ResponseReturnValue:
    """Begin to enter what somebody told staff: by what channel?"""
    require(viewer(), Act.ENTER_FOR)
    form = ChannelForm()
    if form.validate_on_submit():
        return start_anew(".find", channel=form.channel.data)
    return ask("contribute/for.html", form)


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


def _asked_draft() -> Draft | None:
    """The draft that is to have the answer, where it is for one that was begun."""
    draft_id = (request.view_args or {}).get("draft_id") or request.form.get("draft")
    return own(draft_id) if draft_id else None


def _begin(words: str, found: Spot) -> ResponseReturnValue:
    """Begin at a spot, or give it to what was begun."""
    refuse_outside(found.point, field="q")
    answers = {"q": words, "found": found.label, "spot": _typed(found.point), "somewhere": ""}
    draft = _asked_draft()
    if draft is None:
        return start_anew(**answers, right=["spot"])
    drafting.answer(draft, **answers, right=sorted({*draft.answers.get("right", []), "spot"}))
    return redirect(url_for(".where", draft_id=draft.id))


def _typed(point: shapely.Point) -> str:
    return f"{point.y:.6f}, {point.x:.6f}"


# --- in words ----------------------------------------------------------------------------------------------------


@bp.route("/words", methods=["GET", "POST"], defaults={"draft_id": None})
@bp.route("/<draft_id>/words", methods=["GET", "POST"])
def in_words(draft_id: str | None) -> ResponseReturnValue:
    """Say in words where it is, and in which ward: 'the alley behind the library'."""
    draft = own(draft_id) if draft_id else None
    if draft is not None and (gone := sent_already(draft)):
        return gone
    told = draft.answers if draft else {}
    form = WordsForm(data={"spot_words": told.get("spot_words") or request.args.get("q", ""), "ward": told.get("ward")})
    form.offer(_wards())
    if draft is not None and form.is_submitted():
        draft = keep(draft.id, "words", spot_words=form.spot_words.data, ward=form.ward.data)
    if goes_back():
        words = form.spot_words.data or None
        return redirect(url_for(".find", draft_id=draft.id) if draft else url_for(".start", q=words))
    if form.validate_on_submit():
        return _somewhere(draft, form)
    return ask("contribute/words.html", form, draft=draft)


def _wards() -> list[Area]:
    rows = areas.areas_by_id([area_id for known in locator().wards(today()) for area_id in known.area_ids])
    return sorted(rows.values(), key=lambda ward: ward.name)


def _somewhere(draft: Draft | None, form: WordsForm) -> ResponseReturnValue:
    ward = or_404(areas.area(form.ward.data))
    at = _typed(_middle(ward.code).point)
    answers = {
        "spot_words": form.spot_words.data, "ward": ward.code, "spot": at, "somewhere": at, "blur": False,
        "found": f"somewhere in {ward.name}",
    }  # fmt: skip
    if draft is None:
        return start_anew(".kind", **answers, right=["spot"])
    drafting.answer(draft, **answers)
    return go_on(draft, "spot")


# --- just there --------------------------------------------------------------------------------------------------


@bp.route("/<draft_id>/spot", methods=["GET", "POST"])
def where(draft_id: str) -> ResponseReturnValue:
    """Is this the spot? It can be pressed on the map, dragged, typed, or moved by steps."""
    draft = own(draft_id)
    if gone := sent_already(draft):
        return gone
    form = SpotForm(data={"spot": draft.answers.get("spot"), "blur": draft.answers.get("blur")})
    if form.is_submitted():
        draft = keep(draft_id, "spot", spot=form.spot.data, blur=bool(form.blur.data))
        if goes_back():
            return back_from(draft, "spot")
    if form.validate_on_submit():
        try:
            return _moved(draft, form) or _taken(draft, form)
        except Refused as refused:
            form.put(Refused(refused.sentence, field="spot"))
    pin = readable_spot(draft)
    return ask(
        "contribute/where.html", form, draft=draft, pin=pin, ward=ward_at(pin.point) if pin else None,
        tiers=tiers_at(pin.point) if pin else [], hint=point_hint(), moves=MOVES,
        here=surroundings(pin.point) if pin else "", somewhere=only_ward(draft),
    )  # fmt: skip


def _taken(draft: Draft, form: SpotForm) -> ResponseReturnValue:
    refuse_outside(read_spot(form.spot.data).point, field="spot")
    return go_on(draft, "spot")


def _moved(draft: Draft, form: SpotForm) -> ResponseReturnValue | None:
    """The spot moved by a step, where such a button was pressed; it is not taken yet."""
    if (step := MOVES.get(request.form.get("move", ""))) is None:
        return None
    there = moved(read_spot(form.spot.data).point, *step)
    refuse_outside(there, field="spot")
    drafting.answer(draft, spot=_typed(there))
    return redirect(url_for(".where", draft_id=draft.id, moved="yes", _anchor="here"))
