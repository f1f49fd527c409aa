"""Form fields that are stricter than WTForms' own."""

from collections.abc import Sequence
from typing import Any

from wtforms import IntegerField

LONGEST = 15  # more digits than anything that is counted here, and few enough for every check


class WholeNumberField(IntegerField):  # type: ignore[misc]
    """A whole number of a length that can be one: hundreds of digits break the check of a range."""

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        """Take what was sent, unless it is too long to be meant."""
        if valuelist and len(str(valuelist[0]).strip()) > LONGEST:
            self.data = None
            raise ValueError(self.gettext("Not a valid integer value."))
        super().process_formdata(valuelist)
