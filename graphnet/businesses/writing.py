"""An alumnus writes a business, staff publish it; each goes on from what the other has done."""

from dataclasses import dataclass
from datetime import UTC, datetime

from graphnet import changes, mail
from graphnet.audit import acted
from graphnet.bilingual import as_entered, check_bilingual
from graphnet.errors import BadValue, Conflict, ThingNotFound
from graphnet.model import new_id
from graphnet.numbering import next_key
from graphnet.privacy import Viewer
from graphnet.store import Row, Store, Transaction
from graphnet.versions import Meanwhile
from graphnet.web_addresses import is_page

LONGEST_NAME, LONGEST_ABOUT, LONGEST_NOTICE, MOST, MOST_TOPICS = 120, 3000, 500, 10, 8

# One row: the business, locked, with its owner and where they are written to.
LOCKED = """MATCH (b:Business {id: $id}) SET b.id = b.id
WITH b MATCH (b)-[:OF]->(p:Person)
RETURN b.state AS state, b.version AS version, p.key AS owner, b.name AS name,
  b.name_ru AS name_ru, b.about AS about, b.about_ru AS about_ru, b.url AS url,
  head([(b)-[:LOCATED_IN]->(c:Place) | c.id]) AS city, [(b)-[:ABOUT]->(t:Topic) | t.id] AS topics,
  head(COLLECT { MATCH (p)<-[:OF]-(a:Account) WHERE a.disabled_at IS NULL
    RETURN [a.email, coalesce(a.language, p.language, '')] ORDER BY a.email }) AS address LIMIT 1"""

# One row: the new business, unless its alumnus has as many as one may.
CREATE = """MATCH (p:Person {key: $me}) SET p.id = p.id
WITH p WHERE COUNT { (p)<-[:OF]-(:Business) } < $most
CREATE (b:Business {id: $id, key: $key, state: 'proposed', version: 0, at: $now})-[:OF]->(p)
RETURN b.id AS id"""

# One row: the business as it is now.
SAVE = """MATCH (b:Business {id: $id}) SET b += $values, b.version = b.version + 1,
  b.changed_at = $now RETURN b.version AS version"""

# One row: how many topics it has, and cities.
TIE = """MATCH (b:Business {id: $id})
CALL (b) { OPTIONAL MATCH (b)-[t:ABOUT|LOCATED_IN]->() DELETE t RETURN count(*) AS gone }
CALL (b) { UNWIND $topics AS topic MATCH (t:Topic {id: topic}) MERGE (b)-[:ABOUT]->(t)
  RETURN count(t) AS topics }
CALL (b) { MATCH (c:Place {id: $city}) MERGE (b)-[:LOCATED_IN]->(c) RETURN count(c) AS cities }
RETURN topics, cities LIMIT 1"""

# One row: the business in another state.
STATE = """MATCH (b:Business {id: $id}) SET b.state = $state, b.notice = $notice,
  b.version = b.version + 1,
  b.published_at = CASE WHEN $state = 'published' THEN $now ELSE b.published_at END
RETURN b.version AS version"""

# One row: the business that is gone, with its parts in events.
REMOVE = """MATCH (b:Business {id: $id})
CALL (b) { OPTIONAL MATCH (b)<-[:OF]-(r:EventRole) DETACH DELETE r RETURN count(*) AS gone }
DETACH DELETE b RETURN $id AS id"""

# One row: a business, for a letter.
ABOUT = """MATCH (b:Business {id: $id})
RETURN b.name AS name, coalesce(b.name_ru, b.name) AS name_ru, b.state AS state,
  coalesce(b.notice, '') AS notice LIMIT 1"""


@dataclass(frozen=True)
class Words:
    """What its alumnus writes; `city` and `topics` are ids."""

    name: str = ""
    name_ru: str = ""
    about: str = ""
    about_ru: str = ""
    url: str = ""
    city: str = ""
    topics: tuple[str, ...] = ()

    def check(self) -> None:
        """Look whether it can be so.

        Raises
        ------
        BadValue
            Its field is the field's name, its code what is wrong with it.
        """
        check_bilingual(self, "name", longest=LONGEST_NAME)
        check_bilingual(self, "about", longest=LONGEST_ABOUT)
        if self.url and not is_page(self.url, secure=True):
            raise BadValue(
                "the address of a business's page is a whole one and begins with https://",
                code="address",
                field="url",
            )
        if len(self.topics) > MOST_TOPICS:
            raise BadValue(
                f"a business has at most {MOST_TOPICS} topics", code="range", field="topics"
            )


def write(store: Store, viewer: Viewer, words: Words) -> str:
    """Write a business of one's own and ask staff to publish it; return its id.

    Raises
    ------
    NotAllowed, BadValue
    Conflict
        ``full``: there are as many of theirs as there may be.
    """
    me = viewer.own_key()
    words.check()

    def work(transaction: Transaction) -> str:
        made, now = new_id(), datetime.now(UTC)
        key = next_key(transaction)
        if not transaction.run(CREATE, id=made, key=key, me=me, now=now, most=MOST):
            raise Conflict(
                f"{MOST} businesses of yours are there already: remove one first", code="full"
            )
        _save(transaction, made, words, now)
        acted(transaction, viewer, "write business", made)
        changes.record(transaction, "asked", thing=made)
        return made

    return store.in_write(work)


