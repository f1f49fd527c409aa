"""One key for all spellings of a name: `fold`, which the graph stores as `name_key`.

The key must never change between versions, since it is stored: so it is a fixed table, and nothing
learned. It is meant for equality and for looking up a part of a name; the index does the rest.
"""

import re
import unicodedata

_CYRILLIC = {
    "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ё": "e", "ж": "zh", "з": "z",
    "и": "i", "й": "i", "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r",
    "с": "s", "т": "t", "у": "u", "ф": "f", "х": "h", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "sh",
    "ъ": "", "ы": "i", "ь": "", "э": "e", "ю": "iu", "я": "ia",
    "і": "i", "ї": "i", "є": "e", "ґ": "g", "ў": "u", "ј": "i", "љ": "l", "њ": "n", "ћ": "ch",
    "ђ": "dz", "џ": "dz", "ѣ": "e",
}  # fmt: skip
_LATIN = {
    "ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i",
    "ə": "a", "č": "ch", "š": "sh", "ž": "zh", "ć": "ch", "ş": "sh",
}  # fmt: skip
# Romanisations that differ by habit, in the order in which they are made alike.
_HABITS = (
    (re.compile("shch|sch"), "sh"),
    (re.compile("kh"), "h"),
    (re.compile("x"), "ks"),
    (re.compile("[yj]"), "i"),
    (re.compile("io(?!s|n|v|r)"), "e"),
    (re.compile("w"), "v"),
    (re.compile("i+"), "i"),
    (re.compile(r"(?<=[bcdfghklmnprstvz])ie"), "e"),
)
_BETWEEN = re.compile(r"[^\w]+|_+")


def fold(text: str) -> str:
    """Return a name as one key: one case, one script, no marks, no punctuation.

    Folding a key again changes nothing.

    Examples
    --------
    >>> fold("Пётр  Ильич Чайковский") == fold("PETR ILICH CHAIKOVSKII")
    True
    >>> fold("Жуков-Юрьев")
    'zhukov iurev'
    """
    previous, folded = text, _fold(text)
    # Each pass can only make the key simpler; two passes are usual, the limit is for safety.
    for _ in range(8):
        if folded == previous:
            break
        previous, folded = folded, _fold(folded)
    return folded


def _fold(text: str) -> str:
    low = unicodedata.normalize("NFKC", text).casefold()
    letters = []
    for char in unicodedata.normalize("NFC", low):
        if char in _CYRILLIC:
            letters.append(_CYRILLIC[char])
        elif char in _LATIN:
            letters.append(_LATIN[char])
        else:
            plain = unicodedata.normalize("NFKD", char)
            letters.append("".join(c for c in plain if not unicodedata.combining(c)))
    # An apostrophe stands for a soft sign or an elision: it parts nothing.
    key = re.sub("['’ʹʼ`]", "", "".join(letters).casefold())
    for pattern, replacement in _HABITS:
        key = pattern.sub(replacement, key)
    return " ".join(_BETWEEN.sub(" ", key).split())
