"""Ways to people: what is told to whom, and the same answer after the same work for nobody."""

from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from graphnet.errors import BadValue, NotAllowed
from graphnet.introductions.paths import MOST_OPEN, Ways, ways_to
from graphnet.introductions.targets import Target, offered
from graphnet.live import Live, rebuild
from graphnet.privacy import ANYONE, Viewer
from graphnet.snapshot.layers import LAYER_WEIGHTS
from graphnet.store import Store, Transaction
from tests.support.themselves import hide, set_audiences, show

# Ekaterina seeks Aleksandr of her year. Anna knows both. Oleg of the younger year knows Ekaterina,
# and knows Pavel, who knows Aleksandr. Vera, hidden, knows Ekaterina and Aleksandr best of all.
NAMES = (
    "ekaterina", "aleksandr", "anna", "oleg", "pavel", "vera", "stranger", "dead", "lonely",
)  # fmt: skip
EKATERINA, ALEKSANDR, ANNA, OLEG, PAVEL, VERA, STRANGER, DEAD, LONELY = range(1, 10)
REGISTERED = (EKATERINA, ANNA, OLEG, PAVEL)

MAKE = """UNWIND range(1, size($names)) AS key
CREATE (p:Person:Alumnus {id: $names[key - 1], key: key, given_name: $names[key - 1],
  family_name: 'Family', name_key: $names[key - 1], visibility: 'shown'})
WITH collect(p) AS people
CREATE (u:Unit {id: 'faculty', kind: 'faculty', name: 'Optics'})
CREATE (c:Cohort {id: 'year', programme: 'Optics', intake_year: 1998})-[:OF]->(u)
CREATE (other:Cohort {id: 'another', programme: 'Optics', intake_year: 2010})-[:OF]->(u)
WITH people, c, other
UNWIND people AS p
WITH p, CASE WHEN p.id = 'stranger' THEN other ELSE c END AS home
CREATE (p)-[:STUDIED_IN]->(home)"""
ACCOUNTS = """UNWIND $keys AS key MATCH (p:Person {key: key})
CREATE (:Account {id: 'a' + toString(key), email: p.id + '@example.org',
  email_key: p.id + '@example.org', roles: ['alumnus'], created_at: datetime()})-[:OF]->(p)"""
TIES = """UNWIND $rows AS row MATCH (a:Person {key: row[0]}) MATCH (b:Person {key: row[1]})
CREATE (a)-[:KNOWS {strength: row[2], source: 'test'}]->(b)"""
ROWS = [
    [EKATERINA, ANNA, 0.9], [ANNA, ALEKSANDR, 0.8], [EKATERINA, OLEG, 0.7], [OLEG, PAVEL, 0.9],
    [PAVEL, ALEKSANDR, 0.9], [EKATERINA, VERA, 1.0], [VERA, ALEKSANDR, 1.0],
    [ANNA, STRANGER, 0.9], [ANNA, DEAD, 0.9],
]  # fmt: skip
ME = Viewer("alumnus", EKATERINA)
STAFF = Viewer("staff", account_id="s", purpose="find lost")


class Counted(Store):
    """Counts and keeps the queries that were run."""

    def __init__(self, inner: Store) -> None:
        self.__dict__.update(inner.__dict__)
        self.said: list[str] = []

    def in_read(self, work: Any) -> Any:
        def noted(transaction: Transaction) -> Any:
            said = self.said

            class Noted(Transaction):
                def run(self, query: Any, /, **parameters: Any) -> Any:
                    rows = super().run(query, **parameters)
                    sizes = {k: len(v) for k, v in parameters.items() if isinstance(v, list)}
                    said.append(f"{query} {sizes}")
                    return rows

            return work(Noted(transaction._inner))

        return super().in_read(noted)


@pytest.fixture
def live(store: Store, tmp_path: Path) -> Iterator[Live]:
    store.write(MAKE, names=list(NAMES))
    store.write(ACCOUNTS, keys=list(REGISTERED))
    store.write(TIES, rows=ROWS)
    store.write("MATCH (p:Person {key: $key}) SET p.visibility = 'hidden'", key=VERA)
    store.write("MATCH (p:Person {key: $key}) SET p.died_on = date('2020-01-01')", key=DEAD)
    rebuild(store, tmp_path)
    following = Live(store, tmp_path)
    following.start()
    yield following
    following.stop()


def ways(live: Live, target: str, viewer: Viewer = ME, kind: str = "person") -> Ways:
    return ways_to(live, viewer, Target(kind, target))


def told(found: Ways) -> list[tuple[str, int]]:
    return [(way.contact.id, way.steps) for way in found.ways]


def test_only_my_own_first_contact_is_named(live: Live) -> None:
    found = ways(live, "aleksandr")
    assert found.sought is not None
    assert found.sought.id == "aleksandr"
    assert told(found) == [("anna", 2), ("oleg", 3)]
    assert all(way.chain == () for way in found.ways)
    # Strongest first: the product of the ties' strengths.
    assert found.ways[0].strength == pytest.approx(0.9 * 0.8, rel=1e-3)
    assert found.ways[1].strength == pytest.approx(0.7 * 0.9 * 0.9, rel=1e-3)


