"""Letters that come back: which of ours it was, and whether its address is gone for good."""

from __future__ import annotations

import re
from dataclasses import dataclass
from email.message import EmailMessage, Message

from wardbook.incoming.reading import Read, header
from wardbook.incoming.texts import decoded
from wardbook.mail import Letter, comes_back, letter_with

_STATUS = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.]*\d)")
_CODE = re.compile(r"(?<![\d.:-])([45]\d\d)(?=[ -]|\b[^\d.:])")
_SUBJECT = re.compile(
    r"undeliver|deliver\w* (?:status|fail)|failure notice|returned (?:mail|to sender)|mail delivery", re.I
)
_NAMES = re.compile(r"<[^<>\s]{3,250}>")
MOST_READ = 200_000


@dataclass(frozen=True)
class Bounce:
    """A report that a letter did not arrive: `code` is why, as the mail server gave it."""

    code: str
    message_ids: tuple[str, ...]

    @property
    def for_good(self) -> bool:
        """A code that begins with 5 says that no later try would help; with 4, that one may."""
        return self.code.startswith("5")


def bounce_in(told: Read) -> Bounce | None:
    """What a message reports, where it is a report: as RFC 3464 has it, or as other mail programs write it."""
    kind = told.message.get_content_type()
    reports = kind == "multipart/report" or any(
        part.get_content_type() == "message/delivery-status" for part in told.message.walk()
    )
    by_server = told.by_program and bool(_SUBJECT.search(header(told.message, "Subject")))
    if not reports and not by_server:
        return None
    names = tuple(dict.fromkeys([*_NAMES.findall(_text(told.message)), *told.answers]))
    return Bounce(_by_standard(told.message) or _by_words(told.message), names)


def _by_standard(message: EmailMessage) -> str:
    """The status of the recipient that failed; empty where none did, or nothing says so."""
    for part in message.walk():
        if part.get_content_type() == "message/delivery-status":
            fields = "\n".join(str(field) for field in _fields(part))
            failed = re.search(r"^Action:\s*failed", fields, re.IGNORECASE | re.MULTILINE)
            status = re.search(r"^Status:\s*([245]\.\d{1,3}\.\d{1,3})", fields, re.IGNORECASE | re.MULTILINE)
            if status:
                return status[1] if failed or status[1][0] == "4" else "4.0.0"
    return ""


def _fields(part: Message) -> list[object]:
    payload = part.get_payload()
    return list(payload) if isinstance(payload, list) else [payload]


def _by_words(message: EmailMessage) -> str:
    """The first code of a mail server in what it says, a fuller one before a plain one."""
    text = _text(message)
    found = _STATUS.search(text) or _CODE.search(text)
    return found[1] if found else ""


def _text(message: EmailMessage) -> str:
    """All that it says: its texts, and the head of the letter that comes back."""
    told = []
    for part in message.walk():
        if part.get_content_type() in {"text/plain", "text/html", "text/rfc822-headers"}:
            told.append(decoded(part))
        elif part.get_content_type() == "message/rfc822":
            told += [str(value) for inner in _fields(part) if isinstance(inner, Message) for value in inner.values()]
    return "\n".join(told)[:MOST_READ]


def take_bounce(bounce: Bounce) -> Letter | None:
    """Write no more to the address of a letter that came back for good. Only who has had the letter knows its
    Message-ID, so nobody shuts another's address off by writing us a report.
    """
    letter = letter_with(bounce.message_ids)
    if letter is None or not bounce.for_good:
        return None
    comes_back(letter, bounce.code)
    return letter
