"""The digest: a letter of one's own lists, for those who asked for it, as often as they asked.

Nobody gets one who has not said yes; one click ends it. A letter is built for one person from the
same lists as the pages, once a period, and not at all where there is nothing worth saying.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from graphnet import changes, mail
from graphnet.consent import newest
from graphnet.errors import BadValue
from graphnet.model import new_id
from graphnet.privacy import Viewer, alive
from graphnet.recommendations.items import LISTS, Item
from graphnet.recommendations.lists import ForPerson
from graphnet.recommendations.preferences import CONSENT, TEXT_VERSION
from graphnet.store import Row, Store, Transaction

FREQUENCIES = ("weekly", "monthly")
OF_EACH = {
    "events": 4,
    "meet": 2,
    "news": 3,
    "groups": 2,
    "projects": 2,
    "requests": 2,
    "services": 1,
    "businesses": 1,
}
FEWEST = 2  # fewer things than this are not worth a letter
REMEMBERED = 60  # things of earlier letters that do not come again
# What speaks for nothing in particular.
WEAK = ("fresh", "new", "time_ahead", "time_of_week", "interest_of_others")

# One row: what the person wishes.
WISH = """MATCH (p:Person {key: $me})-[:HAS]->(d:Digest)
RETURN p.id AS person, d.token AS token, d.frequency AS frequency, d.lists AS lists,
  d.topics AS topics, d.period AS period, coalesce(d.sent, []) AS sent ORDER BY d.id LIMIT 1"""

# One row: the wish that is kept.
KEEP = """MATCH (me:Person {key: $me})
MERGE (me)-[:HAS]->(d:Digest)
ON CREATE SET d.id = $id, d.token = $token, d.created_at = $at, d.period = $period, d.sent = []
SET d.frequency = $frequency, d.lists = $lists, d.topics = $topics RETURN d.id AS id"""

# One row: whose letters ended.
END = """MATCH (p:Person {key: $me})-[:HAS]->(d:Digest) DETACH DELETE d RETURN p.key AS key"""

# One row: who holds that token.
HOLDER = """MATCH (p:Person)-[:HAS]->(:Digest {token: $token}) RETURN p.key AS key LIMIT 1"""

# One row: somebody whose letter of this period has not been written yet.
DUE = (
    """MATCH (p:Person)-[:HAS]->(d:Digest)
WHERE p.key > $after AND d.period <> CASE d.frequency WHEN 'weekly' THEN $week ELSE $month END
  AND """
    + alive("p")
    + """
MATCH (a:Account)-[:OF]->(p) WHERE a.disabled_at IS NULL
  AND """
    + newest("p", "digest")
    + """ = ['given']
RETURN p.key AS key, p.id AS person, p.given_name AS name, a.id AS account, a.email AS email,
  coalesce(a.language, p.language, 'en') AS language, d.frequency AS frequency
