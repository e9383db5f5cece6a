"""Commands for entries: brought in, and written out as somebody sees them."""

from __future__ import annotations

from pathlib import Path

import click

from wardbook.cli.command import AN_EXISTING_FILE, as_json, in_application, main, plural, print_json, stop, tell_refused
from wardbook.db import transaction
from wardbook.errors import Refused
from wardbook.policy import VISITOR, Viewer


@main.group()
def entries() -> None:
    """What people have told the council."""


@entries.command("import")
@click.argument("file", type=AN_EXISTING_FILE)
@click.option("--mapping", type=AN_EXISTING_FILE, help="A YAML file that says which column is what.")
@as_json
@in_application
def entries_import(file: Path, mapping: Path | None, machine: bool) -> None:
    """Import existing reports from GeoJSON or CSV; run again with a later file, it adds and updates.

    Example: wardbook entries import reports.geojson --mapping reports.yaml
    """
    from wardbook.entries.importing import read_reports, take_in

    reports = read_reports(file, mapping)
    try:
        with transaction():
            tally = take_in(reports)
    except BaseException:
        reports.forget_photos()
        raise
    taken = tally.created + tally.updated + tally.unchanged
    if machine:
        print_json(vars(tally) | {"refused": len(tally.refused), "refused_photos": len(tally.refused_photos)})
    else:
        tell_refused([*tally.refused, *tally.refused_photos])
        click.echo(
            f"{tally.created:,} created, {tally.updated:,} updated, {tally.unchanged:,} unchanged, "
            f"{len(tally.refused):,} refused."
        )
        if tally.photos or tally.refused_photos:
            click.echo(f"{plural(tally.photos, 'photo')} added, {len(tally.refused_photos):,} left out.")
    if not taken:
        stop(f"None of the {len(tally.refused):,} rows of {file.name} was taken: {tally.refused[0].why}.")


@main.command()
@click.argument("file", type=AN_EXISTING_FILE)
@click.option("--as", "email", metavar="EMAIL", help="As this person may see it (as everyone, unless given).")
@in_application
def export(file: Path, email: str | None) -> None:
    """Write the wards in force and all entries to a fresh GeoPackage, as one reader may see them.

    Example: wardbook export aldermere.gpkg --as officer@aldermere.example
    """
    from wardbook.outlook.lists import export_all

    if file.suffix.lower() != ".gpkg":
        raise Refused("The export is a GeoPackage: give a file that ends in .gpkg.")
    counts = export_all(file, reader_called(email))
    click.echo(f"Wrote {plural(counts[0], 'ward')} and {plural(counts[1], 'entry', 'entries')} to {file}.")


def reader_called(email: str | None) -> Viewer:
    """Who to export for: the person with an address, or a visitor. Raises Refused where there is no such person."""
    from wardbook.people import queries

    if email is None:
        return VISITOR
    person = queries.person_by_email(email)
    if person is None:
        raise Refused(f"Nobody here has the address {email}: 'wardbook people list' shows who has a role.")
    return queries.viewer_of(person)
