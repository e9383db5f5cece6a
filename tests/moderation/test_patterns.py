"""What looks like personal details or a link, and what does not; and how often it does in open data."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from wardbook.moderation.patterns import ADDRESS, EMAIL, LINK, NAME, PLATE, TELEPHONE, find, find_words

FOUND = [
    ("Ring me on 07700 900123.", TELEPHONE, "07700 900123"),
    ("Call 01632 960 001 after six", TELEPHONE, "01632 960 001"),
    ("(020) 7946 0123", TELEPHONE, "(020) 7946 0123"),
    ("+44 (0)20 7946 0991", TELEPHONE, "+44 (0)20 7946 0991"),
    ("0044 7700900123", TELEPHONE, "0044 7700900123"),
    ("my sister abroad: +33 1 23 45 67 89", TELEPHONE, "+33 1 23 45 67 89"),
    ("202-555-0143", TELEPHONE, "202-555-0143"),
    ("٠٧٧٠٠ ٩٠٠١٢٣", TELEPHONE, "٠٧٧٠٠ ٩٠٠١٢٣"),
    ("write to someone@example.org please", EMAIL, "someone@example.org"),
    ("someone (at) example (dot) org", EMAIL, "someone (at) example (dot) org"),
    ("I live at 12 Acacia Avenue", ADDRESS, "12 Acacia Avenue"),
    ("he lives at 14a acacia avenue", ADDRESS, "14a acacia avenue"),
    ("Bins at number 42 Station Road overflow", ADDRESS, "42 Station Road"),
    ("outside 12 High Street, Testham, ZZ1 1AA", ADDRESS, "12 High Street"),
    ("the man at 12, BA1 5AW", ADDRESS, "12, BA1 5AW"),
    ("Flat 3, Mill House", ADDRESS, "Flat 3, Mill"),
    ("his car AB12 CDE is always here", PLATE, "AB12 CDE"),
    ("ab12cde again", PLATE, "ab12cde"),
    ("a van, A123 BCD", PLATE, "A123 BCD"),
    ("a van, ABC 123D", PLATE, "ABC 123D"),
    ("number plate 123 ABC", PLATE, "123 ABC"),
    ("a tractor, ABZ 1234", PLATE, "ABZ 1234"),
    ("Mr Jones leaves his bins out", NAME, "Mr Jones"),
    ("mrs. O'Brien and her dog", NAME, "mrs. O'Brien"),
    ("Ask Dr Singh", NAME, "Dr Singh"),
    ("Miss Patel saw it", NAME, "Miss Patel"),
    ("Prof. A. B. Clark", NAME, "Prof. A. B. Clark"),
    ("MR SMITH AGAIN", NAME, "MR SMITH"),
    ("see https://pills.example/x", LINK, "https://pills.example/x"),
    ("see www.pills.example", LINK, "www.pills.example"),
    ("cheap-pills.com today", LINK, "cheap-pills.com"),
]
NOT_FOUND = [
    "The lamp outside 12 High Street is out",
    "Between 8 Mill Lane and 12 Mill Lane the kerb is high",
    "The pothole is in Acacia Avenue by the shop",
    "near BA1 5AW",
    "On the High Street there are 3 cars on the road and 24 hour parking",
    "The A36 AND the M25, bus X39, 20mph at30 mph and the 12 BUS",
    "At ST750647, 51.286694, -2.462371, reported on 2019/04/18 with number 1606889",
    "Order 12345678901 of 01/02/2024 10:30:00 for £1,000,000",
    "I miss Bath. Rock Creek Dr Between the lights. Sunset Dr NW. The Sir Robert Peel Pub",
    "e.g. this.and that, 3.5 m, v1.2",
    "WB-7K3QD says the same. No. 4 is empty.",
]  # fmt: skip


@pytest.mark.parametrize(("text", "reason", "piece"), FOUND)
def test_what_may_be_personal_is_found_where_it_stands(text, reason, piece):
    assert (piece, reason) in [(text[one.start : one.end], one.reason) for one in find(text)]


@pytest.mark.parametrize("text", NOT_FOUND)
def test_what_says_where_or_when_something_is_gives_nobody_away(text):
    assert [(text[one.start : one.end], one.reason) for one in find(text)] == []


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("What an IDÌOT", ["IDÌOT"]),
        ("idiots and idiotic", []),
        ("Bloody  Hell!", ["Bloody  Hell"]),
        ("Straße and STRASSE", ["Straße", "STRASSE"]),
    ],
)
def test_words_on_a_list_are_found_whole_in_any_case_and_with_any_accents(text, pieces):
    found = find_words(text, ("idiot", "bloody hell", "strasse", ""), "word")
    assert [text[one.start : one.end] for one in found] == pieces


# --- how often it is found where people tell of places ------------------------------------------------------------


def _comments(folder: Path) -> Iterator[str]:
    with (folder / "reports" / "dc_street_safety_comments_part1.csv").open(encoding="utf-8-sig") as file:
        yield from (row["COMMENTS"] for row in csv.DictReader(file, delimiter="\t") if row["COMMENTS"].strip())


def test_hardly_anything_that_people_tell_of_streets_is_held_by_mistake(open_data):
    """2,476 comments of people in Washington, in which nobody gives themselves or others away."""
    comments = list(_comments(open_data))
    caught = [(text, {one.reason for one in find(text)}) for text in comments]
    rates = Counter(reason for _, reasons in caught for reason in reasons)
    held = [text for text, reasons in caught if reasons]
    told = ", ".join(f"{name}: {number}" for name, number in sorted(rates.items())) or "none"
    print(f"\nheld by mistake: {len(held)} of {len(comments)} ({100 * len(held) / len(comments):.2f}%); {told}")
    assert len(comments) == 2476
    assert len(held) <= len(comments) // 500, held
    assert not {NAME, PLATE, TELEPHONE, EMAIL, LINK} & rates.keys()


def test_what_is_planted_in_what_people_tell_is_found(open_data):
    """The same comments, each with something personal put in at its middle."""
    planted = ["07700 900123", "someone@example.org", "AB12 CDE", "Mrs Patel", "www.pills.example"]
    for at, text in enumerate(list(_comments(open_data))[:500]):
        words, piece = text.split(), planted[at % len(planted)]
        said = " ".join([*words[: len(words) // 2], f"{piece},", *words[len(words) // 2 :]])
        assert piece in [said[one.start : one.end] for one in find(said)], said
