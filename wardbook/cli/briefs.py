"""Commands for briefs: made of a place, and checked."""

from __future__ import annotations

from pathlib import Path

import click

from wardbook.cli.command import AN_EXISTING_FILE, as_json, in_application, main, print_json
from wardbook.errors import Refused
from wardbook.policy import everyone_at
from wardbook.shared import Level


@main.command()
@click.argument("place")
@click.option("--for", "level", default="public", show_default=True, type=click.Choice(["council", "public"]))
@click.option("--pdf", type=AN_EXISTING_FILE, help="Write it as PDF.")
@click.option("--docx", type=AN_EXISTING_FILE, help="Write it for Word.")
@click.option("--xlsx", type=AN_EXISTING_FILE, help="Write it for Excel.")
@click.option("--gpkg", type=AN_EXISTING_FILE, help="Write it as GeoPackage.")
@click.option("--csv", type=AN_EXISTING_FILE, help="Write its entries as CSV.")
@click.option("--json", "json_", type=AN_EXISTING_FILE, help="Write it as JSON.")
@in_application
def brief(place: str, level: str, **targets: Path | None) -> None:
    """What is known about a PLACE, from what everyone at a level may see.

    A place is a ward, wards, postcode, point, grid reference or street in words, or @FILE for a boundary in a file.
    What of it lies outside the council is left out, and said.

    \b
    Example: wardbook brief "postcode:BA1 5AW+800m" --pdf brief.pdf --gpkg brief.gpkg
    """
    from wardbook.briefs import forms_of_a_brief as forms
    from wardbook.briefs import queries
    from wardbook.briefs.exporting import SOURCE
    from wardbook.downloads.actions import record_written
    from wardbook.downloads.sources import Wanted
    from wardbook.places.files import place_from_file
    from wardbook.places.place import refuse_outside
    from wardbook.places.words import place_from_words

    reader = everyone_at(Level(level))
    if place.startswith("@"):
        where, said = place_from_file(Path(place[1:]))
        if said:
            click.echo(said, err=True)
    else:
        where = place_from_words(place, reader)
    refuse_outside(where)
    made = queries.brief(where, Level(level), reader)
    items = list(queries.items(where, Level(level)))
    for name, target in targets.items():
        if target is not None:
            _write(target, forms.FORMS[name.rstrip("_")](made, items)[0])
            about = {"place": where.words, "for": level}
            record_written(Wanted(SOURCE, about, name.rstrip("_")), len(items))
            click.echo(f"Wrote {target}.")
    if not any(targets.values()):
        click.echo(forms.in_words(made))


@main.command()
@click.argument("reference")
@click.option(
    "--version", "number", type=click.IntRange(1, 1_000_000), help="Which version (the newest, unless given)."
)
@as_json
@in_application
def verify(reference: str, number: int | None, machine: bool) -> None:
    """Check that a frozen brief is what was frozen, by taking every seal anew. Shows numbers, never a text.

    Example: wardbook verify BR-7K3QD --version 1
    """
    from wardbook.briefs import kept, seals

    version = kept.any_version(reference, number)
    if version is None:
        raise Refused(f"There is no version {number or ''} of a brief {reference[:20]} here: check the reference.")
    found = seals.verdict(version, kept.parts(version))
    name = f"{version.brief.ref}, version {version.number}"
    if machine:
        parts = [{"part": part, "it": str(holds)} for part, holds in found.parts]
        print_json({"brief": name, "hash": version.hash, "holds": found.good, "parts": parts})
    if not found.good:
        raise Refused(f"{name}: {found.words}")
    if not machine:
        click.echo(f"{name}: {found.words}")


def _write(target: Path, content: bytes) -> None:
    try:
        target.write_bytes(content)
    except OSError:
        raise Refused(f"{target.name} cannot be written there: check that the folder is there and is yours.") from None
