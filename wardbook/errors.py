"""Errors that become words: one sentence for the person, wherever they meet it."""

from __future__ import annotations


class Refused(Exception):
    """What was asked for cannot be done, and `sentence` tells the person why and what would help.

    A form shows it beside `field` and in its error summary, a service as a problem document, the command line prints
    it and exits with 2. Nothing has been done when it is raised.
    """

    def __init__(self, sentence: str, *, field: str | None = None) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.field = field


class NotFound(Exception):
    """There is no such thing, or not for this reader: the two are told apart nowhere.

    Where an address cannot be read at all, the first argument is a sentence that says how to write it.
    """


class Forbidden(Exception):
    """The reader may see the thing but not do this to it."""

    def __init__(self, sentence: str = "You do not have permission to do this.") -> None:
        super().__init__(sentence)
        self.sentence = sentence


class Banned(Forbidden):
    """They may not do it because a moderator has stopped them for a while, and for nothing else."""
