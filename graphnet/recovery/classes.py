"""Classes and who of them is lost: derived from contacts and accounts as they are now.

Lost is who has neither an account nor a contact that has not bounced; reachable is who has either.
Hidden and dead people are in no count and no plan.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np

from graphnet import own_accord, privacy
from graphnet.consent import newest
from graphnet.discovery.kernels import Bools, Int64
from graphnet.errors import BadValue, ThingNotFound
from graphnet.live import Live, View
from graphnet.privacy import Viewer

KINDS = ("cohorts", "graduations", "study_groups")
# Nobody is asked more often, over all plans and ways of asking.
ONCE_IN = own_accord.MONTH

# One row: the keys of all alumni with an account.
REGISTERED = """MATCH (a:Account)-[:OF]->(p:Alumnus) WHERE a.disabled_at IS NULL
RETURN collect(DISTINCT p.key) AS keys LIMIT 1"""

# One row: the keys of all alumni to whom something can be delivered.
WITH_CONTACT = """MATCH (c:ContactPoint)<-[:HAS]-(p:Alumnus) WHERE c.bounced_at IS NULL
RETURN collect(DISTINCT p.key) AS keys LIMIT 1"""

# One row: the keys of all who were asked lately: by letter, by telephone, or to pass something on.
LATELY = """CALL () {
  MATCH (a:Ask)-[:OF]->(p:Person) WHERE a.sent_at >= $since OR a.tried_at >= $since
  RETURN p.key AS key
  UNION
  MATCH (h:Handing {act: 'asked'})-[:TO]->(p:Person) WHERE h.at >= $since RETURN p.key AS key
}
RETURN collect(DISTINCT key) AS keys LIMIT 1"""

# One row: the keys of all who are never to be asked.
NEVER = """MATCH (p:Person)-[:GAVE]->(n:NeverAsk) WHERE n.ended_at IS NULL
RETURN collect(DISTINCT p.key) AS keys LIMIT 1"""

# One row: the keys of all who were monitor of a group.
MONITORS = """MATCH (p:Person)-[s:STUDIED_IN]->(:StudyGroup) WHERE s.role = 'monitor'
RETURN collect(DISTINCT p.key) AS keys LIMIT 1"""

# One row: the keys of all who refused that their data be held or that letters be sent to them.
REFUSED = (
    """MATCH (p:Person)-[:GAVE]->(:Consent {state: 'refused'}) WITH DISTINCT p
WHERE """
    + newest("p", "hold")
    + """ = ['refused'] OR """
    + newest("p", "digest")
    + """ = ['refused']
