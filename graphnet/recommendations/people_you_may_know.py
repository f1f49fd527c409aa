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
from graphnet.discovery import stored
from graphnet.discovery.overlay import with_latest
from graphnet.discovery.suggestions import resource_allocation
from graphnet.errors import BadValue, PersonNotFound, TooMany
from graphnet.live import Live, View
from graphnet.model import new_id
from graphnet.people import Card, cards
from graphnet.privacy import SMALLEST_COUNT_IN_REASON, Viewer
from graphnet.recommendations.feedback import MOST_DISMISSED
from graphnet.snapshot.arrays import BoolArray, Int64
from graphnet.store import Store, Transaction

# One row: the keys of those whom $me knows, and the ids that $me has dismissed from a list.
MINE = """MATCH (me:Person {key: $me})
RETURN [(me)-[:KNOWS]-(q:Person) | q.key] AS knows,
  [(me)-[:DISMISSED]->(d:Dismissal {list: $list}) | d.item] AS dismissed LIMIT 1"""

# One row: the dismissal.
DISMISS = """MATCH (me:Person {key: $me}) SET me.id = me.id
WITH me, COUNT { (me)-[:DISMISSED]->(:Dismissal) } AS kept
MERGE (me)-[:DISMISSED]->(d:Dismissal {list: $list, item: $item}) ON CREATE SET d.id = $id
SET d.at = $at RETURN d.id AS id, kept"""

# One row: how many dismissals were taken back.
UNDO = """MATCH (:Person {key: $me})-[:DISMISSED]->(d:Dismissal {list: $list, item: $item})
DETACH DELETE d RETURN count(*) AS undone"""

LISTS = ("people",)
MOST_NAMED = 3


@dataclass(frozen=True)
class Reason:
    """Evidence for a suggestion: its kind, what it names, and a count where it counts people."""

    kind: str
    name: str = ""
    name_ru: str = ""
    count: int = 0


@dataclass(frozen=True)
class PersonSuggestion:
    """Somebody whom the viewer may know; `through` are those who may be named between the two."""

    card: Card
    score: float
    reasons: tuple[Reason, ...]
    through: tuple[Card, ...] = ()


def people_i_may_know(live: Live, viewer: Viewer, *, k: int = 10) -> list[PersonSuggestion]:
    """Return people whom the viewer is likely to know and is not tied to, best first.

    In the learned order, where the worker has learned one and the viewer has not refused profiling;
    behind it, and else alone, by resource allocation (Zhou, Lü and Zhang 2009) on the layers
    combined. Both in the subgraph that the viewer may see, with the viewer's latest ties.
    """
    view, me = _me(live, viewer)
    if me is None:
        return []
    snapshot = view.snapshot
    allowed = view.allowed(viewer, live.rules)
    # Who objects to being assessed is a candidate in nobody's list; classmates list them all.
    wanted = allowed & (
        (snapshot.flags & (privacy.ALUMNUS | privacy.NO_PROFILE)) == privacy.ALUMNUS
    )
    mine = live.store.read(MINE, me=viewer.person_key, list="people")[0]
    known = snapshot.positions(mine["knows"])
    away = np.flatnonzero(np.isin(snapshot.ids, np.asarray(mine["dismissed"], np.str_)))
    barred = {*known.tolist(), *(int(place) for place in away), me}
    learned = _learned_order(view, me, wanted, known, barred, k=3 * k)
    plain = _plain_order(view, me, allowed, wanted, barred, more=k + len(barred) + 20)
    least = min((score for _, score in learned), default=0.0)
    top = max((score for _, score in plain), default=0.0)
    ranked = learned + [
        # Below everything that was learned, and in its own order.
        (place, score - top + least - 1.0 if learned else score)
        for place, score in plain
        if place not in {other for other, _ in learned}
    ]
    if len(ranked) < k:
        ranked += _classmates_left(
            view, me, wanted, barred | {place for place, _ in ranked}, ranked
        )
    found: list[PersonSuggestion] = []
    # Some may have hidden since, or have no reason that may be told: then more are looked at.
    likely = k + 3
    for batch in (ranked[:likely], ranked[likely : 2 * k + 10]):
        if len(found) < k and batch:
            found += _explained(live, viewer, view, me, batch, known, allowed, wanted)
    return found[:k]


def _explained(
    live: Live,
    viewer: Viewer,
    view: View,
    me: int,
    ranked: list[tuple[int, float]],
    known: Int64,
    allowed: BoolArray,
    wanted: BoolArray,
) -> list[PersonSuggestion]:
    """Return those who may be shown, each with the reasons that may be told."""
    snapshot = view.snapshot
    naming = view.showing(viewer, "connections", wanted)
    common = {place: _shared(view, known, place, allowed) for place, _ in ranked}
    named = {
        place: [int(snapshot.keys[z]) for z in shared if naming[z]][:MOST_NAMED]
        if naming[place]
        else []
        for place, shared in common.items()
    }
    keys = [int(snapshot.keys[place]) for place, _ in ranked]
    more = {key for others in named.values() for key in others}.difference(keys)
    everyone = cards(live.store, viewer, [*keys, *sorted(more)], rules=live.rules, brief=more)
    shown = {card.key: card for card in everyone}
    found = []
    for (place, score), key in zip(ranked, keys, strict=True):
        if key not in shown:
            continue
        through = tuple(
            shown[other]
            for other in named[place]
            if other in shown
            and "connections" in shown[other].fields & shown[key].fields
            and "name" in shown[other].fields
        )
        reasons = _in_common(view, me, place, shown[key], len(common[place]), through)
        if reasons:
            found.append(PersonSuggestion(shown[key], score, reasons, through))
    return found


