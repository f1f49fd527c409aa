"""Plans of whom to ask, on the hand-made association: privacy, caps, letters, answers, learning.

Of the intake optics98 Boris is lost; Vera is hidden and Evgeny dead, so that they count nowhere.
Anna (monitor, registered), Georgy (a contact) and Zhanna (registered, another group) can be asked.
"""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from graphnet import people
from graphnet.errors import (
    BadValue,
    Conflict,
    NotAllowed,
    ThingNotFound,
    TooMany,
)
from graphnet.live import Live, rebuild
from graphnet.privacy import STANDARD, Viewer
from graphnet.recovery import answers, never_ask, outreach, plans
from graphnet.recovery.classes import class_of, coverage, find_class, standing
from graphnet.recovery.planner import look, propose
from tests.support.graphs import ANNA, BORIS, DARYA, GEORGY, VERA, ZHANNA
from tests.support.planned import (
    CLASS,
    STAFF_ASK,
    ask_id,
    ask_of,
    live,
    page,
    planned,
    sent,
    state,
)
from tests.support.themselves import erase, hide

__all__ = ["live"]


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
        outreach.send(live, STAFF_ASK, plan_id, ask_id(live, ZHANNA), "post")


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