ORDER BY key LIMIT 200"""
)

# One row if this period's letter had not been written before.
WRITTEN = """MATCH (:Person {key: $me})-[:HAS]->(d:Digest) WHERE d.period <> $period
SET d.period = $period, d.sent = ($items + coalesce(d.sent, []))[0..$remembered]
RETURN d.token AS token"""


@dataclass(frozen=True)
class Wish:
    """What somebody asked for: how often, which lists, which topics (none: all)."""

    token: str
    frequency: str
    lists: tuple[str, ...]
    topics: tuple[str, ...]
    period: str
    sent: tuple[str, ...]
    person: str  # the id of whose wish it is


def wish_of(store: Store, viewer: Viewer) -> Wish | None:
    """Return the wish of the viewer; None for who has not asked for letters."""
    rows = store.read(WISH, me=viewer.person_key or 0)
    if not rows:
        return None
    row = rows[0]
    return Wish(
        row["token"],
        row["frequency"],
        tuple(row["lists"]),
        tuple(row["topics"] or ()),
        row["period"],
        tuple(row["sent"]),
        row["person"],
    )


def period_of(frequency: str, now: datetime) -> str:
    """Return the period that a moment is in: an ISO week or a month."""
    if frequency == "weekly":
        year, week, _ = now.isocalendar()
        return f"{year}-W{week:02d}"
    return f"{now:%Y-%m}"


def ask_for(
    store: Store, viewer: Viewer, frequency: str, lists: Sequence[str], topics: Sequence[str] = ()
) -> None:
    """Ask for letters, or change what one asked for; the first comes with the next period.

    Raises
    ------
    BadValue, NotAllowed
    """
    key = viewer.own_key()
    if frequency not in FREQUENCIES or not lists or any(name not in LISTS for name in lists):
        raise BadValue("choose how often, and at least one list")
    now = datetime.now(UTC)

    def work(transaction: Transaction) -> None:
        transaction.run(
            KEEP,
            me=key,
            id=new_id(),
            token=new_id() + new_id(),
            at=now,
            frequency=frequency,
            lists=[name for name in LISTS if name in lists],
            topics=sorted(set(topics)),
            period=period_of(frequency, now),
        )
        _say(transaction, key, "given", now)

    store.in_write(work)


def end(store: Store, viewer: Viewer) -> None:
    """End one's letters; ending them twice is once."""
    end_of(store, viewer.own_key())


def end_by_token(store: Store, token: str) -> None:
    """End the letters that carry this token, as those of earlier releases do.

    An unknown one is answered the same way.
    """
    rows = store.read(HOLDER, token=token)
    if rows:
        end_of(store, int(rows[0]["key"]))


def end_of(store: Store, key: int) -> None:
    """End somebody's letters, at the wish of who holds the address that ends them."""

    def work(transaction: Transaction) -> None:
        if transaction.run(END, me=key):
            _say(transaction, key, "refused", datetime.now(UTC))

    store.in_write(work)


def _say(transaction: Transaction, key: int, state: str, now: datetime) -> None:
    transaction.run(
        CONSENT,
        me=key,
        id=new_id(),
        purpose="digest",
        state=state,
        text_version=TEXT_VERSION,
        at=now,
    )
    changes.record(transaction, "digest", [key])


def contents(reader: ForPerson, wish: Wish) -> list[Item]:
    """Return what the next letter holds, list by list; nothing if it is not worth a letter."""
    found: list[Item] = []
    before = frozenset(wish.sent)
    for name in wish.lists:
        items = reader.best(name, OF_EACH[name] * 3, seen=before, explore=False)
        worth = [
            item
            for item in items
            if any(reason.kind not in WEAK for reason in item.reasons)
            and (
                not wish.topics
                or not item.thing.topics
                or any(topic.id in wish.topics for topic in item.thing.topics)
            )
        ]
        found += worth[: OF_EACH[name]]
    return found if len(found) >= FEWEST else []


def due(store: Store, now: datetime, *, after: int = 0) -> list[Row]:
    """Return people whose letter of this period is not written yet, by key, some at a time."""
    return store.read(
        DUE, after=after, week=period_of("weekly", now), month=period_of("monthly", now)
    )


def write(
    store: Store, row: Row, items: Sequence[Item], *, now: datetime, subject: str, text: str,
    unsubscribe: str,
) -> bool:  # fmt: skip
    """Write one person's letter of this period, once; without items only note that it was looked
    at. Return whether a letter was written."""
    period = period_of(row["frequency"], now)

    def work(transaction: Transaction) -> bool:
        rows = transaction.run(
            WRITTEN,
            me=row["key"],
            period=period,
            items=[item.id for item in items],
            remembered=REMEMBERED,
        )
        if not rows or not items:
            return False
        mail.enqueue(
            transaction,
            to=row["email"],
            subject=subject,
            text=text,
            key=f"digest:{period}:{row['key']}",
            unsubscribe=unsubscribe,
            person=row["person"],
        )
        return True

    return store.in_write(work)
