"""Every address by every member of the cast: what it answers, what it never does, and how every page is made."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests import conftest
from tests.conftest import (
    ADMINISTRATOR,
    CAST,
    CLLR,
    CLLR_NEXT_DOOR,
    MILL,
    MODERATOR,
    NEIGHBOUR,
    NOBODY,
    OFFICER,
    RESIDENT,
    Member,
    person_of,
)
from tests.engines import ENGINE, Rows
from tests.entries.pictures import picture, saved
from wardbook.db import db, now, transaction
from wardbook.downloads.actions import order
from wardbook.downloads.sources import Wanted
from wardbook.entries import answering, life, support
from wardbook.entries.hearing.letters import stops_letters
from wardbook.entries.kinds import Lead, State
from wardbook.entries.models import Entry
from wardbook.entries.photographs import photos
from wardbook.entries.photographs.blacking_out import black_out
from wardbook.entries.photographs.developing import Box
from wardbook.events import Did, record
from wardbook.follows.actions import begin
from wardbook.follows.keys import stops
from wardbook.follows.models import Rhythm
from wardbook.follows.things import thing_from_words
from wardbook.jobs import ask_for_what_recurs, do_what_is_due
from wardbook.mail import letters
from wardbook.moderation import appeals
from wardbook.people.actions import person_with
from wardbook.people.proofs import ERASE, FOLLOW, SIGN_IN, make_proof
from wardbook.shared import Level, Standing

STAFF = (CLLR, CLLR_NEXT_DOOR, OFFICER)
SIGNED_IN = CAST[1:]
Statuses = dict[Member, int]


A_PHOTO = "/entries/<ref>/photos/<key>"


def for_all(status: int) -> Statuses:
    return dict.fromkeys(CAST, status)


def only(members: tuple[Member, ...], status: int, others: int) -> Statuses:
    return {member: status if member in members else others for member in CAST}


# Words in braces are things of the store: PUBLIC, OFFER, COUNCIL, WARD, PENDING, HIDDEN (references), WITHDRAWN
# (NEIGHBOUR supports it), OTHER (by NEIGHBOUR), LED (by residents), PHOTO, LINK, CONFIRM, SUPPORT (of PUBLIC by
# NEIGHBOUR), HID (the step by which HIDDEN was hidden) and APPEAL of it, SHAPE, FILE, the briefs BRIEF, OPEN and
# SECRET (by the officer), and OWN: a draft of this browser.
# SENT and EMAILED are the links that answered an email without a place, and one with.
GETS: list[tuple[str, str, Statuses]] = [
    ("/", "/", for_all(200)),
    ("/-/health", "/-/health", for_all(200)),
    ("/about/<page>", "/about/privacy", for_all(200)),
    ("/about/<page>", "/about/accessibility", for_all(200)),
    ("/about/<page>", "/about/data", for_all(200)),
    ("/about/<page>", "/about/who-sees-what", for_all(200)),
    ("/about/<page>", "/about/nothing", for_all(404)),
    ("/admin", "/admin", only((ADMINISTRATOR,), 302, 403)),
    ("/admin/boundaries", "/admin/boundaries", only((ADMINISTRATOR,), 200, 403)),
    ("/admin/boundaries/<int:set_id>", "/admin/boundaries/1", only((ADMINISTRATOR,), 200, 403)),
    ("/admin/boundaries/<int:set_id>", "/admin/boundaries/999", only((ADMINISTRATOR,), 404, 403)),
    ("/map/frame/sets/<int:set_id>", "/map/frame/sets/1", only((ADMINISTRATOR,), 200, 403)),
    ("/admin/jobs", "/admin/jobs", only((ADMINISTRATOR,), 200, 403)),
    ("/admin/categories", "/admin/categories", only((ADMINISTRATOR,), 200, 403)),
    ("/admin/categories/<int:category_id>", "/admin/categories/1", only((ADMINISTRATOR,), 200, 403)),
    ("/admin/categories/<int:category_id>", "/admin/categories/999", only((ADMINISTRATOR,), 404, 403)),
    ("/admin/categories/new", "/admin/categories/new", only((ADMINISTRATOR,), 200, 403)),
    ("/admin/settings", "/admin/settings", only((ADMINISTRATOR,), 200, 403)),
    ("/appeals/<int:event_id>", "/appeals/{HID}", for_all(404) | {RESIDENT: 200}),
    ("/appeals/<int:event_id>", "/appeals/999999", for_all(404)),
    ("/briefs", "/briefs", for_all(200)),
    ("/briefs", "/briefs?before=1", for_all(200)),
    ("/briefs/<ref>", "/briefs/{BRIEF}", only(STAFF, 200, 404)),
    ("/briefs/<ref>", "/briefs/{OPEN}", for_all(200)),
    ("/briefs/<ref>", "/briefs/{SECRET}", only((OFFICER, CLLR), 200, 404)),
    ("/briefs/<ref>", "/briefs/BR-22222", for_all(404)),
    ("/briefs/<ref>.<suffix>", "/briefs/{BRIEF}.pdf", only(STAFF, 302, 404)),
    ("/briefs/<ref>.<suffix>", "/briefs/{SECRET}.pdf", only((OFFICER, CLLR), 302, 404)),
    ("/briefs/<ref>/verify", "/briefs/{BRIEF}/verify", only(STAFF, 302, 404)),
    ("/briefs/<ref>/verify", "/briefs/{SECRET}/verify", only((OFFICER, CLLR), 302, 404)),
    ("/briefs/<ref>/<int:number>", "/briefs/{BRIEF}/1", only(STAFF, 200, 404)),
    ("/briefs/<ref>/<int:number>", "/briefs/{SECRET}/1", only((OFFICER, CLLR), 200, 404)),
    ("/briefs/<ref>/<int:number>", "/briefs/{OPEN}/2", for_all(404)),
    ("/briefs/<ref>/<int:number>.<suffix>", "/briefs/{BRIEF}/1.csv", only(STAFF, 200, 404)),
    ("/briefs/<ref>/<int:number>.<suffix>", "/briefs/{OPEN}/1.xlsx", for_all(200)),
    ("/briefs/<ref>/<int:number>.<suffix>", "/briefs/{OPEN}/1.exe", for_all(404)),
    ("/briefs/<ref>/<int:number>.<suffix>", "/briefs/{SECRET}/1.json", only((OFFICER, CLLR), 200, 404)),
    ("/briefs/<ref>/<int:number>/entries", "/briefs/{BRIEF}/1/entries?kind=note", only(STAFF, 200, 404)),
    ("/briefs/<ref>/<int:number>/entries", "/briefs/{SECRET}/1/entries", only((OFFICER, CLLR), 200, 404)),
    ("/briefs/<ref>/<int:number>/items/<int:item>", "/briefs/{OPEN}/1/items/1", only((OFFICER,), 200, 403)),
    ("/briefs/<ref>/<int:number>/items/<int:item>", "/briefs/{OPEN}/1/items/99", for_all(404)),
    ("/briefs/<ref>/<int:number>/items/<int:item>", "/briefs/{OPEN}/1/items/0", for_all(404)),
    (
        "/briefs/<ref>/<int:number>/items/<int:item>",
        "/briefs/{SECRET}/1/items/1",
        only((OFFICER,), 200, 404) | {CLLR: 403},
    ),
    ("/briefs/<ref>/<int:number>/verify", "/briefs/{BRIEF}/1/verify", only(STAFF, 200, 404)),
    ("/briefs/<ref>/<int:number>/verify", "/briefs/{SECRET}/1/verify", only((OFFICER, CLLR), 200, 404)),
    ("/briefs/<ref>/compare/<one>/<other>", "/briefs/{BRIEF}/compare/1/now", only(STAFF, 200, 404)),
    ("/briefs/<ref>/compare/<one>/<other>", "/briefs/{OPEN}/compare/now/1", for_all(200)),
    ("/briefs/<ref>/compare/<one>/<other>", "/briefs/{OPEN}/compare/1/then", for_all(404)),
    ("/briefs/<ref>/compare/<one>/<other>", "/briefs/{SECRET}/compare/1/1", only((OFFICER, CLLR), 200, 404)),
    ("/briefs/new", "/briefs/new", for_all(200)),
    ("/briefs/new", f"/briefs/new?place=ward:{MILL}", for_all(200)),
    ("/by-email/<link>", "/by-email/{SENT}", for_all(200)),
    ("/by-email/<link>", "/by-email/{LINK}", for_all(404)),
    ("/by-email/<link>", "/by-email/guessed", for_all(404)),
    ("/by-email/<link>/place", "/by-email/{EMAILED}/place", for_all(200)),
    ("/by-email/<link>/place", "/by-email/{SENT}/place", for_all(404)),
    ("/by-email/<link>/place", "/by-email/{CONFIRM}/place", for_all(404)),
    ("/contribute", "/contribute", for_all(200)),
    ("/contribute", f"/contribute?place=ward:{MILL}", for_all(200)),
    ("/contribute", "/contribute?place=nonsense", for_all(404)),
    ("/contribute/photo", "/contribute/photo", for_all(302)),
    ("/contribute/for", "/contribute/for", only(STAFF, 200, 403)),
    ("/contribute/words", "/contribute/words?q=the+alley", for_all(200)),
    ("/contribute/<draft_id>/words", "/contribute/{OWN}/words", for_all(200)),
    ("/contribute/<draft_id>/words", "/contribute/someone-elses/words", for_all(404)),
    ("/contribute/<draft_id>/place", "/contribute/{OWN}/place", for_all(200)),
    ("/contribute/<draft_id>/place", "/contribute/someone-elses/place", for_all(404)),
    ("/contribute/<draft_id>/more", "/contribute/{OWN}/more", for_all(302)),
    ("/contribute/<draft_id>/more", "/contribute/someone-elses/more", for_all(404)),
    ("/contribute/<draft_id>/emergency", "/contribute/{OWN}/emergency", for_all(302)),
    ("/contribute/<draft_id>/emergency", "/contribute/someone-elses/emergency", for_all(404)),
    ("/contribute/<draft_id>/check", "/contribute/{OWN}/check", for_all(302)),
    ("/contribute/<draft_id>/check", "/contribute/someone-elses/check", for_all(404)),
    ("/contribute/<draft_id>/photos", "/contribute/{OWN}/photos", for_all(200)),
    ("/contribute/<draft_id>/photos", "/contribute/someone-elses/photos", for_all(404)),
    ("/contribute/<draft_id>/photos/<key>/<size>.jpg", "/contribute/{OWN}/photos/{PHOTO}/small.jpg", for_all(404)),
    ("/contribute/<draft_id>/same", "/contribute/{OWN}/same", for_all(302)),
    ("/contribute/<draft_id>/same", "/contribute/someone-elses/same", for_all(404)),
    ("/contribute/<draft_id>/address", "/contribute/{OWN}/address", for_all(302)),
    ("/contribute/<draft_id>/address", "/contribute/someone-elses/address", for_all(404)),
    ("/contribute/<draft_id>/sent", "/contribute/{OWN}/sent", for_all(302)),
    ("/contribute/<draft_id>/sent", "/contribute/someone-elses/sent", for_all(404)),
    ("/contribute/<draft_id>/spot", "/contribute/{OWN}/spot", for_all(200)),
    ("/contribute/<draft_id>/spot", "/contribute/someone-elses/spot", for_all(404)),
    ("/contribute/<draft_id>/kind", "/contribute/{OWN}/kind", for_all(200)),
    ("/contribute/<draft_id>/kind", "/contribute/someone-elses/kind", for_all(404)),
    ("/contribute/<draft_id>/what", "/contribute/{OWN}/what", for_all(302)),  # nothing is said of no kind
    ("/contribute/<draft_id>/what", "/contribute/someone-elses/what", for_all(404)),
    ("/contribute/<draft_id>/who", "/contribute/{OWN}/who", for_all(200)),
    ("/contribute/<draft_id>/who", "/contribute/someone-elses/who", for_all(404)),
    ("/contribute/confirm/<link>", "/contribute/confirm/{CONFIRM}", for_all(200)),
    ("/contribute/confirm/<link>", "/contribute/confirm/{LINK}", for_all(404)),
    ("/contribute/confirm/<link>", "/contribute/confirm/guessed", for_all(404)),
    ("/desk", "/desk", only(SIGNED_IN, 200, 302)),
    ("/desk/<name>", "/desk/unanswered", only((OFFICER,), 200, 403)),
    ("/desk/<name>", "/desk/under-way", only((OFFICER,), 200, 403)),
    ("/desk/<name>", "/desk/not-put-right", only((OFFICER,), 200, 403)),
    ("/desk/<name>", "/desk/my-wards", only((CLLR, CLLR_NEXT_DOOR), 200, 403) | {OFFICER: 404}),
    ("/desk/<name>", "/desk/nothing", only((OFFICER,), 404, 403)),
    ("/entries/<ref>", "/entries/{PUBLIC}", for_all(200)),
    ("/entries/<ref>", "/entries/{OFFER}", for_all(200)),
    ("/entries/<ref>", "/entries/{COUNCIL}", only(STAFF, 200, 404)),
    ("/entries/<ref>", "/entries/{WARD}", only((RESIDENT, CLLR), 200, 404)),
    ("/entries/<ref>", "/entries/{PENDING}", only((RESIDENT, MODERATOR), 200, 404)),
    ("/entries/<ref>", "/entries/{HIDDEN}", only((RESIDENT, MODERATOR), 200, 404)),
    ("/entries/<ref>", "/entries/{WITHDRAWN}", only((RESIDENT, MODERATOR, NEIGHBOUR), 200, 404)),
    ("/entries/<ref>", "/entries/WB-22222", for_all(404)),
    ("/entries/<ref>/differ", "/entries/{COUNCIL}/differ", only(STAFF, 200, 404) | {CLLR: 403}),
    ("/entries/<ref>/differ", "/entries/{PUBLIC}/differ", for_all(403)),
    ("/entries/<ref>/edit", "/entries/{PUBLIC}/edit", only((RESIDENT,), 200, 403)),
    ("/entries/<ref>/edit", "/entries/{COUNCIL}/edit", only(STAFF, 403, 404) | {CLLR: 200}),
    ("/entries/<ref>/edit", "/entries/{HIDDEN}/edit", only((RESIDENT, MODERATOR), 403, 404)),
    ("/entries/<ref>/erase", "/entries/{PUBLIC}/erase", only((RESIDENT,), 200, 403)),
    ("/entries/<ref>/erase", "/entries/{WARD}/erase", only((CLLR,), 403, 404) | {RESIDENT: 200}),
    ("/entries/<ref>/later", "/entries/{COUNCIL}/later", only(STAFF, 403, 404) | {CLLR: 200}),
    ("/entries/<ref>/level", "/entries/{PUBLIC}/level", only((RESIDENT,), 200, 403)),
    ("/entries/<ref>/photos", "/entries/{PUBLIC}/photos", only((RESIDENT,), 200, 403)),
    ("/entries/<ref>/photos", "/entries/{WARD}/photos", only((CLLR,), 403, 404) | {RESIDENT: 200}),
    (f"{A_PHOTO}/black-out", "/entries/{PUBLIC}/photos/{PHOTO}/black-out", only((MODERATOR,), 200, 403)),
    (f"{A_PHOTO}/black-out", "/entries/{OFFER}/photos/{BLACK}/black-out", only((MODERATOR,), 200, 403)),
    (f"{A_PHOTO}/black-out", "/entries/{COUNCIL}/photos/{PHOTO}/black-out", only(STAFF, 403, 404)),
    (f"{A_PHOTO}/black-out", "/entries/{OTHER}/photos/{PHOTO}/black-out", only((MODERATOR,), 404, 403)),
    (
        f"{A_PHOTO}/preview.jpg",
        "/entries/{PUBLIC}/photos/{PHOTO}/preview.jpg?boxes=1,1,5,5",
        only((MODERATOR,), 200, 403),
    ),
    (f"{A_PHOTO}/preview.jpg", "/entries/{PUBLIC}/photos/{PHOTO}/preview.jpg", only((MODERATOR,), 404, 403)),
    (f"{A_PHOTO}/original.jpg", "/entries/{OFFER}/photos/{BLACK}/original.jpg", only((MODERATOR,), 200, 403)),
    (f"{A_PHOTO}/original.jpg", "/entries/{PUBLIC}/photos/{PHOTO}/original.jpg", only((MODERATOR,), 404, 403)),
    ("/entries/<ref>/report", "/entries/{PUBLIC}/report", for_all(200) | {RESIDENT: 403}),
    ("/entries/<ref>/report", "/entries/{COUNCIL}/report", only(STAFF, 200, 404) | {CLLR: 403}),
    ("/entries/<ref>/report", "/entries/{HIDDEN}/report", only((RESIDENT, MODERATOR), 403, 404)),
    ("/entries/<ref>/review", "/entries/{COUNCIL}/review", only(STAFF, 403, 404) | {CLLR: 200}),
    ("/entries/<ref>/review", "/entries/{PUBLIC}/review", for_all(403)),
    ("/entries/<ref>/merge", "/entries/{PUBLIC}/merge", only((OFFICER, MODERATOR), 200, 403)),
    ("/entries/<ref>/merge", "/entries/{WARD}/merge", only((RESIDENT, CLLR), 403, 404)),
    ("/entries/<ref>/steps", "/entries/{LED}/steps", only((RESIDENT, OFFICER), 200, 403)),
    ("/entries/<ref>/steps", "/entries/{PUBLIC}/steps", for_all(403)),
    ("/entries/<ref>/steps", "/entries/{WARD}/steps", only((RESIDENT, CLLR), 403, 404)),
    ("/entries/<ref>/thanks", "/entries/{LED}/thanks", only(STAFF, 200, 403)),
    ("/entries/<ref>/thanks", "/entries/{WARD}/thanks", only((RESIDENT, CLLR), 403, 404)),
    ("/entries/<ref>/support", "/entries/{PUBLIC}/support", for_all(302) | {NOBODY: 200, RESIDENT: 403}),
    ("/entries/<ref>/support", "/entries/{COUNCIL}/support", only(STAFF, 302, 404) | {CLLR: 403}),
    ("/entries/<ref>/withdraw", "/entries/{PUBLIC}/withdraw", only((RESIDENT,), 200, 403)),
    ("/files/<key>", "/files/{FILE}", only((OFFICER,), 200, 404)),
    ("/files/<key>", "/files/guessed", for_all(404)),
    ("/files/<key>.json", "/files/{FILE}.json", only((OFFICER,), 200, 404)),
    ("/files/<key>/download", "/files/{FILE}/download", only((OFFICER,), 200, 404)),
    ("/files/<key>/download", "/files/guessed/download", for_all(404)),
    ("/files/new", "/files/new", for_all(404)),
    ("/files/new", "/files/new?source=entries&form=csv", for_all(200)),
    ("/files/new", f"/files/new?source=brief&form=pdf&place=ward:{MILL}&for=council", only(STAFF, 200, 403)),
    ("/files/new", "/files/new?source=entries&form=csv&place=shape:{SHAPE}", only((OFFICER,), 200, 404)),
    ("/entries/<ref>.atom", "/entries/{PUBLIC}.atom", for_all(200)),
    ("/entries/<ref>.atom", "/entries/{COUNCIL}.atom", only(STAFF, 200, 404)),
    ("/find", "/find", for_all(200)),
    ("/find", "/find?q=Mill", for_all(302)),
    ("/find", "/find?q=nowhere", for_all(200)),
    ("/follows", "/follows", only(SIGNED_IN, 200, 302)),
    ("/follows/confirm/<link>", "/follows/confirm/{WISH}", for_all(200)),
    ("/follows/confirm/<link>", "/follows/confirm/{LINK}", for_all(404)),
    ("/follows/confirm/<link>", "/follows/confirm/guessed", for_all(404)),
    ("/follows/new", f"/follows/new?thing=ward:{MILL}", for_all(200)),
    ("/follows/new", "/follows/new?thing=entry:{COUNCIL}", only(STAFF, 200, 404)),
    ("/follows/new", "/follows/new?thing=shape:{SHAPE}", only((OFFICER,), 200, 404)),
    ("/follows/new", "/follows/new", for_all(404)),
    ("/follows/sent", "/follows/sent", for_all(200)),
    ("/follows/stop/<key>", "/follows/stop/{STOP}", for_all(200)),
    ("/follows/stop/<key>", "/follows/stop/guessed", for_all(404)),
    ("/follows/near", "/follows/near", for_all(200)),
    ("/follows/near", "/follows/near?q=ZZ1+1AA&metres=400", for_all(302)),
    ("/follows/near", "/follows/near?at=postcode:ZZ1+1AA&metres=800", for_all(302)),
    ("/follows/near", "/follows/near?at=shape:{SHAPE}&metres=800", for_all(404)),
    ("/follows/near", "/follows/near?q=nowhere&metres=400", for_all(422)),
    ("/letters/<key>", "/letters/{LETTERS}", for_all(200)),
    ("/letters/<key>", "/letters/guessed", for_all(404)),
    ("/me", "/me", only(SIGNED_IN, 200, 302)),
    ("/me/erase", "/me/erase", only(SIGNED_IN, 200, 302)),
    ("/me/erase/link/<link>", "/me/erase/link/{LEAVE}", for_all(200)),
    ("/me/erase/link/<link>", "/me/erase/link/{LINK}", for_all(404)),
    ("/me/erase/link/<link>", "/me/erase/link/guessed", for_all(404)),
    ("/me/erase/sent", "/me/erase/sent", for_all(200)),
    ("/me/erased", "/me/erased", for_all(200)),
    ("/map", "/map", for_all(200)),
    ("/map", "/map?kind=nonsense&since=tomorrow&after=x&before=1.x&category=no&state=family:none", for_all(200)),
    ("/map.atom", "/map.atom", for_all(200)),
    ("/map", f"/map?place=ward:{MILL}&kind=issue&words=kerb&_external=1", for_all(302)),
    ("/map", "/map?place=nonsense", for_all(404)),
    ("/map", "/map?as_at=nonsense", for_all(422)),
    ("/map.atom", "/map.atom?place=nonsense", for_all(404)),
    ("/map.<suffix>", f"/map.geojson?place=ward:{MILL}", for_all(200)),
    ("/map.<suffix>", "/map.geojson?place=nonsense", for_all(404)),
    ("/map.<suffix>", "/map.json", for_all(200)),
    ("/map.<suffix>", "/map.geojson", for_all(200)),
    ("/map.<suffix>", "/map.geojson?bbox=-3,51,-2,52&limit=1", for_all(200)),
    ("/map.<suffix>", "/map.geojson?bbox=nonsense", for_all(422)),
    ("/map.<suffix>", "/map.csv", for_all(200)),
    ("/map.<suffix>", "/map.gpkg", for_all(200)),
    ("/map.<suffix>", "/map.exe", for_all(404)),
    ("/map/frame/draw", "/map/frame/draw", for_all(200)),
    ("/map/frame/entry/<ref>", "/map/frame/entry/{PUBLIC}", for_all(200)),
    ("/map/frame/look", "/map/frame/look", for_all(200)),
    ("/map/frame/look", "/map/frame/look?for=council", only(STAFF, 200, 403)),
    ("/map/frame/pin", "/map/frame/pin?at=ZZ1 1AA", for_all(200)),
    ("/map/layers/<version>/backdrop.js", "/map/layers/1/backdrop.js", for_all(200)),
    ("/map/layers/<version>/wards.js", "/map/layers/1/wards.js", for_all(200)),
    ("/mapit/", "/mapit/", for_all(200)),
    ("/mapit/<path:rest>", "/mapit/nothing/here", for_all(404)),
    ("/mapit/area/<int:number>/<words>", "/mapit/area/1/touches", for_all(200)),
    ("/mapit/area/<int:number>/<words>", "/mapit/area/1/example_postcode.html", for_all(200)),
    ("/mapit/area/<int:number>/<words>", "/mapit/area/27700/1.kml", for_all(200)),
    ("/mapit/area/<int:number>/<words>", "/mapit/area/1/nothing", for_all(404)),
    ("/mapit/area/<int:number>/<words>", "/mapit/area/999/touches.html", for_all(404)),
    ("/mapit/area/<words>", "/mapit/area/1", for_all(200)),
    ("/mapit/area/<words>", "/mapit/area/1.html", for_all(200)),
    ("/mapit/area/<words>", f"/mapit/area/{MILL}", for_all(302)),
    ("/mapit/area/<words>", "/mapit/area/nothing", for_all(400)),
    ("/mapit/areas/<first>/<rest>", "/mapit/areas/1/geometry", for_all(200)),
    ("/mapit/areas/<first>/<rest>", "/mapit/areas/27700/1,2.geojson", for_all(200)),
    ("/mapit/areas/<words>", "/mapit/areas/WD.html", for_all(200)),
    ("/mapit/areas/<words>", "/mapit/areas/1,2.kml", for_all(200)),
    ("/mapit/code/<kind>/<words>", f"/mapit/code/gss/{MILL}", for_all(302)),
    ("/mapit/code/<kind>/<words>", "/mapit/code/gss/nothing", for_all(404)),
    ("/mapit/generations", "/mapit/generations", for_all(200)),
    ("/mapit/generations.<any(json, html):form>", "/mapit/generations.html", for_all(200)),
    ("/mapit/nearest/<int:srid>/<x>,<y>", "/mapit/nearest/27700/375400,164600.html", for_all(200)),
    ("/mapit/nearest/<int:srid>/<x>,<y>", "/mapit/nearest/4326/0,0", for_all(404)),
    ("/mapit/point/", "/mapit/point/", for_all(302)),
    ("/mapit/point/<int:srid>/<x>,<y>", "/mapit/point/27700/375400,164600", for_all(200)),
    ("/mapit/point/<int:srid>/<x>,<y>", "/mapit/point/27700/375400,164600.html", for_all(200)),
    ("/mapit/point/<int:srid>/<x>,<y>", "/mapit/point/4326/x,y", for_all(400)),
    ("/mapit/point/<int:srid>/<x>,<y>/<box>", "/mapit/point/27700/375400,164600/box", for_all(200)),
    ("/mapit/point/latlon/<lat>,<lon>", "/mapit/point/latlon/51.4,-2.4", for_all(302)),
    ("/mapit/point/latlon/<lat>,<lon>/<box>", "/mapit/point/latlon/51.4,-2.4/box", for_all(302)),
    ("/mapit/point/osgb/<e>,<n>", "/mapit/point/osgb/375400,164600", for_all(302)),
    ("/mapit/point/osgb/<e>,<n>/<box>", "/mapit/point/osgb/375400,164600/box", for_all(302)),
    ("/mapit/postcode/", "/mapit/postcode/", for_all(302)),
    ("/mapit/postcode/<path:words>", "/mapit/postcode/ZZ1 1AA", for_all(200)),
    ("/mapit/postcode/<path:words>", "/mapit/postcode/ZZ1 1AA.html", for_all(200)),
    ("/mapit/postcode/<path:words>", "/mapit/postcode/ZZ9 9ZZ", for_all(404)),
    ("/mapit/postcode/<path:words>", "/mapit/postcode/nonsense.html", for_all(400)),
    ("/mapit/postcode/partial/<words>", "/mapit/postcode/partial/ZZ1.html", for_all(200)),
    ("/mapit/types", "/mapit/types", for_all(200)),
    ("/mapit/types.<any(json, html):form>", "/mapit/types.html", for_all(200)),
    ("/moderation", "/moderation", only((MODERATOR,), 200, 403)),
    ("/moderation", "/moderation?show=held&sort=oldest&kind=issue", only((MODERATOR,), 200, 403)),
    ("/moderation/<ref>", "/moderation/{PUBLIC}", only((MODERATOR,), 200, 403)),
    ("/moderation/<ref>", "/moderation/{HIDDEN}", only((RESIDENT,), 403, 404) | {MODERATOR: 200}),
    ("/moderation/<ref>", "/moderation/{COUNCIL}", only(STAFF, 403, 404)),
    ("/moderation/appeals/<int:appeal_id>", "/moderation/appeals/{APPEAL}", only((MODERATOR,), 200, 403)),
    ("/moderation/appeals/<int:appeal_id>", "/moderation/appeals/999", only((MODERATOR,), 404, 403)),
    ("/notes/new", "/notes/new", only(STAFF, 200, 403)),
    ("/outbox", "/outbox", for_all(200)),
    ("/photos/<key>/<size>.jpg", "/photos/{PHOTO}/small.jpg", for_all(200)),
    ("/photos/<key>/<size>.jpg", "/photos/{PHOTO}/huge.jpg", for_all(404)),
    ("/photos/<key>/<size>.jpg", "/photos/0123/small.jpg", for_all(404)),
    ("/photos/<key>/<size>.jpg", "/photos/{BLACK}/large.jpg", for_all(200)),
    ("/photos/<key>/<size>.jpg", "/photos/{WAS}/large.jpg", for_all(404)),
    ("/places/<words>", f"/places/ward:{MILL}", for_all(200)),
    ("/places/<words>", "/places/postcode:ZZ1%201AA+300m", for_all(200)),
    ("/places/<words>", "/places/shape:{SHAPE}", only((OFFICER,), 200, 404)),
    ("/places/<words>", "/places/nonsense", for_all(404)),
    ("/places/<words>.atom", f"/places/ward:{MILL}.atom", for_all(200)),
    ("/places/<words>.atom", "/places/postcode:ZZ1%201AA+300m.atom", for_all(200)),
    ("/places/<words>.atom", "/places/shape:{SHAPE}.atom", only((OFFICER,), 200, 404)),
    ("/places/<words>.atom", "/places/nonsense.atom", for_all(404)),
    ("/places/<words>/brief", f"/places/ward:{MILL}/brief", for_all(200)),
    ("/places/<words>/brief", f"/places/ward:{MILL}/brief?for=council", only(STAFF, 200, 403)),
    ("/places/<words>/brief", "/places/shape:{SHAPE}/brief", only((OFFICER,), 200, 404)),
    ("/places/<words>/brief.<suffix>", f"/places/ward:{MILL}/brief.json", for_all(200)),
    ("/places/<words>/brief.<suffix>", f"/places/ward:{MILL}/brief.csv?for=council", only(STAFF, 200, 403)),
    ("/places/<words>/brief.<suffix>", f"/places/ward:{MILL}/brief.gpkg", for_all(200)),
    ("/places/<words>/brief.<suffix>", f"/places/ward:{MILL}/brief.exe", for_all(404)),
    ("/places/<words>/brief.<suffix>", f"/places/ward:{MILL}/brief.docx?for=council", only(STAFF, 200, 403)),
    ("/places/<words>/brief.<suffix>", f"/places/ward:{MILL}/brief.xlsx", for_all(200)),
    ("/places/<words>/brief/freeze", f"/places/ward:{MILL}/brief/freeze", only(STAFF, 200, 403)),
    ("/places/<words>/brief/freeze", f"/places/ward:{MILL}/brief/freeze?for=council", only(STAFF, 200, 403)),
    ("/places/<words>/brief/freeze", "/places/shape:{SHAPE}/brief/freeze", only((OFFICER,), 200, 404)),
    ("/places/<words>/entries", f"/places/ward:{MILL}/entries", for_all(200)),
    ("/places/<words>/entries", f"/places/ward:{MILL}/entries?for=council", only(STAFF, 200, 403)),
    ("/places/<words>/entries.atom", f"/places/ward:{MILL}/entries.atom", for_all(200)),
    ("/places/<words>/entries.<suffix>", f"/places/ward:{MILL}/entries.json", for_all(200)),
    ("/places/<words>/entries.<suffix>", "/places/shape:{SHAPE}/entries.json", only((OFFICER,), 200, 404)),
    ("/places/new", "/places/new", only(SIGNED_IN, 200, 403)),
    ("/places/new/circle", "/places/new/circle", for_all(200)),
    ("/places/new/circle", "/places/new/circle?q=ZZ1+1AA", for_all(200)),
    ("/places/new/street", "/places/new/street", for_all(200)),
    ("/places/new/wards", "/places/new/wards", for_all(200)),
    ("/put-right/<key>", "/put-right/{ASKED}", for_all(200)),
    ("/put-right/<key>", "/put-right/{ASKED}?answer=no", for_all(200)),
    ("/put-right/<key>", "/put-right/guessed", for_all(404)),
    ("/search", "/search", for_all(200)),
    ("/search", f"/search?words=public&place=ward:{MILL}", for_all(200)),
    ("/search.<suffix>", "/search.json?words=public", for_all(200)),
    ("/search.<suffix>", "/search.csv?place=shape:{SHAPE}", only((OFFICER,), 200, 404)),
    ("/search.<suffix>", "/search.exe", for_all(404)),
    ("/sign-in", "/sign-in", for_all(200)),
    ("/sign-in/code", "/sign-in/code", for_all(302)),
    ("/sign-in/link/<link>", "/sign-in/link/{LINK}", for_all(200)),
    ("/sign-in/link/<link>", "/sign-in/link/{CONFIRM}", for_all(404)),
    ("/sign-in/link/<link>", "/sign-in/link/guessed", for_all(404)),
    ("/sign-in/password", "/sign-in/password", for_all(200)),
    ("/static/<path:filename>", "/static/wardbook.css", for_all(200)),
    ("/static/<path:filename>", "/static/../config.py", for_all(404)),
    ("/together", "/together", only(SIGNED_IN, 200, 302)),
    ("/together/<key>", "/together/guessed", for_all(404)),
    ("/together/stop/<key>", "/together/stop/guessed", for_all(404)),
    ("/support/<link>", "/support/{SUPPORT}", for_all(200)),
    ("/support/<link>", "/support/{LINK}", for_all(404)),
    ("/support/<link>", "/support/guessed", for_all(404)),
    ("/wards", "/wards", for_all(200)),
    ("/wards/<code>", f"/wards/{MILL}", for_all(200)),
    ("/wards/<code>", "/wards/T09999999", for_all(404)),
    ("/wards/<code>.atom", f"/wards/{MILL}.atom", for_all(200)),
    ("/wards/<code>.atom", "/wards/T09999999.atom", for_all(404)),
]
POSTS: list[tuple[str, str, Statuses]] = [
    ("/appeals/<int:event_id>", "/appeals/{HID}", for_all(404) | {RESIDENT: 200}),  # that was appealed before
    ("/appeals/<int:event_id>", "/appeals/999999", for_all(404)),
    ("/entries/<ref>/ask-to-edit", "/entries/{PUBLIC}/ask-to-edit", only((MODERATOR,), 422, 403)),
    ("/entries/<ref>/ask-to-edit", "/entries/{COUNCIL}/ask-to-edit", only(STAFF, 403, 404)),
    ("/entries/<ref>/ban-author", "/entries/{PUBLIC}/ban-author", only((MODERATOR,), 422, 403)),
    ("/entries/<ref>/lift-ban", "/entries/{PUBLIC}/lift-ban", only((MODERATOR,), 302, 403)),
    ("/entries/<ref>/lift-ban", "/entries/{COUNCIL}/lift-ban", only(STAFF, 403, 404)),
    ("/entries/<ref>/looking", "/entries/{PUBLIC}/looking", only((MODERATOR,), 302, 403)),
    ("/entries/<ref>/move", "/entries/{PUBLIC}/move", only((MODERATOR,), 422, 403)),
    ("/entries/<ref>/redact", "/entries/{PUBLIC}/redact", only((MODERATOR,), 422, 403)),
    ("/entries/<ref>/redact", "/entries/{HIDDEN}/redact", only((RESIDENT,), 403, 404) | {MODERATOR: 422}),
    ("/entries/<ref>/report", "/entries/{PUBLIC}/report", for_all(422) | {RESIDENT: 403}),
    ("/entries/<ref>/report", "/entries/{WARD}/report", only((RESIDENT,), 403, 404) | {CLLR: 422}),
    ("/entries/<ref>/split", "/entries/{PUBLIC}/split", only((MODERATOR,), 422, 403)),
    ("/entries/<ref>/leave", "/entries/{PUBLIC}/leave", only((MODERATOR,), 302, 403)),
    ("/entries/<ref>/leave", "/entries/{PENDING}/leave", only((RESIDENT, MODERATOR), 403, 404)),
    ("/moderation/appeals/<int:appeal_id>", "/moderation/appeals/{APPEAL}", only((MODERATOR,), 422, 403)),
    ("/moderation/appeals/<int:appeal_id>", "/moderation/appeals/999", only((MODERATOR,), 404, 403)),
    ("/admin/jobs/<int:job_id>/again", "/admin/jobs/1/again", only((ADMINISTRATOR,), 302, 403)),
    ("/admin/categories/<int:category_id>", "/admin/categories/1", only((ADMINISTRATOR,), 422, 403)),
    ("/admin/categories/<int:category_id>", "/admin/categories/999", only((ADMINISTRATOR,), 404, 403)),
    ("/admin/categories/<int:category_id>/retire", "/admin/categories/2/retire", only((ADMINISTRATOR,), 302, 403)),
    ("/admin/categories/<int:category_id>/retire", "/admin/categories/999/retire", only((ADMINISTRATOR,), 404, 403)),
    (
        "/admin/categories/<int:category_id>/bring-back",
        "/admin/categories/2/bring-back",
        only((ADMINISTRATOR,), 302, 403),
    ),
    ("/admin/categories/new", "/admin/categories/new", only((ADMINISTRATOR,), 422, 403)),
    ("/admin/settings", "/admin/settings", only((ADMINISTRATOR,), 302, 403)),
    ("/admin/boundaries/<int:set_id>", "/admin/boundaries/999", only((ADMINISTRATOR,), 404, 403)),
    ("/admin/boundaries/<int:set_id>/undo", "/admin/boundaries/1/undo", only((ADMINISTRATOR,), 302, 403)),
    ("/briefs/<ref>/<int:number>/items/<int:item>", "/briefs/{OPEN}/1/items/1", only((OFFICER,), 422, 403)),
    ("/briefs/<ref>/<int:number>/items/<int:item>", "/briefs/{BRIEF}/1/items/99", for_all(404)),
    ("/briefs/<ref>/freeze", "/briefs/{OPEN}/freeze", only((OFFICER,), 302, 403)),
    ("/briefs/<ref>/freeze", "/briefs/{BRIEF}/freeze", only(STAFF, 403, 404) | {OFFICER: 302}),
    ("/briefs/<ref>/freeze", "/briefs/{SECRET}/freeze", only((OFFICER,), 302, 404) | {CLLR: 403}),
    ("/briefs/<ref>/lift", "/briefs/{OPEN}/lift", only((OFFICER,), 302, 403)),
    ("/briefs/<ref>/lift", "/briefs/{SECRET}/lift", only((OFFICER,), 302, 404) | {CLLR: 403}),
    ("/places/<words>/brief/freeze", f"/places/ward:{MILL}/brief/freeze?for=council", only(STAFF, 422, 403)),
    ("/places/<words>/brief/freeze", "/places/shape:{SHAPE}/brief/freeze", only((OFFICER,), 422, 404)),
    ("/briefs/new", "/briefs/new", for_all(422)),
    ("/contribute", "/contribute", for_all(422)),
    ("/contribute/for", "/contribute/for", only(STAFF, 422, 403)),
    ("/contribute/photo", "/contribute/photo", for_all(302)),
    ("/contribute/words", "/contribute/words", for_all(422)),
    ("/contribute/<draft_id>/words", "/contribute/{OWN}/words", for_all(422)),
    ("/contribute/<draft_id>/words", "/contribute/someone-elses/words", for_all(404)),
    ("/contribute/<draft_id>/place", "/contribute/{OWN}/place", for_all(422)),
    ("/contribute/<draft_id>/place", "/contribute/someone-elses/place", for_all(404)),
    ("/contribute/<draft_id>/more", "/contribute/{OWN}/more", for_all(302)),
    ("/contribute/<draft_id>/more", "/contribute/someone-elses/more", for_all(404)),
    ("/contribute/<draft_id>/address", "/contribute/{OWN}/address", for_all(302)),
    ("/contribute/<draft_id>/address", "/contribute/someone-elses/address", for_all(404)),
    ("/contribute/<draft_id>/check", "/contribute/{OWN}/check", for_all(302)),
    ("/contribute/<draft_id>/check", "/contribute/someone-elses/check", for_all(404)),
    ("/contribute/<draft_id>/mine/<ref>", "/contribute/{OWN}/mine/WB-22222", for_all(404)),
    ("/contribute/<draft_id>/mine/<ref>", "/contribute/someone-elses/mine/{PUBLIC}", for_all(404)),
    ("/contribute/<draft_id>/photos", "/contribute/{OWN}/photos", for_all(302)),
    ("/contribute/<draft_id>/photos", "/contribute/someone-elses/photos", for_all(404)),
    ("/contribute/<draft_id>/same", "/contribute/{OWN}/same", for_all(302)),
    ("/contribute/<draft_id>/same", "/contribute/someone-elses/same", for_all(404)),
    ("/contribute/<draft_id>/spot", "/contribute/{OWN}/spot", for_all(422)),
    ("/contribute/<draft_id>/spot", "/contribute/someone-elses/spot", for_all(404)),
    ("/contribute/<draft_id>/kind", "/contribute/{OWN}/kind", for_all(422)),
    ("/contribute/<draft_id>/kind", "/contribute/someone-elses/kind", for_all(404)),
    ("/contribute/<draft_id>/what", "/contribute/{OWN}/what", for_all(302)),
    ("/contribute/<draft_id>/what", "/contribute/someone-elses/what", for_all(404)),
    ("/contribute/<draft_id>/who", "/contribute/{OWN}/who", for_all(422)),
    ("/contribute/<draft_id>/who", "/contribute/someone-elses/who", for_all(404)),
    ("/contribute/confirm/<link>/again", "/contribute/confirm/{CONFIRM}/again", for_all(200)),
    ("/contribute/confirm/<link>/again", "/contribute/confirm/guessed/again", for_all(404)),
    ("/contribute/confirm/own/<ref>", "/contribute/confirm/own/{PUBLIC}", only((RESIDENT,), 302, 404)),
    ("/contribute/confirm/<link>", "/contribute/confirm/guessed", for_all(404)),
    ("/contribute/map", "/contribute/map", for_all(302)),
    ("/contribute/name/<int:name_id>", "/contribute/name/1", for_all(404)),
    ("/contribute/place/<words>", "/contribute/place/postcode:ZZ1 1AA", for_all(302)),
    ("/contribute/place/<words>", "/contribute/place/nonsense", for_all(404)),
    ("/contribute/ward/<code>", f"/contribute/ward/{MILL}", for_all(302)),
    ("/contribute/ward/<code>", "/contribute/ward/T09999999", for_all(404)),
    ("/entries/<ref>/bring-back", "/entries/{PUBLIC}/bring-back", for_all(403)),
    (
        "/entries/<ref>/bring-back",
        "/entries/{WITHDRAWN}/bring-back",
        only((MODERATOR,), 403, 404) | {RESIDENT: 302},
    ),
    ("/entries/<ref>/differ", "/entries/{COUNCIL}/differ", only(STAFF, 422, 404) | {CLLR: 403}),
    ("/entries/<ref>/edit", "/entries/{PUBLIC}/edit", only((RESIDENT,), 422, 403)),
    ("/entries/<ref>/edit", "/entries/{WARD}/edit", only((CLLR,), 403, 404) | {RESIDENT: 422}),
    ("/entries/<ref>/erase", "/entries/{OTHER}/erase", for_all(403) | {NEIGHBOUR: 302}),
    ("/files/new", "/files/new", for_all(404)),
    ("/files/new", "/files/new?source=entries&form=csv", for_all(302)),
    ("/files/new", f"/files/new?source=brief&form=pdf&place=ward:{MILL}&for=council", only(STAFF, 302, 403)),
    ("/entries/<ref>/hide", "/entries/{PUBLIC}/hide", only((MODERATOR,), 422, 403)),
    ("/entries/<ref>/hide", "/entries/{COUNCIL}/hide", only(STAFF, 403, 404)),
    ("/entries/<ref>/later", "/entries/{COUNCIL}/later", only(STAFF, 403, 404) | {CLLR: 422}),
    ("/entries/<ref>/level", "/entries/{PUBLIC}/level", only((RESIDENT,), 422, 403)),
    ("/entries/<ref>/lead", "/entries/{PUBLIC}/lead", only((OFFICER,), 422, 403)),
    ("/entries/<ref>/lead", "/entries/{COUNCIL}/lead", only(STAFF, 403, 404)),
    ("/entries/<ref>/lead", "/entries/{OFFER}/lead", for_all(403)),
    ("/entries/<ref>/pass", "/entries/{PUBLIC}/pass", for_all(403)),
    ("/entries/<ref>/pass", "/entries/{PENDING}/pass", only((RESIDENT,), 403, 404) | {MODERATOR: 422}),
    ("/entries/<ref>/photos", "/entries/{PUBLIC}/photos", only((RESIDENT,), 302, 403)),
    ("/entries/<ref>/photos", "/entries/{WARD}/photos", only((CLLR,), 403, 404) | {RESIDENT: 302}),
    (f"{A_PHOTO}/black-out", "/entries/{PUBLIC}/photos/{PHOTO}/black-out", only((MODERATOR,), 422, 403)),
    (f"{A_PHOTO}/black-out", "/entries/{COUNCIL}/photos/{PHOTO}/black-out", only(STAFF, 403, 404)),
    (f"{A_PHOTO}/uncover", "/entries/{PUBLIC}/photos/{PHOTO}/uncover", only((MODERATOR,), 422, 403)),
    (f"{A_PHOTO}/uncover", "/entries/{COUNCIL}/photos/{PHOTO}/uncover", only(STAFF, 403, 404)),
    ("/entries/<ref>/renew", "/entries/{OFFER}/renew", only((RESIDENT, OFFICER), 422, 403)),
    ("/entries/<ref>/renew", "/entries/{PUBLIC}/renew", for_all(403)),
    ("/entries/<ref>/renew", "/entries/{WARD}/renew", only((RESIDENT, CLLR), 403, 404)),
    ("/entries/<ref>/answer", "/entries/{PUBLIC}/answer", only((OFFICER, CLLR), 422, 403)),
    ("/entries/<ref>/answer", "/entries/{WARD}/answer", only((CLLR,), 422, 404) | {RESIDENT: 403}),
    ("/entries/<ref>/restore", "/entries/{PUBLIC}/restore", for_all(403)),
    ("/entries/<ref>/restore", "/entries/{HIDDEN}/restore", only((RESIDENT,), 403, 404) | {MODERATOR: 302}),
    ("/entries/<ref>/review", "/entries/{COUNCIL}/review", only(STAFF, 403, 404) | {CLLR: 422}),
    ("/entries/<ref>/answer", "/entries/{COUNCIL}/answer", only(STAFF, 403, 404) | {OFFICER: 422}),
    ("/entries/<ref>/superseded", "/entries/{COUNCIL}/superseded", only(STAFF, 403, 404) | {CLLR: 422}),
    ("/entries/<ref>/merge", "/entries/{PUBLIC}/merge", only((OFFICER, MODERATOR), 422, 403)),
    ("/entries/<ref>/merge", "/entries/{WARD}/merge", only((RESIDENT, CLLR), 403, 404)),
    ("/entries/<ref>/steps", "/entries/{LED}/steps", only((RESIDENT, OFFICER), 422, 403)),
    ("/entries/<ref>/steps", "/entries/{WARD}/steps", only((RESIDENT, CLLR), 403, 404)),
    ("/entries/<ref>/thanks", "/entries/{LED}/thanks", only(STAFF, 422, 403)),
    ("/entries/<ref>/thanks", "/entries/{WARD}/thanks", only((RESIDENT, CLLR), 403, 404)),
    ("/entries/<ref>/merge/undo", "/entries/{PUBLIC}/merge/undo", only((OFFICER, MODERATOR), 422, 403)),
    ("/entries/<ref>/merge/undo", "/entries/{WARD}/merge/undo", only((RESIDENT, CLLR), 403, 404)),
    ("/entries/<ref>/support", "/entries/{PUBLIC}/support", for_all(302) | {NOBODY: 422, RESIDENT: 403}),
    ("/entries/<ref>/support", "/entries/{WARD}/support", only((RESIDENT,), 403, 404) | {CLLR: 302}),
    ("/entries/<ref>/support/undo", "/entries/{PUBLIC}/support/undo", for_all(302) | {NOBODY: 403, RESIDENT: 403}),
    ("/entries/<ref>/withdraw", "/entries/{PUBLIC}/withdraw", only((RESIDENT,), 422, 403)),
    ("/together/<key>", "/together/guessed", for_all(404)),
    ("/together/stop/<key>", "/together/stop/guessed", for_all(404)),
    ("/support/<link>", "/support/guessed", for_all(404)),
    ("/entries/<ref>/answer", "/entries/{OFFER}/answer", only((RESIDENT, OFFICER, CLLR), 422, 403)),
    ("/entries/<ref>/letters", "/entries/{PUBLIC}/letters", for_all(403) | {RESIDENT: 302}),
    ("/entries/<ref>/letters", "/entries/{COUNCIL}/letters", only(STAFF, 403, 404) | {CLLR: 302}),
    ("/follows/<int:follow_id>/distance", "/follows/{FOLLOW}/distance", only((NEIGHBOUR,), 422, 404)),
    ("/follows/near", "/follows/near?at=postcode:ZZ1+1AA&metres=400", for_all(302)),
    ("/follows/near", "/follows/near?q=&metres=400", for_all(422)),
    ("/letters/<key>", "/letters/{LETTERS}", for_all(200)),
    ("/letters/<key>", "/letters/guessed", for_all(404)),
    ("/me/copy", "/me/copy", only(SIGNED_IN, 200, 302)),
    ("/me/name", "/me/name", only(SIGNED_IN, 422, 302)),
    ("/me/erase", "/me/erase", for_all(403) | {NOBODY: 302, RESIDENT: 422, NEIGHBOUR: 422}),
    ("/me/erase/link/<link>", "/me/erase/link/guessed", for_all(404)),
    ("/put-right/<key>", "/put-right/{ASKED}", for_all(422)),
    ("/put-right/<key>", "/put-right/guessed", for_all(404)),
    ("/follows/<int:follow_id>/rhythm", "/follows/{FOLLOW}/rhythm", only((NEIGHBOUR,), 422, 404)),
    ("/follows/<int:follow_id>/instead", "/follows/{FOLLOW}/instead", only((NEIGHBOUR,), 422, 404)),
    ("/follows/<int:follow_id>/stop", "/follows/{FOLLOW}/stop", only((NEIGHBOUR,), 302, 404)),
    ("/follows/confirm/<link>", "/follows/confirm/guessed", for_all(404)),
    ("/follows/new", f"/follows/new?thing=ward:{MILL}", for_all(422)),
    ("/follows/new", "/follows/new", for_all(404)),
    ("/follows/stop", "/follows/stop", for_all(302)),
    ("/follows/stop/<key>", "/follows/stop/{STOP}", for_all(200)),
    ("/follows/stop/<key>", "/follows/stop/guessed", for_all(404)),
    ("/mapit/<path:rest>", "/mapit/nothing/here", for_all(404)),
    ("/mapit/<path:rest>", "/mapit/point/4326/-2.4,51.4", for_all(405)),
    ("/mapit/areas", "/mapit/areas", for_all(400)),
    ("/mapit/point/", "/mapit/point/", for_all(302)),
    ("/mapit/point/<int:srid>", "/mapit/point/4326", for_all(400)),
    ("/mapit/postcode/", "/mapit/postcode/", for_all(302)),
    ("/notes/new", "/notes/new", only(STAFF, 422, 403)),
    ("/places/new", "/places/new", only(SIGNED_IN, 422, 403)),
    ("/places/new/circle", "/places/new/circle", for_all(422)),
    ("/places/new/street", "/places/new/street", for_all(422)),
    ("/places/new/wards", "/places/new/wards", for_all(422)),
    ("/sign-in", "/sign-in", for_all(422)),
    ("/sign-in/code", "/sign-in/code", for_all(302)),
    ("/sign-in/link/<link>", "/sign-in/link/guessed", for_all(404)),
    ("/sign-in/password", "/sign-in/password", for_all(422)),
    ("/by-email/<link>/place", "/by-email/{EMAILED}/place", for_all(422)),
    ("/by-email/<link>/place", "/by-email/guessed/place", for_all(404)),
    ("/by-email/<link>", "/by-email/guessed", for_all(404)),
    ("/by-email/<link>", "/by-email/{SENT}", for_all(422) | {NOBODY: 302}),  # these five sign in: so they come late
    ("/follows/confirm/<link>", "/follows/confirm/{WISH}", for_all(302)),
    ("/contribute/confirm/<link>", "/contribute/confirm/{CONFIRM}", for_all(302)),
    ("/support/<link>", "/support/{SUPPORT}", for_all(302)),
    ("/sign-in/link/<link>", "/sign-in/link/{LINK}", for_all(302)),
    ("/me/erase/link/<link>", "/me/erase/link/{LEAVE}", for_all(302)),  # whoever holds the link is out by it
    ("/sign-out", "/sign-out", for_all(302)),
]


# --- the store ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Told:
    """The store's application, and the things that addresses name."""

    app: Flask
    home: Path
    words: dict[str, str]

    def browser(self, member: Member) -> FlaskClient:
        client = self.app.test_client()
        if member.email:
            with client.session_transaction() as session:
                session["_user_id"] = person_of(member).fs_uniquifier
        return client

    def address(self, client: FlaskClient, pattern: str) -> str:
        """The address a pattern stands for, where OWN is the draft this browser began last."""
        with client.session_transaction() as session:
            own = (session.get("drafts") or ["none"])[-1]
        return pattern.format(**self.words, OWN=own)


