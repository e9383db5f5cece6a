"""A light HTTP client: connections kept open in one process of the standard library, each sending the next request.

The same for the bare route and for the measured ones. Run as a program it reads requests from a file, one after the
other with their lengths before them, and prints what it saw as JSON.
"""

from __future__ import annotations

import json
import re
import selectors
import socket
import struct
import sys
import time
from collections.abc import Iterator, Sequence
from itertools import cycle
from pathlib import Path

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


def write_requests(path: Path, requests: Sequence[bytes]) -> None:
    """Keep requests in a file for the client."""
    path.write_bytes(b"".join(struct.pack("<I", len(request)) + request for request in requests))


def read_requests(path: Path) -> list[bytes]:
    """The requests that were kept."""
    kept, at, found = path.read_bytes(), 0, []
    while at < len(kept):
        (length,) = struct.unpack_from("<I", kept, at)
        found.append(kept[at + 4 : at + 4 + length])
        at += 4 + length
    return found


class Connection:
    """One connection, and the answer it waits for."""

    def __init__(self, address: tuple[str, int]) -> None:
        self.socket = socket.create_connection(address)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.answer = b""
        self.sent_at = 0.0

    def ask(self, request: bytes) -> None:
        """Send a request."""
        self.answer = b""
        self.sent_at = time.perf_counter()
        self.socket.sendall(request)

    def hear(self) -> bool:
        """Read what has come; whether the answer is whole."""
        self.answer += self.socket.recv(262_144)
        end = self.answer.find(b"\r\n\r\n")
        if end < 0:
            return False
        length = _LENGTH.search(self.answer, 0, end + 2)
        return len(self.answer) - end - 4 >= (int(length[1]) if length else 0)


def load(
    address: tuple[str, int], requests: Sequence[bytes], seconds: float, clients: int, once: bool
) -> dict[str, object]:
    """Ask for some seconds, or until each request was sent `once`; how many a second, how long, and which statuses."""
    waiting: Iterator[bytes] = iter(requests) if once else cycle(requests)
    chosen = selectors.DefaultSelector()
    for _ in range(clients):
        connection = Connection(address)
        chosen.register(connection.socket, selectors.EVENT_READ, connection)
        connection.ask(next(waiting))
    took: list[float] = []
    statuses: dict[str, int] = {}
    size, busy, began = 0, clients, time.perf_counter()
    while busy:
        for key, _ in chosen.select():
            connection = key.data
            if not connection.hear():
                continue
            heard_at = time.perf_counter()
            took.append(heard_at - connection.sent_at)
            status = connection.answer[9:12].decode()
            statuses[status] = statuses.get(status, 0) + 1
            size += len(connection.answer)
            following = next(waiting, None) if heard_at - began < seconds else None
            if following is None:
                busy -= 1
                chosen.unregister(connection.socket)
                connection.socket.close()
            else:
                connection.ask(following)
    return _told(took, time.perf_counter() - began, statuses, size)


def _told(took: list[float], seconds: float, statuses: dict[str, int], size: int) -> dict[str, object]:
    took.sort()
    return {
        "a_second": len(took) / seconds,
        "p50": took[len(took) // 2] * 1000,
        "p99": took[min(len(took) - 1, len(took) * 99 // 100)] * 1000,
        "answers": len(took),
        "bytes": size // len(took),
        "statuses": statuses,
    }


def main() -> None:
    """HOST PORT FILE SECONDS CLIENTS once|again"""
    host, port, file, seconds, clients, often = sys.argv[1:]
    seen = load((host, int(port)), read_requests(Path(file)), float(seconds), int(clients), often == "once")
    sys.stdout.write(json.dumps(seen))


if __name__ == "__main__":
    main()
