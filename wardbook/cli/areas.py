"""Commands for boundaries and postcodes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

import click

from wardbook.areas.models import AREA_TYPES
from wardbook.cli.command import AN_EXISTING_FILE, as_json, day, in_application, main, plural, print_json, tell_refused
from wardbook.config import settings
from wardbook.db import transaction
from wardbook.errors import Refused


@main.group()
def boundaries() -> None:
    """Boundary sets: check a file, import it, list what there is."""


def reading_options(command: Callable[..., None]) -> Callable[..., None]:
    """The options that say how a boundary file is to be read."""
    for option in (
        click.option("--code", metavar="COLUMN", help="The column of codes, where it is not recognised."),
        click.option("--name", metavar="COLUMN", help="The column of names, where it is not recognised."),
        click.option(
            "--crs",
            metavar="EPSG:N",
            help="The coordinate system, where the file does not say or is wrong; EPSG:N+feet if it is in feet.",
        ),
        click.option("--layer", help="Which layer or shapefile, where the file has several."),
        click.option("--merge-duplicates", is_flag=True, help="Join areas that have the same code into one."),
        click.option("--swap-axes", is_flag=True, help="Turn each pair of numbers round (latitude before longitude)."),
    ):
        command = option(command)
    return command


@boundaries.command("check")
@click.argument("file", type=AN_EXISTING_FILE)
@reading_options
@click.option("--map", "page", type=AN_EXISTING_FILE, metavar="FILE.html", help="Write the report as a map page, too.")
@as_json
@in_application
def boundaries_check(file: Path, page: Path | None, machine: bool, **reading: Any) -> None:
    """Read a boundary file and say what is in it: nothing is imported.

    Example: wardbook boundaries check wards.geojson --map wards.html
    """
    from wardbook.areas.boundary_files import telling
    from wardbook.areas.boundary_files.checking import check
    from wardbook.areas.boundary_files.page import check_page
    from wardbook.areas.boundary_files.reading import read_boundaries

    if page is not None and page.suffix.lower() not in {".html", ".htm"}:
        raise Refused(f"--map {page.name} does not end in .html: give a name for a page.")
    read = read_boundaries(file, **reading)
    report = check(read, epsg=settings().crs)
    if page is not None:
        _write(page, check_page(file.name, read, report))
    if machine:
        print_json(telling.as_object(file.name, read, report))
        return
    for line in telling.lines(file.name, read, report):
        click.echo(line)
    click.echo("Nothing was imported." if page is None else f"The map is in {page.name}. Nothing was imported.")


def _write(page: Path, html: str) -> None:
    try:
        page.write_text(html, encoding="utf-8")
    except OSError as problem:
        raise Refused(f"{page.name} cannot be written: give another place with --map.") from problem


@boundaries.command("import")
@click.argument("file", type=AN_EXISTING_FILE)
@click.option("--set", "set_name", required=True, metavar="NAME", help="What to call the set.")
@click.option("--type", "type_", required=True, type=click.Choice(list(AREA_TYPES)), help="What its areas are.")
@click.option("--from", "from_on", callback=day, metavar="DATE", help="The first day on which it holds.")
@click.option("--until", "until_on", callback=day, metavar="DATE", help="The first day on which it no longer holds.")
@click.option("--source", default="", help="Where it comes from.")
@click.option("--licence", default="", help="Its licence and attribution, shown wherever it is.")
@click.option("--reference", is_flag=True, help="For look-ups only: things do not take their wards from it.")
@reading_options
@as_json
@in_application
def boundaries_import(
    file: Path, set_name: str, type_: str, from_on: date | None, until_on: date | None, source: str, licence: str,
    reference: bool, machine: bool, **reading: Any,
) -> None:  # fmt: skip
    """Import a boundary file whole, or not at all.

    Example: wardbook boundaries import wards.geojson --set "Wards 2019" --type ward --from 2019-05-02
    """
    from wardbook.areas.actions import SetDescription, add_boundary_set
    from wardbook.areas.boundary_files import telling
    from wardbook.areas.boundary_files.country import country_of
    from wardbook.areas.boundary_files.overlaps import overlaps_of
    from wardbook.areas.boundary_files.reading import read_boundaries

    read = read_boundaries(file, **reading)
    overlaps = overlaps_of(read, epsg=settings().crs)
    about = SetDescription(set_name, type_, from_on, until_on, source, licence, reference)
    with transaction():
        add_boundary_set(about, read)
    for line in telling.about_overlaps(overlaps):
        click.echo(line, err=machine)
    if machine:
        tally = {"areas": len(read.areas), "repaired": len(read.repaired), "merged": len(read.merged), "refused": 0}
        print_json(tally)
        return
    for line in (*telling.about_changes(read), *telling.about_country(read, country_of(settings().crs))):
        click.echo(line)
    click.echo(f"Imported {plural(len(read.areas), 'area')} as '{set_name}'.")


@boundaries.command("list")
@as_json
@in_application
def boundaries_list(machine: bool) -> None:
    """The boundary sets there are, with their dates and the codes of their areas.

    Example: wardbook boundaries list --json
    """
    from wardbook.areas import queries

    counts = queries.area_counts()
    rows = [
        {
            "name": row.name, "type": row.type, "from": row.from_on, "until": row.until_on,
            "areas": counts.get(row.id, 0), "reference": row.reference, "source": row.source, "licence": row.licence,
        }
        for row in queries.boundary_sets()
    ]  # fmt: skip
    if machine:
        print_json({"sets": rows})
        return
    for row in rows:
        role = ", reference" if row["reference"] else ""
        click.echo(
            f"{row['name']}: {row['areas']} x {row['type']}{role}, {row['from'] or '...'} to {row['until'] or '...'}"
        )


@main.group()
def postcodes() -> None:
    """Postcodes and the points that stand for them."""


@postcodes.command("import")
@click.argument("file", type=AN_EXISTING_FILE)
@click.option("--date", "dated_on", callback=day, metavar="DATE", help="The day the file speaks of (today).")
@as_json
@in_application
def postcodes_import(file: Path, dated_on: date | None, machine: bool) -> None:
    """Import postcodes from CSV or GeoJSON (.gz too). Those outside the council are kept, and counted as well.

    Example: wardbook postcodes import postcodes.csv.gz
    """
    from wardbook.areas.actions import add_postcodes
    from wardbook.areas.postcode_files import read_postcodes
    from wardbook.clock import today

    read = read_postcodes(file)
    with transaction():
        tally = add_postcodes(read.rows, file_name=file.name, dated_on=dated_on or today())
    if machine:
        print_json(asdict(tally) | {"refused": len(read.refused)})
        return
    tell_refused(read.refused)
    click.echo(
        f"{tally.created:,} created, {tally.updated:,} updated, {tally.unchanged:,} unchanged; {tally.outside:,} of "
        f"them lie outside the council; {len(read.refused):,} refused."
    )
