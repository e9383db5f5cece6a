"""Keeping a drawn or uploaded shape, so that it has an address."""

from __future__ import annotations

import hashlib
import hmac
import secrets

import shapely
from sqlalchemy import select

from wardbook.config import settings
from wardbook.db import alone, db, now
from wardbook.places.find import refuse_outside
from wardbook.places.models import Shape
from wardbook.policy import Act, Viewer, require
from wardbook.shared import Level, Standing


def keep_shape(viewer: Viewer, shape: shapely.Geometry, *, label: str, once: str = "") -> Shape:
    """Keep a shape for its maker alone, until something that uses it is shown to others.

    From the same form it makes one place, however often the form is sent; changed in between, it makes another.
    """
    require(viewer, Act.DRAW_PLACE)
    refuse_outside(shape, field="shape")
    key = _key(viewer, shape, label, once) if once else secrets.token_hex(16)
    alone("shape", key)
    if (already := db.session.scalar(select(Shape).where(Shape.key == key))) is not None:
        return already
    kept = Shape(
        key=key, label=label, geometry=shape, author_id=viewer.id,
        level=Level.PRIVATE, standing=Standing.PUBLISHED, made_at=now(),
    )  # fmt: skip
    db.session.add(kept)
    db.session.flush()
    return kept


def _key(viewer: Viewer, shape: shapely.Geometry, label: str, once: str) -> str:
    """128 bits that nobody can guess who has not our secret, the same for the same content of the same form."""
    told = "\x1f".join([str(viewer.id), once, label, shapely.to_wkt(shape, rounding_precision=-1)])
    return hmac.new(settings().secret_key.encode(), told.encode(), hashlib.sha256).hexdigest()[:32]
