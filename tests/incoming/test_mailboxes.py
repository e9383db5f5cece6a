"""Mail is read from a file, an mbox, a Maildir and a server: each message once, and what is taken is marked."""

from __future__ import annotations

import json
import mailbox
import os
import signal
import socketserver
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from threading import Thread

import pytest
import time_machine
from click.testing import CliRunner
from sqlalchemy import create_engine, text

from tests.conftest import application
from tests.engines import ENGINE
from tests.incoming.conftest import a_message, a_photo
from tests.serving import ROOT, WARDBOOK, environment
from wardbook import doctor
from wardbook.cli import main
from wardbook.db import db, now
from wardbook.entries.models import Entry
from wardbook.errors import Refused
from wardbook.incoming.fetching import READ, read_mailbox, take_file, take_new
from wardbook.incoming.mailboxes import new_in
from wardbook.incoming.models import Became, TakenMessage
from wardbook.jobs import Task, ask_for_what_recurs, do_what_is_due
from wardbook.mail import Letter

HERE = "It is at ZZ1 1AA."
TASK = Task(1, READ, "", {}, None, "")


def a_maildir(path: Path, number: int = 3) -> mailbox.Maildir:
    box = mailbox.Maildir(path)
    for one in range(number):
        box.add(bytes(a_message(f"Number {one}. {HERE}", sender=f"w{one}@example.com")))
    return box


def became(takings) -> list[Became]:
    return [taking.became for taking in takings]


# --- files ---


def test_one_message_in_a_file(app, tmp_path):
    file = tmp_path / "one.eml"
    file.write_bytes(bytes(a_message(HERE)))
    assert became(take_file(file)) == [Became.ENTRY]
    assert became(take_file(file)) == [Became.ALREADY]


def test_an_mbox_with_a_message_that_is_none(app, tmp_path):
    box = mailbox.mbox(tmp_path / "box")
    for one in range(2):
        box.add(bytes(a_message(f"Number {one}. {HERE}", sender=f"w{one}@example.com")))
    box.close()
    with (tmp_path / "box").open("ab") as file:
        file.write(b"From nobody Mon Nov  2 10:00:00 2026\n\n\nno head\n\n")
    assert became(take_file(tmp_path / "box")) == [Became.ENTRY, Became.ENTRY, Became.IGNORED]
    assert became(take_file(tmp_path / "box"))[:2] == [Became.ALREADY] * 2


def test_a_maildir(app, tmp_path):
    a_maildir(tmp_path / "m")
    assert became(take_file(tmp_path / "m")) == [Became.ENTRY] * 3
    assert len(list((tmp_path / "m" / "new").iterdir())) == 3, "what is named by its folder is left as it is"


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("none.eml", None, "no file or folder"),
        ("empty.eml", b"", "is empty"),
        ("photo.jpg", b"\xff\xd8\xff\xe0 no head here", "no email message"),
    ],
)
def test_what_is_no_mail_is_refused_in_a_sentence(name, content, said, app, tmp_path):
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(Refused, match=said):
        take_file(tmp_path / name)


def test_a_folder_that_is_no_maildir_is_refused(app, tmp_path):
    with pytest.raises(Refused, match="no Maildir"):
        take_file(tmp_path)


# --- the command ---


@pytest.fixture
def run(home, monkeypatch):
    for name, value in environment(home).items():
        monkeypatch.setenv(name, value)
    return lambda *words: CliRunner().invoke(main, words)


def test_the_command_says_what_became_of_each(run, tmp_path):
    (tmp_path / "one.eml").write_bytes(bytes(a_message(HERE, photos=(a_photo(),))))
    said = run("mail", "take", str(tmp_path / "one.eml"))
    assert said.exit_code == 0, said.output
    assert "1 became an entry" in said.output
    told = json.loads(run("mail", "take", str(tmp_path / "one.eml"), "--json").stdout)
    assert (told["messages"], told["already"], told["entries"]) == (1, 1, [])


