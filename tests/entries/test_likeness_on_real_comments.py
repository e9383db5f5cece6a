"""What people wrote about the streets of a real city: told again it is found, and other words are not."""

from __future__ import annotations

import random
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import shapely
from sqlalchemy import insert, select

from tests.conftest import application
from tests.test_bath import import_wards, mapping, told, wardbook
from wardbook import geo
from wardbook.config import settings
from wardbook.db import db, now, transaction
from wardbook.entries.kinds import Channel, Kind, Lead, State
from wardbook.entries.merging.likeness import alike
from wardbook.entries.models import Category, Entry
from wardbook.policy import VISITOR
from wardbook.shared import Level, Standing

UTM = {"WARDBOOK_CRS": "32618"}
MANY = 50
SAME = {"cars": "vehicles", "street": "road", "drivers": "motorists", "intersection": "junction", "dangerous": "unsafe"}
MEANING = """source: vision-zero
columns: {id: GLOBALID, told: REQUESTDATE, words: COMMENTS, category: REQUESTTYPE, title: REQUESTTYPE,
          lat: LATITUDE VZ, lon: LONGITUDE VZ}
"""


@pytest.fixture(scope="module")
def city(open_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Entry]]:
    """The comments, brought in by the command line as a council would; those with distinct words, in a fixed order."""
    folder = tmp_path_factory.mktemp("city")
    home = folder / "home"
    assert wardbook(home, "init").exit_code == 0
    import_wards(home, open_data / "reports" / "dc_wards.geojson", "Wards of 2022", **UTM)
    file = open_data / "reports" / "dc_street_safety_comments_part1.csv"
    said = told(home, "entries", "import", file, "--mapping", mapping(folder, MEANING), **UTM)
    assert said["created"] + said["refused"] == 2796
    app = application(home, crs=int(UTM["WARDBOOK_CRS"]))
    with app.app_context():
        rows = list(db.session.scalars(select(Entry).order_by(Entry.source_id)))
        same = [re.sub(r"\W+", " ", row.words.lower()).strip() for row in rows]
        yield [row for row, words in zip(rows, same, strict=True) if len(words) >= 60 and same.count(words) == 1]
        db.session.remove()
        db.engine.dispose()


def some(city: list[Entry], seed: int = 5) -> list[Entry]:
    return random.Random(seed).sample(city, MANY)


# --- how people say the same again -------------------------------------------------------------------------------


