"""One area: what it is called, its boundary, figures and example, and the areas that stand in a relation to it."""

from __future__ import annotations

from typing import Any

from flask import Response
from flask.typing import ResponseReturnValue

from wardbook import geo
from wardbook.areas.queries import areas_by_id
from wardbook.standards.mapit import shapes
from wardbook.standards.mapit.answers import LIST, SHAPES, NoArea, Unanswered, as_json, bp, go, page, parted
from wardbook.standards.mapit.asked import area_with, asked
from wardbook.standards.mapit.postcode_views import example_in
from wardbook.standards.mapit.register import Known, Register, register
from wardbook.standards.mapit.relations import RELATIONS, children, related
from wardbook.web import number_in


@bp.get("/area/<words>")
def area(words: str) -> ResponseReturnValue:
    """An area by its id, or, by its code, on to the address of that id."""
    ident, form = parted(words, (*LIST, *SHAPES, "wkt"))
    known = register()
    if not ident.isascii() or number_in(ident) is None:
        return _by_code(known, ident, words.removeprefix(ident))
    found = area_with(known, int(ident))
    if form in (*SHAPES, "wkt"):
        return shapes.written([found], form, geo.WGS84, alone=True)
    return _described(known, found, form)


def _described(known: Register, found: Known, form: str) -> Response:
    row = areas_by_id([found.called.id]).get(found.called.id)
    if row is None:
        raise NoArea
    names = {f"other{place or ''}": ["Other name", name] for place, name in enumerate(row.other_names)}
    answer = known.area(found) | {"all_names": names}
    if form == "html":
        return page("area", area=answer, row=row, parent=_parent(known, found), relations=RELATIONS)
    return as_json(answer)


def _parent(known: Register, found: Known) -> dict[str, Any] | None:
    parent = known.parent(found)
    return None if parent is None else known.area(known.by_id[parent])


def _by_code(known: Register, code: str, end: str) -> ResponseReturnValue:
    """What is neither an id nor looks like a code is refused; a code that there is not is not found."""
    found = known.coded(code)
    if found:
        return go("mapit.area", words=f"{found[0].called.id}{end}")
    if len(code) == 9 and code[:1].isalpha() and code[1:].isdecimal():
        raise NoArea
    raise Unanswered("Bad area ID specified")


@bp.get("/code/<kind>/<words>")
def code(kind: str, words: str) -> ResponseReturnValue:
    """On to the area with a code of a kind, in the generation that is asked for."""
    ident, _ = parted(words)
    known = register()
    wanted = asked(known)
    meant = {one.id for one in wanted.sets(known)}
    coded = known.coded(ident, wanted.begins_by) if kind == "gss" else []
    found = [one for one in coded if one.its_set.id in meant]
    if not found:
        raise Unanswered(f"No areas were found that matched code {kind[:20]} = {ident[:20]}.", 404)
    return go("mapit.area", words=f"{found[0].called.id}{words.removeprefix(ident)}")


@bp.get("/area/<int:number>/<words>")
def about_area(number: int, words: str) -> ResponseReturnValue:
    """What is known about an area; or, as `/area/SRID/ID.FORM`, its boundary in another coordinate system."""
    stem, form = parted(words, (*LIST, *SHAPES, "wkt"))
    known = register()
    if stem.isascii() and number_in(stem) is not None:
        return _in_system(known, number, int(stem), words)
    if stem == "geometry" and form == "json":
        return as_json(shapes.figures(area_with(known, number)))
    if stem == "example_postcode" and form in LIST:
        return example_in(known, number, form)
    if stem == "children" or stem in RELATIONS:
        return _beside(known, number, stem, form)
    raise Unanswered("There is nothing at this address.", 404)


def _in_system(known: Register, srid: int, area_id: int, words: str) -> Response:
    form = words.rpartition(".")[2]
    if form not in ("json", "geojson", "kml", "wkt"):
        raise Unanswered("There is nothing in this form here.", 404)
    shapes.refuse_unknown(srid)
    return shapes.written([area_with(known, area_id)], form, srid, alone=True)


def _beside(known: Register, area_id: int, word: str, form: str) -> ResponseReturnValue:
    """The areas that stand in a relation to one, of the same day as today unless asked otherwise."""
    found = area_with(known, area_id)
    wanted = asked(known)
    sets = wanted.sets(known)
    if word == "children":
        heading, others = f"Children of {found.called.name}", children(known, found, sets)
    else:
        heading, others = RELATIONS[word][0].format(found.called.name), related(word, found, sets)
    return listed(known, heading, list(wanted.among(others)), form)


def listed(known: Register, heading: str, found: list[Known], form: str) -> ResponseReturnValue:
    """Several areas in a form: a page, JSON, or their boundaries."""
    if form in SHAPES:
        if not found:
            raise NoArea("No areas found")
        return shapes.written(found, form, geo.WGS84, alone=False)
    areas = known.areas(found)
    return page("areas", title=heading, areas=list(areas.values())) if form == "html" else as_json(areas)
