"""Who may see what, as a WHERE clause, and who may do what, as a table: the only home of both."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, exists, literal, or_, select

from wardbook.db import db
from wardbook.errors import Forbidden, NotFound
from wardbook.shared import Level, Located, Shared, Standing


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


def visible(model: type[Shared], viewer: Viewer) -> Condition:
    """What this viewer may see of a model, as a condition on its rows: every list, map, file and count starts here."""
    seen = _any(*(_all(model.standing == standing, rule.of(model, viewer)) for standing, rule in STANDS.items()))
    return literal(seen) if isinstance(seen, bool) else seen


def sees(viewer: Viewer, thing: Shared) -> bool:
    """Whether this viewer sees one thing: the same condition, asked of one row."""
    model = type(thing)
    return db.session.scalar(select(model.id).where(model.id == thing.id, visible(model, viewer))) is not None


# --- doing -------------------------------------------------------------------------------------------------------


class Act(StrEnum):
    """What a person may ask to do."""

    CONTRIBUTE = "contribute"
    WRITE_NOTE = "write note"
    REPLY = "reply"
    CHANGE_STATE = "change state"
    READ_CONTACT = "read contact"
    HIDE = "hide"
    RESTORE = "restore"
    PASS = "pass"  # noqa: S105 - a moderator lets it through
    MODERATE = "moderate"
    DRAW_PLACE = "draw place"
    BRIEF_COUNCIL = "brief for the council"
    ANSWER = "work through answers"
    FOLLOW = "follow"
    ADMINISTER = "administer"


Permission = Callable[[Viewer, Any], bool]


def _any_of(*roles: Role) -> Permission:
    return lambda viewer, thing: bool(viewer.roles.intersection(roles))


def _standing(*standings: Standing) -> Permission:
    return lambda viewer, thing: thing.standing in standings


def _both(*permissions: Permission) -> Permission:
    return lambda viewer, thing: all(permission(viewer, thing) for permission in permissions)


DOES: dict[Act, Permission] = {
    # the thing is who tells this kind; a visitor's waits until an email address is confirmed
    Act.CONTRIBUTE: lambda viewer, tellers: viewer.id is None or bool(viewer.roles & tellers),
    Act.WRITE_NOTE: _any_of(Role.COUNCILLOR, Role.OFFICER),
    Act.REPLY: _both(_any_of(Role.OFFICER), _standing(Standing.PUBLISHED)),
    Act.CHANGE_STATE: _both(_any_of(Role.OFFICER), _standing(Standing.PUBLISHED)),
    Act.READ_CONTACT: _any_of(Role.OFFICER),
    Act.HIDE: _both(_any_of(Role.MODERATOR), _standing(Standing.PUBLISHED, Standing.PENDING)),
    Act.RESTORE: _both(_any_of(Role.MODERATOR), _standing(Standing.HIDDEN)),
    Act.PASS: _both(_any_of(Role.MODERATOR), _standing(Standing.PENDING)),
    Act.MODERATE: _any_of(Role.MODERATOR),
    Act.DRAW_PLACE: lambda viewer, thing: viewer.id is not None,
    Act.BRIEF_COUNCIL: _any_of(Role.COUNCILLOR, Role.OFFICER),
    Act.ANSWER: _any_of(Role.OFFICER),
    Act.FOLLOW: lambda viewer, thing: viewer.id is not None,
    Act.ADMINISTER: _any_of(Role.ADMINISTRATOR),
}


def may(viewer: Viewer, act: Act, thing: Any = None) -> bool:
    """Whether this viewer may do this to a thing they already see (or, without a thing, at all)."""
    return DOES[act](viewer, thing)


def require(viewer: Viewer, act: Act, thing: Any = None) -> None:
    """Raise NotFound where the thing may not be seen, Forbidden where it may be seen but this not done to it."""
    if isinstance(thing, Shared) and not sees(viewer, thing):
        raise NotFound
    if not may(viewer, act, thing):
        raise Forbidden


def reader_for(who: Viewer, level: str | None) -> Viewer:
    """As whom a list is read: as this person, or as everyone at a level, as a brief's figures open what they count."""
    if not level:
        return who
    if level not in (Level.PUBLIC, Level.COUNCIL):
        raise NotFound
    if level == Level.COUNCIL:
        require(who, Act.BRIEF_COUNCIL)
    return everyone_at(Level(level))
