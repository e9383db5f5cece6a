"""Five councils before and after their reviews: previewed, activated, asked as at 2013, and undone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from flask import Flask
from sqlalchemy import select

from tests.test_bath import REPORTS, import_wards, opened, told, wardbook
from wardbook.areas import queries as areas
from wardbook.areas.locator import locator
from wardbook.db import db, now, transaction
from wardbook.follows.actions import begin
from wardbook.follows.models import Follow, Rhythm
from wardbook.follows.things import thing_from_words
from wardbook.geo import ready
from wardbook.jobs import do_what_is_due
from wardbook.mail import letters
from wardbook.people.actions import person_with
from wardbook.people.queries import viewer_of

OLD, NEW = "Wards before", "Wards after"
BEFORE, THEN = date(2013, 12, 1), date(2012, 5, 3)


@dataclass(frozen=True)
class Council:
    """A council's two sets, the first day of the second, and how many areas each has."""

    name: str
    old: str
    new: str
    first: date
    counts: tuple[int, int]

    def __str__(self) -> str:
        return self.name


COUNCILS = [
    Council("Bath", "banes_wards_2011", "banes_wards_2019", date(2019, 5, 2), (37, 33)),
    Council("Leeds", "leeds_wards_2013", "leeds_wards_2022", date(2018, 5, 3), (33, 33)),
    Council("Birmingham", "birmingham_wards_2013", "birmingham_wards_2022", date(2018, 5, 3), (40, 69)),
    Council("Hackney", "hackney_wards_2013", "hackney_wards_2022", date(2014, 5, 22), (19, 21)),
    Council("Camden", "camden_wards_2013", "camden_wards_2022", date(2022, 5, 5), (18, 20)),
]


@pytest.fixture(params=COUNCILS, ids=str, scope="module")
def council(request: pytest.FixtureRequest) -> Council:
    return request.param


