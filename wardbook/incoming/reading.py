"""A message as it came, read: who wrote it, what it says, what is attached, and whether a person wrote it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.utils import getaddresses

from wardbook.config import settings
from wardbook.errors import Refused
from wardbook.incoming.texts import own_words, text_of
from wardbook.people.actions import checked_email

MOST_BYTES = 25_000_000
MOST_HEAD = 64_000
MOST_DEPTH = 30
MOST_PARTS = 200
MOST_LINES = 1_000_000
MOST_OF_A_HEADER, MOST_OF_A_PART_S = 4_000, 1_000
"""Characters of one line of a head, and of one about a part, that are read: the library takes its time over each"""
MOST_SUBJECT = 500
_ANSWERS = re.compile(r"^\s*(?:(?:re|aw|sv|fwd?|wg)\s*(?:\[\d+\])?\s*:\s*|\[[^\]]{1,40}\]\s*)+", re.IGNORECASE)
_FORWARDED = re.compile(r"^\s*(?:re\s*:\s*)*(?:fwd?|wg)\s*:", re.IGNORECASE)
_MESSAGE_ID = re.compile(r"<[^<>\s]{3,250}>")
_PICTURE = re.compile(r"\.(?:jpe?g|png|webp|hei[cf])$", re.IGNORECASE)
_OF_PROGRAMS = re.compile(r"^(?:mailer-daemon|postmaster|no-?reply|do-?not-?reply|bounces?)\b", re.IGNORECASE)
_SAYS_PROGRAM = ("List-Id", "X-Auto-Response-Suppress", "X-Autoreply", "X-Autorespond", "X-Loop")
_NO_PHOTO = {"application/ms-tnef", "application/pkcs7-signature", "application/pgp-signature", "text/calendar"}


@dataclass(frozen=True)
class Attached:
    """A picture that came with a message; an inline one may be no more than the sign of a firm."""

    raw: bytes
    name: str
    inline: bool


@dataclass(frozen=True)
class Read:
    """A message as we understand it."""

    digest: str
    sender: str
    """Who says they wrote it, which anybody can; empty where nobody does"""
    name: str
    subject: str
    words: str
    pictures: tuple[Attached, ...]
    left_out: tuple[str, ...]
    """The names of what is attached and no picture"""
    answers: tuple[str, ...]
    """The Message-IDs that it says it answers"""
    by_program: bool
    message: EmailMessage


def read(raw: bytes) -> Read:
    """Read a message, however broken. Raises Refused where there is nothing to be read in it."""
    head = raw[:MOST_HEAD]
    if not re.match(rb"(?:>?From [^\n]*\n)?[!-9;-~]+[ \t]*:", head):
        raise Refused("This is no email message: it does not begin with a line like 'From: name@example.org'.")
    message = _parsed(raw[:MOST_BYTES])
    subject = " ".join(header(message, "Subject").split())[:MOST_SUBJECT]
    forwarded = bool(_FORWARDED.match(subject))
    sender, name = _sender(message)
    pictures, others = _attached(message)
    return Read(
        digest=_digest(message, raw), sender=sender, name=name, subject=_ANSWERS.sub("", subject).strip(),
        words=_words(message, forwarded), pictures=pictures, left_out=others,
        answers=tuple(_MESSAGE_ID.findall(f"{header(message, 'In-Reply-To')} {header(message, 'References')}")),
        by_program=_by_program(message, sender), message=message,
    )  # fmt: skip


class _Policy(policy.EmailPolicy):
    """The library's own, with no more of a line of a head than we read."""

    def header_source_parse(self, sourcelines: list[str]) -> tuple[str, str]:
        name, value = super().header_source_parse(sourcelines)
        return name, value[: MOST_OF_A_PART_S if name.lower().startswith("content-") else MOST_OF_A_HEADER]


def _parsed(raw: bytes) -> EmailMessage:
    """A message in its parts. Raises Refused where these are more, or lie deeper, than any mail program makes."""
    parts = 0

    def another(policy: object = None) -> EmailMessage:
        nonlocal parts
        parts += 1
        if parts > MOST_PARTS:
            raise Refused("This message cannot be read: it holds too many messages or parts.")
        return EmailMessage(_POLICY)

    if raw.count(b"\n") > MOST_LINES:
        raise Refused(f"This message cannot be read: it has more than {MOST_LINES:,} lines.")
    try:
        message = message_from_bytes(raw, policy=_POLICY.clone(message_factory=another))
    except RecursionError:
        message = None
    if not isinstance(message, EmailMessage) or _depth(message) > MOST_DEPTH:
        raise Refused("This message cannot be read: it holds too many messages within messages.")
    return message


