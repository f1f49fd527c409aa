"""Groupmates and staff decide on a claim."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from graphnet import accounts, people
from graphnet.audit import entries as audit_entries
from graphnet.errors import BadValue, Conflict, NotAllowed, PersonNotFound, ThingNotFound
from graphnet.ledger import entries, pseudonyms
from graphnet.model import Name
from graphnet.onboarding import claims, claims_desk, invitation_links
from graphnet.privacy import Viewer
from graphnet.store import Store
from tests.support.claimed import (
    ANNA_ASKS,
    CLAIM,
    LEV,
    LEV_ASKS,
    MAYA_ASKS,
    STAFF_ASKS,
    ask,
    kinds,
    letters,
    link,
    only,
    owner,
)
from tests.support.graphs import (
    ANNA,
    BORIS,
    DARYA,
    STAFF,
    ZHANNA,
)
from tests.support.refused import refused
from tests.support.themselves import erase, export

__all__ = ["link"]


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


def test_staff_see_who_it_may_be_and_accept(store: Store, link: str) -> None:
    claim = ask(store, link, "Борис Петров")
    one = claims_desk.claim(store, STAFF_ASKS, claim)
    found = claims_desk.candidates_of(store, STAFF_ASKS, one)
    assert found[0].card.id == "boris"
    with refused(BadValue, "email"):
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
    with refused(BadValue, "person"):
        claims_desk.accept(store, STAFF_ASKS, claim, person)


def test_staff_do_not_give_a_record_or_an_address_twice(store: Store, link: str) -> None:
    claim = ask(store, link, "Anna Ivanova", email="other@example.com")
    with refused(Conflict, "taken"):
        claims_desk.accept(store, STAFF_ASKS, claim, "anna")
    again = ask(store, link, email="anna@example.org")
    with refused(Conflict, "taken"):
        claims_desk.accept(store, STAFF_ASKS, again, "boris")
    assert owner(store, "anna@example.org") == ANNA


def test_staff_add_who_was_on_no_list(store: Store, link: str) -> None:
    claim = ask(store, link, "Клара Новая", email="k@example.com", from_year=1998, to_year=2003)
    with refused(BadValue, "ground"):
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
