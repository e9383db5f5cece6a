"""Commands for boundaries."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import click

from wardbook.areas.models import AREA_TYPES
from wardbook.cli.command import AN_EXISTING_FILE, as_json, day, in_application, main, plural, print_json
from wardbook.config import settings
from wardbook.db import transaction, trial
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
        click.option("--merge-duplicates", is_flag=True, help="Join areas of one code, or of one name, into one."),
        click.option(
            "--leave-out",
            multiple=True,
            metavar="ROWS",
            help="Leave out rows by their numbers, such as 6 or 6,9-12, and say which. May be given again.",
        ),
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
    from wardbook.areas.boundary_files.near import away_from_wards
    from wardbook.areas.boundary_files.overlaps import overlaps_of
    from wardbook.areas.boundary_files.reading import read_boundaries

    read = read_boundaries(file, **reading)
    overlaps, away = overlaps_of(read, epsg=settings().crs), away_from_wards(read)
    about = SetDescription(set_name, type_, from_on, until_on, source, licence, reference)
    with transaction():
        waits = add_boundary_set(about, read).waits
    for line in telling.about_overlaps(overlaps):
        click.echo(line, err=machine)
    if machine:
        tally = {"areas": len(read.areas), "repaired": len(read.repaired), "merged": len(read.merged), "refused": 0}
        left_out = {"left_out": [vars(each) for each in read.left_out]} if read.left_out else {}
        print_json(tally | left_out | ({"waits": True} if waits else {}))
        return
    country = country_of(settings().crs)
    for line in (*telling.about_changes(read), *telling.about_country(read, country), *telling.about_wards(away)):
        click.echo(line)
    click.echo(f"Imported {plural(len(read.areas), 'area')} as '{set_name}'.")
    if waits:
        click.echo(f"It waits: 'wardbook boundaries preview \"{set_name}\"' shows what activating it would change.")


@boundaries.command("list")
@as_json
@in_application
def boundaries_list(machine: bool) -> None:
    """The boundary sets there are, with their dates; of the council's own the codes and names of their areas.

    Example: wardbook boundaries list --json
    """
    from wardbook.areas import queries

    counts, areas = queries.area_counts(), queries.codes_and_names()
    rows: list[dict[str, Any]] = [
        {
            "name": row.name, "type": row.type, "from": row.from_on, "until": row.until_on,
            "areas": counts.get(row.id, 0), "reference": row.reference, "waits": row.waits, "source": row.source,
            "licence": row.licence,
            "codes": [{"code": code, "name": name} for code, name in areas.get(row.id, [])],
        }
        for row in queries.boundary_sets()
    ]  # fmt: skip
    if machine:
        print_json({"sets": rows})
        return
    for row in rows:
        role = ", reference" if row["reference"] else ", waits to be activated" if row["waits"] else ""
        click.echo(
            f"{row['name']}: {row['areas']} x {row['type']}{role}, {row['from'] or '...'} to {row['until'] or '...'}"
        )
        for area in row["codes"]:
            click.echo(f"  {area['code']} {area['name']}")


def of_a_set(command: Callable[..., None]) -> Callable[..., None]:
    """The name of a set, given alone or as it was when the set was imported, and who takes over what is parted."""
    for option in (
        click.option(
            "--choose", "choices", multiple=True, metavar="OLD=NEW",
            help="Which new area takes over the councillors of an old one that is parted. May be given again.",
        ),
        click.option("--set", "set_name", metavar="NAME", help="The same as NAME."),
        click.argument("name", required=False),
    ):  # fmt: skip
        command = option(command)
    return command


def _set_name(name: str | None, set_name: str | None) -> str:
    if not (found := name or set_name):
        raise Refused("Say which set: 'wardbook boundaries list' shows their names.")
    return found


def _chosen(choices: Sequence[str]) -> dict[str, str]:
    parted = [choice.partition("=") for choice in choices]
    if any(not (old.strip() and new.strip()) for old, _, new in parted):
        raise Refused("A choice is written OLD=NEW, with the codes of the two areas.")
    chosen = {old.strip(): new.strip() for old, _, new in parted}
    if len(chosen) < len(choices):
        raise Refused("One area is given to two: choose once for each.")
    return chosen


@boundaries.command("preview")
@of_a_set
@as_json
@in_application
def boundaries_preview(name: str | None, set_name: str | None, choices: Sequence[str], machine: bool) -> None:
    """What would move if a set took the place of the one before it: nothing is changed.

    Example: wardbook boundaries preview "Wards 2019"
    """
    from wardbook.activation.preview import preview
    from wardbook.activation.words import as_object, in_words
    from wardbook.areas.queries import boundary_set_named
    from wardbook.policy import VISITOR

    found = preview(boundary_set_named(_set_name(name, set_name)), VISITOR, _chosen(choices))
    if machine:
        print_json(as_object(found))
        return
    for line in in_words(found):
        click.echo(line)


@boundaries.command("activate")
@of_a_set
@click.option("--undo", is_flag=True, help="Put back what activating it changed.")
@click.option("--commit", is_flag=True, help="Do it. Without this only what would be done is said.")
@as_json
@in_application
def boundaries_activate(
    name: str | None, set_name: str | None, choices: Sequence[str], undo: bool, commit: bool, machine: bool
) -> None:
    """Put a set in the place of the one before it, or undo that. A dry run unless --commit.

    Example: wardbook boundaries activate "Wards 2019" --commit
    """
    from wardbook.activation import actions
    from wardbook.activation.words import as_object, done_in_words, in_words, undone_in_words
    from wardbook.areas.queries import boundary_set_named
    from wardbook.policy import VISITOR

    with trial(commit=commit):
        row = boundary_set_named(_set_name(name, set_name))
        if undo:
            undone = actions.undo(VISITOR, row) is not None
            told, said = {"set": row.name, "undone": undone}, list(undone_in_words(row, undone, commit=commit))
        else:
            found = actions.activate(VISITOR, row, _chosen(choices))
            told = as_object(found)
            said = [*([] if found.standing else in_words(found)), *done_in_words(found, commit=commit)]
        told |= {"committed": commit}
    if machine:
        print_json(told)
        return
    for line in said:
        click.echo(line)


@boundaries.command("remove")
@click.argument("name")
@click.option("--commit", is_flag=True, help="Do it. Without this only what would be done is said.")
@as_json
@in_application
def boundaries_remove(name: str, commit: bool, machine: bool) -> None:
    """Take away a set that was brought in by mistake. A dry run unless --commit.

    What lies on its ground stays, and lies in the areas of other sets as before. A set that was activated, or whose
    place another took, is not removed until that is undone.

    Example: wardbook boundaries remove "Wards 2019" --commit
    """
    from wardbook.areas.actions import remove_boundary_set

    with trial(commit=commit):
        areas, things = remove_boundary_set(name)
    if machine:
        print_json({"set": name, "areas": areas, "entries_in_them": things, "committed": commit})
        return
    done = "were removed" if commit else "would be removed: --commit does it"
    click.echo(f"{plural(areas, 'area')}, in which {things:,} entries lie, {done}.")
