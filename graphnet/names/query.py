"""What a question in the one search box says: names, a year, a group code, a stream.

    "саша иванов 2003 P3301"  ->  names (саша, иванов), year 2003, group code P3301

Nothing is thrown away silently: `rest` holds the words that were taken for something other than a
name, as they were written, so that a page can show how the question was read.
"""

import re
from dataclasses import dataclass, field

from graphnet.names.alphabet import in_our_scripts

_YEAR = re.compile(
    r"\b(?:(?P<kind>выпуск\w*|набор\w*|поступ\w*|оконч\w*|закончи\w*|класс|class of|graduated"
    r"(?: in)?|intake|since)\s+(?:в\s+)?)?(?P<year>(?:19[2-9]|20[0-9])\d)(?![\d-]*\d)"
    r"(?:\s*(?:г\.?(?:ода?)?|года?|году)(?!\w))?",
    re.IGNORECASE,
)
_SHORT_YEAR = re.compile(
    r"\b(?P<kind>выпуск\w*|набор\w*|class of)\s+[’'`]?(?P<year>\d\d)(?!\d)", re.IGNORECASE
)
_CODE = re.compile(
    r"\b(?:(?:гр(?:\.|уппа|уппы|уппе|уппой)?|group|class)\s*№?\s*(?P<said>[\w/-]*\d[\w/-]*)"
    r"|(?P<bare>[A-ZА-ЯЁ]{1,4}-?\d{2,5}(?:[-/]\d{1,4})?[а-яa-z]?))(?!\w)",
    re.IGNORECASE,
)
# A number of three to five digits that is no year is a group: "5301 2003", "Петров 5301".
_NUMBER = re.compile(r"(?<![\w+./-])(?!(?:19[2-9]|20[0-9])\d(?!\d))\d{3,5}[а-яa-z]?(?![\w-])", re.I)
_NUMBERS = {"перв": 1, "втор": 2, "трет": 3, "четв": 4, "пят": 5, "шест": 6,
            "first": 1, "second": 2, "third": 3, "fourth": 4}  # fmt: skip
_STREAM = re.compile(
    r"\b(?:(?:с|со|из|на|from|the)\s+)*(?:(?P<number>\d)(?:-?\w{1,3})?|(?P<word>перв|втор|трет|четв"
    r"|пят|шест|first|second|third|fourth)\w*)\s+(?:поток\w*|stream)(?!\w)"
    r"|\b(?:поток|stream)\s*№?\s*(?P<after>\d)(?!\d)",
    re.IGNORECASE,
)
_GRADUATION = re.compile(r"выпуск|оконч|закончи|class|graduated", re.IGNORECASE)
_INTAKE = re.compile(r"набор|поступ|intake|since", re.IGNORECASE)
# Words that people put around a name and that are never a name.
_FILLER_WORDS = """
из с со в во на по у и или где как найти найди ищу помню помнит кто учился училась выпускник
выпускница выпускники одногруппник одногруппница одногруппники однокурсник однокурсница
однокурсники студент студентка группа группы группе гр поток потока год года году г the of and
from in at find who is was with alumnus alumna classmate groupmate student group stream class year
named called фамилия имя отчество девичья урожденная урожд бывшая ныне nee née
"""
_FILLERS = frozenset(_FILLER_WORDS.split())
# A space or one of these parts words; an apostrophe is inside a name (O'Neil, Д'Артаньян).
_WORD = re.compile(r"[^\W\d_]+(?:[-‐‑–'’ʹʼ`\u0300-\u036f]+[^\W\d_]+)*['’ʹʼ]?\.?")

# A word typed with the keyboard set to English that may be Russian: х ъ ж э б ю ё are signs there.
_KEYS = re.compile(r"(?=.*[a-z])[a-z\[\];'`{}<>:\"~,]{2,}[a-z\[\];'`{}<>:\"~,.]*", re.IGNORECASE)


@dataclass(frozen=True)
class ParsedQuery:
    """A question, taken apart; `name_tokens` go to the index, the rest narrows the answer."""

    name_tokens: tuple[str, ...]
    year: int | None = None
    year_of: str = ""  # "graduation", "intake" or "" when the question does not say
    group_code: str = ""
    stream: int | None = None
    rest: tuple[str, ...] = field(default=())
    left: str = field(default="", repr=False, compare=False)  # what was not taken, as written


def parse(question: str) -> ParsedQuery:
    """Take a question apart.

    Examples
    --------
    >>> parse("саша иванов с третьего потока, выпуск 2003")
    ParsedQuery(name_tokens=('саша', 'иванов'), year=2003, year_of='graduation', group_code='', \
stream=3, rest=('с третьего потока', 'выпуск 2003'))
    >>> parse("Иванова гр. 512").group_code
    '512'
    """
    rest: list[str] = []
    remaining = question[:400]

    def take(found: re.Match[str]) -> None:
        nonlocal remaining
        rest.append(found.group().strip())
        remaining = remaining[: found.start()] + " " + remaining[found.end() :]

    stream = None
    if found := _STREAM.search(remaining):
        digits = found["number"] or found["after"]
        stream = int(digits) if digits else _NUMBERS[found["word"].lower()]
        take(found)
    year, year_of = None, ""
    if found := _YEAR.search(remaining) or _SHORT_YEAR.search(remaining):
        year = int(found["year"])
        if year < 100:
            year += 1900 if year >= 40 else 2000
        said = found["kind"] or ""
        year_of = (
            "graduation" if _GRADUATION.search(said) else "intake" if _INTAKE.search(said) else ""
        )
        take(found)
    code = ""
    if found := _CODE.search(remaining):
        code = found["said"] or found["bare"]
        take(found)
    elif found := _NUMBER.search(remaining):
        code = found.group()
        take(found)
    return ParsedQuery(words(remaining), year, year_of, code, stream, tuple(rest), remaining)


def words(question: str, *, fillers: bool = False) -> tuple[str, ...]:
    """Return the words of a question that may be names; an initial keeps its point.

    With `fillers` also what is mostly no name: У, Со, По are family names as well.
    A Latin word keeps the signs that are letters on a Russian keyboard: `[fhbnjyjd` is Харитонов.
    """
    found: list[str] = []
    for chunk in in_our_scripts(question).split():
        if _KEYS.fullmatch(chunk) and not _WORD.fullmatch(chunk):
            found.append(chunk)
        else:
            found += (word.strip("'’ʹʼ`") for word in _WORD.findall(chunk))
    if fillers:
        return tuple(found)
    names = tuple(w for w in found if w.lower().rstrip(".") not in _FILLERS or _is_initial(w))
    return names or tuple(found)


def _is_initial(word: str) -> bool:
    return word.endswith(".") and len(word) == 2 and word[0].isupper()
