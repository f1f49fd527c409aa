"""What a member could do now that counts: real events, messages, requests, not general advice.

Everything here is asked as the member would find it: an event that they may see, a message that
lies with them, a groupmate whom they were asked about. What each would bring is worked out by the
rules from what they have done already, so that what a cap has closed is not offered.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

from graphnet.loyalty.memberships import Mine
from graphnet.loyalty.tiers import gain
from graphnet.privacy import Viewer, alive, event_shown, of_viewer, shown
from graphnet.store import Store, native

AHEAD = timedelta(days=120)
MOST = 6

# One row: an event to come that the member has a seat at, or could register for; theirs first.
EVENTS = (
    """MATCH (e:Event)
WHERE e.starts_at > $now AND e.starts_at < $until AND e.cancelled_at IS NULL
  AND coalesce(e.state, 'published') = 'published'
MATCH (me:Person {key: $me})
WITH e, me WHERE """
    + event_shown("e", "me")
    + """
OPTIONAL MATCH (e)<-[:FOR]-(r:Registration)-[:BY]->(me)
WITH e, r WHERE r IS NULL OR r.state = 'yes'
RETURN e.id AS id, e.title AS title, coalesce(e.title_ru, e.title) AS title_ru,
  e.starts_at AS starts_at, r IS NOT NULL AS mine
ORDER BY r.state, starts_at, id LIMIT 3"""
)

# One row: how many messages lie with the member to be passed on, of people who are all here.
RELAYS = (
    """MATCH (:Person {key: $me})<-[:TO]-(h:Handing)-[:OF]->(o:PassOn)<-[:ASKED]-(asker:Person)
WHERE h.done_at IS NULL AND h.act IN ['asked', 'forwarded'] AND h.expires_at > $now
  AND o.closes_at > $now AND o.state IN ['waiting', 'forwarded'] AND """
    + shown("asker")
    + " AND "
    + alive("asker")
    + """
OPTIONAL MATCH (o)-[:ABOUT]->(person:Person)
WITH o, person WHERE person IS NULL OR """
    + shown("person")
    + " AND "
    + alive("person")
    + """
RETURN count(DISTINCT o) AS n LIMIT 1"""
)

# One row: how many open requests there are about what the member offers.
REQUESTS = (
    """MATCH (me:Person {key: $me})-[:OFFERS]->(:Topic)<-[:ABOUT]-(q:Request)
MATCH (q)<-[:ASKED]-(asker:Person)
WHERE q.visibility = 'members' AND q.status IN ['new', 'open'] AND asker.key <> $me
  AND NOT EXISTS { (me)-[:OFFERED_HELP]->(q) } AND """
    + shown("asker")
    + " AND "
    + alive("asker")
    + """
RETURN count(DISTINCT q) AS n LIMIT 1"""
)

# One row: whether the member has said that they would mentor.
MENTORS = """MATCH (me:Person {key: $me})
RETURN EXISTS { MATCH (me)-[o:OFFERS]->(:Topic) WHERE 'mentoring' IN o.ways } AS mentors LIMIT 1"""

# One row: a project that still asks for support, the one with the most supporters first.
PROJECTS = """MATCH (j:Project) WHERE coalesce(j.visibility, 'members') IN $visibilities
  AND j.goal IS NOT NULL
RETURN j.id AS id, j.name AS name, coalesce(j.name_ru, j.name) AS name_ru
ORDER BY j.created_at DESC, id LIMIT 1"""


@dataclass(frozen=True)
class Way:
    """Something to do: the kind that it counts as, what it brings, and what it is about.

    `thing` is the id of what it is about, `titles` its name in English and Russian, `count` how
    many of them wait, `on` the day when it is to be, `mine` whether it is under way already.
    """

    kind: str
    gain: Fraction
    thing: str = ""
    titles: tuple[str, str] = ("", "")
    count: int = 0
    on: date | None = None
    mine: bool = False


def ways(store: Store, viewer: Viewer, mine: Mine, *, now: datetime | None = None) -> list[Way]:
    """Return what the member could do, the soonest first: at once, then by the day.

    Raises
    ------
    NotAllowed
    """
    me = viewer.me()
    moment = datetime.now(UTC) if now is None else now
    found: list[Way] = []
    asked = of_viewer(viewer)
    if count := store.read(RELAYS, me=me, now=moment)[0]["n"]:
        found.append(_way(mine, "relay_passed_on", count=count, under_way=True))
    for row in map(native, store.read(EVENTS, now=moment, until=moment + AHEAD, **asked)):
        found.append(
            _way(
                mine,
                "attended",
                thing=row["id"],
                titles=(row["title"], row["title_ru"]),
                on=mine.rules.day(row["starts_at"]),
                under_way=row["mine"],
            )
        )
    if count := store.read(REQUESTS, me=me)[0]["n"]:
        found.append(_way(mine, "helped", count=count))
    for row in store.read(PROJECTS, visibilities=asked["visibilities"]):
        found.append(_way(mine, "gift", thing=row["id"], titles=(row["name"], row["name_ru"])))
    mentors = bool(store.read(MENTORS, me=me)[0]["mentors"])
    found.append(_way(mine, "mentoring", under_way=mentors))
    return _soonest(found)


def _way(
    mine: Mine,
    kind: str,
    *,
    thing: str = "",
    titles: tuple[str, str] = ("", ""),
    count: int = 0,
    on: date | None = None,
    under_way: bool = False,
) -> Way:
    worth = gain(mine.acts, mine.rules, kind, mine.today) if kind in mine.rules.kinds else 0
    return Way(kind, Fraction(worth), thing, titles, count, on, under_way)


def _soonest(found: Sequence[Way]) -> list[Way]:
    counting = [way for way in found if way.gain > 0]
    at_once = sorted(
        (way for way in counting if way.on is None),
        key=lambda way: (not way.mine, not way.count, -way.gain, way.kind),
    )
    dated = sorted(
        (way for way in counting if way.on is not None),
        key=lambda way: (way.on, way.thing),
    )
    return [*at_once[:3], *dated, *at_once[3:]][:MOST]
