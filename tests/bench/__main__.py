"""`make bench`: how fast the hot roads are beside a bare Flask route, on both engines and two sizes of store."""

from __future__ import annotations

import argparse
import platform
import sqlite3
import sys
from datetime import date
from importlib.metadata import version
from pathlib import Path

import gunicorn
import sqlalchemy

from tests.bench import store
from tests.bench.measure import Run, Seen, machine, measure
from tests.conftest import shared_data


def main() -> None:
    """Make the stores that are missing, measure each, print a table."""
    chosen = _options().parse_args()
    reading = store.wards_of_the_country(shared_data())
    postcodes = shared_data() / "postcodes" / "leeds_postcodes_2025-05.csv.gz"
    seen = []
    for engine in chosen.engines:
        for count in chosen.entries:
            sys.stderr.write(f"{engine}, {count:,} entries\n")
            home = chosen.folder.resolve() / f"{engine}-{count}"
            home.mkdir(parents=True, exist_ok=True)
            url = store.sqlite_url(home)
            if engine == "postgresql":
                url = store.database_on(chosen.postgresql, f"wardbook_bench_{count}")
            store.make(home, url, count, reading, postcodes)
            if not chosen.make_only:
                seen.append(measure(engine, home, url, Run(chosen.seconds, chosen.posts, chosen.only)))
    sys.stdout.write(table(seen) + "\n")


def _options() -> argparse.ArgumentParser:
    asked = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    asked.add_argument("--entries", type=int, nargs="+", default=[10_000, 1_000_000])
    asked.add_argument("--engines", nargs="+", default=["sqlite"], choices=["sqlite", "postgresql"])
    asked.add_argument("--postgresql", default="", help="a server on which databases may be made: postgresql://...")
    asked.add_argument("--folder", type=Path, default=Path("var/bench"), help="where stores are made and kept")
    asked.add_argument("--seconds", type=float, default=6.0, help="how long each road is driven")
    asked.add_argument("--posts", type=int, default=3000, help="how many contributions are posted at most")
    asked.add_argument("--only", default="", help="the roads whose name holds these words")
    asked.add_argument("--make-only", action="store_true", help="make the stores and measure nothing")
    return asked


def table(seen: list[Seen]) -> str:
    """What was seen, as a table for the README."""
    versions = f"Python {platform.python_version()}, Flask {version('flask')}"
    lines = [
        f"{date.today().isoformat()}: {machine()}; {versions}, SQLAlchemy {sqlalchemy.__version__}, "
        f"gunicorn {gunicorn.__version__}, SQLite {sqlite3.sqlite_version}.",
        "",
        "| engine, entries | asked | to reach | ratio | a second | p50 ms | p99 ms | queries | rows | kB |",
        "| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for run in seen:
        named = f"{run.engine}, {run.entries:,}"
        for row in run.rows:
            lines.append(
                f"| {named} | {row.name} | {row.reach:.2f} | {row.ratio:.2f} | {row.a_second:,.0f} | {row.p50:.1f} | "
                f"{row.p99:.1f} | {row.queries:.0f} | {row.rows:.0f} | {row.size / 1000:.1f} |"
            )
        memory = ", ".join(f"{megabytes:.0f} MB" for megabytes in run.memory)
        lines.append(f"| {named} | bare Flask route |  |  | {run.bare:,.0f} |  |  |  |  | a worker: {memory} |")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
