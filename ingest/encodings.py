"""What a file is before it is read as text: a workbook, or text in another encoding than was said.

An import looks before it writes. A file whose header or most of whose lines are in another encoding
is refused in one sentence that names the encoding which would fit; single bad lines in a file that
is otherwise right are rejected one by one as they come.
"""

import codecs
import re
from pathlib import Path

from graphnet.errors import BadFile
from ingest.reading.encodings import MARKS, ONE_BYTE, decode, likeliness, readable_name

SAMPLE = 1 << 18

# First bytes of what is no text: what it is, and what to do instead.
_NO_TEXT = (
    (b"PK\x03\x04", "is an Excel workbook (.xlsx) or another packed file, not CSV: open it, save "
     "the sheet as “CSV UTF-8”, and give that file"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "is an old Excel workbook (.xls), not CSV: open it, save "
     "the sheet as “CSV UTF-8”, and give that file"),
    (b"%PDF", "is a PDF, not CSV: ask for the table itself"),
    (b"\x1f\x8b", "is packed (gzip): unpack it first"),
)  # fmt: skip


def check(path: Path, encoding: str) -> None:
    """Look at the beginning of a file.

    Raises
    ------
    BadFile
        If it is no text, or text in another encoding; the message says in which.
    LookupError
        If there is no such encoding.
    """
    with path.open("rb") as file:
        sample = file.read(SAMPLE)
        cut = bool(file.read(1))
    for beginning, what in _NO_TEXT:
        if sample.startswith(beginning):
            raise BadFile(what)
    if cut:
        sample = sample[: max(sample.rfind(b"\n"), sample.rfind(b"\r")) + 1] or sample
    said = codecs.lookup(encoding).name
    if line := _wrong_line(sample, said):
        fits = guessed(sample)
        raise BadFile(
            f"is not {_spoken(encoding)} (line {line}); it reads as {_spoken(fits)}: "
            f'say encoding = "{fits}" in the mapping'
        )


def guessed(sample: bytes) -> str:
    """Return the encoding in which some text that may be Russian is most likely written."""
    if sample.startswith(tuple(mark for mark, _ in MARKS)) or _has_zeros(sample):
        return readable_name(decode(sample)[1]).lower()
    if _reads(sample, "utf-8"):
        return "utf-8"
    best = max(ONE_BYTE, key=lambda name: likeliness(sample.decode(name, "replace")))
    return readable_name(best).lower()


def _wrong_line(sample: bytes, said: str) -> int:
    """Return the number of the first line that is not as was said, or 0 if most of them are."""
    if said.startswith(("utf-16", "utf_16", "utf-32", "utf_32")):
        narrow = _reads(sample, "utf-8") and not _has_zeros(sample)
        return 0 if _reads(sample, said) and not narrow else 1
    if said not in ("utf-8", "utf-8-sig"):
        wide = sample.startswith((codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
        # Of one byte a letter, any bytes can be read; but hardly any such text is UTF-8 as well.
        narrow = _reads(sample, said) and not _has_zeros(sample) and not wide
        return 0 if narrow and (_wide_letters(sample) < 2 or not _reads(sample, "utf-8")) else 1
    if _has_zeros(sample):
        return 1
    good, bad, first = 0, 0, 0
    for number, line in enumerate(re.split(rb"\r\n|\r|\n", sample), start=1):
        if line.isascii():
            continue
        try:
            line.decode()
        except UnicodeError:
            bad += 1
            first = first or number
            if number == 1:
                return 1
        else:
            good += 1
    return first if bad > good else 0


def _reads(sample: bytes, encoding: str) -> bool:
    try:
        # The sample may end in the middle of a letter.
        codecs.getincrementaldecoder(encoding)().decode(sample)
    except UnicodeError:
        return False
    return True


def _has_zeros(sample: bytes) -> bool:
    """Return whether so many bytes are zero that a letter must have two of them."""
    return sample.count(b"\0") * 20 > len(sample)


def _wide_letters(sample: bytes) -> int:
    return len(re.findall(rb"[\xc2-\xf4][\x80-\xbf]", sample))


def _spoken(encoding: str) -> str:
    return encoding.upper() if encoding.lower().startswith("utf") else encoding
