"""How many postcodes lie in each ward: the nearest thing to a population where none is loaded."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date

import numpy as np
import shapely
from sqlalchemy import func, select

from wardbook.areas.locator import LocatedSet, locator
from wardbook.areas.models import Postcode, PostcodeSource
from wardbook.db import db
from wardbook.memory import remembered


def postcode_counts(on: date) -> dict[int, int]:
    """The postcodes in each ward in force on a day, by the ward's id; counted anew when either has changed."""
    sources = db.session.execute(select(func.max(PostcodeSource.id), func.count(PostcodeSource.id))).one()
    key = (locator(), on, *sources)
    return remembered("postcode_counts", key, lambda: _counted(locator().wards(on)))


def _counted(sets: Sequence[LocatedSet]) -> dict[int, int]:
    counts: Counter[int] = Counter()
    for known in sets:
        west, south, east, north = (float(side) for side in shapely.total_bounds(known.shapes))
        asked = select(Postcode.lon, Postcode.lat).where(
            Postcode.lon.between(west, east), Postcode.lat.between(south, north)
        )
        points = np.array([tuple(row) for row in db.session.execute(asked)], dtype=float).reshape(-1, 2)
        places = known.covering_each(points[:, 0], points[:, 1])
        counts.update(known.area_ids[place] for place in places if place >= 0)
    return dict(counts)
