"""An officer freezes a brief: what it shows later, what holds of it, and what changed since."""

from __future__ import annotations

import hashlib
import io
import json
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, timedelta
from zipfile import ZipFile

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

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
    a_note,
    an_asset,
    an_issue,
    as_viewer,
    person_of,
    square,
)
from tests.engines import environment_of
from tests.paper import words_of
from wardbook.briefs import comparing, freezing, kept, seals
from wardbook.briefs.models import KeptBrief, Part, Version, Weight
from wardbook.briefs.reading import Reading, reading, reading_now
from wardbook.cli import main
from wardbook.clock import today
from wardbook.db import db, transaction
from wardbook.downloads.models import Download
from wardbook.entries.kinds import State
from wardbook.entries.models import Entry
from wardbook.erasure import blank_copies
from wardbook.errors import Forbidden, Refused
from wardbook.people.models import Term
from wardbook.places.actions import keep_shape
from wardbook.places.words import place_from_words
from wardbook.shared import Level, Standing

PURPOSE = "Cabinet, 3 March: the crossing in Mill Lane"


def frozen(
    level: Level = Level.COUNCIL, *, by=OFFICER, once: str = "form 1", words: str = f"ward:{MILL}", restriction=None
) -> KeptBrief:
    """A brief of Mill as it is frozen by somebody."""
    viewer = as_viewer(by)
    place = place_from_words(words, viewer)
    with transaction():
        return freezing.freeze(viewer, place, level, purpose=PURPOSE, once=once, restriction=restriction)


def read(brief: KeptBrief, number: int = 1, member=OFFICER) -> Reading:
    version = kept.version(brief, number)
    assert version is not None
    return reading(version, as_viewer(member))


def checked(brief: KeptBrief, number: int = 1) -> seals.Verdict:
    version = kept.version(brief, number)
    assert version is not None
    return seals.verdict(version, kept.parts(version))


def changed(entry: Entry, **columns: object) -> None:
    with transaction():
        for name, value in columns.items():
            setattr(entry, name, value)


def erased(entry: Entry) -> None:
    """What erasing does: the tombstone keeps the place, nothing of the text stays."""
    with transaction():
        entry.standing, entry.title, entry.words, entry.cites = Standing.ERASED, "", "", None
        blank_copies(entry)


@dataclass(frozen=True)
class Told:
    """Five things that were known when the brief was frozen, and its reference."""

    hidden: Entry
    narrowed: Entry
    gone: Entry
    edited: Entry
    same: Entry
    brief: KeptBrief


@pytest.fixture
def story(app: Flask) -> Told:
    """Freeze, then hide one source, narrow another, erase a third, edit a fourth."""
    sources = [
        an_issue("Hidden one", words="hiddenwords"),
        a_note("Narrowed one", words="narrowedwords"),
        an_asset("Erased one", words="erasedwords"),
        an_issue("Edited one", words="Wheels cannot cross."),
        an_asset("Same one", words="samewords"),
    ]
    told = Told(*sources, frozen())
    changed(told.hidden, standing=Standing.HIDDEN, hidden_for="It names somebody")
    changed(told.narrowed, level=Level.WARD)
    erased(told.gone)
    changed(told.edited, words="Wheels can now cross.", state=State.FIXED)
    return told


GONE = ("Hidden one", "hiddenwords", "Narrowed one", "narrowedwords", "Erased one", "erasedwords")

# --- freeze, hide, narrow, erase, edit ---------------------------------------------------------------------------


def test_a_frozen_brief_shows_each_item_at_the_narrower_of_then_and_now(story, as_):
    page = as_(OFFICER).get(f"/briefs/{story.brief.ref}").text
    assert not any(words in page for words in GONE)
    assert "Wheels cannot cross." in page
    assert "Wheels can now cross." not in page
    assert "Its wording was edited since: this is what was read." in page
    assert "samewords" in page
    found = read(story.brief)
    assert [item.title for item in found.items] == ["Same one", "Edited one"]
    assert found.gone == {
        story.hidden.id: "hidden by moderation",
        story.narrowed.id: "now for fewer readers",
        story.gone.id: "erased",
    }
    assert "3 items are no longer shown" in page
    assert found.brief.total == 5


