"""Accounts, sessions, roles, links, audit: on a real server, with real argon2."""

import statistics
import threading
import time
from datetime import UTC, datetime, timedelta

import pytest

from graphnet import accounts, migrations
from graphnet.accounts import passwords
from graphnet.audit import entries as audit_entries
from graphnet.errors import BadValue, Conflict, PersonNotFound, ThingNotFound
from graphnet.model import Name
from graphnet.requests.hiding import ask_to_hide
from graphnet.store import Store
from tests.support.people_with_accounts import PASSWORD, admin, make, signed_in


def test_an_account_is_kept_with_its_person_and_without_its_password(store: Store) -> None:
    made = accounts.create(
        store, " Anna@Example.ORG ", PASSWORD, roles=("staff", "alumnus"), name=Name("Anna", "K")
    )
    assert made.email == "Anna@Example.ORG"
    assert made.roles == ("alumnus", "staff")
    assert made.name.full == "Anna K"
    assert accounts.account_by_email(store, "ANNA@example.org") == made
    stored = store.read("MATCH (a:Account) RETURN properties(a) AS all LIMIT 1")[0]["all"]
    assert PASSWORD not in str(stored)
    assert stored["password_hash"].startswith("$argon2id$v=19$m=65536,t=3,p=4$")


def test_one_address_and_one_person_have_one_account(store: Store) -> None:
    made = make(store)
    with pytest.raises(Conflict):
        make(store, "ANNA@example.org")
    with pytest.raises(Conflict):
        accounts.create(store, "other@example.org", PASSWORD, person_key=made.person_key)
    with pytest.raises(PersonNotFound):
        accounts.create(store, "other@example.org", PASSWORD, person_key=made.person_key + 1)
    # What was refused has left nothing behind.
    assert store.read("MATCH (a:Account) RETURN count(a) AS n LIMIT 1")[0]["n"] == 1
    assert store.read("MATCH (p:Person) RETURN count(p) AS n LIMIT 1")[0]["n"] == 1


def test_a_new_person_gets_a_key_that_nobody_has(store: Store) -> None:
    store.write("CREATE (:Person {id: 'x', key: 500, name_key: 'x'})")
    assert make(store).person_key == 501
    assert make(store, "second@example.org").person_key == 502


@pytest.mark.parametrize(
    "email", ["", "anna", "@example.org", "anna@", "a b@example.org", "a@.org"]
)
def test_what_is_no_address(email: str) -> None:
    with pytest.raises(BadValue):
        accounts.email_key(email)


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        (" Anna@Example.ORG ", "anna@example.org"),
        ("elena@strauß.example", "elena@xn--strau-pqa.example"),
        ("elena@STRAUẞ.example", "elena@xn--strau-pqa.example"),
        ("elena@strauss.example", "elena@strauss.example"),
        ("straße@example.org", "straße@example.org"),
        ("a@βόλος.example", "a@xn--nxasmm1c.example"),
        ("a@βόλοσ.example", "a@xn--nxasmq6b.example"),
        ("Я@ПРИМЕР.рф", "я@xn--e1afmkfd.xn--p1ai"),
        ("я@XN--E1AFMKFD.xn--p1ai", "я@xn--e1afmkfd.xn--p1ai"),
        ("a@some_host.example", "a@some_host.example"),
    ],
)
def test_two_addresses_are_one_only_if_their_owner_is(typed: str, key: str) -> None:
    assert accounts.email_key(typed) == key


OLD_ADDRESSES = """CREATE (:Account {id: 'a', email: 'Anna@strauß.example',
  email_key: 'anna@strauss.example'})
CREATE (:Account {id: 'b', email: 'boris@example.org', email_key: 'boris@example.org'})
CREATE (:Account {id: 'c', email: 'c@xn--e1afmkfd.xn--p1ai', email_key: 'c@xn--e1afmkfd.xn--p1ai'})
CREATE (:Account {id: 'd', email: 'c@пример.рф', email_key: 'c@пример.рф'})
CREATE (:ContactPoint {id: 'p', kind: 'email', value: 'p@βόλος.example',
  value_key: 'p@βόλοσ.example'})
CREATE (:ContactPoint {id: 'q', kind: 'email', value: 'ß and nothing', value_key: 'ss'})
CREATE (:ContactPoint {id: 'r', kind: 'phone', value: '+7 ß', value_key: '+7'})
CREATE (:Claim {id: 'm', email: 'm@strauß.example', email_key: 'm@strauss.example'})
CREATE (:Nomination {id: 'n', email: 'n@strauß.example', email_key: 'n@strauss.example'})"""

KEYS = """MATCH (n) WHERE n.id IN ['a', 'b', 'c', 'd', 'p', 'q', 'r', 'm', 'n']
RETURN n.id AS id, coalesce(n.email_key, n.value_key) AS key ORDER BY id LIMIT 20"""


