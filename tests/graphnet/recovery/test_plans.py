"""Plans of whom to ask, on the hand-made association: privacy, caps, letters, answers, learning.

Of the intake optics98 Boris is lost; Vera is hidden and Evgeny dead, so that they count nowhere.
Anna (monitor, registered), Georgy (a contact) and Zhanna (registered, another group) can be asked.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from graphnet import people, privacy, snapshot
from graphnet.errors import (
    BadValue,
    Conflict,
    NotAllowed,
    PersonNotFound,
    ThingNotFound,
    TooMany,
)
from graphnet.live import Live, rebuild
from graphnet.privacy import STANDARD, Viewer
from graphnet.recovery import answers, dashboard, lost, never_ask, outreach, plans, response_rates
from graphnet.recovery.classes import class_of, coverage, find_class, standing
from graphnet.recovery.planner import look, propose
from graphnet.store import Store
from tests.support.graphs import ANNA, BORIS, DARYA, EVGENY, GEORGY, VERA, ZHANNA, small_association
from tests.support.themselves import erase, export, hide, show

STAFF_ASK = Viewer("staff", account_id="account", purpose="recovery")
CLASS = ("cohorts", "optics98")
KEYS = (b"a key of the site", b"an earlier one")


@pytest.fixture
def live(store: Store, tmp_path: Path) -> Iterator[Live]:
    small_association(store)
    rebuild(store, tmp_path)
    following = Live(store, tmp_path)
    following.start()
    yield following
    following.stop()


def state(page: plans.PlanPage, key: int) -> str:
    return next((ask.state for ask in page.asks if ask.card.key == key), "")


def ask_of(page: plans.PlanPage, key: int) -> str:
    return next(ask.id for ask in page.asks if ask.card.key == key)


def planned(live: Live, size: int = 2) -> str:
    plan_id = plans.create(live, STAFF_ASK, *CLASS, size)
    outreach.arm(live.store, STAFF_ASK, plan_id, keys=KEYS)
    return plan_id


def page(live: Live, plan_id: str) -> plans.PlanPage:
    return plans.plan(live, STAFF_ASK, plan_id)


def test_coverage_counts_nobody_who_is_hidden_or_dead(live: Live) -> None:
    row = next(row for row in coverage(live, STAFF_ASK) if row.id == "optics98")
    # Anna, Boris, Georgy, Zhanna; Vera hides and Evgeny has died.
    assert (row.people, row.lost, row.reachable, row.registered) == (4, 1, 3, 2)
    assert row.year == 1998
    groups = {r.label: r for r in coverage(live, STAFF_ASK, kind="study_groups")}
    assert (groups["1-98"].people, groups["1-98"].lost, groups["1-98"].year) == (3, 1, 1998)
    assert "3-98" not in groups, "nobody is in it"
    assert not coverage(live, STAFF_ASK, decade=1970)
    assert coverage(live, STAFF_ASK, unit="faculty", decade=1990)
    with pytest.raises(NotAllowed):
        coverage(live, Viewer("alumnus", ANNA))
    hide(live.store, BORIS)
    live.catch_up()
    row = next(row for row in coverage(live, STAFF_ASK) if row.id == "optics98")
    assert (row.people, row.lost) == (3, 0)


def test_a_plan_asks_only_who_may_be_asked_and_says_why(live: Live) -> None:
    plan_id = planned(live, 4)
    found = page(live, plan_id)
    asked = [ask.card.key for ask in found.of("proposed")]
    assert set(asked) == {ANNA, GEORGY, DARYA, ZHANNA}
    assert asked[0] == ANNA, "the monitor, who knows Boris"
    first = found.asks[0].row
    assert first["known"] == 1
    assert first["monitor"]
    assert first["gain"] == pytest.approx(0.1)
    assert (found.people, found.lost) == (4, 1)
    assert found.won == pytest.approx(sum(ask.row["gain"] for ask in found.asks))
    whole = Viewer("staff", account_id="account", purpose="correct")
    assert VERA in {card.key for card in people.cards(live.store, whole, [VERA])}, "is on file"


def test_the_monitor_comes_first_among_equals(live: Live) -> None:
    """Anna and Georgy both know Boris and have no other difference in what they add."""
    found = page(live, planned(live, 1))
    assert [ask.card.key for ask in found.of("proposed")] == [ANNA]
    live.store.write("MATCH (:Person)-[s:STUDIED_IN]->() SET s.role = 'student'")
    live.store.write(
        "MATCH (p:Person {key: $key})-[s:STUDIED_IN]->(:StudyGroup {id: 'A'}) SET s.role='monitor'",
        key=GEORGY,
    )
    found = page(live, planned(live, 1))
    assert [ask.card.key for ask in found.of("proposed")] == [GEORGY]


def test_what_is_missing_without_each_is_told(live: Live) -> None:
    at = look(live, STAFF_ASK, lambda view, there: class_of(view, *CLASS, there))
    whole = propose(at, 3)
    for one in whole.people:
        others = [other.key for other in whole.people if other is not one]
        rest = propose(at, 2, fixed=others)
        assert whole.won - rest.won == pytest.approx(one.without)


def test_who_hides_after_planning_is_in_it_no_more(live: Live) -> None:
    plan_id = planned(live, 4)
    hide(live.store, ZHANNA)
    assert state(page(live, plan_id), ZHANNA) == "", "at once, before the feed is read"
    live.catch_up()
    plans.change(live, STAFF_ASK, plan_id, act="again")
    kept = live.store.read(
        "MATCH (:Ask {state: 'proposed'})-[:OF]->(p:Person) "
        "RETURN p.key AS key ORDER BY key LIMIT 9"
    )
    assert ZHANNA not in [row["key"] for row in kept]
    with pytest.raises(ThingNotFound):
        outreach.send(live, STAFF_ASK, plan_id, _ask_id(live, ZHANNA), "post")


def _ask_id(live: Live, key: int) -> str:
    return str(
        live.store.read(
            "MATCH (a:Ask)-[:OF]->(:Person {key: $key}) RETURN a.id AS id LIMIT 1", key=key
        )[0]["id"]
    )


def test_exclude_replace_fix_and_restore(live: Live) -> None:
    plan_id = planned(live, 2)
    before = {ask.card.key for ask in page(live, plan_id).of("proposed")}
    new, gone = plans.change(
        live, STAFF_ASK, plan_id, act="exclude", ask_id=ask_of(page(live, plan_id), ANNA)
    )
    after = page(live, plan_id)
    assert (new, gone) == (1, 1), "the next best takes the place"
    assert state(after, ANNA) == "excluded"
    assert len(after.of("proposed")) == 2
    assert {ask.card.key for ask in after.of("proposed")} > before - {ANNA}
    assert next(ask for ask in after.asks if ask.card.key == ANNA).row["gain"] > 0, "with her"
    spare = after.of("reserve")[0]
    plans.change(live, STAFF_ASK, plan_id, act="fix", ask_id=spare.id)
    fixed = page(live, plan_id)
    assert state(fixed, spare.card.key) == "proposed"
    assert next(a for a in fixed.asks if a.card.key == spare.card.key).row["fixed"]
    assert len(fixed.of("proposed")) == 2
    plans.change(live, STAFF_ASK, plan_id, act="restore", ask_id=ask_of(fixed, ANNA))
    assert state(page(live, plan_id), ANNA) == "reserve"
    plans.change(live, STAFF_ASK, plan_id, act="again")
    again = page(live, plan_id)
    assert state(again, ANNA) == "proposed"
    assert state(again, spare.card.key) == "proposed", "what is fixed stays"
    plans.change(live, STAFF_ASK, plan_id, act="resize", size=1)
    assert [a.card.key for a in page(live, plan_id).of("proposed")] == [spare.card.key]
    trail = live.store.read(
        "MATCH (a:AuditEntry) RETURN DISTINCT a.act AS act ORDER BY act LIMIT 99"
    )
    assert {"recovery.plan", "recovery.exclude", "recovery.fix"} <= {row["act"] for row in trail}
    with pytest.raises(BadValue, match="between"):
        plans.change(live, STAFF_ASK, plan_id, act="resize", size=5000)
    with pytest.raises(ThingNotFound):
        plans.change(live, STAFF_ASK, plan_id, act="exclude", ask_id="none")


def test_of_two_who_change_a_plan_at_once_one_is_told(live: Live) -> None:
    plan_id = planned(live)
    live.store.write("MATCH (p:RecoveryPlan) SET p.revision = 7")
    held = plans.plan_row(live.store, plan_id) | {"revision": 6}
    at = look(live, STAFF_ASK, lambda view, there: class_of(view, *CLASS, there))
    with pytest.raises(Conflict, match="meanwhile"):
        plans._replace(
            live, STAFF_ASK, held, propose(at, 1), size=1, wave=1, fixed=(), act="again", ask=""
        )


def test_never_ask_holds_for_all_plans_until_it_is_taken_back(live: Live) -> None:
    first, second = planned(live, 1), planned(live, 1)
    with pytest.raises(BadValue, match="why"):
        plans.change(live, STAFF_ASK, first, act="never", ask_id=ask_of(page(live, first), ANNA))
    plans.change(
        live, STAFF_ASK, first, act="never", ask_id=ask_of(page(live, first), ANNA),
        reason="is ill",
    )  # fmt: skip
    assert state(page(live, second), ANNA) == "excluded"
    assert state(page(live, planned(live, 4)), ANNA) == ""
    with pytest.raises(Conflict):
        outreach.send(live, STAFF_ASK, second, ask_of(page(live, second), ANNA), "post")
    with pytest.raises(Conflict, match="not be asked"):
        plans.change(live, STAFF_ASK, second, act="fix", ask_id=ask_of(page(live, second), ANNA))
    ((card, row),) = never_ask.never_asked(live, STAFF_ASK)
    assert (card.key, row["reason"]) == (ANNA, "is ill")
    never_ask.may_ask_again(live.store, STAFF_ASK, ANNA)
    assert not never_ask.never_asked(live, STAFF_ASK)
    assert state(page(live, planned(live, 4)), ANNA) == "proposed"
    with pytest.raises(ThingNotFound):
        never_ask.may_ask_again(live.store, STAFF_ASK, ANNA)


def test_nobody_is_asked_twice_a_month_over_all_plans(live: Live) -> None:
    first, second = planned(live, 1), planned(live, 1)
    outreach.send(live, STAFF_ASK, first, ask_of(page(live, first), ANNA), "post")
    assert state(page(live, first), ANNA) == "sent"
    with pytest.raises(TooMany):
        outreach.send(live, STAFF_ASK, second, ask_of(page(live, second), ANNA), "copied")
    with pytest.raises(TooMany):
        outreach.call(live, STAFF_ASK, second, ask_of(page(live, second), ANNA), "reached")
    with pytest.raises(Conflict):
        outreach.send(live, STAFF_ASK, first, ask_of(page(live, first), ANNA), "post")
    assert state(page(live, planned(live, 4)), ANNA) == ""
    live.store.write(
        "MATCH (a:Ask) WHERE a.sent_at IS NOT NULL SET a.sent_at = $at",
        at=datetime.now(UTC) - timedelta(days=31),
    )
    assert state(page(live, planned(live, 4)), ANNA) == "proposed"


@pytest.mark.parametrize("purpose", ["show_to_members", "profile", "hold", "digest"])
def test_who_refused_is_not_asked(live: Live, purpose: str, tmp_path: Path) -> None:
    live.store.write(
        "MATCH (p:Person {key: $key}) CREATE (p)-[:GAVE]->(:Consent {id: 'c', purpose: $purpose, "
        "state: 'refused', at: $at})",
        key=ANNA, purpose=purpose, at=datetime.now(UTC),
    )  # fmt: skip
    old = planned(live, 4)
    if state(page(live, old), ANNA):  # the snapshot is older than the refusal: nothing is sent
        with pytest.raises(Conflict):
            outreach.send(live, STAFF_ASK, old, ask_of(page(live, old), ANNA), "post")
    rebuild(live.store, live.folder)
    live.store.write("CREATE (:Change {number: 99, kind: 'x', people: [], at: $at})",
                     at=datetime.now(UTC))  # fmt: skip
    fresh = Live(live.store, live.folder)
    fresh.start()
    assert state(page(fresh, planned(fresh, 4)), ANNA) == ""
    fresh.stop()


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


def sent(live: Live, key: int = ANNA, size: int = 4) -> tuple[str, str, str]:
    """Send one letter; the plan, the ask and the word of the link."""
    plan_id = planned(live, size)
    letter = next(
        one for one in outreach.letters(live, STAFF_ASK, plan_id, keys=KEYS) if one.card.key == key
    )
    ask_id = str(letter.ask["id"])
    outreach.send(live, STAFF_ASK, plan_id, ask_id, "post")
    return plan_id, ask_id, letter.token


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


def test_erasing_somebody_takes_their_asks_and_their_names(live: Live) -> None:
    plan_id, _, token = sent(live)
    answers.answer_by_link(live.store, token, {"boris": "link"}, "", rules=STANDARD)
    erase(live.store, Viewer("staff", account_id="a", purpose="erase"), BORIS)
    assert page(live, plan_id).named == 0
    erase(live.store, Viewer("staff", account_id="a", purpose="erase"), ANNA)
    assert state(page(live, plan_id), ANNA) == ""
    assert not live.store.read("MATCH (a:Ask {state: 'answered'}) RETURN a.id AS id LIMIT 1")


def test_a_class_is_found_by_id_or_by_the_name_of_a_group(live: Live) -> None:
    view = live.view()
    there = standing(live, STAFF_ASK, view).there
    assert find_class(view, "optics98", there).kind == "cohorts"
    assert find_class(view, "1-98", there).id == "A"
    assert find_class(view, "оптика 1999", there).id == "optics99"
    with pytest.raises(ThingNotFound, match=r"has the id 'none'$"):
        find_class(view, "none", there)
    with pytest.raises(ThingNotFound, match=r"like it are\n  A  1-98\n  C  2-98"):
        find_class(view, "-98", there)
    with pytest.raises(ThingNotFound):
        find_class(view, " ", there)
    with pytest.raises(BadValue):
        class_of(view, "units", "faculty", there)