_POLICY = _Policy()


def header(message: EmailMessage, name: str) -> str:
    """A line of the head as text; where it is broken, as much of it as can be read."""
    raw = next((value for key, value in message.raw_items() if key.lower() == name.lower()), None)
    if raw is None:
        return ""
    try:
        found = str(message[name])
    except Exception:  # the library stumbles over what no mail program should write, in ways of its own
        found = _decoded(str(raw))
    return found.encode("utf-8", "replace").decode().replace("\x00", "")


def _decoded(words: str) -> str:
    try:
        return str(make_header(decode_header(words)))
    except (HeaderParseError, LookupError, UnicodeError, ValueError):
        return words


def _depth(message: EmailMessage) -> int:
    """How deep parts lie in parts, counted without going deeper than we do."""
    level: list[object] = [message]
    for depth in range(MOST_DEPTH + 2):
        within = [part.get_payload() for part in level if isinstance(part, EmailMessage) and part.is_multipart()]
        level = [part for parts in within if isinstance(parts, list) for part in parts]
        if not level:
            return depth
    return MOST_DEPTH + 1


def _sender(message: EmailMessage) -> tuple[str, str]:
    """The address and the name of its first sender; a name that is none is left out."""
    try:
        named = getaddresses([header(message, "From").replace("\n", " ")])
    except RecursionError:  # comments within comments
        return "", ""
    for name, address in named:
        try:
            plain = " ".join(name.split())
            return checked_email(address), plain if "@" not in plain and len(plain) <= 80 else ""
        except Refused:
            continue
    return "", ""


def _words(message: EmailMessage, forwarded: bool) -> str:
    """What was written; where that is nothing, what the message that is attached says."""
    words = own_words(text_of(message, quotes=forwarded), forwarded=forwarded)
    if not words:
        inner = next((part for part in message.walk() if part.get_content_type() == "message/rfc822"), None)
        within = inner.get_payload() if inner is not None else None
        if isinstance(within, list) and within and isinstance(within[0], EmailMessage):
            words = own_words(text_of(within[0], quotes=True), forwarded=True)
    return words


def _attached(message: EmailMessage) -> tuple[tuple[Attached, ...], tuple[str, ...]]:
    """The pictures, inline ones too, and the names of everything else but what mail programs add."""
    pictures, others = [], []
    for part in _leaves(message):
        kind, name = part.get_content_type(), _file_name(part)
        if kind.startswith("image/") or _PICTURE.search(name):
            raw = part.get_payload(decode=True)
            inline = part.get_content_disposition() != "attachment"
            pictures.append(Attached(raw if isinstance(raw, bytes) else b"", name or "a picture", inline))
        elif name and kind not in _NO_PHOTO and name.lower() != "winmail.dat" and not kind.startswith("message/"):
            others.append(name)
    return tuple(pictures), tuple(others)


def _leaves(message: EmailMessage) -> Iterator[EmailMessage]:
    return (part for part in message.walk() if not part.is_multipart() and isinstance(part, EmailMessage))


def _file_name(part: EmailMessage) -> str:
    try:
        name = part.get_filename() or ""
    except Exception:  # as in `header`
        name = ""
    return "".join(sign for sign in name if sign.isprintable())[:100]


def _by_program(message: EmailMessage, sender: str) -> bool:
    """Whether a program wrote it, a list passed it on, or it is one of ours: none of them is ever answered."""
    auto = header(message, "Auto-Submitted").strip().lower()
    precedence = header(message, "Precedence").strip().lower()
    nobody = header(message, "Return-Path").strip() == "<>"
    return (
        not sender
        or sender == settings().mail_from.lower()
        or bool(_OF_PROGRAMS.match(sender))
        or (auto not in {"", "no"})
        or precedence in {"bulk", "list", "junk", "auto_reply"}
        or nobody
        or any(header(message, name) for name in _SAYS_PROGRAM)
    )


def _digest(message: EmailMessage, raw: bytes) -> str:
    """What tells a message from all others by whichever road it comes: its name, who, when, and its body."""
    body = re.split(rb"\r?\n\r?\n", raw, maxsplit=1)[-1].replace(b"\r\n", b"\n").strip()
    told = "\x1f".join(header(message, name) for name in ("Message-ID", "From", "Date", "Subject"))
    return hashlib.sha256(told.encode("utf-8", "replace") + b"\x1e" + body).hexdigest()
