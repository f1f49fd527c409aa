"""Telephone numbers as one key for each way of writing them, by Google's `phonenumbers`.

A number that a spreadsheet rounded (7.92E+10) is refused: it would make one person of many.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat

from ingest.cleaning.cleaned import Cleaned, says_nothing, text_of
from ingest.reading.tables import Cell, Note, note


@dataclass(frozen=True)
class Phone:
    """One number: E.164, and the extension behind it."""

    number: str
    extension: str = ""


_ROUNDED = re.compile(r"^\s*\d(?:[.,]\d+)?\s*[eе]\s*\+?\s*\d+\s*$", re.IGNORECASE)
_EXTENSION = re.compile(
    r"[\s,;(]*(?:доб(?:авочный)?|внутр?(?:енний)?|вн|ext(?:ension)?|x|#)\s*[.:№]*\s*(\d{1,7})\s*\)?",
    re.IGNORECASE,
)
_BETWEEN = re.compile(r"[;\n|/]+|,|\s(?:и|или|and|or)\s|(?<=\d)\s{2,}(?=[+8(])|(?<=\d)\s+(?=\+)")
_WORDS = re.compile(
    r"(?:моб(?:ильный)?|дом(?:ашний)?|раб(?:очий)?|тел(?:ефон)?|сот(?:овый)?|факс|mobile|cell|home|"
    r"work|phone|tel|fax|whatsapp|telegram)\b[.:]*\s*",
    re.IGNORECASE,
)


def clean_phones(cell: Cell, *, region: str = "RU") -> Cleaned[tuple[Phone, ...]]:
    """Return the numbers of a cell; `region` is where those without a country code are dialled.

    Examples
    --------
    >>> [p.number for p in clean_phones("8 916 123-45-67; +7 (342) 220-00-35 доб. 12").value]
    ['+79161234567', '+73422200035']
    >>> str(clean_phones("7.92E+10").problems[0])
    'the spreadsheet rounded this number: its last digits are lost'
    """
    if isinstance(cell, float) and not cell.is_integer():
        return Cleaned((), problems=(note("phone rounded"),))
    text = text_of(cell).strip()
    if says_nothing(text):
        return Cleaned((), (note("nothing said"),) if text else ())
    if _ROUNDED.match(text):
        return Cleaned((), problems=(note("phone rounded"),))
    found: list[Phone] = []
    problems: list[Note] = []
    for part in _parts(text):
        phone, problem = _one(part, region)
        if phone is not None:
            if phone not in found:
                found.append(phone)
            if problem is not None:
                problems.append(problem)
        elif problem is not None:
            problems.append(problem)
    changed = len(found) != 1 or found[0].number != text
    return Cleaned(
        tuple(found), (note("phone form"),) if found and changed else (), tuple(problems)
    )


def _parts(text: str) -> list[str]:
    """Split a cell with several numbers; a slash or comma may also stand within one."""
    extensions: list[str] = []

    def keep(match: re.Match[str]) -> str:
        extensions.append(match.group(1))
        return f" x{match.group(1)} "

    text = _WORDS.sub("", _EXTENSION.sub(keep, text))
    parts = [part.strip() for part in _BETWEEN.split(text) if part and part.strip()]
    if all(sum(c.isdigit() for c in part) >= 5 for part in parts):
        return parts
    return [text]


@lru_cache(maxsize=65536)
def _one(text: str, region: str) -> tuple[Phone | None, Note | None]:
    bare, _, extension = text.partition(" x")
    extension = extension.strip()
    digits = re.sub(r"\D", "", bare)
    if not digits:
        return None, note("phone none", value=text)
    if len(digits) > 15:
        return None, note("phone too long", value=text)
    candidates = [bare]
    plus = bare.lstrip("( ").startswith("+")
    if not plus:
        # +7 without its plus, 007 and 8 10 abroad: how people in Russia write what they dial.
        if region == "RU" and len(digits) == 11 and digits[0] in "78":
            candidates = ["+7" + digits[1:]]
        elif digits.startswith("00") and len(digits) > 10:
            candidates = ["+" + digits[2:]]
        elif region == "RU" and digits.startswith("810") and len(digits) > 12:
            candidates = ["+" + digits[3:]]
        elif len(digits) > 11 or (len(digits) == 11 and region == "RU"):
            candidates = ["+" + digits, bare]
    likely: Phone | None = None
    for candidate in candidates:
        try:
            number = phonenumbers.parse(candidate, region)
        except NumberParseException:
            continue
        key = phonenumbers.format_number(number, PhoneNumberFormat.E164)
        if phonenumbers.is_valid_number(number):
            return Phone(key, extension), None
        if likely is None and phonenumbers.is_possible_number(number) and len(key) > 10:
            likely = Phone(key, extension)
    if likely is not None:
        return likely, note("phone unassigned", value=text)
    if len(digits) < 10 and not plus:
        return None, note("phone without area", value=text)
    if plus and 8 <= len(digits) <= 15:
        return Phone("+" + digits, extension), note("phone unassigned", value=text)
    return None, note("phone none", value=text)