def begin_a_draft(client: FlaskClient) -> None:
    assert client.post("/contribute", data={"q": "ZZ1 1AA"}).status_code == 302


def tell(home: Path) -> dict[str, str]:
    from wardbook.places.actions import keep_shape

    told = {
        "PUBLIC": conftest.an_issue("Public"),
        "OFFER": conftest.an_offer("Bricks, and somebody to carry them"),
        "COUNCIL": conftest.a_note("For the council"),
        "WARD": conftest.an_issue("For the ward", level=Level.WARD),
        "PENDING": conftest.an_issue("Waits", standing=Standing.PENDING, confirmed_at=None),
        "HIDDEN": conftest.an_issue("Hidden", standing=Standing.HIDDEN, hidden_for="Names somebody"),
        "WITHDRAWN": conftest.an_issue("Withdrawn"),
        "OTHER": conftest.an_issue("Told by a neighbour", by=NEIGHBOUR),
        "LED": conftest.an_issue("Residents lead on it", lead=Lead.RESIDENTS),
    }
    words = {name: entry.ref for name, entry in told.items()}
    with transaction():
        prepared = photos.prepare(saved(picture()))
        made = photos.keep(prepared, alt="", entry_id=told["PUBLIC"].id)
        hid = record(
            conftest.as_viewer(MODERATOR), Did.HID, told["HIDDEN"], change={"standing": ["published", "hidden"]}
        )
        db.session.flush()
        about = appeals.own_decision(conftest.as_viewer(RESIDENT), hid.id)
        words["APPEAL"] = str(appeals.appeal(conftest.as_viewer(RESIDENT), about, words="It names nobody.").id)
        words["HID"] = str(hid.id)
        words["PHOTO"] = made.key
        black = photos.keep(prepared, alt="", entry_id=told["OFFER"].id)
        words["WAS"] = black.key
        one, moderator = [Box(0, 0, 50, 50)], conftest.as_viewer(MODERATOR)
        black_out(moderator, told["OFFER"], black, one, reason="A face.", once="black")
        words["BLACK"] = black.key
        photos.stop_serving(words["WAS"])
        words["LETTERS"] = stops_letters(told["PUBLIC"]).rpartition("/")[2]
        words["LINK"] = make_proof(person_of(NEIGHBOUR), SIGN_IN).link
        words["SUPPORT"] = make_proof(person_of(NEIGHBOUR), "support", words["PUBLIC"]).link
        support.support(conftest.as_viewer(NEIGHBOUR), told["WITHDRAWN"])
        life.withdraw(conftest.as_viewer(RESIDENT), told["WITHDRAWN"], reason="It was wrong.", once="withdrawn")
        told["PENDING"].confirmed_at = None
        words["CONFIRM"] = make_proof(person_of(RESIDENT), "publish", words["PENDING"]).link
        site = keep_shape(conftest.as_viewer(OFFICER), conftest.square(0.2, 0.2, 300), label="The mill site")
        words["SHAPE"] = site.key
        ward = thing_from_words(f"ward:{MILL}", conftest.as_viewer(NEIGHBOUR))
        words["WISH"] = make_proof(person_of(NEIGHBOUR), FOLLOW, f"daily|ward:{MILL}").link
        mine = begin(conftest.as_viewer(NEIGHBOUR), ward, Rhythm.DAILY)
        words["FOLLOW"], words["STOP"] = str(mine.id), stops(mine).rpartition("/")[2]
    with transaction():
        file = order(conftest.as_viewer(OFFICER), Wanted("entries", {}, "csv"), once="a file")
    words["FILE"] = file.key
    words["SENT"] = sent_by_email("It is somewhere.")
    words["EMAILED"] = sent_by_email("It is at ZZ1 1AA.")
    do_what_is_due()
    words |= freeze_some()
    words["ASKED"] = ask_of_one()
    with transaction():
        words["LEAVE"] = make_proof(person_with("leaving@example.org"), ERASE, "everything").link
    return words


