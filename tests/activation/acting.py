"""What is done with a review of wards, and what is left of it to look at."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import shapely
from sqlalchemy import select

from tests.activation.conftest import REVIEW
from tests.conftest import (
    ADMINISTRATOR,
    as_viewer,
)
from wardbook.activation import actions
from wardbook.areas.actions import SetDescription, add_boundary_set
from wardbook.areas.boundary_files.reading import ReadArea, Reading
from wardbook.areas.models import BoundarySet
from wardbook.db import db, transaction
from wardbook.follows.actions import begin
from wardbook.follows.models import Follow, Rhythm
from wardbook.follows.things import thing_from_words
from wardbook.mail import letters

AFTERWARDS = REVIEW + timedelta(days=5)


def activate(row: BoundarySet, choices: dict[str, str] | None = None) -> None:
    with transaction():
        actions.activate(as_viewer(ADMINISTRATOR), row, choices)


def undo(row: BoundarySet) -> None:
    with transaction():
        assert actions.undo(as_viewer(ADMINISTRATOR), row)


def follow(member, words: str) -> None:
    with transaction():
        begin(as_viewer(member), thing_from_words(words, as_viewer(member)), Rhythm.WEEKLY)


def followed() -> set[tuple[str, str]]:
    rows = db.session.scalars(select(Follow).where(Follow.ended_at.is_(None)))
    return {(row.person.email, row.words) for row in rows}


def news_of_wards() -> list[tuple[str, str]]:
    return [(letter.to, letter.body) for letter in letters() if "wards you follow" in letter.subject]


def codes(wards: Sequence[object]) -> set[str]:
    return {ward.code for ward in wards}


def a_set(name: str, wards: dict[str, shapely.Geometry], first: date, until: date | None = None) -> BoundarySet:
    areas_read = tuple(
        ReadArea(row, code, code.title(), (), shapely.MultiPolygon([shape]))
        for row, (code, shape) in enumerate(wards.items(), start=1)
    )
    reading = Reading(areas_read, (), (), "EPSG:4326", "file", "code", "name", None, len(areas_read))
    with transaction():
        return add_boundary_set(SetDescription(name, "ward", first, until), reading)