def test_keys_of_an_older_program_are_brought_up_to_date(store: Store) -> None:
    store.write(OLD_ADDRESSES)
    # A first landing's schema: of the migrations only those of that time are done.
    store.write("MATCH (m:Migration) WHERE m.number > 4 DETACH DELETE m")
    assert migrations.migrate(store) == [n for n, _, _ in migrations.MIGRATIONS if n > 4]
    assert {row["id"]: row["key"] for row in store.read(KEYS)} == {
        "a": "anna@xn--strau-pqa.example",
        "b": "boris@example.org",
        "c": "c@xn--e1afmkfd.xn--p1ai",
        "d": "c@пример.рф",  # the same as c: both keep theirs, and the log says so
        "p": "p@xn--nxasmm1c.example",
        "q": "ss",
        "r": "+7",
        "m": "m@xn--strau-pqa.example",
        "n": "n@xn--strau-pqa.example",
    }
    migrations.address_keys(store)  # repeating it changes nothing


def test_signing_in_opens_a_session_that_can_be_listed_and_ended(store: Store) -> None:
    made = make(store)
    first = signed_in(store, "anna@EXAMPLE.org", PASSWORD, device="Firefox, Android")
    second = signed_in(store, "anna@example.org", PASSWORD, device="Chrome, Linux")
    assert first and second and first != second
    found = accounts.session_of(store, first)
    assert found is not None
    assert found[1] == made
    assert {s.device for s in accounts.held_by(store, made.id)} == {
        "Firefox, Android",
        "Chrome, Linux",
    }
    hashes = store.read("MATCH (s:Session) RETURN s.token_hash AS hash ORDER BY hash LIMIT 9")
    assert first not in str(hashes)
    assert second not in str(hashes)
    assert accounts.end_session(store, made.id, found[0])
    assert not accounts.end_session(store, made.id, found[0])
    assert accounts.session_of(store, first) is None
    assert accounts.session_of(store, second) is not None
    accounts.sign_out(store, second)
    assert accounts.session_of(store, second) is None


def test_a_session_belongs_to_its_account_only(store: Store) -> None:
    make(store)
    other = make(store, "other@example.org")
    token = signed_in(store, "anna@example.org", PASSWORD)
    assert token
    found = accounts.session_of(store, token)
    assert found is not None
    assert not accounts.end_session(store, other.id, found[0])
    assert accounts.session_of(store, token) is not None


def test_a_session_runs_out_and_is_forgotten(store: Store) -> None:
    made = make(store)
    token = signed_in(store, "anna@example.org", PASSWORD, days=1)
    assert token
    store.write(
        "MATCH (s:Session) SET s.expires_at = $past", past=datetime.now(UTC) - timedelta(seconds=1)
    )
    assert accounts.session_of(store, token) is None
    assert accounts.held_by(store, made.id) == []
    assert accounts.forget_ended(store) == 1
    assert accounts.forget_ended(store) == 0


def test_wrong_unknown_disabled_and_invited_do_not_get_in(store: Store) -> None:
    made = make(store)
    admin(store)
    accounts.create(store, "invited@example.org", None, name=Name("I", "N"))
    assert signed_in(store, "anna@example.org", "another password") is None
    assert signed_in(store, "nobody@example.org", PASSWORD) is None
    assert signed_in(store, "no address", PASSWORD) is None
    assert signed_in(store, "invited@example.org", "nobody has this password") is None
    token = signed_in(store, "anna@example.org", PASSWORD)
    assert token
    accounts.disable(store, made.id)
    assert accounts.session_of(store, token) is None
    assert signed_in(store, "anna@example.org", PASSWORD) is None
    accounts.enable(store, made.id)
    assert signed_in(store, "anna@example.org", PASSWORD) is not None