def test_staff_see_the_whole_chain_and_leave_a_trace(live: Live) -> None:
    found = ways(live, "aleksandr", STAFF)
    assert [[card.id for card in way.chain] for way in found.ways][:2] == [
        ["pavel", "aleksandr"], ["anna", "aleksandr"],
    ]  # fmt: skip
    rows = live.store.read(
        "MATCH (a:AuditEntry {act: 'reach'}) RETURN a.purpose AS purpose, a.subject AS subject, "
        "a.detail AS detail"
    )
    assert [(row["purpose"], row["subject"]) for row in rows] == [("find lost", "person aleksandr")]
    assert rows[0]["detail"].startswith(f"{PAVEL} - {ALEKSANDR}")


@pytest.mark.parametrize("viewer", [ME, STAFF], ids=["alumnus", "staff"])
def test_nobody_and_no_way_are_one_answer(live: Live, viewer: Viewer) -> None:
    for name in ("vera", "dead", "lonely", "nobody", ""):
        assert ways(live, name, viewer) == Ways(Target("person", name)), name
    if viewer is ME:
        # Of another year and not registered: to her there is no such person.
        assert ways(live, "stranger", viewer) == Ways(Target("person", "stranger"))
        assert ways(live, "ekaterina", viewer) == Ways(Target("person", "ekaterina"))
    else:
        assert ways(live, "stranger", viewer).sought is not None


def test_nobody_and_no_way_cost_the_same_queries(live: Live) -> None:
    counted = Counted(live.store)
    live.store = counted
    said = []
    for name in ("vera", "dead", "lonely", "nobody", "stranger", "aleksandr"):
        counted.said.clear()
        ways(live, name)
        said.append(list(counted.said))
    assert len(said[0]) > 5
    for one in said[1:]:
        assert one == said[0]


UNWILLING = {
    "hidden": "MATCH (p:Person {key: $key}) SET p.visibility = 'hidden'",
    "dead": "MATCH (p:Person {key: $key}) SET p.died_on = date('2020-01-01')",
    "said no to members": "MATCH (p:Person {key: $key}) CREATE (p)-[:GAVE]->(:Consent {id: 'c', "
    "purpose: 'show_to_members', state: 'refused', at: datetime()})",
    "nobody may ask": "MATCH (p:Person {key: $key}) SET p.audiences = ['pass_on:nobody']",
    "shows nobody whom they know": "MATCH (p:Person {key: $key}) "
    "SET p.audiences = ['connections:nobody']",
    "account closed": "MATCH (p:Person {key: $key})<-[:OF]-(a:Account) "
    "SET a.disabled_at = datetime()",
}


@pytest.mark.parametrize("how", UNWILLING)
@pytest.mark.parametrize("rebuilt", [True, False])
def test_an_unwilling_connector_is_on_no_way(
    live: Live, tmp_path: Path, how: str, rebuilt: bool
) -> None:
    live.store.write(UNWILLING[how], key=ANNA)
    if rebuilt:
        rebuild(live.store, tmp_path)
        live.catch_up()
    assert told(ways(live, "aleksandr")) == [("oleg", 3)]


@pytest.mark.parametrize("how", ["hidden", "dead", "nobody may ask"])
def test_nor_further_along(live: Live, how: str) -> None:
    live.store.write(UNWILLING[how], key=PAVEL)
    assert told(ways(live, "aleksandr")) == [("anna", 2)]


def test_being_asked_by_contacts_only(live: Live) -> None:
    live.store.write("MATCH (p:Person {key: $k}) SET p.audiences = ['pass_on:connections']", k=ANNA)
    assert told(ways(live, "aleksandr")) == [("anna", 2), ("oleg", 3)]
    live.store.write("MATCH (:Person {key: $a})-[t:KNOWS]-(:Person {key: $b}) DELETE t",
                     a=ANNA, b=EKATERINA)  # fmt: skip
    assert told(ways(live, "aleksandr")) == [("oleg", 3)]


def test_a_tie_of_a_second_ago_counts(live: Live) -> None:
    assert told(ways(live, "lonely")) == []
    live.store.write(TIES, rows=[[EKATERINA, PAVEL, 0.95]])
    assert told(ways(live, "aleksandr"))[0] == ("pavel", 2)


def test_who_hides_is_sought_no_more(live: Live) -> None:
    hide(live.store, ALEKSANDR)
    live.catch_up()
    assert ways(live, "aleksandr") == Ways(Target("person", "aleksandr"))
    show(live.store, ALEKSANDR)
    live.catch_up()
    assert told(ways(live, "aleksandr"))


def test_whom_i_know_myself_is_told_as_such(live: Live) -> None:
    found = ways(live, "anna")
    assert found.connected
    assert found.sought is not None


