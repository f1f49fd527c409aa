"""What somebody gave, for themselves: each gift with a receipt, and what was given back of it."""

from graphnet.errors import ThingNotFound
from graphnet.money.amounts import PARTS
from graphnet.privacy import Viewer
from graphnet.projects import bookkeepers
from graphnet.store import Row, Store, native

_GIFT = """
MATCH (t)-[:INTO]->(:MoneyAccount {kind: 'fund'})-[:FOR]->(j:Project)
RETURN t.id AS id, t.number AS number, t.amount AS amount, t.currency AS currency,
  t.happened_on AS happened_on, t.reference AS reference, t.document AS document,
  t.party AS party, j.id AS project, j.name AS name, coalesce(j.name_ru, j.name) AS name_ru,
  coalesce(head(COLLECT { MATCH (r:Transfer {corrects: t.id}) RETURN r.amount LIMIT 1 }), 0)
    AS returned,
  head([(t)-[:BY]->(p:Person) | p.key]) AS person
"""

# One row: a gift of the person's that is booked, the newest first.
MINE = (
    "MATCH (:Person {key: $me})<-[:BY]-(t:Transfer {kind: 'gift'}) WHERE NOT t.pending"
    + _GIFT
    + "ORDER BY happened_on DESC, number DESC, id LIMIT 500"
)

# One row: a gift of the person's that an import has brought, in whole units: it has no receipt.
BROUGHT = """MATCH (:Person {key: $me})<-[:BY]-(r:Receipt)-[:FOR]->(j:Project)
RETURN r.id AS id, toInteger(round(r.amount * $parts)) AS amount,
  coalesce(j.currency, 'RUB') AS currency, r.at AS at, j.id AS project, j.name AS name,
  coalesce(j.name_ru, j.name) AS name_ru ORDER BY at DESC, id LIMIT 500"""

# One row: a gift that is booked.
GIFT = "MATCH (t:Transfer {id: $id, kind: 'gift'}) WHERE NOT t.pending" + _GIFT + "LIMIT 1"


def mine(store: Store, viewer: Viewer) -> tuple[list[Row], list[Row]]:
    """Return the viewer's own gifts: those with a receipt, and those that came with an import.

    Raises
    ------
    NotAllowed
    """
    key = viewer.own_key()
    booked = [native(row) for row in store.read(MINE, me=key)]
    return booked, [native(row) for row in store.read(BROUGHT, me=key, parts=PARTS)]


def receipt(store: Store, viewer: Viewer, transfer: str) -> Row:
    """Return a gift for its receipt: one's own, or any for who keeps or audits the books.

    Raises
    ------
    ThingNotFound
        If there is none, it is another's, or it was given back whole.
    """
    rows = [native(row) for row in store.read(GIFT, id=transfer)]
    if not rows or rows[0]["returned"] >= rows[0]["amount"]:
        raise ThingNotFound("no such gift")
    own = viewer.person_key is not None and not viewer.is_staff
    mine = own and rows[0]["person"] == viewer.person_key
    if not mine and not bookkeepers.rights(store, viewer, rows[0]["project"]).told:
        raise ThingNotFound("no such gift")
    return rows[0]
