"""What a column's cells look like: for each field the share of cells that fit it."""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date, datetime

from ingest.cleaning.cleaned import says_nothing, text_of
from ingest.cleaning.names import given_groups, is_patronymic, words_of
from ingest.reading.tables import Cell

_MAIL = re.compile(r"[^\s@]+(?:@|\s*\(at\)\s*)[^\s@]+[.,]\w{2,}")
_PHONE = re.compile(r"^(?:\+?\d|\(\d)[\d\s()./-]{8,20}(?:[,;/].*|доб.*|ext.*)?$")
_DATE = re.compile(r"^\d{1,2}[./-]\d{1,2}[./-]\d{2,4}$|^\d{4}-\d\d-\d\d$|^(?:19|20)\d{6}$")
_YEAR = re.compile(r"^(?:19|20)\d\d(?:\s?г\.?)?$")
_GROUP = re.compile(r"^[A-ZА-Я]{0,2}-?\d{3,6}$", re.IGNORECASE)
_STUDIES = re.compile(
    r"(?:выпуск|class of|гр\.|group|['’]\d\d\b|(?:19|20)?\d\d\s?[-–]\s?(?:19|20)?\d\d$|"
    r"^[A-ZА-Яа-яё]{2,6},? (?:19|20)\d\d$|^[A-ZА-Я]?\d{4,5}, \d{4}$|^(?:19|20)\d\d\s\S{1,2}$)",
    re.IGNORECASE,
)
_URL = re.compile(r"^(?:https?://|www\.)", re.IGNORECASE)
_SNILS = re.compile(r"^\d{3}-\d{3}-\d{3}[ -]\d\d$")
_PASSPORT = re.compile(r"^\d{2}\s?\d{2}\s\d{6}$")
_SEX = frozenset(["м", "ж", "m", "f", "муж", "жен", "male", "female", "мужской", "женский"])


def _name_shape(text: str) -> str:
    words = words_of(re.sub(r"\(.*?\)", "", text))
    if not words or any(c.isdigit() or c in "@/" for c in text) or len(words) > 4:
        return ""
    if is_patronymic(words[-1]) and len(words) == 1:
        return "patronymic"
    if len(words) == 2 and is_patronymic(words[1]) and given_groups(words[0]):
        return "given_patronymic"
    if len(words) == 1:
        return "given_name" if given_groups(words[0]) else "family_name"
    return "full_name" if any(given_groups(word) for word in words) else ""


_TESTS: tuple[tuple[str, Callable[[str], bool]], ...] = (
    ("email", lambda text: bool(_MAIL.search(text))),
    ("url", lambda text: bool(_URL.match(text))),
    ("insurance", lambda text: bool(_SNILS.match(text))),
    ("passport", lambda text: bool(_PASSPORT.match(text))),
    ("graduation_year", lambda text: bool(_YEAR.match(text))),
    ("birth_date", lambda text: bool(_DATE.match(text))),
    ("phone", lambda text: bool(_PHONE.match(text))),
    ("studies", lambda text: bool(_STUDIES.search(text))),
    ("group", lambda text: bool(_GROUP.match(text)) and not _YEAR.match(text)),
    ("sex", lambda text: text.casefold() in _SEX),
)


def shares(cells: Sequence[Cell]) -> dict[str, float]:
    """Return the share of the cells that look like each field; a cell counts for one of them."""
    counts: Counter[str] = Counter()
    said = 0
    for cell in cells:
        text = text_of(cell).strip()
        if says_nothing(text):
            continue
        said += 1
        if isinstance(cell, datetime):
            counts["time"] += 1
        elif isinstance(cell, date):
            counts["birth_date"] += 1
        elif isinstance(cell, int | float) and 1e10 <= cell < 1e13:
            counts["phone"] += 1
        else:
            kind = next((name for name, test in _TESTS if test(text)), "") or _name_shape(text)
            counts[kind] += 1
    family = counts.pop("family_name", 0)
    if not said:
        return {}
    found = {name: count / said for name, count in counts.items() if name}
    # A word alone may be anything: family names need endings, which the heading says better.
    if family > 0.9 * said and family < said * 2:
        found["word"] = family / said
    if found.get("birth_date", 0) > 0.3:
        ages = [int(y) for c in cells for y in re.findall(r"(?:19|20)\d\d", text_of(c))[:1]]
        if ages and sorted(ages)[len(ages) // 2] > datetime.now().astimezone().year - 14:
            found["time"] = found.pop("birth_date")
    return found
