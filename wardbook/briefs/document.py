"""What a brief says on paper, in words: the template that sets it reckons nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import urlencode

from markupsafe import Markup

from wardbook import geo
from wardbook.briefs.drawing import bars, bars_in_words, in_words, place_map
from wardbook.briefs.picture import Brief, CategoryRow, Figure, Item, SetRow, TopicRow
from wardbook.briefs.surroundings import Surroundings
from wardbook.clock import day_in_words, day_of, moment_in_words
from wardbook.config import settings
from wardbook.entries.kinds import KINDS, LEAD_LABELS, Kind, Lead
from wardbook.shared import Level

PLAIN_COLOUR = "#00573d"
GIST = 85
"""So many characters of a text are shown at a glance"""
LONG = 1800
"""A text with more characters may be parted by the end of a page"""
LATER = "Sections 5 to 7, the numbers, earlier decisions and whom to talk to, are not part of a brief yet."
NO_LONGER = "Nothing that may still be shown."
"""In place of what an empty list says, in a frozen brief of which something is no longer shown"""
Content = dict[str, Any]


def document(brief: Brief, items: Sequence[Item], around: Surroundings) -> Content:
    """All that the template shows."""
    colour = settings().brand_colour
    accent = colour if re.fullmatch(r"#[0-9a-fA-F]{6}", colour) else PLAIN_COLOUR
    entries = _counted(brief.total, "entry", "entries")
    return {
        "title": brief.title,
        "council": brief.council,
        "readers": brief.readers,
        "accent": accent,
        "mark": _mark(brief, items),
        "made_on": f"Made on {day_in_words(day_of(brief.made_at))}",
        "made": f"Made on {moment_in_words(brief.made_at)} from {entries}.",
        "fictional": f"{brief.council} is fictional: its places and people are invented." if brief.fictional else "",
        "where": _where(brief, items, around),
        "glance": _glance(brief, accent),
        "residents": _residents(brief),
        "known": _known(brief),
        "later": LATER,
        "gaps": _gaps(brief),
        "frozen": _frozen(brief),
        "sources": _sources(brief),
    }


def _mark(brief: Brief, items: Iterable[Item]) -> str:
    """What stands at the head of each page that is not for everyone."""
    if brief.level is Level.PUBLIC:
        return ""
    notes = any(item.kind is Kind.NOTE and item.level is not Level.PUBLIC for item in items)
    return f"Not for publication: {'holds notes at council level' if notes else 'made for councillors and officers'}"


# --- sections ----------------------------------------------------------------------------------------------------


def _where(brief: Brief, items: Sequence[Item], around: Surroundings) -> Content:
    where = brief.where
    return {
        "map": map_of(brief, items, around),
        "alt": f"Map of {brief.label}. {in_words(items, (ward.name for ward in where.wards))}",
        "size": where.how_large,
        "touched": f"Wards it touches on {day_in_words(where.as_at)}",
        "wards": [[ward.name, geo.percent(ward.share), _names(ward.councillors)] for ward in where.wards],
        "no_wards": "It touches no ward of this council.",
        "sets": [f"Boundaries: {_set(row)}" for row in where.sets],
        "licence": settings().os_licence,
    }


def map_of(brief: Brief, items: Sequence[Item], around: Surroundings) -> Markup:
    """The map of a brief as a drawing."""
    return place_map(
        brief.where,
        items,
        wards=[(ward.name, ward.shape) for ward in around.wards],
        backdrop=around.backdrop,
        epsg=settings().crs,
        title=f"Map of {brief.label}",
    )


def _glance(brief: Brief, accent: str) -> Content:
    glance = brief.glance
    more = glance.assets_in_all.count - len(glance.assets)
    return {
        "assets": [_item(item, _gist(item.words), [item.category]) for item in glance.assets],
        "more_assets": _figure(brief, glance.assets_in_all, "assets in all") if more > 0 else None,
        "no_assets": _none(
            brief, "Nobody has named an asset here yet. That is a gap in what we know, not a fact about the place."
        ),
        "figures": [_figure(brief, found, found.label) for found in glance.headlines],
        "trend": glance.trend_in_words,
        "bars": bars(glance.trend, accent),
        "bars_alt": f"Contributions by month: {bars_in_words(glance.trend)}" if glance.trend else "",
        "themes": [
            {
                "theme": theme.label,
                "voices": theme.heard,
                **_figure(brief, theme.figure, "entry" if theme.figure.count == 1 else "entries"),
            }
            for theme in glance.themes
        ],
        "no_themes": "Nobody has said anything here yet from which a theme could be read.",
        "to_mind": [_item(item, [], [str(item.topic or "").capitalize(), item.by]) for item in glance.to_mind],
        "no_to_mind": _none(brief, f"Nobody has noted a sensitivity or a promise here{_readable(brief)}."),
    }  # fmt: skip


def _residents(brief: Brief) -> Content:
    said = brief.residents
    return {
        "kinds": [_figure(brief, found, found.label) for found in said.kinds],
        "tables": [table for kind in Kind if (table := _categories(brief, kind))],
        "supported": [_whole(item) for item in said.supported],
        "recent": [_whole(item) for item in said.recent],
        "nobody": _none(brief, f"Nobody has told the council anything here yet{_readable(brief)}."),
        "longest": [
            [item.title, item.ref, _entry_address(item), item.category, _short_day(item), f"{item.days_open or 0:,}"]
            for item in said.longest
        ],
        "no_longest": _none(brief, "No issue and no idea is open here."),
    }


def _categories(brief: Brief, kind: Kind) -> Content | None:
    """What is said of one kind, by category, and how much of it goes on."""
    rows = [row for row in brief.residents.categories if row.total.filters.kind is kind]
    if not rows:
        return None
    ways = [str(KINDS[kind].lives).capitalize(), str(KINDS[kind].ends).capitalize()]
    return {"title": f"{KINDS[kind].plural} by category", "ways": ways, "rows": [_category(brief, row) for row in rows]}


def _category(brief: Brief, row: CategoryRow) -> Content:
    counts = [_figure(brief, found, row.label) for found in (row.total, row.open, row.closed)]
    return {"label": row.label, "service": row.service, "counts": counts}


def _known(brief: Brief) -> Content:
    overdue = brief.known.overdue
    notes, them = ("note is", "it") if overdue == 1 else ("notes are", "them")
    return {
        "overdue": f"{overdue} {notes} past the review date: ask before you rely on {them}." if overdue else "",
        "topics": [_topic(brief, row) for row in brief.known.topics],
        "nobody": f"No councillor or officer has written a note about this place yet{_readable(brief)}.",
    }


def _topic(brief: Brief, row: TopicRow) -> Content:
    return {
        "sets": [[_whole(item) for item in beside] for beside in row.sets],
        **_figure(brief, row.figure, row.topic.capitalize()),
    }


def _gaps(brief: Brief) -> Content:
    gaps = brief.gaps
    return {
        "basis": gaps.basis,
        "wards": [[ward.name, ward.words] for ward in gaps.wards],
        "no_wards": "None of the wards it touches is silent or quiet." if gaps.basis else "",
        "facts": [gaps.missing_in_words, gaps.age_in_words, gaps.voices_in_words],
        "overdue": [_item(item, [], [item.by, day_in_words(item.told_on)]) for item in gaps.overdue],
        "no_overdue": _none(brief, "No note is past its review date."),
    }


def _frozen(brief: Brief) -> Content | None:
    """What a frozen brief says of itself."""
    if brief.frozen is None:
        return None
    frozen, day = brief.frozen, day_in_words(day_of(brief.made_at))
    return {
        "name": f"{frozen.ref}, version {frozen.number}",
        "facts": [
            *([frozen.restricted_in_words] if frozen.ground else []),
            f"For: {frozen.purpose}",
            f"Frozen by {frozen.signed} on {moment_in_words(brief.made_at)} as {frozen.ref}, version {frozen.number}.",
            f"Cite it as: {brief.council}, {brief.title}, {frozen.cite}, {day}.",
            f"Its hash: {frozen.hash}",
        ],
        "withheld": frozen.withheld_in_words,
    }


def _none(brief: Brief, words: str) -> str:
    return NO_LONGER if brief.frozen is not None and brief.frozen.withheld else words


def _sources(brief: Brief) -> list[Content]:
    read = "as it may be read at this level. A reference or a figure opens the entries it stands for. The place:"
    told = f"What people have told {brief.council}, {read}"
    return [
        {"name": "Entries", "said": told, "url": f"{settings().base_url}/places/{brief.path}"},
        *({"name": "Boundaries", "said": _set(row), "url": ""} for row in brief.where.sets),
        *([{"name": "Maps", "said": settings().os_licence, "url": ""}] if settings().os_licence else []),
    ]


def _readable(brief: Brief) -> str:
    """What is not said to everyone may still be known."""
    return " that everyone may read" if brief.level is Level.PUBLIC else ""


# --- one thing ---------------------------------------------------------------------------------------------------


def _item(item: Item, paragraphs: list[str], facts: Iterable[str], cites: str = "") -> Content:
    due = f"Was due for review on {day_in_words(item.review_on)}." if item.overdue and item.review_on else ""
    return {
        "title": item.title,
        "paragraphs": paragraphs,
        "long": len(item.title) + sum(map(len, paragraphs)) > LONG,
        "cites": f"Source: {cites}" if cites else "",
        "overdue": due,
        "facts": [fact for fact in (*facts, f"item {item.number}" if item.number else "") if fact],
        "since": [words for words in (item.since, item.mark) if words],
        "ref": item.ref,
        "url": _entry_address(item),
    }


def _whole(item: Item) -> Content:
    return _item(item, _paragraphs(item.words), _facts(item), " ".join(item.cites.split()))


def _facts(item: Item) -> list[str]:
    """Who said it, when, how they know and how it stands, as far as it bears saying of its kind."""
    review = f"review on {day_in_words(item.review_on)}" if item.review_on and not item.overdue else ""
    told = [KINDS[item.kind].label, item.category, item.state] if item.kind is not Kind.NOTE else []
    known = [str(item.basis).capitalize()] if item.basis else []
    supported = _counted(item.supporters, "supporter", "supporters") if item.supporters else ""
    differs = f"sees {item.differs_from} differently" if item.differs_from else ""
    closed = f"closed on {day_in_words(item.closed_on)}" if item.closed_on else ""
    readers = "" if item.level is Level.PUBLIC else "not public"
    return [
        *told,
        item.by,
        day_in_words(item.told_on),
        closed,
        *_goes_on(item),
        *known,
        review,
        supported,
        differs,
        readers,
        item.how_near,
        item.spot_words,
        item.answers,
    ]


def _goes_on(item: Item) -> list[str]:
    """Who leads, where it is not the council as with most; until when an offer stands."""
    leads = f"lead: {item.lead}" if item.lead and item.lead != LEAD_LABELS[Lead.COUNCIL] else ""
    return [leads, f"stands until {day_in_words(item.lapses_on)}" if item.lapses_on else ""]


def _entry_address(item: Item) -> str:
    return f"{settings().base_url}/entries/{item.ref}"


def _figure(brief: Brief, figure: Figure, label: str) -> Content:
    """A count with the address of the list of what it counts, at this level."""
    frozen = brief.frozen
    asked = urlencode({**figure.filters.in_address(), **({} if frozen else {"for": str(brief.level)})})
    behind = f"briefs/{frozen.ref}/{frozen.number}" if frozen else f"places/{brief.path}"
    return {
        "count": f"{figure.count:,}",
        "label": label,
        "url": f"{settings().base_url}/{behind}/entries?{asked}",
    }


def _paragraphs(words: str) -> list[str]:
    return [" ".join(line.split()) for line in words.splitlines() if line.strip()]


def _gist(words: str) -> list[str]:
    """The beginning of a text, in whole words."""
    plain = " ".join(words.split())
    if len(plain) <= GIST:
        return [plain] if plain else []
    return [f"{plain[:GIST].rsplit(' ', 1)[0].rstrip(',.;: ')} …"]


def _short_day(item: Item) -> str:
    return f"{item.told_on.day} {item.told_on:%b %Y}"


def _set(row: SetRow) -> str:
    """A boundary set as its source wants it said, each part closed by one full stop."""
    parts = (f"{row.name}, {row.dates}", row.source, row.licence)
    return " ".join(f"{part.strip().rstrip('.')}." for part in parts if part.strip())


def _names(names: Sequence[str]) -> str:
    return ", ".join(names) or "Not known to us"


def _counted(count: int, one: str, many: str) -> str:
    return f"{count:,} {one if count == 1 else many}"
