"""What fills the ledger by itself: acts on the site, and what an import brought.

Each way in gives an act the same name, so that nothing counts twice whoever enters it first. Money
is entered as having taken part, never with its amount; a gift that names nobody leaves no trace.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, LiteralString

from graphnet.ledger import entries
from graphnet.ledger.acts import CORRECTION, free_acts, named
from graphnet.ledger.entries import NewEntry
from graphnet.store import Store, Transaction, native

# Since when what an import has brought is there.
_SINCE: LiteralString = """head(COLLECT { MATCH (r)-[:FROM]->(run:ImportRun)
    RETURN run.started_at ORDER BY run.started_at LIMIT 1 }) AS since"""

# One row: a registration with its event; those that came have a time.
REGISTRATIONS = (
    """MATCH (r:Registration)-[:BY]->(p:Person)
WHERE r.state = 'yes' AND r.id > $after
MATCH (r)-[:FOR]->(e:Event)
RETURN r.id AS registration, p.key AS key, e.id AS event, r.at AS at,
  r.attended_at AS attended_at, e.starts_at AS starts_at,
  head([(r)-[:NAMES]->(by:Person) | by.key]) AS bringer,
  """
    + _SINCE
    + """ ORDER BY registration LIMIT $limit"""
)

# One row: the newest import that has come to its end.
LATEST_IMPORT = """MATCH (r:ImportRun) WHERE r.finished_at IS NOT NULL
RETURN r.id AS id ORDER BY r.finished_at DESC, id LIMIT 1"""

# One row: a gift that names who gave it; its amount is not asked for.
GIFTS = (
    """MATCH (r:Receipt)-[:BY]->(p:Person) WHERE r.id > $after
MATCH (r)-[:FOR]->(t:Project)
RETURN r.id AS receipt, p.key AS key, t.id AS project, r.at AS at,
  """
    + _SINCE
    + """ ORDER BY receipt LIMIT $limit"""
)

# One row: who passed on what has been answered, and who was sought; neither asker nor sought.
RELAYED = """MATCH (o:PassOn {id: $id})<-[:OF]-(h:Handing) WHERE h.act IN ['forwarded', 'link']
MATCH (h)-[:BY]->(p:Person)
WHERE NOT EXISTS { (p)-[:ASKED]->(o) } AND NOT EXISTS { (o)-[:ABOUT]->(p) }
OPTIONAL MATCH (o)-[:ABOUT]->(sought:Person)
RETURN p.key AS key, sought.key AS sought, min(h.id) AS handing ORDER BY key LIMIT 100"""

# One row: a request to pass something on that was answered.
ANSWERED_RELAYS = """MATCH (o:PassOn {state: 'answered'}) WHERE o.id > $after
RETURN o.id AS id, o.answered_at AS at ORDER BY id LIMIT $limit"""

# One row: whom a newcomer named as who brought them, and who made the link they came by.
BROUGHT = """MATCH (c:Claim {id: $id})
OPTIONAL MATCH (c)-[:NAMES]->(named:Person)
OPTIONAL MATCH (c)-[:THROUGH]->(:Invitation)-[:BY]->(inviter:Person)
RETURN named.key AS named, inviter.key AS inviter ORDER BY named, inviter LIMIT 1"""

# One row: a newcomer whose claim was settled.
CLAIMS = """MATCH (c:Claim {state: 'done'})-[:OF]->(p:Person) WHERE c.id > $after
RETURN c.id AS id, p.key AS key, c.decided_at AS at ORDER BY id LIMIT $limit"""

# One row: somebody who named a lost groupmate when they were asked.
RECOVERY_ANSWERS = """MATCH (a:Ask {state: 'answered'})-[:OF]->(p:Person)
WHERE a.id > $after AND (a.said <> '' OR EXISTS { (a)-[:NAMED]->(:Person) })
RETURN a.id AS id, p.key AS key, a.answered_at AS at ORDER BY id LIMIT $limit"""

# One row: somebody who was asked about a request and of whom who asked has said that they helped.
HELPED = """MATCH (f:Referral)-[:TO]->(p:Person) WHERE f.id > $after AND f.helped_at IS NOT NULL
RETURN f.id AS id, p.key AS key, f.helped_at AS at ORDER BY id LIMIT $limit"""

# By what the names of their acts begin.
OF_REGISTRATION = ("registered", "attended", "brought")
OF_RECEIPT = ("gift",)

# One row: an act of one of those names that stands.
STANDS = (
    "UNWIND $names AS name\n" + named("name") + "\nRETURN c.act_id AS act ORDER BY act LIMIT 100000"
)

# One row: an act that was taken back before the import began that has brought it again. Of what was
# taken back while it was there, somebody has decided: it is not entered again.
BROUGHT_AGAIN = """UNWIND $rows AS row
MATCH (c:Contribution {act_id: row.taken_back}) WHERE c.recorded_at < row.since
  AND NOT EXISTS { (later:Contribution) WHERE later.act_id STARTS WITH row.taken_back + ':'
                   AND later.recorded_at >= row.since }
