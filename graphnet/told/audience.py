"""Whom an event would suit and who does not know of it: each with why, and with why not.

What is one's own comes first: a reunion of one's own group or intake, then one's communities, then
the topics that one has chosen; after these what was learned from where one went, of those alone who
let the site learn. Whoever may not see the event is no candidate.
"""

import json
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, LiteralString

from graphnet import own_accord
from graphnet.consent import newest
from graphnet.events import editing
from graphnet.privacy import Viewer, apart, event_shown, plain_topic, registered, visibilities
from graphnet.recommendations.items import Reason
from graphnet.reunions.telling import ADDRESS
from graphnet.store import Row, Store, Transaction
from graphnet.surveys.results import of_whole

# Why somebody is told, what is one's own first.
KINDS = ("own_class", "member", "topic", "group_habit")
# Why somebody is not told now, the first that is true.
WHY_NOT = (
    "told", "left_out", "answered", "not_this", "shown", "refused", "not_agreed", "other_topics",
    "unreachable", "clash", "lately",
)  # fmt: skip
# Those who know of it; they are no part of "would suit and do not know".
KNOW = ("told", "answered", "not_this", "shown")

# The condition that somebody wants no such letters at all.
REFUSED: LiteralString = (
    "("
    + own_accord.refused(own_accord.EVENTS, "p")
    + " OR EXISTS { (p)-[:GAVE]->(n:NeverAsk) WHERE n.ended_at IS NULL } OR "
    + newest("p", "digest")
    + " = ['refused'] OR "
    + newest("p", "hold")
    + " = ['refused'])"
)
AGREED: LiteralString = newest("p", "digest") + " = ['given']"

