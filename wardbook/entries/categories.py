"""What can be done with categories, and which of them are told most in a ward."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import shapely
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from wardbook.clock import today
from wardbook.db import alone, db, hold, now
from wardbook.entries.kinds import Kind
from wardbook.entries.models import Category, Entry
from wardbook.entries.questions import Question
from wardbook.errors import Refused
from wardbook.events import Did, record
from wardbook.people.actions import service_called
from wardbook.people.models import Service
from wardbook.places.find import ward_at
from wardbook.policy import Act, Viewer, require, visible
from wardbook.shared import Standing

LATELY = timedelta(days=365)
MOST_LOOKED_AT = 5000
"""What was told most is counted over no more than the last so many of a ward"""


@dataclass(frozen=True)
class CategorySaid:
    """A category as an administrator describes it."""

    name: str
    service: str
    kinds: tuple[Kind, ...]
    radius_m: int = 250
    moderated: bool = False
    questions: tuple[Question, ...] = ()
    emergency: str = ""


def every(viewer: Viewer) -> Sequence[Category]:
    """All categories, those in use first, by service and name."""
    require(viewer, Act.ADMINISTER)
    rows = select(Category).join(Category.service).options(joinedload(Category.service))
    return db.session.scalars(rows.order_by(Category.retired_on.is_not(None), Service.name, Category.name)).all()


def by_id(id_: int) -> Category | None:
    """A category, retired ones too."""
    return db.session.get(Category, id_)


def services() -> Sequence[str]:
    """The names of the council's services."""
    return db.session.scalars(select(Service.name).order_by(Service.name)).all()


def add(viewer: Viewer, said: CategorySaid) -> Category:
    """Make a category. Under one service two are never called the same, so the same form makes one."""
    require(viewer, Act.ADMINISTER)
    service = service_called(said.service)
    _refuse_taken(said.name, service, None)
    category = Category(name=said.name, service=service, kinds=[str(kind) for kind in said.kinds])
    _take(category, said)
    db.session.add(category)
    db.session.flush()
    record(viewer, Did.POSTED, category)
    return category


def change(viewer: Viewer, category: Category, said: CategorySaid) -> Category:
    """Say otherwise what a category is. What was told under it stays there, with what was asked then."""
    require(viewer, Act.ADMINISTER)
    hold(category)
    service = service_called(said.service)
    _refuse_taken(said.name, service, category.id)
    before = category.name
    category.name, category.service, category.kinds = said.name, service, [str(kind) for kind in said.kinds]
    _take(category, said)
    record(viewer, Did.EDITED, category, change={"name": [before, said.name]} if before != said.name else {})
    return category


def _take(category: Category, said: CategorySaid) -> None:
    category.radius_m, category.moderated, category.emergency = said.radius_m, said.moderated, said.emergency
    category.questions = [question.kept() for question in said.questions]


def _refuse_taken(name: str, service: Service, own: int | None) -> None:
    alone("category", service.id, name)
    same = select(Category.id).where(
        Category.name == name, Category.service_id == service.id, Category.id != (own or 0)
    )
    if db.session.scalar(same) is not None:
        raise Refused(f"{service.name} has a category called '{name}' already. Choose another name.", field="name")


def retire(viewer: Viewer, category: Category) -> None:
    """Nothing more is told under it; what was, stays. Retired twice, it keeps its first day."""
    require(viewer, Act.ADMINISTER)
    hold(category)
    if category.retired_on is None:
        category.retired_on = today()
        record(viewer, Did.EDITED, category, change={"retired": [False, True]})


def bring_back(viewer: Viewer, category: Category) -> None:
    """Let it be chosen again."""
    require(viewer, Act.ADMINISTER)
    hold(category)
    if category.retired_on is not None:
        category.retired_on = None
        record(viewer, Did.EDITED, category, change={"retired": [True, False]})


def told_most(found: Sequence[Category], at: shapely.Point | None, viewer: Viewer) -> tuple[list[Category], str]:
    """These categories, those first that were told most in a spot's ward over the last year, the rest as they stand;
    and the name of that ward where it says anything. Counted is what this viewer sees.
    """
    ward = ward_at(at) if at is not None else None
    counts = _counts(ward.id, viewer) if ward else {}
    ordered = sorted(found, key=lambda category: -counts.get(category.id, 0))
    return ordered, ward.name if ward and any(one.id in counts for one in found) else ""


def _counts(ward_id: int, viewer: Viewer) -> dict[int, int]:
    lies = Entry.lies_in.c
    lately = (
        select(Entry.category_id)
        .join(Entry.lies_in, lies.thing_id == Entry.id)
        .where(lies.area_id == ward_id, visible(Entry, viewer), Entry.standing == Standing.PUBLISHED)
        .where(Entry.told_at > now() - LATELY, Entry.category_id.is_not(None))
        .order_by(lies.thing_id.desc())
        .limit(MOST_LOOKED_AT)
        .subquery()
    )
    rows = db.session.execute(select(lately.c.category_id, func.count()).group_by(lately.c.category_id))
    return {row[0]: row[1] for row in rows}
