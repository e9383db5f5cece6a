"""The signed addresses that end letters: they work without signing in, for as long as the secret key is the same."""

from __future__ import annotations

from itsdangerous import BadSignature, URLSafeSerializer

from wardbook.config import settings
from wardbook.errors import NotFound
from wardbook.follows.models import Follow, Rhythm


def stops(*follows: Follow) -> str:
    """The address that ends these follows."""
    return _address(["follow", *(follow.id for follow in follows)])


def stops_digest(person_id: int, rhythm: Rhythm) -> str:
    """The address that ends everything a person hears of in one rhythm."""
    return _address(["digest", person_id, str(rhythm)])


def _address(meant: list[object]) -> str:
    return f"{settings().base_url}/follows/stop/{_signer().dumps(meant)}"


def key_in(address: str) -> str:
    """The key in an address of ours."""
    return address.rpartition("/")[2]


def meant_by(key: str) -> tuple[list[int], int | None, Rhythm | None]:
    """The follows a key ends, or the person and the rhythm. Raises NotFound where we did not sign it."""
    try:
        what, *whose = _signer().loads(key)
    except BadSignature:
        raise NotFound from None
    return (whose, None, None) if what == "follow" else ([], whose[0], Rhythm(whose[1]))


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(settings().secret_key, salt="stop following")