# One row: somebody whom the event would suit, with each kind of reason, whether they can be told
# now and if not why, and where a letter goes.
FITTING = (
    """MATCH (e:Event {id: $id})
CALL (e) {
  MATCH (e)-[:INVITES]->(:StudyGroup|Cohort)<-[:STUDIED_IN]-(p:Person) RETURN p
  UNION MATCH (e)-[:INVITES]->(:Cohort)<-[:OF]-(:StudyGroup)<-[:STUDIED_IN]-(p:Person) RETURN p
  UNION MATCH (e)-[:HELD_BY|INVITES]->(:Group)<-[:MEMBER_OF]-(p:Person) RETURN p
  UNION MATCH (e)-[:ABOUT]->(t:Topic)<-[:INTERESTED_IN]-(p:Person) WHERE """
    + plain_topic("t")
    + """ RETURN p
  UNION MATCH (e)-[:HELD_BY]->(:Group)<-[:HELD_BY]-(o:Event)
        MATCH (o)<-[:FOR]-(:Registration {state: 'yes'})-[:BY]->(p:Person)
        WHERE o.starts_at < $now AND o.id <> e.id RETURN p
}
WITH DISTINCT e, p WHERE ($people IS NULL OR p.id IN $people) AND NOT """
    + apart("p")
    + " AND "
    + event_shown("e", "p")
    + """
WITH e, p,
  COLLECT { MATCH (e)-[:INVITES]->(g:StudyGroup)<-[:STUDIED_IN]-(p)
    RETURN DISTINCT [coalesce(g.name, head([(g)-[:CALLED]->(k:GroupCode) | k.text]), ''), '', 0]
    AS name ORDER BY name LIMIT 1 }
  + COLLECT { MATCH (e)-[:INVITES]->(c:Cohort)
    WHERE EXISTS { (p)-[:STUDIED_IN]->(c) }
      OR EXISTS { (p)-[:STUDIED_IN]->(:StudyGroup)-[:OF]->(c) }
    RETURN [coalesce(c.programme, ''), coalesce(c.programme_ru, c.programme, ''),
      coalesce(c.intake_year, 0)] AS name ORDER BY name LIMIT 1 } AS own_class,
  COLLECT { MATCH (e)-[:HELD_BY|INVITES]->(g:Group)<-[:MEMBER_OF]-(p)
    RETURN DISTINCT [g.name, coalesce(g.name_ru, g.name), 0] AS name ORDER BY name LIMIT 2 }
    AS member,
  COLLECT { MATCH (e)-[:ABOUT]->(t:Topic)<-[i:INTERESTED_IN]-(p)
    WHERE NOT EXISTS { (p)-[:NOT_INTERESTED_IN]->(t) } AND """
    + plain_topic("t")
    + """
    WITH t, max(coalesce(i.weight, 1.0)) AS weight ORDER BY weight DESC, t.id LIMIT 3
    RETURN [t.name, coalesce(t.name_ru, t.name), weight] } AS topic,
  CASE WHEN """
    + newest("p", "profile")
    + """ = ['refused'] THEN [] ELSE
    COLLECT { MATCH (e)-[:HELD_BY]->(g:Group)<-[:HELD_BY]-(o:Event)
      WHERE o.starts_at < $now AND o.id <> e.id
        AND EXISTS { (o)<-[:FOR]-(:Registration {state: 'yes'})-[:BY]->(p) }
      WITH g, count(DISTINCT o) AS n ORDER BY n DESC, g.id LIMIT 1
      RETURN [g.name, coalesce(g.name_ru, g.name), n] } END AS group_habit
WHERE size(own_class) + size(member) + size(topic) + size(group_habit) > 0
WITH *, """
    + own_accord.letters("p")
    + """ AS letters,
  head(COLLECT { MATCH (p)<-[:TO]-(l:EventLetter)-[:FOR]->(e)
    RETURN l.state ORDER BY l.at DESC, l.id LIMIT 1 }) AS state,
  CASE WHEN e.visibility = 'public' OR """
    + registered("p")
    + " THEN "
    + ADDRESS
    + """ END AS address,
  head(COLLECT { MATCH (p)-[:HAS]->(d:Digest) RETURN d ORDER BY d.id LIMIT 1 }) AS wish,
  [(e)-[:ABOUT]->(t:Topic) | t.id] AS topics
RETURN p.key AS key, p.id AS id, own_class, member, topic, group_habit, letters, address,
  coalesce(p.given_name, '') AS called,
  CASE
    WHEN state IN ['waiting', 'sent'] THEN 'told'
    WHEN state = 'left_out' THEN 'left_out'
    WHEN EXISTS { (p)<-[:BY]-(:Registration)-[:FOR]->(e) } THEN 'answered'
    WHEN EXISTS { (p)-[:DISMISSED]->(:Dismissal {list: 'events', item: e.id}) } THEN 'not_this'
    WHEN EXISTS { (p)-[:SAW]->(:Impression {list: 'events', item: e.id}) } THEN 'shown'
    WHEN """
    + REFUSED
    + """ THEN 'refused'
    WHEN NOT """
    + AGREED
    + """ THEN 'not_agreed'
    WHEN own_class = [] AND EXISTS { (p)-[:NOT_INTERESTED_IN]->(:Topic)<-[:ABOUT]-(e) }
      THEN 'other_topics'
    WHEN own_class = [] AND member = [] AND wish IS NOT NULL AND (NOT 'events' IN wish.lists
      OR size(coalesce(wish.topics, [])) > 0 AND size(topics) > 0
        AND none(one IN topics WHERE one IN wish.topics)) THEN 'other_topics'
    WHEN address IS NULL THEN 'unreachable'
    WHEN EXISTS { MATCH (p)<-[:BY]-(r:Registration)-[:FOR]->(o:Event)
      WHERE r.state IN ['yes', 'offered'] AND o.id <> e.id AND o.cancelled_at IS NULL
        AND o.starts_at < coalesce(e.ends_at, e.starts_at + duration('PT2H'))
        AND coalesce(o.ends_at, o.starts_at + duration('PT2H')) > e.starts_at } THEN 'clash'
    WHEN letters >= $most THEN 'lately'
    ELSE '' END AS why_not
ORDER BY key LIMIT 20000"""
)


@dataclass(frozen=True)
class Fitting:
    """Somebody whom an event would suit.

    Attributes
    ----------
    reasons
        Why, the strongest first: what is one's own before what was learned.
    why_not
        '' if they can be told now; else one of `WHY_NOT`.
    letters
        How many letters of this kind they have had within a month.
    address
        Where a letter goes and its language; None if none would arrive.
    """

    key: int
    id: str
    called: str
    reasons: tuple[Reason, ...]
    why_not: str
    letters: int
    address: tuple[str, str] | None

    @property
    def kind(self) -> str:
        """The kind of the strongest reason."""
        return self.reasons[0].kind

    @property
    def order(self) -> tuple[int, float, int]:
        """Where they stand in the list: what is one's own first, then by strength."""
        strongest = self.reasons[0]
        return KINDS.index(strongest.kind), -strongest.part, self.key


