"""Several areas: by their ids, by type, by how their names begin; their boundaries and figures."""

from __future__ import annotations

import re
from typing import Any

from flask import request
from flask.typing import ResponseReturnValue

from wardbook.standards.mapit import shapes
from wardbook.standards.mapit.answers import LIST, SHAPES, NoArea, Unanswered, as_json, bp, parted
from wardbook.standards.mapit.area_views import listed
from wardbook.standards.mapit.asked import areas_with, asked
from wardbook.standards.mapit.register import Known, Register, register
from wardbook.web import number_in

_IDS = re.compile(r"\d+(,\d+)*", re.ASCII)


@bp.get("/areas/<words>")
def areas(words: str) -> ResponseReturnValue:
    """Areas by ids, by the words of types in capitals, else by how their names begin, in capitals or not."""
    stem, form = parted(words, (*LIST, *SHAPES))
    known = register()
    if _IDS.fullmatch(stem):
        return listed(known, "Areas by their ids", areas_with(known, stem), form)
    if not set(stem.split(",")).isdisjoint(known.words.values()):
        wanted = asked(known, types=stem)
        found = (Known(one, place) for one in wanted.sets(known) for place in range(len(one.area_ids)))
        return listed(known, f"Areas of type {stem[:50]}", list(wanted.among(found)), form)
    return listed(known, f"Areas whose names begin with {stem[:50]}", _called(known, stem), form)


def _called(known: Register, beginning: str) -> list[Known]:
    wanted, folded = asked(known), beginning.casefold()
    found = (
        Known(one, place)
        for one in wanted.sets(known)
        for place, called in enumerate(one.called)
        if called.name.casefold().startswith(folded)
    )
    return list(wanted.among(found))


@bp.get("/areas/<first>/<rest>")
def about_areas(first: str, rest: str) -> ResponseReturnValue:
    """Areas in figures, as `/areas/IDS/geometry`; or, as `/areas/SRID/IDS.FORM`, their boundaries in another system."""
    if rest == "geometry":
        return as_json(_figures(first))
    stem, form = parted(rest, SHAPES)
    srid = number_in(first)
    if form not in SHAPES or not _IDS.fullmatch(stem) or srid is None:
        raise Unanswered("There is nothing at this address.", 404)
    shapes.refuse_unknown(srid)
    found = areas_with(register(), stem)
    if not found:
        raise NoArea("No areas found")
    return shapes.written(found, form, srid, alone=False)


def _figures(ids: str) -> dict[str, dict[str, Any]]:
    found = areas_with(register(), ids)
    if len(found) < len(set(ids.split(","))):
        raise NoArea
    return {str(one.called.id): shapes.figures(one) for one in found}


@bp.post("/areas")
def areas_posted() -> ResponseReturnValue:
    """What would be too long for an address: a field `URL` with what stands after `/areas/`, and the rest beside it."""
    words = request.form.get("URL", "")
    if not words:
        raise Unanswered("No content specified")
    first, stroke, rest = words.partition("/")
    return about_areas(first, rest) if stroke else areas(words)
