"""From the Store to a Snapshot: a few streams of packed lists, then arrays.

Every stream returns one row a person or a thing with lists of integers in it, not one row a tie:
the driver's time goes by rows.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, LiteralString

import numpy as np

from graphnet import changes, privacy
from graphnet.consent import everything_said, stands
from graphnet.model import lineage
from graphnet.names.collation import sort_key
from graphnet.privacy import has_contact, in_quarantine, registered
from graphnet.snapshot.arrays import Memberships, Snapshot, Things, Ties
from graphnet.snapshot.files import fingerprint
from graphnet.snapshot.layers import combined, derived
from graphnet.store import Store

# Stream. One row: a person, by key.
PEOPLE = (
    """MATCH (p:Person)
RETURN p.key AS key, p.id AS id, p:Alumnus AS alumnus, p.visibility AS visibility,
  p.died_on IS NOT NULL AS deceased, coalesce(p.memorial, false) AS memorial,
  """
    + in_quarantine("p")
    + """ AS in_quarantine, p.audiences AS audiences,
  p.family_name AS family_name, p.given_name AS given_name,
  """
    + registered("p")
    + """ AS claimed,
  """
    + has_contact("p")
    + """ AS has_contact,
  """
    + everything_said("p")
    + """ AS consents
ORDER BY key"""
)

# Stream. One row: a person and all whom they know with a larger key.
KNOWS = """MATCH (p:Person)-[t:KNOWS]->(q:Person)
RETURN p.key AS key, collect(q.key) AS others, collect(coalesce(t.strength, 1.0)) AS weights"""

# Stream. One row: a study group and its people, with terms; -1 where unknown.
STUDY_GROUPS = """MATCH (g:StudyGroup)
OPTIONAL MATCH (g)<-[s:STUDIED_IN]-(p:Person)
RETURN g.id AS id, g.name AS label, g.name AS label_ru, 'study_group' AS kind, {} AS numbers,
  collect(p.key) AS people,
  collect(CASE WHEN p IS NOT NULL THEN coalesce(s.from_term, -1) END) AS starts,
  collect(CASE WHEN p IS NOT NULL THEN coalesce(s.to_term, -1) END) AS ends, [] AS weights"""

# Stream. One row: a cohort and everyone who started with it, by group or directly.
COHORTS = """MATCH (c:Cohort)
OPTIONAL MATCH (c)<-[:OF]-(:StudyGroup)<-[:STUDIED_IN]-(p:Person)
WITH c, collect(DISTINCT p.key) AS through
OPTIONAL MATCH (c)<-[:STUDIED_IN]-(q:Person)
WITH c, through, collect(DISTINCT q.key) AS direct
WITH c, through, direct,
  CASE c.level WHEN 'bachelor' THEN ', бакалавриат' WHEN 'master' THEN ', магистратура'
    WHEN 'specialist' THEN ', специалитет' WHEN 'postgraduate' THEN ', аспирантура'
    ELSE '' END AS level_ru
