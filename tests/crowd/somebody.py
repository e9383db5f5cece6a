"""Somebody who tells the council something over HTTP as a browser would: pages, forms, cookies, a photo, impatience."""

from __future__ import annotations

import http.client
import io
import secrets
from contextlib import closing
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from urllib.parse import urlencode, urlsplit

from lxml import html
from PIL import Image


@dataclass(frozen=True)
class Answer:
    """What the server said."""

    status: int
    location: str
    body: bytes


@dataclass(frozen=True)
class Filled:
    """A form as it is about to be sent: where to, and what."""

    address: str
    values: list[tuple[str, str]]
    photo: bytes | None = None

    def encoded(self) -> tuple[bytes, str]:
        if self.photo is None:
            return urlencode(self.values).encode(), "application/x-www-form-urlencoded"
        edge = secrets.token_hex(12)
        parts = [
            f'--{edge}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
            for name, value in self.values
        ]
        head = f'--{edge}\r\nContent-Disposition: form-data; name="photo"; filename="kerb.jpg"\r\n'
        parts += [f"{head}Content-Type: image/jpeg\r\n\r\n".encode(), self.photo, f"\r\n--{edge}--\r\n".encode()]
        return b"".join(parts), f"multipart/form-data; boundary={edge}"


def a_photo() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (64, 48), (120, 60, 30)).save(out, "JPEG")
    return out.getvalue()


@dataclass
class Somebody:
    """One person with one browser, at a server's address."""

    base: str
    cookies: dict[str, str] = field(default_factory=dict)

    def asks(self, address: str) -> Answer:
        return self._sends("GET", address)

    def submits(self, form: Filled) -> Answer:
        body, kind = form.encoded()
        return self._sends("POST", form.address, body, {"Content-Type": kind})

    def submits_and_hangs_up(self, form: Filled) -> None:
        """The connection is cut before the answer comes: nobody knows whether it was taken."""
        body, kind = form.encoded()
        with closing(self._connection()) as connection:
            connection.request("POST", form.address, body, self._headers() | {"Content-Type": kind})

    def comes_to_the_end(self, **told: str) -> Filled:
        """Fill in page after page, each accepted; the form on the last, which makes the contribution."""
        page = "/contribute"
        while True:
            filled = _filled(self.asks(page).body, page, told)
            if page.endswith("/check"):
                return filled
            answer = self.submits(filled)
            assert answer.status == 302, (page, answer.status, answer.body[:2000])
            page = urlsplit(answer.location).path

    def _connection(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection(urlsplit(self.base).netloc, timeout=60)

    def _headers(self) -> dict[str, str]:
        return {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()), "Referer": self.base}

    def _sends(
        self, method: str, address: str, body: bytes | None = None, headers: dict[str, str] | None = None
    ) -> Answer:
        with closing(self._connection()) as connection:
            connection.request(method, address, body, self._headers() | (headers or {}))
            response = connection.getresponse()
            for line in response.headers.get_all("Set-Cookie") or []:
                self.cookies |= {name: morsel.value for name, morsel in SimpleCookie(line).items()}
            return Answer(response.status, response.headers.get("Location", ""), response.read())


def _filled(page: bytes, address: str, told: dict[str, str]) -> Filled:
    """The page's form: hidden fields and defaults as they are, the rest as told, a photo where none is there yet."""
    forms = html.fromstring(page).xpath("//main//form[@method='post']")
    form = next((form for form in forms if set(form.fields.keys()) & {*told, "photo"}), forms[-1])
    names = set(form.fields.keys())
    for name in names & told.keys():
        form.fields[name] = told[name]
    if "category" in names:
        form.fields["category"] = next(value for value in form.inputs["category"].value_options if value)
    values = [(name, value) for name, value in form.form_values() if name != "photo"]
    first = "photo" in names and not form.xpath(".//img")
    return Filled(form.get("action") or address, values, a_photo() if first else None)