def test_its_figures_stay_as_they_were_read(story):
    counts = {figure.label: figure.count for _, figure in read(story.brief).brief.figures()}
    assert (counts["Issues"], counts["Assets"], counts["Notes by councillors and officers"]) == (2, 2, 1)


def test_the_ward_s_own_councillor_still_reads_what_was_narrowed_to_the_ward(story, as_):
    assert "narrowedwords" in as_(CLLR).get(f"/briefs/{story.brief.ref}").text
    assert "narrowedwords" not in as_(CLLR_NEXT_DOOR).get(f"/briefs/{story.brief.ref}").text


def test_what_is_left_of_it_verifies_and_what_was_erased_is_gone_from_the_store(story):
    found = checked(story.brief)
    assert found.good
    assert found.numbers(seals.Holds.BLANK) == [3]
    assert (
        found.words == "It holds: 5 parts are exactly as frozen. 1 part was erased since (item 3): what is left holds."
    )
    kept_texts = db.session.scalars(select(Part.text).where(Part.text.is_not(None))).all()
    assert not any("erasedwords" in words or "Erased one" in words for words in kept_texts)
    blank = db.session.scalars(select(Part).where(Part.entry_id == story.gone.id)).one()
    assert (blank.text, blank.salt, len(blank.hash)) == (None, None, 64)


def test_the_comparison_with_now_is_true_in_both_directions(story):
    an_issue("New one")
    now, then = reading_now(story.brief, as_viewer(OFFICER)), read(story.brief)
    there, back = comparing.comparison(then, now), comparing.comparison(now, then)
    assert [item.title for item in there.added] == ["New one"]
    assert there.gone == ()
    assert there.gone_unseen == (("erased", 1), ("hidden by moderation", 1), ("now for fewer readers", 1))
    assert [(p.before.words, p.after.words) for p in there.reworded] == [
        ("Wheels cannot cross.", "Wheels can now cross.")
    ]
    assert [(p.before.state, p.after.state) for p in there.moved] == [("Received", "Fixed")]
    figures = {figure.label: (figure.before, figure.after) for figure in there.figures}
    assert figures["Assets"] == (2, 1)
    assert figures["Entries it rests on"] == (5, 3)
    assert "Issues" not in figures
    assert (back.gone, back.added_unseen, back.added) == (there.added, there.gone_unseen, ())
    assert {(f.label, f.after, f.before) for f in back.figures} == {(f.label, f.before, f.after) for f in there.figures}
    assert [(p.after, p.before) for p in back.reworded] == [(p.before, p.after) for p in there.reworded]


def test_a_second_version_has_the_same_reference_and_what_changed_between_them_is_said(story, as_):
    an_issue("New one")
    officer = as_(OFFICER)
    assert officer.post(f"/briefs/{story.brief.ref}/freeze", data={"once": "again"}).status_code == 302
    assert officer.post(f"/briefs/{story.brief.ref}/freeze", data={"once": "again"}).status_code == 302
    assert [version.number for version in story.brief.versions] == [1, 2]
    page = officer.get(f"/briefs/{story.brief.ref}/compare/1/2").text
    assert "New one" in page
    assert "Wheels cannot cross." in page
    assert "Wheels can now cross." in page
    assert not any(words in page for words in GONE)
    assert "1 item is no longer shown: hidden by moderation." in page
    assert checked(story.brief, 2).good
    same = comparing.comparison(read(story.brief, 2), read(story.brief, 2))
    assert same.same


def test_what_is_shown_again_is_in_the_frozen_brief_again(story):
    changed(story.hidden, standing=Standing.PUBLISHED)
    assert "hiddenwords" in [item.words for item in read(story.brief).items]


