"""The unit that has a request hears of it by letter: when it comes, before it is due, when late.

A request is with the unit to which staff passed it, else with the one in charge of its kind. The
letter says of which kind it is and by when, and what staff have written for the unit: nobody's name
and nothing that who asked has written. What the unit answers is a note for staff.
"""

from datetime import UTC, datetime

from graphnet import mail
from graphnet.addresses import address_key
from graphnet.audit import acted
from graphnet.errors import BadValue, ThingNotFound
from graphnet.privacy import Viewer
from graphnet.requests import threads
from graphnet.store import Row, Store, Transaction, native

LANGUAGES = ("ru", "en")
LONGEST_ADDRESS = 200

# The unit `u` that has a request `r`.
_HAS = """head(COLLECT { MATCH (r)-[:FOR]->(u:Unit) RETURN u ORDER BY u.id LIMIT 1 }
  + COLLECT { MATCH (:RequestKind {id: r.form})-[:HELD_BY]->(u:Unit)
    RETURN u ORDER BY u.id LIMIT 1 })"""

# One row: the unit that has a request, with the address at which it takes letters.
UNIT_OF = (
    """MATCH (r:Request {id: $id}) WITH r, """
    + _HAS
    + """ AS u WHERE u IS NOT NULL
RETURN u.id AS unit, coalesce(u.desk_email, '') AS email,
  coalesce(u.desk_language, 'ru') AS language, r.status AS status, r.due_at AS due_at LIMIT 1"""
)

# One row: a request that is due before $soon, or late, and whose unit has not been told of that.
DUE = (
    """MATCH (r:Request) WHERE r.status IN ['new', 'open', 'in_work'] AND r.due_at < $soon
WITH r, CASE WHEN r.due_at < $now THEN 'late' ELSE 'due' END AS what
WITH r, what, what + ' ' + toString(r.due_at) AS told
WHERE r.unit_told IS NULL OR r.unit_told <> told
WITH r, what, told, """
    + _HAS
    + """ AS u WHERE u.desk_email IS NOT NULL
SET r.unit_told = told RETURN r.id AS id, what, told ORDER BY id LIMIT 200"""
)

# One row: what a letter to a unit says: of which kind it is, by when, what staff wrote for it.
FOR_LETTER = """MATCH (r:Request {id: $id})
OPTIONAL MATCH (u:Unit {id: $unit})
RETURN r.status AS status, r.due_at AS due_at, u.id AS unit, coalesce(u.desk_email, '') AS email,
  COLLECT { MATCH (k:RequestKind {id: r.form}) RETURN [k.name, k.name_ru] LIMIT 1 } AS kinds,
  COLLECT { MATCH (e:RequestEntry {id: $entry})-[:IN]->(r) RETURN e.text LIMIT 1 } AS words
LIMIT 1"""

# One row: a unit of today, where it takes letters, and how many kinds of request are its own.
DESKS = """MATCH (u:Unit) WHERE u.to_year IS NULL
RETURN u.id AS id, u.name AS name, coalesce(u.name_ru, u.name) AS name_ru,
  coalesce(u.desk_email, '') AS email, coalesce(u.desk_language, 'ru') AS language,
  COUNT { MATCH (k:RequestKind)-[:HELD_BY]->(u) RETURN DISTINCT k.kind } AS kinds
ORDER BY email = '', kinds DESC, name, id LIMIT 2000"""

# One row: the unit with its address.
SET_DESK = """MATCH (u:Unit {id: $unit})
SET u.desk_email = $email, u.desk_language = $language RETURN u.id AS id"""

# One row: how much a unit has written into a request since a moment.
LATELY = """MATCH (r:Request {id: $id})
RETURN COUNT { MATCH (e:RequestEntry {by: 'unit'})-[:IN]->(r) WHERE e.at > $since } AS n LIMIT 1"""


def desks(store: Store, viewer: Viewer) -> list[Row]:
    """Return the units and where each takes letters, those with an address first.

    Raises
    ------
    NotAllowed
    """
    viewer.require_staff()
    return store.read(DESKS)


