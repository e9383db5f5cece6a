"""A message that cannot be taken: it is remembered as that, its sender is told once, and it is not tried again."""

from __future__ import annotations

import hashlib
import logging
import re
from contextlib import suppress

from wardbook.db import db
from wardbook.errors import Refused
from wardbook.incoming.models import Became
from wardbook.incoming.reading import MOST_HEAD, Read, read
from wardbook.incoming.taking import Taking, may_be_answered, once
from wardbook.mail import write_letter

log = logging.getLogger(__name__)
_END_OF_HEAD = re.compile(rb"\r?\n\r?\n")
_BODY = re.compile(rb"^(?:content-|mime-)[^\n]*\n(?:[ \t][^\n]*\n)*", re.IGNORECASE | re.MULTILINE)


def give_up(raw: bytes, error: Exception) -> Taking:
    """Remember a message by its digest alone, and write to its sender where a person wrote it and may be answered.

    The log has why, never what the message or the error says: an error may quote the message.
    """
    db.session.rollback()
    why = error.sentence if isinstance(error, Refused) else type(error).__name__
    log.warning("a message cannot be read and is not tried again: %s", why)
    digest = hashlib.sha256(b"unreadable\x1e" + raw).hexdigest()
    return once(digest, lambda: _told_of(digest, _head_of(raw)))


def _head_of(raw: bytes) -> Read | None:
    """Who wrote it, where its head can be read without its body."""
    head = _END_OF_HEAD.split(raw[:MOST_HEAD], maxsplit=1)[0].replace(b"\r\n", b"\n") + b"\n"
    with suppress(Exception):  # whatever stumbled over the message may stumble over its head
        told = read(_BODY.sub(b"", head) + b"\n")
        return None if told.by_program or b"multipart/report" in head.lower() else told
    return None


def _told_of(digest: str, told: Read | None) -> Taking:
    if told is not None and may_be_answered(told.sender):
        write_letter(told.sender, "by_email_unreadable", cause=f"email {digest}", subject_told=told.subject)
    return Taking(Became.UNREADABLE)
