"""What can be read of places that were drawn or uploaded."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import defer

from wardbook.db import db
from wardbook.places.models import Shape
from wardbook.policy import Viewer, visible


def own_shapes(viewer: Viewer) -> Sequence[Shape]:
    """The places this viewer drew or uploaded, newest first, without their shapes."""
    own = select(Shape).where(visible(Shape, viewer), Shape.author_id == viewer.id)
    return db.session.scalars(own.order_by(Shape.id.desc()).limit(20).options(defer(Shape.geometry))).all()