def ask_of_one() -> str:
    """The key behind which an author says whether what was closed is put right."""
    issue = conftest.an_issue("Closed")
    with transaction():
        answering.change_state(conftest.as_viewer(OFFICER), issue, State.FIXED, words="Lowered.", once="closed")
        db.session.get(Entry, issue.id).closed_at = now() - timedelta(weeks=5)
    ask_for_what_recurs()
    do_what_is_due()
    (letter,) = [letter for letter in letters() if letter.cause.startswith("asked ")]
    return re.search(r"/put-right/([\w.-]+)", letter.body)[1]


def sent_by_email(words: str) -> str:
    """The link in our letter to somebody who wrote by email."""
    from wardbook.incoming.taking import take_message

    take_message(f"From: wren@example.com\nSubject: High kerb\n\n{words}\n".encode())
    found = re.search(r"/(?:by-email|contribute/confirm)/([^\s/]+)", letters()[0].body)
    assert found is not None
    return found[1]


def freeze_some() -> dict[str, str]:
    """One brief for the council, one for everyone, and one of the officer's that is restricted to the councillor."""
    from wardbook.briefs.freezing import Restriction, freeze
    from wardbook.briefs.models import Ground
    from wardbook.places.words import place_from_words

    viewer = conftest.as_viewer(OFFICER)
    place = place_from_words(f"ward:{MILL}", viewer)
    secret = Restriction(Ground.SITE_SALE, (CLLR.email,))
    cases = {"BRIEF": (Level.COUNCIL, None), "OPEN": (Level.PUBLIC, None), "SECRET": (Level.COUNCIL, secret)}
    with transaction():
        return {
            name: freeze(viewer, place, level, purpose="Cabinet", once=name, restriction=restriction).ref
            for name, (level, restriction) in cases.items()
        }


