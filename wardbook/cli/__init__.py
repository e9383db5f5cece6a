"""The command line: thin, one function a command, over the same actions as the pages."""

from wardbook.cli import areas, briefs, entries, installation, people
from wardbook.cli.command import main

__all__ = ["areas", "briefs", "entries", "installation", "main", "people"]
