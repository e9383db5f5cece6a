"""Coordinates as people write them: degrees in either order, with letters, signs, minutes and seconds; or the grid."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import isfinite

import shapely

from wardbook import geo
from wardbook.errors import Refused

_SIGNS = str.maketrans(
    {"−": "-", "–": "-", "‐": "-", "′": "'", "’": "'", "‘": "'", "ʹ": "'", "″": '"', "”": '"', "“": '"', "º": "°",
     "˚": "°", "(": " ", ")": " ", "[": " ", "]": " ", "\u00a0": " ", "\u202f": " "}
)  # fmt: skip
_CALLED = re.compile(r"\b(?:latitude|longitude|lat|long|lon|lng|easting|northing)\b\s*[:=]?|\bgeo:", re.IGNORECASE)
_THOUSANDS = re.compile(r"(?<![\d.])(\d{3}),(\d{3})(?![\d.])")
_DECIMAL_COMMAS = re.compile(r"([-+]?\d{1,3}),(\d+)\s*[;/|\s]\s*([-+]?\d{1,3}),(\d+)")
_TOKEN = re.compile(r"[NSEW]|[-+]?\d+(?:\.\d+)?|[°'\"]+|[,;/|]|deg(?:rees)?|min|sec", re.IGNORECASE)
_ALL = re.compile(rf"(?:\s*(?:{_TOKEN.pattern}))+\s*", re.IGNORECASE)
MOST_SIGNS = 100
LARGEST_DEGREE = 360.0


@dataclass(frozen=True)
class Number:
    """One coordinate: its value, with the sign of its letter, and the letter where there is one."""

    value: float
    letter: str = ""


@dataclass(frozen=True)
class Read:
    """A point that was typed as numbers, and in words how we read them."""

    point: shapely.Point
    label: str


def read_coordinates(words: str, inside: Callable[[shapely.Point], bool]) -> Read | None:
    """The point that two coordinates name; None where the words are none.

    Numbers beyond 360 are metres on the British grid, easting first unless letters say otherwise. Others are degrees:
    in the order that letters say; without letters in whichever order lies `inside` the council, latitude first where
    neither does and it can be one. Raises Refused where they lie nowhere.
    """
    pair = _pair(words)
    if pair is None:
        return None
    one, other = pair
    if abs(one.value) > LARGEST_DEGREE or abs(other.value) > LARGEST_DEGREE:
        return _on_the_grid(one, other)
    if one.letter in ("E", "W") or other.letter in ("N", "S"):
        return _in_degrees(other.value, one.value)
    if one.letter or other.letter:
        return _in_degrees(one.value, other.value)
    orders = [
        (lat, lon)
        for lat, lon in ((one.value, other.value), (other.value, one.value))
        if abs(lat) <= 90 and abs(lon) <= 180
    ]
    here = [(lat, lon) for lat, lon in orders if inside(shapely.Point(lon, lat))]
    return _in_degrees(*(here or orders or [(one.value, other.value)])[0])


def _in_degrees(lat: float, lon: float) -> Read:
    return Read(geo.point(lon, lat), f"latitude {_short(lat)}, longitude {_short(lon)}")


def _short(degrees: float) -> str:
    return f"{degrees:.6f}".rstrip("0").rstrip(".")


def _on_the_grid(one: Number, other: Number) -> Read:
    if one.letter == "N" or other.letter == "E":
        one, other = other, one
    label = f"easting {one.value:g}, northing {other.value:g}"
    if one.value == round(one.value) and other.value == round(other.value) and isfinite(one.value * other.value):
        label = f"easting {one.value:.0f}, northing {other.value:.0f}"
    return Read(geo.point_from_grid(one.value, other.value), label)


def _pair(words: str) -> tuple[Number, Number] | None:
    plain = _THOUSANDS.sub(r"\1\2", _CALLED.sub(" ", words[:MOST_SIGNS].translate(_SIGNS))).strip()
    if commas := _DECIMAL_COMMAS.fullmatch(plain):
        plain = f"{commas[1]}.{commas[2]} {commas[3]}.{commas[4]}"
    if not _ALL.fullmatch(plain):
        return None
    tokens = [token.upper() for token in _TOKEN.findall(plain)]
    halves = _halves(tokens)
    if halves is None:
        return None
    one, other = (_number(half) for half in halves)
    if (
        one is None
        or other is None
        or {one.letter, other.letter} <= {"N", "S"}
        or {one.letter, other.letter} <= {"E", "W"}
    ):
        return None
    return one, other


def _halves(tokens: Sequence[str]) -> tuple[Sequence[str], Sequence[str]] | None:
    """The tokens of one coordinate and of the other: parted by a letter, a comma, a degree sign, or in the middle."""
    numbers = [at for at, token in enumerate(tokens) if token[-1].isdigit()]
    letters = [at for at, sign in enumerate(tokens) if sign in "NSEW"]
    commas = [at for at, sign in enumerate(tokens) if sign in ",;/|"]
    if not 2 <= len(numbers) <= 6:
        return None
    if len(letters) == 2:
        cut = letters[1] if letters[0] == 0 else letters[0] + 1
    elif len(commas) == 1:
        cut = commas[0]
    else:
        degrees = [at for at, sign in enumerate(tokens) if sign == "°" or sign.startswith("DEG")]
        middle = numbers[len(numbers) // 2] if len(numbers) % 2 == 0 else None
        second = degrees[1] - 1 if len(degrees) == 2 else middle
        if second is None:
            return None
        cut = second
    return tokens[:cut], tokens[cut:]


def _number(tokens: Sequence[str]) -> Number | None:
    """One to three numbers, degrees, minutes and seconds, of which only the last has a fraction; at most one letter."""
    letters = [sign for sign in tokens if sign in "NSEW"]
    values = [float(token) for token in tokens if token[-1].isdigit()]
    if len(letters) > 1 or not 1 <= len(values) <= 3 or any(not 0 <= value < 60 for value in values[1:]):
        return None
    if any(value % 1 for value in values[:-1]):
        return None
    size = abs(values[0]) + sum(value / 60**place for place, value in enumerate(values[1:], start=1))
    written = next(token for token in tokens if token[-1].isdigit())
    letter = letters[0] if letters else ""
    negative = written.startswith("-") or letter in ("S", "W")
    return Number(-size if negative else size, letter)


def read_grid_reference(words: str) -> Read | None:
    """The south-west corner of the square that a grid reference names, or of a large square its middle; None where the
    words are none, or lie in no grid."""
    compact = re.sub(r"[\s,.]", "", words[:MOST_SIGNS])
    at = geo.spot_of_grid_reference(compact)
    if at is None:
        return None
    side = geo.side_of_square(compact)
    label = f"grid reference {words.strip().upper()}"
    if side >= 1000:
        label = f"the middle of the {side // 1000} km square {words.strip().upper()}"
    try:
        return Read(geo.point_from_grid(*at), label)
    except Refused:
        return None
