"""How every command runs: inside the application, what goes wrong in one sentence."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from functools import wraps
from pathlib import Path
from typing import Any

import click
from environs import EnvError
from flask import Flask
from sqlalchemy.exc import ArgumentError, DBAPIError

from wardbook import store
from wardbook.app import create_app
from wardbook.db import db
from wardbook.errors import Forbidden, NotFound, Refused

NOT_READY = "There is no store here yet, or it is older than this version: run 'wardbook init'."
AN_EXISTING_FILE = click.Path(path_type=Path)


def day(_: Any, __: Any, value: str | None) -> date | None:
    """A day as it is typed."""
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
        stop(refused.sentence)
    except NotFound:
        stop("There is no such place, or it is not for this reader.")
    except BrokenPipeError:  # whoever read what we print has read enough
        raise
    except (OSError, DBAPIError) as error:
        stop(f"The store or its folder cannot be used ({error}): check WARDBOOK_HOME and WARDBOOK_DATABASE_URL.")
    except UnicodeError:
        stop("Something in it cannot be written as text: check its characters.")
    except (EnvError, ArgumentError) as error:
        stop(f"A setting is wrong: {error}.")


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


def stop(sentence: str) -> None:
    """End with a sentence."""
    click.echo(" ".join(sentence.split()), err=True)
    sys.exit(2)


def print_json(value: dict[str, Any]) -> None:
    """Print one object."""
    click.echo(json.dumps(value, ensure_ascii=False, default=str))


def plural(number: int, one: str, many: str = "") -> str:
    """`1 ward`, `2 wards`"""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def tell_refused(refused: Sequence[Any]) -> None:
    """Say which rows of a file were not taken, the first of them."""
    for row in refused[:50]:
        click.echo(f"Refused: row {row.row}: {row.why}.", err=True)
    if len(refused) > 50:
        click.echo(f"... and {len(refused) - 50:,} rows more.", err=True)


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
            stop(misuse.format_message())
        except click.Abort:
            sys.exit(130)
        sys.exit(status if isinstance(status, int) else 0)


@click.group(cls=Sentences, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="wardbook")
def main() -> None:
    """Wardbook: what is known about the places of a council."""
