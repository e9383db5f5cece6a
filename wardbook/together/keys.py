"""The signed addresses in letters about matches: each is for one person, and works without signing in."""

from __future__ import annotations

from itsdangerous import BadSignature, URLSafeSerializer

from wardbook.config import settings
from wardbook.errors import NotFound


def key_of(match_id: int, person_id: int) -> str:
    """What names a match as one of the two sees it."""
    return _signer("match").dumps([match_id, person_id])


def met_key_of(match_id: int, person_id: int) -> str:
    """The same in the letter to who was put in touch: it says so still when nothing else is kept of it."""
    return _signer("match").dumps([match_id, person_id, 1])


def meant_by(key: str) -> tuple[int, int, bool]:
    """The match and the person that a key names, and whether it was given to who was put in touch. Raises NotFound
    where we did not sign it.
    """
    match_id, person_id, *met = _read(key, "match")
    return match_id, person_id, bool(met)


def stops(person_id: int) -> str:
    """The address that ends a person's letters about matches."""
    return f"{settings().base_url}/together/stop/{stop_key_of(person_id)}"


def stop_key_of(person_id: int) -> str:
    """What names a person whose letters about matches end or begin again."""
    return str(_signer("no letters").dumps([person_id]))


def stopped_by(key: str) -> int:
    """Whose letters a key ends. Raises NotFound where we did not sign it."""
    return _read(key, "no letters")[0]


def _read(key: str, what: str) -> list[int]:
    try:
        return list(_signer(what).loads(key))
    except BadSignature:
        raise NotFound from None


def _signer(what: str) -> URLSafeSerializer:
    return URLSafeSerializer(settings().secret_key, salt=f"together: {what}")
