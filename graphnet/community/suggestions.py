"""Suggestions for one person: people they may know, each with its evidence.

Candidates and scores come from the snapshot, over the people whom the viewer may see; what the
person did a second ago (a tie, an answer, a dismissal) is read live and laid over it. A reason is
evidence, not a sentence: the pages put it into words.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np

from graphnet import changes, privacy
from graphnet.discovery.suggestions import resource_allocation
from graphnet.errors import BadValue, NotAllowed, PersonNotFound
from graphnet.live import Live, View
from graphnet.model import new_id
from graphnet.people import Card, cards
from graphnet.privacy import SMALLEST_COUNT_IN_REASON, Viewer
from graphnet.snapshot.arrays import BoolArray
from graphnet.store import Store, Transaction

# One row: the keys of those whom $me knows, and the ids that $me has dismissed from a list.
MINE = """MATCH (me:Person {key: $me})
RETURN [(me)-[:KNOWS]-(q:Person) | q.key] AS knows,
  [(me)-[:DISMISSED]->(d:Dismissal {list: $list}) | d.item] AS dismissed LIMIT 1"""

# One row: the dismissal.
DISMISS = """MATCH (me:Person {key: $me})
CREATE (me)-[:DISMISSED]->(d:Dismissal {id: $id, list: $list, item: $item, at: $at})
RETURN d.id AS id"""

LISTS = ("people",)


@dataclass(frozen=True)
class Reason:
    """Evidence for a suggestion: its kind, what it names, and a count where it counts people."""

    kind: str
    name: str = ""
    name_ru: str = ""
    count: int = 0


@dataclass(frozen=True)
class PersonSuggestion:
    """Somebody whom the viewer may know."""

    card: Card
    score: float
    reasons: tuple[Reason, ...]


def people_i_may_know(live: Live, viewer: Viewer, *, k: int = 10) -> list[PersonSuggestion]:
    """Return people whom the viewer is likely to know and is not tied to, best first.

    The score is resource allocation (Zhou, Lü and Zhang 2009) on the layers combined, in the
    subgraph that the viewer may see.
    """
    view, me = _me(live, viewer)
    if me is None:
        return []
    snapshot = view.snapshot
    allowed = view.allowed(viewer, live.rules)
    ties = snapshot.layers["reach"]
    wanted = allowed & ((snapshot.flags & privacy.ALUMNUS) != 0)
    mine = live.store.read(MINE, me=viewer.person_key, list="people")[0]
    known = snapshot.positions(mine["knows"])
    more = k + len(known) + len(mine["dismissed"]) + 20
    positions, scores = resource_allocation(ties.indptr, ties.indices, me, more, allowed=allowed)
    # Who shares a group with me is a candidate too, though tied to me in the combined layer.
    near = ties.neighbours(me)
    strength = ties.weight[ties.indptr[me] : ties.indptr[me + 1]]
    total: dict[int, float] = defaultdict(float)
    for place, score in zip(positions.tolist(), scores.tolist(), strict=True):
        total[place] += score
    for place, weight in zip(near.tolist(), strength.tolist(), strict=True):
        total[place] += weight
    barred = {*known.tolist(), me}
    ranked = sorted(
        (place for place in total if wanted[place] and place not in barred),
        key=lambda place: (-total[place], place),
    )
    dismissed = set(mine["dismissed"])
    ranked = [place for place in ranked if str(snapshot.ids[place]) not in dismissed][: 3 * k]
    keys = [int(snapshot.keys[place]) for place in ranked]
    shown = {c.key: c for c in cards(live.store, viewer, keys, rules=live.rules)}
    found = []
    for place, key in zip(ranked, keys, strict=True):
        if key in shown:
            reasons = _in_common(view, me, place, shown[key], allowed)
            if reasons:
                found.append(PersonSuggestion(shown[key], total[place], reasons))
    return found[:k]


def _in_common(
    view: View, me: int, other: int, card: Card, allowed: BoolArray
) -> tuple[Reason, ...]:
    """What both have in common, as far as the card shows it."""
    snapshot = view.snapshot
    reasons: list[Reason] = []
    for kind, memberships, field in (
        ("study_group", "study_groups", "studies"),
        ("cohort", "cohorts", "studies"),
        ("graduation", "graduations", "studies"),
        ("member", "groups", "groups"),
    ):
        if field not in card.fields or memberships not in snapshot.memberships:
            continue
        if kind == "graduation" and any(r.kind in ("study_group", "cohort") for r in reasons):
            continue
        belonging, things = snapshot.memberships[memberships], snapshot.things[memberships]
        shared = np.intersect1d(belonging.of(me), belonging.of(other))
        for thing in shared[:1].tolist():
            reasons.append(Reason(kind, str(things.labels[thing]), str(things.labels_ru[thing])))
    knows = snapshot.layers["knows"]
    common = np.intersect1d(knows.neighbours(me), knows.neighbours(other))
    count = int(np.count_nonzero(allowed[common]))
    if count >= SMALLEST_COUNT_IN_REASON:
        reasons.append(Reason("acquaintances", count=count))
    return tuple(reasons)


def dismiss(store: Store, viewer: Viewer, list_name: str, item: str) -> None:
    """Never suggest this item in this list again.

    Raises
    ------
    BadValue, NotAllowed
    """
    key = viewer.person_key
    if key is None:
        raise NotAllowed("sign in first")
    if list_name not in LISTS or not item or len(item) > 64:
        raise BadValue(f"{list_name!r} is not a list: {', '.join(LISTS)}")

    def work(transaction: Transaction) -> None:
        transaction.run(
            DISMISS, me=key, id=new_id(), list=list_name, item=item, at=datetime.now(UTC)
        )
        changes.record(transaction, "dismissed", [key], thing=item)

    store.in_write(work)


def _me(live: Live, viewer: Viewer) -> tuple[View, int | None]:
    view = live.view()
    if viewer.person_key is None:
        return view, None
    try:
        return view, view.snapshot.position(viewer.person_key)
    except PersonNotFound:
        return view, None  # joined after the snapshot: suggestions come with the next one
