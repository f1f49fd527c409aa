"""Letters and calls to who may know the lost: what they say, what is answered, what it teaches."""

from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest

from graphnet import people, privacy, snapshot
from graphnet.errors import (
    BadValue,
    NotAllowed,
    PersonNotFound,
    ThingNotFound,
)
from graphnet.live import Live
from graphnet.privacy import STANDARD, Viewer
from graphnet.recovery import answers, dashboard, lost, never_ask, outreach, plans, response_rates
from graphnet.recovery.classes import class_of
from graphnet.recovery.planner import look, propose
from tests.support.graphs import ANNA, BORIS, DARYA, EVGENY, GEORGY, VERA, ZHANNA
from tests.support.planned import CLASS, KEYS, STAFF_ASK, ask_of, live, page, planned, sent, state
from tests.support.themselves import export, hide, show

__all__ = ["live"]


def test_a_letter_names_only_lost_groupmates_whom_its_reader_may_see(live: Live) -> None:
    found = {
        one.card.key: one for one in outreach.letters(live, STAFF_ASK, planned(live, 4), keys=KEYS)
    }
    assert [card.key for card in found[ANNA].lost] == [BORIS], "not Vera, who hides, nor Evgeny"
    assert [card.key for card in found[GEORGY].lost] == [BORIS]
    assert found[ZHANNA].lost == (), "the same intake, another group"
    assert found[DARYA].lost == ()
    assert found[ANNA].language == "ru"
    assert found[ANNA].email == "anna@example.org"
    live.store.write(
        "MATCH (p:Person {key: $key}) CREATE (p)-[:GAVE]->(:Consent {id: 'c', "
        "purpose: 'show_to_members', state: 'refused', at: $at})",
        key=BORIS, at=datetime.now(UTC),
    )  # fmt: skip
    assert lost.lost_groupmates(live.store, ANNA, rules=STANDARD) == []


def test_an_answer_by_link_is_kept_and_gives_nobody_a_view(live: Live) -> None:
    plan_id, ask_id, token = sent(live)
    asked = answers.question(live.store, token, rules=STANDARD)
    assert [card.id for card in asked.lost] == ["boris"]
    answers.answer_by_link(
        live.store, token.upper(), {"boris": "in_touch"}, "also Ivan", rules=STANDARD
    )
    found = page(live, plan_id)
    ask = next(a for a in found.asks if a.id == ask_id)
    assert ask.state == "answered"
    assert [(card.key, how) for card, how in ask.named] == [(BORIS, "in_touch")]
    assert ask.row["said"] == "also Ivan"
    assert found.named == 1
    named = live.store.read(
        "MATCH (:Ask)-[n:NAMED]->(q:Person) RETURN n.source AS source, n.confidence AS c, "
        "n.known AS known, q.key AS key LIMIT 9"
    )
    assert named == [{"source": "recovery answer", "c": 0.9, "known": True, "key": BORIS}]
    assert not live.store.read(
        "MATCH (:Person {key: $a})-[t:KNOWS]-(:Person {key: $b}) WHERE t.source <> 'test' "
        "RETURN t.source AS s LIMIT 1",
        a=ANNA, b=BORIS,
    )  # fmt: skip
    whole = export(live.store, Viewer("alumnus", BORIS), BORIS)
    assert "also Ivan" not in str(whole), "who was named does not learn by whom"
    answers.answer_by_link(live.store, token, {}, "", rules=STANDARD)
    assert page(live, plan_id).named == 0, "said again, it replaces what was said"
    # That somebody told something is entered once, whatever they said and however often.
    told = "MATCH (c:Contribution) RETURN c.kind AS kind, c.act_id AS act LIMIT 9"
    assert live.store.read(told) == [{"kind": "recovery_answer", "act": f"recovery:{ask_id}"}]


@pytest.mark.parametrize("person", ["vera", "evgeny", "zhanna", "nobody"])
def test_hidden_dead_distant_and_unknown_cannot_be_named(live: Live, person: str) -> None:
    _, _, token = sent(live)
    with pytest.raises(PersonNotFound) as problem:
        answers.answer_by_link(live.store, token, {person: "in_touch"}, "", rules=STANDARD)
    assert str(problem.value) == "one of these people cannot be named here"


