"""How MapIt's answers are given: JSON, a page where the address ends in `.html`, refusals in MapIt's own shape."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

from flask import Blueprint, Response, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from wardbook.db import intend_to_write
from wardbook.errors import Refused
from wardbook.web import READS

bp = Blueprint("mapit", __name__, url_prefix="/mapit")

FRESH = "public, max-age=300"
MOST_BYTES = 250_000
"""Of what is posted: a thousand points need a fifth of it."""
LIST = ("json", "html")
SHAPES = ("geojson", "kml")
_ENDS = {".map.html": "html", ".html": "html", ".json": "json", ".geojson": "geojson", ".kml": "kml", ".wkt": "wkt"}
"""How an address may end and what it then asks for. MapIt draws a map at `.map.html`: ours is the page."""


class Unanswered(Exception):
    """MapIt's refusal: a sentence and the status it is given with."""

    def __init__(self, sentence: str, status: int = 400) -> None:
        super().__init__(sentence)
        self.sentence, self.status = sentence, status


class NoArea(Unanswered):
    """There is no such area."""

    def __init__(self, sentence: str = "No Area matches the given query.") -> None:
        super().__init__(sentence, 404)


def parted(words: str, forms: tuple[str, ...] = LIST) -> tuple[str, str]:
    """The last part of an address without its ending, and the form that asks for: JSON where it has none.

    Raises Unanswered (404) for a form in which this address gives nothing.
    """
    for end, form in _ENDS.items():
        if words.endswith(end):
            if form not in forms:
                raise Unanswered("There is nothing in this form here.", 404)
            return words.removesuffix(end), form
    return words, "json"


def as_json(content: Any) -> Response:
    """An answer as MapIt writes JSON: in the order given, letters as they are."""
    return Response(json.dumps(content, ensure_ascii=False), mimetype="application/json")


def page(template: str, **words: Any) -> Response:
    """The same answer for people. It carries who is signed in, so no cache between may keep it."""
    return Response(render_template(f"mapit/{template}.html", as_json=_as_json_address(), **words))


def _as_json_address() -> str:
    """The address of what a page shows, as JSON."""
    path = quote(request.path.removesuffix(".html").removesuffix(".map"), safe="/,+:")
    beside = request.query_string.decode(errors="replace")
    return f"{path}?{beside}" if beside else path


def go(endpoint: str, **values: Any) -> ResponseReturnValue:
    """To another address, keeping what was asked beside the first."""
    beside = request.query_string.decode(errors="replace")
    return redirect(f"{url_for(endpoint, **values)}?{beside}" if beside else url_for(endpoint, **values))


@bp.before_request
def _nothing_is_written() -> Response | None:
    """A POST is only a longer question. OPTIONS tells a page elsewhere what it may ask."""
    intend_to_write(False)
    request.max_content_length = MOST_BYTES
    if request.method != "OPTIONS" or request.url_rule is None:
        return None
    taken = ", ".join(sorted(request.url_rule.methods or ()))
    words = {"Allow": taken, "Access-Control-Allow-Methods": taken, "Access-Control-Max-Age": "86400"}
    return Response(status=204, headers=words | {"Access-Control-Allow-Headers": "Content-Type, X-Api-Key"})


@bp.after_request
def _for_any_site(response: Response) -> Response:
    response.headers["Access-Control-Allow-Origin"] = "*"
    for_all = response.mimetype != "text/html" or response.status_code == 302
    if request.method in READS and response.status_code < 400 and for_all:
        response.headers.setdefault("Cache-Control", FRESH)
    return response


@bp.errorhandler(Unanswered)
def _unanswered(error: Unanswered) -> ResponseReturnValue:
    return _error(error.sentence, error.status)


@bp.errorhandler(Refused)
def _refused(error: Refused) -> ResponseReturnValue:
    return _error(error.sentence, 400)


@bp.errorhandler(HTTPException)
def _not_taken(error: HTTPException) -> ResponseReturnValue:
    return _error(error.description or error.name, error.code or 500)


@bp.errorhandler(Exception)
def _broken(_: Exception) -> ResponseReturnValue:
    current_app.logger.exception("a request failed")
    return _error("Something went wrong on our side. Try again in a few minutes.", 500)


def _error(sentence: str, status: int) -> ResponseReturnValue:
    if request.path.endswith(".html"):
        title = "There is no answer to this" if status == 404 else "This could not be answered"
        words = render_template("mapit/error.html", title=title, sentence=sentence)
        return words, status
    response = as_json({"code": status, "error": sentence})
    response.headers["Cache-Control"] = "no-store"
    return response, status


@bp.route("/<path:rest>", methods=["GET", "POST"])
def nothing_here(rest: str) -> ResponseReturnValue:
    """What is no address of MapIt's is refused in its shape too, for programs that look for one."""
    if request.method == "POST" and _takes(request.path, "GET"):
        response = as_json({"code": 405, "error": "This address does not take that kind of request."})
        response.headers["Allow"] = "GET, HEAD, OPTIONS"
        return response, 405
    raise Unanswered("There is nothing at this address.", 404)


def _takes(path: str, method: str) -> bool:
    try:
        endpoint, _ = current_app.url_map.bind("localhost").match(path, method=method)
    except RequestRedirect:
        return True
    return str(endpoint) != f"{bp.name}.{nothing_here.__name__}"
