"""Who is looking, in a request: the session's person as a Viewer, loaded once."""

from __future__ import annotations

from datetime import timedelta
from typing import cast

from flask import g, session
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


def is_fresh(within: timedelta) -> bool:
    """Whether whoever is here proved who they are so short a time ago, in this browser."""
    return now().timestamp() - float(session.get("since", 0)) < within.total_seconds()


def sign_out() -> None:
    """End the session."""
    logout_user()
    g.pop("viewer", None)
