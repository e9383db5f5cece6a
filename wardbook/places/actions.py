"""Keeping a drawn or uploaded shape, so that it has an address."""

from __future__ import annotations

import secrets

import shapely

from wardbook.db import db, now
from wardbook.places.find import refuse_outside
from wardbook.places.models import Shape
from wardbook.policy import Act, Viewer, require
from wardbook.shared import Level, Standing


def keep_shape(viewer: Viewer, shape: shapely.Geometry, *, label: str) -> Shape:
    """Keep a shape for its maker alone, until something that uses it is shown to others."""
    require(viewer, Act.DRAW_PLACE)
    refuse_outside(shape, field="shape")
    kept = Shape(
        key=secrets.token_hex(16), label=label, geometry=shape, author_id=viewer.id,
        level=Level.PRIVATE, standing=Standing.PUBLISHED, made_at=now(),
    )  # fmt: skip
    db.session.add(kept)
    db.session.flush()
    return kept
