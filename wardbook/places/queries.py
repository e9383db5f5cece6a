"""What can be read of places that were drawn or uploaded."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import defer

from wardbook.db import db
from wardbook.places.models import Shape
from wardbook.places.place import Place
from wardbook.policy import VISITOR, Viewer, visible


def own_shapes(viewer: Viewer) -> Sequence[Shape]:
    """The places this viewer drew or uploaded, newest first, without their shapes."""
    own = select(Shape).where(visible(Shape, viewer), Shape.author_id == viewer.id)
    return db.session.scalars(own.order_by(Shape.id.desc()).limit(20).options(defer(Shape.geometry))).all()


def shape(shape_id: int | None, viewer: Viewer) -> Shape | None:
    """A drawn or uploaded place, if this viewer may see it, without its shape."""
    rows = select(Shape).where(Shape.id == shape_id, visible(Shape, viewer)).options(defer(Shape.geometry))
    return db.session.scalar(rows) if shape_id is not None else None


def is_for_everyone(place: Place) -> bool:
    """Whether anybody can open the page of a place: a feed reader signs in nowhere."""
    return place.shape_id is None or shape(place.shape_id, VISITOR) is not None
