"""Several people who may all be one: looked at together, one of them taken out, the rest joined.

A cluster is whoever open pairs of the review queue connect. Whoever is taken out is another person
than all the rest: one decision with each of them, which stand for ever, since decisions move with
who is joined later.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import combinations

from graphnet import people
from graphnet.audit import acted
from graphnet.errors import BadValue, Conflict, NotFound, PersonNotFound
from graphnet.merging import standing
from graphnet.merging.doubles import (
    NOT_APART,
    ONE,
    RECORDS,
    SIDES,
    STANDS,
    mark,
    probability,
    queue,
)
from graphnet.merging.merge import Merge, merge
from graphnet.model import new_id
from graphnet.privacy import STANDARD, Rules, Viewer
from graphnet.store import Row, Store, Transaction

MOST = 8  # people who are looked at together
OBVIOUS = 0.99  # how probably two are one, that they are offered together with others
AT_ONCE = 20  # pairs that are joined together

# One row: an open pair of somebody, with whom it asks about.
AROUND = (
    """UNWIND $keys AS wanted MATCH (a:Person {key: wanted})<-[:OF]-(d:Double)-[:OF]->(b:Person)
WHERE d.state IN ['open', 'later'] AND d.ended_at IS NULL AND """
    + NOT_APART
    + """
RETURN d.id AS id, a.key AS one, b.key AS other, d.odds AS odds
ORDER BY odds DESC, id, one LIMIT 500"""
)

# One row: the keys of both people of a pair that waits.
BOTH = """UNWIND $ids AS wanted MATCH (d:Double {id: wanted})-[:OF]->(p:Person)
WITH d, p ORDER BY p.key WITH d, collect(p.key) AS keys WHERE size(keys) = 2
RETURN d.id AS id, keys, [k IN keys | EXISTS { (:Account)-[:OF]->(:Person {key: k}) }] AS accounts
ORDER BY id LIMIT 5000"""

# One row: a person, locked until all is committed, if they are still one of their own.
LOCK = """UNWIND $keys AS wanted MATCH (p:Person {key: wanted}) SET p.key = p.key
WITH p WHERE p.merge IS NULL RETURN p.key AS key ORDER BY key LIMIT 100"""

# One row: how many are another person than the one who is taken out, without having been asked of.
APART = """MATCH (a:Person {key: $key}) WITH a UNWIND $rows AS row
MATCH (b:Person {key: row.other})
CREATE (d:Double {id: row.id, odds: row.odds, evidence: '[]', state: 'different', at: $now,
  decided_at: $now, decided_by: $me, source: 'cluster'})
