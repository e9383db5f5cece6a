"""The signed addresses that end letters: they work without signing in, for as long as the secret key is the same."""

from __future__ import annotations

from itsdangerous import BadSignature, URLSafeSerializer

from wardbook.config import settings
from wardbook.errors import NotFound
from wardbook.follows.models import Follow, Rhythm


def stops_one(follow: Follow) -> str:
    """The address that ends one follow."""
    return _address(["follow", follow.id])


def stops_digest(person_id: int, rhythm: Rhythm) -> str:
    """The address that ends everything a person hears of in one rhythm."""
    return _address(["digest", person_id, str(rhythm)])


def _address(meant: list[object]) -> str:
    return f"{settings().base_url}/follows/stop/{_signer().dumps(meant)}"


def meant_by(key: str) -> tuple[int | None, int | None, Rhythm | None]:
    """The follow a key ends, or the person and the rhythm. Raises NotFound where we did not sign it."""
    try:
        what, whose, *rhythm = _signer().loads(key)
    except BadSignature:
        raise NotFound from None
    return (whose, None, None) if what == "follow" else (None, whose, Rhythm(rhythm[0]))


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(settings().secret_key, salt="stop following")
