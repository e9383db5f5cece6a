"""Made-up entries over real wards, the same for the same seed: skewed in place, even over five years."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
import shapely
from numpy.random import Generator
from numpy.typing import NDArray

from wardbook.shared import LETTERS

UNTIL = datetime(2026, 11, 1, tzinfo=UTC)
YEARS = 5
CATEGORIES = (
    "Dropped kerbs", "Potholes", "Street lights", "Fly-tipping", "Trees and hedges", "Parking", "Speed of traffic",
    "Drains and flooding", "Parks and play", "Places to meet", "Shops and markets", "Buses",
)  # fmt: skip
WORDS = """
the a of and to in on at by for with from near behind outside between since until again still never often corner kerb
path crossing school library surgery bus stop bridge river lane hill green park hedge wall bench lamp drain gutter water
flood leaf tree root branch bin rubbish glass van lorry bicycle wheelchair pram child children older people walk drive
park wait turn fast slow dark bright wet dry narrow wide broken loose missing blocked full empty new old friendly
useful council road pavement surface hole sign light signal shop market hall club group meeting Tuesday weekend
evening morning winter summer rain ice every week month year one two three several many nobody somebody neighbours
know ask told promised mended painted cut moved opened closed kept lost found safe danger trip fall
noise smell view history well-loved
""".split()  # noqa: SIM905 - words to be read as words
KINDS = (("issue", "received"), ("issue", "fixed"), ("issue", "planned"), ("asset", "current"), ("note", "current"))
OFTEN = (0.35, 0.35, 0.10, 0.10, 0.10)
LEVELS, LEVELS_OFTEN = ("public", "council", "ward"), (0.85, 0.10, 0.05)
STANDINGS, STANDINGS_OFTEN = ("published", "pending", "hidden"), (0.98, 0.01, 0.01)


@dataclass(frozen=True)
class Made:
    """One entry; its number is its id."""

    id: int
    ref: str
    kind: str
    state: str
    title: str
    words: str
    category: int
    author: int
    level: str
    standing: str
    told_at: datetime
    lon: float
    lat: float


def places(count: int, wards: Sequence[shapely.Geometry], seed: int) -> NDArray[np.float64]:
    """Where they are, as rows of longitude and latitude: a tenth of the wards has more than half of them."""
    dice = np.random.default_rng(seed)
    weights = dice.lognormal(0, 1.8, len(wards))
    each = dice.multinomial(count, weights / weights.sum())
    found = [_in_ward(dice, ward, number) for ward, number in zip(wards, each, strict=True) if number]
    together = np.round(np.concatenate(found), 7)
    dice.shuffle(together)
    return together


def _in_ward(dice: Generator, ward: shapely.Geometry, number: int) -> NDArray[np.float64]:
    west, south, east, north = ward.bounds
    shapely.prepare(ward)
    kept = np.empty((0, 2))
    while len(kept) < number:
        tried = dice.uniform((west, south), (east, north), (number * 3 + 8, 2))
        kept = np.concatenate([kept, tried[shapely.contains_xy(ward, tried[:, 0], tried[:, 1])]])
    return kept[:number]


def entries(at: NDArray[np.float64], seed: int, authors: int) -> Iterator[Made]:
    """The entries at these places, oldest first."""
    dice = np.random.default_rng(seed + 1)
    count = len(at)
    refs = dice.choice(len(LETTERS) ** 5, count, replace=False)
    ages = np.sort(dice.integers(0, YEARS * 365 * 24 * 3600, count))[::-1]
    kinds = dice.choice(len(KINDS), count, p=OFTEN)
    levels = dice.choice(LEVELS, count, p=LEVELS_OFTEN)
    standings = dice.choice(STANDINGS, count, p=STANDINGS_OFTEN)
    categories = dice.integers(1, len(CATEGORIES) + 1, count)
    writers = dice.integers(1, authors + 1, count)
    lengths = dice.integers(20, 61, count)
    spoken = [WORDS[number] for number in dice.integers(0, len(WORDS), 1 << 16)]
    starts = dice.integers(0, len(spoken) - 80, count)
    for place in range(count):
        kind, state = KINDS[kinds[place]]
        start = starts[place]
        said = spoken[start : start + 6 + lengths[place]]
        yield Made(
            place + 1, _ref(int(refs[place])), kind, state, " ".join(said[:6]).capitalize(), " ".join(said[6:]) + ".",
            int(categories[place]), int(writers[place]), "council" if kind == "note" else str(levels[place]),
            str(standings[place]), UNTIL - timedelta(seconds=int(ages[place])), *map(float, at[place]),
        )  # fmt: skip


def _ref(number: int) -> str:
    signs = ""
    for _ in range(5):
        number, sign = divmod(number, len(LETTERS))
        signs += LETTERS[sign]
    return f"WB-{signs}"
