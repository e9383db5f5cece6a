"""What signing in asks."""

from __future__ import annotations

from wardbook.forms import Asking, Guarded, at_most, button, needed, password, text


class EmailForm(Guarded):
    """By an emailed link or code."""

    email = text("Email address", needed("Enter your email address"), at_most(254, "Email address"))
    send = button("Email me a link")


class PasswordForm(Asking):
    """By a password, for people who work for the council."""

    email = text("Email address", needed("Enter your email address"), at_most(254, "Email address"))
    password = password("Password", needed("Enter your password"))
    send = button("Sign in")


class CodeForm(Asking):
    """By the code in the email."""

    code = text(
        "Code", needed("Enter the code from the email"), at_most(12, "Code"), hint="6 figures, for example 204 816"
    )
    send = button("Sign in")


class PressForm(Asking):
    """A button and nothing else."""
