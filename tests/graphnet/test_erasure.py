"""Nothing of an erased person is left: one of every label and tie of the model, searched for."""

import re
from typing import Any, LiteralString, cast

import pytest

from graphnet import model
from graphnet.checks import CHECKS
from graphnet.erasure import Holding, count, export
from graphnet.features import registered
from graphnet.privacy import Viewer
from graphnet.store import Store
from tests.support.themselves import erase

KEY = 77
ME = Viewer("alumnus", KEY)
CANARY = "канарейка"
ADDRESS = f"{CANARY}@example.org"
# What hangs on something of the person's and is another person's all the same.
OTHERS = {
    ("Claim", "THROUGH", "Invitation"),
    ("Request", "JOINED_TO", "Request"),
    ("Request", "SPLIT_FROM", "Request"),
    ("Post", "ANSWERS", "Post"),
}
# What was set aside when others were joined is theirs.
ASIDE = {(start, "SET_ASIDE", end) for start, end in model.TIE_ENDS["SET_ASIDE"]}


def holdings(tie: str, label: str) -> list[Holding]:
    """What is declared of nodes with that label that the tie joins to the person."""
    return [h for h in registered().holdings if (h.tie, h.label, h.through) == (tie, label, "")]


def canaries(label: str, holding: Holding | None, number: int) -> dict[str, Any]:
    """A node's properties, each a text that must be gone; but for what is another person's."""
    names = model.NODES[cast(LiteralString, label)]
    values: dict[str, Any] = {name: f"{CANARY} {number} {label}.{name}" for name in names}
    if holding is not None and (holding.anothers or holding.fate == "untied"):
        values = {name: values[name] for name in holding.empties}
    if label in ("Account", "ContactPoint", "Claim") and "email" in values | {"email": 0}:
        values |= {name: ADDRESS for name in ("email", "value") if name in values}
    return values | {names[0]: f"node-{number}-{label}"} if names else values


def furnish(store: Store) -> set[str]:
    """Write a person with one node for every tie that can join one to a person, and what hangs on
    those; each property of all of them is a canary. Returns the labels that were made.
    """
    own = canaries("Person", None, 0) | {
        "key": KEY,
        "id": "person-of-canaries",
        "visibility": "shown",
        "former_names": [CANARY],
        "given_name": CANARY,
        "family_name": "Птицына",
    }
    store.write("CREATE (p:Person:Alumnus) SET p = $own", own=own)
    made, number = {"Person", "Alumnus"}, 0
    for tie, ends in model.TIE_ENDS.items():
        for start, end in ends:
            if "Person" not in (start, end):
                continue
            for outgoing in {start == "Person", end != "Person"} if start != end else (True, False):
                label = end if outgoing else start
                declared = holdings(tie, label)
                assert declared, f"what becomes of {label} tied by {tie} to somebody who is erased?"
                for holding in declared:
                    number += 1
                    made |= {label} | make(store, tie, holding, number, outgoing=outgoing)
    store.write(
        "CREATE (:Job {id: 'j', kind: 'mail', state: 'waiting', idempotency_key: 'mail:x', "
        "payload: $payload}) CREATE (:AuditEntry {id: 'a', act: 'read', keys: [$key], "
        "detail: $detail, subject: 'person-of-canaries'}) "
        "CREATE (:Enquiry {id: 'q', email: $typed, email_key: $address, subject: $detail}) "
        "CREATE (:RequestEntry {id: 'e', kind: 'reply', by: 'asker', text: $detail, "
        "at: datetime()})-[:IN]->(:Request {id: 'v', visitor: $address, subject: $detail}) "
        "CREATE (:AuditEntry {id: 'b', act: 'close request', detail: $named})",
        payload=f'{{"to": "{ADDRESS}", "text": "Dear {CANARY}"}}',
        key=KEY,
        detail=CANARY,
        address=ADDRESS,
        typed=ADDRESS.upper(),
        named=f"{CANARY} Птицына has asked",
    )
    return made | {"Job", "AuditEntry", "Enquiry"}


def make(store: Store, tie: str, holding: Holding, number: int, *, outgoing: bool) -> set[str]:
    """Tie one node to the person, and what hangs on it; returns the labels of the latter."""
    label = holding.label
    values = canaries(label, holding, number)
    if label == "Person":
        values = {"key": 1000 + number, "id": f"another-{number}"}
    if only := re.fullmatch(r"n\.(\w+) = '(\w+)'", holding.narrowed):
        values[only[1]] = only[2]
    arrow = ("-", "->") if outgoing else ("<-", "-")
    said = {name: f"{CANARY} {tie}.{name}" for name in model.TIES[tie]}
    store.run_alone(
        f"MATCH (p:Person {{key: $key}}) CREATE (p){arrow[0]}[t:{tie}]{arrow[1]}"
        f"(n:{label}) SET n = $values, t = $said",  # type: ignore[arg-type]
        key=KEY,
        values=values,
        said=said,
    )
    mine = holding.fate in ("gone", "emptied") and not holding.anothers
    return hang(store, label, f"node-{number}-{label}", number) if mine else set()