def test_a_file_that_is_no_mail_ends_with_2_and_a_sentence(run, tmp_path):
    (tmp_path / "x").write_bytes(b"\x00\x01")
    for path in ("x", "nothing.eml"):
        said = run("mail", "take", str(tmp_path / path))
        assert said.exit_code == 2
        assert len(said.stderr.strip().splitlines()) == 1
        assert "Traceback" not in said.stderr


# --- a mailbox that is read every minute ---


def test_a_maildir_is_read_and_what_is_taken_is_seen(home, tmp_path):
    a_maildir(tmp_path / "m")
    app = application(home, mailbox=f"maildir:{tmp_path / 'm'}")
    with app.app_context():
        read_mailbox(TASK)
        assert db.session.query(Entry).count() == 3
        assert list((tmp_path / "m" / "new").iterdir()) == []
        assert all(file.name.endswith(":2,S") for file in (tmp_path / "m" / "cur").iterdir())
        assert became(take_new(new_in(f"maildir:{tmp_path / 'm'}"))) == []


def test_an_mbox_is_read_and_what_is_taken_is_marked_as_read(app, tmp_path):
    box = mailbox.mbox(tmp_path / "box")
    for one in range(3):
        box.add(bytes(a_message(f"Number {one}. {HERE}", sender=f"w{one}@example.com")))
    box.close()
    address = f"mbox:{tmp_path / 'box'}"
    assert became(take_new(new_in(address))) == [Became.ENTRY] * 3
    assert became(take_new(new_in(address))) == []
    with closing(mailbox.mbox(tmp_path / "box")) as box:
        assert [message.get_flags() for message in box] == ["RO"] * 3


def test_what_waits_is_left_and_what_cannot_be_read_keeps_nothing_else_waiting(app, tmp_path):
    box = mailbox.Maildir(tmp_path / "m")
    (tmp_path / "m" / "new" / "0.broken").write_bytes(b"no head")
    os.utime(tmp_path / "m" / "new" / "0.broken", (1, 1))
    for one in range(6):
        box.add(bytes(a_message(f"Number {one}. {HERE}")))
    address = f"maildir:{tmp_path / 'm'}"
    assert became(take_new(new_in(address))) == [Became.UNREADABLE] + [Became.ENTRY] * 5 + [Became.WAITS]
    assert len(list((tmp_path / "m" / "new").iterdir())) == 1
    with time_machine.travel(now() + timedelta(hours=2), tick=False):
        assert became(take_new(new_in(address))) == [Became.ENTRY]


@pytest.mark.parametrize("address", ["maildir:/nowhere", "mbox:/nowhere", "imap://u:secret@127.0.0.1:9/INBOX"])
def test_a_mailbox_that_cannot_be_read_is_refused_without_its_password(address, app):
    with pytest.raises(Refused, match="WARDBOOK_MAILBOX") as refused:
        take_new(new_in(address))
    assert "secret" not in refused.value.sentence


def test_two_that_read_at_once_take_each_message_once(app, tmp_path):
    a_maildir(tmp_path / "m", 8)
    files = [file.read_bytes() for file in (tmp_path / "m" / "new").iterdir()]

    def read() -> None:
        from wardbook.incoming.taking import take_message

        with app.app_context():
            for raw in files:
                take_message(raw)
            db.session.remove()

    both = [Thread(target=read) for _ in range(2)]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join()
    assert db.session.query(Entry).count() == 8
    assert db.session.query(Letter).count() == 8
    assert db.session.query(TakenMessage).count() == 8


def test_killed_half_way_and_run_again_nothing_is_lost_or_doubled(home, tmp_path):
    """The first run is killed as soon as it has taken something of thirty messages with photos."""
    box = mailbox.mbox(tmp_path / "box")
    for one in range(30):
        photo = a_photo(size=(900, 700), quality=60 + one)
        box.add(bytes(a_message(f"Number {one}. {HERE}", sender=f"w{one}@example.com", photos=(photo,))))
    box.close()
    command = [*WARDBOOK, "mail", "take", str(tmp_path / "box")]
    first = subprocess.Popen(command, env=environment(home), cwd=ROOT, stdout=subprocess.DEVNULL)
    engine = create_engine(ENGINE.url(home))
    try:
        for _ in range(600):
            with engine.connect() as looking:
                if looking.scalar(text("SELECT count(*) FROM taken_message")):
                    break
            time.sleep(0.05)
    finally:
        engine.dispose()
    first.send_signal(signal.SIGKILL)
    first.wait(timeout=30)
    subprocess.run(command, env=environment(home), cwd=ROOT, check=True, capture_output=True, timeout=120)
    app = application(home)
    with app.app_context():
        entries = db.session.query(Entry).all()
        assert sorted(entry.author.email for entry in entries) == sorted(f"w{one}@example.com" for one in range(30))
        assert all(len(entry.photos) == 1 for entry in entries)
        assert db.session.query(Letter).count() == 30
        assert db.session.query(TakenMessage).count() == 30


