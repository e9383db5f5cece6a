"""The files of an installation: photos, its secret key, its backdrop. All of its home folder but the store itself."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from wardbook.copying.tables import Progress
from wardbook.errors import Refused

NOT_COPIED = re.compile(r"\.(sqlite3?|db)(-wal|-shm|-journal)?$|\.part$")
"""Stores, which are copied row by row or are made anew, and what was left half written."""
STAYS = "originals"
"""The folder of what photos were before they were blacked out: they are to be destroyed, so no copy is made"""


@dataclass(frozen=True)
class Files:
    """How many files there are, how many of them were copied now, and the SHA-256 over all their names and contents."""

    files: int
    copied: int
    sha256: str


def files_in(home: Path) -> list[Path]:
    """The paths of a home's files, relative to it, in order."""
    found = (path for path in home.rglob("*") if path.is_file() and not NOT_COPIED.search(path.name))
    own = (path.relative_to(home) for path in found)
    return sorted(path for path in own if path.parts[0] != STAYS)


def refuse_others(source: Path, target: Path) -> None:
    """Raise Refused where a file of another content lies where one of ours would."""
    if target.resolve() == source.resolve() or source.resolve() in target.resolve().parents:
        raise Refused("The files are there already: leave --home-to out, or give a folder outside WARDBOOK_HOME.")
    for name in files_in(source):
        if (target / name).exists() and _digest(target / name) != _digest(source / name):
            raise Refused(f"{target} holds another {name}: give an empty folder.")


def copy_files(source: Path, target: Path, progress: Progress) -> Files:
    """Copy what is missing, each file whole or not at all, and read every one again to compare it."""
    target.mkdir(parents=True, exist_ok=True, mode=0o700)
    names = files_in(source)
    copied = sum(_copy(source / name, target / name, progress) for name in names)
    if (ours := _sum(source, names)) != _sum(target, names):
        raise Refused(f"The files in {target} are not those of the store: were photos added meanwhile? Run this again.")
    return Files(len(names), copied, ours)


def _copy(source: Path, target: Path, progress: Progress) -> int:
    progress(1)
    if target.exists():
        return 0
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    half = target.with_name(target.name + ".part")
    shutil.copy2(source, half)
    with half.open("rb") as file:
        os.fsync(file.fileno())
    half.rename(target)
    return 1


def _sum(home: Path, names: Iterable[Path]) -> str:
    lines = (f"{_digest(home / name)}  {name.as_posix()}\n" for name in names)
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