CREATE (d)-[:OF]->(a) CREATE (d)-[:OF]->(b) RETURN count(d) AS n"""


@dataclass(frozen=True)
class Cluster:
    """People who may all be one, in the order of their keys, and the open pairs between them.

    pairs: the pair's id, the places of its two people, how probably they are one.
    """

    cards: tuple[people.Card, ...]
    sides: tuple[Row, ...]
    records: tuple[tuple[Row, ...], ...]
    pairs: tuple[tuple[str, int, int, float], ...]

    @property
    def accounts(self) -> int:
        """How many of them have an account."""
        return sum(bool(side["account"]) for side in self.sides)


def cluster(
    store: Store, viewer: Viewer, double_id: str, *, rules: Rules = STANDARD
) -> Cluster | None:
    """Return all who may be one person with the two of a pair; None if that waits no longer."""
    viewer.require_staff()
    rows = store.read(ONE, id=double_id)
    if not rows or len(rows[0]["keys"]) != 2:
        return None
    if rows[0]["state"] not in ("open", "later") or rows[0]["ended_at"] is not None:
        return None
    return _around(store, viewer, rows[0]["keys"], rules)


def _around(store: Store, viewer: Viewer, start: Sequence[int], rules: Rules) -> Cluster:
    keys, asked = set(start), set[int]()
    found: dict[str, tuple[int, int, float]] = {}
    while (fresh := keys - asked) and len(keys) < MOST:
        asked |= fresh
        for row in store.read(AROUND, keys=sorted(fresh)):
            if row["other"] in keys or len(keys) < MOST:
                keys.add(row["other"])
    # Also what joins the last ones who were found to each other.
    for row in store.read(AROUND, keys=sorted(keys)):
        if row["other"] in keys:
            found[row["id"]] = (row["one"], row["other"], row["odds"])
    cards = {c.key: c for c in people.cards(store, viewer, sorted(keys), rules=rules)}
    order = sorted(cards)
    place = {key: i for i, key in enumerate(order)}
    sides = {row["key"]: row for row in store.read(SIDES, keys=order)}
    records: dict[int, list[Row]] = {key: [] for key in order}
    for row in store.read(RECORDS, keys=order):
        records[row["key"]].append(row | {"fields": json.loads(row["fields"] or "{}")})
    return Cluster(
        tuple(cards[key] for key in order),
        tuple(sides[key] for key in order),
        tuple(tuple(records[key]) for key in order),
        tuple(
            (pair, min(place[one], place[other]), max(place[one], place[other]), probability(odds))
            for pair, (one, other, odds) in found.items()
            if one in place and other in place
        ),
    )


def _the_same(found: Cluster | None, shown: Sequence[str]) -> Cluster:
    """Return what staff have looked at, if it is as it was."""
    if found is None or sorted(card.id for card in found.cards) != sorted(shown):
        raise Conflict("these people are others now: look again", code="changed")
    return found


def shown_keys(
    store: Store,
    viewer: Viewer,
    double_id: str,
    shown: Sequence[str],
    *,
    rules: Rules = STANDARD,
) -> list[int]:
    """Return the keys of everybody whom staff have looked at, if they are all of a cluster still.

    Raises
    ------
    Conflict
        If they are others now.
    """
    found = _the_same(cluster(store, viewer, double_id, rules=rules), shown)
    return [card.key for card in found.cards]


def take_out(
    store: Store,
    viewer: Viewer,
    double_id: str,
    person_id: str,
    *,
    shown: Sequence[str],
    rules: Rules = STANDARD,
) -> list[int]:
    """Say of one of a cluster that they are another person than all the rest, for ever.

    Parameters
    ----------
    double_id
        Any open pair of the cluster.
    person_id, shown
        Who is taken out, and everybody whom staff have looked at.

    Returns
    -------
    The keys of the rest.

    Raises
    ------
    BadValue
        If the person is none of them.
    Conflict
        If they are others now, since somebody has answered meanwhile.
    """
    found = _the_same(cluster(store, viewer, double_id, rules=rules), shown)
    out = [i for i, card in enumerate(found.cards) if card.id == person_id]
    if not out:
        raise BadValue("choose one of these people", code="choose")
    key = found.cards[out[0]].key
    rest = [card.key for card in found.cards if card.key != key]
    open_with: dict[int, list[str]] = {}
    for pair, one, other, _ in found.pairs:
        if out[0] in (one, other):
            with_whom = found.cards[other if one == out[0] else one].key
            open_with.setdefault(with_whom, []).append(pair)

    def work(transaction: Transaction) -> None:
        if len(transaction.run(LOCK, keys=sorted([key, *rest]))) != len(found.cards):
            raise Conflict("these people are others now: look again", code="changed")
        for pairs in open_with.values():
            for pair in pairs:
                mark(transaction, viewer, pair, "different")
        rows = [
            {"id": new_id(), "other": other, "odds": 0.0}
            for other in rest
            if other not in open_with
        ]
        if rows:
            given = {"now": datetime.now(UTC), "me": viewer.account_id}
            transaction.run(APART, key=key, rows=rows, **given)
        acted(transaction, viewer, "double.take_out", person_id, keys=[key, *rest])

    store.in_write(work)
    return rest


def join_all(
    store: Store,
    viewer: Viewer,
    keys: Sequence[int],
    *,
    chosen: Mapping[str, str] | None = None,
    rules: Rules = STANDARD,
) -> list[Merge]:
    """Join people one after another; each joining is undone by itself, the latest first.

    Parameters
    ----------
    chosen
        Of fields in which they differ the id of whose value stands, or 'both'; where it is of
        nobody who is joined here the rule decides.

    Raises
    ------
    Conflict
        If two of them have an account, or somebody has said of two that they are two: then nobody
        more is joined.
    """
    viewer.require_staff()
    cards = people.cards(store, viewer, sorted(keys), rules=rules)
    if len(cards) != len(set(keys)):
        raise PersonNotFound("no such person")
    if sum(bool(side["account"]) for side in store.read(SIDES, keys=list(keys))) > 1:
        raise Conflict(
            "two have an account: an administrator chooses which one stays", code="account"
        )
    for one, other in combinations(sorted(keys), 2):
        if store.read(STANDS, one=one, other=other):
            raise Conflict(
                "somebody has said that two of these are two people: ask again about that first",
                code="different",
            )
    key_of = {card.id: card.key for card in cards}
    id_of = {card.key: card.id for card in cards}
    done: list[Merge] = []
    first, *others = sorted(keys)
    joined = {id_of[first]}
    for other in others:
        step = _chosen_of(chosen or {}, joined, id_of[first], id_of[other])
        joined.add(id_of[other])
        waits = [row["id"] for row in store.read(AROUND, keys=[first]) if row["other"] == other]
        double_id = waits[0] if waits else ""
        done.append(
            merge(store, viewer, first, other, double_id=double_id, chosen=step, rules=rules)
        )
        first = key_of[done[-1].stays]  # who has an account stays
    return done


def _chosen_of(
    chosen: Mapping[str, str], joined: set[str], first: str, other: str
) -> dict[str, str]:
    """Return what is chosen between those who are one by now, and the next."""
    step = {}
    for field, whose in chosen.items():
        if whose == other or field == standing.MISTAKE or whose == standing.BOTH:
            step[field] = whose
        elif whose in joined:
            step[field] = first  # whoever says it is a part of them
    return step


@dataclass(frozen=True)
class Obvious:
    """A pair that may be joined together with others: both cards, and how probably it is one."""

    id: str
    probability: float
    cards: tuple[people.Card, people.Card]


def obvious(store: Store, viewer: Viewer, *, rules: Rules = STANDARD) -> list[Obvious]:
    """Return the pairs that are all but sure, where nobody is in two of them.

    Not those that were put off, and not two who both have an account.
    """
    waiting = queue(store, viewer).waiting
    both = {row["id"]: row for row in store.read(BOTH, ids=[one.id for one in waiting])}
    times: dict[int, int] = {}
    for row in both.values():
        for key in row["keys"]:
            times[key] = times.get(key, 0) + 1
    chosen = [
        (one, both[one.id]["keys"])
        for one in waiting
        if one.state == "open"
        and one.probability >= OBVIOUS
        and one.id in both
        and not all(both[one.id]["accounts"])
        and all(times[key] == 1 for key in both[one.id]["keys"])
    ][:AT_ONCE]
    wanted = [key for _, keys in chosen for key in keys]
    cards = {card.key: card for card in people.cards(store, viewer, wanted, rules=rules)}
    return [
        Obvious(one.id, one.probability, (cards[keys[0]], cards[keys[1]]))
        for one, keys in chosen
        if set(keys) <= cards.keys()
    ]


def join_obvious(
    store: Store, viewer: Viewer, ids: Sequence[str], *, rules: Rules = STANDARD
) -> tuple[int, int]:
    """Join those of the obvious pairs that staff have chosen, each by itself.

    Returns
    -------
    How many were joined, and how many not: somebody has answered meanwhile.
    """
    there = {one.id: one for one in obvious(store, viewer, rules=rules)}
    done = 0
    for double_id in dict.fromkeys(ids):
        if double_id not in there:
            continue
        one, other = (card.key for card in there[double_id].cards)
        try:
            merge(store, viewer, one, other, double_id=double_id, rules=rules)
        except (Conflict, NotFound):
            continue
        done += 1
    return done, len(set(ids)) - done
