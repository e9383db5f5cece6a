"""Ground: whether two boundary sets lie over the same part of the country."""

from __future__ import annotations

from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray

from wardbook.areas.locator import LocatedSet

SAME: Final = 0.001
"""The share of the smaller set that may lie in the other: two neighbours' edges never agree to the last centimetre."""
AT_ONCE: Final = 1000


def over_the_same_ground(held: LocatedSet, shapes: NDArray[np.object_]) -> bool:
    """Whether more than a thousandth of the smaller set lies in the other.

    Only areas whose boxes meet are compared, and no more of them once it is certain, so a whole country takes no longer
    than a council.
    """
    enough = SAME * min(shapely.area(held.shapes).sum(), shapely.area(shapes).sum())
    new, old = held.tree.query(shapes)
    shared = 0.0
    for start in range(0, len(new), AT_ONCE):
        some = slice(start, start + AT_ONCE)
        shared += float(shapely.area(shapely.intersection(shapes[new[some]], held.shapes[old[some]])).sum())
        if shared > enough:
            return True
    return False
