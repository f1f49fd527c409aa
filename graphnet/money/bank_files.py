"""Reading a bank's file, of whichever kind it is."""

from graphnet.money import camt, client_bank
from graphnet.money.bank_statements import LARGEST, BadStatement, BankStatement

_MARK = b"\xef\xbb\xbf"


def read_file(content: bytes) -> list[BankStatement]:
    """Return the statements of a file, each proved to add up.

    Raises
    ------
    BadStatement
    """
    if len(content) > LARGEST:
        raise BadStatement("large")
    start = content.removeprefix(_MARK).lstrip()
    if start.startswith(client_bank.MARK):
        return client_bank.read(content)
    if start.startswith(b"<") or content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return camt.read(content)
    raise BadStatement("kind", 1)
