"""Mail: a row written in the same transaction as its cause, sent by a job after it, once for a cause and a person."""

from __future__ import annotations

import re
import smtplib
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from email.utils import make_msgid
from typing import Any, Final

from flask import Flask, current_app, render_template
from flask_mailman import EmailMultiAlternatives, Mail
from markupsafe import escape
from sqlalchemy import ColumnElement, ForeignKey, Text, UniqueConstraint, delete, false, or_, select, update
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Mapped, mapped_column

from wardbook import jobs, personal
from wardbook.config import Settings, settings
from wardbook.db import ID_USED_ONCE, Base, add_once, db, now, transaction

SEND = "send a letter"
Words = Mapping[str, object]
WritingAnew = Callable[["Letter"], Words | None]
_anew: dict[str, WritingAnew] = {}
AS_IT_IS: Final[Words] = {}


class Letter(Base):
    """One email to one person for one cause."""

    __tablename__ = "letter"
    __table_args__ = (UniqueConstraint("cause", "to"), ID_USED_ONCE)

    id: Mapped[int] = mapped_column(primary_key=True)
    cause: Mapped[str]
    """What it is about, so that it is written once: `proof 12`, `event 340`"""
    to: Mapped[str]
    message: Mapped[str | None]
    """Which of the templates it is made from"""
    subject: Mapped[str]
    body: Mapped[str] = mapped_column(Text)
    html: Mapped[str | None] = mapped_column(Text)
    unsubscribe: Mapped[str | None]
    """The address to which a mail program posts when its reader wants no more of these"""
    message_id: Mapped[str] = mapped_column(index=True)
    made_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]


class FailingAddress(Base):
    """An address from which a letter came back for good. Until its owner proves it anew, only proofs go to it."""

    __tablename__ = "failing_address"

    address: Mapped[str] = mapped_column(primary_key=True)
    failed_at: Mapped[datetime]
    code: Mapped[str]
    """What the mail server gave as the reason: `5.1.1`, `550`"""
    letter_id: Mapped[int | None] = mapped_column(ForeignKey("letter.id", ondelete="SET NULL"), index=True)


def configure(app: Flask, chosen: Settings) -> None:
    """Point the mail library at the server in `WARDBOOK_MAIL`: smtp://user:password@host:port, smtps:// for TLS."""
    if not chosen.mail.startswith("outbox"):
        server = make_url(chosen.mail)
        app.config.update(
            MAIL_SERVER=server.host or "localhost",
            MAIL_PORT=server.port or (465 if server.drivername == "smtps" else 25),
            MAIL_USERNAME=server.username,
            MAIL_PASSWORD=server.password,
            MAIL_USE_SSL=server.drivername == "smtps",
            MAIL_USE_TLS=server.query.get("tls") == "start",
            MAIL_TIMEOUT=20,
        )
    app.config["MAIL_DEFAULT_SENDER"] = chosen.mail_from
    Mail(app)


def write_letter(to: str, message: str, *, cause: str, unsubscribe: str = "", **words: object) -> None:
    """Write a letter and ask for it to be sent; the same cause writes it to a person once.

    It is made from `email/<message>.txt`, whose first line is its subject, and `email/<message>.html`. Both get the
    words and `base_url`. `unsubscribe` is an address on this site that ends such letters when it is posted to
    (RFC 8058); it stands in the letter's head and at its foot. To an address from which letters come back nothing is
    written but what proves it.
    """
    if db.session.scalar(select(Letter.id).where(Letter.cause == cause, Letter.to == to)):
        return
    if not _must_go(cause) and is_failing(to):
        return
    letter_id = add_once(
        Letter, cause=cause, to=to, message=message, **_texts(message, unsubscribe, words),
        unsubscribe=unsubscribe or None, made_at=now(),
        message_id=make_msgid(domain=settings().mail_from.partition("@")[2] or None),
    )  # fmt: skip
    if letter_id is not None and not to_outbox():
        jobs.ask(SEND, cause=f"letter {letter_id}", letter=letter_id)


def _spaced(words: str) -> str:
    """Paragraphs with one empty line between them, whatever a template leaves where it says nothing."""
    return re.sub(r"\n(?:[ \t]*\n){2,}", "\n\n", words.strip()) + "\n"


def _texts(message: str, unsubscribe: str, words: Words) -> dict[str, str]:
    told = {"base_url": settings().base_url, "unsubscribe": unsubscribe, **words}
    first, _, body = render_template(f"email/{message}.txt", **told).strip().partition("\n")
    subject = " ".join(first.removeprefix("Subject: ").split())
    html = render_template(f"email/{message}.html", subject=subject, **told)
    return {"subject": subject, "body": _spaced(body), "html": html}


def written_anew(message: str) -> Callable[[WritingAnew], WritingAnew]:
    """Let a function give the words of a letter of this kind once more, just before it leaves: None takes it back,
    `AS_IT_IS` lets it go as it was written.

    A letter may wait for hours while the mail server is down. For those that tell somebody of what others wrote, which
    may be hidden, narrowed or edited meanwhile.
    """

    def take(writing: WritingAnew) -> WritingAnew:
        _anew[message] = writing
        return writing

    return take


# --- letters that come back ----------------------------------------------------------------------------------------


def _must_go(cause: str) -> bool:
    """Whether a letter proves its address, which may work again: those go to every address."""
    return cause.startswith("proof ")


def is_failing(address: str) -> bool:
    """Whether letters to an address come back."""
    return db.session.get(FailingAddress, address) is not None