def change(store: Store, viewer: Viewer, business_id: str, words: Words, *, version: int) -> None:
    """Change a business of one's own, or as staff; what was sent back is proposed again.

    A change of a published one holds at once, and staff see that it has changed.

    Raises
    ------
    ThingNotFound, BadValue
    Meanwhile
        If somebody has changed it since.
    """
    words.check()

    def work(transaction: Transaction) -> None:
        found = _locked(transaction, viewer, business_id)
        if found["version"] != version:
            raise Meanwhile(_words(found), found["version"])
        now = datetime.now(UTC)
        _save(transaction, business_id, words, now)
        if found["state"] == "sent_back" and not viewer.is_staff:
            transaction.run(STATE, id=business_id, state="proposed", notice=None, now=now)
        elif found["state"] == "published" and viewer.is_staff:
            transaction.run(STATE, id=business_id, state="published", notice=None, now=now)
        told = changes.ANNOUNCED if found["state"] == "published" else ""
        acted(transaction, viewer, "change business", business_id, change=told)

    store.in_write(work)


def decide(store: Store, viewer: Viewer, business_id: str, act: str, notice: str = "") -> None:
    """Publish a business, or send it back with what is to be changed; its alumnus is told.

    Publishing one that was changed says that it has been looked at, and tells nobody.

    Raises
    ------
    NotAllowed, ThingNotFound
    BadValue
        ``notice: needed``.
    """
    viewer.require_staff()
    states = {"publish": "published", "send_back": "sent_back"}
    said = notice.replace("\r\n", "\n").strip()
    if act not in states:
        raise BadValue("staff publish a business or send it back", code="unknown", field="act")
    if act == "send_back" and not 0 < len(said) <= LONGEST_NOTICE:
        raise BadValue(
            f"say what is to be changed, in 1 to {LONGEST_NOTICE} characters: whose it is reads it",
            code="needed",
            field="notice",
        )

    def work(transaction: Transaction) -> None:
        found = _locked(transaction, viewer, business_id)
        state, now = states[act], datetime.now(UTC)
        transaction.run(STATE, id=business_id, state=state, notice=said or None, now=now)
        if state != found["state"]:
            _tell(transaction, state, business_id, found)
        acted(
            transaction,
            viewer,
            f"{act} business",
            business_id,
            keys=[found["owner"]],
            change=changes.ANNOUNCED,
        )

    store.in_write(work)


def remove(store: Store, viewer: Viewer, business_id: str) -> None:
    """Remove a business of one's own; as staff, tell its alumnus that it is gone.

    Raises
    ------
    ThingNotFound
    """

    def work(transaction: Transaction) -> None:
        found = _locked(transaction, viewer, business_id)
        transaction.run(REMOVE, id=business_id)
        acted(
            transaction,
            viewer,
            "remove business",
            business_id,
            keys=[found["owner"]],
            change=changes.ANNOUNCED,
        )

    store.in_write(work)


def _locked(transaction: Transaction, viewer: Viewer, business_id: str) -> Row:
    rows = transaction.run(LOCKED, id=business_id)
    if not rows:
        raise ThingNotFound("no such business")
    if viewer.is_staff:
        viewer.require_staff()
    elif rows[0]["owner"] != viewer.own_key():
        raise ThingNotFound("no such business")
    return rows[0]


def _words(row: Row) -> Words:
    return Words(
        **as_entered(row, ("name", "about")),
        url=row["url"] or "",
        city=row["city"] or "",
        topics=tuple(sorted(row["topics"])),
    )


def _save(transaction: Transaction, business_id: str, words: Words, now: datetime) -> None:
    values = {
        "name": words.name or words.name_ru,
        "name_ru": words.name_ru or None,
        "about": words.about or words.about_ru,
        "about_ru": words.about_ru or None,
        "url": words.url or None,
    }
    transaction.run(SAVE, id=business_id, values=values, now=now)
    found = transaction.run(TIE, id=business_id, topics=list(words.topics), city=words.city)[0]
    if found["topics"] != len(set(words.topics)):
        raise BadValue(
            "one of these topics is not in the catalogue: choose from it",
            code="unknown",
            field="topics",
        )
    if words.city and not found["cities"]:
        raise BadValue(
            "there is no such city in the list: choose one of it", code="unknown", field="city"
        )


def _tell(transaction: Transaction, what: str, business_id: str, found: Row) -> None:
    if not found["address"]:
        return
    try:
        mail.enqueue_about(
            transaction,
            f"businesses.{what}",
            {"business": business_id},
            to=found["address"][0],
            language=found["address"][1],
            key=f"businesses.{what}:{business_id}:{found['version']}",
        )
    except BadValue:
        return  # an address that is none keeps nothing from being published


def about(store: Store, business_id: str) -> Row | None:
    """Return a business, for a letter about it."""
    rows = store.read(ABOUT, id=business_id)
    return rows[0] if rows else None
