"""Commands for the names of streets and places."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from wardbook.cli.command import AN_EXISTING_FILE, as_json, in_application, main, print_json, tell_refused
from wardbook.db import transaction


@main.group()
def gazetteer() -> None:
    """Names of streets and places, so that people find them."""


@gazetteer.command("import")
@click.argument("file", type=AN_EXISTING_FILE)
@click.option("--source", metavar="NAME", help="What the list is called, to be replaced by the next of that name.")
@click.option("--licence", default="", metavar="TEXT", help="The licence of the list.")
@as_json
@in_application
def gazetteer_import(file: Path, source: str | None, licence: str, machine: bool) -> None:
    """Import names of streets and places: OS Open Names (.csv or its .zip), or CSV or GeoJSON with names and points.

    What lies in the council and a kilometre round it is kept. Imported again, a list takes the place of what its source
    had: the source is the file's name unless --source says otherwise.

    Example: wardbook gazetteer import opname_csv_gb.zip --source "OS Open Names"
    """
    from wardbook.places.gazetteer_files import read_names
    from wardbook.places.gazetteer_import import add_names

    with transaction():
        tally = add_names(read_names(file), source=source or file.name, file_name=file.name, licence=licence)
    if machine:
        print_json(
            asdict(tally) | {"refused": len(tally.refused), "refused_rows": [asdict(r) for r in tally.refused[:50]]}
        )
        return
    tell_refused(tally.refused)
    click.echo(
        f"{tally.created:,} created, {tally.removed:,} removed, {tally.unchanged:,} unchanged; {tally.outside:,} lie "
        f"outside the council and were left out; {len(tally.refused):,} refused."
    )
