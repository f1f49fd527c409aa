"""What two answers have in common, but for what is made anew each time."""

import re

TOKEN = re.compile(r'(name="csrf_token"[^>]*?value=")[^"]*')


def without_tokens(page: str) -> str:
    """Return a page without the tokens of its forms: each has the second in which it was made."""
    return TOKEN.sub(r"\1", page)