def hang(store: Store, on: str, node: str, number: int) -> set[str]:
    """Hang on one of the person's nodes what the model lets hang on it, full of canaries."""
    identity = model.NODES[cast(LiteralString, on)][0]
    made = set()
    for tie, ends in model.TIE_ENDS.items():
        for start, end in ends:
            if end != on or start == "Person" or (start, tie, end) in OTHERS | ASIDE:
                continue
            if start in registered().impersonal:
                continue
            values = canaries(start, None, number)
            values[model.NODES[start][0]] = f"on-{number}-{start}-{tie}"
            store.run_alone(
                f"MATCH (m:{on} {{{identity}: $node}}) CREATE (m)<-[:{tie}]-(n:{start}) "
                "SET n = $values",  # type: ignore[arg-type]
                node=node,
                values=values,
            )
            made.add(start)
    return made


ALL_NODES = """MATCH (n) UNWIND labels(n) AS label UNWIND keys(n) AS name
RETURN label, name, toString(n[name]) AS text ORDER BY label, name LIMIT 100000"""
ALL_NODES = ALL_NODES.replace("toString(n[name])", "n[name]")
ALL_TIES = """MATCH ()-[t]->() UNWIND keys(t) AS name
RETURN type(t) AS label, name, t[name] AS text ORDER BY label, name LIMIT 100000"""


def found(store: Store) -> set[tuple[str, str]]:
    """Every property, of any node or tie, in which a canary still sings."""
    rows = [*store.run_alone(ALL_NODES), *store.run_alone(ALL_TIES)]
    return {(row["label"], row["name"]) for row in rows if CANARY in str(row["text"])}


@pytest.fixture
def person(store: Store) -> set[str]:
    return furnish(store)


def test_nothing_of_an_erased_person_is_left(store: Store, person: set[str]) -> None:
    assert len(found(store)) > 150, "or there would be nothing to look for"
    core = registered()
    assert person | core.impersonal.keys() == model.NODES.keys() | {"Alumnus"}
    erase(store, ME, KEY)
    # What files are searched for goes with the job that does it: tests/webapp/test_erasure.py.
    assert store.write("MATCH (j:Job {kind: 'erase_files'}) DELETE j RETURN count(*) AS n") == [
        {"n": 1}
    ]
    kept = {(h.label, name) for h in core.holdings for name in h.keeps}
    assert found(store) <= kept
    assert store.read("MATCH (e:Erasure) RETURN e.key AS key LIMIT 9") == [{"key": KEY}]


def test_what_is_nobodys_cannot_be_somebodys_own(store: Store) -> None:
    core = registered()
    mine = {h.label for h in core.holdings if h.fate in ("gone", "emptied") and not h.anothers}
    assert not mine & core.impersonal.keys()
    only_tied = {h.label for h in core.holdings} - mine - {"Person"}
    kept = {h.label for h in core.holdings if h.fate == "kept"}
    assert only_tied - kept <= core.impersonal.keys()
    for holding in core.holdings:
        assert not holding.keeps or holding.why, f"{holding.label}: why may something stay?"
        stays = {*holding.keeps, *holding.empties}
        if holding.fate in ("emptied", "kept") and not holding.anothers:
            assert stays == set(model.NODES[holding.label]), holding.label


def test_nothing_is_left_of_nobody(store: Store, person: set[str]) -> None:
    store.write(
        "MATCH (r:Registration) CREATE (r)-[:FOR]->(:Event {id: 'of ' + r.id}) "
        "WITH r WHERE NOT EXISTS { (r)-[:BY]->() } CREATE (r)-[:BY]->(:Person {id: 'by ' + r.id})"
    )
    lone = {check.what: check.query for check in CHECKS if "nobody" in check.what}
    assert lone
    assert not any(store.read(query)[0]["n"] for query in lone.values())
    erase(store, ME, KEY)
    assert not [what for what, query in lone.items() if store.read(query)[0]["n"]]


def test_the_export_is_made_of_the_same_declarations(store: Store, person: set[str]) -> None:
    data = export(store, ME, KEY, registered().holdings)
    told = {(tie["tie"], label) for tie in data["ties"] for label in tie["to"]}
    declared = {
        (h.tie, h.label) for h in registered().holdings if not h.secret and not h.through and h.tie
    }
    assert {(tie, label) for tie, label in told if tie} >= declared
    assert not {label for _, label in told} & {"PseudonymKey", "OneTimeLink", "RecoveryCode"}
    assert ("NAMED", "Ask") not in told, "who named them is that other person's secret"
    counted = count(store, KEY, registered().holdings)
    assert counted["account"]["gone"] == 7 and counted["letters"]["gone"] >= 1
    erase(store, ME, KEY)


def test_a_letter_to_somebody_whose_address_ends_alike_is_still_sent(store: Store) -> None:
    store.write(
        "CREATE (p:Person {key: $key, id: 'anna-of-the-test'})-[:HAS]->(:ContactPoint {id: 'c', "
        "value: 'anna@example.org'}) CREATE (:Job {id: 'j', kind: 'mail', state: 'waiting', "
        "idempotency_key: 'mail:y', payload: $payload})",
        key=KEY,
        payload='{"to": "joanna@example.org"}',
    )
    erase(store, ME, KEY)
    assert store.read("MATCH (j:Job {kind: 'mail'}) RETURN j.id AS id LIMIT 9") == [{"id": "j"}]