def mistyped(text: str, rnd: random.Random) -> str:
    """One word in eight with a letter left out, doubled or swapped with the next, in capitals or after a comma."""
    words = text.split()
    for at in rnd.sample(range(len(words)), max(1, len(words) // 8)):
        word, letter = words[at], rnd.randrange(max(1, len(words[at]) - 1))
        words[at] = rnd.choice(
            [
                word[:letter] + word[letter + 1 :] or word,
                word[:letter] + word[letter : letter + 1] + word[letter:],
                word[:letter] + word[letter + 1 : letter + 2] + word[letter : letter + 1] + word[letter + 2 :],
                word.upper(),
                f"{word},",
            ]
        )
    return " ".join(words)


def in_other_words(text: str, rnd: random.Random) -> str:
    """Mistyped, two neighbouring words exchanged, and a few words that mean the same."""
    words = [SAME.get(word.lower(), word) for word in mistyped(text, rnd).split()]
    at = rnd.randrange(len(words) - 1)
    words[at], words[at + 1] = words[at + 1], words[at]
    return " ".join(words).lower()


def shortened(text: str, rnd: random.Random) -> str:
    """The first three fifths of it, mistyped."""
    words = text.split()
    return mistyped(" ".join(words[: max(8, len(words) * 3 // 5)]), rnd)


def the_other_way_round(text: str, rnd: random.Random) -> str:
    """The second half first."""
    words = mistyped(text, rnd).split()
    return " ".join(words[len(words) // 2 :] + words[: len(words) // 2])


def with_more(text: str, rnd: random.Random) -> str:
    return f"{in_other_words(text, rnd)}. It has been like this for years, please come and have a look."


Retyping = Callable[[str, random.Random], str]
RETYPED: dict[Retyping, int] = {mistyped: 50, in_other_words: 50, the_other_way_round: 50, with_more: 47, shortened: 46}
"""In what ways it is told again, and how many of fifty must be found among the first three"""


def suggested(entry: Entry, title: str, words: str, *, metres: float = 0, about: Category | None = None) -> list[int]:
    """The ids of what is suggested to somebody who says this so far east of where an entry lies."""
    crs = settings().crs
    at = geo.reproject(entry.geometry, geo.WGS84, crs)
    there = geo.reproject(shapely.Point(at.x + metres, at.y), crs, geo.WGS84)
    category = about or entry.category
    assert category is not None
    return [one.entry.id for one in alike(VISITOR, there, Kind.ISSUE, category, title, words)]


@pytest.mark.parametrize("title", ["its category", "how it begins", "something"])
@pytest.mark.parametrize("retyped", RETYPED, ids=lambda one: one.__name__)
def test_what_was_told_is_found_when_it_is_told_again(
    city: list[Entry], retyped: Retyping, title: str, capsys: pytest.CaptureFixture[str]
) -> None:
    rnd = random.Random(retyped.__name__)
    first = three = 0
    for entry in some(city):
        words = retyped(entry.words, rnd)
        called = {"its category": entry.category.name, "how it begins": words[:60], "something": "It is a danger"}[
            title
        ]
        found = suggested(entry, called, words)[:3]
        first += found[:1] == [entry.id]
        three += entry.id in found
    with capsys.disabled():
        print(f"\n{retyped.__name__}, titled with {title}: first {first}, among three {three} of {MANY}")
    assert three >= RETYPED[retyped]


def test_other_words_at_the_same_spot_suggest_nothing(city: list[Entry], capsys: pytest.CaptureFixture[str]) -> None:
    """Other words: of a comment from another part of the city, as often as can be about the same thing."""
    rnd = random.Random(11)
    wrong = asked = 0
    for entry in some(city, 6) + some(city, 7):
        far = [other for other in city if geo.metres_between(other.geometry, entry.geometry, 32618) > 1000]
        of_the_same = [other for other in far if other.category_id == entry.category_id] or far
        for other in (rnd.choice(far), rnd.choice(of_the_same)):
            asked += 1
            wrong += bool(suggested(entry, other.words[:60], other.words))
    with capsys.disabled():
        print(f"\nother words at the same spot: {wrong} of {asked} suggest something")
    assert wrong == 0


@pytest.mark.parametrize("metres", [251, 400, 5000])
def test_the_same_words_beyond_the_radius_suggest_nothing(city: list[Entry], metres: int) -> None:
    for entry in some(city):
        assert entry.id not in suggested(entry, entry.category.name, entry.words, metres=metres)
        assert entry.id in suggested(entry, entry.category.name, entry.words, metres=249)


@pytest.mark.parametrize("radius", [20, 80, 1000])
def test_the_radius_is_the_categorys(city: list[Entry], radius: int) -> None:
    near = Category(name="Near", kinds=[], radius_m=radius, service_id=1, id=0)
    for entry in some(city)[:10]:
        assert entry.id in suggested(entry, "", entry.words, metres=radius - 1, about=near)
        assert entry.id not in suggested(entry, "", entry.words, metres=radius + 1, about=near)


def test_what_has_no_words_of_its_own_is_suggested_to_nobody(city: list[Entry]) -> None:
    wordless = db.session.scalars(select(Entry).where(Entry.words == "").order_by(Entry.source_id)).all()
    assert len(wordless) > 300
    for entry in random.Random(3).sample(list(wordless), MANY):
        without = set(db.session.scalars(select(Entry.id).where(Entry.words == "")))
        assert not without & set(suggested(entry, entry.category.name, "Something quite other than what was meant."))


def test_among_thousands_at_one_spot_the_right_one_is_found_in_time(
    city: list[Entry], capsys: pytest.CaptureFixture[str]
) -> None:
    """More comments at one spot than any place has: the oldest of them all is found still."""
    entry = min(some(city), key=lambda one: one.told_at)
    row = {
        "kind": Kind.ISSUE, "state": State.RECEIVED, "channel": Channel.IMPORT, "level": Level.PUBLIC,
        "told_at": now(), "changed_at": now(), "standing": Standing.PUBLISHED, "geometry": entry.geometry,
        "lead": Lead.COUNCIL, "name_shown": False,
    }  # fmt: skip
    others = [other for other in city if other.id != entry.id]
    with transaction():
        db.session.execute(
            insert(Entry),
            [
                row | {"ref": f"WX-{number}", "title": f"{other.words[:50]} {number}", "words": other.words}
                for number, other in enumerate(others)
            ],
        )
    words = in_other_words(entry.words, random.Random(1))
    began = time.perf_counter()
    found = suggested(entry, words[:60], words)
    taken = time.perf_counter() - began
    with capsys.disabled():
        print(f"\nat a spot with {len(others):,} comments: {taken * 1000:.0f} ms")
    assert found[0] == entry.id
    assert taken < 5