RETURN c.id AS id,
  c.programme + coalesce(', ' + c.level, '') + ' ' + toString(c.intake_year) AS label,
  coalesce(c.programme_ru, c.programme) + level_ru + ' ' + toString(c.intake_year) AS label_ru,
  coalesce(c.level, '') AS kind, {year: coalesce(c.intake_year, -1)} AS numbers,
  through + [key IN direct WHERE NOT key IN through] AS people, [] AS starts, [] AS ends,
  [] AS weights"""

# Stream. One row: a unit and a year, and who completed their studies there then.
GRADUATIONS = """MATCH (u:Unit)<-[c:COMPLETED]-(p:Person) WHERE c.year IS NOT NULL
RETURN u.id + ':' + toString(c.year) AS id, u.name + ' ' + toString(c.year) AS label,
  coalesce(u.name_ru, u.name) + ' ' + toString(c.year) AS label_ru, u.kind AS kind,
  {year: c.year} AS numbers, collect(DISTINCT p.key) AS people, [] AS starts, [] AS ends,
  [] AS weights"""

# Stream. One row: a unit and who studied in it, as far as that is known directly or by cohort.
UNITS = """MATCH (u:Unit)
OPTIONAL MATCH (u)<-[:STUDIED_IN|COMPLETED]-(p:Person)
WITH u, collect(DISTINCT p.key) AS direct
OPTIONAL MATCH (u)<-[:OF]-(:Cohort)<-[:OF]-(:StudyGroup)<-[:STUDIED_IN]-(q:Person)
WITH u, direct, collect(DISTINCT q.key) AS through
RETURN u.id AS id, u.name AS label, coalesce(u.name_ru, u.name) AS label_ru, u.kind AS kind,
  {} AS numbers, direct + [key IN through WHERE NOT key IN direct] AS people, [] AS starts,
  [] AS ends, [] AS weights"""

# Stream. One row: an organisation and who worked there, with years.
ORGANISATIONS = """MATCH (o:Organisation)
OPTIONAL MATCH (o)<-[w:WORKED_AT]-(p:Person)
RETURN o.id AS id, o.name AS label, o.name AS label_ru, coalesce(o.kind, '') AS kind,
  {} AS numbers, collect(p.key) AS people,
  collect(CASE WHEN p IS NOT NULL THEN coalesce(w.from_year, -1) END) AS starts,
  collect(CASE WHEN p IS NOT NULL THEN coalesce(w.to_year, -1) END) AS ends, [] AS weights"""

# Stream. One row: a place and who lives there now.
PLACES = """MATCH (c:Place)
OPTIONAL MATCH (c)<-[l:LIVES_IN]-(p:Person) WHERE l.to_year IS NULL
RETURN c.id AS id, c.name AS label, coalesce(c.name_ru, c.name) AS label_ru,
  coalesce(c.kind, '') AS kind, {} AS numbers, collect(DISTINCT p.key) AS people, [] AS starts,
  [] AS ends, [] AS weights"""

# Stream. One row: a community and its members.
GROUPS = """MATCH (g:Group)
OPTIONAL MATCH (g)<-[:MEMBER_OF]-(p:Person)
RETURN g.id AS id, g.name AS label, coalesce(g.name_ru, g.name) AS label_ru,
  coalesce(g.kind, '') AS kind, {} AS numbers, collect(DISTINCT p.key) AS people, [] AS starts,
  [] AS ends, [] AS weights"""

# Stream. One row: an event and who said yes or came.
EVENTS = """MATCH (e:Event)
OPTIONAL MATCH (e)<-[:FOR]-(r:Registration)-[:BY]->(p:Person)
WHERE r.state = 'yes' OR r.attended_at IS NOT NULL
RETURN e.id AS id, e.title AS label, coalesce(e.title_ru, e.title) AS label_ru,
  coalesce(e.kind, '') AS kind,
  {starts_at: coalesce(e.starts_at.epochSeconds, -1), capacity: coalesce(e.capacity, -1)}
    AS numbers,
  collect(p.key) AS people,
  collect(CASE WHEN p IS NOT NULL THEN coalesce(r.at.epochSeconds, -1) END) AS starts, [] AS ends,
  [] AS weights"""

# Stream. One row: a topic and who is interested in it; of a delicate one nobody may know.
TOPICS = (
    """MATCH (t:Topic)
OPTIONAL MATCH (t)<-[i:INTERESTED_IN]-(p:Person) WHERE """
    + privacy.plain_topic("t")
    + """
RETURN t.id AS id, t.name AS label, coalesce(t.name_ru, t.name) AS label_ru, '' AS kind,
  {} AS numbers, collect(p.key) AS people, [] AS starts, [] AS ends,
  collect(CASE WHEN p IS NOT NULL THEN coalesce(i.weight, 1.0) END) AS weights"""
)

# Stream. One row: an event and its topics.
EVENT_TOPICS = """MATCH (e:Event)-[:ABOUT]->(t:Topic)
RETURN e.id AS id, collect(DISTINCT t.id) AS others"""

# Stream. One row: a community and its topics.
GROUP_TOPICS = """MATCH (g:Group)-[:ABOUT]->(t:Topic)
RETURN g.id AS id, collect(DISTINCT t.id) AS others"""

# Stream. One row: an event and the communities that hold it.
EVENT_GROUPS = """MATCH (e:Event)-[:HELD_BY]->(g:Group)
RETURN e.id AS id, collect(DISTINCT g.id) AS others"""

# Stream. One row: a study group and the rest of its lineage, what it came from and went on as.
LINEAGES = (
    """MATCH (g:StudyGroup)
