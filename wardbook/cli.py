"""The command line: thin, one function a command, over the same actions as the pages."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date
from functools import wraps
from pathlib import Path
from typing import Any

import click
from environs import EnvError
from flask import Flask, current_app
from sqlalchemy.exc import ArgumentError, DBAPIError

from wardbook import store
from wardbook.app import create_app
from wardbook.areas.models import AREA_TYPES
from wardbook.config import settings
from wardbook.db import db, transaction
from wardbook.errors import Forbidden, NotFound, Refused
from wardbook.mail import to_outbox
from wardbook.policy import VISITOR, Role, Viewer, everyone_at
from wardbook.shared import Level

NOT_READY = "There is no store here yet, or it is older than this version: run 'wardbook init'."
AN_EXISTING_FILE = click.Path(path_type=Path)


def _day(_: Any, __: Any, value: str | None) -> date | None:
    try:
        return date.fromisoformat(value) if value else None
    except ValueError:
        raise click.BadParameter(f"'{value}' is not a date: write it like 2019-05-02.") from None


@contextmanager
def in_sentences() -> Iterator[None]:
    """What is refused or cannot be used is one sentence on stderr and exit status 2, never a traceback."""
    try:
        yield
    except (Refused, Forbidden) as refused:
        _stop(refused.sentence)
    except NotFound:
        _stop("There is no such place, or it is not for this reader.")
    except (OSError, DBAPIError) as error:
        _stop(f"The store or its folder cannot be used ({error}): check WARDBOOK_HOME and WARDBOOK_DATABASE_URL.")
    except UnicodeError:
        _stop("Something in it cannot be written as text: check its characters.")
    except (EnvError, ArgumentError) as error:
        _stop(f"A setting is wrong: {error}.")


@contextmanager
def opened() -> Iterator[Flask]:
    """The application of these settings; its connections are closed at the end."""
    app = create_app()
    with app.app_context():
        try:
            yield app
        finally:
            db.session.remove()
            db.engine.dispose()


def in_application(command: Callable[..., None]) -> Callable[..., None]:
    """Run a command inside the application."""

    @wraps(command)
    def run(*args: Any, **kwargs: Any) -> None:
        with in_sentences(), opened():
            if command.__name__ not in {"init", "demo", "doctor"} and not store.is_ready():
                raise Refused(NOT_READY)
            command(*args, **kwargs)

    return run


def _stop(sentence: str) -> None:
    click.echo(" ".join(sentence.split()), err=True)
    sys.exit(2)


def _print_json(value: dict[str, Any]) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, default=str))


def _plural(number: int, one: str, many: str = "") -> str:
    return f"{number:,} {one if number == 1 else many or one + 's'}"


as_json = click.option("--json", "machine", is_flag=True, help="Print one JSON object.")


class Sentences(click.Group):
    """Commands whose misuse, too, is one sentence and exit status 2."""

    def main(self, *args: Any, standalone_mode: bool = True, **kwargs: Any) -> Any:
        """Run, and end the process as a command does unless told otherwise."""
        run: Any = super().main
        if not standalone_mode:
            return run(*args, standalone_mode=False, **kwargs)
        try:
            status = run(*args, standalone_mode=False, **kwargs)
        except click.exceptions.NoArgsIsHelpError as empty:
            click.echo(empty.format_message())
            sys.exit(2)
        except click.ClickException as misuse:
            _stop(misuse.format_message())
        except click.Abort:
            sys.exit(130)
        sys.exit(status if isinstance(status, int) else 0)


@click.group(cls=Sentences, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="wardbook")
def main() -> None:
    """Wardbook: what is known about the places of a council."""


@main.command()
@in_application
def init() -> None:
    """Make the store, or bring it to this version. Safe to run again.

    Example: WARDBOOK_HOME=./var wardbook init
    """
    store.make_ready()
    click.echo(f"The store is ready in {settings().home}.")


@main.command()
@in_application
def demo() -> None:
    """Make the store and bring in the fictional borough of Aldermere. Run again, it keeps what is there.

    Example: WARDBOOK_HOME=./var wardbook demo
    """
    from wardbook import demo as aldermere

    store.make_ready()
    if not aldermere.is_loaded():
        with transaction():
            aldermere.load()
        aldermere.mark()
    base = settings().base_url
    click.echo(
        f"""Aldermere, a fictional borough, is ready.

  {base}/                       the home page
  {base}/map                    the map and the list
  {base}/wards/X05000101        a ward
  {base}/contribute             tell the council something
  {base}/desk                   your desk, once signed in
  {base}/outbox                 the mail that was not sent

