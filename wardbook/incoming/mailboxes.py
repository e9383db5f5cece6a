"""Messages where they lie: a file, an mbox, a Maildir, a mailbox on a server; each left marked once it is taken."""

from __future__ import annotations

import imaplib
import mailbox
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from wardbook.errors import Refused
from wardbook.incoming.reading import MOST_BYTES

PATIENCE = 60
"""Seconds in which a mail server must answer"""


@dataclass(frozen=True)
class Found:
    """A message in a mailbox, as much of it as we take, and how it is marked as taken."""

    raw: bytes
    taken: Callable[[], None]


def _leave() -> None:
    """What somebody names by its file is left as it is."""


def messages_in(path: Path) -> Iterator[Found]:
    """The messages of a file or folder, as they are. Raises Refused where it holds none that can be read."""
    try:
        if path.is_dir():
            if not (path / "cur").is_dir() and not (path / "new").is_dir():
                raise Refused(f"{path.name} is a folder but no Maildir: it has no folder 'new' or 'cur'.")
            yield from (Found(file.read_bytes(), _leave) for file in _files_of(path))
            return
        with path.open("rb") as file:
            begins = file.read(5)
        if begins == b"From ":
            yield from (Found(raw, _leave) for raw in _of_mbox(path))
        elif not begins:
            raise Refused(f"{path.name} is empty.")
        else:
            yield Found(path.read_bytes(), _leave)
    except FileNotFoundError:
        raise Refused(f"There is no file or folder {path.name}.") from None
    except PermissionError:
        raise Refused(f"{path.name} cannot be read: its owner must allow it.") from None


def _files_of(maildir: Path) -> list[Path]:
    """The messages of a Maildir in the order in which they came."""
    found = [file for sub in ("new", "cur") for file in (maildir / sub).glob("*") if file.is_file()]
    return sorted(found, key=lambda file: (file.stat().st_mtime, file.name))


def _of_mbox(path: Path) -> Iterator[bytes]:
    box = mailbox.mbox(path, create=False)
    try:
        for key in box.keys():  # noqa: SIM118 - a mailbox goes through its messages otherwise
            yield box.get_bytes(key)
    finally:
        box.close()


def new_in(address: str) -> Iterator[Found]:
    """The messages in a mailbox (`WARDBOOK_MAILBOX`) that nobody has taken yet.

    Raises Refused where it cannot be read: nothing of the address is said, which may hold a password.
    """
    kind, _, rest = address.partition(":")
    try:
        if kind == "maildir":
            yield from _new_in_maildir(Path(rest))
        elif kind == "mbox":
            yield from _new_in_mbox(Path(rest))
        else:
            yield from _new_on_server(address)
    except (OSError, mailbox.Error, imaplib.IMAP4.error) as error:
        raise Refused(f"The mailbox cannot be read ({type(error).__name__}): check WARDBOOK_MAILBOX.") from None


def _new_in_maildir(path: Path) -> Iterator[Found]:
    """What lies in `new`, then what lies in `cur` and is not seen; what is taken goes to `cur` as seen."""
    if not (path / "new").is_dir():
        raise FileNotFoundError
    seen = (":2,", "S")
    for file in _files_of(path):
        base, _, flags = file.name.partition(seen[0])
        if seen[1] in flags:
            continue
        to = path / "cur" / f"{base}{seen[0]}{''.join(sorted({*flags, 'S'}))}"
        with file.open("rb") as opened:
            yield Found(opened.read(MOST_BYTES + 1), lambda file=file, to=to: file.rename(to))  # type: ignore[misc]


def _new_in_mbox(path: Path) -> Iterator[Found]:
    """What is not marked as read; what is taken is marked so. The file is locked while it is read and written."""
    box = mailbox.mbox(path, create=False)
    box.lock()
    try:
        for key in box.keys():  # noqa: SIM118
            message = box[key]
            if "R" in message.get_flags():
                continue

            def mark(key: str = key, message: mailbox.mboxMessage = message) -> None:
                message.add_flag("RO")
                box[key] = message
                box.flush()

            yield Found(box.get_bytes(key)[: MOST_BYTES + 1], mark)
    finally:
        box.unlock()
        box.close()


def _new_on_server(address: str) -> Iterator[Found]:
    """What is not seen in a folder of an IMAP server; what is taken is marked as seen."""
    parts = urlsplit(address)
    opened = imaplib.IMAP4_SSL if parts.scheme == "imaps" else imaplib.IMAP4
    server = opened(parts.hostname or "", parts.port or (993 if parts.scheme == "imaps" else 143), timeout=PATIENCE)
    try:
        server.login(unquote(parts.username or ""), unquote(parts.password or ""))
        folder = unquote(parts.path.strip("/")) or "INBOX"
        said, _ = server.select('"' + folder.replace('"', "") + '"')
        if said != "OK":
            raise Refused("The mailbox has no such folder: check WARDBOOK_MAILBOX.")
        _, (numbers,) = server.uid("SEARCH", "UNSEEN")
        for uid in (numbers or b"").decode().split():
            raw = _fetched(server, uid)
            if raw is not None:
                yield Found(raw, lambda uid=uid: _mark(server, uid))  # type: ignore[misc]
    finally:
        with suppress(OSError, imaplib.IMAP4.error):
            server.logout()


def _fetched(server: imaplib.IMAP4, uid: str) -> bytes | None:
    """A message, as much of it as we take, without marking it; None where it is gone."""
    _, answer = server.uid("FETCH", uid, f"(BODY.PEEK[]<0.{MOST_BYTES + 1}>)")
    return next((bytes(part[1]) for part in answer or [] if isinstance(part, tuple)), None)


def _mark(server: imaplib.IMAP4, uid: str) -> None:
    server.uid("STORE", uid, "+FLAGS", r"(\Seen)")
