"""Two people are joined and parted: every tie moves, sums stay, nothing is lost, all or nothing."""

import re
import signal
import subprocess
import sys
import threading
import time
from datetime import UTC, date, datetime
from typing import Any

import pytest

from graphnet import merging, model, people
from graphnet.errors import BadValue, Conflict, NotAllowed, PersonNotFound, ThingNotFound
from graphnet.ledger import entries, pseudonyms
from graphnet.merging import clusters, doubles
from graphnet.merging.rules import RULES, kinds
from graphnet.privacy import Viewer
from graphnet.store import Store, Transaction
from tests.support.graphs import ANNA, BORIS, DARYA, GEORGY, VERA, small_association
from tests.support.refused import refused

STAFF = Viewer("staff", 8, "desk", frozenset({"staff"}), purpose="correct")
ADMIN = Viewer("staff", 5, "chief", frozenset({"staff", "admin"}), purpose="correct")

# All that the graph holds, in an order of its own: nodes, then ties.
EVERYTHING = """MATCH (n) WHERE NOT n:Change AND NOT n:AuditEntry AND NOT n:Migration
  AND NOT n:Counter AND NOT n:Job
RETURN labels(n) AS labels, properties(n) AS said,
  [(n)-[t]->(x) | [type(t), properties(t), coalesce(x.id, x.text, toString(x.key))]] AS ties"""


def everything(store: Store) -> list[str]:
    """The whole graph as sorted lines."""
    return sorted(
        repr(
            (
                sorted(row["labels"]),
                sorted(row["said"].items()),
                sorted(repr((t[0], sorted(t[1].items()), t[2])) for t in row["ties"]),
            )
        )
        for row in store.read(EVERYTHING)
    )


@pytest.fixture
def association(store: Store) -> Store:
    small_association(store)
    return store


def test_every_kind_of_tie_has_a_rule_and_no_rule_is_idle() -> None:
    there = {
        (start, type_, end)
        for type_, pairs in model.TIE_ENDS.items()
        for start, end in pairs
        if "Person" in (start, end)
    }
    assert set(RULES) == there, "a tie to a person needs a rule in graphnet/merging/rules.py"


@pytest.mark.parametrize("kind", kinds(), ids=lambda k: f"{k.type} {k.label} {k.outgoing}")
def test_queries_of_rules_are_planned_well(session_store: Store, kind: Any) -> None:
    for name, query in kind.queries.items():
        plan = session_store.explain(query)
        assert "AllNodesScan" not in str(plan), name


def test_what_is_joined_and_parted_is_as_it_was(association: Store) -> None:
    before = everything(association)
    done = merging.merge(association, STAFF, GEORGY, BORIS)
    assert done.stays == "boris"
    assert done.moved["STUDIED_IN"] == 1  # group B; that he was in A both say
    assert people.profile(association, STAFF, "boris").card.name.family == "Петров"
    with pytest.raises(PersonNotFound):
        people.profile(association, STAFF, "georgy")
    assert merging.survivor(association, "georgy") == "boris"
    merging.undo(association, STAFF, done.id)
    assert everything(association) == before
    with pytest.raises(ThingNotFound):
        merging.undo(association, STAFF, done.id)


def test_one_tie_of_everything_goes_there_and_back(store: Store) -> None:
    store.write("UNWIND [1, 2] AS k CREATE (:Person {id: 'p' + k, key: k, visibility: 'shown'})")
    for i, kind in enumerate(kinds()):
        if kind.label in ("Person", "SetAside", "MergedPerson") or kind.type == "SET_ASIDE":
            continue
        arrow = ("-", "->") if kind.outgoing else ("<-", "-")
        identity = model.NODES[kind.label][0]
        store.run_alone(
            f"MATCH (p:Person {{key: 2}}) CREATE (p){arrow[0]}[:{kind.type}]{arrow[1]}"  # type: ignore[arg-type]
            f"(:{kind.label} {{{identity}: 'thing {i}'}})"
        )
    before = everything(store)
    counted = "MATCH (:Person {key: $key})-[t]-() RETURN count(t) AS n LIMIT 1"
    ties = store.read(counted, key=2)[0]["n"]
    done = merging.merge(store, STAFF, 1, 2, account="")
    moved = store.read(counted, key=1 if done.stays == "p1" else 2)[0]["n"]
    assert moved == ties + 1  # and whom they were joined with
    merging.undo(store, STAFF, done.id)
    assert everything(store) == before


