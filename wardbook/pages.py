"""Every page of the application, put on it, and the words that all templates know."""

from __future__ import annotations

from typing import Any

from flask import Flask, get_flashed_messages
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup

from wardbook import clock, geo, mail, policy
from wardbook.areas.models import AREA_TYPES
from wardbook.chosen import message_today
from wardbook.config import settings
from wardbook.contributing import views as contributing
from wardbook.entries import keeping, speaking_up, taking_on_views
from wardbook.entries import views as entries
from wardbook.entries.hearing import views as hearing
from wardbook.entries.kinds import ENTERED, KINDS, STATES, Family, Kind
from wardbook.entries.merging import views as merging_views
from wardbook.entries.photographs import views as photo_views
from wardbook.entries.queries import MOST_COUNTED, said_by, who_sees
from wardbook.entries.steps import step_by, step_in_words
from wardbook.people import views as people
from wardbook.people.signed_in import person, viewer
from wardbook.places import views as places
from wardbook.shared import Level
from wardbook.telephones import ringing
from wardbook.web import nonce


def configure(app: Flask) -> None:
    """Put the pages and their words on an application."""
    from wardbook.activation import views as activation
    from wardbook.administration import category_views  # noqa: F401 - pages of administration too
    from wardbook.administration import views as administration
    from wardbook.briefs import kept_views
    from wardbook.briefs import views as briefs
    from wardbook.downloads import own as own_files  # noqa: F401 - what it tells and forgets of a person
    from wardbook.downloads import views as files
    from wardbook.entries import own as own_entries  # noqa: F401 - likewise
    from wardbook.follows import (  # noqa: F401 - jobs of its own; what erasing blanks; and who follows both of two
        digests,
        erasing,
        splitting,
    )
    from wardbook.follows import own as own_follows  # noqa: F401 - likewise
    from wardbook.follows import telling as telling_followers  # noqa: F401 - likewise
    from wardbook.follows import views as follows
    from wardbook.incoming import erasing as incoming_erasing  # noqa: F401 - what it keeps about a person
    from wardbook.incoming import fetching  # noqa: F401 - a job of its own
    from wardbook.incoming import views as incoming
    from wardbook.me import views as me
    from wardbook.moderation import asking, rules  # noqa: F401 - the rules are asked when something is told
    from wardbook.moderation import views as moderation
    from wardbook.moderation.appeals import open_decision
    from wardbook.outlook import finding, frames, layers, searching, views
    from wardbook.people import own as own_person  # noqa: F401 - likewise
    from wardbook.standards import feeds, mapit
    from wardbook.together import finding as finding_help  # noqa: F401 - jobs of its own
    from wardbook.together import keeping as keeping_matches  # noqa: F401 - what is told, forgotten and blanked
    from wardbook.together import views as together

    for blueprint in (
        views.bp, finding.bp, searching.bp, frames.bp, layers.bp, people.bp, contributing.bp, entries.bp, keeping.bp,
        photo_views.bp, speaking_up.bp, merging_views.bp, taking_on_views.bp, places.bp, briefs.bp, kept_views.bp,
        moderation.bp, asking.bp, mapit.bp, feeds.bp, follows.bp, together.bp, files.bp, administration.bp,
        activation.bp, hearing.bp, me.bp, incoming.bp,
    ):  # fmt: skip
        app.register_blueprint(blueprint)
    app.jinja_env.globals.update(
        nonce=nonce, viewer=viewer, person=person, Act=policy.Act, Kind=Kind, KINDS=KINDS, STATES=STATES, Family=Family,
        Level=Level, said_by=said_by, who_sees=who_sees, step_in_words=step_in_words, step_by=step_by,
        AREA_TYPES=AREA_TYPES, settings=settings, layer_version=layers.layer_version,
        token=_token, may=_may, today=clock.today, messages=get_flashed_messages, following=_following,
        message_today=message_today, ENTERED=ENTERED, open_decision=open_decision, matches_on=_matches_on,
        letters_come_back=mail.is_failing,
    )  # fmt: skip
    app.jinja_env.filters.update(
        day=clock.day_in_words,
        moment=clock.moment_in_words,
        day_of=clock.day_of,
        percent=geo.percent,
        span=clock.span_in_words,
        combine=_combined,
        counted=_counted,
        ringing=ringing,
        within=_within_a_sentence,
    )
    app.jinja_env.policies["ext.i18n.trimmed"] = True
    app.extensions["csrf"].exempt(contributing.bp)  # it asks itself where a form comes from
    app.extensions["csrf"].exempt(mapit.bp)  # programs post there what is too long for an address; nothing is changed
    app.extensions["csrf"].exempt(together.stop)  # likewise
    app.extensions["csrf"].exempt(hearing.stop_letters)  # likewise
    app.extensions["csrf"].exempt(follows.stop)  # a mail program posts there; the signed address is its proof


def _counted(number: int) -> str:
    """A number of entries, as far as they are counted."""
    return f"{number:,}" if number <= MOST_COUNTED else f"more than {MOST_COUNTED:,}"


def _within_a_sentence(signed: str) -> str:
    """Who signed a step, after other words: a name as it is, but 'a moderator'."""
    return signed[0].lower() + signed[1:] if signed.startswith(("A ", "An ")) else signed


def _may(act: str, thing: Any = None) -> bool:
    return policy.may(viewer(), policy.Act(act), thing)


def _combined(one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    """The parameters of an address with some changed; what is None falls away."""
    return {name: value for name, value in {**one, **other}.items() if value is not None}


def _following(words: str) -> bool:
    from wardbook.follows import queries

    return queries.followed(viewer(), words) is not None


def _matches_on(entry: Any) -> Any:
    from wardbook.together import queries

    return queries.own_on(entry, viewer())


def _token() -> Markup:
    return Markup('<input type="hidden" name="csrf_token" value="{}">').format(generate_csrf())
