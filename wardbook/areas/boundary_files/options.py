"""What a file leaves open: the command line answers it with an option, whoever has none with another file."""

from __future__ import annotations

from typing import Final

from wardbook.errors import Refused

IN_DEGREES: Final = "save it again in longitude and latitude (EPSG:4326), longitude first"


class LeftOpen(Refused):
    """Refused, with two cures: `option` where options can be given, `again` where there is nothing but the file."""

    def __init__(self, problem: str, option: str, *, again: str, field: str) -> None:
        super().__init__(f"{problem}: {option}.", field=field)
        self.without_options = f"{problem}: {again}."
