"""What can be followed: an entry or any place, named in words."""

from __future__ import annotations

from dataclasses import dataclass

from wardbook.entries import queries as entries
from wardbook.entries.models import Entry
from wardbook.errors import NotFound, Refused
from wardbook.follows.models import Follow, Rhythm
from wardbook.places.place import Place
from wardbook.places.queries import is_for_everyone
from wardbook.places.words import place_from_words
from wardbook.policy import VISITOR, Viewer, sees

ENTRY = "entry:"


@dataclass(frozen=True)
class Thing:
    """An entry or a place, as whoever looks may see it."""

    words: str
    label: str
    path: str
    """Its page on this site"""
    rhythm: Rhythm
    """How often somebody hears of it unless they say"""
    entry: Entry | None = None
    place: Place | None = None

    @property
    def name_outside(self) -> str:
        """How a subject calls it, which others may read on a locked screen: a circle may be round somebody's home."""
        return self.label if self.entry or self.ward_codes else "a place you chose"

    @property
    def has_feed(self) -> bool:
        """Whether a feed reader, who signs in nowhere, can read of it."""
        return sees(VISITOR, self.entry) if self.entry else self.place is not None and is_for_everyone(self.place)

    @property
    def ward_codes(self) -> list[str]:
        """The codes of the wards it is made of, where it is made of wards."""
        scheme, _, rest = self.words.partition(":")
        return rest.partition("@")[0].split(",") if scheme in {"ward", "wards"} else []


def thing_from_words(words: str, viewer: Viewer) -> Thing:
    """What these words name, for this viewer. Raises NotFound where it is nothing that they may see."""
    if words.startswith(ENTRY):
        return _entry(entries.entry(words.removeprefix(ENTRY), viewer))
    try:
        place = place_from_words(words, viewer)
    except Refused:
        raise NotFound from None
    one_ward = place.words.startswith("ward:") and "@" not in place.words
    path = f"/wards/{place.words.removeprefix('ward:')}" if one_ward else f"/places/{place.path}"
    return Thing(place.words, place.label, path, Rhythm.WEEKLY, place=place)


def _entry(entry: Entry | None) -> Thing:
    if entry is None:
        raise NotFound
    return Thing(f"{ENTRY}{entry.ref}", entry.title, f"/entries/{entry.ref}", Rhythm.AT_ONCE, entry=entry)


def thing_of(follow: Follow, viewer: Viewer) -> Thing | None:
    """What somebody follows; None where it is no more, or this viewer may not see it now."""
    try:
        return thing_from_words(follow.words, viewer)
    except NotFound:
        return None