LOAD = """MATCH (p:Person {key: $asked}) MATCH (by:Person {key: $by})
CREATE (by)-[:ASKED]->(o:PassOn {id: $id, state: 'waiting', at: datetime(),
  closes_at: datetime() + duration('P20D'), text: 'x'})
CREATE (o)<-[:OF]-(h:Handing {id: $id, act: 'asked', at: datetime(),
  expires_at: datetime() + duration('P10D')})
CREATE (h)-[:TO]->(p) CREATE (o)-[:ABOUT]->(by)"""


def test_who_has_enough_on_their_hands_is_spared(live: Live) -> None:
    numbers = count()
    live.store.write(LOAD, asked=ANNA, by=PAVEL, id=f"o{next(numbers)}")
    assert told(ways(live, "aleksandr")) == [("oleg", 3), ("anna", 2)]
    for _ in range(MOST_OPEN - 1):
        live.store.write(LOAD, asked=ANNA, by=PAVEL, id=f"o{next(numbers)}")
    assert told(ways(live, "aleksandr")) == [("oleg", 3)]


THINGS = """CREATE (o:Organisation {id: 'works', name: 'Works', name_key: 'works'})
CREATE (c:Place {id: 'town', name: 'Town', name_ru: 'Город'})
CREATE (t:Topic {id: 'optics', name: 'Optics', name_ru: 'Оптика'})
WITH o, c, t MATCH (p:Person) WHERE p.key IN $keys
CREATE (p)-[:WORKED_AT {from_year: 2010}]->(o) CREATE (p)-[:LIVES_IN]->(c)
CREATE (p)-[:INTERESTED_IN]->(t)"""


@pytest.mark.parametrize(
    ("kind", "thing", "field"),
    [("company", "works", "employer"), ("city", "town", "city"), ("topic", "optics", "interests")],
)
def test_only_who_shows_it_counts(
    live: Live, tmp_path: Path, kind: str, thing: str, field: str
) -> None:
    live.store.write(THINGS, keys=[PAVEL, ALEKSANDR, VERA, DEAD])
    rebuild(live.store, tmp_path)
    live.catch_up()
    shown = {"employer": [], "city": [], "interests": [("oleg", 2)]}
    # Aleksandr is not registered and Vera is hidden: whatever they are set to, they do not count.
    for key in (ALEKSANDR, VERA):
        set_audiences(live.store, key, {field: "members"})
    live.catch_up()
    assert told(ways(live, thing, kind=kind)) == shown[field]
    for audience, expected in (
        ("members", [("oleg", 2)]), ("cohort", [("oleg", 2)]), ("connections", []), ("nobody", []),
    ):  # fmt: skip
        set_audiences(live.store, PAVEL, {field: audience})
        live.catch_up()
        found = ways(live, thing, kind=kind)
        assert told(found) == expected, audience
        assert found.sought is None
        assert bool(found.label) == bool(expected)
        assert [row["id"] for row in offered(live, ME, kind, thing[:3])] == (
            [thing] if kind == "topic" else []
        )
    assert ways(live, "nonsense", kind=kind) == Ways(Target(kind, "nonsense"))


GROUP = """CREATE (g:StudyGroup {id: 'g1', name: '1-98'})
WITH g MATCH (p:Person) WHERE p.key IN $keys
CREATE (p)-[:STUDIED_IN {from_term: 3996, to_term: 4005}]->(g)"""


@pytest.mark.parametrize("viewer", [ME, STAFF], ids=["alumnus", "staff"])
def test_only_the_chosen_layers_count(live: Live, tmp_path: Path, viewer: Viewer) -> None:
    live.store.write(GROUP, keys=[EKATERINA, ANNA, ALEKSANDR])
    rebuild(live.store, tmp_path)
    live.catch_up()

    def over(*layers: str) -> list[str]:
        target = Target("person", "aleksandr")
        return [w.contact.id for w in ways_to(live, viewer, target, layers=layers).ways]

    # As groupmates Anna alone leads there, and weaker than as somebody whom one knows.
    assert over("knows")[:2] == (["anna", "oleg"] if viewer is ME else ["pavel", "anna"])
    assert "anna" in over("studied")
    assert not {"oleg", "pavel"} & set(over("studied"))
    assert over("worked") == over("came", "member") == []
    everything = over()
    assert over(*LAYER_WEIGHTS) == over("studied", "knows") == everything
    strength = ways_to(live, ME, Target("person", "aleksandr"), layers=["studied"]).ways[0].strength
    assert strength == pytest.approx((0.6 / 2) ** 2, rel=1e-3)
    with pytest.raises(BadValue, match="layers of ties are"):
        over("friends")


def test_the_latest_tie_counts_only_where_it_is_chosen(live: Live) -> None:
    live.store.write(TIES, rows=[[EKATERINA, PAVEL, 0.95]])
    target = Target("person", "aleksandr")
    assert told(ways_to(live, ME, target, layers=["knows"]))[0] == ("pavel", 2)
    assert told(ways_to(live, ME, target, layers=["studied", "worked"])) == []


def test_who_may_ask_at_all(live: Live) -> None:
    for viewer in (ANYONE, Viewer("analyst", purpose="x")):
        with pytest.raises(NotAllowed):
            ways(live, "aleksandr", viewer)
    with pytest.raises(BadValue):
        Target("planet", "mars")
