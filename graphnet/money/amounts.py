"""Sums as whole numbers of a currency's smallest unit: read from what people write, and parted."""

import re

from graphnet.errors import BadValue

# Each of them has a hundred parts. Sums of different currencies are never added up.
CURRENCIES = ("RUB", "EUR", "USD", "CNY", "KZT")
PARTS = 100
MOST = 10**13  # more than anybody gives, and few enough digits for every number that is computed

_BLANKS = re.compile(r"[\s\u00a0\u202f]")
# Blanks part thousands and nothing else: "10 50" may be ten and fifty parts, or a thousand.
_PARTED = re.compile(r"\d{1,3}(?:[\s\u00a0\u202f]\d{3})+(?:[.,]\d{1,2})?")
_SUM = re.compile(r"(\d{1,12})(?:\.(\d{1,2}))?")
# Commas that part thousands, as English writes them.
_THOUSANDS = re.compile(r"[1-9]\d{0,2}(?:,\d{3})+(?:\.\d{1,2})?")


def read(text: str) -> int:
    """Return a sum, as people write one, in the smallest unit: '1 234,50' is 123450.

    Raises
    ------
    BadValue
        ``amount: none`` if it is no sum, or nothing.
    """
    plain = text.strip()
    if _PARTED.fullmatch(plain):
        plain = _BLANKS.sub("", plain)
    plain = plain.replace(",", "") if _THOUSANDS.fullmatch(plain) else plain.replace(",", ".")
    found = _SUM.fullmatch(plain)
    amount = int(found[1]) * PARTS + int((found[2] or "0").ljust(2, "0")) if found else 0
    if not 0 < amount <= MOST:
        raise BadValue(
            "write a sum like 1500 or 1500.50, more than nothing", code="none", field="amount"
        )
    return amount


def written(amount: int) -> str:
    """Return a sum for a file, with a point: 123450 is '1234.50'. `read` reads it back."""
    whole, rest = divmod(abs(amount), PARTS)
    return f"{'-' if amount < 0 else ''}{whole}.{rest:02d}"


def parts(amount: int, number: int) -> list[int]:
    """Return a sum in so many parts that add up to it exactly; what does not divide comes last.

    >>> parts(10000, 12)[0], parts(10000, 12)[-1]
    (833, 837)

    Raises
    ------
    BadValue
        If there are more parts than smallest units.
    """
    if not 1 <= number <= amount:
        raise BadValue(
            "a sum is divided into at most as many parts as it has smallest units",
            code="range",
            field="parts",
        )
    each = amount // number
    return [each] * (number - 1) + [amount - each * (number - 1)]
