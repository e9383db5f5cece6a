"""The command line: thin, one function a command, over the same actions as the pages."""

from wardbook.cli import boundaries, briefs, entries, gazetteer, installation, mail, people, postcodes
from wardbook.cli.command import main

__all__ = ["boundaries", "briefs", "entries", "gazetteer", "installation", "mail", "main", "people", "postcodes"]