def test_both_accounts_block_until_an_administrator_chooses(association: Store) -> None:
    before = everything(association)
    with refused(Conflict, "account"):
        merging.merge(association, STAFF, ANNA, DARYA)
    with pytest.raises(NotAllowed):
        merging.merge(association, STAFF, ANNA, DARYA, account=f"account-{DARYA}")
    assert everything(association) == before
    done = merging.merge(association, ADMIN, ANNA, DARYA, account=f"account-{DARYA}")
    assert done.stays == "darya"
    off = association.read("MATCH (a:Account) WHERE a.disabled_at IS NOT NULL RETURN a.id AS id")
    assert [row["id"] for row in off] == [f"account-{ANNA}"]
    merging.undo(association, ADMIN, done.id)
    assert everything(association) == before


def test_the_stricter_counts(association: Store) -> None:
    now = datetime.now(UTC)
    association.write(
        "MATCH (a:Person {key: $a}) MATCH (b:Person {key: $b}) "
        "CREATE (a)-[:GAVE]->(:Consent {id: 'yes', purpose: 'profile', state: 'given', at: $now}) "
        "CREATE (b)-[:GAVE]->(:Consent {id: 'no', purpose: 'profile', state: 'refused', "
        "at: datetime('2010-01-01T00:00:00Z')}) "
        "CREATE (a)-[:HAS]->(:ContactPoint {id: 'a', kind: 'email', value: 'x@example.org', "
        "value_key: 'x@example.org'}) "
        "CREATE (b)-[:HAS]->(:ContactPoint {id: 'b', kind: 'email', value: 'x@example.org', "
        "value_key: 'x@example.org', bounced_at: $now})",
        a=BORIS,
        b=VERA,
        now=now,
    )
    before = everything(association)
    done = merging.merge(association, STAFF, BORIS, VERA)
    said = association.read(
        "MATCH (p:Person {key: $key})-[:GAVE]->(c:Consent) RETURN c.state AS state "
        "ORDER BY c.at DESC LIMIT 1",
        key=BORIS,
    )
    assert said == [{"state": "refused"}]
    assert association.read(
        "MATCH (p:Person {key: $key})-[:HAS]->(c:ContactPoint) "
        "RETURN p.visibility AS v, c.bounced_at IS NOT NULL AS bounced",
        key=BORIS,
    ) == [{"v": "hidden", "bounced": True}]
    assert {"consent:profile", "ContactPoint", "hidden"} <= set(done.stricter)
    merging.undo(association, STAFF, done.id)
    assert everything(association) == before


def test_undo_after_later_edits_says_what_stays_and_why(association: Store) -> None:
    association.write("MATCH (p:Person {key: $k}) SET p.born_on = $d", k=GEORGY, d=date(1980, 1, 2))
    done = merging.merge(association, STAFF, BORIS, GEORGY)
    association.write(
        "MATCH (p:Person {key: $k}) SET p.born_on = date('1981-01-01') "
        "CREATE (p)-[:MEMBER_OF]->(:Group {id: 'club', key: 9, name: 'Club'})",
        k=BORIS,
    )
    undone = merging.undo(association, STAFF, done.id)
    assert undone.edited == ["born_on"]
    assert undone.since == {"MEMBER_OF": 1}
    rows = association.read(
        "MATCH (p:Person) WHERE p.key IN $keys RETURN p.key AS key, toString(p.born_on) AS born "
        "ORDER BY key",
        keys=[BORIS, GEORGY],
    )
    assert [row["born"] for row in rows] == ["1981-01-01", "1980-01-02"]


def test_a_chain_is_parted_from_its_end(association: Store) -> None:
    before = everything(association)
    first = merging.merge(association, STAFF, BORIS, GEORGY)
    association.write("MATCH (p:Person {key: $k}) SET p.visibility = 'shown'", k=VERA)
    before_second = everything(association)
    second = merging.merge(association, STAFF, BORIS, DARYA)  # she has the account: she stays
    assert second.stays == "darya"
    assert merging.survivor(association, "georgy") == "darya"
    with pytest.raises(Conflict):
        merging.undo(association, STAFF, first.id)
    merging.undo(association, STAFF, second.id)
    assert everything(association) == before_second
    merging.undo(association, STAFF, first.id)
    association.write("MATCH (p:Person {key: $k}) SET p.visibility = 'hidden'", k=VERA)
    assert everything(association) == before


