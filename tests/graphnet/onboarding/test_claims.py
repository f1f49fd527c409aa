"""Claims: the same steps whatever a name matches; confirmed by address, two groupmates or staff."""

import json
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from graphnet import accounts, people
from graphnet.audit import entries as audit_entries
from graphnet.errors import BadValue, Conflict, NotAllowed, PersonNotFound, ThingNotFound, TooMany
from graphnet.ledger import entries, pseudonyms
from graphnet.model import Name
from graphnet.onboarding import claim_letters, claims, claims_desk, invitation_links
from graphnet.privacy import Viewer
from graphnet.store import Store, Transaction
from tests.support.graphs import (
    ANNA,
    BORIS,
    DARYA,
    EVGENY,
    GEORGY,
    STAFF,
    VERA,
    ZHANNA,
    small_association,
)
from tests.support.themselves import erase, export, hide

KEYS = (b"a key of the tests",)
STAFF_ASKS = Viewer("staff", STAFF, "account-8", purpose="decide claims")
ANNA_ASKS = Viewer("alumnus", ANNA, "account-1")
MORE = """UNWIND $rows AS row MATCH (g:StudyGroup {id: 'A'})
CREATE (p:Person:Alumnus {id: row.id, key: row.key, given_name: row.given, family_name: row.family,
  name_key: row.id, visibility: 'shown'})
CREATE (p)-[:STUDIED_IN {from_term: 3996, to_term: 4005, role: 'student'}]->(g)
CREATE (:Account {id: 'account-' + toString(row.key), email: row.id + '@example.org',
  email_key: row.id + '@example.org', roles: ['alumnus'], created_at: $old})-[:OF]->(p)"""
LEV, MAYA = 21, 22
LEV_ASKS, MAYA_ASKS = Viewer("alumnus", LEV, "account-21"), Viewer("alumnus", MAYA, "account-22")
CLAIM = "MATCH (c:Claim) RETURN properties(c) AS all ORDER BY c.at LIMIT 50"
LETTERS = "MATCH (j:Job {kind: 'mail'}) RETURN j.payload AS payload ORDER BY j.created_at LIMIT 50"


@pytest.fixture
def link(store: Store) -> str:
    small_association(store)
    old = datetime.now(UTC) - timedelta(days=400)
    rows = [
        {"id": "lev", "key": LEV, "given": "Лев", "family": "Орешкин"},
        {"id": "maya", "key": MAYA, "given": "Майя", "family": "Зотова"},
    ]
    store.write(MORE, rows=rows, old=old)
    store.write("MATCH (a:Account) SET a.created_at = $old", old=old)
    return invitation_links.make(store, ANNA_ASKS, "A", keys=KEYS).token


def ask(store: Store, link: str, name: str = "Boris Petrov", **more: Any) -> str:
    claims.ask(store, link, name=name, **more)
    rows = store.read("MATCH (c:Claim) RETURN c.id AS id ORDER BY c.at DESC LIMIT 1")
    return str(rows[0]["id"])


def only(store: Store) -> dict[str, Any]:
    return dict(store.read(CLAIM)[-1]["all"])


def letters(store: Store) -> list[dict[str, Any]]:
    return [json.loads(row["payload"]) for row in store.read(LETTERS)]


def kinds(store: Store) -> list[str]:
    return [one["letter"].removeprefix("claims.") for one in letters(store)]


def armed(store: Store, claim: str) -> str:
    """The token of the letter to the address on file, as it leaves."""
    assert kinds(store)[-1] == "confirm"
    token = "t" * 43
    assert claim_letters.arm(store, claim, token)
    return token


def owner(store: Store, email: str) -> int | None:
    found = accounts.account_by_email(store, email)
    return found.person_key if found else None


# What a visitor can see or measure


