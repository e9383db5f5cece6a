"""Where is it? By a name, a place, the map, or a spot that is typed."""

from __future__ import annotations

from collections.abc import Sequence

from flask import request
from flask.typing import ResponseReturnValue

from wardbook.areas import queries as areas
from wardbook.contributing.drafts import (
    bp,
    go_on,
    keep,
    own,
    read_spot,
    readable_spot,
    start_anew,
)
from wardbook.contributing.forms import (
    FindForm,
    SpotForm,
)
from wardbook.errors import NotFound, Refused
from wardbook.forms import ask
from wardbook.people.signed_in import viewer
from wardbook.places.converter import place_at
from wardbook.places.examples import examples, help_words, point_hint
from wardbook.places.find import Spot, named, not_found, refuse_outside, spot, spot_in, ward_at
from wardbook.places.gazetteer import name_by_id
from wardbook.places.matches import Match, called
from wardbook.places.place import Place
from wardbook.places.tiers import tiers_at
from wardbook.places.words import are_words_of_a_place, place_from_words
from wardbook.web import or_404

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
    return start_anew()


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
    return start_anew(q=words, found=found.label, spot=f"{found.point.y:.6f}, {found.point.x:.6f}", right=["spot"])


@bp.route("/<draft_id>/spot", methods=["GET", "POST"])
def where(draft_id: str) -> ResponseReturnValue:
    """Is this the spot?"""
    draft = own(draft_id)
    form = SpotForm(spot=draft.answers.get("spot"))
    if form.is_submitted():
        draft = keep(draft_id, "spot", spot=form.spot.data)
    if form.validate_on_submit():
        try:
            refuse_outside(read_spot(form.spot.data).point, field="spot")
            return go_on(draft, "spot")
        except Refused as refused:
            form.put(Refused(refused.sentence, field="spot"))
    pin = readable_spot(draft)
    return ask(
        "contribute/where.html", form, draft=draft, pin=pin, ward=ward_at(pin.point) if pin else None,
        tiers=tiers_at(pin.point) if pin else [], hint=point_hint(),
    )  # fmt: skip