def test_a_name_that_is_no_longer_shown_is_not_shown_in_what_was_frozen(app, as_):
    named = an_issue("Signed", name_shown=True)
    brief = frozen(Level.PUBLIC)
    assert RESIDENT.name in as_(NOBODY).get(f"/briefs/{brief.ref}").text
    changed(named, name_shown=False)
    for form in ("", "/1.json", "/1.csv"):
        assert RESIDENT.name not in as_(NOBODY).get(f"/briefs/{brief.ref}{form}").text
    assert checked(brief).good
    assert not any(RESIDENT.name in words for words in db.session.scalars(select(Part.text)))


# --- it cannot be changed ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE brief_version SET hash = 'x'",
        "UPDATE brief_version SET made_at = made_at",
        "DELETE FROM brief_version",
        "UPDATE brief_part SET hash = 'x'",
        "UPDATE brief_part SET text = '{}'",
        "UPDATE brief_part SET salt = 'ff'",
        "UPDATE brief_part SET text = NULL",
        "UPDATE brief_part SET text = NULL, salt = NULL, hash = 'x'",
        "DELETE FROM brief_part",
    ],
)
def test_the_store_itself_refuses_to_change_what_is_frozen(change, app):
    an_issue()
    brief = frozen()
    with pytest.raises(DBAPIError), transaction():
        db.session.execute(text(change))
    assert checked(brief).good


def test_what_was_changed_behind_the_store_s_back_is_found_and_not_shown(app, as_):
    an_issue("First")
    an_issue("Second")
    brief = frozen()
    with transaction():
        if db.engine.dialect.name == "sqlite":
            db.session.execute(text("DROP TRIGGER brief_part_frozen_update"))
        else:
            db.session.execute(text("ALTER TABLE brief_part DISABLE TRIGGER brief_part_frozen"))
        db.session.execute(text("UPDATE brief_part SET text = replace(text, 'Second', 'Twisted')"))
    found = checked(brief)
    assert not found.good
    assert found.words == "It does not hold: 1 part was changed since it was frozen (item 1)."
    page = as_(OFFICER).get(f"/briefs/{brief.ref}").text
    assert "Twisted" not in page
    assert "changed in the store since it was frozen" in page


def test_anybody_can_check_the_hashes_by_hand_from_the_json(app, as_):
    an_issue("First")
    a_note("Second")
    brief = frozen()
    told = as_(OFFICER).get(f"/briefs/{brief.ref}/1.json").json["frozen"]
    assert len(told["seals"]) == 3
    for seal in told["seals"]:
        assert hashlib.sha256(bytes.fromhex(seal["salt"]) + seal["text"].encode()).hexdigest() == seal["hash"]
    lines = "".join(f"{seal['hash']}\n" for seal in told["seals"])
    assert hashlib.sha256(lines.encode()).hexdigest() == told["hash"]
    assert json.loads(told["seals"][0]["text"])["ref"] == brief.ref


def test_the_hash_can_be_copied_from_the_paper(app, as_):
    an_issue("First")
    brief = frozen()
    words = words_of(as_(OFFICER).get(f"/briefs/{brief.ref}/1.pdf").data)
    assert f"Its hash: {kept.latest(brief).hash}" in words


def test_two_items_of_the_same_words_have_different_hashes(app):
    an_issue("Same", words="Same.")
    first, second = frozen(), frozen(once="form 2")
    one, other = ({part.hash for part in kept.parts(kept.latest(brief))} for brief in (first, second))
    assert not one & other


def test_the_command_line_checks_a_brief_by_numbers_alone(app, home, monkeypatch):
    for name, value in environment_of(home).items():
        monkeypatch.setenv(name, value)
    an_issue("First secret")
    brief = frozen()
    told = CliRunner().invoke(main, ["verify", brief.ref.lower()])
    assert (told.exit_code, told.output) == (0, f"{brief.ref}, version 1: It holds: 2 parts are exactly as frozen.\n")
    machine = json.loads(CliRunner().invoke(main, ["verify", brief.ref, "--version", "1", "--json"]).output)
    assert machine["holds"] is True
    assert CliRunner().invoke(main, ["verify", brief.ref, "--version", "9"]).exit_code == 2
    assert CliRunner().invoke(main, ["verify", "BR-22222"]).exit_code == 2


