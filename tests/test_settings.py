"""An installation is set up from its environment; what is not said has a safe default."""

from __future__ import annotations

import stat
import sys

import pytest
from click.testing import CliRunner

from tests.engines import ENGINE, environment_of
from wardbook.app import create_app
from wardbook.cli import main
from wardbook.config import settings_from_environment
from wardbook.doctor import contrast_with_white

NAMES = "HOME DATABASE_URL SECRET_KEY COUNCIL_NAME COUNCIL_CODE CRS BASE_URL MAIL MAIL_FROM BRAND_COLOUR OS_LICENCE"


@pytest.fixture
def empty(monkeypatch, tmp_path):
    for name in NAMES.split():
        monkeypatch.delenv(f"WARDBOOK_{name}", raising=False)
    monkeypatch.setenv("WARDBOOK_HOME", str(tmp_path / "var"))
    return tmp_path / "var"


def test_with_nothing_said_everything_is_in_one_folder_that_is_its_owners(empty):
    chosen = settings_from_environment()
    assert chosen.home == empty
    assert chosen.database_url == f"sqlite:///{empty}/wardbook.sqlite"
    assert (chosen.crs, chosen.mail, chosen.council_name) == (27700, "outbox:", "Your council")
    assert stat.S_IMODE(empty.stat().st_mode) == 0o700


def test_a_secret_is_made_once_kept_to_its_owner_and_found_again(empty):
    first, second = settings_from_environment().secret_key, settings_from_environment().secret_key
    assert first == second
    assert len(first) > 40
    assert stat.S_IMODE((empty / "secret_key").stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("name", "value", "attribute", "expected"),
    [
        ("COUNCIL_NAME", "Testham", "council_name", "Testham"),
        ("CRS", "29902", "crs", 29902),
        ("BASE_URL", "https://wards.example.org/", "base_url", "https://wards.example.org"),
        ("SECRET_KEY", "given", "secret_key", "given"),
        ("MAIL", "smtp://mail.example.org:25", "mail", "smtp://mail.example.org:25"),
        ("MAPIT_TYPES", "ward=UTW, lsoa=OLG", "mapit_types", (("ward", "UTW"), ("lsoa", "OLG"))),
        ("OS_LICENCE", "© Crown copyright", "os_licence", "© Crown copyright"),
        ("DATABASE_URL", "postgresql://db/wardbook", "database_url", "postgresql://db/wardbook"),
    ],
)
def test_what_is_said_counts(name, value, attribute, expected, empty, monkeypatch):
    monkeypatch.setenv(f"WARDBOOK_{name}", value)
    assert getattr(settings_from_environment(), attribute) == expected


@pytest.mark.parametrize(
    ("mail", "expected"),
    [
        ("smtp://mail.example.org", ("mail.example.org", 25, False, False, None, None)),
        ("smtp://me:p%40ss@mail.example.org:587/?tls=start", ("mail.example.org", 587, False, True, "me", "p@ss")),
        ("smtps://mail.example.org", ("mail.example.org", 465, True, False, None, None)),
    ],
)
def test_a_mail_server_is_one_address(mail, expected, empty, monkeypatch):
    monkeypatch.setenv("WARDBOOK_MAIL", mail)
    config = create_app().config
    names = ("SERVER", "PORT", "USE_SSL", "USE_TLS", "USERNAME", "PASSWORD")
    assert tuple(config[f"MAIL_{name}"] for name in names) == expected


WRONG = [("CRS", "British"), ("DATABASE_URL", "nonsense"), ("MAIL", "nonsense")]
WRONG += [("MAPIT_TYPES", words) for words in ("UTW", "wards=UTW")]
WRONG += [("EDGE_METRES", metres) for metres in ("near", "-1", "nan", "1001")]


@pytest.mark.parametrize(("name", "value"), WRONG)
def test_a_setting_that_is_wrong_is_told_in_one_sentence(name, value, empty):
    env = {"WARDBOOK_HOME": str(empty), f"WARDBOOK_{name}": value}
    said = CliRunner(env=env).invoke(main, ["init"])
    assert (said.exit_code, said.stdout, len(said.stderr.strip().splitlines())) == (2, "", 1)
    assert "Traceback" not in said.output


def test_postgresql_without_its_library_is_told_in_one_sentence(empty, monkeypatch):
    monkeypatch.setitem(sys.modules, "psycopg", None)
    env = {"WARDBOOK_HOME": str(empty), "WARDBOOK_DATABASE_URL": "postgresql://db/wardbook"}
    said = CliRunner(env=env).invoke(main, ["init"])
    assert (said.exit_code, said.stdout, len(said.stderr.strip().splitlines())) == (2, "", 1)
    assert "wardbook[postgresql]" in said.stderr


def test_a_store_that_was_not_made_is_asked_for(empty):
    said = CliRunner(env=environment_of(empty)).invoke(main, ["people", "list"])
    assert (said.exit_code, said.stdout) == (2, "")
    assert "run 'wardbook init'" in said.stderr


def test_the_server_shows_its_outbox_to_nobody_else(empty):
    env = environment_of(empty)
    assert CliRunner(env=env).invoke(main, ["init"]).exit_code == 0
    for bind in ("0.0.0.0:5000", "192.0.2.1:80", ":5000", "[::]:5000", "example.org:80"):
        said = CliRunner(env=env).invoke(main, ["serve", "--bind", bind])
        assert said.exit_code == 2, bind
        assert "127.0.0.1" in said.stderr


def test_the_doctor_finds_a_store_that_others_could_read(empty):
    env = environment_of(empty)
    CliRunner(env=env).invoke(main, ["init"])
    ENGINE.open_to_others(empty)
    said = CliRunner(env=env).invoke(main, ["doctor"])
    assert said.exit_code == 2
    assert ENGINE.says_to_close_it in said.stdout


@pytest.mark.parametrize(
    ("colour", "ratio"), [("#000000", 21.0), ("#ffffff", 1.0), ("#767676", 4.54), ("green", None), ("#12", None)]
)
def test_a_colour_is_measured_as_wcag_says(colour, ratio):
    found = contrast_with_white(colour)
    assert found == ratio if ratio is None else abs(found - ratio) < 0.01