def test_a_link_is_hashed_runs_out_and_is_gone_with_its_person(live: Live) -> None:
    _, ask_id, token = sent(live)
    assert len(token) == 16
    assert token == outreach.token_of(KEYS[0], ask_id)
    assert token != outreach.token_of(b"another", ask_id)
    stored = live.store.read("MATCH (a:Ask {id: $id}) RETURN properties(a) AS a LIMIT 1", id=ask_id)
    assert token not in str(stored)
    for wrong in ("", "none", token[:-1]):
        with pytest.raises(ThingNotFound):
            answers.question(live.store, wrong, rules=STANDARD)
    hide(live.store, ANNA)
    with pytest.raises(ThingNotFound):
        answers.question(live.store, token, rules=STANDARD)
    show(live.store, ANNA)
    live.store.write("MATCH (a:Ask) SET a.expires_at = $at", at=datetime.now(UTC))
    with pytest.raises(ThingNotFound):
        answers.question(live.store, token, rules=STANDARD)
    answers.refuse_by_link(live.store, token)  # this works for ever
    assert never_ask.never_asked(live, STAFF_ASK)[0][0].key == ANNA


def test_staff_enter_an_answer_which_adds_to_what_is_there(live: Live) -> None:
    plan_id, ask_id, token = sent(live, ZHANNA)
    answers.answer_by_link(live.store, token, {}, "", rules=STANDARD)
    answers.answer_by_hand(live, STAFF_ASK, plan_id, ask_id, {"boris": "pass_on"}, "by telephone")
    ask = next(a for a in page(live, plan_id).asks if a.id == ask_id)
    assert [(card.key, how) for card, how in ask.named] == [(BORIS, "pass_on")]
    with pytest.raises(PersonNotFound):
        answers.answer_by_hand(live, STAFF_ASK, plan_id, ask_id, {"vera": "pass_on"}, "")
    with pytest.raises(BadValue):
        answers.answer_by_hand(live, STAFF_ASK, plan_id, ask_id, {"boris": "perhaps"}, "")
    with pytest.raises(NotAllowed):
        answers.answer_by_hand(live, Viewer("alumnus", ANNA), plan_id, ask_id, {}, "")


def test_calls_have_outcomes_and_a_next_day(live: Live) -> None:
    plan_id = planned(live, 4)
    anna, georgy = (ask_of(page(live, plan_id), key) for key in (ANNA, GEORGY))
    with pytest.raises(BadValue, match="day"):
        outreach.call(live, STAFF_ASK, plan_id, anna, "call_back")
    yesterday = date.today() - timedelta(days=1)
    outreach.call(live, STAFF_ASK, plan_id, anna, "call_back", next_on=yesterday, note="evening")
    assert [(row["plan_id"], row["n"]) for row in outreach.due(live.store, STAFF_ASK)] == [
        (plan_id, 1)
    ]
    live.store.write(
        "CREATE (a:Account {id: $id, email: 'o@x.org', email_key: 'o@x.org', roles: ['staff'], "
        "created_at: datetime()}) WITH a MATCH (p:Person {key: $key}) CREATE (a)-[:OF]->(p)",
        id=STAFF_ASK.account_id,
        key=GEORGY,
    )
    owner = outreach.due(live.store, STAFF_ASK)[0]["owner"]
    assert owner is not None and owner[0] == STAFF_ASK.account_id, "whoever made the plan"
    live.store.write("MATCH (a:Account {id: $id}) SET a.roles = []", id=STAFF_ASK.account_id)
    assert outreach.due(live.store, STAFF_ASK)[0]["owner"] is None, "nobody's: on everybody's list"
    outreach.call(live, STAFF_ASK, plan_id, anna, "reached")
    assert outreach.due(live.store, STAFF_ASK) == []
    outreach.call(live, STAFF_ASK, plan_id, georgy, "refused")
    assert state(page(live, plan_id), GEORGY) == "refused"
    with pytest.raises(BadValue, match="outcome"):
        outreach.call(live, STAFF_ASK, plan_id, anna, "perhaps")


def test_a_wrong_number_counts_as_a_contact_no_longer(live: Live) -> None:
    plan_id = planned(live, 4)
    georgy = ask_of(page(live, plan_id), GEORGY)
    live.store.write(
        "MATCH (p:Person {key: $key}) UNWIND ['+7 1', '+7 2'] AS n "
        "CREATE (p)-[:HAS]->(:ContactPoint {id: 'p' + n, kind: 'phone', value: n, value_key: n})",
        key=GEORGY,
    )

    def call(contact: str = "") -> None:
        outreach.call(live, STAFF_ASK, plan_id, georgy, "wrong_number", contact=contact)

    for which in ("", "+7 3", "anna@example.org"):
        with pytest.raises(BadValue, match="which"):
            call(which)
    assert state(page(live, plan_id), GEORGY) == "proposed", "nothing was written"
    call("+7 1")
    (letter,) = outreach.letters(live, STAFF_ASK, plan_id, keys=KEYS, asks=[georgy])
    assert letter.phones == ("+7 2",)
    assert letter.contacts == ("+7 2", "georgy@example.org")
    call()  # the only number that is left
    call("georgy@example.org")
    call()  # nothing on file: the call is noted all the same
    (card,) = people.cards(live.store, STAFF_ASK, [GEORGY])
    assert card.state == "lost", "no contact of his works any more"
    acts = live.store.read(
        "MATCH (a:AuditEntry {act: 'recovery.wrong_contact'}) RETURN a.subject AS id ORDER BY id"
    )
    assert [row["id"] for row in acts] == ["c4", "p+7 1", "p+7 2"]
    flags = snapshot.build(live.store).flags[live.view().snapshot.position(GEORGY)]
    assert not flags & privacy.REACHABLE


