"""Who may see what, as a WHERE clause, and who may do what, as a table: the only home of both."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Any, Final, cast

from sqlalchemy import ColumnElement, and_, exists, literal, or_, select

from wardbook.db import db, hold
from wardbook.errors import Banned, Forbidden, NotFound
from wardbook.shared import ForALevel, Level, Located, Shared, Standing


class Role(StrEnum):
    """What a person may be, besides a visitor. Resident: everyone with a confirmed email address."""

    RESIDENT = "resident"
    COUNCILLOR = "councillor"
    OFFICER = "officer"
    MODERATOR = "moderator"
    ADMINISTRATOR = "administrator"


@dataclass(frozen=True)
class Viewer:
    """Who is looking, loaded once a request: roles and wards are those of today."""

    id: int | None = None
    roles: frozenset[Role] = frozenset()
    area_ids: frozenset[int] = frozenset()
    """The areas in force today in which this person holds a councillor's term."""
    name: str = ""
    signature: str = ""
    """How a reply of theirs is signed: 'Sam Reed, Highways'. Empty for a resident."""
    banned_until: date | None = None
    """Until which day (that is the first on which they may again) a moderator keeps them from contributing"""
    only_moderator: bool = False
    """Whether there is no other moderator today: then they decide about what is their own, too"""


VISITOR: Final = Viewer()


def everyone_at(level: Level) -> Viewer:
    """Somebody who sees exactly what all readers of a level see: a brief is made for such a reader, whoever asks."""
    return Viewer(roles=frozenset({Role.OFFICER})) if level is Level.COUNCIL else VISITOR


# --- seeing ------------------------------------------------------------------------------------------------------

Condition = ColumnElement[bool]


@dataclass(frozen=True)
class Rule:
    """A condition on a thing and its reader, or plainly yes or no; rules are joined with `|` and `&`."""

    of: Callable[[Any, Viewer], Condition | bool]

    def __or__(self, other: Rule) -> Rule:
        return Rule(lambda model, viewer: _any(self.of(model, viewer), other.of(model, viewer)))

    def __and__(self, other: Rule) -> Rule:
        return Rule(lambda model, viewer: _all(self.of(model, viewer), other.of(model, viewer)))


def _any(*conditions: Condition | bool) -> Condition | bool:
    """One of them holds. What is settled here is not asked of the store, whose indexes then answer the rest."""
    settled = any(condition for condition in conditions if isinstance(condition, bool))
    asked = [condition for condition in conditions if not isinstance(condition, bool)]
    return settled or (or_(*asked) if asked else False)


def _all(*conditions: Condition | bool) -> Condition | bool:
    """All of them hold."""
    settled = all(condition for condition in conditions if isinstance(condition, bool))
    asked = [condition for condition in conditions if not isinstance(condition, bool)]
    return settled and (and_(*asked) if asked else True)


def _holding(role: Role) -> Rule:
    return Rule(lambda model, viewer: role in viewer.roles)


def _is_author(model: Any, viewer: Viewer) -> Condition | bool:
    return False if viewer.id is None else model.author_id == viewer.id


def _represents_its_ward(model: Any, viewer: Viewer) -> Condition | bool:
    if not viewer.area_ids or not issubclass(model, Located):
        return False
    lies = model.lies_in.c
    return exists().where(lies.thing_id == model.id, lies.area_id.in_(sorted(viewer.area_ids))).correlate(model)


everyone = Rule(lambda model, viewer: True)
nobody = Rule(lambda model, viewer: False)
is_author = Rule(_is_author)
is_councillor = _holding(Role.COUNCILLOR)
is_officer = _holding(Role.OFFICER)
is_moderator = _holding(Role.MODERATOR)
represents_its_ward = Rule(_represents_its_ward)
is_private = Rule(lambda model, viewer: model.level == Level.PRIVATE)
is_not_private = Rule(lambda model, viewer: model.level != Level.PRIVATE)

SEES: dict[Level, Rule] = {  # of a published thing
    Level.PRIVATE: is_author,
    Level.WARD: is_author | represents_its_ward,
    Level.COUNCIL: is_author | is_councillor | is_officer,
    Level.PUBLIC: everyone,
}


def _by_level(model: Any, viewer: Viewer) -> Condition | bool:
    return _any(*(_all(model.level == level, rule.of(model, viewer)) for level, rule in SEES.items()))


STANDS: dict[Standing, Rule] = {  # and of a thing by its standing
    Standing.PUBLISHED: Rule(_by_level),
    Standing.PENDING: is_author | (is_moderator & is_not_private),
    Standing.WITHDRAWN: is_author | (is_moderator & is_not_private),
    Standing.HIDDEN: is_author | (is_moderator & is_not_private),
    Standing.ERASED: nobody,
}