def test_an_unknown_address_costs_an_argon2_run_too(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Work is counted, not time: a loaded machine makes any clock lie.

    make(store)
    real = passwords._hasher
    runs: list[str] = []

    class Counting:
        def verify(self, hash_: str, password: str) -> bool:
            runs.append(hash_)
            return real.verify(hash_, password)

        def check_needs_rehash(self, hash_: str) -> bool:
            return real.check_needs_rehash(hash_)

    monkeypatch.setattr(passwords, "_hasher", Counting())
    for email in ("anna@example.org", "nobody@example.org", "not an address"):
        runs.clear()
        assert signed_in(store, email, "another password") is None
        assert len(runs) == 1
        assert "m=65536,t=3,p=4" in runs[0]


def test_an_old_hash_is_made_anew_at_sign_in(store: Store) -> None:
    import argon2

    make(store)
    weak = argon2.PasswordHasher(time_cost=1, memory_cost=1024).hash(PASSWORD)
    store.write("MATCH (a:Account) SET a.password_hash = $weak", weak=weak)
    assert signed_in(store, "anna@example.org", PASSWORD)
    row = store.read("MATCH (a:Account) RETURN a.password_hash AS hash LIMIT 1")[0]
    assert "m=65536" in row["hash"]
    assert signed_in(store, "anna@example.org", PASSWORD)


def test_roles_are_given_and_taken_and_written_down(store: Store) -> None:
    boss, made = admin(store), make(store)
    accounts.give_role(store, made.id, "staff", actor=boss.id)
    accounts.give_role(store, made.id, "staff", actor=boss.id)
    assert accounts.account(store, made.id).roles == ("alumnus", "staff")
    accounts.take_role(store, made.id, "alumnus", actor=boss.id)
    assert accounts.account(store, made.id).roles == ("staff",)
    with pytest.raises(BadValue):
        accounts.give_role(store, made.id, "emperor")
    with pytest.raises(ThingNotFound):
        accounts.give_role(store, "nobody", "staff")
    lines = [(e.act, e.detail, e.actor) for e in audit_entries(store, actor=boss.id)]
    assert lines == [("role.take", "alumnus", boss.id), ("role.give", "staff", boss.id)]


def test_the_last_administrator_stays(store: Store) -> None:
    boss = admin(store)
    with pytest.raises(Conflict):
        accounts.take_role(store, boss.id, "admin")
    with pytest.raises(Conflict):
        accounts.disable(store, boss.id)
    assert accounts.account(store, boss.id).roles == ("admin",)
    assert not accounts.account(store, boss.id).disabled
    second = admin(store, "second@example.org")
    accounts.disable(store, second.id)
    with pytest.raises(Conflict):  # the other one is switched off
        accounts.take_role(store, boss.id, "admin")
    accounts.enable(store, second.id)
    accounts.take_role(store, boss.id, "admin")
    assert accounts.account(store, boss.id).roles == ()


def test_two_administrators_cannot_remove_each_other_at_once(store: Store) -> None:
    pair = [admin(store), admin(store, "second@example.org")]
    refused: list[str] = []

    def remove(account_id: str) -> None:
        try:
            accounts.take_role(store, account_id, "admin")
        except Conflict:
            refused.append(account_id)

    threads = [threading.Thread(target=remove, args=(one.id,)) for one in pair]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 1
    assert len(accounts.accounts(store, role="admin")[0]) == 1


def test_many_accounts_share_one_hash_and_are_quick(store: Store) -> None:
    store.write(
        "UNWIND range(1, 300) AS key CREATE (:Person {id: toString(key), key: key, name_key: 'n'})"
    )
    rows = [{"email": f"a{key}@example.org", "person_key": key} for key in range(1, 301)]
    began = time.process_time()
    assert accounts.create_many(store, rows, PASSWORD) == 300
    once = statistics.mean(_seconds_of_one_hash() for _ in range(3))
    assert time.process_time() - began < 60 * once  # 300 hashes would take five times that
    assert accounts.create_many(store, rows, PASSWORD) == 300  # again: nothing new
    assert accounts.accounts(store)[1] == 300
    assert signed_in(store, "a299@example.org", PASSWORD)


def _seconds_of_one_hash() -> float:
    from graphnet.accounts.passwords import hashed

    began = time.process_time()
    hashed(PASSWORD)
    return time.process_time() - began


def test_accounts_are_found_by_address_name_and_role(store: Store) -> None:
    accounts.create(store, "one@example.org", PASSWORD, name=Name("Семён", "Иванов"))
    make(store, "two@example.org", "staff")
    assert [a.email for a in accounts.accounts(store, words="ONE@")[0]] == ["one@example.org"]
    assert [a.email for a in accounts.accounts(store, words="иванов")[0]] == ["one@example.org"]
    assert [a.email for a in accounts.accounts(store, role="staff")[0]] == ["two@example.org"]
    page, total = accounts.accounts(store, skip=1, limit=1)
    assert ([a.email for a in page], total) == (["two@example.org"], 2)


def test_asking_not_to_be_found_leaves_a_request(store: Store) -> None:
    made = make(store)
    ask_to_hide(store, name="Anna K", studies="physics, 1998", contact="call me")
    ask_to_hide(store, name="Anna K", studies="", person_key=made.person_key)
    rows = store.read(
        "MATCH (r:Request {kind: 'hide', status: 'new'}) "
        "RETURN r.subject AS subject, r.text AS text, r.due_at > r.at AS due, "
        "r.contact AS contact, EXISTS { (:Person)-[:ASKED]->(r) } AS known ORDER BY known LIMIT 9"
    )
    assert [
        (row["subject"], row["text"], row["contact"], row["due"], row["known"]) for row in rows
    ] == [
        ("Anna K", "physics, 1998", "call me", True, False),
        ("Anna K", "", None, True, True),
    ]
    with pytest.raises(BadValue):
        ask_to_hide(store, name=" ", studies="physics")
    with pytest.raises(BadValue):
        ask_to_hide(store, name="A", studies="x" * 3000)
