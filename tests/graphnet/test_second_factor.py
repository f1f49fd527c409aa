"""The second factor: each code once, tries limited, recovery codes as sums, the secret nowhere."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import argon2
import pyotp
import pytest

from graphnet import accounts
from graphnet.accounts import passwords, second_factor
from graphnet.errors import BadValue, Conflict, ThingNotFound, TooMany
from graphnet.model import Name
from graphnet.store import Store
from tests.support.refused import refused

KEYS = (b"a key of the tests",)
EVERYTHING = "MATCH (n) WHERE NOT n:Migration RETURN properties(n) AS all LIMIT 1000"


class Clock(datetime):
    """A clock that the test moves."""

    at = datetime(2026, 11, 26, 12, 0, 10, tzinfo=UTC)

    @classmethod
    def now(cls, tz: Any = None) -> datetime:  # type: ignore[override]
        return cls.at


@pytest.fixture(autouse=True)
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "_hasher", argon2.PasswordHasher(time_cost=1, memory_cost=1024))


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> type[Clock]:
    monkeypatch.setattr(second_factor, "datetime", Clock)
    monkeypatch.setattr(Clock, "at", Clock.at)
    return Clock


@pytest.fixture
def account(store: Store, clock: type[Clock]) -> str:
    made = accounts.create(store, "a@example.org", "three words here", name=Name("A", "B"))
    return made.id


def secret(store: Store, account_id: str) -> str:
    second_factor.begin(store, account_id)
    text, address = second_factor.setup(store, account_id, keys=KEYS, issuer="Alumni")
    assert address.startswith("otpauth://totp/Alumni:a%40example.org?secret=" + text)
    return text


def code(text: str, steps: int = 0) -> str:
    return pyotp.TOTP(text).at(Clock.at, counter_offset=steps)


def on(store: Store, account_id: str) -> tuple[str, list[str]]:
    text = secret(store, account_id)
    return text, second_factor.confirm(store, account_id, code(text), keys=KEYS)


def test_it_is_asked_for_once_its_first_code_has_confirmed_it(store: Store, account: str) -> None:
    assert second_factor.factor(store, account) is None
    text = secret(store, account)
    assert not second_factor.is_asked_for(store, account)
    with refused(BadValue, "code"):
        second_factor.confirm(store, account, "000000", keys=KEYS)
    codes = second_factor.confirm(store, account, code(text), keys=KEYS)
    assert second_factor.is_asked_for(store, account)
    assert len(set(codes)) == second_factor.CODES
    with pytest.raises(ThingNotFound):  # the secret is shown no more
        second_factor.setup(store, account, keys=KEYS, issuer="Alumni")
    with pytest.raises(Conflict):
        second_factor.begin(store, account)
    kept = str(store.read(EVERYTHING))
    assert text not in kept
    assert not any(one in kept or one.replace("-", "") in kept for one in codes)


def test_a_code_works_once_and_only_about_now(
    store: Store, account: str, clock: type[Clock]
) -> None:
    text, _ = on(store, account)
    with pytest.raises(BadValue):  # used to confirm
        second_factor.verify(store, account, code(text), keys=KEYS)
    clock.at += timedelta(seconds=30)
    now = code(text)
    second_factor.verify(store, account, f" {now[:3]} {now[3:]} ", keys=KEYS)
    with pytest.raises(BadValue):
        second_factor.verify(store, account, now, keys=KEYS)
    second_factor.verify(store, account, code(text, 1), keys=KEYS)  # a clock that is fast
    for steps in (-1, 0, 2, -2):  # one before a later one was used, and those too far off
        with pytest.raises(BadValue):
            second_factor.verify(store, account, code(text, steps), keys=KEYS)


def test_one_code_at_once_lets_one_in(store: Store, account: str, clock: type[Clock]) -> None:
    text, codes = on(store, account)
    clock.at += timedelta(seconds=60)

    def tried(what: str) -> Callable[[int], bool]:
        def attempt(_: int) -> bool:
            try:
                second_factor.verify(store, account, what, keys=KEYS)
            except BadValue:
                return False
            return True

        return attempt

    for what in (code(text), codes[0]):
        with ThreadPoolExecutor(4) as pool:
            assert sum(pool.map(tried(what), range(4))) == 1


def test_five_wrong_codes_and_nobody_tries_for_a_quarter_of_an_hour(
    store: Store, account: str, clock: type[Clock]
) -> None:
    text, codes = on(store, account)
    clock.at += timedelta(seconds=60)
    for _ in range(second_factor.TRIES):
        with pytest.raises(BadValue):
            second_factor.verify(store, account, "000000", keys=KEYS)
    for right in (code(text), codes[0]):
        with pytest.raises(TooMany):
            second_factor.verify(store, account, right, keys=KEYS)
    clock.at += timedelta(minutes=16)
    second_factor.verify(store, account, code(text), keys=KEYS)


def test_recovery_codes_work_once_each_and_others_make_them_void(
    store: Store, account: str
) -> None:
    _, codes = on(store, account)
    second_factor.verify(store, account, codes[0].upper(), keys=KEYS)
    with pytest.raises(BadValue):
        second_factor.verify(store, account, codes[0], keys=KEYS)
    found = second_factor.factor(store, account)
    assert found is not None and found.codes_left == 9
    fresh = second_factor.renew_codes(store, account, codes[1], keys=KEYS)
    with pytest.raises(BadValue):
        second_factor.verify(store, account, codes[2], keys=KEYS)
    second_factor.verify(store, account, fresh[0].replace("-", " "), keys=KEYS)


def test_switching_off_takes_a_code_and_an_administrator_can_help(
    store: Store, account: str
) -> None:
    _, codes = on(store, account)
    with pytest.raises(BadValue):
        second_factor.switch_off(store, account, "", keys=KEYS)
    second_factor.switch_off(store, account, codes[0], keys=KEYS)
    assert second_factor.factor(store, account) is None
    assert store.read("MATCH (c:RecoveryCode) RETURN count(c) AS n LIMIT 1") == [{"n": 0}]
    on(store, account)
    second_factor.take_away(store, account, actor="boss")
    with pytest.raises(ThingNotFound):
        second_factor.take_away(store, account, actor="boss")
    with pytest.raises(ThingNotFound):
        second_factor.verify(store, account, codes[0], keys=KEYS)


def test_a_secret_of_the_key_before_still_works(
    store: Store, account: str, clock: type[Clock]
) -> None:
    text, _ = on(store, account)
    clock.at += timedelta(seconds=60)
    second_factor.verify(store, account, code(text), keys=(b"another key", *KEYS))


def test_a_new_device_is_told_of_and_a_known_one_is_not(store: Store, account: str) -> None:
    letters = "MATCH (j:Job {kind: 'mail'}) RETURN count(j) AS n LIMIT 1"
    for token, expected in (("one", 0), ("one", 0), ("two", 1), ("two", 1), ("one", 1)):
        accounts.begin_session(store, account, how="password", device_token=token)
        assert store.read(letters) == [{"n": expected}]
    kept = store.read("MATCH (a:Account {id: $id}) RETURN a.devices AS all LIMIT 1", id=account)
    assert len(kept[0]["all"]) == 2
    assert "one" not in kept[0]["all"]
