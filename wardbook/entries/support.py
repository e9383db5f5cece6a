"""'This matters to me too': a person supports an entry once, signed in by a press, or by a link to their address."""

from __future__ import annotations

from sqlalchemy import delete, func, select

from wardbook.db import db, hold, now
from wardbook.entries import queries
from wardbook.entries.merging.merged import ids_of, merge_of
from wardbook.entries.models import Entry, Support
from wardbook.errors import Forbidden, NotFound, Refused
from wardbook.mail import write_letter
from wardbook.people import actions as people
from wardbook.people import proofs
from wardbook.people.models import Person, Proof
from wardbook.people.queries import viewer_of
from wardbook.policy import Act, Viewer, require

SUPPORT = "support"


def support(viewer: Viewer, entry: Entry) -> Entry:
    """Count this person among those to whom it matters. Again, or twice at once, it counts once.

    It is no step of the timeline: who supports what is nobody's business, so it stands in no history.
    """
    _require_somebody(viewer, entry)
    if not supports(viewer, entry):
        db.session.add(Support(entry_id=entry.id, person_id=viewer.id, at=now()))
        count_supporters(entry)
    return entry


def take_back(viewer: Viewer, entry: Entry) -> Entry:
    """No longer count this person. Where they were not counted nothing changes."""
    _require_somebody(viewer, entry)
    db.session.execute(delete(Support).where(Support.entry_id == entry.id, Support.person_id == viewer.id))
    count_supporters(entry)
    if supports(viewer, entry):
        db.session.execute(delete(Support).where(Support.entry_id == entry.id, Support.person_id == viewer.id))
    return entry


def _require_somebody(viewer: Viewer, entry: Entry) -> None:
    hold(entry)
    require(viewer, Act.SUPPORT, entry)
    if viewer.id is None:
        raise Forbidden("Sign in, or give an email address and press the link that we send.")


def supports(viewer: Viewer, entry: Entry) -> bool:
    """Whether this person supports it."""
    mine = select(Support.at).where(Support.entry_id == entry.id, Support.person_id == viewer.id)
    return viewer.id is not None and db.session.scalar(mine) is not None


def count_supporters(entry: Entry) -> None:
    """Count each person once who supports an entry or told, or supports, what was merged into it; so on to the one that
    stands for it. Its own author is none of them. Who was erased goes on counting.
    """
    db.session.flush()
    ids = ids_of(entry)
    supporting = select(Support.person_id).where(Support.entry_id.in_(ids))
    told = select(Entry.author_id).where(Entry.id.in_(ids[1:]), Entry.author_id.is_not(None))
    people_ = set(db.session.scalars(supporting)) | set(db.session.scalars(told))
    erased = db.session.scalar(select(func.sum(Entry.supporters_erased)).where(Entry.id.in_(ids))) or 0
    entry.supporters = len(people_ - {entry.author_id}) + erased
    db.session.flush()
    if (merge := merge_of(entry)) is not None:
        count_supporters(db.session.get_one(Entry, merge.into_id))


# --- without an account ------------------------------------------------------------------------------------------


def ask_for_proof(viewer: Viewer, entry: Entry, email: str) -> None:
    """Mail a link that supports an entry. The same is answered whoever it is; twice in a moment, one letter goes."""
    require(viewer, Act.SUPPORT, entry)
    person = people.person_with(email)
    if proofs.was_asked_just_now(person, SUPPORT, entry.ref):
        return
    fresh = proofs.make_proof(person, SUPPORT, entry.ref)
    write_letter(person.email, "support", cause=f"proof {fresh.proof.id}", entry=entry, link=fresh.link)


def entry_of(proof: Proof) -> Entry | None:
    """The entry that a link supports, where who holds it may see it."""
    return queries.entry(proof.subject or "", viewer_of(proof.person)) if proof.purpose == SUPPORT else None


def confirm(link: str) -> tuple[Entry, Person]:
    """Support what a link is for, as the person whose address it was sent to."""
    proof = proofs.use_link(link)
    entry = entry_of(proof)
    if entry is None:
        raise NotFound
    viewer = viewer_of(proof.person)
    if entry.author_id == viewer.id:
        raise Refused("You told us this yourself, so it counts already.")
    return support(viewer, entry), proof.person