RETURN collect(DISTINCT p.key) AS keys LIMIT 1"""
)


@dataclass(frozen=True)
class Standing:
    """How everyone stands now, by position in the snapshot; all bool[n].

    `there` is who is to be counted at all: alumni whom staff may see, alive.
    """

    there: Bools
    registered: Bools
    reachable: Bools
    askable: Bools
    monitors: Bools

    @property
    def lost(self) -> Bools:
        """Who has neither account nor contact."""
        return np.asarray(self.there & ~self.reachable)


@dataclass(frozen=True)
class SchoolClass:
    """A cohort, a study group or a graduation: its name and the people of it who count."""

    kind: str
    id: str
    label: str
    label_ru: str
    year: int
    members: Int64


@dataclass(frozen=True)
class Coverage:
    """One line of the list of classes."""

    kind: str
    id: str
    label: str
    label_ru: str
    year: int
    people: int
    lost: int
    reachable: int
    registered: int

    @property
    def share(self) -> float:
        """The share of the class that is lost."""
        return self.lost / self.people


def standing(live: Live, viewer: Viewer, view: View, *, shared: bool = False) -> Standing:
    """Return how everyone stands now: accounts, contacts and asks are read live.

    With `shared`, for pages that only count, as it was when somebody last asked (`Live.shared`).
    """
    snapshot = view.snapshot

    def read() -> dict[str, list[int]]:
        store, since = live.store, datetime.now(UTC) - ONCE_IN
        rows = {
            "registered": store.read(REGISTERED),
            "contact": store.read(WITH_CONTACT),
            "lately": store.read(LATELY, since=since),
            "never": store.read(NEVER),
            "monitors": store.read(MONITORS),
            "refused": store.read(REFUSED),
        }
        return {name: row[0]["keys"] for name, row in rows.items()}

    found = live.shared("recovery standing", read) if shared else read()
    keys = {name: _mask(view, of) for name, of in found.items()}
    there = view.allowed(viewer, live.rules) & ((snapshot.flags & privacy.ALUMNUS) != 0)
    reachable = there & (keys["registered"] | keys["contact"])
    # Who said no to being shown, to profiling or to letters, and who came by an import whose
    # ground nobody has named, is not asked.
    barred = privacy.REFUSED | privacy.NO_PROFILE | privacy.QUARANTINED
    askable = reachable & ((snapshot.flags & barred) == 0)
    askable &= ~(keys["lately"] | keys["never"] | keys["refused"])
    return Standing(there, there & keys["registered"], reachable, askable, keys["monitors"])


def _mask(view: View, keys: list[int]) -> Bools:
    mask = np.zeros(view.snapshot.n, np.bool_)
    mask[view.snapshot.positions(keys)] = True
    return mask


def class_of(view: View, kind: str, thing: str, there: Bools) -> SchoolClass:
    """Return one class.

    Raises
    ------
    BadValue
        If there is no such kind.
    ThingNotFound
        If there is no such class.
    """
    if kind not in KINDS:
        raise BadValue(f"{kind!r} is no kind of class: {', '.join(KINDS)}")
    things = view.snapshot.things[kind]
    if thing not in things.position:
        raise ThingNotFound("no such cohort, graduation or study group")
    i = things.position[thing]
    members = view.snapshot.memberships[kind].members(i)
    return SchoolClass(
        kind,
        thing,
        str(things.labels[i]),
        str(things.labels_ru[i]),
        int(things.numbers["year"][i]) if "year" in things.numbers else -1,
        members[there[members]].astype(np.int64),
    )


def find_class(view: View, thing: str, there: Bools) -> SchoolClass:
    """Return the cohort, graduation or study group with that id, or that name in either language.

    Raises
    ------
    ThingNotFound
        If there is none, or several of that name: with the ids of those that are like it.
    """
    for kind in KINDS:
        if thing in view.snapshot.things[kind].position:
            return class_of(view, kind, thing, there)
    wanted = thing.strip().casefold()
    called: list[tuple[str, str, str]] = []
    like: list[tuple[str, str, str]] = []
    for kind in KINDS:
        things = view.snapshot.things[kind]
        for i, names in enumerate(zip(things.labels, things.labels_ru, strict=True)):
            found = [name for name in map(str, names) if wanted and wanted in name.casefold()]
            if found:
                whole = any(name.casefold() == wanted for name in found)
                (called if whole else like).append((kind, str(things.ids[i]), found[0]))
    if len(called) == 1:
        return class_of(view, called[0][0], called[0][1], there)
    lines = [f"\n  {identity}  {label}" for _, identity, label in (called or like)[:10]]
    if called:
        raise ThingNotFound(
            f"{len(called)} classes are called {thing!r}: give an id{''.join(lines)}"
        )
    also = "; like it are" + "".join(lines) if lines else ""
    raise ThingNotFound(f"no cohort, graduation or study group has the id {thing!r}{also}")


def coverage(
    live: Live, viewer: Viewer, *, kind: str = "cohorts", unit: str = "", decade: int = 0
) -> list[Coverage]:
    """Return every class of a kind with how many of it are lost, those with most lost first.

    Parameters
    ----------
    unit
        Only classes most of whose people studied in this faculty or institute.
    decade
        Only intakes or graduations of these ten years.
    """
    viewer.require_staff()
    if kind not in KINDS:
        raise BadValue(f"{kind!r} is no kind of class: {', '.join(KINDS)}")
    view = live.view()
    snapshot = view.snapshot
    now = standing(live, viewer, view, shared=True)
    things, belonging = snapshot.things[kind], snapshot.memberships[kind]
    matrix = belonging.matrix()
    counts = {
        name: np.rint(matrix @ mask.astype(np.float64)).astype(int)
        for name, mask in (
            ("people", now.there),
            ("lost", now.lost),
            ("reachable", now.reachable),
            ("registered", now.registered),
        )
    }
    kept = counts["people"] > 0
    years = things.numbers.get("year", years_of_groups(view) if kind == "study_groups" else None)
    if years is None:
        years = np.full(len(things), -1)
    if decade:
        kept &= (years >= decade) & (years < decade + 10)
    if unit:
        units = snapshot.things["units"]
        within = np.zeros(snapshot.n, np.bool_)
        if unit in units.position:
            within[snapshot.memberships["units"].members(units.position[unit])] = True
        kept &= (matrix @ (within & now.there).astype(np.float64)) * 2 > counts["people"]
    columns = [counts[name] for name in ("people", "lost", "reachable", "registered")]
    found = [
        Coverage(
            kind,
            str(things.ids[i]),
            str(things.labels[i]),
            str(things.labels_ru[i]),
            int(years[i]),
            *(int(column[i]) for column in columns),
        )
        for i in np.flatnonzero(kept).tolist()
    ]
    return sorted(found, key=lambda row: (-row.lost, row.label, row.id))


def years_of_groups(view: View) -> Int64:
    """Return the academic year in which each study group's first people came; -1 if unknown."""
    groups = view.snapshot.memberships["study_groups"]
    first = np.full(len(view.snapshot.things["study_groups"]), np.iinfo(np.int64).max)
    known = groups.start >= 0
    np.minimum.at(first, groups.things[known], groups.start[known])
    return np.where(first < np.iinfo(np.int64).max, first // 2, -1)