@pytest.fixture(scope="module")
def home(council: Council, open_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Both sets of a council: the old one without an end, the new one ahead of its day."""
    home = tmp_path_factory.mktemp("council") / "home"
    assert wardbook(home, "init").exit_code == 0
    files = (open_data / "boundaries" / f"{name}.geojson" for name in (council.old, council.new))
    first = import_wards(home, next(files), OLD, "--from", str(THEN))
    second = import_wards(home, next(files), NEW, "--from", str(council.first))
    assert (first["areas"], second["areas"]) == council.counts
    assert ("waits" in first, second["waits"]) == (False, True)
    if council.name == "Bath":
        told(home, "entries", "import", open_data / REPORTS.format(2))
    return home


@pytest.fixture(scope="module")
def app(home: Path) -> Iterator[Flask]:
    yield from opened(home)


@pytest.fixture(scope="module")
def preview(home: Path) -> dict[str, Any]:
    return told(home, "boundaries", "preview", NEW)


def rows() -> dict[str, list[str]]:
    """Every row of every table but of what only grows."""
    tables = [
        table for table in db.metadata.sorted_tables if table.name not in {"event", "activation", "job", "letter"}
    ]
    found = {table.name: sorted(str(row) for row in db.session.execute(table.select())) for table in tables}
    db.session.rollback()
    return found


def test_the_preview_agrees_with_the_shapes(app: Flask, council: Council, preview: dict[str, Any]) -> None:
    """Shares of land as geopandas' overlay gives them, to a thousandth; what is left out is under a hundredth."""
    import geopandas as gpd

    old, new = (next(known for known in locator().own() if known.from_on == on) for on in (THEN, council.first))
    frames = [gpd.GeoDataFrame({which: known.codes}, geometry=list(known.shapes), crs=4326).to_crs(27700)
              for which, known in (("old", old), ("new", new))]  # fmt: skip
    both = gpd.overlay(*frames, keep_geom_type=True)
    land = dict(zip(frames[0]["old"], frames[0].area, strict=True))
    shares = {(row.old, row.new): area / land[row.old] for row, area in zip(both.itertuples(), both.area, strict=True)}
    said = {(area["code"], part["code"]): part["land"] for area in preview["areas"] for part in area["parts"]}
    assert said == pytest.approx({pair: shares[pair] for pair in said}, abs=0.001)
    assert max((share for pair, share in shares.items() if pair not in said), default=0) < 0.01


def test_every_area_of_the_old_set_is_in_the_preview(council: Council, preview: dict[str, Any]) -> None:
    assert len(preview["areas"]) == council.counts[0]
    assert all(0.7 < sum(part["land"] for part in area["parts"]) < 1.001 for area in preview["areas"]), (
        "simplified edges"
    )
    assert all(area["ends"] for area in preview["areas"]), "no code of these councils goes on"


@pytest.fixture(scope="module")
def followers(app: Flask, preview: dict[str, Any]) -> dict[str, str]:
    """Somebody who follows each old ward, by its code."""
    found = {area["code"]: f"follower-{number}@example.org" for number, area in enumerate(preview["areas"])}
    with transaction():
        for code, email in found.items():
            person = person_with(email)
            person.confirmed_at = now()
            db.session.flush()
            begin(viewer_of(person), thing_from_words(f"ward:{code}", viewer_of(person)), Rhythm.WEEKLY)
    return found


def test_a_dry_run_changes_nothing(app: Flask, home: Path, followers: dict[str, str]) -> None:
    before = rows()
    said = told(home, "boundaries", "activate", NEW)
    assert (said["committed"], rows()) == (False, before)


def test_activated_asked_as_at_2013_and_undone(
    app: Flask, home: Path, council: Council, preview: dict[str, Any], followers: dict[str, str]
) -> None:
    before = rows()
    assert told(home, "boundaries", "activate", NEW, "--commit")["committed"]
    told(home, "boundaries", "activate", NEW, "--commit")
    db.session.rollback()
    do_what_is_due()
    assert sorted(letter.to for letter in letters() if "wards you follow" in letter.subject) == sorted(
        followers.values()
    )
    goes_to = {area["code"]: area["goes_to"] for area in preview["areas"]}
    db.session.rollback()
    followed = {
        row.person.email: row.words for row in db.session.scalars(select(Follow).where(Follow.ended_at.is_(None)))
    }
    assert followed == {email: f"ward:{goes_to[code] or code}" for code, email in followers.items()}
    _as_at_2013(app, council)
    assert told(home, "boundaries", "activate", NEW, "--undo", "--commit")["undone"]
    assert rows() == before


def _as_at_2013(app: Flask, council: Council) -> None:
    assert (len(areas.wards(BEFORE)), len(areas.wards(council.first))) == council.counts
    client = app.test_client()
    old = next(known for known in locator().own() if known.from_on == THEN)
    code, at = old.codes[0], shapely.point_on_surface(old.shapes[0])
    circle = f"point:{at.x:.6f},{at.y:.6f}+50m"
    assert old.called[0].name in client.get(f"/places/{circle}@{BEFORE}").text
    assert client.get(f"/places/ward:{code}@{BEFORE}").status_code == 200
    assert f"/wards/{code}" in client.get("/wards", query_string={"as_at": str(BEFORE)}).text
    assert f'href="/wards/{code}"' not in client.get("/wards").text
    found = client.get("/find", query_string={"q": f"{at.y:.6f}, {at.x:.6f}", "as_at": str(BEFORE)}).text
    assert f"/places/ward:{code}@{BEFORE}" in found
    ended = client.get(f"/wards/{code}")
    assert ended.status_code == 200
    assert "Its ground is in these since" in ended.text


def test_ten_thousand_points_lie_in_one_ward_of_each_set_as_geopandas_says(app: Flask, council: Council) -> None:
    import geopandas as gpd

    old = next(known for known in locator().own() if known.from_on == THEN)
    ground = ready(shapely.union_all(old.shapes))
    chance = np.random.default_rng(5)
    west, south, east, north = ground.bounds
    lon, lat = chance.uniform(west, east, 40_000), chance.uniform(south, north, 40_000)
    inside = np.flatnonzero(shapely.contains_xy(ground, lon, lat))[:10_000]
    points = gpd.GeoDataFrame(geometry=gpd.points_from_xy(lon[inside], lat[inside]), crs=4326)
    for known in locator().own():
        frame = gpd.GeoDataFrame({"place": range(len(known.codes))}, geometry=list(known.shapes), crs=4326)
        joined = gpd.sjoin(points, frame, predicate="within")
        ours = known.covering_each(lon[inside], lat[inside])
        theirs = np.full(len(inside), -1)
        theirs[joined.index] = joined["place"]
        assert joined.index.is_unique
        assert (ours == theirs).all()
