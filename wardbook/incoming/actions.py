"""What the link in our letter lets somebody do with what they sent by email: put it right, go on with it."""

from __future__ import annotations

from wardbook.areas.derive import derive
from wardbook.db import db, hold, now
from wardbook.entries import queries
from wardbook.entries.actions import PUBLISH, entry_of
from wardbook.entries.kinds import Channel
from wardbook.entries.models import Draft, Entry
from wardbook.errors import Refused
from wardbook.incoming.taking import TELL_ON
from wardbook.people import proofs
from wardbook.people.models import Person, Proof
from wardbook.places.find import Spot, refuse_outside
from wardbook.shared import Standing
from wardbook.web import number_in


def entry_to_put_right(proof: Proof | None) -> Entry | None:
    """The entry that came by email and waits for this link; None where there is none, or it waits no longer."""
    if proof is None or proof.purpose != PUBLISH or proof.used_at is not None or proof.ends_at <= now():
        return None
    entry = entry_of(proof)
    waits = entry is not None and entry.channel is Channel.EMAIL and entry.standing is Standing.PENDING
    return entry if waits else None


def put_right(proof: Proof, spot: Spot, category: str) -> Entry:
    """Put an entry that nobody has read yet somewhere else, or under what it is about. The link stays good."""
    entry = entry_to_put_right(proof)
    hold(entry)
    if entry is None or entry.standing is not Standing.PENDING:
        raise Refused("What this link belongs to is no longer waiting.")
    refuse_outside(spot.point, field="spot")
    number = number_in(category)
    chosen = queries.category(number, entry.kind) if number is not None else None
    if chosen is None:
        raise Refused("Choose what it is about", field="category")
    entry.geometry, entry.category = spot.point, chosen
    db.session.flush()
    derive(entry)
    return entry


def draft_of(proof: Proof | None) -> Draft | None:
    """The draft that a link opens, as long as it is kept."""
    if proof is None or proof.purpose != TELL_ON:
        return None
    return db.session.get(Draft, proof.subject)


def go_on(link: str) -> tuple[Draft, Person]:
    """Take up what one sent by email: the link proves the address. Raises Refused where it is used or has ended."""
    proof = proofs.use_link(link)
    draft = draft_of(proof)
    if draft is None:
        raise Refused("What you wrote is no longer kept. Please tell us again.")
    return draft, proof.person
