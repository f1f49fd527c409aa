"""A telephone number, an address or a record's number in the search box: staff find whose it is.

Everybody else gets the answer for a number that nobody has, and no name is guessed from it.
"""

import re

from graphnet.addresses import address_key
from graphnet.errors import BadValue
from graphnet.privacy import Viewer
from graphnet.store import Store

# One row: somebody who has one of these contacts.
WHOSE_CONTACT = """MATCH (c:ContactPoint)<-[:HAS]-(p:Person) WHERE c.value_key IN $values
RETURN DISTINCT p.key AS key ORDER BY key LIMIT $limit"""

# One row: a source from which people were imported.
SOURCES = """MATCH (r:ImportRun) RETURN DISTINCT r.source AS source ORDER BY source LIMIT 100"""

# One row: somebody whom a source knows by one of these numbers.
WHOSE_RECORD = """UNWIND $origins AS origin MATCH (:Record {origin: origin})-[:ABOUT]->(p:Person)
RETURN DISTINCT p.key AS key ORDER BY key LIMIT $limit"""

_ADDRESS = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")
_TELEPHONE = re.compile(r"(?P<plus>\+?)[\d\s().‐‑–-]+")
_RECORD = re.compile(r"[\w./:-]*\d[\w./:-]*")


def contact_key(text: str) -> str:
    """Return an address as it is compared, or the digits of a telephone number with a leading +.

    Examples
    --------
    >>> contact_key("8 (812) 232-97-04")
    '+78122329704'
    """
    if "@" in text:
        try:
            return address_key(text)
        except BadValue:  # something with an @ in it: nobody is written to there
            return text.strip().lower()
    digits = re.sub(r"\D", "", text)
    if not digits:
        return text.strip().casefold()
    # A Russian number is dialled with 8 at home and written with +7 abroad.
    if len(digits) == 11 and digits[0] == "8":
        digits = "7" + digits[1:]
    return "+" + digits


def contact_in(text: str) -> tuple[str, ...]:
    """Return what the whole text may be stored as, if it is a telephone number or an address.

    A number without a country's code is a Russian one as well.
    """
    said = text.strip()
    if _ADDRESS.fullmatch(said):
        return (contact_key(said),)
    found = _TELEPHONE.fullmatch(said)
    digits = re.sub(r"\D", "", said)
    if not found or not (8 if found["plus"] else 10) <= len(digits) <= 15:
        return ()
    keys = (contact_key(said),)
    return (*keys, "+7" + digits) if len(digits) == 10 and not found["plus"] else keys


def of_contact(store: Store, viewer: Viewer, values: tuple[str, ...], *, limit: int) -> list[int]:
    """Return the keys of those who have a contact, for staff; nobody's for everyone else."""
    if not viewer.is_staff:
        return []
    rows = store.read(WHOSE_CONTACT, values=list(values), limit=limit)
    return [int(row["key"]) for row in rows]


def of_record(store: Store, viewer: Viewer, text: str, *, limit: int) -> list[int]:
    """Return the keys of those whom a source knows by this number, for staff."""
    said = text.strip()
    if not viewer.is_staff or not _RECORD.fullmatch(said):
        return []
    sources = [row["source"] for row in store.read(SOURCES)]
    origins = [said, *(f"{source}:person:{said}" for source in sources)]
    rows = store.read(WHOSE_RECORD, origins=origins, limit=limit)
    return [int(row["key"]) for row in rows]
