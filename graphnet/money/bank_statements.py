"""A bank's statement: what came to an account and left it, and the proof that it adds up.

Opening + in - out = closing, or nothing of it is taken: see `BankStatement.prove`. Every entry has
an id that is made of what the bank says of it, so that the same entry in two statements that
overlap is one.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from graphnet.errors import BadFile
from graphnet.money.amounts import CURRENCIES, MOST, written

LARGEST = 8 << 20  # bytes of a file
MOST_ENTRIES = 20_000
LONGEST_TEXT, LONGEST_LINE = 500, 200


class BadStatement(BadFile):
    """A statement that cannot be read or does not add up.

    Attributes
    ----------
    problem
        What is wrong, in a word: see `PROBLEMS`.
    line
        Where, from 1; 0 if it is the file as a whole.
    values
        What the sentence of `PROBLEMS` tells.
    """

    def __init__(self, problem: str, line: int = 0, **values: Any) -> None:
        self.problem, self.line, self.values = problem, line, values
        where = f"line {line}: " if line else ""
        super().__init__(where + PROBLEMS[problem].format(**values))


PROBLEMS = {
    "kind": "neither a camt.053 statement nor a 1CClientBankExchange file",
    "other": "this is {kind}; take the statement of booked entries, camt.053",
    "large": "the file is too large: load up a shorter time",
    "xml": "the XML is broken: {why}",
    "doctype": "a statement has no document type: the file is refused",
    "encoding": "the letters cannot be read: neither UTF-8 nor windows-1251 nor cp866",
    "none": "there is no statement in the file",
    "cut": "the file ends before {name}: it is not whole",
    "missing": "{name} is missing",
    "amount": "{text} is no sum of money",
    "day": "{text} is no day",
    "currency": "books are not kept in {text}",
    "foreign": "the document is neither to nor from the account of the statement",
    "gap": "{text} does not begin with what was there before",
    "totals": "the bank says {said}, the entries add up to {computed}",
    "balance": "{opening} + {came} - {went} = {computed}, and not {closing}",
    "format": "days of this account were taken before from a file of the other kind",
}


@dataclass(frozen=True)
class BankEntry:
    """One entry of a statement; its amount is in the smallest unit.

    Attributes
    ----------
    line
        Where it stands in the file.
    into
        Whether it came to the account.
    reference
        By which the bank knows it; none where it gives none.
    party
        Who paid, or was paid.
    text
        What they wrote.
    reversal
        Whether it takes an earlier one back.
    marks
        All that tells it apart from others, where the bank gives no reference.
    """

    line: int
    amount: int
    into: bool
    happened_on: date
    reference: str = ""
    party: str = ""
    text: str = ""
    reversal: bool = False
    marks: tuple[str, ...] = ()
    id: str = ""


@dataclass(frozen=True)
class BankStatement:
    """What one account had, what came and went, and what it had then, in the smallest unit."""

    kind: str  # camt or client-bank
    account: str
    currency: str
    first_on: date
    last_on: date
    opening: int
    closing: int
    line: int  # of the closing balance
    entries: tuple[BankEntry, ...]

    @property
    def came(self) -> int:
        """Everything that came in."""
        return sum(one.amount for one in self.entries if one.into)

    @property
    def went(self) -> int:
        """Everything that went out."""
        return sum(one.amount for one in self.entries if not one.into)

    @property
    def id(self) -> str:
        """Its own: the same statement twice has the same."""
        whole = [self.account, self.currency, self.first_on, self.last_on, self.opening]
        return _digest([*whole, self.closing, *sorted(one.id for one in self.entries)])

    def prove(self) -> None:
        """Look whether it adds up.

        Raises
        ------
        BadStatement
        """
        if self.currency not in CURRENCIES:
            raise BadStatement("currency", self.line, text=self.currency or "?")
        if len(self.entries) > MOST_ENTRIES:
            raise BadStatement("large")
        for one in self.entries:
            if not 0 < one.amount <= MOST:
                raise BadStatement("amount", one.line, text=written(one.amount))
        computed = self.opening + self.came - self.went
        if computed != self.closing:
            raise BadStatement(
                "balance",
                self.line,
                opening=written(self.opening),
                came=written(self.came),
                went=written(self.went),
                computed=written(computed),
                closing=written(self.closing),
            )


def numbered(account: str, entries: Iterable[BankEntry]) -> tuple[BankEntry, ...]:
    """Return entries with their ids; of several that are alike, each has its own."""
    seen: Counter[str] = Counter()
    found = []
    for one in entries:
        key = _digest((account, one.happened_on, one.amount, one.into, one.reference, *one.marks))
        seen[key] += 1
        short = replace(
            one,
            id=key if seen[key] == 1 else f"{key}-{seen[key]}",
            party=" ".join(one.party.split())[:LONGEST_LINE],
            text=" ".join(one.text.split())[:LONGEST_TEXT],
            reference=one.reference[:LONGEST_LINE],
        )
        found.append(short)
    return tuple(found)


def _digest(parts: Iterable[object]) -> str:
    return hashlib.sha256("\x1f".join(map(str, parts)).encode()).hexdigest()[:32]
