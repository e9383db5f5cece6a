"""The application put together: settings, store, people, pages."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

from flask import Flask
from flask_migrate import Migrate
from flask_security import Security, SQLAlchemyUserDatastore
from flask_wtf.csrf import CSRFProtect
from govuk_frontend_wtf.main import WTFormsHelpers
from jinja2 import ChoiceLoader, PackageLoader, PrefixLoader

from wardbook import bell, db, limits, mail, web
from wardbook.config import DATA, Settings, keep_settings, settings_from_environment
from wardbook.people.models import Person
from wardbook.people.queries import signed_in_as
from wardbook.people.signed_in import viewer


def create_app(chosen: Settings | None = None) -> Flask:
    """An application for these settings, or for those of the environment."""
    chosen = chosen or settings_from_environment()
    static = Path(__file__).parent / "static"
    app = Flask("wardbook", template_folder=str(DATA / "templates"), static_folder=str(static))
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}  # before anything asks for a template
    keep_settings(app, chosen)
    app.config.update(
        SECRET_KEY=chosen.secret_key,
        MAX_CONTENT_LENGTH=100_000_000,
        MAX_FORM_MEMORY_SIZE=2_000_000,
        SESSION_COOKIE_NAME="wardbook",
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_REFRESH_EACH_REQUEST=False,  # a photo still loading must not bring an ended session back
        SESSION_COOKIE_SECURE=chosen.base_url.startswith("https:"),
        PERMANENT_SESSION_LIFETIME=14 * 24 * 3600,
        SEND_FILE_MAX_AGE_DEFAULT=3600,
        WTF_CSRF_TIME_LIMIT=None,
    )
    db.configure(app, chosen)
    Migrate(app, db.db, directory=str(DATA / "migrations"))
    bell.configure(app)
    mail.configure(app, chosen)
    CSRFProtect(app)
    _people(app)
    _templates(app)
    web.configure(app)
    limits.configure(app, lambda: viewer().id)
    _pages(app)
    return app


def _people(app: Flask) -> None:
    app.config.update(
        SECURITY_PASSWORD_HASH="argon2",  # noqa: S106 - a method
        SECURITY_PASSWORD_SCHEMES=["argon2"],
        SECURITY_PASSWORD_SALT=app.config["SECRET_KEY"],
        SECURITY_JOIN_USER_ROLES=False,
        SECURITY_REGISTER_BLUEPRINT=False,
        SECURITY_CSRF_COOKIE_NAME=None,
    )
    security = Security(app, SQLAlchemyUserDatastore(db.db, Person, cast(Any, None)), register_blueprint=False)
    security.login_manager.user_loader(signed_in_as)
    security.principal.identity_loaders.clear()  # our policy asks who is looking, and only when a page needs to know
    app.before_request_funcs[None].remove(security.principal._on_before_request)
    app.after_request_funcs[None].remove(security.login_manager._update_remember_cookie)  # the session is all we keep


def _templates(app: Flask) -> None:
    govuk = {name: PackageLoader(name) for name in ("govuk_frontend_jinja", "govuk_frontend_wtf")}
    own = app.jinja_loader
    app.jinja_loader = ChoiceLoader([*([own] if own else []), PrefixLoader(govuk)])
    WTFormsHelpers(app)


def _pages(app: Flask) -> None:
    from wardbook import pages

    pages.configure(app)
