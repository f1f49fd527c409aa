"""Form fields that are stricter than WTForms' own."""

import unicodedata
from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext
from wtforms import IntegerField
from wtforms.validators import ValidationError

LONGEST = 15  # more digits than anything that is counted here, and few enough for every check
LONGEST_WORD = 40  # letters; the longest family names on earth have some thirty
# Signs within a name, beside letters and their marks: O’Neil, Anna-Maria, Иванова (Петрова).
WITHIN_A_NAME = frozenset(" -‐‑–.,'’ʹʼ`()\u00a0")


def is_a_name(text: str) -> bool:
    """Return whether a text may be somebody's name, in whatever alphabet.

    Examples
    --------
    >>> [is_a_name(t) for t in ("Мария Д’Артаньян-Ёж (Петрова)", "<b>Вася</b>", "Ы" * 60, "...")]
    [True, False, False, False]
    """
    letters = [unicodedata.category(one)[0] in "LM" for one in text]
    if not any(letters) or max(map(len, text.split()), default=0) > LONGEST_WORD:
        return False
    return all(good or one in WITHIN_A_NAME for one, good in zip(text, letters, strict=True))


def a_name(_form: Any, field: Any) -> None:
    """Let a field hold what may be a name: others are going to read it as one."""
    if field.data and not is_a_name(field.data):
        raise ValidationError(lazy_gettext("A name, please: letters, spaces and hyphens."))


class WholeNumberField(IntegerField):  # type: ignore[misc]
    """A whole number of a length that can be one: hundreds of digits break the check of a range."""

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        """Take what was sent, unless it is too long to be meant."""
        if valuelist and len(str(valuelist[0]).strip()) > LONGEST:
            self.data = None
            raise ValueError(self.gettext("Not a valid integer value."))
        super().process_formdata(valuelist)
