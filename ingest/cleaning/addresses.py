"""E-mail addresses as people type them, and the one key of each: lower case, hosts in ASCII.

`email-validator` says what an address is. Only what it calls one is kept; nothing is looked up.
"""

import re
from functools import lru_cache

from email_validator import EmailNotValidError, validate_email

from ingest.cleaning.cleaned import Cleaned, says_nothing, text_of
from ingest.reading.tables import Cell, Note, note

_AT = re.compile(r"\s*[\[({<]\s*(?:at|собака|a|@)\s*[\])}>]\s*|\s+(?:at|собака)\s+", re.IGNORECASE)
_DOT = re.compile(r"\s*[\[({]\s*(?:dot|точка)\s*[\])}]\s*", re.IGNORECASE)
_ANGLE = re.compile(r"<\s*(?:mailto:)?([^<>\s]+@[^<>\s]+)\s*>")
_BETWEEN = re.compile(r"[;\n|/\s]+|,(?=\s)|,(?=[^,\s]*@)")
_ENDS = "<>()[]{}\"'.,;: "


def clean_addresses(cell: Cell) -> Cleaned[tuple[str, ...]]:
    """Return the addresses of a cell.

    Examples
    --------
    >>> clean_addresses("Ivan Petrov <Ivan@Example.org>").value
    ('ivan@example.org',)
    >>> clean_addresses("ivan (at) example,com").value
    ('ivan@example.com',)
    """
    text = text_of(cell).strip()
    if says_nothing(text):
        return Cleaned((), (note("nothing said"),) if text else ())
    readable = _DOT.sub(".", _AT.sub("@", text))
    inside = _ANGLE.findall(readable)
    parts = inside or [part for part in _BETWEEN.split(readable) if "@" in part]
    found: list[str] = []
    problems: list[Note] = []
    for part in parts:
        address, problem = _one(part)
        if address and address not in found:
            found.append(address)
        if problem is not None:
            problems.append(problem)
    if not parts:
        problems.append(note("address none", value=text))
    changed = ", ".join(found) != text
    return Cleaned(
        tuple(found), (note("address form"),) if found and changed else (), tuple(problems)
    )


@lru_cache(maxsize=65536)
def _one(text: str) -> tuple[str, Note | None]:
    bare = re.sub(r"^(?:mailto|e-?mail|почта):\s*", "", text.strip(_ENDS), flags=re.IGNORECASE)
    bare = bare.strip(_ENDS)
    local, _, host = bare.rpartition("@")
    tries = [bare]
    if "," in host:
        tries.append(f"{local}@{host.replace(',', '.')}")
    reason = ""
    for attempt in tries:
        try:
            valid = validate_email(attempt, check_deliverability=False, test_environment=True)
        except EmailNotValidError as problem:
            reason = str(problem)
            continue
        return f"{valid.local_part}@{valid.ascii_domain}".lower(), None
    return "", note("address wrong", value=text, reason=reason)
