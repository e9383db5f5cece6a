"""A shape somebody drew or uploaded, so that it has an address."""

from __future__ import annotations

from datetime import datetime

import shapely
from sqlalchemy.orm import Mapped, mapped_column

from wardbook.db import Base
from wardbook.shared import Shared


class Shape(Base, Shared):
    """A drawn or uploaded place, known by a 128-bit key: a site before a decision is confidential, so it is private."""

    __tablename__ = "shape"

    key: Mapped[str] = mapped_column(unique=True)
    label: Mapped[str]
    geometry: Mapped[shapely.Geometry]
    made_at: Mapped[datetime]