Sign in at {base}/sign-in/password (staff) or {base}/sign-in (residents):
{aldermere.signing_in()}
"""
    )


# --- boundaries and postcodes ------------------------------------------------------------------------------------


@main.group()
def boundaries() -> None:
    """Boundary sets: check a file, import it, list what there is."""


def reading_options(command: Callable[..., None]) -> Callable[..., None]:
    """The options that say how a boundary file is to be read."""
    for option in (
        click.option("--code", metavar="COLUMN", help="The column of codes, where it is not recognised."),
        click.option("--name", metavar="COLUMN", help="The column of names, where it is not recognised."),
        click.option("--crs", metavar="EPSG:N", help="The coordinate system, where the file does not say or is wrong."),
        click.option("--layer", help="Which layer or shapefile, where the file has several."),
        click.option("--merge-duplicates", is_flag=True, help="Join areas that have the same code into one."),
    ):
        command = option(command)
    return command


@boundaries.command("check")
@click.argument("file", type=AN_EXISTING_FILE)
@reading_options
@as_json
@in_application
def boundaries_check(file: Path, machine: bool, **reading: Any) -> None:
    """Read a boundary file and say what is in it: nothing is imported.

    Example: wardbook boundaries check wards.geojson
    """
    from wardbook.areas.boundary_files.checking import check
    from wardbook.areas.boundary_files.reading import read_boundaries

    read = read_boundaries(file, **reading)
    report = check(read, epsg=settings().crs)
    if machine:
        _print_json(
            {
                "areas": len(read.areas),
                "repaired": [asdict(repair) for repair in read.repaired],
                "merged": list(read.merged),
                "crs": read.crs,
                "code_column": read.code_column,
                "name_column": read.name_column,
                "overlaps": [asdict(overlap) for overlap in report.overlaps],
                "gaps": [asdict(gap) for gap in report.gaps],
                "hectares": round(report.total_hectares, 1),
            }
        )
        return
    codes = f"codes from {read.code_column}" if read.code_column else "no codes: names will stand for them"
    click.echo(f"{_plural(len(read.areas), 'area')} in {read.crs} ({codes}, names from {read.name_column}).")
    _tell_repairs(read)
    for overlap in report.overlaps:
        click.echo(f"Overlap: {overlap.first} and {overlap.second} share {overlap.square_metres:,.0f} m².")
    for gap in report.gaps:
        between = " and ".join(gap.between)
        click.echo(f"Gap: {gap.square_metres:,.0f} m² near {gap.lat:.5f}, {gap.lon:.5f}, between {between}.")
    click.echo(f"{report.total_hectares:,.0f} hectares in all. Nothing was imported.")


def _tell_repairs(read: Any) -> None:
    for repair in read.repaired:
        click.echo(f"Repaired: row {repair.row}, {repair.label}: {repair.what}.")
    for code in read.merged:
        click.echo(f"Merged: {code}.")


@boundaries.command("import")
@click.argument("file", type=AN_EXISTING_FILE)
@click.option("--set", "set_name", required=True, metavar="NAME", help="What to call the set.")
@click.option("--type", "type_", required=True, type=click.Choice(list(AREA_TYPES)), help="What its areas are.")
@click.option("--from", "from_on", callback=_day, metavar="DATE", help="The first day on which it holds.")
@click.option("--until", "until_on", callback=_day, metavar="DATE", help="The first day on which it no longer holds.")
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
    from wardbook.areas.boundary_files.reading import read_boundaries

    read = read_boundaries(file, **reading)
    about = SetDescription(set_name, type_, from_on, until_on, source, licence, reference)
    with transaction():
        add_boundary_set(about, read)
    if machine:
        tally = {"areas": len(read.areas), "repaired": len(read.repaired), "merged": len(read.merged), "refused": 0}
        _print_json(tally)
        return
    _tell_repairs(read)
    click.echo(f"Imported {_plural(len(read.areas), 'area')} as '{set_name}'.")


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
        _print_json({"sets": rows})
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
@click.option("--date", "dated_on", callback=_day, metavar="DATE", help="The day the file speaks of (today).")
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
        _print_json(asdict(tally) | {"refused": len(read.refused)})
        return
    _tell_refused(read.refused)
    click.echo(
        f"{tally.created:,} created, {tally.updated:,} updated, {tally.unchanged:,} unchanged; {tally.outside:,} of "
        f"them lie outside the council; {len(read.refused):,} refused."
    )


# --- entries -----------------------------------------------------------------------------------------------------


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
    with transaction():
        tally = take_in(reports)
    taken = tally.created + tally.updated + tally.unchanged
    if machine:
        _print_json(vars(tally) | {"refused": len(tally.refused)})
    else:
        _tell_refused(tally.refused)
        click.echo(
            f"{tally.created:,} created, {tally.updated:,} updated, {tally.unchanged:,} unchanged, "
            f"{len(tally.refused):,} refused."
        )
    if not taken:
        _stop(f"None of the {len(tally.refused):,} rows of {file.name} was taken: {tally.refused[0].why}.")


def _tell_refused(refused: Sequence[Any]) -> None:
    for row in refused[:50]:
        click.echo(f"Refused: row {row.row}: {row.why}.", err=True)
    if len(refused) > 50:
        click.echo(f"... and {len(refused) - 50:,} rows more.", err=True)


# --- people ------------------------------------------------------------------------------------------------------


@main.group()
def people() -> None:
    """People and the roles they hold."""


@people.command("add")
@click.argument("email")
@click.option("--role", required=True, type=click.Choice([role.value for role in Role]))
@click.option("--name", default="", help="Their name.")
@click.option("--ward", metavar="CODE", help="A councillor's ward.")
@click.option("--service", help="The service an officer works in.")
@click.option("--from", "from_on", callback=_day, metavar="DATE", help="The first day of the role.")
@click.option("--until", "until_on", callback=_day, metavar="DATE", help="The first day on which it is no longer held.")
@in_application
def people_add(
    email: str, role: str, name: str, ward: str | None, service: str | None, from_on: date | None, until_on: date | None
) -> None:
    """Give somebody a role, and print a link with which they sign in once.

    Example: wardbook people add cllr@example.org --role councillor --ward E05012461 --from 2019-05-02
    """
    from wardbook.people import actions

    with transaction():
        grant = actions.Grant(Role(role), ward, service, from_on, until_on)
        person = actions.add_person(email, grant, name=name)
        fresh = actions.make_proof(person, actions.SIGN_IN)
    click.echo(f"{settings().base_url}/sign-in/link/{fresh.link}")


@people.command("list")
@as_json
@in_application
def people_list(machine: bool) -> None:
    """People who hold, held or will hold a role.

    Example: wardbook people list
    """
    from wardbook.people import queries

    rows = [
        {
            "email": person.email, "name": person.name, "role": term.role, "ward": term.ward_code,
            "from": term.from_on, "until": term.until_on,
        }
        for person in queries.everyone_with_a_role() for term in person.terms
    ]  # fmt: skip
    if machine:
        _print_json({"people": rows})
        return
    for row in rows:
        ward = f" for {row['ward']}" if row["ward"] else ""
        click.echo(f"{row['email']}: {row['role']}{ward}, {row['from'] or '...'} to {row['until'] or '...'}")


# --- places ------------------------------------------------------------------------------------------------------


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

    \b
    Example: wardbook brief "postcode:BA1 5AW+800m" --pdf brief.pdf --gpkg brief.gpkg
    """
    from wardbook.briefs import forms_of_a_brief as forms
    from wardbook.briefs import queries
    from wardbook.briefs.exporting import SOURCE
    from wardbook.downloads.actions import record_written
    from wardbook.downloads.sources import Wanted
    from wardbook.places.files import place_from_file
    from wardbook.places.words import place_from_words

    reader = everyone_at(Level(level))
    where = place_from_file(Path(place[1:])) if place.startswith("@") else place_from_words(place, reader)
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
        _print_json({"brief": name, "hash": version.hash, "holds": found.good, "parts": parts})
    if not found.good:
        raise Refused(f"{name}: {found.words}")
    if not machine:
        click.echo(f"{name}: {found.words}")