def test_what_ends_in_the_middle_leaves_nothing(
    association: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = everything(association)
    plain = Transaction.run

    def fails(self: Transaction, query: Any, *args: Any, **given: Any) -> Any:
        if "MergedPerson" in query and "SET b:MergedPerson" in query:
            raise KeyboardInterrupt
        return plain(self, query, *args, **given)

    monkeypatch.setattr(Transaction, "run", fails)
    with pytest.raises(KeyboardInterrupt):
        merging.merge(association, STAFF, BORIS, GEORGY)
    monkeypatch.undo()
    assert everything(association) == before


def test_two_at_once_join_once(association: Store) -> None:
    outcomes: list[object] = []

    def act() -> None:
        try:
            outcomes.append(merging.merge(association, STAFF, BORIS, GEORGY).id)
        except (PersonNotFound, Conflict) as problem:
            outcomes.append(type(problem))

    threads = [threading.Thread(target=act) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(isinstance(one, str) for one in outcomes) == 1
    rows = association.read("MATCH (m:MergedPerson) RETURN count(m) AS n LIMIT 1")
    assert rows == [{"n": 1}]


def test_what_both_have_done_adds_up_to_what_the_one_has(association: Store) -> None:
    start, end = datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)
    for act, key in (("a1", BORIS), ("a2", GEORGY), ("a3", GEORGY)):
        association.in_write(
            lambda t, act=act, key=key: entries.record(
                t,
                person_key=key,
                kind="talk",
                mode="volunteer",
                happened_at=datetime(2026, 5, 1, tzinfo=UTC),
                act_id=act,
                evidence={"note": act},
            )
        )
    before = {e.act_id for e in entries.in_time(association.read, start, end)}
    done = merging.merge(association, STAFF, BORIS, GEORGY)
    found = entries.in_time(association.read, start, end)
    assert {e.act_id for e in found} == before
    assert len({e.pseudonym for e in found}) == 1
    name = pseudonyms.pseudonyms(association.read, [BORIS])[BORIS]
    assert len(entries.of_one(association, name, start, end)) == 3
    merging.undo(association, STAFF, done.id)
    assert len({e.pseudonym for e in entries.in_time(association.read, start, end)}) == 2
    assert len(entries.of_one(association, name, start, end)) == 1


def asked_about(store: Store, *pairs: tuple[int, int], odds: float = 0.5) -> None:
    told = [(one, other, doubles.pair_of({"odds": odds, "said": []})) for one, other in pairs]
    assert doubles.propose(store, told, source="test") == len(pairs)


def test_who_does_not_belong_is_taken_out_of_a_cluster_for_ever(association: Store) -> None:
    asked_about(association, (ANNA, BORIS), (BORIS, GEORGY), (GEORGY, DARYA))
    first = doubles.queue(association, STAFF).waiting[0].id
    found = clusters.cluster(association, STAFF, first)
    assert found is not None
    shown = [card.id for card in found.cards]
    assert set(shown) == {"anna", "boris", "georgy", "darya"}
    with pytest.raises(BadValue):
        clusters.take_out(association, STAFF, first, "vera", shown=shown)
    with pytest.raises(Conflict):
        clusters.take_out(association, STAFF, first, "boris", shown=shown[:2])
    rest = clusters.take_out(association, STAFF, first, "boris", shown=shown)
    assert set(rest) == {ANNA, GEORGY, DARYA}
    apart = {frozenset(pair[:2]) for pair in doubles.decided(association)}
    assert apart == {frozenset((BORIS, key)) for key in rest}
    assert len(doubles.queue(association, STAFF).waiting) == 1, "Georgy and Darya are left"
    # Who is joined later brings what was decided along; nothing asks anew, nothing joins them.
    merging.merge(association, STAFF, GEORGY, DARYA)
    assert {frozenset(pair[:2]) for pair in doubles.decided(association)} == {
        frozenset((BORIS, ANNA)), frozenset((BORIS, DARYA)),
    }, "Darya has the account and stays"  # fmt: skip
    pair = doubles.pair_of({"odds": 9.0, "said": []})
    asked = [(BORIS, DARYA, pair), (BORIS, ANNA, pair)]
    assert doubles.propose(association, asked, source="a later file") == 0
    with refused(Conflict, "different"):
        merging.merge(association, STAFF, BORIS, ANNA)
    assert doubles.queue(association, STAFF).waiting == ()


def test_a_pair_that_came_with_somebody_is_not_asked_if_it_is_decided(association: Store) -> None:
    asked_about(association, (ANNA, GEORGY), (BORIS, GEORGY))
    one = next(
        w.id for w in doubles.queue(association, STAFF).waiting
        if {c.id for c in doubles.double(association, STAFF, w.id).cards} == {"anna", "georgy"}
    )  # fmt: skip
    doubles.differ(association, STAFF, one)
    merging.merge(association, STAFF, ANNA, BORIS)
    assert doubles.queue(association, STAFF).waiting == (), "of Boris, who is Anna, it is decided"
    with refused(Conflict, "different"):
        merging.merge(association, STAFF, ANNA, GEORGY)


def test_the_rest_of_a_cluster_is_joined_and_parted_again(association: Store) -> None:
    before = everything(association)
    done = clusters.join_all(association, STAFF, [GEORGY, BORIS, DARYA])
    assert len(done) == 2
    assert [one.stays for one in done] == ["boris", "darya"], "who has the account stays"
    for one in reversed(done):
        merging.undo(association, STAFF, one.id)
    assert everything(association) == before
    association.write("MATCH (b:Person {key: $b}) CREATE (b)<-[:OF]-(:Account {id: 'a1'})", b=BORIS)
    with refused(Conflict, "account"):
        clusters.join_all(association, STAFF, [GEORGY, BORIS, DARYA])
    assert merging.merges(association, STAFF) == []


def test_what_is_all_but_sure_is_joined_together(association: Store) -> None:
    asked_about(association, (BORIS, GEORGY), odds=8.0)
    asked_about(association, (ANNA, DARYA), odds=1.0)
    pairs = clusters.obvious(association, STAFF)
    assert [{card.id for card in pair.cards} for pair in pairs] == [{"boris", "georgy"}]
    unsure = next(w.id for w in doubles.queue(association, STAFF).waiting if w.id != pairs[0].id)
    assert clusters.join_obvious(association, STAFF, [pairs[0].id, unsure]) == (1, 1)
    assert len(merging.merges(association, STAFF)) == 1
    assert clusters.join_obvious(association, STAFF, [pairs[0].id]) == (0, 1)


# Joins two people, and says so when it begins and when it has ended.
JOINS = """
import sys
from graphnet import merging
from graphnet.privacy import Viewer
from graphnet.store import Store
uri, user, password, one, other = sys.argv[1:6]
staff = Viewer("staff", 8, "desk", frozenset({"staff"}), purpose="correct")
with Store(uri, user, password) as store:
    store.read("RETURN 1 AS one LIMIT 1")
    print("began", flush=True)
    merging.merge(store, staff, int(one), int(other), chosen={"given_name": "georgy"})
    print("done", flush=True)
    sys.stdin.read()
"""
KILLS = 8  # moments all over a merge


@pytest.mark.long
def test_kill_9_in_the_middle_of_a_merge_leaves_all_of_it_or_nothing(
    association: Store, address: tuple[str, str, str]
) -> None:
    before, chosen = everything(association), {"given_name": "georgy"}
    done = merging.merge(association, STAFF, BORIS, GEORGY, chosen=chosen)
    whole = _without_times(association, done.id)
    merging.undo(association, STAFF, done.id)
    assert everything(association) == before
    # How long an undisturbed one takes, so that the kills fall all over it.
    process, began = _joining(address), time.monotonic()
    assert process.stdout is not None
    assert process.stdout.readline() == "done\n"
    lasts = time.monotonic() - began
    _end(process)
    merging.undo(association, STAFF, merging.merges(association, STAFF)[0]["merge"])
    outcomes = []
    for i in range(KILLS):
        process = _joining(address)
        time.sleep(lasts * 1.1 * i / (KILLS - 1))
        process.send_signal(signal.SIGKILL)
        _end(process)
        _settled(association)
        if everything(association) == before:
            outcomes.append("nothing")
            # Nobody has to mend anything: it can be begun anew at once.
            again = merging.merge(
                association, STAFF, BORIS, GEORGY, chosen={"given_name": "georgy"}
            )
        else:
            outcomes.append("all")
            again = merging.Merge(merging.merges(association, STAFF)[0]["merge"], "", "")
        assert _without_times(association, again.id) == whole
        merging.undo(association, STAFF, again.id)
        assert everything(association) == before
    assert set(outcomes) == {"nothing", "all"}, outcomes


def _joining(address: tuple[str, str, str]) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", JOINS, *address, str(BORIS), str(GEORGY)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "began\n"
    return process


def _end(process: subprocess.Popen[str]) -> None:
    for end in (process.stdin, process.stdout):
        if end is not None:
            end.close()
    process.wait(30)


def _settled(store: Store) -> None:
    """Wait until the server has taken back or finished what the killed one had begun."""
    open_now = "SHOW TRANSACTIONS YIELD currentQuery WHERE NOT currentQuery CONTAINS 'SHOW TRAN' "
    until = time.monotonic() + 30
    while store.run_alone(open_now + "RETURN count(*) AS n")[0]["n"]:
        assert time.monotonic() < until
        time.sleep(0.05)


def _without_times(store: Store, merge: str) -> list[str]:
    """The whole graph without what differs from one joining to the next: times and new ids."""
    found = []
    for line in everything(store):
        text = line.replace(merge, "MERGE")
        text = re.sub(r"<?neo4j\.time\.DateTime[^)]*\)>?", "TIME", text)
        found.append(re.sub(r"'id', '[0-9a-z]{16}'", "'id', 'NEW'", text))
    return sorted(found)
