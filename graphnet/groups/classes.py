"""The community of a study group or of an intake: it is there from the moment one of them opens it.

Who studied there finds it and joins by themselves; nobody else finds it. There is one for each
group, whoever opens it first; all codes of a lineage are one group.
"""

from datetime import UTC, datetime

from graphnet.audit import acted
from graphnet.errors import ThingNotFound
from graphnet.groups.editing import CREATE, SAVE
from graphnet.groups.membership import JOIN
from graphnet.model import lineage, new_id
from graphnet.numbering import next_key
from graphnet.people.own_studies import choices
from graphnet.privacy import Viewer
from graphnet.store import Row, Store, Transaction

# One row: the intake, locked, and the community that it has.
LOCK_COHORT = """MATCH (g:Cohort {id: $of}) SET g.id = g.id
RETURN head(COLLECT { MATCH (g)<-[:GATHERS]-(c:Group {visibility: 'class'})
  RETURN c.id ORDER BY c.created_at, c.id LIMIT 1 }) AS taken LIMIT 1"""

# One row: the study group, locked, and the community that it has, or another of its lineage.
LOCK_GROUP = (
    """MATCH (g:StudyGroup {id: $of})
WITH g """
    + lineage("g", "h")
    + """SET h.id = h.id
WITH g, collect(h) AS line
RETURN head(COLLECT { UNWIND line AS one MATCH (one)<-[:GATHERS]-(c:Group {visibility: 'class'})
  RETURN c.id ORDER BY c.created_at, c.id LIMIT 1 }) AS taken LIMIT 1"""
)

# One row: how many study groups and intakes the community is of.
OF = """MATCH (c:Group {id: $id}) CALL (c) { MATCH (g:StudyGroup {id: $of}) RETURN g
  UNION MATCH (g:Cohort {id: $of}) RETURN g }
WITH c, g MERGE (c)-[t:GATHERS]->(g) SET t.chosen = true RETURN count(g) AS n"""

# One row: the community of one of these groups, by the group.
THERE = """MATCH (me:Person {key: $me})-[:STUDIED_IN]->(s)
WHERE s:StudyGroup OR s:Cohort
CALL (s) { RETURN s AS g UNION MATCH (s)-[:OF]->(g:Cohort) RETURN g }
MATCH (g)<-[:GATHERS]-(c:Group {visibility: 'class'})
RETURN DISTINCT g.id AS of, c.id AS id LIMIT 100"""


def of_mine(store: Store, viewer: Viewer) -> list[Row]:
    """Return one's study groups and intakes, each with the id of its community in `community`."""
    there = {row["of"]: row["id"] for row in store.read(THERE, me=viewer.own_key())}
    mine = [row for row in choices(store, viewer) if row["kind"] in ("mine", "cohort")]
    return [row | {"community": there.get(row["id"], "")} for row in mine]


def open_class(store: Store, viewer: Viewer, of: str) -> str:
    """Open the community of a study group or intake of one's own and join it; return its id.

    Whoever comes second joins the one that is there.

    Raises
    ------
    ThingNotFound
        If it is none of the viewer's.
    """
    key = viewer.me()
    mine = {row["id"]: row for row in of_mine(store, viewer)}
    if of not in mine:
        raise ThingNotFound("no such group")
    row, now = mine[of], datetime.now(UTC)
    english = " ".join(filter(None, [row["programme"] if row["cohort"] else row["code"]]))
    russian = row["programme_ru"] if row["cohort"] else row["code"]
    year = row["year"]

    def work(transaction: Transaction) -> str:
        lock = LOCK_COHORT if row["cohort"] else LOCK_GROUP
        taken = transaction.run(lock, of=of)[0]["taken"]
        made = str(taken or new_id())
        if not taken:
            transaction.run(CREATE, id=made, key=next_key(transaction), state="published", now=now)
            values = {
                "visibility": "class", "kind": "community", "entry": "request", "version": 1,
                "name": f"{english}, intake of {year}" if year else english,
                "name_ru": f"{russian}, набор {year} года" if year else russian,
                "changed_at": now,
            }  # fmt: skip
            transaction.run(SAVE, id=made, values=values)
            transaction.run(OF, id=made, of=of)
        transaction.run(JOIN, id=made, key=key, today=now.date().isoformat())
        acted(transaction, viewer, "open community of class", made)
        return made

    return store.in_write(work)
