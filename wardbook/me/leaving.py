"""Erasing a person: what they told goes with them or stays without them, and nothing else of theirs is kept."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Final

from wardbook import jobs, personal
from wardbook.db import alone, db, hold
from wardbook.entries import erasing, own
from wardbook.entries.models import Entry
from wardbook.erasure import unname_copies
from wardbook.errors import Refused
from wardbook.mail import write_letter
from wardbook.people import proofs
from wardbook.people.models import Person, Proof
from wardbook.people.own import blank
from wardbook.people.queries import viewer_of
from wardbook.policy import Act, Viewer, require
from wardbook.shared import Level, Standing


class Leaving(StrEnum):
    """What becomes of what somebody told when they are erased."""

    EVERYTHING = "everything"
    LEAVE = "leave"


CHOICES: Final[dict[Leaving, str]] = {
    Leaving.EVERYTHING: "Take away everything that I told",
    Leaving.LEAVE: "Leave what I told, without me",
}
MEANS: Final[dict[Leaving, str]] = {
    Leaving.EVERYTHING: "Its words, photos and replies go. That something was told there, and when, stays.",
    Leaving.LEAVE: "What is published stays in its words, told by ‘a resident’. What nobody else sees is erased.",
}


def ask_for_proof(person: Person, choice: Leaving) -> None:
    """Mail a link behind which somebody is erased. Asked twice in a moment, one letter goes."""
    require(viewer_of(person), Act.BE_ERASED, person)
    alone("person", person.email)
    if proofs.was_asked_just_now(person, proofs.ERASE, choice):
        return
    fresh = proofs.make_proof(person, proofs.ERASE, choice)
    write_letter(
        person.email, "erase_me", cause=f"proof {fresh.proof.id}", link=fresh.link, choice=CHOICES[choice],
        means=MEANS[choice],
    )  # fmt: skip


def choice_of(proof: Proof) -> Leaving:
    """What a link was asked for."""
    return Leaving(proof.subject or "")


def by_link(link: str) -> None:
    """Erase whoever a link was sent to, as they chose."""
    proof = proofs.use_link(link)
    erase(viewer_of(proof.person), proof.person, choice_of(proof))


def erase_for(person: Person, choice: Leaving) -> None:
    """Erase somebody who asked for it; whoever held a role may be erased once every term of theirs has ended."""
    erase(viewer_of(person), person, choice, act=Act.BE_ERASED_FOR)


def erase(viewer: Viewer, person: Person, choice: Leaving, *, act: Act = Act.BE_ERASED) -> None:
    """Erase a person. What was done cannot be undone; done again it changes nothing."""
    alone("person", person.email)
    hold(person)
    if not person.active:
        raise Refused("You are erased already.")
    require(viewer, act, person)
    left = []
    for entry in own.told_by(person):
        if choice is Leaving.EVERYTHING or not _stays(entry):
            erasing.erase(viewer, entry, once=f"{person.fs_uniquifier} {entry.id}")
        else:
            left.append(entry)
    _forget(person, left)


def _forget(person: Person, left: Sequence[Entry]) -> None:
    """What stays loses its author last: by its author the rooms find what they keep of it."""
    names = [name for name in (person.name, person.email) if name]
    for entry in left:
        unname_copies(entry, names)
    db.session.flush()
    personal.forget(person)
    own.unsign(person)
    for entry in left:
        own.leave(entry)
    blank(person)
    jobs.ask(erasing.FORGET, cause=f"person {person.id}")


def _stays(entry: Entry) -> bool:
    """What others read; what waits, is hidden, was withdrawn or is its author's alone would be nobody's."""
    return entry.standing is Standing.PUBLISHED and entry.level is not Level.PRIVATE
