"""Encodings of Shapefiles: most do not say in which their words are written, and what is then assumed goes wrong."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

LATIN: Final = re.compile(r"(iso)?[\s_-]?8859[\s_-]?1|latin[\s_-]?1", re.IGNORECASE)
"""Of a .cpg: what Windows-1252 is often called. No words hold the control characters by which the two differ."""
NOT_SAID: Final = {0x00, 0x57}
"""Bytes 29 of a .dbf that tell no encoding: none, and 'ANSI', which is that of whoever's machine it was."""
CONTROLS: Final = re.compile(rb"[\x80-\x9f]")


def assumed_encoding(shapes: Path) -> str | None:
    """In what the words of a Shapefile must be written, where it does not say or cannot be right; else None.

    Words that make sense as UTF-8 are nothing else. Of the rest Windows-1252 is what is likely: it holds all that
    ISO 8859-1, which GDAL takes it for, has beside control characters.
    """
    table, said = shapes.with_suffix(".dbf").read_bytes(), shapes.with_suffix(".cpg")
    words = table[int.from_bytes(table[8:10], "little") :]
    if words.isascii():
        return None
    if said.exists():
        latin = LATIN.fullmatch(said.read_bytes()[:40].decode("ascii", "replace").strip())
        return _first_that_fits(words, "Windows-1252") if latin and CONTROLS.search(words) else None
    return _first_that_fits(words, "UTF-8", "Windows-1252") if table[29] in NOT_SAID else None


def _first_that_fits(words: bytes, *encodings: str) -> str | None:
    for encoding in encodings:
        try:
            words.decode(encoding)
        except UnicodeDecodeError:
            continue
        return encoding
    return None
