"""Somebody points at a spot: it lies in one ward of each date, and never in two of a set that the check calls sound."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path

import geopandas
import numpy as np
import pytest
import shapely
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conftest import application, shared_data
from tests.engines import environment_of
from wardbook.areas.boundary_files.checking import check
from wardbook.areas.boundary_files.reading import read_boundaries
from wardbook.areas.locator import LocatedSet, locator
from wardbook.cli import main
from wardbook.db import db

BANES = {"banes_wards_2011": "wd11cd", "banes_wards_2019": "WD19CD"}
SOUND = ["leeds_wards_2022", "hackney_wards_2022", "camden_wards_2022", "birmingham_wards_2022"]


@pytest.fixture(scope="module")
def banes(open_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, LocatedSet]]:
    """The wards of 2011 and of 2019, brought in by the command line, as whoever asks finds them."""
    home = tmp_path_factory.mktemp("banes") / "home"
    run = CliRunner(env=environment_of(home)).invoke
    assert run(main, ["init"]).exit_code == 0
    for name, days in zip(BANES, (["--until", "2019-05-02"], ["--from", "2019-05-02"]), strict=True):
        file = str(open_data / "boundaries" / f"{name}.geojson")
        said = run(main, ["boundaries", "import", file, "--set", name, "--type", "ward", *days])
        assert said.exit_code == 0, said.stderr
    app = application(home)
    with app.app_context():
        yield dict(zip(BANES, (locator().wards(date(year, 1, 1))[0] for year in (2013, 2020)), strict=True))
        db.session.remove()
        db.engine.dispose()


def scattered(ground: shapely.Geometry, count: int) -> np.ndarray:
    """So many points at random inside a shape, the same in every run."""
    random, (west, south, east, north) = np.random.default_rng(2019), ground.bounds
    kept = np.empty((0, 2))
    while len(kept) < count:
        tried = random.uniform((west, south), (east, north), (count, 2))
        kept = np.vstack([kept, tried[shapely.contains_xy(ground, tried)]])
    return kept[:count]


def test_ten_thousand_points_lie_in_one_ward_of_each_date_and_a_plain_join_agrees(banes, open_data):
    plain = {name: geopandas.read_file(open_data / "boundaries" / f"{name}.geojson") for name in BANES}
    ground = shapely.intersection_all([wards.union_all() for wards in plain.values()])
    shapely.prepare(ground)
    lon, lat = scattered(ground, 10_000).T
    points = geopandas.GeoDataFrame(geometry=geopandas.points_from_xy(lon, lat), crs=4326)
    for name, column in BANES.items():
        known = banes[name]
        hits = np.bincount(known.tree.query(points.geometry.values, predicate="within")[0], minlength=len(points))
        assert set(hits) == {1}
        ours = [known.codes[place] for place in known.covering_each(lon, lat)]
        theirs = points.sjoin(plain[name], predicate="within")
        assert len(theirs) == len(points)
        assert ours == theirs.sort_index()[column].to_list()


@cache
def wards_of(name: str) -> shapely.STRtree:
    """The wards of a set whose check reports no overlap."""
    reading = read_boundaries(shared_data() / "boundaries" / f"{name}.geojson")
    assert check(reading).overlaps == ()
    return shapely.STRtree([area.geometry for area in reading.areas])


def most_at_a_point(tree: shapely.STRtree, seed: int) -> int:
    """In how many areas the most shared of a thousand random points lies."""
    west, south, east, north = shapely.total_bounds(tree.geometries)
    points = shapely.points(np.random.default_rng(seed).uniform((west, south), (east, north), (1000, 2)))
    return int(np.bincount(tree.query(points, predicate="within")[0], minlength=1).max())


@pytest.mark.parametrize("name", SOUND)
@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_no_point_lies_in_two_wards_of_a_set_without_overlaps(name, open_data, seed):
    assert most_at_a_point(wards_of(name), seed) == 1


def test_a_point_does_where_the_check_reports_an_overlap(open_data):
    reading = read_boundaries(open_data / "awkward" / "made" / "overlapping_wards.geojson")
    (overlap,) = check(reading).overlaps
    tree = shapely.STRtree([area.geometry for area in reading.areas])
    assert len(tree.query(shapely.Point(overlap.lon, overlap.lat), predicate="within")) == 2