"""
    + lineage("g", "h")
    + """WITH g, h WHERE h <> g
RETURN g.id AS id, collect(DISTINCT h.id) AS others"""
)

KINDS: tuple[tuple[str, LiteralString], ...] = (
    ("study_groups", STUDY_GROUPS),
    ("cohorts", COHORTS),
    ("graduations", GRADUATIONS),
    ("units", UNITS),
    ("organisations", ORGANISATIONS),
    ("places", PLACES),
    ("groups", GROUPS),
    ("events", EVENTS),
    ("topics", TOPICS),
)
RELATIONS: tuple[tuple[str, str, str, LiteralString], ...] = (
    ("event_topics", "events", "topics", EVENT_TOPICS),
    ("event_groups", "events", "groups", EVENT_GROUPS),
    ("group_topics", "groups", "topics", GROUP_TOPICS),
    ("lineages", "study_groups", "study_groups", LINEAGES),
)


def flags_of(row: dict[str, Any]) -> int:
    """Return the privacy bits of one person's row."""
    said = stands(row["consents"])
    bits = 0
    for bit, holds in (
        (privacy.CLAIMED, row["claimed"]),
        (privacy.HIDDEN, row["visibility"] == "hidden"),
        (privacy.DECEASED, row["deceased"]),
        (privacy.MEMORIAL, row["memorial"]),
        (privacy.QUARANTINED, row["in_quarantine"]),
        (privacy.REFUSED, said.get("show_to_members") == "refused"),
        (privacy.PUBLIC, "public" in privacy.audiences(row["audiences"]).values()),
        (privacy.NO_PROFILE, said.get("profile") == "refused"),
        (privacy.ALUMNUS, row["alumnus"]),
        (privacy.REACH, said.get("profile") == "given"),
        (privacy.NO_PASS_ON, not privacy.passes_on(row["audiences"])),
        (privacy.REACHABLE, row["claimed"] or row["has_contact"]),
    ):
        if holds:
            bits |= bit
    return bits


def build(store: Store) -> Snapshot:
    """Read the whole graph and return its snapshot.

    The version is read first: whatever is committed meanwhile may already be inside, and laying its
    change over the snapshot once more alters nothing.
    """
    version = changes.newest(store)
    keys, ids, flags, audiences, written, written_ru = [], [], [], [], [], []
    for row in store.stream(PEOPLE):
        keys.append(row["key"])
        ids.append(row["id"])
        flags.append(flags_of(row))
        audiences.append(privacy.packed(row["audiences"]))
        name = f"{row['family_name'] or ''} {row['given_name'] or ''}".strip()
        written.append((sort_key(name, "en"), row["key"]))
        written_ru.append((sort_key(name, "ru"), row["key"]))
    people = np.asarray(keys, np.int64)
    n = len(people)
    memberships: dict[str, Memberships] = {}
    things: dict[str, Things] = {}
    for kind, query in KINDS:
        things[kind], memberships[kind] = _memberships(people, store.stream(query))
    layers = {"knows": _knows(people, store.stream(KNOWS))} | derived(n, memberships)
    layers["reach"] = combined(n, layers)
    relations = {
        name: _relation(things[left], things[right], store.stream(query))
        for name, left, right, query in RELATIONS
    }
    return assemble(
        version=version,
        keys=people,
        ids=np.asarray(ids, np.str_) if ids else np.zeros(0, "U16"),
        flags=np.asarray(flags, np.uint16),
        audiences=np.asarray(audiences, np.int64),
        name_order=_ranks(written),
        name_order_ru=_ranks(written_ru),
        layers=layers,
        memberships=memberships,
        things=things,
        relations=relations,
    )


def assemble(
    *,
    version: int,
    keys: Any,
    ids: Any,
    flags: Any,
    audiences: Any,
    name_order: Any,
    name_order_ru: Any = None,
    layers: dict[str, Ties],
    memberships: dict[str, Memberships],
    things: dict[str, Things],
    relations: dict[str, Memberships] | None = None,
) -> Snapshot:
    """Put a snapshot together from arrays and compute its attributes and fingerprint."""
    draft = Snapshot(
        version=version,
        built_at=datetime.now(UTC),
        fingerprint="",
        keys=keys,
        ids=ids,
        flags=flags,
        audiences=audiences,
        name_order=name_order,
        name_order_ru=name_order if name_order_ru is None else name_order_ru,
        attributes=_attributes(len(keys), memberships, things),
        layers=layers,
        memberships=memberships,
        things=things,
        relations=relations or {},
    )
    return Snapshot(**{**draft.__dict__, "fingerprint": fingerprint(draft)})


