"""E-mail addresses: which two are one, and how they are written to a mail server.

The domain is compared, and sent, by its A-label (IDNA 2008, RFC 5891): `straße.de` and `strasse.de`
are two domains with two owners, `ПРИМЕР.рф` and `xn--e1afmkfd.xn--p1ai` are one. Of the local part
only its mail server knows what it means; all that are in use take no account of case.
"""

import unicodedata

import idna

from graphnet.errors import BadValue

LONGEST = 254  # RFC 5321


def address_key(address: str) -> str:
    """Return an address as it is compared: no spaces around it, one case, its domain's A-label.

    Raises
    ------
    BadValue
        If it cannot be an address.
    """
    local, _, domain = address.strip().rpartition("@")
    local = unicodedata.normalize("NFC", local).lower()
    key = f"{local}@{a_label(domain)}"
    if not local or len(key) > LONGEST or any(letter.isspace() for letter in key):
        raise BadValue("this is not an e-mail address", code="address")
    return key


def a_label(domain: str) -> str:
    """Return a domain as it stands in the domain name system.

    Raises
    ------
    BadValue
        If it cannot be a domain.
    """
    found = domain.lower()
    if not found.isascii():
        try:
            found = idna.encode(domain, uts46=True, transitional=False).decode("ascii")
        except idna.IDNAError as problem:
            raise BadValue("this is not an e-mail address", code="address") from problem
    if not found or found.startswith(".") or found.endswith("."):
        raise BadValue("this is not an e-mail address", code="address")
    return found
