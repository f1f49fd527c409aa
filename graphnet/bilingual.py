"""What is written in English and in Russian: one of the two is enough."""

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
