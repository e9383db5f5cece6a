"""Commands for mail that comes in."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import click

from wardbook.cli.command import AN_EXISTING_FILE, as_json, in_application, main, plural, print_json


@main.group()
def mail() -> None:
    """Mail that comes in."""


@mail.command("take")
@click.argument("file", type=AN_EXISTING_FILE)
@as_json
@in_application
def take(file: Path, machine: bool) -> None:
    """Take contributions, answers and letters that came back from FILE: a message (.eml), an mbox or a Maildir folder.

    FILE is left as it is, and no message is taken twice. A mailbox that is read every minute is WARDBOOK_MAILBOX.

    Example: wardbook mail take inbox.mbox
    """
    from wardbook.incoming.fetching import take_file
    from wardbook.incoming.models import Became

    takings = take_file(file)
    counted = Counter(taking.became for taking in takings)
    refs = [taking.ref for taking in takings if taking.became is Became.ENTRY]
    if machine:
        print_json({"messages": len(takings), "entries": refs} | {str(became): counted[became] for became in Became})
        return
    click.echo(f"{plural(len(takings), 'message')}:")
    for became, words in (
        (Became.ENTRY, f"became an entry, which waits for the link in our letter: {', '.join(refs)}"),
        (Became.DRAFT, "became a draft: the letter back asks where it is"),
        (Became.REPLY, "answered a letter of ours, and got an answer"),
        (Became.BOUNCE, "said that a letter of ours came back"),
        (Became.IGNORED, "left alone: from a program, a list or nobody, or too large"),
        (Became.UNREADABLE, "could not be read, and are not tried again"),
        (Became.ALREADY, "taken before"),
        (Became.WAITS, "not taken yet: their senders have had many letters lately. Run it again in an hour"),
    ):
        if counted[became]:
            click.echo(f"  {counted[became]:,} {words}.")