def comes_back(letter: Letter, code: str) -> None:
    """A letter came back for good: no more are written to its address, but for proofs."""
    row = FailingAddress(address=letter.to, failed_at=now(), code=code[:20], letter_id=letter.id)
    db.session.merge(row)


def works_again(address: str) -> None:
    """Somebody has proved an address: letters reach it."""
    db.session.execute(delete(FailingAddress).where(FailingAddress.address == address))


def letter_with(message_ids: Sequence[str]) -> Letter | None:
    """The letter of ours that has one of these Message-IDs. They are random, so who names one has had the letter."""
    return db.session.scalar(select(Letter).where(Letter.message_id.in_(message_ids)).limit(1))


@personal.tells("our letters come back from this address")
def _tell_of_failing(person: Any) -> object:
    row = db.session.get(FailingAddress, person.email)
    return {"since": row.failed_at.isoformat(), "code": row.code} if row else None


@personal.forgets
def _forget_failing(person: Any) -> None:
    works_again(person.email)


# --- sending -------------------------------------------------------------------------------------------------------


def to_outbox() -> bool:
    """Whether letters stay in the outbox page of a development server."""
    return settings().mail.startswith("outbox")


def letters() -> Sequence[Letter]:
    """The latest letters, newest first: the outbox page."""
    return db.session.scalars(select(Letter).order_by(Letter.id.desc()).limit(100)).all()


@jobs.doer(SEND)
def send(task: jobs.Task) -> None:
    """Send a letter that is not sent, then mark it. Killed between the two it is sent again, as the same message."""
    letter = db.session.get(Letter, task.about["letter"])
    if letter is not None and letter.sent_at is None and letter.message in _anew:
        with transaction():
            _write_anew(letter.id, _anew[letter.message])
        letter = db.session.get(Letter, task.about["letter"])
    if letter is None or letter.sent_at is not None or (not _must_go(letter.cause) and is_failing(letter.to)):
        return
    db.session.expunge(letter)
    db.session.rollback()  # the mail server may take its time
    with current_app.extensions["mailman"].get_connection(fail_silently=False) as server:
        _hand_over(letter, _message(letter, server))
        with transaction():
            db.session.execute(update(Letter).where(Letter.id == letter.id).values(sent_at=now()))


def _write_anew(letter_id: int, writing: WritingAnew) -> None:
    letter = db.session.get(Letter, letter_id)
    if letter is None or letter.sent_at is not None or letter.message is None:
        return
    if (words := writing(letter)) is None:
        db.session.delete(letter)
        return
    if words is not AS_IT_IS:
        for column, text in _texts(letter.message, letter.unsubscribe or "", words).items():
            setattr(letter, column, text)


def _hand_over(letter: Letter, message: EmailMultiAlternatives) -> None:
    try:
        message.send()
    except ValueError:
        raise jobs.GivenUp("Its head holds what no mail may have.") from None
    except smtplib.SMTPRecipientsRefused as refused:
        if all(code >= 500 for code, _ in refused.recipients.values()):
            with transaction():
                comes_back(letter, str(next(code for code, _ in refused.recipients.values())))
            raise jobs.GivenUp("The mail server does not take letters to this address.") from None
        raise


def _message(letter: Letter, server: object) -> EmailMultiAlternatives:
    headers = {"Message-ID": letter.message_id, "Auto-Submitted": "auto-generated"}
    if letter.unsubscribe:
        headers |= {
            "List-Unsubscribe": f"<{letter.unsubscribe}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"
        }  # fmt: skip
    message = EmailMultiAlternatives(
        subject=letter.subject, body=letter.body, to=[letter.to], headers=headers, connection=server
    )
    if letter.html:
        message.attach_alternative(letter.html, "text/html")
    return message


def forget_letters(causes: Sequence[str], to: str | None = None) -> None:
    """Take back the letters of these causes (to one address, where it is given) that still wait; of those that went,
    keep only that they went.
    """
    for cause in causes:
        these = (Letter.cause == cause, *([Letter.to == to] if to is not None else []))
        db.session.execute(delete(Letter).where(*these, Letter.sent_at.is_(None)))
        db.session.execute(update(Letter).where(*these).values(subject="", body="", html=""))


def forget_naming(names: Sequence[str], *these: ColumnElement[bool]) -> None:
    """Take back those of these letters that wait and hold any of these names; of those that went keep only that they
    went, whatever they hold: somebody may have had another name when they did.
    """
    columns = (Letter.body, Letter.html, Letter.subject)
    spelt = {str(form) for name in names for form in (name, escape(name))}
    named = or_(false(), *(column.contains(name, autoescape=True) for name in spelt for column in columns))
    if not to_outbox():
        db.session.execute(delete(Letter).where(*these, named, Letter.sent_at.is_(None)))
        these = (*these, Letter.sent_at.is_not(None))
    db.session.execute(update(Letter).where(*these).values(subject="", body="", html=""))


@personal.tells("letters we wrote you")
def _told(person: Any) -> list[dict[str, object]]:
    rows = select(Letter).where(Letter.to == person.email).order_by(Letter.id)
    return [
        {"subject": one.subject, "written at": one.made_at.isoformat(),
         "sent at": one.sent_at.isoformat() if one.sent_at else None}
        for one in db.session.scalars(rows)
    ]  # fmt: skip


@personal.forgets
def _forgotten(person: Any) -> None:
    """Letters that wait never leave; of those that went nothing is kept, since each holds the address."""
    db.session.execute(delete(Letter).where(Letter.to == person.email))
