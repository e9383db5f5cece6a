"""The page of the find box: straight there where one thing is meant, else a choice, else help."""

from __future__ import annotations

from dataclasses import dataclass, field

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from wardbook.areas import addresses
from wardbook.areas import queries as areas
from wardbook.areas.addresses import AddressShare
from wardbook.areas.locator import locator
from wardbook.areas.models import Area
from wardbook.areas.partial_postcodes import PartialPostcode, looks_partial, partial_postcodes
from wardbook.briefs import kept
from wardbook.entries import queries as entries
from wardbook.errors import NotFound, Refused
from wardbook.outlook.as_at import as_at, day_asked
from wardbook.people import queries as people
from wardbook.people.models import Person
from wardbook.people.signed_in import viewer
from wardbook.places import find, matches, tiers
from wardbook.places.examples import Examples, examples
from wardbook.places.gazetteer import STREETS, GazetteerName, names_within
from wardbook.places.place import Place
from wardbook.places.words import place_from_words

bp = Blueprint("finding", __name__)
MOST_TYPED = 200
MOST_STREETS = 8
ROUND_ADDRESSES = 0.0035
"""Degrees of latitude round a postcode's addresses in which its streets are looked for, nearest first: some 400 metres,
since a long street has its point in its middle."""


@dataclass(frozen=True)
class Spotted:
    """A spot that was found inside the council: its ward, every tier, a place round it."""

    spot: find.Spot
    ward: Area
    tiers: list[tiers.Tier]
    place: Place


@dataclass(frozen=True)
class Postcode:
    """What is known of the addresses of a postcode: how they lie in wards, who represents those, and streets near."""

    spaced: str
    shares: list[AddressShare]
    councillors: dict[str, list[Person]]
    streets: list[GazetteerName]

    @property
    def split(self) -> bool:
        return len(self.shares) > 1

    @property
    def lies_in(self) -> str:
        """`two wards`, where its addresses lie"""
        wards = sum(1 for share in self.shares if share.ward)
        if wards < len(self.shares):
            return "this council and outside it"
        return "two wards" if wards == 2 else f"{wards} wards"

    @property
    def addresses(self) -> int:
        return sum(share.addresses for share in self.shares)


@dataclass
class Answer:
    """What the page shows."""

    words: str
    heading: str = ""
    """Of a spot, what it is called, or how it was read"""
    sentence: str = ""
    spotted: Spotted | None = None
    postcode: Postcode | None = None
    outside: find.Spot | None = None
    """A spot that no ward in force covers"""
    in_a_gap: bool = False
    """It lies inside the council all the same: between two wards"""
    no_wards: bool = False
    """A day was asked about on which no wards are known"""
    elsewhere: tiers.Elsewhere | None = None
    knows_councils: bool = False
    """Whether other councils' boundaries are held, so that one in none of them may be at sea or abroad"""
    partial: list[PartialPostcode] = field(default_factory=list)
    called: matches.Called | None = None
    examples: Examples = field(default_factory=Examples)

    @property
    def found(self) -> bool:
        return bool(self.spotted or self.outside or self.partial or (self.called and self.called.matches))


@bp.get("/find")
def find_place() -> ResponseReturnValue:
    """Where the find box leads."""
    words = request.args.get("q", "").replace("\0", "").strip()[:MOST_TYPED]
    straight = _straight_to(words) if words else None
    if straight:
        return redirect(straight)
    answer = _answer(words)
    meant = answer.called.meant if answer.called else None
    if meant and meant.area and not answer.partial:
        return redirect(_page_of(meant.area.code))
    return render_template("outlook/found.html", q=words, answer=answer, on=day_asked(), page_of=_page_of)


def _page_of(code: str) -> str:
    """The page of an area that is in force; where a day is asked about, as at that day."""
    day = day_asked()
    return url_for("outlook.place", words=f"ward:{code}@{day}") if day else url_for("outlook.ward", code=code)


def _straight_to(words: str) -> str | None:
    """An entry, a brief or a place in words: what has an address of its own."""
    if entry := entries.entry(words, viewer()):
        return url_for("entries.detail", ref=entry.ref)
    if brief := kept.brief(words, viewer()):
        return url_for("kept_briefs.latest", ref=brief.ref)
    if ":" in words:
        try:
            day = f"@{asked}" if "@" not in words and (asked := day_asked()) else ""
            return url_for("outlook.place", words=place_from_words(words + day, viewer()).words)
        except (Refused, NotFound):
            return None
    return None


def _answer(words: str) -> Answer:
    if reference := find.reference_typed(words):
        sentence = f"There is nothing with the reference {reference} that you can see. Check its letters and figures."
        return Answer(words, sentence=sentence, examples=examples())
    answer = Answer(words, partial=partial_postcodes(words, as_at()) if words else [])
    try:
        spot = find.spot(words) if words and not answer.partial else None
    except Refused as refused:
        answer.sentence, spot = refused.sentence, None
        answer.partial = _neighbours(words)
    if spot is None and words and not answer.sentence:
        answer.called = matches.called(words, as_at())
        meant = answer.called.meant
        spot = meant.spot if meant and not answer.partial else None
    if spot is not None:
        _tell_of(spot, answer)
    if not answer.found:
        answer.examples = examples()
        if looks_partial(words):
            answer.sentence = f"We hold no postcode that begins with {words.upper()}."
    return answer


def _neighbours(words: str) -> list[PartialPostcode]:
    """Of a postcode that we do not hold, those that begin as it does."""
    postcode = find.postcode_typed(words)
    return partial_postcodes(postcode[:-2], as_at()) if postcode else []


def _tell_of(spot: find.Spot, answer: Answer) -> None:
    ward = find.ward_at(spot.point, as_at())
    held = areas.postcode(find.postcode_typed(answer.words))
    answer.postcode = _postcode(held.compact, held.spaced) if held else None
    heading = held.spaced if held else find.named(spot).label
    answer.heading = heading[:1].upper() + heading[1:]
    if ward:
        place = _round(spot, held.spaced if held else "")
        answer.spotted = Spotted(spot, ward, tiers.tiers_at(spot.point, as_at()), place)
    else:
        answer.outside, answer.in_a_gap = spot, find.is_inside(spot.point)
        answer.no_wards = bool(day_asked()) and not locator().wards(as_at())
        answer.elsewhere = None if answer.in_a_gap else tiers.elsewhere(spot.point)
        answer.knows_councils = tiers.knows_councils()


def _round(spot: find.Spot, postcode: str) -> Place:
    day = f"@{asked.isoformat()}" if (asked := day_asked()) else ""
    centre = f"postcode:{postcode}" if postcode else f"point:{spot.point.x:.6f},{spot.point.y:.6f}"
    return place_from_words(f"{centre}+400m{day}", viewer())


def _postcode(compact: str, spaced: str) -> Postcode:
    found = addresses.shares(compact, as_at())
    wards = areas.areas_by_id([share.ward.id for share in found if share.ward])
    return Postcode(
        spaced, found, people.councillors(list(wards.values()), as_at()), _streets(compact) if len(found) > 1 else []
    )


def _streets(compact: str) -> list[GazetteerName]:
    """The streets near a postcode's addresses, so that somebody can say which is theirs."""
    points = addresses.points_of(compact)
    if points is None or not len(points):
        return []
    (west, south), (east, north) = points.min(axis=0), points.max(axis=0)
    reach = ROUND_ADDRESSES
    box = (west - 1.6 * reach, south - reach, east + 1.6 * reach, north + reach)
    return names_within(box, MOST_STREETS, STREETS)
