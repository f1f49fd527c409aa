"""Names of people: which word is what, in which case, without what is no part of them.

The order of words is found from the words: patronymics by their endings, given names by what the
search for names knows, family names by what stands in other columns and files (`Lexicon`).
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import lru_cache
from math import log

from graphnet.names import alphabet, fold
from graphnet.names.learned import knowledge
from ingest.cleaning.cleaned import Cleaned
from ingest.reading.tables import Note, note


@dataclass(frozen=True)
class Name:
    """The parts of one name as a careful person writes them; each may be empty."""

    given: str = ""
    patronymic: str = ""
    family: str = ""
    former: str = ""


_PATRONYMIC = re.compile(
    r"(?:(?:[оеё]в|ль|фом|лук|ник|кузьм|иль|савв)ич|[оеё]вна|(?:ини)?чна|(?:ov|ev|yev|iev|l)(?:ich|ych)|ovna|"
    r"evna|ichna|[\s-](?:оглы|кызы|оглу|улы))$",
    re.IGNORECASE,
)
_FEMALE_PATRONYMIC = re.compile(r"(?:[оеё]вна|(?:ини)?чна|ovna|evna|ichna|кызы)$", re.IGNORECASE)
_FAMILY = re.compile(
    r"(?:[оеё]ва?|[иы]на?|ск(?:ий|ая|ой)|цк(?:ий|ая|ой)|[ыи]х|енко|чук|юк|ук|ян|дзе|швили|ой|ая|ый|"
    r"ov|ova|ev|eva|yov|off|in|ina|yn|yna|sk(?:y|i|iy|ij|ii|aya|aia|aja)|enko|chuk|yan|ko)$",
    re.IGNORECASE,
)
_DEGREE = (
    r"(?:ph\.?\s?d\.?|mba|m\.?sc\.?|b\.?sc\.?|m\.d\.?|cpa|pmp|cfa|jr\.?|sr\.?"
    r"|[кд]\.\s?(?:[а-я]{1,4}\.?[\s-]?){1,2}н\.?|[кд](?:тн|эн|мн|фн|фмн|юн|пн|хн|бн|гн)"
    r"|доц(?:ент)?\.?|проф(?:ессор)?\.?|акад(?:емик)?\.?)"
)
_DEGREES = re.compile(rf"(?:,\s*|\s+){_DEGREE}(?=[\s,]|$)|^{_DEGREE}(?=[\s,])", re.IGNORECASE)
_TITLES = re.compile(
    r"^(?:mr|mrs|ms|miss|dr|prof|sir|herr|frau|г-н|г-жа|госп(?:один|ожа)|проф|доц|акад|"
    r"д-р|доктор|профессор|уважаем(?:ый|ая))\b\.?\s+",
    re.IGNORECASE,
)
_BIRTH = re.compile(
    r"[\s,(]*(?:р(?:од)?\.?\s*)?((?:19|20)\d\d)\s*(?:г\.?\s*р\.?|г\.?\s*рожд\w*|года\s+рожд\w*)\)?"
    r"|\(\s*(?:р\.?|род\.?|b\.?|born)\s*((?:19|20)\d\d)\s*(?:г\.?)?\)",
    re.IGNORECASE,
)
_FORMER = re.compile(
    r"[\s,(]*\b(?:урожд(?:енная|ённая)?\.?|в\s+девичестве|до\s+замужества|до\s+брака|дев(?:ичья)?\.?|"
    r"бывш(?:ая|ий)?\.?|ранее|прежде|n[ée]e|formerly|maiden(?:\s+name)?|born)(?!\w)[\s:.]*"
    r"([^\W\d_][\w'’-]+)\)?",
    re.IGNORECASE,
)
_BRACKETS = re.compile(r"\s*[(\[{]([^)\]}]*)[)\]}]\s*")
_QUOTED = re.compile(r"[«“\"„][^»”\"“]*[»”\"“]")
_CYRILLIC_LOOK = "АВЕКМНОРСТУХаеорсухкмтв"
_LATIN_LOOK = "ABEKMHOPCTYXaeopcyxkmtb"
_TO_LATIN = str.maketrans(_CYRILLIC_LOOK, _LATIN_LOOK)
_TO_CYRILLIC = str.maketrans(_LATIN_LOOK, _CYRILLIC_LOOK)
_PARTICLE = re.compile(
    "де|да|дель|ди|ла|ле|фон|ван|дер|ибн|бен|оглы|кызы|de|da|del|della|di|la|le|von|van|der|den|ibn"
    "|bin|al|el"
)


SWAPPED = 3.0  # log odds: one row in twenty is typed so


def name_key(word: str) -> str:
    """Return a word of a name as it is counted."""
    return fold(word)


@lru_cache(maxsize=65536)
def given_groups(word: str) -> tuple[int, ...]:
    """Return the given names that a word is known to be a form of."""
    letters = alphabet.plain(alphabet.numbers(word))
    return tuple(g for g, _ in knowledge().given.groups_of(letters)) if len(letters) > 1 else ()


@dataclass
class Lexicon:
    """How often words are given and family names in columns that say which is which.

    sexes counts given names by the sex of their bearers, as far as that is said.
    """

    given: Counter[str] = field(default_factory=Counter)
    family: Counter[str] = field(default_factory=Counter)
    sexes: Counter[tuple[str, str]] = field(default_factory=Counter)

    def learn(self, *, given: Iterable[str] = (), family: Iterable[str] = ()) -> None:
        """Count words of columns that are said to hold given names, or family names."""
        self.given.update(name_key(word) for text in given for word in words_of(text))
        self.family.update(name_key(word) for text in family for word in words_of(text))

    def odds(self, word: str) -> float:
        """Return the log odds that a word is a given name rather than a family name."""
        key = name_key(word)
        known = bool(given_groups(word))
        as_given = self.given[key] + (30.0 if known else 0.0) + 0.3
        as_family = self.family[key] + (4.0 if _FAMILY.search(word) and not known else 0.0) + 0.3
        return log(as_given) - log(as_family)

    def sex(self, given: str) -> str:
        """Return m or f where nearly all bearers of a given name are said to be of that sex."""
        key = name_key(given)
        men, women = self.sexes[key, "m"], self.sexes[key, "f"]
        if men + women < 3 or min(men, women) > 0.05 * (men + women):
            return ""
        return "m" if men > women else "f"


def words_of(text: str) -> list[str]:
    """Return the words of a name; hyphens and apostrophes belong to them."""
    return [word for word in re.findall(r"[^\W\d_](?:[\w'’`-]*\w)?\.?", text) if word]


@dataclass(frozen=True)
class NameContext:
    """What is known around a name: the words of the whole base, and the order of its column.

    family_first: log odds that in this column the family name stands before the given name.
    """

    lexicon: Lexicon = field(default_factory=Lexicon)
    family_first: float = 0.0


def undecorated(text: str) -> tuple[str, str, list[Note]]:
    """Return a name without titles, emoji, years and brackets; the former family name; changes."""
    changes: list[Note] = []
    former = ""
    plain = unicodedata.normalize("NFC", text)
    for pattern in (_BIRTH, _DEGREES, _QUOTED, _TITLES):
        shorter = pattern.sub(" ", plain)
        if shorter != plain:
            kind = "name birth year" if pattern is _BIRTH else "name decoration"
            changes.append(note(kind, value=(pattern.search(plain) or [""])[0].strip(" ,()")))
            plain = shorter
    if found := _FORMER.search(plain):
        former = found.group(1)
        plain = plain[: found.start()] + " " + plain[found.end() :]
    for found in _BRACKETS.finditer(plain):
        inner = words_of(found.group(1))
        if (len(inner) == 1 and not former and not given_groups(inner[0])) or (
            len(inner) == 1 and not former and _FAMILY.search(inner[0])
        ):
            former = inner[0]
    plain = _BRACKETS.sub(" ", plain)
    if former:
        changes.append(note("name former", value=former))
    kept = "".join(
        c if c.isalpha() or c in " '’`-.," or unicodedata.combining(c) else " " for c in plain
    )
    if kept.split() != plain.split():
        changes.append(note("name decoration", value="".join(sorted(set(plain) - set(kept)))))
    return " ".join(kept.split()).strip(" ,"), former, changes


def cased(word: str) -> str:
    """Return a word with capitals where a name has them; mixed ones stay as they are."""
    if not (word.islower() or word.isupper()) or (len(word) == 2 and word.endswith(".")):
        return word if not word.islower() else word.capitalize()
    parts = re.split(r"([-'’])", word.lower())
    out = []
    for i, part in enumerate(parts):
        # Apostrophes part O'Brien, but not Соловьёва in Latin: solov'eva.
        after = parts[i - 1] if i else ""
        keep = after in ("'", "’") and len(parts[i - 2]) > 1
        out.append(part if keep or (i > 0 and _PARTICLE.fullmatch(part)) else part.capitalize())
    return "".join(out)


def one_alphabet(word: str) -> str:
    """Return a word with letters that only look right replaced by those of its alphabet."""
    latin = sum("a" <= c <= "z" for c in word.lower())
    cyrillic = sum("а" <= c <= "я" or c == "ё" for c in word.lower())
    if not latin or not cyrillic:
        return word
    return word.translate(_TO_CYRILLIC if cyrillic >= latin else _TO_LATIN)


def _tidied(text: str, changes: list[Note]) -> str:
    words = []
    for word in text.split():
        bare = word.strip(",.")
        if len(bare) == 1 and word.endswith("."):
            bare += "."
        plain = one_alphabet(bare)
        if plain != bare:
            changes.append(note("name letters"))
        fixed = cased(plain)
        if fixed != plain:
            changes.append(note("name case"))
        words.append(fixed)
    return " ".join(words)


def clean_part(text: str) -> Cleaned[tuple[str, str]]:
    """Clean one part that stands in a column of its own; returns it and a former family name."""
    plain, former, changes = undecorated(text)
    value = _tidied(plain, changes)
    return Cleaned((value, _tidied(former, changes)), tuple(dict.fromkeys(changes)))


def clean_full_name(text: str, context: NameContext) -> Cleaned[Name]:
    """Take a whole name apart.

    Examples
    --------
    >>> clean_full_name("ИВАНОВА (ПЕТРОВА) МАРИЯ ИЛЬИНИЧНА", NameContext()).value
    Name(given='Мария', patronymic='Ильинична', family='Иванова', former='Петрова')
    """
    plain, former, changes = undecorated(text)
    plain, former, changes = undecorated(text)
    comma = re.fullmatch(r"([^,]+),([^,]+)", plain)
    # The initials И.И. are two words.
    words = _tidied(re.sub(r"\.(?=\w)", ". ", plain.replace(",", " ")), changes).split()
    former = _tidied(former, changes)
    problems: list[Note] = []
    if comma and len(words) > 1:
        family = len(comma.group(1).split())
        name = _with_family_first(words, family)
    else:
        name, sure = _split(words, context)
        if not sure:
            problems.append(note("name unclear"))
    return Cleaned(replace(name, former=former), tuple(dict.fromkeys(changes)), tuple(problems))


def _with_family_first(words: list[str], count: int) -> Name:
    rest = words[count:]
    patronymic = rest[-1] if len(rest) > 1 and _PATRONYMIC.search(rest[-1]) else ""
    given = rest[:-1] if patronymic else rest
    return Name(" ".join(given), patronymic, " ".join(words[:count]))


def _split(words: list[str], context: NameContext) -> tuple[Name, bool]:
    """Return the likeliest reading of the words, and whether it is clearly the best."""
    if not words:
        return Name(), True
    if len(words) == 1:
        is_given = context.lexicon.odds(words[0]) > 0
        return (Name(given=words[0]) if is_given else Name(family=words[0])), True
    at = [i for i, word in enumerate(words) if i and _PATRONYMIC.search(word)]
    if len(words) >= 3 and at:
        # Гуревич and Абрамович are family names of the same form: the first of two is the father's.
        i = at[0]
        if i == len(words) - 1:
            return Name(words[i - 1], words[i], " ".join(words[: i - 1])), True
        return Name(" ".join(words[:i]), words[i], " ".join(words[i + 1 :])), True
    odds = [context.lexicon.odds(word) for word in words]
    if len(words) == 2:
        if _FEMALE_PATRONYMIC.search(words[1]) and odds[0] > 1:
            return Name(words[0], words[1], ""), True
        score = odds[0] - odds[1] - context.family_first
        name = Name(words[0], "", words[1]) if score >= 0 else Name(words[1], "", words[0])
        return name, abs(score) > 0.7
    first = sum(odds[:-1]) / (len(odds) - 1) - odds[-1] - context.family_first
    last = sum(odds[1:]) / (len(odds) - 1) - odds[0] + context.family_first
    if first >= last:
        return Name(" ".join(words[:-1]), "", words[-1]), first - last > 0.7
    return Name(" ".join(words[1:]), "", words[0]), last - first > 0.7


def column_order(texts: Iterable[str], lexicon: Lexicon) -> float:
    """Return the log odds that names of this column begin with the family name."""
    first, last = 1.0, 1.0
    for text in texts:
        words = undecorated(text)[0].replace(",", " ").split()
        if len(words) < 2:
            continue
        if len(words) > 2 and _PATRONYMIC.search(words[-1]):
            first += 1
        elif len(words) > 2 and _PATRONYMIC.search(words[1]):
            last += 1
        elif len(words) == 2:
            score = lexicon.odds(words[0]) - lexicon.odds(words[1])
            first += score < -2
            last += score > 2
    return max(-4.0, min(4.0, log(first) - log(last)))


def in_wrong_columns(given: str, family: str, lexicon: Lexicon) -> bool:
    """Say whether a given and a family name surely stand in each other's column."""
    a, b = words_of(given), words_of(family)
    if not a or not b:
        return False
    return lexicon.odds(b[0]) - lexicon.odds(a[0]) > SWAPPED


def is_patronymic(word: str) -> bool:
    """Say whether a word has the form of a patronymic."""
    return bool(_PATRONYMIC.search(word))


def sex_of(name: Name, lexicon: Lexicon | None = None) -> str:
    """Return m or f as far as the forms of a name tell, else nothing.

    A family name in its masculine form tells nothing: abroad women bear it too.
    """
    if name.patronymic and _FEMALE_PATRONYMIC.search(name.patronymic):
        return "f"
    if name.patronymic and _PATRONYMIC.search(name.patronymic):
        return "m"
    by_given = lexicon.sex(name.given) if lexicon and name.given else ""
    if by_given:
        return by_given
    feminine = re.search(r"(?:[оеё]ва|[иы]на|[цс]кая|(?:ov|ev|yn)a|skaya)$", name.family.casefold())
    return "f" if feminine else ""