@pytest.fixture(scope="module")
def told(borough: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    home = ENGINE.copy(borough, tmp_path_factory.mktemp("addresses") / "home")
    app = conftest.application(home)
    with app.app_context():
        yield Told(app, home, tell(home))
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def own_told(home: Path, app: Flask) -> Told:
    """The same in a store of this test's own, for what changes it."""
    return Told(app, home, tell(home))


def all_but_the_log_in(home: Path) -> Rows:
    """All rows but those of the logs of files that were taken and of searches, which reading them writes."""
    logs = {"download", "limit_count"}
    return {table: rows for table, rows in ENGINE.everything_in(home).items() if table not in logs}


every_member = pytest.mark.parametrize("member", CAST, ids=str)

# --- who gets what -----------------------------------------------------------------------------------------------


def test_every_rule_of_the_application_is_in_the_tables(told):
    rules = list(told.app.url_map.iter_rules())
    assert {rule.rule for rule in rules if "GET" in rule.methods} == {rule for rule, _, _ in GETS}
    assert {rule.rule for rule in rules if "POST" in rule.methods} == {rule for rule, _, _ in POSTS}
    assert {method for rule in rules for method in rule.methods} <= {"GET", "POST", "HEAD", "OPTIONS"}


@every_member
def test_every_page_answers_each_member_of_the_cast_as_the_table_says(member, told):
    client = told.browser(member)
    begin_a_draft(client)
    found = {pattern: client.get(told.address(client, pattern)).status_code for _, pattern, _ in GETS}
    assert found == {pattern: expected[member] for _, pattern, expected in GETS}


@every_member
def test_every_form_answers_each_member_of_the_cast_as_the_table_says(member, own_told):
    client = own_told.browser(member)
    begin_a_draft(client)
    found = {}
    for _, pattern, _ in POSTS:
        found[pattern] = client.post(own_told.address(client, pattern)).status_code
    assert found == {pattern: expected[member] for _, pattern, expected in POSTS}


def test_the_head_of_a_page_is_answered_like_the_page(told):
    client = told.browser(OFFICER)
    for _, pattern, expected in GETS:
        if "{OWN}" not in pattern:
            assert client.head(told.address(client, pattern)).status_code == expected[OFFICER], pattern


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_other_methods_are_not_taken(method, told):
    answer = told.browser(OFFICER).open(f"/entries/{told.words['PUBLIC']}", method=method.upper())
    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"]


def test_no_get_changes_the_store(told):
    clients = {member: told.browser(member) for member in CAST}
    for client in clients.values():
        begin_a_draft(client)
    before = all_but_the_log_in(told.home)
    for client in clients.values():
        for _, pattern, _ in GETS:
            client.get(told.address(client, pattern))
    assert all_but_the_log_in(told.home) == before


def test_no_refused_form_changes_the_store(told):
    before = all_but_the_log_in(told.home)
    client = told.browser(ADMINISTRATOR)
    for _, pattern, expected in POSTS:
        if expected[ADMINISTRATOR] >= 400:
            client.post(told.address(client, pattern), data={"answer-words": "No.", "title": "No", "q": "nowhere"})
    assert all_but_the_log_in(told.home) == before


FREEZE = f"/places/ward:{MILL}/brief/freeze?for=council"


@pytest.mark.parametrize(
    "address",
    [
        "/contribute",
        "/briefs/new",
        "/sign-in",
        "/places/new",
        "/places/new/circle",
        "/places/new/street",
        "/places/new/wards",
        "/notes/new",
        FREEZE,
    ],
)
def test_a_form_filled_with_rubbish_is_refused_in_words(address, told):
    names = ["q", "place", "level", "email", "form", "shape", "title", "words", "topic", "basis", "label", "review_on"]
    names += ["purpose", "ground", "named", "spot", "metres", "wards", "others"]
    rubbish = dict.fromkeys(names, "\x00<script>alert(1)</script>'\"%s{{7*7}}" * 50)
    answer = told.browser(OFFICER).post(address, data=rubbish)
    assert answer.status_code == 422
    assert "<script>alert" not in answer.text
    assert "{{7*7}}" in answer.text or "49" not in answer.text


# --- forged forms ------------------------------------------------------------------------------------------------


@pytest.fixture
def guarded(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Told]:
    app = conftest.application(home)
    app.config["WTF_CSRF_ENABLED"] = True
    with app.app_context():
        yield Told(app, home, tell(home))
        db.session.remove()
        db.engine.dispose()


def test_every_form_without_its_token_is_refused_before_anything_else(guarded):
    before = all_but_the_log_in(guarded.home)
    for member in (NOBODY, OFFICER):
        client = guarded.browser(member)
        for _, pattern, _ in POSTS:
            if pattern in ("/follows/stop/{STOP}", "/letters/{LETTERS}") or pattern.startswith("/mapit/"):
                continue  # programs post there: tests/follows and tests/standards say what it does
            answer = client.post(guarded.address(client, pattern), data={"q": "ZZ1 1AA"})
            assert answer.status_code == (
                404 if pattern in ("/follows/stop/guessed", "/letters/guessed", "/together/stop/guessed") else 400
            ), pattern
            assert answer.status_code == 404 or "The form has ended" in answer.text
    assert all_but_the_log_in(guarded.home) == before


def test_what_was_typed_into_a_form_that_has_ended_can_be_copied(guarded):
    typed = {"title": "By the <church>", "words": "It floods\nin March.", "password": "a secret of five words"}
    answer = guarded.browser(OFFICER).post("/notes/new", data=typed)
    assert answer.status_code == 400
    assert ">By the &lt;church&gt;</textarea>" in answer.text
    assert ">It floods\nin March.</textarea>" in answer.text
    assert "secret" not in answer.text


def test_a_form_with_its_token_is_taken(guarded):
    client = guarded.browser(NOBODY)
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get("/contribute").text)
    assert client.post("/contribute", data={"q": "ZZ1 1AA", "csrf_token": token[1]}).status_code == 302


