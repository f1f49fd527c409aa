"""The order of names in a list, by the alphabet of whoever reads it.

A reader looks for Abramova where Абрамова stands: each name is compared as the reader's alphabet
would write it, whatever script it is on file in.
"""

import re

from graphnet.names.folding import fold

# Latin letters as a Russian reader sounds them out, longer ones first.
_SOUNDS = (
    ("shch", "щ"), ("sch", "щ"), ("zh", "ж"), ("kh", "х"), ("ts", "ц"), ("ch", "ч"), ("sh", "ш"),
    ("yu", "ю"), ("iu", "ю"), ("ju", "ю"), ("ya", "я"), ("ia", "я"), ("ja", "я"), ("yo", "е"),
    ("ye", "е"), ("ck", "к"), ("ph", "ф"), ("qu", "кв"),
    ("a", "а"), ("b", "б"), ("c", "к"), ("d", "д"), ("e", "е"), ("f", "ф"), ("g", "г"), ("h", "х"),
    ("i", "и"), ("j", "й"), ("k", "к"), ("l", "л"), ("m", "м"), ("n", "н"), ("o", "о"), ("p", "п"),
    ("q", "к"), ("r", "р"), ("s", "с"), ("t", "т"), ("u", "у"), ("v", "в"), ("w", "в"), ("x", "кс"),
    ("y", "и"), ("z", "з"),
)  # fmt: skip
_SOUND_OF = dict(_SOUNDS)
_LATIN = re.compile("|".join(latin for latin, _ in _SOUNDS))
_CYRILLIC = re.compile("[а-я]")


def sort_key(name: str, language: str) -> str:
    """Return what a name is sorted by in a list that is read in that language.

    Parameters
    ----------
    name
        As it stands on file, family name first.
    language
        'ru' or 'en'.

    Examples
    --------
    >>> sorted(["Жуков", "Zakharov", "Абрамова", "Volkov"], key=lambda one: sort_key(one, "ru"))
    ['Абрамова', 'Volkov', 'Жуков', 'Zakharov']
    >>> sorted(["Жуков", "Zakharov", "Абрамова", "Volkov"], key=lambda one: sort_key(one, "en"))
    ['Абрамова', 'Volkov', 'Zakharov', 'Жуков']
    """
    if language != "ru":
        return fold(name)
    low = name.casefold().replace("ё", "е")
    if not _CYRILLIC.search(low):
        # Marks and foreign letters go first, as in the key of names; a Cyrillic name is as it is.
        low = fold(name) if not low.isascii() else low
    return _LATIN.sub(lambda found: _SOUND_OF[found.group()], low)