RETURN row.act AS act ORDER BY act LIMIT 100000"""

BATCH = 2000


def signed_up(key: int, registration: str, event: str, at: datetime) -> NewEntry:
    return NewEntry(
        key, "registered_for_event", "experiential", at, f"registered:{registration}",
        {"event": event}, thing_id=event,
    )  # fmt: skip


def came(key: int, act: str, event: str, at: datetime, by: str) -> NewEntry:
    return NewEntry(
        key, "attended", "experiential", at, act, {"event": event, "marked_by_staff": bool(by)},
        thing_id=event, entered_by=by,
    )  # fmt: skip


def brought(bringer: int, act: str, event: str, at: datetime, guest: int, by: str) -> NewEntry:
    return NewEntry(
        bringer, "brought_along", "experiential", at, act, {"event": event, "named_by_guest": True},
        thing_id=event, entered_by=by, participant_key=guest, participation=f"event:{event}",
    )  # fmt: skip


def recovered(transaction: Transaction, key: int, ask: str, at: datetime) -> None:
    """Enter that somebody who was asked told of lost groupmates; once an ask, whatever they said.

    Who does not answer, or says they know nobody, is not entered: neither loses anything.
    """
    entries.record_many(transaction, [_told(key, ask, at)])


def _told(key: int, ask: str, at: datetime) -> NewEntry:
    return NewEntry(key, "recovery_answer", "communication", at, f"recovery:{ask}", {"ask": ask})


def relayed(transaction: Transaction, pass_on: str, at: datetime) -> int:
    """Enter who passed on what has now been answered: they share the credit. Return how many."""
    return entries.record_many(
        transaction,
        [
            NewEntry(
                row["key"], "relay_passed_on", "communication", at,
                f"relay:{row['handing']}", {"relay": pass_on}, participant_key=row["sought"],
                participation=f"relay:{pass_on}",
            )
            for row in transaction.run(RELAYED, id=pass_on)
        ],
    )  # fmt: skip


def helped(transaction: Transaction, key: int, referral: str, at: datetime) -> None:
    """Enter that somebody helped with a request, by the word of who asked; once a referral."""
    entries.record_many(transaction, [_helped(key, referral, at)])


def _helped(key: int, referral: str, at: datetime) -> NewEntry:
    return NewEntry(
        key, "helped", "volunteer", at, f"helped:{referral}",
        {"referral": referral, "said_by_asker": True},
    )  # fmt: skip


def joined(transaction: Transaction, claim: str, newcomer: int, at: datetime) -> int:
    """Enter who brought a newcomer: whom they named, and who made the link they came by.

    One participation: those two share its credit, and one who is both has it once.
    """
    found = transaction.run(BROUGHT, id=claim)
    if not found:
        return 0
    return entries.record_many(
        transaction,
        [
            NewEntry(
                key, kind, "communication", at, f"{kind}:{claim}", {"claim": claim},
                participant_key=newcomer,
            )
            for kind, key in (
                ("referral", found[0]["named"]), ("invitation_accepted", found[0]["inviter"])
            )
            if key is not None and key != newcomer
        ],
    )  # fmt: skip


# What an import brought


def backfill(store: Store) -> dict[str, int]:
    """Enter what the graph knows of before the ledger was kept; again and again without change.

    Registrations that said yes, those who came and who brought them, gifts that name who gave.
    Returns how many entries of each kind are new. The worker does it after each import.
    """
    now = datetime.now(UTC)
    found = dict.fromkeys(("registered_for_event", "attended", "brought_along", "gift",
                           "recovery_answer", "relay_passed_on", "newcomer",
                           "helped"), 0)  # fmt: skip
    for rows in _pages(store, REGISTRATIONS, "registration"):
        found["registered_for_event"] += _enter(
            store,
            [
                (signed_up(row["key"], row["registration"], row["event"], row["at"]), row["since"])
                for row in rows
                if row["at"] is not None
            ],
        )
        there = [r for r in rows if r["attended_at"] is not None and r["starts_at"] <= now]
        found["attended"] += _enter(
            store,
            [
                (came(row["key"], f"attended:{row['registration']}", row["event"],
                      row["starts_at"], ""), row["since"])
                for row in there
            ],
        )  # fmt: skip
        found["brought_along"] += _enter(
            store,
            [
                (brought(row["bringer"], f"brought:{row['registration']}", row["event"],
                         row["starts_at"], row["key"], ""), row["since"])
                for row in there
                if row["bringer"] is not None
            ],
        )  # fmt: skip
    for rows in _pages(store, GIFTS, "receipt"):
        gifts = [
            (NewEntry(
                row["key"], "gift", "philanthropic", row["at"], f"gift:{row['receipt']}",
                {"project": row["project"]}, thing_id=row["project"],
            ), row["since"])
            for row in rows
            if row["at"] is not None
        ]  # fmt: skip
        found["gift"] += _enter(store, gifts)
    for rows in _pages(store, RECOVERY_ANSWERS, "id"):
        found["recovery_answer"] += _enter(
            store, [(_told(row["key"], row["id"], row["at"]), None) for row in rows]
        )
    for rows in _pages(store, ANSWERED_RELAYS, "id"):
        for row in rows:
            found["relay_passed_on"] += _alone(store, relayed, row["id"], row["at"])
    for rows in _pages(store, HELPED, "id"):
        found["helped"] += _enter(
            store, [(_helped(row["key"], row["id"], row["at"]), None) for row in rows]
        )
    for rows in _pages(store, CLAIMS, "id"):
        for row in rows:
            found["newcomer"] += _alone(store, joined, row["id"], row["key"], row["at"])
    return found


def withdraw(
    transaction: Transaction, registrations: Iterable[str], receipts: Iterable[str], *, by: str = ""
) -> int:
    """Take back what was entered for registrations and gifts that go with their import.

    `by` is the account of whoever undoes it. Returns how many entries were taken back; they and
    what takes them back stay in the ledger.
    """
    names = [f"{word}:{one}" for one in registrations for word in OF_REGISTRATION]
    names += [f"{word}:{one}" for one in receipts for word in OF_RECEIPT]
    acts = [row["act"] for row in transaction.run(STANDS, names=names)] if names else []
    return entries.take_back(transaction, acts, "the import that brought it was undone", by=by)


def latest_import(store: Store) -> str:
    """Return the newest import that has come to its end; nothing if there was none."""
    return str(next((row["id"] for row in store.read(LATEST_IMPORT)), ""))


def _pages(store: Store, query: LiteralString, name: str) -> Iterator[list[dict[str, Any]]]:
    after = ""
    while rows := store.read(query, after=after, limit=BATCH):
        after = rows[-1][name]
        yield [native(row) for row in rows]


def _alone(store: Store, act: Callable[..., int], *values: Any) -> int:
    return store.in_write(lambda transaction: act(transaction, *values))


def _enter(store: Store, new: list[tuple[NewEntry, datetime | None]]) -> int:
    """Enter what is not there yet; with the time since when what an import brought is there."""
    if not new:
        return 0
    rows = [
        {"act": entry.act_id, "taken_back": CORRECTION + entry.act_id, "since": since}
        for entry, since in new
        if since is not None
    ]

    def work(transaction: Transaction) -> int:
        again = [row["act"] for row in transaction.run(BROUGHT_AGAIN, rows=rows)] if rows else []
        acts = {name: act for name, (act, _) in free_acts(transaction, again).items()}
        return entries.record_many(
            transaction,
            [replace(entry, act_id=acts.get(entry.act_id, entry.act_id)) for entry, _ in new],
        )

    return store.in_write(work, seconds=120)
