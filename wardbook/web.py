"""One request: its transaction, its headers and its error pages."""

from __future__ import annotations

import secrets
from typing import Any, TypeVar

from flask import Flask, Request, Response, current_app, g, render_template, request
from flask.sessions import SecureCookieSessionInterface, SessionMixin
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DataError
from werkzeug.exceptions import HTTPException
from werkzeug.routing import IntegerConverter

from wardbook.db import db, intend_to_write
from wardbook.errors import Banned, Forbidden, NotFound, Refused

READS = {"GET", "HEAD", "OPTIONS"}
Thing = TypeVar("Thing")

MOST_FIGURES = 9
"""No row has a longer number; PostgreSQL keeps none that is much longer."""

NOT_FOUND = ("Page not found", "There is nothing at this address, or nothing that you can see.")

PAGE_POLICY = (
    "default-src 'none'; script-src 'self'{nonce}; style-src 'self'{nonce}; "
    "img-src 'self' data: blob:; "
    "font-src 'self'; connect-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'; manifest-src 'self'"
)
"""Nothing in a page may come from, or go to, anywhere but here."""
STANDING = (
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "same-origin"),
    ("Permissions-Policy", "geolocation=(self), camera=(), microphone=()"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
)
OF_ANSWERS = ("Cache-Control", "private, no-store")
OF_FILES_OF_OURS = ("Access-Control-Allow-Origin", "*")
"""Fonts, for the sandboxed frames of maps."""


def or_404(thing: Thing | None) -> Thing:
    """The thing, or the same 'not found' as for what there never was."""
    if thing is None:
        raise NotFound
    return thing


def own_address(address: str | None) -> str | None:
    """An address on this site to go on to, or None where it leads elsewhere."""
    if not address or not address.startswith("/") or address.startswith(("//", "/\\")) or not address.isprintable():
        return None
    return address


def number_in(words: str) -> int | None:
    """The whole number that somebody sent; None where it is none, or longer than any of ours."""
    return int(words) if words.isdecimal() and len(words) <= MOST_FIGURES else None


class OwnNumber(IntegerConverter):
    """A number in an address. One that is longer than any of ours leads nowhere: not every store could look for it."""

    regex = rf"\d{{1,{MOST_FIGURES}}}"


def nonce() -> str:
    """This response's nonce."""
    if "nonce" not in g:
        g.nonce = secrets.token_urlsafe(18)
    return str(g.nonce)


class Sessions(SecureCookieSessionInterface):
    """Flask's signed cookie, without its cost for those who bring none and are given none: other software, mostly."""

    def open_session(self, app: Flask, request: Request) -> Any:
        """The session of the cookie, or a new one."""
        if self.get_cookie_name(app) not in request.cookies:
            return self.session_class()
        return super().open_session(app, request)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Nothing is said of a session that nobody looked at."""
        if session.accessed or session.modified:
            super().save_session(app, session, response)


def configure(app: Flask) -> None:
    """Put the session, the transaction, the headers and the error pages round every request."""
    app.session_interface = Sessions()
    app.url_map.converters["int"] = OwnNumber
    app.before_request(_begin)
    app.after_request(_end)
    app.after_request(_headers)
    app.teardown_request(_over)
    app.register_error_handler(NotFound, _not_found)
    app.register_error_handler(Forbidden, _forbidden)
    app.register_error_handler(Refused, _refused)
    app.register_error_handler(CSRFError, _form_too_old)
    app.register_error_handler(DataError, _no_such_value)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _broken)


def _begin() -> None:
    intend_to_write(request.method not in READS)


def _end(response: Response) -> Response:
    """Commit a good answer to a method that writes; roll everything else back."""
    if request.method in READS or response.status_code >= 400:
        if db.session.registry.has():
            db.session.rollback()
        return response
    if db.session.registry.has():
        db.session.commit()
    return response


def _over(_: BaseException | None) -> None:
    """What this thread does next is no longer this request."""
    intend_to_write(False)


def _headers(response: Response) -> Response:
    """What every answer carries, where its view has not said otherwise. Only a page has scripts, so only it a nonce."""
    said = {name.lower() for name, _ in response.headers}
    allowed = f" 'nonce-{nonce()}'" if response.mimetype == "text/html" else ""
    policy = ("Content-Security-Policy", PAGE_POLICY.format(nonce=allowed))
    for name, value in (policy, *STANDING, OF_FILES_OF_OURS if request.endpoint == "static" else OF_ANSWERS):
        if name.lower() not in said:
            response.headers.add(name, value)
    return response


def _wants_words_only() -> bool:
    best = request.accept_mimetypes.best_match(["text/html", "application/json"])
    return best == "application/json" and request.accept_mimetypes[best] > request.accept_mimetypes["text/html"]


def _answer(status: int, page: str, sentence: str, **known: bool) -> ResponseReturnValue:
    db.session.rollback()
    if _wants_words_only():
        problem = {"type": "about:blank", "title": page, "status": status, "detail": sentence}
        return problem, status, {"Content-Type": "application/problem+json"}
    typed = _typed() if request.method not in READS else []
    shown = {"title": page, "sentence": sentence, "status": status, "typed": typed, **known}
    return render_template("errors/error.html", **shown), status


def _typed() -> list[str]:
    """What somebody wrote in a form that could not be taken, so that they can copy it: its words, never a password."""
    try:
        given = [value for name, values in request.form.lists() if "password" not in name for value in values]
    except HTTPException:  # too large to be read at all
        return []
    return [value for value in given if len(value.split()) > 1]


def _not_found(error: Exception) -> ResponseReturnValue:
    title, sentence = NOT_FOUND
    return _answer(404, title, str(error) or sentence if isinstance(error, NotFound) else sentence)


def _no_such_value(_: DataError) -> ResponseReturnValue:
    """PostgreSQL holds no text with a zero byte and no number this long: nothing has it, and it cannot be kept."""
    if request.method in READS:
        return _answer(404, *NOT_FOUND)
    return _answer(422, "This could not be done", "What you sent holds a sign that cannot be kept: type it again.")


def _forbidden(error: Forbidden) -> ResponseReturnValue:
    return _answer(403, "You cannot do this", error.sentence, banned=isinstance(error, Banned))


def _refused(error: Refused) -> ResponseReturnValue:
    return _answer(422, "This could not be done", error.sentence)


def _form_too_old(_: Exception) -> ResponseReturnValue:
    sentence = "This form was open for too long, or in a page from elsewhere. Copy what you wrote, go back, try again."
    return _answer(400, "The form has ended", sentence)


def _http_error(error: HTTPException) -> ResponseReturnValue:
    if error.code == 404:
        return _not_found(error)
    if error.code is not None and error.code < 400:
        return error.get_response()
    code = error.code or 500
    answer = _answer(code, _TITLES.get(code, error.name), _SENTENCES.get(code, error.description or ""))
    return _keeping_headers(answer, error)


def _keeping_headers(answer: Any, error: HTTPException) -> ResponseReturnValue:
    body, status, *rest = answer
    headers = dict(rest[0]) if rest else {}
    kept = {name: value for name, value in error.get_headers() if name in {"Allow", "Retry-After"}}
    return body, status, headers | kept


_TITLES = {429: "Please wait"}
_SENTENCES = {
    405: "This address does not take that kind of request.",
    413: "What you sent is too large. Choose a smaller file.",
}


def _broken(error: Exception) -> ResponseReturnValue:

    current_app.logger.exception("a request failed")
    db.session.rollback()
    sentence = "Something went wrong on our side. Nothing you sent was kept: go back and try again in a few minutes."
    return _answer(500, "Sorry, there is a problem", sentence)
