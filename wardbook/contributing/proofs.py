"""That a form comes from a page of ours: every page of a draft carries a key of its own, which outlives the session.

Whoever's cookie is gone, or whose page was open for too long, still sends what they typed, and goes on with their
draft. Nobody else's page can send it: the key is in the draft's own pages alone, and a browser says where a form
comes from.
"""

from __future__ import annotations

import hashlib
import hmac
from urllib.parse import urlsplit

from flask import current_app, g, request

from wardbook.config import settings
from wardbook.web import READS


def key_of(draft_id: str) -> str:
    """The key that every form of a draft carries."""
    return hmac.new(settings().secret_key.encode(), f"draft {draft_id}".encode(), hashlib.sha256).hexdigest()


def takes_up(draft_id: str) -> bool:
    """Whether this form is one of the draft's own, sent by the browser that was shown it."""
    given = request.form.get("key", "") if request.method not in READS else ""
    return hmac.compare_digest(key_of(draft_id).encode(), given.encode()) and _from_here() is not False


def _from_here() -> bool | None:
    """Whether a form comes from a page of this site, as the browser says; None where it says nothing."""
    origin = request.headers.get("Origin")
    if origin is None:
        return None
    return urlsplit(origin).netloc in {request.host, urlsplit(settings().base_url).netloc}


def check_sender() -> None:
    """Refuse a form that another site's page sends: by its token as everywhere, or where that is gone, by the key of
    its draft, or by what the browser says of where it comes from.
    """
    if request.method in READS or not current_app.config["WTF_CSRF_ENABLED"]:
        return
    draft_id = (request.view_args or {}).get("draft_id") or request.form.get("draft", "")
    if _from_here() or (draft_id and takes_up(draft_id)):
        g.csrf_valid = True
    else:
        current_app.extensions["csrf"].protect()
