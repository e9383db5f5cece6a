"""A preview in words, line by line, and as one object for programs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from wardbook.activation.done import Done, what_was_done
from wardbook.activation.preview import Move, Preview
from wardbook.areas.models import BoundarySet
from wardbook.areas.succession import Part
from wardbook.clock import day_in_words
from wardbook.geo import percent


def as_object(found: Preview) -> dict[str, Any]:
    """All of a preview, under names that stay."""
    return {
        "set": found.row.name,
        "from": found.on,
        "active": found.standing is not None,
        "waits": found.row.waits,
        "before": [row.name for row in found.before],
        "areas": [_move(move) for move in found.moves],
        "new_names": [{"code": called.code, "name": called.name} for called in found.fresh],
        "needs_a_choice": [move.old.code for move in found.choices],
        "followers_asked": [move.old.code for move in found.followers_asked],
        "done": asdict(what_was_done(found.standing)) if found.standing else None,
    }


def _move(move: Move) -> dict[str, Any]:
    return {
        "code": move.old.code,
        "name": move.old.name,
        "ends": move.ends,
        "goes_to": move.heir.code if move.heir else None,
        "councillors_go_to": move.goes_to.code if move.goes_to else None,
        "goes_nowhere": round(move.goes_nowhere, 6),
        "entries": move.entries,
        "followers": move.followers,
        "councillors": move.councillors,
        "parts": [
            {
                "code": part.new.code,
                "name": part.new.name,
                "land": round(part.land, 6),
                "postcodes": None if part.postcodes is None else round(part.postcodes, 6),
                "entries": move.entries_by_area.get(part.new.id, 0),
            }
            for part in move.passing.parts
        ],
    }


def in_words(found: Preview) -> Iterator[str]:
    """What becomes of each area, then what needs a person's choice."""
    names = " and ".join(f"'{row.name}'" for row in found.before)
    if not found.before:
        yield f"'{found.row.name}' takes the place of no set: none of its type over its ground ends where it begins."
        return
    yield f"'{found.row.name}' takes the place of {names} on {day_in_words(found.on) if found.on else 'no day'}."
    for move in found.moves:
        yield f"{move.old.name} ({move.old.code}): {_what(move)}"
        for part in move.passing.parts:
            yield f"  {_part(move, part)}"
        if move.goes_nowhere:
            yield f"  Nowhere: {percent(move.goes_nowhere)} of its land"
    yield from _to_choose(found)


def _what(move: Move) -> str:
    said = [f"{move.entries:,} public {'entry' if move.entries == 1 else 'entries'}"]
    if move.followers:
        said.append(f"{move.followers:,} {'follower' if move.followers == 1 else 'followers'}")
    if move.councillors:
        said.append(f"represented by {', '.join(move.councillors)}")
    if not move.ends:
        return "goes on under its code; " + ", ".join(said)
    if move.heir:
        return f"goes to {move.heir.name} ({move.heir.code}); {', '.join(said)}"
    chosen = f", its councillors go to {move.goes_to.name} ({move.goes_to.code})" if move.goes_to else ""
    return f"is parted, no area takes nine tenths of it{chosen}; {', '.join(said)}"


def _part(move: Move, part: Part) -> str:
    postcodes = (
        "" if part.postcodes is None else f", {percent(part.postcodes) if part.postcodes else 'none'} of its postcodes"
    )
    count = move.entries_by_area.get(part.new.id, 0)
    entries = f", {count:,} {'entry' if count == 1 else 'entries'}" if count else ""
    return f"{part.new.name} ({part.new.code}): {percent(part.land)} of its land{postcodes}{entries}"


def _to_choose(found: Preview) -> Iterator[str]:
    for move in found.choices:
        yield (
            f"Choose who takes over {move.old.name}: --choose {move.old.code}=NEW moves "
            f"{', '.join(move.councillors)}. Without it they represent nobody from then on."
        )
    for move in found.followers_asked:
        asked = "1 follower" if move.followers == 1 else f"{move.followers:,} followers"
        yield f"{asked} of {move.old.name} will be asked to choose for themselves."


def done_in_words(found: Preview, *, commit: bool) -> Iterator[str]:
    """Whether it was done, would be, or had been."""
    if found.standing is not None:
        yield f"'{found.row.name}' is active already: nothing was changed."
        yield from _done(what_was_done(found.standing))
    elif commit:
        yield f"'{found.row.name}' is activated. Those who follow an area that ends are told once."
    else:
        yield "Nothing was changed: --commit does it."


def _done(done: Done) -> Iterator[str]:
    for term in done.terms:
        yield f"  {term.name} went from {term.was} to {term.now}."
    follows = "1 follow" if done.moved == 1 else f"{done.moved:,} follows"
    were = "was" if done.asked == 1 else "were"
    yield f"  {follows} went along; {done.asked:,} of a ward that was parted {were} asked about."


def undone_in_words(row: BoundarySet, undone: bool, *, commit: bool) -> Iterator[str]:
    """The same of undoing."""
    if not undone:
        yield f"'{row.name}' is not active: nothing was changed."
    elif commit:
        yield f"The activation of '{row.name}' is undone. What was sent stays sent."
    else:
        yield f"The activation of '{row.name}' can be undone. Nothing was changed: --commit does it."
