"""Codes of study groups, and what people write about when and where they studied.

A code is a name for one year: P3301, then P3401, are the same people one after the other. What
stays is the letter and level before, and the number after, the year of study: the lineage.
"""

import re
from dataclasses import dataclass, field

from ingest.cleaning.cleaned import Cleaned, says_nothing, text_of
from ingest.cleaning.dates import full_year
from ingest.reading.tables import Cell, Note, note

# Letters that look alike in both alphabets are written in either.
_ALIKE = str.maketrans("АВЕКМНОРСТУХ", "ABEKMHOPCTYX")
_CODE = re.compile(
    r"(?<![^\W_])([A-ZА-Я]{0,3})[\s.-]?(\d{2,6}(?:[/-]\d{1,3})?[a-zа-я]?)(?![^\W_])", re.IGNORECASE
)
_PREFIX = re.compile(r"^\s*(?:гр(?:уппа)?|group|gr)\b\.?\s*№?\s*", re.IGNORECASE)


@dataclass(frozen=True)
class Lineage:
    """What a code says: letter, level and year of study as far as they can be told, number."""

    letter: str
    level: str
    year: str
    number: str

    @property
    def key(self) -> str:
        """Return what stays the same from year to year."""
        return f"{self.letter}{self.level}-{self.number}"


def clean_group(cell: Cell) -> Cleaned[str]:
    """Return a code of a group: "гр. 5110" is 5110, "р 3301" is P3301.

    Examples
    --------
    >>> clean_group("гр. 5110").value, clean_group("m41102").value
    ('5110', 'M41102')
    """
    text = text_of(cell).strip()
    if says_nothing(text):
        return Cleaned("", (note("nothing said"),) if text else ())
    bare = _PREFIX.sub("", text)
    found = _CODE.fullmatch(bare.strip(" .,;"))
    if not found:
        return Cleaned(text, problems=(note("group unusual", value=text),))
    letters = found.group(1).upper()
    # A single letter before four or five digits is the programme's, written in Latin.
    if len(letters) == 1:
        letters = letters.translate(_ALIKE)
    code = letters + found.group(2)
    return Cleaned(code, (note("group form"),) if code != text else ())


def lineage(code: str) -> Lineage | None:
    """Return what is meant by a code, None where its form is unknown.

    Examples
    --------
    >>> lineage("P3301").key == lineage("P3401").key
    True
    >>> lineage("5110").key
    '-110'
    """
    if found := re.fullmatch(r"([A-Z])([1-9])([1-6])(\d{1,4})", code):
        return Lineage(*found.groups())
    if found := re.fullmatch(r"([A-ZА-Я]{0,3})([1-6])(\d{2,4})", code):
        letter, year, number = found.groups()
        return Lineage(letter, "", year, number)
    return None


@dataclass(frozen=True)
class Studies:
    """What somebody's own words say about their studies."""

    intake: int | None = None
    graduation: int | None = None
    group: str = ""
    faculty: str = ""
    rest: str = ""
    problems: tuple[Note, ...] = field(default_factory=tuple)


_SPAN = re.compile(r"(?<!\d)((?:19|20)?\d\d)\s*[-–—/]\s*((?:19|20)?\d\d)(?!\d)")
_YEAR = re.compile(r"(?<![\d/-])((?:19|20)\d\d)(?!\d)")
_SHORT = re.compile(r"['’`](\d\d)(?!\d)")
_GROUP = re.compile(
    r"(?<![\w'’`])(?:гр(?:уппа)?|group|gr)\b\.?\s*№?\s*([A-Za-zА-Яа-я]?\s?-?\d{2,6})", re.IGNORECASE
)
_BARE_GROUP = re.compile(r"(?<![\w'’`])([A-ZА-Я]\d{4,5}|\d{4})(?!\d)")
_FILLERS = re.compile(
    r"\b(?:выпуск\w*|год\w*|гг?|class|of|окончил\w*|поступил\w*|graduated|гр|группа|group)\b\.?",
    re.IGNORECASE,
)
_FACULTY = re.compile(r"(?<![\w])([А-ЯЁA-Z][А-ЯЁа-яёA-Z&]{1,8})(?![\w])")


def read_studies(cell: Cell, *, newest: int, oldest: int = 1940) -> Studies:
    """Read "гр. 5110, 93-98", "ФАУ, выпуск '98", "class of 2003", "1993-1998", "P3301, 2012".

    Examples
    --------
    >>> studies = read_studies("гр. 5110, 93-98", newest=2026)
    >>> studies.group, studies.intake, studies.graduation
    ('5110', 1993, 1998)
    """
    text = text_of(cell).strip()
    if says_nothing(text):
        return Studies()
    intake: int | None = None
    graduation: int | None = None
    group = ""
    rest = text
    if found := _GROUP.search(rest):
        group = clean_group(found.group(1)).value
        rest = rest[: found.start()] + " " + rest[found.end() :]
    for found in _SPAN.finditer(rest):
        a, b = full_year(found.group(1), newest), full_year(found.group(2), newest)
        if oldest <= a < b <= newest + 8 and b - a <= 12:
            intake, graduation = a, b
            rest = rest[: found.start()] + " " + rest[found.end() :]
            break
    if graduation is None:
        years = [m for m in _YEAR.finditer(rest) if oldest <= int(m.group(1)) <= newest + 8]
        if years:
            graduation = int(years[-1].group(1))
            rest = rest[: years[-1].start()] + " " + rest[years[-1].end() :]
        elif short := _SHORT.search(rest):
            graduation = full_year(short.group(1), newest)
            rest = rest[: short.start()] + " " + rest[short.end() :]
    if not group and (bare := _BARE_GROUP.search(rest)):
        group = clean_group(bare.group(1)).value
        rest = rest[: bare.start()] + " " + rest[bare.end() :]
    rest = _FILLERS.sub(" ", rest)
    faculty = ""
    if abbreviation := _FACULTY.search(rest):
        word = abbreviation.group(1)
        if sum(c.isupper() for c in word) >= 2:
            faculty = word
            rest = rest[: abbreviation.start()] + " " + rest[abbreviation.end() :]
    rest = " ".join(re.sub(r"[^\w\s]", " ", rest).split())
    return Studies(intake, graduation, group, faculty, rest)
