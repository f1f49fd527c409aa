"""Letters and evidence in support of a nomination: by members and the candidate, for the jury."""

from datetime import datetime

from graphnet.contest.nominations import ONE, checked_text
from graphnet.contest.seasons import (
    locked,
    need_phase,
    record,
    sha256,
)
from graphnet.errors import BadValue, Conflict, ThingNotFound, TooMany
from graphnet.model import new_id
from graphnet.privacy import Viewer
from graphnet.store import Row, Store, Transaction
from graphnet.web_addresses import is_page

MOST_LETTERS = 12


# One row: the letter or piece of evidence; a second letter of the same writer takes its place.
WRITE = """MATCH (n:Nomination {id: $id})
CALL (n) { MATCH (me:Person {key: $me}) RETURN me }
MERGE (l:Letter {once: $once}) ON CREATE SET l.id = $letter
SET l.kind = $kind, l.text = $text, l.address = $address, l.at = $now
MERGE (l)-[:FOR]->(n) MERGE (l)-[:BY]->(me)
RETURN l.id AS id LIMIT 1"""


# One row: how many were removed: one's own, or one about oneself.
UNWRITE = """MATCH (l:Letter {id: $letter})-[:FOR]->(n:Nomination)
WHERE EXISTS { (l)-[:BY]->(:Person {key: $me}) } OR EXISTS { (n)-[:OF]->(:Person {key: $me}) }
DETACH DELETE l RETURN count(*) AS removed"""


# One row: a letter or a piece of evidence for one of the nominations.
LETTERS = """UNWIND $ids AS id
MATCH (l:Letter)-[:FOR]->(n:Nomination {id: id})
OPTIONAL MATCH (l)-[:BY]->(writer:Person)
RETURN n.id AS nomination, l.id AS id, l.kind AS kind, l.text AS text, l.address AS address,
  l.at AS at, writer.key AS writer ORDER BY nomination, l.kind DESC, at, id LIMIT 2000"""


def write_letter(
    store: Store, viewer: Viewer, nomination: str, text: str, *, now: datetime, address: str = ""
) -> None:
    """Keep a letter of a nominator's, or evidence (an https address) of theirs or the nominee's.

    Raises
    ------
    Conflict
        Before the nominee has accepted: ``state``; after the eligibility check: ``phase``.
    """
    me = viewer.own_key()
    said, link = checked_text(text, needed=True), address.strip()
    if link and not is_page(link, secure=True, longest=500):
        raise BadValue(
            "evidence is the whole address of a page and begins with https://", code="address"
        )

    def work(transaction: Transaction) -> None:
        rows = transaction.run(ONE, id=nomination, me=me)
        if not rows or not (rows[0]["nominated"] or rows[0]["nominee"] == me):
            raise ThingNotFound("no such nomination")
        held = rows[0]
        if held["state"] not in ("accepted", "admitted"):
            raise Conflict(
                "only who stands, or has accepted, is supported by letters", code="state"
            )
        if not link and held["nominee"] == me:
            raise BadValue(
                "a candidate speaks by the statement: letters are by others", code="own_letter"
            )  # a candidate speaks by the statement
        contest = locked(transaction, held["season"])
        need_phase(contest, now, "entry", "check")
        if held["letters"] >= MOST_LETTERS:
            raise TooMany(
                f"{MOST_LETTERS} letters and links are as many as a jury can read", code="letters"
            )
        once = f"{nomination}:{me}:{sha256(link)[:16] if link else 'letter'}"
        transaction.run(
            WRITE,
            id=nomination,
            me=me,
            once=once,
            letter=new_id(),
            kind="evidence" if link else "letter",
            text=said,
            address=link or None,
            now=now,
        )
        record(transaction, viewer, contest.id, "letter written", about=nomination)

    store.in_write(work)


def remove_letter(store: Store, viewer: Viewer, letter: str) -> None:
    """Take back a letter one wrote, or one that was written about oneself."""
    if not store.write(UNWRITE, letter=letter, me=viewer.own_key())[0]["removed"]:
        raise ThingNotFound("no such letter")


def letters(store: Store, viewer: Viewer, ids: list[str]) -> dict[str, list[Row]]:
    """Return letters and evidence by nomination; who calls has seen to it that the viewer may."""
    found: dict[str, list[Row]] = {one: [] for one in ids}
    if viewer.is_anyone:
        return found
    for row in store.read(LETTERS, ids=ids):
        row["at"] = row["at"].to_native()
        found[row["nomination"]].append(row)
    return found