def _is_for(model: Any, viewer: Viewer) -> Condition | bool:
    """Whether a thing made for a level is for this reader: they hold its level today, and it is not restricted."""
    if not issubclass(model, ForALevel):
        return True
    holds_level = _any(model.level == Level.PUBLIC, (is_councillor | is_officer).of(model, viewer))
    return _all(holds_level, _any(model.ground.is_(None), is_author.of(model, viewer), _is_named(model, viewer)))


def _is_named(model: Any, viewer: Viewer) -> Condition | bool:
    if viewer.id is None:
        return False
    named = model.named.c
    return exists().where(named.thing_id == model.id, named.person_id == viewer.id).correlate(model)


def visible(model: type[Shared], viewer: Viewer) -> Condition:
    """What this viewer may see of a model, as a condition on its rows: every list, map, file and count starts here."""
    return _visible(cast(Hashable, model), viewer)


@lru_cache(maxsize=512)
def _visible(model: Any, viewer: Viewer) -> Condition:
    """Made once for a model and a reader: a condition is never changed."""
    stands = _any(*(_all(model.standing == standing, rule.of(model, viewer)) for standing, rule in STANDS.items()))
    opened = _any(*(rule.of(model, viewer) for rule in _SEEN_THROUGH.get(model, ())))
    seen = _any(_all(stands, _is_for(model, viewer)), _all(model.standing == Standing.PUBLISHED, opened))
    return literal(seen) if isinstance(seen, bool) else seen


_SEEN_THROUGH: dict[type[Shared], list[Rule]] = {}


def seen_through(model: type[Shared], rule: Rule) -> None:
    """Say through what else a thing is seen: each room adds what of its own shows it (a note on a shape, its brief)."""
    _SEEN_THROUGH.setdefault(model, []).append(rule)
    _visible.cache_clear()


_RELIES: dict[type[Shared], list[Rule]] = {}


def relies_on(model: type[Shared], rule: Rule) -> None:
    """Say of whom it is true that they relied on a thing: each room adds its own (supporters, writers, followers)."""
    _RELIES.setdefault(model, []).append(rule)


def stub_of(model: type[Shared], viewer: Viewer) -> Condition:
    """Which withdrawn things this viewer reads the reason of, and no more: they relied on it, and its level is theirs.

    Whoever sees the whole of a thing is in `visible` and needs no stub.
    """
    relies = _any(*(rule.of(model, viewer) for rule in _RELIES.get(model, ())))
    left = _all(model.standing == Standing.WITHDRAWN, relies, _by_level(model, viewer))
    return literal(left) if isinstance(left, bool) else left


def sees(viewer: Viewer, thing: Shared) -> bool:
    """Whether this viewer sees one thing: the same condition, asked of one row."""
    model = type(thing)
    return db.session.scalar(select(model.id).where(model.id == thing.id, visible(model, viewer))) is not None


# --- doing -------------------------------------------------------------------------------------------------------


class Act(StrEnum):
    """What a person may ask to do."""

    CONTRIBUTE = "contribute"
    SAY = "say in words of their own"
    SAY_UNREAD = "say what nobody looks through"
    CONFIRM = "confirm what they sent"
    WRITE_NOTE = "write note"
    REPLY = "reply"
    SAY_WHETHER = "say whether it is put right"
    CHANGE_STATE = "change state"
    RENEW = "renew"
    SET_LEAD = "set lead"
    READ_CONTACT = "read contact"
    READ_SPOT = "read exact spot"
    ENTER_FOR = "enter for somebody"
    HIDE = "hide"
    RESTORE = "restore"
    PASS = "pass"  # noqa: S105 - a moderator lets it through
    MODERATE = "moderate"
    LEAVE = "leave as it is"
    ASK_TO_EDIT = "ask to edit"
    REDACT = "redact"
    MOVE = "move"
    SPLIT = "split"
    BAN = "ban"
    REPORT = "report"
    APPEAL = "appeal"
    ANSWER_APPEAL = "answer an appeal"
    DRAW_PLACE = "draw place"
    BRIEF_COUNCIL = "brief for the council"
    ANSWER = "work through answers"
    EDIT = "edit"
    CHANGE_LEVEL = "change level"
    WITHDRAW = "withdraw"
    BRING_BACK = "bring back"
    ERASE = "erase"
    SUPPORT = "support"
    REVIEW = "review"
    SUPERSEDE = "supersede"
    DIFFER = "see differently"
    ADMINISTER = "administer"
    FOLLOW = "follow"
    FREEZE = "freeze a brief"
    KEEP_BRIEF = "keep a brief"
    REDACT_PHOTO = "redact photo"
    MERGE = "merge"
    TAKE_ON = "take on"
    THANK = "thank"
    BE_ERASED = "be erased"
    BE_ERASED_FOR = "be erased by an administrator"


Permission = Callable[[Viewer, Any], bool]


