"""The text of a cell, made clean once, where it comes in: a word is the same text ever after.

What cannot be seen is taken away as everywhere (`reading.door`); besides, a cell of a mapped file
is one line: a line break in a name is a space. Columns of running text keep their lines.
"""

from ingest.reading.door import clean_text


def tidied(cell: str) -> str:
    """Return the text of a cell on one line, clean."""
    if cell.isascii() and cell.isprintable() and "  " not in cell:
        return cell.strip()
    return " ".join(_lines(cell)) if not cell.isprintable() else clean_text(cell)


def tidied_lines(cell: str) -> str:
    """Return the text of a cell that may have several lines, clean."""
    return "\n".join(line.strip() for line in clean_text(cell).splitlines())


def is_tidy(line: str) -> bool:
    """Return whether nothing in a line of a file could need any of this; quickly."""
    line = line.rstrip("\r\n")
    return line.isascii() and line.isprintable() and " " not in line


def _lines(cell: str) -> list[str]:
    lines = (line.strip() for line in clean_text(cell).splitlines())
    return [line for line in lines if line]