def test_rates_start_at_a_tenth_and_follow_the_answers(live: Live) -> None:
    network = live.view().snapshot
    place = network.position
    none = response_rates.learn(network, [])
    assert none.response == pytest.approx(np.full(network.n, 0.3))
    assert none.response[0] * none.known == pytest.approx(0.1)
    assert none.known == none.estimated == pytest.approx(1 / 3)
    good = response_rates.Outcome(ANNA, True, 2, 4.0, 2, 0)
    bad = response_rates.Outcome(DARYA, False, 1, 3.0, 0, 0)
    learned = response_rates.learn(network, [good, bad])
    # By the formula in the docstring: everyone, then the cohort, then the person.
    everyone = (3 + 1) / (10 + 2)
    cohort = (10 * everyone + 1) / (10 + 1)
    assert learned.response[place(ANNA)] == pytest.approx((3 * cohort + 1) / (3 + 1))
    assert learned.response[place(ZHANNA)] == pytest.approx(cohort)
    assert learned.response[place(DARYA)] < 0.3 < learned.response[place(ZHANNA)]
    assert learned.known == pytest.approx((4 + 2) / (12 + 2))
    assert learned.estimated == pytest.approx(4 / (12 + 4))


def test_only_asks_whose_time_is_over_teach(live: Live) -> None:
    sent(live)
    now = datetime.now(UTC)
    assert response_rates.outcomes(live.store, now) == []
    (silent,) = response_rates.outcomes(live.store, now + timedelta(days=31))
    assert not silent.answered


def test_planning_again_follows_the_answers(live: Live) -> None:
    """Whom an answer named is half found: asking others for the same person adds less."""
    plan_id, _, token = sent(live, ANNA, size=1)
    before = propose(look(live, STAFF_ASK, lambda v, t: class_of(v, *CLASS, t)), 1)
    answers.answer_by_link(live.store, token, {"boris": "in_touch"}, "", rules=STANDARD)
    at = look(live, STAFF_ASK, lambda v, t: class_of(v, *CLASS, t))
    after = propose(at, 1)
    assert before.people[0].key == after.people[0].key == GEORGY
    assert at.left == pytest.approx([1 - 0.5 * 0.9])
    chance = at.rates.response[at.view.snapshot.position(GEORGY)] * at.rates.known
    assert after.won == pytest.approx(chance * 0.55)
    new, _ = plans.change(live, STAFF_ASK, plan_id, act="again")
    again = page(live, plan_id)
    assert new == 1
    assert again.plan["wave"] == 2
    assert state(again, ANNA) == "answered", "what was asked stays on record"
    assert state(again, GEORGY) == "proposed"


def test_won_back_is_who_was_lost_and_is_reachable_now(live: Live) -> None:
    store = live.store
    old = datetime.now(UTC) - timedelta(days=400)
    store.write("MATCH (a:Account) SET a.created_at = $old", old=old)
    assert dashboard.numbers(store, STAFF_ASK) == dashboard.Numbers(0, 0, 0)
    store.write(
        "MATCH (p:Person {key: $key}) CREATE (p)-[:HAS]->(:ContactPoint {id: 'new', kind: 'email', "
        "value: 'b@example.org', value_key: 'b@example.org', verified_at: $now})",
        key=BORIS, now=datetime.now(UTC),
    )  # fmt: skip
    # Georgy had a contact on file that worked: he signs up, and was never lost.
    store.write(
        "MATCH (p:Person) WHERE p.key IN $keys CREATE (:Account {id: 'a' + p.id, email: p.id, "
        "email_key: 'e' + p.id, created_at: $now})-[:OF]->(p)",
        keys=[GEORGY, VERA, EVGENY], now=datetime.now(UTC),
    )  # fmt: skip
    assert dashboard.numbers(store, STAFF_ASK) == dashboard.Numbers(heard=2, won=1, awaited=0)
    sent(live)
    assert dashboard.numbers(store, STAFF_ASK).awaited == 1
