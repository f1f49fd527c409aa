"""The text of a cell, made clean once, where it comes in: a word is the same text ever after.

Spreadsheets and other systems leave no-break and zero-width spaces, control characters, line breaks
and letters in two pieces in a cell, which nobody sees and no comparison forgives. A cell is
composed (NFC), every kind of space in it is a space and a line break one too, what cannot be seen
is taken away, and the ends are trimmed. Columns of running text keep their line breaks.
"""

import re
import unicodedata

# What has no width: zero-width space, word joiner, the byte order mark, soft hyphen, and the old
# Mongolian separator. The two joiners shape Persian and Indic words and emoji: only at an end are
# they as meaningless as the marks of direction.
_INVISIBLE = "\u00ad\u180e\u200b\u2060\ufeff"
_AT_ENDS = " \u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\n"
_BREAKS = "\n\v\f\r\x85\u2028\u2029"

_CLEAN: dict[int, str | None] = {
    code: " " if unicodedata.category(chr(code)) == "Zs" else None
    for code in range(0x3001)  # beyond the last of the spaces there is none
    if unicodedata.category(chr(code)) in ("Zs", "Cc")
}
_CLEAN |= dict.fromkeys(map(ord, _INVISIBLE))
_CLEAN[ord("\t")] = " "
_CLEAN[ord("\n")] = "\n"

_BREAK = re.compile(r"\r\n|[" + _BREAKS[1:] + "]")
_ROUND_BREAK = re.compile(r" *\n[ \n]*")


def tidied(cell: str) -> str:
    """Return the text of a cell on one line, clean."""
    # Of all spaces only the ordinary one counts as printable; so do no control characters.
    if cell.isprintable():
        cell = cell.strip(" ")
        if cell.isascii() or unicodedata.is_normalized("NFC", cell):
            return cell
        return unicodedata.normalize("NFC", cell)
    return _ROUND_BREAK.sub(" ", _visible(cell)).strip(_AT_ENDS)


def tidied_lines(cell: str) -> str:
    """Return the text of a cell that may have several lines, clean."""
    if cell.isprintable():
        return tidied(cell)
    lines = (line.strip(_AT_ENDS) for line in _visible(cell).split("\n"))
    return "\n".join(lines).strip(_AT_ENDS)


def is_tidy(line: str) -> bool:
    """Return whether nothing in a line of a file could need any of this; quickly."""
    line = line.rstrip("\r\n")
    return line.isascii() and line.isprintable() and " " not in line


def _visible(text: str) -> str:
    return unicodedata.normalize("NFC", _BREAK.sub("\n", text).translate(_CLEAN))
