"""Looking for words: what people type, and what they find, on whichever engine."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from tests.conftest import (
    BRIDGE,
    CLLR,
    IN_BRIDGE,
    MILL,
    NOBODY,
    OFFICER,
    a_note,
    an_asset,
    an_issue,
    as_viewer,
)
from wardbook import search
from wardbook.clock import today
from wardbook.db import db, transaction
from wardbook.entries import queries
from wardbook.entries.models import Entry
from wardbook.entries.queries import Filters, Sort
from wardbook.places.words import place_from_words
from wardbook.policy import VISITOR, Viewer
from wardbook.search import Term, Wanted, wanted


def found(words: str, viewer: Viewer = VISITOR, **asked: Any) -> list[str]:
    """The titles of what is found, in order."""
    rows = queries.published(viewer, None, Filters(words=words, **asked))
    return [entry.title for entry in db.session.scalars(rows)]


# --- how a question is read --------------------------------------------------------------------------------------

READ = {
    "kerb": Wanted((Term(("kerb",)),)),
    "dropped kerb": Wanted((Term(("dropped",)), Term(("kerb",)))),
    '"dropped kerb" -library': Wanted((Term(("dropped", "kerb")),), (Term(("library",)),)),
    "“dropped kerb”": Wanted((Term(("dropped", "kerb")),)),
    '"never closed': Wanted((Term(("never", "closed")),)),
    '-"dropped kerb"': Wanted((), (Term(("dropped", "kerb")),)),
    "librar*": Wanted((Term(("librar",), begins=True),)),
    "co-op": Wanted((Term(("co", "op")),)),
    "WB-7K3QD": Wanted((Term(("WB", "7K3QD")),)),
    "the kerb at the library": Wanted((Term(("kerb",)), Term(("library",)))),
    "to be or not": Wanted((Term(("to",)), Term(("be",)), Term(("or",)), Term(("not",)))),
    '"state of the art"': Wanted((Term(("state", "of", "the", "art")),)),
    "kerb - library": Wanted((Term(("kerb",)), Term(("library",)))),
    "": Wanted(),
    "- * \"\" '' 🙂 …": Wanted(),
}


@pytest.mark.parametrize("words", READ)
def test_what_is_typed_is_read_as_people_mean_it(words: str) -> None:
    assert wanted(words) == READ[words]


def test_a_question_is_read_no_further_than_two_hundred_signs() -> None:
    assert len(wanted("kerb " * 1000).needed) == 40


# --- what is found -----------------------------------------------------------------------------------------------


@pytest.fixture
def told(app: Any) -> None:
    an_issue("No dropped kerb", words="Wheels cannot cross at the kerb/crossing by the library.")
    an_issue("Café tables in the way", words="Nobody passes the tables of the crêperie on Ŵyn Street.")
    an_issue(
        "Potholes", words="See https://example.org/holes?x=1, or ring 01225 477000. The state of the art, no less."
    )
    an_asset("Children's library", words="Stories on Tuesdays; libraries like it are rare.")
    a_note("Promised in 2019", words="The crossing was promised twice.")


FINDS = {
    "kerb": {"No dropped kerb"},
    "KERBS": {"No dropped kerb"},
    "crossings": {"No dropped kerb"},
    "libraries": {"No dropped kerb", "Children's library"},
    "library kerb": {"No dropped kerb"},
    "library -kerb": {"Children's library"},
    "-library -pothole": {"Café tables in the way"},
    "cafe": {"Café tables in the way"},
    "CRÊPERIE": {"Café tables in the way"},
    "wyn": {"Café tables in the way"},
    '"dropped kerb"': {"No dropped kerb"},
    '"kerb dropped"': set(),
    '"the state of the art"': {"Potholes"},
    '"state of art"': set(),
    "the of": {"Potholes", "Café tables in the way"},
    "stor*": {"Children's library"},
    "stor": set(),
    "children's": {"Children's library"},
    "childrens": {"Children's library"},
    "example.org": {"Potholes"},
    "holes": {"Potholes"},
    "01225": {"Potholes"},
    "kerb/crossing": {"No dropped kerb"},
    "promised": set(),
    "🙂": set(),
    "%": set(),
    "AND OR NOT": set(),
}


@pytest.mark.parametrize("words", FINDS)
def test_words_find_what_has_all_of_them_in_any_form(told: None, words: str) -> None:
    assert set(found(words)) == FINDS[words]


def test_a_councillor_finds_notes_too_and_by_their_source(told: None) -> None:
    assert found("promise", as_viewer(CLLR)) == ["Promised in 2019"]
    with transaction():
        db.session.query(Entry).filter_by(title="Promised in 2019").one().cites = "Minute 14 of the highways panel"
    assert found("highways minutes", as_viewer(CLLR)) == ["Promised in 2019"]
    assert found("highways minutes") == []


def test_a_reference_finds_itself_however_it_is_typed(told: None) -> None:
    entry = an_issue("This one")
    ref = entry.ref
    for typed in (ref, ref.lower(), f" {ref} ", ref[3:], f'"{ref}"'):
        assert found(typed) == ["This one"], typed


def test_a_title_says_more_than_words_and_the_newest_comes_first_where_that_is_asked(app: Any) -> None:
    an_issue("Bench broken", words="The seat has come off.")
    an_issue("Litter", words="It lies all about the bench and the pond and the path, and has done so since May.")
    assert found("bench") == ["Bench broken", "Litter"]
    assert found("bench", sort=Sort.NEWEST) == ["Litter", "Bench broken"]
    assert found("-pond") == ["Bench broken"]


def test_what_matches_equally_stands_newest_first(app: Any) -> None:
    for number in range(3):
        an_issue("Bench broken", words=f"It is number {number}.")
    rows = db.session.scalars(queries.published(VISITOR, None, Filters(words="bench"))).all()
    assert [entry.words for entry in rows] == ["It is number 2.", "It is number 1.", "It is number 0."]


def test_what_is_changed_is_found_by_its_new_words_alone_and_what_is_gone_by_none(app: Any) -> None:
    entry = an_issue("Old words", words="kerb")
    entry_id = entry.id
    with transaction():
        entry.title, entry.words = "New words", "bench"
    assert (found("kerb"), found("old"), found("bench")) == ([], [], ["New words"])
    with transaction():
        entry.level = entry.level
        entry.changed_at = entry.told_at
    assert found("bench") == ["New words"]
    with transaction():
        db.session.execute(text(f"DELETE FROM entry_lies_in WHERE thing_id = {entry_id}"))
        db.session.execute(text(f"DELETE FROM entry WHERE id = {entry_id}"))
    assert found("bench") == []


def test_words_and_place_and_filters_narrow_together(told: None) -> None:
    an_issue("Kerb in Bridge", at=IN_BRIDGE)
    in_bridge = queries.published(VISITOR, place_from_words(f"ward:{BRIDGE}", VISITOR), Filters(words="kerb"))
    assert [entry.title for entry in db.session.scalars(in_bridge)] == ["Kerb in Bridge"]
    assert found("library", kind="asset") == ["Children's library"]
    assert found("library", until=today().replace(year=2001)) == []
    assert queries.count(in_bridge) == 1


TYPED = st.one_of(st.text(max_size=60), st.text(alphabet="ab\"'-*()^:+&|!<>\\%_ éﬁ²٣漢🙂\u0301", max_size=40))


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(TYPED)
@example("NEAR(a b)")
@example("'a':*")
@example("a <-> b")
@example('"')
@example("-")
@example("title:kerb")
@example("kerb" * 50)
def test_nothing_that_can_be_typed_is_an_error(app: Any, words: str) -> None:
    rows = queries.published(VISITOR, None, Filters(words=words))
    entries = db.session.scalars(rows).all()
    assert queries.found_in(entries, Filters(words=words)) is not None
    assert queries.count(rows) == len(entries)


# --- where it matched --------------------------------------------------------------------------------------------


def marked(words: str) -> list[tuple[str, str]]:
    entries = db.session.scalars(queries.published(VISITOR, None, Filters(words=words))).all()
    parts = queries.found_in(entries, Filters(words=words))
    return [(_text(parts[entry.id].title), _text(parts[entry.id].words)) for entry in entries]


def _text(parts: tuple[search.Part, ...]) -> str:
    return "".join(f"[{part.text}]" if part.hit else part.text for part in parts)


def test_what_was_looked_for_is_marked_in_whatever_form_it_stands(told: None) -> None:
    assert marked("kerbs") == [("No dropped [kerb]", "Wheels cannot cross at the [kerb]/crossing by the library.")]
    assert marked("cafe") == [("[Café] tables in the way", "Nobody passes the tables of the crêperie on Ŵyn Street.")]
    assert marked("holes") == [
        ("Potholes", "See https://example.org/[holes]?x=1, or ring 01225 477000. The state of the art, no less.")
    ]


def test_of_a_long_text_the_piece_round_the_first_hit_is_shown(app: Any) -> None:
    an_issue("Long", words="before " * 100 + "the kerb here" + " after" * 100)
    ((_, piece),) = marked("kerb")
    assert re.fullmatch(r"…(before )+the \[kerb\] here( after)+…", piece)
    assert len(piece) < 240


def test_what_words_leave_out_is_marked_nowhere(told: None) -> None:
    entries = db.session.scalars(queries.published(VISITOR, None, Filters(words="-kerb"))).all()
    assert queries.found_in(entries, Filters(words="-kerb")) == {}


def test_a_source_is_shown_where_it_is_what_was_found(app: Any) -> None:
    with transaction():
        note = a_note("A note")
        note.cites = "Minute 14"
    for words, source in (("minute", "[Minute] 14"), ("note", "")):
        assert _text(search.found_in(Entry, words, [note.id])[note.id].cites) == source


# --- the page ----------------------------------------------------------------------------------------------------


def test_what_was_told_in_words_about_where_it_is_is_found_and_shown(app: Any, as_: Any) -> None:
    issue = an_issue("Broken glass", words="All over.", spot_words="The alley behind the library")
    an_issue("A bench", words="Somebody sat on it.", spot_words="")
    assert found("alleys library") == ["Broken glass"]
    assert _text(search.found_in(Entry, "library", [issue.id])[issue.id].spot_words) == "The alley behind the [library]"
    assert search.found_in(Entry, "glass", [issue.id])[issue.id].spot_words == ()
    assert "Where: The alley behind the <mark>library</mark>" in as_(NOBODY).get("/search?words=library").text
    with transaction():
        db.session.get(Entry, issue.id).spot_words = "Behind the school"
    assert found("library") == []


def test_every_page_leads_to_the_search(as_: Any) -> None:
    for address in ("/", "/wards", "/map", "/nothing-here"):
        page = as_(NOBODY).get(address).text
        assert 'action="/search"' in page, address
        assert "Search what is known" in page, address


def test_somebody_searches_and_sees_where_it_matched(as_: Any, told: None) -> None:
    page = as_(NOBODY).get("/search?words=kerbs").text
    assert "1 entry" in page
    assert "No dropped <mark>kerb</mark>" in page
    assert 'value="kerbs"' in page


def test_what_people_wrote_is_text_in_a_result_and_never_markup(as_: Any, app: Any) -> None:
    an_issue("<b>kerb</b> <script>alert(1)</script>", words="\x02kerb <mark> \x03 & <img src=x>")
    page = as_(NOBODY).get("/search?words=kerb").text
    assert "&lt;b&gt;<mark>kerb</mark>&lt;/b&gt;" in page
    assert "<script>alert" not in page
    assert "<img src=x" not in page


@pytest.mark.parametrize("place", ["Bridge", f"ward:{BRIDGE}", "bridge "])
def test_a_place_narrows_the_search_however_it_is_typed(as_: Any, told: None, place: str) -> None:
    an_issue("Kerb in Bridge", at=IN_BRIDGE)
    page = as_(NOBODY).get("/search", query_string={"words": "kerb", "place": place}).text
    assert "<mark>Kerb</mark> in Bridge" in page
    assert "dropped" not in page
    near = as_(NOBODY).get("/search", query_string={"words": "kerb", "place": "ZZ1 1AA"}).text
    assert "No dropped <mark>kerb</mark>" in near
    assert "in Bridge" not in near


@pytest.mark.parametrize("place", ["Atlantis", "i", "ZZ9 9ZZ", "ward:nowhere", "shape:none", "point:x"])
def test_a_place_that_is_none_is_said_in_a_sentence_and_nothing_is_lost(as_: Any, told: None, place: str) -> None:
    answer = as_(NOBODY).get("/search", query_string={"words": "kerb", "place": place})
    assert answer.status_code == 200
    assert "There is a problem" in answer.text
    assert 'value="kerb"' in answer.text
    assert "No dropped" not in answer.text
    assert as_(NOBODY).get("/search.json", query_string={"words": "kerb", "place": place}).status_code == 404


def test_nothing_found_says_what_else_to_try(as_: Any, told: None) -> None:
    page = as_(NOBODY).get("/search?words=zeppelin&kind=issue").text
    assert "0 entries" in page
    assert "Look everywhere, without filters" in page
    assert "There is a problem" not in page


def test_a_place_that_is_not_found_may_be_a_word(as_: Any) -> None:
    assert "/search?words=skatepark" in as_(NOBODY).get("/find?q=skatepark").text


@pytest.mark.parametrize("address", ["/search", "/map", f"/places/ward:{MILL}/entries"])
def test_files_hold_the_same_rows_in_the_same_order_as_the_page(as_: Any, app: Any, address: str) -> None:
    an_issue("Litter", words="All about the bench, the pond and the path.")
    an_issue("Bench broken", words="The bench has lost its seat.")
    an_issue("Bench", words="")
    client = as_(OFFICER)
    for asked in ({"words": "bench"}, {"words": "bench", "sort": "newest"}):
        page = client.get(address, query_string=asked).text
        shown = re.findall(r'class="govuk-link" href="/entries/(WB-\w+)"', page)
        assert len(shown) == 3
        assert [row["ref"] for row in client.get(f"{address}.json", query_string=asked).json["entries"]] == shown
        rows = client.get(f"{address}.csv", query_string=asked).text.splitlines()[1:]
        assert [row.partition(",")[0] for row in rows] == shown
        features = client.get(f"{address}.geojson", query_string=asked).json["features"]
        assert [feature["id"] for feature in features] == shown


def test_a_list_marks_its_words_too(as_: Any, told: None) -> None:
    assert "No dropped <mark>kerb</mark>" in as_(NOBODY).get("/map?words=kerb").text


def test_an_overlong_question_is_cut_and_answered(as_: Any, told: None) -> None:
    assert "0 entries" in as_(NOBODY).get("/search", query_string={"words": "zeppelin " * 500}).text
