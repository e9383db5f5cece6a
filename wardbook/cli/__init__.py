"""The command line: thin, one function a command, over the same actions as the pages."""

from wardbook.cli import boundaries, briefs, entries, gazetteer, installation, people, postcodes
from wardbook.cli.command import main

__all__ = ["boundaries", "briefs", "entries", "gazetteer", "installation", "main", "people", "postcodes"]
