"""One person as Neo4j knows them now: what they said, answered, joined, dismissed, agreed to.

Read at every question, so that a click, a reply or a changed interest counts at the next page view.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime

from graphnet.consent import everything_said, stands
from graphnet.privacy import own_word
from graphnet.store import Row, Store

# One row: all of it. Times come in milliseconds: the driver needs a tenth of a millisecond to make
# one of its own, which is the longest part of reading somebody with a hundred answers.
MINE = (
    """MATCH (me:Person {key: $me})
RETURN [(me)-[i:INTERESTED_IN]->(t:Topic)
    | [t.id, coalesce(i.weight, 1.0), i.run IS NOT NULL, i.source, """
    + own_word("i", "t")
    + """]] AS interests,
  [(me)-[:NOT_INTERESTED_IN]->(t:Topic) | t.id] AS off,
  [(me)-[o:OFFERS]->(t:Topic) | [t.id, """
    + own_word("o", "t")
    + """]] AS offers,
  [(me)-[o:NEEDS]->(t:Topic) | [t.id, """
    + own_word("o", "t")
    + """]] AS needs,
  [(me)-[m:MEMBER_OF]->(g:Group) | [g.id, toString(m.since)]] AS groups,
  [(me)-[:WORKS_ON]->(j:Project) | j.id] AS projects,
  [(me)<-[:BY]-(:Pledge)-[:FOR]->(j:Project) | j.id] AS pledged,
  [(me)-[:LIVES_IN]->(c:Place) | c.id] AS places,
  [(me)-[:ASKED]->(r:Request) | r.id] AS asked,
  [(me)-[:OFFERED_HELP]->(r:Request) | r.id] AS helped,
  [(me)<-[:BY]-(r:Registration)-[:FOR]->(e:Event)
    | [e.id, r.state, r.at.epochMillis, e.starts_at.epochMillis, e.ends_at.epochMillis,
       r.attended_at IS NOT NULL]] AS answers,
  [(me)-[:DISMISSED]->(d:Dismissal) | [d.list, d.item, coalesce(d.how, 'never'), d.topics]]
    AS dismissed,
  [(me)-[:KNOWS]-(q:Person) | q.key] AS knows,
  [(me)-[:SAW]->(i:Impression) WHERE i.clicked_at IS NOT NULL | [i.list, i.item]] AS clicks,
  """
    + everything_said("me")
    + """ AS consents LIMIT 1"""
)


@dataclass(frozen=True)
class Answer:
    """What the person answered to one event."""

    event: str
    yes: bool
    at: datetime
    begins: datetime
    ends: datetime | None
    came: bool


@dataclass(frozen=True)
class Mine:
    """What is known of one person now.

    Attributes
    ----------
    stated
        Topic: weight and whether it came with an import.
    unsaid
        By 'likes', 'offers' and 'needs': delicate topics that a list says of the person and they
        have not: they stand in none of the others, and count nothing.
    learns
        Whether the person lets the site learn from behaviour: yes, unless they said no.
    dismissed
        Ids that are not to come again, by list.
    less
        Topic: how often the person asked for less like something with it.
    """

    key: int
    stated: dict[str, tuple[float, bool]] = field(default_factory=dict)
    off: frozenset[str] = frozenset()
    offers: frozenset[str] = frozenset()
    needs: frozenset[str] = frozenset()
    unsaid: dict[str, frozenset[str]] = field(default_factory=dict)
    groups: dict[str, datetime | None] = field(default_factory=dict)
    projects: frozenset[str] = frozenset()
    places: frozenset[str] = frozenset()
    asked: frozenset[str] = frozenset()
    answers: tuple[Answer, ...] = ()
    dismissed: frozenset[tuple[str, str]] = frozenset()
    less: dict[str, int] = field(default_factory=dict)
    knows: frozenset[int] = frozenset()
    clicks: tuple[tuple[str, str], ...] = ()
    consents: dict[str, str] = field(default_factory=dict)

    @property
    def learns(self) -> bool:
        """Whether behaviour may be learned from."""
        return self.consents.get("profile") != "refused"


def mine(store: Store, key: int) -> Mine:
    """Return what is known of the person now; nothing at all of one who is not there."""
    rows = store.read(MINE, me=key)
    return _of_row(key, rows[0]) if rows else Mine(key)


def _of_row(key: int, row: Row) -> Mine:
    answers = [
        Answer(event, state in ("yes", "waiting"), _time(at), _time(begins), _end(ends), came)
        for event, state, at, begins, ends, came in row["answers"]
        if begins is not None and state != "cancelled"
    ]
    return Mine(
        key=key,
        stated={
            topic: (float(weight), imported or source == "import")
            for topic, weight, imported, source, said in row["interests"]
            if said
        },
        off=frozenset(row["off"]),
        offers=frozenset(topic for topic, said in row["offers"] if said),
        needs=frozenset(topic for topic, said in row["needs"] if said),
        unsaid={
            "likes": frozenset(topic for topic, *_, said in row["interests"] if not said),
            "offers": frozenset(topic for topic, said in row["offers"] if not said),
            "needs": frozenset(topic for topic, said in row["needs"] if not said),
        },
        groups={group: _day(since) for group, since in row["groups"]},
        projects=frozenset(row["projects"]) | frozenset(row["pledged"]),
        places=frozenset(row["places"]),
        asked=frozenset(row["asked"]) | frozenset(row["helped"]),
        answers=tuple(sorted(answers, key=lambda answer: (answer.at, answer.event))),
        dismissed=frozenset((name, item) for name, item, _, _ in row["dismissed"]),
        less=dict(
            Counter(
                topic
                for _, _, how, topics in row["dismissed"]
                if how == "less"
                for topic in topics or ()
            )
        ),
        knows=frozenset(row["knows"]),
        clicks=tuple(sorted((name, item) for name, item in row["clicks"])),
        consents=stands(row["consents"]),
    )


def _time(milliseconds: int | None) -> datetime:
    return datetime.fromtimestamp((milliseconds or 0) / 1000, UTC)


def _end(milliseconds: int | None) -> datetime | None:
    return None if milliseconds is None else _time(milliseconds)


def _day(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text[:10]).replace(tzinfo=UTC) if text else None
