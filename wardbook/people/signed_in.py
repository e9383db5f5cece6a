"""Who is looking, in a request: the session's person as a Viewer, loaded once."""

from __future__ import annotations

from typing import cast

from flask import g
from flask_security import current_user, login_user, logout_user

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
    g.pop("viewer", None)


def sign_out() -> None:
    """End the session."""
    logout_user()
    g.pop("viewer", None)
