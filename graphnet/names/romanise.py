"""The usual ways of writing Russian in Latin letters, as tables; material for `learn.py`.

People's own spellings (Wikidata) are mostly of well-known names; these tables add the passport, the
press, German and French custom and what is typed by hand, for names that nobody has romanised yet.
"""

from random import Random

_COMMON = {
    "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ё": "e", "ж": "zh", "з": "z",
    "и": "i", "й": "y", "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r",
    "с": "s", "т": "t", "у": "u", "ф": "f", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh",
    "щ": "shch", "ъ": "", "ы": "y", "ь": "", "э": "e", "ю": "yu", "я": "ya",
}  # fmt: skip
TABLES = (
    # passports since 2013 (ICAO 9303)
    _COMMON | {"й": "i", "ю": "iu", "я": "ia", "ъ": "ie"},
    # the English-language press, BGN/PCGN without marks
    _COMMON,
    _COMMON | {"ё": "yo"},
    # passports of 1997 to 2010
    _COMMON | {"ё": "ye", "щ": "shch"},
    # scientific transliteration, with marks and without
    _COMMON | {"ж": "ž", "й": "j", "х": "ch", "ц": "c", "ч": "č", "ш": "š", "щ": "šč",
               "ю": "ju", "я": "ja", "э": "è"},
    _COMMON | {"й": "j", "х": "h", "ц": "c", "щ": "sch", "ю": "ju", "я": "ja"},
    # by hand
    _COMMON | {"х": "h", "ж": "j", "щ": "sh", "ё": "yo", "ы": "i"},
    _COMMON | {"х": "h", "щ": "sch", "ё": "io", "й": "i", "ю": "iu", "я": "ia", "ц": "c"},
    _COMMON | {"х": "h", "ю": "u", "ё": "jo", "й": "j", "я": "ja", "щ": "shh", "э": "eh"},
    _COMMON | {"х": "x", "щ": "w", "я": "ya", "ж": "zh", "ё": "e"},
    # German and French custom
    _COMMON | {"в": "w", "ж": "sch", "з": "s", "й": "i", "х": "ch", "ц": "z", "ч": "tsch",
               "ш": "sch", "щ": "schtsch", "ю": "ju", "я": "ja"},
    _COMMON | {"ж": "j", "у": "ou", "ч": "tch", "ш": "ch", "щ": "chtch", "ю": "iou", "я": "ia",
               "й": "i"},
)  # fmt: skip
# How often each is met, roughly.
_WEIGHTS = (6, 6, 3, 2, 1, 4, 4, 3, 1, 0.3, 0.7, 0.7)
_ENDINGS = (("iy", ("y", "i", "iy")), ("yy", ("y",)), ("ij", ("y", "i", "ij")), ("ii", ("y", "i")))
_VOWELS = "аеёиоуыэюя"


def romanised(word: str, rng: Random) -> str:
    """Return a Cyrillic word in one of the usual Latin spellings, picked by the generator."""
    table = rng.choices(TABLES, _WEIGHTS)[0]
    softened = rng.random() < 0.3
    letters = []
    for i, letter in enumerate(word):
        before = word[i - 1] if i else ""
        if letter == "е" and softened and (not before or before in _VOWELS or before in "ьъ"):
            letters.append("ye" if table["й"] == "y" else "je" if table["й"] == "j" else "ie")
        elif letter == "с" and word[i - 1 : i] == "к" and rng.random() < 0.6:
            letters[-1] = "x"
        else:
            letters.append(table.get(letter, letter))
    text = "".join(letters)
    for ending, shorter in _ENDINGS:
        if text.endswith(ending) and rng.random() < 0.6:
            return text[: -len(ending)] + rng.choice(shorter)
    if text.endswith("v") and rng.random() < 0.05:
        return text[:-1] + "ff"
    return text


def in_latin(word: str) -> str:
    """Return a lower-case Cyrillic word as the English-language press writes it."""
    return "".join(_COMMON.get(letter, letter) for letter in word)