def test_every_form_on_every_page_carries_a_token(guarded):
    client = guarded.browser(OFFICER)
    for _, pattern, expected in GETS:
        answer = client.get(guarded.address(client, pattern)) if expected[OFFICER] == 200 else None
        if answer and answer.mimetype == "text/html":
            for form in re.findall(
                r"<form[^>]*method=\"post\".*?</form>", answer.text, flags=re.DOTALL | re.IGNORECASE
            ):
                assert 'name="csrf_token"' in form, pattern


# --- how every page is made --------------------------------------------------------------------------------------


class Page(HTMLParser):
    """What a page is made of."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attrs for name, attrs in self.tags if name == tag]


@pytest.fixture(scope="module")
def pages(told: Told) -> dict[tuple[Member, str], object]:
    """Every address, once as nobody, once as a councillor, once as an officer and once as a moderator."""
    found = {}
    for member in (NOBODY, CLLR, OFFICER, MODERATOR):
        client = told.browser(member)
        begin_a_draft(client)
        for _, pattern, _ in GETS:
            found[member, pattern] = client.get(told.address(client, pattern))
    return found


def _html(pages: dict[tuple[Member, str], object]) -> Iterator[tuple[str, object]]:
    for (member, pattern), answer in pages.items():
        if answer.mimetype == "text/html" and answer.status_code not in (301, 302):
            yield f"{pattern} by {member}", answer


def test_every_page_has_one_first_heading_a_title_and_a_language(pages):
    for name, answer in _html(pages):
        page = Page(answer.text)
        assert page.all("html")[0].get("lang") == "en", name
        assert re.search(r"<title[^>]*>\s*\S+", answer.text), name
        if "/map/frame/" not in name:
            assert len(page.all("h1")) == 1, name
            assert len(page.all("main")) == 1, name


def test_no_page_that_was_only_opened_speaks_of_an_error(pages):
    for name, answer in _html(pages):
        if answer.status_code == 200:
            assert "Error:" not in answer.text, name
            assert "govuk-error" not in answer.text, name


def test_headings_never_skip_a_level(pages):
    for name, answer in _html(pages):
        levels = [int(tag[1]) for tag, _ in Page(answer.text).tags if re.fullmatch("h[1-6]", tag)]
        assert all(after <= before + 1 for before, after in pairwise(levels)), (name, levels)


def test_every_image_says_what_it_shows_and_every_frame_has_a_name(pages):
    for name, answer in _html(pages):
        page = Page(answer.text)
        assert all("alt" in image for image in page.all("img")), name
        assert all(frame.get("title") for frame in page.all("iframe")), name


def test_every_id_of_a_page_is_its_own(pages):
    for name, answer in _html(pages):
        ids = [attrs["id"] for _, attrs in Page(answer.text).tags if attrs.get("id")]
        assert len(ids) == len(set(ids)), (name, sorted(word for word in ids if ids.count(word) > 1))


def test_every_field_has_a_label(pages):
    for name, answer in _html(pages):
        page = Page(answer.text)
        labelled = {label.get("for") for label in page.all("label")}
        for tag in ("input", "select", "textarea"):
            for field in page.all(tag):
                if field.get("type") not in ("hidden", "submit"):
                    assert field.get("id") in labelled or field.get("aria-label"), (name, field)


def test_no_page_runs_or_loads_what_is_not_ours(pages):
    for name, answer in _html(pages):
        policy = answer.headers["Content-Security-Policy"]
        assert "unsafe" not in policy, name
        assert policy.startswith("default-src 'none'"), name
        assert "*" not in policy, name
        page = Page(answer.text)
        nonce = re.search(r"'nonce-([^']+)'", policy)[1]
        for tag in ("script", "style"):
            assert all(attrs.get("nonce") == nonce or "src" in attrs or attrs.get("type", "").endswith("json")
                       for attrs in page.all(tag)), name  # fmt: skip
        for tag, attrs in page.tags:
            assert not any(key.startswith("on") for key in attrs), (name, tag, attrs)
            assert "style" not in attrs or "/map/frame/" in name, (name, tag, attrs)
            for key in ("src", "href", "action"):
                outside = re.match(r"(https?:)?//(?!localhost)", attrs.get(key) or "")
                assert not outside or tag == "a", (name, tag, attrs)


def test_a_nonce_is_used_once(told):
    client = told.browser(NOBODY)
    policies = {client.get("/").headers["Content-Security-Policy"] for _ in range(5)}
    assert len(policies) == 5


def test_every_answer_carries_the_headers_that_protect_its_reader(pages):
    for (member, pattern), answer in pages.items():
        headers = answer.headers
        assert headers["X-Content-Type-Options"] == "nosniff", (member, pattern)
        assert headers["Referrer-Policy"] == "same-origin", (member, pattern)
        assert "camera=()" in headers["Permissions-Policy"]
        assert headers["Content-Security-Policy"]


def test_what_is_for_one_reader_is_kept_by_no_cache(pages):
    free = ("/static/", "/mapit/", "/map/layers/")
    for (member, pattern), answer in pages.items():
        if not pattern.startswith(free):
            kept = pattern.startswith("/photos/") or ".atom" in pattern  # may be kept, but is asked for each time
            again = kept and answer.status_code == 200
            expected = "private, no-cache" if again else "private, no-store"
            assert answer.headers["Cache-Control"] == expected, (member, pattern)


def test_a_map_is_sandboxed_and_only_our_pages_frame_it(pages):
    for (_, pattern), answer in pages.items():
        if pattern.startswith("/map/frame/") and answer.status_code == 200:
            policy = answer.headers["Content-Security-Policy"]
            assert "sandbox allow-scripts" in policy
            assert "allow-same-origin" not in policy
            assert "frame-ancestors 'self'" in policy


def test_the_session_is_kept_from_scripts_and_other_sites(told):
    answer = told.browser(NOBODY).post("/contribute", data={"q": "ZZ1 1AA"})
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_over_https_the_session_travels_over_https_alone(home):
    app = conftest.application(home, base_url="https://wards.example.org")
    with app.app_context():
        client = app.test_client()
        cookie = client.post("/contribute", data={"q": "ZZ1 1AA"}).headers["Set-Cookie"]
        db.session.remove()
        db.engine.dispose()
    assert "Secure" in cookie


# --- what is not there, and what may not be done -----------------------------------------------------------------


def test_what_is_not_there_and_what_may_not_be_seen_look_the_same(told):
    client = told.browser(NEIGHBOUR)
    never, unseen = client.get("/entries/WB-22222"), client.get(f"/entries/{told.words['COUNCIL']}")
    blank = re.compile(r'nonce[-=]"?[\w-]+|WB-\w{5}|csrf_token" value="[^"]*"')
    assert blank.sub("", never.text) == blank.sub("", unseen.text)
    assert never.status_code == unseen.status_code == 404


@pytest.mark.parametrize(
    ("address", "status", "heading"), [("/nothing", 404, "Page not found"), ("/moderation", 403, "You cannot do this")]
)
def test_a_refusal_is_a_page_like_any_other(address, status, heading, told):
    answer = told.browser(RESIDENT).get(address)
    assert answer.status_code == status
    assert heading in answer.text
    assert "govuk-" in answer.text
    assert "Testham" in answer.text


def test_a_program_gets_a_refusal_as_a_problem_document(told):
    answer = told.browser(RESIDENT).get("/moderation", headers={"Accept": "application/json"})
    assert answer.mimetype == "application/problem+json"
    assert answer.json == {
        "type": "about:blank", "title": "You cannot do this", "status": 403,
        "detail": "You do not have permission to do this.",
    }  # fmt: skip


def test_what_goes_wrong_on_our_side_is_said_without_its_details(app, as_, caplog):
    def broken() -> str:
        raise RuntimeError("the secret of the house")

    app.add_url_rule("/broken", view_func=broken)
    app.testing = False
    app.config["PROPAGATE_EXCEPTIONS"] = False
    answer = as_(NOBODY).get("/broken")
    assert answer.status_code == 500
    assert "Sorry, there is a problem" in answer.text
    assert "secret of the house" not in answer.text
    assert "the secret of the house" in caplog.text


def test_a_body_that_is_too_large_is_refused_in_words(app, as_):
    app.config["MAX_CONTENT_LENGTH"] = 1000
    answer = as_(NOBODY).post("/contribute", data={"q": "x" * 5000})
    assert answer.status_code == 413
    assert "too large" in answer.text


@pytest.mark.parametrize("remote", ["203.0.113.9", "10.0.0.1", "::ffff:203.0.113.9"])
def test_the_outbox_is_there_on_loopback_alone(remote, told):
    assert told.browser(NOBODY).get("/outbox", environ_overrides={"REMOTE_ADDR": remote}).status_code == 404


def test_there_is_no_outbox_where_mail_is_sent(home):
    app = conftest.application(home, mail="smtp://127.0.0.1:9")
    with app.app_context():
        assert app.test_client().get("/outbox").status_code == 404
        assert letters() == []
        db.session.remove()
        db.engine.dispose()


ODD = [
    "/%00",
    "/entries/%00",
    "/places/%ff",
    "/wards/%E2%80%AE",
    "/entries/" + "x" * 5000,
    "//evil.example",
    "/map?after=-1.1",
    "/map?sort=supported&after=999999999~99999999999999999.999999999",
    "/map?words=a&at=9999",
    "/search?words=a&at=-1&after=~",
    "/search.geojson?words=a&sort=supported&limit=99999999999999999999&bbox=-180,-90,180,90",
    "/map?after=99999999999999999.999999999",
    "/map?since=0001-01-01&until=9999-12-31",
    "/map?category=99999999999999999999999",
    "/desk?before=-99999999999999999.999999999",
    "/map.json?category=%D9%A3",
    "/map?words=%00",
    "/search?words=%00",
    "/search?words=%22&place=%00&page=x&sort=no",
    "/search?words=a%02b%03c%1f",
    "/search.json?words=-%22&kind=no",
    "/mapit/point/4326/nan,nan",
    "/mapit/point/4326/inf,1",
    "/mapit/point/27700/1e300,1",
    "/mapit/point/99999999999/1,1",
    "/places/point:nan,nan",
    "/places/point:1e999,1+5m",
    "/places/point:-2.36,51.38+0.0000001m",
    "/places/ward:T05000001@0000-00-00",
    "/places/ward:T05000001@9999-12-31",
    "/places/point:-2.36,90+50000m",
    "/places/point:0,-90",
    "/places/point:180,0+50000m",
    "/places/wards:",
    "/places/street:1,1;1,1",
    "/map/frame/look?place=x",
    "/map/frame/pin?at=zz1",
    "/find?q=99999999999 99999999999",
    "/find?q=" + "9" * 400 + " 1",
    "/mapit/postcode/%00",
    "/mapit/postcode/partial/%00.html",
    "/mapit/area/%D9%A3",
    "/mapit/area/1.geojson?simplify_tolerance=nan",
    "/mapit/area/1.kml?simplify_tolerance=1e300",
    "/mapit/area/4326/%D9%A3.json",
    "/mapit/areas/,",
    "/mapit/areas/1,,2",
    "/mapit/areas/%00",
    "/mapit/areas/" + ",".join(map(str, range(3000))),
    "/mapit/areas/WD?generation=%00&min_generation=-9&max_generation=1e9&country=%00",
    "/mapit/areas/99999999/1.kml",
    "/mapit/code/%00/%00",
    "/mapit/nearest/4326/180,90",
    "/mapit/nearest/27700/1e300,1.html",
    "/mapit/point/4326/-0,+.5.map.html",
    "/mapit/point/latlon/%22,%0d%0aSet-Cookie:a",
    "/briefs/%00",
    "/briefs?before=99999999999999999999",
    "/briefs/{OPEN}/99999999999999999999",
    "/briefs/{OPEN}/1/items/99999999999999999999",
    "/briefs/{OPEN}/compare/%D9%A3/now",
    "/briefs/{OPEN}/compare/99999999999999999999/now",
]


@pytest.mark.parametrize("address", ODD)
def test_an_odd_address_is_answered_in_words(address, told):
    for member in (NOBODY, OFFICER):
        client = told.browser(member)
        assert client.get(address.replace("{OPEN}", told.words["OPEN"])).status_code < 500


@pytest.mark.parametrize("number", [2**31, 2**70, "9" * 5000], ids=["32 bits", "70 bits", "5,000 figures"])
def test_a_number_longer_than_any_of_ours_leads_nowhere(number, told):
    administrator, resident = told.browser(ADMINISTRATOR), told.browser(RESIDENT)
    for rule in told.app.url_map.iter_rules():
        if "<int:" in rule.rule:
            address = re.sub(r"<[^>]+>", str(number), rule.rule)
            method = "POST" if "POST" in rule.methods else "GET"
            assert {one.open(address, method=method).status_code for one in (administrator, resident)} == {404}, address
