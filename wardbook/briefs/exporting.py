"""Briefs of places where so much is known that their files are made by a job."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import BinaryIO

from wardbook.briefs import queries
from wardbook.briefs.forms_of_a_brief import FORMS
from wardbook.briefs.picture import Brief
from wardbook.clock import today
from wardbook.downloads.sources import About, Source, Tell, register
from wardbook.errors import NotFound
from wardbook.places.words import place_from_words
from wardbook.policy import Act, Viewer, everyone_at, require
from wardbook.shared import Level

SOURCE = "brief"


def _reader(who: Viewer, about: About) -> Viewer:
    level = about.get("for")
    if level not in (Level.PUBLIC, Level.COUNCIL) or not about.get("place"):
        raise NotFound
    place_from_words(about["place"], who)
    if level == Level.COUNCIL:
        require(who, Act.BRIEF_COUNCIL)
    return everyone_at(Level(level))


def _write(who: Viewer, about: About, form: str, file: BinaryIO, tell: Tell) -> Sequence[str]:
    _reader(who, about)
    place, level = place_from_words(about["place"], who), Level(about["for"])
    made = queries.brief(place, level, who)
    tell(0, made.total)
    items = list(queries.items(place, level))
    file.write(FORMS[form](made, items)[0])
    return [item.ref for item in items]


def file_name(made: Brief, form: str) -> str:
    """What the file of a brief is called."""
    if made.frozen is not None:
        return f"{made.frozen.ref}-{made.frozen.number}-{made.made_at:%Y-%m-%d}.{form}"
    return _called(made.label, f"{made.level}-{made.made_at:%Y-%m-%d}", form)


def _name(about: About, form: str) -> str:
    return _called(about["place"], f"{about['for']}-{today():%Y-%m-%d}", form)


def _called(place: str, made: str, form: str) -> str:
    words = re.sub("[^a-z0-9]+", "-", place.lower()).strip("-")[:60] or "place"
    return f"brief-{words}-{made}.{form}"


register(SOURCE, Source(FORMS, ("place", "for"), _reader, _write, _name))