def _ranks(written: list[tuple[str, int]]) -> Any:
    ranks = np.zeros(len(written), np.int32)
    ranks[sorted(range(len(written)), key=written.__getitem__)] = np.arange(len(written))
    return ranks


def _knows(people: Any, rows: Iterable[dict[str, Any]]) -> Ties:
    left: list[np.ndarray] = []
    right: list[np.ndarray] = []
    weights: list[np.ndarray] = []
    for row in rows:
        others = np.asarray(row["others"], np.int64)
        right.append(others)
        left.append(np.full(len(others), row["key"], np.int64))
        weights.append(np.asarray(row["weights"], np.float32))
    if not left:
        return Ties.of_pairs(len(people), [], [])
    u = np.searchsorted(people, np.concatenate(left))
    v = np.searchsorted(people, np.concatenate(right))
    return Ties.of_pairs(len(people), u, v, np.concatenate(weights))


def _memberships(people: Any, rows: Iterable[dict[str, Any]]) -> tuple[Things, Memberships]:
    ordered = sorted(rows, key=lambda row: str(row["id"]))
    sizes = [len(row["people"]) for row in ordered]
    thing = np.repeat(np.arange(len(ordered)), sizes)

    def column(name: str, filler: float, kind: Any) -> Any:
        parts = [row[name] or [filler] * len(row["people"]) for row in ordered]
        return np.asarray([value for part in parts for value in part], kind)

    keys = column("people", 0, np.int64)
    person = np.searchsorted(people, keys)
    memberships = Memberships.of_rows(
        len(people),
        len(ordered),
        person,
        thing,
        start=column("starts", -1, np.int64),
        end=column("ends", -1, np.int64),
        weight=column("weights", 1.0, np.float32),
    )
    names = sorted({name for row in ordered for name in row["numbers"]})

    def texts(name: str) -> Any:
        return (
            np.asarray([str(row[name] or "") for row in ordered], np.str_)
            if ordered
            else (np.zeros(0, "U1"))
        )

    return Things(
        texts("id"),
        texts("label"),
        texts("label_ru"),
        texts("kind"),
        {name: np.asarray([row["numbers"][name] for row in ordered], np.int64) for name in names},
    ), memberships


def _relation(left: Things, right: Things, rows: Iterable[dict[str, Any]]) -> Memberships:
    pairs = [
        (left.position[row["id"]], right.position[other])
        for row in rows
        for other in row["others"]
        if row["id"] in left.position and other in right.position
    ]
    u, v = zip(*pairs, strict=True) if pairs else ((), ())
    return Memberships.of_rows(len(left), len(right), u, v)


def _attributes(
    n: int, memberships: dict[str, Memberships], things: dict[str, Things]
) -> dict[str, Any]:
    """One code a person and kind: their first thing of it, 0 for none."""
    attributes: dict[str, Any] = {}

    def first(kind: str, name: str, wanted: Any = None) -> None:
        belonging = memberships[kind]
        codes = np.zeros(n, np.int32)
        owner = np.repeat(np.arange(n), np.diff(belonging.indptr))
        kept = np.arange(len(owner)) if wanted is None else np.flatnonzero(wanted[belonging.things])
        # Assigned backwards, so that the first of several stays.
        codes[owner[kept[::-1]]] = belonging.things[kept[::-1]] + 1
        if codes.any():
            attributes[name] = codes

    for kind, name in (
        ("cohorts", "cohort"),
        ("graduations", "graduation"),
        ("study_groups", "study_group"),
        ("organisations", "organisation"),
        ("places", "place"),
    ):
        if kind in memberships:
            first(kind, name)
    for kind in ("units", "groups"):
        if kind in memberships:
            for value in np.unique(things[kind].kinds):
                if kind == "units" or value == "residence":
                    first(kind, str(value), things[kind].kinds == value)
    return attributes