def _any_of(*roles: Role) -> Permission:
    return lambda viewer, thing: bool(viewer.roles.intersection(roles))


def _standing(*standings: Standing) -> Permission:
    return lambda viewer, thing: thing.standing in standings


def _both(*permissions: Permission) -> Permission:
    return lambda viewer, thing: all(permission(viewer, thing) for permission in permissions)


def _either(*permissions: Permission) -> Permission:
    return lambda viewer, thing: any(permission(viewer, thing) for permission in permissions)


def _whose(trait: str) -> Permission:
    """Where the kind of the thing has a trait: `is_led`, `author_moves`, `lapses`."""
    return lambda viewer, thing: bool(getattr(thing, trait))


def _is_own(viewer: Viewer, thing: Any) -> bool:
    return viewer.id is not None and thing.author_id == viewer.id


def _is_others(viewer: Viewer, thing: Any) -> bool:
    return not _is_own(viewer, thing)


def _is_note(viewer: Viewer, thing: Any) -> bool:
    return bool(thing.kind == "note")


def _not_banned(viewer: Viewer, thing: Any) -> bool:
    return viewer.banned_until is None


def _is_only_moderator(viewer: Viewer, thing: Any) -> bool:
    return viewer.only_moderator


def _is_somebody_else(viewer: Viewer, person: Any) -> bool:
    return bool(person.id != viewer.id)


def _is_no_note(viewer: Viewer, thing: Any) -> bool:
    return not _is_note(viewer, thing)


def _shares_contact(viewer: Viewer, thing: Any) -> bool:
    return bool(thing.contact_shared)


def _takes_part(viewer: Viewer, thing: Any) -> bool:
    """Whether it is one of those who offered help with it and were put in touch."""
    return viewer.id is not None and viewer.id in thing.taker_ids


def _lies_in_their_ward(viewer: Viewer, thing: Any) -> bool:
    """Where the viewer holds a councillor's term today in a ward that the thing lies in."""
    model = type(thing)
    here = represents_its_ward.of(model, viewer)
    asked = select(model.id).where(model.id == thing.id)
    return here if isinstance(here, bool) else db.session.scalar(asked.where(here)) is not None


_DECIDES = _both(_any_of(Role.MODERATOR), _either(_is_others, _is_only_moderator))
_LIVES = _standing(Standing.PUBLISHED, Standing.PENDING)
_IS_OUT = _standing(Standing.PUBLISHED)

