"""The reference that somebody quotes when they give, by which their payment is known again.

It is a creditor reference: RF, two digits that check the rest, twelve digits. Nothing is kept of
it: the twelve digits are made of the id of the intended gift.

References
----------
ISO 11649:2009, "Structured creditor reference to remittance information"; ISO/IEC 7064, MOD 97-10.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping

DIGITS = 12
_LETTERS = "271500"  # RF00, each letter as its place in the alphabet and nine
_RUN = re.compile(r"\d{14,}")
_BLANKS = re.compile(r"[\s\u00a0\u202f.\-/]+")


def reference_of(pledge: str) -> str:
    """Return the reference of an intended gift, in fours: 'RF47 1234 5678 9012'.

    >>> checks(reference_of("some-id").replace(" ", "")[2:])
    True
    """
    number = int(hashlib.sha256(pledge.encode()).hexdigest(), 16) % 10**DIGITS
    digits = f"{number:0{DIGITS}d}"
    whole = f"RF{98 - int(digits + _LETTERS) % 97:02d}{digits}"
    return " ".join(whole[at : at + 4] for at in range(0, len(whole), 4))


def checks(digits: str) -> bool:
    """Whether the two digits after RF fit those that follow them.

    >>> checks("18539007547034")
    True
    >>> checks("18539007547043")
    False
    """
    return int(digits[2:] + _LETTERS[:4] + digits[:2]) % 97 == 1


def quoted(text: str) -> list[str]:
    """Return all that may be a reference in what somebody wrote, as `reference_of` writes them.

    Blanks, hyphens and Cyrillic letters do not matter, nor whether the RF stands there: the digits
    check themselves.
    """
    found: dict[str, None] = {}
    for run in _RUN.findall(_BLANKS.sub("", text)):
        for at in range(len(run) - DIGITS - 1):
            part = run[at : at + DIGITS + 2]
            if checks(part):
                whole = f"RF{part}"
                found[" ".join(whole[i : i + 4] for i in range(0, len(whole), 4))] = None
    return list(found)


def matched(text: str, pledges: Iterable[str] | Mapping[str, object]) -> list[str]:
    """Return those of the ids of intended gifts whose reference stands in a text."""
    wanted = set(quoted(text))
    return [one for one in pledges if reference_of(one) in wanted] if wanted else []
