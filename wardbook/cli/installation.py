"""Commands for the installation: made, served, worked for, copied, looked at."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path

import click
from flask import current_app

from wardbook import store
from wardbook.cli.command import (
    AN_EXISTING_FILE,
    NOT_READY,
    as_json,
    in_application,
    in_sentences,
    main,
    opened,
    plural,
    print_json,
)
from wardbook.config import settings
from wardbook.db import transaction
from wardbook.errors import Refused
from wardbook.mail import to_outbox


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
        print_json(asdict(done))
        return
    for key in done.photos_without_file:
        click.echo(f"Missing: the file of photo {key} was not there to be copied.", err=True)
    files = f" and {plural(done.files.files, 'file')} ({done.files.copied:,} copied now)" if done.files else ""
    click.echo(
        f"{plural(done.rows, 'row')} of {len(done.tables)} tables ({done.added:,} added now){files} are in the target "
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
