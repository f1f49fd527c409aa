"""Cyrillic names as people write them in Latin letters: several tables, and their own habits."""

from functools import cache

from graphnet.synth.data import read

# а б в г д е ё ж з и й к л м н о п р с т у ф х ц ч ш щ ъ ы ь э ю я
_LETTERS = "абвгдеёжзийклмнопрстуфхцчшщъыьэюя"
_TABLES = {
    "passport": "a b v g d e e zh z i i k l m n o p r s t u f kh ts ch sh shch ie y _ e iu ia",
    "geographic": "a b v g d e yo zh z i y k l m n o p r s t u f kh ts ch sh shch _ y _ e yu ya",
    "plain": "a b v g d e e zh z i y k l m n o p r s t u f h c ch sh sch _ y _ e yu ya",
    "slavic": "a b v g d e jo zh z i j k l m n o p r s t u f h c ch sh sch _ y _ e ju ja",
    "german": "a b w g d e jo sch s i j k l m n o p r s t u f ch z tsch sch schtsch _ y _ e ju ja",
    "french": "a b v g d e e j z i i k l m n o p r s t ou f kh ts tch ch chtch _ y _ e iou ia",
}
SCHEMES = ("passport", "geographic", "plain", "slavic", "german", "french", "habit")
# How often each is met; "habit" is the usual foreign form of a given name, else "plain".
SHARES = (0.26, 0.22, 0.24, 0.06, 0.03, 0.03, 0.16)
_ENDINGS = {
    "passport": (("ий", "ii"), ("ый", "yi")),
    "geographic": (("ий", "y"), ("ый", "yy"), ("ья", "ya")),
    "plain": (("ий", "y"), ("ый", "y"), ("ия", "ia")),
    "slavic": (("ий", "ij"),),
    "german": (("ий", "i"), ("ый", "y")),
    "french": (("ий", "i"), ("ин", "ine"), ("ов", "ov")),
}


@cache
def _table(scheme: str) -> dict[str, str]:
    return {
        letter: latin.replace("_", "")
        for letter, latin in zip(_LETTERS, _TABLES[scheme].split(), strict=True)
    }


def romanise(name: str, scheme: str, *, choice: int = 0) -> str:
    """Return a name in Latin letters; one that is in Latin letters already stays as it is.

    Parameters
    ----------
    scheme
        One of `SCHEMES`.
    choice
        Which of the usual forms, where "habit" knows several.
    """
    if not any("а" <= letter <= "я" or letter == "ё" for letter in name.lower()):
        return name
    if scheme == "habit":
        usual = read("names")["latin"].get(name, "").split()
        if usual:
            return str(usual[choice % len(usual)])
        scheme = "plain"
    return "-".join(_word(part, scheme) for part in name.split("-"))


def _word(name: str, scheme: str) -> str:
    table = _table(scheme)
    lower, tail = name.lower(), ""
    for ending, latin in _ENDINGS[scheme]:
        if lower.endswith(ending) and len(lower) > len(ending) + 1:
            lower, tail = lower.removesuffix(ending), latin
            break
    made: list[str] = []
    before = ""
    for letter in lower:
        latin = table.get(letter, letter)
        if letter == "е" and scheme == "geographic" and (not before or before in "аеёиоуыэюяьъ"):
            latin = "ye"
        if letter == "с" and before == "к" and scheme in ("plain", "geographic"):
            made.pop()  # кс
            latin = "x" if scheme == "plain" else "ks"
        made.append(latin)
        before = letter
    word = "".join(made) + tail
    return word[:1].upper() + word[1:]
