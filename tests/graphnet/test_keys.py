"""A key per purpose: made once, kept when the secret key changes, readable by its owner only."""

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
    before = keys.key(home, "seasons")
    changed = replace(home, secret_key="t" * 40)
    assert keys.key(changed, "seasons") == before
    assert keys.key(changed, "ballots") != keys.derived("s" * 40, "ballots")


def test_hosts_with_one_secret_come_to_one_key(home: Settings, tmp_path: Path) -> None:
    other = replace(home, home=tmp_path / "other")
    assert keys.key(other, "pseudonyms") == keys.key(home, "pseudonyms")


def test_only_the_owner_reads_a_key(home: Settings) -> None:
    keys.key(home, "links")
    assert (home.keys / "links").stat().st_mode & 0o777 == 0o600
    assert home.keys.stat().st_mode & 0o777 == 0o700
    assert [path.name for path in home.keys.iterdir()] == ["links"]


def test_without_a_secret_nothing_is_made(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="GRAPHNET_SECRET_KEY"):
        keys.key(Settings(home=tmp_path), "links")
    assert not (tmp_path / "keys").exists()