def _learned_order(
    view: View, me: int, wanted: BoolArray, known: Int64, barred: set[int], *, k: int
) -> list[tuple[int, float]]:
    """Return positions and scores of the learned order; none where nothing may be learned."""
    model = stored.ready(view)
    if model is None or not model.part[me]:
        return []
    mine = known[model.part[known]].tolist()
    gone = sorted(set(model.ties.neighbours(me).tolist()) - set(mine))
    ties = with_latest(model.ties, me, added=mine, removed=gone)
    attributes = model.attributes
    changed = view.snapshot.positions(view.changed - {int(view.snapshot.keys[me])})
    if len(changed):  # what they show by now is not known here
        attributes = attributes.copy()
        attributes[changed] = 0
    found = model.model.suggest(
        ties,
        attributes,
        me,
        k,
        allowed=wanted & model.part,
        exclude=np.asarray(sorted(barred), np.int64),
        reasons=False,
    )
    pairs = zip(found.positions.tolist(), found.scores.tolist(), strict=True)
    return [(place, score) for place, score in pairs if wanted[place] and place not in barred]


def _plain_order(
    view: View, me: int, allowed: BoolArray, wanted: BoolArray, barred: set[int], *, more: int
) -> list[tuple[int, float]]:
    """Return positions and scores by resource allocation on the layers combined."""
    ties = view.snapshot.layers["reach"]
    positions, scores = resource_allocation(ties.indptr, ties.indices, me, more, allowed=allowed)
    # Who shares a group with me is a candidate too, though tied to me in the combined layer.
    near = ties.neighbours(me)
    strength = ties.weight[ties.indptr[me] : ties.indptr[me + 1]]
    total: dict[int, float] = defaultdict(float)
    for place, score in zip(positions.tolist(), scores.tolist(), strict=True):
        total[place] += score
    for place, weight in zip(near.tolist(), strength.tolist(), strict=True):
        total[place] += weight
    ranked = sorted(
        (place for place in total if wanted[place] and place not in barred),
        key=lambda place: (-total[place], place),
    )
    return [(place, total[place]) for place in ranked]


def _classmates_left(
    view: View, me: int, wanted: BoolArray, barred: set[int], before: list[tuple[int, float]]
) -> list[tuple[int, float]]:
    """Return who else studied with me, for somebody without ties: more in common first."""
    snapshot = view.snapshot
    shared = np.zeros(snapshot.n)
    for kind in ("study_groups", "cohorts", "graduations"):
        shared += snapshot.same(me, kind)
    shared[~wanted] = 0.0
    shared[sorted(barred)] = 0.0
    places = np.flatnonzero(shared)
    order = np.lexsort((places, -shared[places]))
    below = min((score for _, score in before), default=0.0) - 4.0
    return [(int(place), below + float(shared[place])) for place in places[order]]


def _shared(view: View, known: Int64, other: int, allowed: BoolArray) -> list[int]:
    """Return whom the viewer may see of those whom both know, those with the fewest ties first."""
    knows = view.snapshot.layers["knows"]
    common = np.intersect1d(known, knows.neighbours(other))
    common = common[allowed[common]]
    degree = knows.indptr[common + 1] - knows.indptr[common]
    return [int(z) for z in common[np.lexsort((common, degree))]]


def _in_common(
    view: View, me: int, other: int, card: Card, count: int, through: tuple[Card, ...]
) -> tuple[Reason, ...]:
    """What both have in common, as far as the card shows it.

    Acquaintances are named where both they and the suggested person show whom they know; unnamed
    ones are counted from three on.
    """
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
        shared = set(belonging.of(me).tolist()) & set(belonging.of(other).tolist())
        for thing in sorted(shared)[:1]:
            reasons.append(Reason(kind, str(things.labels[thing]), str(things.labels_ru[thing])))
    if count >= SMALLEST_COUNT_IN_REASON:
        reasons.append(Reason("acquaintances", count=count))
    elif through:
        reasons.append(Reason("through", ", ".join(one.name.full for one in through)))
    return tuple(reasons)


def dismiss(store: Store, viewer: Viewer, list_name: str, item: str) -> None:
    """Never suggest this item in this list again.

    Raises
    ------
    BadValue, NotAllowed, TooMany
    """
    key = viewer.own_key()
    if list_name not in LISTS or not item or len(item) > 64:
        raise BadValue(f"{list_name!r} is not a list: {', '.join(LISTS)}")

    def work(transaction: Transaction) -> None:
        rows = transaction.run(
            DISMISS, me=key, id=new_id(), list=list_name, item=item, at=datetime.now(UTC)
        )
        if rows and rows[0]["kept"] >= MOST_DISMISSED:
            raise TooMany(f"{MOST_DISMISSED} things are taken out of lists already")
        changes.record(transaction, "dismissed", [key], thing=item)

    store.in_write(work)


def undo_dismissal(store: Store, viewer: Viewer, list_name: str, item: str) -> None:
    """Let this item be suggested again; nothing happens where it was not dismissed.

    Raises
    ------
    BadValue, NotAllowed
    """
    key = viewer.own_key()
    if list_name not in LISTS:
        raise BadValue(f"{list_name!r} is not a list: {', '.join(LISTS)}")

    def work(transaction: Transaction) -> None:
        transaction.run(UNDO, me=key, list=list_name, item=item)
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
