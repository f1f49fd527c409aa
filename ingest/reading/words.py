"""What columns are called: the words of `words.toml`, and how a heading is compared with them."""

import re
import tomllib
from pathlib import Path


def heading(text: str) -> str:
    """Return a heading as it is compared.

    Examples
    --------
    >>> heading(" Дата рожд. "), heading("E-mail:"), heading("Ф.И.О.")
    ('дата рожд', 'e mail', 'ф и о')
    """
    low = text.casefold().replace("ё", "е")
    return " ".join(re.sub(r"[^\w№]+|_", " ", low).split())


_WORDS: dict[str, str] = tomllib.loads(
    Path(__file__).with_name("words.toml").read_text(encoding="utf-8")
)
FILLERS = frozenset(map(heading, _WORDS.pop("FILLERS").split(",")))
FIELD_OF = {heading(name): field for field, names in _WORDS.items() for name in names.split(",")}
HEADER_WORDS = frozenset(FIELD_OF)