def _write(target: Path, content: bytes) -> None:
    try:
        target.write_bytes(content)
    except OSError:
        raise Refused(f"{target.name} cannot be written there: check that the folder is there and is yours.") from None


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
    click.echo(f"Wrote {_plural(counts[0], 'ward')} and {_plural(counts[1], 'entry', 'entries')} to {file}.")


# --- running -----------------------------------------------------------------------------------------------------


@main.command()
@click.option("--bind", default="127.0.0.1:5000", metavar="HOST:PORT", show_default=True)
@click.option("--workers", default=2, show_default=True, type=click.IntRange(1, 64), help="Processes that serve.")
@click.option("--worker/--no-worker", default=True, help="Whether to do what waits (mail, exports) as well.")
def serve(bind: str, workers: int, worker: bool) -> None:
    """Serve the pages with gunicorn, and do what waits (mail, small photos, long exports) beside it.

    Example: wardbook serve --bind 127.0.0.1:8000 --workers 4
    """
    from wardbook.serving import refuse_taken, run

    with in_sentences(), opened() as app:
        if not store.is_ready():
            raise Refused(NOT_READY)
        host = bind.rpartition(":")[0].strip("[]")
        if to_outbox() and host not in {"127.0.0.1", "localhost", "::1"}:
            raise Refused(
                "With WARDBOOK_MAIL=outbox: a page shows everybody's sign-in links, so it is served on 127.0.0.1 "
                "alone: set WARDBOOK_MAIL=smtp://... or bind to 127.0.0.1."
            )
        refuse_taken(bind)
    run(app, bind, workers, worker=worker)


