"""Several areas: by their ids, by type, by how their names begin; their boundaries and figures."""

from __future__ import annotations

import re

from flask import request
from flask.typing import ResponseReturnValue

from wardbook.standards.mapit import shapes
from wardbook.standards.mapit.answers import LIST, SHAPES, NoArea, Unanswered, as_json, bp, parted
from wardbook.standards.mapit.area_views import listed
from wardbook.standards.mapit.asked import areas_with, asked
from wardbook.standards.mapit.register import Known, Register, register

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


@bp.get("/areas/<ids>/geometry")
def areas_geometry(ids: str) -> ResponseReturnValue:
    """Areas in figures, by their ids."""
    if not _IDS.fullmatch(ids):
        raise Unanswered("Bad area ID specified")
    known = register()
    found = areas_with(known, ids)
    if len(found) < len(set(ids.split(","))):
        raise NoArea
    return as_json({str(one.called.id): shapes.figures(one) for one in found})


@bp.get("/areas/<int:srid>/<ids>")
def areas_in_system(srid: int, ids: str) -> ResponseReturnValue:
    """The boundaries of areas in another coordinate system."""
    stem, form = parted(ids, SHAPES)
    if form not in SHAPES or not _IDS.fullmatch(stem):
        raise Unanswered("There is nothing at this address.", 404)
    shapes.refuse_unknown(srid)
    known = register()
    found = areas_with(known, stem)
    if not found:
        raise NoArea("No areas found")
    return shapes.written(found, form, srid, alone=False)


@bp.post("/areas")
def areas_posted() -> ResponseReturnValue:
    """What would be too long for an address: a field `URL` with what stands after `/areas/`, and the rest beside it."""
    words = request.form.get("URL", "")
    if not words:
        raise Unanswered("No content specified")
    ids, _, rest = words.partition("/")
    if rest == "geometry":
        return areas_geometry(ids)
    return areas_in_system(int(ids), rest) if rest and ids.isdecimal() and len(ids) < 10 else areas(words)
