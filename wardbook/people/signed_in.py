"""Who is looking, in a request: the session's person as a Viewer, loaded once."""

from __future__ import annotations

from datetime import timedelta
from typing import cast

from flask import flash, g, session
from flask_security import current_user, login_user, logout_user

from wardbook.db import now
from wardbook.people.models import Person
from wardbook.people.queries import viewer_of
from wardbook.policy import Viewer


def person() -> Person | None:
    """The person who is signed in."""
    return current_user._get_current_object() if current_user.is_authenticated else None


def viewer() -> Viewer:
    """Who is looking."""
    if "viewer" not in g:
        g.viewer = viewer_of(person())
    return cast(Viewer, g.viewer)


def sign_in(who: Person) -> None:
    """Begin a session for somebody who has proved who they are."""
    login_user(who, authn_via=["email"])
    session["since"] = now().timestamp()
    g.pop("viewer", None)


def still_another(who: Person) -> Person | None:
    """Who is signed in where that is somebody else than this person. What an emailed link does it does for the person
    it was sent to; it never changes who is signed in.
    """
    here = person()
    return here if here is not None and here.id != who.id else None


def sign_in_unless_another(who: Person) -> bool:
    """Begin a session for whoever an emailed link was sent to, unless somebody else is signed in: the page then says
    so. Whether the session is now theirs.
    """
    if (other := still_another(who)) is not None:
        flash(f"It is done for {who.email}. You are still signed in as {other.name or other.email}.")
        return False
    sign_in(who)
    return True


def is_fresh(within: timedelta) -> bool:
    """Whether whoever is here proved who they are so short a time ago, in this browser."""
    return now().timestamp() - float(session.get("since", 0)) < within.total_seconds()


def sign_out() -> None:
    """End the session. What was begun at this browser is not left to whoever is at it next."""
    logout_user()
    session.pop("drafts", None)
    g.pop("viewer", None)
