"""The drawings of a brief, its map and its bars, as SVG of our own that a page, a PDF and a strict policy all take."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from math import floor, log10

import shapely
from markupsafe import Markup

from wardbook.briefs.names import Names
from wardbook.briefs.picture import Item, Month, Where
from wardbook.briefs.sheet import HEIGHT, Sheet
from wardbook.briefs.signs import SIGNS, definitions, each_sign, lines_and_areas, together, use
from wardbook.briefs.surroundings import Feature
from wardbook.briefs.svg import INK, LETTER, PALE, ROUND, WIDTH, Look, group, number, outline, path, svg, text
from wardbook.entries.kinds import KINDS, Kind

LAND, WATER = "#f5f3ee", "#cddfe9"
AREAS = {"builtup": "#ebe6dd", "park": "#dfead5", "wood": "#d3e2ca", "water": WATER, "river": WATER}
LINES = {
    "river": (WATER, 3.5, ""),
    "road_street": ("#ffffff", 1.6, ""),
    "railway": ("#a39f98", 1.3, "6 3"),
    "road_main": ("#ffffff", 3.2, ""),
    "highstreet": ("#ffffff", 4.0, ""),
}
"""The backdrop's classes in the order in which they are drawn: colour, width and dashes"""
OUTLINE: Look = {"fill": "none", "stroke": INK, "stroke-width": 2.6, **ROUND}


def place_map(
    where: Where,
    items: Sequence[Item],
    *,
    wards: Sequence[tuple[str, shapely.Geometry]],
    backdrop: Sequence[Feature],
    epsg: int,
    title: str,
) -> Markup:
    """The place with its wards and entries, at one scale both ways, north upwards; no style attribute, no script."""
    sheet = Sheet(where.geometry, epsg)
    place = sheet.put(where.geometry)
    around = [(name, there) for name, shape in wards if not (there := sheet.put(shape)).is_empty]
    under = [replace(f, shape=there) for f in backdrop if not (there := sheet.put(f.shape)).is_empty]
    each = each_sign(items, sheet)
    signs = together(each)
    shapes, left_out = lines_and_areas(items, sheet)
    edge = [shapely.boundary(place)] * 3
    """A name across the outline of the place is as bad as one over three signs"""
    names = Names(sheet.frame, [*(sign.at for sign in signs), *edge], FURNITURE)
    ward_names = list(names.of_areas(around))
    drawn = [
        *_backdrop(under),
        _veil(place),
        group((path(shape) for _, shape in around), {"fill": "none", "stroke": PALE, "stroke-width": 0.9}),
        path(place, {**OUTLINE, "stroke": "#ffffff", "stroke-width": 6, "stroke-opacity": 0.75}),
        path(place, OUTLINE),
        *shapes,
        *(use(sign.kind, sign.at.x, sign.at.y) for sign in signs),
        *names.of_points([(f.name, f.shape) for f in under if f.what == "place" and f.name]),
        *ward_names,
        _scale_bar(sheet.scale),
        _north(),
    ]
    told = Counter(item.kind for item in items)
    legend, height = _legend(told, _thinned(len(each), len(signs), left_out))
    return svg(height, title, in_words(items, [name for name, _ in around]), _framed(drawn) + legend)


def in_words(items: Iterable[Item], wards: Iterable[str]) -> str:
    """What the map shows, for those who do not see it."""
    told = Counter(item.kind for item in items)
    counted = ", ".join(f"{told[kind]:,} {_named(kind, told[kind]).lower()}" for kind in SIGNS if told[kind])
    over = ", ".join(wards)
    return f"The place is outlined. {counted or 'No entries'} are marked.{f' Wards drawn: {over}.' if over else ''}"


def _named(kind: Kind, count: int) -> str:
    return KINDS[kind].label if count == 1 else KINDS[kind].plural


def _framed(drawn: Iterable[Markup]) -> Markup:
    """What is drawn inside the frame, cut off at it."""
    land = Markup('<rect width="{}" height="{}" fill="{}"/>').format(WIDTH, HEIGHT, LAND)
    inside = Markup('<svg width="{0}" height="{1}" viewBox="0 0 {0} {1}">{2}{3}</svg>')
    edge = Markup('<rect x="0.5" y="0.5" width="{}" height="{}" fill="none" stroke="#b9bfc0"/>')
    framed = inside.format(WIDTH, HEIGHT, land, Markup("").join(drawn))
    return definitions() + framed + edge.format(WIDTH - 1, HEIGHT - 1)


def _backdrop(under: Sequence[Feature]) -> Iterator[Markup]:
    for what, colour in AREAS.items():
        found = (f.shape for f in under if f.what == what and shapely.get_dimensions(f.shape) == 2)
        yield group((path(shape) for shape in found), {"fill": colour})
    for what, (colour, width, dashes) in LINES.items():
        found = (f.shape for f in under if f.what == what and shapely.get_dimensions(f.shape) == 1)
        look = {"fill": "none", "stroke": colour, "stroke-width": width, **ROUND}
        yield group((path(shape) for shape in found), {**look, "stroke-dasharray": dashes} if dashes else look)


def _veil(place: shapely.Geometry) -> Markup:
    """Light over all that is not the place."""
    if shapely.get_dimensions(place) < 2:
        return Markup("")
    outside = Markup('<path d="M-9-9H{}V{}H-9Z{}" fill="#ffffff" fill-opacity="0.55" fill-rule="evenodd"/>')
    return outside.format(WIDTH + 9, HEIGHT + 9, outline(place))


