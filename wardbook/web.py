"""One request: its transaction, its headers and its error pages."""

from __future__ import annotations

import secrets
from typing import Any, TypeVar

from flask import Flask, Response, current_app, g, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from wardbook.db import db, intend_to_write
from wardbook.errors import Forbidden, NotFound, Refused

READS = {"GET", "HEAD", "OPTIONS"}
Thing = TypeVar("Thing")

PAGE_POLICY = (
    "default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self' 'nonce-{nonce}'; "
    "img-src 'self' data: blob:; "
    "font-src 'self'; connect-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'; manifest-src 'self'"
)
"""Nothing in a page may come from, or go to, anywhere but here."""


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


def nonce() -> str:
    """This response's nonce."""
    if "nonce" not in g:
        g.nonce = secrets.token_urlsafe(18)
    return str(g.nonce)


def configure(app: Flask) -> None:
    """Put the transaction, the headers and the error pages round every request."""
    app.before_request(_begin)
    app.after_request(_end)
    app.after_request(_headers)
    app.register_error_handler(NotFound, _not_found)
    app.register_error_handler(Forbidden, _forbidden)
    app.register_error_handler(Refused, _refused)
    app.register_error_handler(CSRFError, _form_too_old)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _broken)


def _begin() -> None:
    intend_to_write(request.method not in READS)


def _end(response: Response) -> Response:
    """Commit a good answer to a method that writes; roll everything else back."""
    if request.method in READS or response.status_code >= 400:
        db.session.rollback()
        return response
    db.session.commit()
    return response


def _headers(response: Response) -> Response:
    headers = response.headers
    headers.setdefault("Content-Security-Policy", PAGE_POLICY.format(nonce=nonce()))
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Referrer-Policy", "same-origin")
    headers.setdefault("Permissions-Policy", "geolocation=(self), camera=(), microphone=()")
    headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    if request.endpoint != "static":
        headers.setdefault("Cache-Control", "private, no-store")
    return response


def _wants_words_only() -> bool:
    best = request.accept_mimetypes.best_match(["text/html", "application/json"])
    return best == "application/json" and request.accept_mimetypes[best] > request.accept_mimetypes["text/html"]


def _answer(status: int, page: str, sentence: str) -> ResponseReturnValue:
    db.session.rollback()
    if _wants_words_only():
        problem = {"type": "about:blank", "title": page, "status": status, "detail": sentence}
        return problem, status, {"Content-Type": "application/problem+json"}
    return render_template("errors/error.html", title=page, sentence=sentence, status=status), status


def _not_found(_: Exception) -> ResponseReturnValue:
    return _answer(404, "Page not found", "There is nothing at this address, or nothing that you can see.")


def _forbidden(error: Forbidden) -> ResponseReturnValue:
    return _answer(403, "You cannot do this", error.sentence)


def _refused(error: Refused) -> ResponseReturnValue:
    return _answer(422, "This could not be done", error.sentence)


def _form_too_old(_: Exception) -> ResponseReturnValue:
    sentence = "This form was open for too long, or in a page from elsewhere. Go back, copy what you wrote, try again."
    return _answer(400, "The form has ended", sentence)


def _http_error(error: HTTPException) -> ResponseReturnValue:
    if error.code == 404:
        return _not_found(error)
    if error.code is not None and error.code < 400:
        return error.get_response()
    answer = _answer(error.code or 500, error.name, _SENTENCES.get(error.code or 500, error.description or ""))
    return _keeping_headers(answer, error)


def _keeping_headers(answer: Any, error: HTTPException) -> ResponseReturnValue:
    body, status, *rest = answer
    headers = dict(rest[0]) if rest else {}
    kept = {name: value for name, value in error.get_headers() if name in {"Allow", "Retry-After"}}
    return body, status, headers | kept


_SENTENCES = {
    405: "This address does not take that kind of request.",
    413: "What you sent is too large. Choose a smaller file.",
    429: "There were too many tries. Wait a few minutes and try again.",
}


def _broken(error: Exception) -> ResponseReturnValue:

    current_app.logger.exception("a request failed")
    db.session.rollback()
    sentence = "Something went wrong on our side. Nothing you sent was kept: go back and try again in a few minutes."
    return _answer(500, "Sorry, there is a problem", sentence)
