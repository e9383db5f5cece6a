"""Commands for postcodes and their addresses."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from pathlib import Path

import click

from wardbook.areas.actions import PostcodeTally
from wardbook.areas.addresses import AddressTally, add_addresses, parted
from wardbook.cli.command import AN_EXISTING_FILE, as_json, day, in_application, main, plural, print_json, tell_refused
from wardbook.clock import today
from wardbook.db import transaction
from wardbook.errors import Refused


@main.group()
def postcodes() -> None:
    """Postcodes and the points that stand for them."""


@postcodes.command("import")
@click.argument("file", type=AN_EXISTING_FILE)
@click.option("--date", "dated_on", callback=day, metavar="DATE", help="The day the file speaks of (today).")
@click.option(
    "--directory", type=AN_EXISTING_FILE, metavar="FILE", help="Which postcode each UPRN has, for a file of UPRNs."
)
@click.option("--licence", default="", metavar="TEXT", help="The licence of the file.")
@as_json
@in_application
def postcodes_import(file: Path, dated_on: date | None, directory: Path | None, licence: str, machine: bool) -> None:
    """Import postcodes from CSV or GeoJSON (.gz too). Those outside the council are kept, and counted as well.

    A file in which postcodes stand at several points each, or which names addresses by their UPRN (OS Open UPRN, with
    --directory), holds address points: a postcode in two wards is then shown with its share in each.

    Example: wardbook postcodes import postcodes.csv.gz
    """
    from wardbook.areas.address_files import has_uprns
    from wardbook.areas.postcode_files import read_postcodes

    if has_uprns(file):
        _import_uprns(file, directory, dated_on or today(), licence, machine)
        return
    if directory is not None:
        raise Refused(f"{file.name} names no UPRNs, so --directory is of no use: leave it out.")
    read = read_postcodes(file)
    centres, addresses = parted(read.rows)
    with transaction():
        tally, of_addresses = add_addresses(
            centres, addresses, file_name=file.name, dated_on=dated_on or today(), licence=licence
        )
    refused = len(read.refused)
    if machine:
        print_json(asdict(tally) | {"refused": refused} | (_addresses_json(of_addresses) if addresses else {}))
        return
    tell_refused(read.refused)
    _tell_postcodes(tally, refused)
    if addresses:
        _tell_addresses(of_addresses)


def _import_uprns(file: Path, directory: Path | None, dated_on: date, licence: str, machine: bool) -> None:
    from wardbook.areas.address_files import read_addresses

    read = read_addresses(file, directory)
    with transaction():
        tally, found = add_addresses([], read.points, file_name=file.name, dated_on=dated_on, licence=licence)
    if machine:
        left_out = {"outside": read.outside, "without_postcode": read.without_postcode, "refused": len(read.refused)}
        print_json(asdict(tally) | left_out | _addresses_json(found))
        return
    tell_refused(read.refused)
    _tell_addresses(found)
    click.echo(
        f"{tally.created:,} of these postcodes were not held before. {read.outside:,} addresses outside the council "
        f"were left out, {read.without_postcode:,} have no postcode in the directory; {len(read.refused):,} refused."
    )


def _addresses_json(tally: AddressTally) -> dict[str, int]:
    return {
        "addresses": tally.addresses, "postcodes_with_addresses": tally.postcodes,
        "postcodes_changed": tally.changed, "older": tally.older,
    }  # fmt: skip


def _tell_postcodes(tally: PostcodeTally, refused: int) -> None:
    click.echo(
        f"{tally.created:,} created, {tally.updated:,} updated, {tally.unchanged:,} unchanged; {tally.outside:,} of "
        f"them lie outside the council; {refused:,} refused."
    )


def _tell_addresses(tally: AddressTally) -> None:
    older = f", {tally.older:,} left as a later source has them" if tally.older else ""
    click.echo(
        f"{plural(tally.addresses, 'address point')} of {plural(tally.postcodes, 'postcode')}: {tally.changed:,} "
        f"changed{older}."
    )
