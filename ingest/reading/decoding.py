"""In which encoding a file was written: by its mark, by being valid, by what its letters say."""

import codecs
import re

from ingest.encodings import guessed
from ingest.reading.tables import Note, note

MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
SAMPLE = 400_000


def readable_name(encoding: str) -> str:
    """Return the name of an encoding as people know it."""
    return encoding if "windows" in encoding else encoding.upper().replace("-SIG", "")


def decode(data: bytes) -> tuple[str, str, list[Note]]:
    """Return the text of a file, its encoding, and why that one."""
    for mark, encoding in MARKS:
        if data.startswith(mark):
            text = data.decode(encoding, "replace")
            notes = [note("encoding by mark", encoding=readable_name(encoding))]
            return text, encoding, notes + _undecodable(text, encoding)
    if wide := _wide(data):
        return data.decode(wide, "replace"), wide, [note("encoding valid", encoding=wide.upper())]
    try:
        return data.decode("utf-8"), "utf-8", [note("encoding valid", encoding="UTF-8")]
    except UnicodeDecodeError as problem:
        # One broken byte in a long UTF-8 file does not make another encoding of it.
        lenient = data.decode("utf-8", "replace")
        broken = lenient.count("\ufffd")
        high = len(_MULTIBYTE.findall(data))
        if broken * 20 < high or (broken < 4 and problem.start >= len(data) - 4):
            return lenient, "utf-8", [
                note("encoding valid", encoding="UTF-8"), *_undecodable(lenient, "utf-8"),
            ]  # fmt: skip
    encoding = guessed(data[:SAMPLE])
    text = data.decode(encoding, "replace")
    why = note("encoding likely", encoding=readable_name(encoding))
    return text, encoding, [why, *_undecodable(text, encoding)]


_MULTIBYTE = re.compile(rb"[\xc2-\xf4][\x80-\xbf]+")


def _undecodable(text: str, encoding: str) -> list[Note]:
    count = text.count("\ufffd")
    return [note("undecodable", count=count, encoding=readable_name(encoding))] if count else []


def _wide(data: bytes) -> str:
    """Return UTF-16 with its order of bytes where every other byte is of few kinds."""
    sample = data[:4000]
    if len(sample) < 8 or len(data) % 2 or b"\x00" not in sample:
        return ""
    for encoding, high in (("utf-16-le", sample[1::2]), ("utf-16-be", sample[::2])):
        if sum(byte in (0x00, 0x04, 0x20) for byte in high) > 0.95 * len(high):
            return encoding
    return ""