DOES: dict[Act, Permission] = {
    # the thing is who tells this kind; a visitor's waits until an email address is confirmed
    Act.CONTRIBUTE: _both(lambda viewer, tellers: viewer.id is None or bool(viewer.roles & tellers), _not_banned),
    Act.SAY: _not_banned,  # beside a deed that a ban leaves them: what others read of it
    Act.SAY_UNREAD: _any_of(*set(Role) - {Role.RESIDENT}),  # whoever works for the council answers for it
    Act.CONFIRM: _is_own,
    Act.WRITE_NOTE: _any_of(Role.COUNCILLOR, Role.OFFICER),
    # a councillor answers in words what was told in their ward; beside a note they put a view of their own
    Act.REPLY: _both(
        _standing(Standing.PUBLISHED),
        _either(_any_of(Role.OFFICER), _both(_is_others, _is_no_note, _lies_in_their_ward)),
    ),
    Act.SAY_WHETHER: _both(_is_own, _standing(Standing.PUBLISHED)),
    Act.CHANGE_STATE: _both(
        _either(_any_of(Role.OFFICER), _both(_is_own, _whose("author_moves"), _not_banned)),
        _standing(Standing.PUBLISHED),
    ),
    Act.RENEW: _both(_either(_any_of(Role.OFFICER), _is_own), _whose("lapses"), _standing(Standing.PUBLISHED)),
    Act.SET_LEAD: _both(_any_of(Role.OFFICER), _whose("is_led"), _standing(Standing.PUBLISHED)),
    Act.READ_CONTACT: _either(_any_of(Role.OFFICER), _both(_shares_contact, _lies_in_their_ward)),
    Act.READ_SPOT: _either(_is_own, _any_of(Role.OFFICER)),
    Act.ENTER_FOR: _any_of(Role.OFFICER, Role.COUNCILLOR),  # who is rung up, written to or met; moderators are not
    Act.REDACT_PHOTO: _any_of(Role.MODERATOR),  # as it is now, and as it was: whoever may, sees both
    # nobody moderates what is their own where there is another moderator
    Act.HIDE: _both(_DECIDES, _LIVES),
    Act.RESTORE: _both(_DECIDES, _standing(Standing.HIDDEN)),
    Act.PASS: _both(_DECIDES, _standing(Standing.PENDING)),
    Act.LEAVE: _both(_DECIDES, _IS_OUT),
    Act.ASK_TO_EDIT: _both(_DECIDES, _LIVES, _is_no_note),
    Act.REDACT: _both(_DECIDES, _standing(Standing.PUBLISHED, Standing.PENDING, Standing.HIDDEN)),
    Act.MOVE: _both(_DECIDES, _LIVES, _is_no_note),
    Act.SPLIT: _both(_DECIDES, _LIVES, _is_no_note),
    Act.BAN: _both(_any_of(Role.MODERATOR), _is_somebody_else),  # the thing is the person
    Act.REPORT: _both(_is_others, _IS_OUT, _not_banned),
    Act.APPEAL: lambda viewer, decision: viewer.id is not None and decision.about_id == viewer.id,
    Act.ANSWER_APPEAL: _both(
        _any_of(Role.MODERATOR),
        lambda viewer, decision: viewer.only_moderator or viewer.id not in (decision.by_id, decision.about_id),
    ),
    Act.MODERATE: _any_of(Role.MODERATOR),
    Act.DRAW_PLACE: lambda viewer, thing: viewer.id is not None,
    Act.BRIEF_COUNCIL: _any_of(Role.COUNCILLOR, Role.OFFICER),
    Act.ANSWER: _any_of(Role.OFFICER),
    Act.EDIT: _both(_is_own, _LIVES, _not_banned),  # nobody edits another's
    Act.CHANGE_LEVEL: _both(_is_own, _LIVES),
    Act.WITHDRAW: _both(_is_own, _LIVES),
    Act.BRING_BACK: _both(_is_own, _standing(Standing.WITHDRAWN)),
    Act.ERASE: _is_own,
    Act.SUPPORT: _both(_is_others, _IS_OUT, _not_banned),  # a visitor's counts once they have proved an email address
    Act.REVIEW: _both(_is_own, _is_note, _IS_OUT),
    Act.SUPERSEDE: _both(_is_own, _is_note, _IS_OUT, _any_of(Role.COUNCILLOR, Role.OFFICER)),
    Act.DIFFER: _both(_is_others, _is_note, _IS_OUT, _any_of(Role.COUNCILLOR, Role.OFFICER)),
    Act.ADMINISTER: _any_of(Role.ADMINISTRATOR),
    Act.FOLLOW: lambda viewer, thing: viewer.id is not None,
    Act.FREEZE: _any_of(Role.COUNCILLOR, Role.OFFICER),
    Act.MERGE: _both(_any_of(Role.OFFICER, Role.MODERATOR), _IS_OUT, _is_no_note),
    Act.TAKE_ON: _both(
        _whose("is_taken_on"), _either(_is_own, _takes_part, _any_of(Role.OFFICER)), _IS_OUT, _not_banned
    ),
    Act.THANK: _both(_whose("is_taken_on"), _any_of(Role.OFFICER, Role.COUNCILLOR), _IS_OUT),
    # whoever holds or held a role asks an administrator: what they did in it is the council's record
    Act.BE_ERASED: lambda viewer, person: viewer.id == person.id and not person.terms,
    Act.BE_ERASED_FOR: lambda viewer, person: viewer.id == person.id and all(term.is_over for term in person.terms),
    Act.KEEP_BRIEF: _both(_any_of(Role.COUNCILLOR, Role.OFFICER), _is_own),
}


def may(viewer: Viewer, act: Act, thing: Any = None) -> bool:
    """Whether this viewer may do this to a thing they already see (or, without a thing, at all)."""
    return DOES[act](viewer, thing)


def require(viewer: Viewer, act: Act, thing: Any = None) -> None:
    """Raise NotFound where the thing may not be seen, Forbidden where it may be seen but this not done to it.

    Who is about to change the thing holds it from here on: what is checked stays true until the change is kept.
    """
    hold(thing)
    if isinstance(thing, Shared) and not sees(viewer, thing):
        raise NotFound
    if not may(viewer, act, thing):
        raise _forbidden(viewer, act, thing)


def _forbidden(viewer: Viewer, act: Act, thing: Any) -> Forbidden:
    """Why not: whoever is kept from it by a ban alone is told so."""
    if viewer.banned_until is None or not may(replace(viewer, banned_until=None), act, thing):
        return Forbidden()
    last = viewer.banned_until - timedelta(days=1)
    return Banned(
        f"A moderator has stopped you from contributing until the end of {last.day} {last:%B %Y}. "
        "You can still sign in, read, and see what is yours."
    )


def reader_for(who: Viewer, level: str | None) -> Viewer:
    """As whom a list is read: as this person, or as everyone at a level, as a brief's figures open what they count."""
    if not level:
        return who
    if level not in (Level.PUBLIC, Level.COUNCIL):
        raise NotFound
    if level == Level.COUNCIL:
        require(who, Act.BRIEF_COUNCIL)
    return everyone_at(Level(level))