@pytest.fixture
def queries(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every query of this thread, in order: a site of an earlier test may still be warming up."""
    seen: list[str] = []
    usual, own = Transaction.run, threading.get_ident()

    def run(self: Transaction, query: Any, /, **parameters: Any) -> Any:
        if threading.get_ident() == own:
            seen.append(query)
        return usual(self, query, **parameters)

    monkeypatch.setattr(Transaction, "run", run)
    return seen


def test_the_steps_are_the_same_whatever_the_name_matches(
    store: Store, link: str, queries: list[str]
) -> None:
    store.write(
        "MATCH (p:Person {key: $key}) SET p.given_name = 'Ян', p.family_name = 'Стёртый'",
        key=GEORGY,
    )
    erase(store, Viewer("staff", STAFF, "account-8", purpose="erase"), GEORGY)
    runs = []
    for name in (
        "Boris Petrov",  # on file
        "Вера Орлова",  # hidden
        "Ян Стёртый",  # erased
        "Анна Иванова",  # registered
        "Евгений Попов",  # has died
        "Никто Неизвестный",
    ):
        queries.clear()
        claims.ask(store, link, name=name, email="somebody@example.com")
        runs.append(list(queries))
        store.write("MATCH (c:Claim) DETACH DELETE c")
        store.write("MATCH (j:Job {kind: 'mail'}) DETACH DELETE j")
    assert all(run == runs[0] for run in runs)
    assert len(runs[0]) >= 6


def test_an_address_on_file_changes_no_step_and_no_recipient(
    store: Store, link: str, queries: list[str]
) -> None:
    store.write(
        "MATCH (p:Person {key: $key}) CREATE (p)-[:HAS]->(:ContactPoint {id: 'b', kind: 'email', "
        "value: 'b@example.com', value_key: 'b@example.com', verified_at: $now})",
        key=BORIS,
        now=datetime.now(UTC),
    )
    queries.clear()
    ask(store, link, email="b@example.com")
    with_address = list(queries)
    queries.clear()
    ask(store, link, email="c@example.com")
    assert queries == with_address
    assert [(one["to"], one["letter"]) for one in letters(store)] == [
        ("b@example.com", "claims.confirm"),
        ("c@example.com", "claims.waits"),
    ]


def test_a_claim_gives_nothing_before_it_is_confirmed(store: Store, link: str) -> None:
    ask(store, link, email="b@example.com")
    assert owner(store, "b@example.com") is None
    assert only(store)["state"] == "waiting"


@pytest.mark.parametrize(
    "wrong",
    [{"name": "  "}, {"name": "x" * 200}, {"email": "nobody"}, {"email": "a@b.c\r\nBcc: d@e.f"}],
)
def test_what_cannot_be_used_is_refused(store: Store, link: str, wrong: dict[str, str]) -> None:
    with pytest.raises(BadValue):
        ask(store, link, **{"name": "Boris Petrov", **wrong})


def test_the_same_claim_twice_is_one(store: Store, link: str) -> None:
    assert ask(store, link, email="b@example.com") == ask(store, link, email="B@example.com ")
    assert len(letters(store)) == 1


def test_a_link_takes_so_many_a_day_and_an_address_so_many_letters(
    store: Store, link: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(claims, "PER_LINK_A_DAY", 5)
    for i in range(5):
        ask(store, link, f"Somebody {i}", email="victim@example.com")
    assert len(letters(store)) == claims.LETTERS_A_DAY
    with pytest.raises(TooMany):
        ask(store, link, "One More")


# By an address on file


def with_address(store: Store, key: int, address: str, *, days_ago: int = 30) -> None:
    store.write(
        "MATCH (p:Person {key: $key}) CREATE (p)-[:HAS]->(:ContactPoint {id: $address, "
        "kind: 'email', value: $address, value_key: $address, verified_at: $at})",
        key=key,
        address=address,
        at=datetime.now(UTC) - timedelta(days=days_ago),
    )


def test_an_address_that_nobody_confirmed_for_two_years_is_not_enough(
    store: Store, link: str
) -> None:
    with_address(store, BORIS, "b@example.com", days_ago=731)
    claim = ask(store, link, "Борис Петров", email="b@example.com")
    assert kinds(store) == ["waits"], "groupmates or staff have to say it too"
    for viewer in (LEV_ASKS, MAYA_ASKS):
        claims.say(store, viewer, claim, "yes")
    assert owner(store, "b@example.com") == BORIS


def test_the_letter_to_an_address_on_file_makes_the_record_theirs(store: Store, link: str) -> None:
    with_address(store, BORIS, "b@example.com")
    claim = ask(store, link, "Борис Петров", email="b@example.com", language="ru")
    letter = armed(store, claim)
    assert claim_letters.by_letter(store, letter) == "Борис Петров"
    token = claim_letters.confirm_by_letter(store, letter)
    assert owner(store, "b@example.com") == BORIS
    accounts.set_password_by_link(store, token, "a walk in the park 77")
    assert accounts.who_signs_in(store, "b@example.com", "a walk in the park 77")
    card = people.cards(store, ANNA_ASKS, [BORIS])[0]
    assert card.state == "registered"
    with pytest.raises(ThingNotFound):
        claim_letters.confirm_by_letter(store, letter)
    assert invitation_links.joined_since(store, datetime.now(UTC) - timedelta(minutes=1)) == 1
    assert invitation_links.joined_since(store, datetime.now(UTC) + timedelta(minutes=1)) == 0


def test_an_address_that_only_looks_like_the_one_on_file_opens_nothing(
    store: Store, link: str
) -> None:
    with_address(store, BORIS, "boris@strauss.example")
    ask(store, link, email="boris@strauß.example")
    assert kinds(store) == ["waits"]


def test_what_confirms_goes_to_the_address_on_file_and_not_to_the_one_typed(
    store: Store, link: str
) -> None:
    store.write(
        "MATCH (p:Person {key: $key}) CREATE (p)-[:HAS]->(:ContactPoint {id: 'b', kind: 'email', "
        "value: 'Boris.Petrov@example.com', value_key: 'boris.petrov@example.com', "
        "verified_at: $now})",
        key=BORIS,
        now=datetime.now(UTC),
    )
    claim = ask(store, link, email="BORIS.PETROV@Example.COM")
    assert [one["to"] for one in letters(store)] == ["Boris.Petrov@example.com"]
    assert claim_letters.confirm_by_letter(store, armed(store, claim))
    found = accounts.account_by_email(store, "boris.petrov@example.com")
    assert found is not None and found.email == "Boris.Petrov@example.com"


def test_what_groupmates_confirm_goes_to_the_address_on_file_too(store: Store, link: str) -> None:
    with_address(store, BORIS, "boris@example.com")
    claim = ask(store, link, email="BORIS@example.com")
    for viewer in (LEV_ASKS, MAYA_ASKS):
        claims.say(store, viewer, claim, "yes")
    assert letters(store)[-1]["to"] == "boris@example.com"
    assert kinds(store) == ["confirm", "yours"]
    assert not claim_letters.arm(store, claim, "t" * 43), "decided: that letter has no link now"


def test_a_letter_used_twice_at_once_makes_one_account(store: Store, link: str) -> None:
    with_address(store, BORIS, "b@example.com")
    letter = armed(store, ask(store, link, email="b@example.com"))

    def use(_: int) -> str:
        try:
            return claim_letters.confirm_by_letter(store, letter)
        except ThingNotFound:
            return "gone"

    with ThreadPoolExecutor(4) as pool:
        outcomes = list(pool.map(use, range(4)))
    assert sorted(outcome == "gone" for outcome in outcomes) == [False, True, True, True]


@pytest.mark.parametrize("key", [VERA, EVGENY, ANNA])
def test_no_letter_opens_a_record_that_is_hidden_dead_or_taken(
    store: Store, link: str, key: int
) -> None:
    with_address(store, key, "x@example.com")
    name = {VERA: "Вера Орлова", EVGENY: "Евгений Попов", ANNA: "Анна Иванова"}[key]
    ask(store, link, name, email="x@example.com")
    assert kinds(store) == ["waits"]


def test_a_letter_does_not_work_after_the_link_was_revoked_or_the_record_hidden(
    store: Store, link: str
) -> None:
    with_address(store, BORIS, "b@example.com")
    letter = armed(store, ask(store, link, email="b@example.com"))
    hide(store, BORIS)
    assert claim_letters.confirm_by_letter(store, letter) == ""
    assert only(store)["state"] == "desk"
    assert owner(store, "b@example.com") is None


# By two groupmates


def test_two_registered_groupmates_confirm(store: Store, link: str) -> None:
    claim = ask(store, link, "Boria Petrov", email="b@example.com", referrer="Лёва Орешкин")
    asked = claims.questions(store, LEV_ASKS)
    assert [(one.id, one.name, one.group) for one in asked] == [(claim, "Boria Petrov", "221")]
    claims.say(store, LEV_ASKS, claim, "yes")
    assert owner(store, "b@example.com") is None, "one is not enough"
    assert claims.questions(store, LEV_ASKS) == []
    with pytest.raises(Conflict):
        claims.say(store, LEV_ASKS, claim, "yes")
    named = store.read("MATCH (:Claim)-[:NAMES]->(p:Person) RETURN p.key AS key LIMIT 5")
    assert [row["key"] for row in named] == [LEV]
    claims.say(store, MAYA_ASKS, claim, "yes")
    assert owner(store, "b@example.com") == BORIS
    assert kinds(store) == ["waits", "yours"]
    account = letters(store)[1]["values"]["account"]
    assert accounts.make_link_of_letter(store, account, "invite", "y" * 43)
    assert accounts.link_of(store, "y" * 43).purpose == "invite"
    # Of what the claimant wrote nothing stays; who named whom does.
    left = only(store)
    assert left["state"] == "done"
    assert not {"name", "email", "former_name", "referrer"} & set(left)
    assert accounts.account_by_email(store, "b@example.com").roles == ("alumnus",)  # type: ignore[union-attr]
    # Who was named and who made the link share the credit of one participation.
    entered = {
        e.act_id: e
        for e in entries.in_time(store.read, datetime(2020, 1, 1, tzinfo=UTC), datetime.now(UTC))
    }
    referral, invited = entered[f"referral:{claim}"], entered[f"invitation_accepted:{claim}"]
    names = pseudonyms.pseudonyms(store.read, [LEV, ANNA])
    assert (referral.pseudonym, invited.pseudonym) == (names[LEV], names[ANNA])
    assert referral.participation == invited.participation != ""


def test_two_confirmations_at_once_make_one_account(store: Store, link: str) -> None:
    claim = ask(store, link, email="b@example.com")

    def confirm(viewer: Viewer) -> str:
        try:
            claims.say(store, viewer, claim, "yes")
        except Conflict:
            return "late"
        return "kept"

    with ThreadPoolExecutor(3) as pool:
        outcomes = list(pool.map(confirm, (ANNA_ASKS, LEV_ASKS, MAYA_ASKS)))
    assert sorted(outcomes) == ["kept", "kept", "late"]
    assert owner(store, "b@example.com") == BORIS
    accounts_of = store.read(
        "MATCH (a:Account)-[:OF]->(:Person {key: $key}) RETURN count(a) AS n LIMIT 1", key=BORIS
    )
    assert accounts_of[0]["n"] == 1


def test_two_claims_for_one_record_at_once_make_one_account(store: Store, link: str) -> None:
    first = ask(store, link, "Борис Петров", email="one@example.com")
    second = ask(store, link, "Boris Petrov", email="two@example.com")
    for claim in (first, second):
        claims.say(store, LEV_ASKS, claim, "yes")
    with ThreadPoolExecutor(2) as pool:
        list(
            pool.map(
                lambda claim: claims.say(store, MAYA_ASKS, claim, "yes"),
                (first, second),
            )
        )
    owners = [owner(store, "one@example.com"), owner(store, "two@example.com")]
    assert sorted(owners, key=str) == [BORIS, None]
    assert sorted(row["all"]["state"] for row in store.read(CLAIM)) == ["desk", "done"]


def test_a_no_sends_it_to_staff_and_nobody_else_is_asked(store: Store, link: str) -> None:
    claim = ask(store, link, email="b@example.com")
    claims.say(store, LEV_ASKS, claim, "no")
    assert claims.questions(store, MAYA_ASKS) == []
    with pytest.raises(Conflict):
        claims.say(store, MAYA_ASKS, claim, "yes")
    assert [(c["state"], c["reason"]) for c in claims_desk.open_claims(store, STAFF_ASKS)] == [
        ("desk", "no")
    ]


def test_who_does_not_know_is_not_asked_again(store: Store, link: str) -> None:
    claim = ask(store, link)
    claims.say(store, LEV_ASKS, claim, "unknown")
    assert claims.questions(store, LEV_ASKS) == []
    assert [one.id for one in claims.questions(store, MAYA_ASKS)] == [claim]


@pytest.mark.parametrize(
    ("name", "reason"),
    [("Никто Неизвестный", "nobody"), ("Вера Орлова", "nobody"), ("Анна Иванова", "registered")],
)
def test_what_groupmates_confirm_without_a_record_to_give_goes_to_staff(
    store: Store, link: str, name: str, reason: str
) -> None:
    claim = ask(store, link, name, email="x@example.com")
    for viewer in (LEV_ASKS, MAYA_ASKS):
        claims.say(store, viewer, claim, "yes")
    assert (only(store)["state"], only(store)["reason"]) == ("desk", reason)
    assert owner(store, "x@example.com") is None


def test_strangers_newcomers_and_staff_are_not_asked(store: Store, link: str) -> None:
    claim = ask(store, link)
    new = Viewer("alumnus", LEV, "account-21")
    store.write(
        "MATCH (a:Account {id: 'account-21'}) SET a.created_at = $now",
        now=datetime.now(UTC) + timedelta(seconds=5),
    )
    for viewer in (Viewer("alumnus", ZHANNA, "x"), new, STAFF_ASKS, Viewer("anyone")):
        assert claims.questions(store, viewer) == []
        with pytest.raises(ThingNotFound):
            claims.say(store, viewer, claim, "yes")
    with pytest.raises(BadValue):
        claims.say(store, MAYA_ASKS, claim, "perhaps")


def test_an_expired_claim_is_decided_by_nobody(store: Store, link: str) -> None:
    claim = ask(store, link)
    store.write(
        "MATCH (c:Claim) SET c.expires_at = $past", past=datetime.now(UTC) - timedelta(days=1)
    )
    assert claims.questions(store, LEV_ASKS) == []
    with pytest.raises(Conflict):
        claims.say(store, LEV_ASKS, claim, "yes")
    with pytest.raises(Conflict):
        claims_desk.accept(store, STAFF_ASKS, claim, "boris", email="b@example.com")
    assert claims.forget(store) == 0, "it stays for 30 days"
    store.write(
        "MATCH (c:Claim) SET c.expires_at = $past", past=datetime.now(UTC) - timedelta(days=31)
    )
    assert claims.forget(store) == 1


def test_revoking_closes_what_nobody_has_confirmed(store: Store, link: str) -> None:
    loose = ask(store, link, "Kto Ugodno")
    firm = ask(store, link, email="b@example.com")
    claims.say(store, LEV_ASKS, firm, "yes")
    assert invitation_links.revoke(store, ANNA_ASKS, "A") == 1
    with pytest.raises(ThingNotFound):
        ask(store, link, "Somebody Else")
    with pytest.raises(Conflict):
        claims.say(store, MAYA_ASKS, loose, "yes")
    claims.say(store, MAYA_ASKS, firm, "yes")
    assert owner(store, "b@example.com") == BORIS


def test_an_export_has_nothing_of_what_others_claimed(store: Store, link: str) -> None:
    claim = ask(store, link, email="b@example.com")
    claims.say(store, LEV_ASKS, claim, "yes")
    assert "b@example.com" not in str(export(store, LEV_ASKS, LEV))


# By staff


def test_staff_see_who_it_may_be_and_accept(store: Store, link: str) -> None:
    claim = ask(store, link, "Борис Петров")
    one = claims_desk.claim(store, STAFF_ASKS, claim)
    found = claims_desk.candidates_of(store, STAFF_ASKS, one)
    assert found[0].card.id == "boris"
    with pytest.raises(BadValue, match="email"):
        claims_desk.accept(store, STAFF_ASKS, claim, "boris")
    claims_desk.accept(store, STAFF_ASKS, claim, "boris", email="b@example.com")
    assert owner(store, "b@example.com") == BORIS
    with pytest.raises(Conflict):
        claims_desk.accept(store, STAFF_ASKS, claim, "boris")
    trail = audit_entries(store, act="claim.done")
    assert [(e.actor, e.purpose, e.detail) for e in trail] == [
        ("account-8", "decide claims", "staff")
    ]


@pytest.mark.parametrize("person", ["vera", "nobody"])
def test_staff_get_one_answer_for_hidden_and_unknown(store: Store, link: str, person: str) -> None:
    claim = ask(store, link, "Вера Орлова", email="v@example.com")
    one = claims_desk.claim(store, STAFF_ASKS, claim)
    assert "vera" not in {c.card.id for c in claims_desk.candidates_of(store, STAFF_ASKS, one)}
    with pytest.raises(BadValue, match="person"):
        claims_desk.accept(store, STAFF_ASKS, claim, person)


def test_staff_do_not_give_a_record_or_an_address_twice(store: Store, link: str) -> None:
    claim = ask(store, link, "Anna Ivanova", email="other@example.com")
    with pytest.raises(Conflict, match="taken"):
        claims_desk.accept(store, STAFF_ASKS, claim, "anna")
    again = ask(store, link, email="anna@example.org")
    with pytest.raises(Conflict, match="taken"):
        claims_desk.accept(store, STAFF_ASKS, again, "boris")
    assert owner(store, "anna@example.org") == ANNA


def test_staff_add_who_was_on_no_list(store: Store, link: str) -> None:
    claim = ask(store, link, "Клара Новая", email="k@example.com", from_year=1998, to_year=2003)
    with pytest.raises(BadValue, match="ground"):
        claims_desk.add(store, STAFF_ASKS, claim, Name("Клара", "Новая"), ground=" ")
    claims_desk.add(store, STAFF_ASKS, claim, Name("Клара", "Новая"), ground="her own request")
    key = owner(store, "k@example.com")
    assert key is not None
    assert key > DARYA
    card = people.cards(store, ANNA_ASKS, [key])[0]
    assert card.state == "registered"
    assert [(s.group_id, s.from_term, s.to_term) for s in card.studies] == [("A", 3996, 4005)]
    ground = store.read(
        "MATCH (:Person {key: $key})-[:GAVE]->(c:Consent) RETURN c.text_version AS t LIMIT 1",
        key=key,
    )
    assert ground[0]["t"] == "her own request"


def test_staff_refuse_for_a_reason(store: Store, link: str) -> None:
    claim = ask(store, link, email="b@example.com")
    with pytest.raises(BadValue):
        claims_desk.refuse(store, STAFF_ASKS, claim, " ")
    claims_desk.refuse(store, STAFF_ASKS, claim, "an impostor")
    assert kinds(store) == ["waits", "refused"]
    assert "impostor" not in str(letters(store))
    assert claims_desk.open_claims(store, STAFF_ASKS) == []


def test_only_staff_with_a_purpose_decide(store: Store, link: str) -> None:
    claim = ask(store, link)
    calls: list[Callable[[Viewer], object]] = [
        lambda viewer: claims_desk.open_claims(store, viewer),
        lambda viewer: claims_desk.claim(store, viewer, claim),
        lambda viewer: claims_desk.accept(store, viewer, claim, "boris"),
        lambda viewer: claims_desk.refuse(store, viewer, claim, "x"),
    ]
    for call in calls:
        for viewer in (ANNA_ASKS, Viewer("anyone"), Viewer("staff", STAFF)):
            with pytest.raises(NotAllowed):
                call(viewer)


def test_an_erased_person_is_matched_by_no_claim(store: Store, link: str) -> None:
    claim = ask(store, link, email="b@example.com")
    erase(store, Viewer("staff", STAFF, "account-8", purpose="erase"), BORIS)
    for viewer in (LEV_ASKS, MAYA_ASKS):
        claims.say(store, viewer, claim, "yes")
    assert (only(store)["state"], only(store)["reason"]) == ("desk", "nobody")
    with pytest.raises(PersonNotFound):
        people.key_of(store, "boris")