def test_doctor_says_whether_a_mailbox_is_read_and_when_it_was(home, tmp_path):
    def said(app) -> list[tuple[bool, str]]:
        return [(found.good, found.words) for found in doctor.findings() if "mailbox" in found.words]

    with application(home).app_context() as context:
        assert "set WARDBOOK_MAILBOX" in said(context)[0][1]
    a_maildir(tmp_path / "m", 1)
    with application(home, mailbox=f"maildir:{tmp_path / 'm'}").app_context() as context:
        assert said(context) == [(False, said(context)[0][1])]
        assert "never been read" in said(context)[0][1]
        ask_for_what_recurs()
        do_what_is_due()
        assert said(context)[0][0]
        assert db.session.query(Entry).count() == 1


# --- a server ---


class _Imap(socketserver.StreamRequestHandler):
    """As much of IMAP4rev1 as a mailbox is read with."""

    def handle(self) -> None:
        self._say("* OK ready")
        while line := self.rfile.readline().decode().strip():
            tag, _, rest = line.partition(" ")
            getattr(self, f"_{rest.replace('UID ', 'uid_').split(' ')[0].lower()}", self._other)(rest)
            self._say(f"{tag} OK done" if not self.refused else f"{tag} NO no")
            if rest.startswith("LOGOUT"):
                return

    refused = False

    def _say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())

    def _other(self, _: str) -> None:
        pass

    def _capability(self, _: str) -> None:
        self._say("* CAPABILITY IMAP4rev1")

    def _login(self, rest: str) -> None:
        self.refused = '"s3cr@t"' not in rest and "s3cr@t" not in rest

    def _select(self, rest: str) -> None:
        assert '"INBOX"' in rest
        self._say(f"* {len(self.server.messages)} EXISTS")

    def _uid_search(self, _: str) -> None:
        unseen = [str(uid) for uid in self.server.messages if uid not in self.server.seen]
        self._say(f"* SEARCH {' '.join(unseen)}".strip())

    def _uid_fetch(self, rest: str) -> None:
        uid = int(rest.split(" ")[2])
        raw = self.server.messages[uid]
        self.wfile.write(f"* {uid} FETCH (UID {uid} BODY[]<0> {{{len(raw)}}}\r\n".encode() + raw + b")\r\n")

    def _uid_store(self, rest: str) -> None:
        self.server.seen.add(int(rest.split(" ")[2]))


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = daemon_threads = True
    messages: dict[int, bytes]
    seen: set[int]


@pytest.fixture
def imap() -> Iterator[_Server]:
    server = _Server(("127.0.0.1", 0), _Imap)
    server.messages = {
        uid: bytes(a_message(f"Number {uid}. {HERE}", sender=f"w{uid}@example.com")).replace(b"\n", b"\r\n")
        for uid in (3, 7, 12)
    }
    server.seen = {3}
    Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def test_a_mailbox_on_a_server_is_read_and_what_is_taken_is_seen(app, imap):
    address = f"imap://tell:s3cr%40t@127.0.0.1:{imap.server_address[1]}/INBOX"
    assert became(take_new(new_in(address))) == [Became.ENTRY] * 2
    assert imap.seen == {3, 7, 12}
    assert became(take_new(new_in(address))) == []


def test_a_server_that_does_not_let_us_in_is_said(app, imap):
    with pytest.raises(Refused, match="cannot be read"):
        take_new(new_in(f"imap://tell:wrong@127.0.0.1:{imap.server_address[1]}/INBOX"))