# --- scale, north and legend -------------------------------------------------------------------------------------

FURNITURE = (shapely.box(WIDTH - 50, 0, WIDTH, 64), shapely.box(0, HEIGHT - 46, 185, HEIGHT))
"""Where north and the scale stand, so that no name does"""


def _scale_bar(metres_a_unit: float) -> Markup:
    """A bar of 1, 2 or 5 times a power of ten metres, at most 150 units long."""
    most = 150 * metres_a_unit
    metres = max(step for part in (1, 2, 5) if (step := part * 10 ** floor(log10(most))) <= most)
    length = metres / metres_a_unit
    return Markup(
        '<rect x="6" y="{top}" width="{wide}" height="34" rx="3" fill="#ffffff" fill-opacity="0.85"/>'
        '<path d="M16 {y}v6H{end}v-6" fill="none" stroke="{ink}" stroke-width="1.5"/>'
        '<text x="16" y="{words}" font-size="12" fill="{ink}">{metres:,} metres</text>'
    ).format(
        top=HEIGHT - 40, wide=number(max(length, 70) + 20), y=HEIGHT - 20, end=number(16 + length),
        ink=INK, words=HEIGHT - 25, metres=round(metres),
    )  # fmt: skip


def _north() -> Markup:
    return Markup(
        '<rect x="{left}" y="8" width="36" height="48" rx="3" fill="#ffffff" fill-opacity="0.85"/>'
        '<path d="M{x} 13l7 20-7-5-7 5Z" fill="{ink}"/>'
        '<text x="{x}" y="49" font-size="13" font-weight="700" text-anchor="middle" fill="{ink}">N</text>'
    ).format(left=WIDTH - 44, x=WIDTH - 26, ink=INK)


def _thinned(entries: int, signs: int, left_out: int) -> str:
    """What the map does not show one by one, said in its legend."""
    shared = f"Entries close together share a sign: {entries:,} are drawn as {signs:,}." if signs < entries else ""
    only = f"{left_out:,} lines or areas are drawn as a sign only." if left_out else ""
    return f"{shared} {only}".strip()


ROW = 22


def _legend(told: Counter[Kind], thinned: str) -> tuple[Markup, int]:
    """What the signs mean, on as many rows under the map as that takes, and how tall the drawing is with them."""
    x, row, y, parts = 1.0, 0, HEIGHT + 19, []
    for sign, gap, words in _keys(told, y):
        wide = gap + len(words) * 13 * LETTER
        if x + wide > WIDTH:
            x, row = 1.0, row + 1
        moved = Markup('<g transform="translate({} {})">{}{}</g>')
        parts.append(moved.format(number(x), row * ROW, sign, _said(words, gap, y)))
        x += wide + 18
    rows = row + (2 if thinned else 1)
    return Markup("").join(parts) + _said(thinned, 1, y + (row + 1) * ROW), HEIGHT + 10 + rows * ROW


def _keys(told: Counter[Kind], y: float) -> Iterator[tuple[Markup, float, str]]:
    """Each sign at a height of the drawing, how far its words stand from it, and these."""
    line = Markup('<path d="M0 {}h22" stroke="{}" stroke-width="{}"/>')
    yield line.format(y, INK, 2.6), 28, "The place"
    yield line.format(y, PALE, 0.9), 28, "Ward boundary"
    for kind in SIGNS:
        if told[kind]:
            yield use(kind, 7, y), 18, f"{_named(kind, told[kind])} ({told[kind]:,})"


def _said(words: str, x: float, y: float) -> Markup:
    said = Markup('<text x="{}" y="{}" font-size="13" fill="{}">{}</text>')
    return said.format(number(x), number(y + 4.5), INK, text(words)) if words else Markup("")


# --- bars --------------------------------------------------------------------------------------------------------


def bars(months: Sequence[Month], colour: str = "#00573d") -> Markup:
    """Contributions by month as bars, each with its number; nothing where there are no months."""
    if not months:
        return Markup("")
    step, foot, tall = WIDTH / len(months), 98, 74
    most = max(1, *(month.figure.count for month in months))
    parts = [Markup('<path d="M0 {}.5H{}" stroke="#9aa5a8" fill="none"/>').format(foot, WIDTH)]
    for place, month in enumerate(months):
        count, left = month.figure.count, place * step
        high = max(1.5, count / most * tall) if count else 0
        bar = Markup('<rect class="wb-bar" x="{}" y="{}" width="{}" height="{}" fill="{}"/>')
        parts.append(
            bar.format(number(left + step * 0.2), number(foot - high), number(step * 0.6), number(high), colour)
        )
        parts.append(_label(f"{count:,}", left + step / 2, foot - high - 6, INK if count else PALE))
        parts.append(_label(f"{month.first:%b}", left + step / 2, foot + 18, INK))
        if place == 0 or month.first.month == 1:
            parts.append(_label(f"{month.first:%Y}", left + step / 2, foot + 35, PALE))
    return svg(foot + 42, "Contributions by month", bars_in_words(months), Markup("").join(parts))


def bars_in_words(months: Sequence[Month]) -> str:
    """The same numbers as a sentence, for those who do not see the bars."""
    return ", ".join(f"{month.figure.label} {month.figure.count:,}" for month in months) + "."


def _label(words: str, x: float, y: float, colour: str) -> Markup:
    label = Markup('<text class="wb-bar-label" x="{}" y="{}" font-size="13" text-anchor="middle" fill="{}">{}</text>')
    return label.format(number(x), number(y), colour, words)