def set_desk(store: Store, viewer: Viewer, unit: str, email: str, language: str) -> None:
    """Keep where a unit takes letters; without an address it gets none.

    Raises
    ------
    NotAllowed, ThingNotFound
    BadValue
        ``email`` if letters cannot go there; ``language``.
    """
    viewer.require_staff()
    said = email.strip()
    if language not in LANGUAGES:
        raise BadValue(
            f"letters to a unit are written in one of {', '.join(LANGUAGES)}",
            code="language",
            field="language",
        )
    if said:
        try:
            mail.address(said)
        except BadValue as problem:
            raise BadValue(
                f"this is no address to which letters can be sent: {problem}",
                code="email",
                field="email",
            ) from problem
    if len(said) > LONGEST_ADDRESS:
        raise BadValue(
            f"an address has at most {LONGEST_ADDRESS} characters", code="email", field="email"
        )

    def work(transaction: Transaction) -> None:
        if not transaction.run(SET_DESK, unit=unit, email=said or None, language=language):
            raise ThingNotFound("no such unit")
        acted(transaction, viewer, "set address of unit", unit)

    store.in_write(work)


def tell(
    transaction: Transaction, request: str, what: str, *, once: str = "", entry: str = ""
) -> bool:
    """Write to the unit that has a request, where it takes letters; return whether one goes.

    Parameters
    ----------
    what
        'new', 'due' or 'late'.
    once
        The same twice is one letter.
    entry
        The id of what staff have written for the unit.
    """
    rows = transaction.run(UNIT_OF, id=request)
    if not rows or not rows[0]["email"] or rows[0]["status"] == "done":
        return False
    try:
        mail.enqueue_about(
            transaction,
            "requests.unit",
            {"request": request, "unit": rows[0]["unit"], "what": what, "entry": entry},
            to=rows[0]["email"],
            language=rows[0]["language"],
            key=f"request-unit:{request}:{rows[0]['unit']}:{what}:{once}",
        )
    except BadValue:
        return False
    return True


def remind(transaction: Transaction, *, now: datetime, soon: datetime) -> int:
    """Write to the units what is due before a moment, and what is late; return how many letters."""
    return sum(
        tell(transaction, row["id"], row["what"], once=row["told"])
        for row in transaction.run(DUE, now=now, soon=soon)
    )


def for_letter(store: Store, request: str, unit: str, entry: str) -> Row | None:
    """Return what a letter to a unit says: `kind` in English and Russian, `due_at`, `words`.

    None if the request is closed, or the unit takes no letters any more.
    """
    rows = store.read(FOR_LETTER, id=request, unit=unit, entry=entry)
    if not rows or rows[0]["status"] in ("done", "joined") or not rows[0]["email"]:
        return None
    row = native(rows[0])
    kind = row["kinds"][0] if row["kinds"] else ("", "")
    return {"due_at": row["due_at"], "kind": kind, "words": row["words"][0] if row["words"] else ""}


def reader(unit: str) -> str:
    """Return by which name a unit's address for answers is sealed."""
    return f"unit {unit}"


def writer(store: Store, request: str, *, since: datetime) -> Row | None:
    """Return who writes where the unit that has a request does; None if no unit has it."""
    rows = store.read(UNIT_OF, id=request)
    if not rows:
        return None
    try:
        addresses = [address_key(rows[0]["email"])]
    except BadValue:
        addresses = []
    return {
        "key": None,
        "part": "unit",
        "status": rows[0]["status"],
        "unit": rows[0]["unit"],
        "addresses": addresses,
        "request": request,
        "lately": store.read(LATELY, id=request, since=since)[0]["n"],
    }


def answered(transaction: Transaction, request: str, text: str, at: datetime | None = None) -> str:
    """Keep what a unit has written as a note for staff; return the entry's id."""
    now = at or datetime.now(UTC)
    return threads.write(transaction, request, "note", text, by="unit", author=None, now=now)
