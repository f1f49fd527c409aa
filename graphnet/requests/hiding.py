"""'Don't look for me', asked by anyone, with or without an account.

What comes back is the same whether or not such a person is on file; staff compare and act.
"""

from datetime import UTC, datetime, timedelta

from graphnet.errors import BadValue
from graphnet.model import new_id
from graphnet.store import Store

# One row: the request that was made, with the person who made it, where that is known.
ASK = """CREATE (r:Request {id: $id, kind: 'hide', status: 'new', at: $now, due_at: $due_at,
  subject: $subject, text: $text})
WITH r OPTIONAL MATCH (p:Person {key: $person_key})
FOREACH (one IN CASE WHEN p IS NULL THEN [] ELSE [p] END | CREATE (one)-[:ASKED]->(r))
RETURN r.id AS id"""

DAYS = 7  # until staff must have answered
LONGEST = 2000


def ask_to_hide(
    store: Store, *, name: str, studies: str, contact: str = "", person_key: int | None = None
) -> str:
    """Leave a request for staff that a person be hidden, and return its id.

    Parameters
    ----------
    name, studies
        Who it is about, in the words of who asks: enough for staff to tell two people apart.
    contact
        Where an answer may go; not needed.
    person_key
        The person, where the one who asks is signed in and so known.
    """
    name, studies, contact = name.strip(), studies.strip(), contact.strip()
    if not name:
        raise BadValue("a name is needed")
    if len(name) + len(studies) + len(contact) > LONGEST:
        raise BadValue(f"at most {LONGEST} characters")
    now = datetime.now(UTC)
    request_id = new_id()
    store.write(
        ASK,
        id=request_id,
        now=now,
        due_at=now + timedelta(days=DAYS),
        subject=name,
        text="\n".join(part for part in (studies, contact) if part),
        person_key=person_key,
    )
    return request_id