@dataclass(frozen=True)
class Figures:
    """Whom an event would suit, in counts; None is what a reader may not know.

    Attributes
    ----------
    fit, told
        By the strongest reason: how many it would suit, how many of them had a letter.
    why_not
        Why the others had none; the key '' are those who can be told now.
    lately
        How many had one letter of this kind or more within a month, of all whom it would suit.
    """

    fit: dict[str, int | None] = field(default_factory=dict)
    told: dict[str, int | None] = field(default_factory=dict)
    why_not: dict[str, int | None] = field(default_factory=dict)
    lately: int | None = 0

    @property
    def unaware(self) -> int:
        """How many it would suit who do not know of it, whether they can be told or not."""
        return sum(n or 0 for why, n in self.why_not.items() if why not in KNOW)


def reasons_of(row: Row) -> tuple[Reason, ...]:
    """Return the reasons in a row of `FITTING`."""
    found = []
    for kind in KINDS:
        for name, name_ru, number in row[kind]:
            topic = kind == "topic"
            part = float(number) if topic or kind == "group_habit" else 1.0
            count = 0 if topic else int(number)
            found.append(Reason(kind, part, name or "", name_ru or name or "", count=count))
    return tuple(found)


def packed(reasons: Sequence[Reason]) -> str:
    """Return reasons as the graph keeps them."""
    rows = [[one.kind, one.name, one.name_ru, one.count] for one in reasons]
    return json.dumps(rows, ensure_ascii=False)


def unpacked(text: str | None) -> tuple[Reason, ...]:
    """Return reasons out of how the graph keeps them."""
    return tuple(
        Reason(kind, 0.0, name, name_ru, count=count)
        for kind, name, name_ru, count in json.loads(text or "[]")
    )


def parameters(now: datetime) -> dict[str, Any]:
    """Return what `FITTING` is asked with, but for the event and the people."""
    return {
        "now": now,
        "all": False,
        "visibilities": visibilities(Viewer("alumnus")),
        **own_accord.limits(now),
    }


def fitting(
    reader: Store | Transaction, event_id: str, *, people: Collection[str] | None = None
) -> list[Fitting]:
    """Return whom an event would suit, what is one's own first; of `people` alone if given."""
    given = parameters(datetime.now(UTC))
    wanted = None if people is None else sorted(people)
    if isinstance(reader, Transaction):
        rows = reader.run(FITTING, id=event_id, people=wanted, **given)
    else:
        rows = reader.read(FITTING, id=event_id, people=wanted, **given)
    found = [
        Fitting(
            row["key"],
            row["id"],
            row["called"],
            reasons_of(row),
            row["why_not"],
            row["letters"],
            None if row["address"] is None else (row["address"][0], row["address"][1]),
        )
        for row in rows
    ]
    return sorted(found, key=lambda one: one.order)


def figures(people: Sequence[Fitting]) -> Figures:
    """Return the counts of those whom an event would suit."""
    fit = Counter(one.kind for one in people)
    told = Counter(one.kind for one in people if one.why_not == "told")
    why = Counter(one.why_not for one in people)
    return Figures(
        {kind: fit[kind] for kind in KINDS},
        {kind: told[kind] for kind in KINDS},
        {name: why[name] for name in ("", *WHY_NOT) if why[name]},
        sum(one.letters > 0 for one in people),
    )


def guarded(found: Figures) -> Figures:
    """Return figures as an organiser reads them: no part under five, nor what gives it away."""

    def of(counts: dict[str, int | None]) -> dict[str, int | None]:
        return dict(zip(counts, of_whole([n or 0 for n in counts.values()]), strict=True))

    return Figures(of(found.fit), {}, of(found.why_not), None)


def counted(store: Store, viewer: Viewer, event_id: str) -> Figures:
    """Return whom an event would suit in counts, for staff and its organisers.

    Raises
    ------
    ThingNotFound
        If there is no such event, or it is not theirs.
    """
    editing.one(store, viewer, event_id)
    found = figures(fitting(store, event_id))
    return found if viewer.is_staff else guarded(found)
