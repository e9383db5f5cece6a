"""Commands for people and their roles."""

from __future__ import annotations

from datetime import date

import click

from wardbook.cli.command import as_json, day, in_application, main, plural, print_json
from wardbook.config import settings
from wardbook.db import transaction
from wardbook.errors import Refused
from wardbook.policy import Act, Role, may


@main.group()
def people() -> None:
    """People and the roles they hold."""


@people.command("add")
@click.argument("email")
@click.option("--role", required=True, type=click.Choice([role.value for role in Role]))
@click.option("--name", default="", help="Their name.")
@click.option("--ward", metavar="CODE", help="A councillor's ward.")
@click.option("--service", help="The service an officer works in.")
@click.option("--from", "from_on", callback=day, metavar="DATE", help="The first day of the role.")
@click.option("--until", "until_on", callback=day, metavar="DATE", help="The first day on which it is no longer held.")
@in_application
def people_add(
    email: str, role: str, name: str, ward: str | None, service: str | None, from_on: date | None, until_on: date | None
) -> None:
    """Give somebody a role, and print a link with which they sign in once.

    Example: wardbook people add cllr@example.org --role councillor --ward E05012461 --from 2019-05-02
    """
    from wardbook.people import actions, proofs

    with transaction():
        grant = actions.Grant(Role(role), ward, service, from_on, until_on)
        person = actions.add_person(email, grant, name=name)
        fresh = proofs.make_proof(person, proofs.SIGN_IN)
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
        print_json({"people": rows})
        return
    for row in rows:
        ward = f" for {row['ward']}" if row["ward"] else ""
        click.echo(f"{row['email']}: {row['role']}{ward}, {row['from'] or '...'} to {row['until'] or '...'}")


@people.command("erase")
@click.argument("email")
@click.option("--told", required=True, type=click.Choice(["erase", "leave"]), help="What becomes of what they told.")
@click.option("--yes", is_flag=True, help="Do it without asking.")
@in_application
def people_erase(email: str, told: str, yes: bool) -> None:
    """Erase somebody who asks for it, once every role of theirs has ended. It cannot be undone.

    Example: wardbook people erase cllr@example.org --told leave
    """
    from wardbook.entries import own
    from wardbook.me import leaving
    from wardbook.people import queries

    choice = leaving.Leaving.EVERYTHING if told == "erase" else leaving.Leaving.LEAVE
    person = queries.person_by_email(email)
    if person is None:
        raise Refused(f"Nobody here has the address {email}.")
    if not may(queries.viewer_of(person), Act.BE_ERASED_FOR, person):
        raise Refused(
            f"{email} holds a role still. End it first: 'wardbook people add' with the same --role, --ward and --from, "
            "and --until DATE."
        )
    click.echo(
        f"{person.name or 'Somebody'} <{person.email}> told {plural(len(own.told_by(person)), 'thing')}. "
        f"{leaving.MEANS[choice]} Their address and name go; what they did in a role stays on record without their "
        "name. This cannot be undone."
    )
    if not yes:
        click.confirm("Erase them?", abort=True)
    with transaction():
        leaving.erase_for(person, choice)
    click.echo("They are erased.")
