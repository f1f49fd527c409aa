"""After it was held: who came, thanks to those who helped, contacts won back; in figures."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from graphnet import mail
from graphnet.errors import BadValue, Conflict
from graphnet.privacy import SMALLEST_COUNT_IN_REASON, Viewer
from graphnet.reunions.audience import countable
from graphnet.reunions.organisers import TEAM
from graphnet.reunions.reading import on
from graphnet.reunions.telling import ADDRESS
from graphnet.store import Row, Store, Transaction

LONGEST_THANKS = 1500

# One row: how many of a reunion's invitations stand how, how many are registered for its event, and
# how many came; only those who may be counted.
FIGURES = (
    """MATCH (r:Reunion {id: $id})
CALL (r) {
  OPTIONAL MATCH (i:ReunionInvitation)-[:FOR]->(r)
  OPTIONAL MATCH (i)-[:TO]->(p:Person) WHERE """
    + countable("p")
    + """
  WITH CASE WHEN p IS NULL THEN NULL ELSE i END AS i
  RETURN count(i) AS invited, count(CASE WHEN i.state = 'yes' THEN 1 END) AS yes,
    count(CASE WHEN i.state = 'maybe' THEN 1 END) AS maybe,
    count(CASE WHEN i.state = 'no' THEN 1 END) AS no
}
CALL (r) {
  OPTIONAL MATCH (r)-[:BECAME]->(e:Event) WHERE e.cancelled_at IS NULL
  OPTIONAL MATCH (e)<-[:FOR]-(g:Registration {state: 'yes'})
  OPTIONAL MATCH (g)-[:BY]->(p:Person) WHERE """
    + countable("p")
    + """
  WITH CASE WHEN p IS NULL THEN NULL ELSE g END AS g
  RETURN count(g) AS registered, count(g.attended_at) AS came
}
RETURN invited, yes, maybe, no, registered, came LIMIT 1"""
)

# One row: the one who was thanked, and where the letter goes.
THANK = (
    """MATCH (p:Person {id: $person})-[t:ORGANISES]->(r:Reunion {id: $id})
SET t.thanked_at = $now, r.thanks = $words
RETURN p.id AS id, """
    + ADDRESS
    + """ AS address"""
)

# One row: the words of thanks.
WORDS = """MATCH (r:Reunion {id: $id}) RETURN coalesce(r.thanks, '') AS words LIMIT 1"""


@dataclass(frozen=True)
class Figures:
    """How many were invited, have said what, are registered and came.

    For who is neither staff nor an organiser a number below three is None: it would be somebody.
    """

    invited: int | None
    yes: int | None
    maybe: int | None
    no: int | None
    registered: int | None
    came: int | None

    @property
    def silent(self) -> int:
        """How many have not answered."""
        return (self.invited or 0) - sum(n or 0 for n in (self.yes, self.maybe, self.no))


def figures(store: Store, reunion: Row) -> Figures:
    """Return a reunion's numbers, for a reader who finds it."""
    row = store.read(FIGURES, id=reunion["id"])[0]

    def told(n: int) -> int | None:
        return n if reunion["makes"] or not 0 < n < SMALLEST_COUNT_IN_REASON else None

    return Figures(**{name: told(int(row[name])) for name in row})


def thank(store: Store, viewer: Viewer, reunion_id: str, people: Iterable[str], words: str) -> int:
    """Thank those who helped, each by a letter of their own; return how many letters go.

    Whoever was thanked already gets no second letter.

    Raises
    ------
    ThingNotFound, NotAllowed
    BadValue
        ``words`` or ``people``.
    Conflict
        ``held``: it was not held yet.
    """
    said, wanted = words.replace("\r\n", "\n").strip(), set(people)
    if not said or len(said) > LONGEST_THANKS:
        raise BadValue(
            f"write 1 to {LONGEST_THANKS:,} characters of thanks", code="words", field="words"
        )
    if not wanted:
        raise BadValue("choose at least one of those who are to be thanked", code="people")

    def act(transaction: Transaction, row: Row, now: datetime) -> int:
        if row["stage"] != "held" and row["outcome"] != "held":
            raise Conflict(
                "the reunion has not taken place yet: thanks come afterwards", code="held"
            )
        n = 0
        for one in transaction.run(TEAM, id=reunion_id):
            if one["id"] not in wanted or one["thanked_at"] is not None:
                continue
            found = transaction.run(THANK, id=reunion_id, person=one["id"], words=said, now=now)[0]
            if found["address"] is None:
                continue
            mail.enqueue_about(
                transaction,
                "reunions.thanks",
                {"reunion": reunion_id, "person": one["id"]},
                to=found["address"][0],
                language=found["address"][1],
                key=f"reunion-thanks:{reunion_id}:{one['id']}",
                person=one["id"],
            )
            n += 1
        return n

    return on(store, viewer, reunion_id, act, did="thank for reunion", closed=True)


def words_of_thanks(store: Store, reunion_id: str) -> str:
    """Return the words with which those who helped are thanked."""
    rows = store.read(WORDS, id=reunion_id)
    return str(rows[0]["words"]) if rows else ""
