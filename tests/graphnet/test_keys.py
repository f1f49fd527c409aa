"""A key per purpose: made once, kept when the secret key changes, readable by its owner only."""

import hmac
from dataclasses import replace
from pathlib import Path

import pytest

from graphnet import keys
from graphnet.errors import BadValue, SettingsError
from graphnet.settings import Settings


@pytest.fixture
def home(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path, secret_key="s" * 40)


def test_each_purpose_has_a_key_of_its_own(home: Settings) -> None:
    made = {purpose: keys.key(home, purpose) for purpose in keys.PURPOSES}
    assert len(set(made.values())) == len(keys.PURPOSES)
    assert all(len(key) == keys.SIZE for key in made.values())
    with pytest.raises(BadValue, match="purposes: pseudonyms"):
        keys.key(home, "cookies")


def test_a_changed_secret_leaves_what_was_made(home: Settings) -> None:
    before = {purpose: keys.trusted(home, purpose) for purpose in keys.PURPOSES}
    changed = replace(home, secret_key="t" * 40)
    assert {purpose: keys.trusted(changed, purpose) for purpose in keys.PURPOSES} == before
    assert before["ballots"][0] == keys.derived("s" * 40, "ballots")


def test_what_the_first_release_drew_from_the_secret_is_trusted_and_makes_nothing(
    home: Settings,
) -> None:
    own, earlier = keys.trusted(home, "seasons")
    assert earlier == hmac.digest(b"s" * 40, b"graphnet seasons", "sha256")
    assert keys.trusted(home, "ballots")[1] == hmac.digest(b"s" * 40, b"ballot seal", "sha256")
    assert keys.trusted(home, "links")[1] == b"s" * 40
    assert own == keys.key(home, "seasons") != earlier
    assert keys.trusted(home, "pseudonyms") == (keys.key(home, "pseudonyms"),)


def test_hosts_with_one_secret_come_to_one_key(home: Settings, tmp_path: Path) -> None:
    other = replace(home, home=tmp_path / "other")
    assert keys.key(other, "pseudonyms") == keys.key(home, "pseudonyms")


def test_only_the_owner_reads_a_key(home: Settings) -> None:
    keys.key(home, "links")
    assert (home.keys / "links").stat().st_mode & 0o777 == 0o600
    assert home.keys.stat().st_mode & 0o777 == 0o700
    assert {p.stat().st_mode & 0o777 for p in home.keys.iterdir()} == {0o600}


def test_without_a_secret_nothing_is_made(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="GRAPHNET_SECRET_KEY"):
        keys.key(Settings(home=tmp_path), "links")
    assert not (tmp_path / "keys").exists()
