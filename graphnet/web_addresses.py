"""Addresses of pages that people enter: a link that runs something, or leads nowhere, is none."""

from urllib.parse import urlsplit

LONGEST = 1_000


def is_page(text: str, *, secure: bool = False, longest: int = LONGEST) -> bool:
    """Return whether a text is the address of a page.

    Parameters
    ----------
    secure
        Whether it must be by https.
    """
    try:
        parts = urlsplit(text)
        host = parts.hostname or ""
    except ValueError:
        return False
    schemes = ("https",) if secure else ("http", "https")
    plain = not any(letter.isspace() or letter in "\\\x00" for letter in text)
    named = "." in host and not host.startswith(".")
    # What stands before an @ looks like the site that it is not.
    whole = parts.scheme in schemes and named and "@" not in parts.netloc
    return plain and whole and len(text) <= longest
