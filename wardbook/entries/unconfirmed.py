"""What was sent and not confirmed: its author has a new link, perhaps at another address, or it is erased."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from sqlalchemy import ColumnElement, delete, exists, or_, select

from wardbook import jobs
from wardbook.db import db, hold, now, transaction
from wardbook.entries.actions import PUBLISH, ask_for_proof, confirm, entry_of, waits_for_proof
from wardbook.entries.erasing import erase
from wardbook.entries.models import Entry
from wardbook.errors import Refused
from wardbook.mail import forget_letters
from wardbook.people import proofs
from wardbook.people.actions import person_with
from wardbook.people.models import Person, Proof
from wardbook.people.queries import viewer_of
from wardbook.shared import Standing

KEPT: Final = timedelta(days=30)
"""How long it is kept after the last link was sent. The letter with the link says so."""


def send_again(link: str) -> None:
    """Mail another link to whom an earlier one was sent, while what it is for waits. Raises Refused where it does not,
    or where that address was sent too many.
    """
    proof = proofs.proof_by_link(link)
    entry = entry_of(proof) if proof else None
    hold(entry)
    if proof is None or entry is None or not waits_for_proof(entry):
        raise Refused("What this link belongs to is no longer waiting.")
    if not proofs.was_asked_just_now(proof.person, PUBLISH, entry.ref):
        ask_for_proof(entry, proof.person, proof.name)


def send_elsewhere(entry: Entry, email: str) -> Person:
    """Mail the link to another address, because the first was mistyped. From then on what waits is of whoever reads
    mail there, who is returned; the links to the first end, and its letters say nothing any more.
    """
    hold(entry)
    if not waits_for_proof(entry):
        raise Refused("It is confirmed already, so it stays with the address that it has.", field="email")
    author = person_with(email)
    if proofs.was_asked_just_now(author, PUBLISH, entry.ref):
        return author
    sent = db.session.scalars(select(Proof).where(Proof.purpose == PUBLISH, Proof.subject == entry.ref)).all()
    name = next((proof.name for proof in sent if proof.name), "")
    if author.id != entry.author_id:
        forget_letters([f"proof {proof.id}" for proof in sent])
        db.session.execute(delete(Proof).where(Proof.id.in_([proof.id for proof in sent])))
        entry.author = author
    ask_for_proof(entry, author, name)
    return author


def confirm_own(person: Person, entry: Entry) -> Entry:
    """Confirm what somebody sent before they signed in: that proved their address, so no link is needed."""
    return confirm(proofs.use_own(person, PUBLISH, entry.ref))


@jobs.every("erase what was never confirmed", minutes=60)
def erase_unconfirmed(_: jobs.Task) -> None:
    """Erase what nobody confirmed within its time, each in a transaction of its own."""
    ids = db.session.scalars(select(Entry.id).where(*_never_confirmed())).all()
    for id_ in ids:
        with transaction():
            entry = db.session.scalar(select(Entry).where(Entry.id == id_, *_never_confirmed()))
            if entry is not None:
                erase(viewer_of(entry.author), entry, once=f"unconfirmed {entry.ref}")


def _never_confirmed() -> tuple[ColumnElement[bool], ...]:
    sent = (Proof.purpose == PUBLISH, Proof.subject == Entry.ref)
    lately = or_(Proof.used_at.is_not(None), Proof.made_at > now() - KEPT)
    return (
        Entry.standing == Standing.PENDING, Entry.confirmed_at.is_(None), Entry.author_id.is_not(None),
        exists().where(*sent), ~exists().where(*sent, lately),
    )  # fmt: skip
