"""What is written in English and in Russian: one of the two is enough."""

from collections.abc import Iterable, Mapping
from typing import Any

from graphnet.errors import BadValue


def check_bilingual(content: Any, name: str, *, longest: int, needed: bool = True) -> None:
    """Look at a field of a content and at the same in Russian, whose name ends with ``_ru``.

    Raises
    ------
    BadValue
        ``needed`` where both are empty, ``long`` of the one that is.
    """
    both = {one: getattr(content, one) for one in (name, f"{name}_ru")}
    if needed and not any(both.values()):
        raise BadValue(
            f"{name} is empty: write it in English or in Russian", field=name, code="needed"
        )
    for one, text in both.items():
        if len(text) > longest:
            raise BadValue(
                f"{one} has {len(text):,} characters, and at most {longest:,} are allowed",
                field=one,
                code="long",
            )


def as_entered(row: Mapping[str, Any], names: Iterable[str]) -> dict[str, str]:
    """Return texts that were read, each with its Russian one, as their makers entered them.

    Where only Russian was entered it is kept as the English one too, which every list reads. A form
    that showed that copy would keep it when the Russian text is corrected, and whoever reads
    English would go on reading what was wrong. Two equal texts are therefore one: Russian if they
    have a Cyrillic letter, else English.
    """
    found: dict[str, str] = {}
    for name in names:
        english, russian = row[name] or "", row[f"{name}_ru"] or ""
        if english == russian:
            cyrillic = any("\u0400" <= letter <= "\u052f" for letter in russian)
            english, russian = ("", russian) if cyrillic else (english, "")
        found |= {name: english, f"{name}_ru": russian}
    return found
