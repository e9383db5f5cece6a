"""Places in addresses: `/places/ward:E05012461`, any other spelling leading to the one."""

from __future__ import annotations

from wardbook.errors import NotFound, Refused
from wardbook.people.signed_in import viewer
from wardbook.places.place import Place
from wardbook.places.words import place_from_words


def place_at(words: str) -> Place:
    """The place an address names, for whoever is looking; NotFound, with why, where it is none that they may see."""
    try:
        return place_from_words(words, viewer())
    except Refused as refused:
        raise NotFound(refused.sentence) from None
