"""The front page of MapIt's web API, with its documentation, and the lists of generations and types."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask.sansio.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue

from wardbook.areas.models import AREA_TYPES
from wardbook.areas.queries import boundary_sets
from wardbook.clock import today
from wardbook.config import Settings
from wardbook.errors import Refused
from wardbook.places.examples import examples
from wardbook.standards.mapit.answers import as_json, bp, page
from wardbook.standards.mapit.asked import MOST_AREAS
from wardbook.standards.mapit.point_views import MOST_POINTS
from wardbook.standards.mapit.register import Register, register
from wardbook.standards.mapit.relations import RELATIONS


@bp.record_once
def _words_of_types_that_there_are(state: BlueprintSetupState) -> None:
    chosen: Settings = state.app.extensions["wardbook.settings"]
    for word, _ in chosen.mapit_types:
        if word not in AREA_TYPES:
            raise Refused(f"WARDBOOK_MAPIT_TYPES: '{word}' is no type of area: there are {', '.join(AREA_TYPES)}.")


@bp.get("/")
def index() -> ResponseReturnValue:
    """The forms for people, and how programs ask."""
    known = register()
    loaded = {one.type for one in known.sets}
    types = [(known.words[type_], name) for type_, name in AREA_TYPES.items() if type_ in loaded]
    most = {"points": MOST_POINTS, "areas": MOST_AREAS}
    return page("index", types=types, most=most, relations=RELATIONS, example=examples())


@bp.get("/generations")
@bp.get("/generations.<any(json, html):form>")
def generations(form: str = "json") -> ResponseReturnValue:
    """Every generation: from which day it counts, whether that has come, and the sets that hold in it."""
    known = register()
    listed = _generations(known)
    if form == "html":
        return page("generations", generations=list(listed.values()), firsts=known.firsts)
    return as_json(listed)


def _generations(known: Register) -> dict[str, dict[str, Any]]:
    sets = boundary_sets()
    earliest = min((one.imported_at for one in sets), default=None)
    found = {}
    for number, first in enumerate(known.firsts, start=1):
        undated = earliest.strftime("%Y-%m-%dT%H:%M:%SZ") if earliest else None
        found[str(number)] = {
            "id": number,
            "active": first <= today(),
            "created": undated if first == date.min else f"{first.isoformat()}T00:00:00Z",
            "description": "; ".join(one.name for one in sets if one.in_force(first)),
        }
    return found


@bp.get("/types")
@bp.get("/types.<any(json, html):form>")
def types(form: str = "json") -> ResponseReturnValue:
    """The words for types of areas, and what each means."""
    known = register()
    listed = {known.words[word]: {"code": known.words[word], "description": name} for word, name in AREA_TYPES.items()}
    return page("types", types=list(listed.values())) if form == "html" else as_json(listed)