@main.command()
@click.option("--under", type=int, hidden=True, help="End when this process, which began it, is gone.")
@in_application
def worker(under: int | None) -> None:
    """Do what waits: send mail, make small photos and long exports. For 'serve --no-worker', on any machine.

    Example: wardbook worker
    """
    from wardbook.worker import run

    run(current_app._get_current_object(), under)  # type: ignore[attr-defined]


@main.command("copy-to")
@click.argument("url")
@click.option("--home-to", type=AN_EXISTING_FILE, metavar="FOLDER", help="Copy photos and the other files there, too.")
@as_json
@in_application
def copy_to(url: str, home_to: Path | None, machine: bool) -> None:
    """Copy this embedded store whole to the PostgreSQL database at URL, an empty one or one begun before.

    Stop the server first. Rows are added, never changed, and both sides are compared by count and SHA-256 at the end.
    Stopped half-way, run it again and it goes on. Photos, the secret key and other files stay in WARDBOOK_HOME, which
    the installation on PostgreSQL goes on using; with --home-to they are copied to its new home folder and compared.

    \b
    Example: wardbook copy-to postgresql://wardbook@db.example.org/wardbook --home-to /srv/wardbook
    """
    from wardbook.copying.actions import copying_to

    with (
        copying_to(url, home_to) as copying,
        click.progressbar(length=copying.steps(), label="Copying", file=sys.stderr, hidden=machine) as bar,
    ):
        done = copying.run(bar.update)
    if machine:
        _print_json(asdict(done))
        return
    for key in done.photos_without_file:
        click.echo(f"Missing: the file of photo {key} was not there to be copied.", err=True)
    files = f" and {_plural(done.files.files, 'file')} ({done.files.copied:,} copied now)" if done.files else ""
    click.echo(
        f"{_plural(done.rows, 'row')} of {len(done.tables)} tables ({done.added:,} added now){files} are in the target "
        "and equal to these. Now set WARDBOOK_DATABASE_URL to it"
        + (f" and WARDBOOK_HOME to {home_to}." if home_to else ", and keep WARDBOOK_HOME.")
    )


@main.command()
@in_application
def doctor() -> None:
    """Look at this installation and say what is missing.

    Example: wardbook doctor
    """
    from wardbook.doctor import findings

    found = findings()
    for finding in found:
        click.echo(("ok    " if finding.good else "LOOK  ") + finding.words)
    if not all(finding.good for finding in found):
        sys.exit(2)


def reader_called(email: str | None) -> Viewer:
    """Who to export for: the person with an address, or a visitor. Raises Refused where there is no such person."""
    from wardbook.people import queries

    if email is None:
        return VISITOR
    person = queries.person_by_email(email)
    if person is None:
        raise Refused(f"Nobody here has the address {email}: 'wardbook people list' shows who has a role.")
    return queries.viewer_of(person)


if __name__ == "__main__":
    main()
