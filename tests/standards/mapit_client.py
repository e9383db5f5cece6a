"""A small client of MapIt, written from the documentation on a MapIt's front page and not from our code."""

from __future__ import annotations

import json
from http.client import HTTPMessage
from typing import Any
from urllib.error import HTTPError
from urllib.parse import quote, urlencode
from urllib.request import Request, urlopen


class MapItError(Exception):
    """What MapIt refused: its status, and the sentence in `error`."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(f"{status}: {sentence}")
        self.status, self.sentence = status, sentence


class MapIt:
    """A MapIt at an address; each call gives the JSON that comes back, decoded."""

    def __init__(self, base: str) -> None:
        self.base = base.rstrip("/")

    # --- what goes over the wire ---

    def fetch(self, path: str, *, method: str = "GET", data: bytes | None = None, kind: str = "", **asked: object):
        """Status, headers and body, following redirects as clients do."""
        query = f"?{urlencode(asked, doseq=True)}" if asked else ""
        headers = {"Content-Type": kind} if kind else {}
        request = Request(f"{self.base}{quote(path, safe='/,+')}{query}", data=data, headers=headers, method=method)
        try:
            with urlopen(request, timeout=60) as answer:
                return answer.status, answer.headers, answer.read()
        except HTTPError as error:
            with error:
                return error.code, error.headers, error.read()

    def call(self, path: str, **asked: object) -> Any:
        return self._read(*self.fetch(path, **asked))

    def _read(self, status: int, headers: HTTPMessage, body: bytes) -> Any:
        assert headers.get_content_type() == "application/json", headers
        assert headers["Access-Control-Allow-Origin"] == "*"
        said = json.loads(body)
        if status >= 400:
            assert said["code"] == status
            raise MapItError(status, said["error"])
        return said

    # --- lookups by point and postcode ---

    def point(self, srid: int, x: float, y: float, *, box: bool = False, **asked: object) -> dict[str, Any]:
        return self.call(f"/point/{srid}/{x},{y}{'/box' if box else ''}", **asked)

    def points(self, srid: int, pairs: list[tuple[float, float]], **asked: object) -> list[dict[str, Any]]:
        data = json.dumps({"points": pairs}).encode()
        return self._read(*self.fetch(f"/point/{srid}", method="POST", data=data, kind="application/json", **asked))

    def nearest(self, srid: int, x: float, y: float) -> dict[str, Any]:
        return self.call(f"/nearest/{srid}/{x},{y}")["postcode"]

    def postcode(self, words: str, **asked: object) -> dict[str, Any]:
        return self.call(f"/postcode/{words}", **asked)

    def partial_postcode(self, words: str) -> dict[str, Any]:
        return self.call(f"/postcode/partial/{words}")

    # --- one area, and those beside it ---

    def area(self, ident: int | str) -> dict[str, Any]:
        return self.call(f"/area/{ident}")

    def by_code(self, kind: str, code: str, **asked: object) -> dict[str, Any]:
        return self.call(f"/code/{kind}/{code}", **asked)

    def geometry(self, area_id: int) -> dict[str, Any]:
        return self.call(f"/area/{area_id}/geometry")

    def example_postcode(self, area_id: int) -> str | None:
        return self.call(f"/area/{area_id}/example_postcode")

    def related(self, area_id: int, word: str, **asked: object) -> dict[str, Any]:
        return self.call(f"/area/{area_id}/{word}", **asked)

    def boundary(self, area_id: int, form: str, srid: int | None = None, **asked: object) -> tuple[str, str]:
        """The media type and the text of a boundary."""
        status, headers, body = self.fetch(f"/area/{f'{srid}/' if srid else ''}{area_id}.{form}", **asked)
        assert status == 200, body
        return headers.get_content_type(), body.decode()

    # --- several areas ---

    def areas(self, ids: list[int]) -> dict[str, Any]:
        """By address, or where that would be long by POST, as mySociety's own clients do."""
        path = ",".join(map(str, ids))
        if len(path) < 1024:
            return self.call(f"/areas/{path}")
        data = urlencode({"URL": path}).encode()
        kind = "application/x-www-form-urlencoded"
        return self._read(*self.fetch("/areas", method="POST", data=data, kind=kind))

    def geometries(self, ids: list[int]) -> dict[str, Any]:
        return self.call(f"/areas/{','.join(map(str, ids))}/geometry")

    def by_type(self, *words: str, **asked: object) -> dict[str, Any]:
        return self.call(f"/areas/{','.join(words)}", **asked)

    def by_name(self, beginning: str, **asked: object) -> dict[str, Any]:
        return self.call(f"/areas/{beginning}", **asked)

    def generations(self) -> dict[str, Any]:
        return self.call("/generations")
