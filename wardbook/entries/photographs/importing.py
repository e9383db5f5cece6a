"""Photos beside a file of reports: named in a column, read as those from a telephone are, never fetched."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from wardbook.entries.photographs.photos import MOST_BYTES, MOST_PHOTOS, Laid, lay_down, prepare
from wardbook.errors import Refused

BETWEEN: Final = re.compile(r"[;\r\n]+")
AN_ADDRESS: Final = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
LONGEST_NAME = 80


@dataclass(frozen=True)
class RefusedPhoto:
    """A photo that was left out, and why; its row is kept."""

    row: int
    why: str


@dataclass(frozen=True)
class Beside:
    """The folder in which a file of reports lies: photos are read from it and from what is below it."""

    folder: Path

    def photos(self, cell: Any, row: int, refused: list[RefusedPhoto]) -> tuple[Laid, ...]:
        """The photos that a cell names, on disk. Costly: done before the write lock is taken."""
        laid: list[Laid] = []
        for name in self._names(cell):
            try:
                if len(laid) >= MOST_PHOTOS:
                    raise Refused(f"an entry has at most {MOST_PHOTOS} photos")
                laid.append(lay_down(prepare(self._content(name))))
            except Refused as problem:
                refused.append(RefusedPhoto(row, f"its photo '{name[:LONGEST_NAME]}' was left out: {_said(problem)}"))
        return tuple(laid)

    def _names(self, cell: Any) -> Iterator[str]:
        """Names between semicolons, line breaks or blanks; one that is there as it stands may have blanks in it."""
        parts = cell if isinstance(cell, list) else BETWEEN.split("" if cell is None else str(cell))
        for part in (str(part).strip() for part in parts):
            yield from [part] if isinstance(cell, list) or self._is_there(part) else part.split()

    def _is_there(self, name: str) -> bool:
        try:
            return bool(name) and self._found(name).is_file()
        except (Refused, OSError):
            return False

    def _found(self, name: str) -> Path:
        """Where a name leads. Raises Refused where that is not this folder or below it, links followed."""
        if AN_ADDRESS.match(name):
            raise Refused("addresses are not fetched: put the file beside the data and name that")
        if name.startswith(("/", "\\")) or "\0" in name or ".." in re.split(r"[/\\]", name):
            raise Refused("it must lie in the folder of the data file or below it")
        root = self.folder.resolve()
        try:
            found = (root / name).resolve()
        except (OSError, RuntimeError):  # a link that leads in a circle, a name that is too long
            raise Refused("there is no such file") from None
        if not found.is_relative_to(root):
            raise Refused("it must lie in the folder of the data file or below it")
        return found

    def _content(self, name: str) -> bytes:
        found = self._found(name)
        try:
            if not found.is_file():
                raise Refused("there is no such file")
            with found.open("rb") as file:
                return file.read(MOST_BYTES + 1)
        except OSError:
            raise Refused("there is no such file that can be read") from None


def _said(problem: Refused) -> str:
    """As a part of a sentence."""
    return problem.sentence[:1].lower() + problem.sentence[1:].rstrip(".")