# --- freezing ----------------------------------------------------------------------------------------------------


def test_an_officer_freezes_a_brief_with_what_it_is_for(app, as_):
    an_issue()
    officer = as_(OFFICER)
    address = f"/places/ward:{MILL}/brief/freeze?for=council"
    assert f'href="{address}"' in officer.get(f"/places/ward:{MILL}/brief?for=council").text
    assert officer.post(address, data={"once": "a"}).status_code == 422
    answers = [officer.post(address, data={"once": "a", "purpose": PURPOSE}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [302, 302]
    assert answers[0].location == answers[1].location
    assert re.fullmatch(r"/briefs/BR-[2-9A-Z]{5}", answers[0].location)
    page = officer.get(answers[0].location).text
    assert PURPOSE in page
    assert "Owen Officer, Highways" in page
    assert db.session.query(KeptBrief).count() == db.session.query(Version).count() == 1


def test_a_form_sent_four_times_at_once_freezes_one_brief(app, as_):
    an_issue()
    clients = [as_(OFFICER) for _ in range(4)]
    address = f"/places/ward:{MILL}/brief/freeze?for=council"

    def send(client):
        with app.app_context():
            return client.post(address, data={"once": "a", "purpose": PURPOSE}).location

    with ThreadPoolExecutor(4) as pool:
        locations = set(pool.map(send, clients))
    db.session.rollback()
    assert len(locations) == 1
    assert db.session.query(KeptBrief).count() == db.session.query(Version).count() == 1


@pytest.mark.parametrize("member", [NOBODY, RESIDENT, MODERATOR, ADMINISTRATOR], ids=str)
def test_others_do_not_freeze(member, app, as_):
    assert as_(member).post(f"/places/ward:{MILL}/brief/freeze", data={"purpose": "x", "once": "a"}).status_code == 403


def test_a_frozen_brief_is_for_its_level(app, as_):
    council, public = frozen(Level.COUNCIL), frozen(Level.PUBLIC, once="form 2")
    readers = {member for member in CAST if as_(member).get(f"/briefs/{council.ref}").status_code == 200}
    assert readers == {CLLR, CLLR_NEXT_DOOR, OFFICER}
    assert all(as_(member).get(f"/briefs/{public.ref}").status_code == 200 for member in CAST)


def test_whoever_made_it_reads_it_no_longer_than_they_hold_a_role(app, as_):
    brief = frozen(by=CLLR)
    officer = person_of(CLLR)
    with transaction():
        db.session.scalars(select(Term).where(Term.person_id == officer.id)).one().until_on = today()
    assert as_(CLLR).get(f"/briefs/{brief.ref}").status_code == 404


def test_a_brief_of_a_drawn_place_is_read_by_those_who_may_read_the_brief(app, as_):
    an_issue()
    with transaction():
        site = keep_shape(as_viewer(OFFICER), square(0.2, 0.2, 600), label="The mill site")
    brief = frozen(words=f"shape:{site.key}")
    assert as_(CLLR).get(f"/briefs/{brief.ref}").status_code == 200
    assert as_(CLLR).get(f"/briefs/{brief.ref}/compare/1/now").status_code == 200
    assert as_(CLLR).get(f"/places/shape:{site.key}").status_code == 200


def test_a_brief_of_nothing_is_frozen_too(app, as_):
    brief = frozen(Level.PUBLIC)
    assert checked(brief).words == "It holds: 1 part is exactly as frozen."
    assert "It rests on no entry." in as_(NOBODY).get(f"/briefs/{brief.ref}").text


def test_every_figure_of_a_frozen_brief_opens_the_items_it_counted(app, as_):
    for told in (an_issue("One"), an_issue("Two", state=State.FIXED), an_asset("Three"), a_note("Four")):
        assert told.ref
    brief = frozen()
    changes = an_issue("Told later")
    assert changes.ref
    officer = as_(OFFICER)
    for _, figure in read(brief).brief.figures():
        page = officer.get(f"/briefs/{brief.ref}/1/entries", query_string=figure.filters.in_address()).text
        assert f"{figure.count} item" in page, figure
        assert "Told later" not in page


def test_every_freeze_and_every_form_taken_away_is_written_down(app, as_):
    brief = frozen()
    as_(CLLR).get(f"/briefs/{brief.ref}/1.csv")
    as_(RESIDENT).get(f"/places/ward:{MILL}/brief.json")
    assert [(row.asked_by.email, row.form, row.source, row.about["place"]) for row in db.session.query(Download)] == [
        (CLLR.email, "csv", brief.ref, f"ward:{MILL}"),
        (RESIDENT.email, "json", "brief", f"ward:{MILL}"),
    ]
    assert "as csv, Carys Mill" in as_(OFFICER).get(f"/briefs/{brief.ref}").text
    assert "as csv, Carys Mill" not in as_(CLLR_NEXT_DOOR).get(f"/briefs/{brief.ref}").text


# --- marking -----------------------------------------------------------------------------------------------------


def test_the_maker_says_what_each_item_was_to_them(app, as_):
    an_issue("First")
    an_issue("Second")
    brief = frozen()
    officer, item = as_(OFFICER), f"/briefs/{brief.ref}/1/items/1"
    assert officer.post(item, data={"weight": "used", "once": "a"}).status_code == 302
    assert "<strong>Used</strong>" in officer.get(f"/briefs/{brief.ref}").text
    assert officer.post(item, data={"weight": "not relevant", "because": " ", "once": "b"}).status_code == 422
    assert officer.post(item, data={"weight": "not relevant", "because": "Too far.", "once": "c"}).status_code == 302
    assert "Not relevant, because: Too far." in as_(CLLR).get(f"/briefs/{brief.ref}").text
    assert as_(CLLR).post(item, data={"weight": "used"}).status_code == 403
    assert as_(NEIGHBOUR).post(item, data={"weight": "used"}).status_code == 404
    officer.post(f"/briefs/{brief.ref}/freeze", data={"once": "again"})
    assert [found.mark for found in read(brief, 2).items] == ["Not relevant, because: Too far.", ""]
    assert officer.post(item, data={"weight": "none", "once": "d"}).status_code == 302
    assert [found.mark for found in read(brief, 1).items] == ["", ""]
    assert checked(brief).good


def test_what_is_no_longer_shown_cannot_be_marked_and_its_sentence_goes_with_it(app, as_):
    told = an_issue("First")
    brief = frozen()
    officer, item = as_(OFFICER), f"/briefs/{brief.ref}/1/items/1"
    officer.post(item, data={"weight": "not relevant", "because": "markwords", "once": "a"})
    changed(told, standing=Standing.HIDDEN)
    assert officer.get(item).status_code == 404
    assert "markwords" not in officer.get(f"/briefs/{brief.ref}").text
    erased(told)
    marks = db.session.execute(text("SELECT because FROM brief_mark")).scalars().all()
    assert marks == ["Erased."]


# --- restricted --------------------------------------------------------------------------------------------------


def restricted(*emails: str, **made) -> KeptBrief:
    return frozen(restriction=freezing.Restriction(freezing.Ground.SITE_SALE, emails), **made)


def test_a_restricted_brief_is_nowhere_for_everybody_but_those_named(app, as_):
    an_issue("First")
    brief = restricted(CLLR.email)
    roads = ("", "/1", "/1.json", "/1.pdf", "/1/verify", "/1/entries", "/compare/1/now", "/1/items/1")
    for member in CAST:
        answers = {road: as_(member).get(f"/briefs/{brief.ref}{road}").status_code for road in roads}
        if member is OFFICER:
            assert set(answers.values()) == {200}
        elif member is CLLR:
            assert answers == dict.fromkeys(roads, 200) | {"/1/items/1": 403}
        else:
            assert set(answers.values()) == {404}, member
        for page in ("/briefs", "/desk", "/", "/moderation"):
            assert brief.ref not in as_(member).get(page).text
        found = as_(member).get("/find", query_string={"q": brief.ref.lower()})
        assert (found.location == f"/briefs/{brief.ref}") is (member in (OFFICER, CLLR))


def test_its_maker_alone_lifts_a_restriction_and_then_it_is_for_its_level(app, as_):
    brief = restricted(CLLR.email)
    assert as_(CLLR).post(f"/briefs/{brief.ref}/lift").status_code == 403
    assert as_(MODERATOR).post(f"/briefs/{brief.ref}/lift").status_code == 404
    assert [as_(OFFICER).post(f"/briefs/{brief.ref}/lift").status_code for _ in range(2)] == [302, 302]
    assert as_(CLLR_NEXT_DOOR).get(f"/briefs/{brief.ref}").status_code == 200
    assert brief.ref in as_(CLLR_NEXT_DOOR).get("/briefs").text
    assert brief.ref in as_(OFFICER).get("/desk").text


@pytest.mark.parametrize("emails", [(), ("nobody@example.org",), (RESIDENT.email,), (MODERATOR.email,)])
def test_a_brief_is_restricted_to_councillors_and_officers_alone(emails, app):
    with pytest.raises(Refused) as refused:
        restricted(*emails)
    assert refused.value.field == "named"


def test_a_form_that_restricts_to_a_stranger_keeps_what_was_typed(app, as_):
    told = {"once": "a", "purpose": PURPOSE, "ground": "site sale", "named": "stranger@example.org"}
    answer = as_(OFFICER).post(f"/places/ward:{MILL}/brief/freeze?for=council", data=told)
    assert answer.status_code == 422
    assert "stranger@example.org is not the address of a councillor or an officer here." in answer.text
    assert PURPOSE in answer.text
    public = as_(OFFICER).post(f"/places/ward:{MILL}/brief/freeze?for=public", data=told | {"named": CLLR.email})
    assert public.status_code == 422
    assert db.session.query(KeptBrief).count() == 0


def test_who_names_readers_and_no_reason_has_frozen_nothing(app, as_):
    data = {"purpose": PURPOSE, "ground": "", "named": CLLR.email, "once": "form 1"}
    answer = as_(OFFICER).post(f"/places/ward:{MILL}/brief/freeze?for=council", data=data)
    assert (answer.status_code, "Choose why it is restricted" in answer.text) == (422, True)
    assert CLLR.email in answer.text
    assert db.session.query(KeptBrief).count() == 0


def test_a_form_that_froze_a_brief_does_not_seem_to_restrict_it_afterwards(app):
    frozen()
    with pytest.raises(Refused, match="has frozen BR-"):
        restricted(CLLR.email)
    assert db.session.query(KeptBrief).one().ground is None


@pytest.mark.parametrize("form", ["xlsx", "docx"])
def test_the_office_forms_of_a_restricted_brief_say_that_it_is(form, app, as_):
    brief = restricted(CLLR.email)
    with ZipFile(io.BytesIO(as_(CLLR).get(f"/briefs/{brief.ref}/1.{form}").data)) as parts:
        words = b"".join(map(parts.read, parts.namelist())).decode(errors="ignore")
    assert "Restricted (site sale)" in words


def test_a_restricted_brief_as_data_says_that_it_is(app, as_):
    brief = restricted(CLLR.email)
    assert '"ground": "site sale"' in as_(CLLR).get(f"/briefs/{brief.ref}/1.json").text


def test_somebody_named_reads_it_no_longer_than_they_hold_a_role(app, as_):
    brief = restricted(CLLR.email)
    with transaction():
        db.session.scalars(select(Term).where(Term.person_id == person_of(CLLR).id)).one().until_on = today()
    assert as_(CLLR).get(f"/briefs/{brief.ref}").status_code == 404


def test_nobody_keeps_another_s_brief(app):
    brief = frozen()
    with pytest.raises(Forbidden):
        freezing.freeze_again(as_viewer(CLLR), brief, once="x")
    with pytest.raises(Forbidden):
        freezing.mark(as_viewer(CLLR), brief, kept.parts(kept.latest(brief))[0], Weight.USED)


# --- lists -------------------------------------------------------------------------------------------------------


def test_the_list_of_briefs_holds_what_its_reader_may_see_and_goes_on(app, as_):
    made = [frozen(once=f"form {number}", level=Level.PUBLIC).ref for number in range(27)]
    council = frozen(once="council").ref
    first = as_(CLLR).get("/briefs").text
    assert [ref in first for ref in (council, made[-1], made[2], made[0])] == [True, True, False, False]
    older = re.search(r'href="(/briefs\?before=\d+)"', first)
    assert older is not None
    assert made[0] in as_(CLLR).get(older[1]).text
    assert council not in as_(NOBODY).get("/briefs").text
    assert "Yours" in as_(OFFICER).get("/briefs").text


# --- what we do not know -----------------------------------------------------------------------------------------


def gaps_of(words: str = f"ward:{MILL}", level: Level = Level.COUNCIL):
    from wardbook.briefs import queries

    return queries.brief(place_from_words(words, as_viewer(OFFICER)), level, as_viewer(OFFICER)).gaps


def test_a_ward_that_is_silent_or_quiet_against_the_others_is_named_with_the_basis(app):
    for number in range(8):
        an_issue(f"Issue {number}", at=(1.5, 0.5))
    an_issue("One in Mill")
    gaps = gaps_of(f"wards:{MILL},T05000002,T05000003")
    assert {ward.name: ward.words for ward in gaps.wards} == {"Mill": "quiet: 1 entry", "Castle": "silent: no entries"}
    assert "for each square kilometre, since no population is loaded" in gaps.basis


def test_kinds_that_are_missing_how_old_the_evidence_is_and_on_how_few_voices_it_rests(app):
    an_issue("Old", told_at=app_day(400))
    an_issue("Middle", told_at=app_day(30))
    an_issue("Unknown", by=None, told_at=app_day(10))
    a_note("Overdue", review_on=today() - timedelta(days=1))
    gaps = gaps_of()
    assert "assets" in gaps.missing_in_words
    assert (gaps.newest, gaps.median) == (today(), today() - timedelta(days=30))
    assert gaps.voices_in_words == (
        "It rests on 2 different people. The author of 1 of 4 entries is not known, so how many more people spoke "
        "cannot be told."
    )
    assert [item.title for item in gaps.overdue] == ["Overdue"]


def test_what_is_not_known_is_reckoned_from_its_level_alone(app):
    a_note("For the council", review_on=today() - timedelta(days=1))
    public = gaps_of(level=Level.PUBLIC)
    assert (public.total, public.overdue, public.newest) == (0, (), None)
    assert "notes" in public.missing_in_words


def app_day(days: int):
    from datetime import UTC, datetime, time

    return datetime.combine(today() - timedelta(days=days), time(12), UTC)


def test_section_eight_is_in_every_form(app, as_):
    an_issue("First")
    officer = as_(OFFICER)
    page = officer.get(f"/places/ward:{MILL}/brief?for=council").text
    assert "8. What we do not know" in page
    assert "It rests on 1 person." in page
    assert officer.get(f"/places/ward:{MILL}/brief.json?for=council").json["sections"]["gaps"]["voices"] == 1
    assert date.fromisoformat(
        officer.get(f"/places/ward:{MILL}/brief.json?for=council").json["sections"]["gaps"]["newest"]
    )
