"""Mail: a row written in the same transaction as its cause, sent after it, once for a cause and a person."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from email.utils import make_msgid

from flask import Flask, current_app, render_template
from flask_mailman import EmailMessage, Mail
from sqlalchemy import Text, UniqueConstraint, delete, or_, select, update
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Mapped, mapped_column

from wardbook.config import Settings, settings
from wardbook.db import Base, db, now, transaction

log = logging.getLogger(__name__)
TRY_AGAIN_AFTER = timedelta(minutes=5)


class Letter(Base):
    """One email to one person for one cause."""

    __tablename__ = "letter"
    __table_args__ = (UniqueConstraint("cause", "to"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    cause: Mapped[str]
    """What it is about, so that it is written once: `proof 12`, `event 340`"""
    to: Mapped[str]
    subject: Mapped[str]
    body: Mapped[str] = mapped_column(Text)
    message_id: Mapped[str]
    made_at: Mapped[datetime]
    taken_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]


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


def write_letter(to: str, message: str, *, cause: str, **words: object) -> None:
    """Write a letter from `email/<message>.txt`, whose first line is its subject. The same cause writes it once."""
    if db.session.scalar(select(Letter.id).where(Letter.cause == cause, Letter.to == to)):
        return
    text = render_template(f"email/{message}.txt", base_url=settings().base_url, **words)
    subject, _, body = text.strip().partition("\n")
    db.session.add(
        Letter(
            cause=cause, to=to, subject=" ".join(subject.removeprefix("Subject: ").split()), body=body.strip() + "\n",
            message_id=make_msgid(domain=settings().mail_from.partition("@")[2] or None), made_at=now(),
        )
    )  # fmt: skip


def to_outbox() -> bool:
    """Whether letters stay in the outbox page of a development server."""
    return settings().mail.startswith("outbox")


def letters() -> Sequence[Letter]:
    """The latest letters, newest first: the outbox page."""
    return db.session.scalars(select(Letter).order_by(Letter.id.desc()).limit(100)).all()


def deliver() -> int:
    """Send what waits; how many were sent. Two at once never send the same letter; a failed one is tried again later.

    A letter is taken in one short transaction, sent outside any, and marked in another.
    """
    if to_outbox():
        return 0
    sent = 0
    while (letter := _take()) is not None:
        try:
            _send(letter)
        except (OSError, ValueError):  # ValueError: a head that no mail may have
            log.warning("letter %s could not be sent; it will be tried again", letter.id, exc_info=True)
            continue
        with transaction():
            db.session.execute(update(Letter).where(Letter.id == letter.id).values(sent_at=now()))
        sent += 1
    return sent


def _take() -> Letter | None:
    free = or_(Letter.taken_at.is_(None), Letter.taken_at < now() - TRY_AGAIN_AFTER)
    waiting = select(Letter.id).where(Letter.sent_at.is_(None), free).order_by(Letter.id).limit(1)
    if db.session.scalar(waiting) is None:
        db.session.rollback()
        return None
    with transaction():
        letter_id = db.session.scalar(waiting)
        taken = update(Letter).where(Letter.id == letter_id, free).values(taken_at=now())
        won = db.session.execute(taken).rowcount == 1  # type: ignore[attr-defined]
    return db.session.get(Letter, letter_id) if won else None


def _send(letter: Letter) -> None:
    headers = {"Message-ID": letter.message_id}
    with current_app.extensions["mailman"].get_connection(fail_silently=False) as connection:
        EmailMessage(
            subject=letter.subject, body=letter.body, to=[letter.to], headers=headers, connection=connection
        ).send()


def forget_letters(causes: Sequence[str]) -> None:
    """Take back the letters of these causes that still wait; of those that went, keep only that they went."""
    for cause in causes:
        db.session.execute(delete(Letter).where(Letter.cause == cause, Letter.sent_at.is_(None)))
        db.session.execute(update(Letter).where(Letter.cause == cause).values(subject="", body=""))
